//! `clavero message list|retry|test`: where messages are, and whether they arrive. Never an address, a key or a text.

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use clave::{
    Clave, Cx, Moment,
    outbox::{
        Lane, MessageId, State,
        operate::{self, Listed, Retried, Target, Wanted},
    },
    person::{Email, Phone, Prefixes},
};
use rut::Rut;

use crate::{config::Config, open};

#[derive(Subcommand)]
pub enum Command {
    /// Print where messages are, the newest first; a look at one person's is recorded in that person's history
    List {
        /// Those in this state: waiting, accepted, sent, delivered or failed
        #[arg(long, value_parser = parse_state)]
        state: Option<State>,
        /// Those about this person: a RUT, in any writing
        #[arg(long, value_parser = parse_rut)]
        rut: Option<Rut>,
        /// Those that travel this way: email, sms or backchannel
        #[arg(long, value_parser = parse_lane)]
        channel: Option<Lane>,
        /// Those made since then: a day such as 2026-11-30, in Chile
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        since: Option<Moment>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Have a message tried at once that waits for its next try, or sent once more that no receipt came of; what has ended was erased
    Retry {
        /// The message's id, as `list` prints it
        #[arg(value_parser = parse_id, required_unless_present = "failed_since", conflicts_with = "failed_since")]
        id: Option<MessageId>,
        /// Every message made since then whose last try failed and that waits for its next one: a day such as 2026-11-30, in Chile
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        failed_since: Option<Moment>,
    },
    /// Have the running service send a test message, and tell for up to a minute what becomes of it
    Test {
        /// To this address
        #[arg(long, value_parser = parse_email, required_unless_present = "sms", conflicts_with = "sms")]
        email: Option<Email>,
        /// To this mobile
        #[arg(long, value_name = "NUMBER")]
        sms: Option<String>,
    },
}

fn parse_state(text: &str) -> Result<State, String> {
    State::from_name(text).ok_or_else(|| "write waiting, accepted, sent, delivered or failed".to_owned())
}

fn parse_lane(text: &str) -> Result<Lane, String> {
    Lane::from_name(text).ok_or_else(|| "write email, sms or backchannel".to_owned())
}

fn parse_rut(text: &str) -> Result<Rut, String> {
    Rut::parse(text).map_err(|wrong| wrong.to_string())
}

fn parse_day(text: &str) -> Result<Moment, String> {
    Moment::midnight_in_chile(text).ok_or_else(|| "write a day such as 2026-11-30".to_owned())
}

fn parse_id(text: &str) -> Result<MessageId, String> {
    MessageId::from_hex(text).ok_or_else(|| "write the 32 digits that `clavero message list` prints".to_owned())
}

fn parse_email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|_| "write an address such as name@example.cl".to_owned())
}

fn parse_phone(text: &str, allowed: &Prefixes) -> Result<Phone> {
    let phone = Phone::parse(text, allowed).ok().flatten();
    phone.context("reading the number: SMS go to no such number: write one such as +56 9 1234 5678, or see sms.prefixes")
}

pub async fn run(command: &Command, config: &Config) -> Result<ExitCode> {
    let clave = open::existing(config, "reading the messages").await?;
    let done = match command {
        Command::List { state, rut, channel, since, limit, json } => {
            let wanted = Wanted { state: *state, rut: *rut, lane: *channel, since: *since, most: *limit };
            list(&clave, &wanted, *json).await
        }
        Command::Retry { id: Some(id), .. } => retry(&clave, *id).await,
        Command::Retry { failed_since, .. } => retry_all(&clave, failed_since.unwrap_or(Moment::from_micros(0))).await,
        Command::Test { email, sms } => {
            let number = sms.as_ref().map(|sms| parse_phone(sms, &clave.settings.sms_prefixes)).transpose()?;
            let target = email.clone().map(Target::Email).or_else(|| number.map(Target::Sms));
            match target {
                Some(target) => test(&clave, &target).await,
                None => Ok(ExitCode::from(2)),
            }
        }
    };
    clave.db.close().await;
    done
}

