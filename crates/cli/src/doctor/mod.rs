//! `clavero doctor`: looks at everything an installation stands on and says what to do about what is wrong. Changes nothing.

mod gateways;

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use clave::{
    Clock, Fault,
    client::{self, Client},
    keys,
    rce::otec::{self, Otec},
    schema, signing,
    vault::Vault,
};
use serde::Serialize;
use sql::{Db, Kind};

use crate::config::{self, Config};

/// One look.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    verdict: Verdict,
    text: String,
}

#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Note,
    Wrong,
}

pub async fn doctor(config: &Config, json: bool) -> Result<ExitCode> {
    let mut findings = Vec::new();
    let mut find = |what, verdict, text: String| findings.push(Finding { what, verdict, text });

    let problems = config::problems(config);
    if problems.is_empty() {
        find("configuration", Verdict::Ok, "can be run".to_owned());
    }
    for problem in problems {
        find("configuration", Verdict::Wrong, problem);
    }
    for remark in config::remarks(config) {
        find("configuration", Verdict::Note, remark);
    }

    let (verdict, text) = folder(&config.data_dir);
    find("data folder", verdict, text);
    let (verdict, text) = secrets(&config.secrets_dir());
    find("secrets", verdict, text);
    let (verdict, text) = database(config).await;
    find("database", verdict, text);
    if verdict == Verdict::Ok {
        for (what, verdict, text) in systems(config).await.into_iter().chain(otecs(config).await) {
            find(what, verdict, text);
        }
    }
    for (what, verdict, text) in gateways::look(config).await {
        find(what, verdict, text);
    }

    if json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for Finding { what, verdict, text } in &findings {
            let word = match verdict {
                Verdict::Ok => "ok   ",
                Verdict::Note => "note ",
                Verdict::Wrong => "WRONG",
            };
            println!("{word}  {what}: {text}");
        }
    }
    let sick = findings.iter().any(|finding| finding.verdict == Verdict::Wrong);
    Ok(if sick { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn folder(path: &Path) -> (Verdict, String) {
    if !path.exists() {
        return (Verdict::Note, format!("{} does not exist; the first `clavero serve` makes it", path.display()));
    }
    match tempfile_in(path) {
        Ok(()) => (Verdict::Ok, format!("{} can be written", path.display())),
        Err(error) => (Verdict::Wrong, format!("{} cannot be written: {error}: give it to the service's user", path.display())),
    }
}

/// Writes and removes a file.
fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!(".doctor-{}", std::process::id()));
    clave::vault::write_private(&path, b"x")?;
    std::fs::remove_file(path)
}

fn secrets(folder: &Path) -> (Verdict, String) {
    if Vault::is_absent(folder) {
        return (Verdict::Note, format!("{} has no keys; the first `clavero serve` makes them", folder.display()));
    }
    if let Err(fault) = Vault::open(folder) {
        return (Verdict::Wrong, clave::fault::chain(&fault));
    }
    match open_to_others(folder) {
        Ok(None) => (Verdict::Ok, format!("{} is complete and private", folder.display())),
        Ok(Some(name)) => (Verdict::Wrong, format!("{name} can be read by others: chmod 600 it")),
        Err(error) => (Verdict::Wrong, format!("{} cannot be read: {error}", folder.display())),
    }
}

#[cfg(unix)]
fn open_to_others(folder: &Path) -> std::io::Result<Option<String>> {
    use std::os::unix::fs::PermissionsExt as _;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.metadata()?.permissions().mode() & 0o077 != 0 {
            return Ok(Some(entry.path().display().to_string()));
        }
    }
    Ok(None)
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> std::io::Result<Option<String>> {
    Ok(None)
}

async fn database(config: &Config) -> (Verdict, String) {
    let url = config.database_url();
    let shown = config::without_password(&url);
    if let Some(path) = url.strip_prefix("sqlite:")
        && !Path::new(path).exists()
    {
        return (Verdict::Note, format!("{shown} does not exist; the first `clavero serve` makes it"));
    }
    let db = match Db::open(&url).await {
        Ok(db) => db,
        Err(error) => return (Verdict::Wrong, format!("{shown}: {}", clave::fault::chain(&error))),
    };
    let current = schema::is_current(&db).await;
    let keys = match Vault::open(&config.secrets_dir()) {
        Ok(vault) if current => keys::refresh(&db, &vault).await,
        _ => Ok(()),
    };
    let verdict = if let Err(fault) = keys {
        (Verdict::Wrong, format!("{shown}: {}", clave::fault::chain(&fault)))
    } else if current {
        let kind = if db.kind() == Kind::Sqlite { "SQLite" } else { "PostgreSQL" };
        (Verdict::Ok, format!("{shown} answers ({kind}) and has this version's schema"))
    } else {
        (Verdict::Wrong, format!("{shown} has an older schema: run `clavero migrate`"))
    };
    db.close().await;
    verdict
}

