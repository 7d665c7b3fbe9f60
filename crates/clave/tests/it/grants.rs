//! Codes and tokens: each for whom it was made, for as long as it is good, once where once is meant.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use clave::{
    Clave, Cx, Secret, account, client,
    client::{Authentication, Client, ClientId, GrantType, Registration},
    device::Device,
    epoch,
    flow::Browser,
    freeze::{self, Contacts},
    grant::{self, Acr, Code, Issued, Kind, NewGrant, Refused, Revoked},
    housekeeping, once, person,
    session::{self, EndedBy, Sid},
    subject,
};
use oidc::{Scope, Scopes, claims_request::ClaimsRequest, pkce::Challenge, request::Authorization};
use sql::sql;
use tokio::task::JoinSet;

use crate::{
    people::{RUT, rut},
    support::TestClave,
};

pub const BACK: &str = "https://sistema.example/volver";
const HERE: Browser = Browser([8; 32]);
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Somebody who is logged in, and systems that they enter.
pub struct Scene {
    pub app: TestClave,
    pub sid: Sid,
}

fn registration(name: &str) -> Registration {
    Registration {
        name: name.to_owned(),
        redirect_uris: vec![BACK.to_owned()],
        scopes: "openid email run offline_access".to_owned(),
        grants: BTreeSet::from(GrantType::ALL),
        ..Registration::default()
    }
}

impl Scene {
    pub async fn new() -> Self {
        let app = TestClave::new().await;
        app.registers(RUT).await;
        let sid = Sid::random(&mut app.cx().rng);
        Self { app, sid }
    }

    pub async fn client(&self, id: &str) -> Client {
        self.registered(id, registration(id)).await
    }

    async fn registered(&self, id: &str, registration: Registration) -> Client {
        let id = ClientId::parse(id).unwrap();
        client::add(&mut self.app.cx(), &id, registration, None, None).await.unwrap();
        client::find(&mut self.app.clave.db.read().await.unwrap(), &id).await.unwrap().unwrap()
    }

    async fn public(&self, id: &str) -> Client {
        self.registered(
            id,
            Registration {
                authentication: Authentication::None,
                grants: BTreeSet::from([GrantType::Code, GrantType::Refresh]),
                ..registration(id)
            },
        )
        .await
    }

    /// A code for this request.
    pub async fn code_for(&self, client: &Client, request: &Authorization) -> Secret {
        let mut cx = self.app.cx();
        let clave = Arc::clone(&self.app.clave);
        let mut tx = clave.db.begin().await.unwrap();
        person::take(&mut tx, &clave.vault, rut(RUT), cx.now).await.unwrap().unwrap();
        let (authenticated_at, acr) = (cx.now, Acr::KeyDeclared);
        let new = NewGrant { client, rut: rut(RUT), sid: self.sid, request, authenticated_at, acr };
        let code = grant::issue_code(&mut tx, &mut cx, &new).await.unwrap();
        tx.commit().await.unwrap();
        code
    }

    async fn code(&self, client: &Client, scopes: &str) -> Secret {
        self.code_for(client, &request(client, scopes)).await
    }

    async fn exchange(&self, client: &Client, code: &Secret) -> Result<Issued, Refused> {
        grant::code(&mut self.app.cx(), client, &shown(code), None).await
    }

    async fn refresh(&self, client: &Client, token: &Secret) -> Result<Issued, Refused> {
        grant::refresh(&mut self.app.cx(), client, token.expose(), None, None).await
    }

    /// Tokens of a login that has just been.
    pub async fn tokens(&self, client: &Client, scopes: &str) -> Issued {
        let code = self.code(client, scopes).await;
        self.exchange(client, &code).await.unwrap()
    }

    pub async fn opens(&self, token: &Secret) -> bool {
        grant::bearer(&mut self.app.cx(), token.expose()).await.unwrap().is_some()
    }

    /// Does something to this person's or client's grants.
    async fn ends(&self, end: impl AsyncFnOnce(&mut sql::Tx, &mut Cx)) {
        let mut cx = self.app.cx();
        let mut tx = self.app.clave.db.begin().await.unwrap();
        end(&mut tx, &mut cx).await;
        tx.commit().await.unwrap();
    }
}

