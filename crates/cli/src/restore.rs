//! `clavero restore`: puts a backup in the database's place, or makes a database fit to run that came back by other means.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context as _, Result, bail};
use clave::{Clock, Cx, epoch, schema};
use sql::Db;

use crate::{
    config::Config,
    open::{self, Company, beside},
};

/// What SQLite keeps beside a database's file.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

pub async fn restore(config: &Config, file: Option<&Path>, replace: bool) -> Result<ExitCode> {
    open::refuse_problems(config)?;
    match (file, open::sqlite_path(config)) {
        (None, path) => here(config, path).await,
        (Some(file), Some(path)) => put_in_place(config, file, &path, replace).await,
        (Some(_), None) => bail!(
            "restoring: the database is PostgreSQL: bring it back with pg_restore, then call `clavero restore` without a file, see «Backup and \
             restore» in docs/OPERATIONS.md"
        ),
    }
}

/// The database is in its place already.
async fn here(config: &Config, path: Option<PathBuf>) -> Result<ExitCode> {
    if let Some(path) = path.filter(|path| !path.exists()) {
        bail!("restoring: there is no database {}: name the backup's file", path.display());
    }
    open::lock(config, Company::Nobody)?;
    let voided = begin_anew(config).await?;
    println!("The database is fit to run: {voided} provisional keys, processes, links and messages from before were voided.");
    Ok(ExitCode::SUCCESS)
}

async fn put_in_place(config: &Config, file: &Path, path: &Path, replace: bool) -> Result<ExitCode> {
    open::make_data_dir(config)?;
    open::lock(config, Company::Nobody)?;
    if path.exists() && !replace {
        bail!("restoring: there is a database {}: with --replace it is kept under another name", path.display());
    }
    let copy = beside(path, &format!("restoring-{}", std::process::id()));
    let made = prepare(config, file, &copy).await;
    if made.is_err() {
        for left in std::iter::once(copy.clone()).chain(COMPANIONS.map(|ending| with_ending(&copy, ending))) {
            let _ = fs::remove_file(left);
        }
    }
    let voided = made.with_context(|| format!("restoring {}", file.display()))?;
    let aside = if path.exists() { Some(set_aside(path).await.context("keeping the present database")?) } else { None };
    fs::rename(&copy, path).context("putting the backup in place")?;
    open::sync_folder_of(path)?;
    println!("The backup is in place: {voided} provisional keys, processes, links and messages from before were voided.");
    if let Some(aside) = aside {
        println!("The database that was there is now {}: remove it when it is no longer needed.", aside.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// A copy of the backup that is ready to run: sound, of this program, with this installation's keys, migrated, begun anew. The present database has not
/// been touched when something is wrong with it.
async fn prepare(config: &Config, file: &Path, copy: &Path) -> Result<u64> {
    // The companions of a file that was copied without `clavero backup` belong to it.
    for ending in ["", "-wal"] {
        let (from, to) = (with_ending(file, ending), with_ending(copy, ending));
        if ending.is_empty() || from.exists() {
            clave::vault::write_private(&to, b"").with_context(|| format!("making {}", to.display()))?;
            fs::copy(&from, &to)
                .with_context(|| format!("reading {}: name a file written by `clavero backup`", from.display()))?;
        }
    }
    #[cfg(unix)]
    fs::set_permissions(copy, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let no_backup = "this is no sound backup: take another one";
    let db = Db::open_sqlite(copy).await.context(no_backup)?;
    let sound = db.is_sound().await.context(no_backup);
    let applied = sql::applied(&db).await;
    db.close().await;
    let applied = applied.ok().filter(|numbers| !numbers.is_empty());
    let (true, Some(applied)) = (sound?, applied) else { bail!(no_backup) };
    if applied.iter().any(|number| schema::MIGRATIONS.iter().all(|migration| migration.number != *number)) {
        bail!("it was made by a later version of this program: install that one");
    }
    let mut with_copy = config.clone();
    with_copy.database.url = Some(format!("sqlite:{}", copy.display()));
    let voided = begin_anew(&with_copy).await?;
    File::open(copy)?.sync_all().context("making the database durable")?;
    Ok(voided)
}

async fn begin_anew(config: &Config) -> Result<u64> {
    let clave = open::opened(config, open::For::Operator).await?;
    let voided = epoch::begin(&mut Cx::new(Arc::clone(&clave), None)).await;
    clave.db.close().await;
    Ok(voided?)
}

/// Gives the present database a second name. Its own stays until the backup takes it: a power cut leaves the one or the other, never none, in whose
/// place a start would make an empty one.
async fn set_aside(path: &Path) -> Result<PathBuf> {
    // Folds the log into the file. One that is not sound keeps its log under the new name.
    if let Ok(db) = Db::open_sqlite(path).await {
        db.close().await;
    }
    let aside = beside(path, &format!("replaced-{}", Clock::System.now().micros() / 1_000_000));
    for ending in COMPANIONS {
        let companion = with_ending(path, ending);
        if companion.exists() {
            fs::rename(companion, with_ending(&aside, ending))?;
        }
    }
    fs::hard_link(path, &aside)?;
    Ok(aside)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
