//! The log has no personal data and no secrets in it, whatever happens and however much is logged.

use std::collections::BTreeSet;

use crate::{
    browser::Page,
    people::{CHANGE, RECOVER, REGISTER, Someone, provisional_key},
    support::{CAPTCHA, Installation},
};

const KEYS: [&str; 4] = ["primera-1", "segunda-2", "otra.mal-3", "otra.mal-4"];

/// Everything that must not be read in a log.
#[derive(Default)]
struct Secrets(BTreeSet<String>);

impl Secrets {
    fn add(&mut self, texts: &[&str]) {
        self.0.extend(texts.iter().filter(|text| !text.is_empty()).map(|text| (*text).to_owned()));
    }

    /// What a page's forms carry.
    fn add_form(&mut self, page: &Page) {
        for name in ["csrf", "captcha_id", "flujo", "enlace"] {
            self.add(&[page.hidden(name)]);
        }
    }

    fn add_address(&mut self, address: &str) {
        self.add(&[address.split_once("flujo=").map_or("", |(_, token)| token.split('&').next().unwrap())]);
    }
}

/// Walks every process of the portal, rightly and wrongly, and reads the whole log.
fn nothing_is_told_at(level: &str, format: &str) {
    let installation = Installation::new().with("CLAVERO__LOG__LEVEL", level).with("CLAVERO__LOG__FORMAT", format);
    let server = installation.serve();
    let (mut browser, mut secrets) = (server.browser(), Secrets::default());
    let someone = Someone::number(9_612_345);
    secrets.add(&[&someone.rut, &someone.rut.replace('.', ""), &someone.rut.replace(['.', '-'], ""), "9612345", "9.612.345"]);
    secrets.add(&[&someone.email, &someone.email.replace('@', "%40"), "p9612345", &someone.phone, &someone.phone[3..]]);
    secrets.add(&[&someone.answer, "Quebrada", "Higgins", "Copihues"]);
    secrets.add(&KEYS);
    // What was typed as letters of a picture.
    secrets.add(&[CAPTCHA]);

    let form = browser.get(REGISTER).unwrap();
    secrets.add_form(&form);
    browser.get(form.after("<img src=\"")).unwrap().is(200);
    browser
        .post(REGISTER, &[("csrf", form.hidden("csrf")), ("rut", &someone.rut), ("email", "no es un correo")])
        .unwrap()
        .is(422);
    let result = someone.registers(&mut browser, KEYS[0]).unwrap().is(303).location;
    secrets.add_address(&result);
    browser.get(&result).unwrap().is(200);
    someone.registers(&mut browser, KEYS[2]).unwrap().is(303);

    let step = someone.asks_for_a_key(&mut browser).unwrap();
    secrets.add_address(&step);
    let form = browser.get(&step).unwrap();
    secrets.add_form(&form);
    let mut wrong = someone.answering(&form);
    wrong.retain(|(name, _)| *name != "respuesta");
    wrong.push(("respuesta", "Equivocada"));
    secrets.add(&["Equivocada"]);
    browser.post(RECOVER, &wrong).unwrap().is(422);
    let form = browser.get(&step).unwrap();
    secrets.add_form(&form);
    let result = browser.post(RECOVER, &someone.answering(&form)).unwrap().is(303).location;
    let provisional = provisional_key(&browser.get(&result).unwrap());
    secrets.add(&[&provisional]);

    someone.changes(&mut browser, KEYS[2], KEYS[3]).unwrap().is(422);
    let result = someone.changes(&mut browser, &provisional, KEYS[1]).unwrap().is(303).location;
    secrets.add_address(&result);
    let form = browser.get(CHANGE).unwrap();
    secrets.add_form(&form);
    let mut unable = someone.changing(&form, "", "");
    unable.push(("accion", "sin_captcha"));
    browser.post(CHANGE, &unable).unwrap().is(303);

    for address in [
        format!("/nada/{}", someone.rut),
        format!("/{}?rut={}&clave={}", someone.rut, someone.rut, KEYS[0]),
        format!("{REGISTER}?rut={}", someone.rut.replace('.', "")),
        format!("{RECOVER}?flujo={}", someone.rut),
        format!("/captcha/{}.png", someone.rut),
        format!("/enlace/{}", someone.rut),
    ] {
        browser.get(&address).unwrap();
    }
    browser.post(&format!("/ayuda?rut={}", someone.rut), &[("rut", &someone.rut)]).unwrap().is(405);
    browser.post(REGISTER, &[("csrf", &someone.rut)]).unwrap().is(403);
    secrets.add(&[&browser.cookies["cs_session"]]);

    // The links in messages are as good as keys.
    for message in installation.wait_for_messages(8, crate::support::PATIENCE) {
        for link in message["text"].as_str().unwrap().split_whitespace().filter(|word| word.contains("/enlace/")) {
            secrets.add_address(link);
            let token = link.rsplit(['=', '/']).next().unwrap();
            assert!(token.len() > 10, "{link}");
            secrets.add(&[token]);
            let path = &link[link.find("/enlace/").unwrap()..];
            browser.get(path).unwrap();
        }
    }
    installation.run(&["person", "show", &someone.rut]);

    server.signal("TERM");
    let (status, said) = server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(said.matches("answered").count() > 20, "the log has lines: {said}");
    for secret in &secrets.0 {
        if let Some(line) = said.lines().find(|line| line.contains(secret.as_str())) {
            panic!("«{secret}» is in the log: {line}");
        }
    }
}

#[test]
fn the_log_has_no_personal_data() {
    nothing_is_told_at("info", "text");
}

#[test]
fn the_most_talkative_log_has_no_personal_data() {
    nothing_is_told_at("trace", "json");
}
