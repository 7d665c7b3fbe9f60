//! Every number of the throttle, under the names of the configuration's section `limits`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How often in how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// This many…
    pub tries: u32,
    /// …in a window of so many minutes, counted from the first.
    pub minutes: u64,
}

impl Budget {
    /// `tries` in `minutes`.
    pub const fn new(tries: u32, minutes: u64) -> Self {
        Self { tries, minutes }
    }

    /// The window's length.
    pub fn window(self) -> Duration {
        Duration::from_mins(self.minutes)
    }
}

/// So many tries at once, then a wait after each that doubles up to a longest one: it ends by itself, and all is forgotten after a while without
/// a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waits {
    /// Tries without a wait.
    pub free: u32,
    /// The first wait, in seconds.
    pub first_seconds: u64,
    /// No wait is longer than so many minutes.
    pub longest_minutes: u64,
    /// Forgotten after so many hours without a try.
    pub memory_hours: u64,
}

impl Waits {
    /// The longest wait.
    pub fn longest(self) -> Duration {
        Duration::from_mins(self.longest_minutes)
    }

    /// After how long all is forgotten.
    pub fn memory(self) -> Duration {
        Duration::from_hours(self.memory_hours)
    }

    /// The wait after so many tries.
    pub fn after(self, tries: u32) -> Duration {
        let Some(doublings) = tries.checked_sub(self.free) else { return Duration::ZERO };
        let first = Duration::from_secs(self.first_seconds);
        first.checked_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX)).unwrap_or(Duration::MAX).min(self.longest())
    }
}

/// Every budget. `docs/SECURITY.md` tells what they mean together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Off only for load tests.
    pub enabled: bool,
    /// Secret answers a person, whoever asks; short window.
    pub answers_hour: Budget,
    /// The same, long window.
    pub answers_day: Budget,
    /// Wrong answers in a row after which one a day is left (NIST SP 800-63B-4, 3.2.2).
    pub answers_in_a_row: u32,
    /// Keys tried a person from devices that are not theirs; counted apart for addresses that are new to the person.
    pub keys_person: Waits,
    /// Keys tried a person from one device that is theirs. Nobody else's tries count there. Answers have `answers_hour` and `answers_day` there
    /// once more.
    pub device: Waits,
    /// Wrong tries that kill a provisional key.
    pub provisional_tries: u32,
    /// First steps of «Actualizar datos» a person.
    pub update_person: Waits,
    /// Registrations tried a RUT.
    pub register_person: Waits,
    /// Tries of anything at one person from one address.
    pub pair: Waits,
    /// Tries of anything from one address (IPv4 /32, IPv6 /64).
    pub address: Budget,
    /// Tries of anything from the addresses around it (IPv4 /24, IPv6 /48).
    pub neighbourhood: Budget,
    /// Different RUTs asked for from one address without success.
    pub people_address: Budget,
    /// Different RUTs asked for from the addresses around it without success.
    pub people_neighbourhood: Budget,
    /// Wrong secrets of systems from one address; the right one is let in whatever was counted.
    pub client_secrets: Budget,
    /// Requests from one address that are kept before anybody has proved anything: to log in for a system, to log out of one, to connect a device.
    pub requests: Budget,
    /// The same from the addresses around it.
    pub requests_neighbourhood: Budget,
    /// Tries of anything in the whole installation.
    pub global: Budget,
    /// Captchas and proofs of work that were wrong, and proofs that were missing, from one address: beyond, its next captchas are the harder ones.
    pub wrong_address: Budget,
    /// Captchas and proofs of work that were wrong in the whole installation: beyond, everybody's captchas are the harder ones.
    pub wrong_site: Budget,
    /// Provisional keys made for a person; apart from that, messages that others can make a person receive.
    pub sends_person: Budget,
    /// Messages to one e-mail address or mobile, whoever they are about.
    pub sends_recipient: Budget,
    /// SMS caused from one address (IPv4 /32, IPv6 /64): a class that registers together has room, a program that lets us pay for SMS has not.
    pub sends_address: Budget,
    /// SMS to one block of ten thousand numbers.
    pub sends_prefix: Budget,
    /// SMS of the whole installation. When it is used up mail still goes out, and an alarm is raised.
    pub sends_site: Budget,
}

impl Default for Limits {
    fn default() -> Self {
        let waits = Waits { free: 10, first_seconds: 60, longest_minutes: 15, memory_hours: 24 };
        Self {
            enabled: true,
            answers_hour: Budget::new(5, 60),
            answers_day: Budget::new(15, 24 * 60),
            answers_in_a_row: 100,
            keys_person: waits,
            device: waits,
            provisional_tries: 5,
            update_person: waits,
            register_person: waits,
            pair: Waits { free: 20, ..waits },
            address: Budget::new(300, 10),
            neighbourhood: Budget::new(1_500, 10),
            people_address: Budget::new(30, 60),
            people_neighbourhood: Budget::new(150, 60),
            client_secrets: Budget::new(30, 10),
            requests: Budget::new(600, 10),
            requests_neighbourhood: Budget::new(3_000, 10),
            global: Budget::new(60_000, 10),
            wrong_address: Budget::new(20, 10),
            wrong_site: Budget::new(1_000, 10),
            sends_person: Budget::new(3, 24 * 60),
            sends_recipient: Budget::new(30, 24 * 60),
            sends_address: Budget::new(200, 60),
            sends_prefix: Budget::new(200, 60),
            sends_site: Budget::new(20_000, 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits = Waits { free: 3, first_seconds: 60, longest_minutes: 15, memory_hours: 24 };
        let minutes = |tries| waits.after(tries).as_secs() / 60;
        assert_eq!([0, 1, 2].map(minutes), [0, 0, 0]);
        assert_eq!([3, 4, 5, 6, 7, 8, 9_999, u32::MAX].map(minutes), [1, 2, 4, 8, 15, 15, 15, 15]);
    }
}
