use oidc::{
    Code, Error, Pairs, Scopes,
    redirect::Uri,
    request::{Authorization, ClientRules, Opened, Prompt, Refused, Via},
};
use proptest::prelude::*;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BASE: &str =
    "client_id=sistema&redirect_uri=https://sistema.example/volver&response_type=code&scope=openid+email+run&state=s1";

fn rules() -> ClientRules {
    ClientRules {
        client_id: "sistema".to_owned(),
        redirect_uris: vec![Uri::parse("https://sistema.example/volver").unwrap(), Uri::parse("http://127.0.0.1/cb").unwrap()],
        scopes: Scopes::parse("openid email"),
        pkce_required: false,
        par_required: false,
    }
}

fn judge(query: &str) -> Result<Authorization, Refused> {
    Authorization::judge(&Pairs::parse(query).unwrap(), &rules(), Via::Browser)
}

/// `BASE` with one parameter set to another value, or left out.
fn with(name: &str, value: Option<&str>) -> Pairs {
    let base = Pairs::parse(BASE).unwrap();
    let others = base.iter().filter(|(other, _)| *other != name);
    Pairs::read(others.chain(value.map(|value| (name, value)))).unwrap()
}

fn refused(name: &str, value: Option<&str>) -> Refused {
    Authorization::judge(&with(name, value), &rules(), Via::Browser).unwrap_err()
}

