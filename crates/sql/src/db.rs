//! The database and its transactions.

use std::{future::Future, io, path::Path, str::FromStr as _, time::Duration};

use sqlx::{
    Connection as _, Executor as _, PgConnection, Postgres, Sqlite,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    Error, Result,
    row::{Inner as RowInner, Row},
    statement::{Statement, Value},
};

/// How long a request waits for a transaction, or for the answer to one statement, before it is answered with «try again».
const PATIENCE: Duration = Duration::from_secs(5);
/// Reads in SQLite run beside the writer.
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The embedded default.
    Sqlite,
    /// For many nodes.
    Postgres,
}

/// An open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db(Inner);

#[derive(Debug, Clone)]
enum Inner {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres { pool: PgPool, patience: Duration },
}

impl Db {
    /// Opens `sqlite:PATH` (made when absent) or `postgres://…`.
    ///
    /// # Errors
    /// The URL is neither, or the database cannot be reached.
    pub async fn open(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Self::open_sqlite(Path::new(path.trim_start_matches("//"))).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url, None).await
        } else {
            Err(Error::new("the database URL must begin with sqlite: or postgres://"))
        }
    }

    /// Opens the SQLite file at `path`.
    pub async fn open_sqlite(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let opening = || Error::at(format!("opening the SQLite database {}", path.display()));
        // When a commit finds the disk full, SQLite has undone the transaction by itself, and sqlx goes on believing that it is open: such a
        // connection begins no other, so it makes room for a new one.
        let pool = SqlitePoolOptions::new()
            .acquire_timeout(PATIENCE)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
        let writer = pool.clone().max_connections(1).connect_with(options.clone()).await.map_err(opening())?;
        let readers = pool.max_connections(SQLITE_READERS).connect_lazy_with(options);
        Ok(Self(Inner::Sqlite { writer, readers }))
    }

    /// Opens PostgreSQL; with a `schema`, everything happens inside it (tests use one each).
    pub async fn open_postgres(url: &str, schema: Option<&str>) -> Result<Self> {
        let mut options = PgConnectOptions::from_str(url).map_err(Error::at("reading the PostgreSQL URL"))?;
        if let Some(schema) = schema {
            options = options.options([("search_path", schema)]);
        }
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await
            .map_err(Error::at("connecting to PostgreSQL"))?;
        Ok(Self(Inner::Postgres { pool, patience: PATIENCE }))
    }

    /// Which database this is: for `doctor` and the start-up line, never for a rule.
    pub fn kind(&self) -> Kind {
        match self.0 {
            Inner::Sqlite { .. } => Kind::Sqlite,
            Inner::Postgres { .. } => Kind::Postgres,
        }
    }

    /// The same database for an operator's command that looks at or changes every row: nobody waits for it, and a statement may take as long as it
    /// takes.
    #[must_use]
    pub fn patient(self) -> Self {
        Self(match self.0 {
            Inner::Postgres { pool, .. } => Inner::Postgres { pool, patience: Duration::MAX },
            sqlite @ Inner::Sqlite { .. } => sqlite,
        })
    }

    /// A transaction that may write. On SQLite it holds the one writer from its first moment.
    pub async fn begin(&self) -> Result<Tx> {
        let starting = Error::at("beginning a transaction");
        Ok(Tx(match &self.0 {
            Inner::Sqlite { writer, .. } => {
                TxInner::Sqlite(within(PATIENCE, writer.begin_with("BEGIN IMMEDIATE")).await.map_err(starting)?)
            }
            Inner::Postgres { pool, patience } => TxInner::Postgres(OnPostgres::begin(pool, *patience).await.map_err(starting)?),
        }))
    }

    /// A transaction that only reads: on SQLite it runs beside the writer.
    pub async fn read(&self) -> Result<Tx> {
        let starting = Error::at("beginning to read");
        Ok(Tx(match &self.0 {
            Inner::Sqlite { readers, .. } => TxInner::Sqlite(within(PATIENCE, readers.begin()).await.map_err(starting)?),
            Inner::Postgres { pool, patience } => TxInner::Postgres(OnPostgres::begin(pool, *patience).await.map_err(starting)?),
        }))
    }

    /// Closes every connection after its work. SQLite folds its log into the file.
    pub async fn close(&self) {
        match &self.0 {
            Inner::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Inner::Postgres { pool, .. } => pool.close().await,
        }
    }

    /// Writes a copy of a SQLite database, as it is at one moment, into the file at `path`, which must be absent or empty. Others read and write
    /// meanwhile.
    ///
    /// # Errors
    /// The database is PostgreSQL, which has its own tools for that, or the file cannot be written.
    pub async fn copy_to(&self, path: &Path) -> Result<()> {
        let path = path.to_str().ok_or_else(|| Error::new("the name of the copy is not UTF-8"))?;
        match &self.0 {
            Inner::Sqlite { readers, .. } => sqlx::query("VACUUM INTO $1")
                .bind(path)
                .execute(readers)
                .await
                .map(drop)
                .map_err(Error::at("copying the database")),
            Inner::Postgres { .. } => Err(Error::new("PostgreSQL is copied with pg_dump")),
        }
    }

    /// Whether SQLite finds its file sound from end to end. PostgreSQL watches over its own.
    pub async fn is_sound(&self) -> Result<bool> {
        match &self.0 {
            Inner::Sqlite { readers, .. } => {
                let found: String = sqlx::query_scalar("PRAGMA integrity_check")
                    .fetch_one(readers)
                    .await
                    .map_err(Error::at("checking the database file"))?;
                Ok(found == "ok")
            }
            Inner::Postgres { .. } => Ok(true),
        }
    }

    /// Whether the database understands `text`: parses and plans it without running it.
    ///
    /// # Errors
    /// The database's own explanation.
    pub async fn prepare(&self, text: &'static str) -> Result<()> {
        let refusing = Error::at(format!("preparing {text}"));
        match &self.0 {
            Inner::Sqlite { writer, .. } => writer.prepare(sqlx::SqlStr::from_static(text)).await.map(drop),
            Inner::Postgres { pool, .. } => pool.prepare(sqlx::SqlStr::from_static(text)).await.map(drop),
        }
        .map_err(refusing)
    }
}

