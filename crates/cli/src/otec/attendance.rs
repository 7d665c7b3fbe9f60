//! `clavero otec attendance`.

use std::{
    io::{self, BufWriter},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use anyhow::Result;
use clave::{
    Clave, Cx, Moment,
    rce::export::{self, Wanted},
};
use rut::Rut;

use super::{failed, parse_rut};
use crate::{audit::parse_day, new_file::Unfinished, progress::Progress};

#[derive(clap::Args)]
pub struct Call {
    /// The OTEC's RUT, in any writing
    #[arg(long, value_parser = parse_rut)]
    rut: Rut,
    /// Only of this action
    #[arg(long, value_name = "CODIGO")]
    action: Option<String>,
    /// Only what began on this day in Chile or later, as in 2026-11-30
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    from: Option<Moment>,
    /// Only what began on this day or before
    #[arg(long, value_name = "DATE", value_parser = parse_last_day)]
    to: Option<Moment>,
    /// A new file, readable by you alone [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn parse_last_day(text: &str) -> Result<Moment, String> {
    Moment::next_midnight_in_chile(text).ok_or_else(|| "a day is written as in 2026-11-30".to_owned())
}

pub async fn run(call: &Call, clave: &Arc<Clave>) -> Result<ExitCode> {
    let wanted = Wanted { otec: call.rut, action: call.action.clone(), from: call.from, before: call.to };
    let file = call.output.as_deref().map(Unfinished::begin).transpose()?;
    let mut cx = Cx::new(Arc::clone(clave), None);
    let mut watched = Progress::begin("exporting");
    let mut told = |progress: clave::audit::Progress| watched.at(progress.done, progress.total);
    let exported = match &file {
        Some(file) => export::export(&mut cx, &wanted, &mut BufWriter::new(&file.open), &mut told).await,
        None => export::export(&mut cx, &wanted, &mut io::stdout().lock(), &mut told).await,
    };
    drop(watched);
    let rows = exported.map_err(failed("exporting the attendance of", call.rut))?;
    if let Some(file) = file {
        file.finish()?;
        println!("{rows} rows in {}.", file.place.display());
    }
    Ok(ExitCode::SUCCESS)
}
