//! Bad input in every field of every form: it is said at the field, everything else that was typed is kept, no secret comes back, and
//! nothing is written. One table a form; what every field is tried with is in `everywhere`.

use axum::{body::Body, http::Request};
use sql::sql;

use crate::app::{Client, Shown, TestApp};

const REGISTER: &str = "/Account/Registrar";
const RECOVER: &str = "/Account/RecuperarClave";
const CHANGE: &str = "/Account/CambiarClave";
const UPDATE: &str = "/Account/ActualizarDatos";

const RUT: &str = "12.345.678-5";
const KEY: &str = "tren42Sur";
const ANSWER: &str = "Quebrada del Ají";
const SCRIPT: &str = "<script>alert(1)</script>";

/// What comes of a bad value.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Then {
    /// It is said at this field.
    Told(&'static str),
    /// It is no bad value in this field.
    Taken,
}
use Then::{Taken, Told};

/// One field of a form.
struct Field {
    name: &'static str,
    /// What is wrong in this field alone, and where it is said.
    own: &'static [(&'static str, Then)],
    /// Markup in it.
    script: Then,
    /// A right value followed by an emoji.
    emoji: Then,
}

/// A field for which markup and emoji are as wrong as anything else.
const fn field(name: &'static str, told: &'static str, own: &'static [(&'static str, Then)]) -> Field {
    Field { name, own, script: Told(told), emoji: Told(told) }
}

const RUTS: &[(&str, Then)] =
    &[("", Told("rut")), ("12.345.678-4", Told("rut")), ("doce millones", Told("rut")), ("0-0", Told("rut"))];
const EMAILS: &[(&str, Then)] = &[
    ("", Told("email")),
    ("ana", Told("email")),
    ("ana@", Told("email")),
    ("ana@correo", Told("email")),
    ("a b@c.cl", Told("email")),
];
const PHONES: &[(&str, Then)] =
    &[("abc", Told("celular")), ("12", Told("celular")), ("2 2345 6789", Told("celular")), ("", Taken)];
const QUESTIONS: &[(&str, Then)] =
    &[("", Told("pregunta")), ("0", Told("pregunta")), ("13", Told("pregunta")), ("cuatro", Told("pregunta"))];
const CAPTCHAS: &[(&str, Then)] = &[("", Told("captcha")), ("...", Told("captcha")), ("OTRA", Told("captcha"))];

const BIRTH: &str = "fecha_nacimiento_dia";
const DAY: Field = field(BIRTH, BIRTH, &[("", Told(BIRTH)), ("32", Told(BIRTH)), ("0", Told(BIRTH)), ("uno", Told(BIRTH))]);
/// The base date is the 30th: 30-02 does not exist.
const MONTH: Field = field(
    "fecha_nacimiento_mes",
    BIRTH,
    &[("", Told(BIRTH)), ("02", Told(BIRTH)), ("13", Told(BIRTH)), ("brumario", Told(BIRTH))],
);
/// Today is in 2026.
const YEAR: Field = field(
    "fecha_nacimiento_anio",
    BIRTH,
    &[("", Told(BIRTH)), ("2027", Told(BIRTH)), ("92", Told(BIRTH)), ("1880", Told(BIRTH))],
);

const STREET: Field = field("direccion", "direccion", &[("", Told("direccion")), ("   ", Told("direccion"))]);
const NUMBER: Field = field("numero", "numero", &[("", Told("numero")), ("12345678901", Told("numero"))]);
const BLOCK: Field = field("block", "block", &[("", Taken)]);
const FLAT: Field = field("departamento", "departamento", &[("", Taken)]);
/// Another region than the comuna's is said at the comuna.
const REGION: Field = field(
    "region",
    "region",
    &[("", Told("region")), ("99", Told("region")), ("quinta", Told("region")), ("13", Told("comuna"))],
);
const COMUNA: Field = field(
    "comuna",
    "comuna",
    &[("", Told("comuna")), ("99999", Told("comuna")), ("Viña", Told("comuna")), ("13101", Told("comuna"))],
);

/// An answer is compared by its letters and digits alone, and is never shown: markup and emoji do no harm in it.
const NEW_ANSWER: Field = Field {
    name: "respuesta",
    own: &[("", Told("respuesta")), ("no", Told("respuesta")), ("12345678", Told("respuesta"))],
    script: Taken,
    emoji: Taken,
};
/// Emoji do not count against an answer that is right without them.
const ANSWER_FIELD: Field = Field {
    name: "respuesta",
    own: &[("", Told("respuesta")), ("otra", Told("respuesta"))],
    script: Told("respuesta"),
    emoji: Taken,
};
/// Only letters and digits of a captcha count.
const CAPTCHA: Field = Field { name: "captcha", own: CAPTCHAS, script: Told("captcha"), emoji: Taken };

