//! Use case: register (G-3).
//!
//! A RUT that already has a key is answered exactly like a new one; the difference is told to its owner alone, by message.

use std::sync::Arc;

use rut::Rut;
use serde::{Deserialize, Serialize};

use crate::{
    Cx, Fault,
    attempt::{self, Attempt, Refused},
    audit::{self, Event},
    contact_change,
    flow::{self, Token},
    limits::{self, Subject},
    link,
    notice::{self, Cause, Recipient},
    outbox::{Channel, Message},
    person::{
        self, Details, Email, Identity, Language, NewPerson, Phone, key::NewKey, question::Question, question::SecretAnswer,
    },
    tempo::Proof,
};

/// A complete registration.
#[derive(Debug)]
pub struct Registration {
    /// RUT.
    pub rut: Rut,
    /// Names, birth date, address, e-mail, phone.
    pub details: Details,
    /// Chosen question.
    pub question: Question,
    /// Its answer.
    pub answer: SecretAnswer,
    /// The key.
    pub key: NewKey,
    /// The language in which the form was filled in.
    pub language: Language,
}

/// What the result page shows: only what the person typed, so that it is the same for a taken RUT.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Received {
    /// As typed.
    pub email: Option<Email>,
    /// As typed.
    pub phone: Option<Phone>,
}

/// Registers; gives the flow of the result page.
pub async fn register(cx: &mut Cx, attempt: &Attempt, new: Registration) -> Result<Token, Refused> {
    let subject = Subject::Register(new.rut);
    let (tx, _) = attempt::reserve(cx, attempt, new.rut, subject, Proof::Nothing).await?;
    tx.commit().await?;

    let clave = Arc::clone(&cx.clave);
    let key = clave.hashing.hash(&clave.vault, new.key.secret(), &mut cx.rng).await?;
    let answer = clave.hashing.hash(&clave.vault, new.answer.secret(), &mut cx.rng).await?;

    let mut tx = clave.db.begin().await?;
    let person = NewPerson {
        rut: new.rut,
        details: &new.details,
        question: new.question,
        answer: &answer,
        key: &key,
        identity: Identity::Declared,
        language: new.language,
    };
    let inserted = person::insert(&mut tx, &clave.vault, person, cx.now, &mut cx.rng).await?;
    // Counted for a new RUT, too: whether it was taken must show nowhere.
    let counted = limits::count(&mut tx, cx, Subject::Registrations(new.rut), None).await?;
    if inserted.is_some() {
        welcome(&mut tx, cx, &new).await?;
        audit::append(&mut tx, cx, new.rut, Event::Registered, None).await?;
    } else {
        if counted.is_ok() {
            tell_owner(&mut tx, cx, new.rut).await?;
        }
        audit::append(&mut tx, cx, new.rut, Event::RegistrationOfTakenRut, None).await?;
    }
    let received = Received { email: new.details.email.clone(), phone: new.details.phone.clone() };
    let token = flow::conclude(&mut tx, cx, flow::Kind::Register, attempt.browser, new.rut, &received).await?;
    attempt.succeed(&mut tx, cx, &token).await?;
    tx.commit().await?;
    Ok(token)
}

async fn welcome(tx: &mut sql::Tx, cx: &mut Cx, new: &Registration) -> Result<(), Fault> {
    let confirm = link::make(tx, link::Purpose::ConfirmEmail, new.rut, cx.now, &mut cx.rng).await?;
    let to = notice::reachable(cx, &new.details);
    let to = Recipient { rut: new.rut, to: &to, language: new.language, deadline: None, cause: Cause::Anybody };
    notice::send(tx, cx, &to, |channel, not_me| Message::Registered {
        confirm: (channel == Channel::Email).then(|| confirm.clone()),
        not_me,
    })
    .await
    .map(drop)
}

/// The owner hears of it.
async fn tell_owner(tx: &mut sql::Tx, cx: &mut Cx, rut: Rut) -> Result<(), Fault> {
    let clave = Arc::clone(&cx.clave);
    let Some(owner) = person::find(tx, &clave.vault, rut).await? else { return Ok(()) };
    let to = contact_change::reach(tx, cx, rut, &owner.details).await?.all();
    let to = Recipient { rut, to: &to, language: owner.language, deadline: None, cause: Cause::Anybody };
    notice::send(tx, cx, &to, |_, not_me| Message::AlreadyRegistered { not_me }).await.map(drop)
}
