//! A device without a browser asks for the codes that let it in (RFC 8628 3.1). Where the person types theirs is `verify_device`.

use axum::{Router, response::Response, routing::post};
use clave::device_grant;
use oidc::{Code, Error, Scopes, device::DeviceResponse, token::GrantType};

use super::{
    api::{self, Call, Problem},
    token::permitted,
};
use crate::{App, paths};

/// Its addresses.
pub fn routes() -> Router<App> {
    api::endpoint(paths::DeviceAuthorization::ROUTE, post(take), "POST")
}

async fn take(call: Call) -> Response {
    api::answer(call, begin).await
}

async fn begin(mut call: Call) -> Result<Response, Problem> {
    let client = call.client(paths::DeviceAuthorization::ROUTE).await?;
    permitted(&client, GrantType::DeviceCode)?;
    let scopes = Scopes::parse(call.pairs.get("scope").unwrap_or_default());
    if scopes.is_empty() || !scopes.is_subset(&client.scopes) {
        return Err(Error::new(Code::InvalidScope, "ask for one or more of the scopes that this client is registered for").into());
    }
    api::count(&call, &client).await?;
    let clave = std::sync::Arc::clone(&call.cx.clave);
    let mut tx = clave.db.begin().await?;
    let started = device_grant::begin(&mut tx, &mut call.cx, &client, &scopes).await?;
    tx.commit().await?;
    let page = format!("{}{}", call.app.site.base_url, paths::VerifyDevice);
    Ok(api::json(&DeviceResponse {
        device_code: started.device_code.expose().to_owned(),
        verification_uri_complete: format!("{page}?user_code={}", started.user_code),
        user_code: started.user_code,
        verification_uri: page,
        expires_in: clave.settings.oidc.device.as_secs(),
        interval: clave.settings.oidc.device_interval.as_secs(),
    }))
}
