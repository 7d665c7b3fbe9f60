//! `clavero client`, `[[clients]]` and `keys rotate oidc`, beside a running server.

use serde_json::Value;

use crate::support::{Installation, Ran};

impl Installation {
    #[track_caller]
    fn told(&self, words: &[&str]) -> Value {
        let ran = self.run(words);
        assert_eq!(ran.code, 0, "{words:?}: {}{}", ran.out, ran.err);
        serde_json::from_str(&ran.out).unwrap()
    }
}

const ADD: &[&str] = &[
    "client",
    "add",
    "--id",
    "cursos",
    "--name",
    "Cursos",
    "--redirect-uri",
    "https://cursos.example.cl/volver",
    "--scope",
    "openid run",
];

fn fails(ran: &Ran, code: i32, words: &str) {
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains(words), "{words}: {}", ran.err);
}

#[test]
fn a_system_is_added_listed_given_another_secret_and_removed() {
    let installation = Installation::new();
    let _server = installation.serve();
    let added = installation.told(&[ADD, &["--json"]].concat());
    assert_eq!((&added["client_id"], &added["scope"]), (&"cursos".into(), &"openid run".into()));
    let secret = added["client_secret"].as_str().unwrap().to_owned();
    assert!(secret.len() >= 43);
    fails(&installation.run(ADD), 1, "registering cursos: there is a system with this identifier");
    let listed = installation.run(&["client", "list", "--json"]).out;
    assert!(listed.contains("cursos") && !listed.contains(&secret), "shown once");
    let other = installation.told(&["client", "rotate-secret", "cursos", "--json"]);
    assert!(other["client_secret"].as_str().unwrap().len() >= 43 && other["client_secret"] != secret.as_str());
    assert_eq!(installation.told(&["client", "remove", "--id", "cursos", "--json"])["removed"], true);
    assert_eq!(installation.told(&["client", "list", "--json"]), Value::Array(Vec::new()));
    fails(&installation.run(&["client", "remove", "cursos"]), 1, "client list");
}

#[test]
fn what_cannot_be_registered_says_what_to_do() {
    let installation = Installation::new();
    assert_eq!(installation.run(&["migrate"]).code, 0);
    let add = |more: &[&str]| installation.run(&[ADD, more].concat());
    fails(&add(&["--home", "http://cursos.example.cl"]), 1, "https");
    fails(&add(&["--auth", "private-key-jwt"]), 1, "--jwks FILE");
    fails(&add(&["--secret-file", "missing"]), 1, "reading missing");
    fails(&add(&["--auth", "magic"]), 2, "write none, basic, post or private-key-jwt");
    std::fs::write(installation.folder.path().join("short"), "secret\n").unwrap();
    fails(&add(&["--secret-file", "short"]), 1, "32 to 500");
}

#[test]
fn declared_systems_come_and_go_with_the_configuration() {
    let installation = Installation::new();
    let file = installation.folder.path().join("clavero.toml");
    std::fs::write(installation.folder.path().join("secret"), "0123456789abcdef0123456789abcdef\n").unwrap();
    let entry = "[[clients]]\nid = \"cursos\"\nname = \"Cursos\"\nsecret_file = \"secret\"\nredirect_uris = [\"https://cursos.example.cl/volver\"]\n";
    std::fs::write(&file, entry).unwrap();
    drop(installation.serve());
    let listed = installation.told(&["client", "list", "--json"]);
    assert_eq!((&listed[0]["client_id"], &listed[0]["declared"]), (&"cursos".into(), &true.into()));
    fails(&installation.run(&["client", "remove", "cursos"]), 1, "[[clients]]");
    std::fs::write(&file, "").unwrap();
    drop(installation.serve());
    assert_eq!(installation.told(&["client", "list", "--json"]), Value::Array(Vec::new()));
    std::fs::write(&file, entry.replace("https", "http")).unwrap();
    let checked = installation.run(&["config", "check"]);
    assert!(checked.code == 1 && checked.out.contains("clients, \"cursos\": redirect-uri"), "{}", checked.out);
}

#[test]
fn keys_that_sign_are_listed_and_rotated() {
    let installation = Installation::new();
    let _server = installation.serve();
    let state = |name: &str| {
        let listed = installation.told(&["keys", "list", "--json"]);
        listed.as_array().unwrap().iter().find(|key| key["key"] == name).map(|key| key["state"].as_str().unwrap().to_owned())
    };
    assert_eq!(state("RS256-1").as_deref(), Some("current"));
    let ran = installation.run(&["keys", "rotate", "oidc"]);
    assert!(ran.code == 0 && ran.out.contains("ES256-2 and RS256-2 are published now"), "{}{}", ran.out, ran.err);
    assert_eq!((state("ES256-1").as_deref(), state("ES256-2").as_deref()), (Some("current"), Some("published")));
    let ran = installation.run(&["keys", "rotate", "oidc", "--now"]);
    assert!(ran.code == 0 && ran.out.contains("sign now"), "{}{}", ran.out, ran.err);
    assert_eq!((state("ES256-1").as_deref(), state("ES256-2").as_deref()), (Some("withdrawn"), Some("withdrawn")));
    assert_eq!(state("ES256-3").as_deref(), Some("current"));
    fails(&installation.run(&["keys", "rotate", "oidc", "--stage"]), 1, "leave the option out");
    fails(&installation.run(&["keys", "rotate", "web", "--now"]), 1, "--now is for oidc");
}
