//! The one way to read and write cookies: `HttpOnly`, `SameSite=Lax`, `Path=/`, and on https `Secure` with the prefix `__Host-`, which
//! keeps neighbouring hosts from planting one.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::http::{HeaderMap, header};
use cookie::{Cookie, CookieJar, SameSite, time};

/// The request's cookies, and what the answer will change about them. Clones are the same jar.
#[derive(Debug, Clone)]
pub struct Cookies {
    jar: Arc<Mutex<CookieJar>>,
    https: bool,
}

impl Cookies {
    /// What the browser sent.
    pub fn read(headers: &HeaderMap, https: bool) -> Self {
        let mut jar = CookieJar::new();
        for value in headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            for cookie in Cookie::split_parse(value.to_owned()).flatten() {
                jar.add_original(cookie);
            }
        }
        Self { jar: Arc::new(Mutex::new(jar)), https }
    }

    /// The value, as sent or as set since.
    pub fn get(&self, name: &str) -> Option<String> {
        self.jar().get(&self.full(name)).map(|cookie| cookie.value().to_owned())
    }

    /// Sets it; without a `lifetime` it ends with the browser.
    pub fn set(&self, name: &str, value: String, lifetime: Option<Duration>) {
        let mut cookie = Cookie::new(self.full(name), value);
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_path("/");
        if self.https {
            cookie.set_secure(true);
        }
        if let Some(lifetime) = lifetime {
            cookie.set_max_age(time::Duration::seconds(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)));
        }
        self.jar().add(cookie);
    }

    /// Writes the changes into the answer.
    pub fn write(&self, headers: &mut HeaderMap) {
        for cookie in self.jar().delta() {
            if let Ok(value) = cookie.to_string().parse() {
                headers.append(header::SET_COOKIE, value);
            }
        }
    }

    fn full(&self, name: &str) -> String {
        if self.https { format!("__Host-{name}") } else { name.to_owned() }
    }

    fn jar(&self) -> MutexGuard<'_, CookieJar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
