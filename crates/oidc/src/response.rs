//! The authorization response: the way back to the client with a code or an error, `state`, and `iss`, by which a client that speaks to
//! several providers knows whose answer it is (RFC 6749 4.1.2; RFC 9207).

use std::fmt;

use crate::{Error, Pairs, request::ClientRules};

/// Longer ones would not fit into an address.
const LONGEST_STATE: usize = 4000;

/// A way back that is the client's own.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// `redirect_uri`, one of the registered ones.
    pub redirect_uri: String,
    /// `state`.
    pub state: Option<String>,
}

impl Target {
    /// The way back that the request names, if it is registered.
    ///
    /// # Errors
    /// Shown on a page.
    pub fn of(pairs: &Pairs, rules: &ClientRules) -> Result<Self, Error> {
        if pairs.get("client_id").is_some_and(|id| id != rules.client_id) {
            return Err(Error::invalid_request("client_id is another client's"));
        }
        let asked = pairs.get("redirect_uri").ok_or_else(|| Error::invalid_request("redirect_uri is missing"))?;
        if !rules.redirect_uris.iter().any(|registered| registered.matches(asked)) {
            return Err(Error::invalid_request(
                "redirect_uri is not registered for this client: it must be the same, letter by letter",
            ));
        }
        let state = pairs.owned("state");
        if state.as_ref().is_some_and(|state| state.len() > LONGEST_STATE) {
            return Err(Error::invalid_request("state is longer than 4000 characters"));
        }
        Ok(Self { redirect_uri: asked.to_owned(), state })
    }

    /// The address with the code.
    pub fn code(&self, code: &str, issuer: &str) -> String {
        self.with(&[("code", code)], issuer)
    }

    /// The address with the error.
    pub fn error(&self, error: &Error, issuer: &str) -> String {
        self.with(&[("error", error.code.as_str()), ("error_description", &error.description)], issuer)
    }

    fn with(&self, answer: &[(&str, &str)], issuer: &str) -> String {
        let state = self.state.as_deref().map(|state| ("state", state));
        extended(&self.redirect_uri, answer.iter().copied().chain(state).chain([("iss", issuer)]))
    }
}

/// A registered address, its own query kept (RFC 6749 3.1.2), with these parameters after it.
pub(crate) fn extended<'a>(uri: &str, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let separator = match uri.split_once('?') {
        _ if query.is_empty() => "",
        None => "?",
        Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{query}")
}

/// Without `state`.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Code, Scopes, redirect::Uri};

    const ISSUER: &str = "https://cs.example";

    fn target(redirect_uri: &str, state: Option<&str>) -> Target {
        Target { redirect_uri: redirect_uri.to_owned(), state: state.map(str::to_owned) }
    }

    #[test]
    fn code_state_and_issuer_go_back() {
        let back = target("https://sistema.example/volver", Some("a b&c")).code("xyz", ISSUER);
        assert_eq!(back, "https://sistema.example/volver?code=xyz&state=a+b%26c&iss=https%3A%2F%2Fcs.example");
        let back = target("cl.example.app:/volver", None).code("xyz", ISSUER);
        assert_eq!(back, "cl.example.app:/volver?code=xyz&iss=https%3A%2F%2Fcs.example");
    }

    #[test]
    fn the_registered_query_stays() {
        for (uri, start) in [
            ("https://s.example/?a=1", "https://s.example/?a=1&error="),
            ("https://s.example/?", "https://s.example/?error="),
            ("https://s.example/?a&", "https://s.example/?a&error="),
        ] {
            let back = target(uri, None).error(&Error::new(Code::AccessDenied, "the person said no"), ISSUER);
            assert_eq!(back, format!("{start}access_denied&error_description=the+person+said+no&iss=https%3A%2F%2Fcs.example"));
        }
    }

    #[test]
    fn another_address_another_client_or_none_is_no_way_back() {
        let rules = ClientRules {
            client_id: "s".to_owned(),
            redirect_uris: vec![Uri::parse("https://s.example/v").unwrap()],
            scopes: Scopes::none(),
            pkce_required: false,
            par_required: false,
        };
        for query in
            ["client_id=s", "client_id=s&redirect_uri=https://m.example/v", "client_id=t&redirect_uri=https://s.example/v"]
        {
            assert!(Target::of(&Pairs::parse(query).unwrap(), &rules).is_err(), "{query}");
        }
        let long = format!("redirect_uri=https://s.example/v&state={}", "a".repeat(4001));
        assert!(Target::of(&Pairs::parse(&long).unwrap(), &rules).is_err());
        assert!(Target::of(&Pairs::parse("redirect_uri=https://s.example/v&state=1").unwrap(), &rules).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_put_in_comes_out_once(code in "\\PC{1,20}", state in proptest::option::of("\\PC{1,20}"), query in "(\\?[ab]=1)?") {
            let back = target(&format!("https://s.example/{query}"), state.as_deref()).code(&code, ISSUER);
            prop_assert!(back.is_ascii());
            let pairs = Pairs::parse(back.split_once('?').unwrap().1).unwrap();
            prop_assert_eq!(pairs.get("code"), Some(code.as_str()));
            prop_assert_eq!(pairs.get("state"), state.as_deref());
            prop_assert_eq!(pairs.get("iss"), Some(ISSUER));
            prop_assert_eq!(pairs.iter().count(), 2 + usize::from(state.is_some()) + usize::from(!query.is_empty()));
        }
    }
}
