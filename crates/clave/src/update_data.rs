//! Use case: update data (G-6). Three steps and a look at the changes: identify, answer, edit, confirm.
//!
//! Step 1 asks for birth date and e-mail. Whoever has none of one of them on record proves the current key in its place (`product.md`, Minimum
//! data); whoever has neither that nor the key goes to the help desk. Whoever is logged in begins at the third step, with the key alone.

use std::{sync::Arc, time::Duration};

use rut::Rut;
use serde::{Deserialize, Serialize};
use sql::Tx;

use crate::{
    Cx, Fault, Moment, Secret,
    attempt::{self, Admitted, Attempt, Refused as AttemptRefused},
    audit::{self, Event},
    contact_change::{self, Reach},
    flow::{self, Browser, Kind, Token},
    hashing::Hash,
    limits::{self, Subject},
    link::{self, Purpose},
    notice::{self, Address as Way, Cause, Recipient},
    outbox::{Channel, Message, MessageId},
    person::{
        self, Address, BirthDate, Details, Email, Names, Person, Phone,
        question::{self, NewAnswer, Question},
    },
    proof,
    session::{self, Session},
    tempo::Proof,
};

/// Why a step goes no further.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Before anything was looked at.
    #[error(transparent)]
    Attempt(#[from] AttemptRefused),
    /// The flow expired, is finished, at another step, or another browser's.
    #[error("the process is over")]
    Over,
    /// Step 1: the data do not belong together, or nobody has that RUT.
    #[error("the data do not match")]
    NoMatch,
    /// Step 2: not that person's question with that answer.
    #[error("wrong question or answer")]
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

/// What step 1 asks.
#[derive(Debug)]
pub struct Claim {
    /// RUT.
    pub rut: Rut,
    /// Birth date; may be absent when the key is given.
    pub birth: Option<BirthDate>,
    /// Registered e-mail; may be absent when the key is given.
    pub email: Option<Email>,
    /// The current key, where it stands in for a missing datum.
    pub key: Option<Secret>,
}

/// Where a flow of this kind stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Step 2 is next.
    Answer,
    /// Step 3 is next.
    Edit(Box<Panel>),
    /// The changes wait to be confirmed.
    Review(Box<Review>),
}

/// What step 3 shows: what is on record, and what may be filled in because it is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// Whose data.
    pub rut: Rut,
    /// On record.
    pub details: Details,
    /// Whether a secret question is on record.
    pub question: Option<Question>,
}

/// The changes before they are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Whose data.
    pub rut: Rut,
    /// On record.
    pub old: Details,
    /// As they will be.
    pub new: Details,
    /// The question to be set, when there was none.
    pub question: Option<Question>,
}

/// What step 3 sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Home.
    pub address: Address,
    /// E-mail.
    pub email: Email,
    /// Mobile phone; absent removes it.
    pub phone: Option<Phone>,
    /// Only where none are on record.
    pub names: Option<Names>,
    /// Only where none is on record.
    pub birth: Option<BirthDate>,
}

/// What the result page shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Updated {
    /// When.
    pub at: Moment,
    /// The notices about it; none when nothing was different.
    pub messages: Vec<MessageId>,
    /// Until when keys still go to the former addresses.
    #[serde(default)]
    pub held_until: Option<Moment>,
}

/// What a flow remembers.
#[derive(Serialize, Deserialize)]
enum State {
    Answer,
    Edit,
    Review { changes: Box<Changes>, answer: Option<(u8, String)> },
}

/// Step 1.
pub async fn identify(cx: &mut Cx, attempt: &Attempt, claim: &Claim) -> Result<Token, Refused> {
    let rut = claim.rut;
    let (subject, proof) = match claim.key {
        Some(_) => (Subject::UpdateWithKey(rut), Proof::ClaimWithKey),
        None => (Subject::Update(rut), Proof::Claim),
    };
    let (tx, admitted) = attempt::reserve(cx, attempt, rut, subject, proof).await?;
    tx.commit().await?;
    let clave = Arc::clone(&cx.clave);
    let known = person::find(&mut clave.db.read().await?, &clave.vault, rut).await?;
    let key_is_right = match &claim.key {
        Some(typed) => proof::is_key(cx, known.as_ref(), typed).await?,
        None => false,
    };
    // «No fui yo» stops this way in, too: a recovery or the help desk comes first.
    let matching = known.filter(|person| person.frozen_at.is_none() && matches(&person.details, claim, key_is_right));
    let renewed = match (&matching, &claim.key) {
        (Some(person), Some(typed)) => proof::renew(cx, person, typed).await?,
        _ => None,
    };

    let Some(person) = matching else { return refuse_claim(cx, attempt, &admitted, rut).await };
    let mut tx = clave.db.begin().await?;
    // Who has no question on record cannot be asked; the key has proved more than an answer would.
    let state = match person.question {
        None if key_is_right => State::Edit,
        _ => State::Answer,
    };
    if key_is_right {
        if let Some(renewed) = &renewed {
            renewed.save(&mut tx, rut).await?;
        }
        limits::forgive(&mut tx, cx, subject, admitted.device).await?;
    }
    let token = flow::begin(&mut tx, cx, Kind::UpdateData, attempt.browser, rut, &state).await?;
    attempt.succeed(&mut tx, cx, &token).await?;
    tx.commit().await?;
    Ok(token)
}