/// A key may have emoji; the repetition is what differs.
const fn new_key(name: &'static str, again: &'static str) -> Field {
    Field {
        name,
        own: &[("", Told("")), ("corta", Told("")), ("12345678", Told("")), ("password", Told("")), ("x12345678x", Told(""))],
        script: Told(name),
        emoji: Told(again),
    }
}

/// A form: where it is, what is typed into it when all is right, and its fields.
struct Form {
    base: &'static [(&'static str, &'static str)],
    fields: &'static [Field],
}

const REGISTRATION: Form = Form {
    base: &[
        ("rut", RUT),
        ("pregunta", "4"),
        ("respuesta", ANSWER),
        ("nombres", "Juana Ñ."),
        ("apellido_paterno", "O'Higgins"),
        ("apellido_materno", "Díaz"),
        ("fecha_nacimiento_dia", "30"),
        ("fecha_nacimiento_mes", "12"),
        ("fecha_nacimiento_anio", "1992"),
        ("direccion", "Pasaje Los Copihues"),
        ("numero", "1204"),
        ("block", "B"),
        ("departamento", "31"),
        ("region", "05"),
        ("comuna", "05109"),
        ("email", "juana@example.org"),
        ("celular", "9 8765 4321"),
        ("clave", KEY),
        ("clave_repetida", KEY),
        ("captcha", "HOLA"),
    ],
    fields: &[
        field("rut", "rut", RUTS),
        field("pregunta", "pregunta", QUESTIONS),
        NEW_ANSWER,
        field("nombres", "nombres", &[("", Told("nombres")), ("123", Told("nombres"))]),
        field("apellido_paterno", "apellido_paterno", &[("", Told("apellido_paterno")), ("--", Told("apellido_paterno"))]),
        field("apellido_materno", "apellido_materno", &[("", Taken), ("4", Told("apellido_materno"))]),
        DAY,
        MONTH,
        YEAR,
        STREET,
        NUMBER,
        BLOCK,
        FLAT,
        REGION,
        COMUNA,
        field("email", "email", EMAILS),
        field("celular", "celular", PHONES),
        new_key("clave", "clave_repetida"),
        field("clave_repetida", "clave_repetida", &[("", Told("clave_repetida")), ("tren42sur", Told("clave_repetida"))]),
        CAPTCHA,
    ],
};

const RECOVERY_1: Form = Form { base: &[("rut", RUT)], fields: &[field("rut", "rut", RUTS)] };

const RECOVERY_2: Form = Form { base: &[("respuesta", ANSWER), ("captcha", "HOLA")], fields: &[ANSWER_FIELD, CAPTCHA] };

const CHANGE_OF_KEY: Form = Form {
    base: &[
        ("rut", RUT),
        ("clave_actual", KEY),
        ("clave_nueva", "barco77Ej"),
        ("clave_nueva_repetida", "barco77Ej"),
        ("captcha", "HOLA"),
    ],
    fields: &[
        // One word for RUT and key together, at the key: who has which is not told.
        field(
            "rut",
            "rut",
            &[("", Told("rut")), ("12.345.678-4", Told("rut")), ("doce millones", Told("rut")), ("1-9", Told("clave_actual"))],
        ),
        field("clave_actual", "clave_actual", &[("", Told("clave_actual")), ("otra-clave", Told("clave_actual"))]),
        new_key("clave_nueva", "clave_nueva_repetida"),
        field(
            "clave_nueva_repetida",
            "clave_nueva_repetida",
            &[("", Told("clave_nueva_repetida")), ("x", Told("clave_nueva_repetida"))],
        ),
        CAPTCHA,
    ],
};

const UPDATE_1: Form = Form {
    base: &[
        ("rut", RUT),
        ("fecha_nacimiento_dia", "30"),
        ("fecha_nacimiento_mes", "12"),
        ("fecha_nacimiento_anio", "1992"),
        ("email", "juana@example.org"),
    ],
    fields: &[field("rut", "rut", RUTS), DAY, MONTH, YEAR, field("email", "email", EMAILS)],
};

