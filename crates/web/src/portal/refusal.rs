//! What every process says when an attempt goes no further, before anything about the RUT is known.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use clave::{Moment, attempt::Refused, flow::Token};
use i18n_embed_fl::fl;

use crate::kit::{
    captcha::{self, LINK},
    errors::Failure,
    fields::Fields,
    page::Answer,
    visit::Visit,
};

/// What the page does about it.
pub enum Next {
    /// Show the result that the first of two equal forms came to.
    Result(Token),
    /// Show the form again; the message stands at its field.
    Again(Option<Wait>),
}

/// How long to wait before trying again.
#[derive(Debug, Clone, Copy)]
pub struct Wait(Duration);

/// Says at the captcha or at `proof` (the field that is limited) why not. A used-up budget is told in the words of a wrong proof (`wrong`), and when to
/// come back: whether the proof was right nobody has looked.
pub fn explain(
    visit: &Visit,
    fields: &mut Fields,
    refused: Refused,
    proof: &str,
    wrong: Option<String>,
) -> Result<Next, Failure> {
    match refused {
        Refused::Repeated(token) => Ok(Next::Result(token)),
        Refused::AlreadySent => {
            fields.set_error(proof, fl!(visit.l, "error-already-sent"));
            Ok(Next::Again(None))
        }
        Refused::Captcha => {
            let by_link = !fields.text(LINK).is_empty();
            let message = if by_link {
                fl!(visit.l, "error-link-used")
            } else if captcha::was_not_shown(fields) {
                // Nobody has looked at the secrets yet.
                fl!(visit.l, "captcha-now")
            } else {
                fl!(visit.l, "error-captcha-wrong")
            };
            fields.set_error("captcha", message);
            Ok(Next::Again(None))
        }
        Refused::TooManyTries { until } => {
            let wait = too_many(visit, until);
            fields.set_error(proof, wrong.map_or_else(|| wait.clone(), |wrong| format!("{wrong} {wait}")));
            Ok(Next::Again(Some(Wait(visit.cx.now.until(until)))))
        }
        Refused::Fault(fault) => Err(fault.into()),
    }
}

fn too_many(visit: &Visit, until: Moment) -> String {
    let minutes = visit.cx.now.until(until).as_secs().div_ceil(60).max(1);
    fl!(visit.l, "error-too-many", minutes = minutes, until = until.in_chile())
}

/// Marks an answer that was refused by a budget: 429 and `Retry-After`.
pub fn with_wait(answer: Answer, wait: Option<Wait>) -> Answer {
    let Some(Wait(wait)) = wait else { return answer };
    let mut response = answer?;
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().saturating_add(1)));
    Ok(response)
}
