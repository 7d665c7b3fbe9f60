//! SMS to a gateway that speaks HTTP, in the contract of docs/SMS-GATEWAY.md: one JSON object a message, signed ([`super::signature`]), with the message's
//! id as `Idempotency-Key`, so that a repetition is no second SMS.
//!
//! The address is the operator's, not somebody's who registers a system: it may lead into the institution's own network ([`super::http`] has the
//! other rule). Still https, unless the gateway is on this machine; no redirects, no proxy from the environment, and little is read of an answer.

use std::{path::PathBuf, time::Duration};

use reqwest::{
    Client, Response, StatusCode, Url,
    header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER},
    redirect,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Parcel,
    route::{CONNECT, TRY, Trouble},
    signature, tls,
};
use crate::{fault::Fault, moment::Clock, secret::Secret};

/// How to reach the gateway.
#[derive(Debug, Clone)]
pub struct SmsHttpSettings {
    /// Where messages are posted.
    pub url: String,
    /// What both sides sign with.
    pub secret: Secret,
    /// The sender that people see, where the gateway does not choose it.
    pub from: Option<String>,
    /// A PEM file with the certificate of a private authority: then it alone is trusted, in place of the system's.
    pub root_certificate: Option<PathBuf>,
}

/// Of an answer, so much is read.
const LONGEST_ANSWER: usize = 16 * 1024;
/// A gateway's id of a message has at most so many characters.
pub const LONGEST_REFERENCE: usize = 128;
/// A gateway that gets too much and does not say when to come again is left alone so long.
const PAUSE: Duration = Duration::from_secs(2);

/// An SMS gateway that speaks HTTP.
pub struct SmsHttp {
    client: Client,
    url: Url,
    secret: Secret,
    from: Option<String>,
    clock: Clock,
}

impl std::fmt::Debug for SmsHttp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmsHttp").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Message<'a> {
    id: &'a str,
    to: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
}

/// What a gateway says of a message that it took. Whatever else it says is passed over.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Taken {
    reference: Option<String>,
    receipts: bool,
}

impl SmsHttp {
    /// Judges the settings; connects to nothing.
    ///
    /// # Errors
    /// The address is none that may be used, or TLS cannot be set up.
    pub fn new(settings: SmsHttpSettings, clock: Clock) -> Result<Self, Fault> {
        let url = address(&settings.url)?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls::client(settings.root_certificate.as_deref())?)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(TRY)
            .user_agent(concat!("Clavero/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Fault::at("preparing requests to the SMS gateway"))?;
        Ok(Self { client, url, secret: settings.secret, from: settings.from, clock })
    }

    /// Tries once. The gateway's id of the message, where receipts will name it.
    pub(super) async fn send(&self, parcel: &Parcel) -> Result<Option<String>, Trouble> {
        let id = parcel.id.hex();
        let message = Message { id: &id, to: &parcel.to, text: &parcel.words.text, from: self.from.as_deref() };
        let body =
            serde_json::to_vec(&message).map_err(|_| Trouble::Later("http: the message could not be written".to_owned()))?;
        let (timestamp, signature) = signature::sign(&self.secret, self.clock.now(), &body);
        let request =
            self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json").header(ACCEPT, "application/json");
        let request = request.header("idempotency-key", &id).header(signature::TIMESTAMP, timestamp);
        let answer = request.header(signature::SIGNATURE, signature).body(body).send().await.map_err(|error| failure(&error))?;
        judge(answer.status(), pause(&answer))?;
        // It has the message: whatever it says now, another try would be a second SMS.
        let said = read(answer).await;
        let taken: Taken = serde_json::from_slice(&said).unwrap_or_default();
        Ok(taken.reference.filter(|reference| taken.receipts && is_reference(reference)))
    }

    /// Asks, signed, whether it would take messages. A gateway that does not answer that has at least been reached.
    pub(super) async fn probe(&self) -> Result<(), Trouble> {
        let (timestamp, signature) = signature::sign(&self.secret, self.clock.now(), b"");
        let request = self.client.get(self.url.clone()).header(signature::TIMESTAMP, timestamp);
        let answer = request.header(signature::SIGNATURE, signature).send().await.map_err(|error| failure(&error))?;
        match answer.status().as_u16() {
            200..=299 | 404 | 405 => Ok(()),
            code @ (401 | 403) => {
                Err(Trouble::Sick(format!("http: status {code}: the secret is not the gateway's, or a clock is wrong")))
            }
            code => Err(Trouble::Sick(format!("http: status {code}"))),
        }
    }
}

/// Whether a gateway's id can be kept and shown.
pub fn is_reference(reference: &str) -> bool {
    (1..=LONGEST_REFERENCE).contains(&reference.len()) && reference.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A gateway's address, if it may be used.
///
/// # Errors
/// It is no address, holds a user name or a password, or leaves this machine in the clear.
pub fn address(text: &str) -> Result<Url, Fault> {
    let url = Url::parse(text).map_err(Fault::at("reading the SMS gateway's address"))?;
    match () {
        // It would be read as one whose host is the beginning of the path.
        () if text.contains(":///") => Err(Fault::new("the SMS gateway's address has no host")),
        () if !is_protected(&url) => Err(Fault::new(
            "the SMS gateway's address must begin with https://, unless it is on this machine: messages carry keys",
        )),
        () if !url.username().is_empty() || url.password().is_some() => {
            Err(Fault::new("the SMS gateway's address must hold neither user name nor password: both sides sign with the secret"))
        }
        () => Ok(url),
    }
}

/// An address as operators may see it: the query may hold a token of the provider's.
pub fn place(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) => format!("{}{}", url.origin().ascii_serialization(), url.path()),
        Err(_) => "an address that cannot be read".to_owned(),
    }
}

