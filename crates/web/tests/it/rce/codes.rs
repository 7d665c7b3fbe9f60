//! Every code of the manual 1.1.3, from its cause, with its words.

use std::{collections::BTreeSet, time::Duration};

use clave::rce::{
    Code,
    catalogue::{self, Kind, Source},
};
use sql::sql;

use super::{
    Back, CLOSE, LMS, OTEC, OTHER_OTEC, START, TEST_CLOSE, TEST_START, arrives, asked, enters, has_otec, sent, site, started,
    tries,
};
use crate::{
    app::{Shown, TestApp},
    juana::{reads, wait},
    oidc_front::operator,
};

/// The codes, from SENCE's integration manuals: number, words, in which versions.
const CSV: &str = include_str!("rce_errors.csv");
const WRONG: &str = "otra-cosa9";
const OTHER_TOKEN: &str = "9b2b8c1e-9d4a-4e6f-8a7b-0c1d2e3f4a5b";

type Changes<'a> = &'a [(&'a str, Option<&'a str>)];

/// Number and words of what 1.1.3 has.
fn manual() -> Vec<(String, String)> {
    let mut rows = csv::Reader::from_reader(CSV.as_bytes());
    let rows = rows.deserialize().map(|row| row.unwrap());
    let rows = rows.filter(|(_, _, versions): &(String, String, String)| versions != ">=1.1.5");
    rows.map(|(number, words, _)| (number, words)).collect()
}

/// The codes that were seen, with their words on the page.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    /// The page says this code to the person, in the manual's words.
    fn shows(&mut self, page: &Shown, code: &str) {
        let (_, words) = manual().into_iter().find(|(number, _)| number == code).unwrap();
        reads(page, &[&words, code]);
        page.shows("data-resultado=\"error\"");
        self.0.insert(code.to_owned());
    }

    /// The same, and tells it to the LMS.
    #[track_caller]
    fn tells(&mut self, page: &Shown, code: &str) {
        let back = Back::of(page);
        assert_eq!(back.field("GlosaError"), code);
        assert_eq!(back.to, super::ERROR);
        self.shows(page, code);
    }
}

async fn refused(app: &TestApp, seen: &mut Seen, changes: Changes<'_>, code: &str) {
    seen.tells(&arrives(app, START, &sent(changes)).await, code);
}

#[test]
fn the_product_knows_what_the_manual_has() {
    let known: Vec<String> = Code::ALL.iter().map(ToString::to_string).collect();
    let manual: Vec<String> = manual().into_iter().map(|(number, _)| number).collect();
    assert_eq!(known, manual);
    assert_eq!(known.len(), 25);
}

#[tokio::test]
async fn each_code_comes_from_its_cause() {
    let mut seen = Seen::default();
    the_form(&mut seen).await;
    the_otec(&mut seen).await;
    the_key(&mut seen).await;
    the_close(&mut seen).await;
    the_catalogue(&mut seen).await;
    a_fault(&mut seen).await;
    let all: BTreeSet<String> = manual().into_iter().map(|(number, _)| number).collect();
    assert_eq!(seen.0, all);
}

/// 200 to 207, 209, 303: what is wrong with the form itself.
async fn the_form(seen: &mut Seen) {
    let app = site().await;
    for (changes, code) in [
        (&[("UrlRetoma", None)][..], "201"),
        (&[("UrlError", Some(" "))], "201"),
        (&[("UrlRetoma", Some("lms.example/volver"))], "202"),
        (&[("UrlRetoma", Some("https://otro.example/volver"))], "202"),
        (&[("UrlError", Some("javascript:alert(1)"))], "203"),
        (&[("UrlError", Some("https://otro.example/volver"))], "203"),
    ] {
        let page = arrives(&app, START, &sent(changes)).await;
        page.is(400).hides(LMS).hides("https://otro.example");
        seen.shows(&page, code);
    }
    for (changes, code) in [
        (&[("CodigoCurso", None)][..], "200"),
        (&[("RunAlumno", None), ("RutAlumno", Some("12345678-5"))], "200"),
        (&[("IdSesionAlumno", Some("   "))], "200"),
        (&[("CodSence", Some("12379"))], "204"),
        // In the productive environment it stands for nothing.
        (&[("CodSence", Some("-1"))], "204"),
        (&[("CodigoCurso", Some("651"))], "205"),
        // Nor in line 6, where a code may be short.
        (&[("CodigoCurso", Some("-1")), ("LineaCapacitacion", Some("6"))], "205"),
        (&[("LineaCapacitacion", Some("2"))], "206"),
        (&[("RunAlumno", Some("12345678-9"))], "207"),
        (&[("RunAlumno", Some("12.345.678-5"))], "207"),
        (&[("RutOtec", Some("76543210-4"))], "209"),
        (&[("Token", Some("no-es-un-token"))], "303"),
        (&[("Token", Some("00000000-0000-4000-8000-000000000000"))], "303"),
    ] {
        refused(&app, seen, changes, code).await;
    }
    let page = arrives(&app, CLOSE, &sent(&[])).await;
    seen.tells(&page, "200");
}

