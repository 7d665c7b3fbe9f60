//! `clavero keys` beside two running servers.

use std::{
    fs, io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
};

use serde_json::Value;
use sql::sql;

use crate::{
    people::{Someone, provisional_key},
    support::{Installation, Ran, runtime},
};

impl Installation {
    #[track_caller]
    fn does(&self, words: &[&str]) -> Ran {
        let ran = self.run(words);
        assert_eq!(ran.code, 0, "{words:?}: {}{}", ran.out, ran.err);
        ran
    }

    fn key(&self, name: &str) -> Value {
        let listed: Value = serde_json::from_str(&self.does(&["keys", "list", "--json"]).out).unwrap();
        listed.as_array().unwrap().iter().find(|key| key["key"] == name).cloned().unwrap_or_default()
    }

    /// As if every key had been in use for two hours.
    fn time_passes(&self) {
        runtime().block_on(async {
            let db = self.database().await;
            let mut tx = db.begin().await.unwrap();
            tx.run(sql!("UPDATE vault_mark SET since = since - $1", 7_200_000_000_i64)).await.unwrap();
            tx.commit().await.unwrap();
            db.close().await;
        });
    }
}

#[test]
fn keys_are_rotated_beside_two_servers_and_the_old_files_removed() {
    let installation = Installation::new();
    let servers = [installation.serve(), installation.serve()];
    let (stop, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(9_500_000)));
    let traffic: Vec<_> = [[0, 1], [1, 0]]
        .map(|[one, other]| {
            let (stop, next) = (Arc::clone(&stop), Arc::clone(&next));
            let (mut browser, to) = (servers[one].browser(), servers[other].address);
            thread::spawn(move || {
                while !stop.load(Ordering::SeqCst) {
                    let someone = Someone::number(next.fetch_add(1, Ordering::SeqCst));
                    someone.registers(&mut browser, "primera-1").unwrap().is(303);
                    let result = someone.recovers(&mut browser).unwrap().is(303).location;
                    // The form is one server's, the answer the other's.
                    let mut browser = browser.moved_to(to);
                    let key = provisional_key(&browser.get(&result).unwrap());
                    someone.changes(&mut browser, &key, "segunda-2").unwrap().is(303);
                }
            })
        })
        .into();
    for purpose in ["sealing", "index", "web", "audit", "pepper"] {
        let ran = installation.does(&["keys", "rotate", purpose]);
        assert!(ran.out.contains(&format!("{purpose}-2 is in use")), "{}", ran.out);
    }
    stop.store(true, Ordering::SeqCst);
    for runner in traffic {
        runner.join().unwrap();
    }
    assert!(next.load(Ordering::SeqCst) > 9_500_010);
    for purpose in ["sealing", "index"] {
        let [old, new] = [1, 2].map(|number| installation.key(&format!("{purpose}-{number}")));
        assert_eq!((&old["state"], &old["needed_by"]), (&"old".into(), &0.into()), "{old}");
        assert_eq!(new["state"], "current");
        assert!(new["needed_by"].as_u64().unwrap() > 4, "{new}");
    }

    let young = installation.run(&["keys", "retire", "sealing-1"]);
    assert!(young.code == 1 && young.err.contains("try again after"), "{}", young.err);
    let wanted = installation.run(&["keys", "retire", "sealing-2"]);
    assert!(wanted.code == 1 && wanted.err.contains("in use: rotate first"), "{}", wanted.err);
    installation.time_passes();
    for name in ["sealing-1", "index-1", "web-1", "audit-1"] {
        let ran = installation.does(&["keys", "retire", name]);
        assert!(ran.out.contains("may be removed"), "{}", ran.out);
        fs::remove_file(installation.secrets().join(format!("{name}.key"))).unwrap();
    }
    assert!(installation.secrets().join("audit-1.pub").exists());
    let needed = installation.run(&["keys", "retire", "pepper-1"]);
    assert!(needed.code == 1 && needed.err.contains("rows can be read with this key only"), "{}", needed.err);

    // The servers that run, and one that starts.
    for server in servers.into_iter().chain([installation.serve()]) {
        server.browser().get("/health/ready").unwrap().is(200);
        let someone = Someone::number(9_500_000);
        assert!(someone.has_key(&mut server.browser(), "segunda-2"));
        someone.recovers(&mut server.browser()).unwrap().is(303);
    }
}

