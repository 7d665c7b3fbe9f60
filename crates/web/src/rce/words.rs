//! `GlosaError` in words. In Spanish they are those of the manual, which OTECs know.

use clave::rce::Code;
use i18n_embed_fl::fl;

use crate::kit::i18n::Words;

/// What is wrong.
pub fn code(l: &Words, code: Code) -> String {
    match code {
        Code::WrongKey => fl!(l, "rce-code-100"),
        Code::Missing => fl!(l, "rce-code-200"),
        Code::NoUrl => fl!(l, "rce-code-201"),
        Code::UrlRetoma => fl!(l, "rce-code-202"),
        Code::UrlError => fl!(l, "rce-code-203"),
        Code::CodSence => fl!(l, "rce-code-204"),
        Code::CodigoCurso => fl!(l, "rce-code-205"),
        Code::Line => fl!(l, "rce-code-206"),
        Code::RunAlumno => fl!(l, "rce-code-207"),
        Code::NotEnrolled => fl!(l, "rce-code-208"),
        Code::RutOtec => fl!(l, "rce-code-209"),
        Code::TimeUp => fl!(l, "rce-code-210"),
        Code::ForeignToken => fl!(l, "rce-code-211"),
        Code::TokenEnded => fl!(l, "rce-code-212"),
        Code::Internal => fl!(l, "rce-code-300"),
        Code::NotRegistered => fl!(l, "rce-code-301"),
        Code::Otec => fl!(l, "rce-code-302"),
        Code::UnknownToken => fl!(l, "rce-code-303"),
        Code::Unverified => fl!(l, "rce-code-304"),
        Code::NotWritten => fl!(l, "rce-code-305"),
        Code::OtherCourse => fl!(l, "rce-code-306"),
        Code::NotElearning => fl!(l, "rce-code-307"),
        Code::OtherOtec => fl!(l, "rce-code-308"),
        Code::Dates => fl!(l, "rce-code-309"),
        Code::Ended => fl!(l, "rce-code-310"),
    }
}

/// What the person can do about it.
pub fn todo(l: &Words, code: Code) -> String {
    match code {
        Code::WrongKey => fl!(l, "rce-todo-key"),
        Code::TimeUp => fl!(l, "rce-todo-again"),
        _ => fl!(l, "rce-todo-tell"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clave::person::Language;

    use super::*;
    use crate::Texts;

    #[test]
    fn every_code_has_words_of_its_own_in_every_language() {
        let texts = Texts::load().unwrap();
        let all: BTreeSet<String> = Language::ALL
            .into_iter()
            .flat_map(|language| Code::ALL.iter().map(move |known| (language, *known)))
            .map(|(language, known)| code(texts.of(language), known))
            .collect();
        assert_eq!(all.len(), Language::ALL.len() * Code::ALL.len());
    }
}