const UPDATE_1_WITH_KEY: Form = Form {
    base: &[("rut", RUT), ("email", "juana@example.org"), ("fecha_nacimiento_dia", "30-12-1992"), ("clave_actual", KEY)],
    fields: &[
        field("rut", "rut", &[("", Told("rut")), ("12.345.678-4", Told("rut")), ("1-9", Told("rut"))]),
        field("clave_actual", "clave_actual", &[("", Told("clave_actual"))]),
    ],
};

const UPDATE_2: Form =
    Form { base: &[("pregunta", "4"), ("respuesta", ANSWER)], fields: &[field("pregunta", "pregunta", QUESTIONS), ANSWER_FIELD] };

const UPDATE_3: Form = Form {
    base: &[
        ("direccion", "Avenida Nueva"),
        ("numero", "7"),
        ("block", "C"),
        ("departamento", "12"),
        ("region", "05"),
        ("comuna", "05109"),
        ("email", "otra@example.org"),
        ("celular", "9 1111 2222"),
    ],
    fields: &[STREET, NUMBER, BLOCK, FLAT, REGION, COMUNA, field("email", "email", EMAILS), field("celular", "celular", PHONES)],
};

/// The site, a browser in which the form is open, and the form's address.
struct Scene {
    app: TestApp,
    client: Client,
    post: &'static str,
    address: String,
}

impl Scene {
    async fn empty(post: &'static str, address: &str) -> Self {
        let app = TestApp::new().await;
        let client = app.client();
        Self { app, client, post, address: address.to_owned() }
    }

    /// Juana has registered.
    async fn with_juana(post: &'static str, address: &str) -> Self {
        let scene = Self::empty(REGISTER, REGISTER).await;
        scene.send(&REGISTRATION, None).await.is(303);
        Self { post, address: address.to_owned(), ..scene }
    }

    async fn register() -> Self {
        Self::empty(REGISTER, REGISTER).await
    }

    async fn recover_1() -> Self {
        Self::with_juana(RECOVER, RECOVER).await
    }

    async fn recover_2() -> Self {
        Self::recover_1().await.after(&RECOVERY_1).await
    }

    async fn change() -> Self {
        Self::with_juana(CHANGE, CHANGE).await
    }

    async fn update_1() -> Self {
        Self::with_juana(UPDATE, UPDATE).await
    }

    async fn update_1_with_key() -> Self {
        Self::with_juana(UPDATE, "/Account/ActualizarDatos?con=clave").await
    }

    async fn update_2() -> Self {
        Self::update_1().await.after(&UPDATE_1).await
    }

    async fn update_3() -> Self {
        Self::update_2().await.after(&UPDATE_2).await
    }

    /// The next step of the process.
    async fn after(self, form: &Form) -> Self {
        let address = self.send(form, None).await.is(303).header("location").to_owned();
        Self { address, ..self }
    }

    /// Opens the form anew and sends it, one field with another value (percent-encoded).
    async fn send(&self, form: &Form, bad: Option<(&str, &str)>) -> Shown {
        let page = self.client.get(&self.address).await;
        page.is(200);
        let mut body = form_urlencoded::Serializer::new(String::new());
        for hidden in ["csrf", "captcha_id", "flujo"] {
            let value = page.after(&format!("name=\"{hidden}\" value=\""));
            if !value.is_empty() {
                body.append_pair(hidden, &value);
            }
        }
        body.extend_pairs(form.base.iter().filter(|(name, _)| bad.is_none_or(|(field, _)| field != *name)));
        let mut body = body.finish();
        if let Some((field, value)) = bad {
            body = format!("{body}&{field}={value}");
        }
        let request = Request::post(self.post).header("content-type", "application/x-www-form-urlencoded");
        self.client.send(request, Body::from(body)).await
    }

    /// Everything that a process may write about people; tries and used captchas are counted elsewhere.
    async fn written(&self) -> Vec<String> {
        let mut tx = self.app.app.clave.db.begin().await.unwrap();
        let mut written = Vec::new();
        for row in tx.all(sql!("SELECT rut, key_hash, answer_hash, details FROM person ORDER BY rut")).await.unwrap() {
            let (key, answer, details): (Option<String>, Option<String>, Vec<u8>) =
                (row.get("key_hash").unwrap(), row.get("answer_hash").unwrap(), row.get("details").unwrap());
            written.push(format!("{key:?} {answer:?} {details:?}"));
        }
        for count in [
            sql!("SELECT COUNT(*) AS n FROM outbox"),
            sql!("SELECT COUNT(*) AS n FROM provisional"),
            sql!("SELECT COUNT(*) AS n FROM link"),
            sql!("SELECT COUNT(*) AS n FROM flow"),
            sql!("SELECT COUNT(*) AS n FROM flow WHERE outcome IS NULL"),
        ] {
            let n: i64 = tx.one(count).await.unwrap().unwrap().get("n").unwrap();
            written.push(n.to_string());
        }
        // So many tries would use up Juana's budgets, which have tests of their own.
        tx.run(sql!("DELETE FROM lane")).await.unwrap();
        tx.commit().await.unwrap();
        written
    }
}

