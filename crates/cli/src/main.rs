//! The program `clavero`: serves the portal, and does what its operators need from a terminal. Exit codes: 0 done, 1 failed, 2 wrong call.

mod audit;
mod backup;
mod client;
mod config;
mod config_command;
mod doctor;
mod keys;
mod message;
mod new_file;
mod open;
mod otec;
mod person;
mod progress;
mod restore;
mod serve;
mod ways;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::Config;

/// One key for every system of the institution.
#[derive(Parser)]
#[command(name = "clavero", version, about, arg_required_else_help = true)]
struct Call {
    /// The configuration file [default: clavero.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the portal and send its messages
    Serve,
    /// Bring the database to this version's schema
    Migrate,
    /// Look at or check the configuration
    #[command(subcommand)]
    Config(config_command::Command),
    /// Register, list or remove the systems that use the key
    #[command(subcommand)]
    Client(client::Command),
    /// Register training bodies (OTEC) and their tokens, load their courses, export attendance
    #[command(subcommand)]
    Otec(otec::Command),
    /// Look at, freeze or unfreeze a person's account
    #[command(subcommand)]
    Person(person::Command),
    /// Look at messages, have them tried again, send a test message
    #[command(subcommand)]
    Message(message::Command),
    /// Export or verify the records of what happened
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look at, replace or retire the keys of the secrets folder
    #[command(subcommand)]
    Keys(keys::Command),
    /// Write a copy of a SQLite database while it is in use
    Backup {
        /// The file to be written; it must not be there yet
        file: PathBuf,
    },
    /// Put a backup in the database's place; without FILE: make a database fit to run that was restored by other means (pg_restore, a disk's
    /// snapshot)
    Restore {
        /// A file written by `clavero backup`
        file: Option<PathBuf>,
        /// Replace the database that is there; it is kept beside the new one
        #[arg(long)]
        replace: bool,
    },
    /// Check this installation: configuration, folders, secrets, database, mail server
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    let call = Call::parse();
    match run(&call) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("clavero: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(call: &Call) -> Result<ExitCode> {
    let config = Config::load(call.config.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match &call.command {
            Command::Serve => serve::serve(config).await,
            Command::Migrate => open::migrate(&config).await,
            Command::Config(command) => config_command::run(command, &config),
            Command::Client(command) => client::run(command, &config).await,
            Command::Otec(command) => otec::run(command, &config).await,
            Command::Person(command) => person::run(command, &config).await,
            Command::Message(command) => message::run(command, &config).await,
            Command::Audit(command) => audit::run(command, &config).await,
            Command::Keys(command) => keys::run(command, &config).await,
            Command::Backup { file } => backup::backup(&config, file).await,
            Command::Restore { file, replace } => restore::restore(&config, file.as_deref(), *replace).await,
            Command::Doctor { json } => doctor::doctor(&config, *json).await,
        }
    })
}
