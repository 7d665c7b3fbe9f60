//! Keys are replaced while people use the portal, on two nodes that share a database: nothing fails, nothing is lost.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use clave::{
    Clave, Cx,
    challenge::{Level, Ticket},
    change_key, flow,
    flow::Kind,
    keys::{self, Haste, KEPT, Refused, State},
    outbox::Process,
    person::{self, Details, Identity, Language, NewPerson, question::Question},
    recover, register,
    renew::{self, Renewed},
    update_data,
    vault::{KeyName, Purpose, Vault},
};
use rand::{SeedableRng as _, rngs::StdRng};
use rut::Rut;
use sql::{Statement, sql};
use tokio::task::JoinSet;

use crate::{
    people::{ANSWER, BROWSER, KEY, RUT, UNKNOWN, attempt, claim, registration, rut, secret},
    support::TestClave,
};

fn named(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

fn at(node: &Arc<Clave>) -> Cx {
    Cx::new(Arc::clone(node), None)
}

impl TestClave {
    async fn rotates(&self, purpose: Purpose) -> Renewed {
        keys::rotate(&mut self.cx(), purpose).await.unwrap();
        renew::renew(&mut self.cx(), purpose, |_| {}).await.unwrap()
    }

    async fn retires(&self, name: &str) -> Result<(), Refused> {
        keys::retire(&mut self.cx(), named(name), Haste::None).await
    }

    async fn run(&self, statement: Statement) {
        let mut tx = self.clave.db.begin().await.unwrap();
        tx.run(statement).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn text(&self, statement: Statement) -> String {
        self.clave.db.read().await.unwrap().one(statement).await.unwrap().unwrap().get("it").unwrap()
    }

    async fn listed(&self, name: &str) -> (State, Option<u64>) {
        let listed = keys::list(&self.cx()).await.unwrap();
        let key = listed.into_iter().find(|key| key.name == named(name)).unwrap();
        (key.state, key.needed_by)
    }

    /// So many people, made quickly; their RUTs begin at 10.000.000.
    async fn has_people(&self, count: u32) {
        let mut cx = self.cx();
        let clave = Arc::clone(&self.clave);
        let hash = clave.hashing.hash(&clave.vault, &secret(KEY), &mut cx.rng).await.unwrap();
        let question = Question::from_number(3).unwrap();
        let mut tx = clave.db.begin().await.unwrap();
        for number in 0..count {
            let details = Details {
                email: Some(crate::people::email(&format!("p{number}@correo.example"))),
                ..registration(&cx, RUT).details
            };
            let rut = Rut::from_number(10_000_000 + number).unwrap();
            let (identity, language) = (Identity::Declared, Language::Spanish);
            let new = NewPerson { rut, details: &details, question, answer: &hash, key: &hash, identity, language };
            person::insert(&mut tx, &clave.vault, new, cx.now, &mut cx.rng).await.unwrap().unwrap();
        }
        tx.commit().await.unwrap();
    }
}

/// Everything that a person can do, by turns at one node and the other.
async fn does_everything(nodes: [Arc<Clave>; 2], number: u32) -> Result<(), String> {
    let said = |what: &'static str| move |problem: &dyn std::error::Error| format!("{what}: {}", clave::fault::chain(problem));
    let id = Rut::from_number(number).unwrap();
    let [one, other] = &nodes;

    let mut cx = at(one);
    let ticket = Ticket::issue(&mut cx, Process::Register, BROWSER, Level::Normal).map_err(|e| said("issuing a captcha")(&e))?;
    let seen = Ticket::parse(&at(other), ticket.as_str(), Process::Register, BROWSER).ok_or("a captcha was not known")?;
    let seeds = (ticket.seed(&cx, "letters").unwrap(), seen.seed(&at(other), "letters").unwrap());
    if seeds.0 != seeds.1 {
        return Err("the captcha shows other letters on the other node".to_owned());
    }
    let form = one.vault.mac(Purpose::Web, "csrf", &[b"a form"]).map_err(|e| said("making a form")(&e))?;
    if !other.vault.mac_matches(Purpose::Web, "csrf", &[b"a form"], &form[..16]) {
        return Err("a form was not known".to_owned());
    }

    let new = registration(&cx, &id.to_string());
    let sent = attempt(&mut cx);
    let token = register::register(&mut cx, &sent, new).await.map_err(|e| said("registering")(&e))?;
    let mut tx = other.db.read().await.unwrap();
    let shown = flow::outcome::<register::Received>(&mut tx, &at(other), Kind::Register, BROWSER, &token).await;
    drop(tx);
    shown.map_err(|e| said("showing the result")(&e))?.ok_or("no result")?;

    let mut cx = at(other);
    let submission = attempt(&mut cx).submission;
    let token = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, id).await.map_err(|e| said("recovering")(&e))?;
    let mut cx = at(one);
    let sent = attempt(&mut cx);
    let token = recover::answer(&mut cx, &sent, &token, None, &secret(ANSWER)).await.map_err(|e| said("answering")(&e))?;
    let mut tx = other.db.read().await.unwrap();
    let outcome =
        flow::outcome(&mut tx, &at(other), Kind::Recover, BROWSER, &token).await.map_err(|e| said("showing the key")(&e))?;
    drop(tx);
    let Some(recover::Outcome::Made { key: Some(key), .. }) = outcome else { return Err("no key".to_owned()) };

    let mut cx = at(other);
    let sent = attempt(&mut cx);
    change_key::change_key(&mut cx, &sent, id, &key, &secret("carrera-77")).await.map_err(|e| said("changing the key")(&e))?;

    let mut cx = at(one);
    let mut who = claim(&cx, &id.to_string());
    who.key = Some(secret("carrera-77"));
    let sent = attempt(&mut cx);
    let token = update_data::identify(&mut cx, &sent, &who).await;
    // With all data typed the key is one more proof.
    token.map_err(|e| said("identifying")(&e)).map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_purpose_is_rotated_under_traffic_and_nothing_fails() {
    let app = TestClave::with_secrets().await;
    let late = app.another_node().await;
    let (stop, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(11_000_000)));
    let mut traffic = JoinSet::new();
    for runner in 0..4 {
        let mut nodes = [Arc::clone(&app.clave), Arc::clone(&late)];
        if runner % 2 == 1 {
            nodes.reverse();
        }
        let (stop, next) = (Arc::clone(&stop), Arc::clone(&next));
        traffic.spawn(async move {
            let mut rounds = 0;
            while !stop.load(Ordering::SeqCst) {
                does_everything(nodes.clone(), next.fetch_add(1, Ordering::SeqCst)).await?;
                rounds += 1;
            }
            Ok::<u32, String>(rounds)
        });
    }
    let pause = || tokio::time::sleep(Duration::from_millis(150));
    for purpose in [Purpose::Sealing, Purpose::Index, Purpose::Web, Purpose::Pepper, Purpose::Audit] {
        pause().await;
        app.rotates(purpose).await;
        // The other node has not looked yet: it reads what this one makes, and goes on with the old key.
        assert_eq!((app.clave.vault.current_id(purpose).unwrap(), late.vault.current_id(purpose).unwrap()), (2, 1));
        pause().await;
        keys::refresh(&late.db, &late.vault).await.unwrap();
        assert_eq!(late.vault.current_id(purpose).unwrap(), 2);
        renew::renew(&mut at(&late), purpose, |_| {}).await.unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    let rounds: Vec<u32> = traffic.join_all().await.into_iter().map(|done| done.unwrap()).collect();
    assert!(rounds.iter().all(|rounds| *rounds > 1), "{rounds:?}");
    assert_eq!(app.people().await, i64::from(rounds.iter().sum::<u32>()));
    for purpose in [Purpose::Sealing, Purpose::Index] {
        renew::renew(&mut app.cx(), purpose, |_| {}).await.unwrap();
    }
    assert_eq!(app.listed("sealing-1").await, (State::Old, Some(0)));
    assert_eq!(app.listed("index-1").await, (State::Old, Some(0)));
    assert_eq!(app.events("key_rotated").await, 5);

    app.wait(KEPT);
    for name in ["sealing-1", "index-1", "web-1", "audit-1"] {
        app.retires(name).await.unwrap();
        fs::remove_file(app.secrets().join(format!("{name}.key"))).unwrap();
    }
    assert_eq!(app.events("key_retired").await, 4);
    let fresh = app.another_node().await;
    does_everything([Arc::clone(&fresh), late], 9_000_001).await.unwrap();
    let mut tx = fresh.db.read().await.unwrap();
    for number in 11_000_000..next.load(Ordering::SeqCst) {
        let found = person::find(&mut tx, &fresh.vault, Rut::from_number(number).unwrap()).await.unwrap().unwrap();
        assert_eq!(found.details.address, Some(crate::people::home()));
    }
}

#[tokio::test]
async fn an_interrupted_renewal_goes_on_where_it_stopped() {
    let app = TestClave::with_secrets().await;
    app.has_people(250).await;
    for (purpose, old) in [(Purpose::Sealing, "sealing-1"), (Purpose::Index, "index-1")] {
        keys::rotate(&mut app.cx(), purpose).await.unwrap();
        let all = app.listed(old).await.1.unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let mut stop = Some(stop);
        let mut cx = app.cx();
        let run = renew::renew(&mut cx, purpose, |progress| {
            if progress.done >= 100
                && let Some(stop) = stop.take()
            {
                stop.send(()).unwrap();
            }
        });
        // What a killed command leaves.
        tokio::select! { biased; _ = stopped => {}, done = run => panic!("not interrupted: {done:?}") }
        let left = app.listed(old).await.1.unwrap();
        assert!(left > 0 && left < all, "{left} of {all}");
        let mut last = renew::Progress::default();
        let done = renew::renew(&mut app.cx(), purpose, |progress| last = progress).await.unwrap();
        assert_eq!((done.rows, done.unreadable, last.done, last.of), (150, 0, 150, 150), "{purpose:?}");
        assert_eq!(app.listed(old).await.1, Some(0));
        assert_eq!(renew::renew(&mut app.cx(), purpose, |_| {}).await.unwrap(), Renewed::default(), "nothing is left");
    }
}

#[tokio::test]
async fn a_key_is_retired_when_nothing_needs_it_and_then_its_file_may_go() {
    let app = TestClave::with_secrets().await;
    app.has_people(3).await;
    assert!(matches!(app.retires("sealing-1").await, Err(Refused::Current)));
    assert!(matches!(app.retires("sealing-9").await, Err(Refused::Unknown)));
    keys::rotate(&mut app.cx(), Purpose::Sealing).await.unwrap();
    assert!(matches!(app.retires("sealing-1").await, Err(Refused::Young { .. })));
    app.wait(KEPT);
    assert!(matches!(app.retires("sealing-1").await, Err(Refused::Needed { rows: 3 })));
    renew::renew(&mut app.cx(), Purpose::Sealing, |_| {}).await.unwrap();

    // Not yet retired: a node without the file does not start, and says which one it lacks.
    let (file, elsewhere) = (app.secrets().join("sealing-1.key"), app.folder.path().join("elsewhere"));
    fs::rename(&file, &elsewhere).unwrap();
    let vault = Vault::open(&app.secrets()).unwrap();
    let refused = keys::agree(&app.clave.db, &vault, app.now()).await.unwrap_err();
    assert!(clave::fault::chain(&refused).contains("sealing-1.key is missing"), "{refused:?}");
    fs::rename(&elsewhere, &file).unwrap();

    app.retires("sealing-1").await.unwrap();
    app.retires("sealing-1").await.unwrap();
    assert_eq!((app.listed("sealing-1").await, app.events("key_retired").await), ((State::Retired, Some(0)), 1));
    fs::remove_file(&file).unwrap();
    let node = app.another_node().await;
    let mut tx = node.db.read().await.unwrap();
    assert!(person::find(&mut tx, &node.vault, Rut::from_number(10_000_001).unwrap()).await.unwrap().is_some());
}

#[tokio::test]
async fn the_key_of_the_decoys_is_never_rotated() {
    let app = TestClave::with_secrets().await;
    for refused in [keys::rotate(&mut app.cx(), Purpose::Decoy).await, keys::stage(&mut app.cx(), Purpose::Decoy).await] {
        assert!(matches!(refused, Err(Refused::Decoy)));
    }
    assert!(!app.secrets().join("decoy-2.key").exists());
}

#[tokio::test]
async fn a_staged_key_is_used_by_nobody_until_it_is_put_in_use() {
    let app = TestClave::with_secrets().await;
    let staged = keys::stage(&mut app.cx(), Purpose::Sealing).await.unwrap();
    assert_eq!((staged, app.listed("sealing-2").await.0), (named("sealing-2"), State::Staged));
    assert!(matches!(keys::stage(&mut app.cx(), Purpose::Sealing).await, Err(Refused::Staged(name)) if name == staged));
    let file = fs::read(app.secrets().join("sealing-2.key")).unwrap();
    keys::refresh(&app.clave.db, &app.clave.vault).await.unwrap();
    assert_eq!(app.another_node().await.vault.current_id(Purpose::Sealing).unwrap(), 1);
    assert_eq!(keys::rotate(&mut app.cx(), Purpose::Sealing).await.unwrap(), staged);
    assert_eq!(app.another_node().await.vault.current_id(Purpose::Sealing).unwrap(), 2);
    assert_eq!(fs::read(app.secrets().join("sealing-2.key")).unwrap(), file, "the key that was copied is the one in use");
}

/// Its own folder, as a machine of its own has one.
async fn node_with_folder_of_its_own(app: &TestClave, folder: &std::path::Path) -> Arc<Clave> {
    fs::create_dir(folder).unwrap();
    for entry in fs::read_dir(app.secrets()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    let vault = Vault::open(folder).unwrap();
    let mut node = Arc::into_inner(app.another_node().await).unwrap();
    keys::agree(&node.db, &vault, app.now()).await.unwrap();
    node.vault = vault;
    Arc::new(node)
}

#[tokio::test]
async fn a_node_that_lacks_the_key_in_use_says_so_and_goes_on_with_the_old_one() {
    let app = TestClave::with_secrets().await;
    let folder = app.folder.path().join("other");
    let node = node_with_folder_of_its_own(&app, &folder).await;
    app.registers(RUT).await;
    keys::rotate(&mut app.cx(), Purpose::Sealing).await.unwrap();
    let problem = keys::refresh(&node.db, &node.vault).await.unwrap_err();
    assert!(clave::fault::chain(&problem).contains("sealing-2.key is missing"), "{problem:?}");
    assert_eq!(node.vault.current_id(Purpose::Sealing).unwrap(), 1, "what it makes, all can read");
    assert!(person::find(&mut node.db.read().await.unwrap(), &node.vault, rut(RUT)).await.unwrap().is_some());

    // Half a copy is no key; another installation's is not either.
    fs::write(folder.join("sealing-2.key"), "abc").unwrap();
    assert!(keys::refresh(&node.db, &node.vault).await.is_err());
    fs::write(folder.join("sealing-2.key"), clave::vault::hex(&[7; 32])).unwrap();
    let problem = keys::refresh(&node.db, &node.vault).await.unwrap_err();
    assert!(clave::fault::chain(&problem).contains("sealing-2.key is not the one"), "{problem:?}");
    fs::copy(app.secrets().join("sealing-2.key"), folder.join("sealing-2.key")).unwrap();
    keys::refresh(&node.db, &node.vault).await.unwrap();
    assert_eq!(node.vault.current_id(Purpose::Sealing).unwrap(), 2);
}

#[tokio::test]
async fn two_machines_that_make_the_same_number_do_not_both_win() {
    let app = TestClave::with_secrets().await;
    let node = node_with_folder_of_its_own(&app, &app.folder.path().join("other")).await;
    keys::stage(&mut at(&node), Purpose::Sealing).await.unwrap();
    keys::rotate(&mut app.cx(), Purpose::Sealing).await.unwrap();
    assert!(keys::rotate(&mut at(&node), Purpose::Sealing).await.is_err());
    assert_eq!(node.vault.current_id(Purpose::Sealing).unwrap(), 1);
    assert_eq!(app.events("key_rotated").await, 1);
}

#[tokio::test]
async fn a_purpose_that_an_upgrade_brings_gets_its_first_key() {
    let app = TestClave::with_secrets().await;
    app.run(sql!("DELETE FROM vault_mark WHERE name = 'audit-1'")).await;
    fs::remove_file(app.secrets().join("audit-1.key")).unwrap();
    assert_eq!(keys::unseen(&app.clave.db).await.unwrap(), [Purpose::Audit]);
    Vault::create_for(&app.secrets(), &[Purpose::Audit], &mut StdRng::seed_from_u64(9)).unwrap();
    let node = app.another_node().await;
    assert_eq!(node.vault.current_id(Purpose::Audit).unwrap(), 1);
    assert!(keys::unseen(&app.clave.db).await.unwrap().is_empty());
}

#[tokio::test]
async fn hashes_follow_the_pepper_when_their_secret_is_proved_and_not_before() {
    let app = TestClave::with_secrets().await;
    app.registers(RUT).await;
    let (answer, key) = (sql!("SELECT answer_hash AS it FROM person"), sql!("SELECT key_hash AS it FROM person"));
    app.rotates(Purpose::Pepper).await;
    app.wait(KEPT);
    assert_eq!(app.listed("pepper-1").await, (State::Old, Some(2)));
    assert!(app.recovers(RUT, "otra").await.is_err());
    assert!(app.text(answer.clone()).await.starts_with("1$"), "a wrong answer changes nothing");
    app.recovers(RUT, ANSWER).await.unwrap();
    assert!(app.text(answer.clone()).await.starts_with("2$"));
    assert!(matches!(app.retires("pepper-1").await, Err(Refused::Needed { rows: 1 })));

    let mut cx = app.cx();
    let mut who = claim(&cx, RUT);
    who.key = Some(secret("equivocada"));
    let sent = attempt(&mut cx);
    assert!(update_data::identify(&mut cx, &sent, &who).await.is_err());
    who.key = Some(secret(KEY));
    who.birth = Some(person::BirthDate::parse("2", "12", "1992", cx.now).unwrap());
    let sent = attempt(&mut cx);
    assert!(update_data::identify(&mut cx, &sent, &who).await.is_err());
    assert!(app.text(key.clone()).await.starts_with("1$"), "half a proof changes nothing");
    who.birth = claim(&cx, RUT).birth;
    let sent = attempt(&mut cx);
    update_data::identify(&mut cx, &sent, &who).await.unwrap();
    assert!(app.text(key).await.starts_with("2$"));

    app.retires("pepper-1").await.unwrap();
    fs::remove_file(app.secrets().join("pepper-1.key")).unwrap();
    let key = app.provisional_key(RUT).await;
    app.changes_key(RUT, &key, "carrera-77").await.unwrap();
}

#[tokio::test]
async fn a_key_that_stays_because_data_are_missing_follows_the_pepper() {
    let app = TestClave::with_secrets().await;
    app.registers(RUT).await;
    let mut tx = app.clave.db.begin().await.unwrap();
    let mut person = person::take(&mut tx, &app.clave.vault, rut(RUT), app.now()).await.unwrap().unwrap();
    person.details.address = None;
    person::save_details(&mut tx, &app.clave.vault, &person, &mut StdRng::seed_from_u64(3)).await.unwrap();
    tx.commit().await.unwrap();
    app.rotates(Purpose::Pepper).await;
    let interrupted = app.changes_key(RUT, KEY, "carrera-77").await.unwrap();
    assert!(matches!(interrupted, change_key::Outcome::Interrupted { .. }));
    assert!(app.text(sql!("SELECT key_hash AS it FROM person")).await.starts_with("2$"));
    assert!(matches!(app.changes_key(RUT, KEY, "carrera-77").await, Ok(change_key::Outcome::Interrupted { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_answer_is_hashed_anew_by_another_tab_is_not_told_that_it_was_wrong() {
    let app = Arc::new(TestClave::with_secrets().await);
    app.registers(RUT).await;
    for round in 0..4 {
        app.rotates(Purpose::Pepper).await;
        let mut tabs = JoinSet::new();
        for _ in 0..6 {
            let app = Arc::clone(&app);
            tabs.spawn(async move { app.recovers(RUT, ANSWER).await.map(drop).map_err(|refused| refused.to_string()) });
        }
        let all = tabs.join_all().await;
        assert!(all.iter().all(Result::is_ok), "round {round}: {all:?}");
    }
}

#[tokio::test]
async fn an_audit_key_that_is_gone_still_verifies_what_it_signed() {
    let app = TestClave::with_secrets().await;
    let (id, signature) = app.clave.vault.sign(b"root").unwrap();
    let public = app.clave.vault.public_keys().unwrap();
    app.rotates(Purpose::Audit).await;
    assert_eq!(app.clave.vault.sign(b"root").unwrap().0, 2);
    app.wait(KEPT);
    app.retires("audit-1").await.unwrap();
    assert_eq!(app.clave.vault.public_keys().unwrap()[0], public[0], "before the file goes");
    fs::remove_file(app.secrets().join("audit-1.key")).unwrap();
    let vault = &app.another_node().await.vault;
    let halves = vault.public_keys().unwrap();
    assert_eq!((halves.len(), halves[0]), (2, public[0]));
    assert!(id == 1 && halves[0].1.verifies(b"root", &signature) && !halves[1].1.verifies(b"root", &signature));
    // Its number is taken for ever.
    assert_eq!(keys::rotate(&mut app.cx(), Purpose::Audit).await.unwrap(), named("audit-3"));
}

#[tokio::test]
async fn indexes_from_before_they_carried_a_number_are_brought_over() {
    let app = TestClave::with_secrets().await;
    app.registers(RUT).await;
    app.run(sql!("UPDATE person SET email_index = $1, phone_index = $2", [7_u8; 32], [9_u8; 32])).await;
    assert_eq!(app.listed("index-1").await, (State::Current, Some(2)));
    let renewed = app.rotates(Purpose::Index).await;
    assert_eq!((renewed, app.listed("index-1").await.1), (Renewed { rows: 1, unreadable: 0 }, Some(0)));
    let row = app.clave.db.read().await.unwrap().one(sql!("SELECT email_index, phone_index FROM person")).await.unwrap().unwrap();
    let expected = |label, value| app.clave.vault.index(label, value).unwrap();
    assert_eq!(row.get::<Vec<u8>>("email_index").unwrap(), expected("email", "persona@correo.example"));
    assert_eq!(row.get::<Vec<u8>>("phone_index").unwrap(), expected("phone", "+56912345678"));
    assert_eq!(row.get::<Vec<u8>>("phone_index").unwrap()[..4], [0, 0, 0, 2]);
}

#[tokio::test]
async fn the_captcha_of_an_old_key_is_solved_after_a_rotation() {
    let app = TestClave::with_secrets().await;
    let ticket = Ticket::issue(&mut app.cx(), Process::Recover, BROWSER, Level::Normal).unwrap();
    let letters = ticket.seed(&app.cx(), "letters").unwrap();
    app.rotates(Purpose::Web).await;
    let found = Ticket::parse(&app.cx(), ticket.as_str(), Process::Recover, BROWSER).unwrap();
    assert_eq!(found.seed(&app.cx(), "letters").unwrap(), letters);
    let new = Ticket::issue(&mut app.cx(), Process::Recover, BROWSER, Level::Normal).unwrap();
    assert_ne!(new.seed(&app.cx(), "letters").unwrap(), letters);
}

#[tokio::test]
async fn swapped_and_altered_rows_are_refused_and_hurt_nobody_else() {
    let app = TestClave::with_secrets().await;
    app.has_people(3).await;
    let [one, two, three] = [0, 1, 2].map(|number| Rut::from_number(10_000_000 + number).unwrap());
    let sealed = async |rut: Rut| -> Vec<u8> {
        let mut tx = app.clave.db.read().await.unwrap();
        let row = tx.one(sql!("SELECT details FROM person WHERE rut = $1", i64::from(rut.number()))).await.unwrap().unwrap();
        row.get("details").unwrap()
    };
    let put = async |rut: Rut, bytes: &[u8]| {
        app.run(sql!("UPDATE person SET details = $2 WHERE rut = $1", i64::from(rut.number()), bytes)).await;
    };
    let opens = async |rut: Rut| {
        let mut tx = app.clave.db.read().await.unwrap();
        person::find(&mut tx, &app.clave.vault, rut).await.map(|found| found.unwrap().details)
    };
    let (first, second) = (sealed(one).await, sealed(two).await);
    put(one, &second).await;
    put(two, &first).await;
    for rut in [one, two] {
        let fault = opens(rut).await.unwrap_err();
        assert!(fault.to_string().contains("misplaced"), "{fault}");
        // The use cases fail as a whole, and say nothing of the other person.
        let mut cx = app.cx();
        let sent = attempt(&mut cx);
        let changed = change_key::change_key(&mut cx, &sent, rut, &secret(KEY), &secret("carrera-77")).await;
        assert!(matches!(changed, Err(change_key::Refused::Attempt(clave::attempt::Refused::Fault(_)))), "{changed:?}");
    }
    assert_eq!(opens(three).await.unwrap().email.unwrap().as_str(), "p2@correo.example");
    put(one, &first).await;
    put(two, &second).await;
    assert_eq!(opens(one).await.unwrap().email.unwrap().as_str(), "p0@correo.example");

    // Every byte: number of the key, nonce, ciphertext, tag.
    for at in 0..first.len() {
        let mut altered = first.clone();
        altered[at] ^= 0x40;
        put(one, &altered).await;
        assert!(opens(one).await.is_err(), "byte {at}");
    }
    for cut in [0, 3, 4, 15, 16, first.len() - 1] {
        put(one, &first[..cut]).await;
        assert!(opens(one).await.is_err(), "cut at {cut}");
    }
    // A rotation leaves what it cannot open, counts it, and brings everybody else over.
    put(one, &second).await;
    let renewed = app.rotates(Purpose::Sealing).await;
    assert_eq!(renewed, Renewed { rows: 2, unreadable: 1 });
    assert_eq!(sealed(one).await, second);
    assert!(opens(three).await.is_ok());
}

#[tokio::test]
async fn a_key_that_somebody_may_have_seen_is_retired_at_once() {
    let app = TestClave::with_secrets().await;
    keys::rotate(&mut app.cx(), Purpose::Web).await.unwrap();
    assert!(matches!(app.retires("web-1").await, Err(Refused::Young { .. })));
    keys::retire(&mut app.cx(), named("web-1"), Haste::Now).await.unwrap();
    assert_eq!(app.listed("web-1").await.0, State::Retired);
}
