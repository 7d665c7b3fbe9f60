//! «Mi cuenta»: what a person sees and ends, and that nobody sees or ends another's.

use std::{collections::BTreeSet, net::IpAddr, sync::Arc, time::Duration};

use clave::{
    Cx, account,
    client::{self, ClientId, Registration},
    consent,
    device::Device,
    flow::Browser,
    history::{Actor, PAGE},
    login::{self, Entrance, Outcome},
    person::{self, Language},
    session::{self, Agent, Session, Sid},
    update_data::{self, Refused, Stage},
};
use oidc::Scopes;
use rand::RngExt as _;

use crate::{
    people::{KEY, RUT, STRANGER, attempt, rut, secret},
    support::TestClave,
};

const HERE: Browser = Browser([11; 32]);
const THERE: Browser = Browser([12; 32]);
const HOME: Device = Device([1; 32]);
const PHONE: Device = Device([2; 32]);
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";

impl TestClave {
    /// Logs in and gives the session.
    pub async fn enters(&self, number: &str, into: Browser, device: Device) -> Session {
        let mut cx = Cx::new(Arc::clone(&self.clave), Some(IpAddr::from([203, 0, 113, 77])));
        let from = Browser(cx.rng.random());
        let attempt = clave::attempt::Attempt { browser: from, device, ..attempt(&mut cx) };
        let entrance = Entrance { browser: into, agent: Agent::read(FIREFOX) };
        let token = login::log_in(&mut cx, &attempt, rut(number), &secret(KEY), entrance).await.unwrap();
        assert_eq!(login::outcome(&cx, from, &token).await.unwrap(), Some(Outcome::In));
        session::current(&mut self.cx(), into).await.unwrap().unwrap()
    }

    /// Logs in with a cookie that a session may have.
    async fn goes_on(&self, number: &str, from: Browser, into: Browser) {
        let mut cx = self.cx();
        let attempt = clave::attempt::Attempt { browser: from, device: PHONE, ..attempt(&mut cx) };
        let entrance = Entrance { browser: into, agent: Agent::read(FIREFOX) };
        login::log_in(&mut cx, &attempt, rut(number), &secret(KEY), entrance).await.unwrap();
    }

    async fn lives(&self, browser: Browser) -> bool {
        session::current(&mut self.cx(), browser).await.unwrap().is_some()
    }

    async fn consents(&self, number: &str, client: &str) -> ClientId {
        let (mut cx, id) = (self.cx(), ClientId::parse(client).unwrap());
        let known = client::find(&mut self.clave.db.read().await.unwrap(), &id).await.unwrap();
        if known.is_none() {
            let registration = Registration {
                name: format!("Sistema {client}"),
                redirect_uris: vec!["https://sistema.example/volver".to_owned()],
                scopes: "openid email".to_owned(),
                ..Registration::default()
            };
            client::add(&mut cx, &id, registration, None, None).await.unwrap();
        }
        let mut tx = self.clave.db.begin().await.unwrap();
        consent::give(&mut tx, &cx, rut(number), &id, &Scopes::parse("openid email"), &BTreeSet::new()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn activity(&self, session: &Session) -> Vec<String> {
        let listed = account::activity(&self.cx(), session, 1).await.unwrap();
        listed.past.into_iter().map(|past| past.event).collect()
    }
}

#[tokio::test]
async fn a_person_ends_one_session_or_all_others_and_never_this_one() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let here = app.enters(RUT, HERE, HOME).await;
    let there = app.enters(RUT, THERE, PHONE).await;
    assert!(!account::end_session(&mut app.cx(), &here, HERE, here.sid).await.unwrap());
    assert!(account::end_session(&mut app.cx(), &here, HERE, there.sid).await.unwrap());
    assert!(!account::end_session(&mut app.cx(), &here, HERE, there.sid).await.unwrap(), "a second click does nothing");
    assert!(app.lives(HERE).await && !app.lives(THERE).await);
    app.enters(RUT, THERE, PHONE).await;
    assert_eq!(account::end_others(&mut app.cx(), &here, HERE).await.unwrap(), 1);
    assert_eq!(account::end_others(&mut app.cx(), &here, HERE).await.unwrap(), 0);
    assert!(app.lives(HERE).await && !app.lives(THERE).await);
    assert_eq!(app.events("session_ended").await, 2);
}

#[tokio::test]
async fn names_of_anothers_sessions_devices_and_systems_do_nothing() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.registers(STRANGER).await;
    let (mine, theirs) = (app.enters(RUT, HERE, HOME).await, app.enters(STRANGER, THERE, PHONE).await);
    let system = app.consents(STRANGER, "cursos").await;
    let mut cx = app.cx();
    assert!(!account::end_session(&mut cx, &mine, HERE, theirs.sid).await.unwrap());
    let unknown = Sid::random(&mut cx.rng);
    assert!(!account::end_session(&mut cx, &mine, HERE, unknown).await.unwrap());
    assert_eq!(account::end_others(&mut cx, &mine, HERE).await.unwrap(), 0);
    assert!(!account::forget_device(&mut cx, &mine, HERE, &PHONE.name()).await.unwrap());
    assert!(!account::disconnect(&mut cx, &mine, &system).await.unwrap());
    assert!(app.lives(THERE).await);
    assert_eq!(account::devices(&cx, &theirs).await.unwrap().len(), 1);
    assert_eq!(account::systems(&cx, &theirs).await.unwrap().len(), 1);
    assert!(account::systems(&cx, &mine).await.unwrap().is_empty());
    for event in ["session_ended", "device_forgotten", "consent_withdrawn"] {
        assert_eq!(app.events(event).await, 0, "{event}");
    }
}

