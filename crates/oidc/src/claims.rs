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

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Holder {
        Holder {
            given_names: Some("Ana María".to_owned()),
            first_surname: Some("Pérez".to_owned()),
            second_surname: Some("Soto".to_owned()),
            birth_date: Some("1990-12-31".to_owned()),
            email: Some(Contact { value: "ana@correo.example".to_owned(), verified: true }),
            phone: Some(Contact { value: "+56911111111".to_owned(), verified: false }),
            address: Some(Home {
                street: "Los Aromos".to_owned(),
                number: "123".to_owned(),
                block: None,
                flat: Some("45".to_owned()),
                comuna: "Ñuñoa".to_owned(),
                region: "Metropolitana de Santiago".to_owned(),
                country: "Chile".to_owned(),
            }),
            run: Some(Run { number: 11_111_111, check_digit: '1' }),
            locale: Some("es-CL".to_owned()),
            updated_at: Some(1_700_000_000),
        }
    }

    fn userinfo(scopes: &str, shape: Shape) -> Value {
        tell(&ana(), &Scopes::parse(scopes), &ClaimsRequest::default(), Place::Userinfo, shape).into()
    }

    #[test]
    fn scopes_tell_what_they_stand_for_and_nothing_else() {
        assert_eq!(userinfo("openid offline_access", Shape::Standard), json!({}));
        assert_eq!(userinfo("openid email", Shape::Standard), json!({ "email": "ana@correo.example", "email_verified": true }));
        assert_eq!(
            userinfo("openid phone", Shape::Standard),
            json!({ "phone_number": "+56911111111", "phone_number_verified": false })
        );
        assert_eq!(
            userinfo("openid profile", Shape::Standard),
            json!({ "name": "Ana María Pérez Soto", "given_name": "Ana María", "family_name": "Pérez Soto", "birthdate": "1990-12-31",
                "locale": "es-CL", "updated_at": 1_700_000_000 })
        );
        assert_eq!(
            userinfo("openid address", Shape::Standard),
            json!({ "address": { "formatted": "Los Aromos 123, Depto. 45\nÑuñoa\nMetropolitana de Santiago\nChile",
                "street_address": "Los Aromos 123, Depto. 45", "locality": "Ñuñoa", "region": "Metropolitana de Santiago", "country": "Chile" } })
        );
    }

    #[test]
    fn clave_unicas_shape_is_clave_unicas() {
        assert_eq!(
            userinfo("openid run name", Shape::ClaveUnica),
            json!({ "RolUnico": { "numero": 11_111_111, "DV": "1", "tipo": "RUN" },
                "name": { "nombres": ["Ana", "María"], "apellidos": ["Pérez", "Soto"] } })
        );
        assert_eq!(userinfo("openid name", Shape::Standard), json!({ "name": "Ana María Pérez Soto" }));
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let nobody = Holder::default();
        let all: Scopes = Scope::ALL.into_iter().collect();
        for shape in [Shape::Standard, Shape::ClaveUnica] {
            assert!(tell(&nobody, &all, &ClaimsRequest::default(), Place::Userinfo, shape).is_empty());
        }
        let one_surname = Holder { second_surname: None, ..ana() };
        let told = tell(&one_surname, &Scopes::parse("name"), &ClaimsRequest::default(), Place::Userinfo, Shape::ClaveUnica);
        assert_eq!(told["name"]["apellidos"], json!(["Pérez"]));
    }

    #[test]
    fn single_claims_go_where_they_were_asked_for() {
        let request = ClaimsRequest::parse(r#"{"userinfo":{"RolUnico":null},"id_token":{"email":null}}"#).unwrap();
        let scopes = Scopes::parse("openid phone");
        let names =
            |place| tell(&ana(), &scopes, &request, place, Shape::Standard).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(Place::IdToken), ["email"]);
        assert_eq!(names(Place::Userinfo), ["RolUnico", "phone_number", "phone_number_verified"]);
        let told: Vec<&str> = told(&scopes, &request).into_iter().map(Claim::as_str).collect();
        assert_eq!(told, ["RolUnico", "email", "phone_number", "phone_number_verified"]);
    }

    #[test]
    fn what_is_agreed_to_is_what_can_be_told() {
        let all: Scopes = Scope::ALL.into_iter().collect();
        let agreed = told(&all, &ClaimsRequest::default());
        assert_eq!(agreed.len(), Claim::ALL.len());
        assert_eq!(tell(&ana(), &all, &ClaimsRequest::default(), Place::Userinfo, Shape::Standard).len(), agreed.len());
        for claim in Claim::ALL {
            assert!(claim.scopes().iter().any(|scope| of_scope(*scope).contains(&claim)), "{claim:?}");
            assert_eq!(Claim::parse(claim.as_str()), Some(claim));
            assert_eq!(serde_json::from_value::<Claim>(json!(claim)).unwrap(), claim);
        }
    }

    #[test]
    fn nobodys_data_prints() {
        assert_eq!(format!("{:?} {:?}", ana(), ana().run), "Holder(…) Some(Run(…))");
    }
}
