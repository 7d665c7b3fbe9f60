//! `clavero person show`.

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use clave::{Cx, show_person};
use rut::Rut;

use crate::{config::Config, open};

#[derive(Subcommand)]
pub enum Command {
    /// Print the state of an account; contact data are masked, and the look is recorded in the person's history
    Show {
        /// The RUT, in any writing
        #[arg(value_parser = parse_rut)]
        rut: Rut,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn parse_rut(text: &str) -> Result<Rut, String> {
    Rut::parse(text).map_err(|wrong| wrong.to_string())
}

pub async fn run(command: &Command, config: &Config) -> Result<ExitCode> {
    let Command::Show { rut, json } = command;
    open::refuse_problems(config)?;
    if let Some(path) = config.database_url().strip_prefix("sqlite:")
        && !std::path::Path::new(path).exists()
    {
        anyhow::bail!("reading the account: there is no database {path}: call it in the service's folder, or with its --config");
    }
    let clave = open::installation(config).await?;
    let mut cx = Cx::new(Arc::clone(&clave), None);
    let shown = show_person::show(&mut cx, *rut).await.context("reading the account")?;
    clave.db.close().await;
    let Some(account) = shown else {
        eprintln!("clavero: showing {rut}: nobody registered with this RUT: check the number");
        return Ok(ExitCode::FAILURE);
    };
    if *json {
        println!("{}", serde_json::to_string_pretty(&account)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("RUT           {}", account.rut);
    println!("state         {}", account.state);
    println!("registered    {}", account.registered_at);
    println!("identity      {}", account.identity);
    println!("e-mail        {}", account.email.as_deref().unwrap_or("–"));
    println!("mobile        {}", account.mobile.as_deref().unwrap_or("–"));
    println!("provisional   {}", account.provisional_until.as_deref().unwrap_or("–"));
    println!("missing data  {}", if account.missing.is_empty() { "–".to_owned() } else { account.missing.join(", ") });
    println!("history");
    for event in &account.history {
        println!("  {}  {}  {}", event.at, event.event, event.detail.as_deref().unwrap_or(""));
    }
    Ok(ExitCode::SUCCESS)
}
