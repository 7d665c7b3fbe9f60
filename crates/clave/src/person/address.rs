//! Where a person lives (G-3.3).

use serde::{Deserialize, Serialize};

use super::text::{TextWrong, is_letter, optional, required};
use crate::places::{self, ComunaId};

/// A home address in Chile.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    street: String,
    number: String,
    block: Option<String>,
    flat: Option<String>,
    comuna: ComunaId,
}

/// The fields as typed.
#[derive(Clone, Copy)]
pub struct AddressParts<'a> {
    /// `direccion`
    pub street: &'a str,
    /// `numero`
    pub number: &'a str,
    /// `block`, may be empty
    pub block: &'a str,
    /// `departamento`, may be empty
    pub flat: &'a str,
    /// `region`: CUT code
    pub region: &'a str,
    /// `comuna`: CUT code
    pub comuna: &'a str,
}

/// One field with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `direccion`
    Street(TextWrong),
    /// `numero`
    Number(TextWrong),
    /// `block`
    Block(TextWrong),
    /// `departamento`
    Flat(TextWrong),
    /// No region chosen, or none with that code.
    Region,
    /// No comuna chosen, or none with that code.
    Comuna,
    /// The comuna lies in another region.
    ComunaElsewhere,
}

const STREET: usize = 120;
const NUMBER: usize = 10;
const UNIT: usize = 20;

impl Address {
    /// # Errors
    /// Every wrong field.
    pub fn parse(parts: AddressParts<'_>) -> Result<Self, Vec<Field>> {
        let mut wrong = Vec::new();
        let street = required(parts.street, STREET, street_character).map_err(|e| wrong.push(Field::Street(e)));
        let number = required(parts.number, NUMBER, unit_character).map_err(|e| wrong.push(Field::Number(e)));
        let block = optional(parts.block, UNIT, unit_character).map_err(|e| wrong.push(Field::Block(e)));
        let flat = optional(parts.flat, UNIT, unit_character).map_err(|e| wrong.push(Field::Flat(e)));
        let region = places::region(parts.region);
        if region.is_none() {
            wrong.push(Field::Region);
        }
        let comuna = places::comuna(parts.comuna);
        match (region, comuna) {
            (_, None) => wrong.push(Field::Comuna),
            (Some(region), Some(comuna)) if comuna.region_code() != region.code => wrong.push(Field::ComunaElsewhere),
            _ => {}
        }
        match (street, number, block, flat, comuna) {
            (Ok(street), Ok(number), Ok(block), Ok(flat), Some(comuna)) if wrong.is_empty() => {
                Ok(Self { street, number, block, flat, comuna })
            }
            _ => Err(wrong),
        }
    }

    /// Street or passage.
    pub fn street(&self) -> &str {
        &self.street
    }

    /// Number on the street.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Block of flats.
    pub fn block(&self) -> Option<&str> {
        self.block.as_deref()
    }

    /// Number of the flat.
    pub fn flat(&self) -> Option<&str> {
        self.flat.as_deref()
    }

    /// Comuna, and by it the region.
    pub fn comuna(&self) -> ComunaId {
        self.comuna
    }
}

fn street_character(c: char) -> bool {
    unit_character(c) || matches!(c, '(' | ')' | '&' | ':' | ';' | '"')
}

fn unit_character(c: char) -> bool {
    is_letter(c)
        || c.is_ascii_digit()
        || matches!(c, ' ' | '.' | ',' | '\'' | '’' | '´' | '-' | '–' | '#' | '°' | 'º' | 'ª' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: AddressParts<'_> =
        AddressParts { street: "Pasaje Los Ñirres", number: "123-B", block: "", flat: "", region: "13", comuna: "13101" };

    #[test]
    fn an_address_is_kept_as_typed() {
        let address = Address::parse(AddressParts { flat: " 4° ", ..HOME }).ok().unwrap();
        assert_eq!((address.street(), address.flat(), address.comuna().name()), ("Pasaje Los Ñirres", Some("4°"), "Santiago"));
        let json = serde_json::to_string(&address).unwrap();
        assert!(serde_json::from_str::<Address>(&json).unwrap() == address);
    }

    #[test]
    fn region_and_comuna_must_agree() {
        assert_eq!(Address::parse(AddressParts { region: "05", ..HOME }).err(), Some(vec![Field::ComunaElsewhere]));
        assert_eq!(Address::parse(AddressParts { region: "99", ..HOME }).err(), Some(vec![Field::Region]));
        assert_eq!(Address::parse(AddressParts { comuna: "", ..HOME }).err(), Some(vec![Field::Comuna]));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let wrong =
            AddressParts { street: "<script>", number: "", block: "😀", flat: &"9".repeat(21), region: "", comuna: "x" };
        assert_eq!(
            Address::parse(wrong).err(),
            Some(vec![
                Field::Street(TextWrong::Characters),
                Field::Number(TextWrong::Empty),
                Field::Block(TextWrong::Characters),
                Field::Flat(TextWrong::TooLong(20)),
                Field::Region,
                Field::Comuna,
            ])
        );
    }
}
