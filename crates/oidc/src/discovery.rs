//! What the provider says of itself (OpenID Connect Discovery 1.0; RFC 8414). Built from one description, so that it says what is true.

use serde::{Deserialize, Serialize};

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
    pub require_request_uri_registration: bool,
    pub require_pushed_authorization_requests: bool,
    pub require_signed_request_object: bool,
    pub authorization_response_iss_parameter_supported: bool,
    pub backchannel_logout_supported: bool,
    pub backchannel_logout_session_supported: bool,
    pub frontchannel_logout_supported: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_policy_uri: Option<String>,
}

impl Metadata {
    /// The document of this installation.
    pub fn of(about: &Description<'_>) -> Self {
        let _ = about;
        todo!()
    }
}
