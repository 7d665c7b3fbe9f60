//! Use cases behind the links in messages: «no fui yo» freezes the credentials; the other link shows that an e-mail is the person's. The help
//! desk freezes and thaws, too.

use std::sync::Arc;

use rut::Rut;
use sql::{Tx, sql};

use crate::{
    Cx, Fault, Secret,
    audit::{self, Event},
    case_id::CaseId,
    contact_change, device,
    flow::Browser,
    link::{self, Purpose},
    notice::{self, Cause, Recipient},
    outbox::{self, FrozenBy, Message},
    person::{self, Person, provisional, rut_value},
    session::{self, EndedBy},
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

/// What an operator's wish came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operated {
    /// It is done.
    Done(Contacts),
    /// It was so before; nothing changed.
    Already,
    /// Nobody registered with this RUT.
    Unknown,
}

/// What freezing does to contact data changed in the last 72 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contacts {
    /// They stay.
    Keep,
    /// What was there before comes back.
    Undo,
}

/// Whether the link still works; looking changes nothing.
pub async fn look(cx: &Cx, purpose: Purpose, token: &Secret) -> Result<Followed, Fault> {
    let owner = link::owner(&mut cx.clave.db.read().await?, purpose, token, cx.now).await?;
    Ok(if owner.is_some() { Followed::Done } else { Followed::Gone })
}

/// «No fui yo»: freezes the owner's key, ends what is under way and undoes a recent change of contact, until a new recovery or the help desk
/// resolves it.
pub async fn freeze(cx: &mut Cx, browser: Browser, submission: Submission, token: &Secret) -> Result<Followed, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let Some(rut) = link::spend(&mut tx, Purpose::NotMe, token, cx.now).await? else {
        return again(&mut tx, browser, submission).await;
    };
    submission::claim(&mut tx, cx, browser, submission).await?;
    let Some(person) = person::take(&mut tx, &clave.vault, rut, cx.now).await? else { return Ok(Followed::Gone) };
    lock(&mut tx, cx, &person, FrozenBy::NotMe, Contacts::Undo, None).await?;
    tx.commit().await?;
    Ok(Followed::Done)
}

/// The help desk freezes an account.
pub async fn freeze_for_case(cx: &mut Cx, rut: Rut, case: Option<&CaseId>, contacts: Contacts) -> Result<Operated, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let Some(person) = person::take(&mut tx, &clave.vault, rut, cx.now).await? else { return Ok(Operated::Unknown) };
    if person.frozen_at.is_some() {
        return Ok(Operated::Already);
    }
    let done = lock(&mut tx, cx, &person, FrozenBy::Operator, contacts, case.map(CaseId::as_str)).await?;
    tx.commit().await?;
    Ok(Operated::Done(done))
}

/// The help desk thaws an account: the key of before serves again.
pub async fn unfreeze(cx: &mut Cx, rut: Rut, case: Option<&CaseId>) -> Result<Operated, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let Some(person) = person::take(&mut tx, &clave.vault, rut, cx.now).await? else { return Ok(Operated::Unknown) };
    if person.frozen_at.is_none() {
        return Ok(Operated::Already);
    }
    person::save_frozen(&mut tx, rut, None).await?;
    let at = cx.now;
    let to = contact_change::reach(&mut tx, cx, rut, &person.details).await?.all();
    let recipient = Recipient { rut, to: &to, language: person.language, deadline: None, cause: Cause::Proof };
    notice::send(&mut tx, cx, &recipient, |_, not_me| Message::Unfrozen { at, not_me }).await?;
    audit::append(&mut tx, cx, rut, Event::CredentialsUnfrozen, case.map(CaseId::as_str)).await?;
    tx.commit().await?;
    Ok(Operated::Done(Contacts::Keep))
}

/// Freezes a person whose row is held, and tells every address: those that come back and those that go, each once. Gives what became of the
/// contact data.
async fn lock(
    tx: &mut Tx,
    cx: &mut Cx,
    person: &Person,
    by: FrozenBy,
    contacts: Contacts,
    detail: Option<&str>,
) -> Result<Contacts, Fault> {
    let rut = person.rut;
    person::save_frozen(tx, rut, Some(person.frozen_at.unwrap_or(cx.now))).await?;
    provisional::cancel(tx, rut).await?;
    outbox::withdraw_keys(tx, rut, cx.now).await?;
    end_everything(tx, rut).await?;
    let mut to = contact_change::reach(tx, cx, rut, &person.details).await?.all();
    let restored = match contacts {
        Contacts::Undo => contact_change::undo(tx, cx, person).await?,
        Contacts::Keep => None,
    };
    for address in restored.iter().flat_map(|details| notice::reachable(cx, details)) {
        if !to.contains(&address) {
            to.push(address);
        }
    }
    let (at, undone) = (cx.now, restored.is_some());
    let recipient = Recipient { rut, to: &to, language: person.language, deadline: None, cause: Cause::Proof };
    notice::send(tx, cx, &recipient, |_, not_me| Message::Frozen { at, by, undone, not_me: Some(not_me) }).await?;
    session::end_with_grants(tx, cx, rut, EndedBy::Frozen).await?;
    audit::append(tx, cx, rut, Event::CredentialsFrozen, detail).await?;
    if undone {
        audit::append(tx, cx, rut, Event::ContactChangeUndone, detail).await?;
    }
    Ok(if undone { Contacts::Undo } else { Contacts::Keep })
}

/// Ends whatever somebody may have under way in this person's name, and the trust in every device. Results that are only shown stay.
async fn end_everything(tx: &mut Tx, rut: Rut) -> sql::Result<()> {
    tx.run(sql!("DELETE FROM flow WHERE rut = $1 AND outcome IS NULL", rut_value(rut))).await?;
    device::forget_all(tx, rut).await
}

/// Notes that the registered e-mail reaches the person.
pub async fn confirm_email(cx: &mut Cx, browser: Browser, submission: Submission, token: &Secret) -> Result<Followed, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    // The person's row first, as everybody else who uses up or voids these links.
    if let Some(rut) = link::owner(&mut tx, Purpose::ConfirmEmail, token, cx.now).await? {
        person::take(&mut tx, &clave.vault, rut, cx.now).await?;
    }
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
