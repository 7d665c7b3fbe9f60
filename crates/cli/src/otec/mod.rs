//! `clavero otec …`: training bodies whose LMS register attendance by RCE (`docs/RCE.md`). Servers read everything from the database: what is changed
//! here counts at once.

mod attendance;
mod catalogue;
mod token;

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result, anyhow};
use clap::Subcommand;
use clave::{
    Clave, Cx,
    rce::{
        Callback, NotAnOrigin, Origin,
        otec::{self, Otec, Refused},
    },
};
use rut::Rut;
use serde_json::{Value, json};

use crate::{config::Config, open};

#[derive(Subcommand)]
pub enum Command {
    /// Register an OTEC
    Add {
        /// Its RUT, in any writing
        #[arg(long, value_parser = parse_rut)]
        rut: Rut,
        /// What participants know it by
        #[arg(long)]
        name: String,
        /// Where its participants may be sent back to: an address of an LMS of its own, of which scheme, host and port count. Without any, each
        /// return waits for the person
        #[arg(long = "callback-origin", value_name = "URL", num_args = 1.., value_parser = parse_origin)]
        origins: Vec<Origin>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print every OTEC
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say where its participants may be sent back to, in place of what was said before
    Origins {
        #[command(flatten)]
        which: Which,
        /// An address of an LMS of its own, of which scheme, host and port count
        #[arg(long = "callback-origin", value_name = "URL", num_args = 1.., required_unless_present = "none", value_parser = parse_origin)]
        origins: Vec<Origin>,
        /// Anywhere: each return names the host, and waits for the person
        #[arg(long, conflicts_with = "origins")]
        none: bool,
    },
    /// Register nothing more for it: its LMS gets the error 302
    Suspend(Which),
    /// Take a suspension back
    Resume(Which),
    /// Issue, list or revoke what its LMS show
    #[command(subcommand)]
    Token(token::Command),
    /// Load courses, actions and enrolments
    #[command(subcommand)]
    Catalogue(catalogue::Command),
    /// Write its attendance as CSV, with full RUNs: what counts, not what was tried
    Attendance(attendance::Call),
}

/// Which OTEC.
#[derive(clap::Args)]
pub struct Which {
    /// Its RUT, in any writing
    #[arg(long, value_parser = parse_rut)]
    rut: Rut,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn parse_rut(text: &str) -> Result<Rut, String> {
    Rut::parse(text).map_err(|wrong| wrong.to_string())
}

/// Whole addresses are taken as well, since that is what operators copy: what counts is said in the answer.
fn parse_origin(text: &str) -> Result<Origin, String> {
    Callback::parse(text.trim()).map(|address| address.origin().clone()).ok_or_else(|| NotAnOrigin.to_string())
}

pub async fn run(command: &Command, config: &Config) -> Result<ExitCode> {
    let clave = open::existing(config, "looking at the OTECs").await?;
    let done = match command {
        Command::Add { rut, name, origins, json } => add(&clave, *rut, name, origins, *json).await,
        Command::List { json } => list(&clave, *json).await,
        Command::Origins { which, origins, none: _ } => set_origins(&clave, which, origins).await,
        Command::Suspend(which) => suspend(&clave, which).await,
        Command::Resume(which) => resume(&clave, which).await,
        Command::Token(command) => token::run(command, &clave).await,
        Command::Catalogue(command) => catalogue::run(command, &clave).await,
        Command::Attendance(call) => attendance::run(call, &clave).await,
    };
    clave.db.close().await;
    done
}

async fn add(clave: &Arc<Clave>, rut: Rut, name: &str, origins: &[Origin], json: bool) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    otec::add(&mut cx, rut, name, origins).await.map_err(failed("registering", rut))?;
    let otec = found(clave, rut).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&told(&otec))?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} ({}) is registered.", otec.name, rut.plain());
    println!("{}", returns(&otec));
    println!("Its LMS needs a token: clavero otec token issue --rut {}", rut.plain());
    Ok(ExitCode::SUCCESS)
}

async fn list(clave: &Arc<Clave>, json: bool) -> Result<ExitCode> {
    let otecs = otec::list(&mut clave.db.read().await?).await.context("looking at the OTECs")?;
    if json {
        println!("{}", serde_json::to_string_pretty(&otecs.iter().map(told).collect::<Vec<_>>())?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{:<11} {:<10} {:<20} {:<40} callback origins", "RUT", "state", "since", "name");
    for otec in &otecs {
        let origins: Vec<&str> = otec.origins.iter().map(Origin::as_str).collect();
        let (rut, since) = (otec.rut.plain(), otec.made_at.iso());
        println!("{rut:<11} {:<10} {since:<20} {:<40} {}", state(otec), otec.name, or_dash(&origins.join(" ")));
    }
    Ok(ExitCode::SUCCESS)
}

async fn set_origins(clave: &Arc<Clave>, which: &Which, origins: &[Origin]) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let changed = otec::set_origins(&mut cx, which.rut, origins).await.map_err(failed("changing", which.rut))?;
    let otec = found(clave, which.rut).await?;
    say(which, &otec, changed, &returns(&otec))
}

async fn suspend(clave: &Arc<Clave>, which: &Which) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let changed = otec::suspend(&mut cx, which.rut).await.map_err(failed("suspending", which.rut))?;
    say(which, &found(clave, which.rut).await?, changed, "Nothing is registered for it: its LMS gets the error 302.")
}

async fn resume(clave: &Arc<Clave>, which: &Which) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let changed = otec::resume(&mut cx, which.rut).await.map_err(failed("resuming", which.rut))?;
    say(which, &found(clave, which.rut).await?, changed, "Its LMS registers attendance.")
}

/// Tells how the OTEC stands now.
fn say(which: &Which, otec: &Otec, changed: bool, said: &str) -> Result<ExitCode> {
    if which.json {
        let mut told = told(otec);
        if let Value::Object(told) = &mut told {
            told.insert("changed".to_owned(), changed.into());
        }
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else if changed {
        println!("{} ({}): {said}", otec.name, otec.rut.plain());
    } else {
        println!("{} ({}): it is so already, nothing was changed.", otec.name, otec.rut.plain());
    }
    Ok(ExitCode::SUCCESS)
}

async fn found(clave: &Clave, rut: Rut) -> Result<Otec> {
    otec::find(&mut clave.db.read().await?, rut).await?.context("reading the OTEC that was written")
}

fn failed(doing: &str, rut: Rut) -> impl FnOnce(Refused) -> anyhow::Error {
    let doing = format!("{doing} the OTEC {}", rut.plain());
    move |refused| match refused {
        Refused::Fault(fault) => anyhow!("{doing}: {}", clave::fault::chain(&fault)),
        refused => anyhow!("{doing}: {refused}"),
    }
}

fn returns(otec: &Otec) -> String {
    let origins: Vec<&str> = otec.origins.iter().map(Origin::as_str).collect();
    if origins.is_empty() {
        "Its participants go back to any address, and each return waits for them to agree: name its origins with `clavero otec origins`.".to_owned()
    } else {
        format!("Its participants go back to {} and nowhere else.", origins.join(", "))
    }
}

fn state(otec: &Otec) -> &'static str {
    if otec.suspended_at.is_some() { "suspended" } else { "active" }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "–" } else { text }
}

fn told(otec: &Otec) -> Value {
    json!({
        "rut": otec.rut.plain(),
        "name": otec.name,
        "callback_origins": otec.origins.iter().map(Origin::as_str).collect::<Vec<_>>(),
        "state": state(otec),
        "since": otec.made_at.iso(),
        "suspended_since": otec.suspended_at.map(clave::Moment::iso),
    })
}
