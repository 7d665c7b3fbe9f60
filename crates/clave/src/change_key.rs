//! Use case: change the key (G-5), with the current one or a living provisional one.

use std::sync::Arc;

use rut::Rut;
use serde::{Deserialize, Serialize};

use crate::{
    Cx, Fault, Moment, Secret,
    attempt::{self, Admitted, Attempt, Refused as AttemptRefused},
    audit::{self, Event},
    contact_change, device,
    flow::{self, Kind, Token},
    hashing::Hash,
    limits::{self, Subject},
    minimum::{self, Datum},
    notice::{self, Cause, Recipient},
    outbox::{Message, MessageId},
    person::{
        self, About, Person,
        key::{self, NewKey},
        provisional,
    },
    tempo::Proof as ProofKind,
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

/// A person who proved to be one.
struct Proved {
    person: Person,
    proof: Proof,
    /// The provisional key that lost a try to it.
    tried: Option<Hash>,
}

/// What proved the person; a provisional key with its hash, by which it is used up.
enum Proof {
    Current,
    Provisional(Hash),
}

/// Changes the key; gives the flow of the result page. `current` and `new` are as typed; `new` has passed the rules that need no person.
pub async fn change_key(cx: &mut Cx, attempt: &Attempt, rut: Rut, current: &Secret, new: &Secret) -> Result<Token, Refused> {
    let clave = Arc::clone(&cx.clave);
    let (mut tx, admitted) = attempt::reserve(cx, attempt, rut, Subject::Keys(rut), ProofKind::Change).await?;
    // The provisional key loses a try before it is compared, so that no crash and no burst of requests gives it more.
    let tried = provisional::take_try(&mut tx, rut, cx.now, clave.settings.limits.provisional_tries).await?;
    tx.commit().await?;
    let proof = prove(cx, rut, current, tried).await?;
    let Some(Proved { person, proof, tried }) = proof else { return refuse(cx, attempt, admitted, rut).await };

    let missing = minimum::missing(&person, &clave.settings.minimum_data);
    let (hash, renewed) = if missing.is_empty() {
        let new = match allowed(cx, &person, &proof, current, new).await? {
            Ok(new) => new,
            Err(wrong) => {
                let mut tx = clave.db.begin().await?;
                limits::forgive(&mut tx, cx, Subject::Keys(rut), admitted.device).await?;
                provisional::give_back_try(&mut tx, rut, tried.as_ref()).await?;
                audit::append(&mut tx, cx, rut, Event::KeyChangeRefused, Some("new_key")).await?;
                attempt.fail(&mut tx).await?;
                tx.commit().await?;
                return Err(Refused::NewKey(wrong));
            }
        };
        (Some(clave.hashing.hash(&clave.vault, new.secret(), &mut cx.rng).await?), None)
    } else {
        // The key stays: it is hashed anew where its hash is outdated.
        let stays = person.key.as_ref().filter(|_| matches!(proof, Proof::Current));
        let renewed = match stays {
            Some(old) => clave.hashing.renew(&clave.vault, &key::normal(current), old).await?.map(|new| (old.clone(), new)),
            None => None,
        };
        (None, renewed)
    };

    let mut tx = clave.db.begin().await?;
    let held = person::take(&mut tx, &clave.vault, rut, cx.now).await?;
    let same_key = |held: &Person| match (&held.key, &person.key) {
        (Some(now), Some(then)) => now.is_of_same_secret(then),
        (now, then) => now.is_none() && then.is_none(),
    };
    let Some(person) = held.filter(|held| same_key(held) && held.frozen_at == person.frozen_at) else {
        drop(tx);
        return refuse(cx, attempt, admitted, rut).await;
    };
    limits::forgive(&mut tx, cx, Subject::Keys(rut), admitted.device).await?;
    let outcome = if let Some(hash) = hash {
        if let Proof::Provisional(used) = &proof
            && !provisional::spend(&mut tx, rut, used, cx.now).await?
        {
            drop(tx);
            return refuse(cx, attempt, admitted, rut).await;
        }
        provisional::cancel(&mut tx, rut).await?;
        person::save_key(&mut tx, rut, &hash, cx.now).await?;
        // Whoever knew the former key is not trusted any more.
        device::forget_all(&mut tx, rut).await?;
        attempt.device.remember(&mut tx, rut, cx.now, cx.now.plus(device::LIFETIME)).await?;
        let at = cx.now;
        let to = contact_change::reach(&mut tx, cx, rut, &person.details).await?.all();
        let recipient = Recipient { rut, to: &to, language: person.language, deadline: None, cause: Cause::Proof };
        let messages = notice::send(&mut tx, cx, &recipient, |_, not_me| Message::KeyChanged { at, not_me }).await?.messages;
        audit::append(&mut tx, cx, rut, Event::KeyChanged, Some(proof.name())).await?;
        Outcome::Changed { at, messages }
    } else {
        provisional::give_back_try(&mut tx, rut, tried.as_ref()).await?;
        if let Some((old, new)) = &renewed {
            person::renew_key(&mut tx, rut, old, new).await?;
        }
        audit::append(&mut tx, cx, rut, Event::KeyChangeInterrupted, None).await?;
        Outcome::Interrupted { missing }
    };
    let token = flow::conclude(&mut tx, cx, Kind::ChangeKey, attempt.browser, rut, &outcome).await?;
    attempt.succeed(&mut tx, cx, &token).await?;
    tx.commit().await?;
    Ok(token)
}

impl Proof {
    fn name(&self) -> &'static str {
        match self {
            Self::Current => "with_current_key",
            Self::Provisional(_) => "with_provisional_key",
        }
    }
}

/// Compares what was typed with the current key and with the provisional one that lost a try: always both, whoever the RUT is.
async fn prove(cx: &Cx, rut: Rut, typed: &Secret, tried: Option<Hash>) -> Result<Option<Proved>, Fault> {
    let clave = &cx.clave;
    let person = person::find(&mut clave.db.read().await?, &clave.vault, rut).await?;
    // A frozen key proves nothing; a provisional key made by a new recovery does.
    let key = person.as_ref().filter(|person| person.frozen_at.is_none()).and_then(|person| person.key.clone());
    let is_key = clave.hashing.verify(&clave.vault, &key::normal(typed), key.as_ref()).await?;
    let is_provisional = clave.hashing.verify(&clave.vault, &provisional::as_typed(typed), tried.as_ref()).await?;
    let proof = match (is_key, is_provisional) {
        (true, _) => Some(Proof::Current),
        (false, true) => tried.clone().map(Proof::Provisional),
        (false, false) => None,
    };
    Ok(person.zip(proof).map(|(person, proof)| Proved { person, proof, tried }))
}

/// The rules that need the person: not the current or provisional key again, nothing personal in it.
async fn allowed(
    cx: &Cx,
    person: &Person,
    proof: &Proof,
    current: &Secret,
    new: &Secret,
) -> Result<Result<NewKey, NewKeyWrong>, Fault> {
    let clave = &cx.clave;
    // A provisional key was written into messages: it must not go on as the person's own.
    let kept =
        matches!(proof, Proof::Provisional(_)) && provisional::as_typed(new).expose() == provisional::as_typed(current).expose();
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
