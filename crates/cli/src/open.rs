//! Opening an installation: its folders, its database, its secrets. The first start makes what is missing; a later one never does.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, Result, bail};
use clave::{
    Clave, Clock, Cx, Tempo, audit,
    epoch::{self, Epoch},
    hashing::Hashing,
    keys,
    rce::catalogue::Unchecked,
    schema,
    signing::Signing,
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
    make_data_dir(config)?;
    let url = config.database_url();
    Db::open(&url).await.with_context(|| {
        format!("opening the database {}: check database.url and that the server runs", config::without_password(&url))
    })
}

/// The folder of all that is kept.
pub fn make_data_dir(config: &Config) -> Result<()> {
    vault::make_private_folder(&config.data_dir)
        .with_context(|| format!("making {}: choose another data_dir or its owner", config.data_dir.display()))
}

/// Migrates, and says what was done.
pub async fn migrate(config: &Config) -> Result<ExitCode> {
    make_data_dir(config)?;
    lock(config, Company::Others)?;
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

/// An installation that must be there already: commands for operators make none by mistake. `doing` begins the message.
pub async fn existing(config: &Config, doing: &str) -> Result<Arc<Clave>> {
    refuse_problems(config)?;
    refuse_absent(config, doing)?;
    installation(config, For::Operator).await
}

/// The database's file, where it is SQLite.
pub fn sqlite_path(config: &Config) -> Option<PathBuf> {
    config.database_url().strip_prefix("sqlite:").map(|path| PathBuf::from(path.trim_start_matches("//")))
}

/// Who may have the database open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// Servers and commands side by side.
    Others,
    /// Nobody else: the file is to be replaced.
    Nobody,
}

/// Locks a SQLite database's file against being replaced under our feet, or for replacing it. The lock ends with the process; PostgreSQL needs
/// none, since it is not ours to replace.
///
/// # Errors
/// Somebody has it the other way.
pub fn lock(config: &Config, company: Company) -> Result<()> {
    static HELD: Mutex<Vec<File>> = Mutex::new(Vec::new());
    let Some(path) = sqlite_path(config) else { return Ok(()) };
    let path = beside(&path, "lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("locking the database with {}: see the folder's owner", path.display()))?;
    let locked = match company {
        Company::Others => file.try_lock_shared(),
        Company::Nobody => file.try_lock(),
    };
    match (locked, company) {
        (Ok(()), _) => {}
        (Err(TryLockError::WouldBlock), Company::Others) => {
            bail!("opening the database: `clavero restore` is replacing it at this moment: try again when it has ended")
        }
        (Err(TryLockError::WouldBlock), Company::Nobody) => {
            bail!("restoring: a server or another command has the database open: stop it first")
        }
        (Err(TryLockError::Error(error)), _) => return Err(error).context(format!("locking {}", path.display())),
    }
    HELD.lock().unwrap_or_else(PoisonError::into_inner).push(file);
    Ok(())
}

/// `clavero.db` → `clavero.db.ending`
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Makes a new name in a folder durable.
pub fn sync_folder_of(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(|| format!("making {} durable", path.display()))
}

/// Who waits for the database's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// People at their pages: what takes too long is given up.
    People,
    /// An operator's command, which may go through every row.
    Operator,
}

/// Everything, ready to be used. A restored database is made fit to run first.
pub async fn installation(config: &Config, whose: For) -> Result<Arc<Clave>> {
    make_data_dir(config)?;
    lock(config, Company::Others)?;
    let clave = opened(config, whose).await?;
    if let Some(voided) = epoch::begin_if_copy(&mut Cx::new(Arc::clone(&clave), None)).await? {
        eprintln!("This database is a backup: {voided} provisional keys, processes, links and messages from before were voided.");
    }
    Ok(clave)
}

/// Everything, as it is.
pub async fn opened(config: &Config, whose: For) -> Result<Arc<Clave>> {
    let db = database(config).await?;
    let db = if whose == For::Operator { db.patient() } else { db };
    migrated(&db).await?;
    let vault = secrets(config, &db).await?;
    let settings = config.settings();
    let threads = match config.hashing.threads {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        threads => threads,
    };
    let hashing = Hashing::start(threads, config.hashing.queue, settings.hashing)?;
    let clave = Arc::new(Clave {
        db,
        vault,
        hashing,
        settings,
        clock: Clock::System,
        tempo: Tempo::default(),
        epoch: Epoch::default(),
        signing: Signing::default(),
        unchecked: Unchecked::default(),
    });
    epoch::refresh(&clave).await?;
    audit::adopt(&clave).await.context("taking the records of an earlier version into the chain")?;
    Ok(clave)
}
