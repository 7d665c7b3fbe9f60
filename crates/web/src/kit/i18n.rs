//! Which language a page speaks, and its texts. A choice by the switch (`?lang=`) is kept in a cookie; else the browser's wish; else
//! Spanish. Ids and arguments of messages are checked by the compiler against `locales/es-CL/web.ftl`; a text that a translation
//! lacks is shown in Spanish.

use std::{fmt, str::FromStr, sync::Arc};

use clave::Fault;
use i18n_embed::{LanguageLoader as _, fluent::FluentLanguageLoader, unic_langid::LanguageIdentifier};
use rust_embed::RustEmbed;

/// Texts of one language, for `fl!`.
pub type Words = Arc<FluentLanguageLoader>;

/// One of the three languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Spanish of Chile: the source.
    #[default]
    Spanish,
    /// English.
    English,
    /// Haitian Creole.
    Creole,
}

impl Lang {
    /// In the order of the switch.
    pub const ALL: [Self; 3] = [Self::Spanish, Self::English, Self::Creole];

    /// As in `lang="…"`, `?lang=…` and the folders of `locales/`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Spanish => "es-CL",
            Self::English => "en",
            Self::Creole => "ht",
        }
    }

    /// Its own name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spanish => "Español",
            Self::English => "English",
            Self::Creole => "Kreyòl ayisyen",
        }
    }

    /// The language that `Accept-Language` asks for first among ours.
    pub fn wished(accept: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for item in accept.split(',') {
            let (tag, rest) = item.split_once(';').unwrap_or((item, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
            let Ok(lang) = tag.parse::<Self>() else { continue };
            if weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// Not one of ours.
#[derive(Debug)]
pub struct UnknownLanguage;

impl FromStr for Lang {
    type Err = UnknownLanguage;

    /// Any variety of a language is that language.
    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        match tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "es" => Ok(Self::Spanish),
            "en" => Ok(Self::English),
            "ht" => Ok(Self::Creole),
            _ => Err(UnknownLanguage),
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[derive(RustEmbed)]
#[folder = "../../locales"]
struct Locales;

/// All texts, loaded once.
#[derive(Debug, Clone)]
pub struct Texts {
    spanish: Words,
    english: Words,
    creole: Words,
}

impl Texts {
    /// Loads every language.
    pub fn load() -> Result<Self, Fault> {
        let loading = "loading the texts";
        let id = |lang: Lang| lang.code().parse::<LanguageIdentifier>().map_err(Fault::at(loading));
        let ids = [id(Lang::Spanish)?, id(Lang::English)?, id(Lang::Creole)?];
        let [spanish, english, creole] = &ids;
        let all = FluentLanguageLoader::new("web", spanish.clone());
        all.load_languages(&Locales, &ids).map_err(Fault::at(loading))?;
        // The marks that Fluent puts around values would show up in copied keys and in plain mails.
        all.set_use_isolating(false);
        let of = |id: &LanguageIdentifier| Arc::new(all.select_languages(&[id]));
        Ok(Self { spanish: of(spanish), english: of(english), creole: of(creole) })
    }

    /// The texts of one language.
    pub fn of(&self, lang: Lang) -> &Words {
        match lang {
            Lang::Spanish => &self.spanish,
            Lang::English => &self.english,
            Lang::Creole => &self.creole,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn the_browsers_first_wish_among_ours_wins() {
        assert_eq!(Lang::wished("ht, fr;q=0.9, es;q=0.8"), Some(Lang::Creole));
        assert_eq!(Lang::wished("fr-CA, en-US;q=0.5, es-AR;q=0.7"), Some(Lang::Spanish));
        assert_eq!(Lang::wished("en;q=0, es;q=0.1"), Some(Lang::Spanish));
        assert_eq!(Lang::wished("de, *"), None);
        assert_eq!(Lang::wished(";;;q=,,"), None);
    }

    /// Ids of the messages of a file, with the variables each uses.
    fn messages(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let file = Locales::get(&format!("{lang}/web.ftl")).unwrap();
        let text = String::from_utf8(file.data.to_vec()).unwrap();
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) = line.split_once(" =").filter(|(id, _)| !id.starts_with(' ') && !id.is_empty()) {
                current = id.to_owned();
                assert!(all.insert(current.clone(), BTreeSet::new()).is_none(), "{lang}: {id} is there twice");
            }
            let variables = line.split("{ $").skip(1).filter_map(|rest| rest.split([' ', '}']).next());
            all.entry(current.clone()).or_default().extend(variables.map(ToOwned::to_owned));
        }
        all
    }

    #[test]
    fn every_language_has_every_message_with_the_same_variables() {
        let spanish = messages(Lang::Spanish);
        for lang in [Lang::English, Lang::Creole] {
            let other = messages(lang);
            let missing: Vec<_> = spanish.keys().filter(|id| !other.contains_key(*id)).collect();
            let extra: Vec<_> = other.keys().filter(|id| !spanish.contains_key(*id)).collect();
            assert!(missing.is_empty() && extra.is_empty(), "{lang} lacks {missing:?} and has alone {extra:?}");
            for (id, variables) in &spanish {
                assert_eq!(Some(variables), other.get(id), "{lang}: variables of {id}");
            }
        }
    }

    #[test]
    fn every_file_is_read_without_errors() {
        for lang in Lang::ALL {
            let file = Locales::get(&format!("{lang}/web.ftl")).unwrap();
            let text = String::from_utf8(file.data.to_vec()).unwrap();
            if let Err((_, errors)) = fluent_syntax::parser::parse(text.as_str()) {
                panic!("{lang}: {errors:?}");
            }
        }
    }
}
