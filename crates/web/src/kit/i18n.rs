//! Which language a page speaks, and its texts. A choice by the switch (`?lang=`) is kept in a cookie; else the browser's wish; else
//! Spanish. Ids and arguments of messages are checked by the compiler against `locales/es-CL/web.ftl`; a text that a translation
//! lacks is shown in Spanish.

use std::sync::Arc;

use clave::{Fault, person::Language};
use i18n_embed::{LanguageLoader as _, fluent::FluentLanguageLoader, unic_langid::LanguageIdentifier};
use rust_embed::RustEmbed;

/// Texts of one language, for `fl!`.
pub type Words = Arc<FluentLanguageLoader>;

/// The language's own name, for the switch.
pub fn name(lang: Language) -> &'static str {
    match lang {
        Language::Spanish => "Español",
        Language::English => "English",
        Language::Kreyol => "Kreyòl ayisyen",
    }
}

/// The language of a tag: any variety of one of ours is ours.
pub fn language(tag: &str) -> Option<Language> {
    match tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "es" => Some(Language::Spanish),
        "en" => Some(Language::English),
        "ht" => Some(Language::Kreyol),
        _ => None,
    }
}

/// The language that `Accept-Language` asks for first among ours.
pub fn wished(accept: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for item in accept.split(',') {
        let (tag, rest) = item.split_once(';').unwrap_or((item, ""));
        let weight = rest.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
        let Some(lang) = language(tag) else { continue };
        if weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[derive(RustEmbed)]
#[folder = "../../locales"]
struct Locales;

/// All texts, loaded once.
#[derive(Debug, Clone)]
pub struct Texts {
    spanish: Words,
    english: Words,
    kreyol: Words,
}

impl Texts {
    /// Loads every language.
    pub fn load() -> Result<Self, Fault> {
        let loading = "loading the texts";
        let id = |lang: Language| lang.tag().parse::<LanguageIdentifier>().map_err(Fault::at(loading));
        let ids = [id(Language::Spanish)?, id(Language::English)?, id(Language::Kreyol)?];
        let [spanish, english, kreyol] = &ids;
        let all = FluentLanguageLoader::new("web", spanish.clone());
        all.load_languages(&Locales, &ids).map_err(Fault::at(loading))?;
        // The marks that Fluent puts around values would show up in copied keys and in plain mails.
        all.set_use_isolating(false);
        let of = |id: &LanguageIdentifier| Arc::new(all.select_languages(&[id]));
        Ok(Self { spanish: of(spanish), english: of(english), kreyol: of(kreyol) })
    }

    /// The texts of one language.
    pub fn of(&self, lang: Language) -> &Words {
        match lang {
            Language::Spanish => &self.spanish,
            Language::English => &self.english,
            Language::Kreyol => &self.kreyol,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::Path,
    };

    use super::*;

    #[test]
    fn the_browsers_first_wish_among_ours_wins() {
        assert_eq!(wished("ht, fr;q=0.9, es;q=0.8"), Some(Language::Kreyol));
        assert_eq!(wished("fr-CA, en-US;q=0.5, es-AR;q=0.7"), Some(Language::Spanish));
        assert_eq!(wished("en;q=0, es;q=0.1"), Some(Language::Spanish));
        assert_eq!(wished("de, *"), None);
        assert_eq!(wished(";;;q=,,"), None);
    }

    /// Ids of the messages of a file, with the variables each uses.
    fn messages(lang: Language) -> BTreeMap<String, BTreeSet<String>> {
        let file = Locales::get(&format!("{}/web.ftl", lang.tag())).unwrap();
        let text = String::from_utf8(file.data.to_vec()).unwrap();
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) = line.split_once(" =").filter(|(id, _)| !id.starts_with(' ') && !id.is_empty()) {
                current = id.to_owned();
                assert!(all.insert(current.clone(), BTreeSet::new()).is_none(), "{lang:?}: {id} is there twice");
            }
            let variables = line.split("{ $").skip(1).filter_map(|rest| rest.split([' ', '}']).next());
            all.entry(current.clone()).or_default().extend(variables.map(ToOwned::to_owned));
        }
        all
    }

    #[test]
    fn every_language_has_every_message_with_the_same_variables() {
        let spanish = messages(Language::Spanish);
        for lang in [Language::English, Language::Kreyol] {
            let other = messages(lang);
            let missing: Vec<_> = spanish.keys().filter(|id| !other.contains_key(*id)).collect();
            let extra: Vec<_> = other.keys().filter(|id| !spanish.contains_key(*id)).collect();
            assert!(missing.is_empty() && extra.is_empty(), "{lang:?} lacks {missing:?} and has alone {extra:?}");
            for (id, variables) in &spanish {
                assert_eq!(Some(variables), other.get(id), "{lang:?}: variables of {id}");
            }
        }
    }

    /// Everything written in a folder and its folders.
    fn read(folder: &Path) -> String {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { read(&path) } else { fs::read_to_string(path).unwrap() }).collect()
    }

    #[test]
    fn every_message_is_used() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let pages = read(&here.join("../../templates")) + &read(&here.join("src"));
        let unused: Vec<_> = messages(Language::Spanish).into_keys().filter(|id| !pages.contains(&format!("\"{id}\""))).collect();
        assert!(unused.is_empty(), "nothing shows {unused:?}");
    }

    #[test]
    fn every_file_is_read_without_errors() {
        for lang in Language::ALL {
            let file = Locales::get(&format!("{}/web.ftl", lang.tag())).unwrap();
            let text = String::from_utf8(file.data.to_vec()).unwrap();
            if let Err((_, errors)) = fluent_syntax::parser::parse(text.as_str()) {
                panic!("{lang:?}: {errors:?}");
            }
        }
    }
}
