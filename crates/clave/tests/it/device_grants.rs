//! Devices without a browser (RFC 8628).

use std::{sync::Arc, time::Duration};

use clave::{
    Cx,
    client::Client,
    device_grant::{self, Approval, Decision, Started},
    grant::{self, Acr, Issued, Refused},
};
use oidc::{Scopes, device::UserCode};
use tokio::task::JoinSet;

use crate::{grants::Scene, people::RUT, people::rut};

impl Scene {
    async fn asks(&self, client: &Client) -> Started {
        let mut tx = self.app.clave.db.begin().await.unwrap();
        let scopes = Scopes::parse("openid offline_access");
        let started = device_grant::begin(&mut tx, &mut self.app.cx(), client, &scopes).await.unwrap();
        tx.commit().await.unwrap();
        started
    }

    async fn polls(&self, client: &Client, started: &Started) -> Result<Issued, Refused> {
        grant::device(&mut self.app.cx(), client, started.device_code.expose(), None).await
    }

    async fn decides(&self, code: &UserCode, decision: Decision) -> bool {
        let mut tx = self.app.clave.db.begin().await.unwrap();
        let done = device_grant::decide(&mut tx, &mut self.app.cx(), code, &decision).await.unwrap();
        tx.commit().await.unwrap();
        done
    }

    fn granted(&self) -> Decision {
        Decision::Granted(Approval { rut: rut(RUT), sid: self.sid, authenticated_at: self.app.now(), acr: Acr::KeyDeclared })
    }

    async fn is_waiting(&self, code: &UserCode) -> bool {
        let mut tx = self.app.clave.db.read().await.unwrap();
        device_grant::look(&mut tx, code, self.app.now()).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn a_device_waits_until_the_person_has_decided_and_gets_its_tokens_once() {
    let scene = Scene::new().await;
    let (client, other) = (scene.client("televisor").await, scene.client("otro").await);
    let started = scene.asks(&client).await;
    assert!(scene.is_waiting(&started.user_code).await);
    assert!(matches!(scene.polls(&client, &started).await, Err(Refused::Pending)), "the first question may come at once");
    assert!(matches!(scene.polls(&other, &started).await, Err(Refused::Grant(_))), "another client's");
    scene.app.wait(Duration::from_secs(5));
    assert!(matches!(scene.polls(&client, &started).await, Err(Refused::Pending)));
    assert!(scene.decides(&started.user_code, scene.granted()).await);
    assert!(!scene.is_waiting(&started.user_code).await);
    assert!(!scene.decides(&started.user_code, Decision::Denied).await, "decided once");
    let issued = scene.polls(&client, &started).await.unwrap();
    assert_eq!(issued.login.as_ref().unwrap().sid, scene.sid);
    assert!(scene.opens(&issued.access).await && issued.refresh.is_some());
    assert_eq!((scene.app.events("device_granted").await, scene.app.events("tokens_issued").await), (1, 1));
    assert!(matches!(scene.polls(&client, &started).await, Err(Refused::Grant(_))));
    assert!(!scene.opens(&issued.access).await, "used twice, it ends like a code");
}

#[tokio::test]
async fn a_device_that_asks_too_often_must_wait_longer() {
    let scene = Scene::new().await;
    let client = scene.client("televisor").await;
    let started = scene.asks(&client).await;
    assert!(matches!(scene.polls(&client, &started).await, Err(Refused::Pending)));
    assert!(matches!(scene.polls(&client, &started).await, Err(Refused::TooSoon)));
    scene.app.wait(Duration::from_secs(9));
    assert!(matches!(scene.polls(&client, &started).await, Err(Refused::TooSoon)), "ten seconds now");
    scene.app.wait(Duration::from_secs(15));
    assert!(matches!(scene.polls(&client, &started).await, Err(Refused::Pending)), "fifteen were kept");
    assert!(scene.decides(&started.user_code, scene.granted()).await);
    assert!(scene.polls(&client, &started).await.is_ok(), "who was let in waits no more");
}

#[tokio::test]
async fn a_device_is_told_no_and_that_it_is_late() {
    let scene = Scene::new().await;
    let client = scene.client("televisor").await;
    let (denied, late, granted) = (scene.asks(&client).await, scene.asks(&client).await, scene.asks(&client).await);
    assert!(scene.decides(&denied.user_code, Decision::Denied).await);
    assert!(matches!(scene.polls(&client, &denied).await, Err(Refused::Denied)));
    assert_eq!(scene.app.events("device_denied").await, 1);
    assert!(scene.decides(&granted.user_code, scene.granted()).await);
    scene.app.wait(Duration::from_mins(10));
    assert!(!scene.is_waiting(&late.user_code).await);
    assert!(!scene.decides(&late.user_code, scene.granted()).await);
    for started in [&late, &granted] {
        assert!(matches!(scene.polls(&client, started).await, Err(Refused::DeviceExpired)));
    }
    let unknown = grant::device(&mut scene.app.cx(), &client, "nada", None).await;
    assert!(matches!(unknown, Err(Refused::Grant(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_show_one_device_code_one_wins() {
    let scene = Scene::new().await;
    let client = scene.client("televisor").await;
    let started = scene.asks(&client).await;
    assert!(scene.decides(&started.user_code, scene.granted()).await);
    let nodes = [scene.app.clave.clone(), scene.app.another_node().await];
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        let (client, code) = (client.clone(), started.device_code.clone());
        let mut cx = Cx::new(Arc::clone(&nodes[number % 2]), None);
        tasks.spawn(async move { grant::device(&mut cx, &client, code.expose(), None).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|won| *won).count(), 1);
    assert_eq!(scene.app.events("code_reused").await, 1);
}
