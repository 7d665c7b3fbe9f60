//! SMS from a page to an SMSC and back: what became of them is on the page.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use serde_json::{Value, json};
use sql::sql;

use crate::{
    browser::Browser,
    peers::{self, Peer},
    people::{Someone, provisional_key},
    support::{Installation, PATIENCE, runtime, wait_for},
};

fn installation(smsc: &Peer) -> Installation {
    let installation = Installation::new();
    let file = installation.folder.path().join("smsc.password");
    fs::write(&file, "secreto\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    installation
        .with("CLAVERO__SMS__TRANSPORT", "smpp")
        .with("CLAVERO__SMS__SMPP__HOST", "127.0.0.1")
        .with("CLAVERO__SMS__SMPP__PORT", smsc.port.to_string())
        .with("CLAVERO__SMS__SMPP__TLS", "false")
        .with("CLAVERO__SMS__SMPP__SYSTEM_ID", "clavero")
        .with("CLAVERO__SMS__SMPP__SOURCE", "SENCE")
        .with("CLAVERO__SMS__SMPP__PASSWORD_FILE", file.to_str().unwrap())
}

/// Reads the SMSC's messages up to the one with this in it, among the next hundred; how many they were.
fn messages_up_to(smsc: &Peer, text: &str) -> usize {
    (1..=100).find(|_| smsc.says_of("to")["text"].as_str().unwrap().contains(text)).unwrap()
}

/// The states of all SMS with a key, sorted.
fn states(installation: &Installation) -> Vec<String> {
    runtime().block_on(async {
        let db = installation.database().await;
        let statement = sql!("SELECT state FROM outbox WHERE channel = 'sms' AND kind = 'provisional_key' ORDER BY state");
        let rows = db.read().await.unwrap().all(statement).await.unwrap();
        rows.iter().map(|row| row.get("state").unwrap()).collect()
    })
}

/// The page of a result, and the key on it.
fn recovers(someone: &Someone, browser: &mut Browser) -> (String, String) {
    let result = someone.recovers(browser).unwrap().is(303).location;
    let key = provisional_key(&browser.get(&result).unwrap().is(200));
    (result, key)
}

#[test]
fn the_page_tells_what_the_smsc_tells() {
    if !peers::has_smsc() {
        return;
    }
    let mut smsc = peers::smsc(&[]);
    let installation = installation(&smsc);
    let server = installation.serve();
    assert!(server.said().contains("SMS go to 127.0.0.1:"), "{}", server.said());
    let (someone, mut browser) = (Someone::number(12_345_678), server.browser());
    someone.registers(&mut browser, "Perro8azul").unwrap().is(303);

    let (result, key) = recovers(&someone, &mut browser);
    let number = messages_up_to(&smsc, &key);
    wait_for(PATIENCE, "the SMS with the SMSC", || (states(&installation) == ["accepted"]).then_some(()));
    let before = browser.get(&result).unwrap().is(200).text;
    smsc.tell(&json!({ "receipt": { "id": "r", "text": format!("id:m-{number} stat:DELIVRD err:000") } }));
    assert_eq!(smsc.says_of("receipt_answered"), json!({ "receipt_answered": 0, "id": "r" }));
    assert_eq!(states(&installation), ["delivered"], "acknowledged only once it is kept");
    let after = browser.get(&result).unwrap().is(200).text;
    assert_ne!(before, after);

    // A number that the SMSC refuses: the page says that it failed.
    smsc.tell(&json!({ "behaviour": "refuse" }));
    let (result, _) = recovers(&someone, &mut browser);
    wait_for(PATIENCE, "the SMS to have failed", || (states(&installation) == ["delivered", "failed"]).then_some(()));
    assert_ne!(browser.get(&result).unwrap().is(200).text, after);

    server.signal("TERM");
    assert_eq!(smsc.says_of("unbound")["unbound"], true);
    let (status, said) = server.wait();
    assert!(status.success(), "{said}");
    assert!(!said.contains(&someone.phone[3..]) && !said.contains(&key), "neither number nor key in the log: {said}");
}

#[test]
fn doctor_binds_and_says_so() {
    if !peers::has_smsc() {
        return;
    }
    let smsc = peers::smsc(&[]);
    let installation = installation(&smsc);
    let of = |installation: &Installation, what: &str| -> Vec<(String, String)> {
        let ran = installation.run(&["doctor", "--json"]);
        let found: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        let text = |found: &Value, field: &str| found[field].as_str().unwrap().to_owned();
        found.iter().filter(|found| found["what"] == what).map(|found| (text(found, "verdict"), text(found, "text"))).collect()
    };
    let place = format!("sms.first, 127.0.0.1:{} by SMPP: ", smsc.port);
    assert_eq!(of(&installation, "SMS gateway"), [("ok".to_owned(), format!("{place}answers and lets us in"))]);
    assert_eq!(smsc.says_of("unbound")["unbound"], true);

    let file = installation.folder.path().join("smsc.password");
    fs::write(&file, "otro").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(
        of(&installation, "SMS gateway"),
        [("wrong".to_owned(), format!("{place}smpp bind: status 0x0000000e: check sms.*"))]
    );
    assert!(of(&installation, "secrets").iter().any(|(verdict, text)| verdict == "wrong" && text.contains("chmod 600")));
    fs::remove_file(Path::new(&file)).unwrap();
    let found = of(&installation, "SMS gateway");
    assert!(found[0].0 == "wrong" && found[0].1.contains("reading password_file of sms.first"), "{found:?}");
}
