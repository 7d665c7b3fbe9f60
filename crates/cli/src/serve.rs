//! `clavero serve`: the portal and the worker that sends its messages, until SIGTERM or SIGINT.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result};
use clave::{Cx, signing, worker::Worker};
use tokio::{net::TcpListener, sync::watch};
use tracing_subscriber::EnvFilter;
use web::{App, Metrics, Site, messages::Messages};

use crate::{
    client,
    config::{self, Config, LogFormat, SmsTransport},
    open,
    ways::{self, Ways},
};

pub async fn serve(config: Config) -> Result<ExitCode> {
    open::refuse_problems(&config)?;
    start_log(&config)?;
    #[cfg(unix)]
    allow_open_files();
    let metrics = Metrics::install()?;
    let clave = open::installation(&config, open::For::People).await?;
    signing::begin(&mut Cx::new(Arc::clone(&clave), None)).await.context("making the keys that sign")?;
    client::declare(&clave, &config).await?;
    let Ways { transports, keepers } = ways::open(&config, &clave)?;
    let site = Site { sms_receipts: ways::receipts(&config)?, ..config.site()? };
    let app = App::new(Arc::clone(&clave), site)?;
    let words = Messages::new(app.texts.clone(), Arc::clone(&app.site));
    let worker = Worker::new(Arc::clone(&clave), Arc::new(words), transports).start();

    // Bound before anything is announced, so that who reads the line can connect.
    let listener = TcpListener::bind(config.server.listen).await.with_context(|| {
        format!("listening on {}: another program has it, or server.listen is not this machine's address", config.server.listen)
    })?;
    let stop = stop_signal()?;
    let metrics = tokio::spawn(serve_metrics(config.clone(), metrics, stop.clone()));
    announce(&config, listener.local_addr()?);
    web::serve(app, listener, stopped(stop)).await;

    println!("Stopping: requests are finished, the outbox is let go.");
    worker.stop().await;
    keepers.stop().await;
    let _ = metrics.await;
    clave.db.close().await;
    println!("Stopped.");
    Ok(ExitCode::SUCCESS)
}

/// Most systems start a program with 1,024 open files and let it ask for more. Each connection is one.
#[cfg(unix)]
fn allow_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.map_or(OPEN_FILES, |most| most.min(OPEN_FILES));
    if limit.current.is_some_and(|now| now < most)
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(most), ..limit })
    {
        tracing::warn!("no more than {:?} files may be open: {error}", limit.current);
    }
}

/// Four times the connections that there may be.
#[cfg(unix)]
const OPEN_FILES: u64 = 65_536;

fn start_log(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log.level)
        .with_context(|| format!("log.level: {:?} is no level: write info, warn or error", config.log.level))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match config.log.format {
        LogFormat::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}

fn announce(config: &Config, listen: SocketAddr) {
    println!("Clavero {} serves {} (listening on {listen}).", env!("CARGO_PKG_VERSION"), config.base_url());
    println!("Database: {}", config::without_password(&config.database_url()));
    let (relays, gateways) = (config.mail.relays(), config.sms.gateways());
    let no_sms = config.sms.transport == SmsTransport::None;
    match (relays.is_empty(), gateways.is_empty() && !no_sms) {
        (true, true) => println!("Messages (mail and SMS) are written to {}", config.outbox_dir().display()),
        (true, false) => println!("Mail is written to {}", config.outbox_dir().display()),
        (false, true) => println!("SMS are written to {}", config.outbox_dir().display()),
        (false, false) => {}
    }
    for (name, relay) in relays {
        println!("{} goes to {}:{} ({name})", if name == "mail.first" { "Mail" } else { "Else it" }, relay.host, relay.port);
    }
    for (name, gateway) in gateways {
        println!("{} to {} ({name})", if name == "sms.first" { "SMS go" } else { "Else they go" }, gateway.place());
    }
    for remark in config::remarks(config) {
        println!("Note: {remark}.");
    }
}

/// The metrics' own listener. Nobody configured the default one: when its port is taken the portal serves without it.
async fn serve_metrics(config: Config, metrics: Metrics, stop: watch::Receiver<bool>) {
    let Ok(Some(address)) = config.metrics_listen() else { return };
    match TcpListener::bind(address).await {
        Ok(listener) => metrics.serve(listener, stopped(stop)).await,
        Err(error) => {
            tracing::warn!("no /metrics: listening on {address}: {error}: set metrics.listen to a free address, or off");
        }
    }
}

/// Turns true at the first SIGTERM or SIGINT.
fn stop_signal() -> Result<watch::Receiver<bool>> {
    let (stop, stopping) = watch::channel(false);
    #[cfg(unix)]
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).context("waiting for SIGTERM")?;
    tokio::spawn(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        let _ = stop.send(true);
        // Kept until the program ends, so that receivers never see a closed channel instead of a stop.
        std::future::pending::<()>().await;
    });
    Ok(stopping)
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopped| *stopped).await;
}
