//! The way back to the LMS.

use super::{Back, CLOSE, ERROR, LMS, START, TEST_START, arrives, asked, enters, sent, site, with};
use crate::juana::reads;

#[tokio::test]
async fn the_form_may_lead_to_the_lms_alone() {
    let app = site().await;
    let client = app.client();
    let page = asked(&app, START, &[]).await;
    let shown = enters(&client, &page).await;
    let policy = shown.header("content-security-policy");
    assert!(policy.contains(&format!("; form-action {LMS};")), "{policy}");
    // And the answer to a mistake as well.
    let shown = arrives(&app, START, &sent(&[("CodSence", Some("1"))])).await;
    let policy = shown.header("content-security-policy");
    assert!(policy.contains(&format!("; form-action {LMS};")) && !policy.contains("'self' https"), "{policy}");
    assert_eq!(shown.header("cross-origin-opener-policy"), "unsafe-none");
}

#[tokio::test]
async fn where_nobody_listed_addresses_the_person_decides() {
    let app = with(&[]).await;
    let shown = arrives(&app, START, &sent(&[("CodSence", Some("1"))])).await;
    reads(shown.is(200), &["Al continuar, irá a este sitio: lms.example", "Continúe solo si es el sitio de su curso."]);
    shown.hides("data-vuelve-solo").hides("/assets/rce.");
    assert_eq!(Back::of(&shown).to, ERROR);
    let client = app.client();
    let page = asked(&app, START, &[]).await;
    let shown = enters(&client, &page).await;
    reads(&shown, &["Su sesión está iniciada", "irá a este sitio: lms.example"]);
    shown.hides("data-vuelve-solo").hides("/assets/rce.");
}

#[tokio::test]
async fn values_go_back_byte_for_byte() {
    let app = site().await;
    for value in [
        "\"><script>alert(1)</script>",
        "&amp; &#38; &lt; & '\"",
        " espacios  por   todas partes ",
        "block-v1:org+x@sence+block@0f%20%2B+",
        "ñandú 🦙 \u{a0}\u{2028}",
        "a=b&c=d;e,f|g\\h/i?j#k",
    ] {
        let changes = [("IdSesionAlumno", Some(value)), ("RunAlumno", Some("12345678-k"))];
        let shown = arrives(&app, START, &sent(&changes)).await;
        let back = Back::of(&shown);
        assert_eq!((back.field("IdSesionAlumno"), back.field("GlosaError")), (value, "207"));
        shown.hides("<script>alert");
    }
    // Also through what is kept.
    let (value, url) = ("  \"&amp;<'>  ", "https://lms.example/v?a=1&amp;b=\"<x>'&c=%20 d");
    let changes = [("IdSesionAlumno", Some(value)), ("UrlRetoma", Some(url)), ("RunAlumno", Some(" 012345678-5 "))];
    let changes = [changes[0], changes[1], ("RunAlumno", Some(" 12345678-5 ")), changes[2]];
    let page = asked(&app, TEST_START, &changes[..3]).await;
    let back = Back::of(&enters(&app.client(), &page).await);
    assert_eq!((back.field("IdSesionAlumno"), back.field("RunAlumno"), back.to.as_str()), (value, " 12345678-5 ", url));
}

#[tokio::test]
async fn a_close_of_nothing_of_theirs_goes_back_with_its_code() {
    let app = site().await;
    let page = asked(&app, CLOSE, &[("IdSesionSence", Some("0123456789abcdef0123456789abcdef"))]).await;
    let shown = enters(&app.client(), &page).await;
    reads(&shown, &["No se cerró la sesión", "Código 304", "Avise a quienes administran su curso"]);
    assert_eq!(Back::of(&shown).field("GlosaError"), "304");
}
