//! Relying systems: registered by a command or by the configuration, known by their secrets, gone when they are removed.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use clave::{
    Cx, Secret,
    client::{self, Added, Authentication, Changes, ClientId, Declared, GrantType, Logo, Refused, Registration, SubjectType},
};
use oidc::scope::Scope;
use proptest::prelude::*;
use sql::sql;

use crate::support::TestClave;

fn id(text: &str) -> ClientId {
    ClientId::parse(text).unwrap()
}

fn system() -> Registration {
    Registration {
        name: "Sistema de Cursos".to_owned(),
        redirect_uris: vec!["https://cursos.example.cl/volver".to_owned()],
        scopes: "openid profile".to_owned(),
        ..Registration::default()
    }
}

fn given(text: &str) -> Secret {
    Secret::new(text)
}

impl TestClave {
    async fn adds(&self, name: &str, registration: Registration) -> Result<Added, Refused> {
        client::add(&mut self.cx(), &id(name), registration, None, None).await
    }

    async fn opens(&self, name: &str, secret: &Secret) -> bool {
        let mut tx = self.clave.db.read().await.unwrap();
        let now = self.now();
        let by_name = client::with_secret(&mut tx, &id(name), secret, now).await.unwrap().is_some();
        if let Some(client) = client::find(&mut tx, &id(name)).await.unwrap() {
            assert_eq!(client::secret_matches(&mut tx, &client, secret, now).await.unwrap(), by_name);
        }
        by_name
    }

    async fn client(&self, name: &str) -> Option<client::Client> {
        client::find(&mut self.clave.db.read().await.unwrap(), &id(name)).await.unwrap()
    }

    async fn recorded(&self) -> Vec<String> {
        let mut tx = self.clave.db.read().await.unwrap();
        let rows = tx.all(sql!("SELECT event, detail FROM audit ORDER BY seq")).await.unwrap();
        rows.iter()
            .map(|row| format!("{} {}", row.get::<String>("event").unwrap(), row.get::<String>("detail").unwrap()))
            .collect()
    }
}

#[tokio::test]
async fn a_client_is_what_was_registered_and_its_secret_is_told_once() {
    let test = TestClave::new().await;
    let secret = test.adds("cursos", system()).await.unwrap().secret.unwrap();
    assert!(secret.expose().len() >= 43, "256 bits");
    assert!(test.opens("cursos", &secret).await);
    assert!(!test.opens("cursos", &given("x")).await && !test.opens("cursos", &given("")).await);
    assert!(!test.opens("otro", &secret).await);
    let client = test.client("cursos").await.unwrap();
    assert_eq!((client.name.as_str(), client.authentication), ("Sistema de Cursos", Authentication::Basic));
    assert_eq!(client.redirect_uris[0].as_str(), "https://cursos.example.cl/volver");
    assert!(client.scopes.contains(Scope::Profile) && !client.scopes.contains(Scope::Run));
    assert_eq!(client.subject, SubjectType::Pairwise { sector: "cursos.example.cl".to_owned() });
    assert!(client.may(GrantType::Code) && client.may(GrantType::Refresh) && !client.may(GrantType::ClientCredentials));
    assert!(!client.pkce_required && !client.is_public() && !client.declared);
    assert!(matches!(test.adds("cursos", system()).await, Err(Refused::Taken)));
    assert_eq!(test.recorded().await, ["client_added cursos"]);
    // Nothing that is stored is the secret.
    let row = test.clave.db.read().await.unwrap().only(sql!("SELECT registration, secret FROM client")).await.unwrap();
    assert!(!row.get::<String>("registration").unwrap().contains(secret.expose()));
    assert_eq!(row.get::<[u8; 32]>("secret").unwrap(), clave::vault::sha256(secret.expose().as_bytes()));
}

