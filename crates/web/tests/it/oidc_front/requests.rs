//! Whatever is kept of a request that anybody can send is counted, at each address where it may come in.

use clave::limits::{Budget, Limits};

use super::*;

const MOST: usize = 3;
const DEVICE: &str = "/openid/device_authorization";

async fn narrow(registration: Registration) -> TestApp {
    let limits = Limits { requests: Budget::new(3, 10), ..Limits::default() };
    ruled(Settings { limits, ..Settings::default() }, registration).await
}

/// A program that can keep no secret.
fn public() -> Registration {
    Registration { authentication: Authentication::None, ..courses() }
}

fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn kept(app: &TestApp) -> i64 {
    let mut tx = app.app.clave.db.read().await.unwrap();
    let row = tx.one(sql::sql!("SELECT (SELECT COUNT(*) FROM pending) + (SELECT COUNT(*) FROM device_grant) AS n")).await;
    row.unwrap().unwrap().get("n").unwrap()
}

#[tokio::test]
async fn what_browsers_bring_is_kept_so_often_and_no_more() {
    for way in ["link", "form", "logout"] {
        let app = narrow(courses()).await;
        let ask = async || match way {
            "link" => app.get(&link(&[])).await,
            "form" => post(&app.client(), "/openid/authorize", &asked(&[])).await,
            _ => app.get("/openid/logout").await,
        };
        for _ in 0..MOST {
            ask().await.is(303);
        }
        let late = ask().await;
        late.is(429).shows("<main");
        assert!((1..=600).contains(&late.header("retry-after").parse::<u64>().unwrap()), "{way}");
        assert_eq!(kept(&app).await, 3, "{way}");
        // What is not kept is not counted: nobody is logged in, and no page is wanted.
        assert!(app.get(&link(&[("prompt", "none")])).await.is(303).header("location").contains("login_required"));
    }
}

#[tokio::test]
async fn programs_without_a_secret_are_told_when_to_come_back() {
    for (address, fields) in [("/openid/par", asked(&[])), (DEVICE, owned(&[("client_id", "cursos"), ("scope", "openid")]))] {
        let app = narrow(public()).await;
        for _ in 0..MOST {
            assert!([200, 201].contains(&post(&app.client(), address, &fields).await.status.as_u16()), "{address}");
        }
        let late = post(&app.client(), address, &fields).await;
        let told: serde_json::Value = serde_json::from_str(&late.is(429).text).unwrap();
        assert_eq!(told["error"], "temporarily_unavailable", "{address}");
        assert!((1..=601).contains(&late.header("retry-after").parse::<u64>().unwrap()), "{address}");
        assert_eq!(kept(&app).await, 3, "{address}");
    }
}

#[tokio::test]
async fn a_system_that_proved_itself_is_not_held_up() {
    let app = narrow(courses()).await;
    let fields = owned(&[("client_id", "cursos"), ("client_secret", SECRET), ("scope", "openid")]);
    for _ in 0..=MOST {
        post(&app.client(), DEVICE, &fields).await.is(200);
    }
}
