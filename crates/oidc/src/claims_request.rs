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

/// Claims that say nothing about the person beyond what every ID token says.
const OF_EVERY_TOKEN: [&str; 3] = ["sub", "acr", "auth_time"];

fn refused() -> Error {
    Error::invalid_request("claims must be a JSON object as in OpenID Connect Core 5.5, and sub in it one text")
}

impl Wish {
    /// `null`, or an object (Core 5.5.1). What is not understood in it is ignored.
    fn read(value: Value) -> Result<Self, Error> {
        let mut object = match value {
            Value::Null => return Ok(Self::default()),
            Value::Object(object) => object,
            _ => return Err(refused()),
        };
        let essential = match object.remove("essential") {
            None => false,
            Some(Value::Bool(essential)) => essential,
            Some(_) => return Err(refused()),
        };
        let mut values: Vec<Value> = object.remove("value").into_iter().collect();
        match object.remove("values") {
            None => {}
            Some(Value::Array(more)) => values.extend(more),
            Some(_) => return Err(refused()),
        }
        Ok(Self { essential, values })
    }
}

impl Wishes {
    fn read(value: Option<Value>) -> Result<Self, Error> {
        let members = match value {
            None | Some(Value::Null) => return Ok(Self::default()),
            Some(Value::Object(members)) => members,
            Some(_) => return Err(refused()),
        };
        let mut wishes = BTreeMap::new();
        for (name, value) in members {
            if !OF_EVERY_TOKEN.contains(&&*name) && Claim::parse(&name).is_none() {
                continue;
            }
            let wish = Wish::read(value)?;
            // Two people cannot both be the one that it must be.
            if name == "sub" && !matches!(&wish.values[..], [] | [Value::String(_)]) {
                return Err(refused());
            }
            wishes.insert(name, wish);
        }
        Ok(Self(wishes))
    }

    fn within(mut self, scopes: &Scopes) -> Self {
        self.0
            .retain(|name, _| Claim::parse(name).is_none_or(|claim| claim.scopes().iter().any(|scope| scopes.contains(*scope))));
        self
    }

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
        let top: Value = serde_json::from_str(json).map_err(|_| refused())?;
        let Value::Object(mut top) = top else { return Err(refused()) };
        Ok(Self { userinfo: Wishes::read(top.remove("userinfo"))?, id_token: Wishes::read(top.remove("id_token"))? })
    }

    /// The claims about the person that are asked for in either place.
    pub fn claims(&self) -> BTreeSet<Claim> {
        self.userinfo.claims().chain(self.id_token.claims()).collect()
    }

    /// Only what a client with these scopes may ask for. `sub`, `acr` and `auth_time` need none.
    #[must_use]
    pub fn within(self, scopes: &Scopes) -> Self {
        Self { userinfo: self.userinfo.within(scopes), id_token: self.id_token.within(scopes) }
    }

    /// The person that it must be, if the client demands one (Core 5.5.1: `sub` with a value).
    pub fn subject(&self) -> Option<&str> {
        [&self.id_token, &self.userinfo].into_iter().find_map(|place| place.get("sub")?.values.first()?.as_str())
    }

    /// The strengths of login that the client cannot do without (Core 5.5.1.1: essential `acr` with values); empty when any will do.
    pub fn essential_acr(&self) -> Vec<&str> {
        let wish = self.id_token.get("acr").filter(|wish| wish.essential);
        wish.into_iter().flat_map(|wish| &wish.values).filter_map(Value::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_core_5_5() {
        let request = ClaimsRequest::parse(
            r#"{"userinfo": {"given_name": {"essential": true}, "nickname": null, "email": {"essential": true}, "email_verified": {"essential": true},
            "picture": null, "http://example.info/claims/groups": null},
            "id_token": {"auth_time": {"essential": true}, "acr": {"values": ["urn:mace:incommon:iap:silver"]}}}"#,
        )
        .unwrap();
        let names: Vec<&str> = request.claims().into_iter().map(Claim::as_str).collect();
        assert_eq!(names, ["given_name", "email", "email_verified"]);
        assert!(request.userinfo.get("email").unwrap().essential && request.userinfo.get("nickname").is_none());
        assert!(request.id_token.get("auth_time").unwrap().essential);
        assert!(request.essential_acr().is_empty() && request.subject().is_none());
    }

    #[test]
    fn who_it_must_be_and_how_strong() {
        let request =
            r#"{"id_token": {"sub": {"value": "abc"}, "acr": {"essential": true, "value": "a", "values": ["b", "c"]}}}"#;
        let request = ClaimsRequest::parse(request).unwrap();
        assert_eq!(request.subject(), Some("abc"));
        assert_eq!(request.essential_acr(), ["a", "b", "c"]);
        for two in [r#"{"id_token":{"sub":{"values":["a","b"]}}}"#, r#"{"id_token":{"sub":{"value":1}}}"#] {
            assert!(ClaimsRequest::parse(two).is_err());
        }
    }

    #[test]
    fn a_client_gets_only_what_it_is_registered_for() {
        let request = ClaimsRequest::parse(r#"{"userinfo":{"email":null,"RolUnico":null,"sub":null,"name":null}}"#).unwrap();
        let within = request.within(&Scopes::parse("openid name"));
        assert_eq!(within.claims().into_iter().collect::<Vec<_>>(), [Claim::Name]);
        assert!(within.userinfo.get("sub").is_some());
    }

    #[test]
    fn other_shapes_are_refused() {
        for json in [
            "",
            "[]",
            "null",
            "1",
            r#"{"userinfo":[]}"#,
            r#"{"userinfo":{"email":true}}"#,
            r#"{"id_token":{"acr":{"values":"a"}}}"#,
        ] {
            assert!(ClaimsRequest::parse(json).is_err(), "{json}");
        }
        let deep = format!(r#"{{"userinfo":{}"#, "[".repeat(100_000));
        assert!(ClaimsRequest::parse(&deep).is_err());
        assert_eq!(ClaimsRequest::parse(r#"{"other":1,"userinfo":null}"#), Ok(ClaimsRequest::default()));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_what_is_stored_comes_back(
            names in proptest::collection::vec("email|sub|acr|RolUnico|name|[a-z]{1,4}", 0..5),
            wish in prop_oneof![
                Just("null".to_owned()), Just(r#"{"essential":true}"#.to_owned()), Just(r#"{"value":"x","z":1}"#.to_owned()), "\\PC{0,10}"
            ],
        ) {
            let members: Vec<String> = names.iter().map(|name| format!(r#""{name}":{wish}"#)).collect();
            let json = format!(r#"{{"userinfo":{{{}}}}}"#, members.join(","));
            if let Ok(request) = ClaimsRequest::parse(&json) {
                let stored = serde_json::to_string(&request).unwrap();
                prop_assert_eq!(&serde_json::from_str::<ClaimsRequest>(&stored).unwrap(), &request);
                let within = request.clone().within(&Scopes::none());
                prop_assert!(within.claims().is_empty());
                let all: Scopes = crate::Scope::ALL.into_iter().collect();
                prop_assert_eq!(request.clone().within(&all), request);
            }
        }
    }
}
