//! What an LMS sent, kept while its participant is asked for the key; then what came of it.
//!
//! It is sealed. Whoever brings its token goes on with it: the form of the LMS is cross-site, so that no cookie of ours comes with it, and the token is
//! known to the browser that we gave it to.

use std::{sync::Arc, time::Duration};

use rut::Rut;
use serde::{Deserialize, Serialize};
use sql::{Row, Tx, sql};
use zeroize::Zeroizing;

use super::{
    Act, Callback, Code, Endpoint, Leave, Reply,
    attend::{TIME, TRIES},
    attendance,
    reply::Said,
    request::{Course, Echo},
};
use crate::{cx::Cx, fault::Fault, flow::Token, moment::Moment, person::rut_value, vault::Place};

/// So long after the participant's time the answer is shown again to whoever reloads the page.
const SHOWN: Duration = Duration::from_mins(10);

/// No key takes longer to be looked at, or the node that looks is gone.
const LONGEST_TRY: Duration = Duration::from_secs(30);

/// A request that was judged and found well.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub endpoint: Endpoint,
    pub otec: u32,
    /// Under which the token is stored that the LMS showed for it.
    pub token: [u8; 32],
    pub course: Course,
    /// `IdSesionSence`, of a close.
    pub attendance: String,
    pub retoma: (Callback, Leave),
    pub error: (Callback, Leave),
    pub echo: Echo,
}

/// A request that waits, or is answered.
#[derive(Debug)]
pub(super) struct Waiting {
    pub request: Request,
    pub run: Rut,
    pub tries_left: u32,
    /// When the last try was taken.
    tried_at: Option<Moment>,
    until: Moment,
    pub answer: Option<Answer>,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Answer {
    at: Moment,
    reference: String,
    code: Option<Code>,
    attendance: Option<[u8; 16]>,
}

impl Request {
    pub fn otec(&self) -> Result<Rut, Fault> {
        Rut::from_number(self.otec).ok_or_else(|| Fault::new("reading what an LMS sent"))
    }

