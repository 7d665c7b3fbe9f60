//! The authorization request (OpenID Connect Core 3.1.2.1). It is judged in two stages, because an error may only be sent back once it is
//! certain that the way back is the client's own: [`Opened`] says whose request it is, [`Authorization::judge`] does the rest and says for
//! each refusal whether it goes back or is shown on a page of ours (RFC 6749 4.1.2.1; RFC 9700 4.11).

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{Error, Pairs, Scopes, claims_request::ClaimsRequest, pkce::Challenge, redirect::Uri, response::Target};

/// What must be known before anything else.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// `client_id`.
    pub client_id: String,
    /// `request`: a signed request object (RFC 9101), for [`crate::request_object::open`].
    pub request: Option<String>,
    /// `request_uri`: of a pushed request (RFC 9126 4).
    pub request_uri: Option<String>,
}

impl Opened {
    /// # Errors
    /// Shown on a page: without a client there is no way back.
    pub fn read(pairs: &Pairs) -> Result<Self, Error> {
        let _ = pairs;
        todo!()
    }
}

/// What is registered of the client that matters here.
#[derive(Debug, Clone)]
pub struct ClientRules {
    /// `client_id`.
    pub client_id: String,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<Uri>,
    /// The scopes that it may ask for.
    pub scopes: Scopes,
    /// Whether a code challenge is demanded (always for public clients).
    pub pkce_required: bool,
    /// Whether requests must be pushed (RFC 9126 6).
    pub par_required: bool,
}

/// How the request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// By the person's browser.
    Browser,
    /// Pushed by the client itself, authenticated (RFC 9126).
    Pushed,
}

/// `prompt` (Core 3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Show nothing.
    None,
    /// Log in again.
    Login,
    /// Ask for consent again.
    Consent,
    /// Let the person choose the account.
    SelectAccount,
}

impl Prompt {
    /// As it is written in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }
}

/// An authorization request that is in order. It can be stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// `client_id`.
    pub client_id: String,
    /// `redirect_uri`, as asked for (with its port); one of the registered ones.
    pub redirect_uri: String,
    /// `scope`, of which only what the client may ask for. Has `openid`.
    pub scopes: Scopes,
    /// `state`.
    pub state: Option<String>,
    /// `nonce`.
    pub nonce: Option<String>,
    /// `code_challenge`.
    pub challenge: Option<Challenge>,
    /// `prompt`.
    pub prompt: BTreeSet<Prompt>,
    /// `max_age` in seconds.
    pub max_age: Option<u32>,
    /// `acr_values`, best first.
    pub acr_values: Vec<String>,
    /// `claims`, of which only what the client may ask for.
    pub claims: ClaimsRequest,
    /// `login_hint`.
    pub login_hint: Option<String>,
    /// `ui_locales`, best first.
    pub ui_locales: Vec<String>,
    /// `id_token_hint`, not yet verified: [`crate::id_token::Hint::verify`].
    pub id_token_hint: Option<String>,
    /// `dpop_jkt` (RFC 9449 10).
    pub dpop_jkt: Option<String>,
}

/// Why a request goes no further, and who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A page of ours (400): there is no way back that is certainly the client's.
    Page(Error),
    /// The client: the person is sent back with it.
    Back(Target, Error),
}

impl Refused {
    /// The error alone, as a pushed request is answered (RFC 9126 2.3).
    pub fn into_error(self) -> Error {
        match self {
            Self::Page(error) | Self::Back(_, error) => error,
        }
    }
}

impl Authorization {
    /// Judges a request whose client is known. With a signed request object, `pairs` are those from inside it.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn judge(pairs: &Pairs, rules: &ClientRules, via: Via) -> Result<Self, Refused> {
        let _ = (pairs, rules, via);
        todo!()
    }

    /// The way back.
    pub fn target(&self) -> Target {
        Target { redirect_uri: self.redirect_uri.clone(), state: self.state.clone() }
    }

    /// Whether this prompt was asked for.
    pub fn prompts(&self, prompt: Prompt) -> bool {
        self.prompt.contains(&prompt)
    }
}

/// Without `state`, `nonce`, hints: they may tell who it is.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").field("client_id", &self.client_id).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
