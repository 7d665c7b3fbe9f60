//! Logging in, and everything that ends a session.

use std::{net::IpAddr, sync::Arc, time::Duration};

use clave::{
    Cx,
    attempt::{Attempt, Human, Refused as AttemptRefused, Solution},
    challenge::{self, Level, Ticket},
    device::Device,
    epoch,
    flow::Browser,
    freeze::{self, Contacts},
    login::{self, Entrance, Outcome, Refused},
    minimum::Datum,
    outbox::{Message, Process},
    session::{self, Agent, EndedBy, Session},
    settings::{Captcha, Settings},
    work::Work,
};
use sql::sql;
use tokio::task::JoinSet;

use crate::{
    people::{BROWSER, KEY, RUT, STRANGER, UNKNOWN, attempt, rut, secret},
    support::TestClave,
};

const INTO: Browser = Browser([8; 32]);
const OTHER: Browser = Browser([9; 32]);
const HOME: Device = Device([1; 32]);

fn entrance(browser: Browser) -> Entrance {
    Entrance { browser, agent: Agent::read("Mozilla/5.0 (Android 15; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0") }
}

fn on(device: Device, cx: &mut Cx) -> Attempt {
    Attempt { device, human: Human::NotYetAsked(Process::LogIn), ..attempt(cx) }
}

async fn asks_captcha(cx: &Cx, rut: Option<rut::Rut>, device: Device) -> bool {
    challenge::wanted(cx, Process::LogIn, rut, device).await.unwrap().asked
}

impl TestClave {
    /// Logs in, from one browser into its new cookie.
    async fn logs_in(&self, number: &str, key: &str, from: Browser, into: Browser, device: Device) -> Result<Outcome, Refused> {
        let mut cx = self.cx();
        let attempt = Attempt { browser: from, ..on(device, &mut cx) };
        let token = login::log_in(&mut cx, &attempt, rut(number), &secret(key), entrance(into)).await?;
        Ok(login::outcome(&cx, from, &token).await.unwrap().unwrap())
    }

    async fn is_in(&self, browser: Browser) -> Option<Session> {
        session::current(&mut self.cx(), browser).await.unwrap()
    }

    async fn new_device_notices(&self) -> usize {
        self.letters().await.iter().filter(|letter| matches!(letter.message, Message::NewDevice { .. })).count()
    }

    async fn why_sessions_ended(&self) -> Vec<Option<String>> {
        let mut tx = self.clave.db.read().await.unwrap();
        let rows = tx
            .all(sql!("SELECT event, detail FROM audit WHERE event IN ('session_ended', 'logged_out') ORDER BY at, seq"))
            .await
            .unwrap();
        rows.iter().map(|row| row.get("detail").unwrap()).collect()
    }
}

#[tokio::test]
async fn the_key_opens_a_session_under_a_new_cookie() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    assert_eq!(app.logs_in(RUT, KEY, BROWSER, INTO, HOME).await.unwrap(), Outcome::In);
    assert!(app.is_in(BROWSER).await.is_none(), "whoever planted the former cookie is not logged in with it");
    let session = app.is_in(INTO).await.unwrap();
    assert_eq!((session.rut, session.device, session.agent.as_str()), (rut(RUT), HOME, "Firefox · Android"));
    assert_eq!((session.authenticated_at, session.made_at, session.network), (app.now(), app.now(), None));
    assert_eq!(app.events("logged_in").await, 1);
    let mut tx = app.clave.db.read().await.unwrap();
    assert_eq!(session::of_person(&mut tx, rut(RUT), app.now()).await.unwrap().len(), 1);
    assert!(session::find(&mut tx, rut(STRANGER), session.sid, app.now()).await.unwrap().is_none());
    assert_eq!(session::Sid::parse(&session.sid.hex()), Some(session.sid));
}

