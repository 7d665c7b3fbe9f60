//! A request goes on: to the login, to the question, or back to the system with the code. Every page on the way leads here again.

use axum::{Router, routing::get};
use clave::{
    enter::{self, Step},
    pending::{self, Pending, Token},
    session::Session,
};
use oidc::Error;

use super::front;
use crate::{
    App,
    kit::{
        errors::Failure,
        page::{Answer, see_other},
        visit::Visit,
    },
    paths,
    portal::interrupted,
};

/// The name of a kept request in addresses and forms.
pub const REQUEST: &str = "solicitud";

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Resume::ROUTE, get(look))
}

/// An address that a kept request belongs to.
pub fn at(path: impl std::fmt::Display, token: &Token) -> String {
    format!("{path}?{REQUEST}={}", token.as_str())
}

async fn look(mut visit: Visit) -> Answer {
    let (token, pending) = kept(&mut visit).await?;
    go_on(visit, pending, Some(token)).await
}

/// The request that the address names, of this browser.
pub async fn kept(visit: &mut Visit) -> Result<(Token, Pending), Failure> {
    let token = visit.query(REQUEST).as_deref().and_then(Token::parse).ok_or(Failure::Gone)?;
    let browser = visit.browser();
    let pending = pending::find(&visit.cx, browser, &token).await?.ok_or(Failure::Gone)?;
    Ok((token, pending))
}

/// What comes next, for the browser that brought the request.
pub async fn next(visit: &mut Visit, pending: &Pending) -> Result<Step, Failure> {
    let session = visit.session().await?;
    Ok(enter::next(&visit.cx, pending, session, front::issuer(visit)).await?)
}

/// Does what comes next. A request that needs a page is kept from here on, if it was not before.
pub async fn go_on(mut visit: Visit, pending: Pending, token: Option<Token>) -> Answer {
    let step = next(&mut visit, &pending).await?;
    match (step, token) {
        (Step::Enter(session), token) => with_code(visit, &pending, token.as_ref(), &session).await,
        (Step::Back(error), token) => with_error(visit, &pending, token.as_ref(), &error).await,
        (Step::Missing(missing), Some(token)) => interrupted::show_missing(&visit, &missing, at(paths::Resume, &token)),
        (step, token) => {
            let token = match token {
                Some(token) => token,
                None => keep(&mut visit, &pending).await?,
            };
            let page = match step {
                Step::LogIn => at(paths::Login, &token),
                Step::Ask(_) => at(paths::Consent, &token),
                _ => at(paths::Resume, &token),
            };
            front::see_in_language(&visit, page, &pending.request.ui_locales)
        }
    }
}

async fn keep(visit: &mut Visit, pending: &Pending) -> Result<Token, Failure> {
    front::count(visit).await?;
    let browser = visit.browser();
    Ok(pending::begin(&mut visit.cx, browser, pending).await?)
}

async fn with_code(mut visit: Visit, pending: &Pending, token: Option<&Token>, session: &Session) -> Answer {
    let browser = visit.browser();
    let code = enter::enter(&mut visit.cx, browser, token, pending, session).await?.ok_or(Failure::Gone)?;
    see_other(pending.request.target().code(code.expose(), front::issuer(&visit)))
}

/// Sends an error back to the system.
pub async fn with_error(mut visit: Visit, pending: &Pending, token: Option<&Token>, error: &Error) -> Answer {
    if let Some(token) = token {
        let browser = visit.browser();
        if !enter::turn_back(&visit.cx, browser, token).await? {
            return Err(Failure::Gone);
        }
    }
    see_other(pending.request.target().error(error, front::issuer(&visit)))
}
