//! How a process ended: on its result page, or on the form again. Every process answers a form that went well with 303 to its own address
//! and the result's token, so that reloading repeats nothing.

use std::fmt;

use clave::{Cx, attempt::Refused, flow::Token};

use crate::kit::errors::Failure;

/// The name of the token in a result page's address.
pub const QUERY: &str = "resultado";

/// What the page does next.
#[derive(Debug)]
pub enum Ended {
    /// Show the result.
    Done(Token),
    /// Show the form again, because of its captcha.
    WrongCaptcha,
}

/// Sorts a use case's answer. The second of a double click is led to the result of the first.
pub fn of(cx: &Cx, result: Result<Token, Refused>) -> Result<Ended, Failure> {
    match result {
        Ok(token) | Err(Refused::Repeated(token)) => Ok(Ended::Done(token)),
        Err(Refused::Captcha) => Ok(Ended::WrongCaptcha),
        Err(Refused::TooManyTries { until }) => Err(Failure::TooMany { wait: cx.now.until(until) }),
        Err(Refused::Fault(fault)) => Err(fault.into()),
    }
}

/// The address of a result.
pub fn address(path: impl fmt::Display, token: &Token) -> String {
    format!("{path}?{QUERY}={}", token.as_str())
}
