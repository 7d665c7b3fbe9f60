//! Scopes: what a client asks for in words (RFC 6749 3.3; OpenID Connect Core 5.4, 11).

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A scope that is known here. Others are ignored, as Core 3.1.2.1 wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Who it is: `sub` and an ID token.
    Openid,
    /// Names, birth date, language.
    Profile,
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Home address.
    Address,
    /// The RUN, as ClaveÚnica's `RolUnico`.
    Run,
    /// Names alone, a scope of ClaveÚnica.
    Name,
    /// A refresh token that outlives the session (Core 11).
    OfflineAccess,
}

impl Scope {
    /// Every scope, in the order in which they are printed.
    pub const ALL: [Self; 8] =
        [Self::Openid, Self::Profile, Self::Email, Self::Phone, Self::Address, Self::Run, Self::Name, Self::OfflineAccess];

    /// As it is written in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Openid => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Run => "run",
            Self::Name => "name",
            Self::OfflineAccess => "offline_access",
        }
    }

    /// One word; the case matters (RFC 6749 3.3).
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of scopes, always printed in the same order, separated by single spaces.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// No scope.
    pub fn none() -> Self {
        Self::default()
    }

    /// Words between spaces; unknown ones are ignored.
    pub fn parse(text: &str) -> Self {
        text.split(' ').filter_map(Scope::parse).collect()
    }

    /// Whether it is among them.
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all of these are in `other`.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Those that are in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.0.intersection(&other.0).copied().collect()
    }

    /// Those that are in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.0.union(&other.0).copied().collect()
    }

    /// Those that are not in `other`.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        self.0.difference(&other.0).copied().collect()
    }

    /// In the order of printing.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, scope) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

/// One string, as in messages.
impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::parse(&text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn unknown_words_are_ignored_and_the_order_is_ours() {
        assert_eq!(Scopes::parse("run foo  openid OPENID run").to_string(), "openid run");
        assert!(Scopes::parse("\topenid").is_empty());
    }

    #[test]
    fn sets_are_sets() {
        let (all, some) = (Scopes::parse("openid profile run"), Scopes::parse("openid email run"));
        assert_eq!(all.intersection(&some), Scopes::parse("openid run"));
        assert_eq!(all.union(&some), Scopes::parse("openid profile email run"));
        assert_eq!(all.without(&some), Scopes::parse("profile"));
        assert!(Scopes::parse("run").is_subset(&all) && !some.is_subset(&all));
    }

    proptest! {
        #[test]
        fn what_prints_parses_back(words in proptest::sample::subsequence(Scope::ALL.to_vec(), 0..=8)) {
            let scopes: Scopes = words.into_iter().rev().collect();
            prop_assert_eq!(&Scopes::parse(&scopes.to_string()), &scopes);
            let json = serde_json::to_string(&scopes).unwrap();
            prop_assert_eq!(serde_json::from_str::<Scopes>(&json).unwrap(), scopes);
        }

        #[test]
        fn printing_is_canonical(text in "(openid|run|email|[a-z]{1,3}| |\\PC){0,12}") {
            let printed = Scopes::parse(&text).to_string();
            prop_assert_eq!(Scopes::parse(&printed).to_string(), printed);
        }
    }
}
