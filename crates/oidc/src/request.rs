//! The authorization request (OpenID Connect Core 3.1.2.1). It is judged in two stages, because an error may only be sent back once it is
//! certain that the way back is the client's own: [`Opened`] says whose request it is, [`Authorization::judge`] does the rest and says for
//! each refusal whether it goes back or is shown on a page of ours (RFC 6749 4.1.2.1; RFC 9700 4.11).

use std::{collections::BTreeSet, fmt};

use aws_lc_rs::digest::SHA256_OUTPUT_LEN;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{Code, Error, Pairs, Scope, Scopes, claims_request::ClaimsRequest, pkce::Challenge, redirect::Uri, response::Target};

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
        let client_id = pairs.owned("client_id").ok_or_else(|| Error::invalid_request("client_id is missing"))?;
        Self::by(client_id, pairs)
    }

    /// Of a client that has shown itself: its id need not be in the form as well (RFC 9126 3).
    ///
    /// # Errors
    /// Another client's `client_id`.
    pub fn pushed(pairs: &Pairs, client_id: &str) -> Result<Self, Error> {
        if pairs.get("client_id").is_some_and(|other| other != client_id) {
            return Err(Error::invalid_request("client_id is not the client that shows itself"));
        }
        Self::by(client_id.to_owned(), pairs)
    }

    fn by(client_id: String, pairs: &Pairs) -> Result<Self, Error> {
        let opened = Self { client_id, request: pairs.owned("request"), request_uri: pairs.owned("request_uri") };
        if opened.request.is_some() && opened.request_uri.is_some() {
            return Err(Error::invalid_request("request and request_uri exclude each other: send one of them"));
        }
        Ok(opened)
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
    /// Every prompt.
    pub const ALL: [Self; 4] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount];

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
        let target = Target::of(pairs, rules).map_err(Refused::Page)?;
        Self::read(pairs, rules, via, &target).map_err(|error| Refused::Back(target, error))
    }

    fn read(pairs: &Pairs, rules: &ClientRules, via: Via, target: &Target) -> Result<Self, Error> {
        check_way(pairs, rules, via)?;
        let scopes = Scopes::parse(pairs.get("scope").unwrap_or_default()).intersection(&rules.scopes);
        if !scopes.contains(Scope::Openid) {
            return Err(Error::new(Code::InvalidScope, "scope must have openid, and the client must be registered for it"));
        }
        let claims = pairs.get("claims").map(ClaimsRequest::parse).transpose()?.unwrap_or_default();
        Ok(Self {
            client_id: rules.client_id.clone(),
            redirect_uri: target.redirect_uri.clone(),
            scopes,
            state: target.state.clone(),
            nonce: nonce(pairs)?,
            challenge: challenge(pairs, rules)?,
            prompt: prompt(pairs)?,
            max_age: max_age(pairs)?,
            acr_values: words(pairs.get("acr_values"), 100),
            claims: claims.within(&rules.scopes),
            login_hint: pairs.owned("login_hint").filter(|hint| hint.len() <= LONGEST_HINT),
            ui_locales: locales(pairs),
            id_token_hint: pairs.owned("id_token_hint"),
            dpop_jkt: dpop_jkt(pairs)?,
        })
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

/// Longer ones serve no purpose, and would be stored.
const LONGEST_NONCE: usize = 1000;
const LONGEST_HINT: usize = 200;
/// A whole request, since it is kept until the person has logged in. Browsers and proxies pass half of it in an address.
const LONGEST_REQUEST: usize = 16 * 1024;
/// More words than this in a list of preferences are not read.
const MOST_WORDS: usize = 10;

/// What is not about the person: the way, the kind of answer.
fn check_way(pairs: &Pairs, rules: &ClientRules, via: Via) -> Result<(), Error> {
    if pairs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > LONGEST_REQUEST {
        return Err(Error::invalid_request("the request is longer than 16 KiB"));
    }
    // A request object has been opened before; neither it nor a pushed request may point to another one (RFC 9101 4; RFC 9126 2.1).
    if pairs.get("request").is_some() {
        return Err(Error::new(Code::RequestNotSupported, "a request object cannot be used here"));
    }
    if pairs.get("request_uri").is_some() {
        return Err(Error::new(
            Code::RequestUriNotSupported,
            "request_uri cannot be used here: only one from the PAR endpoint, with client_id",
        ));
    }
    if pairs.get("registration").is_some() {
        return Err(Error::new(Code::RegistrationNotSupported, "clients do not register themselves here"));
    }
    if rules.par_required && via == Via::Browser {
        return Err(Error::invalid_request("this client must push its requests: send it to the PAR endpoint first (RFC 9126)"));
    }
    match pairs.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(Error::new(Code::UnsupportedResponseType, "response_type must be code")),
        None => return Err(Error::invalid_request("response_type is missing: it must be code")),
    }
    match pairs.get("response_mode") {
        None | Some("query") => Ok(()),
        Some(_) => Err(Error::invalid_request("response_mode must be query, or be left out")),
    }
}

