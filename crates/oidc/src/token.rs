//! Token requests and responses (RFC 6749 4–6), introspection (RFC 7662) and revocation (RFC 7009).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Code, Error, Pairs, Scopes, Seconds};

/// A token request, without what proves the client.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// RFC 6749 4.1.3.
    AuthorizationCode {
        /// `code`.
        code: String,
        /// `redirect_uri`: the same as in the authorization request, which here always had one.
        redirect_uri: String,
        /// `code_verifier` (RFC 7636 4.5).
        verifier: Option<String>,
    },
    /// RFC 6749 6.
    RefreshToken {
        /// `refresh_token`.
        token: String,
        /// `scope`: fewer than were granted, or the same.
        scopes: Option<Scopes>,
    },
    /// RFC 6749 4.4.2.
    ClientCredentials {
        /// `scope`.
        scopes: Option<Scopes>,
    },
    /// RFC 8628 3.4.
    DeviceCode {
        /// `device_code`.
        device_code: String,
    },
}

impl TokenRequest {
    /// # Errors
    /// `invalid_request` or `unsupported_grant_type`.
    pub fn read(pairs: &Pairs) -> Result<Self, Error> {
        let grant = pairs.get("grant_type").ok_or_else(|| Error::invalid_request("grant_type is missing"))?;
        let grant = GrantType::parse(grant).ok_or_else(|| {
            Error::new(
                Code::UnsupportedGrantType,
                "grant_type must be authorization_code, refresh_token, client_credentials or device_code's URN",
            )
        })?;
        let needed = |name, missing: &'static str| pairs.owned(name).ok_or_else(|| Error::invalid_request(missing));
        let scopes = || pairs.get("scope").map(Scopes::parse);
        Ok(match grant {
            GrantType::AuthorizationCode => Self::AuthorizationCode {
                code: needed("code", "code is missing")?,
                redirect_uri: needed("redirect_uri", "redirect_uri is missing: send the same as in the authorization request")?,
                verifier: pairs.owned("code_verifier"),
            },
            GrantType::RefreshToken => {
                Self::RefreshToken { token: needed("refresh_token", "refresh_token is missing")?, scopes: scopes() }
            }
            GrantType::ClientCredentials => Self::ClientCredentials { scopes: scopes() },
            GrantType::DeviceCode => Self::DeviceCode { device_code: needed("device_code", "device_code is missing")? },
        })
    }

    /// `grant_type`.
    pub fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
            Self::DeviceCode { .. } => GrantType::DeviceCode,
        }
    }
}

/// Without codes and tokens.
impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenRequest({})", self.grant_type().as_str())
    }
}

/// `grant_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantType {
    /// RFC 6749 4.1.
    AuthorizationCode,
    /// RFC 6749 6.
    RefreshToken,
    /// RFC 6749 4.4.
    ClientCredentials,
    /// RFC 8628.
    DeviceCode,
}

impl GrantType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::DeviceCode];

    /// As it is written in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
        }
    }

    /// By its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == text)
    }
}

/// How an access token is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenType {
    /// RFC 6750.
    Bearer,
    /// RFC 9449 5.
    #[serde(rename = "DPoP")]
    Dpop,
}

/// RFC 6749 5.1; Core 3.1.3.3.
#[derive(Clone, Serialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// How it is shown.
    pub token_type: TokenType,
    /// For how many seconds it is good.
    pub expires_in: u64,
    /// The refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The ID token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was granted.
    #[serde(skip_serializing_if = "Scopes::is_empty")]
    pub scope: Scopes,
}

/// A request to introspect or to revoke (RFC 7662 2.1; RFC 7009 2.1).
#[derive(Clone, PartialEq, Eq)]
pub struct AboutToken {
    /// `token`.
    pub token: String,
    /// `token_type_hint`, if it is one that is known.
    pub hint: Option<Hint>,
}

/// `token_type_hint` (RFC 7009 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// `access_token`
    AccessToken,
    /// `refresh_token`
    RefreshToken,
}

impl AboutToken {
    /// # Errors
    /// Without a token: `invalid_request`.
    pub fn read(pairs: &Pairs) -> Result<Self, Error> {
        let token = pairs.owned("token").ok_or_else(|| Error::invalid_request("token is missing"))?;
        let hint = match pairs.get("token_type_hint") {
            Some("access_token") => Some(Hint::AccessToken),
            Some("refresh_token") => Some(Hint::RefreshToken),
            _ => None,
        };
        Ok(Self { token, hint })
    }
}