/// A login so young is as good a proof as the key typed once more.
pub const FRESH: Duration = Duration::from_mins(10);

/// Whether whoever is logged in need not type the key to change their data.
pub fn is_fresh(session: &Session, now: Moment) -> bool {
    session.authenticated_at.plus(FRESH) > now
}

/// Steps 1 and 2 for somebody who is logged in: the key, typed at the login a moment ago or here once more, proves more than what they ask.
pub async fn identify_by_session(
    cx: &mut Cx,
    attempt: &Attempt,
    session: &Session,
    typed: Option<&Secret>,
) -> Result<Token, Refused> {
    let (clave, rut) = (Arc::clone(&cx.clave), session.rut);
    let asked = !is_fresh(session, cx.now);
    let (subject, proof) =
        if asked { (Subject::UpdateWithKey(rut), Proof::ClaimWithKey) } else { (Subject::Address, Proof::Nothing) };
    let (tx, admitted) = attempt::reserve(cx, attempt, rut, subject, proof).await?;
    tx.commit().await?;
    let renewed = if asked {
        let typed = typed.ok_or(Refused::NoMatch)?;
        let known = person::find(&mut clave.db.read().await?, &clave.vault, rut).await?;
        if !proof::is_key(cx, known.as_ref(), typed).await? {
            return refuse_claim(cx, attempt, &admitted, rut).await;
        }
        match &known {
            Some(person) => proof::renew(cx, person, typed).await?,
            None => None,
        }
    } else {
        None
    };

    let mut tx = clave.db.begin().await?;
    let held = person::take(&mut tx, &clave.vault, rut, cx.now).await?;
    // The session may have been ended meanwhile, because the key changed or from elsewhere.
    let lives = session::find(&mut tx, rut, session.sid, cx.now).await?.is_some();
    if !lives || held.is_none_or(|person| person.frozen_at.is_some()) {
        return Err(Refused::Over);
    }
    if asked {
        if let Some(renewed) = &renewed {
            renewed.save(&mut tx, rut).await?;
        }
        limits::forgive(&mut tx, cx, subject, admitted.device).await?;
    }
    let token = flow::begin(&mut tx, cx, Kind::UpdateData, attempt.browser, rut, &State::Edit).await?;
    attempt.succeed(&mut tx, cx, &token).await?;
    tx.commit().await?;
    Ok(token)
}

async fn refuse_claim(cx: &mut Cx, attempt: &Attempt, admitted: &Admitted, rut: Rut) -> Result<Token, Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    attempt.fail(&mut tx).await?;
    audit::append(&mut tx, cx, rut, Event::UpdateRefused, Some("identify")).await?;
    tx.commit().await?;
    admitted.was_wrong(cx);
    Err(Refused::NoMatch)
}

/// What is on record must be typed rightly; what is not on record needs the key in its place.
fn matches(details: &Details, claim: &Claim, key_is_right: bool) -> bool {
    let birth = details.birth.map_or(key_is_right, |birth| claim.birth == Some(birth));
    let email = details
        .email
        .as_ref()
        .map_or(key_is_right, |email| claim.email.as_ref().is_some_and(|typed| typed.folded() == email.folded()));
    let key = claim.key.is_none() || key_is_right;
    birth && email && key
}

