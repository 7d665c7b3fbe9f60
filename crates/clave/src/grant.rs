//! What a person gave a system in one session, or for longer: codes, access and refresh tokens belong to a grant and end with it.

use oidc::{request::Authorization, scope::Scopes};
use rut::Rut;
use sql::Tx;

use crate::{
    client::{Client, ClientId},
    cx::Cx,
    fault::Fault,
    moment::Moment,
    person::Identity,
    secret::Secret,
    session::{EndedBy, Sid},
};

/// How strong a login was, and how sure we are of the identity: the `acr` of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acr {
    /// Key; the person said who they are.
    KeyDeclared,
    /// Key; a civil registry answered for the identity.
    KeyRegistry,
}

impl Acr {
    /// All of them, the weakest first.
    pub const ALL: [Self; 2] = [Self::KeyDeclared, Self::KeyRegistry];

    /// Of a login by key.
    pub fn of(identity: Identity) -> Self {
        match identity {
            Identity::Declared => Self::KeyDeclared,
            Identity::Registry => Self::KeyRegistry,
        }
    }

    /// As relying systems write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KeyDeclared => "urn:clavero:acr:key:declared",
            Self::KeyRegistry => "urn:clavero:acr:key:registry",
        }
    }

    /// From [`Acr::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acr| acr.as_str() == text)
    }
}

/// What a person just gave.
pub struct NewGrant<'a> {
    /// To whom.
    pub client: &'a Client,
    /// Who.
    pub rut: Rut,
    /// In which session.
    pub sid: Sid,
    /// What was asked for.
    pub request: &'a Authorization,
    /// When the key was proved.
    pub authenticated_at: Moment,
    /// How.
    pub acr: Acr,
}

/// A system that a person entered, for «Mi cuenta».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// The system.
    pub client: ClientId,
    /// Its name.
    pub name: String,
    /// Since the first grant that lives.
    pub since: Moment,
    /// When a token was last made.
    pub last_used: Moment,
    /// What it may ask for.
    pub scopes: Scopes,
    /// Whether it goes on without a session.
    pub offline: bool,
}

/// Why a grant ends: stored with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Somebody logged out, or ended the session from elsewhere.
    Session,
    /// The key changed or was frozen.
    Person,
    /// The person disconnected the system.
    Disconnected,
    /// The client gave it back (RFC 7009).
    Client,
    /// The client was removed.
    ClientRemoved,
    /// A code was used twice.
    CodeReused,
    /// A refresh token was used twice.
    RefreshReused,
}

/// Makes an authorization code: 60 seconds at most, once.
pub async fn issue_code(_tx: &mut Tx, _cx: &mut Cx, _new: &NewGrant<'_>) -> Result<Secret, Fault> {
    todo!()
}

/// Ends what belongs to a session: every grant without `offline_access`; and tells the clients (back channel). For `session::end`, which appends
/// its own row to the records after this.
pub async fn end_of_session(_tx: &mut Tx, _cx: &mut Cx, _rut: Rut, _sid: Sid, _by: EndedBy) -> Result<(), Fault> {
    Ok(())
}

/// Ends everything that a person gave, offline grants too: the key changed or was frozen.
pub async fn end_of_person(_tx: &mut Tx, _cx: &mut Cx, _rut: Rut) -> Result<(), Fault> {
    Ok(())
}

/// Ends every grant of a client that is removed.
pub async fn end_of_client(_tx: &mut Tx, _cx: &mut Cx, _client: &ClientId) -> Result<(), Fault> {
    todo!()
}

/// Ends what one person gave one client.
pub async fn end_between(_tx: &mut Tx, _cx: &mut Cx, _rut: Rut, _client: &ClientId) -> Result<(), Fault> {
    todo!()
}

/// The systems that a person entered and that may still ask for data, last used first.
pub async fn of_person(_tx: &mut Tx, _rut: Rut, _now: Moment) -> Result<Vec<Entered>, Fault> {
    todo!()
}

/// The clients that hold a living grant of a session.
pub async fn clients_of_session(_tx: &mut Tx, _rut: Rut, _sid: Sid, _now: Moment) -> Result<Vec<ClientId>, Fault> {
    todo!()
}
