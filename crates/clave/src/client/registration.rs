//! What an operator says about a system, by command or in the configuration, and whether it can be so. Stored as it was said, and judged by the same
//! rules whenever it is read, so that there is one way to a [`Client`].

use std::{collections::BTreeSet, fmt};

use oidc::{
    claims::Shape,
    jwk::{Algorithm, ClientKeys},
    redirect::Uri,
    scope::{Scope, Scopes},
};
use serde::{Deserialize, Serialize};

use super::{Authentication, Client, ClientId, GrantType, SubjectType};
use crate::{moment::Moment, secret::Secret};

const LONGEST_NAME: usize = 80;
const MOST_URIS: usize = 50;
const LONGEST_SECTOR: usize = 200;
/// A secret that somebody else chose has at least so many characters. It is kept as a plain SHA-256, because it cannot be guessed.
const SHORTEST_SECRET: usize = 32;
const LONGEST_SECRET: usize = 500;

/// A system, as somebody describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is said of a system on its own, under the name it has in the protocol")]
pub struct Registration {
    /// What people know it by.
    pub name: String,
    /// How it shows who it is.
    pub authentication: Authentication,
    /// Where people are sent back to.
    pub redirect_uris: Vec<String>,
    /// Where they may be sent after logging out.
    pub post_logout_uris: Vec<String>,
    /// Where it is told that a session has ended.
    pub backchannel_logout_uri: Option<String>,
    /// Its own first page.
    pub home: Option<String>,
    /// What it may ask for, separated by spaces.
    pub scopes: String,
    /// Whether it is the institution's own, so that nobody is asked for consent.
    pub first_party: bool,
    /// How claims are written.
    pub shape: Shape,
    /// Whether `sub` is the same at every system that has it so.
    pub public_subject: bool,
    /// Systems with the same sector know people by the same `sub`; by default what their addresses have in common.
    pub sector: Option<String>,
    /// Signs its ID tokens; RS256 is what every library knows (OpenID Connect Core 1.0, 15.1).
    pub id_token_alg: Algorithm,
    /// Signs what userinfo answers; without it that is plain JSON.
    pub userinfo_alg: Option<Algorithm>,
    /// Its public keys, a JSON Web Key Set (RFC 7517, 5).
    pub jwks: Option<String>,
    /// How it may get tokens.
    pub grants: BTreeSet<GrantType>,
    /// Whether every request needs PKCE (RFC 7636); public systems always do.
    pub require_pkce: bool,
    /// Whether every request must be pushed first (RFC 9126).
    pub require_par: bool,
    /// Whether every token must be bound to a key (RFC 9449).
    pub require_dpop: bool,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            name: String::new(),
            authentication: Authentication::Basic,
            redirect_uris: Vec::new(),
            post_logout_uris: Vec::new(),
            backchannel_logout_uri: None,
            home: None,
            scopes: "openid".to_owned(),
            first_party: false,
            shape: Shape::Standard,
            public_subject: false,
            sector: None,
            id_token_alg: Algorithm::Rs256,
            userinfo_alg: None,
            jwks: None,
            grants: BTreeSet::from([GrantType::Code, GrantType::Refresh]),
            require_pkce: false,
            require_par: false,
            require_dpop: false,
        }
    }
}

/// Something about a registration that cannot be: `what: why: what to do`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What it is about, as the command line calls it.
    pub what: &'static str,
    /// Why, and what to do.
    pub why: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

/// What the row says beside the registration.
pub(super) struct Standing {
    pub logo: Option<String>,
    pub declared: bool,
    pub made_at: Moment,
    pub removed_at: Option<Moment>,
}

impl Registration {
    /// Everything that is wrong with it, and with the secret that was chosen for it.
    pub fn problems(&self, id: &ClientId, secret: Option<&Secret>) -> Vec<Wrong> {
        let standing = Standing { logo: None, declared: false, made_at: Moment::MIN, removed_at: None };
        let mut wrong = self.client(id.clone(), standing).err().unwrap_or_default();
        wrong.extend(secret.and_then(|secret| self.weakness(secret)));
        wrong
    }

