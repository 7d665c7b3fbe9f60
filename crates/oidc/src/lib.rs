#![doc = include_str!("../README.md")]

pub mod assertion;
pub mod claims;
pub mod claims_request;
pub mod device;
pub mod discovery;
pub mod dpop;
pub mod error;
pub mod id_token;
pub mod jwk;
pub mod jwt;
pub mod logout;
pub mod pairs;
pub mod pkce;
pub mod redirect;
pub mod request;
pub mod request_object;
pub mod response;
pub mod scope;
pub mod token;

pub use error::{Code, Error};
pub use pairs::Pairs;
pub use scope::{Scope, Scopes};

/// A point in time as tokens write it: whole seconds since 1970 in UTC («NumericDate», RFC 7519 section 2).
pub type Seconds = i64;
