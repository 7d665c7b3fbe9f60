//! What happened to a person's account, for its owner: the records about this RUT since it was registered, newest first.

use rut::Rut;
use sql::Tx;

use crate::{audit::Event, fault::Fault, moment::Moment};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// When.
    pub at: Moment,
    /// What.
    pub event: Event,
    /// Its detail, as stored.
    pub detail: Option<String>,
    /// By whom.
    pub actor: Actor,
    /// From where, about: `203.0.113.x`.
    pub network: Option<String>,
}

/// By whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Somebody at a page: the person, or whoever pretended to be.
    Visitor,
    /// The help desk.
    Operator,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Newest first.
    pub past: Vec<Past>,
    /// Whether there are older ones.
    pub more: bool,
}

/// So many lines are a page.
pub const PAGE: u32 = 25;

/// A page of the history, from 1.
pub async fn of_person(_tx: &mut Tx, _rut: Rut, _page: u32) -> Result<Listed, Fault> {
    todo!()
}
