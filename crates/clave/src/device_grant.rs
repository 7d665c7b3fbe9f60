//! Devices without a browser (RFC 8628): the device shows a short code, the person types it in a browser where they are logged in, and the device,
//! which asks again and again meanwhile, gets its tokens.

use oidc::{device::UserCode, scope::Scopes};
use rut::Rut;
use sql::Tx;

use crate::{
    client::{Client, ClientId},
    cx::Cx,
    fault::Fault,
    grant::Acr,
    moment::Moment,
    secret::Secret,
    session::Sid,
};

/// What the device is told.
#[derive(Debug)]
pub struct Started {
    /// For the device alone: 256 bits.
    pub device_code: Secret,
    /// What the person types.
    pub user_code: UserCode,
    /// When both end.
    pub until: Moment,
}

/// A code that somebody may type.
#[derive(Debug)]
pub struct Waiting {
    /// Who asks.
    pub client: ClientId,
    /// What for.
    pub scopes: Scopes,
}

/// Who let a device in.
#[derive(Debug, Clone, Copy)]
pub struct Approval {
    /// Who.
    pub rut: Rut,
    /// In which session.
    pub sid: Sid,
    /// When the key was proved.
    pub authenticated_at: Moment,
    /// How.
    pub acr: Acr,
}

/// What the person said.
#[derive(Debug, Clone, Copy)]
pub enum Decision {
    /// The device may go on.
    Granted(Approval),
    /// It may not.
    Denied,
}

/// A device asks (RFC 8628 3.1).
pub async fn begin(_tx: &mut Tx, _cx: &mut Cx, _client: &Client, _scopes: &Scopes) -> Result<Started, Fault> {
    todo!()
}

/// Who asks with this code, while nobody has decided.
pub async fn look(_tx: &mut Tx, _code: &UserCode, _now: Moment) -> Result<Option<Waiting>, Fault> {
    todo!()
}

/// Decides, once: `false` when the code ended or was decided before.
pub async fn decide(_tx: &mut Tx, _cx: &mut Cx, _code: &UserCode, _decision: &Decision) -> Result<bool, Fault> {
    todo!()
}