/// 211, 212, 302: whose LMS it is.
async fn the_otec(seen: &mut Seen) {
    let app = site().await;
    has_otec(&app, OTHER_OTEC, &[LMS], OTHER_TOKEN).await;
    refused(&app, seen, &[("Token", Some(OTHER_TOKEN))], "211").await;
    let mut tx = app.app.clave.db.begin().await.unwrap();
    tx.run(sql!("UPDATE otec SET suspended_at = 1 WHERE name = $1", "Capacita <Sur>")).await.unwrap();
    tx.commit().await.unwrap();
    refused(&app, seen, &[], "302").await;
    let mut tx = app.app.clave.db.begin().await.unwrap();
    tx.run(sql!("UPDATE otec_token SET revoked_at = 1")).await.unwrap();
    tx.commit().await.unwrap();
    refused(&app, seen, &[], "212").await;
}

/// 100, 210: who did not prove it.
async fn the_key(seen: &mut Seen) {
    let app = site().await;
    let client = app.client();
    let page = asked(&app, START, &[]).await;
    for _ in 0..2 {
        tries(&client, &page, WRONG).await.is(422);
    }
    tries(&client, &page, WRONG).await.is(303);
    seen.tells(&client.get(&page).await, "100");

    let page = asked(&app, START, &[]).await;
    client.get(&page).await.is(200).shows("name=\"clave\"");
    wait(&app, Duration::from_secs(179));
    client.get(&page).await.shows("name=\"clave\"");
    wait(&app, Duration::from_secs(2));
    seen.tells(&client.get(&page).await, "210");
}

/// 301, 304, 305: what cannot be closed.
async fn the_close(seen: &mut Seen) {
    let app = site().await;
    let client = app.client();
    let id = started(&app, &client, START, &[]).await;
    for (address, changes, code) in [
        (CLOSE, &[("CodigoCurso", Some("6512399"))][..], "301"),
        (CLOSE, &[("LineaCapacitacion", Some("6"))], "301"),
        (CLOSE, &[("IdSesionSence", Some("00000000000000000000000000000000"))], "304"),
        (CLOSE, &[("IdSesionSence", Some("cualquiera"))], "304"),
        // One that counts is not closed where nothing does.
        (TEST_CLOSE, &[], "304"),
    ] {
        let changes: Vec<_> = [("IdSesionSence", Some(id.as_str()))]
            .into_iter()
            .filter(|(name, _)| changes.iter().all(|(other, _)| other != name))
            .chain(changes.iter().copied())
            .collect();
        let page = asked(&app, address, &changes).await;
        seen.tells(&enters(&client, &page).await, code);
    }
    let close = [("IdSesionSence", Some(id.as_str()))];
    let page = asked(&app, CLOSE, &close).await;
    assert_eq!(Back::of(&enters(&client, &page).await).to, super::RETOMA);
    let page = asked(&app, CLOSE, &close).await;
    seen.tells(&enters(&client, &page).await, "305");
    let id = started(&app, &client, START, &[]).await;
    wait(&app, Duration::from_hours(3));
    let page = asked(&app, CLOSE, &[("IdSesionSence", Some(&id))]).await;
    seen.tells(&enters(&client, &page).await, "305");
}

