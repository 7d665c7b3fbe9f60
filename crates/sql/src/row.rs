//! A row, whichever database it came from.

use sqlx::{Row as _, ValueRef as _};

use crate::{Error, Result};

/// One row of an answer. Columns are read by name.
pub struct Row(pub(crate) Inner);

pub(crate) enum Inner {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

impl Row {
    /// The column's value as `T`.
    pub fn get<T: Column>(&self, column: &str) -> Result<T> {
        T::read(self, column)
    }

    fn is_null(&self, column: &str) -> Result<bool> {
        match &self.0 {
            Inner::Sqlite(row) => row.try_get_raw(column).map(|value| value.is_null()),
            Inner::Postgres(row) => row.try_get_raw(column).map(|value| value.is_null()),
        }
        .map_err(Error::at(format!("reading column {column}")))
    }
}

/// A type that can be read from a column. Domain types implement it by [`Column::read`] of a simpler one.
pub trait Column: Sized {
    /// Reads the value of `column`.
    ///
    /// # Errors
    /// The column is missing, has another type, or holds what the domain type refuses.
    fn read(row: &Row, column: &str) -> Result<Self>;
}

macro_rules! column {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row, column: &str) -> Result<Self> {
                // SQLite's driver reads NULL as an empty text or zero.
                if row.is_null(column)? {
                    return Err(Error::new(format!("column {column} is NULL")));
                }
                match &row.0 {
                    Inner::Sqlite(row) => row.try_get(column),
                    Inner::Postgres(row) => row.try_get(column),
                }
                .map_err(Error::at(format!("reading column {column}")))
            }
        }
    )*};
}

column!(i64, bool, String, Vec<u8>);

impl<T: Column> Column for Option<T> {
    fn read(row: &Row, column: &str) -> Result<Self> {
        if row.is_null(column)? { Ok(None) } else { T::read(row, column).map(Some) }
    }
}

macro_rules! fixed_bytes {
    ($($length:literal),*) => {$(
        impl Column for [u8; $length] {
            fn read(row: &Row, column: &str) -> Result<Self> {
                Vec::<u8>::read(row, column)?
                    .try_into()
                    .map_err(|_| Error::new(format!("column {column} is not {} bytes long", $length)))
            }
        }
    )*};
}

fixed_bytes!(16, 32);
