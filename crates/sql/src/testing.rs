//! A schema of its own for each test on PostgreSQL. Only for tests: these are the only words of SQL that are put together at run time.

use sqlx::{Connection as _, PgConnection};

use crate::{Db, Error, Result};

/// Makes the schema `name` in the database at `url`; open it with [`crate::Db::open_postgres`].
pub async fn make_schema(url: &str, name: &str) -> Result<()> {
    run(url, name, "CREATE SCHEMA", "").await
}

/// Removes it and all that is in it.
pub async fn drop_schema(url: &str, name: &str) -> Result<()> {
    // A test that ends with an open transaction holds locks; whoever drops the schema inside a runtime of one thread would wait for ever.
    let free = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_class ON pg_class.oid = relation
         WHERE relnamespace = to_regnamespace('{name}') AND pid <> pg_backend_pid();\nDROP SCHEMA"
    );
    run(url, name, &free, " CASCADE").await
}

/// Runs any words in a transaction, as somebody with full access to the database could.
pub async fn script(db: &Db, text: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.script(text.to_owned()).await?;
    tx.commit().await
}

async fn run(url: &str, name: &str, before: &str, after: &str) -> Result<()> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(Error::new("a test schema's name is of lower-case letters, digits and _"));
    }
    let mut connection = PgConnection::connect(url).await.map_err(Error::at("connecting to PostgreSQL"))?;
    let text = format!("{before} {name}{after}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(text))
        .execute(&mut connection)
        .await
        .map_err(Error::at("making or dropping a test schema"))?;
    connection.close().await.map_err(Error::at("leaving PostgreSQL"))
}
