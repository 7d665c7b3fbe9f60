//! Addresses that people are sent back to. They are registered beforehand and compared letter by letter (RFC 9700 4.1.3), with one
//! exception that the rules ask for: an application on the person's own machine listens on whatever port is free (RFC 8252 7.3).

use std::net::Ipv4Addr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Host, Url};

/// A redirect address that may be registered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uri(String);

/// Why an address cannot be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not an absolute address, too long, or with characters that an address cannot have.
    #[error("it is not an absolute address: write it whole, as https://sistema.example/volver")]
    Shape,
    /// RFC 6749 3.1.2.
    #[error("it has a fragment: leave out the # and what follows")]
    Fragment,
    /// A name and password in an address deceive whoever reads it.
    #[error("it has a user name or password: leave them out")]
    User,
    /// RFC 9700 2.6; RFC 8252 7.3, 8.4.
    #[error("plain http is for this machine only (127.0.0.1, [::1], localhost): use https")]
    Http,
    /// RFC 8252 7.1.
    #[error("a scheme of your own must be a domain of yours written backwards, with a dot, as cl.example.app:/volver")]
    Scheme,
    /// The answer would have the parameter twice.
    #[error("its query has a name that answers use (code, state, iss, error, error_description): give it another")]
    Reserved,
}

/// Longer ones are cut by some browsers.
const MOST: usize = 2000;
/// Parameters of authorization responses (RFC 6749 4.1.2; RFC 9207).
const ANSWERS: [&str; 5] = ["code", "state", "iss", "error", "error_description"];
/// Never part of an address, though browsers repair them (RFC 3986 appendix A).
const FOREIGN: &[u8] = b"\"<>\\^`{|}";

impl Uri {
    /// Reads an address that someone wants to register.
    ///
    /// # Errors
    /// Says what is [`Wrong`].
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        if text.len() > MOST || !text.bytes().all(|byte| byte.is_ascii_graphic() && !FOREIGN.contains(&byte)) {
            return Err(Wrong::Shape);
        }
        if text.contains('#') {
            return Err(Wrong::Fragment);
        }
        let url = Url::parse(text).map_err(|_| Wrong::Shape)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Wrong::User);
        }
        // What `Url` repairs (`https:x`, upper case) would be one address here and another in the comparison.
        let rest = text.strip_prefix(url.scheme()).and_then(|rest| rest.strip_prefix(':')).ok_or(Wrong::Shape)?;
        match url.scheme() {
            "https" | "http" if !rest.starts_with("//") || rest.starts_with("///") => return Err(Wrong::Shape),
            "https" => {}
            "http" if is_this_machine(&url) => {}
            "http" => return Err(Wrong::Http),
            private if private.contains('.') && rest.starts_with('/') => {}
            _ => return Err(Wrong::Scheme),
        }
        if !host_is_plain(&url) {
            return Err(Wrong::Shape);
        }
        if url.query_pairs().any(|(name, _)| ANSWERS.contains(&&*name)) {
            return Err(Wrong::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// As registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `asked` is this address: letter by letter, but a loopback IP address may have any port (RFC 8252 7.3).
    pub fn matches(&self, asked: &str) -> bool {
        if self.0 == asked {
            return true;
        }
        match (without_port(&self.0), without_port(asked)) {
            (Some(ours), Some(theirs)) => ours == theirs && is_loopback_ip(ours.0),
            _ => false,
        }
    }

    /// Whether it leads to this machine.
    pub fn is_loopback(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| url.scheme() == "http" && is_this_machine(&url))
    }
}

/// Whether the answer goes to a program on the person's own machine: to plain http there, or by a private-use scheme. Whoever else runs there can
/// take it, or ask in the program's name (RFC 8252 8.6).
pub fn is_native(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| match url.scheme() {
        "https" => false,
        "http" => is_this_machine(&url),
        _ => true,
    })
}