/// Where the flow stands, for its page. `None` when it is over.
pub async fn stage(cx: &Cx, browser: Browser, token: &Token) -> Result<Option<Stage>, Fault> {
    let mut tx = cx.clave.db.read().await?;
    let Some(step) = flow::step::<State>(&mut tx, cx, Kind::UpdateData, browser, token).await? else { return Ok(None) };
    let Some(person) = person::find(&mut tx, &cx.clave.vault, step.rut).await? else { return Ok(None) };
    Ok(Some(match step.state {
        State::Answer => Stage::Answer,
        State::Edit => Stage::Edit(Box::new(Panel { rut: step.rut, details: person.details, question: person.question })),
        State::Review { changes, answer } => {
            let new = changed(&person, &changes);
            let question = answer.and_then(|(number, _)| Question::from_number(number));
            Stage::Review(Box::new(Review { rut: step.rut, old: person.details, new, question }))
        }
    }))
}

/// Step 2.
pub async fn answer(cx: &mut Cx, attempt: &Attempt, token: &Token, chosen: Question, typed: &Secret) -> Result<Token, Refused> {
    let clave = Arc::clone(&cx.clave);
    let rut = at_step(cx, attempt, token, |state| matches!(state, State::Answer)).await?.rut;
    let (tx, admitted) = attempt::reserve(cx, attempt, rut, Subject::Answers(rut), Proof::Answer).await?;
    tx.commit().await?;
    let person = person::find(&mut clave.db.read().await?, &clave.vault, rut).await?.ok_or(Refused::Over)?;
    let typed = question::normal(typed);
    let right = clave.hashing.verify(&clave.vault, &typed, person.answer.as_ref()).await? && person.question == Some(chosen);
    let renewed = match person.answer.filter(|_| right) {
        Some(old) => clave.hashing.renew(&clave.vault, &typed, &old).await?.map(|new| (old, new)),
        None => None,
    };
    let mut tx = clave.db.begin().await?;
    if !right {
        audit::append(&mut tx, cx, rut, Event::UpdateRefused, Some("answer")).await?;
        attempt.fail(&mut tx).await?;
        tx.commit().await?;
        admitted.was_wrong(cx);
        return Err(Refused::WrongAnswer);
    }
    if let Some((old, new)) = &renewed {
        person::renew_answer(&mut tx, rut, old, new).await?;
    }
    limits::forgive(&mut tx, cx, Subject::Answers(rut), admitted.device).await?;
    go_on(&mut tx, cx, attempt, token, &State::Edit).await?;
    tx.commit().await?;
    Ok(token.clone())
}

/// Step 3, or step 3 again from the review: keeps the changes for the review.
pub async fn edit(
    cx: &mut Cx,
    attempt: &Attempt,
    token: &Token,
    changes: Changes,
    new_answer: Option<NewAnswer>,
) -> Result<Token, Refused> {
    let clave = Arc::clone(&cx.clave);
    let rut = at_step(cx, attempt, token, |state| !matches!(state, State::Answer)).await?.rut;
    let (tx, _) = attempt::reserve(cx, attempt, rut, Subject::Address, Proof::Nothing).await?;
    tx.commit().await?;
    let answer = match new_answer {
        Some(new) => {
            let hash = clave.hashing.hash(&clave.vault, new.answer.secret(), &mut cx.rng).await?;
            Some((new.question.number(), hash.into_stored()))
        }
        None => None,
    };
    let mut tx = clave.db.begin().await?;
    go_on(&mut tx, cx, attempt, token, &State::Review { changes: Box::new(changes), answer }).await?;
    tx.commit().await?;
    Ok(token.clone())
}

/// Confirms the review: makes the changes and tells the old and the new addresses.
pub async fn confirm(cx: &mut Cx, attempt: &Attempt, token: &Token) -> Result<Token, Refused> {
    let clave = Arc::clone(&cx.clave);
    let step = at_step(cx, attempt, token, |state| matches!(state, State::Review { .. })).await?;
    let State::Review { changes, answer } = step.state else { return Err(Refused::Over) };
    let (tx, _) = attempt::reserve(cx, attempt, step.rut, Subject::Address, Proof::Nothing).await?;
    tx.commit().await?;

    let mut tx = clave.db.begin().await?;
    let held = person::take(&mut tx, &clave.vault, step.rut, cx.now).await?;
    let Some(old) = held.filter(|person| person.frozen_at.is_none()) else { return Err(Refused::Over) };
    let new = Person { details: changed(&old, &changes), ..old.clone() };
    let answer = answer.filter(|_| old.question.is_none());
    let mut outcome = Updated { at: cx.now, messages: Vec::new(), held_until: None };
    if new.details != old.details || answer.is_some() {
        let before = contact_change::reach(&mut tx, cx, step.rut, &old.details).await?;
        contact_change::note(&mut tx, cx, &old, &new.details).await?;
        person::save_details(&mut tx, &clave.vault, &new, &mut cx.rng).await?;
        if let Some((number, hash)) = &answer
            && let Some(question) = Question::from_number(*number)
        {
            person::save_answer(&mut tx, step.rut, question, &Hash::from_stored(hash.clone())).await?;
        }
        tell(&mut tx, cx, &old, &new, before, &mut outcome).await?;
        let fields = what_changed(&old.details, &new.details, answer.is_some());
        audit::append(&mut tx, cx, step.rut, Event::DataChanged, Some(&fields)).await?;
    }
    if !flow::finish(&mut tx, cx, token, &outcome).await? {
        return Err(Refused::Over);
    }
    attempt.succeed(&mut tx, cx, token).await?;
    tx.commit().await?;
    Ok(token.clone())
}

