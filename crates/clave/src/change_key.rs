//! Use case: change the key (G-5), with the current one or a living provisional one.

use std::sync::Arc;

use rut::Rut;
use serde::{Deserialize, Serialize};

use crate::{
    Cx, Fault, Moment, Secret,
    attempt::{Admitted, Attempt, Refused as AttemptRefused},
    audit::{self, Event},
    contact_change, device,
    flow::{self, Kind, Token},
    limits::{self, Subject},
    minimum::{self, Datum},
    notice::{self, Cause, Recipient},
    outbox::{self, Message, MessageId},
    person::{
        self, About,
        key::{self, NewKey},
        provisional,
    },
    proof::{self, By, Proved},
    session::{self, EndedBy},
};

/// Why the key stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Before anything was looked at.
    #[error(transparent)]
    Attempt(#[from] AttemptRefused),
    /// RUT and key do not belong together; one message for both.
    #[error("wrong RUT or key")]
    WrongKey,
    /// The new key breaks a rule that only shows once the person is known.
    #[error("the new key is not allowed")]
    NewKey(NewKeyWrong),
}

/// Rules about the new key that need the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewKeyWrong {
    /// It is the current key again, or the provisional one.
    Same,
    /// It breaks one of the ordinary rules.
    Rule(key::Wrong),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Attempt(fault.into())
    }
}

impl From<sql::Error> for Refused {
    fn from(error: sql::Error) -> Self {
        Self::Attempt(error.into())
    }
}

/// What the result page shows.
#[derive(Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// The key was changed.
    Changed {
        /// When.
        at: Moment,
        /// The notices about it.
        messages: Vec<MessageId>,
    },
    /// Minimum data are missing (G-7).
    Interrupted {
        /// Which.
        missing: Vec<Datum>,
    },
}

/// Changes the key; gives the flow of the result page. `current` and `new` are as typed; `new` has passed the rules that need no person.
pub async fn change_key(cx: &mut Cx, attempt: &Attempt, rut: Rut, current: &Secret, new: &Secret) -> Result<Token, Refused> {
    let clave = Arc::clone(&cx.clave);
    let (admitted, tried) = proof::reserve(cx, attempt, rut).await?;
    let Some(proved) = proof::prove(cx, rut, current, tried).await? else { return refuse(cx, attempt, admitted, rut).await };

    let missing = minimum::missing(&proved.person, &clave.settings.minimum_data);
    let (hash, renewed) = if missing.is_empty() {
        let new = match allowed(cx, &proved, current, new).await? {
            Ok(new) => new,
            Err(wrong) => {
                let mut tx = clave.db.begin().await?;
                limits::forgive(&mut tx, cx, Subject::Keys(rut), admitted.device).await?;
                provisional::give_back_try(&mut tx, rut, proved.tried.as_ref()).await?;
                audit::append(&mut tx, cx, rut, Event::KeyChangeRefused, Some("new_key")).await?;
                attempt.fail(&mut tx).await?;
                tx.commit().await?;
                return Err(Refused::NewKey(wrong));
            }
        };
        (Some(clave.hashing.hash(&clave.vault, new.secret(), &mut cx.rng).await?), None)
    } else {
        // The key stays.
        (None, proved.renew(cx, current).await?)
    };

    let mut tx = clave.db.begin().await?;
    let Some(person) = proved.take(&mut tx, cx).await? else {
        drop(tx);
        return refuse(cx, attempt, admitted, rut).await;
    };
    limits::forgive(&mut tx, cx, Subject::Keys(rut), admitted.device).await?;
    let outcome = if let Some(hash) = hash {
        if let By::Provisional(used) = &proved.by
            && !provisional::spend(&mut tx, rut, used, cx.now).await?
        {
            drop(tx);
            return refuse(cx, attempt, admitted, rut).await;
        }
        provisional::cancel(&mut tx, rut).await?;
        outbox::withdraw_keys(&mut tx, rut, cx.now).await?;
        person::save_key(&mut tx, rut, &hash, cx.now).await?;
        // Whoever knew the former key is not trusted any more.
        device::forget_all(&mut tx, rut).await?;
        attempt.device.remember(&mut tx, rut, cx.now, cx.now.plus(device::LIFETIME)).await?;
        let at = cx.now;
        let to = contact_change::reach(&mut tx, cx, rut, &person.details).await?.all();
        let recipient = Recipient { rut, to: &to, language: person.language, deadline: None, cause: Cause::Proof };
        let messages = notice::send(&mut tx, cx, &recipient, |_, not_me| Message::KeyChanged { at, not_me }).await?.messages;
        session::end_with_grants(&mut tx, cx, rut, EndedBy::KeyChanged).await?;
        audit::append(&mut tx, cx, rut, Event::KeyChanged, Some(proved.by.name())).await?;
        Outcome::Changed { at, messages }
    } else {
        provisional::give_back_try(&mut tx, rut, proved.tried.as_ref()).await?;
        if let Some(renewed) = &renewed {
            renewed.save(&mut tx, rut).await?;
        }
        audit::append(&mut tx, cx, rut, Event::KeyChangeInterrupted, None).await?;
        Outcome::Interrupted { missing }
    };
    let token = flow::conclude(&mut tx, cx, Kind::ChangeKey, attempt.browser, rut, &outcome).await?;
    attempt.succeed(&mut tx, cx, &token).await?;
    tx.commit().await?;
    Ok(token)
}

impl By {
    fn name(&self) -> &'static str {
        match self {
            Self::Current => "with_current_key",
            Self::Provisional(_) => "with_provisional_key",
        }
    }
}

/// The rules that need the person: not the current or provisional key again, nothing personal in it.
async fn allowed(cx: &Cx, proved: &Proved, current: &Secret, new: &Secret) -> Result<Result<NewKey, NewKeyWrong>, Fault> {
    let (clave, person) = (&cx.clave, &proved.person);
    // A provisional key was written into messages: it must not go on as the person's own.
    let kept =
        matches!(proved.by, By::Provisional(_)) && provisional::as_typed(new).expose() == provisional::as_typed(current).expose();
    if kept {
        return Ok(Err(NewKeyWrong::Same));
    }
    let about = About::person(person.rut, &person.details);
    let new = match NewKey::parse(new, clave.settings.key, &about) {
        Ok(new) => new,
        Err(wrong) => return Ok(Err(NewKeyWrong::Rule(wrong))),
    };
    let same = clave.hashing.verify(&clave.vault, new.secret(), person.key.as_ref()).await?;
    Ok(if same { Err(NewKeyWrong::Same) } else { Ok(new) })
}

async fn refuse(cx: &mut Cx, attempt: &Attempt, admitted: Admitted, rut: Rut) -> Result<Token, Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    audit::append(&mut tx, cx, rut, Event::KeyChangeRefused, None).await?;
    attempt.fail(&mut tx).await?;
    tx.commit().await?;
    admitted.was_wrong(cx);
    Err(Refused::WrongKey)
}