#[tokio::test]
async fn a_secret_is_changed_without_keeping_the_system_out() {
    let test = TestClave::new().await;
    let first = test.adds("cursos", system()).await.unwrap().secret.unwrap();
    let rotate =
        async |hours, given| client::rotate_secret(&mut test.cx(), &id("cursos"), Duration::from_hours(hours), given).await;
    let second = rotate(24, None).await.unwrap().unwrap();
    assert!(test.opens("cursos", &first).await && test.opens("cursos", &second).await);
    test.wait(Duration::from_hours(24));
    assert!(!test.opens("cursos", &first).await && test.opens("cursos", &second).await);
    let own = given("0123456789abcdef0123456789abcdef");
    assert!(rotate(0, Some(own.clone())).await.unwrap().is_none());
    assert!(test.opens("cursos", &own).await && !test.opens("cursos", &second).await, "at once");
    for weak in ["short", "0123456789abcdef 123456789abcdef", "0123456789abcdefñ123456789abcdef"] {
        assert!(matches!(rotate(0, Some(given(weak))).await, Err(Refused::Wrong(_))), "{weak}");
    }
    let unknown = client::rotate_secret(&mut test.cx(), &id("otro"), Duration::ZERO, None).await;
    assert!(matches!(unknown, Err(Refused::Unknown)));
    test.adds("movil", Registration { authentication: Authentication::None, ..system() }).await.unwrap();
    let none = client::rotate_secret(&mut test.cx(), &id("movil"), Duration::ZERO, None).await;
    assert!(matches!(none, Err(Refused::NoSecret)));
}

#[tokio::test]
async fn a_removed_client_is_gone_but_its_name_stays() {
    let test = TestClave::new().await;
    let secret = test.adds("cursos", system()).await.unwrap().secret.unwrap();
    client::remove(&mut test.cx(), &id("cursos")).await.unwrap();
    assert!(test.client("cursos").await.is_none() && !test.opens("cursos", &secret).await);
    let mut tx = test.clave.db.read().await.unwrap();
    assert_eq!(client::ever(&mut tx, &id("cursos")).await.unwrap().unwrap().name, "Sistema de Cursos");
    assert!(client::list(&mut tx).await.unwrap().is_empty());
    drop(tx);
    assert!(matches!(client::remove(&mut test.cx(), &id("cursos")).await, Err(Refused::Unknown)));
    // The identifier may be given again; the secret of before opens nothing.
    test.adds("cursos", system()).await.unwrap();
    assert!(test.client("cursos").await.is_some() && !test.opens("cursos", &secret).await);
}

#[tokio::test]
async fn a_public_client_always_needs_pkce_and_has_no_secret() {
    let test = TestClave::new().await;
    let public = Registration { authentication: Authentication::None, ..system() };
    assert!(test.adds("movil", public).await.unwrap().secret.is_none());
    let client = test.client("movil").await.unwrap();
    assert!(client.is_public() && client.pkce_required && client.rules().pkce_required);
    assert!(!test.opens("movil", &given("")).await);
}

/// What is wrong, what is said of it, and what makes it so.
type Case = (&'static str, &'static str, fn(&mut Registration));

