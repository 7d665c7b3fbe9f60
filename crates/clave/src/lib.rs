//! The product: people, keys, records and messages. Rules and their SQL; no HTTP, no HTML, no words of any language.
//!
//! One file is one use case (`register`, `recover`, `change_key`, `update_data`, `freeze`, `login`); the rest is what they share. See
//! `docs/ARCHITECTURE.md`.

pub mod account;
pub mod attempt;
pub mod audit;
pub mod backchannel;
pub mod captcha_link;
pub mod case_id;
pub mod challenge;
pub mod change_key;
pub mod client;
pub mod consent;
pub mod contact_change;
mod cx;
pub mod delivery;
pub mod device;
pub mod device_grant;
pub mod enter;
pub mod epoch;
pub mod fault;
pub mod flow;
pub mod freeze;
pub mod grant;
pub mod hashing;
pub mod history;
pub mod housekeeping;
pub mod keys;
pub mod leave;
pub mod limits;
pub mod link;
pub mod login;
pub mod minimum;
mod moment;
mod notice;
pub mod once;
pub mod outbox;
mod patient;
pub mod pending;
pub mod person;
pub mod places;
mod proof;
pub mod rce;
pub mod recover;
pub mod register;
pub mod renew;
pub mod schema;
mod secret;
pub mod session;
pub mod settings;
pub mod show_person;
pub mod signing;
pub mod subject;
pub mod submission;
mod tempo;
pub mod update_data;
pub mod vault;
pub mod verify_device;
pub mod work;
pub mod worker;

pub use cx::{Actor, Clave, Cx};
pub use fault::Fault;
pub use moment::{Clock, Moment, ZONE};
pub use secret::Secret;
pub use tempo::{Proof, Tempo};
