//! Which client calls: by a secret in the header or in the form, by an assertion that it signed, or, where it can keep no secret, by its name alone
//! (RFC 6749, 2.3; RFC 7523; OpenID Connect Core 1.0, 9).
//!
//! A wrong secret of a known client and any secret of an unknown one are the same to whoever tries, and are counted by address. The right secret is
//! let in whatever was counted: it cannot be guessed, so nobody's noise keeps a system out.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use clave::{
    Cx, Fault, Moment, Secret,
    client::{self, Authentication, Client, ClientId},
    limits::{self, Subject},
    once,
};
use oidc::{Code, Error, Pairs, assertion};

use crate::site::Site;

/// Where assertions are meant for in any case (RFC 7523, 3).
const TOKEN: &str = "/openid/token";
/// The challenge for a client that tried the header (RFC 6749, 5.2; RFC 7617, 2).
pub const CHALLENGE: &str = "Basic realm=\"clients\", charset=\"UTF-8\"";

/// Why a client is not let in.
#[derive(Debug)]
pub enum Denied {
    /// What it is told. [`Code::InvalidClient`] is answered 401.
    Refused {
        /// In the words of the protocol.
        error: Error,
        /// What goes into `WWW-Authenticate`: for clients that tried the header.
        challenge: Option<&'static str>,
    },
    /// Too many wrong secrets came from this address.
    TooMany {
        /// Until a wrong one is answered as usual.
        wait: Duration,
    },
    /// Our problem.
    Fault(Fault),
}

impl From<Fault> for Denied {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<sql::Error> for Denied {
    fn from(error: sql::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Refused { error, challenge: None }
    }
}

/// The client that calls `endpoint`, an address of ours such as `/openid/token`, with these headers and this form.
pub async fn authenticate(
    cx: &mut Cx,
    site: &Site,
    headers: &HeaderMap,
    pairs: &Pairs,
    endpoint: &str,
) -> Result<Client, Denied> {
    let shown = Shown::read(headers, pairs)?;
    let challenge = matches!(shown, Shown::Secret { in_header: true, .. }).then_some(CHALLENGE);
    let (client, guessed) = match shown {
        Shown::Nothing { id } => (public(cx, &id).await?, false),
        Shown::Secret { id, secrets, .. } => (by_secret(cx, &id, &secrets).await?, true),
        Shown::Assertion(text) => (by_assertion(cx, site, text, endpoint).await?, true),
    };
    match client {
        Some(client) => Ok(client),
        None if guessed => Err(counted(cx, challenge).await?),
        None => Err(refused(challenge)),
    }
}

/// What the client shows.
enum Shown<'a> {
    /// Its name.
    Nothing { id: String },
    /// A secret, as it may have been meant.
    Secret { id: String, secrets: Vec<Secret>, in_header: bool },
    /// A signed assertion.
    Assertion(&'a str),
}

impl<'a> Shown<'a> {
    /// A client shows itself in one way (RFC 6749, 2.3); its name may stand beside, if it is the same.
    fn read(headers: &HeaderMap, pairs: &'a Pairs) -> Result<Self, Denied> {
        let named = pairs.get("client_id");
        let header = in_header(headers)?;
        let assertion = assertion::find(pairs)?;
        let posted = pairs.get("client_secret");
        if [header.is_some(), assertion.is_some(), posted.is_some()].into_iter().filter(|shown| *shown).count() > 1 {
            return Err(Error::invalid_request("the client shows itself in more than one way: use one").into());
        }
        let shown = match (header, assertion, posted, named) {
            (Some(shown), ..) => shown,
            (_, Some(text), ..) => Self::Assertion(text),
            (_, _, Some(secret), Some(id)) => {
                Self::Secret { id: id.to_owned(), secrets: vec![Secret::new(secret)], in_header: false }
            }
            (_, _, None, Some(id)) => Self::Nothing { id: id.to_owned() },
            (.., None) => return Err(Error::new(Code::InvalidClient, "the client does not say who it is").into()),
        };
        let differs = |id: &str| named.is_some_and(|named| named != id);
        let two_names = match &shown {
            Self::Nothing { .. } => false,
            Self::Secret { id, .. } => differs(id),
            Self::Assertion(text) => differs(&assertion::client_id(text)?),
        };
        if two_names {
            return Err(Error::invalid_request("client_id is not the client that shows itself").into());
        }
        Ok(shown)
    }
}

/// Padded or not: both are met.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `Authorization: Basic` (RFC 6749, 2.3.1): name and secret are encoded like a form before they are joined. Many programs forget that, so a secret is
/// taken as it stands, too; names are the same either way.
fn in_header(headers: &HeaderMap) -> Result<Option<Shown<'static>>, Denied> {
    let malformed = || Denied::Refused {
        error: Error::new(Code::InvalidClient, "the Authorization header is not Basic with client_id and client_secret"),
        challenge: Some(CHALLENGE),
    };
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Error::invalid_request("there is more than one Authorization header").into());
    }
    let (scheme, rest) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let joined = BASE64.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(malformed)?;
    let (id, secret) = joined.split_once(':').ok_or_else(malformed)?;
    let mut secrets = vec![Secret::new(decoded(secret))];
    if decoded(secret) != secret {
        secrets.push(Secret::new(secret));
    }
    Ok(Some(Shown::Secret { id: decoded(id), secrets, in_header: true }))
}

