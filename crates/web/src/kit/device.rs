//! The device cookie: given after a success, so that the person who was let in once is let in again however many strangers try. It proves
//! nothing, and says nothing about whose it is.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clave::{
    Fault,
    device::{Device, LIFETIME},
    flow::Browser,
    submission::Submission,
    vault::{Purpose, Vault, sha256},
};
use rand::{RngExt as _, rngs::StdRng};

use super::cookies::Cookies;

const COOKIE: &str = "cs_device";

/// The device that sent the request; one that sent no cookie has a new value that nobody knows yet.
#[derive(Debug, Clone)]
pub struct DeviceCookie {
    value: String,
    was_sent: bool,
}

impl DeviceCookie {
    /// From the request's cookies.
    pub fn read(cookies: &Cookies, rng: &mut StdRng) -> Self {
        let sent = cookies.get(COOKIE).filter(|value| URL_SAFE_NO_PAD.decode(value).is_ok_and(|bytes| bytes.len() == 16));
        let was_sent = sent.is_some();
        Self { value: sent.unwrap_or_else(|| URL_SAFE_NO_PAD.encode(rng.random::<[u8; 16]>())), was_sent }
    }

    /// A new value that both of a double click have ([`super::browser::Next`]), where none was sent.
    pub fn settle(&mut self, vault: &Vault, browser: Browser, submission: Submission) -> Result<(), Fault> {
        if !self.was_sent {
            let tag = vault.mac(Purpose::Web, "device", &[&submission.id, &submission.digest, &browser.0])?;
            self.value = URL_SAFE_NO_PAD.encode(tag.get(..16).unwrap_or(&tag));
        }
        Ok(())
    }

    /// What is stored of it.
    pub fn device(&self) -> Device {
        Device(sha256(self.value.as_bytes()))
    }

    /// Gives it to the browser, or keeps it there. Only after a success: before, every browser gets the same cookies.
    pub fn keep(&self, cookies: &Cookies) {
        cookies.set(COOKIE, self.value.clone(), Some(Duration::min(LIFETIME, LONGEST)));
    }
}

/// Browsers keep no cookie longer (RFC 6265bis, 5.5).
const LONGEST: Duration = Duration::from_hours(400 * 24);
