//! Reads a form as it arrives, keeping little of it. A form of a megabyte must be answered like any other, at its field, so its
//! excess is read and thrown away rather than refused; what would take too much or too long is given up.

use aws_lc_rs::digest::{Context, SHA256};
use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use http_body_util::BodyExt as _;

use super::errors::Failure;
use crate::site::Limits;

/// One pair of a form, still percent-encoded.
#[derive(Debug, Default, Clone)]
pub struct Pair {
    /// Before the `=`.
    pub name: Vec<u8>,
    /// After it, or its beginning.
    pub value: Vec<u8>,
    /// Whether there was more.
    pub cut: bool,
}

impl Pair {
    /// Name and value as they were meant; none where they are no UTF-8.
    pub fn decoded(&self) -> Option<(String, String)> {
        // The library takes whole forms, and puts a question mark where a byte is no UTF-8.
        let whole = [self.name.as_slice(), b"=", self.value.as_slice()].concat();
        let (name, value) = form_urlencoded::parse(&whole).into_owned().next()?;
        let garbled = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
        (!garbled(&name) && !garbled(&value)).then_some((name, value))
    }
}

/// What was kept of a form.
#[derive(Debug)]
pub struct Read {
    /// In the order of the form.
    pub pairs: Vec<Pair>,
    /// Whether the whole was longer than a form may be.
    pub oversize: bool,
    /// SHA-256 of every byte, kept or not.
    pub digest: [u8; 32],
}

/// Whether it says that it is a form.
pub fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Reads the whole body.
pub async fn read(body: Body, headers: &HeaderMap, limits: &Limits) -> Result<Read, Failure> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.body) {
        return Err(Failure::TooLarge);
    }
    tokio::time::timeout(limits.body_time, drain(body, limits)).await.map_err(|_| Failure::TooSlow)?
}

async fn drain(mut body: Body, limits: &Limits) -> Result<Read, Failure> {
    let mut hash = Context::new(&SHA256);
    let mut pairs = Pairs::new(limits);
    let mut total: usize = 0;
    while let Some(frame) = body.frame().await {
        // The connection broke or its framing is wrong: nobody is left to read an explanation of it.
        let frame = frame.map_err(|_| Failure::BadRequest)?;
        let Ok(chunk) = frame.into_data() else { continue };
        total = total.saturating_add(chunk.len());
        if total > limits.body {
            return Err(Failure::TooLarge);
        }
        hash.update(&chunk);
        pairs.push(&chunk);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.finish().as_ref());
    Ok(Read { pairs: pairs.end(), oversize: total > limits.form, digest })
}

/// Splits at `&` and `=`, whatever pieces the bytes come in.
struct Pairs {
    done: Vec<Pair>,
    open: Pair,
    in_value: bool,
    kept: usize,
    field: usize,
    form: usize,
}

impl Pairs {
    fn new(limits: &Limits) -> Self {
        Self { done: Vec::new(), open: Pair::default(), in_value: false, kept: 0, field: limits.field, form: limits.form }
    }

    fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'&' => self.close(),
                b'=' if !self.in_value => self.in_value = true,
                _ => self.keep(byte),
            }
        }
    }

    fn keep(&mut self, byte: u8) {
        let part = if self.in_value { &mut self.open.value } else { &mut self.open.name };
        if part.len() < self.field && self.kept < self.form {
            part.push(byte);
            self.kept += 1;
        } else {
            self.open.cut = true;
        }
    }

    fn close(&mut self) {
        let pair = std::mem::take(&mut self.open);
        self.in_value = false;
        // Each pair costs memory beyond its bytes: a flood of empty ones is not kept either.
        self.kept = self.kept.saturating_add(1);
        if !pair.name.is_empty() && self.kept < self.form {
            self.done.push(pair);
        }
    }

    fn end(mut self) -> Vec<Pair> {
        self.close();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(chunks: &[&[u8]], limits: Limits) -> Vec<(String, usize, bool)> {
        let mut pairs = Pairs::new(&limits);
        for chunk in chunks {
            pairs.push(chunk);
        }
        let named = |pair: Pair| (String::from_utf8(pair.name).unwrap(), pair.value.len(), pair.cut);
        pairs.end().into_iter().map(named).collect()
    }

    #[test]
    fn pairs_do_not_depend_on_how_the_bytes_arrive() {
        let whole = b"a=1&b=x%20y=z&&c&=nameless&d=";
        let expected = split(&[whole], Limits::default());
        assert_eq!(expected.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        for at in 0..whole.len() {
            assert_eq!(split(&[&whole[..at], &whole[at..]], Limits::default()), expected);
        }
    }

    #[test]
    fn a_long_field_is_cut_and_the_next_one_kept() {
        let long = vec![b'x'; 1_000_000];
        let pairs = split(&[b"csrf=abc&direccion=", &long, b"&numero=12"], Limits::default());
        assert_eq!(pairs[1], ("direccion".to_owned(), 8 * 1024, true));
        assert_eq!(pairs[2], ("numero".to_owned(), 2, false));
    }

    #[test]
    fn many_fields_are_not_kept_beyond_the_limit() {
        let many = b"a=&".repeat(500_000);
        assert!(split(&[&many], Limits::default()).len() <= 64 * 1024);
    }
}
