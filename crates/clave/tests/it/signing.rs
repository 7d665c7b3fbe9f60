//! The keys that sign, on two nodes that share a database: one pair at the first start, and a rotation under traffic that fails nobody.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clave::{
    Clave, Cx, Moment, housekeeping,
    keys::{self, Haste},
    renew,
    settings::Settings,
    signing::{self, State},
    vault::Purpose,
};
use oidc::{id_token::Hint, jwk::Algorithm, jwt};
use serde_json::{Value, json};
use sql::sql;

use crate::support::TestClave;

/// Seconds between two looks at the traffic; a node is never later than this.
const STEP: usize = 30;
const ISSUER: &str = "https://clave.example.cl";

fn at(node: &Arc<Clave>) -> Cx {
    Cx::new(Arc::clone(node), None)
}

fn states(node: &Clave, now: Moment) -> BTreeMap<String, &'static str> {
    node.signing.list(now).into_iter().map(|(state, key)| (key.name, state.name())).collect()
}

fn kids(published: &[Value]) -> Vec<&str> {
    published.iter().map(|key| key["kid"].as_str().unwrap()).collect()
}

async fn begun() -> TestClave {
    let test = TestClave::new().await;
    signing::begin(&mut test.cx()).await.unwrap();
    test
}

fn sign(node: &Clave, algorithm: Algorithm, now: Moment) -> String {
    let key = node.signing.current(algorithm, now).unwrap();
    let iat = now.micros() / 1_000_000;
    jwt::sign(&key, jwt::JWT, &json!({ "iss": ISSUER, "sub": "x", "aud": "y", "iat": iat, "auth_time": iat, "exp": iat + 600 }))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_start_at_once_end_with_one_pair() {
    let test = TestClave::new().await;
    let (one, other) = (test.another_node().await, test.another_node().await);
    let (mut a, mut b) = (at(&one), at(&other));
    let (a, b) = tokio::join!(signing::begin(&mut a), signing::begin(&mut b));
    a.and(b).unwrap();
    let now = test.now();
    assert_eq!(kids(&one.signing.published(now)), kids(&other.signing.published(now)));
    assert_eq!(states(&one, now), BTreeMap::from([("ES256-1".to_owned(), "current"), ("RS256-1".to_owned(), "current")]));
    for algorithm in Algorithm::ALL {
        let token = sign(&one, algorithm, now);
        let key = signing::find(&other, &jwt::kid(&token).unwrap()).await.unwrap().unwrap();
        assert_eq!(key.algorithm(), algorithm);
        assert!(Hint::verify(&token, &key, ISSUER).is_some(), "what one signs, the other verifies");
    }
    // A later start makes none.
    signing::begin(&mut at(&test.another_node().await)).await.unwrap();
    let row = test.clave.db.read().await.unwrap().only(sql!("SELECT COUNT(*) AS n FROM signing_key")).await.unwrap();
    assert_eq!(row.get::<i64>("n").unwrap(), 2);
}

#[tokio::test]
async fn before_the_first_start_nothing_is_signed() {
    let test = TestClave::new().await;
    assert!(test.clave.signing.current(Algorithm::Es256, test.now()).is_err());
    assert!(test.clave.signing.published(test.now()).is_empty());
}

/// A system that keeps our keys as long as it may and looks again only then, or (as RFC 7517 libraries do not have to) never at an unknown name.
#[derive(Default)]
struct System {
    kept: Vec<Value>,
    until: Option<Moment>,
}

impl System {
    fn verifies(&mut self, asked: &Clave, token: &str, now: Moment) -> bool {
        if self.until.is_none_or(|until| until <= now) {
            self.kept = asked.signing.published(now);
            self.until = Some(now.plus(asked.settings.oidc.jwks));
        }
        let kid = jwt::kid(token).unwrap();
        self.kept.iter().any(|key| key["kid"] == kid.as_str())
    }
}

#[tokio::test]
async fn a_rotation_under_traffic_fails_no_verification() {
    let test = begun().await;
    let nodes = [test.another_node().await, test.another_node().await];
    for node in &nodes {
        signing::refresh(node).await.unwrap();
    }
    // Systems that look at the keys at different times, each at another node than the one that signs.
    let mut systems: Vec<System> = (0..20).map(|_| System::default()).collect();
    let (mut shown, mut seen): (Vec<(String, Moment)>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rotated = 0;
    for second in (0..5 * 60 * 60).step_by(STEP) {
        if matches!(second, 1_200 | 1_260 | 9_000) {
            let done = signing::rotate(&mut test.cx(), Haste::None).await.unwrap().unwrap();
            assert!(done.signs_from > test.now().plus(test.clave.settings.oidc.jwks));
            rotated += 1;
        }
        let now = test.now();
        // One node looks at the database every time, the other is as late as a node may be.
        signing::refresh(&nodes[0]).await.unwrap();
        for node in &nodes {
            for algorithm in Algorithm::ALL {
                let token = sign(node, algorithm, now);
                let kid = jwt::kid(&token).unwrap();
                if !seen.contains(&kid) {
                    seen.push(kid);
                }
                shown.push((token, now.plus(test.clave.settings.oidc.id_token)));
            }
        }
        signing::refresh(&nodes[1]).await.unwrap();
        shown.retain(|(_, until)| *until > now);
        // Each token is shown to a system at its first moment and until it expires, to systems whose copies are of every age.
        for (at, (token, until)) in shown.iter().enumerate() {
            let system = &mut systems[(at + second / STEP) % 20];
            assert!(system.verifies(&nodes[at % 2], token, now), "at {second}: a token good until {} fails", until.iso());
        }
        test.wait(Duration::from_secs(STEP as u64));
    }
    assert_eq!((rotated, seen.len()), (3, 8), "every pair signed in its time");
    let now = test.now();
    let states = states(&nodes[0], now);
    assert_eq!(states["ES256-4"], "current");
    assert_eq!((states["ES256-1"], states["RS256-3"]), ("retired", "retired"));
    assert_eq!(nodes[0].signing.published(now).len(), 2, "what signed nothing that is good any more is not published");
    // A hint comes back long after its token has expired: its key is still found.
    let old = nodes[1].signing.find(&seen[0]).unwrap();
    assert_eq!(old.kid(), seen[0]);
}

#[tokio::test]
async fn the_key_that_signs_is_published_first() {
    let test = begun().await;
    signing::rotate(&mut test.cx(), Haste::None).await.unwrap().unwrap();
    let published = test.clave.signing.published(test.now());
    let current = |algorithm| test.clave.signing.current(algorithm, test.now()).unwrap().kid().to_owned();
    assert_eq!(kids(&published)[..2], [current(Algorithm::Es256), current(Algorithm::Rs256)]);
    assert_eq!(published.len(), 4);
    for key in &published {
        assert_eq!(key["use"], "sig");
        assert!(["d", "p", "q", "dp", "dq", "qi", "k"].iter().all(|part| key.get(part).is_none()), "only public parts");
    }
}

#[tokio::test]
async fn in_haste_the_new_keys_sign_at_once_and_the_old_ones_count_no_more() {
    let test = begun().await;
    let other = test.another_node().await;
    signing::refresh(&other).await.unwrap();
    let now = test.now();
    let token = sign(&test.clave, Algorithm::Es256, now);
    let done = signing::rotate(&mut test.cx(), Haste::Now).await.unwrap().unwrap();
    assert_eq!((done.names.join(" ").as_str(), done.signs_from), ("ES256-2 RS256-2", now));
    assert!(test.clave.signing.find(&jwt::kid(&token).unwrap()).is_none(), "not even as a hint");
    assert_eq!(test.clave.signing.published(now).len(), 2);
    assert_eq!(states(&test.clave, now)["ES256-1"], "withdrawn");
    // The other node meets the new key before it has looked.
    let fresh = sign(&test.clave, Algorithm::Es256, now);
    test.wait(Duration::from_secs(2));
    assert!(signing::find(&other, &jwt::kid(&fresh).unwrap()).await.unwrap().is_some());
    assert!(other.signing.find(&jwt::kid(&token).unwrap()).is_none());
    let mut tx = test.clave.db.read().await.unwrap();
    let left =
        tx.only(sql!("SELECT COUNT(*) AS n FROM signing_key WHERE withdrawn_at IS NOT NULL AND private IS NOT NULL")).await;
    assert_eq!(left.unwrap().get::<i64>("n").unwrap(), 0, "a key that may have been seen is kept nowhere");
}

#[tokio::test]
async fn two_rotations_at_once_make_one_pair() {
    let test = begun().await;
    let (one, other) = (test.another_node().await, test.another_node().await);
    let (mut a, mut b) = (at(&one), at(&other));
    let (a, b) = tokio::join!(signing::rotate(&mut a, Haste::None), signing::rotate(&mut b, Haste::None));
    let done = [a.unwrap(), b.unwrap()];
    let made: Vec<_> = done.iter().flatten().flat_map(|rotated| rotated.names.clone()).collect();
    signing::refresh(&test.clave).await.unwrap();
    assert_eq!(test.clave.signing.list(test.now()).len(), 2 + made.len(), "{made:?}");
    let mut unique = made.clone();
    unique.dedup();
    assert_eq!(made, unique);
}

#[tokio::test]
async fn a_clock_that_was_set_back_signs_with_the_oldest_key() {
    let test = begun().await;
    signing::rotate(&mut test.cx(), Haste::None).await.unwrap().unwrap();
    let first = test.clave.signing.current(Algorithm::Rs256, test.now()).unwrap();
    test.turn_back(Duration::from_hours(24));
    assert_eq!(test.clave.signing.current(Algorithm::Rs256, test.now()).unwrap().kid(), first.kid());
}

#[tokio::test]
async fn keys_are_sealed_and_sealed_anew_with_the_rest() {
    let test = TestClave::with_secrets().await;
    signing::begin(&mut test.cx()).await.unwrap();
    let token = sign(&test.clave, Algorithm::Es256, test.now());
    keys::rotate(&mut test.cx(), Purpose::Sealing).await.unwrap();
    let done = renew::renew(&mut test.cx(), Purpose::Sealing, |_| {}).await.unwrap();
    assert_eq!((done.rows, done.unreadable), (2, 0));
    test.wait(keys::KEPT + Duration::from_secs(1));
    keys::retire(&mut test.cx(), clave::vault::KeyName::parse("sealing-1").unwrap(), Haste::None).await.unwrap();
    std::fs::remove_file(test.secrets().join("sealing-1.key")).unwrap();
    let other = test.another_node().await;
    let key = signing::find(&other, &jwt::kid(&token).unwrap()).await.unwrap().unwrap();
    assert!(Hint::verify(&token, &key, ISSUER).is_some());
}

#[tokio::test]
async fn a_key_in_anothers_row_opens_nothing() {
    let test = begun().await;
    signing::rotate(&mut test.cx(), Haste::None).await.unwrap().unwrap();
    let mut tx = test.clave.db.begin().await.unwrap();
    tx.run(sql!(
        "UPDATE signing_key SET private = (SELECT other.private FROM signing_key AS other WHERE other.id = $2) WHERE id = $1",
        b"ES256-1".as_slice(),
        b"ES256-2".as_slice()
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let other = test.another_node().await;
    assert!(signing::refresh(&other).await.is_err());
}

#[tokio::test]
async fn private_halves_are_wiped_when_nothing_they_signed_comes_back() {
    let test = begun().await;
    let first = test.clave.signing.current(Algorithm::Es256, test.now()).unwrap().kid().to_owned();
    signing::rotate(&mut test.cx(), Haste::None).await.unwrap().unwrap();
    test.wait(Duration::from_hours(24));
    assert_eq!(housekeeping::sweep(&test.clave.db, test.now()).await.unwrap().signing_keys, 0);
    test.wait(Duration::from_hours(31 * 24));
    assert_eq!(housekeeping::sweep(&test.clave.db, test.now()).await.unwrap().signing_keys, 2);
    signing::refresh(&test.clave).await.unwrap();
    assert!(test.clave.signing.find(&first).is_none());
    let listed = test.clave.signing.list(test.now());
    assert!(listed.iter().any(|(state, key)| *state == State::Retired && key.kid == first), "its name stays");
    sign(&test.clave, Algorithm::Es256, test.now());
}

#[tokio::test]
async fn how_long_systems_keep_the_keys_is_how_long_a_new_one_waits() {
    let mut settings = Settings::default();
    settings.oidc.jwks = Duration::from_mins(1);
    let test = TestClave::with(settings).await;
    signing::begin(&mut test.cx()).await.unwrap();
    let done = signing::rotate(&mut test.cx(), Haste::None).await.unwrap().unwrap();
    let wait = test.now().until(done.signs_from);
    assert!(wait > Duration::from_mins(1) && wait < Duration::from_mins(2), "{wait:?}");
    assert_eq!(states(&test.clave, test.now())["ES256-2"], "published");
    test.wait(wait);
    assert_eq!(states(&test.clave, test.now())["ES256-2"], "current");
    assert_eq!(states(&test.clave, test.now())["ES256-1"], "old");
}