#[tokio::test]
async fn a_wrong_key_an_unknown_rut_and_a_frozen_account_are_refused_alike() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    assert!(matches!(app.logs_in(RUT, "otra-cosa9", BROWSER, INTO, HOME).await, Err(Refused::WrongKey)));
    assert!(matches!(app.logs_in(STRANGER, KEY, BROWSER, INTO, HOME).await, Err(Refused::WrongKey)));
    freeze::freeze_for_case(&mut app.cx(), rut(RUT), None, Contacts::Keep).await.unwrap();
    assert!(matches!(app.logs_in(RUT, KEY, BROWSER, INTO, HOME).await, Err(Refused::WrongKey)));
    assert_eq!(app.events("login_refused").await, 3);
    assert!(app.is_in(INTO).await.is_none() && app.is_in(BROWSER).await.is_none());
}

#[tokio::test]
async fn a_provisional_key_logs_nobody_in_and_is_not_used_up_by_trying() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    for _ in 0..6 {
        assert_eq!(app.logs_in(RUT, &key, BROWSER, INTO, HOME).await.unwrap(), Outcome::Provisional);
    }
    assert!(app.is_in(INTO).await.is_none());
    app.changes_key(RUT, &key, "carrera-77").await.unwrap();
    assert_eq!(app.logs_in(RUT, "carrera-77", BROWSER, INTO, HOME).await.unwrap(), Outcome::In);
}

#[tokio::test]
async fn five_wrong_keys_at_the_login_kill_a_provisional_key_and_right_ones_none() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    for number in 0..6 {
        assert_eq!(app.logs_in(RUT, KEY, BROWSER, Browser([20 + number; 32]), HOME).await.unwrap(), Outcome::In);
    }
    assert_eq!(app.logs_in(RUT, &key, BROWSER, INTO, HOME).await.unwrap(), Outcome::Provisional);
    for _ in 0..3 {
        assert!(app.logs_in(RUT, "otra-cosa9", BROWSER, INTO, HOME).await.is_err());
    }
    let mut cx = app.cx();
    for _ in 0..2 {
        let form = attempt(&mut cx);
        assert!(login::log_in(&mut cx, &form, rut(RUT), &secret("otra-cosa9"), entrance(INTO)).await.is_err());
    }
    let form = attempt(&mut cx);
    assert!(matches!(login::log_in(&mut cx, &form, rut(RUT), &secret(&key), entrance(INTO)).await, Err(Refused::WrongKey)));
}

