//! Use case: forgotten key (G-4). Two steps: the RUT leads to that RUT's question; its answer makes a provisional key.
//!
//! A RUT that nobody registered has a question, too, and takes the same path with the same work.

use std::sync::Arc;

use rut::Rut;
use serde::{Deserialize, Serialize};

use crate::{
    Cx, Fault, Moment, Secret,
    attempt::{self, Attempt, Refused as AttemptRefused},
    audit::{self, Event},
    contact_change,
    device::Device,
    flow::{self, Browser, Kind, Token},
    limits::{self, Subject},
    minimum::{self, Datum},
    notice::{self, Cause, Recipient},
    outbox::{self, Message, MessageId},
    person::{self, Person, decoy, provisional, question, question::Question},
    settings::{AskedQuestion, OnScreen},
    submission::{self, Submission},
    tempo::Proof,
};

/// Why no provisional key was made.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Before anything was looked at.
    #[error(transparent)]
    Attempt(#[from] AttemptRefused),
    /// The flow expired, is finished, or is another browser's: begin again.
    #[error("the process is over")]
    Over,
    /// The answer is not the one of that RUT, or nobody has that RUT.
    #[error("wrong answer")]
    WrongAnswer,
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
    /// A provisional key was made.
    Made {
        /// The key, where the installation shows it.
        key: Option<Secret>,
        /// Since when.
        made_at: Moment,
        /// Until when.
        until: Moment,
        /// The messages that carry it.
        messages: Vec<MessageId>,
        /// Until when they go to the former addresses, because the present ones are held back.
        #[serde(default)]
        held_until: Option<Moment>,
    },
    /// Minimum data are missing (G-7).
    Interrupted {
        /// Which.
        missing: Vec<Datum>,
    },
}

/// Step 1: begins a flow for the RUT, known or not.
pub async fn begin(
    cx: &mut Cx,
    browser: Browser,
    device: Device,
    submission: Submission,
    rut: Rut,
) -> Result<Token, AttemptRefused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    if !submission::claim(&mut tx, cx, browser, submission).await? {
        drop(tx);
        return Err(attempt::earlier(cx, browser, submission).await?);
    }
    let device = device.known(&mut tx, rut, cx.now).await?;
    if let Err(until) = limits::count(&mut tx, cx, Subject::Look(rut), device).await? {
        submission::refuse(&mut tx, submission).await?;
        tx.commit().await?;
        return Err(AttemptRefused::TooManyTries { until });
    }
    decoy::settle(&mut tx, &cx.clave.vault, rut).await?;
    let token = flow::begin(&mut tx, cx, Kind::Recover, browser, rut, &()).await?;
    submission::answer(&mut tx, submission, &token).await?;
    tx.commit().await?;
    Ok(token)
}

/// What step 2 asks: the RUT it is about and its question, real or decoy; no question where the person selects it. `None` when the flow is
/// over.
pub async fn asked(cx: &Cx, browser: Browser, token: &Token) -> Result<Option<(Rut, Option<Question>)>, Fault> {
    let mut tx = cx.clave.db.read().await?;
    let Some(step) = flow::step::<()>(&mut tx, cx, Kind::Recover, browser, token).await? else { return Ok(None) };
    if cx.clave.settings.recovery.question == AskedQuestion::Selected {
        return Ok(Some((step.rut, None)));
    }
    let chosen = person::chosen_question(&mut tx, step.rut).await?;
    let decoy = decoy::find(&mut tx, step.rut).await?;
    let question = match chosen.or(decoy) {
        Some(question) => question,
        // The flow was begun by a node of an earlier version, which settles nothing.
        None => decoy::draw_now(&mut tx, &cx.clave.vault, step.rut).await?,
    };
    Ok(Some((step.rut, Some(question))))
}

