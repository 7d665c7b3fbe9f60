//! The secret question and its answer. The questions' wording is in the Fluent files, one message an id; here are ids and rules.

use std::{collections::HashSet, sync::LazyLock};

use super::{about::About, text::letters_and_digits};
use crate::secret::Secret;

/// One of the catalogue's questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Question(u8);

impl Question {
    /// How many there are, numbered from 1.
    pub const COUNT: u8 = 12;

    /// All of them in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=Self::COUNT).map(Self)
    }

    /// From the form's value: `1` … `12`.
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().and_then(Self::from_number)
    }

    /// From its number.
    pub fn from_number(number: u8) -> Option<Self> {
        (1..=Self::COUNT).contains(&number).then_some(Self(number))
    }

    /// Its number, which is what is stored.
    pub fn number(self) -> u8 {
        self.0
    }
}

/// An answer that follows the rules, in the form in which it is hashed: case, accents, spaces and punctuation do not count.
#[derive(Debug, Clone)]
pub struct SecretAnswer(Secret);

/// A question chosen with its answer.
#[derive(Debug)]
pub struct NewAnswer {
    /// Question.
    pub question: Question,
    /// Answer.
    pub answer: SecretAnswer,
}

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing typed.
    Empty,
    /// Fewer than three letters or digits.
    TooShort,
    /// More than 100 characters.
    TooLong,
    /// Half the country answers this.
    Common,
    /// It is in the question itself.
    InQuestion,
    /// It is in the RUT, the names, the e-mail or the birth date.
    Personal,
}

const SHORTEST: usize = 3;
const LONGEST: usize = 100;

static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../../data/common_answers.txt").lines().collect());

impl SecretAnswer {
    /// Judges a new answer. `wordings` are the question's texts in every language.
    pub fn parse(typed: &Secret, wordings: &[String], about: &About<'_>) -> Result<Self, Wrong> {
        if typed.expose().chars().count() > LONGEST {
            return Err(Wrong::TooLong);
        }
        let answer = normal(typed);
        let text = answer.expose();
        if typed.expose().trim().is_empty() {
            Err(Wrong::Empty)
        } else if text.chars().count() < SHORTEST {
            Err(Wrong::TooShort)
        } else if COMMON.contains(text) || text.chars().all(|c| text.starts_with(c)) {
            Err(Wrong::Common)
        } else if wordings.iter().any(|wording| letters_and_digits(wording).contains(text)) {
            Err(Wrong::InQuestion)
        } else if about.contains(text) {
            Err(Wrong::Personal)
        } else {
            Ok(Self(answer))
        }
    }

    /// The normalised text.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// An answer as typed to prove who one is, normalised like a new one and judged by nothing but its hash.
pub fn normal(typed: &Secret) -> Secret {
    Secret::new(letters_and_digits(typed.expose()))
}

#[cfg(test)]
mod tests {
    use rut::Rut;

    use super::*;

    fn judge(text: &str) -> Result<String, Wrong> {
        let wordings = ["¿Cuál era el nombre de su primer colegio?".to_owned()];
        let about = About { rut: Rut::parse("12345678-5").ok(), ..About::default() };
        SecretAnswer::parse(&Secret::new(text), &wordings, &about).map(|answer| answer.secret().expose().to_owned())
    }

    #[test]
    fn case_accents_spaces_and_punctuation_do_not_count() {
        assert_eq!(judge("  Escuela  «Ñuñoa», Nº 7 ").as_deref(), Ok("escuelanunoano7"));
        assert_eq!(judge("ESCUELA NUNOA no 7").as_deref(), Ok("escuelanunoano7"));
    }

    #[test]
    fn weak_answers_are_refused_with_the_reason() {
        assert_eq!(judge(" "), Err(Wrong::Empty));
        assert_eq!(judge("a!"), Err(Wrong::TooShort));
        assert_eq!(judge("No sé"), Err(Wrong::Common));
        assert_eq!(judge("zzzzzz"), Err(Wrong::Common));
        assert_eq!(judge("Colegio"), Err(Wrong::InQuestion));
        assert_eq!(judge("345678"), Err(Wrong::Personal));
        assert_eq!(judge(&"a b".repeat(50)), Err(Wrong::TooLong));
    }
}
