//! Commands and their exit codes: 0 done, 1 failed, 2 wrong call.

use crate::{
    people::Someone,
    support::{Installation, PATIENCE},
};

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
        &["person", "freeze"],
        &["person", "freeze", "1-9", "--case", "Juana Pérez"],
        &["person", "freeze", "1-9", "--case", ""],
        &["person", "unfreeze", "1-9", "--undo-contacts"],
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
    for wish in ["freeze", "unfreeze"] {
        let ran = installation.run(&["person", wish, "1-9"]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert!(ran.err.contains("ing 1-9: nobody registered with this RUT: check the number"), "{}", ran.err);
    }
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
fn the_help_desk_freezes_and_thaws_with_a_case_and_the_person_is_told() {
    let installation = Installation::new();
    let server = installation.serve();
    let someone = Someone::number(9_500_101);
    let mut browser = server.browser();
    someone.registers(&mut browser, "primera-1").unwrap().is(303);
    let rut = someone.rut.as_str();
    let done = |words: &[&str]| {
        let ran = installation.run(words);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words:?}: {}", ran.out);
        ran.out
    };
    assert_eq!(done(&["person", "unfreeze", rut]), format!("{rut} is not frozen, nothing was changed.\n"));
    assert_eq!(done(&["person", "freeze", rut, "--case", "MESA-2026.117"]), format!("{rut} is frozen; the person is told.\n"));
    assert!(installation.account(rut).unwrap()["state"].as_str().unwrap().starts_with("frozen since"));
    assert!(!someone.has_key(&mut browser, "primera-1"));
    let again: serde_json::Value = serde_json::from_str(&done(&["person", "freeze", rut, "--json"])).unwrap();
    assert_eq!((&again["state"], &again["changed"]), (&"frozen".into(), &false.into()));
    let thawed: serde_json::Value =
        serde_json::from_str(&done(&["person", "unfreeze", rut, "--case", "MESA-2026.117", "--json"])).unwrap();
    let expected = serde_json::json!({
        "rut": rut, "state": "active", "changed": true, "contacts_undone": false, "case": "MESA-2026.117"
    });
    assert_eq!(thawed, expected);
    assert!(someone.has_key(&mut browser, "primera-1"));
    let account = installation.account(rut).unwrap();
    let past = |event: &str| {
        let history = account["history"].as_array().unwrap();
        history.iter().filter(|past| past["event"] == event).map(|past| past["detail"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        (past("credentials_frozen"), past("credentials_unfrozen")),
        (vec!["MESA-2026.117".into()], vec!["MESA-2026.117".into()])
    );
    let told = installation.wait_for_messages(6, PATIENCE);
    let about = |words: &str| told.iter().filter(|message| message["text"].as_str().unwrap().contains(words)).count();
    assert_eq!((about("bloqueada"), about("desbloqueada")), (4, 2), "{told:?}");
    for message in told {
        assert!(message["text"].as_str().unwrap().contains("/enlace/no-fui-yo?t="), "{message}");
    }
    let undo = done(&["person", "freeze", rut, "--undo-contacts"]);
    assert!(undo.contains("were not changed in the last 72 hours"), "{undo}");
}

#[test]
fn the_strict_profile_is_checked_and_shown() {
    let strict = || Installation::new().with("CLAVERO__PROFILE", "strict");
    assert_eq!(strict().run(&["config", "check"]).code, 0);
    let shown = strict().run(&["config", "show"]).out;
    for line in
        ["min_length = 15", "max_length = 64", "show_on_screen = false", "question = \"selected\"", "contact_hold_hours = 72"]
    {
        assert!(shown.contains(line), "{line} is not in {shown}");
    }
    for (key, value) in [
        ("CLAVERO__KEY__MIN_LENGTH", "14"),
        ("CLAVERO__RECOVERY__SHOW_ON_SCREEN", "true"),
        ("CLAVERO__RECOVERY__QUESTION", "shown"),
        ("CLAVERO__RECOVERY__CONTACT_HOLD_HOURS", "71"),
    ] {
        let ran = strict().with(key, value).run(&["config", "check"]);
        let name = key.trim_start_matches("CLAVERO__").to_lowercase().replace("__", ".");
        assert_eq!(ran.code, 1, "{key}={value}: {}", ran.out);
        assert!(ran.out.contains(&format!("wrong  {name}: profile = \"strict\"")), "{}", ran.out);
        assert_eq!(strict().with(key, value).run(&["serve"]).code, 1);
        let guide = Installation::new().with("CLAVERO__KEY__MAX_LENGTH", "64").with(key, value);
        assert_eq!(guide.run(&["config", "check"]).code, 0, "the guide's profile takes {key}={value}");
    }
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
    assert!(seen >= 11, "only {seen} commands were found");
}