#[tokio::test]
async fn missing_data_interrupt_after_the_proof_and_never_before() {
    let mut settings = Settings::default();
    settings.minimum_data.push(Datum::Mobile);
    let app = TestClave::with(settings).await;
    app.registers(RUT).await;
    {
        let mut tx = app.clave.db.begin().await.unwrap();
        let mut person = clave::person::find(&mut tx, &app.clave.vault, rut(RUT)).await.unwrap().unwrap();
        person.details.phone = None;
        clave::person::save_details(&mut tx, &app.clave.vault, &person, &mut rand::make_rng()).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert!(matches!(app.logs_in(RUT, "otra-cosa9", BROWSER, INTO, HOME).await, Err(Refused::WrongKey)));
    let outcome = app.logs_in(RUT, KEY, BROWSER, INTO, HOME).await.unwrap();
    assert_eq!(outcome, Outcome::Interrupted { missing: vec![Datum::Mobile] });
    assert!(app.is_in(INTO).await.is_none());
    assert_eq!(app.events("login_interrupted").await, 1);
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_at_its_absolute_end() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.logs_in(RUT, KEY, BROWSER, INTO, HOME).await.unwrap();
    for _ in 0..26 {
        app.wait(Duration::from_mins(27));
        assert!(app.is_in(INTO).await.is_some(), "it is used");
    }
    app.wait(Duration::from_mins(19));
    assert!(app.is_in(INTO).await.is_none(), "twelve hours after the key");
    app.logs_in(RUT, KEY, BROWSER, OTHER, HOME).await.unwrap();
    app.wait(Duration::from_mins(30));
    assert!(app.is_in(OTHER).await.is_none(), "half an hour without use");
    assert_eq!(session::end_overdue(&mut Cx::of_system(Arc::clone(&app.clave))).await.unwrap(), 2);
    assert_eq!(app.why_sessions_ended().await, [Some("time".to_owned()), Some("idle".to_owned())]);
    let mut tx = app.clave.db.read().await.unwrap();
    let system = tx.one(sql!("SELECT COUNT(*) AS n FROM audit WHERE actor = 'system'")).await.unwrap().unwrap();
    assert_eq!(system.get::<i64>("n").unwrap(), 2, "nobody did it");
}

#[tokio::test]
async fn however_many_sessions_are_over_one_sweep_ends_them() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let (until, mut tx) = (app.now(), app.clave.db.begin().await.unwrap());
    for number in 0..450_u32 {
        let name = clave::vault::sha256(&number.to_be_bytes());
        let row = sql!(
            "INSERT INTO session (sid, browser, rut, device, authenticated_at, made_at, seen_at, until, agent)
             VALUES ($1, $2, $3, $2, $4, $4, $4, $4, '')",
            name[..16].to_vec(),
            name,
            i64::from(rut(RUT).number()),
            // Some end at the same moment.
            until.minus(Duration::from_secs(u64::from(number / 100)))
        );
        tx.run(row).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(session::end_overdue(&mut Cx::of_system(Arc::clone(&app.clave))).await.unwrap(), 450);
}

#[tokio::test]
async fn a_session_that_cannot_be_ended_holds_up_no_other() {
    let app = TestClave::new().await;
    for number in [RUT, STRANGER] {
        app.registers(number).await;
        app.logs_in(number, KEY, BROWSER, if number == RUT { INTO } else { OTHER }, HOME).await.unwrap();
        app.wait(Duration::from_secs(1));
    }
    let mut tx = app.clave.db.begin().await.unwrap();
    // Of nobody who can be.
    tx.run(sql!("UPDATE session SET rut = 0 WHERE browser = $1", INTO.0)).await.unwrap();
    tx.commit().await.unwrap();
    app.wait(Duration::from_hours(13));
    assert_eq!(session::end_overdue(&mut Cx::of_system(Arc::clone(&app.clave))).await.unwrap(), 1);
    let mut tx = app.clave.db.read().await.unwrap();
    assert!(tx.all(sql!("SELECT browser FROM session WHERE browser = $1", OTHER.0)).await.unwrap().is_empty());
}

#[tokio::test]
async fn its_use_is_noted_once_a_minute() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.logs_in(RUT, KEY, BROWSER, INTO, HOME).await.unwrap();
    let began = app.now();
    app.wait(Duration::from_secs(59));
    app.is_in(INTO).await.unwrap();
    assert_eq!(app.is_in(INTO).await.unwrap().seen_at, began);
    app.wait(Duration::from_secs(1));
    let mut cx = app.cx();
    cx.from = Some("203.0.113.77".parse::<IpAddr>().unwrap());
    session::current(&mut cx, INTO).await.unwrap().unwrap();
    let session = app.is_in(INTO).await.unwrap();
    assert_eq!((session.seen_at, session.network.as_deref()), (app.now(), Some("203.0.113.x")));
}

#[tokio::test]
async fn the_same_person_goes_on_in_the_same_session_and_another_one_ends_it() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.registers(STRANGER).await;
    app.logs_in(RUT, KEY, BROWSER, INTO, HOME).await.unwrap();
    let first = app.is_in(INTO).await.unwrap();
    app.wait(Duration::from_mins(5));
    app.logs_in(RUT, KEY, INTO, OTHER, HOME).await.unwrap();
    let again = app.is_in(OTHER).await.unwrap();
    assert_eq!((again.sid, again.made_at), (first.sid, first.made_at));
    assert_eq!(again.authenticated_at, app.now(), "the key was proved anew");
    assert!(app.is_in(INTO).await.is_none(), "the former cookie is worth nothing");
    assert!(app.why_sessions_ended().await.is_empty());
    app.logs_in(STRANGER, KEY, OTHER, INTO, HOME).await.unwrap();
    assert_eq!(app.is_in(INTO).await.unwrap().rut, rut(STRANGER));
    assert!(app.is_in(OTHER).await.is_none());
    assert_eq!(app.why_sessions_ended().await, [Some("somebody_else".to_owned())]);
}

