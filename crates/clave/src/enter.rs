//! Use case: enter a relying system. What is still to be done before the code goes back to it, and the code.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use oidc::{
    Code, Error,
    claims::{self, Claim},
    redirect,
    request::{Authorization, Prompt},
};

use crate::{
    audit::{self, Event},
    client::Client,
    consent,
    cx::Cx,
    fault::Fault,
    flow::Browser,
    grant::{self, Acr, NewGrant},
    leave,
    minimum::{self, Datum},
    pending::{self, Pending, Token},
    person::{self, Person},
    secret::Secret,
    session::{self, Session},
    subject,
};

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// The person logs in, for the first time or once more.
    LogIn,
    /// Minimum data are missing (G-7).
    Missing(Vec<Datum>),
    /// The person is asked what the system may know.
    Ask(Box<Question>),
    /// Nothing: the code goes back.
    Enter(Box<Session>),
    /// The system gets an error.
    Back(Error),
}

/// What the person is asked.
#[derive(Debug)]
pub struct Question {
    /// Who.
    pub person: Person,
    /// In which session.
    pub session: Session,
    /// What the system would know.
    pub claims: BTreeSet<Claim>,
}

/// What comes next for a request, in the session of the browser that brought it.
pub async fn next(cx: &Cx, pending: &Pending, session: Option<Session>, issuer: &str) -> Result<Step, Fault> {
    let step = wanted(cx, pending, session, issuer).await?;
    if !pending.request.prompts(Prompt::None) {
        return Ok(step);
    }
    // Nothing may be shown (OpenID Connect Core 3.1.2.6).
    Ok(match step {
        Step::LogIn => Step::Back(Error::new(Code::LoginRequired, "nobody is logged in who would do")),
        Step::Missing(_) => Step::Back(Error::new(Code::InteractionRequired, "the person has to complete their data first")),
        Step::Ask(_) => Step::Back(Error::new(Code::ConsentRequired, "the person has to be asked first")),
        done => done,
    })
}

async fn wanted(cx: &Cx, pending: &Pending, session: Option<Session>, issuer: &str) -> Result<Step, Fault> {
    let request = &pending.request;
    let Some(session) = session else { return Ok(Step::LogIn) };
    let fresh = session.authenticated_at >= pending.made_at;
    if !fresh && wants_login(request, &session, cx) {
        return Ok(Step::LogIn);
    }
    let meant = meant(cx, &pending.client, request, issuer).await?;
    let mut tx = cx.clave.db.read().await?;
    let person = person::find(&mut tx, &cx.clave.vault, session.rut).await?;
    let Some(person) = person.filter(|person| person.frozen_at.is_none()) else { return Ok(Step::LogIn) };
    for sub in meant {
        let Some(sub) = sub else { return Ok(Step::Back(Error::invalid_request(NOT_A_HINT))) };
        if subject::owner(&mut tx, &pending.client, &sub).await? != Some(session.rut) {
            // Core 3.1.2.1: the person of the hint, or an error.
            let other = Error::new(Code::LoginRequired, "another person is logged in than the one that was asked for");
            return Ok(if fresh { Step::Back(other) } else { Step::LogIn });
        }
    }
    let strengths = request.claims.essential_acr();
    if !strengths.is_empty() && !strengths.contains(&Acr::of(person.identity).as_str()) {
        let unmet =
            Error::new(Code::UnmetAuthenticationRequirements, "the person cannot log in with any of the essential acr values");
        return Ok(Step::Back(unmet));
    }
    let missing = minimum::missing(&person, &cx.clave.settings.minimum_data);
    if !missing.is_empty() {
        return Ok(Step::Missing(missing));
    }
    let claims = claims::told(&request.scopes, &request.claims);
    if pending.agreed != Some(session.rut) && has_to_ask(&mut tx, pending, &session, &claims, issuer).await? {
        return Ok(Step::Ask(Box::new(Question { person, session, claims })));
    }
    Ok(Step::Enter(Box::new(session)))
}

const NOT_A_HINT: &str = "id_token_hint is not an ID token that this issuer gave to this client";

fn wants_login(request: &Authorization, session: &Session, cx: &Cx) -> bool {
    let too_old = |age: u32| session.authenticated_at.plus(Duration::from_secs(age.into())) < cx.now;
    request.prompts(Prompt::Login) || request.prompts(Prompt::SelectAccount) || request.max_age.is_some_and(too_old)
}

/// Each way in which the request names the person that it must be; `None` for a hint that is none.
async fn meant(cx: &Cx, client: &Client, request: &Authorization, issuer: &str) -> Result<Vec<Option<String>>, Fault> {
    let mut meant: Vec<Option<String>> = request.claims.subject().map(|sub| Some(sub.to_owned())).into_iter().collect();
    if let Some(token) = &request.id_token_hint {
        let hint = leave::hint(&cx.clave, token, issuer).await?;
        meant.push(hint.filter(|hint| hint.is_for(client.id.as_str())).map(|hint| hint.sub));
    }
    Ok(meant)
}