#[tokio::test]
async fn a_forgotten_device_is_a_new_one_and_its_sessions_end() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let here = app.enters(RUT, HERE, HOME).await;
    app.enters(RUT, THERE, PHONE).await;
    let known = account::devices(&app.cx(), &here).await.unwrap();
    assert_eq!(known.iter().map(|known| known.agent.as_str()).collect::<Vec<_>>(), ["Firefox · Linux"; 2]);
    let phone = known.iter().find(|known| known.device == PHONE).unwrap().device.name();
    assert_ne!(phone, clave::vault::hex(&PHONE.0), "what the database has is not shown");
    assert!(account::forget_device(&mut app.cx(), &here, HERE, &phone).await.unwrap());
    assert!(!account::forget_device(&mut app.cx(), &here, HERE, &phone).await.unwrap());
    assert!(!app.lives(THERE).await && app.lives(HERE).await);
    assert!(account::forget_device(&mut app.cx(), &here, HERE, &HOME.name()).await.unwrap());
    assert!(app.lives(HERE).await, "this session goes on");
    assert!(account::devices(&app.cx(), &here).await.unwrap().is_empty());
    let mut tx = app.clave.db.read().await.unwrap();
    assert_eq!(PHONE.known(&mut tx, rut(RUT), app.now()).await.unwrap(), None);
}

#[tokio::test]
async fn a_disconnected_system_is_asked_about_again() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let here = app.enters(RUT, HERE, HOME).await;
    let (courses, jobs) = (app.consents(RUT, "cursos").await, app.consents(RUT, "empleo").await);
    let systems = account::systems(&app.cx(), &here).await.unwrap();
    assert_eq!(systems.iter().map(|system| system.name.as_str()).collect::<Vec<_>>(), ["Sistema cursos", "Sistema empleo"]);
    assert_eq!(systems[0].scopes.to_string(), "openid email");
    assert!(account::disconnect(&mut app.cx(), &here, &courses).await.unwrap());
    assert!(!account::disconnect(&mut app.cx(), &here, &courses).await.unwrap());
    let mut tx = app.clave.db.read().await.unwrap();
    assert_eq!(consent::given(&mut tx, rut(RUT), &courses).await.unwrap(), None);
    assert!(consent::given(&mut tx, rut(RUT), &jobs).await.unwrap().is_some());
    drop(tx);
    assert_eq!(app.events("consent_withdrawn").await, 1);
}

#[tokio::test]
async fn the_language_of_messages_stays_and_is_recorded_once() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let here = app.enters(RUT, HERE, HOME).await;
    for _ in 0..2 {
        account::set_language(&mut app.cx(), &here, Language::Kreyol).await.unwrap();
    }
    let person = person::find(&mut app.clave.db.read().await.unwrap(), &app.clave.vault, rut(RUT)).await.unwrap().unwrap();
    assert_eq!(person.language, Language::Kreyol);
    assert_eq!(app.events("language_changed").await, 1);
}

#[tokio::test]
async fn the_history_is_ones_own_newest_first_since_the_registration() {
    let app = TestClave::new().await;
    // Somebody tried the RUT before it was an account.
    let before = app.recovers(RUT, "no lo sé").await;
    assert!(before.is_err() && app.events("recovery_refused").await == 1);
    app.wait(Duration::from_mins(5));
    app.registers(RUT).await;
    app.registers(STRANGER).await;
    app.wait(Duration::from_mins(5));
    let here = app.enters(RUT, HERE, HOME).await;
    app.enters(STRANGER, THERE, PHONE).await;
    assert_eq!(app.activity(&here).await, ["logged_in", "registered"]);
    let newest = account::activity(&app.cx(), &here, 1).await.unwrap().past.remove(0);
    assert_eq!((newest.at, newest.actor), (app.now(), Actor::Visitor));
    assert_eq!(newest.network.as_deref(), Some("203.0.113.x"), "never the whole address");
}

