//! Processes of several steps, and the result that a page shows after the last one.
//!
//! A flow belongs to one browser and one RUT, lives twenty minutes from its last step, and is finished once. Its token travels in the form; the
//! database has its SHA-256. What it remembers is sealed.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::{RngExt as _, rngs::StdRng};
use rut::Rut;
use serde::{Serialize, de::DeserializeOwned};
use sql::{Row, Tx, sql};

use crate::{
    cx::Cx,
    fault::Fault,
    person::rut_value,
    vault::{Place, sha256},
};

/// How long a person may think between two steps (WCAG 2.2.1 asks for twenty hours or a warning; `ux.md` B9 for twenty minutes).
pub const LIFETIME: Duration = Duration::from_mins(20);

/// The browser a flow, a form or a captcha belongs to: the SHA-256 of its cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Browser(pub [u8; 32]);

/// Which process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Register.
    Register,
    /// Forgotten key.
    Recover,
    /// Change the key.
    ChangeKey,
    /// Update data.
    UpdateData,
    /// Log in.
    LogIn,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Recover => "recover",
            Self::ChangeKey => "change_key",
            Self::UpdateData => "update_data",
            Self::LogIn => "log_in",
        }
    }
}

/// What the form carries: 128 random bits in base64url. Useless without the browser's cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    pub(crate) fn random(rng: &mut StdRng) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rng.random::<[u8; 16]>()))
    }

    /// Reads what a form or address carries.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 16).then(|| Self(text.to_owned()))
    }

    /// The text to put into a form or address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn stored(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }
}

/// A flow that is not finished.
#[derive(Debug)]
pub struct Step<S> {
    /// Whose process this is.
    pub rut: Rut,
    /// What the earlier steps left.
    pub state: S,
}

/// Begins a flow.
pub async fn begin<S: Serialize>(
    tx: &mut Tx,
    cx: &mut Cx,
    kind: Kind,
    browser: Browser,
    rut: Rut,
    state: &S,
) -> Result<Token, Fault> {
    let token = Token::random(&mut cx.rng);
    let state = seal(cx, "flow.state", &token, state)?;
    tx.run(sql!(
        "INSERT INTO flow (id, kind, browser, rut, state, until) VALUES ($1, $2, $3, $4, $5, $6)",
        token.stored(),
        kind.name(),
        browser.0,
        rut_value(rut),
        state,
        cx.now.plus(LIFETIME)
    ))
    .await?;
    Ok(token)
}

/// Begins a flow that is already finished: the result of a process with one form.
pub async fn conclude<O: Serialize>(
    tx: &mut Tx,
    cx: &mut Cx,
    kind: Kind,
    browser: Browser,
    rut: Rut,
    outcome: &O,
) -> Result<Token, Fault> {
    let token = begin(tx, cx, kind, browser, rut, &()).await?;
    finish(tx, cx, &token, outcome).await?;
    Ok(token)
}

/// Where an unfinished flow stands; `None` when it expired, is finished, or belongs to another browser.
pub async fn step<S: DeserializeOwned>(
    tx: &mut Tx,
    cx: &Cx,
    kind: Kind,
    browser: Browser,
    token: &Token,
) -> Result<Option<Step<S>>, Fault> {
    let row = tx
        .one(sql!(
            "SELECT rut, state FROM flow WHERE id = $1 AND kind = $2 AND browser = $3 AND until > $4 AND outcome IS NULL",
            token.stored(),
            kind.name(),
            browser.0,
            cx.now
        ))
        .await?;
    let Some(row) = row else { return Ok(None) };
    let number: i64 = row.get("rut")?;
    let rut = u32::try_from(number).ok().and_then(Rut::from_number).ok_or_else(|| Fault::new("reading a flow"))?;
    Ok(Some(Step { rut, state: unseal(cx, "flow.state", token, &row, "state")? }))
}

/// Goes on to the next step, with fresh time. `false` when the flow ended meanwhile.
pub async fn advance<S: Serialize>(tx: &mut Tx, cx: &mut Cx, token: &Token, state: &S) -> Result<bool, Fault> {
    let state = seal(cx, "flow.state", token, state)?;
    let row = tx
        .one(sql!(
            "UPDATE flow SET state = $2, until = $3 WHERE id = $1 AND until > $4 AND outcome IS NULL RETURNING id",
            token.stored(),
            state,
            cx.now.plus(LIFETIME),
            cx.now
        ))
        .await?;
    Ok(row.is_some())
}

/// Finishes a flow. Of two that try, one gets `true`.
pub async fn finish<O: Serialize>(tx: &mut Tx, cx: &mut Cx, token: &Token, outcome: &O) -> Result<bool, Fault> {
    let outcome = seal(cx, "flow.outcome", token, outcome)?;
    let row = tx
        .one(sql!(
            "UPDATE flow SET outcome = $2, state = NULL, until = $3 WHERE id = $1 AND until > $4 AND outcome IS NULL RETURNING id",
            token.stored(),
            outcome,
            cx.now.plus(LIFETIME),
            cx.now
        ))
        .await?;
    Ok(row.is_some())
}

/// The result of a finished flow, for its page.
pub async fn outcome<O: DeserializeOwned>(
    tx: &mut Tx,
    cx: &Cx,
    kind: Kind,
    browser: Browser,
    token: &Token,
) -> Result<Option<O>, Fault> {
    let row = tx
        .one(sql!(
            "SELECT outcome FROM flow WHERE id = $1 AND kind = $2 AND browser = $3 AND until > $4 AND outcome IS NOT NULL",
            token.stored(),
            kind.name(),
            browser.0,
            cx.now
        ))
        .await?;
    row.map(|row| unseal(cx, "flow.outcome", token, &row, "outcome")).transpose()
}

fn seal<T: Serialize>(cx: &mut Cx, column: &'static str, token: &Token, value: &T) -> Result<Vec<u8>, Fault> {
    let json = zeroize::Zeroizing::new(serde_json::to_vec(value).map_err(Fault::at("writing a flow"))?);
    let clave = std::sync::Arc::clone(&cx.clave);
    clave.vault.seal(Place { column, row: &token.stored() }, &json, &mut cx.rng)
}

fn unseal<T: DeserializeOwned>(cx: &Cx, column: &'static str, token: &Token, row: &Row, name: &str) -> Result<T, Fault> {
    let sealed: Vec<u8> = row.get(name)?;
    let json = cx.clave.vault.unseal(Place { column, row: &token.stored() }, &sealed)?;
    serde_json::from_slice(&json).map_err(Fault::at("reading a flow"))
}