#[tokio::test]
async fn a_key_change_a_freeze_and_a_restore_end_every_session() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.registers(STRANGER).await;
    app.logs_in(STRANGER, KEY, BROWSER, Browser([5; 32]), HOME).await.unwrap();
    app.logs_in(RUT, KEY, BROWSER, INTO, HOME).await.unwrap();
    app.logs_in(RUT, KEY, BROWSER, OTHER, UNKNOWN).await.unwrap();
    app.changes_key(RUT, KEY, "carrera-77").await.unwrap();
    assert!(app.is_in(INTO).await.is_none() && app.is_in(OTHER).await.is_none());
    assert_eq!(app.why_sessions_ended().await, [Some("key_changed".to_owned()), Some("key_changed".to_owned())]);

    app.logs_in(RUT, "carrera-77", BROWSER, INTO, HOME).await.unwrap();
    freeze::freeze_for_case(&mut app.cx(), rut(RUT), None, Contacts::Keep).await.unwrap();
    assert!(app.is_in(INTO).await.is_none());
    freeze::unfreeze(&mut app.cx(), rut(RUT), None).await.unwrap();
    assert!(app.is_in(INTO).await.is_none(), "it does not come back");
    assert!(app.is_in(Browser([5; 32])).await.is_some(), "nobody else's ends");

    app.logs_in(RUT, "carrera-77", BROWSER, INTO, HOME).await.unwrap();
    epoch::begin(&mut app.cx()).await.unwrap();
    assert!(app.is_in(INTO).await.is_none() && app.is_in(Browser([5; 32])).await.is_none());
}

#[tokio::test]
async fn logging_out_ends_this_session_alone_and_all_others_can_be_ended() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    for into in [INTO, OTHER, Browser([6; 32])] {
        app.logs_in(RUT, KEY, BROWSER, into, HOME).await.unwrap();
    }
    login::log_out(&mut app.cx(), INTO).await.unwrap();
    login::log_out(&mut app.cx(), INTO).await.unwrap();
    assert_eq!(app.events("logged_out").await, 1);
    let here = app.is_in(OTHER).await.unwrap();
    let mut cx = app.cx();
    let mut tx = app.clave.db.begin().await.unwrap();
    assert!(!session::end(&mut tx, &mut cx, rut(STRANGER), here.sid, EndedBy::Account).await.unwrap(), "only the person's own");
    assert_eq!(session::end_all(&mut tx, &mut cx, rut(RUT), Some(here.sid), EndedBy::Account).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert!(app.is_in(OTHER).await.is_some() && app.is_in(Browser([6; 32])).await.is_none());
}

#[tokio::test]
async fn a_new_device_is_told_unless_it_is_the_first_login_of_all() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.logs_in(RUT, KEY, BROWSER, INTO, HOME).await.unwrap();
    assert_eq!(app.new_device_notices().await, 0, "the first of all");
    app.logs_in(RUT, KEY, INTO, OTHER, HOME).await.unwrap();
    assert_eq!(app.new_device_notices().await, 0, "a known one");
    app.logs_in(RUT, KEY, BROWSER, Browser([3; 32]), UNKNOWN).await.unwrap();
    assert_eq!(app.new_device_notices().await, 2, "mail and SMS");
    app.logs_in(RUT, KEY, BROWSER, Browser([4; 32]), UNKNOWN).await.unwrap();
    assert_eq!(app.new_device_notices().await, 2, "once");
}

