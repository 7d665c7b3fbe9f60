//! What goes wrong, in the words of the protocol: a code that programs read and a sentence that their authors read. Descriptions are fixed
//! texts, so that neither personal data nor an attacker's text comes back in them.

use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer, ser::SerializeStruct};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// An error code of the protocol.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As it is written in messages.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// Something is missing, repeated or malformed (RFC 6749 4.1.2.1, 5.2).
    InvalidRequest = "invalid_request",
    /// The client may not do this (RFC 6749 4.1.2.1, 5.2).
    UnauthorizedClient = "unauthorized_client",
    /// The person said no (RFC 6749 4.1.2.1; RFC 8628 3.5).
    AccessDenied = "access_denied",
    /// Only `code` is spoken (RFC 6749 4.1.2.1).
    UnsupportedResponseType = "unsupported_response_type",
    /// No scope that the client may ask for (RFC 6749 4.1.2.1, 5.2).
    InvalidScope = "invalid_scope",
    /// Our problem (RFC 6749 4.1.2.1).
    ServerError = "server_error",
    /// Too much at once (RFC 6749 4.1.2.1).
    TemporarilyUnavailable = "temporarily_unavailable",
    /// The client did not prove itself (RFC 6749 5.2).
    InvalidClient = "invalid_client",
    /// The code or refresh token is not good, or not good any more (RFC 6749 5.2).
    InvalidGrant = "invalid_grant",
    /// A grant type that nobody speaks here (RFC 6749 5.2).
    UnsupportedGrantType = "unsupported_grant_type",
    /// `prompt=none`, but something must be shown (Core 3.1.2.6).
    InteractionRequired = "interaction_required",
    /// `prompt=none`, but nobody is logged in (Core 3.1.2.6).
    LoginRequired = "login_required",
    /// `prompt=none`, but the person must choose an account (Core 3.1.2.6).
    AccountSelectionRequired = "account_selection_required",
    /// `prompt=none`, but the person must be asked (Core 3.1.2.6).
    ConsentRequired = "consent_required",
    /// The `request_uri` is unknown, used or too old (Core 3.1.2.6; RFC 9126 2.2).
    InvalidRequestUri = "invalid_request_uri",
    /// The signed request is not good (RFC 9101 7).
    InvalidRequestObject = "invalid_request_object",
    /// Signed requests are not spoken (Core 3.1.2.6).
    RequestNotSupported = "request_not_supported",
    /// Requests by foreign address are not spoken (Core 3.1.2.6).
    RequestUriNotSupported = "request_uri_not_supported",
    /// Self-issued registration is not spoken (Core 3.1.2.6).
    RegistrationNotSupported = "registration_not_supported",
    /// The `acr` that was demanded cannot be reached (Unmet Authentication Requirements 1.0).
    UnmetAuthenticationRequirements = "unmet_authentication_requirements",
    /// The person has not decided yet (RFC 8628 3.5).
    AuthorizationPending = "authorization_pending",
    /// Asked too often: five seconds more between questions (RFC 8628 3.5).
    SlowDown = "slow_down",
    /// The device code is too old (RFC 8628 3.5).
    ExpiredToken = "expired_token",
    /// The access token is not good, or not good any more (RFC 6750 3.1).
    InvalidToken = "invalid_token",
    /// The access token is not for this (RFC 6750 3.1).
    InsufficientScope = "insufficient_scope",
    /// This kind of token cannot be revoked (RFC 7009 2.2.1).
    UnsupportedTokenType = "unsupported_token_type",
    /// The proof of possession is not good (RFC 9449 5).
    InvalidDpopProof = "invalid_dpop_proof",
    /// The proof of possession needs our nonce (RFC 9449 8).
    UseDpopNonce = "use_dpop_nonce",
}

impl Code {
    /// The HTTP status of a JSON answer with this code (RFC 6749 5.2; RFC 6750 3.1).
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::InsufficientScope => 403,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What the client is told. As JSON: `{"error": …, "error_description": …}` (RFC 6749 5.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Error {
    /// For programs.
    pub code: Code,
    /// For their authors: plain English, `%x20-21 / %x23-5B / %x5D-7E` only.
    pub description: Cow<'static, str>,
}

impl Error {
    /// Code and sentence.
    pub fn new(code: Code, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: description.into() }
    }

    /// [`Code::InvalidRequest`], the commonest.
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidRequest, description)
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Error", 2)?;
        object.serialize_field("error", &self.code)?;
        object.serialize_field("error_description", &self.description)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_name() {
        let names: std::collections::BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    }

    #[test]
    fn the_json_is_that_of_the_rfc() {
        let error = Error::new(Code::InvalidGrant, "the code has expired");
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(json, r#"{"error":"invalid_grant","error_description":"the code has expired"}"#);
        assert_eq!(
            (Code::InvalidGrant.status(), Code::InvalidClient.status(), Code::InsufficientScope.status()),
            (400, 401, 403)
        );
    }

    /// RFC 6749 5.2: `%x20-21 / %x23-5B / %x5D-7E`.
    #[test]
    fn descriptions_have_no_characters_that_the_rfc_forbids() {
        let sources = [
            include_str!("assertion.rs"),
            include_str!("claims_request.rs"),
            include_str!("dpop.rs"),
            include_str!("jwt.rs"),
            include_str!("pairs.rs"),
            include_str!("pkce.rs"),
            include_str!("request.rs"),
            include_str!("request_object.rs"),
            include_str!("response.rs"),
            include_str!("token.rs"),
        ];
        let mut seen = 0;
        for source in sources {
            let library = source.split("#[cfg(test)]").next().unwrap();
            for line in library.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
                // Sentences are the literals with a space in them.
                for text in line.split('"').skip(1).step_by(2).filter(|text| text.contains(' ')) {
                    assert!(text.bytes().all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)), "{text}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 50, "only {seen} sentences");
    }
}
