//! People who use the portal, and what they do there.

use rand::{RngExt as _, rngs::StdRng};
use rut::Rut;

use crate::{
    browser::{Answered, Browser, Page},
    support::CAPTCHA,
};

pub const REGISTER: &str = "/Account/Registrar";
pub const RECOVER: &str = "/Account/RecuperarClave";
pub const CHANGE: &str = "/Account/CambiarClave";

/// Someone, by the number of the RUT.
#[derive(Debug, Clone)]
pub struct Someone {
    pub rut: String,
    pub email: String,
    pub phone: String,
    pub answer: String,
}

impl Someone {
    pub fn number(number: u32) -> Self {
        Self {
            rut: Rut::from_number(number).unwrap().to_string(),
            email: format!("p{number}@correo.example"),
            phone: format!("+569{number:08}"),
            answer: format!("Quebrada {number} del Ají"),
        }
    }

    /// The form of registration, filled in.
    pub fn registration<'a>(&'a self, form: &'a Page, key: &'a str) -> Vec<(&'static str, &'a str)> {
        vec![
            ("csrf", form.hidden("csrf")),
            ("captcha_id", form.hidden("captcha_id")),
            ("captcha", CAPTCHA),
            ("rut", &self.rut),
            ("pregunta", "4"),
            ("respuesta", &self.answer),
            ("nombres", "Juana Ñ."),
            ("apellido_paterno", "O'Higgins"),
            ("fecha_nacimiento_dia", "1"),
            ("fecha_nacimiento_mes", "12"),
            ("fecha_nacimiento_anio", "1992"),
            ("direccion", "Pasaje Los Copihues"),
            ("numero", "1204"),
            ("region", "05"),
            ("comuna", "05109"),
            ("email", &self.email),
            ("celular", &self.phone),
            ("clave", key),
            ("clave_repetida", key),
        ]
    }

    pub fn registers(&self, browser: &mut Browser, key: &str) -> Answered {
        let form = browser.get(REGISTER)?;
        browser.post(REGISTER, &self.registration(&form, key))
    }

    /// The address of the step that asks the question.
    pub fn asks_for_a_key(&self, browser: &mut Browser) -> Result<String, ureq::Error> {
        let form = browser.get(RECOVER)?;
        Ok(browser.post(RECOVER, &[("csrf", form.hidden("csrf")), ("rut", &self.rut)])?.is(303).location)
    }

    /// Both steps of a recovery.
    pub fn recovers(&self, browser: &mut Browser) -> Answered {
        let step = self.asks_for_a_key(browser)?;
        let form = browser.get(&step)?;
        browser.post(RECOVER, &self.answering(&form))
    }

    /// The form of the second step, filled in.
    pub fn answering<'a>(&'a self, form: &'a Page) -> Vec<(&'static str, &'a str)> {
        vec![
            ("csrf", form.hidden("csrf")),
            ("flujo", form.hidden("flujo")),
            ("captcha_id", form.hidden("captcha_id")),
            ("captcha", CAPTCHA),
            ("respuesta", &self.answer),
        ]
    }

    pub fn changes(&self, browser: &mut Browser, current: &str, new: &str) -> Answered {
        let form = browser.get(CHANGE)?;
        browser.post(CHANGE, &self.changing(&form, current, new))
    }

    /// The form of a change, filled in.
    pub fn changing<'a>(&'a self, form: &'a Page, current: &'a str, new: &'a str) -> Vec<(&'static str, &'a str)> {
        vec![
            ("csrf", form.hidden("csrf")),
            ("captcha_id", form.hidden("captcha_id")),
            ("captcha", CAPTCHA),
            ("rut", &self.rut),
            ("clave_actual", current),
            ("clave_nueva", new),
            ("clave_nueva_repetida", new),
        ]
    }

    /// Whether this is the key, asked without changing anything: only whoever proved the key is told that the new one is the same.
    #[track_caller]
    pub fn has_key(&self, browser: &mut Browser, key: &str) -> bool {
        let page = self.changes(browser, key, key).unwrap().is(422);
        let (same, wrong) = (page.text.contains("La clave nueva es igual a la actual"), page.text.contains("no corresponden"));
        assert_ne!(same, wrong, "{}", page.text);
        same
    }
}

/// The provisional key on a page of result.
#[track_caller]
pub fn provisional_key(page: &Page) -> String {
    let key = page.after("class=\"clave-provisoria\" data-copiar=\"").to_owned();
    assert_eq!(key.len(), 8, "{}", page.text);
    key
}

/// A key that breaks no rule: consonants have no names, dates or RUTs in them.
pub fn key(rng: &mut StdRng) -> String {
    let letters = b"bcdfghjklmnpqrstvwxz";
    (0..9).map(|_| char::from(letters[rng.random_range(0..letters.len())])).collect()
}