#[tokio::test]
async fn a_long_history_comes_in_pages() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let here = app.enters(RUT, HERE, HOME).await;
    for turn in 0..PAGE {
        app.wait(Duration::from_secs(1));
        let language = Language::ALL[usize::try_from(turn % 2).unwrap() + 1];
        account::set_language(&mut app.cx(), &here, language).await.unwrap();
    }
    let page = async |number| account::activity(&app.cx(), &here, number).await.unwrap();
    let (first, second, third) = (page(1).await, page(2).await, page(3).await);
    assert_eq!((first.past.len(), first.more), (usize::try_from(PAGE).unwrap(), true));
    assert!(first.past.is_sorted_by(|newer, older| newer.at >= older.at));
    let rest: Vec<_> = second.past.iter().map(|past| past.event.as_str()).collect();
    assert_eq!((rest, second.more), (vec!["logged_in", "registered"], false));
    assert_eq!((third.past.len(), third.more), (0, false));
    assert_eq!(page(0).await, first);
    assert!(page(u32::MAX).await.past.is_empty());
}

async fn opens_update(app: &TestClave, cx: &mut Cx, session: &Session, typed: Option<&str>) -> Result<bool, Refused> {
    let attempt = clave::attempt::Attempt { browser: HERE, ..attempt(cx) };
    let typed = typed.map(secret);
    let token = update_data::identify_by_session(cx, &attempt, session, typed.as_ref()).await?;
    assert_eq!(update_data::stage(cx, THERE, &token).await.unwrap(), None, "it is this browser's");
    let stage = update_data::stage(&app.cx(), HERE, &token).await.unwrap();
    Ok(matches!(stage, Some(Stage::Edit(panel)) if panel.rut == session.rut))
}

#[tokio::test]
async fn a_young_login_or_the_key_opens_the_change_of_data() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let here = app.enters(RUT, HERE, HOME).await;
    assert!(opens_update(&app, &mut app.cx(), &here, None).await.unwrap());
    app.wait(update_data::FRESH);
    let session = session::current(&mut app.cx(), HERE).await.unwrap().unwrap();
    assert!(matches!(opens_update(&app, &mut app.cx(), &session, None).await, Err(Refused::NoMatch)));
    assert!(matches!(opens_update(&app, &mut app.cx(), &session, Some("otra-cosa9")).await, Err(Refused::NoMatch)));
    assert_eq!(app.events("update_refused").await, 1);
    assert!(opens_update(&app, &mut app.cx(), &session, Some(KEY)).await.unwrap());
}

#[tokio::test]
async fn an_ended_session_opens_no_change_of_data_and_takes_an_open_one_along() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let here = app.enters(RUT, HERE, HOME).await;
    let there = app.enters(RUT, THERE, PHONE).await;
    let mut cx = app.cx();
    let attempt = clave::attempt::Attempt { browser: THERE, ..attempt(&mut cx) };
    let token = update_data::identify_by_session(&mut cx, &attempt, &there, None).await.unwrap();
    assert!(update_data::stage(&cx, THERE, &token).await.unwrap().is_some());
    account::end_session(&mut app.cx(), &here, HERE, there.sid).await.unwrap();
    assert_eq!(update_data::stage(&app.cx(), THERE, &token).await.unwrap(), None);
    assert!(matches!(opens_update(&app, &mut app.cx(), &there, None).await, Err(Refused::Over)));
    assert!(opens_update(&app, &mut app.cx(), &here, None).await.unwrap());
}

#[tokio::test]
async fn an_open_change_of_data_ends_with_the_session_that_opened_it_and_with_the_key() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    for end in ["log_out", "key", "login", "somebody_else"] {
        let there = app.enters(RUT, THERE, PHONE).await;
        let mut cx = app.cx();
        let attempt = clave::attempt::Attempt { browser: THERE, ..attempt(&mut cx) };
        let token = update_data::identify_by_session(&mut cx, &attempt, &there, None).await.unwrap();
        assert!(update_data::stage(&cx, THERE, &token).await.unwrap().is_some());
        match end {
            "log_out" => login::log_out(&mut cx, THERE).await.unwrap(),
            // With the cookie it had, into another one.
            "login" => app.goes_on(RUT, THERE, HERE).await,
            "somebody_else" => {
                app.registers(STRANGER).await;
                app.goes_on(STRANGER, THERE, HERE).await;
            }
            _ => {
                app.changes_key(RUT, KEY, "carrera-77").await.unwrap();
                app.changes_key(RUT, "carrera-77", KEY).await.unwrap();
            }
        }
        assert_eq!(update_data::stage(&app.cx(), THERE, &token).await.unwrap(), None, "{end}");
        for browser in [HERE, THERE] {
            login::log_out(&mut app.cx(), browser).await.unwrap();
        }
    }
}