fn nonce(pairs: &Pairs) -> Result<Option<String>, Error> {
    match pairs.get("nonce") {
        Some(nonce) if nonce.len() > LONGEST_NONCE => Err(Error::invalid_request("nonce is longer than 1000 characters")),
        nonce => Ok(nonce.map(str::to_owned)),
    }
}

fn challenge(pairs: &Pairs, rules: &ClientRules) -> Result<Option<Challenge>, Error> {
    match (pairs.get("code_challenge"), pairs.get("code_challenge_method")) {
        (Some(challenge), method) => Challenge::parse(challenge, method).map(Some),
        (None, Some(_)) => Err(Error::invalid_request("code_challenge_method without code_challenge")),
        (None, None) if rules.pkce_required => {
            Err(Error::invalid_request("this client must use PKCE: code_challenge is missing (RFC 7636)"))
        }
        (None, None) => Ok(None),
    }
}

fn prompt(pairs: &Pairs) -> Result<BTreeSet<Prompt>, Error> {
    let mut prompts = BTreeSet::new();
    for word in pairs.get("prompt").unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        let prompt = Prompt::ALL.into_iter().find(|prompt| prompt.as_str() == word);
        prompts.insert(prompt.ok_or_else(|| Error::invalid_request("prompt must be none, login, consent or select_account"))?);
    }
    if prompts.contains(&Prompt::None) && prompts.len() > 1 {
        return Err(Error::invalid_request("prompt=none excludes every other prompt"));
    }
    Ok(prompts)
}

fn max_age(pairs: &Pairs) -> Result<Option<u32>, Error> {
    let Some(text) = pairs.get("max_age") else { return Ok(None) };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::invalid_request("max_age must be a number of seconds"));
    }
    // More than 136 years are as good as 136.
    Ok(Some(text.parse().unwrap_or(u32::MAX)))
}

fn dpop_jkt(pairs: &Pairs) -> Result<Option<String>, Error> {
    let Some(jkt) = pairs.get("dpop_jkt") else { return Ok(None) };
    match URL_SAFE_NO_PAD.decode(jkt) {
        Ok(hash) if hash.len() == SHA256_OUTPUT_LEN => Ok(Some(jkt.to_owned())),
        _ => Err(Error::invalid_request("dpop_jkt must be a SHA-256 thumbprint in base64url without padding (RFC 9449 10)")),
    }
}

/// `ui_locales`, what could be language tags of it.
pub(crate) fn locales(pairs: &Pairs) -> Vec<String> {
    let mut tags = words(pairs.get("ui_locales"), 35);
    tags.retain(|tag| tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    tags
}

/// Words of a list of preferences; those that are too long are left out.
fn words(list: Option<&str>, longest: usize) -> Vec<String> {
    let words = list.unwrap_or_default().split(' ').filter(|word| !word.is_empty() && word.len() <= longest);
    words.take(MOST_WORDS).map(str::to_owned).collect()
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
