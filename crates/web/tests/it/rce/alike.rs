//! Whoever knows a token could ask here who is registered: the page must not tell.

use super::{Back, START, asked, site, tries};
use crate::{
    app::{Shown, TestApp},
    juana::{KEY, RUT},
};

const NOBODY: &str = "11.111.111-1";
const WRONG: &str = "otra-cosa9";

/// An answer without what differs between any two: the token in the address, the form's token, the RUN, and the reference.
fn bare(shown: &Shown, page: &str, rut: &str) -> String {
    let token = page.split_once('=').unwrap().1;
    let mut headers: Vec<String> = shown.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.retain(|header| !header.starts_with("set-cookie:") && !header.starts_with("x-request-id:"));
    headers.sort();
    // Before it stands a RUT as an example.
    let main = shown.text.split_once("<main").map_or("", |(_, main)| main);
    let mut text = format!("{}\n{}\n{main}", shown.status, headers.join("\n"));
    let reference = shown.after("name=\"IdSesionSence\" value=\"");
    for (given, name) in
        [(token, "TOKEN"), (&shown.csrf(), "CSRF"), (rut, "RUT"), (&rut.replace('.', ""), "RUT"), (&reference, "REFERENCE")]
    {
        if !given.is_empty() {
            text = text.replace(given, name);
        }
    }
    text
}

/// All that is seen of three keys for this RUN, in a browser of its own.
async fn seen(app: &TestApp, rut: &str, key: &str) -> Vec<String> {
    let client = app.client();
    let page = asked(app, START, &[("RunAlumno", Some(&rut.replace('.', "")))]).await;
    let mut seen = vec![bare(&client.get(&page).await, &page, rut)];
    for _ in 0..3 {
        seen.push(bare(&tries(&client, &page, key).await, &page, rut));
    }
    let back = client.get(&page).await;
    assert_eq!(Back::of(&back).field("GlosaError"), "100");
    seen.push(bare(&back, &page, rut));
    seen
}

#[tokio::test]
async fn a_run_that_nobody_has_is_answered_as_one_that_somebody_has() {
    let app = site().await;
    let somebody = seen(&app, RUT, WRONG).await;
    let nobody = seen(&app, NOBODY, WRONG).await;
    assert!(somebody[0].contains("value=\"RUT\"") && somebody[4].contains("value=\"REFERENCE\""), "what differs was taken out");
    for (one, other) in somebody.iter().zip(&nobody) {
        assert_eq!(one.lines().zip(other.lines()).find(|(one, other)| one != other), None);
        assert_eq!(one.len(), other.len());
    }
    // Not even a key that somebody else has opens anything.
    assert_eq!(seen(&app, NOBODY, KEY).await.len(), 5);
}