    /// What is wrong with a secret that somebody chose.
    fn weakness(&self, secret: &Secret) -> Option<Wrong> {
        let (text, what) = (secret.expose(), "secret-file");
        let why = if !self.authentication.has_secret() {
            format!("a system with --auth {} has no secret: leave it out", self.authentication.name())
        } else if !text.chars().all(|c| c.is_ascii_graphic()) {
            "the secret may hold letters, digits and signs of ASCII alone, and no space: choose another one".to_owned()
        } else if !(SHORTEST_SECRET..=LONGEST_SECRET).contains(&text.len()) {
            format!("the secret has {} characters: choose {SHORTEST_SECRET} to {LONGEST_SECRET}, by a generator", text.len())
        } else {
            return None;
        };
        Some(Wrong { what, why })
    }

    /// The same with its sector said, so that a later change of addresses does not make everybody another person to the system.
    pub(super) fn settled(mut self, id: &ClientId, before: Option<&Self>) -> Self {
        let kept = before.and_then(|before| before.sector.clone());
        let said = self.sector.take().or(kept);
        self.sector = said.or_else(|| self.sector_of_addresses(id));
        self
    }

    /// The client, judged.
    pub(super) fn client(&self, id: ClientId, standing: Standing) -> Result<Client, Vec<Wrong>> {
        let mut judge = Judge(Vec::new());
        let redirect_uris = judge.uris("redirect-uri", &self.redirect_uris);
        let post_logout_uris = judge.uris("post-logout-uri", &self.post_logout_uris);
        judge.web("backchannel-logout-uri", self.backchannel_logout_uri.as_deref());
        judge.web("home", self.home.as_deref());
        let scopes = judge.scopes(self);
        let keys = judge.keys(self);
        let subject = judge.subject(self, &id);
        judge.name(&self.name);
        judge.ways(self);
        if !judge.0.is_empty() {
            return Err(judge.0);
        }
        let Standing { logo, declared, made_at, removed_at } = standing;
        Ok(Client {
            id,
            name: self.name.clone(),
            authentication: self.authentication,
            redirect_uris,
            post_logout_uris,
            backchannel_logout_uri: self.backchannel_logout_uri.clone(),
            home: self.home.clone(),
            scopes,
            first_party: self.first_party,
            shape: self.shape,
            subject,
            id_token_alg: self.id_token_alg,
            userinfo_alg: self.userinfo_alg,
            keys,
            pkce_required: self.require_pkce || self.authentication == Authentication::None,
            par_required: self.require_par,
            dpop_required: self.require_dpop,
            grants: self.grants.clone(),
            logo,
            declared,
            made_at,
            removed_at,
        })
    }

    /// The host that all its addresses share (OpenID Connect Core 1.0, 8.1). On this machine, and with schemes of its own, a system is a sector by
    /// itself; `:` is in no host's name.
    fn sector_of_addresses(&self, id: &ClientId) -> Option<String> {
        let alone = format!("client:{id}");
        let mut sectors = self.redirect_uris.iter().map(|uri| match host(uri) {
            Some(host) if !is_loopback(host) => host.to_ascii_lowercase(),
            _ => alone.clone(),
        });
        let first = sectors.next().unwrap_or_else(|| alone.clone());
        sectors.all(|sector| sector == first).then_some(first)
    }
}

struct Judge(Vec<Wrong>);

impl Judge {
    fn refuse(&mut self, what: &'static str, why: impl Into<String>) {
        self.0.push(Wrong { what, why: why.into() });
    }

