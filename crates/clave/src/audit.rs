//! The record of what happened: one row a state change or wrong proof, in the same transaction (I5); tries that a
//! budget refused are only counted, or a vandal could fill the disk. Never a key, answer, captcha or token.

use std::net::IpAddr;

use rand::RngExt as _;
use rut::Rut;
use sql::{Tx, sql};

use crate::{cx::Cx, person::rut_value};

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
    DeviceRemembered,
    KeyRotated,
    KeyRetired,
    BackupMade,
    Restored,
    RecordsExported,
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
            Self::DeviceRemembered => "device_remembered",
            Self::KeyRotated => "key_rotated",
            Self::KeyRetired => "key_retired",
            Self::BackupMade => "backup_made",
            Self::Restored => "restored",
            Self::RecordsExported => "records_exported",
        }
    }
}

/// Appends a row about a person's RUT, known or not: unknown ones leave the same trace. Without a RUT it is about the installation.
pub async fn append(
    tx: &mut Tx,
    cx: &mut Cx,
    rut: impl Into<Option<Rut>>,
    event: Event,
    detail: Option<&str>,
) -> sql::Result<()> {
    let id: [u8; 16] = cx.rng.random();
    // Requests have an address; the command line, which only operators reach, has none.
    let actor = if cx.from.is_some() { "person" } else { "operator" };
    let address = cx.from.map(|address| match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    });
    tx.run(sql!(
        "INSERT INTO audit (id, at, rut, actor, event, detail, address, request) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        cx.now,
        rut.into().map(rut_value),
        actor,
        event.name(),
        detail,
        address,
        cx.request.as_str()
    ))
    .await
    .map(drop)
}