    /// The reply to it.
    fn reply(&self, said: &Said<'_>, reference: &str) -> Reply {
        let (to, leave) = if said.code.is_some() { &self.error } else { &self.retoma };
        let reference = said.code.map(|_| reference.to_owned());
        Reply {
            endpoint: said.endpoint,
            to: to.clone(),
            leave: *leave,
            fields: said.fields(&self.echo),
            code: said.code,
            reference,
        }
    }
}

impl Waiting {
    /// The reply, once there is one.
    pub fn reply(&self) -> Option<Reply> {
        let Answer { at, reference, code, attendance } = self.answer.as_ref()?;
        let id = attendance.map_or_else(|| reference.clone(), attendance::id_text);
        Some(self.request.reply(&Said { endpoint: self.request.endpoint, at: *at, id: &id, code: *code }, reference))
    }
}

/// Keeps it until the browser brings the token.
pub(super) async fn keep(tx: &mut Tx, cx: &mut Cx, run: Rut, request: &Request) -> Result<Token, Fault> {
    let token = Token::random(&mut cx.rng);
    let json = Zeroizing::new(serde_json::to_vec(request).map_err(Fault::at("writing what an LMS sent"))?);
    let clave = Arc::clone(&cx.clave);
    let sealed = clave.vault.seal(place(&token.stored()), &json, &mut cx.rng)?;
    tx.run(sql!(
        "INSERT INTO rce_request (id, rut, request, tries, made_at, until) VALUES ($1, $2, $3, 0, $4, $5)",
        token.stored(),
        rut_value(run),
        sealed,
        cx.now,
        cx.now.plus(TIME)
    ))
    .await?;
    Ok(token)
}

/// What belongs to the token; `None` when it is long over.
pub(super) async fn find(cx: &Cx, token: &Token) -> Result<Option<Waiting>, Fault> {
    let mut tx = cx.clave.db.read().await?;
    let row = tx
        .one(sql!(
            "SELECT rut, request, tries, tried_at, until, answered_at, reference, code, attendance FROM rce_request
             WHERE id = $1 AND until > $2",
            token.stored(),
            cx.now.minus(SHOWN)
        ))
        .await?;
    row.map(|row| read(cx, token, &row)).transpose()
}

fn read(cx: &Cx, token: &Token, row: &Row) -> Result<Waiting, Fault> {
    let failing = || Fault::new("reading what an LMS sent");
    let json = cx.clave.vault.unseal(place(&token.stored()), &row.get::<Vec<u8>>("request")?)?;
    let tries = u32::try_from(row.get::<i64>("tries")?).unwrap_or(TRIES);
    let answer = match row.get::<Option<Moment>>("answered_at")? {
        None => None,
        Some(at) => Some(Answer {
            at,
            reference: row.get("reference")?,
            code: row.get::<Option<i64>>("code")?.map(|code| Code::from_number(code).ok_or_else(failing)).transpose()?,
            attendance: row.get("attendance")?,
        }),
    };
    Ok(Waiting {
        request: serde_json::from_slice(&json).map_err(Fault::at("reading what an LMS sent"))?,
        run: u32::try_from(row.get::<i64>("rut")?).ok().and_then(Rut::from_number).ok_or_else(failing)?,
        tries_left: TRIES.saturating_sub(tries),
        tried_at: row.get("tried_at")?,
        until: row.get("until")?,
        answer,
    })
}

/// Takes a try, before the key is looked at, so that no burst of requests has more. Gives how many are left; `None` when there was none, or it is
/// answered.
pub(super) async fn take_try(cx: &Cx, token: &Token) -> Result<Option<u32>, Fault> {
    let mut tx = cx.clave.db.begin().await?;
    let row = tx
        .one(sql!(
            "UPDATE rce_request SET tries = tries + 1, tried_at = $3
             WHERE id = $1 AND tries < $2 AND answered_at IS NULL RETURNING tries",
            token.stored(),
            i64::from(TRIES),
            cx.now
        ))
        .await?;
    tx.commit().await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(TRIES.saturating_sub(u32::try_from(row.get::<i64>("tries")?).unwrap_or(TRIES))))
}

/// The key was right, and led elsewhere first: that was no wrong one.
pub(super) async fn give_back_try(tx: &mut Tx, token: &Token) -> sql::Result<()> {
    tx.run(sql!("UPDATE rce_request SET tries = tries - 1 WHERE id = $1 AND tries > 0", token.stored())).await.map(drop)
}

/// Answers it, once: of two that try, one gets `true`.
pub(super) async fn answer(
    tx: &mut Tx,
    cx: &Cx,
    token: &Token,
    code: Option<Code>,
    attendance: Option<[u8; 16]>,
) -> sql::Result<bool> {
    let row = tx
        .one(sql!(
            "UPDATE rce_request SET answered_at = $2, reference = $3, code = $4, attendance = $5
             WHERE id = $1 AND answered_at IS NULL RETURNING id",
            token.stored(),
            cx.now,
            cx.request.as_str(),
            code.map(|code| i64::from(code.number())),
            attendance
        ))
        .await?;
    Ok(row.is_some())
}

fn place(row: &[u8]) -> Place<'_> {
    Place { column: "rce_request.request", row }
}

impl Waiting {
    /// When the participant's time is up.
    pub fn until(&self) -> Moment {
        self.until
    }

    /// What it has to be answered with, where nobody answered it: time is up, or whoever took the last try never came to its end.
    pub fn overdue(&self, now: Moment) -> Option<Code> {
        let lost = self.tries_left == 0 && self.tried_at.is_none_or(|tried_at| tried_at.plus(LONGEST_TRY) <= now);
        match self.answer {
            Some(_) => None,
            None if self.until <= now => Some(Code::TimeUp),
            None => lost.then_some(Code::Internal),
        }
    }

    /// What the LMS asked for.
    pub fn act(&self) -> Act {
        self.request.endpoint.act
    }
}
