//! The parameters of a request, read once for all endpoints. A name that comes twice is refused (RFC 6749 3.1), because two readers of it
//! could pick different ones; a parameter without a value counts as left out.

use std::{collections::BTreeMap, fmt};

use crate::Error;

/// Names and their values, each name once.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Pairs(BTreeMap<String, String>);

impl Pairs {
    /// # Errors
    /// A repeated name is `invalid_request`.
    pub fn read<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, Error> {
        let mut kept = BTreeMap::new();
        for (name, value) in pairs {
            if kept.insert(name.into(), value.into()).is_some() {
                return Err(Error::invalid_request("a parameter was sent more than once: send each once"));
            }
        }
        Ok(Self(kept))
    }

    /// From `application/x-www-form-urlencoded`: a query or a form's body.
    ///
    /// # Errors
    /// As [`Pairs::read`].
    pub fn parse(encoded: &str) -> Result<Self, Error> {
        Self::read(form_urlencoded::parse(encoded.as_bytes()).into_owned())
    }

    /// A parameter that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// As a query or a form's body.
    pub fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.iter()).finish()
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }
}

/// Names only: the values may be codes, secrets and personal data.
impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_repeated_name_is_refused_whatever_its_values() {
        for query in ["a=1&a=2", "a=1&a=1", "a=&a=1", "a&a", "%61=1&a=1", "a=1&b=2&a=3"] {
            assert_eq!(Pairs::parse(query).unwrap_err().code, crate::Code::InvalidRequest, "{query}");
        }
    }

    #[test]
    fn without_a_value_is_left_out() {
        let pairs = Pairs::parse("a=&b=1&c").unwrap();
        assert_eq!((pairs.get("a"), pairs.get("b"), pairs.get("c"), pairs.get("d")), (None, Some("1"), None, None));
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", Pairs::parse("code=secret").unwrap()), r#"{"code"}"#);
    }

    proptest! {
        #[test]
        fn what_prints_parses_back(map in proptest::collection::btree_map("\\PC{0,8}", "\\PC{0,8}", 0..6)) {
            let pairs = Pairs::read(map).unwrap();
            prop_assert_eq!(Pairs::parse(&pairs.encoded()), Ok(pairs));
        }

        #[test]
        fn nothing_panics_and_nothing_repeated_is_accepted(text in "([ab%&=+]|%6[12]|\\PC){0,20}") {
            let names: Vec<_> = form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name).collect();
            let once: std::collections::BTreeSet<_> = names.iter().collect();
            prop_assert_eq!(Pairs::parse(&text).is_ok(), once.len() == names.len());
        }
    }
}