pub fn request(client: &Client, scopes: &str) -> Authorization {
    Authorization {
        client_id: client.id.to_string(),
        redirect_uri: BACK.to_owned(),
        scopes: Scopes::parse(scopes),
        state: None,
        nonce: Some("n-0S6_WzA2Mj".to_owned()),
        challenge: None,
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

fn shown(code: &Secret) -> Code<'_> {
    Code { code: code.expose(), redirect_uri: BACK, verifier: None }
}

fn is_invalid(refused: &Result<Issued, Refused>) -> bool {
    matches!(refused, Err(Refused::Grant(_)))
}

#[tokio::test]
async fn a_code_gives_tokens_once_and_its_second_use_ends_them() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let code = scene.code(&client, "openid email").await;
    let issued = scene.exchange(&client, &code).await.unwrap();
    let login = issued.login.as_ref().unwrap();
    assert_eq!((login.nonce.as_deref(), login.acr, login.sid), (Some("n-0S6_WzA2Mj"), Acr::KeyDeclared, scene.sid));
    assert!(scene.opens(&issued.access).await);
    assert_eq!(scene.app.events("tokens_issued").await, 1);
    assert!(is_invalid(&scene.exchange(&client, &code).await));
    assert!(!scene.opens(&issued.access).await, "the first one's access token ended");
    assert!(is_invalid(&scene.refresh(&client, issued.refresh.as_ref().unwrap()).await), "and its refresh token");
    assert!(is_invalid(&scene.exchange(&client, &code).await));
    assert_eq!(scene.app.events("code_reused").await, 1);
}

#[tokio::test]
async fn a_code_is_for_whoever_asked_for_it() {
    let scene = Scene::new().await;
    let (client, other) = (scene.client("sistema").await, scene.client("otro").await);
    let challenge = Challenge::parse(CHALLENGE, Some("S256")).unwrap();
    let asked = Authorization { challenge: Some(challenge), dpop_jkt: Some("llave".to_owned()), ..request(&client, "openid") };
    let code = scene.code_for(&client, &asked).await;
    let right = Code { verifier: Some(VERIFIER), ..shown(&code) };
    let wrong_verifier = "a".repeat(43);
    let tries = [
        (&other, right, Some("llave")),
        (&client, Code { redirect_uri: "https://sistema.example/otra", ..right }, Some("llave")),
        (&client, Code { verifier: Some(&wrong_verifier), ..right }, Some("llave")),
        (&client, Code { verifier: None, ..right }, Some("llave")),
        (&client, right, Some("otra")),
        (&client, right, None),
    ];
    for (number, (client, shown, jkt)) in tries.iter().enumerate() {
        assert!(is_invalid(&grant::code(&mut scene.app.cx(), client, shown, *jkt).await), "{number}");
    }
    assert!(grant::code(&mut scene.app.cx(), &client, &right, Some("llave")).await.is_ok(), "others' tries spoil nothing");
    let plain = scene.code(&client, "openid").await;
    let downgraded = Code { verifier: Some(VERIFIER), ..shown(&plain) };
    assert!(is_invalid(&grant::code(&mut scene.app.cx(), &client, &downgraded, None).await), "RFC 9700 2.1.1");
    assert!(is_invalid(&grant::code(&mut scene.app.cx(), &client, &Code { code: "nada", ..downgraded }, None).await));
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let (code, late) = (scene.code(&client, "openid").await, scene.code(&client, "openid").await);
    scene.app.wait(Duration::from_secs(59));
    assert!(scene.exchange(&client, &code).await.is_ok());
    scene.app.wait(Duration::from_secs(1));
    assert!(is_invalid(&scene.exchange(&client, &late).await));
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_used_one_ends_the_family() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let first = scene.tokens(&client, "openid email offline_access").await;
    let second = scene.refresh(&client, first.refresh.as_ref().unwrap()).await.unwrap();
    assert!(second.login.as_ref().unwrap().nonce.is_none());
    let third = scene.refresh(&client, second.refresh.as_ref().unwrap()).await.unwrap();
    assert!(scene.opens(&first.access).await && scene.opens(&third.access).await);
    assert!(is_invalid(&scene.refresh(&client, first.refresh.as_ref().unwrap()).await));
    for ended in [&first.access, &second.access, &third.access] {
        assert!(!scene.opens(ended).await);
    }
    assert!(is_invalid(&scene.refresh(&client, third.refresh.as_ref().unwrap()).await));
    assert_eq!(scene.app.events("refresh_reused").await, 1);
}

