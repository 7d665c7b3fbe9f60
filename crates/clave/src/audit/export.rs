//! Use case: an operator takes the records out, for an auditor. The file has full RUTs and addresses, and proves itself.

use std::{io::Write, sync::Arc};

use aws_lc_rs::digest::{Context, SHA256};

use super::{
    Event, append,
    dump::{End, Format, Line},
    root,
    walk::{Progress, Walk},
};
use crate::{cx::Cx, fault::Fault, moment::Moment};

/// What an export has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Records.
    pub rows: u64,
    /// Lines, with the closing one.
    pub lines: u64,
}

/// Writes every record, or in each shard those from the first that is not older than `since`; with all signed roots, and a closing line by which
/// a cut or altered file is known. The export is itself recorded, and in it.
pub async fn export(
    cx: &mut Cx,
    format: Format,
    since: Option<Moment>,
    out: &mut dyn Write,
    told: &mut dyn FnMut(Progress),
) -> Result<Exported, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    append(&mut tx, cx, None, Event::RecordsExported, Some(format.name())).await?;
    tx.commit().await?;
    root::sign_heads(&clave, cx.now).await?;

    let mut sheet = Sheet { out, format, digest: Context::new(&SHA256), lines: 0, rows: 0 };
    if let Some(names) = format.heading() {
        sheet.put(&names)?;
    }
    sheet.line(&Line::Export(cx.now))?;
    let mut walk = Walk::begin(&clave.db, since).await?;
    while let Some(lines) = walk.next().await? {
        for line in &lines {
            sheet.line(line)?;
        }
        told(walk.progress());
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(sheet.digest.clone().finish().as_ref());
    let end = End::sign(&clave.vault, i64::try_from(sheet.lines).unwrap_or(i64::MAX), &digest)?;
    sheet.line(&Line::End(end))?;
    sheet.out.flush().map_err(Fault::at("writing the export"))?;
    Ok(Exported { rows: sheet.rows, lines: sheet.lines })
}

struct Sheet<'a> {
    out: &'a mut dyn Write,
    format: Format,
    digest: Context,
    /// Ends of lines, as an editor counts them: a text in quotes may have some of its own.
    lines: u64,
    rows: u64,
}

impl Sheet<'_> {
    fn line(&mut self, line: &Line) -> Result<(), Fault> {
        self.rows += u64::from(matches!(line, Line::Entry(_)));
        self.put(&self.format.write(line))
    }

    fn put(&mut self, text: &str) -> Result<(), Fault> {
        self.digest.update(text.as_bytes());
        self.lines += text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.out.write_all(text.as_bytes()).map_err(Fault::at("writing the export"))
    }
}
