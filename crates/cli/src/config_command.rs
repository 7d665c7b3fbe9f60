//! `clavero config check|show`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::config::{self, Config};

#[derive(Subcommand)]
pub enum Command {
    /// Say what is wrong with the configuration, if anything, and what to know about it
    Check {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the whole configuration in force as TOML, defaults included
    Show {
        /// Print JSON instead
        #[arg(long)]
        json: bool,
    },
}

pub fn run(command: &Command, config: &Config) -> Result<ExitCode> {
    match command {
        Command::Check { json } => {
            let (problems, remarks) = (config::problems(config), config::remarks(config));
            if *json {
                println!("{}", serde_json::json!({ "problems": problems, "remarks": remarks }));
            } else {
                for problem in &problems {
                    println!("wrong  {problem}");
                }
                for remark in &remarks {
                    println!("note   {remark}");
                }
                println!(
                    "{}",
                    if problems.is_empty() { "The configuration can be run." } else { "The configuration is refused." }
                );
            }
            Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Show { json } => {
            let shown = config.shown()?;
            if *json {
                println!("{}", serde_json::to_string_pretty(&toml::from_str::<toml::Value>(&shown)?)?);
            } else {
                print!("{shown}");
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
