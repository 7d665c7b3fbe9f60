//! `clavero keys list|rotate|retire`.

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use clave::{
    Cx,
    keys::{self, Haste, Refused},
    renew::{self, Renewed},
    signing::{self, Rotated},
    vault::{KeyName, Purpose},
};

use crate::{config::Config, open, progress::Progress};

#[derive(Subcommand)]
pub enum Command {
    /// Print every key: where it is in its life, and how many rows need it
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Put a new key in use, and bring what is stored over to it
    Rotate {
        /// pepper, sealing, index, web or audit; or oidc: the keys that sign what systems verify
        #[arg(value_parser = parse_what)]
        what: What,
        /// Only make the new key's file, to be copied to the other nodes first
        #[arg(long, conflicts_with = "resume")]
        stage: bool,
        /// Put no new key in use; go on with what an interrupted rotation left
        #[arg(long)]
        resume: bool,
        /// With oidc: the new keys sign at once and nothing counts that the old ones signed, because somebody may have seen them
        #[arg(long, conflicts_with_all = ["stage", "resume"])]
        now: bool,
    },
    /// End the life of a key that nothing needs, so that its file can be removed
    Retire {
        /// For example sealing-1
        #[arg(value_parser = parse_name)]
        name: KeyName,
        /// Although pages that were begun with it may be open: they must be begun again
        #[arg(long)]
        now: bool,
    },
}

/// What can be rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Keys of the secrets folder.
    Purpose(Purpose),
    /// The keys that sign what systems verify; they are in the database.
    Oidc,
}

fn parse_what(text: &str) -> Result<What, String> {
    if text == "oidc" {
        return Ok(What::Oidc);
    }
    Purpose::from_name(text).map(What::Purpose).ok_or_else(|| "write pepper, sealing, index, web, audit or oidc".to_owned())
}

fn parse_name(text: &str) -> Result<KeyName, String> {
    KeyName::parse(text).ok_or_else(|| "write a key's name as `clavero keys list` does, for example sealing-1".to_owned())
}

/// Every node has changed over to a new key when so long has passed.
const SETTLED: Duration = Duration::from_secs(5);

pub async fn run(command: &Command, config: &Config) -> Result<ExitCode> {
    let clave = open::existing(config, "looking at the keys").await?;
    let mut cx = Cx::new(Arc::clone(&clave), None);
    let done = match command {
        Command::List { json } => list(&cx, *json).await,
        Command::Rotate { what: What::Oidc, stage: false, resume: false, now } => {
            rotate_signing(&mut cx, if *now { Haste::Now } else { Haste::None }).await
        }
        Command::Rotate { what: What::Oidc, .. } => Err(anyhow::anyhow!(
            "rotating oidc: its keys are in the database, nothing is staged or resumed: leave the option out"
        )),
        Command::Rotate { now: true, .. } => {
            Err(anyhow::anyhow!("rotating: --now is for oidc: the other keys end with `clavero keys retire NAME --now`"))
        }
        Command::Rotate { what: What::Purpose(purpose), stage: true, .. } => stage(&mut cx, config, *purpose).await,
        Command::Rotate { what: What::Purpose(purpose), resume: true, .. } => bring_over(&mut cx, *purpose).await,
        Command::Rotate { what: What::Purpose(purpose), .. } => rotate(&mut cx, *purpose).await,
        Command::Retire { name, now } => retire(&mut cx, config, *name, if *now { Haste::Now } else { Haste::None }).await,
    };
    clave.db.close().await;
    done
}

