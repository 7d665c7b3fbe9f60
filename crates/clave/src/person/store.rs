//! A person's rows.

use rand::{RngExt as _, rngs::StdRng};
use rut::Rut;
use sql::{Row, Tx, sql};

use super::{Details, Identity, Language, Person, PersonId, question::Question, rut_value};
use crate::{
    fault::Fault,
    hashing::Hash,
    moment::Moment,
    vault::{Place, Vault},
};

/// Reads a person without holding the row.
pub async fn find(tx: &mut Tx, vault: &Vault, rut: Rut) -> Result<Option<Person>, Fault> {
    let row = tx
        .one(sql!(
            "SELECT id, rut, details, question, answer_hash, key_hash, frozen_at, email_confirmed_at, identity, language,
             registered_at FROM person WHERE rut = $1",
            rut_value(rut)
        ))
        .await?;
    row.map(|row| read(vault, &row)).transpose()
}

/// The question that a person chose. Opens nothing that is sealed: who only looks is answered as fast for a RUT that nobody has.
pub async fn chosen_question(tx: &mut Tx, rut: Rut) -> Result<Option<Question>, Fault> {
    let row = tx.one(sql!("SELECT question FROM person WHERE rut = $1", rut_value(rut))).await?;
    let number: Option<i64> = row.map(|row| row.get("question")).transpose()?.flatten();
    Ok(number.and_then(|number| Question::from_number(u8::try_from(number).ok()?)))
}

/// Reads a person and holds the row until the transaction ends: whoever reads, thinks and writes begins with this.
pub async fn take(tx: &mut Tx, vault: &Vault, rut: Rut, now: Moment) -> Result<Option<Person>, Fault> {
    let row = tx
        .one(sql!(
            "UPDATE person SET touched_at = $2 WHERE rut = $1
             RETURNING id, rut, details, question, answer_hash, key_hash, frozen_at, email_confirmed_at, identity, language,
             registered_at",
            rut_value(rut),
            now
        ))
        .await?;
    row.map(|row| read(vault, &row)).transpose()
}

/// A person about to be registered.
pub struct NewPerson<'a> {
    /// RUT.
    pub rut: Rut,
    /// Everything sealed.
    pub details: &'a Details,
    /// Chosen question.
    pub question: Question,
    /// Hash of its answer.
    pub answer: &'a Hash,
    /// Hash of the key.
    pub key: &'a Hash,
    /// How the identity was established.
    pub identity: Identity,
    /// Language of messages.
    pub language: Language,
}

/// Inserts a person; `None` when the RUT is taken.
pub async fn insert(
    tx: &mut Tx,
    vault: &Vault,
    new: NewPerson<'_>,
    now: Moment,
    rng: &mut StdRng,
) -> Result<Option<PersonId>, Fault> {
    let id = PersonId(rng.random());
    let row = tx
        .one(sql!(
            "INSERT INTO person (rut, id, details, email_index, phone_index, question, answer_hash, key_hash, identity, language,
             registered_at, touched_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
             ON CONFLICT DO NOTHING RETURNING rut",
            rut_value(new.rut),
            id.0,
            seal(vault, id, new.details, rng)?,
            email_index(vault, new.details)?,
            phone_index(vault, new.details)?,
            i64::from(new.question.number()),
            new.answer,
            new.key,
            new.identity,
            new.language,
            now
        ))
        .await?;
    Ok(row.map(|_| id))
}

/// Replaces the sealed data.
pub async fn save_details(tx: &mut Tx, vault: &Vault, person: &Person, rng: &mut StdRng) -> Result<(), Fault> {
    tx.run(sql!(
        "UPDATE person SET details = $2, email_index = $3, phone_index = $4 WHERE rut = $1",
        rut_value(person.rut),
        seal(vault, person.id, &person.details, rng)?,
        email_index(vault, &person.details)?,
        phone_index(vault, &person.details)?
    ))
    .await?;
    Ok(())
}

/// Replaces the key and thaws the credentials.
pub async fn save_key(tx: &mut Tx, rut: Rut, key: &Hash, now: Moment) -> sql::Result<()> {
    tx.run(sql!(
        "UPDATE person SET key_hash = $2, key_changed_at = $3, frozen_at = $4 WHERE rut = $1",
        rut_value(rut),
        key,
        now,
        None::<i64>
    ))
    .await
    .map(drop)
}

/// Replaces the secret question and its answer.
pub async fn save_answer(tx: &mut Tx, rut: Rut, question: Question, answer: &Hash) -> sql::Result<()> {
    tx.run(sql!(
        "UPDATE person SET question = $2, answer_hash = $3 WHERE rut = $1",
        rut_value(rut),
        i64::from(question.number()),
        answer
    ))
    .await
    .map(drop)
}

