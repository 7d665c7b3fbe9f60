//! The minimum data without which a key does not work (G-7).

use serde::{Deserialize, Serialize};

use crate::person::Person;

/// One datum that an installation may require.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Datum {
    /// Given name and first surname.
    #[serde(alias = "nombres")]
    Names,
    /// Birth date.
    #[serde(alias = "fecha_nacimiento")]
    BirthDate,
    /// E-mail.
    Email,
    /// Secret question with its answer.
    #[serde(alias = "pregunta", alias = "question")]
    SecretQuestion,
    /// Address with its comuna.
    #[serde(alias = "direccion", alias = "domicilio", alias = "comuna")]
    Address,
    /// Mobile phone.
    #[serde(alias = "celular", alias = "phone")]
    Mobile,
}

impl Datum {
    /// The name by which it is configured.
    pub fn name(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::BirthDate => "birth_date",
            Self::Email => "email",
            Self::SecretQuestion => "secret_question",
            Self::Address => "address",
            Self::Mobile => "mobile",
        }
    }

    /// What `product.md` requires unless configured: everything but the mobile.
    pub const DEFAULT: [Self; 5] = [Self::Names, Self::BirthDate, Self::Email, Self::SecretQuestion, Self::Address];
}

/// The required data that the person lacks. Ask only after the person has proved who they are: the answer reveals data.
pub fn missing(person: &Person, required: &[Datum]) -> Vec<Datum> {
    let details = &person.details;
    required
        .iter()
        .copied()
        .filter(|datum| match datum {
            Datum::Names => details.names.is_none(),
            Datum::BirthDate => details.birth.is_none(),
            Datum::Email => details.email.is_none(),
            Datum::SecretQuestion => person.question.is_none(),
            Datum::Address => details.address.is_none(),
            Datum::Mobile => details.phone.is_none(),
        })
        .collect()
}
