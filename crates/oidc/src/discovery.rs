//! What the provider says of itself (OpenID Connect Discovery 1.0; RFC 8414). Built from one description, so that it says what is true.

use serde::{Deserialize, Serialize};

use crate::{
    Scope,
    claims::Claim,
    jwk::{self, Algorithm},
    request::Prompt,
    token::GrantType,
};

/// What differs between installations.
#[derive(Debug, Clone, Copy)]
pub struct Description<'a> {
    /// The issuer, without a final `/`.
    pub issuer: &'a str,
    /// The strengths of login and identity that there are.
    pub acr_values: &'a [&'a str],
    /// The languages of the pages.
    pub ui_locales: &'a [&'a str],
    /// Where developers read on.
    pub service_documentation: Option<&'a str>,
    /// Where people read what happens with their data.
    pub policy: Option<&'a str>,
}

/// The document at both well-known addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    clippy::struct_excessive_bools,
    reason = "the names are those of the registry (RFC 8414 2; IANA OAuth Parameters)"
)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: String,
    pub jwks_uri: String,
    pub pushed_authorization_request_endpoint: String,
    pub introspection_endpoint: String,
    pub revocation_endpoint: String,
    pub end_session_endpoint: String,
    pub device_authorization_endpoint: String,
    pub scopes_supported: Vec<String>,
    pub response_types_supported: Vec<String>,
    pub response_modes_supported: Vec<String>,
    pub grant_types_supported: Vec<String>,
    pub acr_values_supported: Vec<String>,
    pub subject_types_supported: Vec<String>,
    pub id_token_signing_alg_values_supported: Vec<String>,
    pub userinfo_signing_alg_values_supported: Vec<String>,
    pub request_object_signing_alg_values_supported: Vec<String>,
    pub token_endpoint_auth_methods_supported: Vec<String>,
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    pub introspection_endpoint_auth_methods_supported: Vec<String>,
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<String>,
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<String>,
    pub dpop_signing_alg_values_supported: Vec<String>,
    pub code_challenge_methods_supported: Vec<String>,
    pub prompt_values_supported: Vec<String>,
    pub claim_types_supported: Vec<String>,
    pub claims_supported: Vec<String>,
    pub ui_locales_supported: Vec<String>,
    pub claims_parameter_supported: bool,
    pub request_parameter_supported: bool,
    pub request_uri_parameter_supported: bool,
    pub require_pushed_authorization_requests: bool,
    pub require_signed_request_object: bool,
    pub authorization_response_iss_parameter_supported: bool,
    pub backchannel_logout_supported: bool,
    pub backchannel_logout_session_supported: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_policy_uri: Option<String>,
}

/// How a client that can keep a secret proves itself (Core 9).
const WAYS_TO_PROVE_ITSELF: [&str; 3] = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
/// Claims of ID tokens that are not about the person (Core 2).
const OF_TOKENS: [&str; 10] = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"];

/// Claims that may have a value (Discovery 3). When data last changed is not kept, so `updated_at` is asked for in vain.
fn told() -> impl Iterator<Item = Claim> {
    Claim::ALL.into_iter().filter(|claim| *claim != Claim::UpdatedAt)
}

fn list<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    values.into_iter().map(str::to_owned).collect()
}

