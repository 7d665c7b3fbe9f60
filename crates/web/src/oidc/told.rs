//! What a system would know about a person, in words: one line for each thing, with the value as it is.

use std::collections::BTreeSet;

use clave::{
    Moment,
    person::{BirthDate, Person, Phone},
};
use i18n_embed_fl::fl;
use oidc::claims::{Claim, Holder};

use crate::{
    kit::{
        i18n::{self, Words},
        visit::Visit,
    },
    portal::wording,
};

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is.
    pub what: String,
    /// As it is told.
    pub value: String,
}

/// The lines for these claims. Everything that is told has a line; a whole name is one, not three.
pub fn of(visit: &Visit, person: &Person, claims: &BTreeSet<Claim>) -> Vec<Told> {
    let l = &visit.l;
    let whole = claims.contains(&Claim::Name) || (claims.contains(&Claim::GivenName) && claims.contains(&Claim::FamilyName));
    let holder = person.holder();
    let mut lines: Vec<Told> = Vec::new();
    for claim in claims {
        let claim = match claim {
            Claim::GivenName | Claim::FamilyName if whole => Claim::Name,
            claim => *claim,
        };
        let line = match value(l, person, &holder, claim) {
            Some(value) => Told { what: label(l, claim), value },
            // What is not known is not told, now: it may be once the person has said it.
            None if is_about(claim) => continue,
            None => Told { what: label(l, claim), value: fl!(l, "consent-none") },
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.push(Told { what: fl!(l, "consent-sub"), value: fl!(l, "consent-sub-value") });
    lines
}

fn label(l: &Words, claim: Claim) -> String {
    match claim {
        Claim::Name => fl!(l, "consent-name"),
        Claim::GivenName => fl!(l, "consent-given-names"),
        Claim::FamilyName => fl!(l, "consent-surnames"),
        Claim::Birthdate => fl!(l, "consent-birth"),
        Claim::RolUnico => fl!(l, "consent-run"),
        Claim::Email => fl!(l, "consent-email"),
        Claim::EmailVerified => fl!(l, "consent-email-confirmed"),
        Claim::PhoneNumber => fl!(l, "consent-phone"),
        Claim::PhoneNumberVerified => fl!(l, "consent-phone-confirmed"),
        Claim::Address => fl!(l, "consent-address"),
        Claim::Locale => fl!(l, "consent-language"),
        Claim::UpdatedAt => fl!(l, "consent-updated"),
    }
}

/// Whether it only says something about another claim, or about all of them.
fn is_about(claim: Claim) -> bool {
    matches!(claim, Claim::EmailVerified | Claim::PhoneNumberVerified | Claim::UpdatedAt)
}

/// As a person writes it; the facts are those of the [`Holder`], from which systems are told.
fn value(l: &Words, person: &Person, holder: &Holder, claim: Claim) -> Option<String> {
    let details = &person.details;
    let joined = |names: [&Option<String>; 3]| {
        let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
        (!names.is_empty()).then(|| names.join(" "))
    };
    let yes_or_no = |yes: bool| if yes { fl!(l, "consent-yes") } else { fl!(l, "consent-no") };
    match claim {
        Claim::Name => joined([&holder.given_names, &holder.first_surname, &holder.second_surname]),
        Claim::GivenName => holder.given_names.clone(),
        Claim::FamilyName => joined([&holder.first_surname, &holder.second_surname, &None]),
        Claim::Birthdate => details.birth.map(BirthDate::written),
        Claim::RolUnico => Some(person.rut.to_string()),
        Claim::Email => holder.email.as_ref().map(|email| email.value.clone()),
        Claim::EmailVerified => holder.email.as_ref().map(|email| yes_or_no(email.verified)),
        Claim::PhoneNumber => details.phone.as_ref().map(Phone::written),
        Claim::PhoneNumberVerified => holder.phone.as_ref().map(|phone| yes_or_no(phone.verified)),
        Claim::Address => details.address.as_ref().map(|address| wording::home(l, address)),
        Claim::Locale => Some(i18n::name(person.language).to_owned()),
        Claim::UpdatedAt => holder.updated_at.map(|at| Moment::from_seconds(at).in_chile()),
    }
}
