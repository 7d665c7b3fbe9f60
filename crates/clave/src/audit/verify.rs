//! Whether the records are what was recorded. Finds and names the first row that was altered, is missing or was put in; in an export without any
//! database, with nothing but the public keys.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, BufRead, Read as _},
};

use aws_lc_rs::digest::{Context, SHA256};
use serde::Serialize;
use sql::Db;

use super::{
    chain::{GENESIS, Hash, Row, SHARDS},
    dump::{End, Format, Line, Mark},
    root::{Keys, Root},
    walk::{Progress, Walk},
};
use crate::fault::Fault;

/// Longer than any line that we write.
const LONGEST_LINE: u64 = 1 << 20;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// Something else stands there than was recorded.
    Altered,
    /// It was recorded, and is gone.
    Missing,
    /// It was not recorded there.
    Inserted,
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The line of an export; none in a database.
    pub line: Option<u64>,
    /// Which chain.
    pub shard: Option<i64>,
    /// The row's number in it.
    pub row: Option<i64>,
    /// What happened to it.
    pub what: What,
    /// How that is known.
    pub why: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = [("line", self.line.map(u64::cast_signed)), ("shard", self.shard), ("row", self.row)];
        for (number, (name, place)) in places.iter().filter_map(|(name, place)| Some((name, (*place)?))).enumerate() {
            write!(f, "{}{name} {place}", if number == 0 { "" } else { ", " })?;
        }
        let what = match self.what {
            What::Altered => "altered",
            What::Missing => "missing",
            What::Inserted => "inserted",
        };
        write!(f, "{}{what}: {}", if (self.line, self.shard) == (None, None) { "" } else { ": " }, self.why)
    }
}

/// What holds together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Records.
    pub rows: u64,
    /// Signed heads.
    pub roots: u64,
    /// Records after the last signed head of their shard, which a later one will sign.
    pub unsigned: u64,
    /// Where each shard ends.
    #[serde(skip)]
    pub heads: Heads,
}

/// The last row of each shard, by number and hash.
pub type Heads = BTreeMap<i64, (i64, Hash)>;

/// Verifies an export. `earlier` has the heads of an export that was kept: their rows must still be there.
///
/// # Errors
/// The reader's own. What is wrong with the records is a [`Finding`].
pub fn verify_export(input: impl BufRead, keys: &Keys, earlier: &Heads) -> io::Result<Result<Verified, Finding>> {
    let mut reader = Reader { input, format: None, digest: Context::new(&SHA256), lines: 0 };
    let mut verifier = Verifier::new(keys, earlier);
    loop {
        let line = match reader.next()? {
            Ok(line) => line,
            Err(what) => return Ok(Err(verifier.unread(reader.lines + 1, what))),
        };
        let number = reader.lines + 1;
        let done = match &line {
            Line::End(end) => Some(verifier.end(end, &reader)),
            line => verifier.take(line).err().map(Err),
        };
        match done {
            Some(Ok(whole)) if reader.is_at_its_end()? => return Ok(Ok(whole)),
            Some(Ok(_)) => {
                let why = "the closing line was the last one".to_owned();
                return Ok(Err(Finding { line: Some(number + 1), shard: None, row: None, what: What::Inserted, why }));
            }
            Some(Err(finding)) => return Ok(Err(Finding { line: Some(number), ..finding })),
            None => reader.pass(&line),
        }
    }
}

/// Verifies the records in the database; writes nothing.
pub async fn verify_database(
    db: &Db,
    keys: &Keys,
    earlier: &Heads,
    told: &mut dyn FnMut(Progress),
) -> Result<Result<Verified, Finding>, Fault> {
    let mut verifier = Verifier::new(keys, earlier);
    let mut walk = Walk::begin(db, None).await?;
    while let Some(lines) = walk.next().await? {
        for line in &lines {
            if let Err(finding) = verifier.take(line) {
                return Ok(Err(finding));
            }
        }
        told(walk.progress());
    }
    Ok(verifier.whole().map(|()| verifier.verified))
}

/// The lines of an export.
struct Reader<R> {
    input: R,
    format: Option<Format>,
    /// Of the lines before this one.
    digest: Context,
    lines: u64,
}

/// What stands where a line should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoLine {
    Nothing,
    Unfinished,
    Unknown,
}

impl<R: BufRead> Reader<R> {
    fn next(&mut self) -> io::Result<Result<Line, NoLine>> {
        let mut text = self.text()?;
        let format = match self.format {
            Some(format) => format,
            None => match Format::ALL.into_iter().find(|format| format.heading().is_some_and(|names| names.as_bytes() == text)) {
                Some(format) => {
                    self.digest.update(&text);
                    self.lines += 1;
                    text = self.text()?;
                    *self.format.insert(format)
                }
                None => *self.format.insert(Format::JsonLines),
            },
        };
        // A text in quotes may go over several lines.
        while format == Format::Csv && text.ends_with(b"\n") && text.split(|byte| *byte == b'"').count() % 2 == 0 {
            let more = self.text()?;
            if more.is_empty() || text.len() as u64 > LONGEST_LINE {
                return Ok(Err(NoLine::Unknown));
            }
            text.extend(more);
        }
        if text.is_empty() {
            return Ok(Err(NoLine::Nothing));
        }
        let unfinished = if text.ends_with(b"\n") { NoLine::Unknown } else { NoLine::Unfinished };
        Ok(format.read(&text).ok_or(unfinished))
    }