#[tokio::test]
async fn a_captcha_is_asked_after_failures_at_a_rut_known_or_not_and_strangers_put_none_in_the_owners_way() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.logs_in(RUT, KEY, BROWSER, INTO, HOME).await.unwrap();
    for number in [RUT, STRANGER] {
        for _ in 0..3 {
            assert!(!asks_captcha(&app.cx(), Some(rut(number)), UNKNOWN).await);
            assert!(matches!(app.logs_in(number, "otra-cosa9", BROWSER, OTHER, UNKNOWN).await, Err(Refused::WrongKey)));
        }
        assert!(asks_captcha(&app.cx(), Some(rut(number)), UNKNOWN).await);
        let refused = app.logs_in(number, KEY, BROWSER, OTHER, UNKNOWN).await;
        assert!(matches!(refused, Err(Refused::Attempt(AttemptRefused::Captcha))), "{refused:?}");
    }
    assert_eq!(app.logs_in(RUT, KEY, INTO, OTHER, HOME).await.unwrap(), Outcome::In, "the owner's own device");
    let mut cx = app.cx();
    let ticket = Ticket::issue(&mut cx, Process::LogIn, BROWSER, Level::Normal).unwrap();
    let human = Human::Captcha { process: Process::LogIn, ticket: Some(ticket), solution: Solution::Right, work: Work::Right };
    let solved = Attempt { human, ..on(UNKNOWN, &mut cx) };
    login::log_in(&mut cx, &solved, rut(RUT), &secret(KEY), entrance(Browser([3; 32]))).await.unwrap();
    assert!(!asks_captcha(&app.cx(), Some(rut(RUT)), UNKNOWN).await, "a success ends the suspicion");
}

#[tokio::test]
async fn an_address_that_fails_at_many_people_is_asked_for_a_captcha_at_once() {
    let app = TestClave::new().await;
    let address = Some("203.0.113.77".parse::<IpAddr>().unwrap());
    let numbers = (10_000_001..).filter_map(rut::Rut::from_number).take(9);
    for number in numbers {
        let mut cx = app.cx();
        cx.from = address;
        assert!(!asks_captcha(&cx, None, UNKNOWN).await);
        let form = on(UNKNOWN, &mut cx);
        assert!(login::log_in(&mut cx, &form, number, &secret(KEY), entrance(INTO)).await.is_err());
    }
    let mut cx = app.cx();
    assert!(!asks_captcha(&cx, Some(rut(RUT)), UNKNOWN).await, "elsewhere nothing happened");
    cx.from = address;
    assert!(asks_captcha(&cx, None, UNKNOWN).await);
    assert!(asks_captcha(&cx, Some(rut(RUT)), UNKNOWN).await);
}

#[tokio::test]
async fn with_zero_failures_configured_every_login_asks_for_a_captcha() {
    let app = TestClave::with(Settings { captcha: Captcha { after: 0, ..Captcha::default() }, ..Settings::default() }).await;
    app.registers(RUT).await;
    assert!(asks_captcha(&app.cx(), None, UNKNOWN).await);
    let refused = app.logs_in(RUT, KEY, BROWSER, INTO, HOME).await;
    assert!(matches!(refused, Err(Refused::Attempt(AttemptRefused::Captcha))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_a_double_click_finds_what_the_first_came_to() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let submission = attempt(&mut app.cx()).submission;
    let nodes = [Arc::clone(&app.clave), app.another_node().await];
    let mut clicks = JoinSet::new();
    for node in nodes {
        clicks.spawn(async move {
            let mut cx = Cx::new(node, None);
            let form = Attempt { browser: BROWSER, device: HOME, submission, human: Human::NotYetAsked(Process::LogIn) };
            let token = match login::log_in(&mut cx, &form, rut(RUT), &secret(KEY), entrance(INTO)).await {
                Ok(token) | Err(Refused::Attempt(AttemptRefused::Repeated(token))) => token,
                Err(refused) => panic!("{refused:?}"),
            };
            login::outcome(&cx, BROWSER, &token).await.unwrap()
        });
    }
    for outcome in clicks.join_all().await {
        assert_eq!(outcome, Some(Outcome::In));
    }
    assert_eq!(app.events("logged_in").await, 1);
    assert!(app.is_in(INTO).await.is_some());
}
