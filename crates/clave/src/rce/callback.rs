//! Addresses of an LMS to which a participant's browser is sent back.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// An absolute address, kept as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Callback {
    text: String,
    origin: Origin,
}

/// Scheme, host and port, as browsers write them in `Origin` (RFC 6454, 6.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// Not an address or origin that can be used; says what one looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnOrigin;

impl fmt::Display for NotAnOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write scheme and host, with the port where it is not the usual one: https://lms.example.cl")
    }
}

impl std::error::Error for NotAnOrigin {}

impl Callback {
    /// Reads one. Browsers follow the same standard (WHATWG URL), but on a page of ours: `https:host` is an address of ours there. That, what they would
    /// silently drop (tabs, line ends), and what hides the host from people (a user name before it) is refused.
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().any(char::is_control) || !names_host(text) {
            return None;
        }
        let url = Url::parse(text).ok()?;
        let plain = url.username().is_empty() && url.password().is_none();
        Some(Self { text: text.to_owned(), origin: Origin::of(&url).filter(|_| plain)? })
    }

    /// As it was sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where it leads.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// Whether a host comes after the scheme. A backslash is a slash there, and itself in a query.
fn names_host(text: &str) -> bool {
    let place = text.split(['?', '#']).next().unwrap_or_default();
    place.split_once("://").is_some_and(|(scheme, rest)| !scheme.contains(['/', ':']) && !rest.starts_with('/'))
        && !place.contains('\\')
}

impl Origin {
    /// Reads an origin, or one with a final slash.
    ///
    /// # Errors
    /// Something comes after the host, or it is no https or http address.
    pub fn parse(text: &str) -> Result<Self, NotAnOrigin> {
        let text = text.trim();
        let url = Url::parse(text).ok().filter(|_| names_host(text)).ok_or(NotAnOrigin)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let plain = url.username().is_empty() && url.password().is_none();
        Self::of(&url).filter(|_| bare && plain).ok_or(NotAnOrigin)
    }

    fn of(url: &Url) -> Option<Self> {
        let host = url.host_str().filter(|_| matches!(url.scheme(), "https" | "http"))?;
        // A star or a semicolon would say something else in a content security policy.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        host.bytes().all(is_plain).then(|| Self(url.origin().ascii_serialization()))
    }

    /// `https://lms.example.cl`
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `lms.example.cl`: what people are told.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, host)| host)
    }
}

impl TryFrom<String> for Callback {
    type Error = NotAnOrigin;

    fn try_from(text: String) -> Result<Self, NotAnOrigin> {
        Self::parse(&text).ok_or(NotAnOrigin)
    }
}

impl From<Callback> for String {
    fn from(callback: Callback) -> Self {
        callback.text
    }
}

impl TryFrom<String> for Origin {
    type Error = NotAnOrigin;

    fn try_from(text: String) -> Result<Self, NotAnOrigin> {
        Self::parse(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_it_was_sent() {
        for (text, origin) in [
            ("https://lms.example.cl/mod/view.php?id=7&x=a b{}|é\\#top", "https://lms.example.cl"),
            ("HTTPS://LMS.Example.cl:443/", "https://lms.example.cl"),
            ("http://10.0.0.7:8080/a?b", "http://10.0.0.7:8080"),
            ("https://[2001:db8::1]/x", "https://[2001:db8::1]"),
        ] {
            let callback = Callback::parse(text).unwrap();
            assert_eq!((callback.as_str(), callback.origin().as_str()), (text, origin));
        }
    }

    #[test]
    fn what_leads_nowhere_or_somewhere_else_is_refused() {
        for text in [
            "",
            "lms.example.cl/x",
            "/x",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://lms.example.cl/",
            "https://",
            "https://lms.example.cl@evil.example/",
            "https://lms.example.cl:x/",
            "https:\\\\evil.example/",
            "https://lms.example.cl\\@evil.example/",
            "https://lms.exa\tmple.cl/",
            "https://lms.example.cl/\n",
            "https:lms.example.cl/x",
            "https:/lms.example.cl/x",
            "https:///lms.example.cl/x",
            "https:lms.example.cl/?a=https://x",
            "https:?a=https://x",
            "https:lms://x",
        ] {
            assert_eq!(Callback::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_origin_has_nothing_after_its_host() {
        assert_eq!(Origin::parse(" https://LMS.example.cl/ ").unwrap().as_str(), "https://lms.example.cl");
        assert_eq!(Origin::parse("http://localhost:8000").unwrap().host(), "localhost:8000");
        for text in
            ["lms.example.cl", "https://lms.example.cl/moodle", "https://lms.example.cl?x", "https://*.example.cl", "file:///x"]
        {
            assert_eq!(Origin::parse(text), Err(NotAnOrigin), "{text}");
        }
    }
}
