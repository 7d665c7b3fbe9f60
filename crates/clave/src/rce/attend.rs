//! Use case: the participant proves with the key, and the attendance is started or closed.

use std::{sync::Arc, time::Duration};

use rut::Rut;
use sql::Tx;

use super::{
    Act, Code, Endpoint, Origin, Reply, attendance, count_reply, otec,
    waiting::{self, Request, Waiting},
};
use crate::{
    Cx, Fault, Moment, Secret,
    attempt::{self, Attempt},
    audit::{self, Event},
    fault,
    flow::{self, Browser, Kind, Token},
    login::{self, Proven, Refused},
    session::Agent,
    submission,
    vault::sha256,
};

/// So long the participant has (210).
pub const TIME: Duration = Duration::from_mins(3);
/// So many keys may be wrong (100).
pub const TRIES: u32 = 3;

/// What waits for the key.
#[derive(Debug)]
pub struct Asked {
    /// Which of the four addresses was called.
    pub endpoint: Endpoint,
    /// The OTEC's name.
    pub otec: String,
    /// Where the LMS is.
    pub origin: Origin,
    /// Who has to prove it: read-only on the page.
    pub rut: Rut,
    /// Which action.
    pub codigo_curso: String,
    /// When time is up.
    pub until: Moment,
    /// Wrong keys that are left.
    pub tries_left: u32,
}

/// Where it stands.
#[derive(Debug)]
pub enum Standing {
    /// The person is asked for the key.
    Asks(Asked),
    /// It is answered: well or not, in time or not.
    Answered(Reply),
}

/// What became of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was right, and [`standing`] has the reply: registered, or why not.
    Proved,
    /// [`standing`] says how it stands: the last key was wrong, it was too late, or another sending was faster.
    Settled,
    /// The same form was sent before: [`standing`] says how it stands.
    Repeated,
    /// It was right, and something is in its way: [`login::outcome`] of this flow says what.
    Interrupted(Token),
}

/// In whose name the forms of a request are sent: its token stands for the browser's cookie, so that windows that open at the same time take nothing from
/// each other, and browsers that keep no cookies can attend.
pub fn browser(token: &Token) -> Browser {
    Browser(sha256(&token.stored()))
}

/// What the page shows; `None` when it is long over. Time that is up is answered here.
pub async fn standing(cx: &mut Cx, token: &Token) -> Result<Option<Standing>, Fault> {
    let Some(mut waiting) = waiting::find(cx, token).await? else { return Ok(None) };
    if let Some(code) = waiting.overdue(cx.now) {
        answer(cx, &waiting, token, code).await?;
        waiting = match waiting::find(cx, token).await? {
            Some(waiting) => waiting,
            None => return Ok(None),
        };
    }
    if let Some(reply) = waiting.reply() {
        return Ok(Some(Standing::Answered(reply)));
    }
    let Request { endpoint, course, retoma, .. } = &waiting.request;
    let otec = otec::find(&mut cx.clave.db.read().await?, waiting.request.otec()?).await?;
    Ok(Some(Standing::Asks(Asked {
        endpoint: *endpoint,
        otec: otec.map(|otec| otec.name).unwrap_or_default(),
        origin: retoma.0.origin().clone(),
        rut: waiting.run,
        codigo_curso: course.codigo_curso.clone(),
        until: waiting.until(),
        tries_left: waiting.tries_left,
    })))
}

/// Checks the key. `Ok(None)` where nothing waits.
///
/// # Errors
/// [`Refused`] while tries are left: the form is shown again. A try that the throttle refuses counts as a wrong one.
pub async fn attend(
    cx: &mut Cx,
    attempt: &Attempt,
    token: &Token,
    key: &Secret,
    agent: &Agent,
) -> Result<Option<Outcome>, Refused> {
    let Some(waiting) = waiting::find(cx, token).await? else { return Ok(None) };
    if waiting.answer.is_some() {
        let again = submission::was_taken(&mut cx.clave.db.read().await?, attempt.browser, attempt.submission).await?;
        return Ok(Some(if again { Outcome::Repeated } else { Outcome::Settled }));
    }
    if let Some(code) = waiting.overdue(cx.now) {
        return close_with(cx, attempt, token, &waiting, code).await.map(Some);
    }
    let reserved = match login::reserve(cx, attempt, waiting.run).await {
        Ok(reserved) => reserved,
        Err(Refused::Attempt(attempt::Refused::Repeated(first))) => {
            let interrupted = login::outcome(cx, attempt.browser, &first).await?.is_some();
            return Ok(Some(if interrupted { Outcome::Interrupted(first) } else { Outcome::Repeated }));
        }
        Err(refused @ Refused::Attempt(attempt::Refused::TooManyTries { .. })) => {
            let left = waiting::take_try(cx, token).await?;
            return again_or_end(cx, attempt, token, &waiting, left, refused).await.map(Some);
        }
        Err(refused) => return Err(refused),
    };
    let Some(left) = waiting::take_try(cx, token).await? else {
        // Whoever has the last try answers it.
        lead_repeated(cx, attempt, token).await?;
        return Ok(Some(Outcome::Settled));
    };
    let done = match login::prove(cx, attempt, waiting.run, key, reserved).await {
        Ok(proven) => match proven.event() {
            Some((event, detail)) => interrupt(cx, attempt, token, &proven, event, detail).await,
            None => register(cx, attempt, token, &waiting, &proven, agent).await,
        },
        Err(refused) => Err(refused),
    };
    let settled = match done {
        Err(refused @ Refused::WrongKey) => again_or_end(cx, attempt, token, &waiting, Some(left), refused).await,
        Err(Refused::Attempt(attempt::Refused::Fault(fault))) => give_up(cx, attempt, token, &waiting, fault).await,
        done => done,
    };
    settled.map(Some)
}

