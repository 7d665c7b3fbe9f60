//! Static files.

use web::{Site, site::Institution};

use crate::app::TestApp;

#[tokio::test]
async fn hashed_files_are_kept_for_ever_and_others_do_not_exist() {
    let app = TestApp::new().await;
    let page = app.get("/").await;
    for (before, kind) in [
        ("rel=\"stylesheet\" href=\"", "text/css; charset=utf-8"),
        ("<script src=\"", "text/javascript; charset=utf-8"),
        ("rel=\"icon\" href=\"", "image/svg+xml"),
    ] {
        let address = page.after(before);
        let file = app.get(&address).await;
        assert_eq!(file.is(200).header("content-type"), kind, "{address}");
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(address.split('.').nth(1).is_some_and(|hash| hash.len() == 12), "{address}");
    }
    app.get("/assets/portal.css").await.is(404);
    app.get("/assets/../Cargo.toml").await.is(404);
}

#[tokio::test]
async fn a_browser_that_asks_for_an_icon_unasked_gets_one() {
    let icon = TestApp::new().await.get("/favicon.ico").await;
    assert_eq!(icon.is(200).header("content-type"), "image/svg+xml");
}

#[tokio::test]
async fn the_institutions_logo_is_served_from_here() {
    let folder = tempfile::tempdir().unwrap();
    let logo = folder.path().join("escudo.PNG");
    std::fs::write(&logo, b"\x89PNG").unwrap();
    let institution = Institution { logo: Some(logo), name: "Servicio & Cía.".to_owned(), ..Site::default().institution };
    let app = TestApp::with(Site { institution, ..Site::default() }).await;
    let page = app.get("/").await;
    page.shows("Servicio &#38; Cía.");
    let address = page.after("<img src=\"");
    assert!(address.starts_with("/assets/logo."), "{address}");
    assert_eq!(app.get(&address).await.is(200).header("content-type"), "image/png");
}

/// What a first visit carries, compressed. The captcha's picture is weighed by `crates/captcha`.
#[tokio::test]
async fn a_first_load_is_light() {
    let client = TestApp::new().await.client().sending("accept-encoding", "br");
    let plain = TestApp::new().await;
    let page = plain.get("/").await;
    let mut shared = 0;
    for before in ["rel=\"stylesheet\" href=\"", "<script src=\"", "rel=\"icon\" href=\""] {
        shared += client.get(&page.after(before)).await.size;
    }
    for address in ["/", "/ayuda", "/Account/Registrar"] {
        let size = client.get(address).await.size;
        assert!(size + shared <= 20 * 1024, "{address}: {size} bytes and {shared} of style, script and icon");
    }
}
