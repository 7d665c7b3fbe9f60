//! Commands and their exit codes: 0 done, 1 failed, 2 wrong call.

use crate::{people::Someone, support::Installation};

#[test]
fn a_wrong_call_exits_with_2_and_says_how_to_call() {
    let installation = Installation::new();
    for words in [
        &["nosuch"][..],
        &[],
        &["serve", "--nosuch"],
        &["config"],
        &["config", "nosuch"],
        &["person"],
        &["person", "show"],
        &["person", "show", "12.345.678-4"],
        &["person", "show", "no es un rut"],
        &["serve", "--config"],
    ] {
        let ran = installation.run(words);
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.err);
        assert!(ran.err.contains("--help") || ran.err.contains("Usage"), "{words:?}: {}", ran.err);
    }
    assert!(!installation.data().exists(), "a wrong call changes nothing");
}

#[test]
fn what_fails_exits_with_1_and_says_what_why_and_what_to_do() {
    let installation = Installation::new();
    drop(installation.serve());
    let ran = installation.run(&["person", "show", "1-9"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
    assert!(ran.err.contains("1-9: nobody registered with this RUT: check the number"), "{}", ran.err);
    for (key, value, said) in [
        ("CLAVERO__BASE_URL", "http://clave.example.cl", "base_url"),
        ("CLAVERO__SERVER__LISTEN", "0.0.0.0:0", "captcha.fixed_answer"),
        ("CLAVERO__HASHING__MEMORY_KIB", "1024", "19456"),
        ("CLAVERO__NOSUCH", "1", "nosuch"),
        ("CLAVERO__SERVER__LISTEN", "nowhere", "listen"),
    ] {
        for words in [&["config", "check"][..], &["serve"], &["person", "show", "1-9"]] {
            let ran = Installation::new().with(key, value).run(words);
            let said_all = format!("{}{}", ran.out, ran.err);
            assert_eq!(ran.code, 1, "{words:?} with {key}={value}: {said_all}");
            assert!(said_all.to_lowercase().contains(said), "{words:?} with {key}={value}: {said_all}");
        }
    }
    let ran = installation.run(&["config", "show", "--config", "nosuch.toml"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("nosuch.toml") && ran.err.contains("name an existing file"), "{}", ran.err);
}

#[test]
fn config_check_names_the_reason_and_what_to_do() {
    let ran = Installation::new().with("CLAVERO__BASE_URL", "http://clave.example.cl").run(&["config", "check"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .contains("wrong  base_url: http://clave.example.cl would carry keys over the network unencrypted: write https://")
    );
    assert!(ran.out.contains("The configuration is refused."), "{}", ran.out);
    let json = Installation::new().with("CLAVERO__BASE_URL", "http://clave.example.cl").run(&["config", "check", "--json"]);
    let read: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert!(read["problems"].as_array().unwrap().iter().any(|problem| problem.as_str().unwrap().starts_with("base_url:")));
}

#[test]
fn what_is_done_exits_with_0() {
    let installation = Installation::new();
    for words in [&["config", "check"][..], &["config", "show"], &["config", "show", "--json"], &["migrate"], &["migrate"]] {
        let ran = installation.run(words);
        assert_eq!(ran.code, 0, "{words:?}: {}{}", ran.out, ran.err);
        assert!(!ran.out.is_empty());
    }
    let server = installation.serve();
    let someone = Someone::number(9_500_100);
    someone.registers(&mut server.browser(), "primera-1").unwrap().is(303);
    let ran = installation.run(&["person", "show", &someone.rut]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("active") && ran.out.contains("registered"), "{}", ran.out);
    assert!(!ran.out.contains(&someone.email) && !ran.out.contains(&someone.phone), "contact data are masked: {}", ran.out);
    let ran = installation.run(&["doctor", "--json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(serde_json::from_str::<serde_json::Value>(&ran.out).unwrap().as_array().unwrap().len() >= 4);
}

#[test]
fn every_command_has_help() {
    let installation = Installation::new();
    let mut waiting: Vec<Vec<String>> = vec![Vec::new()];
    let mut seen = 0;
    while let Some(words) = waiting.pop() {
        let call: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
        let ran = installation.run(&call);
        assert_eq!(ran.code, 0, "{call:?}: {}", ran.err);
        assert!(ran.out.contains("Usage: clavero"), "{call:?}: {}", ran.out);
        seen += 1;
        let commands = ran.out.split_once("Commands:\n").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap());
        for command in commands.lines().filter_map(|line| line.split_whitespace().next()).filter(|command| *command != "help") {
            waiting.push(words.iter().cloned().chain([command.to_owned()]).collect());
        }
    }
    assert!(seen >= 9, "only {seen} commands were found");
}