#[tokio::test]
async fn another_client_cannot_refresh_introspect_or_give_back() {
    let scene = Scene::new().await;
    let (client, other) = (scene.client("sistema").await, scene.client("otro").await);
    let issued = scene.tokens(&client, "openid offline_access").await;
    let refresh = issued.refresh.as_ref().unwrap();
    assert!(is_invalid(&scene.refresh(&other, refresh).await));
    for token in [refresh, &issued.access] {
        assert!(grant::look(&mut scene.app.cx(), &other, token.expose()).await.unwrap().is_none());
        assert_eq!(grant::revoke(&mut scene.app.cx(), &other, token.expose()).await.unwrap(), Revoked::Foreign);
    }
    let seen = grant::look(&mut scene.app.cx(), &client, refresh.expose()).await.unwrap().unwrap();
    assert_eq!((seen.kind, seen.scopes.to_string().as_str()), (Kind::Refresh, "openid offline_access"));
    assert!(scene.refresh(&client, refresh).await.is_ok(), "others' tries spoil nothing");
    assert!(is_invalid(&scene.refresh(&client, &issued.access).await), "an access token refreshes nothing");
    assert!(!scene.opens(refresh).await, "a refresh token opens nothing");
}

#[tokio::test]
async fn a_client_may_ask_for_less_but_never_for_more() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let issued = scene.tokens(&client, "openid email offline_access").await;
    let ask = async |token: &Secret, scopes: &str| {
        let scopes = Scopes::parse(scopes);
        grant::refresh(&mut scene.app.cx(), &client, token.expose(), Some(&scopes), None).await
    };
    let token = issued.refresh.unwrap();
    assert!(matches!(ask(&token, "openid run").await, Err(Refused::Scope)));
    let less = ask(&token, "openid").await.unwrap();
    assert_eq!(less.scopes.to_string(), "openid");
    let again = ask(less.refresh.as_ref().unwrap(), "openid email").await.unwrap();
    assert!(again.scopes.contains(Scope::Email), "what was granted stays granted (RFC 6749 6)");
}

#[tokio::test]
async fn what_a_client_may_ask_for_no_more_it_gets_no_more() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let claims = r#"{"userinfo":{"email":{}},"id_token":{"email":{}}}"#;
    let wanted = Authorization { claims: serde_json::from_str(claims).unwrap(), ..request(&client, "openid") };
    let code = scene.code_for(&client, &wanted).await;
    let issued = scene.exchange(&client, &code).await.unwrap();
    let asked = async |issued: &Issued| {
        let bearer = grant::bearer(&mut scene.app.cx(), issued.access.expose()).await.unwrap().unwrap();
        let (userinfo, login) = (bearer.about.unwrap().wanted.userinfo, issued.login.as_ref().unwrap());
        (userinfo.get("email").is_some(), login.wanted.id_token.get("email").is_some())
    };
    assert_eq!(asked(&issued).await, (true, true));
    let mut tx = scene.app.clave.db.begin().await.unwrap();
    tx.run(sql!("UPDATE client SET registration = REPLACE(registration, ' email ', ' ')")).await.unwrap();
    tx.commit().await.unwrap();
    let client = client::find(&mut scene.app.clave.db.read().await.unwrap(), &client.id).await.unwrap().unwrap();
    assert!(!client.scopes.contains(Scope::Email));
    let issued = scene.refresh(&client, issued.refresh.as_ref().unwrap()).await.unwrap();
    assert_eq!(asked(&issued).await, (false, false));
}

#[tokio::test]
async fn tokens_are_looked_at_without_waiting_for_those_who_write() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let issued = scene.tokens(&client, "openid").await;
    let writing = scene.app.clave.db.begin().await.unwrap();
    let look = async {
        assert!(scene.opens(&issued.access).await);
        assert!(!scene.opens(&Secret::new("nada")).await);
        let shown = grant::look(&mut scene.app.cx(), &client, issued.access.expose()).await.unwrap();
        assert!(shown.unwrap().login.is_some());
        assert_eq!(grant::revoke(&mut scene.app.cx(), &client, "nada").await.unwrap(), Revoked::Done);
    };
    tokio::time::timeout(Duration::from_secs(1), look).await.expect("nobody waits");
    drop(writing);
}