/// RFC 7662 2.2. [`Introspection::inactive`] says nothing but `{"active": false}`.
#[derive(Clone, Default, Serialize)]
pub struct Introspection {
    /// Whether it is good.
    pub active: bool,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scopes>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The person, for that client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// How it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<TokenType>,
    /// When it expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<Seconds>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<Seconds>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Whom it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
    /// How strong login and identity are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// When the person logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<Seconds>,
    /// The key to which it is bound (RFC 9449 6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
}

/// `cnf` (RFC 7800; RFC 9449 6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The thumbprint of the key.
    pub jkt: String,
}

impl Introspection {
    /// Of a token that is unknown, over, or somebody else's.
    pub fn inactive() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(query: &str) -> Result<TokenRequest, Error> {
        TokenRequest::read(&Pairs::parse(query)?)
    }

    #[test]
    fn each_grant_has_its_parameters() {
        let code = read("grant_type=authorization_code&code=c&redirect_uri=https://s.example/&code_verifier=v").unwrap();
        let wanted = TokenRequest::AuthorizationCode {
            code: "c".to_owned(),
            redirect_uri: "https://s.example/".to_owned(),
            verifier: Some("v".to_owned()),
        };
        assert!(code == wanted && format!("{code:?}") == "TokenRequest(authorization_code)");
        let refresh = read("grant_type=refresh_token&refresh_token=t&scope=openid+email").unwrap();
        assert!(refresh == TokenRequest::RefreshToken { token: "t".to_owned(), scopes: Some(Scopes::parse("openid email")) });
        assert!(read("grant_type=client_credentials").unwrap() == TokenRequest::ClientCredentials { scopes: None });
        let device = read("grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=d").unwrap();
        assert!(device == TokenRequest::DeviceCode { device_code: "d".to_owned() });
    }

    #[test]
    fn what_is_missing_or_foreign_gets_its_error() {
        for (query, code) in [
            ("", Code::InvalidRequest),
            ("grant_type=", Code::InvalidRequest),
            ("grant_type=password&username=a&password=b", Code::UnsupportedGrantType),
            ("grant_type=implicit", Code::UnsupportedGrantType),
            ("grant_type=authorization_code&redirect_uri=https://s.example/", Code::InvalidRequest),
            ("grant_type=authorization_code&code=c", Code::InvalidRequest),
            ("grant_type=refresh_token", Code::InvalidRequest),
            ("grant_type=urn:ietf:params:oauth:grant-type:device_code", Code::InvalidRequest),
            ("grant_type=client_credentials&grant_type=client_credentials", Code::InvalidRequest),
        ] {
            assert_eq!(read(query).unwrap_err().code, code, "{query}");
        }
    }

    #[test]
    fn about_a_token() {
        let about = |query: &str| AboutToken::read(&Pairs::parse(query).unwrap());
        assert!(about("token_type_hint=access_token").is_err());
        assert_eq!(about("token=t&token_type_hint=refresh_token").unwrap().hint, Some(Hint::RefreshToken));
        assert_eq!(about("token=t&token_type_hint=saml").unwrap().hint, None);
    }

    #[test]
    fn responses_leave_out_what_is_not_there() {
        assert_eq!(serde_json::to_string(&Introspection::inactive()).unwrap(), r#"{"active":false}"#);
        let response = TokenResponse {
            access_token: "t".to_owned(),
            token_type: TokenType::Dpop,
            expires_in: 600,
            refresh_token: None,
            id_token: None,
            scope: Scopes::parse("openid run"),
        };
        let json = r#"{"access_token":"t","token_type":"DPoP","expires_in":600,"scope":"openid run"}"#;
        assert_eq!(serde_json::to_string(&response).unwrap(), json);
    }

    proptest! {
        #[test]
        fn nothing_panics(
            grant in "authorization_code|refresh_token|client_credentials|urn:ietf:params:oauth:grant-type:device_code|\\PC{0,5}",
            more in proptest::collection::vec(("code|redirect_uri|refresh_token|device_code|scope|\\PC{0,3}", "\\PC{0,8}"), 0..5),
        ) {
            let pairs = more.into_iter().chain([("grant_type".to_owned(), grant.clone())]);
            if let Ok(request) = Pairs::read(pairs).and_then(|pairs| TokenRequest::read(&pairs)) {
                prop_assert_eq!(request.grant_type().as_str(), grant);
            }
        }
    }
}
