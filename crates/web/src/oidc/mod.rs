//! OpenID Connect: one file an endpoint. Messages and rules are in the crate `oidc`, what is stored in `clave`.

pub(crate) mod api;
mod authorize;
mod client_auth;
mod consent;
mod device;
mod discovery;
mod dpop;
mod end_session;
pub(crate) mod front;
mod introspect;
mod jwks;
mod logo;
mod par;
mod resume;
mod revoke;
mod token;
mod told;
mod userinfo;
mod verify_device;

use axum::Router;

use crate::App;

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(authorize::routes())
        .merge(consent::routes())
        .merge(device::routes())
        .merge(discovery::routes())
        .merge(end_session::routes())
        .merge(introspect::routes())
        .merge(jwks::routes())
        .merge(logo::routes())
        .merge(par::routes())
        .merge(resume::routes())
        .merge(revoke::routes())
        .merge(token::routes())
        .merge(userinfo::routes())
        .merge(verify_device::routes())
}
