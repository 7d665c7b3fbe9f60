//! The pages behind «no fui yo»: what they say before the button and after it, and that only the button does it.

use clave::{Moment, person};
use rut::Rut;

use crate::{
    app::{Client, Shown, TestApp},
    juana::{HOME, KEY, NEW_KEY, RUT, change, fill, finish, reads, registered, validated},
};

const NOT_ME: &str = "/enlace/no-fui-yo";

/// The addresses of the «no fui yo» links sent to this address.
async fn links(app: &TestApp, to: &str) -> Vec<String> {
    let letters = app.letters(to).await;
    letters.iter().map(|message| format!("{NOT_ME}?t={}", message["not_me"].as_str().unwrap())).collect()
}

async fn email(app: &TestApp) -> String {
    let clave = &app.app.clave;
    let mut tx = clave.db.read().await.unwrap();
    let juana = person::find(&mut tx, &clave.vault, Rut::parse(RUT).unwrap()).await.unwrap().unwrap();
    juana.details.email.unwrap().as_str().to_owned()
}

/// Somebody who knows Juana's data changes her e-mail.
async fn taken_over(client: &Client) {
    let step = validated(client).await;
    let fields = [&HOME[..], &[("email", "intruso@example.org"), ("celular", "9 1111 1111")]].concat();
    fill(client, &step, &fields).await.is(303);
    finish(client, &step, &[("accion", "confirmar")]).await.shows("Sus datos fueron actualizados");
}

/// Presses the page's button.
async fn press(client: &Client, link: &str) -> Shown {
    let page = client.get(link).await;
    let request = axum::http::Request::post(NOT_ME).header("content-type", "application/x-www-form-urlencoded");
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("csrf", &page.csrf())
        .append_pair("t", &page.after("name=\"t\" value=\""))
        .finish();
    client.send(request, axum::body::Body::from(body)).await
}

#[tokio::test]
async fn looking_changes_nothing_and_says_what_the_button_will_do() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    taken_over(&client).await;
    let link = links(&app, "juana@example.org").await.pop().unwrap();
    let other = app.client();
    for _ in 0..2 {
        let page = other.get(&link).await;
        reads(
            page.is(200),
            &[
                "¿No fue usted?",
                "Nadie podrá usarla hasta que usted solicite una nueva",
                "terminaremos los trámites que estén a medias",
                "Si su correo electrónico o su celular cambiaron en los últimos 3 días, volveremos a poner los que tenía antes.",
                "Bloquear mi CS",
            ],
        );
        page.hides("juana@example.org").hides("intruso@example.org");
    }
    assert_eq!(email(&app).await, "intruso@example.org");
    change(&client, KEY, NEW_KEY).await.is(303);
}

#[tokio::test]
async fn the_button_freezes_puts_the_contact_back_and_says_what_to_do_next() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    taken_over(&client).await;
    let half_done = validated_with(&client, "intruso@example.org").await;
    let link = links(&app, "juana@example.org").await.pop().unwrap();
    let other = app.client();
    let answer = press(&other, &link).await;
    let page = other.get(answer.is(303).header("location")).await;
    page.is(200).shows("data-resultado=\"exito\"").shows("href=\"/Account/RecuperarClave\">Solicitar una nueva CS</a>");
    reads(
        &page,
        &[
            "Su CS quedó bloqueada",
            "volvimos a poner los que tenía antes",
            "Si cree que otra persona conoce su respuesta secreta, o ya no puede leer ese correo o ese celular, comuníquese con:",
            "Mesa de ayuda",
        ],
    );
    assert_eq!(email(&app).await, "juana@example.org");
    client.get(&half_done).await.is(410);
    change(&client, KEY, NEW_KEY).await.is(422).shows("El RUT y la clave no corresponden.");
    other.get(&link).await.is(410);
    // The other links still work, and do no harm.
    let again = links(&app, "intruso@example.org").await;
    assert_eq!(again.len(), 2, "told of the change and of its end");
    press(&other, again.last().unwrap()).await.is(303);
    assert_eq!(email(&app).await, "juana@example.org");
}

/// The same as `validated`, by another e-mail.
async fn validated_with(client: &Client, email: &str) -> String {
    let fields = [&[("rut", RUT), ("email", email)][..], &crate::juana::BIRTH].concat();
    let step = fill(client, crate::juana::UPDATE, &fields).await.is(303).header("location").to_owned();
    fill(client, &step, &[("pregunta", "4"), ("respuesta", crate::juana::ANSWER)]).await.is(303).header("location").to_owned()
}

#[tokio::test]
async fn the_pages_are_in_every_language() {
    let app = TestApp::new().await;
    registered(&app).await;
    let link = links(&app, "juana@example.org").await.pop().unwrap();
    for (tag, before, after) in [
        ("en", "we will put back those you had before", "we put back those you had before"),
        ("ht", "n ap remete sa ou te genyen anvan yo", "nou remete sa ou te genyen anvan yo"),
    ] {
        let client = app.client().sending("accept-language", tag);
        client.get(&link).await.is(200).shows(before);
        client.get(&format!("{NOT_ME}?hecho=1")).await.is(200).shows(after);
    }
}

#[tokio::test]
async fn a_frozen_person_recovers_as_before() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    let link = links(&app, "juana@example.org").await.pop().unwrap();
    press(&app.client(), &link).await.is(303);
    let now: Moment = app.app.clave.clock.now();
    let step = crate::juana::asked(&client).await;
    let result = finish(&client, &step, &[("respuesta", crate::juana::ANSWER), ("captcha", "HOLA")]).await;
    result.shows(&now.in_chile());
    change(&client, &crate::juana::provisional(&result), NEW_KEY).await.is(303);
    change(&client, NEW_KEY, "otra-vez9").await.is(303);
}
