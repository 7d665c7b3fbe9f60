//! The section `oidc`: how long what relying systems get is good.

use std::time::Duration;

use clave::settings::{Backchannel, Oidc as Rules};
use serde::{Deserialize, Serialize};

/// Lifetimes, and how public keys and the ends of sessions reach systems.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oidc {
    /// Authorization codes.
    pub code_seconds: u64,
    /// Access tokens.
    pub access_minutes: u64,
    /// ID tokens.
    pub id_token_minutes: u64,
    /// Refresh tokens that are not used.
    pub refresh_days: u64,
    /// All refresh tokens of one login.
    pub refresh_absolute_days: u64,
    /// How long systems keep our public keys; a new key signs only afterwards.
    pub jwks_seconds: u64,
    /// Pushed requests.
    pub par_seconds: u64,
    /// Codes of devices.
    pub device_minutes: u64,
    /// How often a device may ask.
    pub device_interval_seconds: u64,
    /// Whether the ends of sessions are told to systems on this machine; on loopback only.
    pub backchannel_loopback: bool,
}

impl Default for Oidc {
    fn default() -> Self {
        let rules = Rules::default();
        Self {
            code_seconds: rules.code.as_secs(),
            access_minutes: rules.access.as_secs() / 60,
            id_token_minutes: rules.id_token.as_secs() / 60,
            refresh_days: rules.refresh.as_secs() / DAY,
            refresh_absolute_days: rules.refresh_absolute.as_secs() / DAY,
            jwks_seconds: rules.jwks.as_secs(),
            par_seconds: rules.par.as_secs(),
            device_minutes: rules.device.as_secs() / 60,
            device_interval_seconds: rules.device_interval.as_secs(),
            backchannel_loopback: rules.backchannel == Backchannel::Loopback,
        }
    }
}

const DAY: u64 = 24 * 60 * 60;

impl Oidc {
    /// The product's rules.
    pub fn rules(&self) -> Rules {
        let days = |days: u64| Duration::from_secs(days.saturating_mul(DAY));
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        Rules {
            code: Duration::from_secs(self.code_seconds),
            access: minutes(self.access_minutes),
            id_token: minutes(self.id_token_minutes),
            refresh: days(self.refresh_days),
            refresh_absolute: days(self.refresh_absolute_days),
            jwks: Duration::from_secs(self.jwks_seconds),
            par: Duration::from_secs(self.par_seconds),
            device: minutes(self.device_minutes),
            device_interval: Duration::from_secs(self.device_interval_seconds),
            backchannel: if self.backchannel_loopback { Backchannel::Loopback } else { Backchannel::Public },
        }
    }

    /// Numbers that nobody should run with, each as «key: why: what to do».
    pub fn problems(&self) -> Vec<String> {
        let within = [
            ("code_seconds", self.code_seconds, 1, 60, "a code is for the moment (RFC 9700)"),
            ("access_minutes", self.access_minutes, 1, 24 * 60, "whoever has it needs nothing else"),
            ("id_token_minutes", self.id_token_minutes, 1, 24 * 60, "it tells of a login that just happened"),
            ("refresh_days", self.refresh_days, 1, 365, "whoever is away longer logs in again"),
            ("refresh_absolute_days", self.refresh_absolute_days, self.refresh_days, 730, "it is not less than refresh_days"),
            ("jwks_seconds", self.jwks_seconds, 10, 24 * 60 * 60, "a new key signs only when so long has passed"),
            ("par_seconds", self.par_seconds, 5, 600, "a pushed request is used at once (RFC 9126)"),
            ("device_minutes", self.device_minutes, 1, 60, "a code of a device can be guessed in time (RFC 8628)"),
            ("device_interval_seconds", self.device_interval_seconds, 1, 60, "devices ask so often"),
        ];
        let outside = within.iter().filter(|(_, number, least, most, _)| number < least || number > most);
        outside.map(|(name, _, least, most, why)| format!("oidc.{name}: {why}: write {least} to {most}")).collect()
    }
}
