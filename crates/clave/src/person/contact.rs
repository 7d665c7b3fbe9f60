//! How to reach a person.

use serde::{Deserialize, Serialize};

use super::text::tidy;

/// An e-mail address that mail software accepts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

/// Why it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailWrong {
    /// Nothing typed.
    Empty,
    /// Longer than 254 characters (RFC 5321, 4.5.3.1.3).
    TooLong,
    /// Not `name@domain.cl`.
    Shape,
}

const EMAIL_MOST: usize = 254;

impl Email {
    /// Reads an address; the domain becomes lower case.
    pub fn parse(text: &str) -> Result<Self, EmailWrong> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailWrong::Empty);
        }
        if text.chars().count() > EMAIL_MOST {
            return Err(EmailWrong::TooLong);
        }
        let (name, domain) = text.rsplit_once('@').ok_or(EmailWrong::Shape)?;
        // Quoted local parts are legal and nobody has one; in a form they are an attack or a slip.
        let plain = !text.chars().any(|c| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '\\'));
        let dotted = domain.contains('.') && !domain.starts_with('[');
        if !plain || !dotted || !text.is_ascii() {
            return Err(EmailWrong::Shape);
        }
        let text = format!("{name}@{}", domain.to_ascii_lowercase());
        text.parse::<lettre::Address>().map_err(|_| EmailWrong::Shape)?;
        Ok(Self(text))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which two spellings are one mailbox: all lower case.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// `a••••@correo.cl`: enough for its owner to recognise.
    pub fn masked(&self) -> String {
        let (name, domain) = self.0.rsplit_once('@').unwrap_or_default();
        format!("{}••••@{domain}", name.chars().take(1).collect::<String>())
    }
}

/// A Chilean mobile phone in E.164: `+569` and eight digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

/// Why it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneWrong {
    /// Not a Chilean mobile number.
    Shape,
}

impl Phone {
    /// Reads `9 1234 5678`, `+56 9 1234 5678`, `56912345678`, `09 …`; an empty field is no phone.
    pub fn parse(text: &str) -> Result<Option<Self>, PhoneWrong> {
        let text = tidy(text);
        if text.is_empty() {
            return Ok(None);
        }
        let mut digits = String::new();
        for (at, c) in text.chars().enumerate() {
            match c {
                '0'..='9' => digits.push(c),
                '+' if at == 0 => {}
                ' ' | '-' | '.' | '(' | ')' => {}
                _ => return Err(PhoneWrong::Shape),
            }
        }
        let digits = digits.trim_start_matches('0');
        let national = match (digits.len(), digits.strip_prefix("56")) {
            (11, Some(national)) => national,
            (9, _) => digits,
            _ => return Err(PhoneWrong::Shape),
        };
        if national.starts_with('9') { Ok(Some(Self(format!("+56{national}")))) } else { Err(PhoneWrong::Shape) }
    }

    /// `+56912345678`
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `+56 9 1234 5678`
    pub fn written(&self) -> String {
        let digits = |range: std::ops::Range<usize>| self.0.get(range).unwrap_or_default();
        format!("{} {} {} {}", digits(0..3), digits(3..4), digits(4..8), digits(8..12))
    }

    /// `+56 9 •••• 5678`
    pub fn masked(&self) -> String {
        format!("+56 9 •••• {}", self.0.get(8..).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_are_trimmed_and_judged() {
        assert_eq!(Email::parse(" Ana.Perez+x@Correo.CL ").ok().unwrap().as_str(), "Ana.Perez+x@correo.cl");
        assert_eq!(Email::parse(" ").err(), Some(EmailWrong::Empty));
        assert_eq!(Email::parse(&format!("{}@a.cl", "a".repeat(260))).err(), Some(EmailWrong::TooLong));
        for wrong in
            ["ana", "ana@", "@a.cl", "ana@correo", "a b@c.cl", "ana@c..cl", "<ana@c.cl>", "ana@c.cl\r\nBcc: x@y.cl", "a😀@c.cl"]
        {
            assert_eq!(Email::parse(wrong).err(), Some(EmailWrong::Shape), "{wrong}");
        }
    }

    #[test]
    fn phones_are_read_in_many_forms() {
        for text in ["912345678", "9 1234 5678", "+56 9 1234 5678", "56912345678", "(+56) 9-1234-5678", "09 12345678"] {
            let phone = Phone::parse(text);
            if text.starts_with('(') {
                assert!(phone.is_err(), "a plus inside is a slip");
            } else {
                assert_eq!(phone.ok().unwrap().unwrap().as_str(), "+56912345678", "{text}");
            }
        }
        assert!(Phone::parse("  ").ok().unwrap().is_none());
        for wrong in ["22345678", "12345", "+1 202 555 0100", "9123456789", "nueve", "<b>", "😀"] {
            assert_eq!(Phone::parse(wrong).err(), Some(PhoneWrong::Shape), "{wrong}");
        }
    }

    #[test]
    fn masks_keep_what_the_owner_recognises() {
        assert_eq!(Email::parse("ana@correo.cl").ok().unwrap().masked(), "a••••@correo.cl");
        let phone = Phone::parse("912345678").ok().unwrap().unwrap();
        assert_eq!((phone.masked().as_str(), phone.written().as_str()), ("+56 9 •••• 5678", "+56 9 1234 5678"));
    }
}
