//! The lines of an export and how they are written, as JSON Lines or CSV. There is one way to write a line: whatever is read back must give the
//! same bytes again, so that nothing can be changed that the chain does not see.
//!
//! `export-1`, then for each shard `start`, its `entry` lines with each `root` after the entry that it signs, and `head`; at last `end`, which
//! counts the lines before it, has their SHA-256, and is signed.

use std::net::IpAddr;

use jiff::Timestamp;
use rut::Rut;
use serde::{Deserialize, Serialize};

use super::{
    chain::{Entry, Hash, Parts, Row},
    root::{Keys, Root},
};
use crate::{
    fault::Fault,
    moment::Moment,
    vault::{Vault, hex},
};

/// How the lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line.
    JsonLines,
    /// RFC 4180 with a line of names; lines end with LF.
    Csv,
}

/// A line of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The first: when it was made.
    Export(Moment),
    /// A shard begins after its entry `seq`, whose hash is this.
    Start(Mark),
    /// A record.
    Entry(Row),
    /// A signed head.
    Root(Root),
    /// The shard ended with its entry `seq`, whose hash is this.
    Head(Mark),
    /// The last.
    End(End),
}

/// A place in a shard's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which chain.
    pub shard: i64,
    /// After which entry; 0 before the first.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// The closing line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// How many lines came before.
    pub lines: i64,
    /// SHA-256 of them.
    pub hash: Vec<u8>,
    /// With which audit key it was signed.
    pub key: i64,
    /// Ed25519.
    pub signature: Vec<u8>,
}

impl End {
    /// Signs all lines of an export.
    pub fn sign(vault: &Vault, lines: i64, hash: &Hash) -> Result<Self, Fault> {
        let (key, signature) = vault.sign(&message(lines, hash))?;
        Ok(Self { lines, hash: hash.to_vec(), key: key.into(), signature: signature.to_vec() })
    }

    /// Whether one of the keys signed exactly this.
    pub fn is_signed_by(&self, keys: &Keys) -> bool {
        keys.signed(self.key, &message(self.lines, &self.hash), &self.signature)
    }
}

fn message(lines: i64, hash: &[u8]) -> Vec<u8> {
    Parts::new("clavero audit export 1").int(lines).bytes(hash).done()
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::JsonLines, Self::Csv];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// What comes before every line.
    pub fn heading(self) -> Option<String> {
        (self == Self::Csv).then(|| COLUMNS.join(",") + "\n")
    }

    /// The line with its end.
    pub fn write(self, line: &Line) -> String {
        let fields = Fields::from(line);
        let mut text = match self {
            // Of numbers and texts only: it cannot fail, and an empty line would be refused by every reader.
            Self::JsonLines => serde_json::to_string(&fields).unwrap_or_default(),
            Self::Csv => fields.csv(),
        };
        text.push('\n');
        text
    }

    /// Reads a line with its end; `None` for anything that [`Format::write`] would not have written.
    pub fn read(self, bytes: &[u8]) -> Option<Line> {
        let text = std::str::from_utf8(bytes).ok()?;
        let fields = match self {
            Self::JsonLines => serde_json::from_str(text).ok()?,
            Self::Csv => Fields::from_csv(text.strip_suffix('\n')?)?,
        };
        let line = Line::try_from(fields).ok()?;
        (self.write(&line) == text).then_some(line)
    }
}

/// A line as it is written: what a kind of line does not have is left out.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Fields {
    line: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shard: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rut: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lines: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

/// The same in CSV, in the same order.
const COLUMNS: [&str; 15] = [
    "line",
    "shard",
    "seq",
    "at",
    "rut",
    "actor",
    "event",
    "detail",
    "address",
    "request",
    "id",
    "lines",
    "hash",
    "key",
    "signature",
];

impl From<&Line> for Fields {
    fn from(line: &Line) -> Self {
        let mark = |name: &str, mark: &Mark| Self {
            line: name.to_owned(),
            shard: Some(mark.shard),
            seq: Some(mark.seq),
            hash: Some(hex(&mark.hash)),
            ..Self::default()
        };
        match line {
            Line::Export(at) => Self { line: "export-1".to_owned(), at: Some(write_moment(*at)), ..Self::default() },
            Line::Start(start) => mark("start", start),
            Line::Head(head) => mark("head", head),
            Line::Entry(Row { shard, seq, entry, hash }) => Self {
                line: "entry".to_owned(),
                shard: Some(*shard),
                seq: Some(*seq),
                at: Some(write_moment(entry.at)),
                rut: entry.rut.map(write_rut),
                actor: Some(entry.actor.clone()),
                event: Some(entry.event.clone()),
                detail: entry.detail.clone(),
                address: entry.address.as_deref().map(write_address),
                request: Some(entry.request.clone()),
                id: Some(hex(&entry.id)),
                hash: Some(hex(hash)),
                ..Self::default()
            },
            Line::Root(root) => Self {
                line: "root".to_owned(),
                shard: Some(root.shard),
                seq: Some(root.seq),
                at: Some(write_moment(root.at)),
                hash: Some(hex(&root.hash)),
                key: Some(root.key),
                signature: Some(hex(&root.signature)),
                ..Self::default()
            },
            Line::End(end) => Self {
                line: "end".to_owned(),
                lines: Some(end.lines),
                hash: Some(hex(&end.hash)),
                key: Some(end.key),
                signature: Some(hex(&end.signature)),
                ..Self::default()
            },
        }
    }
}

