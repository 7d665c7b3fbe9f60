#![doc = include_str!("../README.md")]

use std::{fmt, str::FromStr};

/// A valid RUT: a number whose check digit was right when a person typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rut(u32);

/// Whom a RUT belongs to, judged by its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// *Persona natural*: below 50 million.
    Natural,
    /// *Persona jurídica*: from 50 million.
    Legal,
}

/// Why a text is no RUT. The person is told which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing but spaces.
    Empty,
    /// Not digits followed by a check digit.
    Shape,
    /// The check digit belongs to another number.
    CheckDigit,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the RUT is empty",
            Self::Shape => "a RUT is a number and a check digit, as in 12.345.678-5",
            Self::CheckDigit => "the check digit of the RUT is wrong",
        })
    }
}

impl std::error::Error for Wrong {}

/// The first number of legal persons.
const FIRST_LEGAL: u32 = 50_000_000;
/// Nine digits are the most that anyone has printed.
const MOST_DIGITS: usize = 9;

impl Rut {
    /// Reads what a person types: dots, spaces, any kind of dash or none, leading zeros, `k` or `K`.
    ///
    /// # Errors
    /// Says which part is [`Wrong`].
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let mut kept: Vec<char> = Vec::with_capacity(MOST_DIGITS + 1);
        let mut dash_at = None;
        for c in text.trim().chars() {
            match c {
                '.' | ' ' | '\u{a0}' | '\u{202f}' => {}
                // Hyphen, the dashes U+2010–U+2015, minus, small and full-width hyphen: what keyboards and editors make of it.
                '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => {
                    if dash_at.replace(kept.len()).is_some() {
                        return Err(Wrong::Shape);
                    }
                }
                '0'..='9' | 'k' | 'K' => kept.push(c),
                _ => return Err(Wrong::Shape),
            }
            if kept.len() > MOST_DIGITS + 10 {
                return Err(Wrong::Shape);
            }
        }
        let Some((&check, digits)) = kept.split_last() else {
            return Err(if dash_at.is_some() { Wrong::Shape } else { Wrong::Empty });
        };
        if digits.is_empty() || dash_at.is_some_and(|at| at != digits.len()) {
            return Err(Wrong::Shape);
        }
        let mut number: u64 = 0;
        for c in digits {
            let digit = c.to_digit(10).ok_or(Wrong::Shape)?;
            number = number * 10 + u64::from(digit);
            if number >= 10_u64.pow(9) {
                return Err(Wrong::Shape);
            }
        }
        let rut = Self::from_number(u32::try_from(number).map_err(|_| Wrong::Shape)?).ok_or(Wrong::Shape)?;
        if rut.check_digit() == check.to_ascii_uppercase() { Ok(rut) } else { Err(Wrong::CheckDigit) }
    }

    /// The RUT with this number; zero and ten digits are none.
    pub fn from_number(number: u32) -> Option<Self> {
        (1..10_u32.pow(9)).contains(&number).then_some(Self(number))
    }

    /// The number without its check digit: what is stored.
    pub fn number(self) -> u32 {
        self.0
    }

    /// `0`–`9` or `K`: the complement to 11 of the digits weighted 2, 3, 4, 5, 6, 7, 2, … from the right.
    pub fn check_digit(self) -> char {
        let mut rest = self.0;
        let mut sum = 0;
        for weight in (2..=7).cycle() {
            if rest == 0 {
                break;
            }
            sum += rest % 10 * weight;
            rest /= 10;
        }
        match 11 - sum % 11 {
            11 => '0',
            10 => 'K',
            digit => char::from_digit(digit, 10).unwrap_or('0'),
        }
    }

    /// Natural or legal person.
    pub fn kind(self) -> Kind {
        if self.0 < FIRST_LEGAL { Kind::Natural } else { Kind::Legal }
    }

    /// `12345678-5`: the form that other systems exchange.
    pub fn plain(self) -> String {
        format!("{}-{}", self.0, self.check_digit())
    }

    /// `••.•••.678-5`: enough for its owner to recognise, too little for a log.
    pub fn masked(self) -> String {
        let shown = self.to_string();
        let (hidden, open) = shown.split_at(shown.len().saturating_sub(5));
        let hidden: String = hidden.chars().map(|c| if c == '.' { '.' } else { '•' }).collect();
        hidden + open
    }
}

/// `12.345.678-5`: the form that people read.
impl fmt::Display for Rut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (millions, thousands, units) = (self.0 / 1_000_000, self.0 / 1_000 % 1_000, self.0 % 1_000);
        match (millions, thousands) {
            (0, 0) => write!(f, "{units}"),
            (0, _) => write!(f, "{thousands}.{units:03}"),
            _ => write!(f, "{millions}.{thousands:03}.{units:03}"),
        }?;
        write!(f, "-{}", self.check_digit())
    }
}

impl FromStr for Rut {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_vector_is_read_as_written() {
        let mut seen = 0;
        for line in include_str!("../vectors.csv").lines().skip(1) {
            let (start, note) =
                line.strip_suffix('"').map_or_else(|| line.rsplit_once(',').unwrap(), |line| line.rsplit_once(",\"").unwrap());
            let fields: Vec<&str> = start.rsplitn(4, ',').collect();
            let [dv, number, valid, input] = fields[..] else { panic!("{line}") };
            let expected = (valid == "1").then(|| (number.parse::<u32>().unwrap(), dv.chars().next().unwrap()));
            assert_eq!(Rut::parse(input).ok().map(|rut| (rut.number(), rut.check_digit())), expected, "{input:?} {note}");
            seen += 1;
        }
        assert!(seen > 50, "only {seen} vectors");
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(Rut::parse("  "), Err(Wrong::Empty));
        assert_eq!(Rut::parse("hola"), Err(Wrong::Shape));
        assert_eq!(Rut::parse("1-2345678-5"), Err(Wrong::Shape));
        assert_eq!(Rut::parse("12.345.678-9"), Err(Wrong::CheckDigit));
        assert_eq!(Rut::parse(&"9".repeat(1_000_000)), Err(Wrong::Shape));
    }

    #[test]
    fn the_masked_form_keeps_three_digits() {
        assert_eq!(Rut::parse("12345678-5").unwrap().masked(), "••.•••.678-5");
    }

    #[test]
    fn legal_persons_begin_at_fifty_million() {
        assert_eq!(Rut::from_number(49_999_999).unwrap().kind(), Kind::Natural);
        assert_eq!(Rut::from_number(50_000_000).unwrap().kind(), Kind::Legal);
    }

    proptest! {
        #[test]
        fn what_prints_parses_back(number in 1u32..1_000_000_000) {
            let rut = Rut::from_number(number).unwrap();
            prop_assert_eq!(Rut::parse(&rut.to_string()), Ok(rut));
            prop_assert_eq!(Rut::parse(&rut.plain().to_lowercase()), Ok(rut));
        }

        #[test]
        fn nothing_panics(text in "\\PC*") {
            let _ = Rut::parse(&text);
        }
    }
}
