//! Where messages are, as the person reads it: on the page of what was done, and in «Mi cuenta».

use std::time::Duration;

use sql::sql;

use crate::{
    app::{Client, Shown, TestApp},
    juana::{KEY, NEW_KEY, RECOVER, RUT, change, read, reads, recovered, registered, wait},
    login::log_in,
};

const MESSAGES: &str = "/cuenta/mensajes";

/// All messages of the kind by the channel are now so far.
async fn are_now(app: &TestApp, kind: &str, channel: &str, state: &str) {
    let mut tx = app.app.clave.db.begin().await.unwrap();
    let touched = tx.run(sql!("UPDATE outbox SET state = $1 WHERE kind = $2 AND channel = $3", state, kind, channel)).await;
    assert_eq!(touched.unwrap(), 1, "{kind} by {channel}");
    tx.commit().await.unwrap();
}

/// The page with the messages, loaded anew as its link and its script do.
async fn renewed(client: &Client, page: &Shown) -> Shown {
    let address = page.after("</ul>\n<p><a href=\"");
    assert!(address.starts_with(&format!("{RECOVER}?flujo=")), "{address}");
    client.get(&address.replace("&#38;", "&")).await
}

#[tokio::test]
async fn the_page_of_a_new_key_tells_how_far_each_message_is() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    let page = recovered(&client).await;
    let text = read(&page);
    assert_eq!(text.matches("Estado: en camino.").count(), 2, "{text}");
    page.shows(&format!("<ul class=\"envios\" data-renueva=\"{RECOVER}?flujo=")).shows("/assets/deliveries.");
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with("; connect-src 'self'") && policy.starts_with("default-src 'none'"), "{policy}");

    are_now(&app, "provisional_key", "sms", "accepted").await;
    are_now(&app, "provisional_key", "email", "sent").await;
    let page = renewed(&client, &page).await;
    reads(&page, &["Estado: en camino, la red de mensajes ya lo recibió.", "Estado: enviado."]);
    page.shows("data-renueva=");

    are_now(&app, "provisional_key", "sms", "delivered").await;
    are_now(&app, "provisional_key", "email", "failed").await;
    let page = renewed(&client, &page).await;
    reads(&page, &["Estado: entregado.", "Estado: no se pudo entregar. La clave que ve en esta página sirve igual."]);
    page.hides("data-renueva=").hides("/assets/deliveries.");
    assert!(!page.header("content-security-policy").contains("connect-src"), "nothing more is asked for");
}

#[tokio::test]
async fn who_does_not_see_the_key_is_told_to_ask_for_another_when_no_message_arrives() {
    let mut settings = clave::settings::Settings::default();
    settings.recovery.on_screen = clave::settings::OnScreen::Hidden;
    let app = TestApp::ruled(settings).await;
    let client = registered(&app).await;
    let page = recovered(&client).await;
    are_now(&app, "provisional_key", "sms", "failed").await;
    let page = renewed(&client, &page).await;
    reads(&page, &["Estado: no se pudo entregar. Use la clave que va por el otro medio.", "La recibirá"]);
    page.hides("Solicitar una nueva clave").shows("aviso exito");
    are_now(&app, "provisional_key", "email", "failed").await;
    let page = renewed(&client, &page).await;
    reads(&page, &["Importante", "no pudimos entregársela"]);
    page.hides("aviso exito").hides("La recibirá");
    let text = read(&page);
    assert_eq!(text.matches("Estado: no se pudo entregar. Solicitar una nueva clave").count(), 2, "{text}");
    page.shows(&format!("<a href=\"{RECOVER}\">Solicitar una nueva clave</a>"));
}

#[tokio::test]
async fn my_messages_are_listed_with_their_states_and_nobody_elses() {
    let app = TestApp::new().await;
    let client = registered(&app).await;
    wait(&app, Duration::from_mins(1));
    change(&client, KEY, NEW_KEY).await.is(303);
    are_now(&app, "key_changed", "sms", "delivered").await;
    are_now(&app, "key_changed", "email", "failed").await;
    let client = app.client();
    log_in(&client, "/ingresar", RUT, NEW_KEY).await.is(303);
    let page = client.get(MESSAGES).await;
    let text = read(page.is(200));
    reads(
        &page,
        &[
            "Aviso de cambio de CS por SMS Estado: entregado.",
            "Aviso de cambio de CS por correo electrónico Estado: no se pudo entregar. Revisar sus datos de contacto",
            "Aviso de su registro por correo electrónico Estado: en camino.",
        ],
    );
    assert!(text.find("Aviso de cambio de CS") < text.find("Aviso de su registro"), "newest first: {text}");
    for private in ["juana@", "8765"] {
        assert!(!text.contains(private), "{text}");
    }
    let pedro = crate::account::pedro(&app).await;
    let theirs = pedro.get(MESSAGES).await;
    assert!(!read(theirs.is(200)).contains("Aviso de cambio de CS"), "{}", read(&theirs));
}

#[tokio::test]
async fn many_messages_are_pages() {
    let app = TestApp::new().await;
    registered(&app).await;
    let client = app.client();
    log_in(&client, "/ingresar", RUT, KEY).await.is(303);
    let mut tx = app.app.clave.db.begin().await.unwrap();
    for number in 0..30_u8 {
        tx.run(sql!(
            "INSERT INTO outbox (id, rut, channel, kind, state, tries, made_at, next_at, deadline)
             SELECT $1, rut, 'email', 'unfrozen', 'sent', 1, made_at + $2, next_at, deadline FROM outbox
             WHERE kind = 'registered' AND channel = 'email'",
            [number; 16],
            i64::from(number)
        ))
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let page = client.get(MESSAGES).await;
    page.shows("/cuenta/mensajes?pagina=2").hides("rel=\"prev\"");
    assert_eq!(read(&page).matches("Estado:").count(), 25);
    let page = client.get(&format!("{MESSAGES}?pagina=2")).await;
    page.shows("rel=\"prev\"").hides("rel=\"next\"");
    reads(&page, &["Aviso de su registro"]);
}
