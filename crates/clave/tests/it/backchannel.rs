//! Back-channel logout: who is told, what, how often.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use clave::{
    account, backchannel,
    client::{self, Client, ClientId, Registration},
    delivery::Transports,
    device::Device,
    flow::Browser,
    freeze::{self, Contacts},
    grant::{self, Acr, NewGrant},
    person,
    session::Session,
    settings::{Backchannel, Settings},
    signing, subject,
    worker::{Round, Worker},
};
use oidc::{Scopes, claims_request::ClaimsRequest, jwk::Algorithm, request::Authorization};
use sql::sql;

use crate::{
    http::{Answers, System},
    people::{RUT, STRANGER, rut},
    support::{ISSUER, PlainWords, TestClave},
};

const HERE: Browser = Browser([11; 32]);
const THERE: Browser = Browser([12; 32]);
const HOME: Device = Device([1; 32]);
const BACK: &str = "https://sistema.example/volver";

/// People who are logged in, and systems on this machine that they enter.
struct Scene {
    app: TestClave,
    here: Session,
}

impl Scene {
    async fn new() -> Self {
        let mut settings = Settings::default();
        settings.oidc.backchannel = Backchannel::Loopback;
        let app = TestClave::with(settings).await;
        signing::begin(&mut app.cx()).await.unwrap();
        app.registers(RUT).await;
        let here = app.enters(RUT, HERE, HOME).await;
        Self { app, here }
    }

    async fn client(&self, id: &str, logout: Option<String>) -> Client {
        let registration = Registration {
            name: id.to_owned(),
            redirect_uris: vec![BACK.to_owned()],
            backchannel_logout_uri: logout,
            scopes: "openid offline_access".to_owned(),
            id_token_alg: if id == "rsa" { Algorithm::Rs256 } else { Algorithm::Es256 },
            ..Registration::default()
        };
        let id = ClientId::parse(id).unwrap();
        client::add(&mut self.app.cx(), &id, registration, None, None).await.unwrap();
        client::find(&mut self.app.clave.db.read().await.unwrap(), &id).await.unwrap().unwrap()
    }

