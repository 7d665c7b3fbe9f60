//! Training bodies (OTEC): who they are, where their participants are sent back to, what their LMS shows.

use rut::Rut;
use sql::Tx;

use super::Origin;
use crate::{Fault, Moment, Secret};

/// A training body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otec {
    /// Its RUT.
    pub rut: Rut,
    /// What people know it by.
    pub name: String,
    /// Where its participants are sent back to; with none, each return waits for the person.
    pub origins: Vec<Origin>,
    /// Since when it is registered.
    pub made_at: Moment,
    /// Since when nothing is registered for it (302).
    pub suspended_at: Option<Moment>,
}

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The OTEC.
    pub otec: Rut,
    /// Whether the token was revoked or has ended.
    pub ended: bool,
}

/// The OTEC with this RUT.
pub async fn find(_tx: &mut Tx, _rut: Rut) -> Result<Option<Otec>, Fault> {
    todo!()
}

/// Every OTEC, by its RUT.
pub async fn list(_tx: &mut Tx) -> Result<Vec<Otec>, Fault> {
    todo!()
}

/// Whose token this is; upper or lower case.
pub async fn of_token(_tx: &mut Tx, _token: &Secret, _now: Moment) -> Result<Option<Holder>, Fault> {
    todo!()
}