/// A transaction: the only way to SQL. Dropped without [`Tx::commit`], it is undone.
pub struct Tx(TxInner);

enum TxInner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(OnPostgres),
}

/// A transaction on PostgreSQL. sqlx's own has no end where the server's machine is gone without a word: it would wait for the answer, and then for
/// the rollback, and keep its place in the pool until the kernel gives the connection up, a quarter of an hour later.
struct OnPostgres {
    /// Until it is committed.
    open: Option<PoolConnection<Postgres>>,
    /// How long a statement may take.
    patience: Duration,
}

impl OnPostgres {
    async fn begin(pool: &PgPool, patience: Duration) -> sqlx::Result<Self> {
        let mut tx = Self { open: Some(pool.acquire().await?), patience };
        tx.run(async |connection| sqlx::raw_sql("BEGIN").execute(connection).await).await?;
        Ok(tx)
    }

    async fn run<T>(&mut self, work: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>) -> sqlx::Result<T> {
        let connection = self.open.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        within(self.patience, work(connection)).await
    }

    /// As long as it takes.
    async fn script(&mut self, text: String) -> sqlx::Result<()> {
        let connection = self.open.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut **connection).await.map(drop)
    }

    async fn commit(mut self) -> sqlx::Result<()> {
        self.run(async |connection| sqlx::raw_sql("COMMIT").execute(connection).await).await?;
        self.open = None;
        Ok(())
    }
}

impl Drop for OnPostgres {
    fn drop(&mut self) {
        let Some(mut connection) = self.open.take() else { return };
        tokio::spawn(async move {
            if within(PATIENCE, sqlx::raw_sql("ROLLBACK").execute(&mut *connection)).await.is_err() {
                connection.close_on_drop();
            }
        });
    }
}

/// What takes too long is given up.
async fn within<T>(patience: Duration, work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    tokio::time::timeout(patience, work).await.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}

/// Binds the values one after the other; the same words for both databases, whose query types share no trait.
macro_rules! bound {
    ($statement:expr) => {{
        let mut query = sqlx::query($statement.text);
        for value in $statement.values {
            query = match value {
                Value::Int(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
                Value::Bool(v) => query.bind(v),
            };
        }
        query
    }};
}

impl Tx {
    /// The first row, if any.
    pub async fn one(&mut self, statement: Statement) -> Result<Option<Row>> {
        let running = Error::at(format!("running {}", statement.text));
        match &mut self.0 {
            TxInner::Sqlite(tx) => {
                bound!(statement).fetch_optional(&mut **tx).await.map(|row| row.map(|row| Row(RowInner::Sqlite(row))))
            }
            TxInner::Postgres(tx) => {
                let done = tx.run(async |connection| bound!(statement).fetch_optional(connection).await).await;
                done.map(|row| row.map(|row| Row(RowInner::Postgres(row))))
            }
        }
        .map_err(running)
    }

    /// The row that the statement always gives.
    ///
    /// # Errors
    /// There was none.
    pub async fn only(&mut self, statement: Statement) -> Result<Row> {
        let missing = Error::new(format!("no row came from {}", statement.text));
        self.one(statement).await?.ok_or(missing)
    }

    /// Every row.
    pub async fn all(&mut self, statement: Statement) -> Result<Vec<Row>> {
        let running = Error::at(format!("running {}", statement.text));
        match &mut self.0 {
            TxInner::Sqlite(tx) => bound!(statement)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(|row| Row(RowInner::Sqlite(row))).collect()),
            TxInner::Postgres(tx) => {
                let done = tx.run(async |connection| bound!(statement).fetch_all(connection).await).await;
                done.map(|rows| rows.into_iter().map(|row| Row(RowInner::Postgres(row))).collect())
            }
        }
        .map_err(running)
    }

    /// Runs it and says how many rows it touched.
    pub async fn run(&mut self, statement: Statement) -> Result<u64> {
        let running = Error::at(format!("running {}", statement.text));
        match &mut self.0 {
            TxInner::Sqlite(tx) => bound!(statement).execute(&mut **tx).await.map(|done| done.rows_affected()),
            TxInner::Postgres(tx) => {
                let done = tx.run(async |connection| bound!(statement).execute(connection).await).await;
                done.map(|done| done.rows_affected())
            }
        }
        .map_err(running)
    }

    /// Makes it durable. Only after this may anything be acknowledged.
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            TxInner::Sqlite(tx) => tx.commit().await,
            TxInner::Postgres(tx) => tx.commit().await,
        }
        .map_err(Error::at("committing"))
    }

    /// Runs the words of a migration, several statements at once.
    pub(crate) async fn script(&mut self, text: String) -> Result<()> {
        let running = Error::at("running a migration");
        match &mut self.0 {
            TxInner::Sqlite(tx) => sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut **tx).await.map(drop),
            TxInner::Postgres(tx) => tx.script(text).await,
        }
        .map_err(running)
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.0 {
            TxInner::Sqlite(_) => Kind::Sqlite,
            TxInner::Postgres(_) => Kind::Postgres,
        }
    }
}
