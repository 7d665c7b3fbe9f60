//! What is said about a wrong datum, once for all pages. `clave` knows why something is not taken; the words are here.

use clave::{
    person::{
        About, AddressField, BirthDate, BirthWrong, EmailWrong, Language, NamesField, PhoneWrong, TextWrong,
        key::{self, NewKey},
        question::{self, Question},
    },
    settings::KeyRules,
};
use i18n_embed_fl::fl;

use crate::kit::{
    fields::Fields,
    i18n::{Texts, Words},
    visit::Visit,
};

/// The wording of a secret question.
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
pub fn questions(l: &Words) -> Vec<(u8, String)> {
    Question::all().map(|one| (one.number(), question(l, one))).collect()
}

/// A question in every language: an answer must be inside none of them.
pub fn wordings(texts: &Texts, one: Question) -> Vec<String> {
    Language::ALL.into_iter().map(|lang| question(texts.of(lang), one)).collect()
}

/// What a new key must be like, for `key_rules`: kinds that the script can judge, and the words.
pub fn key_rules(l: &Words, rules: KeyRules) -> Vec<(&'static str, String)> {
    vec![
        ("largo", fl!(l, "key-rule-length", max = rules.max_length, min = rules.min_length)),
        ("variada", fl!(l, "key-rule-varied")),
        ("sin-rut", fl!(l, "key-rule-rut")),
        ("", fl!(l, "key-rule-personal")),
        ("", fl!(l, "key-rule-common")),
    ]
}

/// About a RUT.
pub fn rut(l: &Words, wrong: rut::Wrong) -> String {
    match wrong {
        rut::Wrong::Empty => fl!(l, "error-rut-empty"),
        rut::Wrong::Shape => fl!(l, "error-rut-shape"),
        rut::Wrong::CheckDigit => fl!(l, "error-rut-digit"),
    }
}

/// About an e-mail address.
pub fn email(l: &Words, wrong: EmailWrong) -> String {
    match wrong {
        EmailWrong::Empty => fl!(l, "error-email-empty"),
        EmailWrong::TooLong => fl!(l, "error-text-long", max = 254),
        EmailWrong::Shape => fl!(l, "error-email-shape"),
    }
}

/// About a phone.
pub fn phone(l: &Words, wrong: PhoneWrong) -> String {
    match wrong {
        PhoneWrong::Shape => fl!(l, "error-phone-shape"),
    }
}

/// About a birth date.
pub fn birth(l: &Words, wrong: BirthWrong) -> String {
    match wrong {
        BirthWrong::Empty => fl!(l, "error-birth-empty"),
        BirthWrong::Incomplete => fl!(l, "error-birth-incomplete"),
        BirthWrong::NoSuchDay => fl!(l, "error-birth-no-such-day"),
        BirthWrong::Future => fl!(l, "error-birth-future"),
        BirthWrong::TooLongAgo => fl!(l, "error-birth-too-long-ago"),
    }
}

/// About a new answer.
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

/// About a new key.
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

/// A new key typed twice.
pub fn new_key(visit: &Visit, fields: &mut Fields, [name, repeated]: [&str; 2], about: &About<'_>) -> Option<NewKey> {
    let (typed, again) = (fields.secret(name), fields.secret(repeated));
    let parsed = NewKey::parse(&typed, visit.cx.clave.settings.key, about);
    if again.expose().is_empty() {
        fields.set_error(repeated, fl!(visit.l, "error-key-again"));
    } else if typed.expose() != again.expose() {
        fields.set_error(repeated, fl!(visit.l, "error-key-repeat"));
    }
    parsed.map_err(|wrong| fields.set_error(name, key(&visit.l, wrong))).ok()
}

/// A birth date in three fields, or whole in `fecha_nacimiento`.
pub fn birth_date(visit: &Visit, fields: &mut Fields) -> Option<BirthDate> {
    let [day, month, year] =
        ["fecha_nacimiento_dia", "fecha_nacimiento_mes", "fecha_nacimiento_anio"].map(|name| fields.text(name));
    let day = if day.is_empty() { fields.text("fecha_nacimiento") } else { day };
    BirthDate::parse(day, month, year, visit.cx.now)
        .map_err(|wrong| fields.set_error("fecha_nacimiento_dia", birth(&visit.l, wrong)))
        .ok()
}

/// About names, each at its field.
pub fn names(fields: &mut Fields, l: &Words, wrong: &[(NamesField, TextWrong)]) {
    for (field, wrong) in wrong {
        let (name, empty) = match field {
            NamesField::Given => ("nombres", fl!(l, "error-names-empty")),
            NamesField::FirstSurname => ("apellido_paterno", fl!(l, "error-surname-empty")),
            NamesField::SecondSurname => ("apellido_materno", String::new()),
        };
        fields.set_error(name, text(l, *wrong, empty, fl!(l, "error-names-characters")));
    }
}

/// About an address, each at its field.
pub fn address(fields: &mut Fields, l: &Words, wrong: &[AddressField]) {
    for field in wrong {
        let characters = fl!(l, "error-address-characters");
        let (name, message) = match *field {
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

fn text(l: &Words, wrong: TextWrong, empty: String, characters: String) -> String {
    match wrong {
        TextWrong::Empty => empty,
        TextWrong::TooLong(max) => fl!(l, "error-text-long", max = max),
        TextWrong::Characters => characters,
    }
}
