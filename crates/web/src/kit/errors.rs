//! What a person sees when there is no page to show: what happened, what to do, the reference number, whom to ask. Never the cause:
//! that is one line in the log, found by the number.

use std::{any::Any, sync::Arc, time::Duration};

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use clave::{Fault, fault};
use i18n_embed_fl::fl;

use super::{
    i18n::Words,
    page::{Outcome, Page},
    visit::{Scene, with_query, without_lang},
};
use crate::{
    App,
    paths::{self, Attend},
};

/// How long «in a moment» is, in seconds.
const SOON: u64 = 5;

/// Why there is no page to show.
#[derive(Debug, Clone)]
pub enum Failure {
    /// Our own problem.
    Fault(Arc<Fault>),
    /// The request makes no sense.
    BadRequest,
    /// A form without our token: another site sent it, cookies are off, or the page is too old.
    Forged,
    /// No such address.
    NotFound,
    /// The address is there for something else.
    MethodNotAllowed,
    /// The form took too long to arrive.
    TooSlow,
    /// It was there and has ended: a link, a process.
    Gone,
    /// More than anyone needs to send.
    TooLarge,
    /// Not a form.
    NotAForm,
    /// Too often.
    TooMany {
        /// When it may be tried again.
        wait: Duration,
    },
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(Arc::new(fault))
    }
}

impl From<sql::Error> for Failure {
    fn from(error: sql::Error) -> Self {
        Fault::from(error).into()
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Fault::at("writing a page")(error).into()
    }
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Fault(fault) if fault.is_passing() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Forged => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Gone => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// Seconds until another try makes sense.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Fault(fault) if fault.is_passing() => Some(SOON),
            Self::TooMany { wait } => Some(wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)),
            _ => None,
        }
    }

    /// Title, what happened, what to do.
    fn words(&self, l: &Words) -> [String; 3] {
        match self {
            Self::Fault(fault) if fault.is_passing() => [fl!(l, "busy-title"), fl!(l, "busy-what"), fl!(l, "busy-do")],
            Self::Fault(_) => [fl!(l, "fault-title"), fl!(l, "fault-what"), fl!(l, "fault-do")],
            Self::BadRequest => [fl!(l, "bad-request-title"), fl!(l, "bad-request-what"), fl!(l, "bad-request-do")],
            Self::Forged => [fl!(l, "forged-title"), fl!(l, "forged-what"), fl!(l, "forged-do")],
            Self::NotFound => [fl!(l, "not-found-title"), fl!(l, "not-found-what"), fl!(l, "not-found-do")],
            Self::MethodNotAllowed => [fl!(l, "method-title"), fl!(l, "method-what"), fl!(l, "method-do")],
            Self::TooSlow => [fl!(l, "slow-title"), fl!(l, "slow-what"), fl!(l, "slow-do")],
            Self::Gone => [fl!(l, "gone-title"), fl!(l, "gone-what"), fl!(l, "gone-do")],
            Self::TooLarge => [fl!(l, "large-title"), fl!(l, "large-what"), fl!(l, "large-do")],
            Self::NotAForm => [fl!(l, "not-a-form-title"), fl!(l, "not-a-form-what"), fl!(l, "not-a-form-do")],
            Self::TooMany { wait } => {
                let minutes = wait.as_secs().div_ceil(60).max(1);
                [fl!(l, "too-many-title"), fl!(l, "too-many-what"), fl!(l, "too-many-do", minutes = minutes)]
            }
        }
    }
}

/// The bare answer; [`dress`] puts the page around it, since only there are language and reference known.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // Of these the body was not read to its end: what follows on the connection is not a request.
        if matches!(self, Self::TooSlow | Self::TooLarge | Self::NotAForm) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// For the layer that catches panics. Their text may hold anything, so it is not passed on.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Failure::from(Fault::new("running a handler, which panicked")).into_response()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    title: String,
    what: String,
    todo: String,
    again: Option<String>,
    reference: String,
}

/// Turns every [`Failure`] into its page, and logs our own problems, once.
pub async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let scene = request.extensions().get::<Scene>().cloned();
    let mut response = next.run(request).await;
    let Some(failure) = response.extensions_mut().remove::<Failure>() else { return response };
    let Some(scene) = scene else { return response };
    if let Failure::Fault(fault) = &failure {
        let cause = fault::chain(fault.as_ref());
        tracing::error!(id = %scene.reference, cause, "request {} failed: {cause}", scene.reference);
    }
    let [title, what, mut todo] = failure.words(app.texts.of(scene.lang));
    let mut frame = Page { error: true, ..Page::new(&app, &scene).with(Outcome::Error) };
    if paths::OF_LMS.contains(&scene.path.as_ref()) {
        // What the course sent is not at this address: the way on begins there.
        let back = fl!(frame.l, "rce-gone-do");
        todo = if failure.retry_after().is_some() { format!("{todo} {back}") } else { back };
        frame.alternates = Vec::new();
    }
    let page =
        ErrorPage { page: frame, title, what, todo, again: failure.another_try(&scene), reference: scene.reference.to_string() };
    let (head, _) = response.into_parts();
    let body = match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(id = %scene.reference, "writing the page of an error: {error}");
            scene.reference.to_string().into_response()
        }
    };
    // Length and type belong to the new body; the rest (Allow, Retry-After, Connection) to the failure.
    let (own, body) = body.into_parts();
    let mut response = Response::from_parts(head, body);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().extend(own.headers);
    response
}

impl Failure {
    /// Where the person can begin again.
    fn another_try(&self, scene: &Scene) -> Option<String> {
        let path = scene.path.as_ref();
        let here = paths::ALL.contains(&path) && !paths::OF_LMS.contains(&path);
        let useful = matches!(
            self,
            Self::Forged
                | Self::TooSlow
                | Self::TooLarge
                | Self::Gone
                | Self::NotAForm
                | Self::MethodNotAllowed
                | Self::TooMany { .. }
        ) || matches!(self, Self::Fault(fault) if fault.is_passing());
        // A participant's request waits on, where its address names it.
        let query = if path == Attend::ROUTE { without_lang(&scene.query) } else { String::new() };
        (here && useful).then(|| with_query(path, &query))
    }
}
