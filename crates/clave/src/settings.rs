//! What an installation may decide about the product's rules. `cli` reads it from the configuration; here are the defaults.

use std::time::Duration;

use crate::{hashing::Cost, minimum::Datum};

/// The product's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Length of keys.
    pub key: KeyRules,
    /// Forgotten keys.
    pub recovery: Recovery,
    /// Which data every process needs (G-7).
    pub minimum_data: Vec<Datum>,
    /// Whether legal persons' RUTs may register as natural ones.
    pub legal_ruts: LegalRuts,
    /// Budgets.
    pub limits: Limits,
    /// Whether SMS can be sent at all: what cannot arrive is not promised.
    pub sms: Sms,
    /// What a hash costs.
    pub hashing: Cost,
    /// A text that solves every captcha: acceptance runs on loopback only.
    pub captcha_fixed_answer: Option<String>,
}

/// Length of keys, in characters.
#[derive(Debug, Clone, Copy)]
pub struct KeyRules {
    /// At least this many.
    pub min_length: usize,
    /// At most this many; 10 is the guide's (G-3.5).
    pub max_length: usize,
}

/// Forgotten keys.
#[derive(Debug, Clone, Copy)]
pub struct Recovery {
    /// Whether the provisional key is shown on the page (the guide) or only sent.
    pub on_screen: OnScreen,
    /// How long a provisional key lives (G-4.2).
    pub lifetime: Duration,
    /// After this a message with a provisional key is given up (G-4.3).
    pub delivery_deadline: Duration,
}

/// Where a provisional key may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnScreen {
    /// On the result page and in the messages (the guide).
    Shown,
    /// In the messages alone.
    Hidden,
}

/// Whether there is a way for SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sms {
    /// Notices go to the mobile, too.
    On,
    /// E-mail alone.
    Off,
}

/// What happens to a RUT from 50 million on the pages of natural persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegalRuts {
    /// Registration says whom to contact.
    Refused,
    /// Treated like any other.
    Accepted,
}

/// How often in how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// This many…
    pub tries: u32,
    /// …in a window of this length, counted from the first.
    pub window: Duration,
}

impl Budget {
    /// `tries` in `minutes`.
    pub const fn new(tries: u32, minutes: u64) -> Self {
        Self { tries, window: Duration::from_mins(minutes) }
    }
}

/// Every budget. See `limits.rs` for what each counts.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Off only for load tests.
    pub enabled: bool,
    /// Secret answers a person, short window.
    pub answers_hour: Budget,
    /// Secret answers a person, long window.
    pub answers_day: Budget,
    /// Wrong answers in a row after which one a day is left (NIST SP 800-63B-4, 3.2.2).
    pub answers_in_a_row: u32,
    /// Keys tried a person.
    pub keys_person: Budget,
    /// Wrong tries that kill a provisional key.
    pub provisional_tries: u32,
    /// First steps of «Actualizar datos» a person.
    pub update_person: Budget,
    /// Registrations tried a RUT.
    pub register_person: Budget,
    /// Messages that a person can be made to receive by others.
    pub sends_person: Budget,
    /// Tries of anything from one address (IPv4 /32, IPv6 /64).
    pub address: Budget,
    /// Tries of anything from the addresses around it (IPv4 /24, IPv6 /48).
    pub neighbourhood: Budget,
    /// Tries of anything in the whole installation.
    pub global: Budget,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: true,
            answers_hour: Budget::new(5, 60),
            answers_day: Budget::new(15, 24 * 60),
            answers_in_a_row: 100,
            keys_person: Budget::new(10, 15),
            provisional_tries: 5,
            update_person: Budget::new(10, 60),
            register_person: Budget::new(10, 60),
            sends_person: Budget::new(3, 24 * 60),
            address: Budget::new(300, 10),
            neighbourhood: Budget::new(1_500, 10),
            global: Budget::new(60_000, 10),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            key: KeyRules { min_length: 8, max_length: 10 },
            recovery: Recovery {
                on_screen: OnScreen::Shown,
                lifetime: Duration::from_hours(24),
                delivery_deadline: Duration::from_mins(10),
            },
            minimum_data: Datum::DEFAULT.to_vec(),
            legal_ruts: LegalRuts::Refused,
            limits: Limits::default(),
            sms: Sms::On,
            hashing: Cost::default(),
            captcha_fixed_answer: None,
        }
    }
}