impl Metadata {
    /// The document of this installation.
    pub fn of(about: &Description<'_>) -> Self {
        let at = |path: &str| format!("{}{path}", about.issuer);
        let own = || list(Algorithm::ALL.map(Algorithm::as_str));
        let theirs = || list(jwk::CLIENT_ALGORITHMS);
        Self {
            issuer: about.issuer.to_owned(),
            authorization_endpoint: at("/openid/authorize"),
            token_endpoint: at("/openid/token"),
            userinfo_endpoint: at("/openid/userinfo"),
            jwks_uri: at("/openid/jwks"),
            pushed_authorization_request_endpoint: at("/openid/par"),
            introspection_endpoint: at("/openid/introspect"),
            revocation_endpoint: at("/openid/revoke"),
            end_session_endpoint: at("/openid/logout"),
            device_authorization_endpoint: at("/openid/device_authorization"),
            scopes_supported: list(Scope::ALL.map(Scope::as_str)),
            response_types_supported: list(["code"]),
            response_modes_supported: list(["query"]),
            grant_types_supported: list(GrantType::ALL.map(GrantType::as_str)),
            acr_values_supported: list(about.acr_values.iter().copied()),
            subject_types_supported: list(["pairwise", "public"]),
            id_token_signing_alg_values_supported: own(),
            userinfo_signing_alg_values_supported: own(),
            request_object_signing_alg_values_supported: theirs(),
            token_endpoint_auth_methods_supported: list(WAYS_TO_PROVE_ITSELF.into_iter().chain(["none"])),
            token_endpoint_auth_signing_alg_values_supported: theirs(),
            introspection_endpoint_auth_methods_supported: list(WAYS_TO_PROVE_ITSELF),
            introspection_endpoint_auth_signing_alg_values_supported: theirs(),
            revocation_endpoint_auth_methods_supported: list(WAYS_TO_PROVE_ITSELF.into_iter().chain(["none"])),
            revocation_endpoint_auth_signing_alg_values_supported: theirs(),
            dpop_signing_alg_values_supported: list(jwk::CLIENT_ALGORITHMS),
            code_challenge_methods_supported: list(["S256"]),
            prompt_values_supported: list(Prompt::ALL.map(Prompt::as_str)),
            claim_types_supported: list(["normal"]),
            claims_supported: list(OF_TOKENS.into_iter().chain(told().map(Claim::as_str))),
            ui_locales_supported: list(about.ui_locales.iter().copied()),
            claims_parameter_supported: true,
            request_parameter_supported: true,
            request_uri_parameter_supported: false,
            require_pushed_authorization_requests: false,
            require_signed_request_object: false,
            authorization_response_iss_parameter_supported: true,
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            service_documentation: about.service_documentation.map(str::to_owned),
            op_policy_uri: about.policy.map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> serde_json::Value {
        let about = Description {
            issuer: "https://cs.example",
            acr_values: &["urn:x:1"],
            ui_locales: &["es-CL", "en", "ht"],
            service_documentation: None,
            policy: Some("https://cs.example/privacidad"),
        };
        serde_json::to_value(Metadata::of(&about)).unwrap()
    }

    #[test]
    fn what_the_standards_require_is_there() {
        let metadata = metadata();
        for name in [
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "response_types_supported",
            "subject_types_supported",
            "id_token_signing_alg_values_supported",
        ] {
            assert!(metadata.get(name).is_some(), "{name}");
        }
        assert_eq!(metadata["userinfo_endpoint"], "https://cs.example/openid/userinfo");
        // Left out, it would mean true (Discovery 3).
        assert_eq!(metadata["request_uri_parameter_supported"], false);
        assert!(metadata["id_token_signing_alg_values_supported"].as_array().unwrap().contains(&"RS256".into()));
        assert!(metadata.get("service_documentation").is_none());
    }

    #[test]
    fn what_is_never_told_is_not_offered() {
        let claims = metadata()["claims_supported"].as_array().unwrap().clone();
        assert!(claims.contains(&"birthdate".into()) && claims.contains(&"locale".into()));
        assert!(!claims.contains(&"updated_at".into()));
    }

    #[test]
    fn nothing_weak_is_offered() {
        let text = metadata().to_string();
        for weak in ["HS256", "\"plain\"", "implicit", "password", "\"token\"", "client_secret_jwt"] {
            assert!(!text.contains(weak), "{weak}");
        }
        let without = metadata()["introspection_endpoint_auth_methods_supported"].to_string();
        assert!(!without.contains("none"));
    }

    #[test]
    fn what_prints_parses_back() {
        let metadata = metadata();
        let back: Metadata = serde_json::from_value(metadata.clone()).unwrap();
        assert_eq!(serde_json::to_value(back).unwrap(), metadata);
    }
}
