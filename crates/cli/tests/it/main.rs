//! The program itself: started as a child process, asked over HTTP, killed. SQLite, or PostgreSQL where `CLAVERO_TEST_DATABASE` says so
//! (see `./test`).
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is wrong"
)]

mod backup;
mod browser;
mod calls;
mod clients;
mod drain;
mod faults;
mod floods;
mod indistinguishable;
mod keys;
mod kills;
mod log;
mod messages;
mod otec;
mod outgoing;
#[path = "../../../clave/tests/it/peers.rs"]
#[expect(dead_code, reason = "the other gateways are for the tests of transports")]
mod peers;
mod people;
mod races;
mod raw;
mod records;
mod sink;
mod sms;
mod start;
mod states;
mod stop;
mod support;
mod timing;
mod tokens;
mod wire;
mod worker_kills;