/// What relying systems stand on: their registrations, and the keys that sign what they verify.
async fn systems(config: &Config) -> Vec<(&'static str, Verdict, String)> {
    let looked = async {
        let db = Db::open(&config.database_url()).await?;
        let mut tx = db.read().await?;
        let clients = client::list(&mut tx).await;
        let keys = match Vault::open(&config.secrets_dir()) {
            Ok(vault) => signing::read(&mut tx, &vault, &[]).await,
            Err(fault) => Err(fault),
        };
        drop(tx);
        db.close().await;
        Ok::<_, sql::Error>((clients, keys))
    };
    let (clients, keys) = match looked.await {
        Ok(looked) => looked,
        Err(error) => return vec![("systems", Verdict::Wrong, clave::fault::chain(&error))],
    };
    let clients = match clients {
        Ok(clients) => (Verdict::Ok, told(config, &clients)),
        Err(fault) => (Verdict::Wrong, format!("{}: register the system anew", clave::fault::chain(&fault))),
    };
    let keys = match keys {
        Ok(keys) if keys.is_empty() => (Verdict::Note, "there are none yet; the first `clavero serve` makes them".to_owned()),
        Ok(keys) => (Verdict::Ok, format!("{} keys that sign can be read", keys.len())),
        Err(fault) => (Verdict::Wrong, format!("{}: put the secrets folder back from the backup", clave::fault::chain(&fault))),
    };
    vec![("systems", clients.0, clients.1), ("signing keys", keys.0, keys.1)]
}

fn told(config: &Config, clients: &[Client]) -> String {
    let here = |client: &&Client| client.redirect_uris.iter().any(oidc::redirect::Uri::is_loopback);
    let unreachable = |client: &&Client| client.backchannel_logout_uri.as_deref().is_some_and(|uri| uri.starts_with("http://"));
    let mut told = vec![format!("{} registered", clients.len())];
    let trying = clients.iter().filter(here).count();
    if trying > 0 {
        told.push(format!("{trying} of them send people back to their own machine"));
    }
    let untold = clients.iter().filter(unreachable).count();
    if untold > 0 && !config.oidc.backchannel_loopback {
        told.push(format!("{untold} of them are not told that sessions ended, since oidc.backchannel_loopback is off"));
    }
    told.join("; ")
}

/// Training bodies whose participants are not protected, or whose LMS can register nothing.
async fn otecs(config: &Config) -> Vec<(&'static str, Verdict, String)> {
    let looked = async {
        let db = Db::open(&config.database_url()).await?;
        let mut tx = db.read().await?;
        let mut looked = Vec::new();
        for otec in otec::list(&mut tx).await? {
            let tokens = otec::token::list(&mut tx, otec.rut).await?;
            looked.push((otec, tokens));
        }
        drop(tx);
        db.close().await;
        Ok::<_, Fault>(looked)
    };
    let looked = match looked.await {
        Ok(looked) => looked,
        Err(fault) => return vec![("OTECs", Verdict::Wrong, clave::fault::chain(&fault))],
    };
    let now = Clock::System.now();
    let mut found = vec![("OTECs", Verdict::Ok, format!("{} registered", looked.len()))];
    for (Otec { rut, name, origins, suspended_at, .. }, tokens) in &looked {
        let rut = rut.plain();
        let mut note = |text: String| found.push(("OTECs", Verdict::Note, format!("{name} ({rut}) {text}")));
        if suspended_at.is_some() {
            note(format!("is suspended: `clavero otec resume --rut {rut}` takes it back"));
        }
        if origins.is_empty() {
            note(format!("has no callback origins, so each return waits for the person: `clavero otec origins --rut {rut}`"));
        }
        if !tokens.iter().any(|token| token.lives(now)) {
            note(format!("has no token that serves, so its LMS registers nothing: `clavero otec token issue --rut {rut}`"));
        }
    }
    found
}
