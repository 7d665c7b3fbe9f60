//! Requests to relying systems. Their addresses are typed by whoever registers a system, so each is a way to make this server ask for something in
//! its own network (SSRF). Hence: https, no redirects, no proxy from the environment, and only public addresses. Names are resolved here, once, and
//! the connection goes to what was judged: a name cannot lead elsewhere between the look and the call.
//!
//! `oidc.backchannel_loopback` lets loopback and plain http in, for acceptance runs on one machine.

use std::{
    error::Error as StdError,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::{
    Client, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, HeaderValue},
    redirect,
};

use super::{Failure, tls};
use crate::{fault::Fault, settings::Backchannel};

/// A whole request may take so long.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Below are services other than web pages, but for the scheme's own port.
const PRIVILEGED: u16 = 1024;

/// Why nothing is sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATarget {
    /// Not an address at all.
    #[error("it is not an absolute https address")]
    Address,
    /// Neither https, nor http to loopback where that is allowed.
    #[error("it does not begin with https://")]
    Scheme,
    /// `https://name:password@host/`
    #[error("it holds a user name or a password")]
    UserInfo,
    /// `https://host/#fragment`
    #[error("it holds a fragment")]
    Fragment,
    /// A port of another service.
    #[error("its port is neither 443 nor above 1023")]
    Port,
    /// It leads to this machine or into a private network.
    #[error("it leads to an address that is not public")]
    Inside,
}

/// Whether anything may be sent there, as far as the address alone tells: what its name resolves to is judged when the connection is made.
pub fn target(text: &str, reach: Backchannel) -> Result<Url, NotATarget> {
    let url = Url::parse(text).map_err(|_| NotATarget::Address)?;
    let host = url.host().ok_or(NotATarget::Address)?;
    let address = match host {
        url::Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
        url::Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
        url::Host::Domain(_) => None,
    };
    let is_here = address.map_or(url.host_str() == Some("localhost"), |address| address.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if reach == Backchannel::Loopback && is_here => {}
        _ => return Err(NotATarget::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotATarget::UserInfo);
    }
    if url.fragment().is_some() {
        return Err(NotATarget::Fragment);
    }
    // What is the scheme's own port is none.
    if url.port().is_some_and(|port| port < PRIVILEGED) {
        return Err(NotATarget::Port);
    }
    match address {
        Some(address) if !reach.allows(address) => Err(NotATarget::Inside),
        _ => Ok(url),
    }
}

impl Backchannel {
    fn allows(self, address: IpAddr) -> bool {
        is_public(address) || self == Self::Loopback && canonical(address).is_loopback()
    }
}

/// An IPv4 address in IPv6 clothes is the IPv4 address: as the kernel's `::ffff:0:0/96` or as a translator's `64:ff9b::/96` (RFC 6052, 2.1).
fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.segments() {
            [0x64, 0xff9b, 0, 0, 0, 0, _, _] | [0, 0, 0, 0, 0, 0xffff, _, _] => {
                let [.., a, b, c, d] = v6.octets();
                IpAddr::V4(Ipv4Addr::new(a, b, c, d))
            }
            _ => address,
        },
        IpAddr::V4(_) => address,
    }
}

/// Whether the address belongs to the public internet, by the registries of special-purpose addresses (RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match canonical(address) {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let special = match v4.octets() {
        // This network; shared address space of providers (RFC 6598); protocol assignments; 6to4 relays; benchmarks; reserved and broadcast.
        [0 | 240..=255, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] => true,
        _ => false,
    };
    !(special || v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_documentation() || v4.is_multicast())
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    match v6.segments() {
        // Teredo, benchmarks, ORCHID; documentation; 6to4, which carries an IPv4 address to wherever that leads.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // All that was ever given out as global unicast (RFC 4291, 2.4): neither unique local, nor link-local, nor loopback.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Sends forms to relying systems. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    reach: Backchannel,
}

impl Http {
    /// With the system's trusted roots; connects to nothing.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(reach: Backchannel) -> Result<Self, Fault> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls::client(None)?)
            .dns_resolver(Arc::new(Guard(reach)))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .timeout(TIMEOUT)
            // Nothing is kept open: logouts are rare, and a kept connection is a look that was taken long ago.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("Clavero/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Fault::at("preparing requests to relying systems"))?;
        Ok(Self { client, reach })
    }

    /// Posts a form once. 400 is the system's last word (OpenID Connect Back-Channel Logout 1.0, 2.8); anything else that is not success may be
    /// repeated. Of the answer only its status is looked at.
    pub async fn post(&self, address: &str, form: &[(&str, &str)]) -> Result<(), Failure> {
        let url = target(address, self.reach).map_err(|wrong| Failure::Final(format!("http: nothing is sent: {wrong}")))?;
        let json = HeaderValue::from_static("application/json");
        let answer = self.client.post(url).header(ACCEPT, json).form(form).send().await.map_err(|error| failure(&error))?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status if status.as_u16() == 400 => Err(Failure::Final("http: the system refused it (400)".to_owned())),
            status => Err(Failure::Passing(format!("http: status {}", status.as_u16()))),
        }
    }
}

/// What an operator reads: never the address, nor what a foreign server wrote.
fn failure(error: &reqwest::Error) -> Failure {
    if causes(error).any(<dyn StdError>::is::<NotATarget>) {
        return Failure::Final(format!("http: nothing is sent: {}", NotATarget::Inside));
    }
    Failure::Passing(match () {
        () if error.is_timeout() => "http: no answer in time".to_owned(),
        () if is_of_tls(error) => "http: TLS failed".to_owned(),
        () if error.is_connect() => "http: no connection".to_owned(),
        () => "http: the system hung up or spoke nonsense".to_owned(),
    })
}

