//! What every use case needs: one instant, one source of chance, the product, and who is asking.

use std::{net::IpAddr, sync::Arc};

use rand::{RngExt as _, rngs::StdRng};
use sql::Db;

use crate::{
    epoch::Epoch,
    hashing::Hashing,
    moment::{Clock, Moment},
    rce::catalogue::Unchecked,
    settings::Settings,
    signing::Signing,
    tempo::Tempo,
    vault::Vault,
};

/// The running product: everything that outlives a request. Nodes hold no other
/// state.
#[derive(Debug)]
pub struct Clave {
    /// Storage.
    pub db: Db,
    /// Keys of the secrets folder.
    pub vault: Vault,
    /// Argon2 threads.
    pub hashing: Hashing,
    /// What the installation decided.
    pub settings: Settings,
    /// Wall time.
    pub clock: Clock,
    /// How long wrong proofs took lately, so that refusals take as long.
    pub tempo: Tempo,
    /// Since when the database runs without having been restored.
    pub epoch: Epoch,
    /// Keys that sign what relying systems verify.
    pub signing: Signing,
    /// Which checks of attendance the log has said to be off.
    pub unchecked: Unchecked,
}

/// One request, from the product's side.
#[derive(Debug)]
pub struct Cx {
    /// The one instant that judges every validity in this request (I7).
    pub now: Moment,
    /// A cryptographic generator of this request's own.
    pub rng: StdRng,
    /// The product.
    pub clave: Arc<Clave>,
    /// The client's address, already judged by the proxies' configuration; none for the command line.
    pub from: Option<IpAddr>,
    /// The request's reference number, as on error pages and in the log.
    pub request: String,
    /// Who acts, in the records.
    pub actor: Actor,
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Whoever sent the request.
    Person,
    /// An operator at the command line.
    Operator,
    /// Nobody: time passed.
    System,
}

impl Actor {
    /// The word in the records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }
}

impl Cx {
    /// A request that happens now.
    pub fn new(clave: Arc<Clave>, from: Option<IpAddr>) -> Self {
        let mut rng: StdRng = rand::make_rng();
        let request = crate::vault::hex(&rng.random::<[u8; 6]>());
        // Requests have an address; the command line, which only operators reach, has none.
        let actor = if from.is_some() { Actor::Person } else { Actor::Operator };
        Self { now: clave.clock.now(), rng, clave, from, request, actor }
    }

    /// What the product does by itself, now.
    pub fn of_system(clave: Arc<Clave>) -> Self {
        Self { actor: Actor::System, ..Self::new(clave, None) }
    }
}
