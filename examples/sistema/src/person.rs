//! Who a person is, as Clave SENCE tells it.

use openidconnect::core::CoreGenderClaim;
use openidconnect::{AdditionalClaims, IdTokenClaims, UserInfoClaims};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What Clave SENCE's tokens say beside the standard claims.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Extra {
    /// Scope `run`.
    #[serde(rename = "RolUnico", skip_serializing_if = "Option::is_none")]
    pub rol_unico: Option<RolUnico>,
    /// The session at Clave SENCE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What a logout token reports.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub events: Map<String, Value>,
}

impl AdditionalClaims for Extra {}

/// The RUT, as ClaveÚnica's systems know it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RolUnico {
    /// The RUT without its check digit.
    pub numero: u32,
    /// The check digit, or K.
    #[serde(rename = "DV")]
    pub dv: String,
    /// RUN.
    pub tipo: String,
}

/// A person who is in.
pub struct Person {
    /// What the ID token says.
    pub claims: IdTokenClaims<Extra, CoreGenderClaim>,
    /// What userinfo says.
    pub told: UserInfoClaims<Extra, CoreGenderClaim>,
}

impl Person {
    /// The whole name, where it was told.
    pub fn name(&self) -> Option<&str> {
        Some(self.told.name()?.get(None)?.as_str())
    }

    /// As people write it: 33.444.555-6.
    pub fn rut(&self) -> Option<String> {
        let RolUnico { numero, dv, .. } = self.told.additional_claims().rol_unico.as_ref()?;
        let digits = numero.to_string();
        let dotted: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
        Some(format!("{}-{dv}", dotted.join(".")))
    }

    /// Everything that was told, by name, as a page shows it: userinfo, then what only the ID token says.
    pub fn everything(&self) -> Vec<(String, String)> {
        let mut all = object(serde_json::to_value(&self.told));
        let token = object(serde_json::to_value(&self.claims));
        all.extend(token.into_iter().filter(|(_, value)| !value.is_null()));
        all.into_iter().map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect()
    }
}

fn object(value: serde_json::Result<Value>) -> Map<String, Value> {
    if let Ok(Value::Object(object)) = value { object } else { Map::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn person(numero: u32) -> Person {
        let token = json!({ "iss": "https://clave.example.cl", "sub": "x", "aud": "ejemplo", "iat": 1, "exp": 2, "sid": "y" });
        let told = json!({ "sub": "x", "name": "Rosalía Quilodrán", "RolUnico": { "numero": numero, "DV": "K", "tipo": "RUN" } });
        let told = UserInfoClaims::from_json::<std::io::Error>(told.to_string().as_bytes(), None);
        Person { claims: serde_json::from_value(token).unwrap(), told: told.unwrap() }
    }

    #[test]
    fn a_rut_is_shown_as_people_write_it() {
        assert_eq!(person(33_444_555).rut().unwrap(), "33.444.555-K");
        assert_eq!(person(1_444_055).rut().unwrap(), "1.444.055-K");
        assert_eq!(person(100).rut().unwrap(), "100-K");
    }

    #[test]
    fn everything_that_was_told_is_shown_by_its_name() {
        let all = person(33_444_555).everything();
        for expected in [("name", "Rosalía Quilodrán"), ("sub", "x"), ("sid", "y")] {
            assert!(all.iter().any(|(name, value)| (name.as_str(), value.as_str()) == expected), "{expected:?} in {all:?}");
        }
    }
}
