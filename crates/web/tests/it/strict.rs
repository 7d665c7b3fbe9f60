//! The strict profile's rules on the pages: long keys, no key on the screen, the question selected, changed contact data held back. Each rule
//! serves in the guide's profile, too.

use std::time::Duration;

use clave::settings::{AskedQuestion, KeyRules, OnScreen, Recovery, Settings};

use crate::{
    app::{Client, Shown, TestApp},
    juana::{ANSWER, BIRTH, CHANGE, HOME, RECOVER, REGISTER, RUT, asked, change, fill, finish, reads, validated, wait},
};

const LONG_KEY: &str = "tren 42 al sur de Chile";
const NEXT_KEY: &str = "barco 77 al norte, lento";

fn strict() -> Settings {
    let guide = Settings::default();
    Settings {
        key: KeyRules { min_length: 15, max_length: 64 },
        recovery: Recovery {
            on_screen: OnScreen::Hidden,
            question: AskedQuestion::Selected,
            contact_hold: Duration::from_hours(72),
            ..guide.recovery
        },
        ..guide
    }
}

async fn register(client: &Client, key: &str) -> Shown {
    let fields = [
        &[("rut", RUT), ("pregunta", "4"), ("respuesta", ANSWER), ("nombres", "Juana"), ("apellido_paterno", "O'Higgins")][..],
        &BIRTH,
        &HOME,
        &[
            ("email", "juana@example.org"),
            ("celular", "9 8765 4321"),
            ("clave", key),
            ("clave_repetida", key),
            ("captcha", "HOLA"),
        ],
    ];
    fill(client, REGISTER, &fields.concat()).await
}

async fn registered(app: &TestApp) -> Client {
    let client = app.client();
    register(&client, LONG_KEY).await.is(303);
    client
}

async fn answered(client: &Client, question: &str, answer: &str) -> Shown {
    let step = asked(client).await;
    fill(client, &step, &[("pregunta", question), ("respuesta", answer), ("captcha", "HOLA")]).await
}

