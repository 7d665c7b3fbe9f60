use std::sync::LazyLock;

use oidc::{
    id_token::{Hint, IdToken, half_hash},
    jwk::{Algorithm, ClientKeys, SigningKey, set},
    jwt,
    logout::LogoutToken,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::client::{NOW, b64};

const ISSUER: &str = "https://cs.example";

static ES: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::Es256).unwrap());
static RS: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::Rs256).unwrap());

fn token<'a>() -> IdToken<'a> {
    IdToken {
        iss: ISSUER,
        sub: "abc",
        aud: "sistema",
        exp: NOW - 1_000_000,
        iat: NOW - 1_000_600,
        auth_time: NOW - 1_000_700,
        nonce: None,
        acr: "urn:x:1",
        amr: &["pwd"],
        sid: Some("s1"),
        at_hash: Some(half_hash("token")),
        claims: Map::from_iter([("email".to_owned(), json!("ana@correo.example"))]),
    }
}

fn part(token: &str, place: usize) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(place).unwrap()).unwrap()).unwrap()
}

/// OpenID Connect Core, appendix A.3 and A.4.
#[test]
fn the_half_hashes_of_core() {
    assert_eq!(half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    assert_eq!(half_hash("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"), "LDktKdoQak3Pk0cnXxCltA");
}

#[test]
fn header_and_claims_are_those_of_the_standard() {
    for key in [&*ES, &*RS] {
        let token = token().sign(key).unwrap();
        assert_eq!(part(&token, 0), json!({ "typ": "JWT", "alg": key.algorithm().as_str(), "kid": key.kid() }));
        assert_eq!(jwt::kid(&token).as_deref(), Some(key.kid()));
        let claims = part(&token, 1);
        assert_eq!((&claims["email"], &claims["amr"]), (&json!("ana@correo.example"), &json!(["pwd"])));
        assert!(claims.get("nonce").is_none());
    }
}

#[test]
fn anyone_can_verify_it_with_the_published_set() {
    use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
    let published: JwkSet = serde_json::from_value(set([&*ES, &*RS])).unwrap();
    for (key, algorithm) in [(&*ES, jsonwebtoken::Algorithm::ES256), (&*RS, jsonwebtoken::Algorithm::RS256)] {
        let token = token().sign(key).unwrap();
        let jwk = published.find(&jwt::kid(&token).unwrap()).unwrap();
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&["sistema"]);
        validation.set_issuer(&[ISSUER]);
        validation.validate_exp = false;
        let data = jsonwebtoken::decode::<Value>(&token, &DecodingKey::from_jwk(jwk).unwrap(), &validation).unwrap();
        assert_eq!(data.claims["sub"], "abc");
    }
    assert!(ClientKeys::parse(&set([&*ES, &*RS]).to_string()).is_ok());
}

#[test]
fn a_hint_may_be_old_but_must_be_ours() {
    for key in [&*ES, &*RS] {
        let token = token().sign(key).unwrap();
        let hint = Hint::verify(&token, key, ISSUER).unwrap();
        assert_eq!((hint.sub.as_str(), hint.sid.as_deref(), hint.iat), ("abc", Some("s1"), NOW - 1_000_600));
        assert!(hint.is_for("sistema") && !hint.is_for("otro"));
        assert!(Hint::verify(&token, key, "https://otro.example").is_none());
        let other = SigningKey::generate(Algorithm::Es256).unwrap();
        assert!(Hint::verify(&token, &other, ISSUER).is_none());
    }
    assert!(Hint::verify(&token().sign(&ES).unwrap(), &RS, ISSUER).is_none());
}

#[test]
fn forged_hints_are_refused() {
    for key in [&*ES, &*RS] {
        let good = token().sign(key).unwrap();
        let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else { unreachable!() };
        for alg in
            ["none", "None", "HS256", "RS384", "ES384", if key.algorithm() == Algorithm::Es256 { "RS256" } else { "ES256" }]
        {
            let head = b64(json!({ "typ": "JWT", "alg": alg, "kid": key.kid() }).to_string());
            assert!(Hint::verify(&format!("{head}.{body}."), key, ISSUER).is_none());
            assert!(Hint::verify(&format!("{head}.{body}.{signature}"), key, ISSUER).is_none());
        }
        // The published key as an HMAC secret.
        let head256 = b64(json!({ "typ": "JWT", "alg": "HS256", "kid": key.kid() }).to_string());
        let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key.public().to_string().as_bytes());
        let tag = aws_lc_rs::hmac::sign(&secret, format!("{head256}.{body}").as_bytes());
        assert!(Hint::verify(&format!("{head256}.{body}.{}", b64(tag)), key, ISSUER).is_none());
        let mut claims = part(&good, 1);
        claims["sub"] = "otra".into();
        assert!(Hint::verify(&format!("{head}.{}.{signature}", b64(claims.to_string())), key, ISSUER).is_none());
    }
}

#[test]
fn other_tokens_of_ours_are_no_hints() {
    let logout = LogoutToken::new(ISSUER, "sistema", "abc", "s1", "j1", NOW).sign(&ES).unwrap();
    assert!(Hint::verify(&logout, &ES, ISSUER).is_none());
    let userinfo = jwt::sign(&ES, jwt::JWT, &json!({ "iss": ISSUER, "aud": "sistema", "sub": "abc", "iat": NOW })).unwrap();
    assert!(Hint::verify(&userinfo, &ES, ISSUER).is_none());
}

#[test]
fn a_hint_has_everything_that_an_id_token_has() {
    let good = part(&token().sign(&ES).unwrap(), 1);
    assert!(Hint::verify(&jwt::sign(&ES, jwt::JWT, &good).unwrap(), &ES, ISSUER).is_some());
    for typ in [jwt::LOGOUT, jwt::DPOP, ""] {
        assert!(Hint::verify(&jwt::sign(&ES, typ, &good).unwrap(), &ES, ISSUER).is_none(), "{typ}");
    }
    for name in ["iss", "sub", "aud", "exp", "iat", "auth_time"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        assert!(Hint::verify(&jwt::sign(&ES, jwt::JWT, &claims).unwrap(), &ES, ISSUER).is_none(), "{name}");
    }
}

/// Back-Channel Logout 2.4: `nonce` is prohibited, so that it cannot pass for an ID token.
#[test]
fn a_logout_token_is_that_of_the_standard() {
    let token = LogoutToken::new(ISSUER, "sistema", "abc", "s1", "j1", NOW).sign(&RS).unwrap();
    assert_eq!(part(&token, 0)["typ"], "logout+jwt");
    assert_eq!(
        part(&token, 1),
        json!({ "iss": ISSUER, "aud": "sistema", "iat": NOW, "exp": NOW + 120, "jti": "j1", "sub": "abc", "sid": "s1",
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} } })
    );
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_made_up_is_ours(head in "\\PC{0,20}", body in "\\PC{0,20}", text in "\\PC*") {
        for token in [format!("{}.{}.{}", b64(&head), b64(&body), b64(&text)), text] {
            prop_assert!(Hint::verify(&token, &ES, ISSUER).is_none());
            let _ = jwt::kid(&token);
        }
    }
}
