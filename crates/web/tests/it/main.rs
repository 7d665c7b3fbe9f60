//! The pages, asked in process: no ports, no sleeping, one database a test.

#![cfg(test)]

mod account;
mod app;
mod assets;
mod bad_input;
mod captchas;
mod client_auth;
mod deliveries;
mod errors;
mod forms;
mod guide;
mod headers;
mod juana;
mod login;
mod login_system;
mod not_me;
mod oidc_front;
mod portal;
mod provider;
mod rce;
mod register;
mod serve;
mod sms_receipts;
mod strict;
mod throttle;
mod tokens;

// The layout names addresses as `crate::paths`, and the demonstration page of `app` extends it.
use web::paths;