async fn list(cx: &Cx, json: bool) -> Result<ExitCode> {
    let listed = keys::list(cx).await.context("looking at the keys")?;
    signing::refresh(&cx.clave).await.context("looking at the keys that sign")?;
    let signing = cx.clave.signing.list(cx.now);
    if json {
        let mut rows: Vec<_> = listed
            .iter()
            .map(|key| {
                serde_json::json!({
                    "key": key.name.to_string(),
                    "purpose": key.name.purpose.name(),
                    "number": key.name.id,
                    "state": key.state.name(),
                    "since": key.since.map(clave::Moment::iso),
                    "needed_by": key.needed_by,
                })
            })
            .collect();
        rows.extend(signing.iter().map(|(state, key)| {
            serde_json::json!({
                "key": key.name,
                "purpose": "oidc",
                "number": key.number,
                "state": state.name(),
                "since": key.signs_from.iso(),
                "needed_by": null,
                "kid": key.kid,
                "published_until": key.published_until.map(clave::Moment::iso),
            })
        }));
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{:<12} {:<9} {:<21} needed by", "key", "state", "since");
    for key in listed {
        let since = key.since.map_or_else(|| "–".to_owned(), clave::Moment::iso);
        let needed = key.needed_by.map_or_else(|| "–".to_owned(), |rows| format!("{rows} rows"));
        println!("{:<12} {:<9} {since:<21} {needed}", key.name.to_string(), key.state.name());
    }
    for (state, key) in signing {
        let until = key.published_until.filter(|_| matches!(state, signing::State::Current | signing::State::Old));
        let until = until.map_or_else(|| "–".to_owned(), |until| format!("what it signed, until {}", until.iso()));
        println!("{:<12} {:<9} {:<21} {until}", key.name, state.name(), key.signs_from.iso());
    }
    Ok(ExitCode::SUCCESS)
}

async fn stage(cx: &mut Cx, config: &Config, purpose: Purpose) -> Result<ExitCode> {
    let name = keys::stage(cx, purpose).await.map_err(told("staging", purpose.name()))?;
    println!(
        "{} is staged. Copy it into the secrets folder of every node,",
        config.secrets_dir().join(format!("{name}.key")).display()
    );
    println!("then put it in use: clavero keys rotate {}", purpose.name());
    Ok(ExitCode::SUCCESS)
}

async fn rotate(cx: &mut Cx, purpose: Purpose) -> Result<ExitCode> {
    let name = keys::rotate(cx, purpose).await.map_err(told("rotating", purpose.name()))?;
    println!("{name} is in use; every node follows within {} s.", SETTLED.as_secs());
    let began = Instant::now();
    let code = bring_over(cx, purpose).await?;
    if matches!(purpose, Purpose::Sealing | Purpose::Index) && code == ExitCode::SUCCESS {
        // What a node wrote before it changed over.
        tokio::time::sleep(SETTLED.saturating_sub(began.elapsed())).await;
        renew::renew(cx, purpose, |_| {}).await.context("bringing the last rows over")?;
    }
    Ok(code)
}

async fn rotate_signing(cx: &mut Cx, haste: Haste) -> Result<ExitCode> {
    let rotated = signing::rotate(cx, haste).await.context("rotating oidc")?;
    let Some(Rotated { names, signs_from, published_until }) = rotated else {
        anyhow::bail!("rotating oidc: another rotation made the next keys at this moment: `clavero keys list` shows them");
    };
    let names = names.join(" and ");
    if haste == Haste::Now {
        println!(
            "{names} sign now; every node follows within {} s. Nothing counts that the keys before signed.",
            SETTLED.as_secs()
        );
        println!(
            "Systems that keep our public keys look again when they meet the new ones; people may have to log in once more."
        );
    } else {
        println!("{names} are published now and sign from {}, when every system can know them.", signs_from.iso());
        println!(
            "The keys before stay published until {}, when nothing that they signed is good any more.",
            published_until.iso()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Brings stored values over to the key in use.
async fn bring_over(cx: &mut Cx, purpose: Purpose) -> Result<ExitCode> {
    match purpose {
        Purpose::Pepper => {
            println!("Keys and answers follow as each person uses them; `clavero keys list` shows how many are left.");
            return Ok(ExitCode::SUCCESS);
        }
        Purpose::Web | Purpose::Audit | Purpose::Decoy => return Ok(ExitCode::SUCCESS),
        Purpose::Sealing | Purpose::Index => {}
    }
    let mut bar = Progress::begin("bringing rows over");
    let done = renew::renew(cx, purpose, |progress| bar.at(progress.done, progress.of)).await;
    drop(bar);
    let Renewed { rows, unreadable } = done.with_context(|| {
        format!("bringing rows over to the new key: go on with `clavero keys rotate {} --resume`", purpose.name())
    })?;
    println!("{rows} rows were brought over to the new key.");
    if unreadable > 0 {
        eprintln!(
            "clavero: bringing rows over: {unreadable} rows open with no key and stayed as they are: they were altered, or a key is missing: \
             compare with a backup"
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

async fn retire(cx: &mut Cx, config: &Config, name: KeyName, haste: Haste) -> Result<ExitCode> {
    keys::retire(cx, name, haste).await.map_err(told("retiring", &name.to_string()))?;
    let folder = config.secrets_dir();
    println!("{name} is retired: {} may be removed, on every node.", folder.join(format!("{name}.key")).display());
    if name.purpose == Purpose::Audit {
        println!(
            "Keep {}, and copy it to every node: it verifies what the key signed.",
            folder.join(format!("{name}.pub")).display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// What failed, why, what to do.
fn told(doing: &'static str, what: &str) -> impl FnOnce(Refused) -> anyhow::Error {
    let what = what.to_owned();
    move |refused| match refused {
        Refused::Fault(fault) => anyhow::anyhow!("{doing} {what}: {}", clave::fault::chain(&fault)),
        Refused::Needed { .. } if what.starts_with("pepper") => {
            anyhow::anyhow!("{doing} {what}: {refused}: keys and answers follow as each person uses them")
        }
        Refused::Needed { .. } => {
            let purpose = what.split('-').next().unwrap_or_default().to_owned();
            anyhow::anyhow!("{doing} {what}: {refused}: bring them over with `clavero keys rotate {purpose} --resume`")
        }
        refused => anyhow::anyhow!("{doing} {what}: {refused}"),
    }
}
