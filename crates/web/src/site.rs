//! What an installation decides about its pages: whose they are, where they live, who stands in front of them, how much they
//! take. `cli` fills it in from the configuration; the defaults name nobody, so that no installation claims to be another.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use clave::Secret;

/// Settings of the web side.
#[derive(Debug, Clone)]
pub struct Site {
    /// Where people reach the portal, without a final slash. With https, cookies are `Secure` and carry the prefix `__Host-`.
    pub base_url: String,
    /// Whose portal it is.
    pub institution: Institution,
    /// A notice under the header of every page: maintenance, delays.
    pub notice: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Whom legal persons and foreign facilitators turn to; the institution's contact where there is none.
    pub legal_persons: Option<Contact>,
    /// How much a client may send, and how slowly.
    pub limits: Limits,
    /// Which SMS gateways tell by HTTP what became of a message.
    pub sms_receipts: SmsReceipts,
}

/// With which secret each SMS gateway signs its receipts. One that has none here tells nothing by HTTP.
#[derive(Debug, Clone, Default)]
pub struct SmsReceipts {
    /// The first one's, `sms.first`.
    pub first: Option<Secret>,
    /// The second one's, `sms.second`.
    pub second: Option<Secret>,
}

/// Names shown in the header and the footer.
#[derive(Debug, Clone)]
pub struct Institution {
    /// First line of the header (G-2.1).
    pub ministry: String,
    /// Second line.
    pub name: String,
    /// An image file, read once at the start and served under a hashed name.
    pub logo: Option<PathBuf>,
    /// Where people find help.
    pub contact: Contact,
}

/// Where people find help.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Who answers.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// When somebody answers.
    pub hours: Option<String>,
}

/// How much a client may send, and how slowly; how many connections there may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one field; the rest is cut off and said at the field.
    pub field: usize,
    /// Bytes of a form that are kept; beyond, the form is answered 413.
    pub form: usize,
    /// Bytes that are read at all.
    pub body: usize,
    /// Until a form must be here.
    pub body_time: Duration,
    /// Until a request's header must be here; also how long an idle connection is kept.
    pub header_time: Duration,
    /// Open connections; the longest idle one makes room.
    pub connections: usize,
    /// Of these, from one address that is no trusted proxy.
    pub connections_of_one: usize,
    /// How long requests in flight may take when the server stops.
    pub stop_time: Duration,
}

impl Contact {
    /// The telephone as an address for devices that can call.
    pub fn dial(&self) -> String {
        self.phone.iter().flat_map(|phone| phone.chars()).filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            field: 8 * 1024,
            form: 64 * 1024,
            body: 2 * 1024 * 1024,
            body_time: Duration::from_secs(10),
            header_time: Duration::from_secs(10),
            connections: 16_384,
            connections_of_one: 4_096,
            stop_time: Duration::from_secs(20),
        }
    }
}

impl Default for Site {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:8080".to_owned(),
            institution: Institution {
                ministry: "Ministerio del Trabajo y Previsión Social".to_owned(),
                name: "Institución".to_owned(),
                logo: None,
                contact: Contact { name: "Mesa de ayuda".to_owned(), email: None, phone: None, hours: None },
            },
            notice: None,
            trusted_proxies: Vec::new(),
            legal_persons: None,
            limits: Limits::default(),
            sms_receipts: SmsReceipts::default(),
        }
    }
}

impl Site {
    /// Whether browsers reach us by TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Whether `base_url` names this machine alone: development and acceptance runs, reached under any of its names and ports.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.base_url.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', '?']).next().unwrap_or_default();
        let host = if host.starts_with('[') { host.split(']').next() } else { host.split(':').next() };
        let host = host.unwrap_or_default().trim_start_matches('[');
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Scheme, host and port of `base_url`, as browsers write them in `Origin`.
    pub(crate) fn origin(&self) -> String {
        let (scheme, rest) = self.base_url.split_once("://").unwrap_or(("https", &self.base_url));
        let host = rest.split(['/', '?']).next().unwrap_or_default().to_ascii_lowercase();
        let usual = if scheme == "https" { ":443" } else { ":80" };
        format!("{scheme}://{}", host.strip_suffix(usual).unwrap_or(&host))
    }

    /// The host that people should see in their browser's address.
    pub(crate) fn domain(&self) -> &str {
        let host = self.base_url.split_once("://").map_or("", |(_, rest)| rest);
        host.split(['/', '?']).next().unwrap_or_default()
    }

    pub(crate) fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(address))
    }

    pub(crate) fn legal_contact(&self) -> &Contact {
        self.legal_persons.as_ref().unwrap_or(&self.institution.contact)
    }
}

/// A block of addresses: `10.0.0.0/8`, `2001:db8::/32`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: u128,
    prefix: u32,
}

/// Not a block of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANetwork;

impl std::fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("write an address block as 10.0.0.0/8, 2001:db8::/32, or one address")
    }
}

impl std::error::Error for NotANetwork {}

impl Network {
    /// Whether the address lies in the block. An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is the IPv4 address.
    pub fn contains(self, address: IpAddr) -> bool {
        let shift = 128 - self.prefix;
        self.prefix == 0 || as_v6(address) >> shift == self.base >> shift
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.trim().parse().map_err(|_| NotANetwork)?;
        let (outside, bits) = if address.is_ipv4() { (96, 32) } else { (0, 128) };
        let prefix = prefix.map_or(Ok(bits), |prefix| prefix.trim().parse::<u32>().map_err(|_| NotANetwork))?;
        if prefix > bits {
            return Err(NotANetwork);
        }
        Ok(Self { base: as_v6(address), prefix: outside + prefix })
    }
}

/// Both families in one space: IPv4 under `::ffff:0:0/96`.
fn as_v6(address: IpAddr) -> u128 {
    let v6: Ipv6Addr = match address {
        IpAddr::V4(v4) => Ipv4Addr::to_ipv6_mapped(&v4),
        IpAddr::V6(v6) => v6,
    };
    u128::from(v6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_holds_its_addresses_in_both_writings() {
        let holds = |block: &str, address: &str| block.parse::<Network>().unwrap().contains(address.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.1.2"));
        assert!(holds("10.0.0.0/8", "::ffff:10.255.1.2"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("192.0.2.7", "192.0.2.7"));
        assert!(!holds("192.0.2.7", "192.0.2.8"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1"));
        assert!(!holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds("0.0.0.0/0", "8.8.8.8"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/x", "example.org"] {
            assert_eq!(wrong.parse::<Network>(), Err(NotANetwork), "{wrong}");
        }
    }

    #[test]
    fn the_origin_is_written_as_browsers_do() {
        let origin = |base: &str| Site { base_url: base.to_owned(), ..Site::default() }.origin();
        assert_eq!(origin("https://Clave.Example.cl"), "https://clave.example.cl");
        assert_eq!(origin("https://clave.example.cl:443/portal"), "https://clave.example.cl");
        assert_eq!(origin("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
    }

    #[test]
    fn loopback_is_told_from_a_public_host() {
        let local = |base: &str| Site { base_url: base.to_owned(), ..Site::default() }.is_loopback();
        assert!(local("http://127.0.0.1:8080") && local("http://localhost:1") && local("http://[::1]:8080"));
        assert!(!local("http://127.0.0.1.example.cl") && !local("https://clave.example.cl"));
    }
}
