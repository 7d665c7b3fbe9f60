//! Logging out at the wish of a client (RP-Initiated Logout 1.0), and telling clients of it (Back-Channel Logout 1.0).

use serde::Serialize;

use crate::{
    Pairs, Seconds,
    jwk::{SigningKey, Wrong},
    request::locales,
    response::extended,
};

/// A logout request (RP-Initiated Logout 2). Nothing in it is verified yet.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Logout {
    /// `id_token_hint`.
    pub id_token_hint: Option<String>,
    /// `client_id`.
    pub client_id: Option<String>,
    /// `post_logout_redirect_uri`.
    pub redirect_uri: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `ui_locales`, best first.
    pub ui_locales: Vec<String>,
}

impl Logout {
    /// All parameters are optional.
    pub fn read(pairs: &Pairs) -> Self {
        Self {
            id_token_hint: pairs.owned("id_token_hint"),
            client_id: pairs.owned("client_id"),
            redirect_uri: pairs.owned("post_logout_redirect_uri"),
            state: pairs.owned("state"),
            ui_locales: locales(pairs),
        }
    }
}

/// Where the person is sent after logging out: the registered address and `state` (RP-Initiated Logout 3).
pub fn back(redirect_uri: &str, state: Option<&str>) -> String {
    extended(redirect_uri, state.map(|state| ("state", state)))
}

/// What a logout token says (Back-Channel Logout 2.4).
#[derive(Clone, Serialize)]
pub struct LogoutToken<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: Seconds,
    exp: Seconds,
    jti: &'a str,
    sub: &'a str,
    sid: &'a str,
    events: serde_json::Value,
}

/// How long a logout token is good.
const LIFE: Seconds = 120;

impl<'a> LogoutToken<'a> {
    /// Says that the session `sid` of the person `sub` (as that client knows both) has ended.
    pub fn new(issuer: &'a str, client_id: &'a str, sub: &'a str, sid: &'a str, jti: &'a str, now: Seconds) -> Self {
        Self {
            iss: issuer,
            aud: client_id,
            iat: now,
            exp: now.saturating_add(LIFE),
            jti,
            sub,
            sid,
            events: serde_json::json!({ "http://schemas.openid.net/event/backchannel-logout": {} }),
        }
    }

    /// Signs it.
    ///
    /// # Errors
    /// The library could not.
    pub fn sign(&self, key: &SigningKey) -> Result<String, Wrong> {
        crate::jwt::sign(key, crate::jwt::LOGOUT, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_optional_and_state_goes_back() {
        assert!(Logout::read(&Pairs::default()) == Logout::default());
        let query = "id_token_hint=t&client_id=s&post_logout_redirect_uri=https://s.example/&state=x&ui_locales=es-CL+<b>";
        let logout = Logout::read(&Pairs::parse(query).unwrap());
        assert_eq!((logout.id_token_hint.as_deref(), logout.client_id.as_deref()), (Some("t"), Some("s")));
        assert_eq!(logout.ui_locales, ["es-CL"]);
        assert_eq!(back(&logout.redirect_uri.unwrap(), logout.state.as_deref()), "https://s.example/?state=x");
        assert_eq!(back("https://s.example/?a=1", None), "https://s.example/?a=1");
    }
}
