//! `clavero message`, what a running server shows of messages on `/metrics`, and the example of alert rules.

use std::{
    collections::BTreeSet,
    net::TcpListener,
    time::{Duration, Instant},
};

use clave::outbox::Channel;
use serde_json::Value;

use crate::{
    outgoing,
    people::Someone,
    support::{Installation, PATIENCE, runtime, times, wait_for},
};
const KEY: &str = "primera-1";

fn listed(installation: &Installation, words: &[&str]) -> Vec<Value> {
    let ran = installation.run(&[&["message", "list", "--json"], words].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn messages_are_listed_without_address_or_key_tried_again_and_tested() {
    let installation = Installation::new();
    let server = installation.serve();
    let someone = Someone::number(9_800_001);
    someone.registers(&mut server.browser(), KEY).unwrap().is(303);
    installation.wait_for_messages(2, PATIENCE);
    wait_for(PATIENCE, "both sent", || (listed(&installation, &["--state", "sent"]).len() == 2).then_some(()));

    let all = installation.run(&["message", "list", "--json"]).out + &installation.run(&["message", "list"]).out;
    for secret in [KEY, someone.email.as_str(), someone.phone.as_str(), someone.rut.as_str(), "http"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    let sms = listed(&installation, &["--channel", "sms"]);
    assert_eq!(sms.len(), 1);
    assert_eq!((&sms[0]["kind"], &sms[0]["tries"], &sms[0]["state"]), (&"registered".into(), &1.into(), &"sent".into()));
    assert!(listed(&installation, &["--state", "failed"]).is_empty());
    assert!(listed(&installation, &["--since", "2090-01-01"]).is_empty());
    assert_eq!(listed(&installation, &["--rut", &someone.rut]).len(), 2);
    assert_eq!(times(&installation.account(&someone.rut).unwrap(), "messages_listed"), 1, "whoever looks is recorded");

    let again = installation.run(&["message", "retry", sms[0]["id"].as_str().unwrap()]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("it is sent, and what it said was erased"), "{}", again.err);
    assert!(installation.run(&["message", "retry", &"0".repeat(32)]).err.contains("there is no such message"));
    assert_eq!(installation.run(&["message", "retry", "nonsense"]).code, 2);
    let since = installation.run(&["message", "retry", "--failed-since", "2020-01-01"]);
    assert_eq!((since.code, since.out.as_str()), (0, "0 messages that waited for their next try are tried at once\n"));

    let tested = installation.run(&["message", "test", "--email", "prueba@correo.example"]);
    assert_eq!(tested.code, 0, "{}", tested.err);
    assert!(tested.out.contains("sent: handed over"), "{}", tested.out);
    assert!(!tested.out.contains("prueba@"), "{}", tested.out);
    let tested = installation.run(&["message", "test", "--sms", "+56 9 1234 5678"]);
    assert_eq!(tested.code, 0, "{}", tested.err);
    let messages = installation.wait_for_messages(4, PATIENCE);
    let test = messages.iter().find(|message| message["to"] == "prueba@correo.example").unwrap();
    assert_eq!(test["subject"], "Mensaje de prueba de Clave SENCE");
    assert_eq!(installation.run(&["message", "test"]).code, 2, "to whom?");
    let abroad = installation.run(&["message", "test", "--sms", "+1 202 555 0100"]);
    assert_eq!((abroad.code, abroad.err.contains("sms.prefixes")), (1, true), "{}", abroad.err);
}

/// The names of our metrics in a text.
fn metrics_in(text: &str) -> BTreeSet<String> {
    let names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.starts_with("clavero_"));
    names.map(str::to_owned).collect()
}

#[test]
fn every_metric_of_the_alert_rules_is_one_that_a_server_shows() {
    // Free a moment ago: nobody answers at the first one.
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (nobody, metrics) = (free(), free());
    let installation = Installation::new()
        .with("CLAVERO__METRICS__LISTEN", metrics.to_string())
        .with("CLAVERO__MAIL__TRANSPORT", "smtp")
        .with("CLAVERO__MAIL__SMTP__HOST", "127.0.0.1")
        .with("CLAVERO__MAIL__SMTP__PORT", nobody.port().to_string())
        .with("CLAVERO__MAIL__SMTP__SECURITY", "none")
        .with("CLAVERO__MAIL__SMTP__FROM", "Clave SENCE <no-responder@correo.example>");
    let _server = installation.serve();
    let runtime = runtime();
    let clave = runtime.block_on(outgoing::product(&installation));
    runtime.block_on(outgoing::put(&clave, Channel::Email, 0, 20));
    let rules = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/alerts.rules.yml")).unwrap();
    let wanted = metrics_in(&rules);
    assert!(wanted.len() >= 5, "{wanted:?}");
    assert!(!rules.contains('\t'), "YAML knows no tabs");
    let alerts = rules.matches("- alert: ").count();
    for word in ["expr: ", "annotations: ", "labels: "] {
        assert_eq!(rules.matches(word).count(), alerts, "{word}");
    }
    let began = Instant::now();
    let (mut shown, mut left) = (String::new(), wanted.iter().cloned().collect::<Vec<_>>());
    while !left.is_empty() && began.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(200));
        shown = ureq::get(&format!("http://{metrics}/metrics")).call().unwrap().body_mut().read_to_string().unwrap();
        left = wanted.difference(&metrics_in(&shown)).cloned().collect();
    }
    assert!(left.is_empty(), "{left:?} are not among {:?}", metrics_in(&shown));
    assert!(shown.contains("clavero_messages_oldest_age{channel=\"email\",rank=\"key\"}"), "{shown}");
    runtime.block_on(clave.db.close());
}
