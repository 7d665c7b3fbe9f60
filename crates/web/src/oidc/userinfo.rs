//! What an access token opens (OIDC Core 5.3): the claims that its scopes stand for, as JSON or signed.

use axum::{
    Router,
    http::{HeaderValue, Method, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use clave::{
    Fault,
    client::Client,
    grant::{self, Bearer},
};
use oidc::{
    Code, Error, Scope,
    claims::{self, Place},
    jwk::CLIENT_ALGORITHMS as ALGORITHMS,
    jwt,
};
use serde_json::{Map, Value};

use super::{
    api::{self, Call, Problem},
    dpop,
};
use crate::{App, paths};

/// Its addresses.
pub fn routes() -> Router<App> {
    api::endpoint(paths::Userinfo::ROUTE, get(take).post(take), "GET, POST")
}

async fn take(call: Call) -> Response {
    api::answer(call, tell).await
}

/// How an access token comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    /// RFC 6750.
    Bearer,
    /// RFC 9449 7.1.
    Dpop,
}

async fn tell(mut call: Call) -> Result<Response, Problem> {
    let (scheme, token) = shown(&call)?;
    let bearer = grant::bearer(&mut call.cx, &token).await?.ok_or_else(|| invalid(scheme))?;
    possessed(&call, scheme, &token, &bearer).await?;
    let about = bearer.about.filter(|_| bearer.scopes.contains(Scope::Openid)).ok_or_else(|| insufficient(scheme))?;
    let mut told = claims::tell(&about.holder, &bearer.scopes, &about.wanted, Place::Userinfo, bearer.client.shape);
    told.insert("sub".to_owned(), Value::String(about.sub));
    match bearer.client.userinfo_alg {
        None => Ok(api::json(&told)),
        Some(_) => Ok(signed(&call, &bearer.client, told)?),
    }
}

/// The token, from the header or, in a form, from the body (RFC 6750 2.1, 2.2): one of them, or the request says two things.
fn shown(call: &Call) -> Result<(Scheme, String), Problem> {
    let mut headers = call.headers.get_all(header::AUTHORIZATION).iter();
    let in_form = call.pairs.get("access_token").filter(|_| call.method == Method::POST);
    match (headers.next(), headers.next(), in_form) {
        (None, _, None) => Err(nothing_shown()),
        (None, _, Some(token)) => Ok((Scheme::Bearer, token.to_owned())),
        (Some(header), None, None) => in_header(header).ok_or_else(malformed),
        _ => Err(malformed()),
    }
}

fn in_header(value: &HeaderValue) -> Option<(Scheme, String)> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let scheme = if scheme.eq_ignore_ascii_case("Bearer") {
        Scheme::Bearer
    } else if scheme.eq_ignore_ascii_case("DPoP") {
        Scheme::Dpop
    } else {
        return None;
    };
    let token = token.trim_matches(' ');
    // RFC 6750 2.1, `b64token`.
    let plain = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
    (plain && !token.is_empty()).then(|| (scheme, token.to_owned()))
}

/// Whether a bound token comes with its key, and an unbound one without the claim to be bound (RFC 9449 7.1, 7.2).
async fn possessed(call: &Call, scheme: Scheme, token: &str, bearer: &Bearer) -> Result<(), Problem> {
    match (scheme, &bearer.jkt) {
        (Scheme::Bearer, None) => Ok(()),
        // RFC 9449 7.2: who shows a bound token in the wrong way learns which way is right.
        (Scheme::Bearer, Some(_)) => Err(invalid(scheme).with_header(header::WWW_AUTHENTICATE, offer())),
        (Scheme::Dpop, None) => Err(invalid(scheme)),
        (Scheme::Dpop, Some(jkt)) => {
            let proof = dpop::shown(call, paths::Userinfo::ROUTE, Some(token)).await.map_err(unproved)?;
            let Some(shown) = proof else {
                return Err(unproved(Error::new(Code::InvalidDpopProof, "a DPoP proof is missing").into()));
            };
            if shown == *jkt { Ok(()) } else { Err(invalid(scheme)) }
        }
    }
}

fn signed(call: &Call, client: &Client, mut told: Map<String, Value>) -> Result<Response, Fault> {
    let Some(algorithm) = client.userinfo_alg else { return Err(Fault::new("signing what is told in plain JSON")) };
    let key = call.cx.clave.signing.current(algorithm, call.cx.now)?;
    // OIDC Core 5.3.2.
    told.insert("iss".to_owned(), Value::String(call.app.site.base_url.clone()));
    told.insert("aud".to_owned(), Value::String(client.id.as_str().to_owned()));
    told.insert("iat".to_owned(), Value::from(call.cx.now.seconds()));
    let token = jwt::sign(&key, jwt::JWT, &told).map_err(Fault::at("signing claims"))?;
    Ok(([(header::CONTENT_TYPE, "application/jwt"), (header::CACHE_CONTROL, "no-store")], token).into_response())
}

/// No error code for whoever showed nothing (RFC 6750 3.1); both schemes are offered.
fn nothing_shown() -> Problem {
    let bearer = HeaderValue::from_static(r#"Bearer realm="userinfo""#);
    Problem::from(Error::new(Code::InvalidToken, "show an access token in the header Authorization"))
        .with_header(header::WWW_AUTHENTICATE, bearer)
        .with_header(header::WWW_AUTHENTICATE, offer())
}

/// That a token may be shown with a proof, and with which algorithms (RFC 9449 7.1).
fn offer() -> String {
    format!(r#"DPoP realm="userinfo", algs="{}""#, ALGORITHMS.join(" "))
}

fn malformed() -> Problem {
    challenged(
        Scheme::Bearer,
        Error::invalid_request("show one access token, in the header Authorization or in the form").into(),
        "",
    )
}

fn invalid(scheme: Scheme) -> Problem {
    let error = Error::new(Code::InvalidToken, "the access token is not known, has ended, or is not shown as it was issued");
    challenged(scheme, error.into(), "")
}

fn insufficient(scheme: Scheme) -> Problem {
    challenged(
        scheme,
        Error::new(Code::InsufficientScope, "the access token is not for the claims of a person").into(),
        r#", scope="openid""#,
    )
}

/// At a protected resource a wrong proof is 401 (RFC 9449 7.1). Our own problems stay what they are.
fn unproved(problem: Problem) -> Problem {
    if problem.error().code != Code::InvalidDpopProof {
        return problem;
    }
    let algs = format!(r#", algs="{}""#, ALGORITHMS.join(" "));
    challenged(Scheme::Dpop, problem.with_status(axum::http::StatusCode::UNAUTHORIZED), &algs)
}

fn challenged(scheme: Scheme, problem: Problem, more: &str) -> Problem {
    let scheme = if scheme == Scheme::Dpop { "DPoP" } else { "Bearer" };
    let Error { code, description } = problem.error();
    let value = format!(r#"{scheme} realm="userinfo", error="{code}", error_description="{description}"{more}"#);
    problem.with_header(header::WWW_AUTHENTICATE, value)
}
