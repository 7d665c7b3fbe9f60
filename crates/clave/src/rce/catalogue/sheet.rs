//! A file of the catalogue, line by line: comma or semicolon, columns by their names in any order, UTF-8.

use std::io::{self, BufRead, Cursor, Read as _};

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use super::Kind;

/// A file.
pub struct Source<'a> {
    /// What it lists.
    pub kind: Kind,
    /// What is in it.
    pub bytes: &'a mut dyn BufRead,
}

/// A line that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// In which file.
    pub kind: Kind,
    /// Which one, from 1.
    pub line: u64,
    /// Why not. Codes are named; people's RUNs are not.
    pub why: String,
}

/// A line with what it says in each column of its kind, without the spaces around.
pub(super) struct Line<const N: usize> {
    pub number: u64,
    pub fields: Result<[String; N], String>,
}

/// Where the columns are, and the lines after them.
pub(super) struct Sheet<'a, const N: usize> {
    lines: Reader<Box<dyn io::Read + 'a>>,
    width: usize,
    at: [usize; N],
    record: ByteRecord,
}

/// No header is longer.
const LONGEST_HEADER: u64 = 64 * 1024;
const UTF_16: &str = "the file is UTF-16: save it as «CSV UTF-8»";
const NOT_UTF_8: &str = "it is not UTF-8: save the file as «CSV UTF-8»";

impl<'a, const N: usize> Sheet<'a, N> {
    /// Reads the header.
    ///
    /// # Errors
    /// What is wrong with it; outside, that the file cannot be read.
    pub fn begin(bytes: &'a mut dyn BufRead, columns: [&str; N]) -> io::Result<Result<Self, String>> {
        let mut first = Vec::new();
        bytes.take(LONGEST_HEADER).read_until(b'\n', &mut first)?;
        if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
            return Ok(Err(UTF_16.to_owned()));
        }
        let count = |mark: u8| first.split(|byte| *byte == mark).count();
        let delimiter = if count(b';') > count(b',') { b';' } else { b',' };
        // Every line ends with a line feed, the last one as well, so that lines can be counted; a carriage return before it is trimmed as spaces are.
        let whole: Box<dyn io::Read + 'a> = Box::new(Cursor::new(first).chain(bytes).chain(b"\n".as_slice()));
        let mut builder = ReaderBuilder::new();
        builder.delimiter(delimiter).terminator(Terminator::Any(b'\n')).flexible(true).has_headers(false);
        let mut lines = builder.from_reader(whole);
        let mut record = ByteRecord::new();
        lines.read_byte_record(&mut record).map_err(io::Error::from)?;
        let Some(names) = texts(&record) else { return Ok(Err(NOT_UTF_8.to_owned())) };
        let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        Ok(columns_at(&names, columns).map(|at| Self { lines, width: names.len(), at, record }))
    }

    /// The next line; none when there are no more. Lines with nothing in them, which spreadsheets like to leave, are passed over.
    pub fn next(&mut self) -> io::Result<Option<Line<N>>> {
        loop {
            if !self.lines.read_byte_record(&mut self.record).map_err(io::Error::from)? {
                return Ok(None);
            }
            // From its end back to where it begins: where it began to be looked for, empty lines may have been.
            let parts = self.record.as_slice().split(|byte| *byte == b'\n').count() as u64;
            let number = self.lines.position().line().saturating_sub(parts);
            let Some(found) = texts(&self.record) else {
                return Ok(Some(Line { number, fields: Err(NOT_UTF_8.to_owned()) }));
            };
            if found.iter().all(|field| field.is_empty()) {
                continue;
            }
            let fields = if found.len() == self.width {
                Ok(self.at.map(|at| found.get(at).copied().unwrap_or_default().to_owned()))
            } else {
                Err(format!("it has {} fields, and the header has {}", found.len(), self.width))
            };
            return Ok(Some(Line { number, fields }));
        }
    }
}

/// The fields, trimmed; none where they are no UTF-8.
fn texts(record: &ByteRecord) -> Option<Vec<&str>> {
    record.iter().map(|field| std::str::from_utf8(field).ok().map(str::trim)).collect()
}

fn columns_at<const N: usize>(names: &[String], columns: [&str; N]) -> Result<[usize; N], String> {
    let places = columns.map(|column| {
        let mut found = names.iter().enumerate().filter(|(_, name)| *name == column).map(|(at, _)| at);
        (found.next(), found.next())
    });
    if let Some((column, _)) = columns.iter().zip(&places).find(|(_, (_, again))| again.is_some()) {
        return Err(format!("the header has the column {column} twice"));
    }
    let missing: Vec<&str> = columns.iter().zip(&places).filter(|(_, (at, _))| at.is_none()).map(|(column, _)| *column).collect();
    if missing.is_empty() {
        Ok(places.map(|(at, _)| at.unwrap_or_default()))
    } else {
        Err(format!("the header has no column {}: write {}", missing.join(", "), columns.join(",")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbered = (u64, Result<[String; 2], String>);

    fn read(mut bytes: &[u8]) -> Result<Vec<Numbered>, String> {
        let mut sheet = Sheet::begin(&mut bytes, ["a", "b"]).unwrap()?;
        let mut lines = Vec::new();
        while let Some(line) = sheet.next().unwrap() {
            lines.push((line.number, line.fields));
        }
        Ok(lines)
    }

    fn line(number: u64, a: &str, b: &str) -> Numbered {
        (number, Ok([a.to_owned(), b.to_owned()]))
    }

    #[test]
    fn columns_are_found_by_their_names() {
        assert_eq!(read(b"a,b\n1,2\n").unwrap(), [line(2, "1", "2")]);
        assert_eq!(read(b"B;x; A \n2;;1\n").unwrap(), [line(2, "1", "2")]);
        assert_eq!(read("\u{feff}a;b\r\n\"1;\"\"\";ñ \r\n".as_bytes()).unwrap(), [line(2, "1;\"", "ñ")]);
        assert_eq!(read(b"a,c\n"), Err("the header has no column b: write a,b".to_owned()));
        assert_eq!(read(b""), Err("the header has no column a, b: write a,b".to_owned()));
        assert_eq!(read(b"a,b,A\n"), Err("the header has the column a twice".to_owned()));
    }

    #[test]
    fn lines_are_numbered_as_an_editor_does() {
        assert_eq!(read(b"a,b\n\n1,2\n,\n3,4").unwrap(), [line(3, "1", "2"), line(5, "3", "4")]);
        assert_eq!(read(b"a,b\r\n1,2\r\n\r\n3,4\r\n").unwrap(), [line(2, "1", "2"), line(4, "3", "4")]);
        assert_eq!(read(b"a,b\n\"1\n\n\",2\n3,4\n").unwrap(), [line(2, "1", "2"), line(5, "3", "4")]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(read(b"\xff\xfea\0,\0b\0"), Err(UTF_16.to_owned()));
        let lines = read(b"a,b\n\xf1,2\n3\n4,5\n").unwrap();
        assert_eq!(lines[0], (2, Err(NOT_UTF_8.to_owned())));
        assert_eq!(lines[1], (3, Err("it has 1 fields, and the header has 2".to_owned())));
        assert_eq!(lines[2], line(4, "4", "5"));
    }
}
