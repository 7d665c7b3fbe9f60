//! A browser: talks HTTP, keeps cookies, follows no redirect by itself.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use ureq::{
    Agent, Body,
    http::{HeaderMap, Response},
    unversioned::resolver::DefaultResolver,
};

use crate::wire::From;

/// Cheap to clone: a clone has the cookies known so far.
#[derive(Clone)]
pub struct Browser {
    agent: Agent,
    address: SocketAddr,
    pub cookies: BTreeMap<String, String>,
}

/// What was answered; an error is a connection that broke before the whole answer was here.
pub type Answered = Result<Page, ureq::Error>;

pub struct Page {
    pub status: u16,
    /// Of a redirect.
    pub location: String,
    pub headers: HeaderMap,
    pub text: String,
}

impl Browser {
    pub fn at(address: SocketAddr) -> Self {
        Self::with(address, From(None))
    }

    /// A browser without cookies on another machine, as far as the server can see: `127.…` is all ours.
    pub fn elsewhere(address: SocketAddr, from: Ipv4Addr) -> Self {
        Self::with(address, From(Some(from)))
    }

    fn with(address: SocketAddr, from: From) -> Self {
        // No connection is kept: one that died with its server would be mistaken for an answer that did not come.
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .proxy(None)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        let agent = Agent::with_parts(config, from, DefaultResolver::default());
        Self { agent, address, cookies: BTreeMap::new() }
    }

    /// The same browser, with the server at another address.
    pub fn moved_to(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    pub fn get(&mut self, path: &str) -> Answered {
        let request = self.agent.get(self.url(path)).header("cookie", self.cookie());
        let answer = request.call()?;
        self.read(answer)
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let request = self.agent.post(self.url(path)).header("cookie", self.cookie());
        let answer = request.send_form(fields.iter().copied())?;
        self.read(answer)
    }

    pub fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn read(&mut self, answer: Response<Body>) -> Answered {
        let (head, mut body) = answer.into_parts();
        for cookie in head.headers.get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = head.headers.get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
        let text = String::from_utf8_lossy(&body.read_to_vec()?).into_owned();
        Ok(Page { status: head.status.as_u16(), location, headers: head.headers, text })
    }
}

impl Page {
    /// What stands between `before` and the next quote.
    pub fn after(&self, before: &str) -> &str {
        self.text.split_once(before).map_or("", |(_, rest)| rest.split('"').next().unwrap())
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> &str {
        self.after(&format!("name=\"{name}\" value=\""))
    }

    /// When to come back, where it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.headers.get("retry-after")?.to_str().unwrap().parse().unwrap();
        Some(Duration::from_secs(seconds))
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn shows(self, words: &str) -> Self {
        assert!(self.text.contains(words), "«{words}» is not in {}: {}", self.status, self.text);
        self
    }
}