/// `Url` lets `;` and `,` be part of a name, which would end a directive of a Content-Security-Policy.
fn host_is_plain(url: &Url) -> bool {
    url.host_str().unwrap_or_default().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte))
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Written as people write it, not as `Url` understands it: `http://2130706433/` is 127.0.0.1 as well, and nobody means it.
fn is_loopback_ip(host: &str) -> bool {
    host == "[::1]" || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// Host and path of a plain http address, without the port in between.
fn without_port(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (authority, path) = rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len()))?;
    let host_ends =
        if authority.starts_with('[') { authority.find(']')? + 1 } else { authority.find(':').unwrap_or(authority.len()) };
    let (host, port) = authority.split_at_checked(host_ends)?;
    let port_is_one = match port.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok_and(|port| port > 0),
        None => port.is_empty(),
    };
    port_is_one.then_some((host, path))
}

/// What a Content-Security-Policy `form-action` needs so that a form may end at this address: the origin, or `scheme:` of a private-use
/// scheme. `None` when the address is none.
pub fn origin(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok().filter(host_is_plain)?;
    match (url.scheme(), url.host()) {
        // The policy's grammar has no IPv6 addresses; without this the application on this machine would get no answer at all.
        ("http" | "https", Some(Host::Ipv6(_))) => Some(format!("{}:", url.scheme())),
        ("http" | "https", Some(_)) => Some(url.origin().ascii_serialization()),
        (private, _) if private.contains('.') => Some(format!("{private}:")),
        _ => None,
    }
}

