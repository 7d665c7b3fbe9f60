//! `clavero audit export|verify|key`.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand, ValueEnum};
use clave::{
    Cx, Moment,
    audit::{
        self,
        dump::{self, Format},
        root::Keys,
        verify::{self, Finding, Heads, Verified},
    },
    schema,
    vault::{self, PublicKey, Vault},
};

use crate::{
    config::Config,
    new_file::Unfinished,
    open,
    progress::{Progress, Watched},
};

#[derive(Subcommand)]
pub enum Command {
    /// Write the records for an auditor, with full RUTs and addresses; the file proves itself
    Export(Export),
    /// Say whether the records are what was recorded, and name the first row that was altered, is missing or was put in
    Verify(Verify),
    /// Print the public keys by which records are verified
    Key {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub struct Export {
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Written,
    /// A new file, readable by you alone [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only what was recorded from this day on, as in 2026-11-30
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    since: Option<Moment>,
}

#[derive(Args)]
pub struct Verify {
    /// An export, verified without any database [default: the records in the database]
    file: Option<PathBuf>,
    /// A public key to trust, as `clavero audit key` prints it; may be repeated [default: those of the secrets folder]
    #[arg(long, value_name = "HEX", value_parser = parse_key)]
    public_key: Vec<PublicKey>,
    /// An export that was kept: what it has must still be there
    #[arg(long, value_name = "FILE")]
    earlier: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Written {
    /// JSON Lines
    Jsonl,
    /// Comma-separated values
    Csv,
}

pub fn parse_day(text: &str) -> Result<Moment, String> {
    Moment::midnight_in_chile(text).ok_or_else(|| "a day is written as in 2026-11-30".to_owned())
}

fn parse_key(text: &str) -> Result<PublicKey, String> {
    let bytes = dump::read_hex(text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(PublicKey).ok_or_else(|| "a public key is 64 hexadecimal digits".to_owned())
}

pub async fn run(command: &Command, config: &Config) -> Result<ExitCode> {
    match command {
        Command::Export(call) => export(call, config).await,
        Command::Verify(call) => verify(call, config).await,
        Command::Key { json } => key(config, *json),
    }
}

async fn export(call: &Export, config: &Config) -> Result<ExitCode> {
    open::refuse_problems(config)?;
    open::refuse_absent(config, "exporting the records")?;
    let format = match call.format {
        Written::Jsonl => Format::JsonLines,
        Written::Csv => Format::Csv,
    };
    let file = call.out.as_deref().map(Unfinished::begin).transpose()?;
    let clave = open::installation(config, open::For::Operator).await?;
    let mut cx = Cx::new(Arc::clone(&clave), None);
    let mut watched = Progress::begin("exporting");
    let mut told = |progress: audit::Progress| watched.at(progress.done, progress.total);
    let written = match &file {
        Some(file) => audit::export(&mut cx, format, call.since, &mut BufWriter::new(&file.open), &mut told).await,
        None => audit::export(&mut cx, format, call.since, &mut BufWriter::new(io::stdout().lock()), &mut told).await,
    };
    drop(watched);
    clave.db.close().await;
    let exported = written.context("exporting the records")?;
    if let Some(file) = file {
        file.finish()?;
        println!(
            "{} rows in {}: keep it where this installation's administrators cannot write.",
            exported.rows,
            file.place.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify(call: &Verify, config: &Config) -> Result<ExitCode> {
    let keys = keys(call, config)?;
    let earlier = match &call.earlier {
        None => Heads::new(),
        Some(path) => match verify_file(path, &keys, &Heads::new())? {
            Ok(verified) => verified.heads,
            Err(finding) => bail!("reading the earlier export {}: {finding}: use one that was kept unharmed", path.display()),
        },
    };
    let outcome = match &call.file {
        Some(path) => verify_file(path, &keys, &earlier)?,
        None => verify_stored(config, &keys, &earlier).await?,
    };
    if call.json {
        println!("{}", report(&outcome)?);
    } else {
        match &outcome {
            Ok(Verified { rows, roots, unsigned, .. }) => {
                println!("{rows} rows hold together, {roots} signed roots hold, {unsigned} rows came after the last root.");
            }
            Err(finding) => {
                println!("wrong  {finding}");
                println!(
                    "The records are not what was recorded. Keep them as they are, and compare them with the last export that was kept."
                );
            }
        }
    }
    Ok(if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(outcome: &Result<Verified, Finding>) -> Result<String> {
    let mut report = match outcome {
        Ok(verified) => serde_json::to_value(verified)?,
        Err(finding) => serde_json::json!({ "finding": finding }),
    };
    if let Some(fields) = report.as_object_mut() {
        fields.insert("holds".to_owned(), outcome.is_ok().into());
    }
    Ok(serde_json::to_string_pretty(&report)?)
}

/// Who gives keys trusts those alone.
fn keys(call: &Verify, config: &Config) -> Result<Keys> {
    if !call.public_key.is_empty() {
        return Ok(Keys::given(call.public_key.iter().copied()));
    }
    let vault = Vault::open(&config.secrets_dir())
        .context("reading the public keys: give --public-key, with what `clavero audit key` printed on the installation")?;
    Ok(Keys::of(&vault)?)
}

fn verify_file(path: &Path, keys: &Keys, earlier: &Heads) -> Result<Result<Verified, Finding>> {
    let reading = || format!("reading {}: name an export that you may read", path.display());
    let mut watched = Watched::new(File::open(path).with_context(reading)?, "verifying (bytes)");
    verify::verify_export(BufReader::with_capacity(1 << 16, &mut watched), keys, earlier).with_context(reading)
}

async fn verify_stored(config: &Config, keys: &Keys, earlier: &Heads) -> Result<Result<Verified, Finding>> {
    open::refuse_problems(config)?;
    open::refuse_absent(config, "verifying the records")?;
    let db = open::database(config).await?;
    if !schema::is_current(&db).await {
        bail!("verifying the records: the database has an older schema: run `clavero migrate`");
    }
    let mut watched = Progress::begin("verifying");
    let outcome = verify::verify_database(&db, keys, earlier, &mut |progress| watched.at(progress.done, progress.total)).await;
    drop(watched);
    db.close().await;
    outcome.map_err(|fault| anyhow!("verifying the records: {}", clave::fault::chain(&fault)))
}

fn key(config: &Config, json: bool) -> Result<ExitCode> {
    let folder = config.secrets_dir();
    let vault = Vault::open(&folder)
        .with_context(|| format!("reading {}: call it where the service runs, or with its --config", folder.display()))?;
    let keys = vault.public_keys()?;
    if json {
        let keys: Vec<_> =
            keys.iter().map(|(number, key)| serde_json::json!({ "number": number, "public_key": vault::hex(&key.0) })).collect();
        println!("{}", serde_json::to_string_pretty(&keys)?);
    } else {
        for (number, key) in keys {
            println!("audit-{number}  {}", vault::hex(&key.0));
        }
    }
    Ok(ExitCode::SUCCESS)
}