#[tokio::test]
async fn tokens_end_by_themselves() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let online = scene.tokens(&client, "openid").await;
    let mut offline = scene.tokens(&client, "openid offline_access").await;
    scene.app.wait(Duration::from_mins(10));
    assert!(!scene.opens(&online.access).await);
    scene.app.wait(Duration::from_hours(12));
    assert!(is_invalid(&scene.refresh(&client, online.refresh.as_ref().unwrap()).await), "no longer than a session can last");
    // Used now and then, until the end of all of them.
    for _ in 0..6 {
        scene.app.wait(Duration::from_hours(29 * 24));
        offline = scene.refresh(&client, offline.refresh.as_ref().unwrap()).await.unwrap();
    }
    scene.app.wait(Duration::from_hours(6 * 24));
    assert!(is_invalid(&scene.refresh(&client, offline.refresh.as_ref().unwrap()).await), "after 180 days");
    let unused = scene.tokens(&client, "openid offline_access").await;
    scene.app.wait(Duration::from_hours(30 * 24));
    assert!(is_invalid(&scene.refresh(&client, unused.refresh.as_ref().unwrap()).await));
}

#[tokio::test]
async fn whatever_ends_the_access_ends_every_token() {
    let scene = Scene::new().await;
    let (client, other) = (scene.client("sistema").await, scene.client("otro").await);
    let over = async |issued: &Issued| {
        !scene.opens(&issued.access).await && is_invalid(&scene.refresh(&client, issued.refresh.as_ref().unwrap()).await)
    };
    let kept = scene.tokens(&other, "openid offline_access").await;
    let issued = scene.tokens(&client, "openid offline_access").await;
    scene.ends(async |tx, cx| grant::end_between(tx, cx, rut(RUT), &client.id).await.unwrap()).await;
    assert!(over(&issued).await && scene.opens(&kept.access).await);

    let issued = scene.tokens(&client, "openid offline_access").await;
    let code = scene.code(&client, "openid").await;
    scene.ends(async |tx, cx| grant::end_of_person(tx, cx, rut(RUT)).await.unwrap()).await;
    assert!(over(&issued).await && !scene.opens(&kept.access).await);
    assert!(is_invalid(&scene.exchange(&client, &code).await), "codes, too");

    let issued = scene.tokens(&client, "openid offline_access").await;
    scene.ends(async |tx, cx| grant::end_of_client(tx, cx, &client.id).await.unwrap()).await;
    assert!(over(&issued).await);

    let issued = scene.tokens(&client, "openid offline_access").await;
    let given_back = grant::revoke(&mut scene.app.cx(), &client, issued.access.expose()).await.unwrap();
    assert_eq!(given_back, Revoked::Done);
    assert!(!scene.opens(&issued.access).await, "an access token ends alone");
    let next = scene.refresh(&client, issued.refresh.as_ref().unwrap()).await.unwrap();
    grant::revoke(&mut scene.app.cx(), &client, next.refresh.as_ref().unwrap().expose()).await.unwrap();
    assert!(over(&next).await, "a refresh token with everything (RFC 7009 2.1)");
    assert_eq!(scene.app.events("grant_revoked").await, 2);
    assert_eq!(grant::revoke(&mut scene.app.cx(), &client, "nada").await.unwrap(), Revoked::Done);
}