/// One value that was encoded like a form's.
fn decoded(text: &str) -> String {
    let escaped = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(escaped.as_bytes()).next().map_or_else(String::new, |(value, _)| value.into_owned())
}

async fn public(cx: &Cx, id: &str) -> Result<Option<Client>, Fault> {
    let Ok(id) = ClientId::parse(id) else { return Ok(None) };
    let client = client::find(&mut cx.clave.db.read().await?, &id).await?;
    Ok(client.filter(Client::is_public))
}

async fn by_secret(cx: &Cx, id: &str, secrets: &[Secret]) -> Result<Option<Client>, Fault> {
    let Ok(id) = ClientId::parse(id) else { return Ok(None) };
    let mut tx = cx.clave.db.read().await?;
    for secret in secrets {
        if let Some(client) = client::with_secret(&mut tx, &id, secret, cx.now).await? {
            return Ok(Some(client));
        }
    }
    Ok(None)
}

/// An assertion serves once (RFC 7523, 3, `jti`).
async fn by_assertion(cx: &Cx, site: &Site, text: &str, endpoint: &str) -> Result<Option<Client>, Denied> {
    let Ok(id) = ClientId::parse(&assertion::client_id(text)?) else { return Ok(None) };
    let client = client::find(&mut cx.clave.db.read().await?, &id).await?;
    let Some(client) = client.filter(|client| client.authentication == Authentication::PrivateKeyJwt) else { return Ok(None) };
    let Some(keys) = &client.keys else { return Ok(None) };
    let base = &site.base_url;
    let (token, asked) = (format!("{base}{TOKEN}"), format!("{base}{endpoint}"));
    let seconds = cx.now.micros().div_euclid(1_000_000);
    let Ok(assertion) = assertion::verify(text, keys, id.as_str(), &[base, &token, &asked], seconds) else { return Ok(None) };
    // What was shown before a restore may have been forgotten by it.
    if !cx.clave.epoch.has(Moment::from_seconds(assertion.issued), Duration::ZERO, cx.now) {
        return Err(
            Error::new(Code::InvalidClient, "the client assertion is too old: make one for each request, with iat").into()
        );
    }
    let until = Moment::from_micros(assertion.expires.saturating_mul(1_000_000)).plus(SKEW);
    let mut tx = cx.clave.db.begin().await?;
    let first = once::claim(&mut tx, "client_assertion", id.as_str(), &assertion.jti, until).await?;
    tx.commit().await?;
    Ok(first.then_some(client))
}

/// An assertion is remembered longer than it is good, for clocks that differ.
const SKEW: Duration = Duration::from_mins(5);

/// Counts a wrong secret.
async fn counted(cx: &Cx, challenge: Option<&'static str>) -> Result<Denied, Fault> {
    let mut tx = cx.clave.db.begin().await?;
    let verdict = limits::count(&mut tx, cx, Subject::ClientSecrets, None).await?;
    tx.commit().await?;
    Ok(match verdict {
        Ok(()) => refused(challenge),
        Err(until) => Denied::TooMany { wait: cx.now.until(until) },
    })
}

fn refused(challenge: Option<&'static str>) -> Denied {
    Denied::Refused { error: Error::new(Code::InvalidClient, "the client is unknown, or did not prove itself"), challenge }
}
