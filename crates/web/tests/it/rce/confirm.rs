//! The address where an OTEC's server confirms an attendance.

use std::time::Duration;

use serde_json::{Value, json};
use sql::sql;

use super::{CLOSE, OTHER_OTEC, START, TEST_START, TOKEN, asked, enters, has_otec, site, started};
use crate::{
    app::{Shown, TestApp},
    juana::wait,
};

const OTHER_TOKEN: &str = "9b2b8c1e-9d4a-4e6f-8a7b-0c1d2e3f4a5b";

async fn ask(app: &TestApp, id: &str, authorization: &str) -> Shown {
    app.client().sending("authorization", authorization).get(&format!("/api/rce/sesiones/{id}")).await
}

fn told(answer: &Shown) -> Value {
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/json", "no-store"));
    serde_json::from_str(&answer.text).unwrap()
}

#[tokio::test]
async fn an_otec_confirms_its_attendance_and_no_other() {
    let app = site().await;
    has_otec(&app, OTHER_OTEC, &[], OTHER_TOKEN).await;
    let client = app.client();
    let id = started(&app, &client, START, &[]).await;
    let bearer = format!("Bearer {TOKEN}");
    let open = json!({
        "IdSesionSence": id, "RutOtec": "76543210-3", "CodSence": "1237941234", "CodigoCurso": "6512345", "LineaCapacitacion": 3,
        "RunAlumno": "12345678-5", "IdSesionAlumno": "block-v1:org+x@sence+block@0f", "FechaHoraInicio": "2026-06-15 12:00:00",
        "ZonaHoraria": "America/Santiago", "Estado": "abierta", "Ambiente": "produccion",
    });
    assert_eq!(told(ask(&app, &id, &bearer).await.is(200)), open);
    // In any case, with a final slash, with the token in upper case.
    let shouted = app.client().sending("authorization", &format!("BEARER {}", TOKEN.to_uppercase()));
    assert_eq!(told(shouted.get(&format!("/API/Rce/Sesiones/{id}/")).await.is(200)), open);

    for unknown in ["0123456789abcdef0123456789abcdef", "x", "%ff", "..%2f", &format!("{id}0")] {
        assert_eq!(told(ask(&app, unknown, &bearer).await.is(404))["error"], "not_found", "{unknown}");
    }
    assert_eq!(told(ask(&app, &id, &format!("Bearer {OTHER_TOKEN}")).await.is(404))["error"], "not_found");

    wait(&app, Duration::from_mins(90));
    let page = asked(&app, CLOSE, &[("IdSesionSence", Some(&id))]).await;
    enters(&client, &page).await.shows("data-resultado=\"exito\"");
    let closed = told(&ask(&app, &id, &bearer).await);
    assert_eq!((&closed["Estado"], &closed["FechaHoraTermino"]), (&json!("cerrada"), &json!("2026-06-15 13:30:00")));
}

#[tokio::test]
async fn what_nobody_closed_has_expired() {
    let app = site().await;
    let social = [("LineaCapacitacion", Some("1")), ("CodSence", Some(" ")), ("CodigoCurso", Some("RLAB-19-02-08-0071-1"))];
    let id = started(&app, &app.client(), TEST_START, &social).await;
    wait(&app, Duration::from_hours(3));
    let told = told(&ask(&app, &id, &format!("Bearer {TOKEN}")).await);
    assert_eq!((&told["Estado"], &told["FechaHoraTermino"]), (&json!("expirada"), &json!("2026-06-15 15:00:00")));
    assert_eq!((&told["Ambiente"], told.get("CodSence"), &told["LineaCapacitacion"]), (&json!("prueba"), None, &json!(1)));
}

#[tokio::test]
async fn without_a_living_token_nothing_is_told() {
    let app = site().await;
    let id = started(&app, &app.client(), START, &[]).await;
    let address = format!("/api/rce/sesiones/{id}");
    let nothing = app.get(&address).await;
    assert_eq!(
        (told(nothing.is(401))["error"].as_str(), nothing.header("www-authenticate")),
        (Some("invalid_token"), "Bearer realm=\"rce\"")
    );
    for wrong in ["Basic Zm9vOmJhcg==", "Bearer", "Bearer ", "Bearer 3f2b8c1e", TOKEN] {
        let answer = ask(&app, &id, wrong).await;
        assert!(answer.is(401).header("www-authenticate").starts_with("Bearer realm=\"rce\""), "{wrong}");
        answer.hides("6512345").hides(TOKEN);
    }
    let posted = app.client().send(axum::http::Request::post(&address), axum::body::Body::empty()).await;
    assert_eq!(posted.is(405).header("allow"), "GET, HEAD");

    let bearer = format!("Bearer {TOKEN}");
    let mut tx = app.app.clave.db.begin().await.unwrap();
    tx.run(sql!("UPDATE otec SET suspended_at = 1")).await.unwrap();
    tx.commit().await.unwrap();
    ask(&app, &id, &bearer).await.is(401).shows("suspended");
    let mut tx = app.app.clave.db.begin().await.unwrap();
    tx.run(sql!("UPDATE otec SET suspended_at = NULL")).await.unwrap();
    tx.run(sql!("UPDATE otec_token SET revoked_at = 1")).await.unwrap();
    tx.commit().await.unwrap();
    ask(&app, &id, &bearer).await.is(401);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_right_token_is_not() {
    let app = site().await;
    let id = started(&app, &app.client(), START, &[]).await;
    let mut slowed = false;
    for guess in 0..500 {
        let answer = ask(&app, &id, &format!("Bearer 3f2b8c1e-9d4a-4e6f-8a7b-{guess:012}")).await;
        if answer.status == 429 {
            assert_ne!(answer.header("retry-after"), "");
            slowed = true;
            break;
        }
        answer.is(401);
    }
    assert!(slowed);
    ask(&app, &id, &format!("Bearer {TOKEN}")).await.is(200);
}
