//! G-3: register. What the page asks, what it says, what it keeps.

use sql::sql;
use web::Site;

use crate::app::{Client, Shown, TestApp};

const PAGE: &str = "/Account/Registrar";

const JUANA: [(&str, &str); 20] = [
    ("rut", "12.345.678-5"),
    ("pregunta", "4"),
    ("respuesta", "Quebrada del Ají"),
    ("nombres", "Juana Ñ."),
    ("apellido_paterno", "O'Higgins"),
    ("apellido_materno", ""),
    ("fecha_nacimiento_dia", "01"),
    ("fecha_nacimiento_mes", "12"),
    ("fecha_nacimiento_anio", "1992"),
    ("direccion", "Pasaje Los Copihues"),
    ("numero", "1204"),
    ("block", "B"),
    ("departamento", ""),
    ("region", "05"),
    ("comuna", "05109"),
    ("email", "juana@example.org"),
    ("celular", "9 8765 4321"),
    ("clave", "tren42.Sur"),
    ("clave_repetida", "tren42.Sur"),
    ("captcha", "HOLA"),
];

/// Juana's form with some fields written otherwise.
fn juana<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = JUANA.to_vec();
    for change in changes {
        fields.retain(|(name, _)| name != &change.0);
        fields.push(*change);
    }
    fields
}

async fn send(client: &Client, form: &Shown, changes: &[(&str, &str)]) -> Shown {
    let captcha = form.after("name=\"captcha_id\" value=\"");
    let mut fields = juana(changes);
    fields.push(("captcha_id", &captcha));
    client.post(form, &fields).await
}

async fn people(app: &TestApp) -> i64 {
    let mut tx = app.app.clave.db.read().await.unwrap();
    let row = tx.one(sql!("SELECT COUNT(*) AS people FROM person")).await.unwrap().unwrap();
    row.get("people").unwrap()
}

#[tokio::test]
async fn g_3_the_form_has_every_section_and_field_of_the_guide() {
    let page = TestApp::new().await.get(PAGE).await;
    page.is(200).shows("data-resultado=\"formulario\"");
    for section in [
        "Información de Registro",
        "Domicilio",
        "Datos de Contacto",
        "Clave Sence",
        "Validación de seguridad anti-Robots",
        "Queremos asegurarnos de que es una persona real quien está utilizando este sistema. Por favor, ingrese en el cuadro de \
         texto las letras que muestra la siguiente imagen:",
        "(*) Campos obligatorios.",
    ] {
        page.shows(section);
    }
    for label in [
        "Rut *",
        "Pregunta Secreta *",
        "Respuesta Secreta *",
        "Dirección Particular *",
        "N° de Dirección Particular *",
        "Block",
        "N° de Departamento",
        "Región *",
        "Comuna *",
        "Clave CS *",
        "Repetir Clave CS *",
        "Captcha *",
    ] {
        page.shows(&format!(">{label}</label>"));
    }
    page.shows("<option value=\"\">Seleccione...</option>").shows("Pasaje o Calle, Dirección").shows("Máximo 10 caracteres.");
    page.shows(">Refrescar</button>").shows("<button type=\"submit\">Ingresar</button>");
    assert_eq!(page.text.matches("<optgroup").count(), 16);
}

#[tokio::test]
async fn g_3_a_person_registers_and_reads_where_messages_go() {
    let app = TestApp::new().await;
    let client = app.client();
    let form = client.get(PAGE).await;
    let answer = send(&client, &form, &[]).await;
    let result = client.get(answer.is(303).header("location")).await;
    result.is(200).shows("data-resultado=\"exito\"").shows("<h1>Su registro fue recibido</h1>");
    result.shows("juana@example.org").shows("+56987654321").hides("tren42");
    assert_eq!(people(&app).await, 1);
}

