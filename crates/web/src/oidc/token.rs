//! The token endpoint (RFC 6749 3.2): codes, refresh tokens, device codes and clients' own names for tokens.

use axum::{Router, response::Response, routing::post};
use clave::{
    Cx, Fault,
    client::{Client, GrantType},
    grant::{self, Issued, Login, Refused},
};
use oidc::{
    Code, Error, Scope,
    claims::{self, Place},
    id_token::{IdToken, half_hash},
    jwk::SigningKey,
    token::{GrantType as Asked, TokenRequest, TokenResponse, TokenType},
};

use super::{
    api::{self, Call, Problem},
    dpop,
};
use crate::{App, paths};

/// How the person logged in: with a key (RFC 8176).
const AMR: [&str; 1] = ["pwd"];

/// Its addresses.
pub fn routes() -> Router<App> {
    api::endpoint(paths::Token::ROUTE, post(take), "POST")
}

async fn take(call: Call) -> Response {
    api::answer(call, exchange).await
}

async fn exchange(mut call: Call) -> Result<Response, Problem> {
    let client = call.client(paths::Token::ROUTE).await?;
    let request = TokenRequest::read(&call.pairs)?;
    permitted(&client, request.grant_type())?;
    let jkt = dpop::shown(&call, paths::Token::ROUTE, None).await?;
    if client.dpop_required && jkt.is_none() {
        return Err(Error::new(Code::InvalidDpopProof, "a DPoP proof is missing: this client's tokens are bound to a key").into());
    }
    // Before anything is used up: without a key there is no answer.
    let key = call.cx.clave.signing.current(client.id_token_alg, call.cx.now)?;
    let issued = issue(&mut call.cx, &client, &request, jkt.as_deref()).await.map_err(|refused| told(refused, &request))?;
    let id_token = match &issued.login {
        Some(login) if issued.scopes.contains(Scope::Openid) => Some(id_token(&call, &client, &issued, login, &key)?),
        _ => None,
    };
    Ok(api::json(&TokenResponse {
        access_token: issued.access.expose().to_owned(),
        token_type: if jkt.is_some() { TokenType::Dpop } else { TokenType::Bearer },
        expires_in: issued.lifetime.as_secs(),
        refresh_token: issued.refresh.as_ref().map(|token| token.expose().to_owned()),
        id_token,
        scope: issued.scopes.clone(),
    }))
}

async fn issue(cx: &mut Cx, client: &Client, request: &TokenRequest, jkt: Option<&str>) -> Result<Issued, Refused> {
    match request {
        TokenRequest::AuthorizationCode { code, redirect_uri, verifier } => {
            let shown = grant::Code { code, redirect_uri, verifier: verifier.as_deref() };
            grant::code(cx, client, &shown, jkt).await
        }
        TokenRequest::RefreshToken { token, scopes } => grant::refresh(cx, client, token, scopes.as_ref(), jkt).await,
        TokenRequest::DeviceCode { device_code } => grant::device(cx, client, device_code, jkt).await,
        TokenRequest::ClientCredentials { scopes } => grant::client_credentials(cx, client, scopes.as_ref(), jkt).await,
    }
}

/// Whether the client is registered for this way, and can keep what it needs (RFC 6749 4.4: client credentials are for confidential clients).
pub(super) fn permitted(client: &Client, asked: Asked) -> Result<(), Error> {
    let grant = match asked {
        Asked::AuthorizationCode => GrantType::Code,
        Asked::RefreshToken => GrantType::Refresh,
        Asked::DeviceCode => GrantType::Device,
        Asked::ClientCredentials => GrantType::ClientCredentials,
    };
    let allowed = client.may(grant) && !(asked == Asked::ClientCredentials && client.is_public());
    allowed.then_some(()).ok_or_else(|| Error::new(Code::UnauthorizedClient, "this client is not registered for this grant_type"))
}

fn told(refused: Refused, request: &TokenRequest) -> Problem {
    if matches!((&refused, request), (Refused::Scope, TokenRequest::ClientCredentials { .. })) {
        return Error::new(Code::InvalidScope, "every scope is about a person: leave scope out").into();
    }
    let code = match &refused {
        Refused::Grant(_) => Code::InvalidGrant,
        Refused::Scope => Code::InvalidScope,
        Refused::Pending => Code::AuthorizationPending,
        Refused::TooSoon => Code::SlowDown,
        Refused::DeviceExpired => Code::ExpiredToken,
        Refused::Denied => Code::AccessDenied,
        Refused::Fault(_) => Code::ServerError,
    };
    match refused {
        Refused::Fault(fault) => fault.into(),
        refused => Error::new(code, refused.to_string()).into(),
    }
}

fn id_token(call: &Call, client: &Client, issued: &Issued, login: &Login, key: &SigningKey) -> Result<String, Fault> {
    let now = call.cx.now;
    let sid = login.sid.told_to(&call.cx.clave.vault, &client.id)?;
    let claims = claims::tell(&login.holder, &issued.scopes, &login.wanted, Place::IdToken, client.shape);
    let token = IdToken {
        iss: &call.app.site.base_url,
        sub: &login.sub,
        aud: client.id.as_str(),
        exp: now.plus(call.cx.clave.settings.oidc.id_token).seconds(),
        iat: now.seconds(),
        auth_time: login.authenticated_at.seconds(),
        nonce: login.nonce.as_deref(),
        acr: login.acr.as_str(),
        amr: &AMR,
        sid: Some(&sid),
        at_hash: Some(half_hash(issued.access.expose())),
        claims,
    };
    token.sign(key).map_err(Fault::at("signing an ID token"))
}
