//! Messages as files in a folder: the default of a new installation, and what tests read.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Serialize;
use zeroize::Zeroizing;

use super::{Failure, Parcel};
use crate::{
    fault::Fault,
    vault::{make_private_folder, write_private},
};

/// A folder that only its owner may enter.
#[derive(Debug, Clone)]
pub struct FileFolder(PathBuf);

/// One file, as `surface.md` promises it.
#[derive(Serialize)]
struct Page<'a> {
    id: &'a str,
    channel: &'static str,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
    html: Option<&'a str>,
    at: String,
}

impl FileFolder {
    /// Makes the folder.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        make_private_folder(path).map_err(Fault::at("making the folder for messages"))?;
        Ok(Self(path.to_owned()))
    }

    /// Where the files are.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes the file whole. A repeated message overwrites the file of the first try.
    pub async fn send(&self, parcel: Parcel) -> Result<(), Failure> {
        let folder = self.0.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, &parcel)).await;
        let passing = |problem: &dyn std::fmt::Display| Failure::Passing(format!("file: {problem}"));
        written.map_err(|_| passing(&"interrupted"))?.map_err(|problem| passing(&problem.kind()))
    }
}

fn write(folder: &Path, parcel: &Parcel) -> io::Result<()> {
    let id = parcel.id.hex();
    let at = parcel.made_at.iso();
    let name = format!("{}-{id}.json", at.replace([':', '-'], ""));
    let page = Page {
        id: &id,
        channel: parcel.channel.name(),
        to: &parcel.to,
        subject: &parcel.words.subject,
        text: &parcel.words.text,
        html: parcel.words.html.as_deref(),
        at,
    };
    let mut text = Zeroizing::new(serde_json::to_vec_pretty(&page)?);
    text.push(b'\n');
    let unfinished = |attempt: i64| folder.join(format!(".{id}-{attempt}.unfinished"));
    // Two nodes never have the same try, so this file is nobody else's.
    let own = unfinished(parcel.attempt);
    write_private(&own, &text).and_then(|()| fs::rename(&own, folder.join(name))).inspect_err(|_| {
        let _ = fs::remove_file(&own);
    })?;
    // What a process left that was killed while it wrote this message.
    for attempt in 1..parcel.attempt {
        let _ = fs::remove_file(unfinished(attempt));
    }
    fs::File::open(folder)?.sync_all()
}
