//! Changes of e-mail and mobile, which are the way to take an account over: what was there before is kept, sealed, so that «no fui yo» can put
//! it back within 72 hours, and so that an installation may hold new addresses back: until one has stood on record for the whole hold,
//! keys go where they went before, and notices go to both.

use std::time::Duration;

use rand::RngExt as _;
use rut::Rut;
use serde::{Deserialize, Serialize};
use sql::{Row, Tx, sql};

use crate::{
    Cx, Fault, Moment,
    link::{self, Purpose},
    notice::{self, Address},
    person::{self, Details, Email, Person, Phone, rut_value},
    vault::Place,
};

/// A change younger than this can be undone.
pub const UNDO: Duration = Duration::from_hours(72);

/// The part of a person's data by which they are reached.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Contact {
    email: Option<Email>,
    phone: Option<Phone>,
}

impl Contact {
    fn of(details: &Details) -> Self {
        Self { email: details.email.clone(), phone: details.phone.clone() }
    }

    fn into_details(self, others: &Details) -> Details {
        Details { email: self.email, phone: self.phone, ..others.clone() }
    }
}

/// What is sealed in a row.
#[derive(Serialize, Deserialize)]
struct Before {
    contact: Contact,
    email_confirmed_at: Option<Moment>,
    /// Where keys went: not the same while an earlier change was held back.
    keys_to: Contact,
}

/// Where a person can be reached now.
#[derive(Debug)]
pub struct Reach {
    /// Keys, and links that stand in for a proof, go here.
    pub keys: Vec<Address>,
    /// Notices go here, too: addresses that are held back.
    pub others: Vec<Address>,
    /// Until when they are, if any is.
    pub until: Option<Moment>,
}

impl Reach {
    /// Where notices go.
    pub fn all(self) -> Vec<Address> {
        [self.keys, self.others].concat()
    }
}

/// Where the person with these details can be reached. Asks the database the same of every RUT.
pub async fn reach(tx: &mut Tx, cx: &Cx, rut: Rut, details: &Details) -> Result<Reach, Fault> {
    let current = notice::reachable(cx, details);
    let Some((at, before)) = held_back(tx, cx, rut).await? else {
        return Ok(Reach { keys: current, others: Vec::new(), until: None });
    };
    let keys = notice::reachable(cx, &before.keys_to.into_details(&Details::default()));
    // Who had no other way to be reached gets keys by the new one.
    if keys.is_empty() {
        return Ok(Reach { keys: current, others: Vec::new(), until: None });
    }
    let is_different = keys.len() != current.len() || current.iter().any(|address| !keys.contains(address));
    let until = is_different.then(|| at.plus(cx.clave.settings.recovery.contact_hold));
    let others = current.into_iter().filter(|address| !keys.contains(address)).collect();
    Ok(Reach { keys, others, until })
}

/// The newest change that is held back, and when it was made.
async fn held_back(tx: &mut Tx, cx: &Cx, rut: Rut) -> Result<Option<(Moment, Before)>, Fault> {
    let hold = cx.clave.settings.recovery.contact_hold;
    if hold.is_zero() {
        return Ok(None);
    }
    let row = tx
        .one(sql!(
            "SELECT id, at, before FROM contact_change WHERE rut = $1 AND at > $2 ORDER BY at DESC, id LIMIT 1",
            rut_value(rut),
            cx.now.minus(hold)
        ))
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((row.get("at")?, unseal(cx, &row)?)))
}

/// Notes what was there before, if e-mail or mobile become others. Call it before the new details are asked for their reach.
pub async fn note(tx: &mut Tx, cx: &mut Cx, old: &Person, new: &Details) -> Result<(), Fault> {
    let contact = Contact::of(&old.details);
    if contact == Contact::of(new) {
        return Ok(());
    }
    let keys_to = held_back(tx, cx, old.rut).await?.map_or_else(|| contact.clone(), |(_, earlier)| earlier.keys_to);
    let before = Before { contact, email_confirmed_at: old.email_confirmed_at, keys_to };
    let at = after_the_last(tx, cx, old.rut).await?;
    let id: [u8; 16] = cx.rng.random();
    let json = zeroize::Zeroizing::new(serde_json::to_vec(&before).map_err(Fault::at("writing a change of contact"))?);
    let clave = std::sync::Arc::clone(&cx.clave);
    tx.run(sql!(
        "INSERT INTO contact_change (id, rut, at, until, before) VALUES ($1, $2, $3, $4, $5)",
        id,
        rut_value(old.rut),
        at,
        at.plus(UNDO.max(clave.settings.recovery.contact_hold)),
        clave.vault.seal(place(&id), &json, &mut cx.rng)?
    ))
    .await?;
    Ok(())
}

/// Now, or just after the last change where the clock has gone back since: which of two changes was the first must not depend on clocks.
async fn after_the_last(tx: &mut Tx, cx: &Cx, rut: Rut) -> Result<Moment, Fault> {
    let row = tx.one(sql!("SELECT MAX(at) AS last FROM contact_change WHERE rut = $1", rut_value(rut))).await?;
    let last: Option<Moment> = row.map(|row| row.get("last")).transpose()?.flatten();
    Ok(last.map_or(cx.now, |last| cx.now.max(last.plus(Duration::from_micros(1)))))
}

/// Puts back what was there before the oldest change of the last 72 hours, so that nobody hides one change behind another. Gives the
/// restored details, if they are others than now. The caller holds the person's row.
pub async fn undo(tx: &mut Tx, cx: &mut Cx, person: &Person) -> Result<Option<Details>, Fault> {
    let since = cx.now.minus(UNDO);
    let oldest = tx
        .one(sql!(
            "SELECT id, at, before FROM contact_change WHERE rut = $1 AND at > $2 ORDER BY at, id LIMIT 1",
            rut_value(person.rut),
            since
        ))
        .await?;
    let Some(oldest) = oldest else { return Ok(None) };
    let before = unseal(cx, &oldest)?;
    tx.run(sql!("DELETE FROM contact_change WHERE rut = $1 AND at > $2", rut_value(person.rut), since)).await?;
    let details = before.contact.into_details(&person.details);
    if details == person.details {
        return Ok(None);
    }
    let restored = Person { details, ..person.clone() };
    let clave = std::sync::Arc::clone(&cx.clave);
    person::save_details(tx, &clave.vault, &restored, &mut cx.rng).await?;
    if restored.details.email != person.details.email {
        person::save_email_confirmed(tx, person.rut, before.email_confirmed_at).await?;
        // A link sent to the address that goes must not confirm the one that comes back.
        link::void(tx, Purpose::ConfirmEmail, person.rut, cx.now).await?;
    }
    Ok(Some(restored.details))
}

fn unseal(cx: &Cx, row: &Row) -> Result<Before, Fault> {
    let (id, sealed): ([u8; 16], Vec<u8>) = (row.get("id")?, row.get("before")?);
    serde_json::from_slice(&cx.clave.vault.unseal(place(&id), &sealed)?).map_err(Fault::at("reading a change of contact"))
}

const fn place(id: &[u8; 16]) -> Place<'_> {
    Place { column: "contact_change.before", row: id }
}
