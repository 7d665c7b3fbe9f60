//! A client gives a token back (RFC 7009).

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::post,
};
use clave::grant::{self, Revoked};
use oidc::{Code, Error, token::AboutToken};

use super::api::{self, Call, Problem};
use crate::{App, paths};

/// Its addresses.
pub fn routes() -> Router<App> {
    api::endpoint(paths::Revoke::ROUTE, post(take), "POST")
}

async fn take(call: Call) -> Response {
    api::answer(call, revoke).await
}

async fn revoke(mut call: Call) -> Result<Response, Problem> {
    let client = call.client(paths::Revoke::ROUTE).await?;
    let about = AboutToken::read(&call.pairs)?;
    match grant::revoke(&mut call.cx, &client, &about.token).await? {
        Revoked::Done => Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response()),
        Revoked::Foreign => Err(Error::new(Code::InvalidGrant, "the token was made for another client").into()),
    }
}