/// The provisional key in a message to this address.
async fn key_sent_to(app: &TestApp, to: &str) -> Option<String> {
    let letters = app.letters(to).await;
    let key = letters.iter().rfind(|message| message["kind"] == "provisional_key")?;
    Some(key["key"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn keys_have_15_to_64_characters_and_every_page_says_so() {
    let app = TestApp::ruled(strict()).await;
    for address in [REGISTER, CHANGE] {
        let page = app.get(address).await;
        page.shows("data-min=\"15\" data-max=\"64\"").hides("10 caracteres");
        reads(&page, &["Máximo 64 caracteres. Mínimo 15."]);
    }
    reads(&app.get("/ayuda").await, &["Tiene entre 15 y 64 caracteres."]);
    let client = app.client();
    register(&client, "tren42.Sur").await.is(422).shows("<a href=\"#clave\">La clave debe tener al menos 15 caracteres");
    let long = "tren al sur ".repeat(6);
    register(&client, &long).await.is(422).shows("<a href=\"#clave\">La clave debe tener como máximo 64 caracteres");
    register(&client, LONG_KEY).await.is(303);
    change(&client, LONG_KEY, "barco-77Ej").await.is(422).shows("<a href=\"#clave_nueva\">La clave debe tener al menos 15");
    change(&client, LONG_KEY, NEXT_KEY).await.is(303);
    change(&client, NEXT_KEY, LONG_KEY).await.is(303);
}

#[tokio::test]
async fn the_question_is_selected_among_all_and_the_page_is_the_same_for_every_rut() {
    let app = TestApp::ruled(strict()).await;
    let client = registered(&app).await;
    reads(&client.get(RECOVER).await, &["Ingrese su RUT. En el paso siguiente elegirá su pregunta secreta"]);
    let page = client.get(&asked(&client).await).await;
    page.is(200).shows("<select id=\"pregunta\" name=\"pregunta\"").hides(" selected>");
    assert_eq!(page.text.matches("<option value=\"").count(), 13);

    let other = app.client();
    let step = fill(&other, RECOVER, &[("rut", "11.111.111-1")]).await.is(303).header("location").to_owned();
    let stranger = other.get(&step).await;
    let plain = |page: &Shown, rut: &str| {
        let secrets = ["name=\"csrf\" value=\"", "name=\"flujo\" value=\"", "name=\"captcha_id\" value=\"", "data-trabajo=\""]
            .map(|before| page.after(before));
        secrets
            .iter()
            .fold(page.text.replace(&format!("<dd>{rut}</dd>"), "RUT"), |text, secret| text.replace(secret.as_str(), "…"))
    };
    assert_eq!(plain(&page, RUT), plain(&stranger, "11.111.111-1"));
}

#[tokio::test]
async fn a_right_answer_to_another_question_is_a_wrong_one_and_what_was_chosen_is_kept() {
    let app = TestApp::ruled(strict()).await;
    let client = registered(&app).await;
    let wrong = answered(&client, "5", ANSWER).await;
    wrong.is(422).shows("<a href=\"#respuesta\">La pregunta y la respuesta no corresponden. Revise las dos.</a>");
    wrong.shows("<option value=\"5\" selected>").hides(ANSWER);
    let bad = answered(&client, "4", "otra cosa").await;
    let text = |page: &Shown| {
        let secrets = ["name=\"csrf\" value=\"", "name=\"flujo\" value=\"", "name=\"captcha_id\" value=\"", "data-trabajo=\""]
            .map(|before| page.after(before));
        let text = secrets.iter().fold(page.text.clone(), |text, secret| text.replace(secret.as_str(), "…"));
        text.replace(" selected>", ">")
    };
    assert_eq!(text(&bad), text(&wrong), "nothing tells which of the two was wrong");
    answered(&client, "", ANSWER).await.is(422).shows("<a href=\"#pregunta\">Elija una pregunta secreta</a>");
    let empty = answered(&client, "4", "").await;
    empty.is(422).shows("<a href=\"#respuesta\">Ingrese su respuesta secreta</a>").shows("<option value=\"4\" selected>");
    answered(&client, "4", ANSWER).await.is(303);
}

#[tokio::test]
async fn a_new_captcha_keeps_the_question() {
    let app = TestApp::ruled(strict()).await;
    let client = registered(&app).await;
    let step = asked(&client).await;
    let page = fill(&client, &step, &[("pregunta", "7"), ("accion", "refrescar")]).await;
    page.is(200).shows("<option value=\"7\" selected>").hides("resumen-errores");
}

#[tokio::test]
async fn the_key_is_not_shown_and_the_page_says_where_it_went() {
    let app = TestApp::ruled(strict()).await;
    let client = registered(&app).await;
    let answer = answered(&client, "4", ANSWER).await;
    let page = client.get(answer.is(303).header("location")).await;
    page.is(200).shows("data-resultado=\"exito\"").hides("clave-provisoria");
    reads(
        &page,
        &[
            "Se ha generado una clave provisoria. La recibirá en los medios de contacto que registró.",
            "será enviada por SMS a su celular",
            "será enviada a su e-Mail",
        ],
    );
    let key = key_sent_to(&app, "juana@example.org").await.unwrap();
    page.hides(&key);
    change(&client, &key, NEXT_KEY).await.is(303);
}

#[tokio::test]
async fn changed_contact_data_wait_72_hours_for_keys_and_the_pages_say_until_when() {
    let app = TestApp::ruled(strict()).await;
    let client = registered(&app).await;
    let step = validated(&client).await;
    let fields = [&HOME[..], &[("email", "nueva@example.org"), ("celular", "9 8765 4321")]].concat();
    fill(&client, &step, &fields).await.is(303);
    let done = finish(&client, &step, &[("accion", "confirmar")]).await;
    // 15-06-2026 12:00, and three days.
    reads(
        &done,
        &["hasta el 18-06-2026 12:00 las claves provisorias llegan solo al correo electrónico y al celular que tenía antes"],
    );

    let answer = answered(&client, "4", ANSWER).await;
    let page = client.get(answer.is(303).header("location")).await;
    reads(&page, &["hasta el 18-06-2026 12:00 las claves llegan solo al correo electrónico y al celular que tenía antes."]);
    assert!(key_sent_to(&app, "juana@example.org").await.is_some());
    assert_eq!(key_sent_to(&app, "nueva@example.org").await, None);

    wait(&app, Duration::from_hours(72));
    let answer = answered(&client, "4", ANSWER).await;
    client.get(answer.is(303).header("location")).await.hides("que tenía antes");
    assert!(key_sent_to(&app, "nueva@example.org").await.is_some());
}

#[tokio::test]
async fn the_guides_profile_says_nothing_of_holds_and_takes_no_question() {
    let app = TestApp::new().await;
    let client = crate::juana::registered(&app).await;
    let step = asked(&client).await;
    client.get(&step).await.hides("<select");
    fill(&client, &step, &[("pregunta", "9"), ("respuesta", ANSWER), ("captcha", "HOLA")]).await.is(303);
}
