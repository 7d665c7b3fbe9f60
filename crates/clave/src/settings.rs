//! What an installation may decide about the product's rules. `cli` reads it from the configuration; here are the defaults.

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use crate::limits::{Budget, Limits, Waits};
use crate::{hashing::Cost, minimum::Datum, person::Prefixes};

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
    /// How the numbers begin that SMS may go to.
    pub sms_prefixes: Prefixes,
    /// What a hash costs.
    pub hashing: Cost,
    /// Which forms have a captcha, and which.
    pub captcha: Captcha,
    /// How long people stay logged in.
    pub session: SessionRules,
    /// What relying systems get, and for how long.
    pub oidc: Oidc,
    /// How LMS register attendance.
    pub rce: Rce,
}

/// Which forms have a captcha, and which. «Actualizar datos» has none: the guide's (G-6) has none, and its budgets are its defence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captcha {
    /// A text that solves every captcha: acceptance runs on loopback only.
    pub fixed_answer: Option<String>,
    /// After so many failures at a RUT, or at three times as many people from an address, [`Policy::Risk`] asks; 0 is always.
    pub after: u32,
    /// Registration.
    pub register: Policy,
    /// Forgotten key, second step.
    pub recover: Policy,
    /// Change of the key.
    pub change_key: Policy,
    /// Login.
    pub login: Policy,
    /// How hard its picture is.
    pub level: CaptchaLevel,
}

impl Default for Captcha {
    fn default() -> Self {
        Self {
            fixed_answer: None,
            after: 3,
            register: Policy::Always,
            recover: Policy::Always,
            change_key: Policy::Always,
            login: Policy::Risk,
            level: CaptchaLevel::Auto,
        }
    }
}

/// When a form asks for a captcha.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Each time (the guide).
    Always,
    /// After suspicious failures.
    Risk,
    /// Never: for trying out.
    Off,
}

/// How hard the captcha's picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaptchaLevel {
    /// Harder while an attack shows.
    Auto,
    /// As everyone sees it, also under attack.
    Normal,
    /// Always the harder one.
    Alto,
}

/// How LMS register attendance (`docs/RCE.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rce {
    /// An attendance that nobody closes ends by itself after so long; plugins assume three or six hours.
    pub open: Duration,
    /// The longest address, in characters, that a participant may be sent back to.
    pub longest_url: usize,
}

impl Default for Rce {
    fn default() -> Self {
        Self { open: Duration::from_hours(3), longest_url: 200 }
    }
}

/// How long people stay logged in.
#[derive(Debug, Clone, Copy)]
pub struct SessionRules {
    /// After so long without use a session ends.
    pub idle: Duration,
    /// So long after the key was proved it ends in any case.
    pub absolute: Duration,
}

/// How long what relying systems get is good, and how it reaches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oidc {
    /// An authorization code; at most a minute.
    pub code: Duration,
    /// An access token.
    pub access: Duration,
    /// An ID token.
    pub id_token: Duration,
    /// A refresh token that is not used.
    pub refresh: Duration,
    /// All refresh tokens of one login.
    pub refresh_absolute: Duration,
    /// How long systems keep our public keys: a new one signs when so long has passed.
    pub jwks: Duration,
    /// A pushed request (RFC 9126).
    pub par: Duration,
    /// Both codes of a device (RFC 8628).
    pub device: Duration,
    /// How often a device may ask.
    pub device_interval: Duration,
    /// Which systems are told that a session ended.
    pub backchannel: Backchannel,
}

/// Whether requests to systems may stay on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backchannel {
    /// Only by https to public addresses, or anybody who registers a system could reach what is inside the network.
    Public,
    /// To this machine as well: for trying out.
    Loopback,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            code: Duration::from_mins(1),
            access: Duration::from_mins(10),
            id_token: Duration::from_mins(10),
            refresh: Duration::from_hours(30 * 24),
            refresh_absolute: Duration::from_hours(180 * 24),
            jwks: Duration::from_mins(10),
            par: Duration::from_mins(1),
            device: Duration::from_mins(10),
            device_interval: Duration::from_secs(5),
            backchannel: Backchannel::Public,
        }
    }
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
    /// Who says which question is the person's.
    pub question: AskedQuestion,
    /// So long keys do not go to a changed address; zero in the guide's profile.
    pub contact_hold: Duration,
}

/// Where a provisional key may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnScreen {
    /// On the result page and in the messages (the guide).
    Shown,
    /// In the messages alone.
    Hidden,
}

/// The question of step 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedQuestion {
    /// The page shows it for the RUT (the guide, G-4.1).
    Shown,
    /// The person selects it from all of them: a second thing to know, and the page tells nothing.
    Selected,
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

impl Default for Settings {
    fn default() -> Self {
        Self {
            key: KeyRules { min_length: 8, max_length: 10 },
            recovery: Recovery {
                on_screen: OnScreen::Shown,
                lifetime: Duration::from_hours(24),
                delivery_deadline: Duration::from_mins(10),
                question: AskedQuestion::Shown,
                contact_hold: Duration::ZERO,
            },
            minimum_data: Datum::DEFAULT.to_vec(),
            legal_ruts: LegalRuts::Refused,
            limits: Limits::default(),
            sms: Sms::On,
            sms_prefixes: Prefixes::default(),
            hashing: Cost::default(),
            captcha: Captcha::default(),
            session: SessionRules { idle: Duration::from_mins(30), absolute: Duration::from_hours(12) },
            oidc: Oidc::default(),
            rce: Rce::default(),
        }
    }
}
