//! `clavero backup`: a copy of a SQLite database, as it is at one moment, while the service runs.

use std::{
    fs::{self, File},
    io,
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context as _, Result, bail};
use clave::{
    Clave, Cx,
    audit::{self, Event},
    epoch, vault,
};
use sql::Db;

use crate::{config::Config, open};

pub async fn backup(config: &Config, file: &Path) -> Result<ExitCode> {
    if open::sqlite_path(config).is_none() {
        bail!("writing a backup: the database is PostgreSQL: use pg_dump, see «Backup and restore» in docs/OPERATIONS.md");
    }
    let clave = open::existing(config, "writing a backup").await?;
    // Empty until the copy is whole: it holds the name, so that nothing that comes meanwhile is overwritten.
    vault::write_private(file, b"").map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            anyhow::anyhow!("writing a backup: {} is there already: choose another name", file.display())
        }
        _ => anyhow::anyhow!("writing a backup to {}: {error}: choose a folder that can be written", file.display()),
    })?;
    let unfinished = open::beside(file, &format!("unfinished-{}", std::process::id()));
    let written = write(&clave, &unfinished, file).await;
    clave.db.close().await;
    if written.is_err() {
        for path in [&unfinished, file] {
            let _ = fs::remove_file(path);
        }
    }
    let bytes = written.with_context(|| format!("writing a backup to {}", file.display()))?;
    println!(
        "The backup is in {} ({} KiB). Keep it apart from the secrets folder, without which it opens to nobody.",
        file.display(),
        bytes / 1024
    );
    Ok(ExitCode::SUCCESS)
}

/// Gives the size of the finished copy.
async fn write(clave: &Arc<Clave>, unfinished: &Path, file: &Path) -> Result<u64> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let mut tx = clave.db.begin().await?;
    audit::append(&mut tx, &mut cx, None, Event::BackupMade, None).await?;
    tx.commit().await?;

    vault::write_private(unfinished, b"").context("making the file")?;
    clave.db.copy_to(unfinished).await?;
    let copy = Db::open_sqlite(unfinished).await?;
    epoch::mark_as_copy(&copy, cx.now).await?;
    let sound = copy.is_sound().await?;
    copy.close().await;
    if !sound {
        bail!("the copy is not sound: the disk may be failing: try another one");
    }
    File::open(unfinished)?.sync_all().context("making the copy durable")?;
    fs::rename(unfinished, file).context("giving the copy its name")?;
    open::sync_folder_of(file)?;
    Ok(fs::metadata(file)?.len())
}