/// The unfinished flow at one of the wanted steps. A double click on its last form leads to the page of the first.
async fn at_step(cx: &Cx, attempt: &Attempt, token: &Token, wanted: fn(&State) -> bool) -> Result<flow::Step<State>, Refused> {
    let mut tx = cx.clave.db.read().await?;
    let step = flow::step::<State>(&mut tx, cx, Kind::UpdateData, attempt.browser, token).await?;
    drop(tx);
    if let Some(step) = step.filter(|step| wanted(&step.state)) {
        return Ok(step);
    }
    match attempt::earlier(cx, attempt.browser, attempt.submission).await? {
        AttemptRefused::Repeated(token) => Err(AttemptRefused::Repeated(token).into()),
        _ => Err(Refused::Over),
    }
}

async fn go_on(tx: &mut Tx, cx: &mut Cx, attempt: &Attempt, token: &Token, state: &State) -> Result<(), Refused> {
    if !flow::advance(tx, cx, token, state).await? {
        return Err(Refused::Over);
    }
    Ok(attempt.succeed(tx, cx, token).await?)
}

/// Names and birth date are only filled in where they are missing: nobody changes who they are here.
fn changed(person: &Person, changes: &Changes) -> Details {
    let old = &person.details;
    Details {
        names: old.names.clone().or_else(|| changes.names.clone()),
        birth: old.birth.or(changes.birth),
        address: Some(changes.address.clone()),
        email: Some(changes.email.clone()),
        phone: changes.phone.clone(),
    }
}

/// The fields that changed, by name only.
fn what_changed(old: &Details, new: &Details, question: bool) -> String {
    [
        ("names", old.names != new.names),
        ("birth_date", old.birth != new.birth),
        ("address", old.address != new.address),
        ("email", old.email != new.email),
        ("mobile", old.phone != new.phone),
        ("secret_question", question),
    ]
    .into_iter()
    .filter_map(|(name, changed)| changed.then_some(name))
    .collect::<Vec<_>>()
    .join(",")
}

/// Every address, old and new, hears of it once; a new e-mail gets a link to confirm it.
async fn tell(tx: &mut Tx, cx: &mut Cx, old: &Person, new: &Person, before: Reach, outcome: &mut Updated) -> Result<(), Fault> {
    let at = cx.now;
    let confirm = if old.details.email == new.details.email {
        None
    } else {
        // A link sent to the former address must not confirm this one.
        link::void(tx, Purpose::ConfirmEmail, new.rut, cx.now).await?;
        person::save_email_confirmed(tx, new.rut, None).await?;
        Some(link::make(tx, Purpose::ConfirmEmail, new.rut, cx.now, &mut cx.rng).await?)
    };
    let held_until = contact_change::reach(tx, cx, new.rut, &new.details).await?.until;
    let present = notice::reachable(cx, &new.details);
    let to = Recipient { rut: new.rut, to: &present, language: new.language, deadline: None, cause: Cause::Proof };
    outcome.held_until = held_until;
    let told = notice::send(tx, cx, &to, |channel, not_me| Message::DataChanged {
        at,
        not_me,
        confirm: confirm.clone().filter(|_| channel == Channel::Email),
        held_until,
    })
    .await?;
    let gone: Vec<Way> = before.all().into_iter().filter(|address| !present.contains(address)).collect();
    let to = Recipient { to: &gone, ..to };
    let former = notice::send(tx, cx, &to, |_, not_me| Message::DataChanged { at, not_me, confirm: None, held_until }).await?;
    outcome.messages = [told.messages, former.messages].concat();
    Ok(())
}
