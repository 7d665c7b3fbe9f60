//! What a token is good for (RFC 7662): a client that proves itself is told of its own tokens; of any other, only that it is not good.

use axum::{Router, response::Response, routing::post};
use clave::grant::{self, Kind, Shown};
use oidc::{
    Code, Error,
    token::{AboutToken, Confirmation, Introspection, TokenType},
};

use super::api::{self, Call, Problem};
use crate::{App, paths};

/// Its addresses.
pub fn routes() -> Router<App> {
    api::endpoint(paths::Introspect::ROUTE, post(take), "POST")
}

async fn take(call: Call) -> Response {
    api::answer(call, introspect).await
}

async fn introspect(mut call: Call) -> Result<Response, Problem> {
    let client = call.client(paths::Introspect::ROUTE).await?;
    // Without a proof of the client, anybody could try tokens (RFC 7662 2.1).
    if client.is_public() {
        return Err(Error::new(Code::InvalidClient, "only clients that prove themselves may introspect").into());
    }
    let about = AboutToken::read(&call.pairs)?;
    let found = grant::look(&mut call.cx, &client, &about.token).await?;
    let answer = found.map_or_else(Introspection::inactive, |found| {
        let iss = call.app.site.base_url.clone();
        told(found, iss, client.id.as_str())
    });
    Ok(api::json(&answer))
}

fn told(found: Shown, iss: String, client: &str) -> Introspection {
    let (sub, login) = found.login.map_or((None, None), |(sub, at, acr)| (Some(sub), Some((at, acr))));
    let dpop = if found.jkt.is_some() { TokenType::Dpop } else { TokenType::Bearer };
    Introspection {
        active: true,
        scope: Some(found.scopes),
        client_id: Some(client.to_owned()),
        sub,
        // A refresh token is shown to us alone.
        token_type: (found.kind == Kind::Access).then_some(dpop),
        exp: Some(found.until.seconds()),
        iat: Some(found.made_at.seconds()),
        iss: Some(iss),
        aud: Some(client.to_owned()),
        acr: login.map(|(_, acr)| acr.as_str().to_owned()),
        auth_time: login.map(|(at, _)| at.seconds()),
        cnf: found.jkt.map(|jkt| Confirmation { jkt }),
    }
}
