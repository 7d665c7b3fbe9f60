//! What is told about a person: which claims a scope or a claims request stands for, and their values in one of two shapes (OpenID Connect Core
//! 5.1, 5.4; ClaveÚnica's `RolUnico` and `name`).

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{Scope, Scopes, claims_request::ClaimsRequest};

/// How names are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// As OpenID Connect has them: `name`, `given_name`, `family_name`.
    #[default]
    Standard,
    /// As ClaveÚnica has them: `name {nombres, apellidos}`.
    ClaveUnica,
}

/// Where claims are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The userinfo endpoint: what the scopes stand for, and what was asked for by name.
    Userinfo,
    /// The ID token: only what was asked for by name (Core 5.4).
    IdToken,
}

/// A claim about the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// `name`
    Name,
    /// `given_name`
    GivenName,
    /// `family_name`
    FamilyName,
    /// `birthdate`
    Birthdate,
    /// `RolUnico`
    RolUnico,
    /// `email`
    Email,
    /// `email_verified`
    EmailVerified,
    /// `phone_number`
    PhoneNumber,
    /// `phone_number_verified`
    PhoneNumberVerified,
    /// `address`
    Address,
    /// `locale`
    Locale,
    /// `updated_at`
    UpdatedAt,
}

impl Claim {
    /// Every claim.
    pub const ALL: [Self; 12] = [
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::Birthdate,
        Self::RolUnico,
        Self::Email,
        Self::EmailVerified,
        Self::PhoneNumber,
        Self::PhoneNumberVerified,
        Self::Address,
        Self::Locale,
        Self::UpdatedAt,
    ];

    /// As it is written in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Birthdate => "birthdate",
            Self::RolUnico => "RolUnico",
            Self::Email => "email",
            Self::EmailVerified => "email_verified",
            Self::PhoneNumber => "phone_number",
            Self::PhoneNumberVerified => "phone_number_verified",
            Self::Address => "address",
            Self::Locale => "locale",
            Self::UpdatedAt => "updated_at",
        }
    }

    /// By its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.as_str() == name)
    }

    /// The scopes that stand for it: a client needs one of them to ask for it.
    pub fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Name | Self::GivenName | Self::FamilyName => &[Scope::Profile, Scope::Name],
            Self::Birthdate | Self::Locale | Self::UpdatedAt => &[Scope::Profile],
            Self::RolUnico => &[Scope::Run],
            Self::Email | Self::EmailVerified => &[Scope::Email],
            Self::PhoneNumber | Self::PhoneNumberVerified => &[Scope::Phone],
            Self::Address => &[Scope::Address],
        }
    }
}

impl Serialize for Claim {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Claim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom("no claim of this name"))
    }
}

/// Everything that may be told. What is missing is left out of the answer (Core 5.3.2).
#[derive(Clone, Default)]
pub struct Holder {
    /// Given names, as on the identity card.
    pub given_names: Option<String>,
    /// First surname.
    pub first_surname: Option<String>,
    /// Second surname.
    pub second_surname: Option<String>,
    /// `1990-12-31`.
    pub birth_date: Option<String>,
    /// E-mail.
    pub email: Option<Contact>,
    /// Phone, `+56912345678`.
    pub phone: Option<Contact>,
    /// Home.
    pub address: Option<Home>,
    /// The RUN.
    pub run: Option<Run>,
    /// BCP 47: `es-CL`.
    pub locale: Option<String>,
    /// When the data last changed, in seconds.
    pub updated_at: Option<i64>,
}

/// An address for messages.
#[derive(Clone, Default)]
pub struct Contact {
    /// As it is written.
    pub value: String,
    /// Whether the person showed that it is theirs.
    pub verified: bool,
}

/// A home address.
#[derive(Clone, Default)]
pub struct Home {
    /// Street.
    pub street: String,
    /// Number.
    pub number: String,
    /// Block.
    pub block: Option<String>,
    /// Flat (departamento).
    pub flat: Option<String>,
    /// The name of the comuna.
    pub comuna: String,
    /// The name of the region.
    pub region: String,
    /// `Chile`.
    pub country: String,
}

/// A RUN.
#[derive(Clone, Copy)]
pub struct Run {
    /// Its number.
    pub number: u32,
    /// Its check digit.
    pub check_digit: char,
}

/// Personal data stays out of logs, whoever prints a struct that holds it.
macro_rules! silent {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    )*};
}

silent!(Holder, Contact, Home, Run);

/// The claims that these scopes and this request stand for, in either place: what the person is asked to agree to.
pub fn told(scopes: &Scopes, request: &ClaimsRequest) -> BTreeSet<Claim> {
    let _ = (scopes, request);
    todo!()
}

/// The claims about the holder for one place, without `sub`.
pub fn tell(holder: &Holder, scopes: &Scopes, request: &ClaimsRequest, place: Place, shape: Shape) -> Map<String, Value> {
    let _ = (holder, scopes, request, place, shape);
    todo!()
}