impl Serialize for Uri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_may_be_registered() {
        for uri in [
            "https://sistema.example/volver",
            "https://sistema.example",
            "https://sistema.example:8443/volver?de=cs&x",
            "https://127.0.0.1/cb",
            "http://127.0.0.1/cb",
            "http://127.0.0.1:5000/cb",
            "http://127.9.9.9/cb",
            "http://[::1]:5000/cb",
            "http://localhost:3000/cb",
            "cl.example.app:/volver",
            "cl.example.app://volver",
        ] {
            assert_eq!(Uri::parse(uri).map(|uri| uri.0), Ok(uri.to_owned()), "{uri}");
        }
    }

    #[test]
    fn what_may_not_and_why() {
        let long = format!("https://sistema.example/{}", "a".repeat(2000));
        for (uri, wrong) in [
            ("", Wrong::Shape),
            ("/volver", Wrong::Shape),
            ("sistema.example/volver", Wrong::Shape),
            ("https:sistema.example", Wrong::Shape),
            ("https:///sistema.example", Wrong::Shape),
            ("HTTPS://sistema.example", Wrong::Shape),
            ("https://sistema.example/a b", Wrong::Shape),
            ("https://sistema.example\\@malo.example/", Wrong::Shape),
            ("https://sistema.example;script-src/", Wrong::Shape),
            ("https://sístema.example/", Wrong::Shape),
            (" https://sistema.example/", Wrong::Shape),
            ("https://sistema.example/\n", Wrong::Shape),
            (&long, Wrong::Shape),
            ("https://sistema.example/#x", Wrong::Fragment),
            ("https://sistema.example/#", Wrong::Fragment),
            ("https://a@sistema.example/", Wrong::User),
            ("https://a:b@sistema.example/", Wrong::User),
            ("http://sistema.example/", Wrong::Http),
            ("http://localhost.malo.example/", Wrong::Http),
            ("http://10.0.0.1/", Wrong::Http),
            ("javascript:alert(1)", Wrong::Scheme),
            ("data:text/html,x", Wrong::Scheme),
            ("app:/volver", Wrong::Scheme),
            ("cl.example.app:volver", Wrong::Scheme),
            ("https://sistema.example/?code=1", Wrong::Reserved),
            ("https://sistema.example/?a=1&st%61te=2", Wrong::Reserved),
        ] {
            assert_eq!(Uri::parse(uri), Err(wrong), "{uri}");
        }
    }

    #[test]
    fn letter_by_letter_but_the_port_of_a_loopback_address() {
        let matches = |registered: &str, asked: &str| Uri::parse(registered).unwrap().matches(asked);
        assert!(matches("https://sistema.example/v", "https://sistema.example/v"));
        for asked in [
            "https://sistema.example/v/",
            "https://sistema.example/V",
            "https://sistema.example/v?x=1",
            "https://sistema.example:443/v",
            "https://sistema.example/a/../v",
            "https://sistema.example.malo.example/v",
            "https://sistema.example@malo.example/v",
            "http://sistema.example/v",
            "",
        ] {
            assert!(!matches("https://sistema.example/v", asked), "{asked}");
        }
        for asked in ["http://127.0.0.1/cb", "http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb"] {
            assert!(matches("http://127.0.0.1/cb", asked) && matches("http://127.0.0.1:5000/cb", asked), "{asked}");
        }
        assert!(matches("http://[::1]/cb", "http://[::1]:4000/cb"));
        for asked in [
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:65536/cb",
            "http://127.0.0.1:+80/cb",
            "http://127.0.0.1:80@malo.example/cb",
            "http://127.0.0.1:80.malo.example/cb",
            "http://127.0.0.1.malo.example/cb",
            "http://127.0.0.2:80/cb",
            "http://localhost:80/cb",
            "http://[::1]:80/cb",
            "http://127.0.0.1:80/cb2",
            "https://127.0.0.1:80/cb",
        ] {
            assert!(!matches("http://127.0.0.1/cb", asked), "{asked}");
        }
        // A name can lead elsewhere (RFC 8252 8.3): its port stays.
        assert!(!matches("http://localhost:3000/cb", "http://localhost:3001/cb"));
        assert!(!matches("https://127.0.0.1/cb", "https://127.0.0.1:8443/cb"));
        assert!(!matches("http://2130706433/cb", "http://2130706433:80/cb"));
    }

    #[test]
    fn what_leads_to_a_program() {
        for uri in ["http://127.0.0.1:5000/cb", "http://[::1]/cb", "http://localhost:3000/cb", "cl.example.app:/volver"] {
            assert!(is_native(uri), "{uri}");
        }
        for uri in ["https://sistema.example/volver", "https://127.0.0.1/cb", "http://sistema.example/", ""] {
            assert!(!is_native(uri), "{uri}");
        }
    }

    #[test]
    fn the_origin_is_for_a_policy() {
        for (uri, wanted) in [
            ("https://sistema.example/volver?a=1", Some("https://sistema.example")),
            ("https://sistema.example:8443/", Some("https://sistema.example:8443")),
            ("http://127.0.0.1:5000/cb", Some("http://127.0.0.1:5000")),
            ("http://[::1]:5000/cb", Some("http:")),
            ("cl.example.app:/volver", Some("cl.example.app:")),
            ("javascript:alert(1)", None),
            ("https://a;b/", None),
            ("", None),
        ] {
            assert_eq!(origin(uri).as_deref(), wanted, "{uri}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_what_is_accepted_is_safe(
            text in "(https?|cl\\.app|javascript)?:?/{0,3}(127\\.0\\.0\\.1|localhost|\\[::1\\]|a\\.example)?[:@/?#;a1]{0,3}\\PC{0,6}",
            other in "\\PC{0,12}",
        ) {
            let _ = origin(&text);
            if let Ok(uri) = Uri::parse(&text) {
                prop_assert!(uri.matches(&text));
                prop_assert!(!text.contains(['#', ' ', '"', '<', '\\']) && text.is_ascii());
                let origin = origin(&text).unwrap();
                prop_assert!(!origin.contains([';', ',', ' ', '\'']), "{}", origin);
                if other != text {
                    prop_assert!(!uri.matches(&other));
                }
                prop_assert_eq!(serde_json::from_str::<Uri>(&serde_json::to_string(&uri).unwrap()).unwrap(), uri);
            }
        }

        #[test]
        fn only_the_port_may_differ(port in 1u16.., other in "\\PC{1,10}") {
            let uri = Uri::parse("http://127.0.0.1/cb?x=1").unwrap();
            let asked = format!("http://127.0.0.1:{port}/cb?x=1");
            prop_assert!(uri.matches(&asked));
            let (asked, appended) = (format!("http://127.0.0.1:{port}{other}/cb?x=1"), asked + &other);
            prop_assert!(!uri.matches(&appended));
            let still_a_port = other.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert!(still_a_port || !uri.matches(&asked));
        }
    }
}
