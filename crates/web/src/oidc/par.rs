//! Pushed authorization requests (RFC 9126): the client shows itself and leaves its request here; the browser brings a reference that serves once, for a
//! moment.

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::post,
};
use clave::pending;
use oidc::{
    Code, Error,
    request::{Authorization, Opened, Refused, Via},
};
use serde::Serialize;

use super::{
    api::{self, Call, Problem},
    authorize, dpop,
};
use crate::{App, paths};

/// RFC 9126 2.2.
#[derive(Serialize)]
struct Pushed {
    request_uri: String,
    expires_in: u64,
}

/// Its address.
pub fn routes() -> Router<App> {
    api::endpoint(paths::PushedAuthorization::ROUTE, post(take), "POST")
}

async fn take(call: Call) -> Response {
    api::answer(call, push).await
}

async fn push(mut call: Call) -> Result<Response, Problem> {
    let client = call.client(paths::PushedAuthorization::ROUTE).await?;
    let opened = Opened::pushed(&call.pairs, client.id.as_str())?;
    // RFC 9126 2.1.
    if opened.request_uri.is_some() {
        return Err(Error::invalid_request("request_uri cannot be pushed: push the request itself").into());
    }
    let key = dpop::shown(&call, paths::PushedAuthorization::ROUTE, None).await?;
    let issuer = call.app.site.base_url.clone();
    let judged = authorize::judge_for(&call.cx, &client, &call.pairs, &opened, Via::Pushed, &issuer).await?;
    let request = bound(judged.map_err(Refused::into_error)?, key)?;
    api::count(&call, &client).await?;
    let uri = pending::push(&mut call.cx, &client.id, &request).await?;
    let pushed = Pushed { request_uri: uri.to_string(), expires_in: call.cx.clave.settings.oidc.par.as_secs() };
    Ok((StatusCode::CREATED, api::json(&pushed)).into_response())
}

/// A proof that comes along binds the code like `dpop_jkt` does; both must be of one key (RFC 9449 10.1).
fn bound(request: Authorization, key: Option<String>) -> Result<Authorization, Error> {
    match (&request.dpop_jkt, key) {
        (Some(said), Some(shown)) if *said != shown => {
            Err(Error::new(Code::InvalidDpopProof, "dpop_jkt is not the key of the DPoP proof"))
        }
        (None, shown) => Ok(Authorization { dpop_jkt: shown, ..request }),
        _ => Ok(request),
    }
}