    fn name(&mut self, name: &str) {
        let length = name.chars().count();
        if name.trim() != name || length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
            self.refuse("name", format!("it is shown to people: write 1 to {LONGEST_NAME} characters on one line"));
        }
    }

    fn uris(&mut self, what: &'static str, texts: &[String]) -> Vec<Uri> {
        if texts.len() > MOST_URIS {
            self.refuse(what, format!("there are {}: write at most {MOST_URIS}", texts.len()));
        }
        texts.iter().filter_map(|text| self.uri(what, text)).collect()
    }

    fn uri(&mut self, what: &'static str, text: &str) -> Option<Uri> {
        let uri = Uri::parse(text);
        if let Err(wrong) = &uri {
            self.refuse(what, format!("{text}: {wrong}"));
        }
        uri.ok()
    }

    /// An address that is fetched or linked: no scheme of somebody's own.
    fn web(&mut self, what: &'static str, text: Option<&str>) {
        let Some(text) = text else { return };
        if self.uri(what, text).is_some() && host(text).is_none() {
            self.refuse(what, format!("{text}: no web address: write https://…"));
        }
    }

    fn scopes(&mut self, registration: &Registration) -> Scopes {
        for word in registration.scopes.split_ascii_whitespace() {
            if Scope::parse(word).is_none() {
                self.refuse(
                    "scope",
                    format!("{word:?} is unknown: write some of openid profile email phone address run name offline_access"),
                );
            }
        }
        let scopes: Scopes = registration.scopes.split_ascii_whitespace().filter_map(Scope::parse).collect();
        let of_people = registration.grants.contains(&GrantType::Code) || registration.grants.contains(&GrantType::Device);
        if of_people && !scopes.contains(Scope::Openid) {
            self.refuse("scope", "openid is missing, without which nobody's login is told: add it");
        }
        if scopes.contains(Scope::OfflineAccess) && !registration.grants.contains(&GrantType::Refresh) {
            self.refuse("scope", "offline_access needs refresh tokens: add --grant refresh_token, or leave it out");
        }
        scopes
    }

    fn keys(&mut self, registration: &Registration) -> Option<ClientKeys> {
        let Some(text) = &registration.jwks else {
            if registration.authentication == Authentication::PrivateKeyJwt {
                self.refuse("jwks", "private-key-jwt needs the system's public keys: give --jwks FILE");
            }
            return None;
        };
        let keys = ClientKeys::parse(text);
        if let Err(wrong) = &keys {
            self.refuse("jwks", format!("{wrong}: write a JSON Web Key Set of public keys, {{\"keys\": […]}}"));
        }
        keys.ok()
    }

    fn subject(&mut self, registration: &Registration, id: &ClientId) -> SubjectType {
        let said = registration.sector.clone();
        if said
            .as_ref()
            .is_some_and(|sector| sector.is_empty() || sector.len() > LONGEST_SECTOR || sector.contains(char::is_whitespace))
        {
            self.refuse("sector", "write the name of a host, such as example.cl");
        }
        if registration.public_subject {
            return SubjectType::Public;
        }
        let sector = said.or_else(|| registration.sector_of_addresses(id)).unwrap_or_else(|| {
            self.refuse(
                "sector",
                "the redirect addresses have several hosts: say with --sector by which one people's identifiers are made",
            );
            String::new()
        });
        SubjectType::Pairwise { sector }
    }

    /// How it gets tokens.
    fn ways(&mut self, registration: &Registration) {
        let may = |grant| registration.grants.contains(&grant);
        if !may(GrantType::Code) && !may(GrantType::Device) && !may(GrantType::ClientCredentials) {
            self.refuse("grant", "there is no way to a first token: give authorization_code, device_code or client_credentials");
        }
        if may(GrantType::Code) && registration.redirect_uris.is_empty() {
            self.refuse("redirect-uri", "it is missing: say where people are sent back to");
        }
        if may(GrantType::ClientCredentials) && registration.authentication == Authentication::None {
            self.refuse(
                "grant",
                "client_credentials is for systems that can keep a secret (RFC 6749, 4.4): choose another --auth",
            );
        }
    }
}

/// The host of a web address, without its port.
fn host(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = if authority.starts_with('[') { authority.split_inclusive(']').next()? } else { authority.split(':').next()? };
    Some(host).filter(|host| !host.is_empty())
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
