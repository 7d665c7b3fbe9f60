//! The user guide, demand by demand, as far as its pages show it: each test has the demand's number in its name. The words are the guide's; where
//! `ux.md` D moves them (a placeholder becomes a hint, capitals are the style sheet's), its words.

use std::time::Duration;

use crate::{
    app::{Shown, TestApp},
    juana::*,
};

const CAPTCHA_WORDS: &str = "Queremos asegurarnos de que es una persona real quien está utilizando este sistema. Por favor, ingrese en el cuadro \
                             de texto las letras que muestra la siguiente imagen:";

/// The words stand on the page in this order.
#[track_caller]
fn reads_in_order(page: &Shown, words: &[&str]) {
    let text = read(page);
    let mut rest = text.split_once(words[0]).map_or("", |(before, _)| &text[before.len()..]);
    for words in words {
        let Some((_, after)) = rest.split_once(words) else { panic!("«{words}» is not in its place in {text}") };
        rest = after;
    }
}

#[track_caller]
fn labels(page: &Shown, labels: &[&str]) {
    for label in labels {
        page.shows(&format!(">{label}</label>"));
    }
}

/// The captcha as G-3.6 wants it, on every page that has one.
#[track_caller]
fn has_captcha(page: &Shown) {
    reads_in_order(page, &["Validación de seguridad anti-Robots", CAPTCHA_WORDS, "Captcha *"]);
    page.shows("<img src=\"/captcha/").shows("name=\"accion\" value=\"refrescar\">Refrescar</button>");
}

#[tokio::test]
async fn g1_2_the_portal_shows_natural_and_legal_persons() {
    let page = TestApp::new().await.get("/").await;
    reads_in_order(&page, &["Persona Natural (con cédula de identidad nacional)", "Persona Jurídica (Empresa | OTEC | OTIC)"]);
}

#[tokio::test]
async fn g1_3_the_portal_says_what_the_cs_is() {
    let page = TestApp::new().await.get("/").await;
    reads(
        &page,
        &[
            "Sistema de registro para personas naturales, migrantes y jurídicas, en el cual el usuario podrá obtener su CS (Clave Sence) \
           para ingresar a los otros sistemas de Sence.",
        ],
    );
}

#[tokio::test]
async fn g1_4_a_natural_person_can_register_renew_change_and_update() {
    let app = TestApp::new().await;
    for (address, title) in [
        (REGISTER, "Registro de persona natural"),
        (RECOVER, "Información para Generar Nueva CS"),
        (CHANGE, "Cambi"),
        (UPDATE, "Actualizar datos"),
    ] {
        app.get(address).await.is(200).shows("data-resultado=\"formulario\"").shows(&format!("<h1>{title}"));
    }
}

#[tokio::test]
async fn g2_1_header_and_menu_have_the_guides_words() {
    let page = TestApp::new().await.get("/").await;
    reads(&page, &["Ministerio del Trabajo y Previsión Social", "Clave Sence - (CS)"]);
    reads_in_order(&page, &["Regístrese", "Solicitar CS", "Cambiar CS", "Actualizar datos", "Más información"]);
}

#[tokio::test]
async fn g2_2_the_card_of_natural_persons_leads_to_the_four_processes() {
    let app = TestApp::new().await;
    let page = app.get("/").await;
    for (address, text) in [
        (REGISTER, "Regístrese Aquí"),
        (RECOVER, "Solicitar Una Nueva CS Aquí"),
        (CHANGE, "Cambie Su CS Aquí"),
        (UPDATE, "Actualice Sus Datos Aquí"),
    ] {
        page.shows(&format!("<a href=\"{address}\">{text}<span class=\"oculto\">, persona natural</span></a>"));
        app.get(address).await.is(200);
    }
}

#[tokio::test]
async fn g2_3_the_card_of_legal_persons_has_its_four_links() {
    let app = TestApp::new().await;
    let page = app.get("/").await;
    reads_in_order(
        &page,
        &[
            "Persona Jurídica (Empresa | OTEC | OTIC)",
            "Regístrese Aquí",
            "Solicitar Una Nueva CS Aquí",
            "Cambie Su CS Aquí",
            "Solicitud de CS para Facilitador Extranjero",
        ],
    );
}