/// What every field is tried with: a name for it, the value as sent, the status, and what comes of it.
fn everywhere(form: &Form, field: &Field) -> Vec<(String, String, u16, Then)> {
    let base = form.base.iter().find(|(name, _)| *name == field.name).unwrap().1;
    let base: String = form_urlencoded::byte_serialize(base.as_bytes()).collect();
    let told = match field.script {
        Told(_) if field.name.starts_with("fecha") => Told(BIRTH),
        _ => Told(field.name),
    };
    let script: String = form_urlencoded::byte_serialize(SCRIPT.as_bytes()).collect();
    let mut all = vec![
        ("9 KB".to_owned(), "x".repeat(9 * 1024), 422, told),
        ("1 MB".to_owned(), "x".repeat(1024 * 1024), 413, told),
        ("NUL".to_owned(), format!("{base}%00"), 422, told),
        ("invalid UTF-8".to_owned(), format!("{base}%FF%FE"), 422, told),
        ("markup".to_owned(), script, 422, field.script),
        ("emoji".to_owned(), format!("{base}%F0%9F%98%80"), 422, field.emoji),
    ];
    for (value, then) in field.own {
        let then = if *then == Told("") { told } else { *then };
        let sent: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        all.push((format!("«{value}»"), sent, 422, then));
    }
    all
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;").replace('\'', "&#39;")
}

fn is_secret(name: &str) -> bool {
    name.starts_with("clave") || matches!(name, "respuesta" | "captcha")
}

/// The beginning of the tag with this id.
fn tag<'a>(page: &'a str, id: &str) -> &'a str {
    let Some(at) = page.find(&format!("id=\"{id}\"")) else { return "" };
    let start = page[..at].rfind('<').unwrap();
    page[start..].split('>').next().unwrap()
}

/// Whether the page shows this value in this field.
fn keeps(page: &str, name: &str, value: &str) -> bool {
    if tag(page, name).starts_with("<select") {
        let rest = page.split_once(&format!("<select id=\"{name}\"")).unwrap().1;
        return rest.split("</select>").next().unwrap().contains(&format!("value=\"{value}\" selected"));
    }
    tag(page, name).contains(&format!("value=\"{}\"", escaped(value)))
}

/// Every field of the form with every bad value.
async fn every_field<F: Future<Output = Scene>>(form: &Form, open: impl Fn() -> F) {
    let scene = open().await;
    for field in form.fields {
        for (what, value, status, then) in everywhere(form, field) {
            let case = format!("{what} in {}", field.name);
            let bad = Some((field.name, value.as_str()));
            let Told(told) = then else {
                open().await.send(form, bad).await.is(303);
                continue;
            };
            let before = scene.written().await;
            let page = scene.send(form, bad).await;
            assert_eq!(page.status.as_u16(), status, "{case}: {}", page.text);
            page.shows("data-resultado=\"error\"").shows(&format!("<a href=\"#{told}\">"));
            let message = if told == BIRTH { "fecha_nacimiento-error".to_owned() } else { format!("{told}-error") };
            assert!(page.text.contains(&format!("id=\"{message}\"")), "{case}: no message at {told}: {}", page.text);
            let tag = tag(&page.text, told);
            assert!(tag.contains("aria-invalid=\"true\"") && tag.contains(&message), "{case}: {tag}");
            for (name, value) in form.base.iter().filter(|(name, _)| *name != field.name && !is_secret(name)) {
                assert!(keeps(&page.text, name, value), "{case}: {name} is not kept: {}", page.text);
            }
            page.hides(SCRIPT).hides("xxxx");
            for (_, secret) in form.base.iter().filter(|(name, _)| is_secret(name)) {
                page.hides(secret);
            }
            assert_eq!(scene.written().await, before, "{case}: something was written");
        }
    }
    // After all that the form still takes what is right.
    scene.send(form, None).await.is(303);
}

