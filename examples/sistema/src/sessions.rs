//! Who is in, in memory: what stands behind the cookie. A system of more than one process keeps this in its database.

use crate::clave::{Attempt, Entry, LoggedOut};
use openidconnect::CsrfToken;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long the person may take at Clave SENCE.
const LOGIN: Duration = Duration::from_mins(30);
/// How long a person is in here.
const SESSION: Duration = Duration::from_hours(8);

/// Logins on their way and people who are in, by the value of the browser's cookie.
#[derive(Default)]
pub struct Sessions {
    attempts: Mutex<HashMap<String, (Instant, Attempt)>>,
    people: Mutex<HashMap<String, (Instant, Arc<Entry>)>>,
}

impl Sessions {
    /// Keeps a login that has begun; gives the cookie that will find it.
    pub fn begins(&self, attempt: Attempt) -> String {
        let mut attempts = held(&self.attempts);
        attempts.retain(|_, (since, _)| since.elapsed() < LOGIN);
        put(&mut attempts, attempt)
    }

    /// The login that this browser had begun. It serves once.
    pub fn attempt(&self, cookie: &str) -> Option<Attempt> {
        let (since, attempt) = held(&self.attempts).remove(cookie)?;
        (since.elapsed() < LOGIN).then_some(attempt)
    }

    /// Lets a person in; gives a cookie that nobody knew before.
    pub fn enters(&self, entry: Entry) -> String {
        let mut people = held(&self.people);
        people.retain(|_, (since, _)| since.elapsed() < SESSION);
        put(&mut people, Arc::new(entry))
    }

    /// Who is in with this cookie.
    pub fn find(&self, cookie: &str) -> Option<Arc<Entry>> {
        held(&self.people).get(cookie).filter(|(since, _)| since.elapsed() < SESSION).map(|(_, entry)| Arc::clone(entry))
    }

    /// New tokens; the session does not become longer by them. Who was logged out meanwhile stays out.
    pub fn renews(&self, cookie: &str, renewed: Entry) {
        if let Some((_, entry)) = held(&self.people).get_mut(cookie) {
            *entry = Arc::new(renewed);
        }
    }

    /// Lets nobody in with this cookie any more.
    pub fn leaves(&self, cookie: &str) {
        held(&self.people).remove(cookie);
    }

    /// Ends what a logout notice is about.
    pub fn end(&self, who: &LoggedOut) {
        held(&self.people).retain(|_, (_, entry)| !who.is(entry));
    }
}

/// Chance for cookies is what the library has for `state`: 256 bits.
fn put<T>(kept: &mut HashMap<String, (Instant, T)>, value: T) -> String {
    let cookie = CsrfToken::new_random_len(32).into_secret();
    kept.insert(cookie.clone(), (Instant::now(), value));
    cookie
}

/// A panic elsewhere leaves these maps whole.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
