//! What is said about a system: by the options of `clavero client add`, and in the same words by an entry of `[[clients]]`.

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::{Context as _, Result, anyhow};
use clave::{
    Secret,
    client::{Authentication, ClientId, Declared, GrantType, Logo, Registration},
};
use oidc::{claims::Shape, jwk::Algorithm};
use serde::{Deserialize, Serialize};

/// A system. Options have hyphens and the singular where the configuration has `_` and lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Wish {
    /// Its identifier, `client_id`: 1 to 100 letters, digits or . _ ~ -
    #[arg(long)]
    pub id: String,
    /// What people know it by
    #[arg(long)]
    pub name: String,
    /// It runs on people's devices or in their browsers, and can keep no secret
    #[arg(long, conflicts_with_all = ["auth", "secret_file"])]
    #[serde(skip_serializing_if = "is_off")]
    pub public: bool,
    /// How it shows who it is: basic, post or private-key-jwt [default: basic]
    #[arg(long, value_name = "WAY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Authentication>,
    /// A file with its secret, of 32 characters or more, and nothing else in it; without it one is made and printed
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
    /// Where people are sent back to after logging in. If that page sends them on to another origin, register it too, as --home or
    /// here: browsers follow from our forms to registered origins alone
    #[arg(long = "redirect-uri", value_name = "URI", num_args = 1..)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    /// Where they may be sent after logging out
    #[arg(long = "post-logout-uri", value_name = "URI", num_args = 1..)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_uris: Vec<String>,
    /// Where it is told that a session has ended
    #[arg(long, value_name = "URI")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Its own first page, for «Volver a»; its origin may follow after the redirect addresses
    #[arg(long, value_name = "URI")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// A picture, PNG or SVG, of at most 100 KiB
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<PathBuf>,
    /// What it may ask for: "openid profile email phone address run name offline_access" [default: openid]
    #[arg(long, value_name = "SCOPES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// It is the institution's own: nobody is asked for consent
    #[arg(long)]
    #[serde(skip_serializing_if = "is_off")]
    pub first_party: bool,
    /// How claims are written: standard or claveunica [default: standard]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<Written>,
    /// It knows people by the same identifier as all systems that have it so
    #[arg(long, conflicts_with = "sector")]
    #[serde(skip_serializing_if = "is_off")]
    pub public_subject: bool,
    /// Systems with the same one know people by the same identifier [default: the host of its addresses]
    #[arg(long, value_name = "HOST")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// Signs its ID tokens: RS256 or ES256 [default: RS256]
    #[arg(long, value_name = "ALGORITHM")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_alg: Option<Algorithm>,
    /// Signs what userinfo answers: RS256 or ES256 [default: plain JSON]
    #[arg(long, value_name = "ALGORITHM")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_alg: Option<Algorithm>,
    /// A file with its public keys, a JSON Web Key Set
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<PathBuf>,
    /// How it may get tokens: authorization_code, refresh_token, device_code, client_credentials [default: the first two]
    #[arg(long = "grant", value_name = "GRANT", num_args = 1..)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<GrantType>,
    /// Every request needs PKCE; those of public systems always do
    #[arg(long)]
    #[serde(skip_serializing_if = "is_off")]
    pub require_pkce: bool,
    /// Every request must be pushed first
    #[arg(long)]
    #[serde(skip_serializing_if = "is_off")]
    pub require_par: bool,
    /// Every token must be bound to a key of the system's
    #[arg(long)]
    #[serde(skip_serializing_if = "is_off")]
    pub require_dpop: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_off(on: &bool) -> bool {
    !*on
}

/// [`Shape`], as operators write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Written {
    Standard,
    #[value(name = "claveunica")]
    ClaveUnica,
}

impl Written {
    fn shape(self) -> Shape {
        match self {
            Self::Standard => Shape::Standard,
            Self::ClaveUnica => Shape::ClaveUnica,
        }
    }
}

impl Wish {
    /// Reads the files that it names.
    ///
    /// # Errors
    /// The identifier is none, or a file cannot be read or is wrong.
    pub fn read(&self) -> Result<Declared> {
        let id = ClientId::parse(&self.id).map_err(|wrong| anyhow!("id: {:?} is no identifier: {wrong}", self.id))?;
        let secret = self.secret_file.as_ref().map(|file| {
            let text = std::fs::read_to_string(file).with_context(|| format!("secret_file: reading {}", file.display()))?;
            anyhow::Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
        });
        let jwks = self.jwks.as_ref();
        let jwks = jwks.map(|file| std::fs::read_to_string(file).with_context(|| format!("jwks: reading {}", file.display())));
        let logo = self.logo.as_ref().map(|file| {
            let bytes = std::fs::read(file).with_context(|| format!("logo: reading {}", file.display()))?;
            Logo::parse(bytes).with_context(|| format!("logo: {}", file.display()))
        });
        Ok(Declared {
            id,
            registration: self.registration(jwks.transpose()?),
            secret: secret.transpose()?,
            logo: logo.transpose()?,
        })
    }

    fn registration(&self, jwks: Option<String>) -> Registration {
        let usual = Registration::default();
        Registration {
            name: self.name.clone(),
            authentication: if self.public { Authentication::None } else { self.auth.unwrap_or(usual.authentication) },
            redirect_uris: self.redirect_uris.clone(),
            post_logout_uris: self.post_logout_uris.clone(),
            backchannel_logout_uri: self.backchannel_logout_uri.clone(),
            home: self.home.clone(),
            scopes: self.scope.clone().unwrap_or(usual.scopes),
            first_party: self.first_party,
            shape: self.shape.map_or(usual.shape, Written::shape),
            public_subject: self.public_subject,
            sector: self.sector.clone(),
            id_token_alg: self.id_token_alg.unwrap_or(usual.id_token_alg),
            userinfo_alg: self.userinfo_alg,
            jwks,
            grants: if self.grants.is_empty() { usual.grants } else { self.grants.iter().copied().collect::<BTreeSet<_>>() },
            require_pkce: self.require_pkce,
            require_par: self.require_par,
            require_dpop: self.require_dpop,
        }
    }

    /// Everything wrong with it, each as «what: why: what to do».
    fn problems(&self) -> Vec<String> {
        match self.read() {
            Ok(Declared { id, registration, secret, .. }) => {
                registration.problems(&id, secret.as_ref()).iter().map(ToString::to_string).collect()
            }
            Err(error) => vec![format!("{error:#}")],
        }
    }
}

/// Everything wrong with the configuration's systems.
pub fn problems(clients: &[Wish]) -> Vec<String> {
    let mut problems = Vec::new();
    for (at, client) in clients.iter().enumerate() {
        let mut wrong = client.problems();
        if clients.iter().take(at).any(|earlier| earlier.id == client.id) {
            wrong.push("id: another entry has the same: choose another one".to_owned());
        }
        problems.extend(wrong.into_iter().map(|wrong| format!("clients, {:?}: {wrong}", client.id)));
    }
    problems
}
