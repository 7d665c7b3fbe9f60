//! The one place where a key is checked: to change it, to log in, and in place of a datum that is not on record. Always with the same work, whoever
//! the RUT is.

use std::sync::Arc;

use rut::Rut;
use sql::Tx;

use crate::{
    Cx, Fault, Secret,
    attempt::{self, Admitted, Attempt, Refused},
    hashing::Hash,
    limits::Subject,
    person::{self, Person, key, provisional},
    tempo::Proof,
};

/// A person who proved to be one.
pub(crate) struct Proved {
    /// As they were when the proof was judged.
    pub person: Person,
    /// With what.
    pub by: By,
    /// The provisional key that lost a try to it.
    pub tried: Option<Hash>,
}

/// What proved the person; a provisional key with its hash, by which it is used up.
pub(crate) enum By {
    /// The key.
    Current,
    /// A provisional one.
    Provisional(Hash),
}

/// A hash of the same key in place of an outdated one.
pub(crate) struct Renewed {
    old: Hash,
    new: Hash,
}

/// Counts a try of a key, and takes a try from the provisional key before it is compared, so that no crash and no burst of requests gives it more. Gives
/// the provisional key's hash.
pub(crate) async fn reserve(cx: &mut Cx, attempt: &Attempt, rut: Rut) -> Result<(Admitted, Option<Hash>), Refused> {
    let most_tries = cx.clave.settings.limits.provisional_tries;
    let (mut tx, admitted) = attempt::reserve(cx, attempt, rut, Subject::Keys(rut), Proof::Key).await?;
    let tried = provisional::take_try(&mut tx, rut, cx.now, most_tries).await?;
    tx.commit().await?;
    Ok((admitted, tried))
}

/// Compares what was typed with the current key and with the provisional one that lost a try: always both.
pub(crate) async fn prove(cx: &Cx, rut: Rut, typed: &Secret, tried: Option<Hash>) -> Result<Option<Proved>, Fault> {
    let clave = &cx.clave;
    let person = person::find(&mut clave.db.read().await?, &clave.vault, rut).await?;
    let is_key = is_key(cx, person.as_ref(), typed).await?;
    // A provisional key made by a new recovery proves something of a frozen account, too.
    let is_provisional = clave.hashing.verify(&clave.vault, &provisional::as_typed(typed), tried.as_ref()).await?;
    let by = match (is_key, is_provisional) {
        (true, _) => Some(By::Current),
        (false, true) => tried.clone().map(By::Provisional),
        (false, false) => None,
    };
    Ok(person.zip(by).map(|(person, by)| Proved { person, by, tried }))
}

/// Whether this is the person's key. A frozen one proves nothing, and looking at nobody's takes as long.
pub(crate) async fn is_key(cx: &Cx, person: Option<&Person>, typed: &Secret) -> Result<bool, Fault> {
    let clave = &cx.clave;
    let stored = person.filter(|person| person.frozen_at.is_none()).and_then(|person| person.key.as_ref());
    clave.hashing.verify(&clave.vault, &key::normal(typed), stored).await
}

/// Hashes a key anew that was just proved, where its hash is outdated.
pub(crate) async fn renew(cx: &Cx, person: &Person, typed: &Secret) -> Result<Option<Renewed>, Fault> {
    let Some(old) = &person.key else { return Ok(None) };
    let new = cx.clave.hashing.renew(&cx.clave.vault, &key::normal(typed), old).await?;
    Ok(new.map(|new| Renewed { old: old.clone(), new }))
}

impl Renewed {
    /// Puts it in place, if the old one is still there.
    pub async fn save(&self, tx: &mut Tx, rut: Rut) -> sql::Result<()> {
        person::renew_key(tx, rut, &self.old, &self.new).await
    }
}

impl Proved {
    /// The same for the current key; a provisional one ends soon.
    pub async fn renew(&self, cx: &Cx, typed: &Secret) -> Result<Option<Renewed>, Fault> {
        match self.by {
            By::Current => renew(cx, &self.person, typed).await,
            By::Provisional(_) => Ok(None),
        }
    }

    /// Holds the person's row, if what was proved still holds.
    pub async fn take(&self, tx: &mut Tx, cx: &Cx) -> Result<Option<Person>, Fault> {
        let clave = Arc::clone(&cx.clave);
        let held = person::take(tx, &clave.vault, self.person.rut, cx.now).await?;
        Ok(held.filter(|held| self.is_same_key(held) && held.frozen_at == self.person.frozen_at))
    }

    fn is_same_key(&self, held: &Person) -> bool {
        match (&held.key, &self.person.key) {
            (Some(now), Some(then)) => now.is_of_same_secret(then),
            (now, then) => now.is_none() && then.is_none(),
        }
    }
}
