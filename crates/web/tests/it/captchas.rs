//! The captcha on the pages: who is asked, what passes, what it tells nobody.

use altcha::{Challenge, ChallengeParameters, SolveChallengeOptions, solve_challenge};
use axum::{body::Body, http::Request};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use clave::{
    Cx,
    challenge::Ticket,
    settings::{Budget, Captcha, CaptchaLevel, Limits, Policy, Settings},
    vault::hex,
};
use rand::{SeedableRng as _, rngs::StdRng};

use crate::{
    app::{Client, Shown, TestApp},
    juana::{ANSWER, CHANGE, KEY, NEW_KEY, RECOVER, REGISTER, RUT, asked, fill, reads, registered},
};

const LOGIN: &str = "/ingresar";
const STRANGER: &str = "11.111.111-1";

async fn ruled(captcha: Captcha) -> TestApp {
    TestApp::ruled(Settings { captcha, ..Settings::default() }).await
}

fn all(policy: Policy) -> Captcha {
    Captcha { register: policy, recover: policy, change_key: policy, login: policy, ..Captcha::default() }
}

fn registering(rut: &str) -> Vec<(&str, &str)> {
    vec![
        ("rut", rut),
        ("pregunta", "4"),
        ("respuesta", ANSWER),
        ("nombres", "Juana"),
        ("apellido_paterno", "O'Higgins"),
        ("fecha_nacimiento_dia", "1"),
        ("fecha_nacimiento_mes", "12"),
        ("fecha_nacimiento_anio", "1992"),
        ("direccion", "Pasaje Los Copihues"),
        ("numero", "1204"),
        ("region", "05"),
        ("comuna", "05109"),
        ("email", "juana@example.org"),
        ("celular", "9 8765 4321"),
        ("clave", KEY),
        ("clave_repetida", KEY),
    ]
}

fn changing<'a>(rut: &'a str, current: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("rut", rut), ("clave_actual", current), ("clave_nueva", NEW_KEY), ("clave_nueva_repetida", NEW_KEY)]
}

/// Sends a page's own form, hidden fields included, with `more`.
async fn send(client: &Client, address: &str, page: &Shown, more: &[(&str, &str)]) -> Shown {
    let mut body = form_urlencoded::Serializer::new(String::new());
    for hidden in ["csrf", "captcha_id", "flujo"] {
        let value = page.after(&format!("name=\"{hidden}\" value=\""));
        if !value.is_empty() {
            body.append_pair(hidden, &value);
        }
    }
    body.extend_pairs(more);
    let request = Request::post(address.split('?').next().unwrap()).header("content-type", "application/x-www-form-urlencoded");
    client.send(request, Body::from(body.finish())).await
}

/// What the page's picture shows and its sound says.
fn solution(app: &TestApp, client: &Client, page: &Shown) -> (String, String) {
    let cx = Cx::new(app.app.clave.clone(), None);
    let browser = clave::flow::Browser(clave::vault::sha256(client.cookie("cs_session").as_bytes()));
    let ticket = Ticket::parse_any(&cx, &page.after("name=\"captcha_id\" value=\""), browser).unwrap();
    let chance = |content| StdRng::from_seed(ticket.seed(&cx, content).unwrap());
    (captcha::letters(&mut chance("letters")), captcha::digits(&mut chance("digits")))
}

/// What a browser's script works out.
fn work(page: &Shown) -> String {
    let ticket = BASE64_URL_SAFE_NO_PAD.decode(page.after("name=\"captcha_id\" value=\"")).unwrap();
    let puzzle = page.after("data-trabajo=\"");
    let mut parts = puzzle.split('-');
    let mut part = || parts.next().unwrap().to_owned();
    let (rounds, most, key_prefix) = (part(), part(), part());
    let parameters = ChallengeParameters {
        algorithm: "PBKDF2/SHA-256".to_owned(),
        cost: rounds.parse().unwrap(),
        data: None,
        expires_at: None,
        key_length: 32,
        key_prefix,
        key_signature: None,
        memory_cost: None,
        nonce: hex(&ticket[..16]),
        parallelism: None,
        salt: hex(&ticket[ticket.len() - 16..]),
    };
    let challenge = Challenge { parameters, signature: None };
    let found = solve_challenge(SolveChallengeOptions::new(&challenge)).unwrap().unwrap();
    assert!(found.counter < most.parse().unwrap());
    format!("{}.{}", found.counter, found.derived_key)
}

/// `text` with its first letter or digit exchanged for another one, `times` over.
fn misread(text: &str, times: usize) -> String {
    let swap = |c: char| match c {
        'A' => 'C',
        '0' => '1',
        c if c.is_ascii_digit() => '0',
        _ => 'A',
    };
    text.chars().enumerate().map(|(at, c)| if at < times { swap(c) } else { c }).collect()
}