/// Something is missing or malformed. What is superfluous shows when the line is written again.
struct NoLine;

impl TryFrom<Fields> for Line {
    type Error = NoLine;

    fn try_from(fields: Fields) -> Result<Self, NoLine> {
        Self::read(fields).ok_or(NoLine)
    }
}

impl Line {
    fn read(fields: Fields) -> Option<Self> {
        let bytes = |text: Option<String>| read_hex(&text?);
        let moment = |text: Option<String>| read_moment(&text?);
        Some(match fields.line.as_str() {
            "export-1" => Self::Export(moment(fields.at)?),
            "start" => Self::Start(Mark { shard: fields.shard?, seq: fields.seq?, hash: bytes(fields.hash)? }),
            "head" => Self::Head(Mark { shard: fields.shard?, seq: fields.seq?, hash: bytes(fields.hash)? }),
            "entry" => {
                let rut = match fields.rut {
                    Some(text) => Some(read_rut(&text)?),
                    None => None,
                };
                let address = match fields.address {
                    Some(text) => Some(read_address(&text)?),
                    None => None,
                };
                let entry = Entry {
                    id: bytes(fields.id)?,
                    at: moment(fields.at)?,
                    rut,
                    actor: fields.actor?,
                    event: fields.event?,
                    detail: fields.detail,
                    address,
                    request: fields.request?,
                };
                Self::Entry(Row { shard: fields.shard?, seq: fields.seq?, entry, hash: bytes(fields.hash)? })
            }
            "root" => Self::Root(Root {
                shard: fields.shard?,
                seq: fields.seq?,
                hash: bytes(fields.hash)?,
                at: moment(fields.at)?,
                key: fields.key?,
                signature: bytes(fields.signature)?,
            }),
            "end" => Self::End(End {
                lines: fields.lines?,
                hash: bytes(fields.hash)?,
                key: fields.key?,
                signature: bytes(fields.signature)?,
            }),
            _ => return None,
        })
    }
}

impl Fields {
    fn csv(self) -> String {
        let int = |number: Option<i64>| number.map(|number| number.to_string());
        [
            Some(self.line),
            int(self.shard),
            int(self.seq),
            self.at,
            self.rut,
            self.actor,
            self.event,
            self.detail,
            self.address,
            self.request,
            self.id,
            int(self.lines),
            self.hash,
            int(self.key),
            self.signature,
        ]
        .map(|field| field.map_or_else(String::new, |text| quoted(&text)))
        .join(",")
    }

    fn from_csv(text: &str) -> Option<Self> {
        let fields: [Option<String>; COLUMNS.len()] = split_csv(text)?.try_into().ok()?;
        let [line, shard, seq, at, rut, actor, event, detail, address, request, id, lines, hash, key, signature] = fields;
        // A number that cannot be read is left out, and the line then gives other bytes than it was read from.
        let int = |text: Option<String>| text.and_then(|text| text.parse().ok());
        Some(Self {
            line: line?,
            shard: int(shard),
            seq: int(seq),
            at,
            rut,
            actor,
            event,
            detail,
            address,
            request,
            id,
            lines: int(lines),
            hash,
            key: int(key),
            signature,
        })
    }
}

/// Quotes where it must; an empty text is `""`, which nothing at all is not.
fn quoted(text: &str) -> String {
    if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn split_csv(text: &str) -> Option<Vec<Option<String>>> {
    let mut fields = Vec::with_capacity(COLUMNS.len());
    let mut rest = text;
    loop {
        let (field, after) = if let Some(inner) = rest.strip_prefix('"') {
            let (field, after) = split_quoted(inner)?;
            (Some(field), after)
        } else {
            let (field, after) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
            ((!field.is_empty()).then(|| field.to_owned()), after)
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return after.is_empty().then_some(fields),
        }
    }
}

/// The text up to its closing quote, and what follows.
fn split_quoted(mut rest: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Some((field, after)),
        }
    }
}

// What a database holds after somebody was at it need not be a RUT, an instant or an address: it is then shown as it is, after a `#`.

fn write_rut(number: i64) -> String {
    let rut = u32::try_from(number).ok().and_then(Rut::from_number);
    rut.map_or_else(|| format!("#{number}"), |rut| rut.to_string())
}

fn read_rut(text: &str) -> Option<i64> {
    match text.strip_prefix('#') {
        Some(number) => number.parse().ok(),
        None => Rut::parse(text).ok().map(|rut| i64::from(rut.number())),
    }
}

