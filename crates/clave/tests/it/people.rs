//! Invented people who do what the guide describes, so that tests read like it.

use clave::{
    Cx, Secret,
    attempt::{Attempt, Human, Refused as AttemptRefused},
    change_key,
    device::Device,
    flow,
    flow::{Browser, Kind, Token},
    outbox::{self, MessageId},
    person::{
        About, Address, AddressParts, BirthDate, Details, Email, Language, Names, Phone, Prefixes,
        key::NewKey,
        question::{Question, SecretAnswer},
    },
    recover, register,
    register::Registration,
    submission::Submission,
    update_data::{Changes, Claim},
};
use rand::RngExt as _;
use rut::Rut;

use crate::support::TestClave;

pub const RUT: &str = "12.345.678-5";
pub const STRANGER: &str = "11.111.111-1";
pub const KEY: &str = "lluvia-77x";
pub const ANSWER: &str = "Escuela Ñuñoa";
pub const BROWSER: Browser = Browser([7; 32]);
/// A device from which nobody was let in.
pub const UNKNOWN: Device = Device([0; 32]);

pub fn rut(text: &str) -> Rut {
    Rut::parse(text).unwrap()
}

pub fn secret(text: &str) -> Secret {
    Secret::new(text)
}

pub fn home() -> Address {
    Address::parse(AddressParts {
        street: "Pasaje Los Ñirres", number: "12", block: "", flat: "", region: "13", comuna: "13101"
    })
    .unwrap()
}

pub fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub fn birth(cx: &Cx) -> BirthDate {
    BirthDate::parse("1", "12", "1992", cx.now).unwrap()
}

pub fn registration(cx: &Cx, number: &str) -> Registration {
    let details = Details {
        names: Some(Names::parse("Juana", "Pérez", "").unwrap()),
        birth: Some(birth(cx)),
        address: Some(home()),
        email: Some(email("persona@correo.example")),
        phone: Phone::parse("9 1234 5678", &Prefixes::default()).unwrap(),
    };
    let rut = rut(number);
    let about = About::person(rut, &details);
    Registration {
        rut,
        question: Question::from_number(3).unwrap(),
        answer: SecretAnswer::parse(&secret(ANSWER), &[], &about).unwrap(),
        key: NewKey::parse(&secret(KEY), cx.clave.settings.key, &about).unwrap(),
        language: Language::Spanish,
        details,
    }
}

/// One sending of a form without captcha.
pub fn attempt(cx: &mut Cx) -> Attempt {
    let submission = Submission { id: cx.rng.random(), digest: cx.rng.random() };
    Attempt { browser: BROWSER, device: UNKNOWN, submission, human: Human::NotAsked }
}

impl TestClave {
    pub async fn registers(&self, number: &str) -> Token {
        let mut cx = self.cx();
        let new = registration(&cx, number);
        let attempt = attempt(&mut cx);
        register::register(&mut cx, &attempt, new).await.unwrap()
    }

    /// Steps 1 and 2 of a forgotten key.
    pub async fn recovers(&self, number: &str, answer: &str) -> Result<recover::Outcome, recover::Refused> {
        let mut cx = self.cx();
        let submission = attempt(&mut cx).submission;
        let token = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, rut(number)).await.unwrap();
        let attempt = attempt(&mut cx);
        let token = recover::answer(&mut cx, &attempt, &token, None, &secret(answer)).await?;
        let mut tx = self.clave.db.read().await.unwrap();
        Ok(flow::outcome(&mut tx, &cx, Kind::Recover, BROWSER, &token).await.unwrap().unwrap())
    }

    /// The provisional key of a recovery that must succeed.
    pub async fn provisional_key(&self, number: &str) -> String {
        match self.recovers(number, ANSWER).await.unwrap() {
            recover::Outcome::Made { key, .. } => key.unwrap().expose().to_owned(),
            recover::Outcome::Interrupted { missing } => panic!("interrupted: {missing:?}"),
        }
    }

    pub async fn changes_key(&self, number: &str, current: &str, new: &str) -> Result<change_key::Outcome, change_key::Refused> {
        let mut cx = self.cx();
        let attempt = attempt(&mut cx);
        let token = change_key::change_key(&mut cx, &attempt, rut(number), &secret(current), &secret(new)).await?;
        let mut tx = self.clave.db.read().await.unwrap();
        Ok(flow::outcome(&mut tx, &cx, Kind::ChangeKey, BROWSER, &token).await.unwrap().unwrap())
    }

    /// How many messages lie in the outbox.
    pub async fn messages(&self) -> i64 {
        self.count(sql::sql!("SELECT COUNT(*) AS n FROM outbox")).await
    }

    pub async fn events(&self, name: &str) -> i64 {
        self.count(sql::sql!("SELECT COUNT(*) AS n FROM audit WHERE event = $1", name)).await
    }

    pub async fn people(&self) -> i64 {
        self.count(sql::sql!("SELECT COUNT(*) AS n FROM person")).await
    }

    async fn count(&self, statement: sql::Statement) -> i64 {
        self.clave.db.read().await.unwrap().one(statement).await.unwrap().unwrap().get("n").unwrap()
    }

    /// The letters with these ids, opened.
    pub async fn letters(&self) -> Vec<outbox::Letter> {
        let mut tx = self.clave.db.read().await.unwrap();
        let rows = tx.all(sql::sql!("SELECT id, body FROM outbox WHERE body IS NOT NULL ORDER BY made_at, id")).await.unwrap();
        rows.iter()
            .map(|row| {
                let id: [u8; 16] = row.get("id").unwrap();
                let id: MessageId = serde_json::from_value(serde_json::json!(id)).unwrap();
                outbox::unseal(&self.clave.vault, id, &row.get::<Vec<u8>>("body").unwrap()).unwrap()
            })
            .collect()
    }
}

pub fn claim(cx: &Cx, number: &str) -> Claim {
    Claim { rut: rut(number), birth: Some(birth(cx)), email: Some(email("PERSONA@correo.example")), key: None }
}

pub fn new_contact() -> Changes {
    Changes { address: home(), email: email("nueva@correo.example"), phone: None, names: None, birth: None }
}

pub fn is_wait<T>(result: &Result<T, recover::Refused>) -> bool {
    matches!(result, Err(recover::Refused::Attempt(AttemptRefused::TooManyTries { .. })))
}
