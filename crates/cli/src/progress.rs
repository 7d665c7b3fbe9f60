//! Long work, watched: a bar on a terminal, a plain line now and then elsewhere. Both on standard error, where they mix with no data.

use std::{
    fs::File,
    io::{self, IsTerminal as _, stderr},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a plain line is printed.
const LINES: Duration = Duration::from_secs(5);

pub struct Progress {
    doing: &'static str,
    bar: Option<ProgressBar>,
    next_line: Instant,
}

impl Progress {
    pub fn begin(doing: &'static str) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}");
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                .with_message(doing)
        });
        Self { doing, bar, next_line: Instant::now() + LINES }
    }

    pub fn at(&mut self, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(total.max(done));
            bar.set_position(done);
        } else if Instant::now() >= self.next_line {
            eprintln!("{}: {done} of {total}", self.doing);
            self.next_line = Instant::now() + LINES;
        }
    }
}

/// What is printed next stands on a line of its own.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A file that tells how much of it was read.
pub struct Watched {
    file: File,
    read: u64,
    size: u64,
    progress: Progress,
}

impl Watched {
    pub fn new(file: File, doing: &'static str) -> Self {
        let size = file.metadata().map_or(0, |about| about.len());
        Self { file, read: 0, size, progress: Progress::begin(doing) }
    }
}

impl io::Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read += count as u64;
        self.progress.at(self.read, self.size);
        Ok(count)
    }
}