#[tokio::test]
async fn a_session_takes_its_grants_with_it_but_not_what_was_to_outlive_it() {
    let scene = Scene::new().await;
    let told = Some("https://sistema.example/fin".to_owned());
    let client = scene.registered("sistema", Registration { backchannel_logout_uri: told, ..registration("sistema") }).await;
    let online = scene.tokens(&client, "openid").await;
    let offline = scene.tokens(&client, "openid offline_access").await;
    let messages = scene.app.messages().await;
    let other = Sid::random(&mut scene.app.cx().rng);
    scene.ends(async |tx, cx| grant::end_of_session(tx, cx, rut(RUT), other, EndedBy::LoggedOut).await.unwrap()).await;
    assert!(scene.opens(&online.access).await, "another session's end");
    scene.ends(async |tx, cx| grant::end_of_session(tx, cx, rut(RUT), scene.sid, EndedBy::LoggedOut).await.unwrap()).await;
    assert!(!scene.opens(&online.access).await);
    assert!(is_invalid(&scene.refresh(&client, online.refresh.as_ref().unwrap()).await));
    assert!(scene.opens(&offline.access).await);
    assert!(scene.refresh(&client, offline.refresh.as_ref().unwrap()).await.is_ok());
    assert_eq!(scene.app.messages().await, messages + 1, "the system is told once");
}

/// Somebody who logged in here, to a system that wants to hear of the end.
async fn logged_in() -> (Scene, Client) {
    let scene = Scene::new().await;
    let session = scene.app.enters(RUT, HERE, Device([1; 32])).await;
    let scene = Scene { sid: session.sid, ..scene };
    let told = Some("https://sistema.example/fin".to_owned());
    let client = scene.registered("sistema", Registration { backchannel_logout_uri: told, ..registration("sistema") }).await;
    (scene, client)
}

impl Scene {
    async fn is_in(&self) -> bool {
        session::current(&mut self.app.cx(), HERE).await.unwrap().is_some()
    }

    async fn sweeps(&self) -> usize {
        session::end_overdue(&mut Cx::of_system(Arc::clone(&self.app.clave))).await.unwrap()
    }

    /// Why the last session ended.
    async fn why(&self) -> String {
        let why = sql!("SELECT detail FROM audit WHERE event = 'session_ended' ORDER BY at DESC, seq DESC");
        self.app.clave.db.read().await.unwrap().all(why).await.unwrap()[0].get("detail").unwrap()
    }
}

