//! A product of its own for each test: its database, its clock.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use clave::{
    Clave, Clock, Cx, Moment, Tempo,
    delivery::{FileFolder, Http, Rendered, Systems, Transport, Transports, Words},
    epoch::Epoch,
    hashing::{Cost, Hashing},
    outbox::{Channel, Letter, Message},
    rce::catalogue::Unchecked,
    settings::{Backchannel, Settings},
    signing::Signing,
    vault::Vault,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sql::Db;
use tempfile::TempDir;

/// 28-05-2019 10:47 in Chile, as in the guide.
const START: i64 = 1_559_054_820_000_000;

const FILE: &str = "clavero.sqlite";

/// A product with a database of its own, and a clock that the test moves.
pub struct TestClave {
    pub clave: Arc<Clave>,
    pub folder: TempDir,
    clock: Arc<AtomicI64>,
    schema: Option<Schema>,
}

struct Schema {
    url: String,
    name: String,
}

#[expect(clippy::disallowed_methods, reason = "the test's own switch, not the product's configuration")]
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl TestClave {
    /// With the default settings.
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    /// With these settings; hashing is cheap whatever they say.
    pub async fn with(mut settings: Settings) -> Self {
        settings.hashing = Cost { memory_kib: 64, passes: 1 };
        let folder = tempfile::tempdir().unwrap();
        let schema = match env("CLAVERO_TEST_DATABASE") {
            Some(url) if url.starts_with("postgres") => {
                let mut rng: StdRng = rand::make_rng();
                let schema = Schema { url, name: format!("t_{:016x}", rng.random::<u64>()) };
                sql::testing::make_schema(&schema.url, &schema.name).await.unwrap();
                Some(schema)
            }
            _ => None,
        };
        let clock = Arc::new(AtomicI64::new(START));
        let db = open(schema.as_ref(), &folder).await;
        clave::schema::migrate(&db, Moment::from_micros(START)).await.unwrap();
        let clave = Arc::new(product(db, settings, &clock, &folder.path().join("secrets")));
        Self { clave, folder, clock, schema }
    }

    /// Without limits, and with a secrets folder: its keys can be rotated.
    pub async fn with_secrets() -> Self {
        let mut settings = Settings::default();
        settings.limits.enabled = false;
        let mut test = Self::with(settings).await;
        Vault::create(&test.secrets(), &mut StdRng::seed_from_u64(7)).unwrap();
        test.clave = test.another_node().await;
        test
    }

    /// The folder that such a product has its keys in.
    pub fn secrets(&self) -> PathBuf {
        self.folder.path().join("secrets")
    }

    /// The file of the database, where it is SQLite.
    pub fn file(&self) -> Option<PathBuf> {
        self.schema.is_none().then(|| self.folder.path().join(FILE))
    }

    /// Another node: the same database, secrets and clock, nothing else in common.
    pub async fn another_node(&self) -> Arc<Clave> {
        self.node_at(open(self.schema.as_ref(), &self.folder).await).await
    }

    /// A node at another database with the same secrets.
    pub async fn node_at(&self, db: Db) -> Arc<Clave> {
        let clave = product(db, self.clave.settings.clone(), &self.clock, &self.secrets());
        if self.secrets().exists() {
            clave::keys::agree(&clave.db, &clave.vault, self.now()).await.unwrap();
        }
        clave::epoch::refresh(&clave).await.unwrap();
        Arc::new(clave)
    }

    /// The same on PostgreSQL, with the rights of a lesser role.
    pub async fn as_role(&self, role: &str) -> Arc<Clave> {
        let Schema { url, name } = self.schema.as_ref().unwrap();
        let join = if url.contains('?') { '&' } else { '?' };
        let db = Db::open(&format!("{url}{join}options=-csearch_path%3D{name}%20-crole%3D{role}")).await.unwrap();
        Arc::new(product(db, self.clave.settings.clone(), &self.clock, &self.secrets()))
    }

    /// The test's schema on PostgreSQL.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_ref().map(|schema| schema.name.as_str())
    }

    /// A request.
    pub fn cx(&self) -> Cx {
        Cx::new(Arc::clone(&self.clave), None)
    }

    pub fn now(&self) -> Moment {
        self.clave.clock.now()
    }

    /// Time passes.
    pub fn wait(&self, span: Duration) {
        self.clock.fetch_add(i64::try_from(span.as_micros()).unwrap(), Ordering::SeqCst);
    }

    /// The clock is set back.
    pub fn turn_back(&self, span: Duration) {
        self.clock.fetch_sub(i64::try_from(span.as_micros()).unwrap(), Ordering::SeqCst);
    }

    /// Both channels into one folder.
    pub fn files(&self) -> Transports {
        let path = self.folder.path().join("outbox");
        let folder = FileFolder::open(&path).unwrap();
        Transports { email: Transport::File(folder.clone()), sms: Transport::File(folder), systems: systems() }
    }

    /// The messages in that folder, in the order of their names.
    pub fn written(&self) -> Vec<serde_json::Value> {
        let mut names: Vec<_> = std::fs::read_dir(self.folder.path().join("outbox"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .collect();
        names.sort();
        names.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }
}

/// Who the product says it is towards systems.
pub const ISSUER: &str = "https://clave.example.cl";

/// To systems on this machine.
pub fn systems() -> Systems {
    Systems { issuer: ISSUER.to_owned(), http: Http::new(Backchannel::Loopback).unwrap() }
}

async fn open(schema: Option<&Schema>, folder: &TempDir) -> Db {
    match schema {
        Some(schema) => Db::open_postgres(&schema.url, Some(&schema.name)).await.unwrap(),
        None => Db::open_sqlite(&folder.path().join(FILE)).await.unwrap(),
    }
}

fn product(db: Db, settings: Settings, clock: &Arc<AtomicI64>, secrets: &Path) -> Clave {
    let vault = if secrets.exists() { Vault::open(secrets).unwrap() } else { Vault::for_tests(&mut StdRng::seed_from_u64(7)) };
    Clave {
        db,
        vault,
        hashing: Hashing::start(1, 64, settings.hashing).unwrap(),
        settings,
        clock: Clock::Set(Arc::clone(clock)),
        tempo: Tempo::default(),
        epoch: Epoch::default(),
        signing: Signing::default(),
        unchecked: Unchecked::default(),
    }
}

/// The schema goes even when the test failed.
impl Drop for TestClave {
    fn drop(&mut self) {
        let Some(Schema { url, name }) = self.schema.take() else { return };
        // A runtime cannot be entered from inside another one: hence a thread.
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let _ = runtime.block_on(sql::testing::drop_schema(&url, &name));
        })
        .join();
    }
}

/// Words that show what is in a letter, and count how often they were asked for.
#[derive(Default)]
pub struct PlainWords(pub AtomicUsize);

impl Words for PlainWords {
    fn render(&self, letter: &Letter, channel: Channel) -> Rendered {
        self.0.fetch_add(1, Ordering::SeqCst);
        let text = match &letter.message {
            Message::ProvisionalKey { key, .. } => format!("La clave es {}", key.expose()),
            other => other.kind().to_owned(),
        };
        let html = (channel == Channel::Email).then(|| format!("<p>{text}</p>"));
        Rendered { subject: format!("Clave provisoria ñandú {}", letter.message.kind()), text, html }
    }
}
