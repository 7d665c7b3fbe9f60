//! The outbox and its worker, with messages that become files.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use clave::{
    Moment, Secret,
    delivery::{FileFolder, Transport, Transports},
    housekeeping, link,
    outbox::{self, Channel, Letter, Message, MessageId, State},
    person::Language,
    recover,
    worker::{Round, Worker},
};
use rut::Rut;
use sql::sql;

use crate::{
    people::{ANSWER, RUT},
    support::{PlainWords, TestClave, systems},
};

pub const KEY: &str = "R71640Y1";
pub const MAIL: &str = "ana.perez@correo.cl";

pub fn ana() -> Rut {
    Rut::from_number(12_345_678).unwrap()
}

/// Puts a provisional key for Ana into the outbox.
pub async fn put_key(test: &TestClave, channel: Channel, to: &str) -> MessageId {
    let mut cx = test.cx();
    let now = cx.now;
    let letter = Letter {
        to: to.to_owned(),
        language: Language::Spanish,
        message: Message::ProvisionalKey {
            key: Secret::new(KEY),
            made_at: now,
            until: now.plus(Duration::from_hours(24)),
            frozen: false,
            not_me: Secret::new("token"),
        },
    };
    let mut tx = test.clave.db.begin().await.unwrap();
    let id = outbox::put(&mut tx, &mut cx, ana(), channel, &letter, now.plus(Duration::from_mins(10))).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// A row as it lies in the database.
pub struct Stored {
    pub state: String,
    pub body: Option<Vec<u8>>,
    pub tries: i64,
    pub next_at: Moment,
    pub leased_until: Option<Moment>,
    pub lease: Option<Vec<u8>>,
    pub problem: Option<String>,
}

pub async fn stored(test: &TestClave, id: MessageId) -> Stored {
    let mut tx = test.clave.db.begin().await.unwrap();
    let statement = sql!("SELECT id, state, body, tries, next_at, leased_until, lease, problem FROM outbox");
    let row =
        tx.all(statement).await.unwrap().into_iter().find(|row| hex(&row.get::<Vec<u8>>("id").unwrap()) == id.hex()).unwrap();
    Stored {
        state: row.get("state").unwrap(),
        body: row.get("body").unwrap(),
        tries: row.get("tries").unwrap(),
        next_at: row.get("next_at").unwrap(),
        leased_until: row.get("leased_until").unwrap(),
        lease: row.get("lease").unwrap(),
        problem: row.get("problem").unwrap(),
    }
}

fn hex(bytes: &[u8]) -> String {
    clave::vault::hex(bytes)
}

/// The state of each message, and whether its words are still there.
async fn states(test: &TestClave, ids: &[MessageId]) -> Vec<(String, bool)> {
    let mut states = Vec::new();
    for id in ids {
        let row = stored(test, *id).await;
        states.push((row.state, row.body.is_some()));
    }
    states
}

#[tokio::test]
async fn nobody_gets_an_older_key_after_a_newer_one_or_after_the_change() {
    let test = TestClave::new().await;
    test.registers(RUT).await;
    let recovers = async || match test.recovers(RUT, ANSWER).await.unwrap() {
        recover::Outcome::Made { key, messages, .. } => (key.unwrap().expose().to_owned(), messages),
        recover::Outcome::Interrupted { missing } => panic!("interrupted: {missing:?}"),
    };
    let open = || vec![("waiting".to_owned(), true); 2];
    let ended = || vec![("failed".to_owned(), false); 2];
    let (_, older) = recovers().await;
    assert_eq!(states(&test, &older).await, open());
    let (key, newer) = recovers().await;
    assert_eq!((states(&test, &older).await, states(&test, &newer).await), (ended(), open()));
    test.changes_key(RUT, &key, "barco-77Ej").await.unwrap();
    assert_eq!(states(&test, &newer).await, ended());
}

fn worker(test: &TestClave, transports: Transports) -> Worker {
    Worker::new(Arc::clone(&test.clave), Arc::new(PlainWords::default()), transports)
}

/// A way out that fails: its folder is gone.
fn broken(test: &TestClave) -> Transports {
    let path = test.folder.path().join("gone");
    let folder = FileFolder::open(&path).unwrap();
    std::fs::remove_dir(&path).unwrap();
    Transports { email: Transport::File(folder.clone()), sms: Transport::File(folder), systems: systems() }
}

/// A mail server that takes the call and says nothing; SMS become files.
pub async fn silent(test: &TestClave) -> (Transports, tokio::task::JoinHandle<()>) {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = server.local_addr().unwrap().port();
    let silence = tokio::spawn(async move {
        let mut calls = Vec::new();
        while let Ok((call, _)) = server.accept().await {
            calls.push(call);
        }
    });
    let email = crate::smtp::plain(port, Duration::from_secs(30));
    (Transports { email: Transport::from(email), sms: test.files().sms, systems: systems() }, silence)
}

#[tokio::test]
async fn a_message_leaves_once_and_its_body_is_erased() {
    let test = TestClave::new().await;
    let mail = put_key(&test, Channel::Email, MAIL).await;
    let sms = put_key(&test, Channel::Sms, "+56912345678").await;
    let worker = worker(&test, test.files());
    assert_eq!(worker.work_once(test.now()).await.unwrap(), Round { sent: 2, ..Round::default() });
    assert_eq!(worker.work_once(test.now()).await.unwrap(), Round::default());
    assert_eq!(test.written().len(), 2);
    for id in [mail, sms] {
        let row = stored(&test, id).await;
        assert_eq!((row.state.as_str(), row.body, row.tries, row.lease), ("sent", None, 1, None));
    }
    let mut tx = test.clave.db.read().await.unwrap();
    let states = outbox::states(&mut tx, &[mail, sms]).await.unwrap();
    assert_eq!(states, [(Channel::Email, State::Sent), (Channel::Sms, State::Sent)]);
}

#[tokio::test]
async fn a_file_is_private_whole_and_as_promised() {
    let test = TestClave::new().await;
    let id = put_key(&test, Channel::Email, MAIL).await;
    let sms = put_key(&test, Channel::Sms, "+56912345678").await;
    let outbox = test.folder.path().join("outbox");
    worker(&test, test.files()).work_once(test.now()).await.unwrap();
    let names: Vec<_> =
        std::fs::read_dir(&outbox).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 2, "only whole files: {names:?}");
    assert!(names.contains(&format!("20190528T144700Z-{}.json", id.hex())), "{names:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&outbox), 0o700);
        assert!(names.iter().all(|name| mode(&outbox.join(name)) == 0o600));
    }
    let all = test.written();
    let mail = all.iter().find(|message| message["channel"] == "email").unwrap();
    assert_eq!(mail["id"], id.hex());
    assert_eq!(mail["to"], MAIL);
    assert_eq!(mail["subject"], "Clave provisoria ñandú provisional_key");
    assert_eq!(mail["text"], "La clave es R71640Y1");
    assert_eq!(mail["html"], "<p>La clave es R71640Y1</p>");
    assert_eq!(mail["at"], "2019-05-28T14:47:00Z");
    let other = all.iter().find(|message| message["channel"] == "sms").unwrap();
    assert_eq!((&other["id"], &other["html"]), (&sms.hex().into(), &serde_json::Value::Null));
}

