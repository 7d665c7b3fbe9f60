//! Who is logged in where. A session belongs to one browser, by the hash of its cookie, which is a new one at every login; its [`Sid`] is the name by
//! which tokens and «Mi cuenta» know it, and opens nothing.
//!
//! It ends after a while without use, at an absolute end after the key was proved, when the person ends it from anywhere, and with every change of
//! what the person proves who they are with. A system that renews its tokens uses it, too. Without use it ends here alone: nobody left, so no system
//! hears of it, and what the systems hold goes on until the absolute end.

use std::{net::IpAddr, sync::Arc, time::Duration};

use rand::{RngExt as _, rngs::StdRng};
use rut::Rut;
use serde::{Deserialize, Serialize};
use sql::{Row, Tx, sql};

use crate::{
    audit::{self, Event},
    cx::Cx,
    device::Device,
    fault::Fault,
    flow::Browser,
    grant,
    moment::Moment,
    person::{self, rut_value},
    settings::SessionRules,
};

mod agent;

pub use agent::Agent;

/// The public name of a session: `sid` in tokens. Never the cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sid([u8; 16]);

impl Sid {
    /// A new one.
    pub fn random(rng: &mut StdRng) -> Self {
        Self(rng.random())
    }

    /// Hexadecimal, as tokens and forms carry it.
    pub fn hex(self) -> String {
        crate::vault::hex(&self.0)
    }

    /// From [`Sid::hex`].
    pub fn parse(text: &str) -> Option<Self> {
        let digits = (text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(text)?;
        u128::from_str_radix(digits, 16).ok().map(|number| Self(number.to_be_bytes()))
    }
}

impl From<Sid> for sql::Value {
    fn from(sid: Sid) -> Self {
        sid.0.into()
    }
}

impl sql::Column for Sid {
    fn read(row: &Row, column: &str) -> sql::Result<Self> {
        row.get(column).map(Self)
    }
}

/// Somebody is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its public name.
    pub sid: Sid,
    /// Who.
    pub rut: Rut,
    /// On which device.
    pub device: Device,
    /// When the key was last proved.
    pub authenticated_at: Moment,
    /// When it began.
    pub made_at: Moment,
    /// When it was last used, to the minute.
    pub seen_at: Moment,
    /// With which program.
    pub agent: Agent,
    /// From about where: an address without its end.
    pub network: Option<String>,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// The person, in the browser that was logged in.
    LoggedOut,
    /// The person, from «Mi cuenta».
    Account,
    /// A relying system that the person logged out of.
    System,
    /// Somebody else logged in with the same browser.
    SomebodyElse,
    /// The key was changed.
    KeyChanged,
    /// The credentials were frozen.
    Frozen,
    /// Nobody used it.
    Idle,
    /// It was old.
    Time,
}

impl EndedBy {
    /// The word in the records.
    pub fn name(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::Account => "account",
            Self::System => "system",
            Self::SomebodyElse => "somebody_else",
            Self::KeyChanged => "key_changed",
            Self::Frozen => "frozen",
            Self::Idle => "idle",
            Self::Time => "time",
        }
    }
}

/// A session's time between two notes of its use: reading a page need not write.
const NOTED_EVERY: Duration = Duration::from_mins(1);

/// The living session of a browser. Notes that it is used.
pub async fn current(cx: &mut Cx, browser: Browser) -> Result<Option<Session>, Fault> {
    let rules = cx.clave.settings.session;
    let found = of_browser(&mut cx.clave.db.read().await?, browser, cx.now).await?;
    let Some(session) = found.filter(|session| rules.let_live(session, cx.now)) else { return Ok(None) };
    if session.seen_at.plus(NOTED_EVERY) <= cx.now {
        note_use(cx, browser, &session).await?;
    }
    Ok(Some(session))
}

async fn note_use(cx: &Cx, browser: Browser, session: &Session) -> Result<(), Fault> {
    let mut tx = cx.clave.db.begin().await?;
    tx.run(sql!(
        "UPDATE session SET seen_at = $2, until = $3, network = $4 WHERE browser = $1 AND seen_at < $2",
        browser.0,
        cx.now,
        cx.clave.settings.session.end(session.authenticated_at, cx.now),
        cx.from.map(approximate)
    ))
    .await?;
    Ok(tx.commit().await?)
}

/// A system renewed what it holds of the session: the person is at work there. The caller holds the person's row.
pub(crate) async fn prolong(tx: &mut Tx, cx: &Cx, rut: Rut, sid: Sid) -> Result<(), Fault> {
    let rules = cx.clave.settings.session;
    let found = find(tx, rut, sid, cx.now).await?.filter(|session| rules.let_live(session, cx.now));
    let Some(session) = found else { return Ok(()) };
    let until = rules.end(session.authenticated_at, cx.now);
    tx.run(sql!("UPDATE session SET seen_at = $2, until = $3 WHERE sid = $1 AND seen_at < $2", sid, cx.now, until)).await?;
    Ok(())
}

impl SessionRules {
    /// When a session ends that is used now.
    fn end(self, authenticated_at: Moment, now: Moment) -> Moment {
        now.plus(self.idle).min(authenticated_at.plus(self.absolute))
    }

