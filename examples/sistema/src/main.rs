//! An example of a system whose users log in with Clave SENCE. `clave.rs` is the part that another system would take over.

mod clave;
mod pages;
mod person;
mod sessions;

use anyhow::{Context, Result};
use clap::Parser;
use clave::{Clave, Registration};
use openidconnect::{ClientId, ClientSecret, IssuerUrl, PostLogoutRedirectUrl, RedirectUrl};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// A small system whose users log in with Clave SENCE.
#[derive(Parser)]
#[command(version)]
struct Flags {
    /// Where Clave SENCE is: its `base_url`
    #[arg(long, env = "SISTEMA_ISSUER", default_value = "http://127.0.0.1:8080")]
    issuer: String,
    /// The id with which this system was registered: `clavero client add --id`
    #[arg(long, env = "SISTEMA_CLIENT_ID", default_value = "ejemplo")]
    client_id: String,
    /// A file with the secret of `clavero client add`
    #[arg(long, env = "SISTEMA_SECRET_FILE")]
    secret_file: PathBuf,
    /// Where to listen
    #[arg(long, env = "SISTEMA_LISTEN", default_value = "127.0.0.1:4000")]
    listen: SocketAddr,
    /// Where people reach this system, if not at http://localhost and the port of --listen
    #[arg(long, env = "SISTEMA_URL")]
    url: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let Flags { issuer, client_id, secret_file, listen, url } = Flags::parse();
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| format!("listen on {listen}"))?;
    let url = url.unwrap_or_else(|| format!("http://localhost:{}", listen.port()));
    let url = url.trim_end_matches('/');
    let secret =
        std::fs::read_to_string(&secret_file).with_context(|| format!("read the secret from {}", secret_file.display()))?;

    let issuer = IssuerUrl::new(issuer).context("--issuer")?;
    let origin = issuer.url().origin().ascii_serialization();
    let clave = Clave::discovers(Registration {
        issuer,
        id: ClientId::new(client_id),
        secret: ClientSecret::new(secret.trim().to_owned()),
        redirect: RedirectUrl::new(format!("{url}/vuelta")).context("--url")?,
        post_logout: PostLogoutRedirectUrl::new(format!("{url}/adios")).context("--url")?,
    })
    .await?;
    let system =
        pages::System { clave, sessions: sessions::Sessions::default(), issuer: origin, secure: url.starts_with("https:") };

    println!("The example system is at {url}");
    axum::serve(listener, pages::router(Arc::new(system))).await?;
    Ok(())
}
