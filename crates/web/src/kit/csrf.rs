//! Against forms that other sites make a browser send. Each form carries a token that only this server can make and that serves only the
//! browser it was made for; nothing is stored. Its random half is also the submission's id: a form sent twice has the same one.
//!
//! What the browser says about where a form comes from is asked as well. `Referrer-Policy: no-referrer`, which we send, makes browsers
//! write `Origin: null` on our own forms (Fetch, «append a request `Origin` header»), so `null` alone proves nothing either way.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clave::{
    Fault,
    flow::Browser,
    vault::{Purpose, Vault},
};
use rand::{RngExt as _, rngs::StdRng};

use crate::site::Site;

const LABEL: &str = "csrf";

/// A token for one form.
pub fn token(vault: &Vault, browser: Browser, rng: &mut StdRng) -> Result<String, Fault> {
    let nonce: [u8; 16] = rng.random();
    let tag = vault.mac(Purpose::Web, LABEL, &[&nonce, &browser.0])?;
    Ok(URL_SAFE_NO_PAD.encode([&nonce, tag.get(..16).unwrap_or(&tag)].concat()))
}

/// The submission's id, where the token was made for this browser.
pub fn submission(vault: &Vault, browser: Browser, token: &str) -> Option<[u8; 16]> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (nonce, tag) = bytes.split_first_chunk::<16>()?;
    (tag.len() == 16 && vault.mac_matches(Purpose::Web, LABEL, &[nonce, &browser.0], tag)).then_some(*nonce)
}

/// Whether the browser's own word lets the form come from one of our pages.
pub fn is_ours(site: &Site, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or("?"));
    let sent_from_here = match text(header::ORIGIN) {
        None | Some("null") => true,
        Some(origin) => {
            origin.eq_ignore_ascii_case(&site.origin())
                || site.is_loopback()
                    && text(header::HOST).is_some_and(|host| origin.eq_ignore_ascii_case(&format!("http://{host}")))
        }
    };
    let from_here =
        text(header::HeaderName::from_static("sec-fetch-site")).is_none_or(|site| matches!(site, "same-origin" | "none"));
    sent_from_here && from_here
}
