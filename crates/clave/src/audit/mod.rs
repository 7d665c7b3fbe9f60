//! The record of what happened: one row a state change or wrong proof, in the same transaction (I5); tries that a
//! budget refused are only counted, or a vandal could fill the disk. Never a key, answer, captcha or token.
//!
//! Rows are only ever added. Each holds the hash of the one before it in its shard ([`chain`]), and the last ones are signed as the chains grow
//! ([`root`]), so that an altered, missing or inserted row is found and named ([`verify`]), also in an export ([`dump`]) far from any database.

use std::net::IpAddr;

use rand::RngExt as _;
use rut::Rut;
use sql::{Row as Stored, Tx, sql};

use crate::{
    cx::{Clave, Cx},
    fault::Fault,
    person::rut_value,
};

pub mod chain;
pub mod dump;
mod export;
pub mod root;
pub mod verify;
mod walk;

pub use export::{Exported, export};
pub use root::sign_heads;
pub use walk::Progress;

use chain::{Entry, GENESIS, Hash};

/// Events, by the name under which they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says what happened")]
pub enum Event {
    Registered,
    RegistrationOfTakenRut,
    ProvisionalKeyMade,
    RecoveryRefused,
    RecoveryInterrupted,
    KeyChanged,
    KeyChangeRefused,
    KeyChangeInterrupted,
    UpdateRefused,
    DataChanged,
    EmailConfirmed,
    CredentialsFrozen,
    CaptchaLinkSent,
    PersonShown,
    CredentialsUnfrozen,
    ContactChangeUndone,
    KeyRotated,
    KeyRetired,
    BackupMade,
    Restored,
    RecordsExported,
    LoggedIn,
    LoginRefused,
    LoginInterrupted,
    LoggedOut,
    SessionEnded,
    SystemEntered,
    ConsentGiven,
    ConsentWithdrawn,
    ClientAdded,
    ClientDeclared,
    ClientSecretRotated,
    ClientRemoved,
    OtecAdded,
    OtecOriginsChanged,
    OtecSuspended,
    OtecResumed,
    OtecTokenIssued,
    OtecTokenRevoked,
    CatalogueLoaded,
    CatalogueRemoved,
    AttendanceExported,
    SigningKeysMade,
    TokensIssued,
    CodeReused,
    RefreshReused,
    GrantRevoked,
    DeviceGranted,
    DeviceDenied,
    DeviceForgotten,
    LanguageChanged,
    AttendanceStarted,
    AttendanceClosed,
    AttendanceRefused,
    MessagesListed,
    MessagesRetried,
    MessageTested,
}

impl Event {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::RegistrationOfTakenRut => "registration_of_taken_rut",
            Self::ProvisionalKeyMade => "provisional_key_made",
            Self::RecoveryRefused => "recovery_refused",
            Self::RecoveryInterrupted => "recovery_interrupted",
            Self::KeyChanged => "key_changed",
            Self::KeyChangeRefused => "key_change_refused",
            Self::KeyChangeInterrupted => "key_change_interrupted",
            Self::UpdateRefused => "update_refused",
            Self::DataChanged => "data_changed",
            Self::EmailConfirmed => "email_confirmed",
            Self::CredentialsFrozen => "credentials_frozen",
            Self::CaptchaLinkSent => "captcha_link_sent",
            Self::PersonShown => "person_shown",
            Self::CredentialsUnfrozen => "credentials_unfrozen",
            Self::ContactChangeUndone => "contact_change_undone",
            Self::KeyRotated => "key_rotated",
            Self::KeyRetired => "key_retired",
            Self::BackupMade => "backup_made",
            Self::Restored => "restored",
            Self::RecordsExported => "records_exported",
            Self::LoggedIn => "logged_in",
            Self::LoginRefused => "login_refused",
            Self::LoginInterrupted => "login_interrupted",
            Self::LoggedOut => "logged_out",
            Self::SessionEnded => "session_ended",
            Self::SystemEntered => "system_entered",
            Self::ConsentGiven => "consent_given",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::ClientAdded => "client_added",
            Self::ClientDeclared => "client_declared",
            Self::ClientSecretRotated => "client_secret_rotated",
            Self::ClientRemoved => "client_removed",
            Self::OtecAdded => "otec_added",
            Self::OtecOriginsChanged => "otec_origins_changed",
            Self::OtecSuspended => "otec_suspended",
            Self::OtecResumed => "otec_resumed",
            Self::OtecTokenIssued => "otec_token_issued",
            Self::OtecTokenRevoked => "otec_token_revoked",
            Self::CatalogueLoaded => "catalogue_loaded",
            Self::CatalogueRemoved => "catalogue_removed",
            Self::AttendanceExported => "attendance_exported",
            Self::SigningKeysMade => "signing_keys_made",
            Self::TokensIssued => "tokens_issued",
            Self::CodeReused => "code_reused",
            Self::RefreshReused => "refresh_reused",
            Self::GrantRevoked => "grant_revoked",
            Self::DeviceGranted => "device_granted",
            Self::DeviceDenied => "device_denied",
            Self::DeviceForgotten => "device_forgotten",
            Self::LanguageChanged => "language_changed",
            Self::AttendanceStarted => "attendance_started",
            Self::AttendanceClosed => "attendance_closed",
            Self::AttendanceRefused => "attendance_refused",
            Self::MessagesListed => "messages_listed",
            Self::MessagesRetried => "messages_retried",
            Self::MessageTested => "message_tested",
        }
    }
}

