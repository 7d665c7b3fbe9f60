//! The page that asks for the key. What an LMS sent is known by its token in the address; no cookie is needed. No session of
//! ours begins here, and none is enough: attendance is proved with the key each time.

use askama::Template;
use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    routing::get,
};
use clave::{
    attempt::{Attempt, Human},
    flow::Token,
    login::{self, Outcome as LoggedIn, Refused},
    rce::{
        Act, Code, Environment, Origin,
        attend::{Asked, Outcome as Attended, Standing, attend, browser, standing},
    },
    session::Agent,
};
use i18n_embed_fl::fl;

use super::back;
use crate::{
    App,
    kit::{
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        page::{Answer, Outcome, Page, see_other, show, show_as},
        visit::Visit,
        way::REQUEST,
    },
    paths::Attend,
    portal::{
        interrupted,
        refusal::{self, Next, Wait},
    },
};

const FIELDS: &[&str] = &["clave"];
/// In the address: what is in the way of a right key.
const FLOW: &str = "flujo";

#[derive(Template)]
#[template(path = "rce/login.html")]
struct Form {
    page: Page,
    fields: Fields,
    /// Where the form is sent.
    action: String,
    /// Where the key belongs, so that nobody types it anywhere else.
    domain: String,
    asked: Asked,
    /// When time is up, as a clock shows it.
    until: String,
    css: std::sync::Arc<str>,
}

#[derive(Template)]
#[template(path = "rce/provisional.html")]
struct Provisional {
    page: Page,
    course: Origin,
}

#[derive(Template)]
#[template(path = "rce/gone.html")]
struct Gone {
    page: Page,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(Attend::ROUTE, get(look).post(send))
}

/// Where the participant proves it.
pub fn address(token: &Token) -> String {
    format!("{Attend}?{REQUEST}={}", token.as_str())
}

async fn look(mut visit: Visit) -> Answer {
    let Some(token) = token(&visit) else { return gone(&visit) };
    if let Some(flow) = visit.query(FLOW) {
        return interrupted(visit, &token, &flow).await;
    }
    match standing(&mut visit.cx, &token).await? {
        Some(Standing::Asks(asked)) => ask(visit, &token, asked, Fields::empty(), None),
        Some(Standing::Answered(reply)) => back::show(&visit, &reply),
        None => gone(&visit),
    }
}

async fn send(mut visit: Visit, headers: HeaderMap, request: Request) -> Answer {
    let Some(token) = token(&visit) else { return gone(&visit) };
    let browser = browser(&token);
    let form = ProtectedForm::read(request, &visit.app, Some(browser)).await?;
    let submission = form.submission;
    let mut fields = form.fields.expecting(FIELDS);
    if fields.text("clave").is_empty() {
        fields.set_error("clave", fl!(visit.l, "login-key-empty"));
    }
    if fields.has_errors() {
        return ask_again(visit, &token, fields, None).await;
    }
    visit.settle_device(browser, submission)?;
    let attempt = Attempt { browser, device: visit.device(), submission, human: Human::NotAsked };
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    match attend(&mut visit.cx, &attempt, &token, &fields.secret("clave"), &Agent::read(agent)).await {
        Ok(Some(outcome)) => lead_on(visit, &token, outcome).await,
        Ok(None) => gone(&visit),
        Err(refused) => refuse(visit, &token, fields, refused).await,
    }
}

/// To the way back, or to what a right key is not enough for.
async fn lead_on(mut visit: Visit, token: &Token, outcome: Attended) -> Answer {
    match outcome {
        Attended::Interrupted(flow) => return see_other(format!("{}&{FLOW}={}", address(token), flow.as_str())),
        Attended::Proved => visit.keep_device(),
        Attended::Settled => {}
        // The second of a double click is the one whose cookies the browser keeps. What else comes of a right key is no fault of the person's.
        Attended::Repeated => {
            let standing = standing(&mut visit.cx, token).await?;
            if let Some(Standing::Answered(reply)) = standing
                && !matches!(reply.code, Some(Code::WrongKey | Code::TimeUp | Code::Internal))
            {
                visit.keep_device();
            }
        }
    }
    see_other(address(token))
}

