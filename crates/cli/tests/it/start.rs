//! The first start makes an installation; later ones refuse to make another in its place.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use crate::{
    people::Someone,
    support::{Installation, copy_files},
};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_first_start_makes_data_secrets_and_outbox_for_their_owner_alone() {
    let installation = Installation::new();
    assert!(!installation.data().exists());
    let server = installation.serve();
    for folder in [installation.data(), installation.secrets(), installation.data().join("outbox")] {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
    }
    let keys: Vec<_> = fs::read_dir(installation.secrets()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(keys.len() >= 5, "{keys:?}");
    for key in &keys {
        assert_eq!(mode(key), 0o600, "{}", key.display());
    }
    assert_eq!(installation.data().join("clavero.db").exists(), !installation.is_postgres());

    Someone::number(9_400_100).registers(&mut server.browser(), "primera-1").unwrap().is(303);
    installation.wait_for_messages(2, Duration::from_secs(10));
    for message in fs::read_dir(installation.data().join("outbox")).unwrap() {
        assert_eq!(mode(&message.unwrap().path()), 0o600);
    }
}

#[test]
fn a_second_start_keeps_what_the_first_one_made() {
    let installation = Installation::new();
    let someone = Someone::number(9_400_101);
    let server = installation.serve();
    let mut browser = server.browser();
    let result = someone.registers(&mut browser, "primera-1").unwrap().is(303).location;
    server.kill();
    let server = installation.serve();
    browser.moved_to(server.address).get(&result).unwrap().is(200).shows(&someone.email);
    assert!(someone.has_key(&mut server.browser(), "primera-1"));
}

#[test]
fn without_its_secrets_an_installation_does_not_start() {
    let installation = Installation::new();
    installation.serve().kill();
    let elsewhere = installation.folder.path().join("elsewhere");
    fs::rename(installation.secrets(), &elsewhere).unwrap();
    let ran = installation.run(&["serve"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("put them back from the backup") && ran.err.contains("secrets"), "{}", ran.err);
    assert!(!installation.secrets().join("sealing-1.key").exists(), "no new keys were made");

    fs::rename(&elsewhere, installation.secrets()).unwrap();
    installation.serve();
}

#[test]
fn the_secrets_of_another_installation_are_refused() {
    let (installation, other) = (Installation::new(), Installation::new());
    installation.serve().kill();
    other.serve().kill();
    fs::rename(installation.secrets(), installation.folder.path().join("elsewhere")).unwrap();
    copy_files(&other.secrets(), &installation.secrets());
    let ran = installation.run(&["serve"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("is not the one this database was used with"), "{}", ran.err);
}

#[test]
fn a_first_start_that_was_interrupted_is_finished_by_the_next() {
    let installation = Installation::new();
    // What a kill between two keys leaves.
    installation.run(&["migrate"]);
    fs::create_dir_all(installation.secrets()).unwrap();
    let made = Installation::new();
    made.serve().kill();
    let first = fs::read_dir(made.secrets()).unwrap().next().unwrap().unwrap().path();
    fs::copy(&first, installation.secrets().join(first.file_name().unwrap())).unwrap();
    installation.serve();
}

#[test]
fn a_port_that_is_taken_is_said() {
    let installation = Installation::new();
    let server = installation.serve();
    let other = Installation::new().with("CLAVERO__SERVER__LISTEN", server.address.to_string());
    let ran = other.run(&["serve"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(&server.address.to_string()) && ran.err.contains("another program has it"), "{}", ran.err);
}
