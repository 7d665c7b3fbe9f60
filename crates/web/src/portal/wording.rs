//! From what is wrong with a datum to the words for it, the same on every page. `clave` knows why something is not taken; the words are
//! here.

use clave::{
    minimum::Datum,
    person::{
        Address, AddressField, BirthWrong, EmailWrong, Language, NamesField, PhoneWrong, Prefixes, TextWrong, key,
        question::{self, Question},
    },
    places,
    settings::KeyRules,
};
use i18n_embed_fl::fl;
use rut::Wrong as RutWrong;

use crate::kit::{
    fields::Fields,
    i18n::{Texts, Words},
};

/// RUT.
pub fn rut(l: &Words, wrong: RutWrong) -> String {
    match wrong {
        RutWrong::Empty => fl!(l, "error-rut-empty"),
        RutWrong::Shape => fl!(l, "error-rut-shape"),
        RutWrong::CheckDigit => fl!(l, "error-rut-digit"),
    }
}

/// An address on one line.
pub fn home(l: &Words, address: &Address) -> String {
    let block = address.block().map(|block| format!("{} {block}", fl!(l, "block-label")));
    let flat = address.flat().map(|flat| format!("{} {flat}", fl!(l, "flat-label")));
    let comuna = address.comuna();
    let street = format!("{} {}", address.street(), address.number());
    let parts = [Some(street), block, flat, Some(comuna.name().to_owned()), Some(comuna.region_name().to_owned())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A new key.
pub fn key(l: &Words, wrong: key::Wrong) -> String {
    match wrong {
        key::Wrong::Empty => fl!(l, "error-key-empty"),
        key::Wrong::TooShort(min) => fl!(l, "error-key-short", min = min),
        key::Wrong::TooLong(max) => fl!(l, "error-key-long", max = max),
        key::Wrong::Unprintable => fl!(l, "error-key-unprintable"),
        key::Wrong::Common => fl!(l, "error-key-common"),
        key::Wrong::Sequence => fl!(l, "error-key-sequence"),
        key::Wrong::Personal => fl!(l, "error-key-personal"),
    }
}

/// A new secret answer.
pub fn answer(l: &Words, wrong: question::Wrong) -> String {
    match wrong {
        question::Wrong::Empty => fl!(l, "error-answer-empty"),
        question::Wrong::TooShort => fl!(l, "error-answer-short"),
        question::Wrong::TooLong => fl!(l, "error-text-long", max = 100),
        question::Wrong::Common => fl!(l, "error-answer-common"),
        question::Wrong::InQuestion => fl!(l, "error-answer-in-question"),
        question::Wrong::Personal => fl!(l, "error-answer-personal"),
    }
}

/// E-mail.
pub fn email(l: &Words, wrong: EmailWrong) -> String {
    match wrong {
        EmailWrong::Empty => fl!(l, "error-email-empty"),
        EmailWrong::TooLong => fl!(l, "error-text-long", max = 254),
        EmailWrong::Shape => fl!(l, "error-email-shape"),
    }
}

/// Mobile phone.
pub fn phone(l: &Words, wrong: PhoneWrong, allowed: &Prefixes) -> String {
    match wrong {
        PhoneWrong::Shape if allowed.reach_abroad() => fl!(l, "error-phone-shape-abroad"),
        PhoneWrong::Shape => fl!(l, "error-phone-shape"),
    }
}

/// Birth date.
pub fn birth(l: &Words, wrong: BirthWrong) -> String {
    match wrong {
        BirthWrong::Empty => fl!(l, "error-birth-empty"),
        BirthWrong::Incomplete => fl!(l, "error-birth-incomplete"),
        BirthWrong::NoSuchDay => fl!(l, "error-birth-no-such-day"),
        BirthWrong::Future => fl!(l, "error-birth-future"),
        BirthWrong::TooLongAgo => fl!(l, "error-birth-too-long-ago"),
    }
}

/// A text: what to say of its absence and of its characters depends on the field.
fn text(l: &Words, wrong: TextWrong, empty: String, characters: String) -> String {
    match wrong {
        TextWrong::Empty => empty,
        TextWrong::TooLong(max) => fl!(l, "error-text-long", max = max),
        TextWrong::Characters => characters,
    }
}

/// Says at their fields what is wrong with the names.
pub fn names(l: &Words, fields: &mut Fields, wrong: &[(NamesField, TextWrong)]) {
    for (field, wrong) in wrong {
        let (name, empty) = match field {
            NamesField::Given => ("nombres", fl!(l, "error-names-empty")),
            NamesField::FirstSurname => ("apellido_paterno", fl!(l, "error-surname-empty")),
            NamesField::SecondSurname => ("apellido_materno", String::new()),
        };
        fields.set_error(name, text(l, *wrong, empty, fl!(l, "error-names-characters")));
    }
}

/// Says at their fields what is wrong with the address.
pub fn address(l: &Words, fields: &mut Fields, wrong: &[AddressField]) {
    for wrong in wrong {
        let characters = fl!(l, "error-address-characters");
        let (name, message) = match *wrong {
            AddressField::Street(wrong) => ("direccion", text(l, wrong, fl!(l, "error-street-empty"), characters)),
            AddressField::Number(wrong) => ("numero", text(l, wrong, fl!(l, "error-number-empty"), characters)),
            AddressField::Block(wrong) => ("block", text(l, wrong, String::new(), characters)),
            AddressField::Flat(wrong) => ("departamento", text(l, wrong, String::new(), characters)),
            AddressField::Region => ("region", fl!(l, "error-region-empty")),
            AddressField::Comuna => ("comuna", fl!(l, "error-comuna-empty")),
            AddressField::ComunaElsewhere => ("comuna", fl!(l, "error-comuna-elsewhere")),
        };
        fields.set_error(name, message);
    }
}

/// The wording of a question.
pub fn question(l: &Words, question: Question) -> String {
    match question.number() {
        1 => fl!(l, "question-1"),
        2 => fl!(l, "question-2"),
        3 => fl!(l, "question-3"),
        4 => fl!(l, "question-4"),
        5 => fl!(l, "question-5"),
        6 => fl!(l, "question-6"),
        7 => fl!(l, "question-7"),
        8 => fl!(l, "question-8"),
        9 => fl!(l, "question-9"),
        10 => fl!(l, "question-10"),
        11 => fl!(l, "question-11"),
        _ => fl!(l, "question-12"),
    }
}

/// Every question, for a select.
pub fn questions(l: &Words) -> Vec<(String, String)> {
    Question::all().map(|each| (each.number().to_string(), question(l, each))).collect()
}

/// A question in every language: an answer must be inside none of them.
pub fn in_every_language(texts: &Texts, asked: Question) -> Vec<String> {
    Language::ALL.into_iter().map(|lang| question(texts.of(lang), asked)).collect()
}

/// What is missing (G-7.1).
pub fn datum(l: &Words, datum: Datum) -> String {
    match datum {
        Datum::Names => fl!(l, "datum-names"),
        Datum::BirthDate => fl!(l, "datum-birth"),
        Datum::Email => fl!(l, "datum-email"),
        Datum::SecretQuestion => fl!(l, "datum-question"),
        Datum::Address => fl!(l, "datum-address"),
        Datum::Mobile => fl!(l, "datum-mobile"),
    }
}

/// Regions, for a select.
pub fn regions() -> Vec<(&'static str, &'static str)> {
    places::regions().iter().map(|region| (region.code, region.name)).collect()
}

/// A region's code and name with the comunas in it, for `form::comunas`.
pub type ComunaGroup = (&'static str, &'static str, Vec<(&'static str, &'static str)>);

/// Comunas by region, for `form::comunas`.
pub fn comunas() -> Vec<ComunaGroup> {
    let list = |region: &'static places::Region| region.comunas.iter().map(|comuna| (comuna.code, comuna.name)).collect();
    places::regions().iter().map(|region| (region.code, region.name, list(region))).collect()
}

/// The rules of a new key, for `form::key_rules`: kinds that the script can judge, and the words.
pub fn key_rules(l: &Words, rules: KeyRules) -> Vec<(&'static str, String)> {
    vec![
        ("largo", fl!(l, "key-rule-length", max = rules.max_length, min = rules.min_length)),
        ("variada", fl!(l, "key-rule-varied")),
        ("sin-rut", fl!(l, "key-rule-rut")),
        ("texto", fl!(l, "key-rule-personal")),
        ("texto", fl!(l, "key-rule-common")),
    ]
}