#[tokio::test]
async fn a_system_that_refreshes_uses_the_session_until_its_absolute_end() {
    let (scene, client) = logged_in().await;
    let messages = scene.app.messages().await;
    let mut issued = scene.tokens(&client, "openid").await;
    for _ in 0..26 {
        scene.app.wait(Duration::from_mins(27));
        issued = scene.refresh(&client, issued.refresh.as_ref().unwrap()).await.unwrap();
        assert_eq!(scene.sweeps().await, 0, "the person is at work");
    }
    assert!(scene.is_in().await);
    scene.app.wait(Duration::from_mins(15));
    issued = scene.refresh(&client, issued.refresh.as_ref().unwrap()).await.unwrap();
    assert_eq!(issued.lifetime, Duration::from_mins(3), "as long as the session can last");
    scene.app.wait(Duration::from_mins(3));
    assert!(!scene.is_in().await && !scene.opens(&issued.access).await);
    assert!(is_invalid(&scene.refresh(&client, issued.refresh.as_ref().unwrap()).await));
    assert_eq!((scene.sweeps().await, scene.why().await.as_str()), (1, "time"));
    assert_eq!(scene.app.messages().await, messages + 1, "the system is told");
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_alone() {
    let (scene, client) = logged_in().await;
    let messages = scene.app.messages().await;
    let issued = scene.tokens(&client, "openid").await;
    let offline = scene.tokens(&client, "openid offline_access").await;
    scene.app.wait(Duration::from_mins(29));
    scene.refresh(&client, offline.refresh.as_ref().unwrap()).await.unwrap();
    scene.app.wait(Duration::from_mins(1));
    assert!(!scene.is_in().await, "what outlives the session does not use it");
    assert_eq!((scene.sweeps().await, scene.why().await.as_str()), (1, "idle"));
    assert_eq!(scene.app.messages().await, messages, "nobody left: the person may be at work in the system");
    let issued = scene.refresh(&client, issued.refresh.as_ref().unwrap()).await.unwrap();
    assert!(!scene.is_in().await, "it does not come back");
    scene.app.wait(Duration::from_hours(11) + Duration::from_mins(30));
    assert!(is_invalid(&scene.refresh(&client, issued.refresh.as_ref().unwrap()).await), "twelve hours after the key");
}

#[tokio::test]
async fn what_a_session_that_ended_alone_left_ends_with_all_others() {
    let (scene, client) = logged_in().await;
    let issued = scene.tokens(&client, "openid").await;
    scene.app.wait(Duration::from_mins(30));
    assert_eq!(scene.sweeps().await, 1);
    let here = scene.app.enters(RUT, HERE, Device([1; 32])).await;
    let scene = Scene { sid: here.sid, ..scene };
    let (kept, messages) = (scene.tokens(&client, "openid").await, scene.app.messages().await);
    account::end_others(&mut scene.app.cx(), &here, HERE).await.unwrap();
    assert!(is_invalid(&scene.refresh(&client, issued.refresh.as_ref().unwrap()).await));
    assert!(scene.opens(&kept.access).await);
    assert_eq!(scene.app.messages().await, messages + 1, "the system is told");
}

#[tokio::test]
async fn frozen_people_give_nothing_and_the_removed_get_nothing() {
    let scene = Scene::new().await;
    let (client, other) = (scene.client("sistema").await, scene.client("otro").await);
    let issued = scene.tokens(&client, "openid offline_access").await;
    let removed = scene.tokens(&other, "openid offline_access").await;
    client::remove(&mut scene.app.cx(), &other.id).await.unwrap();
    assert!(!scene.opens(&removed.access).await);
    let code = scene.code(&client, "openid").await;
    freeze::freeze_for_case(&mut scene.app.cx(), rut(RUT), None, Contacts::Keep).await.unwrap();
    assert!(!scene.opens(&issued.access).await);
    assert!(grant::look(&mut scene.app.cx(), &client, issued.access.expose()).await.unwrap().is_none());
    assert!(is_invalid(&scene.refresh(&client, issued.refresh.as_ref().unwrap()).await));
    assert!(is_invalid(&scene.exchange(&client, &code).await));
}

#[tokio::test]
async fn bound_tokens_need_their_key() {
    let scene = Scene::new().await;
    let (public, confidential) = (scene.public("telefono").await, scene.client("sistema").await);
    let challenge = Challenge::parse(CHALLENGE, Some("S256")).unwrap();
    let code = scene.code_for(&public, &Authorization { challenge: Some(challenge), ..request(&public, "openid") }).await;
    let shown_code = Code { verifier: Some(VERIFIER), ..shown(&code) };
    let issued = grant::code(&mut scene.app.cx(), &public, &shown_code, Some("llave")).await.unwrap();
    let token = issued.refresh.as_ref().unwrap().expose();
    for jkt in [None, Some("otra")] {
        assert!(is_invalid(&grant::refresh(&mut scene.app.cx(), &public, token, None, jkt).await));
    }
    assert!(grant::refresh(&mut scene.app.cx(), &public, token, None, Some("llave")).await.is_ok());
    let bearer = grant::bearer(&mut scene.app.cx(), issued.access.expose()).await.unwrap().unwrap();
    assert_eq!(bearer.jkt.as_deref(), Some("llave"));

    let code = scene.code(&confidential, "openid").await;
    let issued = grant::code(&mut scene.app.cx(), &confidential, &shown(&code), Some("llave")).await.unwrap();
    let token = issued.refresh.as_ref().unwrap().expose();
    let moved = grant::refresh(&mut scene.app.cx(), &confidential, token, None, Some("nueva")).await.unwrap();
    let bearer = grant::bearer(&mut scene.app.cx(), moved.access.expose()).await.unwrap().unwrap();
    assert_eq!(bearer.jkt.as_deref(), Some("nueva"), "who proves itself may change its key (RFC 9449 5)");
}

#[tokio::test]
async fn a_client_gets_a_token_of_its_own_that_opens_nobody() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let issued = grant::client_credentials(&mut scene.app.cx(), &client, None, None).await.unwrap();
    assert!(issued.refresh.is_none() && issued.login.is_none());
    let bearer = grant::bearer(&mut scene.app.cx(), issued.access.expose()).await.unwrap().unwrap();
    assert!(bearer.about.is_none() && bearer.scopes.is_empty());
    let email = Scopes::parse("email");
    let asked = grant::client_credentials(&mut scene.app.cx(), &client, Some(&email), None).await;
    assert!(matches!(asked, Err(Refused::Scope)));
}