/// Why a right key was not enough.
async fn interrupted(mut visit: Visit, token: &Token, flow: &str) -> Answer {
    let course = match standing(&mut visit.cx, token).await? {
        Some(Standing::Asks(asked)) => asked.origin,
        Some(Standing::Answered(reply)) => reply.to.origin().clone(),
        None => return gone(&visit),
    };
    let flow = Token::parse(flow).ok_or(Failure::Gone)?;
    match login::outcome(&visit.cx, browser(token), &flow).await? {
        Some(LoggedIn::Provisional) => show(&Provisional { page: visit.page().with(Outcome::Interrupted), course }),
        Some(LoggedIn::Interrupted { missing }) => interrupted::show_missing_for_course(&visit, &missing, course),
        Some(LoggedIn::In) | None => gone(&visit),
    }
}

/// The form once more, while tries are left.
async fn refuse(mut visit: Visit, token: &Token, mut fields: Fields, refused: Refused) -> Answer {
    let asked = match standing(&mut visit.cx, token).await? {
        Some(Standing::Asks(asked)) => asked,
        // Another window of this browser was faster.
        Some(Standing::Answered(_)) => return see_other(address(token)),
        None => return gone(&visit),
    };
    let wrong = fl!(visit.l, "rce-key-wrong", left = asked.tries_left);
    let wait = match refused {
        Refused::WrongKey => {
            fields.set_error("clave", wrong);
            None
        }
        // Not the person's fault: the form is there to try again, for as long as there is time.
        Refused::Attempt(clave::attempt::Refused::Fault(fault)) if fault.is_passing() => {
            fields.set_error("clave", fl!(visit.l, "busy-do"));
            let mut response = ask(visit, token, asked, fields, None)?;
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            return Ok(response);
        }
        Refused::Attempt(refused) => match refusal::explain(&visit, &mut fields, refused, "clave", Some(wrong))? {
            Next::Result(_) => return see_other(address(token)),
            Next::Again(wait) => wait,
        },
    };
    ask(visit, token, asked, fields, wait)
}

async fn ask_again(mut visit: Visit, token: &Token, fields: Fields, wait: Option<Wait>) -> Answer {
    match standing(&mut visit.cx, token).await? {
        Some(Standing::Asks(asked)) => ask(visit, token, asked, fields, wait),
        Some(Standing::Answered(_)) => see_other(address(token)),
        None => gone(&visit),
    }
}

/// The form. When time is up the browser asks for the page again by itself, and finds the way back there: by a header, since that works without script.
fn ask(mut visit: Visit, token: &Token, asked: Asked, fields: Fields, wait: Option<Wait>) -> Answer {
    let (action, seconds) = (address(token), visit.cx.now.until(asked.until).as_secs().saturating_add(1));
    let status = fields.status();
    let form = Form {
        page: visit.form_page_of(browser(token), &fields)?,
        domain: visit.app.site.domain().to_owned(),
        until: asked.until.civil_in_chile().split(' ').next_back().unwrap_or_default().to_owned(),
        css: visit.app.assets.address("rce.css"),
        action: action.clone(),
        asked,
        fields,
    };
    let mut response = refusal::with_wait(show_as(status, &form), wait)?;
    if let Ok(refresh) = HeaderValue::try_from(format!("{seconds}; url={action}")) {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    Ok(response)
}

/// It is over.
fn gone(visit: &Visit) -> Answer {
    let page = Page { error: true, ..visit.page().with(Outcome::Error) };
    show_as(StatusCode::GONE, &Gone { page })
}

fn token(visit: &Visit) -> Option<Token> {
    visit.query(REQUEST).as_deref().and_then(Token::parse)
}
