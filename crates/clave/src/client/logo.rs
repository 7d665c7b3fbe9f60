//! A client's logo: a small picture, kept in the database, so that every node has it.

use sql::{Tx, sql};

use super::ClientId;
use crate::{
    fault::Fault,
    vault::{hex, sha256},
};

const LARGEST: usize = 100 * 1024;

/// A picture of a kind that browsers show, and not a large one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo(Vec<u8>);

/// Not a picture that can be a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotALogo {
    /// Neither PNG nor SVG.
    #[error("it is neither PNG nor SVG: save it as one of them")]
    Kind,
    /// Too many bytes.
    #[error("it is larger than 100 KiB: make it smaller")]
    Size,
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

impl Logo {
    /// Looks at the bytes of a file.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, NotALogo> {
        if bytes.len() > LARGEST {
            return Err(NotALogo::Size);
        }
        if bytes.starts_with(PNG) || is_svg(&bytes) { Ok(Self(bytes)) } else { Err(NotALogo::Kind) }
    }

    /// Its bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Its media type.
    pub fn kind(&self) -> &'static str {
        if self.0.starts_with(PNG) { "image/png" } else { "image/svg+xml" }
    }

    /// Another one for another picture.
    pub(super) fn version(&self) -> String {
        hex(sha256(&self.0).get(..6).unwrap_or_default())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// XML whose first element is `svg`. What it could do beyond being a picture, the answer's Content-Security-Policy forbids.
fn is_svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    for (start, end) in [("<?", "?>"), ("<!--", "-->"), ("<!", ">"), ("<!--", "-->")] {
        while rest.starts_with(start)
            && let Some((_, after)) = rest.split_once(end)
        {
            rest = after.trim_start();
        }
    }
    rest.strip_prefix("<svg").is_some_and(|rest| rest.starts_with(|next: char| next.is_whitespace() || next == '>'))
}

/// A registered client's logo.
pub async fn logo(tx: &mut Tx, id: &ClientId) -> Result<Option<Logo>, Fault> {
    let row = tx.one(sql!("SELECT logo FROM client WHERE id = $1 AND removed_at IS NULL", id)).await?;
    let bytes: Option<Vec<u8>> = row.map(|row| row.get("logo")).transpose()?.flatten();
    bytes.map(Logo::parse).transpose().map_err(Fault::at("reading a stored logo"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_a_small_png_or_svg() {
        assert_eq!(Logo::parse([PNG, b"rest"].concat()).unwrap().kind(), "image/png");
        for svg in [
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "\u{feff}<?xml version='1.0'?>\n<!-- a -->\n<!DOCTYPE svg>\n<svg\nwidth='1'></svg>",
            "<svg></svg>",
        ] {
            assert_eq!(Logo::parse(svg.into()).unwrap().kind(), "image/svg+xml", "{svg}");
        }
        for other in ["", "<html><svg></svg></html>", "GIF89a", "<!DOCTYPE html><html>", "<svgx>", "<?xml"] {
            assert_eq!(Logo::parse(other.into()), Err(NotALogo::Kind), "{other}");
        }
        assert_eq!(Logo::parse([PNG, &vec![0; LARGEST]].concat()), Err(NotALogo::Size));
    }
}
