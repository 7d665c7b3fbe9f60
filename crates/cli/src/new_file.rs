//! A new file for what an operator takes out: for its owner alone, whole, and never over another one.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

/// A file that appears under its name only when it is whole and durable, and not at all when it never is.
pub struct Unfinished<'a> {
    pub place: &'a Path,
    path: PathBuf,
    pub open: File,
}

impl<'a> Unfinished<'a> {
    pub fn begin(place: &'a Path) -> Result<Self> {
        let failed = || format!("writing {}: choose a folder that you may write to", place.display());
        if place.exists() {
            bail!("writing {}: it exists, and an export is never written over: choose another name", place.display());
        }
        let mut name = place.as_os_str().to_owned();
        name.push(format!(".unfinished-{}", std::process::id()));
        let path = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let open = options.open(&path).with_context(failed)?;
        Ok(Self { place, path, open })
    }

    pub fn finish(&self) -> Result<()> {
        let done = self.open.sync_all().and_then(|()| fs::hard_link(&self.path, self.place));
        done.with_context(|| format!("giving {} its name: choose another one", self.place.display()))
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