#[test]
fn what_must_not_be_rotated_is_refused_and_a_staged_key_waits() {
    let installation = Installation::new();
    installation.serve().kill();
    let decoy = installation.run(&["keys", "rotate", "decoy"]);
    assert!(decoy.code == 1 && decoy.err.contains("tell who is registered"), "{}", decoy.err);
    for words in
        [&["keys", "rotate", "nosuch"][..], &["keys", "retire", "sealing"], &["keys", "rotate", "web", "--stage", "--resume"]]
    {
        assert_eq!(installation.run(words).code, 2, "{words:?}");
    }
    let staged = installation.does(&["keys", "rotate", "index", "--stage"]);
    assert!(staged.out.contains("index-2.key is staged"), "{}", staged.out);
    assert_eq!(installation.key("index-2")["state"], "staged");
    let again = installation.run(&["keys", "rotate", "index", "--stage"]);
    assert!(again.code == 1 && again.err.contains("index-2 is staged already"), "{}", again.err);
    installation.does(&["keys", "rotate", "index"]);
    assert_eq!(
        (&installation.key("index-1")["state"], &installation.key("index-2")["state"]),
        (&"old".into(), &"current".into())
    );
    let text = installation.does(&["keys", "list"]).out;
    assert!(text.contains("decoy-1") && text.contains("needed by"), "{text}");
    installation.does(&["keys", "rotate", "sealing", "--resume"]);
    assert_eq!(installation.key("sealing-2"), Value::Null, "to resume makes no key");
}

#[test]
fn a_server_that_lacks_a_key_in_use_is_not_ready() {
    let installation = Installation::new();
    let server = installation.serve();
    server.browser().get("/health/ready").unwrap().is(200);
    installation.does(&["keys", "rotate", "web", "--stage"]);
    let (file, elsewhere) = (installation.secrets().join("web-2.key"), installation.folder.path().join("elsewhere"));
    installation.does(&["keys", "rotate", "web"]);
    server.browser().get("/health/ready").unwrap().is(200);
    fs::rename(&file, &elsewhere).unwrap();
    // It has read the key, and goes on.
    server.browser().get("/health/ready").unwrap().is(200);
    server.kill();
    let ran = installation.run(&["serve"]);
    assert!(ran.code == 1 && ran.err.contains("web-2.key is missing"), "{}", ran.err);
    let ran = installation.run(&["doctor"]);
    assert!(ran.code == 1 && ran.out.contains("web-2.key is missing"), "{}", ran.out);
    fs::rename(&elsewhere, &file).unwrap();

    // Another node has put one in use whose file has not come here yet.
    let server = installation.serve();
    runtime().block_on(async {
        let db = installation.database().await;
        let mut tx = db.begin().await.unwrap();
        let insert = sql!("INSERT INTO vault_mark (name, mark, since) VALUES ('web-3', $1, 1)", [7_u8; 32]);
        tx.run(insert).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
    });
    let page = server.browser().get("/health/ready").unwrap().is(503);
    assert!(page.text.contains("lacks a key"), "{}", page.text);
    let someone = Someone::number(9_500_900);
    someone.registers(&mut server.browser(), "primera-1").unwrap().is(303);
}

#[test]
fn a_key_that_was_made_by_root_or_by_hand_is_private() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let installation = Installation::new();
    installation.serve().kill();
    installation.does(&["keys", "rotate", "pepper"]);
    let [first, second] = [1, 2].map(|number| fs::metadata(installation.secrets().join(format!("pepper-{number}.key"))).unwrap());
    assert_eq!((second.permissions().mode() & 0o777, second.uid()), (0o600, first.uid()));
    // Root hands it to the folder's owner: the server could not read it otherwise.
    match std::os::unix::fs::chown(installation.secrets(), Some(65_534), None) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
        changed => {
            changed.unwrap();
            installation.does(&["keys", "rotate", "web"]);
            assert_eq!(fs::metadata(installation.secrets().join("web-2.key")).unwrap().uid(), 65_534);
        }
    }
}
