//! What a person typed, field by field, with what is to be said about it. A page shows it again as it was, except secrets, which never
//! go back, and what could not be read.

use axum::http::StatusCode;
use clave::Secret;
use i18n_embed_fl::fl;

use super::{body::Pair, i18n::Words};

/// What keeps a value from being used as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Longer than any field may be; its beginning is here.
    TooLong,
    /// Not UTF-8.
    Garbled,
    /// Holds control characters: NUL, line ends, tabs.
    Control,
}

#[derive(Debug)]
struct Entry {
    name: String,
    value: Secret,
    flaw: Option<Flaw>,
}

/// The fields of one form.
#[derive(Debug, Default)]
pub struct Fields {
    entries: Vec<Entry>,
    order: Option<&'static [&'static str]>,
    errors: Vec<(String, String)>,
    oversize: bool,
}

impl Fields {
    /// A form that nobody filled in yet.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A form filled in with what is on record.
    pub fn filled(values: &[(&str, String)]) -> Self {
        let entry =
            |(name, value): &(&str, String)| Entry { name: (*name).to_owned(), value: Secret::new(value.as_str()), flaw: None };
        Self { entries: values.iter().map(entry).collect(), ..Self::default() }
    }

    /// From what was read. Flawed fields get their message here, once for all pages.
    pub fn new(pairs: Vec<Pair>, oversize: bool, l: &Words) -> Self {
        let entries: Vec<Entry> = pairs.into_iter().map(Entry::from).collect();
        let mut fields = Self { entries: Vec::new(), order: None, errors: Vec::new(), oversize };
        for entry in &entries {
            if let Some(flaw) = entry.flaw {
                fields.set_error(&entry.name, explain(flaw, l));
            }
        }
        if oversize && fields.errors.is_empty() {
            fields.set_error("contenido", fl!(l, "flaw-form-too-large"));
        }
        fields.entries = entries;
        fields
    }

    /// Names the page's fields in their order on it. Whatever else was sent is dropped, so that an invented field cannot spoil the form.
    #[must_use]
    pub fn expecting(mut self, names: &'static [&'static str]) -> Self {
        self.entries.retain(|entry| names.contains(&entry.name.as_str()));
        self.errors.retain(|(name, _)| names.contains(&name.as_str()) || name == "contenido");
        self.order = Some(names);
        self
    }

    /// Whether the form that was sent has the field, filled in or not.
    pub fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// The value as sent; empty when it was not, or could not be read.
    pub fn text(&self, name: &str) -> &str {
        self.entry(name).filter(|entry| entry.flaw != Some(Flaw::Garbled)).map_or("", |entry| entry.value.expose())
    }

    /// The value, to be kept out of sight.
    pub fn secret(&self, name: &str) -> Secret {
        Secret::new(self.text(name))
    }

    /// What is wrong with the value before anyone looks at its meaning.
    pub fn flaw(&self, name: &str) -> Option<Flaw> {
        self.entry(name)?.flaw
    }

    /// What to say at the field. The first word about a field stands: a flaw is never overwritten by what follows from it.
    pub fn set_error(&mut self, name: &str, message: String) {
        if self.error(name).is_empty() {
            self.errors.push((name.to_owned(), message));
        }
    }

    /// What is said at the field; empty for nothing, as the macros of `kit/form.html` want it.
    pub fn error(&self, name: &str) -> &str {
        self.errors.iter().find(|(field, _)| field == name).map_or("", |(_, message)| message)
    }

    /// The value to show again: never a secret, never what could not be read.
    pub fn value(&self, name: &str) -> &str {
        if is_secret(name) || self.flaw(name).is_some() { "" } else { self.text(name) }
    }

    /// Every error with its field's id, in the order of the form.
    pub fn errors(&self) -> Vec<(String, String)> {
        let place = |name: &str| {
            let expected = self.order.and_then(|order| order.iter().position(|known| *known == name));
            expected.or_else(|| self.entries.iter().position(|entry| entry.name == name)).unwrap_or(usize::MAX)
        };
        let mut errors = self.errors.clone();
        errors.sort_by_key(|(name, _)| place(name));
        errors
    }

    /// Whether the form must be shown again.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The same values with nothing said about them: the form is shown again for another reason than mistakes.
    #[must_use]
    pub fn without_errors(self) -> Self {
        Self { errors: Vec::new(), oversize: false, ..self }
    }

    /// The status of the form shown again: 413 when it was too large as a whole, else 422; 200 where nothing is wrong.
    pub fn status(&self) -> StatusCode {
        match (self.oversize, self.has_errors()) {
            (true, _) => StatusCode::PAYLOAD_TOO_LARGE,
            (false, true) => StatusCode::UNPROCESSABLE_ENTITY,
            (false, false) => StatusCode::OK,
        }
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

impl From<Pair> for Entry {
    fn from(pair: Pair) -> Self {
        let decode = |bytes: &[u8]| form_urlencoded::parse(bytes).next().map(|(text, _)| text.into_owned()).unwrap_or_default();
        let name = decode(&pair.name);
        // A bare value would be split again at «=» or taken for a name; behind a name of its own it is one value.
        let whole = [b"v=".as_slice(), &pair.value].concat();
        let value = form_urlencoded::parse(&whole).next().map(|(_, value)| value.into_owned()).unwrap_or_default();
        // Decoding writes U+FFFD for what is not UTF-8; a person who really sends that sign sends something garbled, too.
        let flaw = if pair.cut {
            Some(Flaw::TooLong)
        } else if value.contains('\u{fffd}') {
            Some(Flaw::Garbled)
        } else if value.chars().any(char::is_control) {
            Some(Flaw::Control)
        } else {
            None
        };
        Self { name, value: Secret::new(value), flaw }
    }
}

/// Keys, answers and captchas are typed anew each time.
fn is_secret(name: &str) -> bool {
    name.starts_with("clave") || matches!(name, "respuesta" | "captcha")
}

fn explain(flaw: Flaw, l: &Words) -> String {
    match flaw {
        Flaw::TooLong => fl!(l, "flaw-too-long"),
        Flaw::Garbled => fl!(l, "flaw-garbled"),
        Flaw::Control => fl!(l, "flaw-control"),
    }
}
