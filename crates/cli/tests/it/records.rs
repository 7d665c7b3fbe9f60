//! The records, as an operator and an auditor handle them.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

use serde_json::Value;

use crate::{
    people::Someone,
    support::{Installation, Ran, runtime},
};

/// An installation in which something happened.
fn used() -> Installation {
    let installation = Installation::new();
    let server = installation.serve();
    for number in 0..3 {
        let someone = Someone::number(9_600_100 + number);
        someone.registers(&mut server.browser(), "primera-1").unwrap().is(303);
        someone.recovers(&mut server.browser()).unwrap().is(303);
    }
    // It signs the records when it stops.
    server.signal("TERM");
    assert_eq!(server.wait().0.code(), Some(0));
    installation
}

fn public_key(installation: &Installation) -> String {
    let ran = installation.run(&["audit", "key", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let keys: Value = serde_json::from_str(&ran.out).unwrap();
    let key = keys[0]["public_key"].as_str().unwrap().to_owned();
    let ran = installation.run(&["audit", "key"]);
    assert_eq!(ran.out, format!("audit-1  {key}\n"));
    key
}

/// The auditor's machine: the program, the file, nothing else.
fn elsewhere(words: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_clavero")).args(words).current_dir(&folder).env_clear().output().unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "nothing is made");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: done.status.code().unwrap_or(-1), out: text(&done.stdout), err: text(&done.stderr) }
}

#[test]
fn an_export_is_verified_far_from_any_database() {
    let installation = used();
    let ran = installation.run(&["audit", "verify", "--json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let stored: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&stored["holds"], &stored["rows"], &stored["unsigned"]), (&true.into(), &7.into(), &0.into()), "{stored}");
    let key = public_key(&installation);

    for (format, name) in [("jsonl", "records.jsonl"), ("csv", "records.csv")] {
        let path = installation.folder.path().join(name);
        let file = path.to_str().unwrap();
        let ran = installation.run(&["audit", "export", "--format", format, "--out", file]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("rows in"), "{}", ran.out);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("9.600.100-") && text.contains("provisional_key_made") && text.contains("127.0.0.1"));

        let ran = elsewhere(&["audit", "verify", file, "--public-key", &key]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        assert!(ran.out.contains("rows hold together"), "{}", ran.out);
        assert_eq!(installation.run(&["audit", "verify", file]).code, 0, "the secrets folder has the key, too");
        let ran = elsewhere(&["audit", "verify", file]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("--public-key"), "{}", ran.err);
        let other = "0".repeat(64);
        let ran = elsewhere(&["audit", "verify", file, "--public-key", &other]);
        assert!(ran.code == 1 && ran.out.contains("known keys"), "{}{}", ran.out, ran.err);

        fs::write(&path, text.replacen("registered", "registeres", 1)).unwrap();
        let ran = elsewhere(&["audit", "verify", file, "--public-key", &key]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        let line = text.lines().position(|line| line.contains("registered")).unwrap() + 1;
        assert!(ran.out.starts_with(&format!("wrong  line {line}, shard ")) && ran.out.contains("altered"), "{}", ran.out);
        let ran = elsewhere(&["audit", "verify", file, "--public-key", &key, "--json"]);
        let found: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&found["holds"], &found["finding"]["what"]), (&false.into(), &"altered".into()), "{found}");
        assert_eq!(found["finding"]["line"], line);

        let cut: Vec<&str> = text.lines().take(text.lines().count() - 1).collect();
        fs::write(&path, cut.join("\n") + "\n").unwrap();
        let ran = elsewhere(&["audit", "verify", file, "--public-key", &key]);
        assert!(ran.code == 1 && ran.out.contains("missing: the file ends here"), "{}", ran.out);

        let ran = installation.run(&["audit", "export", "--out", file]);
        assert!(ran.code == 1 && ran.err.contains("choose another name"), "{}", ran.err);
    }
    let left = fs::read_dir(&installation.folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("unfinished"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_row_changed_by_sql_is_named() {
    let installation = used();
    let path = installation.folder.path().join("before.jsonl");
    let file = path.to_str().unwrap();
    assert_eq!(installation.run(&["audit", "export", "--out", file]).code, 0);
    assert_eq!(installation.run(&["audit", "verify", "--earlier", file]).code, 0);
    let shard = 9_600_101 % 16;
    let words = format!("UPDATE audit SET event = 'key_changed' WHERE shard = {shard} AND seq = 2");
    runtime().block_on(async {
        let db = installation.database().await;
        let refused = sql::testing::script(&db, &words).await.unwrap_err();
        assert!(clave::fault::chain(&refused).contains("records are only ever added"));
        let guard =
            if installation.is_postgres() { "ALTER TABLE audit DISABLE TRIGGER USER" } else { "DROP TRIGGER audit_is_kept" };
        sql::testing::script(&db, &format!("{guard}; {words}")).await.unwrap();
        db.close().await;
    });
    let ran = installation.run(&["audit", "verify"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.starts_with(&format!("wrong  shard {shard}, row 2: altered: ")), "{}", ran.out);
    // What was exported before still holds, and so does what it says.
    assert_eq!(installation.run(&["audit", "verify", file]).code, 0);
}

#[test]
fn an_export_to_standard_output_is_the_export_and_nothing_else() {
    let installation = used();
    let ran = installation.run(&["audit", "export", "--format", "csv"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let path = installation.folder.path().join("piped.csv");
    fs::write(&path, &ran.out).unwrap();
    assert_eq!(installation.run(&["audit", "verify", path.to_str().unwrap()]).code, 0);
    let ran = installation.run(&["audit", "export", "--since", "2999-01-01"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.out.contains("\"entry\""), "{}", ran.out);
}

#[test]
fn a_wrong_call_is_told_so_and_the_wrong_folder_gets_no_installation() {
    let installation = Installation::new();
    for words in [
        &["audit"][..],
        &["audit", "export", "--format", "xml"],
        &["audit", "export", "--since", "ayer"],
        &["audit", "verify", "--public-key", "12"],
    ] {
        assert_eq!(installation.run(words).code, 2, "{words:?}");
    }
    for words in [&["audit", "verify", "nosuch.jsonl"][..], &["audit", "key"], &["audit", "verify"]] {
        assert_eq!(installation.run(words).code, 1, "{words:?}");
    }
    // An empty database of PostgreSQL is there all the same, and may be a new installation's.
    if !installation.is_postgres() {
        assert_eq!(installation.run(&["audit", "export"]).code, 1);
        assert!(!installation.data().exists());
    }
}