#[tokio::test]
async fn g3_1_registration_is_one_form_whose_asterisks_mean_mandatory() {
    let page = TestApp::new().await.get(REGISTER).await;
    assert_eq!(page.text.matches("<form ").count(), 1);
    reads(&page, &["Los campos marcados con un asterisco (*) son obligatorios."]);
    labels(&page, &["Rut *", "Block", "N° de Departamento", "Celular", "Apellido Materno"]);
}

#[tokio::test]
async fn g3_2_registration_begins_with_rut_question_and_answer() {
    let page = TestApp::new().await.get(REGISTER).await;
    reads_in_order(&page, &["Información de Registro", "Rut *", "Pregunta Secreta *", "Seleccione...", "Respuesta Secreta *"]);
    labels(&page, &["Rut *", "Pregunta Secreta *", "Respuesta Secreta *"]);
}

#[tokio::test]
async fn g3_3_the_home_address_has_the_guides_fields_and_the_comuna_depends_on_the_region() {
    let app = TestApp::new().await;
    let page = app.get(REGISTER).await;
    reads_in_order(
        &page,
        &[
            "Domicilio",
            "Dirección Particular *",
            "Pasaje o Calle, Dirección",
            "N° de Dirección Particular *",
            "Block",
            "N° de Departamento",
            "Región *",
            "Seleccione",
            "Comuna *",
        ],
    );
    assert_eq!((page.text.matches("<optgroup").count(), page.text.matches("<option value=\"05").count()), (16, 39));
    let elsewhere = fill(&app.client(), REGISTER, &[("region", "13"), ("comuna", "05109")]).await;
    elsewhere.is(422).shows("<a href=\"#comuna\">Esta comuna no pertenece a la región elegida.");
}

#[tokio::test]
async fn g3_4_registration_collects_email_phone_birth_date_and_names() {
    let page = TestApp::new().await.get(REGISTER).await;
    reads_in_order(
        &page,
        &["Nombres *", "Apellido Paterno *", "Fecha de Nacimiento *", "Datos de Contacto", "Email *", "Celular"],
    );
}

#[tokio::test]
async fn g3_5_the_key_is_asked_twice_and_has_at_most_ten_characters() {
    let app = TestApp::new().await;
    let page = app.get(REGISTER).await;
    reads_in_order(&page, &["Clave Sence", "Máximo 10 caracteres.", "Clave CS *", "Repetir Clave CS *"]);
    // The toggle is made by the script from these.
    page.shows("type=\"password\" id=\"clave\" name=\"clave\"")
        .shows("data-nombre=\"Clave CS\"")
        .shows("data-mostrar=\"Mostrar\"");
    let long = fill(&app.client(), REGISTER, &[("clave", "tren42.Sur."), ("clave_repetida", "tren42.Sur.")]).await;
    long.is(422).shows("<a href=\"#clave\">La clave debe tener como máximo 10 caracteres");
}

#[tokio::test]
async fn g3_6_registration_has_the_captcha_in_the_guides_words() {
    has_captcha(&TestApp::new().await.get(REGISTER).await);
}

#[tokio::test]
async fn g3_7_the_button_is_ingresar_and_the_foot_note_explains_the_asterisk() {
    let page = TestApp::new().await.get(REGISTER).await;
    page.shows("<button type=\"submit\">Ingresar</button>");
    reads_in_order(&page, &["Captcha *", "Ingresar", "(*) Campos obligatorios."]);
}

#[tokio::test]
async fn g4_1_the_forgotten_key_asks_the_ruts_own_question() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    let first = client.get(RECOVER).await;
    reads_in_order(&first, &["Información para Generar Nueva CS", "Rut *"]);
    let second = client.get(&asked(&client).await).await;
    reads_in_order(
        &second,
        &[
            "Información para Generar Nueva CS",
            "Rut",
            RUT,
            "Pregunta Secreta",
            "¿Qué comida no le gustaba cuando era niño o niña?",
            "Respuesta Secreta *",
        ],
    );
    second.hides("<select").shows("<button type=\"submit\">Generar Nueva Clave</button>");
    has_captcha(&second);
}