/// Puts a new hash of the same answer in place of the old one, if that is still there.
pub(crate) async fn renew_answer(tx: &mut Tx, rut: Rut, old: &Hash, new: &Hash) -> sql::Result<()> {
    tx.run(sql!("UPDATE person SET answer_hash = $3 WHERE rut = $1 AND answer_hash = $2", rut_value(rut), old, new))
        .await
        .map(drop)
}

/// Puts a new hash of the same key in place of the old one, if that is still there.
pub(crate) async fn renew_key(tx: &mut Tx, rut: Rut, old: &Hash, new: &Hash) -> sql::Result<()> {
    tx.run(sql!("UPDATE person SET key_hash = $3 WHERE rut = $1 AND key_hash = $2", rut_value(rut), old, new)).await.map(drop)
}

/// Notes a login. Whether it is the person's first.
pub(crate) async fn note_login(tx: &mut Tx, rut: Rut, now: Moment) -> sql::Result<bool> {
    let row = tx
        .one(sql!(
            "UPDATE person SET first_login_at = $2 WHERE rut = $1 AND first_login_at IS NULL RETURNING rut",
            rut_value(rut),
            now
        ))
        .await?;
    Ok(row.is_some())
}

/// Freezes the credentials, or thaws them with `None`.
pub async fn save_frozen(tx: &mut Tx, rut: Rut, since: Option<Moment>) -> sql::Result<()> {
    tx.run(sql!("UPDATE person SET frozen_at = $2 WHERE rut = $1", rut_value(rut), since)).await.map(drop)
}

/// Messages come in this language from now on.
pub async fn save_language(tx: &mut Tx, rut: Rut, language: Language) -> sql::Result<()> {
    tx.run(sql!("UPDATE person SET language = $2 WHERE rut = $1", rut_value(rut), language)).await.map(drop)
}

/// Notes that the e-mail is the person's, or, after it changed, that nobody knows yet.
pub async fn save_email_confirmed(tx: &mut Tx, rut: Rut, at: Option<Moment>) -> sql::Result<()> {
    tx.run(sql!("UPDATE person SET email_confirmed_at = $2 WHERE rut = $1", rut_value(rut), at)).await.map(drop)
}

fn seal(vault: &Vault, id: PersonId, details: &Details, rng: &mut StdRng) -> Result<Vec<u8>, Fault> {
    let json = zeroize::Zeroizing::new(serde_json::to_vec(details).map_err(Fault::at("writing personal data"))?);
    vault.seal(Place { column: "person.details", row: &id.0 }, &json, rng)
}

/// How the e-mail is found without being stored.
pub(crate) fn email_index(vault: &Vault, details: &Details) -> Result<Option<Vec<u8>>, Fault> {
    details.email.as_ref().map(|email| vault.index("email", &email.folded())).transpose()
}

/// How the phone is found without being stored.
pub(crate) fn phone_index(vault: &Vault, details: &Details) -> Result<Option<Vec<u8>>, Fault> {
    details.phone.as_ref().map(|phone| vault.index("phone", phone.as_str())).transpose()
}

/// Opens the sealed data of a person's row.
pub(crate) fn open_details(vault: &Vault, id: &[u8], sealed: &[u8]) -> Result<Details, Fault> {
    let opened = vault.unseal(Place { column: "person.details", row: id }, sealed)?;
    serde_json::from_slice(&opened).map_err(Fault::at("reading personal data"))
}

fn read(vault: &Vault, row: &Row) -> Result<Person, Fault> {
    let id = PersonId(row.get("id")?);
    let details: Vec<u8> = row.get("details")?;
    let wrong = || Fault::new("reading a person's row");
    let number: i64 = row.get("rut")?;
    let question: Option<i64> = row.get("question")?;
    let identity: String = row.get("identity")?;
    let language: String = row.get("language")?;
    Ok(Person {
        id,
        rut: u32::try_from(number).ok().and_then(Rut::from_number).ok_or_else(wrong)?,
        details: open_details(vault, &id.0, &details)?,
        question: question.and_then(|number| Question::from_number(u8::try_from(number).ok()?)),
        answer: row.get("answer_hash")?,
        key: row.get("key_hash")?,
        frozen_at: row.get("frozen_at")?,
        email_confirmed_at: row.get("email_confirmed_at")?,
        identity: if identity == "registry" { Identity::Registry } else { Identity::Declared },
        language: Language::from_tag(&language).unwrap_or_default(),
        registered_at: row.get("registered_at")?,
    })
}
