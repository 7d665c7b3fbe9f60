#![doc = include_str!("../README.md")]

mod db;
mod migrate;
mod row;
mod statement;
#[cfg(feature = "testing")]
pub mod testing;

pub use db::{Db, Kind, Tx};
pub use migrate::{Applied, Migration, applied, migrate};
pub use row::{Column, Row};
pub use statement::{Statement, Typed, Value};

/// What went wrong between us and the database. Never shown to a person; the text may name tables and columns, never values.
#[derive(Debug, thiserror::Error)]
#[error("{doing}")]
pub struct Error {
    doing: String,
    #[source]
    source: Option<sqlx::Error>,
}

impl Error {
    pub(crate) fn new(doing: impl Into<String>) -> Self {
        Self { doing: doing.into(), source: None }
    }

    pub(crate) fn at(doing: impl Into<String>) -> impl FnOnce(sqlx::Error) -> Self {
        let doing = doing.into();
        move |source| Self { doing, source: Some(source) }
    }

    /// Whether the database was away or too busy (rather than the statement wrong): worth the answer 503 and another try.
    pub fn is_passing(&self) -> bool {
        match &self.source {
            Some(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed) => true,
            // SQLite: 5 busy, 6 locked, 13 full. PostgreSQL: 40 (serialization, deadlock), 53 (resources), 57 (shutdown).
            Some(sqlx::Error::Database(e)) => e.code().is_some_and(|code| {
                matches!(code.as_ref(), "5" | "6" | "13" | "517")
                    || ["40", "53", "57"].iter().any(|class| code.len() == 5 && code.starts_with(class))
            }),
            _ => false,
        }
    }
}

/// Short for the crate's results.
pub type Result<T> = std::result::Result<T, Error>;