    fn text(&mut self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        self.input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text)?;
        Ok(text)
    }

    /// Counts a line that was read: it was canonical, so its bytes are those that it gives.
    fn pass(&mut self, line: &Line) {
        let text = self.format.unwrap_or(Format::JsonLines).write(line);
        self.digest.update(text.as_bytes());
        self.lines += text.bytes().filter(|byte| *byte == b'\n').count() as u64;
    }

    fn is_at_its_end(&mut self) -> io::Result<bool> {
        Ok(self.input.fill_buf()?.is_empty())
    }
}

/// Follows the lines and knows what must come next.
struct Verifier<'a> {
    keys: &'a Keys,
    earlier: &'a Heads,
    has_begun: bool,
    next_shard: i64,
    within: Option<Within>,
    verified: Verified,
}

/// Inside a shard, after a row that holds.
struct Within {
    shard: i64,
    seq: i64,
    hash: Hash,
    /// The hash of the row before the last one.
    before: Option<Hash>,
    root: Option<(i64, i64)>,
    unsigned: u64,
}

impl<'a> Verifier<'a> {
    fn new(keys: &'a Keys, earlier: &'a Heads) -> Self {
        Self { keys, earlier, has_begun: false, next_shard: 0, within: None, verified: Verified::default() }
    }

    fn take(&mut self, line: &Line) -> Result<(), Finding> {
        match line {
            Line::Export(_) if self.has_begun || self.next_shard > 0 => {
                Err(self.found(What::Inserted, "an export has one first line"))
            }
            Line::Export(_) => {
                self.has_begun = true;
                Ok(())
            }
            Line::Start(start) => self.start(start),
            Line::Entry(row) => self.entry(row),
            Line::Root(root) => self.root(root),
            Line::Head(head) => self.head(head),
            Line::End(_) => Err(self.found(What::Inserted, "only an export has a closing line")),
        }
    }

    fn start(&mut self, start: &Mark) -> Result<(), Finding> {
        if let Some(within) = &self.within {
            return Err(within.found(What::Missing, within.next(), "another shard begins before this one has ended"));
        }
        let (shard, seq) = (start.shard, start.seq);
        if shard != self.next_shard {
            let what = if shard > self.next_shard { What::Missing } else { What::Inserted };
            return Err(self.found(what, format!("shard {shard} stands where shard {} should", self.next_shard)));
        }
        let hash = <Hash>::try_from(start.hash.as_slice()).ok().filter(|hash| seq > 0 || (seq == 0 && *hash == GENESIS));
        let Some(hash) = hash else {
            return Err(self.found(What::Altered, "a shard does not begin like this"));
        };
        self.next_shard += 1;
        self.within = Some(Within { shard, seq, hash, before: None, root: None, unsigned: 0 });
        Ok(())
    }

    fn entry(&mut self, row: &Row) -> Result<(), Finding> {
        let Some(within) = self.within.as_mut().filter(|within| within.shard == row.shard) else {
            let why = "it stands where its shard has ended, or before it begins";
            return Err(Finding { shard: Some(row.shard), row: Some(row.seq), ..self.found(What::Inserted, why) });
        };
        within.entry(row)?;
        self.verified.rows += 1;
        within.agrees_with(self.earlier)
    }

    fn root(&mut self, root: &Root) -> Result<(), Finding> {
        let Some(within) = self.within.as_mut().filter(|within| within.shard == root.shard) else {
            let why = "its root stands where its shard has ended, or before it begins";
            return Err(Finding { shard: Some(root.shard), row: Some(root.seq), ..self.found(What::Inserted, why) });
        };
        within.root(root, self.keys)?;
        self.verified.roots += 1;
        Ok(())
    }

    fn head(&mut self, head: &Mark) -> Result<(), Finding> {
        let Some(within) = self.within.take() else {
            return Err(self.found(What::Inserted, "a shard ends that has not begun"));
        };
        within.ends(head, self.earlier)?;
        self.verified.unsigned += within.unsigned;
        self.verified.heads.insert(within.shard, (within.seq, within.hash));
        Ok(())
    }

    /// Whether every shard was there.
    fn whole(&self) -> Result<(), Finding> {
        match &self.within {
            Some(within) => Err(within.found(What::Missing, within.next(), "the records end before their shard does")),
            None if self.next_shard < SHARDS => Err(self.found(What::Missing, "the whole shard is not there")),
            None => Ok(()),
        }
    }

