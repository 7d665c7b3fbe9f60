//! The anonymous browser session: a random cookie given with the first form. Form tokens, captchas and the steps of a process are bound
//! to it, so that what one browser began no other can go on with. It says nothing about who is in front of it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clave::{
    Fault,
    flow::Browser,
    submission::Submission,
    vault::{Purpose, Vault, sha256},
};
use rand::{RngExt as _, rngs::StdRng};

use super::cookies::Cookies;

const COOKIE: &str = "cs_session";

/// The browser that sent the cookie, by the cookie's hash: the cookie itself is never stored.
pub fn known(cookies: &Cookies) -> Option<Browser> {
    let value = cookies.get(COOKIE)?;
    let bytes = URL_SAFE_NO_PAD.decode(&value).ok()?;
    (bytes.len() == 16).then(|| Browser(sha256(value.as_bytes())))
}

/// The same, or a new one whose cookie goes out with the answer.
pub fn meet(cookies: &Cookies, rng: &mut StdRng) -> Browser {
    known(cookies).unwrap_or_else(|| renew(cookies, rng))
}

/// A new one in any case.
pub fn renew(cookies: &Cookies, rng: &mut StdRng) -> Browser {
    let value = URL_SAFE_NO_PAD.encode(rng.random::<[u8; 16]>());
    let browser = Browser(sha256(value.as_bytes()));
    cookies.set(COOKIE, value, None);
    browser
}

/// The cookie that a browser gets when somebody logs in with it.
#[derive(Debug)]
pub struct Next(String);

impl Next {
    /// It follows by a secret key from the browser and everything that it sent, the key of the person included: both answers to a double click bring
    /// the same one, whichever the browser listens to, and nobody else can know it. Nothing of it is kept but the hash.
    pub fn after(vault: &Vault, browser: Browser, submission: Submission) -> Result<Self, Fault> {
        let tag = vault.mac(Purpose::Web, "session", &[&submission.id, &submission.digest, &browser.0])?;
        Ok(Self(URL_SAFE_NO_PAD.encode(tag.get(..16).unwrap_or(&tag))))
    }

    /// Its hash.
    pub fn browser(&self) -> Browser {
        Browser(sha256(self.0.as_bytes()))
    }

    /// Gives it.
    pub fn set(self, cookies: &Cookies) {
        cookies.set(COOKIE, self.0, None);
    }
}
