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

/// A mobile phone in E.164: `+569` and eight digits, or a number of another country that this installation writes to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

/// Why it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneWrong {
    /// No number that this installation writes to.
    Shape,
}

/// How the numbers begin that SMS may go to, in E.164. Chilean mobiles alone unless an installation says otherwise: SMS to costly numbers abroad, caused in
/// thousands, are what fraud lives of (threats 3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefixes(Vec<String>);

const CHILEAN_MOBILES: &str = "+569";

impl Default for Prefixes {
    fn default() -> Self {
        Self(vec![CHILEAN_MOBILES.to_owned()])
    }
}

impl Prefixes {
    /// Reads them; `None` where there is none, or one is not `+` and one to fourteen digits.
    pub fn parse(texts: &[String]) -> Option<Self> {
        let is_prefix = |text: &String| {
            text.strip_prefix('+')
                .is_some_and(|digits| (1..15).contains(&digits.len()) && !digits.starts_with('0') && is_digits(digits))
        };
        (!texts.is_empty() && texts.iter().all(is_prefix)).then(|| Self(texts.to_vec()))
    }

    /// Whether SMS may go there.
    pub fn allow(&self, number: &str) -> bool {
        self.0.iter().any(|prefix| number.starts_with(prefix))
    }

    /// Whether numbers of other countries are among them.
    pub fn reach_abroad(&self) -> bool {
        !self.0.iter().all(|prefix| prefix.starts_with(CHILEAN_MOBILES))
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// E.164: country and number together.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

impl Phone {
    /// Reads `9 1234 5678`, `+56 9 1234 5678`, `56912345678`, `09 …`, and `+54 9 11 …` where `allowed` has its beginning; an empty field is no phone.
    pub fn parse(text: &str, allowed: &Prefixes) -> Result<Option<Self>, PhoneWrong> {
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
        let abroad = format!("+{digits}");
        if text.starts_with('+') && DIGITS.contains(&digits.len()) && !digits.starts_with("56") && allowed.allow(&abroad) {
            return Ok(Some(Self(abroad)));
        }
        let digits = digits.trim_start_matches('0');
        let national = match (digits.len(), digits.strip_prefix("56")) {
            (11, Some(national)) => national,
            (9, _) => digits,
            _ => return Err(PhoneWrong::Shape),
        };
        let number = format!("+56{national}");
        if national.starts_with('9') && allowed.allow(&number) { Ok(Some(Self(number))) } else { Err(PhoneWrong::Shape) }
    }

    /// `+56912345678`
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_chilean(&self) -> bool {
        self.0.starts_with(CHILEAN_MOBILES)
    }

    /// `+56 9 1234 5678`
    pub fn written(&self) -> String {
        if !self.is_chilean() {
            return self.0.clone();
        }
        let digits = |range: std::ops::Range<usize>| self.0.get(range).unwrap_or_default();
        format!("{} {} {} {}", digits(0..3), digits(3..4), digits(4..8), digits(8..12))
    }

    /// `+56 9 •••• 5678`
    pub fn masked(&self) -> String {
        let last = self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default();
        let country = if self.is_chilean() { "+56 9" } else { self.0.get(..3).unwrap_or_default() };
        format!("{country} •••• {last}")
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

    fn parse(text: &str) -> Result<Option<Phone>, PhoneWrong> {
        Phone::parse(text, &Prefixes::default())
    }

    fn prefixes(texts: &[&str]) -> Option<Prefixes> {
        Prefixes::parse(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn numbers_abroad_are_read_where_the_installation_writes_to_them() {
        let wide = prefixes(&["+569", "+54", "+509"]).unwrap();
        assert!(wide.reach_abroad() && !Prefixes::default().reach_abroad());
        let read = |text| Phone::parse(text, &wide).ok().flatten().map(|phone| (phone.as_str().to_owned(), phone.masked()));
        let number = |number: &str, masked: &str| Some((number.to_owned(), masked.to_owned()));
        assert_eq!(read("+54 9 11 2345-6789"), number("+5491123456789", "+54 •••• 6789"));
        assert_eq!(read("+509 3412 3456"), number("+50934123456", "+50 •••• 3456"));
        assert_eq!(read("9 1234 5678"), number("+56912345678", "+56 9 •••• 5678"));
        for wrong in ["5491123456789", "+1 202 555 0100", "+54 9", "+54 9112345678901234", "+56 2 2345 6789"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(parse("+54 9 11 2345-6789").err(), Some(PhoneWrong::Shape));
        let abroad_alone = prefixes(&["+54"]).unwrap();
        assert_eq!(Phone::parse("9 1234 5678", &abroad_alone).err(), Some(PhoneWrong::Shape));
    }

    #[test]
    fn a_prefix_is_a_plus_and_digits() {
        for wrong in [&[][..], &["569"], &["+"], &["+0569"], &["+56 9"], &["+569", "x"], &["+123456789012345"]] {
            assert_eq!(prefixes(wrong), None, "{wrong:?}");
        }
        assert_eq!(prefixes(&["+569"]), Some(Prefixes::default()));
    }

    #[test]
    fn phones_are_read_in_many_forms() {
        for text in ["912345678", "9 1234 5678", "+56 9 1234 5678", "56912345678", "(+56) 9-1234-5678", "09 12345678"] {
            let phone = parse(text);
            if text.starts_with('(') {
                assert!(phone.is_err(), "a plus inside is a slip");
            } else {
                assert_eq!(phone.ok().unwrap().unwrap().as_str(), "+56912345678", "{text}");
            }
        }
        assert!(parse("  ").ok().unwrap().is_none());
        for wrong in ["22345678", "12345", "+1 202 555 0100", "9123456789", "nueve", "<b>", "😀"] {
            assert_eq!(parse(wrong).err(), Some(PhoneWrong::Shape), "{wrong}");
        }
    }

    #[test]
    fn masks_keep_what_the_owner_recognises() {
        assert_eq!(Email::parse("ana@correo.cl").ok().unwrap().masked(), "a••••@correo.cl");
        let phone = parse("912345678").ok().unwrap().unwrap();
        assert_eq!((phone.masked().as_str(), phone.written().as_str()), ("+56 9 •••• 5678", "+56 9 1234 5678"));
    }
}
