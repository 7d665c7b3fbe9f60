//! Relying systems: who they are, what they may ask for, where people are sent back to. Every node reads them from the database, so that what an
//! operator changes counts at once.

mod change;
mod logo;
mod registration;

use std::{collections::BTreeSet, fmt, str::FromStr};

use oidc::{
    claims::Shape,
    jwk::{Algorithm, ClientKeys},
    redirect::Uri,
    request::ClientRules,
    scope::Scopes,
};
use serde::{Deserialize, Serialize};
use sql::{Row, Tx, sql};
use subtle::ConstantTimeEq as _;

pub use change::{Added, Changes, Declared, Refused, add, declare, remove, rotate_secret};
pub use logo::{Logo, NotALogo, logo};
pub use registration::{Registration, Wrong};

use crate::{fault::Fault, moment::Moment, secret::Secret, vault::sha256};

/// `client_id`: `[A-Za-z0-9._~-]{1,100}`, so that it is itself in every URL, header and form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

/// Not an identifier of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write 1 to 100 letters, digits or . _ ~ -")]
pub struct NotAClientId;

const LONGEST_ID: usize = 100;

impl ClientId {
    /// Reads one.
    pub fn parse(text: &str) -> Result<Self, NotAClientId> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte));
        if plain && (1..=LONGEST_ID).contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(NotAClientId) }
    }

    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ClientId {
    type Error = NotAClientId;

    fn try_from(text: String) -> Result<Self, NotAClientId> {
        Self::parse(&text)
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.0
    }
}

impl From<&ClientId> for sql::Value {
    fn from(id: &ClientId) -> Self {
        id.as_str().into()
    }
}

impl sql::Column for ClientId {
    fn read(row: &Row, column: &str) -> sql::Result<Self> {
        row.get(column).map(Self)
    }
}

/// How a client shows who it is. With a secret, it may be sent in the header or in the form, whichever was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authentication {
    /// It cannot keep a secret: an application on a person's device (RFC 6749, 2.1).
    None,
    /// A secret in the `Authorization` header.
    Basic,
    /// A secret in the form.
    Post,
    /// A signed assertion (RFC 7523).
    PrivateKeyJwt,
}

impl Authentication {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::Basic, Self::Post, Self::PrivateKeyJwt];

    /// The word of commands and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "basic",
            Self::Post => "post",
            Self::PrivateKeyJwt => "private-key-jwt",
        }
    }

    /// Whether there is a secret.
    pub fn has_secret(self) -> bool {
        matches!(self, Self::Basic | Self::Post)
    }
}

impl FromStr for Authentication {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|way| way.name() == text)
            .ok_or_else(|| "write none, basic, post or private-key-jwt".to_owned())
    }
}

/// A way to tokens (RFC 6749, 1.3; RFC 8628).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GrantType {
    /// A person logs in in a browser.
    #[serde(rename = "authorization_code")]
    Code,
    /// A refresh token.
    #[serde(rename = "refresh_token")]
    Refresh,
    /// A person logs in on another device.
    #[serde(rename = "device_code")]
    Device,
    /// The system in its own name.
    #[serde(rename = "client_credentials")]
    ClientCredentials,
}

impl GrantType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Code, Self::Refresh, Self::Device, Self::ClientCredentials];

    /// The word of commands and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "authorization_code",
            Self::Refresh => "refresh_token",
            Self::Device => "device_code",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

impl FromStr for GrantType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|grant| grant.name() == text);
        known.ok_or_else(|| "write authorization_code, refresh_token, device_code or client_credentials".to_owned())
    }
}

/// By what a client knows a person (OpenID Connect Core 1.0, 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectType {
    /// Another one in each sector.
    Pairwise {
        /// Whose.
        sector: String,
    },
    /// The same everywhere.
    Public,
}

/// A relying system.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is said of a system on its own, under the name it has in the protocol")]
pub struct Client {
    /// `client_id`.
    pub id: ClientId,
    /// What people know it by.
    pub name: String,
    /// How it shows who it is.
    pub authentication: Authentication,
    /// Where people are sent back to.
    pub redirect_uris: Vec<Uri>,
    /// Where they may be sent after logging out.
    pub post_logout_uris: Vec<Uri>,
    /// Where it is told that a session has ended: https, or http on this machine.
    pub backchannel_logout_uri: Option<String>,
    /// Its own first page: «Volver a».
    pub home: Option<String>,
    /// What it may ask for.
    pub scopes: Scopes,
    /// Nobody is asked for consent.
    pub first_party: bool,
    /// How claims are written.
    pub shape: Shape,
    /// By what it knows people.
    pub subject: SubjectType,
    /// Signs its ID and logout tokens.
    pub id_token_alg: Algorithm,
    /// Signs what userinfo answers; without it that is plain JSON.
    pub userinfo_alg: Option<Algorithm>,
    /// Its public keys: for assertions and request objects.
    pub keys: Option<ClientKeys>,
    /// Every request needs PKCE.
    pub pkce_required: bool,
    /// Every request must be pushed first.
    pub par_required: bool,
    /// Every token must be bound to a key.
    pub dpop_required: bool,
    /// How it may get tokens.
    pub grants: BTreeSet<GrantType>,
    /// Which logo it has: changes with the picture.
    pub logo: Option<String>,
    /// Whether the configuration declares it, rather than a command.
    pub declared: bool,
    /// Since when it is registered.
    pub made_at: Moment,
    /// Since when it no longer is.
    pub removed_at: Option<Moment>,
}

