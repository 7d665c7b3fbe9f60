//! The same statements on whichever database the test runs on: SQLite, or PostgreSQL where `CLAVERO_TEST_DATABASE` says so.
#![expect(clippy::unwrap_used, reason = "a test ends where something is wrong")]

use sql::{Db, Kind, Migration, sql};

const FIRST: Migration = Migration {
    number: 1,
    name: "thing",
    text: "CREATE TABLE thing (\n    id BIGINT PRIMARY KEY,\n    word TEXT,\n    bytes BYTEA,\n    flag BOOLEAN\n);\n",
    sqlite: None,
};
const SECOND: Migration =
    Migration { number: 2, name: "more", text: "CREATE INDEX thing_by_word ON thing (word) WHERE flag;\n", sqlite: None };

struct Test {
    db: Db,
    schema: Option<(String, String)>,
    _folder: tempfile::TempDir,
}

impl Test {
    #[expect(clippy::disallowed_methods, reason = "the test's own switch, not the product's configuration")]
    async fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        match std::env::var("CLAVERO_TEST_DATABASE").ok().filter(|url| url.starts_with("postgres")) {
            Some(url) => {
                let schema = format!("sql_{name}_{}", std::process::id());
                sql::testing::make_schema(&url, &schema).await.unwrap();
                let db = Db::open_postgres(&url, Some(&schema)).await.unwrap();
                Self { db, schema: Some((url, schema)), _folder: folder }
            }
            None => Self { db: Db::open_sqlite(&folder.path().join("x.db")).await.unwrap(), schema: None, _folder: folder },
        }
    }

    async fn end(self) {
        self.db.close().await;
        if let Some((url, schema)) = self.schema {
            sql::testing::drop_schema(&url, &schema).await.unwrap();
        }
    }
}

#[tokio::test]
async fn migrations_run_once_each_and_in_order() {
    let test = Test::new("migrate").await;
    assert!(sql::applied(&test.db).await.is_err(), "an empty database has seen none");
    assert_eq!(sql::migrate(&test.db, &[FIRST], 1).await.unwrap().now, [1]);
    let applied = sql::migrate(&test.db, &[FIRST, SECOND], 2).await.unwrap();
    assert_eq!((applied.now, applied.before), (vec![2], 1));
    assert_eq!(sql::applied(&test.db).await.unwrap(), [1, 2]);
    test.end().await;
}

#[tokio::test]
async fn several_nodes_may_migrate_at_once() {
    let test = Test::new("nodes").await;
    let (one, two, three) = tokio::join!(
        sql::migrate(&test.db, &[FIRST, SECOND], 1),
        sql::migrate(&test.db, &[FIRST, SECOND], 1),
        sql::migrate(&test.db, &[FIRST, SECOND], 1),
    );
    assert_eq!([one, two, three].into_iter().map(|applied| applied.unwrap().now.len()).sum::<usize>(), 2);
    test.end().await;
}

#[tokio::test]
async fn every_type_goes_in_and_comes_out_and_may_be_absent() {
    let test = Test::new("types").await;
    sql::migrate(&test.db, &[FIRST], 1).await.unwrap();
    let mut tx = test.db.begin().await.unwrap();
    tx.run(sql!("INSERT INTO thing (id, word, bytes, flag) VALUES ($1, $2, $3, $4)", i64::MAX, "Ñuñoa 😀", &b"\0\xff"[..], true))
        .await
        .unwrap();
    tx.run(sql!(
        "INSERT INTO thing (id, word, bytes, flag) VALUES ($1, $2, $3, $4)",
        1_i64,
        None::<&str>,
        None::<Vec<u8>>,
        None::<bool>
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let rows = test.db.read().await.unwrap().all(sql!("SELECT id, word, bytes, flag FROM thing ORDER BY id")).await.unwrap();
    assert_eq!(rows[0].get::<Option<String>>("word").unwrap(), None);
    assert_eq!(rows[0].get::<Option<bool>>("flag").unwrap(), None);
    assert!(rows[0].get::<String>("word").is_err(), "NULL is no text");
    assert_eq!(rows[1].get::<i64>("id").unwrap(), i64::MAX);
    assert_eq!(rows[1].get::<String>("word").unwrap(), "Ñuñoa 😀");
    assert_eq!(rows[1].get::<Vec<u8>>("bytes").unwrap(), b"\0\xff");
    assert!(rows[1].get::<bool>("flag").unwrap());
    assert!(rows[1].get::<[u8; 16]>("bytes").is_err());
    test.end().await;
}

#[tokio::test]
async fn what_is_not_committed_never_was() {
    let test = Test::new("undone").await;
    sql::migrate(&test.db, &[FIRST], 1).await.unwrap();
    let mut tx = test.db.begin().await.unwrap();
    assert_eq!(tx.run(sql!("INSERT INTO thing (id) VALUES ($1)", 1_i64)).await.unwrap(), 1);
    drop(tx);
    let mut tx = test.db.begin().await.unwrap();
    assert!(tx.one(sql!("SELECT id FROM thing")).await.unwrap().is_none());
    drop(tx);
    test.end().await;
}

/// SQLite undoes the transaction of a full disk by itself, behind sqlx's back.
#[tokio::test]
async fn a_full_disk_is_passing_and_the_next_transaction_begins() {
    let test = Test::new("full").await;
    sql::migrate(&test.db, &[FIRST], 1).await.unwrap();
    if test.db.kind() == Kind::Sqlite {
        let mut tx = test.db.begin().await.unwrap();
        // Of this connection alone.
        tx.run(sql!("PRAGMA max_page_count = 8")).await.unwrap();
        let error = tx.run(sql!("INSERT INTO thing (id, bytes) VALUES ($1, $2)", 1_i64, vec![0; 100_000])).await.unwrap_err();
        assert!(error.is_passing(), "{error:?}");
        drop(tx);
    }
    let mut tx = test.db.begin().await.unwrap();
    tx.run(sql!("INSERT INTO thing (id, bytes) VALUES ($1, $2)", 2_i64, vec![0; 100_000])).await.unwrap();
    tx.commit().await.unwrap();
    test.end().await;
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let test = Test::new("silent").await;
    if test.db.kind() == Kind::Postgres {
        let mut tx = test.db.begin().await.unwrap();
        let began = std::time::Instant::now();
        let error = tx.run(sql!("SELECT CAST(pg_sleep(60) AS TEXT)")).await.unwrap_err();
        assert!(error.is_passing(), "{error:?}");
        assert!(began.elapsed() < std::time::Duration::from_secs(6), "{:?}", began.elapsed());
        drop(tx);
        test.db.begin().await.unwrap().commit().await.unwrap();
    }
    test.end().await;
}

#[tokio::test]
async fn a_wrong_statement_is_our_fault_and_not_a_passing_one() {
    let test = Test::new("wrong").await;
    let error = test.db.prepare("SELECT nothing FROM nowhere").await.unwrap_err();
    assert!(!error.is_passing());
    assert!(Db::open("mysql://x").await.is_err());
    test.end().await;
}
