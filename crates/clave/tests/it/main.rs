//! What the product does, tried on a real database: SQLite, or PostgreSQL where `CLAVERO_TEST_DATABASE` says so (see `./test`).
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where something is wrong")]

mod account;
mod backchannel;
mod captchas;
mod clients;
mod decoys;
mod delivery;
mod device_grants;
mod epoch;
mod gateways;
mod grants;
mod http;
mod keys;
mod limits;
mod limits_model;
mod logins;
mod notices;
mod peers;
mod people;
mod processes;
mod races;
mod rce;
mod rce_otecs;
mod receipts;
mod records;
mod signing;
mod smtp;
mod statements;
mod stolen;
mod support;
