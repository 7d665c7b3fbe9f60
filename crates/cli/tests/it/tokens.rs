//! Codes and refresh tokens, over HTTP, on two server processes that share a database: each serves once, and whoever shows it a second time ends what
//! the first one got (RFC 6749 4.1.2; RFC 9700 4.14.2).

use std::{collections::BTreeSet, sync::Arc};

use clave::{
    Clave, Clock, Cx, Tempo, client,
    client::ClientId,
    epoch::Epoch,
    grant::{self, Acr, NewGrant},
    hashing::{Cost, Hashing},
    person,
    rce::catalogue::Unchecked,
    session::Sid,
    settings::Settings,
    signing::Signing,
    vault::Vault,
};
use oidc::{Scopes, claims_request::ClaimsRequest, pkce::Challenge, request::Authorization};
use rut::Rut;
use serde_json::Value;

use crate::{
    browser::Page,
    people::Someone,
    races::{owned, race, with_status},
    support::{Installation, Server, runtime, times},
};

const RUNNERS: usize = 8;
const BACK: &str = "https://sistema.example/volver";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Two servers, a system that keeps no secret, and someone who entered it.
struct Scene {
    installation: Installation,
    servers: [Server; 2],
    someone: Someone,
}

impl Scene {
    fn new() -> Self {
        let installation = Installation::new();
        let servers = [installation.serve(), installation.serve()];
        let words = ["client", "add", "--id", "movil", "--name", "Sistema móvil", "--public", "--redirect-uri", BACK];
        let added = installation.run(&[&words[..], &["--scope", "openid offline_access"]].concat());
        assert_eq!(added.code, 0, "{}", added.err);
        let someone = Someone::number(9_100_300);
        someone.registers(&mut servers[0].browser(), "primera-1").unwrap().is(303);
        Self { installation, servers, someone }
    }

    /// A code as the login would have made it.
    fn code(&self) -> String {
        runtime().block_on(async {
            let clave = Arc::new(Clave {
                db: self.installation.database().await,
                vault: Vault::open(&self.installation.secrets()).unwrap(),
                hashing: Hashing::start(1, 1, Cost::default()).unwrap(),
                settings: Settings::default(),
                clock: Clock::System,
                tempo: Tempo::default(),
                epoch: Epoch::default(),
                signing: Signing::default(),
                unchecked: Unchecked::default(),
            });
            let (mut cx, rut) = (Cx::new(Arc::clone(&clave), None), Rut::parse(&self.someone.rut).unwrap());
            let mut tx = clave.db.begin().await.unwrap();
            let client = client::find(&mut tx, &ClientId::parse("movil").unwrap()).await.unwrap().unwrap();
            person::take(&mut tx, &clave.vault, rut, cx.now).await.unwrap().unwrap();
            let (sid, authenticated_at, acr) = (Sid::random(&mut cx.rng), cx.now, Acr::KeyDeclared);
            let new = NewGrant { client: &client, rut, sid, request: &request(), authenticated_at, acr };
            let code = grant::issue_code(&mut tx, &mut cx, &new).await.unwrap();
            tx.commit().await.unwrap();
            clave.db.close().await;
            code.expose().to_owned()
        })
    }

    /// Sends the same to both servers many times at once.
    fn race(&self, fields: &[(&str, &str)]) -> Vec<Page> {
        let browsers = (0..RUNNERS).map(|number| self.servers[number % 2].browser());
        race(browsers.map(|browser| (browser, "/openid/token", owned(fields))).collect())
    }

    fn token(&self, fields: &[(&str, &str)]) -> Page {
        self.servers[1].browser().post("/openid/token", fields).unwrap()
    }

    fn opens(&self, token: &Value) -> bool {
        let fields = [("access_token", token.as_str().unwrap())];
        self.servers[0].browser().post("/openid/userinfo", &fields).unwrap().status == 200
    }

    /// Tells that none of these stands in a log.
    fn says_none_of(&self, secrets: &[&str]) {
        for server in &self.servers {
            let said = server.said();
            assert!(said.contains("/openid/token"), "{said}");
            for secret in secrets {
                assert!(!said.contains(secret), "{said}");
            }
        }
    }
}

fn request() -> Authorization {
    Authorization {
        client_id: "movil".to_owned(),
        redirect_uri: BACK.to_owned(),
        scopes: Scopes::parse("openid offline_access"),
        state: None,
        nonce: None,
        challenge: Some(Challenge::parse(CHALLENGE, Some("S256")).unwrap()),
        prompt: BTreeSet::new(),
        max_age: None,
        acr_values: Vec::new(),
        claims: ClaimsRequest::default(),
        login_hint: None,
        ui_locales: Vec::new(),
        id_token_hint: None,
        dpop_jkt: None,
    }
}

fn exchanging(code: &str) -> [(&str, &str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("client_id", "movil"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ]
}

fn refreshing(token: &str) -> [(&str, &str); 3] {
    [("grant_type", "refresh_token"), ("client_id", "movil"), ("refresh_token", token)]
}

/// The answer of the one that won; all others were told `invalid_grant`.
#[track_caller]
fn winner(pages: &[Page]) -> Value {
    let (won, lost) = (with_status(pages, 200), with_status(pages, 400));
    assert_eq!((won.len(), lost.len()), (1, RUNNERS - 1));
    for page in lost {
        assert!(pages[page].text.contains("\"invalid_grant\""), "{}", pages[page].text);
    }
    serde_json::from_str(&pages[won[0]].text).unwrap()
}

#[test]
fn two_servers_exchange_one_code_once_and_end_what_it_gave() {
    let scene = Scene::new();
    let code = scene.code();
    let tokens = winner(&scene.race(&exchanging(&code)));
    assert!(!scene.opens(&tokens["access_token"]));
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(scene.token(&refreshing(refresh)).status, 400);
    let account = scene.installation.account(&scene.someone.rut).unwrap();
    assert_eq!((times(&account, "tokens_issued"), times(&account, "code_reused")), (1, 1));
    scene.says_none_of(&[&code, refresh, tokens["access_token"].as_str().unwrap()]);
}

#[test]
fn two_servers_rotate_one_refresh_token_once_and_end_its_family() {
    let scene = Scene::new();
    let code = scene.code();
    let first: Value = serde_json::from_str(&scene.token(&exchanging(&code)).is(200).text).unwrap();
    assert!(scene.opens(&first["access_token"]));
    let token = first["refresh_token"].as_str().unwrap();
    let next = winner(&scene.race(&refreshing(token)));
    assert!(!scene.opens(&first["access_token"]) && !scene.opens(&next["access_token"]));
    let after = next["refresh_token"].as_str().unwrap();
    assert_eq!(scene.token(&refreshing(after)).status, 400);
    let account = scene.installation.account(&scene.someone.rut).unwrap();
    assert_eq!(times(&account, "refresh_reused"), 1);
    scene.says_none_of(&[&code, token, after]);
}