#[tokio::test]
async fn always_asks_everywhere_and_keeps_the_way_round_where_people_are_known() {
    let app = ruled(all(Policy::Always)).await;
    registered(&app).await;
    let client = app.client();
    let step = asked(&client).await;
    for (address, has_link) in [(REGISTER, false), (CHANGE, true), (LOGIN, true), (step.as_str(), true)] {
        let page = client.get(address).await;
        page.is(200).shows("src=\"/captcha/");
        assert_eq!(page.text.contains("value=\"sin_captcha\""), has_link, "{address}");
    }
    // A form that says it had none.
    let page = client.get(LOGIN).await;
    let refused = client
        .send(
            Request::post(LOGIN).header("content-type", "application/x-www-form-urlencoded"),
            Body::from(format!("csrf={}&rut={RUT}&clave={KEY}&captcha=HOLA", page.csrf())),
        )
        .await;
    refused.is(422).shows("src=\"/captcha/");
}

#[tokio::test]
async fn under_risk_and_off_nothing_is_asked_at_first_and_the_processes_go_through() {
    for policy in [Policy::Risk, Policy::Off] {
        let app = ruled(all(policy)).await;
        let client = app.client();
        for address in [REGISTER, CHANGE, LOGIN] {
            client.get(address).await.is(200).hides("/captcha/").hides("captcha_id").hides("sin_captcha");
        }
        fill(&client, REGISTER, &registering(RUT)).await.is(303);
        let step = asked(&client).await;
        client.get(&step).await.is(200).hides("/captcha/");
        fill(&client, &step, &[("respuesta", ANSWER)]).await.is(303);
        fill(&app.client(), CHANGE, &changing(RUT, KEY)).await.is(303);
        fill(&app.client(), LOGIN, &[("rut", RUT), ("clave", NEW_KEY)]).await.is(303);
    }
}

#[tokio::test]
async fn under_risk_failures_bring_it_what_was_typed_stays_and_leaving_it_out_helps_nobody() {
    let app = ruled(all(Policy::Risk)).await;
    registered(&app).await;
    for rut in [RUT, STRANGER] {
        for tries in 1..=3 {
            let page = fill(&app.client(), CHANGE, &changing(rut, "equivocada")).await;
            page.is(422);
            assert_eq!(page.text.contains("src=\"/captcha/"), tries == 3, "{rut}, {tries} failures");
        }
        let client = app.client();
        let refused = fill(&client, CHANGE, &changing(rut, KEY)).await;
        reads(refused.is(422).shows("src=\"/captcha/").shows("sin_captcha"), &["ingrese las letras de la imagen"]);
        refused.shows(&format!("value=\"{rut}\"")).hides("no corresponden");
        let without = send(&client, CHANGE, &refused, &changing(rut, KEY)).await;
        reads(without.is(422), &["Ingrese las letras de la imagen"]);
        let wrong = send(&client, CHANGE, &without, &[&changing(rut, KEY)[..], &[("captcha", "NADA")]].concat()).await;
        reads(wrong.is(422), &["Las letras no corresponden a la imagen"]);
        let right = send(&client, CHANGE, &wrong, &[&changing(rut, KEY)[..], &[("captcha", "HOLA")]].concat()).await;
        right.is(if rut == RUT { 303 } else { 422 });
    }
}

#[tokio::test]
async fn under_risk_wrong_answers_bring_it_and_a_link_goes_round_it() {
    let app = ruled(all(Policy::Risk)).await;
    registered(&app).await;
    let client = app.client();
    let step = asked(&client).await;
    for _ in 0..3 {
        fill(&client, &step, &[("respuesta", "mala")]).await.is(422);
    }
    let page = client.get(&step).await;
    page.is(200).shows("src=\"/captcha/");
    send(&client, RECOVER, &page, &[("accion", "sin_captcha")]).await.is(303);
    let letters = app.letters("juana@example.org").await;
    let link = letters.iter().find(|letter| letter["kind"] == "captcha_link").unwrap()["link"].as_str().unwrap().to_owned();
    let by_link = client.get(&format!("{step}&enlace={link}")).await;
    by_link.is(200).hides("/captcha/").shows("no necesita el captcha");
    send(&client, RECOVER, &by_link, &[("respuesta", ANSWER), ("enlace", &link)]).await.is(303);
}