#[tokio::test]
async fn a_result_is_for_the_browser_that_asked() {
    let app = TestApp::new().await;
    let client = app.client();
    let form = client.get(PAGE).await;
    let answer = send(&client, &form, &[]).await;
    let address = answer.is(303).header("location");
    app.client().get(address).await.is(410).hides("juana@example.org");
    client.get("/Account/Registrar?flujo=AAAAAAAAAAAAAAAAAAAAAA").await.is(410);
    client.get("/Account/Registrar?flujo=x").await.is(410);
}

#[tokio::test]
async fn a_form_sent_twice_registers_once_and_leads_to_one_result() {
    let app = TestApp::new().await;
    let client = app.client();
    let form = client.get(PAGE).await;
    let (one, two) = tokio::join!(send(&client, &form, &[]), send(&client, &form, &[]));
    assert_eq!(one.is(303).header("location"), two.is(303).header("location"));
    assert_eq!(people(&app).await, 1);
}

#[tokio::test]
async fn a_registered_rut_is_answered_like_a_new_one() {
    let app = TestApp::new().await;
    let client = app.client();
    let mut pages = Vec::new();
    for _ in 0..2 {
        let form = client.get(PAGE).await;
        let answer = send(&client, &form, &[]).await;
        let address = answer.is(303).header("location").to_owned();
        let page = client.get(&address).await;
        pages.push(page.text.replace(address.split('=').nth(1).unwrap(), ""));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(people(&app).await, 1);
}

#[tokio::test]
async fn every_bad_field_is_said_at_once_and_nothing_is_written() {
    let app = TestApp::new().await;
    let client = app.client();
    let form = client.get(PAGE).await;
    let wrong = [
        ("rut", "12.345.678-4"),
        ("pregunta", "99"),
        ("respuesta", "no"),
        ("nombres", "<b>Juana</b>"),
        ("apellido_paterno", "😀"),
        ("fecha_nacimiento_dia", "31"),
        ("fecha_nacimiento_mes", "02"),
        ("direccion", ""),
        ("numero", "12345678901"),
        ("region", "13"),
        ("email", "juana.example.org"),
        ("celular", "12"),
        ("clave", "corta"),
        ("clave_repetida", "otra"),
        ("captcha", ""),
    ];
    let page = send(&client, &form, &wrong).await;
    page.is(422).shows("<title>Error: ").shows("data-resultado=\"error\"").shows("Hay un problema");
    for (name, _) in wrong.iter().filter(|(name, _)| !matches!(*name, "fecha_nacimiento_mes" | "region")) {
        page.shows(&format!("<a href=\"#{name}\">"));
    }
    page.shows("<a href=\"#comuna\">").shows("El dígito verificador no corresponde. Revise su RUT.");
    page.shows("value=\"12.345.678-4\"").shows("value=\"&#60;b&#62;Juana&#60;/b&#62;\"").hides("corta").hides("value=\"no\"");
    page.shows("<option value=\"13\" selected>").shows("<option value=\"05109\" selected>");
    assert_eq!(people(&app).await, 0);
}

#[tokio::test]
async fn a_birth_date_must_be_possible() {
    let app = TestApp::new().await;
    let client = app.client();
    for (day, month, year, said) in [
        ("", "", "", "Ingrese su fecha de nacimiento"),
        ("1", "", "1992", "Ingrese el día, el mes y el año"),
        ("30", "2", "1992", "Esta fecha no existe"),
        ("1", "1", "2027", "anterior a hoy"),
        ("1", "1", "1880", "Revise el año"),
    ] {
        let form = client.get(PAGE).await;
        let date = [("fecha_nacimiento_dia", day), ("fecha_nacimiento_mes", month), ("fecha_nacimiento_anio", year)];
        send(&client, &form, &date).await.is(422).shows(said).shows("<a href=\"#fecha_nacimiento_dia\">");
    }
}

#[tokio::test]
async fn a_birth_date_in_one_field_is_understood() {
    let app = TestApp::new().await;
    let client = app.client();
    let form = client.get(PAGE).await;
    let parts = [("fecha_nacimiento_dia", ""), ("fecha_nacimiento_mes", ""), ("fecha_nacimiento_anio", "")];
    let whole: Vec<_> = parts.into_iter().chain([("fecha_nacimiento", "01-12-1992")]).collect();
    send(&client, &form, &whole).await.is(303);
}

#[tokio::test]
async fn a_legal_persons_rut_is_told_so() {
    let app = TestApp::new().await;
    let client = app.client();
    let form = client.get(PAGE).await;
    send(&client, &form, &[("rut", "76.123.456-0")]).await.is(422).shows("persona jurídica");
}

#[tokio::test]
async fn a_wrong_captcha_is_the_one_thing_said_and_secrets_are_asked_again() {
    let app = TestApp::new().await;
    let client = app.client();
    let form = client.get(PAGE).await;
    let page = send(&client, &form, &[("captcha", "AAAAAA")]).await;
    page.is(422).shows("<a href=\"#captcha\">").shows("value=\"Pasaje Los Copihues\"").hides("tren42");
    assert_eq!(page.text.matches("<li><a href=\"#").count(), 1);
    page.shows("Vuelva a escribir su clave").shows("Vuelva a escribir su respuesta");
    assert_ne!(page.after("name=\"captcha_id\" value=\""), form.after("name=\"captcha_id\" value=\""));
    assert_eq!(people(&app).await, 0);
}

#[tokio::test]
async fn refrescar_gives_another_captcha_and_keeps_what_was_typed() {
    let app = TestApp::new().await;
    let client = app.client();
    let form = client.get(PAGE).await;
    let page = send(&client, &form, &[("accion", "refrescar"), ("email", "a medio escr"), ("clave", "corta")]).await;
    page.is(200).shows("data-resultado=\"formulario\"").shows("value=\"a medio escr\"").hides("corta").hides("Hay un problema");
    assert_ne!(page.after("name=\"captcha_id\" value=\""), form.after("name=\"captcha_id\" value=\""));
}

#[tokio::test]
async fn an_invisible_character_or_a_megabyte_is_said_at_its_field() {
    let app = TestApp::new().await;
    let client = app.client();
    let form = client.get(PAGE).await;
    send(&client, &form, &[("nombres", "Jua\0na")]).await.is(422).shows("<a href=\"#nombres\">");
    let form = client.get(PAGE).await;
    let long = "x".repeat(1_000_000);
    let page = send(&client, &form, &[("direccion", &long)]).await;
    page.is(413).shows("<a href=\"#direccion\">").shows("value=\"1204\"");
    assert_eq!(people(&app).await, 0);
}

#[tokio::test]
async fn image_and_sound_belong_to_the_browser_that_got_the_form() {
    let app = TestApp::new().await;
    let client = app.client();
    let form = client.get(PAGE).await;
    let (image, sound) = (form.after("<img src=\""), form.after("preload=\"none\" src=\""));
    let shown = client.get(&image).await;
    assert_eq!(shown.is(200).header("content-type"), "image/png");
    assert_eq!(client.get(&image).await.text, shown.text, "the same at every look");
    assert_eq!(client.get(&sound).await.is(200).header("content-type"), "audio/wav");
    let part = client.sending("range", "bytes=0-3").get(&sound).await;
    assert_eq!((part.is(206).text.as_str(), part.header("content-range").starts_with("bytes 0-3/")), ("RIFF", true));
    app.get(&image).await.is(404);
    app.get("/captcha/nada").await.is(404);
}

#[tokio::test]
async fn the_form_speaks_every_language() {
    let app = TestApp::with(Site::default()).await;
    for lang in ["es-CL", "en", "ht"] {
        let client = app.client().sending("accept-language", lang);
        let form = client.get(PAGE).await;
        form.is(200).shows(&format!("<html lang=\"{lang}\">")).hides("No localization");
        let wrong = client.post(&form, &[]).await;
        wrong.is(422).hides("No localization");
        assert_eq!(wrong.text.contains("Ingrese su RUT"), lang == "es-CL");
    }
}