#[tokio::test]
async fn systems_of_different_sectors_know_a_person_by_different_names() {
    let scene = Scene::new().await;
    let of = async |client: &Client| {
        let mut tx = scene.app.clave.db.begin().await.unwrap();
        let sub = subject::of(&mut tx, &mut scene.app.cx(), rut(RUT), client).await.unwrap();
        assert_eq!(subject::owner(&mut tx, client, &sub).await.unwrap(), Some(rut(RUT)));
        tx.commit().await.unwrap();
        sub
    };
    let one = scene.client("uno").await;
    let same = scene.client("dos").await;
    let far = scene.registered("tres", Registration { sector: Some("otro.example".to_owned()), ..registration("tres") }).await;
    let open = scene.registered("cuatro", Registration { public_subject: true, ..registration("cuatro") }).await;
    let open_too = scene
        .registered(
            "cinco",
            Registration {
                public_subject: true,
                redirect_uris: vec!["https://lejos.example/".to_owned()],
                ..registration("cinco")
            },
        )
        .await;
    assert_eq!(of(&one).await, of(&one).await, "it stays");
    assert_eq!(of(&one).await, of(&same).await, "one sector");
    assert_eq!(of(&open).await, of(&open_too).await, "public");
    let all = BTreeSet::from([of(&one).await, of(&far).await, of(&open).await]);
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|sub| !sub.contains("12345678")));
}

#[tokio::test]
async fn a_person_sees_which_systems_they_entered() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    scene.tokens(&client, "openid email").await;
    scene.app.wait(Duration::from_mins(1));
    scene.tokens(&client, "openid run offline_access").await;
    let mut tx = scene.app.clave.db.read().await.unwrap();
    let entered = grant::of_person(&mut tx, rut(RUT), scene.app.now()).await.unwrap();
    assert_eq!(entered.len(), 1);
    let system = &entered[0];
    assert_eq!((system.name.as_str(), system.offline), ("sistema", true));
    assert_eq!(system.scopes.to_string(), "openid email run offline_access");
    assert_eq!(system.since.until(system.last_used), Duration::from_mins(1));
    let clients = grant::clients_of_session(&mut tx, rut(RUT), scene.sid, scene.app.now()).await.unwrap();
    assert_eq!(clients, [client.id]);
}

#[tokio::test]
async fn a_thing_serves_once_for_who_made_it() {
    let app = TestClave::new().await;
    let until = app.now().plus(Duration::from_mins(1));
    let claim = async |kind: &str, issuer: &str, jti: &str| {
        let mut tx = app.clave.db.begin().await.unwrap();
        let first = once::claim(&mut tx, kind, issuer, jti, until).await.unwrap();
        tx.commit().await.unwrap();
        first
    };
    assert!(claim("dpop", "a", "bc").await && !claim("dpop", "a", "bc").await);
    assert!(claim("dpop", "ab", "c").await && claim("dpo", "pa", "bc").await && claim("dpop", "b", "bc").await);
    app.wait(Duration::from_hours(24) + Duration::from_mins(2));
    let swept = housekeeping::sweep(&app.clave.db, app.now()).await.unwrap();
    assert_eq!(swept.once, 4);
}

#[tokio::test]
async fn what_has_ended_is_swept_and_what_lives_stays() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let online = scene.tokens(&client, "openid").await;
    let offline = scene.tokens(&client, "openid offline_access").await;
    scene.app.wait(Duration::from_hours(40));
    let swept = housekeeping::sweep(&scene.app.clave.db, scene.app.now()).await.unwrap();
    assert_eq!((swept.codes, swept.tokens, swept.grants), (2, 3, 1), "both codes, both access tokens, the online refresh token");
    assert!(is_invalid(&scene.refresh(&client, online.refresh.as_ref().unwrap()).await));
    assert!(scene.refresh(&client, offline.refresh.as_ref().unwrap()).await.is_ok());
}