#[test]
fn what_cannot_be_is_told_all_at_once_and_says_what_to_do() {
    let wrong = |change: fn(&mut Registration)| {
        let mut registration = system();
        change(&mut registration);
        registration.problems(&id("x"), None).iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(wrong(|_| {}), "");
    let cases: [Case; 16] = [
        ("name", "1 to 80 characters", |it| it.name.clear()),
        ("name", "1 to 80 characters", |it| it.name = "x".repeat(81)),
        ("name", "one line", |it| it.name = "a\nb".to_owned()),
        ("redirect-uri", "https", |it| it.redirect_uris = vec!["http://cursos.example.cl/".to_owned()]),
        ("redirect-uri", "missing", |it| it.redirect_uris.clear()),
        ("post-logout-uri", "#", |it| it.post_logout_uris = vec!["https://x.example/#a".to_owned()]),
        ("backchannel-logout-uri", "https", |it| it.backchannel_logout_uri = Some("http://x.example/".to_owned())),
        ("backchannel-logout-uri", "no web address", |it| it.backchannel_logout_uri = Some("cl.example.app:/x".to_owned())),
        ("home", "absolute address", |it| it.home = Some("cursos".to_owned())),
        ("scope", "unknown", |it| it.scopes = "openid everything".to_owned()),
        ("scope", "openid is missing", |it| it.scopes = "profile".to_owned()),
        ("scope", "refresh_token", |it| {
            it.scopes = "openid offline_access".to_owned();
            it.grants = BTreeSet::from([GrantType::Code]);
        }),
        ("jwks", "--jwks FILE", |it| it.authentication = Authentication::PrivateKeyJwt),
        ("sector", "--sector", |it| it.redirect_uris.push("https://otro.example.cl/".to_owned())),
        ("grant", "first token", |it| it.grants = BTreeSet::from([GrantType::Refresh])),
        ("grant", "--auth", |it| {
            it.authentication = Authentication::None;
            it.grants.insert(GrantType::ClientCredentials);
        }),
    ];
    for (what, told, change) in cases {
        let wrong = wrong(change);
        assert!(wrong.starts_with(what) && wrong.contains(told), "{what}: {wrong}");
    }
    let several = wrong(|it| {
        it.name.clear();
        it.scopes.clear();
        it.redirect_uris.clear();
    });
    assert!(["name", "scope", "redirect-uri"].iter().all(|what| several.contains(what)), "{several}");
}

#[tokio::test]
async fn sectors_follow_hosts_and_stay() {
    let test = TestClave::new().await;
    let at = |uris: &[&str]| Registration { redirect_uris: uris.iter().map(|uri| (*uri).to_owned()).collect(), ..system() };
    for (name, uris, expected) in [
        ("web", ["https://a.example.cl/x", "https://A.example.cl:8443/y"].as_slice(), "a.example.cl"),
        ("local", &["http://127.0.0.1:8080/x"], "client:local"),
        ("nativo", &["cl.example.app:/x"], "client:nativo"),
        ("v6", &["http://[::1]/x"], "client:v6"),
    ] {
        test.adds(name, at(uris)).await.unwrap();
        assert_eq!(test.client(name).await.unwrap().subject, SubjectType::Pairwise { sector: expected.to_owned() }, "{name}");
    }
    test.adds("publico", Registration { public_subject: true, ..system() }).await.unwrap();
    assert_eq!(test.client("publico").await.unwrap().subject, SubjectType::Public);
    // A declared system moves to another host: people stay who they are to it.
    let declared = |uri: &str| Declared { id: id("movido"), registration: at(&[uri]), secret: Some(given(LONG)), logo: None };
    client::declare(&mut test.cx(), &[declared("https://viejo.example.cl/x")]).await.unwrap();
    client::declare(&mut test.cx(), &[declared("https://nuevo.example.cl/x")]).await.unwrap();
    let moved = test.client("movido").await.unwrap();
    assert_eq!(moved.redirect_uris[0].as_str(), "https://nuevo.example.cl/x");
    assert_eq!(moved.subject, SubjectType::Pairwise { sector: "viejo.example.cl".to_owned() });
}

const LONG: &str = "0123456789abcdef0123456789abcdef";

fn declared(name: &str) -> Declared {
    Declared { id: id(name), registration: system(), secret: Some(given(LONG)), logo: None }
}

#[tokio::test]
async fn the_configuration_adds_changes_and_removes_what_it_declares() {
    let test = TestClave::new().await;
    test.adds("propio", system()).await.unwrap();
    let declare = async |clients: &[Declared]| client::declare(&mut test.cx(), clients).await.unwrap();
    let written = |names: &[&str]| Changes { written: names.iter().map(|name| id(name)).collect(), removed: Vec::new() };
    assert_eq!(declare(&[declared("b"), declared("a")]).await, written(&["a", "b"]));
    assert!(test.opens("a", &given(LONG)).await && test.client("a").await.unwrap().declared);
    assert_eq!(declare(&[declared("b"), declared("a")]).await, written(&[]), "a second start finds nothing to do");
    let mut changed = declared("a");
    changed.registration.name = "Otro nombre".to_owned();
    // Without the file the secret that it has stays.
    changed.secret = None;
    assert_eq!(declare(&[changed.clone(), declared("b")]).await, written(&["a"]));
    assert!(test.opens("a", &given(LONG)).await && test.client("a").await.unwrap().name == "Otro nombre");
    let other = "fedcba9876543210fedcba9876543210";
    changed.secret = Some(given(other));
    assert_eq!(declare(&[changed.clone(), declared("b")]).await, written(&["a"]));
    assert!(test.opens("a", &given(other)).await && !test.opens("a", &given(LONG)).await);
    assert_eq!(declare(&[declared("b")]).await, Changes { written: Vec::new(), removed: vec![id("a")] });
    assert!(test.client("a").await.is_none() && test.client("propio").await.is_some(), "commands' own clients stay");
    assert_eq!(declare(&[changed, declared("b")]).await, written(&["a"]), "it comes back");
    for refused in [
        client::remove(&mut test.cx(), &id("b")).await,
        client::rotate_secret(&mut test.cx(), &id("b"), Duration::ZERO, None).await.map(drop),
    ] {
        assert!(matches!(refused, Err(Refused::Declared)));
    }
    let without = Declared { id: id("c"), secret: None, ..declared("c") };
    let refused = client::declare(&mut test.cx(), &[without]).await.unwrap_err().to_string();
    assert!(refused.contains("secret_file"), "{refused}");
    assert!(test.client("a").await.is_some(), "a configuration that is refused changes nothing");
}

#[tokio::test]
async fn a_client_that_becomes_public_has_no_secret_any_more() {
    let test = TestClave::new().await;
    client::declare(&mut test.cx(), &[declared("a")]).await.unwrap();
    let mut public = declared("a");
    public.registration.authentication = Authentication::None;
    public.secret = None;
    client::declare(&mut test.cx(), &[public.clone()]).await.unwrap();
    assert!(!test.opens("a", &given(LONG)).await);
    public.registration.authentication = Authentication::Post;
    let refused = client::declare(&mut test.cx(), &[public]).await.unwrap_err();
    assert!(matches!(refused, Refused::Wrong(_)), "and none comes back by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_declare_the_same_record_it_once() {
    let test = TestClave::new().await;
    let nodes = [test.another_node().await, test.another_node().await];
    let declare = async |node: usize| {
        let mut cx = Cx::new(Arc::clone(&nodes[node]), None);
        client::declare(&mut cx, &[declared("a"), declared("b")]).await.unwrap().written.len()
    };
    let (one, other) = tokio::join!(declare(0), declare(1));
    assert_eq!(one + other, 2);
    let mut events = test.recorded().await;
    events.sort();
    assert_eq!(events, ["client_declared a", "client_declared b"]);
}

#[tokio::test]
async fn a_logo_is_kept_for_every_node() {
    let test = TestClave::new().await;
    let picture = Logo::parse(b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()).unwrap();
    client::add(&mut test.cx(), &id("a"), system(), None, Some(picture.clone())).await.unwrap();
    test.adds("b", system()).await.unwrap();
    let node = test.another_node().await;
    let mut tx = node.db.read().await.unwrap();
    assert_eq!(client::logo(&mut tx, &id("a")).await.unwrap(), Some(picture));
    assert_eq!(client::logo(&mut tx, &id("b")).await.unwrap(), None);
    assert!(client::find(&mut tx, &id("a")).await.unwrap().unwrap().logo.is_some());
    assert!(client::find(&mut tx, &id("b")).await.unwrap().unwrap().logo.is_none());
}

#[test]
fn a_registration_reads_back_as_it_was_written() {
    let text = serde_json::to_string(&system()).unwrap();
    assert_eq!(serde_json::from_str::<Registration>(&text).unwrap(), system());
    assert_eq!(serde_json::from_str::<Registration>("{}").unwrap(), Registration::default());
}

proptest! {
    #[test]
    fn an_identifier_reads_back_or_is_none(text in "\\PC{0,120}") {
        if let Ok(id) = ClientId::parse(&text) {
            prop_assert_eq!(id.as_str(), text.as_str());
            prop_assert!((1..=100).contains(&text.len()) && text.is_ascii());
        }
    }

    #[test]
    fn judging_anything_ends_well(name in "\\PC{0,90}", uri in "\\PC{0,60}", scopes in "\\PC{0,40}", sector in "\\PC{0,40}", jwks in "\\PC{0,40}") {
        let registration = Registration {
            name,
            redirect_uris: vec![uri.clone()],
            post_logout_uris: vec![uri.clone()],
            backchannel_logout_uri: Some(uri.clone()),
            home: Some(uri),
            scopes,
            sector: Some(sector),
            jwks: Some(jwks),
            ..Registration::default()
        };
        let _ = registration.problems(&id("x"), Some(&given("y")));
    }
}
