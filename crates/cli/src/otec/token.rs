//! `clavero otec token issue|list|revoke`.

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use clave::{
    Clave, Cx, Moment, Secret,
    rce::otec::{
        self, Refused,
        token::{self, Listed},
    },
};
use serde_json::json;

use super::{Which, failed, or_dash};

#[derive(Subcommand)]
pub enum Command {
    /// Issue a token, printed once; those before go on
    Issue {
        #[command(flatten)]
        which: Which,
        /// It ends by itself after so many days [default: never]
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(1..=3650))]
        expires_days: Option<u64>,
    },
    /// Print an OTEC's tokens: a name for each, never the token
    List(Which),
    /// Revoke a token: its LMS gets the error 212 from now on
    Revoke {
        #[command(flatten)]
        which: Which,
        /// Its name, as `token list` prints it, or the whole token
        #[arg(value_name = "ID")]
        token: String,
    },
}

pub async fn run(command: &Command, clave: &Arc<Clave>) -> Result<ExitCode> {
    match command {
        Command::Issue { which, expires_days } => issue(clave, which, *expires_days).await,
        Command::List(which) => list(clave, which).await,
        Command::Revoke { which, token } => revoke(clave, which, token).await,
    }
}

async fn issue(clave: &Arc<Clave>, which: &Which, days: Option<u64>) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let lifetime = days.map(|days| Duration::from_hours(days * 24));
    let issued = token::issue(&mut cx, which.rut, lifetime).await.map_err(failed("issuing a token to", which.rut))?;
    let until = issued.until.map(Moment::iso);
    if which.json {
        let told = json!({ "rut": which.rut.plain(), "id": issued.name, "token": issued.token.expose(), "until": until });
        println!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("token  {}", Secret::expose(&issued.token));
    println!("id     {}", issued.name);
    println!("until  {}", until.as_deref().unwrap_or("it is revoked"));
    println!("The token is shown this once: put it where the LMS's plugin reads it.");
    Ok(ExitCode::SUCCESS)
}

async fn list(clave: &Arc<Clave>, which: &Which) -> Result<ExitCode> {
    let now = clave.clock.now();
    let mut tx = clave.db.read().await?;
    let doing = "looking at the tokens of";
    otec::find(&mut tx, which.rut).await?.ok_or(Refused::Unknown).map_err(failed(doing, which.rut))?;
    let tokens = token::list(&mut tx, which.rut).await.with_context(|| format!("{doing} the OTEC {}", which.rut.plain()))?;
    if which.json {
        let told: Vec<_> = tokens
            .iter()
            .map(|token| {
                json!({
                    "id": token.name,
                    "since": token.made_at.iso(),
                    "until": token.until.map(Moment::iso),
                    "revoked": token.revoked_at.map(Moment::iso),
                    "state": state(token, now),
                })
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{:<9} {:<8} {:<20} until", "id", "state", "since");
    for token in &tokens {
        let until = token.revoked_at.or(token.until).map(Moment::iso).unwrap_or_default();
        println!("{:<9} {:<8} {:<20} {}", token.name, state(token, now), token.made_at.iso(), or_dash(&until));
    }
    Ok(ExitCode::SUCCESS)
}

async fn revoke(clave: &Arc<Clave>, which: &Which, named: &str) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let revoked = token::revoke(&mut cx, which.rut, named).await.map_err(failed("revoking a token of", which.rut));
    let (name, changed) = revoked?;
    if which.json {
        let told = json!({ "rut": which.rut.plain(), "id": name, "state": "revoked", "changed": changed });
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else if changed {
        println!("The token {name} is revoked: who shows it gets the error 212.");
    } else {
        println!("The token {name} was revoked already, nothing was changed.");
    }
    Ok(ExitCode::SUCCESS)
}

fn state(token: &Listed, now: Moment) -> &'static str {
    if token.revoked_at.is_some() {
        "revoked"
    } else if token.lives(now) {
        "active"
    } else {
        "expired"
    }
}