/// Step 2: the answer, to the question that was `chosen` where the person selects it. Gives the flow of the result page.
pub async fn answer(
    cx: &mut Cx,
    attempt: &Attempt,
    token: &Token,
    chosen: Option<Question>,
    typed: &Secret,
) -> Result<Token, Refused> {
    let clave = Arc::clone(&cx.clave);
    let step = flow::step::<()>(&mut clave.db.read().await?, cx, Kind::Recover, attempt.browser, token).await?;
    let Some(rut) = step.map(|step| step.rut) else {
        let earlier = submission::earlier_answer(cx, attempt.browser, attempt.submission).await?;
        return Err(earlier.map_or(Refused::Over, |token| AttemptRefused::Repeated(token).into()));
    };
    let (tx, admitted) = attempt::reserve(cx, attempt, rut, Subject::Answers(rut), Proof::Recovery).await?;
    tx.commit().await?;

    // The same two hashes whether the RUT is known or not, and the answer right or wrong.
    let known = person::find(&mut clave.db.read().await?, &clave.vault, rut).await?;
    let stored = known.as_ref().and_then(|person| person.answer.as_ref());
    let typed = question::normal(typed);
    let is_answer = clave.hashing.verify(&clave.vault, &typed, stored).await?;
    // The right answer to another question is a wrong one, found out after the same work.
    let right = is_answer
        && match clave.settings.recovery.question {
            AskedQuestion::Shown => true,
            AskedQuestion::Selected => known.as_ref().and_then(|person| person.question) == chosen,
        };
    let key = provisional::generate(&mut cx.rng);
    let hash = clave.hashing.hash(&clave.vault, &key, &mut cx.rng).await?;
    let renewed = match stored.filter(|_| right) {
        Some(stored) => clave.hashing.renew(&clave.vault, &typed, stored).await?.map(|new| (stored, new)),
        None => None,
    };

    let mut tx = clave.db.begin().await?;
    // The row is only held where the answer was right: an unknown RUT has none to hold.
    let person = if right { person::take(&mut tx, &clave.vault, rut, cx.now).await? } else { None };
    let holds = |person: &Person| person.answer.as_ref().zip(stored).is_some_and(|(now, then)| now.is_of_same_secret(then));
    let proved = person.filter(holds);
    let Some(person) = proved else {
        audit::append(&mut tx, cx, rut, Event::RecoveryRefused, None).await?;
        attempt.fail(&mut tx).await?;
        tx.commit().await?;
        admitted.was_wrong(cx);
        return Err(Refused::WrongAnswer);
    };
    limits::forgive(&mut tx, cx, Subject::Answers(rut), admitted.device).await?;
    if let Some((old, new)) = &renewed {
        person::renew_answer(&mut tx, rut, old, new).await?;
    }
    let missing = minimum::missing(&person, &clave.settings.minimum_data);
    let outcome = if missing.is_empty() {
        if let Err(until) = limits::count(&mut tx, cx, Subject::Recoveries(rut), None).await? {
            attempt.fail(&mut tx).await?;
            audit::append(&mut tx, cx, rut, Event::RecoveryInterrupted, Some("budget")).await?;
            tx.commit().await?;
            return Err(AttemptRefused::TooManyTries { until }.into());
        }
        let until = cx.now.plus(clave.settings.recovery.lifetime);
        provisional::put(&mut tx, rut, &hash, cx.now, until).await?;
        outbox::withdraw_keys(&mut tx, rut, cx.now).await?;
        // Whoever floods this person's key must not keep its owner from changing it.
        attempt.device.remember(&mut tx, rut, cx.now, until).await?;
        let Sent { messages, held_until, full_until } = send(&mut tx, cx, &person, &key, until).await?;
        if let Some(until) = full_until.filter(|_| messages.is_empty()) {
            // No address may get one more message: then no key is made either.
            drop(tx);
            let mut tx = clave.db.begin().await?;
            limits::forgive(&mut tx, cx, Subject::Answers(rut), admitted.device).await?;
            attempt.fail(&mut tx).await?;
            audit::append(&mut tx, cx, rut, Event::RecoveryInterrupted, Some("budget")).await?;
            tx.commit().await?;
            return Err(AttemptRefused::TooManyTries { until }.into());
        }
        audit::append(&mut tx, cx, rut, Event::ProvisionalKeyMade, None).await?;
        let shown = (clave.settings.recovery.on_screen == OnScreen::Shown).then_some(key);
        Outcome::Made { key: shown, made_at: cx.now, until, messages, held_until }
    } else {
        audit::append(&mut tx, cx, rut, Event::RecoveryInterrupted, None).await?;
        Outcome::Interrupted { missing }
    };
    if !flow::finish(&mut tx, cx, token, &outcome).await? {
        return Err(Refused::Over);
    }
    attempt.succeed(&mut tx, cx, token).await?;
    tx.commit().await?;
    Ok(token.clone())
}

/// What became of the messages with a key.
struct Sent {
    messages: Vec<MessageId>,
    /// Until when addresses are held back, if any is.
    held_until: Option<Moment>,
    /// Until when an address gets no more messages, if any is full.
    full_until: Option<Moment>,
}

/// Sends the key where keys go, and a notice without it to addresses that are held back.
async fn send(tx: &mut sql::Tx, cx: &mut Cx, person: &Person, key: &Secret, until: Moment) -> Result<Sent, Fault> {
    let (made_at, frozen) = (cx.now, person.frozen_at.is_some());
    let deadline = Some(cx.now.plus(cx.clave.settings.recovery.delivery_deadline));
    let reach = contact_change::reach(tx, cx, person.rut, &person.details).await?;
    let to = Recipient { rut: person.rut, to: &reach.keys, language: person.language, deadline, cause: Cause::Proof };
    let sent =
        notice::send(tx, cx, &to, |_, not_me| Message::ProvisionalKey { key: key.clone(), made_at, until, frozen, not_me })
            .await?;
    if let Some(until) = reach.until {
        let to = Recipient { to: &reach.others, deadline: None, ..to };
        notice::send(tx, cx, &to, |_, not_me| Message::KeyWithheld { made_at, until, not_me }).await?;
    }
    Ok(Sent { messages: sent.messages, held_until: reach.until, full_until: sent.full_until })
}
