use oidc::{
    Code,
    dpop::{self, Asked, Proof},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{EC, ED, Key, NOW, OTHER_EC, RSA, b64, forgeries};

const URI: &str = "https://cs.example/openid/token";
const ASKED: Asked<'_> = Asked { method: "POST", uri: URI, access_token: None };

fn header(key: &Key, alg: &str) -> Value {
    json!({ "typ": "dpop+jwt", "alg": alg, "jwk": key.jwk() })
}

fn claims() -> Value {
    json!({ "htm": "POST", "htu": URI, "iat": NOW, "jti": "1" })
}

fn verify(proof: &str) -> Result<Proof, oidc::Error> {
    dpop::verify(proof, &ASKED, NOW)
}

#[test]
fn the_example_of_rfc_9449_figure_2() {
    let proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5\
        IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0\
        dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
    let asked = Asked { method: "POST", uri: "https://server.example.com/token", access_token: None };
    let wanted = Proof {
        jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I".to_owned(),
        jti: "-BwC3ESc6acc2lTc".to_owned(),
        issued_at: 1_562_262_616,
    };
    assert_eq!(dpop::verify(proof, &asked, 1_562_262_616), Ok(wanted));
}

#[test]
fn the_example_of_rfc_9449_figure_13() {
    let proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5\
        IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0\
        cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFb\
        yJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
    let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    let asked = |access_token| Asked { method: "GET", uri: "https://resource.example.org/protectedresource", access_token };
    assert!(dpop::verify(proof, &asked(Some(token)), 1_562_262_618).is_ok());
    assert!(dpop::verify(proof, &asked(Some("another")), 1_562_262_618).is_err());
}

#[test]
fn each_kind_of_key_and_its_thumbprint() {
    for (key, alg) in [(&*EC, "ES256"), (&*RSA, "RS256"), (&*RSA, "PS256"), (&*ED, "EdDSA")] {
        let proof = verify(&key.sign(&header(key, alg), &claims())).unwrap();
        assert_eq!((proof.jti.as_str(), proof.issued_at, proof.jkt.len()), ("1", NOW, 43));
        assert!(proof.expires() > NOW + 60);
    }
    let jkt = |key: &Key| verify(&key.sign(&header(key, "ES256"), &claims())).unwrap().jkt;
    assert!(jkt(&EC) == jkt(&EC) && jkt(&EC) != jkt(&OTHER_EC));
}

#[test]
fn forged_ones_are_refused() {
    for (key, alg) in [(&*EC, "ES256"), (&*RSA, "PS256"), (&*ED, "EdDSA")] {
        for token in forgeries(key, &header(key, alg), &claims()) {
            assert_eq!(verify(&token).unwrap_err().code, Code::InvalidDpopProof, "{token}");
        }
    }
}

#[test]
fn each_claim_is_judged() {
    let long = "j".repeat(257);
    for (name, value) in [
        ("htm", json!("GET")),
        ("htm", json!("post")),
        ("htm", Value::Null),
        ("htu", json!("https://cs.example/openid/userinfo")),
        ("htu", json!("https://otro.example/openid/token")),
        ("htu", json!("http://cs.example/openid/token")),
        ("htu", json!("https://cs.example:8443/openid/token")),
        ("htu", json!("/openid/token")),
        ("htu", Value::Null),
        ("iat", json!(NOW - 61)),
        ("iat", json!(NOW + 61)),
        ("iat", json!(i64::MIN)),
        ("iat", json!(u64::MAX)),
        ("iat", Value::Null),
        ("jti", Value::Null),
        ("jti", json!("")),
        ("jti", json!(long)),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        assert!(verify(&EC.sign(&header(&EC, "ES256"), &claims)).is_err(), "{name} {value}");
    }
    for (name, value) in [
        ("iat", json!(NOW - 60)),
        ("iat", json!(NOW + 60)),
        ("htu", json!("https://cs.example/openid/token?a=1#b")),
        ("htu", json!("HTTPS://CS.example:443/openid/token")),
        ("htu", json!("https://cs.example/openid/./token/")),
        ("nonce", json!("theirs")),
        ("ath", json!("not asked")),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        assert!(verify(&EC.sign(&header(&EC, "ES256"), &claims)).is_ok(), "{name} {value}");
    }
}

#[test]
fn the_header_is_judged() {
    let mut private = EC.jwk();
    private["d"] = b64([7; 32]).into();
    for (name, value) in [
        ("typ", json!("JWT")),
        ("typ", Value::Null),
        ("jwk", Value::Null),
        ("jwk", json!({})),
        ("jwk", OTHER_EC.jwk()),
        ("jwk", RSA.jwk()),
        ("jwk", private),
        ("jwk", json!({ "kty": "oct", "k": "AAAA" })),
        ("jwk", json!([EC.jwk()])),
    ] {
        let mut header = header(&EC, "ES256");
        header[name] = value.clone();
        assert!(verify(&EC.sign(&header, &claims())).is_err(), "{name} {value}");
    }
}

#[test]
fn a_shown_token_must_be_the_one_in_the_proof() {
    let asked = Asked { access_token: Some("token"), ..ASKED };
    let with = |ath: Value| {
        let mut claims = claims();
        claims["ath"] = ath;
        dpop::verify(&EC.sign(&header(&EC, "ES256"), &claims), &asked, NOW).is_ok()
    };
    assert!(with(json!("PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A")));
    assert!(!with(json!("PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-B")) && !with(Value::Null) && !with(json!("")));
}

proptest! {
    #[test]
    fn nothing_panics(head in "\\PC{0,30}", htu in "\\PC{0,20}", iat in any::<i64>(), now in any::<i64>(), text in "\\PC*") {
        prop_assert!(verify(&text).is_err());
        let made_up = format!("{0}.{0}.{0}", b64(&head));
        prop_assert!(verify(&made_up).is_err());
        let claims = json!({ "htm": "POST", "htu": htu, "iat": iat, "jti": "1" });
        let _ = dpop::verify(&EC.sign(&header(&EC, "ES256"), &claims), &Asked { uri: &htu, ..ASKED }, now);
    }
}