impl Client {
    /// Whether it may get tokens so.
    pub fn may(&self, grant: GrantType) -> bool {
        self.grants.contains(&grant)
    }

    /// By what its authorization requests are judged.
    pub fn rules(&self) -> ClientRules {
        ClientRules {
            client_id: self.id.as_str().to_owned(),
            redirect_uris: self.redirect_uris.clone(),
            scopes: self.scopes.clone(),
            pkce_required: self.pkce_required,
            par_required: self.par_required,
        }
    }

    /// Whether it cannot keep a secret (RFC 6749, 2.1).
    pub fn is_public(&self) -> bool {
        self.authentication == Authentication::None
    }
}

/// The registered client.
pub async fn find(tx: &mut Tx, id: &ClientId) -> Result<Option<Client>, Fault> {
    Ok(ever(tx, id).await?.filter(|client| client.removed_at.is_none()))
}

/// The client, even if it has been removed since: for its name in histories.
pub async fn ever(tx: &mut Tx, id: &ClientId) -> Result<Option<Client>, Fault> {
    let row = tx
        .one(sql!("SELECT id, registration, logo_version, declared, made_at, removed_at FROM client WHERE id = $1", id))
        .await?;
    row.map(|row| client(&row)).transpose()
}

/// Every registered client, by its identifier.
pub async fn list(tx: &mut Tx) -> Result<Vec<Client>, Fault> {
    let rows = tx
        .all(sql!(
            "SELECT id, registration, logo_version, declared, made_at, removed_at FROM client
             WHERE removed_at IS NULL ORDER BY id"
        ))
        .await?;
    rows.iter().map(client).collect()
}

/// Whether the secret is the client's. The one before counts for as long as it was kept.
pub async fn secret_matches(tx: &mut Tx, client: &Client, secret: &Secret, now: Moment) -> Result<bool, Fault> {
    matches(tx, &client.id, secret, now).await
}

/// The client whose secret this is. An unknown client is looked for and compared with as a known one.
pub async fn with_secret(tx: &mut Tx, id: &ClientId, secret: &Secret, now: Moment) -> Result<Option<Client>, Fault> {
    let client = find(tx, id).await?;
    let matches = matches(tx, id, secret, now).await?;
    Ok(client.filter(|client| matches && client.authentication.has_secret()))
}

async fn matches(tx: &mut Tx, id: &ClientId, secret: &Secret, now: Moment) -> Result<bool, Fault> {
    let row = tx
        .one(sql!(
            "SELECT secret, CASE WHEN secret_before_until > $2 THEN secret_before END AS secret_before
             FROM client WHERE id = $1 AND removed_at IS NULL",
            id,
            now
        ))
        .await?;
    let given = sha256(secret.expose().as_bytes());
    let stored =
        |column: &str| -> Result<Option<[u8; 32]>, Fault> { Ok(row.as_ref().map(|row| row.get(column)).transpose()?.flatten()) };
    let is = |stored: Option<[u8; 32]>| stored.unwrap_or_default().ct_eq(&given) & u8::from(stored.is_some()).into();
    Ok(bool::from(is(stored("secret")?) | is(stored("secret_before")?)))
}

fn client(row: &Row) -> Result<Client, Fault> {
    let registration = registration_of(row)?;
    let standing = registration::Standing {
        logo: row.get("logo_version")?,
        declared: row.get("declared")?,
        made_at: row.get("made_at")?,
        removed_at: row.get("removed_at")?,
    };
    registration.client(row.get("id")?, standing).map_err(|wrong| {
        let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        Fault::at("reading a stored client")(wrong.join("; "))
    })
}

fn registration_of(row: &Row) -> Result<Registration, Fault> {
    serde_json::from_str(&row.get::<String>("registration")?).map_err(Fault::at("reading a stored client"))
}
