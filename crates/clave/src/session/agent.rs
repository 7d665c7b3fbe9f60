//! With which program a person is logged in, in words that they recognise: «Firefox · Android». Never the whole `User-Agent`, which tells more than
//! anybody needs to know. What the header says is believed by nobody: it only helps people to tell their sessions apart.

use serde::{Deserialize, Serialize};

/// Browser and system. Empty where neither is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Agent(String);

/// What to look for, the most special first: every browser claims to be several others.
const BROWSERS: &[(&str, &str)] = &[
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

impl Agent {
    /// From the header `User-Agent`.
    pub fn read(header: &str) -> Self {
        let name = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| header.contains(mark)).map(|(_, name)| *name);
        let found: Vec<&str> = [name(BROWSERS), name(SYSTEMS)].into_iter().flatten().collect();
        Self(found.join(" · "))
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The words; empty where nothing is known.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_recognise_their_programs() {
        let read = |header: &str| Agent::read(header).as_str().to_owned();
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
        assert_eq!(read(chrome), "Chrome · Linux");
        assert_eq!(read(&format!("{chrome} Edg/130.0.0.0")), "Edge · Linux");
        assert_eq!(read("Mozilla/5.0 (Android 15; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"), "Firefox · Android");
        let iphone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(read(iphone), "Safari · iPhone");
        assert_eq!(read("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15"), "Safari · macOS");
        assert_eq!(read(""), "");
        assert_eq!(read("<script>alert(1)</script>"), "", "nothing of what is not known is kept");
    }
}