#[tokio::test]
async fn the_letters_pass_at_each_level_as_people_read_it_and_the_digits_exactly() {
    for (level, wrong_letters) in [(CaptchaLevel::Normal, 0), (CaptchaLevel::Alto, 1)] {
        let app = ruled(Captcha { level, ..Captcha::default() }).await;
        let client = app.client();
        for misreadings in 0..=2 {
            let page = client.get(REGISTER).await;
            let (letters, _) = solution(&app, &client, &page);
            let typed = misread(&letters, misreadings).to_lowercase();
            let answer = send(&client, REGISTER, &page, &[&registering(RUT)[..], &[("captcha", &typed)]].concat()).await;
            answer.is(if misreadings <= wrong_letters { 303 } else { 422 });
        }
        for misreadings in 0..=1 {
            let page = client.get(REGISTER).await;
            let (_, digits) = solution(&app, &client, &page);
            let typed = misread(&digits, misreadings);
            let answer = send(&client, REGISTER, &page, &[&registering(RUT)[..], &[("captcha", &typed)]].concat()).await;
            answer.is(if misreadings == 0 { 303 } else { 422 });
        }
        let page = client.get(REGISTER).await;
        let picture = client.get(&page.after("<img src=\"")).await;
        assert_eq!(picture.is(200).header("content-type"), "image/png");
    }
}

#[tokio::test]
async fn the_answer_is_in_no_page_cookie_header_or_address() {
    let app = ruled(all(Policy::Always)).await;
    registered(&app).await;
    for level in 0..20 {
        let client = app.client();
        let address = [REGISTER, CHANGE, LOGIN][level % 3];
        let page = client.get(address).await;
        let (letters, digits) = solution(&app, &client, &page);
        let wrong = send(&client, address, &page, &[("rut", RUT), ("captcha", "NADA")]).await;
        let picture = client.get(&page.after("<img src=\"")).await;
        let sound = client.get(&page.after("controls preload=\"none\" src=\"")).await;
        assert_eq!(sound.is(200).header("content-type"), "audio/wav");
        for shown in [&page, &wrong, picture.is(200), &sound] {
            let headers = format!("{:?}", shown.headers);
            for answer in [letters.as_str(), &letters.to_lowercase(), &digits] {
                assert!(!headers.contains(answer), "{answer} is in a header");
                let is_file = !shown.header("content-type").starts_with("text/html");
                assert!(is_file || !shown.text.contains(answer), "{answer} is in a page");
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_captcha_is_answered_alike_for_every_rut_before_anybody_looks_at_it() {
    let app = ruled(all(Policy::Always)).await;
    registered(&app).await;
    let answered = async |rut: &'static str| {
        let client = app.client();
        let page = client.get(CHANGE).await;
        let wrong = send(&client, CHANGE, &page, &[&changing(rut, KEY)[..], &[("captcha", "NADA")]].concat()).await;
        let mut text = wrong.is(422).text.clone();
        for chance in ["name=\"csrf\" value=\"", "name=\"captcha_id\" value=\"", "data-trabajo=\""] {
            text = text.replace(&wrong.after(chance), "…");
        }
        text.replace(&format!("value=\"{rut}\""), "")
    };
    assert_eq!(answered(RUT).await, answered(STRANGER).await);
    let mut tx = app.app.clave.db.read().await.unwrap();
    let row = tx.one(sql::sql!("SELECT COUNT(*) AS n FROM audit WHERE event = 'key_change_refused'")).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("n").unwrap(), 0, "nobody has looked at the key");
}

#[tokio::test]
async fn work_done_counts_once_and_none_or_anothers_twice() {
    for (how, forms) in [("done", 6), ("none", 3), ("another's", 3)] {
        let limits = Limits { address: Budget::new(6, 10), ..Limits::default() };
        let app = TestApp::ruled(Settings { limits, ..Settings::default() }).await;
        let client = app.client();
        let first = work(&client.get(REGISTER).await);
        let mut ruts = (10_000_001..).filter_map(rut::Rut::from_number).map(|rut| rut.to_string());
        let mut passed = 0;
        loop {
            let (page, rut) = (client.get(REGISTER).await, ruts.next().unwrap());
            let proof = match how {
                "done" => work(&page),
                "none" => String::new(),
                _ => first.clone(),
            };
            let more = [("captcha", "HOLA"), ("prueba", proof.as_str())];
            let answer = send(&client, REGISTER, &page, &[&registering(&rut)[..], &more].concat()).await;
            if answer.status.as_u16() == 429 {
                break;
            }
            answer.is(303);
            passed += 1;
        }
        assert_eq!(passed, forms, "{how}");
    }
}

#[tokio::test]
async fn the_script_of_the_work_is_ours_and_may_run_and_nothing_else_may() {
    let app = TestApp::new().await;
    let page = app.get(REGISTER).await;
    assert!(page.header("content-security-policy").contains("worker-src 'self'"));
    let script = app.get(&page.after("data-obrero=\"")).await;
    assert_eq!(script.is(200).header("content-type"), "text/javascript; charset=utf-8");
    script.shows("PBKDF2").hides("importScripts").hides("fetch(").hides("http");
    app.get("/").await.hides("data-obrero");
}
