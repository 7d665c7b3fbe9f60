//! A schema of its own for each test on PostgreSQL. Only for tests: these are the only words of SQL that are put together at run time.

use sqlx::{Connection as _, PgConnection};

use crate::{Error, Result};

/// Makes the schema `name` in the database at `url`; open it with [`crate::Db::open_postgres`].
pub async fn make_schema(url: &str, name: &str) -> Result<()> {
    run(url, name, "CREATE SCHEMA", "").await
}

/// Removes it and all that is in it.
pub async fn drop_schema(url: &str, name: &str) -> Result<()> {
    run(url, name, "DROP SCHEMA", " CASCADE").await
}

async fn run(url: &str, name: &str, before: &str, after: &str) -> Result<()> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(Error::new("a test schema's name is of lower-case letters, digits and _"));
    }
    let mut connection = PgConnection::connect(url).await.map_err(Error::at("connecting to PostgreSQL"))?;
    let text = format!("{before} {name}{after}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut connection).await.map_err(Error::at(before))?;
    connection.close().await.map_err(Error::at("leaving PostgreSQL"))
}
