//! The front page and the pages that explain.

use web::{Site, site::Contact};

use crate::app::TestApp;

/// What a person reads: the page without its tags.
fn read(html: &str) -> String {
    let text: String = html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
    text.replace("&#39;", "'")
}

#[tokio::test]
async fn g_2_1_the_header_names_ministry_institution_and_product_and_has_the_menu() {
    let page = TestApp::new().await.get("/").await;
    page.is(200).shows("<span>Ministerio del Trabajo y Previsión Social</span>").shows("<span>Institución</span>");
    page.shows("Clave Sence - (CS)").shows("<title>Portada - Clave SENCE (CS)</title>");
    for (address, text) in [
        ("/Account/Registrar", "Regístrese"),
        ("/Account/RecuperarClave", "Solicitar CS"),
        ("/Account/CambiarClave", "Cambiar CS"),
        ("/Account/ActualizarDatos", "Actualizar datos"),
        ("/ayuda", "Más información"),
    ] {
        page.shows(&format!("<li><a href=\"{address}\">{text}</a></li>"));
    }
}

#[tokio::test]
async fn g_2_2_the_card_of_natural_persons_leads_to_every_process() {
    let page = TestApp::new().await.get("/").await;
    page.shows("Persona Natural (con cédula de identidad nacional)");
    for (address, text) in [
        ("/Account/Registrar", "Regístrese Aquí"),
        ("/Account/RecuperarClave", "Solicitar Una Nueva CS Aquí"),
        ("/Account/CambiarClave", "Cambie Su CS Aquí"),
        ("/Account/ActualizarDatos", "Actualice Sus Datos Aquí"),
    ] {
        page.shows(&format!("<a href=\"{address}\">{text}<span class=\"oculto\">, persona natural</span></a>"));
    }
}

#[tokio::test]
async fn g_2_3_the_card_of_legal_persons_says_whom_to_contact() {
    let contact =
        Contact { name: "Oficina de OTEC".to_owned(), email: Some("otec@example.cl".to_owned()), phone: None, hours: None };
    let app = TestApp::with(Site { legal_persons: Some(contact), ..Site::default() }).await;
    let page = app.get("/").await;
    page.shows("Persona Jurídica (Empresa | OTEC | OTIC)");
    for text in ["Regístrese Aquí", "Solicitar Una Nueva CS Aquí", "Cambie Su CS Aquí"] {
        page.shows(&format!("<a href=\"/personas-juridicas\">{text}<span class=\"oculto\">, persona jurídica</span></a>"));
    }
    page.shows("<a href=\"/facilitador-extranjero\">Solicitud de CS para Facilitador Extranjero</a>");
    for address in ["/personas-juridicas", "/facilitador-extranjero"] {
        app.get(address).await.is(200).shows("Oficina de OTEC").shows("mailto:otec@example.cl").shows("todavía no");
    }
}

#[tokio::test]
async fn g_1_3_the_portal_says_what_the_key_is_for() {
    let app = TestApp::new().await;
    for address in ["/", "/ayuda"] {
        app.get(address).await.shows(
            "Sistema de registro para personas naturales, migrantes y jurídicas, en el cual el usuario podrá obtener su CS \
             (Clave Sence) para ingresar a los otros sistemas de Sence.",
        );
    }
}

#[tokio::test]
async fn every_page_is_whole_in_every_language() {
    let app = TestApp::new().await;
    for address in ["/", "/ayuda", "/privacidad", "/accesibilidad", "/personas-juridicas", "/facilitador-extranjero"] {
        for lang in ["es-CL", "en", "ht"] {
            let page = app.client().sending("accept-language", lang).get(address).await;
            page.is(200).shows(&format!("<html lang=\"{lang}\">")).hides("No localization").hides("{ $").hides("{$");
            for one in ["<h1>", "<main ", "<header ", "<footer ", "<title>"] {
                assert_eq!(page.text.matches(one).count(), 1, "{one} of {address} in {lang}");
            }
            assert!(!read(&page.text).contains('\u{2068}'), "isolation marks in {address}");
        }
    }
}

#[tokio::test]
async fn addresses_match_without_regard_to_case_and_final_slash() {
    let app = TestApp::new().await;
    for address in ["/ayuda", "/AYUDA", "/Ayuda/", "/aYuDa/?x=1", "/PERSONAS-JURIDICAS/"] {
        app.get(address).await.is(200);
    }
    app.get("/ayuda/").await.shows("href=\"/ayuda\" aria-current=\"page\"");
}

#[tokio::test]
async fn the_language_switch_stays_and_keeps_the_address() {
    let app = TestApp::new().await;
    let client = app.client();
    client.get("/ayuda?desde=correo").await.shows("href=\"/ayuda?desde=correo&#38;lang=en\"");
    let switched = client.get("/ayuda?desde=correo&lang=en").await;
    assert_eq!(switched.is(303).header("location"), "/ayuda?desde=correo");
    assert!(switched.header("set-cookie").starts_with("cs_lang=en; HttpOnly; SameSite=Lax; Path=/; Max-Age="));
    client.get("/").await.shows("<html lang=\"en\">").shows("Register here");
    let client = client.sending("accept-language", "ht");
    client.get("/").await.shows("<html lang=\"en\">");
    client.get("/ayuda?lang=xx").await.is(200);
}

#[tokio::test]
async fn a_language_switch_never_leads_away() {
    let app = TestApp::new().await;
    for address in ["//evil.example/?lang=en", "/\\evil.example?lang=en"] {
        assert_eq!(app.get(address).await.is(303).header("location"), "/");
    }
}

#[tokio::test]
async fn a_service_notice_stands_on_every_page() {
    let site = Site { notice: Some("Mantención <hoy>".to_owned()), ..Site::default() };
    let app = TestApp::with(site).await;
    for address in ["/", "/ayuda", "/nada"] {
        app.get(address).await.shows("Mantención &#60;hoy&#62;");
    }
}

#[tokio::test]
async fn health_tells_life_from_readiness() {
    let app = TestApp::new().await;
    app.get("/health/live").await.is(200);
    app.get("/health/ready").await.is(200).shows("ready");
    app.app.clave.db.close().await;
    app.get("/health/live").await.is(200);
    app.get("/health/ready").await.is(503);
}

#[tokio::test]
async fn privacy_names_the_cookies_as_the_browser_shows_them() {
    TestApp::new().await.get("/privacidad").await.shows("<code>cs_session</code>").shows("<code>cs_lang</code>");
    let site = Site { base_url: "https://clave.example.cl".to_owned(), ..Site::default() };
    let page = TestApp::with(site).await.get("/privacidad").await;
    page.shows("<code>__Host-cs_session</code>").shows("<code>__Host-cs_lang</code>").shows("<code>__Host-cs_device</code>");
}

#[tokio::test]
async fn help_and_privacy_tell_of_the_account_its_systems_and_sessions() {
    let app = TestApp::new().await;
    app.get("/ayuda").await.shows("Qué hay en «Mi cuenta»").shows("Cuándo termina su sesión").shows("href=\"/cuenta\"");
    app.get("/privacidad").await.shows("Sistemas conectados").shows("Sesiones y dispositivos");
}

#[tokio::test]
async fn accessibility_credits_the_voices_of_the_captcha() {
    let page = TestApp::new().await.get("/accesibilidad").await;
    page.shows("grabaciones de Allison Smith y June Wallack (Asterisk core sounds, © Digium), modificadas, <a ");
    page.shows("href=\"https://creativecommons.org/licenses/by-sa/3.0/\" rel=\"license\">CC BY-SA 3.0</a>.");
}