fn write_moment(at: Moment) -> String {
    Timestamp::from_microsecond(at.micros())
        .map_or_else(|_| format!("#{}", at.micros()), |at| at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
}

fn read_moment(text: &str) -> Option<Moment> {
    let micros = match text.strip_prefix('#') {
        Some(micros) => micros.parse().ok()?,
        None => text.parse::<Timestamp>().ok()?.as_microsecond(),
    };
    Some(Moment::from_micros(micros))
}

fn write_address(bytes: &[u8]) -> String {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        IpAddr::from(v4).to_string()
    } else if let Ok(v6) = <[u8; 16]>::try_from(bytes) {
        IpAddr::from(v6).to_string()
    } else {
        format!("#{}", hex(bytes))
    }
}

fn read_address(text: &str) -> Option<Vec<u8>> {
    match text.strip_prefix('#') {
        Some(bytes) => read_hex(bytes),
        None => Some(match text.parse().ok()? {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        }),
    }
}

/// Reads what [`hex`] writes.
pub fn read_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<Line> {
        let entry = Entry {
            id: vec![0xab; 16],
            at: Moment::from_micros(1_559_054_820_000_001),
            rut: Some(12_345_678),
            actor: "person".to_owned(),
            event: "key_changed".to_owned(),
            detail: None,
            address: Some(vec![192, 0, 2, 1]),
            request: "0123456789ab".to_owned(),
        };
        let row = |entry| Line::Entry(Row { shard: 14, seq: 1, entry, hash: vec![1; 32] });
        let mark = || Mark { shard: 3, seq: 0, hash: vec![0; 32] };
        let root = Root { shard: 14, seq: 1, hash: vec![1; 32], at: entry.at, key: 1, signature: vec![2; 64] };
        vec![
            Line::Export(entry.at),
            Line::Start(mark()),
            row(entry.clone()),
            row(Entry { detail: Some(String::new()), rut: None, address: None, ..entry.clone() }),
            row(Entry {
                detail: Some("\"comillas\", comas,\nlíneas \u{1} y Ñ".to_owned()),
                address: Some(vec![0x20; 16]),
                ..entry.clone()
            }),
            // What is no RUT, no instant and no address.
            row(Entry { rut: Some(-5), at: Moment::from_micros(i64::MAX), address: Some(vec![1, 2, 3]), ..entry.clone() }),
            row(Entry { rut: Some(0), at: Moment::from_micros(-1), address: Some(Vec::new()), ..entry }),
            Line::Root(root),
            Line::Head(mark()),
            Line::End(End { lines: 9, hash: vec![3; 32], key: 1, signature: vec![4; 64] }),
        ]
    }

    #[test]
    fn what_is_written_is_read_back() {
        for format in Format::ALL {
            for line in lines() {
                let text = format.write(&line);
                assert_eq!(format.read(text.as_bytes()), Some(line), "{text}");
            }
        }
    }

    #[test]
    fn a_line_has_one_way_to_be_written() {
        for line in lines() {
            let text = Format::JsonLines.write(&line);
            let others = [
                text.replacen(':', ": ", 1),
                text.replacen('{', "{\"more\":1,", 1),
                text.trim_end().to_owned(),
                format!(" {text}"),
                text.replacen('\n', "\r\n", 1),
                text.replace("ab", "aB"),
            ];
            for other in others.into_iter().filter(|other| *other != text) {
                assert_eq!(Format::JsonLines.read(other.as_bytes()), None, "{other}");
            }
            let text = Format::Csv.write(&line);
            let others = [
                text.replacen(',', ",,", 1),
                text.replacen(',', "", 1),
                text.replacen(',', ", ", 1),
                text.replacen("entry", "\"entry\"", 1),
                text.trim_end().to_owned(),
                text.replace(",1,", ",+1,"),
                text.replace(",1,", ",01,"),
                text.replace("12.345.678-5", "12345678-5"),
            ];
            for other in others.into_iter().filter(|other| *other != text) {
                assert_eq!(Format::Csv.read(other.as_bytes()), None, "{other}");
            }
        }
    }

    #[test]
    fn a_line_is_readable_by_itself() {
        let entry = lines().remove(2);
        let (id, hash) = ("ab".repeat(16), "01".repeat(32));
        assert_eq!(
            Format::JsonLines.write(&entry),
            format!(
                "{{\"line\":\"entry\",\"shard\":14,\"seq\":1,\"at\":\"2019-05-28T14:47:00.000001Z\",\"rut\":\"12.345.678-5\",\
                 \"actor\":\"person\",\"event\":\"key_changed\",\"address\":\"192.0.2.1\",\"request\":\"0123456789ab\",\
                 \"id\":\"{id}\",\"hash\":\"{hash}\"}}\n"
            )
        );
        assert_eq!(
            Format::Csv.write(&entry),
            format!(
                "entry,14,1,2019-05-28T14:47:00.000001Z,12.345.678-5,person,key_changed,,192.0.2.1,0123456789ab,{id},,{hash},,\n"
            )
        );
    }
}