#[tokio::test]
async fn g4_2_the_result_says_the_guides_words() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    let result = recovered(&client).await;
    result.is(200).shows("data-resultado=\"exito\"").shows("<title>Éxito - Clave SENCE (CS)</title>");
    let key = provisional(&result);
    let shape: String = key
        .chars()
        .map(|c| {
            if c.is_ascii_uppercase() {
                'L'
            } else if c.is_ascii_digit() {
                '9'
            } else {
                '?'
            }
        })
        .collect();
    assert_eq!(shape, "L99999L9", "{key}");
    reads_in_order(
        &result,
        &[
            "Éxito",
            &format!("Se ha generado una clave provisoria, la cual es: {key}"),
            &format!("Esta clave (provisoria) tiene una duración de 24 hora(s) a contar de la fecha: {}.", in_chile(&app)),
            "Para cambiar su clave provisoria por una CS permanente por favor diríjase Aquí",
        ],
    );
    assert_eq!(in_chile(&app), "15-06-2026 12:00");
    result.shows(&format!("por favor diríjase <a href=\"{CHANGE}\">Aquí"));
}

#[tokio::test]
async fn g4_3_the_result_lists_the_deliveries() {
    let app = TestApp::new().await;
    let result = recovered(&registered(&app).await).await;
    reads(
        &result,
        &[
            "Su clave Sence (CS) será enviada por SMS a su celular dentro de los próximos 10 minutos.",
            "Su clave Sence (CS) será enviada a su e-Mail dentro de los próximos 10 minutos.",
        ],
    );
}

#[tokio::test]
async fn g4_4_a_provisional_key_serves_to_change_the_key_for_24_hours() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    let late = provisional(&recovered(&client).await);
    wait(&app, Duration::from_hours(24));
    change(&client, &late, NEW_KEY).await.is(422).shows("El RUT y la clave no corresponden.");
    let key = provisional(&recovered(&client).await);
    wait(&app, Duration::from_secs(24 * 3600 - 1));
    change(&client, &key, NEW_KEY).await.is(303);
    change(&client, &key, "otra-vez9").await.is(422).shows("El RUT y la clave no corresponden.");
}

#[tokio::test]
async fn g5_1_the_change_asks_the_old_key_and_twice_the_new_one() {
    let app = TestApp::new().await;
    let page = app.get(CHANGE).await;
    reads_in_order(
        &page,
        &[
            "Validar Datos",
            "Rut *",
            "CS Actual *",
            "Cambiar CS",
            "Máximo 10 caracteres.",
            "CS Nueva *",
            "Repetir CS Nueva *",
            "Generar Nueva Clave",
        ],
    );
    page.shows("<legend><h2>Validar Datos</h2></legend>").shows("<legend><h2>Cambiar CS</h2></legend>");
    page.shows("data-nombre=\"CS Nueva\"").shows("<button type=\"submit\">Generar Nueva Clave</button>");
    has_captcha(&page);
}

#[tokio::test]
async fn g5_2_the_change_takes_the_current_key_or_a_provisional_one() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    change(&client, KEY, NEW_KEY).await.is(303);
    let key = provisional(&recovered(&client).await);
    change(&client, &key, "velero-88").await.is(303);
    change(&client, NEW_KEY, "otra-vez9").await.is(422).shows("<a href=\"#clave_actual\">");
}

#[tokio::test]
async fn g5_3_a_message_confirms_the_change() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    let answer = change(&client, KEY, NEW_KEY).await;
    let result = client.get(answer.is(303).header("location")).await;
    result.is(200).shows("data-resultado=\"exito\"").shows("Su CS fue cambiada").shows(&in_chile(&app));
}

#[tokio::test]
async fn g6_1_the_update_begins_with_rut_birth_date_and_registered_email() {
    let page = TestApp::new().await.get(UPDATE).await;
    reads_in_order(
        &page,
        &["Validar Datos", "Rut *", "Fecha de Nacimiento *", "Formato: 01-12-1992", "Email Registrado *", "Validar"],
    );
    page.shows("<button type=\"submit\">Validar</button>");
}

