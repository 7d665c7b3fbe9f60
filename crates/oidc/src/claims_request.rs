//! The `claims` parameter: single claims, asked for by name, some of them essential, some with values (OpenID Connect Core 5.5).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, Scopes, claims::Claim};

/// How one claim is asked for (Core 5.5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Whether the client says that it cannot do without.
    #[serde(default)]
    pub essential: bool,
    /// The values that would do, best first; empty when any will.
    #[serde(default)]
    pub values: Vec<Value>,
}

/// What is asked for in one place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes(BTreeMap<String, Wish>);

/// The whole parameter. Only names that are known here are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// For the userinfo endpoint.
    #[serde(default)]
    pub userinfo: Wishes,
    /// For the ID token.
    #[serde(default)]
    pub id_token: Wishes,
}

impl Wishes {
    /// How this claim is asked for, if it is.
    pub fn get(&self, name: &str) -> Option<&Wish> {
        self.0.get(name)
    }

    /// The claims about the person that are asked for.
    pub fn claims(&self) -> impl Iterator<Item = Claim> {
        self.0.keys().filter_map(|name| Claim::parse(name))
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl ClaimsRequest {
    /// Reads the JSON of the parameter.
    ///
    /// # Errors
    /// What is no JSON object of the right shape is `invalid_request`.
    pub fn parse(json: &str) -> Result<Self, Error> {
        let _ = json;
        todo!()
    }

    /// The claims about the person that are asked for in either place.
    pub fn claims(&self) -> BTreeSet<Claim> {
        self.userinfo.claims().chain(self.id_token.claims()).collect()
    }

    /// Only what a client with these scopes may ask for. `sub`, `acr` and `auth_time` need none.
    #[must_use]
    pub fn within(self, scopes: &Scopes) -> Self {
        let _ = scopes;
        todo!()
    }

    /// The person that it must be, if the client demands one (Core 5.5.1: `sub` with a value).
    pub fn subject(&self) -> Option<&str> {
        todo!()
    }

    /// The strengths of login that the client cannot do without (Core 5.5.1.1: essential `acr` with values); empty when any will do.
    pub fn essential_acr(&self) -> Vec<&str> {
        todo!()
    }
}