/// 204, 205, 208, 306 to 310: what the catalogue says of the course.
async fn the_catalogue(seen: &mut Seen) {
    let app = site().await;
    let courses = "cod_sence,nombre\n1237941234,Soldadura\n1237999999,Panadería\n";
    let actions = format!(
        "codigo_curso,cod_sence,rut_otec,modalidad,inicio,termino,estado\n\
         6512345,1237941234,{OTEC},e-learning,2026-06-15,2026-06-15,vigente\n\
         6512346,1237999999,{OTEC},e-learning,2026-06-01,2026-06-30,vigente\n\
         6512347,1237941234,{OTEC},presencial,2026-06-01,2026-06-30,vigente\n\
         6512348,1237941234,{OTHER_OTEC},e-learning,2026-06-01,2026-06-30,vigente\n\
         6512349,1237941234,{OTEC},e-learning,2026-06-01,2026-06-14,vigente\n\
         6512350,1237941234,{OTEC},e-learning,2026-06-16,2026-06-30,vigente\n\
         6512351,1237941234,{OTEC},e-learning,2026-06-01,2026-06-30,terminado\n\
         6512352,1237941234,{OTEC},e-learning,2026-06-01,2026-06-30,anulado\n"
    );
    load(&app, &[(Kind::Courses, courses), (Kind::Actions, &actions)]).await;
    for (changes, code) in [
        (&[("CodSence", Some("1237900000"))][..], "204"),
        (&[("CodigoCurso", Some("6519999"))], "205"),
        (&[("CodigoCurso", Some("6512346"))], "306"),
        (&[("CodigoCurso", Some("6512347"))], "307"),
        (&[("CodigoCurso", Some("6512348"))], "308"),
        (&[("CodigoCurso", Some("6512349"))], "309"),
        (&[("CodigoCurso", Some("6512350"))], "309"),
        (&[("CodigoCurso", Some("6512351"))], "310"),
        (&[("CodigoCurso", Some("6512352"))], "310"),
    ] {
        refused(&app, seen, changes, code).await;
    }
    // With no enrolments loaded everybody may; with some, who is among them.
    asked(&app, START, &[]).await;
    load(&app, &[(Kind::Enrolments, "codigo_curso,run\n6512345,11111111-1\n")]).await;
    refused(&app, seen, &[], "208").await;
    load(&app, &[(Kind::Enrolments, "codigo_curso,run\n6512345,12345678-5\n")]).await;
    asked(&app, START, &[]).await;
    // Where nothing counts, -1 stands for any code, and nothing is asked of the catalogue.
    asked(&app, TEST_START, &[("CodSence", Some("-1")), ("CodigoCurso", Some("-1"))]).await;
}

async fn load(app: &TestApp, files: &[(Kind, &str)]) {
    let mut bytes: Vec<_> = files.iter().map(|(kind, text)| (*kind, text.as_bytes())).collect();
    let sources = bytes.iter_mut().map(|(kind, bytes)| Source { kind: *kind, bytes }).collect();
    catalogue::import(&mut operator(app), sources, &mut |bad| panic!("{bad:?}"), &mut |_| ()).await.unwrap();
}

/// 300: something fails here, before the key and after it.
async fn a_fault(seen: &mut Seen) {
    let app = site().await;
    let client = app.client();
    let page = asked(&app, START, &[]).await;
    broken(&app, "ALTER TABLE attendance RENAME TO attendance_elsewhere").await;
    seen.tells(&enters(&client, &page).await, "300");
    broken(&app, "ALTER TABLE attendance_elsewhere RENAME TO attendance").await;
    assert_eq!(Back::of(&client.get(&page).await).field("GlosaError"), "300", "it is answered");
    let page = asked(&app, START, &[]).await;
    assert_eq!(Back::of(&enters(&client, &page).await).to, super::RETOMA, "the next one goes well");

    broken(&app, "ALTER TABLE rce_request RENAME TO rce_request_elsewhere").await;
    refused(&app, seen, &[], "300").await;
}

async fn broken(app: &TestApp, statement: &'static str) {
    let mut tx = app.app.clave.db.begin().await.unwrap();
    tx.run(sql::Statement::new(statement, Vec::new())).await.unwrap();
    tx.commit().await.unwrap();
}
