//! The rules that need signatures, from outside: what a client would send, and what an attacker would make of it.

#![cfg(test)]

mod assertion;
mod client;
mod dpop;
mod id_token;
mod request;
mod request_object;