    fn end<R>(&self, end: &End, reader: &Reader<R>) -> Result<Verified, Finding> {
        if !self.has_begun {
            return Err(self.found(What::Missing, "the first line of the export is not there"));
        }
        self.whole()?;
        if !end.is_signed_by(self.keys) {
            return Err(self.found(
                What::Altered,
                "the closing line is not signed by any of the known keys: altered, or the key is another (--public-key)",
            ));
        }
        if i64::try_from(reader.lines) != Ok(end.lines) {
            let what =
                if i64::try_from(reader.lines).is_ok_and(|lines| lines < end.lines) { What::Missing } else { What::Inserted };
            return Err(self.found(what, format!("{} lines were signed, and here are {}", end.lines, reader.lines)));
        }
        if reader.digest.clone().finish().as_ref() != end.hash {
            return Err(self.found(What::Altered, "every row holds, but the lines as a whole are not those that were signed"));
        }
        Ok(self.verified.clone())
    }

    /// Where a line should stand that cannot be read.
    fn unread(&self, line: u64, what: NoLine) -> Finding {
        let (what, why) = match what {
            NoLine::Nothing => (What::Missing, "the file ends here, before its closing line"),
            NoLine::Unfinished => (What::Missing, "the file ends in the middle of a line"),
            NoLine::Unknown => (What::Altered, "no export writes such a line"),
        };
        Finding { line: Some(line), ..self.found(what, why) }
    }

    /// Something about the place where we are.
    fn found(&self, what: What, why: impl Into<String>) -> Finding {
        if let Some(within) = &self.within {
            return within.found(what, within.next(), why);
        }
        let shard = Some(self.next_shard).filter(|shard| *shard < SHARDS);
        Finding { line: None, shard, row: None, what, why: why.into() }
    }
}

impl Within {
    fn next(&self) -> i64 {
        self.seq.saturating_add(1)
    }

    fn found(&self, what: What, row: i64, why: impl Into<String>) -> Finding {
        Finding { line: None, shard: Some(self.shard), row: Some(row), what, why: why.into() }
    }

    fn entry(&mut self, row: &Row) -> Result<(), Finding> {
        let next = self.next();
        if row.seq > next {
            return Err(self.found(What::Missing, next, format!("row {} stands in its place", row.seq)));
        }
        if row.seq < next {
            return Err(self.found(What::Inserted, row.seq, format!("row {next} should stand in its place")));
        }
        let hash = row.entry.hash(row.shard, row.seq, &self.hash);
        if row.hash != hash {
            return Err(self.mismatch(row));
        }
        (self.seq, self.before, self.hash) = (next, Some(self.hash), hash);
        self.unsigned += 1;
        Ok(())
    }

    /// The row does not follow from the one before it, which did follow from its own.
    fn mismatch(&self, row: &Row) -> Finding {
        let was_here = self.before.is_some_and(|before| row.hash == row.entry.hash(row.shard, self.seq, &before));
        if was_here {
            return self.found(What::Inserted, self.seq, format!("row {} was recorded with this number", row.seq));
        }
        self.found(
            What::Altered,
            row.seq,
            "what it says has another hash than was recorded, or the row before it was replaced or rows between them taken out",
        )
    }

    fn root(&mut self, root: &Root, keys: &Keys) -> Result<(), Finding> {
        if !root.is_signed_by(keys) {
            return Err(self.found(
                What::Altered,
                root.seq,
                format!(
                    "its root is not signed by any of the known keys: altered, or made with the retired audit key {} (--public-key)",
                    root.key
                ),
            ));
        }
        if root.seq > self.seq {
            return Err(self.found(What::Missing, self.next(), format!("row {} was signed", root.seq)));
        }
        if root.seq < self.seq || self.root.is_some_and(|last| last >= (root.seq, root.key)) {
            return Err(self.found(What::Inserted, root.seq, "its root stands a second time or in another's place"));
        }
        if root.hash != self.hash {
            let after = self.root.map_or(0, |(seq, _)| seq);
            return Err(self.found(
                What::Altered,
                after.saturating_add(1),
                format!("of this row and those up to {}, one is not what was signed: their hashes were made anew", root.seq),
            ));
        }
        self.root = Some((root.seq, root.key));
        self.unsigned = 0;
        Ok(())
    }

    fn agrees_with(&self, earlier: &Heads) -> Result<(), Finding> {
        match earlier.get(&self.shard) {
            Some((seq, hash)) if *seq == self.seq && *hash != self.hash => {
                Err(self.found(What::Altered, *seq, "it, or one before it, is not what the earlier export says"))
            }
            _ => Ok(()),
        }
    }

    fn ends(&self, head: &Mark, earlier: &Heads) -> Result<(), Finding> {
        if head.shard != self.shard {
            return Err(self.found(What::Missing, self.next(), format!("shard {} ends instead of its own", head.shard)));
        }
        if head.seq > self.seq {
            return Err(self.found(What::Missing, self.next(), format!("the shard has {} rows", head.seq)));
        }
        if head.seq < self.seq {
            return Err(self.found(What::Inserted, head.seq.saturating_add(1), "the shard ended before it"));
        }
        if head.hash != self.hash {
            return Err(self.found(What::Altered, head.seq, "it is not the row with which the shard ended"));
        }
        match earlier.get(&self.shard) {
            Some((seq, _)) if *seq > self.seq => {
                Err(self.found(What::Missing, self.next(), format!("an earlier export has rows up to {seq}")))
            }
            _ => Ok(()),
        }
    }
}
