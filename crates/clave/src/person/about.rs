//! What is known about a person, as far as keys and answers must not contain it.

use rut::Rut;

use super::{Details, birth::BirthDate, contact::Email, names::Names, text::letters_and_digits};

/// Facts that others know, too. Fields that were not typed rightly are simply absent.
#[derive(Clone, Copy, Default)]
pub struct About<'a> {
    /// RUT.
    pub rut: Option<Rut>,
    /// Names.
    pub names: Option<&'a Names>,
    /// E-mail.
    pub email: Option<&'a Email>,
    /// Birth date.
    pub birth: Option<BirthDate>,
}

/// Shorter names than this are inside too many innocent words.
const SHORTEST_NAME: usize = 3;

impl<'a> About<'a> {
    /// A stored person's facts.
    pub fn person(rut: Rut, details: &'a Details) -> Self {
        Self { rut: Some(rut), names: details.names.as_ref(), email: details.email.as_ref(), birth: details.birth }
    }

    /// The facts as words of plain letters and digits.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(rut) = self.rut {
            words.push(rut.number().to_string());
        }
        if let Some(names) = self.names {
            words.extend(names.each().map(letters_and_digits).filter(|name| name.chars().count() >= SHORTEST_NAME));
        }
        if let Some(email) = self.email {
            words.push(letters_and_digits(email.as_str()));
            words.extend(
                email.as_str().split('@').next().map(letters_and_digits).filter(|name| name.chars().count() >= SHORTEST_NAME),
            );
        }
        if let Some(birth) = self.birth {
            words.extend(birth.digit_orders());
        }
        words
    }

    /// Whether one of the facts stands inside `text`: the rule for keys.
    pub fn is_inside(&self, text: &str) -> bool {
        let text = letters_and_digits(text);
        self.words().iter().any(|word| text.contains(word.as_str()))
    }

    /// Whether `text` stands inside one of the facts: the rule for answers.
    pub fn contains(&self, text: &str) -> bool {
        let text = letters_and_digits(text);
        self.words().iter().any(|word| word.contains(text.as_str()))
    }
}
