use oidc::{Code, Pairs, assertion, request_object};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{EC, ED, NOW, RSA, forgeries, keys};

const ISSUER: &str = "https://cs.example";

fn claims() -> Value {
    json!({ "iss": "sistema", "aud": ISSUER, "exp": NOW + 300, "jti": "1", "client_id": "sistema", "scope": "openid", "max_age": 60,
        "claims": { "userinfo": { "email": null } }, "state": "" })
}

fn open(object: &str) -> Result<request_object::Inside, oidc::Error> {
    request_object::open(object, Some(&keys(&[(&EC, None), (&RSA, None), (&ED, None)])), "sistema", ISSUER, NOW)
}

#[test]
fn what_is_inside_comes_out_as_parameters() {
    for (key, alg) in [(&*EC, "ES256"), (&*RSA, "RS256"), (&*RSA, "PS256"), (&*ED, "EdDSA")] {
        let inside = open(&key.sign(&json!({ "alg": alg, "typ": "oauth-authz-req+jwt" }), &claims())).unwrap();
        assert_eq!((inside.jti.as_deref(), inside.expires), (Some("1"), NOW + 300));
        let wanted = [
            ("client_id", "sistema"),
            ("scope", "openid"),
            ("max_age", "60"),
            ("claims", r#"{"userinfo":{"email":null}}"#),
            ("state", ""),
        ];
        assert_eq!(inside.pairs, Pairs::read(wanted).unwrap());
    }
}

#[test]
fn forged_ones_are_refused() {
    let header = json!({ "alg": "ES256" });
    for object in forgeries(&EC, &header, &claims()) {
        assert_eq!(open(&object).unwrap_err().code, Code::InvalidRequestObject, "{object}");
    }
}

#[test]
fn each_claim_is_judged() {
    for (name, value) in [
        ("iss", json!("otro")),
        ("iss", Value::Null),
        ("client_id", json!("otro")),
        ("aud", json!("https://otro.example")),
        ("aud", json!([ISSUER, "https://otro.example"])),
        ("aud", Value::Null),
        ("sub", json!("sistema")),
        ("exp", json!(NOW)),
        ("exp", json!(NOW + 3601)),
        ("exp", Value::Null),
        ("nbf", json!(NOW + 61)),
        ("jti", json!("j".repeat(257))),
        ("request", json!("x")),
        ("request_uri", json!("x")),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        assert_eq!(
            open(&EC.sign(&json!({ "alg": "ES256" }), &claims)).unwrap_err().code,
            Code::InvalidRequestObject,
            "{name} {value}"
        );
    }
    let mut several = claims();
    several["aud"] = json!([ISSUER]);
    several["jti"] = Value::Null;
    assert_eq!(open(&EC.sign(&json!({ "alg": "ES256" }), &several)).unwrap().jti, None);
}

#[test]
fn without_keys_it_is_not_spoken() {
    let object = EC.sign(&json!({ "alg": "ES256" }), &claims());
    let error = request_object::open(&object, None, "sistema", ISSUER, NOW).unwrap_err();
    assert_eq!(error.code, Code::RequestNotSupported);
}

/// RFC 9101 10.8: neither may pass for the other.
#[test]
fn a_request_is_no_assertion_and_an_assertion_no_request() {
    let assertion = json!({ "iss": "sistema", "sub": "sistema", "aud": ISSUER, "jti": "1", "exp": NOW + 60 });
    let token = EC.sign(&json!({ "alg": "ES256" }), &assertion);
    let keys = keys(&[(&EC, None)]);
    assert!(assertion::verify(&token, &keys, "sistema", &[ISSUER], NOW).is_ok() && open(&token).is_err());
    let object = EC.sign(&json!({ "alg": "ES256" }), &claims());
    assert!(open(&object).is_ok() && assertion::verify(&object, &keys, "sistema", &[ISSUER], NOW).is_err());
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_comes_twice(name in "scope|client_id|iss|\\PC{1,6}", value in "\\PC{0,10}", text in "\\PC*") {
        prop_assert!(open(&text).is_err());
        let mut claims = claims();
        claims[name.as_str()] = value.clone().into();
        if let Ok(inside) = open(&EC.sign(&json!({ "alg": "ES256" }), &claims)) {
            prop_assert_eq!(inside.pairs.get("client_id"), Some("sistema"));
            let names: Vec<&str> = inside.pairs.iter().map(|(name, _)| name).collect();
            prop_assert!(["iss", "aud", "exp", "jti"].iter().all(|name| !names.contains(name)));
        }
    }
}
