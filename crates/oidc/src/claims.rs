//! What is told about a person: which claims a scope or a claims request stands for, and their values in one of two shapes (OpenID Connect Core
//! 5.1, 5.4; ClaveÚnica's `RolUnico` and `name`).

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

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
    scopes.iter().flat_map(of_scope).copied().chain(request.claims()).collect()
}

/// The claims about the holder for one place, without `sub`.
pub fn tell(holder: &Holder, scopes: &Scopes, request: &ClaimsRequest, place: Place, shape: Shape) -> Map<String, Value> {
    let claims: BTreeSet<Claim> = match place {
        Place::Userinfo => scopes.iter().flat_map(of_scope).copied().chain(request.userinfo.claims()).collect(),
        Place::IdToken => request.id_token.claims().collect(),
    };
    let pairs = claims.into_iter().filter_map(|claim| Some((claim.as_str().to_owned(), holder.value(claim, shape)?)));
    pairs.collect()
}

/// What a scope stands for (Core 5.4). `name` is ClaveÚnica's, for that one claim.
fn of_scope(scope: Scope) -> &'static [Claim] {
    match scope {
        Scope::Openid | Scope::OfflineAccess => &[],
        Scope::Profile => &[Claim::Name, Claim::GivenName, Claim::FamilyName, Claim::Birthdate, Claim::Locale, Claim::UpdatedAt],
        Scope::Email => &[Claim::Email, Claim::EmailVerified],
        Scope::Phone => &[Claim::PhoneNumber, Claim::PhoneNumberVerified],
        Scope::Address => &[Claim::Address],
        Scope::Run => &[Claim::RolUnico],
        Scope::Name => &[Claim::Name],
    }
}

impl Holder {
    /// `None` when it is not known.
    fn value(&self, claim: Claim, shape: Shape) -> Option<Value> {
        match claim {
            Claim::Name => self.name(shape),
            Claim::GivenName => self.given_names.clone().map(Value::from),
            Claim::FamilyName => joined(self.surnames()).map(Value::from),
            Claim::Birthdate => self.birth_date.clone().map(Value::from),
            Claim::RolUnico => self.run.map(Run::value),
            Claim::Email => self.email.as_ref().map(|email| email.value.clone().into()),
            Claim::EmailVerified => self.email.as_ref().map(|email| email.verified.into()),
            Claim::PhoneNumber => self.phone.as_ref().map(|phone| phone.value.clone().into()),
            Claim::PhoneNumberVerified => self.phone.as_ref().map(|phone| phone.verified.into()),
            Claim::Address => self.address.as_ref().map(Home::value),
            Claim::Locale => self.locale.clone().map(Value::from),
            Claim::UpdatedAt => self.updated_at.map(Value::from),
        }
    }

    fn name(&self, shape: Shape) -> Option<Value> {
        let given = self.given_names.as_deref();
        match shape {
            Shape::Standard => joined(given.into_iter().chain(self.surnames())).map(Value::from),
            Shape::ClaveUnica => {
                let given: Vec<&str> = given.unwrap_or_default().split_whitespace().collect();
                let surnames: Vec<&str> = self.surnames().collect();
                let known = !given.is_empty() || !surnames.is_empty();
                known.then(|| json!({ "nombres": given, "apellidos": surnames }))
            }
        }
    }

    fn surnames(&self) -> impl Iterator<Item = &str> {
        self.first_surname.as_deref().into_iter().chain(self.second_surname.as_deref())
    }
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> Option<String> {
    let words: Vec<&str> = words.collect();
    (!words.is_empty()).then(|| words.join(" "))
}

impl Run {
    /// ClaveÚnica's `RolUnico`.
    fn value(self) -> Value {
        json!({ "numero": self.number, "DV": self.check_digit.to_string(), "tipo": "RUN" })
    }
}

impl Home {
    /// The address claim (Core 5.1.1).
    fn value(&self) -> Value {
        let mut street = format!("{} {}", self.street, self.number);
        for (word, part) in [("Block", &self.block), ("Depto.", &self.flat)] {
            if let Some(part) = part {
                street.extend([", ", word, " ", part]);
            }
        }
        json!({
            "formatted": format!("{street}\n{}\n{}\n{}", self.comuna, self.region, self.country),
            "street_address": street,
            "locality": self.comuna,
            "region": self.region,
            "country": self.country,
        })
    }
}