async fn has_to_ask(
    tx: &mut sql::Tx,
    pending: &Pending,
    session: &Session,
    claims: &BTreeSet<Claim>,
    issuer: &str,
) -> Result<bool, Fault> {
    if pending.request.prompts(Prompt::Consent) {
        return Ok(true);
    }
    // A program that nothing proves: any other on the machine could ask in its name (RFC 8252 8.6), and what was said to it before was not said to that
    // one.
    if pending.client.is_public() && anybody_listens(&pending.request.redirect_uri, issuer) {
        return Ok(true);
    }
    if pending.client.first_party {
        return Ok(false);
    }
    let given = consent::given(tx, session.rut, &pending.client.id).await?;
    Ok(!given.is_some_and(|given| given.covers(&pending.request.scopes, claims)))
}

/// Whether the answer goes where any program of the person's machine could take it. An installation that is itself on this machine is for trying out,
/// and every system beside it is on loopback.
fn anybody_listens(redirect_uri: &str, issuer: &str) -> bool {
    let tries_out = redirect::is_native(issuer) && redirect_uri.starts_with("http:");
    redirect::is_native(redirect_uri) && !tries_out
}

/// The person said yes: it is remembered. `false` when the request or the session ended meanwhile.
pub async fn agree(cx: &mut Cx, browser: Browser, token: &Token, pending: &Pending, question: &Question) -> Result<bool, Fault> {
    let clave = Arc::clone(&cx.clave);
    let (rut, client) = (question.session.rut, &pending.client.id);
    let mut tx = clave.db.begin().await?;
    if !is_in(&mut tx, cx, &question.session).await? || !pending::agree(&mut tx, cx, browser, token, rut).await? {
        return Ok(false);
    }
    consent::give(&mut tx, cx, rut, client, &pending.request.scopes, &question.claims).await?;
    audit::append(&mut tx, cx, rut, Event::ConsentGiven, Some(client.as_str())).await?;
    tx.commit().await?;
    Ok(true)
}

/// The person said no, or the system gets an error: the request has its answer.
pub async fn turn_back(cx: &Cx, browser: Browser, token: &Token) -> Result<bool, Fault> {
    let mut tx = cx.clave.db.begin().await?;
    let mine = pending::finish(&mut tx, cx, browser, token).await?;
    tx.commit().await?;
    Ok(mine)
}

/// Makes the code; `None` when the request or the session ended meanwhile. A request that needed no page was never kept, and has no token.
pub async fn enter(
    cx: &mut Cx,
    browser: Browser,
    token: Option<&Token>,
    pending: &Pending,
    session: &Session,
) -> Result<Option<Secret>, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    let Some(person) = held(&mut tx, cx, session).await? else { return Ok(None) };
    if let Some(token) = token
        && !pending::finish(&mut tx, cx, browser, token).await?
    {
        return Ok(None);
    }
    let new = NewGrant {
        client: &pending.client,
        rut: session.rut,
        sid: session.sid,
        request: &pending.request,
        authenticated_at: session.authenticated_at,
        acr: Acr::of(person.identity),
    };
    let code = grant::issue_code(&mut tx, cx, &new).await?;
    audit::append(&mut tx, cx, session.rut, Event::SystemEntered, Some(pending.client.id.as_str())).await?;
    tx.commit().await?;
    Ok(Some(code))
}

/// The person, held, while they are logged in.
async fn held(tx: &mut sql::Tx, cx: &Cx, session: &Session) -> Result<Option<Person>, Fault> {
    let person = person::take(tx, &cx.clave.vault, session.rut, cx.now).await?;
    let alive = session::find(tx, session.rut, session.sid, cx.now).await?.is_some();
    Ok(person.filter(|person| alive && person.frozen_at.is_none()))
}

async fn is_in(tx: &mut sql::Tx, cx: &Cx, session: &Session) -> Result<bool, Fault> {
    Ok(held(tx, cx, session).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_any_program_could_take_is_asked_about_where_systems_are_elsewhere() {
        for native in ["http://127.0.0.1:4000/cb", "http://[::1]/cb", "http://localhost/cb", "cl.example.app:/cb"] {
            assert!(anybody_listens(native, "https://clave.example.cl"), "{native}");
        }
        assert!(!anybody_listens("https://cursos.example/volver", "https://clave.example.cl"));
        assert!(!anybody_listens("http://127.0.0.1:4000/cb", "http://127.0.0.1:8080"));
        assert!(anybody_listens("cl.example.app:/cb", "http://127.0.0.1:8080"));
    }
}