/// https, or http on this machine.
fn is_protected(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    url.scheme() == "https" || url.scheme() == "http" && is_here
}

fn judge(status: StatusCode, pause: Duration) -> Result<(), Trouble> {
    let problem = || format!("http: status {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Ok(()),
        // The contract's word for a number that no SMS reaches.
        422 => Err(Trouble::Final(problem())),
        // It is busy with this very message.
        409 => Err(Trouble::Working(problem())),
        413 => Err(Trouble::Refused(problem())),
        429 => Err(Trouble::Busy(problem(), pause)),
        // About us, or the address that we were given.
        401..=405 | 407 | 408 | 410 | 421 | 425 | 426 => Err(Trouble::Sick(problem())),
        // About this message, it seems: no reason to leave the gateway alone, and not certain enough to be the last word.
        400..=499 => Err(Trouble::Later(problem())),
        _ => Err(Trouble::Sick(problem())),
    }
}

fn pause(answer: &Response) -> Duration {
    let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    seconds.map_or(PAUSE, Duration::from_secs)
}

/// The beginning of the answer, or nothing where it breaks off.
async fn read(mut answer: Response) -> Zeroizing<Vec<u8>> {
    let mut said = Zeroizing::new(Vec::new());
    while let Ok(Some(chunk)) = answer.chunk().await {
        if said.len().saturating_add(chunk.len()) > LONGEST_ANSWER {
            said.clear();
            break;
        }
        said.extend_from_slice(&chunk);
    }
    said
}

fn failure(error: &reqwest::Error) -> Trouble {
    Trouble::Sick(
        match () {
            () if error.is_timeout() => "http: no answer in time",
            () if super::http::is_of_tls(error) => "http: TLS failed",
            () if error.is_connect() => "http: no connection",
            () => "http: the gateway hung up or spoke nonsense",
        }
        .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_over_https_or_stay_on_this_machine() {
        for safe in [
            "https://sms.example.cl/v1",
            "https://10.0.0.7/",
            "http://localhost:8000/sms",
            "http://127.0.0.1/",
            "http://[::1]:80/",
        ] {
            assert!(address(safe).is_ok(), "{safe}");
        }
        for unsafe_ in [
            "https:///x",
            "http://sms.example.cl/",
            "http://10.0.0.7/",
            "https://u:p@sms.example.cl/",
            "ftp://localhost/",
            "mailto:x@y.cl",
        ] {
            assert!(address(unsafe_).is_err(), "{unsafe_}");
        }
        assert!(crate::fault::chain(&address("https://u:p@sms.example.cl/").unwrap_err()).contains("neither user name"));
    }

    #[test]
    fn operators_see_no_token() {
        assert_eq!(place("https://sms.example.cl:8443/v1/sms?token=secreto#x"), "https://sms.example.cl:8443/v1/sms");
        assert_eq!(place("https://u:secreto@sms.example.cl"), "https://sms.example.cl/");
        assert_eq!(place("secreto"), "an address that cannot be read");
    }

    #[test]
    fn a_reference_can_be_kept_and_shown() {
        assert!(is_reference("a") && is_reference("0af1-22/x=") && is_reference(&"9".repeat(128)));
        assert!(!is_reference("") && !is_reference("a b") && !is_reference("ñ") && !is_reference(&"9".repeat(129)));
    }
}
