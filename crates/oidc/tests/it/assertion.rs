use oidc::{
    Code, Pairs,
    assertion::{self, Assertion},
    jwk::ClientKeys,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{EC, ED, NOW, OTHER_EC, RSA, forgeries, keys};

const TOKEN: &str = "https://cs.example/openid/token";
const OURS: [&str; 2] = ["https://cs.example", TOKEN];

fn claims() -> Value {
    json!({ "iss": "sistema", "sub": "sistema", "aud": TOKEN, "jti": "1", "iat": NOW, "exp": NOW + 60 })
}

fn verify(token: &str) -> Result<Assertion, oidc::Error> {
    let keys = keys(&[(&EC, Some("ec")), (&RSA, None), (&ED, Some("ed"))]);
    assertion::verify(token, &keys, "sistema", &OURS, NOW)
}

#[test]
fn each_kind_of_key_proves_the_client() {
    for (key, header) in [
        (&*EC, json!({ "alg": "ES256", "kid": "ec" })),
        (&*EC, json!({ "alg": "ES256" })),
        (&*RSA, json!({ "alg": "RS256", "kid": "whatever", "typ": "JWT" })),
        (&*RSA, json!({ "alg": "PS256", "typ": "client-authentication+jwt" })),
        (&*ED, json!({ "alg": "EdDSA", "kid": "ed" })),
    ] {
        let token = key.sign(&header, &claims());
        assert_eq!(verify(&token), Ok(Assertion { jti: "1".to_owned(), expires: NOW + 60, issued: NOW }), "{header}");
        assert_eq!(assertion::client_id(&token).unwrap(), "sistema");
    }
}

#[test]
fn forged_ones_are_refused() {
    for (key, alg) in [(&*EC, "ES256"), (&*RSA, "RS256"), (&*ED, "EdDSA")] {
        let header = json!({ "alg": alg, "typ": "JWT" });
        assert!(verify(&key.sign(&header, &claims())).is_ok());
        for token in forgeries(key, &header, &claims()) {
            assert_eq!(verify(&token).unwrap_err().code, Code::InvalidClient, "{token}");
        }
    }
}

#[test]
fn the_key_must_be_the_one_that_is_named_and_registered() {
    for (key, header) in [
        (&*EC, json!({ "alg": "ES256", "kid": "ed" })),
        (&*EC, json!({ "alg": "ES256", "kid": "foreign" })),
        (&*OTHER_EC, json!({ "alg": "ES256", "kid": "ec" })),
        (&*OTHER_EC, json!({ "alg": "ES256", "kid": "ec", "jwk": OTHER_EC.jwk() })),
    ] {
        assert!(verify(&key.sign(&header, &claims())).is_err(), "{header}");
    }
}

/// RFC 8725 3.1: what the key is registered for counts, not what the token would like.
#[test]
fn a_key_signs_only_with_its_own_algorithm() {
    let mut jwk = RSA.jwk();
    jwk["alg"] = "RS256".into();
    let keys = ClientKeys::parse(&json!({ "keys": [jwk] }).to_string()).unwrap();
    let verify = |alg| assertion::verify(&RSA.sign(&json!({ "alg": alg }), &claims()), &keys, "sistema", &OURS, NOW);
    assert!(verify("RS256").is_ok() && verify("PS256").is_err());
}

#[test]
fn each_claim_is_judged() {
    let long = "j".repeat(257);
    for (name, value) in [
        ("iss", json!("otro")),
        ("iss", Value::Null),
        ("sub", json!("otro")),
        ("sub", json!(1)),
        ("aud", json!("https://otro.example")),
        ("aud", json!([])),
        ("aud", json!([TOKEN, "https://otro.example"])),
        ("aud", json!([TOKEN, 1])),
        ("aud", Value::Null),
        ("exp", json!(NOW)),
        ("exp", json!(NOW - 1)),
        ("exp", json!(NOW + 3_601)),
        ("exp", json!((NOW + 60).to_string())),
        ("exp", json!(1e300)),
        ("exp", Value::Null),
        ("iat", json!(NOW + 61)),
        ("nbf", json!(NOW + 61)),
        ("nbf", json!("x")),
        ("jti", Value::Null),
        ("jti", json!("")),
        ("jti", json!(7)),
        ("jti", json!(long)),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        let token = EC.sign(&json!({ "alg": "ES256" }), &claims);
        assert_eq!(verify(&token).unwrap_err().code, Code::InvalidClient, "{name} {value}");
    }
    for (name, value) in [
        ("aud", json!(OURS)),
        ("aud", json!(OURS[0])),
        ("exp", json!(NOW + 3_600)),
        ("exp", json!(1_800_000_030.5)),
        ("nbf", json!(NOW)),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        assert!(verify(&EC.sign(&json!({ "alg": "ES256" }), &claims)).is_ok(), "{name} {value}");
    }
}

#[test]
fn another_kind_of_token_is_no_assertion() {
    for typ in [json!("oauth-authz-req+jwt"), json!("dpop+jwt"), json!("logout+jwt"), json!(1), json!("")] {
        assert!(verify(&EC.sign(&json!({ "alg": "ES256", "typ": typ }), &claims())).is_err(), "{typ}");
    }
}

#[test]
fn both_parameters_or_none() {
    let find = |query: &str| {
        assertion::find(&Pairs::parse(query).unwrap()).map(|found| found.map(str::to_owned)).map_err(|error| error.code)
    };
    let typ = "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    assert_eq!(find("a=1"), Ok(None));
    assert_eq!(find(&format!("client_assertion=x&{typ}")), Ok(Some("x".to_owned())));
    assert_eq!(find("client_assertion=x"), Err(Code::InvalidRequest));
    assert_eq!(find(typ), Err(Code::InvalidRequest));
    assert_eq!(find("client_assertion=x&client_assertion_type=saml2"), Err(Code::InvalidClient));
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_made_up_is_accepted(header in "\\PC{0,30}|\\{\"alg\":\"(ES256|none|HS256)\"\\}", body in "\\PC{0,30}|\\{\\}", end in "[A-Za-z0-9_-]{0,90}", text in "\\PC*") {
        use crate::client::b64;
        let token = format!("{}.{}.{end}", b64(header), b64(body));
        for token in [token, text] {
            prop_assert!(verify(&token).is_err());
            let _ = assertion::client_id(&token);
            let _ = oidc::jwt::kid(&token);
        }
    }
}
