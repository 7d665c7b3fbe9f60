//! Opening an installation: its folders, its database, its secrets. The first start makes what is missing; a later one never does.

use std::{path::Path, process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result, bail};
use clave::{
    Clave, Clock, Cx, Tempo, audit,
    epoch::{self, Epoch},
    hashing::Hashing,
    keys, schema,
    vault::{self, Purpose, Vault},
};
use sql::Db;

use crate::config::{self, Config};

/// Refuses a configuration that must not be run.
pub fn refuse_problems(config: &Config) -> Result<()> {
    let problems = config::problems(config);
    if problems.is_empty() { Ok(()) } else { bail!("the configuration is refused:\n  {}", problems.join("\n  ")) }
}

/// Refuses where there is no installation: an operator's command in the wrong folder makes none.
pub fn refuse_absent(config: &Config, doing: &str) -> Result<()> {
    match config.database_url().strip_prefix("sqlite:") {
        Some(path) if !Path::new(path).exists() => {
            bail!("{doing}: there is no database {path}: call it in the service's folder, or with its --config")
        }
        _ => Ok(()),
    }
}

/// The database, which for SQLite may have to be made.
pub async fn database(config: &Config) -> Result<Db> {
    vault::make_private_folder(&config.data_dir)
        .with_context(|| format!("making {}: choose another data_dir or its owner", config.data_dir.display()))?;
    let url = config.database_url();
    Db::open(&url).await.with_context(|| {
        format!("opening the database {}: check database.url and that the server runs", config::without_password(&url))
    })
}

/// Migrates, and says what was done.
pub async fn migrate(config: &Config) -> Result<ExitCode> {
    let db = database(config).await?;
    let applied = migrated(&db).await?;
    println!("{} migrations run, {} had been run before.", applied.now.len(), applied.before);
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn migrated(db: &Db) -> Result<sql::Applied> {
    schema::migrate(db, Clock::System.now())
        .await
        .context("migrating the database: where the service's role may not do that, call `clavero migrate` as the tables' owner")
}

/// The keys: made for a new installation, also where an earlier first start did not get to its end; required for one that has data. A purpose that
/// this version brings gets its first key.
async fn secrets(config: &Config, db: &Db) -> Result<Vault> {
    let folder = config.secrets_dir();
    let unseen = keys::unseen(db).await?;
    if unseen.len() < Purpose::ALL.len() && Vault::is_absent(&folder) {
        bail!(
            "{} is empty, and this database holds data sealed with keys that were there: put them back from the backup",
            folder.display()
        );
    }
    Vault::create_for(&folder, &unseen, &mut rand::make_rng::<rand::rngs::StdRng>())?;
    let vault = Vault::open(&folder)?;
    keys::agree(db, &vault, Clock::System.now()).await?;
    Ok(vault)
}

/// Everything, ready to be used. A restored database is made fit to run first.
pub async fn installation(config: &Config) -> Result<Arc<Clave>> {
    let clave = opened(config).await?;
    if let Some(voided) = epoch::begin_if_copy(&mut Cx::new(Arc::clone(&clave), None)).await? {
        eprintln!("This database is a backup: {voided} provisional keys, processes, links and messages from before were voided.");
    }
    Ok(clave)
}

/// Everything, as it is.
pub async fn opened(config: &Config) -> Result<Arc<Clave>> {
    let db = database(config).await?;
    migrated(&db).await?;
    let vault = secrets(config, &db).await?;
    let settings = config.settings();
    let threads = match config.hashing.threads {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        threads => threads,
    };
    let hashing = Hashing::start(threads, config.hashing.queue, settings.hashing)?;
    let clave =
        Arc::new(Clave { db, vault, hashing, settings, clock: Clock::System, tempo: Tempo::default(), epoch: Epoch::default() });
    epoch::refresh(&clave).await?;
    audit::adopt(&clave).await.context("taking the records of an earlier version into the chain")?;
    Ok(clave)
}