#[tokio::test]
async fn g6_1_a_date_written_as_the_format_says_is_taken() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    let fields = [("rut", RUT), ("fecha_nacimiento_dia", "01-12-1992"), ("email", "Juana@Example.org")];
    fill(&client, UPDATE, &fields).await.is(303);
}

#[tokio::test]
async fn g6_2_the_second_step_lets_the_person_select_the_question() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    let step = identified(&client).await;
    let page = client.get(&step).await;
    reads_in_order(&page, &["Datos de Seguridad", "Pregunta Secreta *", "Seleccione...", "Respuesta Secreta *"]);
    assert_eq!(page.text.matches("<option value=\"").count(), 13);
    page.hides(" selected>").hides("juana@example.org");
    let wrong = fill(&client, &step, &[("pregunta", "5"), ("respuesta", ANSWER)]).await;
    wrong.is(422).shows("La pregunta y la respuesta no corresponden.");
}

#[tokio::test]
async fn g6_3_the_third_step_shows_address_and_contact_to_be_edited() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    let page = client.get(&validated(&client).await).await;
    reads_in_order(&page, &["Domicilio", "Dirección Particular *", "Comuna *", "Datos de Contacto", "Email Actual *", "Celular"]);
    page.shows("value=\"Pasaje Los Copihues\"").shows("value=\"juana@example.org\"").shows("<option value=\"05109\" selected>");
    reads(&page, &["(*) Campos obligatorios."]);
}

#[tokio::test]
async fn g6_4_a_message_confirms_the_update() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    let step = validated(&client).await;
    let fields = [&HOME[..], &[("email", "nueva@example.org"), ("celular", "9 8765 4321")]].concat();
    let review = finish(&client, &step, &fields).await;
    reads_in_order(&review, &["Revise sus cambios", "juana@example.org", "nueva@example.org"]);
    let address = step.clone();
    let result = finish(&client, &address, &[("accion", "confirmar")]).await;
    result.is(200).shows("data-resultado=\"exito\"").shows("Sus datos fueron actualizados");
}

#[tokio::test]
async fn g7_1_a_process_stops_and_names_what_is_missing() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    forget_the_address(&app).await;
    let answer = change(&client, KEY, NEW_KEY).await;
    for page in [recovered(&client).await, client.get(answer.is(303).header("location")).await] {
        page.is(200).shows("data-resultado=\"interrumpido\"").shows("<h1>Faltan datos para continuar</h1>");
        reads(&page, &["La CS necesita un conjunto mínimo de datos para funcionar.", "Dirección con región y comuna"]);
        page.hides("Correo electrónico</li>").hides("class=\"clave-provisoria\"");
    }
}

#[tokio::test]
async fn g7_1_nothing_is_told_to_who_has_not_proved_to_be_the_person() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    forget_the_address(&app).await;
    change(&client, "otra-clave", NEW_KEY).await.is(422).hides("Faltan datos");
    let step = asked(&client).await;
    fill(&client, &step, &[("respuesta", "otra"), ("captcha", "HOLA")]).await.is(422).hides("Faltan datos");
}

#[tokio::test]
async fn g7_2_after_the_update_the_process_is_repeated_from_its_start() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    forget_the_address(&app).await;
    let stopped = recovered(&client).await;
    stopped.shows(&format!("href=\"{UPDATE}\">Actualice Sus Datos Aquí</a>"));
    reads(&stopped, &["debe empezar este trámite de nuevo, desde el principio."]);
    let step = validated(&client).await;
    client.get(&step).await.hides("Pasaje Los Copihues");
    let fields = [&HOME[..], &[("email", "juana@example.org"), ("celular", "9 8765 4321")]].concat();
    fill(&client, &step, &fields).await.is(303);
    let done = finish(&client, &step, &[("accion", "confirmar")]).await;
    reads(&done, &["Sus datos fueron actualizados", "Si interrumpió un trámite para actualizar sus datos, empiécelo de nuevo"]);
    assert_eq!(provisional(&recovered(&client).await).len(), 8);
}