/// Appends a row about a person's RUT, known or not: unknown ones leave the same trace. Without a RUT it is about the installation.
///
/// It comes **last** in its transaction, after every other row that others may hold: it takes the head of its shard, for which others wait, and
/// who waits for a lane or a person while holding it could wait for somebody who waits for the head.
pub async fn append(
    tx: &mut Tx,
    cx: &mut Cx,
    rut: impl Into<Option<Rut>>,
    event: Event,
    detail: Option<&str>,
) -> sql::Result<()> {
    let address = cx.from.map(|address| match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    });
    let entry = Entry {
        id: cx.rng.random::<[u8; 16]>().to_vec(),
        at: cx.now,
        rut: rut.into().map(rut_value),
        actor: cx.actor.name().to_owned(),
        event: event.name().to_owned(),
        detail: detail.map(str::to_owned),
        address,
        request: cx.request.clone(),
    };
    link(tx, &entry).await
}

/// Puts the entry at the end of its shard's chain. The head's row makes those who append to the same shard wait for each other.
async fn link(tx: &mut Tx, entry: &Entry) -> sql::Result<()> {
    let shard = chain::shard_of(entry.rut);
    let head = tx
        .only(sql!(
            "INSERT INTO audit_head (shard, seq, hash) VALUES ($1, 1, $2)
             ON CONFLICT (shard) DO UPDATE SET seq = audit_head.seq + 1 RETURNING seq, hash",
            shard,
            GENESIS
        ))
        .await?;
    let (seq, previous): (i64, Hash) = (head.get("seq")?, head.get("hash")?);
    let hash = entry.hash(shard, seq, &previous);
    tx.run(sql!(
        "INSERT INTO audit (shard, seq, id, at, rut, actor, event, detail, address, request, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        shard,
        seq,
        entry.id.as_slice(),
        entry.at,
        entry.rut,
        entry.actor.as_str(),
        entry.event.as_str(),
        entry.detail.as_deref(),
        entry.address.as_deref(),
        entry.request.as_str(),
        hash
    ))
    .await?;
    tx.run(sql!("UPDATE audit_head SET hash = $2 WHERE shard = $1", shard, hash)).await.map(drop)
}

/// Entries of an earlier version that are taken in at once.
const ADOPTED_AT_ONCE: i64 = 200;

/// Takes the entries that an earlier version wrote without a chain into it, in their order, and gives how many those were. Each batch is a
/// transaction; whoever is stopped goes on at the next call, and two nodes share the work.
pub async fn adopt(clave: &Clave) -> Result<usize, Fault> {
    let mut adopted = 0;
    while clave.db.read().await?.one(sql!("SELECT id FROM audit_unchained LIMIT 1")).await?.is_some() {
        let mut tx = clave.db.begin().await?;
        let rows = tx
            .all(sql!(
                "DELETE FROM audit_unchained WHERE id IN (SELECT id FROM audit_unchained ORDER BY at, id LIMIT $1)
                 RETURNING id, at, rut, actor, event, detail, address, request",
                ADOPTED_AT_ONCE
            ))
            .await?;
        let mut entries = rows.iter().map(entry).collect::<sql::Result<Vec<_>>>()?;
        // Shards in one order on every node, so that two never wait for each other.
        entries.sort_by(|a, b| (chain::shard_of(a.rut), a.at, &a.id).cmp(&(chain::shard_of(b.rut), b.at, &b.id)));
        for entry in &entries {
            link(&mut tx, entry).await?;
        }
        tx.commit().await?;
        adopted += entries.len();
    }
    Ok(adopted)
}

fn entry(row: &Stored) -> sql::Result<Entry> {
    Ok(Entry {
        id: row.get("id")?,
        at: row.get("at")?,
        rut: row.get("rut")?,
        actor: row.get("actor")?,
        event: row.get("event")?,
        detail: row.get("detail")?,
        address: row.get("address")?,
        request: row.get("request")?,
    })
}