async fn list(clave: &Arc<Clave>, wanted: &Wanted, json: bool) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let listed = operate::list(&mut cx, wanted).await.context("listing messages")?;
    if json {
        let rows: Vec<_> = listed.iter().map(as_json).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(ExitCode::SUCCESS);
    }
    for message in &listed {
        println!("{}", line(message));
    }
    if listed.is_empty() {
        println!("no such messages");
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(message: &Listed) -> serde_json::Value {
    serde_json::json!({
        "id": message.id.hex(),
        "kind": message.kind,
        "channel": message.channel,
        "state": message.state.name(),
        "tries": message.tries,
        "made_at": message.made_at.iso(),
        "deadline": message.deadline.iso(),
        "next_at": message.next_at.map(Moment::iso),
        "ended_at": message.ended_at.map(Moment::iso),
        "gateway": message.gateway,
        "problem": message.problem,
    })
}

fn line(message: &Listed) -> String {
    let Listed { kind, channel, tries, .. } = message;
    let tries = format!("{tries} {}", if *tries == 1 { "try" } else { "tries" });
    let ended = message.ended_at.map(|ended| format!(", ended {}", ended.iso())).unwrap_or_default();
    let gateway = message.gateway.as_ref().map(|gateway| format!(", by {gateway}")).unwrap_or_default();
    let problem = message.problem.as_ref().map(|problem| format!(": {problem}")).unwrap_or_default();
    let (id, made, state) = (message.id.hex(), message.made_at.iso(), message.state.name());
    format!("{id} {made} {channel} {kind} {state}, {tries}{ended}{gateway}{problem}")
}

async fn retry(clave: &Arc<Clave>, id: MessageId) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let done = operate::retry(&mut cx, id).await.context("having the message tried again")?;
    let refused = match done {
        Retried::AtOnce => {
            println!("the running service tries it at once");
            return Ok(ExitCode::SUCCESS);
        }
        Retried::OnceMore => {
            println!("the running service sends it once more, by another gateway if there is one");
            return Ok(ExitCode::SUCCESS);
        }
        Retried::BeingTried => "it is being tried at this moment: look again in a minute with `clavero message list`".to_owned(),
        Retried::Erased(state) => {
            format!("it is {}, and what it said was erased then: whoever needs it asks for a new one on the pages", state.name())
        }
        Retried::Unknown => "there is no such message: see `clavero message list`; messages are kept for 30 days".to_owned(),
    };
    eprintln!("clavero: trying {} again: {refused}", id.hex());
    Ok(ExitCode::FAILURE)
}

async fn retry_all(clave: &Arc<Clave>, since: Moment) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let done = operate::retry_failed_since(&mut cx, since).await.context("having messages tried again")?;
    println!("{} messages that waited for their next try are tried at once", done.at_once);
    if done.erased > 0 {
        println!(
            "{} had failed for good, and what they said was erased then: whoever needs them asks for new ones on the pages",
            done.erased
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// So long the command tells what becomes of a test.
const WATCHED: Duration = Duration::from_mins(1);
/// So often it looks.
const LOOK: Duration = Duration::from_millis(300);

async fn test(clave: &Arc<Clave>, target: &Target) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let id = operate::test(&mut cx, target).await.context("putting a test message into the outbox")?;
    println!("{} is in the outbox; the running service sends it", id.hex());
    let (began, mut told) = (Instant::now(), (State::Waiting, None));
    loop {
        tokio::time::sleep(LOOK).await;
        let found = operate::look(&cx, id).await?.context("looking at the test message: it is gone from the outbox")?;
        let now = (found.state, found.problem.clone());
        if now != told {
            println!("{:>5.1} s: {}", began.elapsed().as_secs_f64(), meaning(&found));
            told = now;
        }
        match found.state {
            State::Sent | State::Delivered => return Ok(ExitCode::SUCCESS),
            State::Failed => return Ok(ExitCode::FAILURE),
            State::Waiting | State::Accepted if began.elapsed() < WATCHED => {}
            State::Accepted => {
                println!("No receipt within a minute. `clavero message list` shows what comes later.");
                return Ok(ExitCode::SUCCESS);
            }
            State::Waiting => {
                let why = if found.tries == 0 {
                    "nobody took it out of the outbox: is `clavero serve` running with this configuration?"
                } else {
                    "it could not be handed over: see the problem above and `clavero doctor`"
                };
                eprintln!("clavero: sending a test message: {why}");
                return Ok(ExitCode::FAILURE);
            }
        }
    }
}

fn meaning(message: &Listed) -> String {
    let by = message.gateway.as_ref().map(|gateway| format!(" by {gateway}")).unwrap_or_default();
    let problem = message.problem.as_deref().unwrap_or("no reason given");
    match message.state {
        State::Waiting => format!("waiting: {problem}"),
        State::Accepted => format!("accepted{by}, which will tell what becomes of it"),
        State::Sent => "sent: handed over; nothing more will be heard of it".to_owned(),
        State::Delivered => format!("delivered{by}"),
        State::Failed => format!("failed: {problem}"),
    }
}
