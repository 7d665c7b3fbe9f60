//! Use cases behind the links in messages: «no fui yo» freezes the credentials; the other link shows that an e-mail is the person's.

use std::sync::Arc;

use crate::{
    Cx, Fault, Secret,
    audit::{self, Event},
    flow::Browser,
    link::{self, Purpose},
    notice::{self, Recipient},
    outbox::Message,
    person::{self, provisional},
    submission::{self, Submission},
};

/// Whether a link did what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// It did.
    Done,
    /// It was used before, expired, or never was one.
    Gone,
}

/// Whether the link still works; looking changes nothing.
pub async fn look(cx: &Cx, purpose: Purpose, token: &Secret) -> Result<Followed, Fault> {
    let owner = link::owner(&mut cx.clave.db.read().await?, purpose, token, cx.now).await?;
    Ok(if owner.is_some() { Followed::Done } else { Followed::Gone })
}

/// Freezes the owner's key and kills the provisional one, until a new recovery or the help desk resolves it.
pub async fn freeze(cx: &mut Cx, browser: Browser, submission: Submission, token: &Secret) -> Result<Followed, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let Some(rut) = link::spend(&mut tx, Purpose::NotMe, token, cx.now).await? else {
        return again(&mut tx, browser, submission).await;
    };
    submission::claim(&mut tx, cx, browser, submission).await?;
    let Some(person) = person::take(&mut tx, &clave.vault, rut, cx.now).await? else { return Ok(Followed::Gone) };
    person::save_frozen(&mut tx, rut, Some(cx.now)).await?;
    provisional::cancel(&mut tx, rut).await?;
    audit::append(&mut tx, cx, rut, Event::CredentialsFrozen, None).await?;
    let at = cx.now;
    let to = Recipient { rut, details: &person.details, language: person.language, deadline: None };
    notice::send_plain(&mut tx, cx, &to, |_| Message::Frozen { at }).await?;
    tx.commit().await?;
    Ok(Followed::Done)
}

/// Notes that the registered e-mail reaches the person.
pub async fn confirm_email(cx: &mut Cx, browser: Browser, submission: Submission, token: &Secret) -> Result<Followed, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let Some(rut) = link::spend(&mut tx, Purpose::ConfirmEmail, token, cx.now).await? else {
        return again(&mut tx, browser, submission).await;
    };
    submission::claim(&mut tx, cx, browser, submission).await?;
    person::save_email_confirmed(&mut tx, rut, Some(cx.now)).await?;
    audit::append(&mut tx, cx, rut, Event::EmailConfirmed, None).await?;
    tx.commit().await?;
    Ok(Followed::Done)
}

/// The link is used up: by the first of a double click, or before.
async fn again(tx: &mut sql::Tx, browser: Browser, submission: Submission) -> Result<Followed, Fault> {
    Ok(if submission::was_taken(tx, browser, submission).await? { Followed::Done } else { Followed::Gone })
}