    /// The person enters a system in the session.
    async fn enters(&self, client: &Client, session: &Session, scopes: &str) {
        let (mut cx, clave) = (self.app.cx(), Arc::clone(&self.app.clave));
        let request = Authorization {
            client_id: client.id.to_string(),
            redirect_uri: BACK.to_owned(),
            scopes: Scopes::parse(scopes),
            state: None,
            nonce: None,
            challenge: None,
            prompt: BTreeSet::new(),
            max_age: None,
            acr_values: Vec::new(),
            claims: ClaimsRequest::default(),
            login_hint: None,
            ui_locales: Vec::new(),
            id_token_hint: None,
            dpop_jkt: None,
        };
        let mut tx = clave.db.begin().await.unwrap();
        person::take(&mut tx, &clave.vault, session.rut, cx.now).await.unwrap();
        let (sid, authenticated_at) = (session.sid, session.authenticated_at);
        let new = NewGrant { client, rut: session.rut, sid, request: &request, authenticated_at, acr: Acr::KeyDeclared };
        grant::issue_code(&mut tx, &mut cx, &new).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn ends_the_other(&self, other: &Session) {
        assert!(account::end_session(&mut self.app.cx(), &self.here, HERE, other.sid).await.unwrap());
    }

    async fn works(&self) -> Round {
        // Only logouts are looked at here: letters go to a folder of their own.
        let transports: Transports = self.app.files();
        let worker = Worker::new(Arc::clone(&self.app.clave), Arc::new(PlainWords::default()), transports);
        let before = self.waiting().await;
        let round = worker.work_once(self.app.now()).await.unwrap();
        assert!(self.waiting().await <= before);
        round
    }

    async fn waiting(&self) -> i64 {
        let waiting = sql!("SELECT COUNT(*) AS n FROM outbox WHERE channel = 'backchannel' AND state = 'waiting'");
        self.app.clave.db.read().await.unwrap().one(waiting).await.unwrap().unwrap().get("n").unwrap()
    }

    /// State, tries, problem and whether the body is still there.
    async fn row(&self) -> (String, i64, Option<String>, bool) {
        let row = sql!("SELECT state, tries, problem, body FROM outbox WHERE channel = 'backchannel'");
        let row = self.app.clave.db.read().await.unwrap().one(row).await.unwrap().unwrap();
        let body: Option<Vec<u8>> = row.get("body").unwrap();
        (row.get("state").unwrap(), row.get("tries").unwrap(), row.get("problem").unwrap(), body.is_some())
    }
}

/// Header and claims of the token in a request, its signature not looked at.
fn token(told: &str) -> (serde_json::Value, serde_json::Value) {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    let (_, body) = told.split_once("\r\n\r\n").unwrap();
    let token = body.strip_prefix("logout_token=").unwrap();
    assert!(!token.contains('&'), "nothing but the token is sent: {body}");
    let mut parts = token.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap());
    let (header, claims, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    assert!(signature.len() >= 64 && parts.next().is_none());
    (serde_json::from_slice(&header).unwrap(), serde_json::from_slice(&claims).unwrap())
}

#[tokio::test]
async fn the_token_says_who_left_and_nothing_more() {
    let scene = Scene::new().await;
    for (id, alg) in [("ec", "ES256"), ("rsa", "RS256")] {
        let system = System::answering(&["200 OK"]).await;
        let client = scene.client(id, Some(system.at("/salida?de=cs"))).await;
        let there = scene.app.enters(RUT, THERE, HOME).await;
        scene.enters(&client, &there, "openid").await;
        scene.ends_the_other(&there).await;
        scene.works().await;
        let told = system.told();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("POST /salida?de=cs HTTP/1.1\r\n"), "{}", told[0]);
        let (header, claims) = token(&told[0]);
        assert_eq!((&header["typ"], &header["alg"]), (&"logout+jwt".into(), &alg.into()));
        assert!(header["kid"].is_string());
        let mut cx = scene.app.cx();
        let mut tx = scene.app.clave.db.begin().await.unwrap();
        let sub = subject::of(&mut tx, &mut cx, rut(RUT), &client).await.unwrap();
        let now = scene.app.now().micros() / 1_000_000;
        let jti = claims["jti"].as_str().unwrap().to_owned();
        assert!(jti.len() == 32 && !jti.contains("12345678"));
        let wanted = serde_json::json!({
            "iss": ISSUER, "aud": id, "sub": sub, "sid": there.sid.told_to(&scene.app.clave.vault, &client.id).unwrap(), "iat": now, "exp": now + 120, "jti": jti,
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        assert_eq!(claims, wanted, "no nonce, no RUT, nothing about the person");
    }
}

#[tokio::test]
async fn who_entered_in_the_session_and_wants_to_hear_is_told_once() {
    let scene = Scene::new().await;
    let (hears, offline) = (System::answering(&["200 OK"]).await, System::answering(&["204 No Content"]).await);
    let (elsewhere, strangers) = (System::answering(&["200 OK"]).await, System::answering(&["200 OK"]).await);
    let there = scene.app.enters(RUT, THERE, HOME).await;
    let twice = scene.client("dos", Some(hears.at("/"))).await;
    scene.enters(&twice, &there, "openid").await;
    scene.enters(&twice, &there, "openid").await;
    scene.enters(&scene.client("lejos", Some(offline.at("/"))).await, &there, "openid offline_access").await;
    scene.enters(&scene.client("mudo", None).await, &there, "openid").await;
    scene.enters(&scene.client("aqui", Some(elsewhere.at("/"))).await, &scene.here, "openid").await;
    scene.app.registers(STRANGER).await;
    let theirs = scene.app.enters(STRANGER, Browser([13; 32]), HOME).await;
    scene.enters(&scene.client("ajeno", Some(strangers.at("/"))).await, &theirs, "openid").await;
    // What the systems got has run out; their own sessions have not.
    scene.app.wait(Duration::from_mins(25));
    scene.ends_the_other(&there).await;
    assert_eq!(scene.waiting().await, 2);
    scene.works().await;
    scene.works().await;
    assert_eq!((hears.told().len(), offline.told().len()), (1, 1));
    assert!(elsewhere.told().is_empty() && strangers.told().is_empty());
}

#[tokio::test]
async fn a_system_that_is_down_is_told_again_with_a_fresh_token_and_the_same_jti() {
    let scene = Scene::new().await;
    let system = System::answering(&["503 Service Unavailable", "500 Internal Server Error", "200 OK"]).await;
    let there = scene.app.enters(RUT, THERE, HOME).await;
    scene.enters(&scene.client("cursos", Some(system.at("/"))).await, &there, "openid").await;
    scene.ends_the_other(&there).await;
    scene.works().await;
    assert_eq!(scene.row().await, ("waiting".to_owned(), 1, Some("http: status 503".to_owned()), true));
    scene.works().await;
    assert_eq!(system.told().len(), 1, "not at once");
    for _ in 0..2 {
        scene.app.wait(Duration::from_mins(2));
        scene.works().await;
    }
    assert_eq!(scene.row().await, ("sent".to_owned(), 3, None, false));
    let claims: Vec<_> = system.told().iter().map(|told| token(told).1).collect();
    assert!(claims.iter().all(|each| each["jti"] == claims[0]["jti"]));
    assert_eq!(claims[2]["iat"].as_i64().unwrap() - claims[0]["iat"].as_i64().unwrap(), 240);
}

#[tokio::test]
async fn a_refusal_is_final_and_an_hour_of_silence_the_end() {
    let scene = Scene::new().await;
    let refuses = System::answering(&["400 Bad Request"]).await;
    let there = scene.app.enters(RUT, THERE, HOME).await;
    scene.enters(&scene.client("niega", Some(refuses.at("/"))).await, &there, "openid").await;
    scene.ends_the_other(&there).await;
    scene.works().await;
    assert_eq!(scene.row().await, ("failed".to_owned(), 1, Some("http: the system refused it (400)".to_owned()), false));

    let scene = Scene::new().await;
    let down = System::answering(&["503 Service Unavailable"]).await;
    let there = scene.app.enters(RUT, THERE, HOME).await;
    scene.enters(&scene.client("caido", Some(down.at("/"))).await, &there, "openid").await;
    scene.ends_the_other(&there).await;
    scene.works().await;
    scene.app.wait(backchannel::DEADLINE);
    scene.works().await;
    let (state, tries, _, body) = scene.row().await;
    assert_eq!((state.as_str(), tries, body), ("failed", 1, false));
}

#[tokio::test]
async fn a_system_that_hangs_holds_up_nobody() {
    let scene = Scene::new().await;
    let (hangs, hears) = (System::start(Answers::Never).await, System::answering(&["200 OK"]).await);
    let there = scene.app.enters(RUT, THERE, HOME).await;
    scene.enters(&scene.client("cuelga", Some(hangs.at("/"))).await, &there, "openid").await;
    scene.enters(&scene.client("oye", Some(hears.at("/"))).await, &there, "openid").await;
    scene.ends_the_other(&there).await;
    let round = scene.works().await;
    assert_eq!((hears.told().len(), hangs.told().len(), round.put_off), (1, 1, 1));
    assert_eq!(scene.waiting().await, 1);
}

#[tokio::test]
async fn a_system_that_was_removed_is_told_nothing() {
    let scene = Scene::new().await;
    let system = System::answering(&["200 OK"]).await;
    let there = scene.app.enters(RUT, THERE, HOME).await;
    let client = scene.client("cursos", Some(system.at("/"))).await;
    scene.enters(&client, &there, "openid").await;
    scene.ends_the_other(&there).await;
    client::remove(&mut scene.app.cx(), &client.id).await.unwrap();
    scene.works().await;
    assert!(system.told().is_empty());
    assert_eq!(scene.row().await.0, "failed");
}

#[tokio::test]
async fn every_end_of_a_session_is_told() {
    let scene = Scene::new().await;
    let system = System::answering(&["200 OK"]).await;
    let client = scene.client("cursos", Some(system.at("/"))).await;
    scene.enters(&client, &scene.here, "openid").await;
    let there = scene.app.enters(RUT, THERE, HOME).await;
    scene.enters(&client, &there, "openid").await;
    freeze::freeze_for_case(&mut scene.app.cx(), rut(RUT), None, Contacts::Keep).await.unwrap();
    scene.works().await;
    let mut sids: Vec<_> = system.told().iter().map(|told| token(told).1["sid"].as_str().unwrap().to_owned()).collect();
    sids.sort();
    let mut wanted = [scene.here.sid, there.sid].map(|sid| sid.told_to(&scene.app.clave.vault, &client.id).unwrap()).to_vec();
    wanted.sort();
    assert_eq!(sids, wanted);
}
