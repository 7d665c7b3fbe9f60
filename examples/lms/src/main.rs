//! An example of an LMS whose participants register attendance with Clave SENCE (RCE). `rce.rs` is the part that another LMS would take over.

mod course;
mod pages;
mod rce;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use course::Course;
use rce::Rce;
use std::net::SocketAddr;
use std::sync::Arc;
use url::Url;

/// A small LMS whose participants register attendance with Clave SENCE (RCE).
#[derive(Parser)]
#[command(version)]
struct Flags {
    /// Where Clave SENCE is: its `base_url`
    #[arg(long, env = "LMS_SERVER", default_value = "http://127.0.0.1:8080")]
    server: Url,
    /// RUT of the OTEC, as `clavero otec add` was told it
    #[arg(long, env = "LMS_OTEC")]
    otec: String,
    /// What `clavero otec token issue` printed
    #[arg(long, env = "LMS_TOKEN", hide_env_values = true)]
    token: String,
    /// Training line: 1, 3 or 6
    #[arg(long, env = "LMS_LINE", default_value = "3")]
    line: String,
    /// Code of the course; -1 stands for any in the test environment
    #[arg(long, env = "LMS_COD_SENCE", default_value = "-1", allow_hyphen_values = true)]
    cod_sence: String,
    /// Code of the action; -1 stands for any in the test environment
    #[arg(long, env = "LMS_CODIGO_CURSO", default_value = "-1", allow_hyphen_values = true)]
    codigo_curso: String,
    /// RUN of the participant, xxxxxxxx-x
    #[arg(long, env = "LMS_RUN")]
    run: String,
    /// Register attendance that counts, instead of trying out
    #[arg(long, env = "LMS_PRODUCTION")]
    production: bool,
    /// Where to listen
    #[arg(long, env = "LMS_LISTEN", default_value = "127.0.0.1:4100")]
    listen: SocketAddr,
    /// Where people reach this LMS, if not at the address of --listen
    #[arg(long, env = "LMS_URL")]
    url: Option<Url>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let flags = Flags::parse();
    ensure!(matches!(flags.server.scheme(), "http" | "https"), "--server: {} is no http address", flags.server);
    let listener = tokio::net::TcpListener::bind(flags.listen).await.with_context(|| format!("listen on {}", flags.listen))?;
    let own = match flags.url {
        Some(url) => url,
        None => format!("http://{}", listener.local_addr()?).parse()?,
    };
    let course = Course {
        otec: flags.otec,
        token: flags.token,
        line: flags.line,
        cod_sence: flags.cod_sence,
        codigo_curso: flags.codigo_curso,
        run: flags.run,
    };
    let lms = pages::Lms::new(Rce::new(&flags.server, flags.production)?, course, own.as_str().trim_end_matches('/').to_owned());

    println!("The example LMS is at {own}");
    axum::serve(listener, pages::router(Arc::new(lms))).await?;
    Ok(())
}