#[tokio::test]
async fn workers_that_race_send_each_message_once() {
    let test = TestClave::new().await;
    for _ in 0..120 {
        put_key(&test, Channel::Email, MAIL).await;
    }
    let words = Arc::new(PlainWords::default());
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let node = test.another_node().await;
        let (worker, now) = (Worker::new(node, Arc::clone(&words) as _, test.files()), test.now());
        racing.spawn(async move { worker.work_once(now).await.unwrap() });
    }
    let rounds = racing.join_all().await;
    assert_eq!(rounds.iter().map(|round| round.sent).sum::<u64>(), 120);
    assert!(rounds.iter().all(|round| round.lost == 0));
    assert_eq!(words.0.load(Ordering::SeqCst), 120, "no message was written twice");
    assert_eq!(test.written().len(), 120);
}

/// The process dies after the message left and before that was noted: the row is as it was when it was claimed.
#[tokio::test]
async fn a_crash_before_noting_repeats_the_same_message() {
    let test = TestClave::new().await;
    let id = put_key(&test, Channel::Sms, "+56912345678").await;
    let before = stored(&test, id).await.body.unwrap();
    let dead = worker(&test, test.files());
    assert_eq!(dead.work_once(test.now()).await.unwrap().sent, 1);
    let first = test.written();
    let mut tx = test.clave.db.begin().await.unwrap();
    let leased_until = test.now().plus(Duration::from_mins(1));
    tx.run(sql!(
        "UPDATE outbox SET state = 'waiting', body = $1, lease = $2, leased_until = $3",
        before,
        [9_u8; 16],
        leased_until
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();

    let left = test.folder.path().join("outbox").join(format!(".{}-1.unfinished", id.hex()));
    std::fs::write(&left, "half a mess").unwrap();
    let living = worker(&test, test.files());
    assert_eq!(living.work_once(test.now()).await.unwrap(), Round::default(), "the dead one's lease still holds");
    test.wait(Duration::from_secs(61));
    assert_eq!(living.work_once(test.now()).await.unwrap().sent, 1);
    assert_eq!(test.written(), first, "the same key in the same file");
    assert!(!left.exists(), "what was half written is gone");
    assert_eq!(stored(&test, id).await.tries, 2);
}

#[tokio::test]
async fn whoever_lost_the_lease_notes_nothing() {
    let test = TestClave::new().await;
    let id = put_key(&test, Channel::Email, MAIL).await;
    let (transports, silence) = silent(&test).await;
    let (slow, now) = (worker(&test, transports), test.now());
    let slow = tokio::spawn(async move { slow.work_once(now).await.unwrap() });
    claimed(&test, id).await;
    test.wait(Duration::from_secs(91));
    assert_eq!(worker(&test, test.files()).work_once(test.now()).await.unwrap().sent, 1);
    silence.abort(); // hangs up: the slow one fails now
    assert_eq!(slow.await.unwrap(), Round { lost: 1, ..Round::default() });
    assert_eq!(stored(&test, id).await.state, "sent");
}

/// Waits until some worker has claimed the message.
async fn claimed(test: &TestClave, id: MessageId) {
    while stored(test, id).await.lease.is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_clock_set_back_by_a_day_holds_nothing_up() {
    let test = TestClave::new().await;
    let id = put_key(&test, Channel::Email, MAIL).await;
    let (transports, silence) = silent(&test).await;
    let (dead, now) = (worker(&test, transports), test.now());
    let dead = tokio::spawn(async move { dead.work_once(now).await });
    claimed(&test, id).await;
    dead.abort();
    let _ = dead.await;
    silence.abort();
    test.turn_back(Duration::from_hours(24));
    assert_eq!(worker(&test, test.files()).work_once(test.now()).await.unwrap().sent, 1);
}

#[tokio::test]
async fn a_key_that_could_not_leave_is_tried_again_within_seconds() {
    let test = TestClave::new().await;
    let id = put_key(&test, Channel::Email, MAIL).await;
    let worker = worker(&test, broken(&test));
    let mut waits = Vec::new();
    for tries in 1..=5 {
        assert_eq!(worker.work_once(test.now()).await.unwrap(), Round { put_off: 1, ..Round::default() });
        assert_eq!(worker.work_once(test.now()).await.unwrap(), Round::default(), "not before its time");
        let row = stored(&test, id).await;
        assert_eq!((row.state.as_str(), row.tries, row.lease, row.leased_until), ("waiting", tries, None, None));
        assert_eq!(row.problem.as_deref(), Some("file: entity not found"));
        assert!(row.body.is_some());
        waits.push(test.now().until(row.next_at));
        test.wait(*waits.last().unwrap());
    }
    assert!(waits[0] >= Duration::from_secs(4) && waits[4] >= Duration::from_secs(12), "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(18)), "a key waits seconds: {waits:?}");
}

#[tokio::test]
async fn a_message_is_given_up_at_its_deadline_tried_or_not() {
    let test = TestClave::new().await;
    let tried = put_key(&test, Channel::Email, MAIL).await;
    worker(&test, broken(&test)).work_once(test.now()).await.unwrap();
    let untried = put_key(&test, Channel::Sms, "+56912345678").await;
    test.wait(Duration::from_mins(10));
    assert_eq!(worker(&test, test.files()).work_once(test.now()).await.unwrap(), Round { given_up: 2, ..Round::default() });
    for (id, tries) in [(tried, 1), (untried, 0)] {
        let row = stored(&test, id).await;
        assert_eq!((row.state.as_str(), row.body, row.tries), ("failed", None, tries));
    }
    assert!(test.written().is_empty());
}

#[tokio::test]
async fn the_body_cannot_be_read_in_the_database() {
    let test = TestClave::new().await;
    let id = put_key(&test, Channel::Email, MAIL).await;
    let row = stored(&test, id).await.body.unwrap();
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    for text in [KEY, MAIL, "token"] {
        assert!(!holds(&row, text), "{text}");
    }
    for entry in std::fs::read_dir(test.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!holds(&bytes, KEY) && !holds(&bytes, MAIL));
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_opened_waits_for_its_key() {
    let test = TestClave::new().await;
    let id = put_key(&test, Channel::Email, MAIL).await;
    let mut tx = test.clave.db.begin().await.unwrap();
    tx.run(sql!("UPDATE outbox SET body = $1", [1_u8; 32])).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(worker(&test, test.files()).work_once(test.now()).await.unwrap(), Round { put_off: 1, ..Round::default() });
    assert!(stored(&test, id).await.problem.unwrap().contains("secrets folder"));
}

#[tokio::test]
async fn a_running_worker_sends_and_stops() {
    let test = TestClave::new().await;
    let running = worker(&test, test.files()).start();
    let id = put_key(&test, Channel::Email, MAIL).await;
    while stored(&test, id).await.state != "sent" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running.stop().await;
    let late = put_key(&test, Channel::Email, MAIL).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(stored(&test, late).await.tries, 0);
}

#[tokio::test]
async fn a_worker_that_stops_gives_its_messages_back() {
    let test = TestClave::new().await;
    let (transports, _silence) = silent(&test).await;
    let running = worker(&test, transports).start();
    let id = put_key(&test, Channel::Email, MAIL).await;
    claimed(&test, id).await;
    running.stop().await;
    let row = stored(&test, id).await;
    assert_eq!((row.state.as_str(), row.lease, row.leased_until), ("waiting", None, None));
    assert_eq!(worker(&test, test.files()).work_once(test.now()).await.unwrap().sent, 1, "another takes it at once");
}

#[tokio::test]
async fn a_mail_server_that_hangs_holds_up_no_sms() {
    let test = TestClave::new().await;
    for _ in 0..40 {
        put_key(&test, Channel::Email, MAIL).await;
    }
    let (transports, silence) = silent(&test).await;
    let running = worker(&test, transports).start();
    let sms = put_key(&test, Channel::Sms, "+56912345678").await;
    while stored(&test, sms).await.state != "sent" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    silence.abort();
    running.stop().await;
}

#[tokio::test]
async fn what_has_served_is_swept_out_and_nothing_else() {
    let test = TestClave::new().await;
    let mut cx = test.cx();
    let mut tx = test.clave.db.begin().await.unwrap();
    link::make(&mut tx, link::Purpose::Captcha, ana(), cx.now, &mut cx.rng).await.unwrap();
    link::make(&mut tx, link::Purpose::NotMe, ana(), cx.now, &mut cx.rng).await.unwrap();
    let soon = cx.now.plus(Duration::from_mins(10));
    for number in 0..1200_i64 {
        let id = number.to_be_bytes().to_vec();
        tx.run(sql!("INSERT INTO captcha_burnt (id, until) VALUES ($1, $2)", id.clone(), soon)).await.unwrap();
        tx.run(sql!("INSERT INTO lane (id, tries, until) VALUES ($1, 1, $2)", id, soon)).await.unwrap();
    }
    tx.run(sql!("INSERT INTO flow (id, kind, browser, rut, until) VALUES ($1, 'x', $1, 1, $2)", vec![1_u8], soon)).await.unwrap();
    tx.run(sql!("INSERT INTO submission (id, browser, digest, until) VALUES ($1, $1, $1, $2)", vec![1_u8], soon)).await.unwrap();
    tx.commit().await.unwrap();
    put_key(&test, Channel::Email, MAIL).await;
    worker(&test, test.files()).work_once(test.now()).await.unwrap();
    put_key(&test, Channel::Email, MAIL).await;

    let nothing = housekeeping::Swept::default();
    test.wait(Duration::from_hours(2));
    assert_eq!(housekeeping::sweep(&test.clave.db, test.now()).await.unwrap(), nothing, "a day's margin for jumping clocks");
    test.wait(Duration::from_hours(24));
    let swept = housekeeping::sweep(&test.clave.db, test.now()).await.unwrap();
    assert_eq!(swept, housekeeping::Swept { flows: 1, submissions: 1, captchas: 1200, lanes: 1200, links: 1, ..nothing });
    test.wait(Duration::from_hours(30 * 24));
    let swept = housekeeping::sweep(&test.clave.db, test.now()).await.unwrap();
    assert_eq!(swept, housekeeping::Swept { links: 1, messages: 1, ..nothing }, "the one that still waits stays");
}
