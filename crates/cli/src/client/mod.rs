//! `clavero client add|list|rotate-secret|remove`. Servers read systems from the database: what is changed here counts at once.

mod wish;

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, anyhow};
use clap::Subcommand;
use clave::{
    Clave, Cx, Secret,
    client::{self, Authentication, Client, ClientId, Declared, GrantType, Refused, SubjectType},
};
use oidc::claims::Shape;
use serde_json::{Value, json};

use crate::{config::Config, open};

pub use wish::{Wish, problems};

#[derive(Subcommand)]
pub enum Command {
    /// Register a system; its secret is printed once
    Add {
        #[command(flatten)]
        wish: Box<Wish>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print every system
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a system another secret, printed once; the one before goes on for a while
    RotateSecret {
        #[command(flatten)]
        which: Which,
        /// How long the secret before goes on, in hours
        #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u64).range(0..=24 * 90))]
        keep_old: u64,
        /// The secret before ends at once: somebody may have seen it
        #[arg(long, conflicts_with = "keep_old")]
        now: bool,
        /// A file with the new secret, of 32 characters or more, and nothing else in it
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove a system: whoever came from it is known to it no more, its tokens end
    Remove {
        #[command(flatten)]
        which: Which,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Which system.
#[derive(clap::Args)]
pub struct Which {
    /// Its identifier
    #[arg(value_name = "ID", required_unless_present = "named", value_parser = parse_id)]
    id: Option<ClientId>,
    /// The same, as `client add` has it
    #[arg(long = "id", value_name = "ID", conflicts_with = "id", value_parser = parse_id)]
    named: Option<ClientId>,
}

impl Which {
    fn id(&self) -> Result<&ClientId> {
        self.id.as_ref().or(self.named.as_ref()).context("no system is named: write its identifier")
    }
}

fn parse_id(text: &str) -> Result<ClientId, String> {
    ClientId::parse(text).map_err(|wrong| wrong.to_string())
}

pub async fn run(command: &Command, config: &Config) -> Result<ExitCode> {
    let clave = open::existing(config, "looking at the systems").await?;
    let done = match command {
        Command::Add { wish, json } => add(&clave, config, wish, *json).await,
        Command::List { json } => list(&clave, *json).await,
        Command::RotateSecret { which, keep_old, now, secret_file, json } => {
            let keep_old = if *now { Duration::ZERO } else { Duration::from_secs(keep_old * 60 * 60) };
            rotate_secret(&clave, which.id()?, keep_old, secret_file.as_ref(), *json).await
        }
        Command::Remove { which, json } => remove(&clave, which.id()?, *json).await,
    };
    clave.db.close().await;
    done
}

/// At the start of a server: what the configuration declares.
pub async fn declare(clave: &Arc<Clave>, config: &Config) -> Result<()> {
    let declared = config.clients.iter().map(Wish::read).collect::<Result<Vec<Declared>>>().context("reading [[clients]]")?;
    let mut cx = Cx::new(Arc::clone(clave), None);
    let changes =
        client::declare(&mut cx, &declared).await.map_err(|refused| anyhow!("registering [[clients]]: {}", why(refused)))?;
    for id in &changes.written {
        println!("System {id} is registered as [[clients]] says.");
    }
    for id in &changes.removed {
        println!("System {id} is removed: no [[clients]] declares it any more.");
    }
    Ok(())
}

async fn add(clave: &Arc<Clave>, config: &Config, wish: &Wish, json: bool) -> Result<ExitCode> {
    let failing = |why: String| anyhow!("registering {}: {why}", wish.id);
    let Declared { id, registration, secret, logo } = wish.read().map_err(|error| failing(format!("{error:#}")))?;
    let mut cx = Cx::new(Arc::clone(clave), None);
    let added = client::add(&mut cx, &id, registration, secret, logo).await.map_err(|refused| failing(why(refused)))?;
    let client = client::find(&mut clave.db.read().await?, &id).await?.context("reading the system that was registered")?;
    if json {
        let mut told = told(&client);
        if let (Value::Object(told), Some(secret)) = (&mut told, &added.secret) {
            told.insert("client_secret".to_owned(), secret.expose().into());
        }
        println!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} is registered.", client.name);
    println!("issuer         {}", config.base_url());
    println!("client_id      {id}");
    say_secret(added.secret.as_ref());
    Ok(ExitCode::SUCCESS)
}

async fn list(clave: &Arc<Clave>, json: bool) -> Result<ExitCode> {
    let clients = client::list(&mut clave.db.read().await?).await.context("looking at the systems")?;
    if json {
        println!("{}", serde_json::to_string_pretty(&clients.iter().map(told).collect::<Vec<_>>())?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{:<24} {:<16} {:<12} {:<36} name", "client_id", "authentication", "from", "scope");
    for client in clients {
        let from = if client.declared { "[[clients]]" } else { "command" };
        let (id, way, scopes) = (client.id.as_str(), client.authentication.name(), client.scopes.to_string());
        println!("{id:<24} {way:<16} {from:<12} {scopes:<36} {}", client.name);
    }
    Ok(ExitCode::SUCCESS)
}

async fn rotate_secret(
    clave: &Arc<Clave>,
    id: &ClientId,
    keep_old: Duration,
    file: Option<&PathBuf>,
    json: bool,
) -> Result<ExitCode> {
    let given = file.map(|file| {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("changing the secret of {id}: reading {}", file.display()))?;
        anyhow::Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
    });
    let mut cx = Cx::new(Arc::clone(clave), None);
    let until = cx.now.plus(keep_old).iso();
    let made = client::rotate_secret(&mut cx, id, keep_old, given.transpose()?).await;
    let made = made.map_err(|refused| anyhow!("changing the secret of {id}: {}", why(refused)))?;
    if json {
        let told = json!({
            "client_id": id.as_str(),
            "client_secret": made.as_ref().map(Secret::expose),
            "secret_before_until": until,
        });
        println!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::SUCCESS);
    }
    if keep_old.is_zero() {
        println!("{id} has another secret; the one before has ended.");
    } else {
        println!("{id} has another secret; the one before goes on until {until}.");
    }
    say_secret(made.as_ref());
    Ok(ExitCode::SUCCESS)
}

async fn remove(clave: &Arc<Clave>, id: &ClientId, json: bool) -> Result<ExitCode> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    client::remove(&mut cx, id).await.map_err(|refused| anyhow!("removing {id}: {}", why(refused)))?;
    if json {
        println!("{}", serde_json::to_string_pretty(&json!({ "client_id": id.as_str(), "removed": true }))?);
    } else {
        println!("{id} is removed; its tokens have ended.");
    }
    Ok(ExitCode::SUCCESS)
}

fn say_secret(secret: Option<&Secret>) {
    if let Some(secret) = secret {
        println!("client_secret  {}", secret.expose());
        println!("The secret is shown this once: put it where the system reads it.");
    }
}

fn why(refused: Refused) -> String {
    match refused {
        Refused::Fault(fault) => clave::fault::chain(&fault),
        refused => refused.to_string(),
    }
}

/// A system as JSON, in the words of OpenID Connect Dynamic Registration 1.0 where it has one.
fn told(client: &Client) -> Value {
    let uris = |uris: &[oidc::redirect::Uri]| uris.iter().map(|uri| uri.as_str().to_owned()).collect::<Vec<_>>();
    let (subject_type, sector) = match &client.subject {
        SubjectType::Public => ("public", None),
        SubjectType::Pairwise { sector } => ("pairwise", Some(sector)),
    };
    let method = match client.authentication {
        Authentication::None => "none",
        Authentication::Basic => "client_secret_basic",
        Authentication::Post => "client_secret_post",
        Authentication::PrivateKeyJwt => "private_key_jwt",
    };
    json!({
        "client_id": client.id.as_str(),
        "client_name": client.name,
        "token_endpoint_auth_method": method,
        "redirect_uris": uris(&client.redirect_uris),
        "post_logout_redirect_uris": uris(&client.post_logout_uris),
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "client_uri": client.home,
        "scope": client.scopes.to_string(),
        "grant_types": client.grants.iter().copied().map(GrantType::name).collect::<Vec<_>>(),
        "subject_type": subject_type,
        "sector": sector,
        "shape": if client.shape == Shape::ClaveUnica { "claveunica" } else { "standard" },
        "id_token_signed_response_alg": client.id_token_alg.as_str(),
        "userinfo_signed_response_alg": client.userinfo_alg.map(oidc::jwk::Algorithm::as_str),
        "first_party": client.first_party,
        "require_pkce": client.pkce_required,
        "require_pushed_authorization_requests": client.par_required,
        "dpop_bound_access_tokens": client.dpop_required,
        "logo": client.logo.is_some(),
        "declared": client.declared,
        "since": client.made_at.iso(),
    })
}
