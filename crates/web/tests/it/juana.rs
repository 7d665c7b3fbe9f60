//! Juana, who goes through the portal in these tests: her data, and the steps of each process.

use std::{sync::atomic::Ordering, time::Duration};

use axum::{body::Body, http::Request};
use clave::{Clock, Moment, person};
use rand::{SeedableRng as _, rngs::StdRng};
use rut::Rut;

use crate::app::{Client, Shown, TestApp};

pub const REGISTER: &str = "/Account/Registrar";
pub const RECOVER: &str = "/Account/RecuperarClave";
pub const CHANGE: &str = "/Account/CambiarClave";
pub const UPDATE: &str = "/Account/ActualizarDatos";

pub const RUT: &str = "12.345.678-5";
pub const KEY: &str = "tren42.Sur";
pub const NEW_KEY: &str = "barco-77Ej";
pub const ANSWER: &str = "Quebrada del Ají";

/// What a person reads: the page without its tags, runs of spaces as one.
pub fn read(page: &Shown) -> String {
    let text: String = page.text.split('<').filter_map(|part| part.split_once('>')).flat_map(|(_, text)| [" ", text]).collect();
    let text = text.replace("&#39;", "'").replace("&#34;", "\"").replace("&#38;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
pub fn reads(page: &Shown, words: &[&str]) {
    let text = read(page);
    for words in words {
        assert!(text.contains(words), "«{words}» is not in {}: {text}", page.status);
    }
}

/// Fills in the form that is shown at `address`.
pub async fn fill(client: &Client, address: &str, fields: &[(&str, &str)]) -> Shown {
    let page = client.get(address).await;
    page.is(200);
    let mut body = form_urlencoded::Serializer::new(String::new());
    for hidden in ["csrf", "captcha_id", "flujo"] {
        let value = page.after(&format!("name=\"{hidden}\" value=\""));
        if !value.is_empty() {
            body.append_pair(hidden, &value);
        }
    }
    body.extend_pairs(fields);
    let post = address.split('?').next().unwrap();
    let request = Request::post(post).header("content-type", "application/x-www-form-urlencoded");
    client.send(request, Body::from(body.finish())).await
}

/// The same, and the page to which it leads.
pub async fn finish(client: &Client, address: &str, fields: &[(&str, &str)]) -> Shown {
    let answer = fill(client, address, fields).await;
    client.get(answer.is(303).header("location")).await
}

pub const HOME: [(&str, &str); 4] =
    [("direccion", "Pasaje Los Copihues"), ("numero", "1204"), ("region", "05"), ("comuna", "05109")];
pub const BIRTH: [(&str, &str); 3] =
    [("fecha_nacimiento_dia", "1"), ("fecha_nacimiento_mes", "12"), ("fecha_nacimiento_anio", "1992")];

pub async fn registered(app: &TestApp) -> Client {
    let client = app.client();
    let fields = [
        &[("rut", RUT), ("pregunta", "4"), ("respuesta", ANSWER), ("nombres", "Juana"), ("apellido_paterno", "O'Higgins")][..],
        &BIRTH,
        &HOME,
        &[
            ("email", "juana@example.org"),
            ("celular", "9 8765 4321"),
            ("clave", KEY),
            ("clave_repetida", KEY),
            ("captcha", "HOLA"),
        ],
    ];
    finish(&client, REGISTER, &fields.concat()).await.is(200).shows("data-resultado=\"exito\"");
    client
}

/// The page that asks Juana's question.
pub async fn asked(client: &Client) -> String {
    fill(client, RECOVER, &[("rut", RUT)]).await.is(303).header("location").to_owned()
}

pub async fn recovered(client: &Client) -> Shown {
    let step = asked(client).await;
    finish(client, &step, &[("respuesta", ANSWER), ("captcha", "HOLA")]).await
}

pub async fn change(client: &Client, current: &str, new: &str) -> Shown {
    let fields =
        [("rut", RUT), ("clave_actual", current), ("clave_nueva", new), ("clave_nueva_repetida", new), ("captcha", "HOLA")];
    fill(client, CHANGE, &fields).await
}

pub fn provisional(page: &Shown) -> String {
    page.after("class=\"clave-provisoria\" data-copiar=\"")
}

pub async fn identified(client: &Client) -> String {
    let fields = [&[("rut", RUT), ("email", "juana@example.org")][..], &BIRTH].concat();
    fill(client, UPDATE, &fields).await.is(303).header("location").to_owned()
}

pub async fn validated(client: &Client) -> String {
    let step = identified(client).await;
    fill(client, &step, &[("pregunta", "4"), ("respuesta", ANSWER)]).await.is(303).header("location").to_owned()
}

/// An account from before its address was asked for.
pub async fn forget_the_address(app: &TestApp) {
    let clave = &app.app.clave;
    let (rut, now) = (Rut::parse(RUT).unwrap(), clave.clock.now());
    let mut tx = clave.db.begin().await.unwrap();
    let mut juana = person::take(&mut tx, &clave.vault, rut, now).await.unwrap().unwrap();
    juana.details.address = None;
    person::save_details(&mut tx, &clave.vault, &juana, &mut StdRng::seed_from_u64(3)).await.unwrap();
    tx.commit().await.unwrap();
}

pub fn wait(app: &TestApp, time: Duration) {
    let Clock::Set(clock) = &app.app.clave.clock else { panic!("the test's clock") };
    clock.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
}

pub fn in_chile(app: &TestApp) -> String {
    let now: Moment = app.app.clave.clock.now();
    now.in_chile()
}
