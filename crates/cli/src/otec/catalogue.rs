//! `clavero otec catalogue import|show|remove`.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context as _, Result, anyhow};
use clap::Subcommand;
use clave::{
    Clave, Cx,
    rce::catalogue::{self, Bad, Kind, Loaded, Refused, Source},
};
use serde_json::json;

use crate::progress::{Progress, Watched};

#[derive(Subcommand)]
pub enum Command {
    /// Replace courses, actions or enrolments by CSV files, each whole or not at all, while the service runs
    Import(Files),
    /// Print what is loaded, and since when
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Forget what was loaded: its checks are off again
    Remove(Kinds),
}

#[derive(clap::Args)]
#[group(id = "files", required = true, multiple = true, args = ["courses", "actions", "enrolments"])]
pub struct Files {
    /// Columns cod_sence,nombre
    #[arg(long, value_name = "FILE")]
    courses: Option<PathBuf>,
    /// Columns codigo_curso,cod_sence,rut_otec,modalidad,inicio,termino,estado
    #[arg(long, value_name = "FILE")]
    actions: Option<PathBuf>,
    /// Columns codigo_curso,run
    #[arg(long, value_name = "FILE")]
    enrolments: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[group(id = "kinds", required = true, multiple = true, args = ["courses", "actions", "enrolments"])]
pub struct Kinds {
    /// Codes of courses are no longer compared (204)
    #[arg(long)]
    courses: bool,
    /// Actions are no longer looked at (205, 306 to 310)
    #[arg(long)]
    actions: bool,
    /// Anybody may attend (208)
    #[arg(long)]
    enrolments: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(command: &Command, clave: &Arc<Clave>) -> Result<ExitCode> {
    match command {
        Command::Import(files) => import(clave, files).await,
        Command::Show { json } => show(clave, *json).await,
        Command::Remove(kinds) => remove(clave, kinds).await,
    }
}

async fn import(clave: &Arc<Clave>, files: &Files) -> Result<ExitCode> {
    let given = [(Kind::Courses, &files.courses), (Kind::Actions, &files.actions), (Kind::Enrolments, &files.enrolments)];
    let given: Vec<(Kind, &PathBuf)> = given.into_iter().filter_map(|(kind, path)| Some((kind, path.as_ref()?))).collect();
    let mut opened = Vec::new();
    for (kind, path) in &given {
        let file = File::open(path).with_context(|| format!("reading {}: name a file that you may read", path.display()))?;
        opened.push((*kind, BufReader::with_capacity(1 << 16, Watched::new(file, "reading (bytes)"))));
    }
    let sources = opened.iter_mut().map(|(kind, bytes)| Source { kind: *kind, bytes: bytes as &mut dyn BufRead }).collect();
    let mut bad = |Bad { kind, line, why }: Bad| {
        let path = given.iter().find(|(given, _)| *given == kind).map(|(_, path)| path.display().to_string());
        eprintln!("{}, line {line}: {why}", path.unwrap_or_default());
    };
    let mut cx = Cx::new(Arc::clone(clave), None);
    let mut watched = Progress::begin("importing (rows)");
    let mut told = |progress: clave::audit::Progress| watched.at(progress.done, progress.total);
    let imported = catalogue::import(&mut cx, sources, &mut bad, &mut told).await;
    drop(watched);
    let loaded = imported.map_err(|refused| match refused {
        Refused::Fault(fault) => anyhow!("importing the catalogue: {}", clave::fault::chain(&fault)),
        refused => anyhow!("importing the catalogue: {refused}"),
    })?;
    if files.json {
        let told: serde_json::Map<_, _> =
            loaded.iter().map(|Loaded { kind, rows, .. }| (kind.name().to_owned(), json!({ "rows": rows }))).collect();
        println!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::SUCCESS);
    }
    for Loaded { kind, rows, .. } in loaded {
        println!("{rows} {} count from now on.", kind.name());
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(clave: &Arc<Clave>, json: bool) -> Result<ExitCode> {
    let loaded = catalogue::loaded(&mut clave.db.read().await?).await.context("looking at the catalogue")?;
    let rows = Kind::ALL.map(|kind| (kind, loaded.iter().find(|loaded| loaded.kind == kind)));
    if json {
        let told: serde_json::Map<_, _> = rows
            .into_iter()
            .map(|(kind, loaded)| {
                let told = loaded.map(|loaded| json!({ "rows": loaded.rows, "since": loaded.at.iso() }));
                (kind.name().to_owned(), told.into())
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::SUCCESS);
    }
    for (kind, loaded) in rows {
        match loaded {
            Some(loaded) => println!("{:<11} {} since {}", kind.name(), loaded.rows, loaded.at.iso()),
            None => println!("{:<11} none: not checked", kind.name()),
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn remove(clave: &Arc<Clave>, kinds: &Kinds) -> Result<ExitCode> {
    let named = [(Kind::Courses, kinds.courses), (Kind::Actions, kinds.actions), (Kind::Enrolments, kinds.enrolments)];
    let named: Vec<Kind> = named.into_iter().filter_map(|(kind, is_named)| is_named.then_some(kind)).collect();
    let mut cx = Cx::new(Arc::clone(clave), None);
    let removed = catalogue::remove(&mut cx, &named).await.context("removing from the catalogue")?;
    if kinds.json {
        let removed: Vec<&str> = removed.iter().map(|kind| kind.name()).collect();
        println!("{}", serde_json::to_string_pretty(&json!({ "removed": removed }))?);
        return Ok(ExitCode::SUCCESS);
    }
    for kind in named {
        let said = if removed.contains(&kind) { "removed, and no longer checked" } else { "none were loaded" };
        println!("{}: {said}.", kind.name());
    }
    Ok(ExitCode::SUCCESS)
}