/// A wrong key: the form again, or after the last one the way back.
async fn again_or_end(
    cx: &mut Cx,
    attempt: &Attempt,
    token: &Token,
    waiting: &Waiting,
    left: Option<u32>,
    refused: Refused,
) -> Result<Outcome, Refused> {
    if left.is_some_and(|left| left > 0) {
        return Err(refused);
    }
    close_with(cx, attempt, token, waiting, Code::WrongKey).await
}

/// Something failed here: that was no wrong key. What passes may be tried again, anything else the LMS is told: not by 305, at which there are LMS that
/// forget the attendance.
async fn give_up(cx: &mut Cx, attempt: &Attempt, token: &Token, waiting: &Waiting, fault: Fault) -> Result<Outcome, Refused> {
    let mut tx = Arc::clone(&cx.clave).db.begin().await?;
    waiting::give_back_try(&mut tx, token).await?;
    attempt.fail(&mut tx).await?;
    tx.commit().await?;
    if fault.is_passing() {
        return Err(fault.into());
    }
    let (id, cause) = (&cx.request, fault::chain(&fault));
    tracing::error!(id, cause, "request {id} could not register an attendance: {cause}");
    close_with(cx, attempt, token, waiting, Code::Internal).await
}

/// The right key, and something in its way. The request waits on, for as long as it has.
async fn interrupt(
    cx: &mut Cx,
    attempt: &Attempt,
    token: &Token,
    proven: &Proven,
    event: Event,
    detail: &str,
) -> Result<Outcome, Refused> {
    let (mut tx, person) = proven.take(cx, attempt).await?;
    waiting::give_back_try(&mut tx, token).await?;
    let flow = flow::conclude(&mut tx, cx, Kind::LogIn, attempt.browser, person.rut, &proven.outcome).await?;
    attempt.succeed(&mut tx, cx, &flow).await?;
    audit::append(&mut tx, cx, person.rut, event, Some(detail)).await?;
    tx.commit().await?;
    Ok(Outcome::Interrupted(flow))
}

/// Starts or closes the attendance, in one transaction with the answer.
async fn register(
    cx: &mut Cx,
    attempt: &Attempt,
    token: &Token,
    waiting: &Waiting,
    proven: &Proven,
    agent: &Agent,
) -> Result<Outcome, Refused> {
    let (mut tx, person) = proven.take(cx, attempt).await?;
    login::welcome(&mut tx, cx, attempt.device, &person, proven.device, agent).await?;
    // The operator may have taken the token or the OTEC out of service while the person was typing.
    let done = match (admitted(&mut tx, cx, &waiting.request).await?, waiting.act()) {
        (Err(code), _) => Err(code),
        (Ok(()), Act::Start) => Ok(attendance::start(&mut tx, cx, &waiting.request, person.rut).await?),
        (Ok(()), Act::Close) => attendance::close(&mut tx, cx, &waiting.request, person.rut).await?,
    };
    let (event, id) = match (waiting.act(), done) {
        (Act::Start, Ok(id)) => (Event::AttendanceStarted, Some(id)),
        (Act::Close, Ok(id)) => (Event::AttendanceClosed, Some(id)),
        (_, Err(_)) => (Event::AttendanceRefused, None),
    };
    if !waiting::answer(&mut tx, cx, token, done.err(), id).await? {
        // Another window was faster: nothing of this one counts.
        drop(tx);
        lead_repeated(cx, attempt, token).await?;
        return Ok(Outcome::Settled);
    }
    attempt.succeed(&mut tx, cx, token).await?;
    let detail = attendance::told(&waiting.request, id, done.err())?;
    audit::append(&mut tx, cx, person.rut, event, Some(&detail)).await?;
    tx.commit().await?;
    count_reply(waiting.act(), done.err());
    Ok(Outcome::Proved)
}

/// Whether the LMS may still act for its OTEC.
async fn admitted(tx: &mut Tx, cx: &Cx, request: &Request) -> Result<Result<(), Code>, Fault> {
    let rut = request.otec()?;
    let otec = otec::find(tx, rut).await?;
    let holder = otec::token::of_stored(tx, &request.token, cx.now).await?;
    Ok(otec::admits(otec.as_ref(), holder, rut))
}

/// Ends it with a code, and leads the second of a double click to the same page.
async fn close_with(cx: &mut Cx, attempt: &Attempt, token: &Token, waiting: &Waiting, code: Code) -> Result<Outcome, Refused> {
    answer(cx, waiting, token, code).await?;
    lead_repeated(cx, attempt, token).await?;
    Ok(Outcome::Settled)
}

/// The second of a double click goes where the first goes.
async fn lead_repeated(cx: &Cx, attempt: &Attempt, token: &Token) -> Result<(), Fault> {
    let mut tx = cx.clave.db.begin().await?;
    submission::answer(&mut tx, attempt.submission, token).await?;
    Ok(tx.commit().await?)
}

/// Answers it with a code, if nobody else has answered it.
async fn answer(cx: &mut Cx, waiting: &Waiting, token: &Token, code: Code) -> Result<(), Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    if !waiting::answer(&mut tx, cx, token, Some(code), None).await? {
        return Ok(());
    }
    let detail = attendance::told(&waiting.request, None, Some(code))?;
    audit::append(&mut tx, cx, waiting.run, Event::AttendanceRefused, Some(&detail)).await?;
    tx.commit().await?;
    count_reply(waiting.act(), Some(code));
    Ok(())
}
