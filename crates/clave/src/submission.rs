//! Forms that were sent: the second of a double click leads to the page of the first, and does nothing.

use std::time::Duration;

use sql::{Tx, sql};

use crate::{
    cx::Cx,
    fault::Fault,
    flow::{self, Browser, Token},
    vault::sha256,
};

/// One sending of one form.
#[derive(Debug, Clone, Copy)]
pub struct Submission {
    /// The form's own random number, in its hidden fields.
    pub id: [u8; 16],
    /// SHA-256 of everything sent: the same form with other contents is not the same submission.
    pub digest: [u8; 32],
}

/// Claims the submission. Of two that try, one gets `true`.
pub async fn claim(tx: &mut Tx, cx: &Cx, browser: Browser, submission: Submission) -> Result<bool, Fault> {
    let row = tx
        .one(sql!(
            "INSERT INTO submission (id, browser, digest, until) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id",
            sha256(&submission.id),
            browser.0,
            submission.digest,
            cx.now.plus(flow::LIFETIME)
        ))
        .await?;
    Ok(row.is_some())
}

/// Notes which flow's page answers the submission.
pub async fn answer(tx: &mut Tx, submission: Submission, token: &Token) -> Result<(), Fault> {
    tx.run(sql!("UPDATE submission SET answer = $2 WHERE id = $1", sha256(&submission.id), token.as_str().as_bytes())).await?;
    Ok(())
}

/// How often and how long the second of two looks for the answer of the first.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: u32 = 80;

/// The flow that answered the first sending of the same form, waiting for it while it is still at work. `None` when the first was refused, had
/// other contents, or came from another browser.
pub async fn earlier_answer(cx: &Cx, browser: Browser, submission: Submission) -> Result<Option<Token>, Fault> {
    for _ in 0..LOOKS {
        let mut tx = cx.clave.db.read().await?;
        let row = tx
            .one(sql!(
                "SELECT answer FROM submission WHERE id = $1 AND browser = $2 AND digest = $3",
                sha256(&submission.id),
                browser.0,
                submission.digest
            ))
            .await?;
        let Some(row) = row else { return Ok(None) };
        if let Some(answer) = row.get::<Option<Vec<u8>>>("answer")? {
            return Ok(String::from_utf8(answer).ok().and_then(|text| Token::parse(&text)));
        }
        drop(tx);
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(None)
}

/// The first was refused: whoever repeats it need not wait.
pub async fn refuse(tx: &mut Tx, submission: Submission) -> Result<(), Fault> {
    tx.run(sql!("UPDATE submission SET answer = $2 WHERE id = $1", sha256(&submission.id), Vec::<u8>::new())).await?;
    Ok(())
}

/// Whether this very form was sent and taken before.
pub async fn was_taken(tx: &mut Tx, browser: Browser, submission: Submission) -> Result<bool, Fault> {
    let row = tx
        .one(sql!(
            "SELECT id FROM submission WHERE id = $1 AND browser = $2 AND digest = $3",
            sha256(&submission.id),
            browser.0,
            submission.digest
        ))
        .await?;
    Ok(row.is_some())
}