#[test]
fn a_whole_request_is_read() {
    let query = format!(
        "{BASE}&nonce=n1&code_challenge={CHALLENGE}&code_challenge_method=S256&prompt=login+consent&max_age=300&acr_values=a+b&\
        claims=%7B%22userinfo%22:%7B%22email%22:null,%22RolUnico%22:null%7D%7D&login_hint=11111111-1&ui_locales=es-CL+en&id_token_hint=x.y.z&\
        dpop_jkt=0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I&response_mode=query&display=page&unknown=1"
    );
    let request = judge(&query).unwrap();
    assert_eq!(request.scopes, Scopes::parse("openid email"), "what the client is not registered for is left out");
    assert_eq!((request.state.as_deref(), request.nonce.as_deref(), request.max_age), (Some("s1"), Some("n1"), Some(300)));
    assert!(request.challenge.as_ref().unwrap().verify("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
    assert!(request.prompts(Prompt::Login) && request.prompts(Prompt::Consent) && !request.prompts(Prompt::None));
    assert_eq!((request.acr_values.join(" "), request.ui_locales.join(" ")), ("a b".to_owned(), "es-CL en".to_owned()));
    assert!(request.claims.userinfo.get("email").is_some() && request.claims.userinfo.get("RolUnico").is_none());
    assert_eq!((request.login_hint.as_deref(), request.id_token_hint.as_deref()), (Some("11111111-1"), Some("x.y.z")));
    assert!(request.dpop_jkt.is_some());
    let debug = format!("{request:?}");
    assert!(!debug.contains("11111111") && !debug.contains("s1") && !debug.contains("n1"), "{debug}");
    let stored = serde_json::to_string(&request).unwrap();
    assert!(serde_json::from_str::<Authorization>(&stored).unwrap() == request);
}

#[test]
fn without_a_safe_way_back_a_page_is_shown() {
    for (name, value) in [
        ("redirect_uri", None),
        ("redirect_uri", Some("")),
        ("redirect_uri", Some("https://malo.example/")),
        ("redirect_uri", Some("https://sistema.example/volver/")),
        ("redirect_uri", Some("https://sistema.example/volver#x")),
        ("client_id", Some("otro")),
    ] {
        let refused = refused(name, value);
        assert!(matches!(&refused, Refused::Page(Error { code: Code::InvalidRequest, .. })), "{name} {value:?} {refused:?}");
    }
}

#[test]
fn everything_else_goes_back() {
    for (name, value, code) in [
        ("response_type", None, Code::InvalidRequest),
        ("response_type", Some("token"), Code::UnsupportedResponseType),
        ("response_type", Some("code id_token"), Code::UnsupportedResponseType),
        ("response_mode", Some("fragment"), Code::InvalidRequest),
        ("scope", None, Code::InvalidScope),
        ("scope", Some("email"), Code::InvalidScope),
        ("request", Some("x"), Code::RequestNotSupported),
        ("request_uri", Some("https://malo.example/"), Code::RequestUriNotSupported),
        ("registration", Some("{}"), Code::RegistrationNotSupported),
        ("nonce", Some(&"n".repeat(1001)), Code::InvalidRequest),
        ("id_token_hint", Some(&"h".repeat(16 * 1024)), Code::InvalidRequest),
        ("code_challenge", Some(CHALLENGE), Code::InvalidRequest),
        ("code_challenge_method", Some("S256"), Code::InvalidRequest),
        ("prompt", Some("none login"), Code::InvalidRequest),
        ("prompt", Some("create"), Code::InvalidRequest),
        ("max_age", Some("-1"), Code::InvalidRequest),
        ("max_age", Some("1.5"), Code::InvalidRequest),
        ("claims", Some("{"), Code::InvalidRequest),
        ("dpop_jkt", Some("short"), Code::InvalidRequest),
    ] {
        let refused = refused(name, value);
        let Refused::Back(target, error) = &refused else { panic!("{name} {value:?} {refused:?}") };
        assert_eq!((error.code, target.state.as_deref()), (code, Some("s1")), "{name} {value:?}");
        assert_eq!(target.redirect_uri, "https://sistema.example/volver");
        assert_eq!(refused.clone().into_error().code, code);
    }
}

#[test]
fn what_the_client_is_registered_for_is_demanded() {
    let pairs = Pairs::parse(BASE).unwrap();
    let pkce = ClientRules { pkce_required: true, ..rules() };
    let refused = Authorization::judge(&pairs, &pkce, Via::Browser).unwrap_err();
    assert_eq!(refused.into_error().code, Code::InvalidRequest);
    let par = ClientRules { par_required: true, ..rules() };
    assert!(Authorization::judge(&pairs, &par, Via::Browser).is_err());
    assert!(Authorization::judge(&pairs, &par, Via::Pushed).is_ok());
}

#[test]
fn a_native_application_has_the_port_that_it_got() {
    let request = judge(&BASE.replace("https://sistema.example/volver", "http://127.0.0.1:53211/cb")).unwrap();
    assert_eq!(request.redirect_uri, "http://127.0.0.1:53211/cb");
}

#[test]
fn hints_that_cannot_be_used_are_ignored_and_long_lists_cut() {
    let long = "h".repeat(201);
    let request = judge(&format!(
        "{BASE}&login_hint={long}&ui_locales=%3Cb%3E+es&max_age=99999999999999999999&acr_values={}",
        "a+".repeat(50)
    ));
    let request = request.unwrap();
    assert_eq!((request.login_hint, request.ui_locales.join(" ")), (None, "es".to_owned()));
    assert_eq!((request.max_age, request.acr_values.len()), (Some(u32::MAX), 10));
}

#[test]
fn whose_request_it_is_comes_first() {
    let opened = |query: &str| Opened::read(&Pairs::parse(query).unwrap());
    assert!(opened("redirect_uri=https://sistema.example/volver").is_err());
    assert!(opened("client_id=sistema&request=a&request_uri=b").is_err());
    let found = opened("client_id=sistema&request_uri=urn:x").unwrap();
    assert_eq!((found.client_id.as_str(), found.request_uri.as_deref(), found.request), ("sistema", Some("urn:x"), None));
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_goes_elsewhere(
        more in proptest::collection::btree_map(
            "nonce|prompt|max_age|claims|scope|redirect_uri|response_type|code_challenge|code_challenge_method|ui_locales|dpop_jkt|state|\\PC{1,5}",
            "none|S256|code|openid|https://malo\\.example/|[0-9]{1,12}|\\{\"userinfo\":\\{\\}\\}|\\PC{0,12}",
            0..6,
        ),
        pushed in any::<bool>(),
    ) {
        let base = Pairs::parse(BASE).unwrap();
        let kept = base.iter().filter(|(name, _)| !more.contains_key(*name)).map(|(name, value)| (name.to_owned(), value.to_owned()));
        let pairs = Pairs::read(kept.chain(more.clone())).unwrap();
        let _ = Opened::read(&pairs);
        match Authorization::judge(&pairs, &rules(), if pushed { Via::Pushed } else { Via::Browser }) {
            Ok(request) => {
                prop_assert!(rules().redirect_uris.iter().any(|uri| uri.matches(&request.redirect_uri)));
                prop_assert!(request.scopes.is_subset(&rules().scopes));
                let stored = serde_json::to_string(&request).unwrap();
                prop_assert!(serde_json::from_str::<Authorization>(&stored).unwrap() == request);
            }
            Err(Refused::Back(target, error)) => {
                prop_assert!(rules().redirect_uris.iter().any(|uri| uri.matches(&target.redirect_uri)));
                let back = target.error(&error, "https://cs.example");
                prop_assert!(back.starts_with("https://sistema.example/volver?error="));
                prop_assert!(Pairs::parse(back.split_once('?').unwrap().1).is_ok());
            }
            Err(Refused::Page(_)) => {}
        }
    }
}