#[tokio::test]
async fn a_restored_database_revives_no_token() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let issued = scene.tokens(&client, "openid offline_access").await;
    let code = scene.code(&client, "openid").await;
    scene.app.wait(Duration::from_secs(1));
    epoch::begin(&mut scene.app.cx()).await.unwrap();
    assert!(!scene.opens(&issued.access).await);
    assert!(is_invalid(&scene.refresh(&client, issued.refresh.as_ref().unwrap()).await));
    assert!(is_invalid(&scene.exchange(&client, &code).await));
    let again = scene.tokens(&client, "openid").await;
    assert_eq!(again.login.unwrap().sub, issued.login.unwrap().sub, "people stay who they are");
}

#[tokio::test]
async fn nothing_that_opens_is_stored() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let issued = scene.tokens(&client, "openid offline_access").await;
    let mut tx = scene.app.clave.db.read().await.unwrap();
    let rows = tx.all(sql::sql!("SELECT id FROM token")).await.unwrap();
    let stored: Vec<[u8; 32]> = rows.iter().map(|row| row.get("id").unwrap()).collect();
    for token in [&issued.access, issued.refresh.as_ref().unwrap()] {
        assert_eq!(token.expose().len(), 43, "256 bits");
        assert!(stored.contains(&clave::vault::sha256(token.expose().as_bytes())));
    }
    drop(tx);
    if let Some(file) = scene.app.file() {
        let bytes =
            [std::fs::read(&file).unwrap(), std::fs::read(file.with_extension("sqlite-wal")).unwrap_or_default()].concat();
        for token in [&issued.access, issued.refresh.as_ref().unwrap()] {
            let text = token.expose().as_bytes();
            assert!(!bytes.windows(text.len()).any(|window| window == text));
        }
    }
}

const RUNNERS: usize = 8;

/// Shows the same thing to two nodes many times at once, and counts who got tokens.
async fn race<F>(scene: &Scene, run: impl Fn(Cx) -> F) -> Vec<Issued>
where
    F: Future<Output = Result<Issued, Refused>> + Send + 'static,
{
    let nodes: [Arc<Clave>; 2] = [scene.app.clave.clone(), scene.app.another_node().await];
    let mut tasks = JoinSet::new();
    for number in 0..RUNNERS {
        tasks.spawn(run(Cx::new(nodes[number % 2].clone(), None)));
    }
    tasks.join_all().await.into_iter().filter_map(Result::ok).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_show_one_code_one_wins_and_loses_what_it_won() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let code = scene.code(&client, "openid").await;
    let won = race(&scene, |mut cx| {
        let (client, code) = (client.clone(), code.clone());
        async move { grant::code(&mut cx, &client, &shown(&code), None).await }
    })
    .await;
    assert_eq!(won.len(), 1);
    assert!(!scene.opens(&won[0].access).await);
    assert_eq!((scene.app.events("tokens_issued").await, scene.app.events("code_reused").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_show_one_refresh_token_one_wins_and_loses_what_it_won() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let issued = scene.tokens(&client, "openid offline_access").await;
    let won = race(&scene, |mut cx| {
        let (client, token) = (client.clone(), issued.refresh.clone().unwrap());
        async move { grant::refresh(&mut cx, &client, token.expose(), None, None).await }
    })
    .await;
    assert_eq!(won.len(), 1);
    assert!(!scene.opens(&won[0].access).await && !scene.opens(&issued.access).await);
    assert_eq!(scene.app.events("refresh_reused").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_first_names_one_stays() {
    let scene = Scene::new().await;
    let client = scene.client("sistema").await;
    let nodes: [Arc<Clave>; 2] = [scene.app.clave.clone(), scene.app.another_node().await];
    let mut tasks = JoinSet::new();
    for number in 0..RUNNERS {
        let (client, mut cx) = (client.clone(), Cx::new(nodes[number % 2].clone(), None));
        tasks.spawn(async move {
            let clave = Arc::clone(&cx.clave);
            let mut tx = clave.db.begin().await.unwrap();
            let sub = subject::of(&mut tx, &mut cx, rut(RUT), &client).await.unwrap();
            tx.commit().await.unwrap();
            sub
        });
    }
    let names: BTreeSet<String> = tasks.join_all().await.into_iter().collect();
    assert_eq!(names.len(), 1);
}

#[test]
fn strengths_read_back() {
    for acr in Acr::ALL {
        assert_eq!(Acr::parse(acr.as_str()), Some(acr));
    }
    assert_eq!(Acr::parse("urn:clavero:acr"), None);
}
