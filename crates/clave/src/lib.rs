//! The product: people, keys, records and messages. Rules and their SQL; no HTTP, no HTML, no words of any language.
//!
//! One file is one use case (`register`, `recover`, `change_key`, `update_data`, `freeze`); the rest is what they share. See
//! `docs/ARCHITECTURE.md`.

pub mod audit;
mod cx;
pub mod fault;
pub mod hashing;
pub mod link;
pub mod minimum;
mod moment;
pub mod outbox;
pub mod person;
pub mod places;
pub mod schema;
mod secret;
pub mod settings;
pub mod vault;

pub use cx::{Clave, Cx};
pub use fault::Fault;
pub use moment::{Clock, Moment};
pub use secret::Secret;
