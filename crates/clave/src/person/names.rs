//! A person's names as on the Chilean identity card: given names, first and second surname.

use serde::{Deserialize, Serialize};

use super::text::{TextWrong, is_letter, optional, required};

/// Names.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    given: String,
    first_surname: String,
    second_surname: Option<String>,
}

/// Which of the three was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `nombres`
    Given,
    /// `apellido_paterno`
    FirstSurname,
    /// `apellido_materno`; many foreigners have none.
    SecondSurname,
}

const MOST: usize = 80;

impl Names {
    /// # Errors
    /// Every wrong field with its reason.
    pub fn parse(given: &str, first_surname: &str, second_surname: &str) -> Result<Self, Vec<(Field, TextWrong)>> {
        let given = named(required(given, MOST, allowed));
        let first = named(required(first_surname, MOST, allowed));
        let second = optional(second_surname, MOST, allowed).and_then(|name| name.map(|name| named(Ok(name))).transpose());
        match (given, first, second) {
            (Ok(given), Ok(first_surname), Ok(second_surname)) => Ok(Self { given, first_surname, second_surname }),
            (given, first, second) => Err([
                given.err().map(|wrong| (Field::Given, wrong)),
                first.err().map(|wrong| (Field::FirstSurname, wrong)),
                second.err().map(|wrong| (Field::SecondSurname, wrong)),
            ]
            .into_iter()
            .flatten()
            .collect()),
        }
    }

    /// Given names.
    pub fn given(&self) -> &str {
        &self.given
    }

    /// First surname.
    pub fn first_surname(&self) -> &str {
        &self.first_surname
    }

    /// Second surname.
    pub fn second_surname(&self) -> Option<&str> {
        self.second_surname.as_deref()
    }

    /// Each single name, for rules about keys.
    pub(super) fn each(&self) -> impl Iterator<Item = &str> {
        [self.given.as_str(), &self.first_surname, self.second_surname.as_deref().unwrap_or_default()]
            .into_iter()
            .flat_map(str::split_whitespace)
    }
}

fn allowed(c: char) -> bool {
    is_letter(c) || matches!(c, ' ' | '\'' | '’' | '´' | '-' | '.')
}

/// A name has at least one letter.
fn named(name: Result<String, TextWrong>) -> Result<String, TextWrong> {
    name.and_then(|name| if name.chars().any(char::is_alphabetic) { Ok(name) } else { Err(TextWrong::Characters) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_apostrophes_and_hyphens_are_names() {
        for name in ["José Ñancupil", "O'Higgins", "D’Angelo", "Jean-Baptiste", "Wesly Étienne", "María de los Ángeles"] {
            assert!(Names::parse(name, "Díaz", "").is_ok(), "{name}");
        }
    }

    #[test]
    fn markup_emoji_and_digits_are_not() {
        for name in ["<b>Ana</b>", "Ana 😀", "Ana3", "--", "\"; DROP TABLE"] {
            assert_eq!(
                Names::parse(name, "", &"x".repeat(81)).err(),
                Some(vec![
                    (Field::Given, TextWrong::Characters),
                    (Field::FirstSurname, TextWrong::Empty),
                    (Field::SecondSurname, TextWrong::TooLong(80))
                ]),
                "{name}"
            );
        }
    }
}
