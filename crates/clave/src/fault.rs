//! Our own problems, as opposed to what a person did. Nobody matches on one: it becomes an error page with a reference number and
//! one line in the log.

use std::error::Error as StdError;

/// Something failed on our side. `Display` is for operators and names no person and no secret.
#[derive(Debug, thiserror::Error)]
#[error("{doing}")]
pub struct Fault {
    doing: &'static str,
    passing: bool,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Fault {
    /// A fault with no cause but itself.
    pub fn new(doing: &'static str) -> Self {
        Self { doing, passing: false, source: None }
    }

    /// Too much at once: the same request may succeed in a moment.
    pub fn busy(doing: &'static str) -> Self {
        Self { doing, passing: true, source: None }
    }

    /// For `map_err`: what we were doing when `source` came up.
    pub fn at<E: Into<Box<dyn StdError + Send + Sync>>>(doing: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self { doing, passing: false, source: Some(source.into()) }
    }

    /// Whether the answer is 503 «try again» rather than 500.
    pub fn is_passing(&self) -> bool {
        self.passing
    }
}

impl From<sql::Error> for Fault {
    fn from(error: sql::Error) -> Self {
        Self { doing: "using the database", passing: error.is_passing(), source: Some(Box::new(error)) }
    }
}

/// The fault with all its causes on one line, for the log.
pub fn chain(error: &dyn StdError) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        next = cause.source();
    }
    line
}
