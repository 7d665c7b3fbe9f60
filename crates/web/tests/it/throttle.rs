//! What the pages say when a budget is used up, and the cookie that keeps the owner out of the crowd's queue.

use clave::settings::{Limits, Settings, Waits};

use crate::{
    app::{Shown, TestApp},
    juana::{CHANGE, KEY, NEW_KEY, RECOVER, RUT, asked, change, fill, read, registered},
};

/// One stranger's try at a key, and then they wait.
async fn app() -> TestApp {
    let waits = Waits { free: 1, ..Limits::default().keys_person };
    let limits = Limits { keys_person: waits, answers_hour: clave::settings::Budget::new(1, 60), ..Limits::default() };
    TestApp::ruled(Settings { limits, ..Settings::default() }).await
}

fn cookie(page: &Shown, name: &str) -> bool {
    page.headers.get_all("set-cookie").iter().any(|value| value.to_str().unwrap().starts_with(&format!("{name}=")))
}

#[tokio::test]
async fn a_used_up_budget_is_told_in_the_words_of_a_wrong_key_and_when_to_come_back() {
    let app = app().await;
    registered(&app).await;
    let wrong = change(&app.client(), "equivocada", NEW_KEY).await;
    let refused = change(&app.client(), KEY, NEW_KEY).await;
    wrong.is(422);
    refused.is(429);
    assert_eq!(refused.header("retry-after"), "61");
    let words = "El RUT y la clave no corresponden. Revise los dos.";
    let wait = " Hubo demasiados intentos. Espere 1 minuto, hasta el 15-06-2026 12:01, y vuelva a intentarlo.";
    assert!(read(&refused).contains(&format!("{words}{wait}")), "{}", read(&refused));
    assert_eq!(read(&refused).replace(wait, ""), read(&wrong), "nothing else differs");
}

#[tokio::test]
async fn a_used_up_budget_of_answers_is_told_in_the_words_of_a_wrong_answer() {
    let app = app().await;
    registered(&app).await;
    let client = app.client();
    let step = asked(&client).await;
    fill(&client, &step, &[("respuesta", "mala"), ("captcha", "HOLA")]).await.is(422);
    let refused = fill(&client, &step, &[("respuesta", "mala"), ("captcha", "HOLA")]).await;
    refused.is(429).shows("La respuesta no corresponde.").shows("Espere 60 minutos");
}

#[tokio::test]
async fn the_device_from_which_the_key_was_changed_does_not_wait_with_the_crowd() {
    let app = app().await;
    registered(&app).await;
    let mine = app.client();
    assert!(cookie(change(&mine, KEY, NEW_KEY).await.is(303), "cs_device"));
    change(&app.client(), "equivocada", KEY).await.is(422);
    change(&app.client(), NEW_KEY, KEY).await.is(429);
    change(&mine, NEW_KEY, KEY).await.is(303);
}

#[tokio::test]
async fn nobody_gets_a_device_cookie_before_they_have_proved_who_they_are() {
    let app = app().await;
    registered(&app).await;
    for number in [RUT, "11.111.111-1"] {
        let client = app.client();
        assert!(!cookie(&fill(&client, RECOVER, &[("rut", number)]).await, "cs_device"));
        let fields = [
            ("rut", number),
            ("clave_actual", "equivocada"),
            ("clave_nueva", NEW_KEY),
            ("clave_nueva_repetida", NEW_KEY),
            ("captcha", "HOLA"),
        ];
        assert!(!cookie(&fill(&client, CHANGE, &fields).await, "cs_device"));
    }
}
