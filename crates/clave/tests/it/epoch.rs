//! A database that comes back from a backup revives nothing that was used since.

use std::sync::Arc;

use clave::{
    Clave, Cx,
    challenge::{Level, Ticket},
    change_key, epoch,
    link::{self, Purpose as Link},
    outbox::Process,
    person::{self},
    recover, signing,
    worker::Worker,
};
use sql::{Db, sql};

use crate::{
    people::{ANSWER, BROWSER, KEY, RUT, attempt, rut, secret},
    support::{PlainWords, TestClave},
};

/// The links that lie in the outbox.
async fn links(app: &TestClave) -> Vec<clave::Secret> {
    let mut tx = app.clave.db.begin().await.unwrap();
    let mut rng = rand::make_rng();
    let mut made = Vec::new();
    for purpose in [Link::NotMe, Link::ConfirmEmail, Link::Captcha] {
        made.push(link::make(&mut tx, purpose, rut(RUT), app.now(), &mut rng).await.unwrap());
    }
    tx.commit().await.unwrap();
    made
}

/// What must hold of a node whose database has begun anew.
async fn nothing_is_revived(app: &TestClave, node: &Arc<Clave>, key: &str, ticket: &Ticket, links: &[clave::Secret]) {
    let cx = || Cx::new(Arc::clone(node), None);
    let mut sent = cx();
    let form = attempt(&mut sent);
    let tried = change_key::change_key(&mut sent, &form, rut(RUT), &secret(key), &secret("carrera-78")).await;
    assert!(matches!(tried, Err(change_key::Refused::WrongKey)), "{tried:?}");
    assert!(Ticket::parse(&cx(), ticket.as_str(), Process::Recover, BROWSER).is_none(), "the captcha may have been used");
    let mut tx = node.db.read().await.unwrap();
    let mut owners = Vec::new();
    for (purpose, token) in [Link::NotMe, Link::ConfirmEmail, Link::Captcha].into_iter().zip(links) {
        owners.push(link::owner(&mut tx, purpose, token, app.now()).await.unwrap().is_some());
    }
    assert_eq!(owners, [true, false, false], "to freeze is the safe side");
    let flows: i64 = tx.one(sql!("SELECT COUNT(*) AS n FROM flow")).await.unwrap().unwrap().get("n").unwrap();
    assert!(flows <= 1, "{flows}");
    drop(tx);
    let worker = Worker::new(Arc::clone(node), Arc::new(PlainWords::default()), app.files());
    assert_eq!(worker.work_once(app.now()).await.unwrap().sent, 0, "nothing is sent again");
    let mut tx = node.db.read().await.unwrap();
    let event = tx.one(sql!("SELECT COUNT(*) AS n FROM audit WHERE event = 'restored'")).await.unwrap().unwrap();
    assert_eq!(event.get::<i64>("n").unwrap(), 1);
    // What lasts is there, and the portal works on.
    assert!(person::find(&mut tx, &node.vault, rut(RUT)).await.unwrap().is_some());
    drop(tx);
    let new = Ticket::issue(&mut cx(), Process::Recover, BROWSER, Level::Normal).unwrap();
    assert!(Ticket::parse(&cx(), new.as_str(), Process::Recover, BROWSER).is_some());
    let mut sent = cx();
    let form = attempt(&mut sent);
    change_key::change_key(&mut sent, &form, rut(RUT), &secret(KEY), &secret("carrera-79")).await.unwrap();
}

#[tokio::test]
async fn a_database_that_was_restored_by_other_means_begins_anew_when_it_is_told_to() {
    let app = TestClave::with_secrets().await;
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    let ticket = Ticket::issue(&mut app.cx(), Process::Recover, BROWSER, Level::Normal).unwrap();
    let links = links(&app).await;
    let running = app.another_node().await;
    app.wait(std::time::Duration::from_secs(1));
    assert!(epoch::begin_if_copy(&mut app.cx()).await.unwrap().is_none(), "nothing says that it is a copy");
    let voided = epoch::begin(&mut app.cx()).await.unwrap();
    assert!(voided >= 6, "{voided}");
    assert!(Ticket::parse(&Cx::new(Arc::clone(&running), None), ticket.as_str(), Process::Recover, BROWSER).is_some());
    epoch::refresh(&running).await.unwrap();
    nothing_is_revived(&app, &running, &key, &ticket, &links).await;
    assert!(matches!(app.recovers(RUT, ANSWER).await, Ok(recover::Outcome::Made { .. })));
}

#[tokio::test]
async fn the_first_start_of_a_backup_is_noticed() {
    let app = TestClave::with_secrets().await;
    // PostgreSQL is copied by its own tools.
    let Some(_) = app.file() else { return };
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    let ticket = Ticket::issue(&mut app.cx(), Process::Recover, BROWSER, Level::Normal).unwrap();
    let links = links(&app).await;

    let copy = app.folder.path().join("copy.sqlite");
    app.clave.db.copy_to(&copy).await.unwrap();
    assert!(app.clave.db.copy_to(&copy).await.is_err(), "a file that holds something is not overwritten");
    let db = Db::open_sqlite(&copy).await.unwrap();
    assert!(db.is_sound().await.unwrap());
    epoch::mark_as_copy(&db, app.now()).await.unwrap();
    db.close().await;

    // After the backup, the key is used.
    app.changes_key(RUT, &key, "carrera-77").await.unwrap();
    app.wait(std::time::Duration::from_mins(1));
    let node = app.node_at(Db::open_sqlite(&copy).await.unwrap()).await;
    assert!(epoch::begin_if_copy(&mut Cx::new(Arc::clone(&node), None)).await.unwrap().is_some());
    assert!(epoch::begin_if_copy(&mut Cx::new(Arc::clone(&node), None)).await.unwrap().is_none(), "once");
    nothing_is_revived(&app, &node, &key, &ticket, &links).await;
    assert!(Ticket::parse(&app.cx(), ticket.as_str(), Process::Recover, BROWSER).is_some(), "the original is no copy");
}

#[tokio::test]
async fn keys_that_may_have_been_withdrawn_since_sign_nothing_after_a_restore() {
    let app = TestClave::with_secrets().await;
    signing::begin(&mut app.cx()).await.unwrap();
    let kids = |node: &Clave| {
        let keys = node.signing.published(app.now());
        keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (running, before) = (app.another_node().await, kids(&app.clave));
    app.wait(std::time::Duration::from_secs(1));
    epoch::begin(&mut app.cx()).await.unwrap();
    signing::refresh(&running).await.unwrap();
    for node in [&app.clave, &running] {
        let now = kids(node);
        assert_eq!(now.len(), 2, "the new ones alone");
        for kid in &before {
            assert!(!now.contains(kid) && node.signing.find(kid).is_none(), "what it signed counts no more");
        }
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_after_a_restore_does_not_close_the_site() {
    let app = TestClave::with_secrets().await;
    epoch::begin(&mut app.cx()).await.unwrap();
    app.turn_back(std::time::Duration::from_hours(24));
    let ticket = Ticket::issue(&mut app.cx(), Process::Recover, BROWSER, Level::Normal).unwrap();
    assert!(Ticket::parse(&app.cx(), ticket.as_str(), Process::Recover, BROWSER).is_some());
}