#[tokio::test]
async fn bad_input_in_registration_is_said_at_its_field() {
    every_field(&REGISTRATION, Scene::register).await;
}

#[tokio::test]
async fn bad_input_in_the_first_step_of_recovery_is_said_at_its_field() {
    every_field(&RECOVERY_1, Scene::recover_1).await;
}

#[tokio::test]
async fn bad_input_in_the_second_step_of_recovery_is_said_at_its_field() {
    every_field(&RECOVERY_2, Scene::recover_2).await;
}

#[tokio::test]
async fn bad_input_in_the_change_of_the_key_is_said_at_its_field() {
    every_field(&CHANGE_OF_KEY, Scene::change).await;
}

#[tokio::test]
async fn bad_input_in_the_first_step_of_the_update_is_said_at_its_field() {
    every_field(&UPDATE_1, Scene::update_1).await;
}

#[tokio::test]
async fn bad_input_in_the_first_step_of_the_update_with_a_key_is_said_at_its_field() {
    let scene = Scene::update_1_with_key().await;
    for (field, value, told) in
        [("rut", "12.345.678-4", "rut"), ("clave_actual", "", "clave_actual"), ("clave_actual", "otra", "rut")]
    {
        let before = scene.written().await;
        let page = scene.send(&UPDATE_1_WITH_KEY, Some((field, value))).await;
        page.is(422).shows(&format!("<a href=\"#{told}\">")).hides(KEY);
        assert!(keeps(&page.text, "email", "juana@example.org"));
        assert_eq!(scene.written().await, before);
    }
    scene.send(&UPDATE_1_WITH_KEY, None).await.is(303);
}

#[tokio::test]
async fn bad_input_in_the_second_step_of_the_update_is_said_at_its_field() {
    every_field(&UPDATE_2, Scene::update_2).await;
}

#[tokio::test]
async fn bad_input_in_the_third_step_of_the_update_is_said_at_its_field() {
    every_field(&UPDATE_3, Scene::update_3).await;
}

#[tokio::test]
async fn an_emoji_in_a_key_and_its_repetition_is_a_character_like_any_other() {
    let scene = Scene::change().await;
    let key = "barco77😀E";
    let page = scene.client.get(CHANGE).await;
    let captcha = page.after("name=\"captcha_id\" value=\"");
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("csrf", &page.csrf()).append_pair("captcha_id", &captcha).append_pair("captcha", "HOLA");
    body.append_pair("rut", RUT).append_pair("clave_actual", KEY);
    body.append_pair("clave_nueva", key).append_pair("clave_nueva_repetida", key);
    let request = Request::post(CHANGE).header("content-type", "application/x-www-form-urlencoded");
    scene.client.send(request, Body::from(body.finish())).await.is(303);
}

/// Fields that nobody types: who alters them gets no further, and writes nothing.
#[tokio::test]
async fn altered_hidden_fields_lead_nowhere() {
    let forms: [(&Form, Scene); 4] = [
        (&REGISTRATION, Scene::register().await),
        (&RECOVERY_2, Scene::recover_2().await),
        (&CHANGE_OF_KEY, Scene::change().await),
        (&UPDATE_3, Scene::update_3().await),
    ];
    for (form, scene) in &forms {
        let before = scene.written().await;
        for value in
            ["", "x", "%00", "%FF%FE", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "AAAAAAAAAAAAAAAAAAAAAA", &"x".repeat(9_000)]
        {
            for (name, statuses) in [("csrf", &[403][..]), ("captcha_id", &[422]), ("flujo", &[410, 422, 403])] {
                let page = scene.client.get(&scene.address).await;
                if page.after(&format!("name=\"{name}\" value=\"")).is_empty() {
                    continue;
                }
                let mut body = form_urlencoded::Serializer::new(String::new());
                for hidden in ["csrf", "captcha_id", "flujo"].into_iter().filter(|hidden| *hidden != name) {
                    body.append_pair(hidden, &page.after(&format!("name=\"{hidden}\" value=\"")));
                }
                let body = format!("{}&{name}={value}", body.extend_pairs(form.base).finish());
                let request = Request::post(scene.post).header("content-type", "application/x-www-form-urlencoded");
                let answer = scene.client.send(request, Body::from(body)).await;
                assert!(statuses.contains(&answer.status.as_u16()), "{name}={value}: {} {}", answer.status, answer.text);
                answer.hides(SCRIPT).hides(KEY).hides(ANSWER);
                assert_eq!(scene.written().await, before, "{name}={value}");
            }
        }
    }
}