    /// By the present rules, whatever they were when it was last used.
    fn let_live(self, session: &Session, now: Moment) -> bool {
        self.end(session.authenticated_at, session.seen_at) > now
    }
}

pub(crate) async fn of_browser(tx: &mut Tx, browser: Browser, now: Moment) -> Result<Option<Session>, Fault> {
    let row = tx
        .one(sql!(
            "SELECT sid, rut, device, authenticated_at, made_at, seen_at, agent, network FROM session
             WHERE browser = $1 AND until > $2",
            browser.0,
            now
        ))
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// One living session of a person.
pub async fn find(tx: &mut Tx, rut: Rut, sid: Sid, now: Moment) -> Result<Option<Session>, Fault> {
    let row = tx
        .one(sql!(
            "SELECT sid, rut, device, authenticated_at, made_at, seen_at, agent, network FROM session
             WHERE sid = $1 AND rut = $2 AND until > $3",
            sid,
            rut_value(rut),
            now
        ))
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// Every living session of a person, last used first.
pub async fn of_person(tx: &mut Tx, rut: Rut, now: Moment) -> Result<Vec<Session>, Fault> {
    let rows = tx
        .all(sql!(
            "SELECT sid, rut, device, authenticated_at, made_at, seen_at, agent, network FROM session
             WHERE rut = $1 AND until > $2 ORDER BY seen_at DESC, sid",
            rut_value(rut),
            now
        ))
        .await?;
    rows.iter().map(read).collect()
}

/// A session that begins, or goes on with the key proved once more.
pub(crate) struct Beginning {
    /// Who.
    pub rut: Rut,
    /// The browser's cookie until now.
    pub from: Browser,
    /// The browser's new cookie.
    pub into: Browser,
    /// On which device.
    pub device: Device,
    /// With which program.
    pub agent: Agent,
}

/// Logs the person in. Whoever was logged in with this browser before goes on in the same session, under the new cookie; another person's
/// must have been ended. The caller holds the person's row.
pub(crate) async fn begin(tx: &mut Tx, cx: &mut Cx, new: Beginning) -> Result<Session, Fault> {
    let rules = cx.clave.settings.session;
    let before = of_browser(tx, new.from, cx.now).await?;
    let same = before.filter(|before| before.rut == new.rut && rules.let_live(before, cx.now));
    let (sid, made_at) = same.map_or_else(|| (Sid::random(&mut cx.rng), cx.now), |same| (same.sid, same.made_at));
    let network = cx.from.map(approximate);
    // Whoever kept the former cookie goes on with nothing.
    end_steps(tx, new.rut, new.from).await?;
    tx.run(sql!(
        "INSERT INTO session (sid, browser, rut, device, authenticated_at, made_at, seen_at, until, agent, network)
         VALUES ($1, $2, $3, $4, $5, $6, $5, $7, $8, $9)
         ON CONFLICT (sid) DO UPDATE SET browser = $2, device = $4, authenticated_at = $5, seen_at = $5, until = $7, agent = $8,
         network = $9",
        sid,
        new.into.0,
        rut_value(new.rut),
        new.device.0,
        cx.now,
        made_at,
        rules.end(cx.now, cx.now),
        new.agent.as_str(),
        network.as_deref()
    ))
    .await?;
    let Beginning { rut, device, agent, .. } = new;
    Ok(Session { sid, rut, device, authenticated_at: cx.now, made_at, seen_at: cx.now, agent, network })
}

/// Ends one session, with what the person's systems got in it. Comes last in its transaction, as it appends to the records; the caller holds the
/// person's row where it needs it for more. `false` when there was no such session.
pub async fn end(tx: &mut Tx, cx: &mut Cx, rut: Rut, sid: Sid, by: EndedBy) -> Result<bool, Fault> {
    let row = tx.one(sql!("DELETE FROM session WHERE sid = $1 AND rut = $2 RETURNING browser", sid, rut_value(rut))).await?;
    let Some(row) = row else { return Ok(false) };
    end_steps(tx, rut, Browser(row.get("browser")?)).await?;
    grant::end_of_session(tx, cx, rut, sid, by).await?;
    record(tx, cx, rut, by).await?;
    Ok(true)
}

/// Ends what the person has under way in a browser: a change of data may have begun with the session alone.
async fn end_steps(tx: &mut Tx, rut: Rut, browser: Browser) -> sql::Result<()> {
    tx.run(sql!("DELETE FROM flow WHERE rut = $1 AND browser = $2 AND outcome IS NULL", rut_value(rut), browser.0))
        .await
        .map(drop)
}

/// Ends all of a person's sessions, but one if wished, like [`end`]. Gives how many.
pub async fn end_all(tx: &mut Tx, cx: &mut Cx, rut: Rut, except: Option<Sid>, by: EndedBy) -> Result<usize, Fault> {
    let ended = remove_all(tx, cx, rut, except, by).await?;
    for _ in 0..ended {
        record(tx, cx, rut, by).await?;
    }
    Ok(ended)
}

/// Ends all of a person's sessions, whatever their systems may still do without one, and every process under way, which a session or a former proof
/// may have opened: the key is another, or frozen. Comes last, like [`end`].
pub(crate) async fn end_with_grants(tx: &mut Tx, cx: &mut Cx, rut: Rut, by: EndedBy) -> Result<(), Fault> {
    tx.run(sql!("DELETE FROM flow WHERE rut = $1 AND outcome IS NULL", rut_value(rut))).await?;
    let ended = remove_all(tx, cx, rut, None, by).await?;
    grant::end_of_person(tx, cx, rut).await?;
    for _ in 0..ended {
        record(tx, cx, rut, by).await?;
    }
    Ok(())
}

async fn remove_all(tx: &mut Tx, cx: &mut Cx, rut: Rut, except: Option<Sid>, by: EndedBy) -> Result<usize, Fault> {
    let rows = tx
        .all(sql!(
            "DELETE FROM session WHERE rut = $1 AND sid <> $2 RETURNING sid",
            rut_value(rut),
            // No session has an empty name.
            except.map(|sid| sid.0.to_vec()).unwrap_or_default()
        ))
        .await?;
    for row in &rows {
        grant::end_of_session(tx, cx, rut, row.get("sid")?, by).await?;
    }
    // Where nobody used the session any more, its systems still let the person in.
    for sid in grant::sessions_of(tx, rut, cx.now).await?.into_iter().filter(|sid| Some(*sid) != except) {
        grant::end_of_session(tx, cx, rut, sid, by).await?;
    }
    Ok(rows.len())
}

async fn record(tx: &mut Tx, cx: &mut Cx, rut: Rut, by: EndedBy) -> sql::Result<()> {
    match by {
        EndedBy::LoggedOut => audit::append(tx, cx, rut, Event::LoggedOut, None).await,
        _ => audit::append(tx, cx, rut, Event::SessionEnded, Some(by.name())).await,
    }
}

/// Sessions that are looked for at once when their time is over.
const BATCH: usize = 200;

/// Ends the sessions whose time is over. Every node does; of two, one ends each. One that cannot be ended holds up no other, and waits for the next
/// time. Gives how many.
pub async fn end_overdue(cx: &mut Cx) -> Result<usize, Fault> {
    let clave = Arc::clone(&cx.clave);
    let (mut ended, mut last) = (0, (Moment::from_micros(i64::MIN), Vec::new()));
    loop {
        let overdue = sql!(
            "SELECT sid, rut, until FROM session WHERE until <= $1 AND (until, sid) > ($2, $3) ORDER BY until, sid LIMIT $4",
            cx.now,
            last.0,
            last.1.clone(),
            i64::try_from(BATCH).unwrap_or(i64::MAX)
        );
        let rows = clave.db.read().await?.all(overdue).await?;
        for row in &rows {
            let (sid, until): (Sid, Moment) = (row.get("sid")?, row.get("until")?);
            last = (until, sid.0.to_vec());
            match end_if_overdue(cx, sid, row).await {
                Ok(gone) => ended += usize::from(gone),
                Err(fault) => tracing::error!(%fault, "ending a session whose time is over"),
            }
        }
        if rows.len() < BATCH {
            return Ok(ended);
        }
    }
}

/// `false` when somebody else ended it, or used it since it was looked for.
async fn end_if_overdue(cx: &mut Cx, sid: Sid, row: &Row) -> Result<bool, Fault> {
    let (clave, rut) = (Arc::clone(&cx.clave), read_rut(row)?);
    let mut tx = clave.db.begin().await?;
    person::take(&mut tx, &clave.vault, rut, cx.now).await?;
    let gone = sql!("DELETE FROM session WHERE sid = $1 AND until <= $2 RETURNING authenticated_at, until", sid, cx.now);
    let Some(gone) = tx.one(gone).await? else { return Ok(false) };
    let (authenticated_at, until): (Moment, Moment) = (gone.get("authenticated_at")?, gone.get("until")?);
    let by = if until < authenticated_at.plus(clave.settings.session.absolute) { EndedBy::Idle } else { EndedBy::Time };
    if by == EndedBy::Time {
        grant::end_of_session(&mut tx, cx, rut, sid, by).await?;
    }
    record(&mut tx, cx, rut, by).await?;
    tx.commit().await?;
    Ok(true)
}

fn read(row: &Row) -> Result<Session, Fault> {
    let agent: String = row.get("agent")?;
    Ok(Session {
        sid: row.get("sid")?,
        rut: read_rut(row)?,
        device: Device(row.get("device")?),
        authenticated_at: row.get("authenticated_at")?,
        made_at: row.get("made_at")?,
        seen_at: row.get("seen_at")?,
        agent: Agent::from_stored(agent),
        network: row.get("network")?,
    })
}

fn read_rut(row: &Row) -> Result<Rut, Fault> {
    let number: i64 = row.get("rut")?;
    u32::try_from(number).ok().and_then(Rut::from_number).ok_or_else(|| Fault::new("reading a session"))
}

/// About where an address is: enough for a person to recognise their own, too little to be one.
pub fn approximate(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.x")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:x")
        }
    }
}
