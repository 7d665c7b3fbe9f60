//! RCE as browsers and servers meet it: the four addresses to which an LMS sends its participants, the page that asks for the key, the page that goes
//! back to the LMS, and the address where a server confirms an attendance. The rules are in `clave::rce`.

mod back;
mod confirm;
mod endpoint;
mod login;
mod words;

use axum::Router;

use crate::App;

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new().merge(endpoint::routes()).merge(login::routes()).merge(confirm::routes())
}