/// Whether TLS is what failed.
pub(super) fn is_of_tls(error: &reqwest::Error) -> bool {
    causes(error).any(<dyn StdError>::is::<rustls::Error>)
}

/// The error and what caused it.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

/// What is under an error. An `io::Error` hides what it wraps from `source`.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// Resolves names and lets through only where a request may go.
struct Guard(Backchannel);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(judged(found, reach)?.into_iter()) as Addrs)
        })
    }
}

/// One address inside spoils them all: a name that stands for both is no accident.
fn judged(found: Vec<SocketAddr>, reach: Backchannel) -> Result<Vec<SocketAddr>, NotATarget> {
    if found.iter().all(|address| reach.allows(address.ip())) { Ok(found) } else { Err(NotATarget::Inside) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSIDE: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.0.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:100.64.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456:789a::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];
    const OUTSIDE: &[&str] = &[
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2800:a0::1",
    ];

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// As it stands in an address.
    fn host(text: &str) -> String {
        if text.contains(':') { format!("[{text}]") } else { text.to_owned() }
    }

    #[test]
    fn only_public_addresses_are_public() {
        for inside in INSIDE {
            assert!(!is_public(ip(inside)), "{inside}");
        }
        for outside in OUTSIDE {
            assert!(is_public(ip(outside)), "{outside}");
        }
    }

    #[test]
    fn an_address_that_says_where_it_leads_is_judged_at_once() {
        for inside in INSIDE {
            let wrong = target(&format!("https://{}/salir", host(inside)), Backchannel::Public);
            assert_eq!(wrong, Err(NotATarget::Inside), "{inside}");
        }
        for outside in OUTSIDE {
            assert!(target(&format!("https://{}/salir", host(outside)), Backchannel::Public).is_ok(), "{outside}");
        }
        // Other ways to write 127.0.0.1 and 10.0.0.1 (WHATWG URL, host parsing).
        for written in ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "10.1", "①②⑦.0.0.1"] {
            let wrong = target(&format!("https://{written}/"), Backchannel::Public);
            assert_eq!(wrong, Err(NotATarget::Inside), "{written}");
        }
    }

    #[test]
    fn addresses_with_more_than_a_place_are_refused() {
        let judge = |text| target(text, Backchannel::Public).map(drop);
        for (text, wrong) in [
            ("http://sistema.example/salir", NotATarget::Scheme),
            ("ftp://sistema.example/salir", NotATarget::Scheme),
            ("file:///etc/passwd", NotATarget::Address),
            ("gopher://sistema.example:70/_x", NotATarget::Scheme),
            ("/salir", NotATarget::Address),
            ("https://", NotATarget::Address),
            ("", NotATarget::Address),
            ("https://ana@sistema.example/salir", NotATarget::UserInfo),
            ("https://:clave@sistema.example/salir", NotATarget::UserInfo),
            ("https://sistema.example@127.0.0.1/salir", NotATarget::UserInfo),
            ("https://sistema.example/salir#aqui", NotATarget::Fragment),
            ("https://sistema.example:22/", NotATarget::Port),
            ("https://sistema.example:25/", NotATarget::Port),
            ("https://sistema.example:80/", NotATarget::Port),
            ("https://sistema.example:0/", NotATarget::Port),
            ("https://sistema.example:1023/", NotATarget::Port),
            ("http://127.0.0.1:9000/salir", NotATarget::Scheme),
            ("http://localhost:9000/salir", NotATarget::Scheme),
        ] {
            assert_eq!(judge(text), Err(wrong), "{text}");
        }
        for right in ["https://sistema.example/salir", "https://sistema.example:8443/salir?de=cs", "https://sistema.example:443/"]
        {
            assert_eq!(judge(right), Ok(()), "{right}");
        }
    }

    #[test]
    fn the_switch_opens_loopback_and_nothing_else() {
        let judge = |text| target(text, Backchannel::Loopback).map(drop);
        for right in [
            "http://127.0.0.1:9000/salir",
            "http://localhost:9000/",
            "http://[::1]:9000/",
            "https://127.0.0.1/",
            "http://127.0.0.1/",
        ] {
            assert_eq!(judge(right), Ok(()), "{right}");
        }
        for (text, wrong) in [
            ("http://sistema.example/", NotATarget::Scheme),
            ("http://10.0.0.1/", NotATarget::Scheme),
            ("https://10.0.0.1/", NotATarget::Inside),
            ("https://169.254.169.254/", NotATarget::Inside),
            ("https://[::ffff:10.0.0.1]/", NotATarget::Inside),
            ("http://127.0.0.1:25/", NotATarget::Port),
            ("http://ana@127.0.0.1:9000/", NotATarget::UserInfo),
        ] {
            assert_eq!(judge(text), Err(wrong), "{text}");
        }
    }

    #[test]
    fn a_name_with_one_address_inside_leads_nowhere() {
        let found = |all: &[&str]| all.iter().map(|each| SocketAddr::new(ip(each), 0)).collect::<Vec<_>>();
        assert_eq!(judged(found(OUTSIDE), Backchannel::Public).map(|all| all.len()), Ok(OUTSIDE.len()));
        for inside in INSIDE {
            assert_eq!(judged(found(&["8.8.8.8", inside]), Backchannel::Public), Err(NotATarget::Inside), "{inside}");
        }
        assert!(judged(found(&["127.0.0.1", "::1"]), Backchannel::Loopback).is_ok());
        assert_eq!(judged(found(&["127.0.0.1", "10.0.0.1"]), Backchannel::Loopback), Err(NotATarget::Inside));
    }
}
