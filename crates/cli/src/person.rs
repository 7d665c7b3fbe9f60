//! `clavero person show|freeze|unfreeze`.

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use clave::{
    Clave, Cx,
    case_id::CaseId,
    freeze::{self, Contacts, Operated},
    show_person,
};
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
    /// Freeze an account's credentials: neither the key nor a provisional one serves until a new recovery or `unfreeze`; the person is told
    Freeze {
        #[command(flatten)]
        wish: Wish,
        /// Put back the e-mail and mobile of before the changes of the last 72 hours, too
        #[arg(long)]
        undo_contacts: bool,
    },
    /// Thaw an account's credentials: the key of before serves again; the person is told
    Unfreeze {
        #[command(flatten)]
        wish: Wish,
    },
}

/// What both say.
#[derive(clap::Args)]
pub struct Wish {
    /// The RUT, in any writing
    #[arg(value_parser = parse_rut)]
    rut: Rut,
    /// The help desk's number of the case: 1 to 40 letters, digits, dots, hyphens or underscores; it stands in the record
    #[arg(long, value_name = "ID", value_parser = parse_case)]
    case: Option<CaseId>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn parse_rut(text: &str) -> Result<Rut, String> {
    Rut::parse(text).map_err(|wrong| wrong.to_string())
}

fn parse_case(text: &str) -> Result<CaseId, String> {
    CaseId::parse(text).map_err(|wrong| wrong.to_string())
}

pub async fn run(command: &Command, config: &Config) -> Result<ExitCode> {
    let clave = open::existing(config, "reading the account").await?;
    let done = match command {
        Command::Show { rut, json } => show(&clave, *rut, *json).await,
        Command::Freeze { wish, undo_contacts } => freeze(&clave, wish, *undo_contacts).await,
        Command::Unfreeze { wish } => unfreeze(&clave, wish).await,
    };
    clave.db.close().await;
    done
}

async fn freeze(clave: &Arc<Clave>, wish: &Wish, undo_contacts: bool) -> Result<ExitCode> {
    let contacts = if undo_contacts { Contacts::Undo } else { Contacts::Keep };
    let mut cx = Cx::new(Arc::clone(clave), None);
    let done = freeze::freeze_for_case(&mut cx, wish.rut, wish.case.as_ref(), contacts).await.context("freezing the account")?;
    let said = match (done, contacts) {
        (Operated::Done(Contacts::Undo), _) => "frozen; its former e-mail and mobile are back; the person is told",
        (Operated::Done(Contacts::Keep), Contacts::Undo) => {
            "frozen; its e-mail and mobile were not changed in the last 72 hours; the person is told"
        }
        (Operated::Done(Contacts::Keep), Contacts::Keep) => "frozen; the person is told",
        (_, Contacts::Undo) => "frozen already, nothing was changed: to undo a change of contact, unfreeze and freeze again",
        (_, Contacts::Keep) => "frozen already, nothing was changed",
    };
    say(wish, "freezing", "frozen", done, said)
}

async fn unfreeze(clave: &Arc<Clave>, wish: &Wish) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let done = freeze::unfreeze(&mut cx, wish.rut, wish.case.as_ref()).await.context("unfreezing the account")?;
    let said = match done {
        Operated::Done(_) => "active again; the person is told",
        _ => "not frozen, nothing was changed",
    };
    say(wish, "unfreezing", "active", done, said)
}

/// Tells what came of it.
fn say(wish: &Wish, doing: &str, state: &str, done: Operated, said: &str) -> Result<ExitCode> {
    let rut = wish.rut;
    if done == Operated::Unknown {
        eprintln!("clavero: {doing} {rut}: nobody registered with this RUT: check the number");
        return Ok(ExitCode::FAILURE);
    }
    if wish.json {
        let told = serde_json::json!({
            "rut": rut.to_string(),
            "state": state,
            "changed": matches!(done, Operated::Done(_)),
            "contacts_undone": done == Operated::Done(Contacts::Undo),
            "case": wish.case.as_ref().map(CaseId::as_str),
        });
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        println!("{rut} is {said}.");
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(clave: &Arc<Clave>, rut: Rut, json: bool) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let shown = show_person::show(&mut cx, rut).await.context("reading the account")?;
    let Some(account) = shown else {
        eprintln!("clavero: showing {rut}: nobody registered with this RUT: check the number");
        return Ok(ExitCode::FAILURE);
    };
    if json {
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
