//! What every answer carries, and which words of the request are believed.

use web::{Site, paths};

use crate::app::TestApp;

#[tokio::test]
async fn every_address_carries_every_header() {
    let app = TestApp::new().await;
    for address in paths::ALL.iter().copied().chain(["/no-existe", "/captcha/x.png", "/?lang=en"]) {
        let shown = app.get(address).await;
        // What no document is obeys less, and is light.
        let file = address == "/favicon.ico";
        // A window that a system opened goes back to it.
        let of_a_system = ["/openid/authorize", "/openid/continuar", "/openid/consentimiento", "/openid/logout", "/openid/salir"];
        let opener = if of_a_system.contains(&address) || address.starts_with("/rce") { "unsafe-none" } else { "same-origin" };
        let policy = shown.header("content-security-policy");
        if file {
            assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'");
        } else {
            assert!(policy.starts_with("default-src 'none'; object-src 'none'; style-src 'self'"), "{address}");
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", if file { "" } else { "no-referrer" }),
            ("x-frame-options", if file { "" } else { "DENY" }),
            ("cross-origin-opener-policy", if file { "" } else { opener }),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", ""),
        ] {
            assert_eq!(shown.header(name), value, "{name} of {address}");
        }
        assert_eq!(shown.header("x-request-id").len(), 12, "{address}");
        let kept = match address {
            "/favicon.ico" => "public, max-age=86400",
            well_known if well_known.starts_with("/.well-known/") => "public, max-age=600",
            _ => "no-store",
        };
        assert_eq!(shown.header("cache-control"), kept, "{address}");
    }
}

#[tokio::test]
async fn the_login_keeps_the_window_of_a_system_and_no_other() {
    let app = TestApp::new().await;
    for (address, wanted) in [
        ("/ingresar?solicitud=AAAAAAAAAAAAAAAAAAAAAA", "unsafe-none"),
        ("/Openid/Authorize/?client_id=x", "unsafe-none"),
        ("/ingresar", "same-origin"),
        ("/ingresar?ir=/cuenta%3Fsolicitud=A", "same-origin"),
        ("/salir", "same-origin"),
    ] {
        assert_eq!(app.get(address).await.header("cross-origin-opener-policy"), wanted, "{address}");
    }
}

#[tokio::test]
async fn on_https_browsers_are_told_to_stay_there() {
    let site = Site { base_url: "https://clave.example.cl".to_owned(), ..Site::default() };
    let shown = TestApp::with(site).await.get("/").await;
    assert_eq!(shown.header("strict-transport-security"), "max-age=31536000; includeSubDomains");
}

#[tokio::test]
async fn pages_without_a_form_set_no_cookie() {
    let app = TestApp::new().await;
    for address in ["/", "/ayuda", "/privacidad", "/accesibilidad", "/no-existe"] {
        assert_eq!(app.get(address).await.header("set-cookie"), "", "{address}");
    }
}

#[tokio::test]
async fn forwarded_addresses_count_only_from_trusted_proxies() {
    let forwarded = async |site: Site| {
        let client = TestApp::demonstration(site).await.client().sending("x-forwarded-for", "198.51.100.7, 203.0.113.9");
        client.get("/account/registrar").await.after("<p id=\"desde\">").split('<').next().unwrap().to_owned()
    };
    assert_eq!(forwarded(Site::default()).await, "127.0.0.1");
    let site = Site { trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..Site::default() };
    assert_eq!(forwarded(site).await, "203.0.113.9");
}

#[tokio::test]
async fn pages_are_compressed_where_the_browser_can_read_it() {
    let app = TestApp::new().await;
    for (accepted, used) in [("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")] {
        let shown = app.client().sending("accept-encoding", accepted).get("/ayuda").await;
        assert_eq!(shown.header("content-encoding"), used);
    }
}
