//! Where a person was going when a page of ours came in between: into a relying system, whose request waits, or to a page of ours. It travels in the
//! address of every page on the way, so that the last one leads there.

use clave::flow::Token;

use super::visit::Visit;
use crate::paths;

/// The name of a waiting request in addresses.
pub const REQUEST: &str = "solicitud";
/// The name of a page of ours.
const PAGE: &str = "ir";

/// Where a person was going.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way {
    request: Option<Token>,
    page: Option<String>,
}

impl Way {
    /// As the address says. A page that is not ours is forgotten.
    pub fn of(visit: &Visit) -> Self {
        let request = visit.query(REQUEST).as_deref().and_then(Token::parse);
        let page = visit.query(PAGE).filter(|page| paths::is_own(page));
        Self { request, page }
    }

    /// The waiting request.
    pub fn request(&self) -> Option<&Token> {
        self.request.as_ref()
    }

    /// Whether there is none: the person came to this very page.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The address of a page on the way.
    pub fn by(&self, address: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(request) = &self.request {
            query.append_pair(REQUEST, request.as_str());
        }
        if let Some(page) = &self.page {
            query.append_pair(PAGE, page);
        }
        let query = query.finish();
        let join = if address.contains('?') { '&' } else { '?' };
        if query.is_empty() { address.to_owned() } else { format!("{address}{join}{query}") }
    }

    /// Where it ends, for somebody who is logged in.
    pub fn end(&self) -> String {
        match (&self.request, &self.page) {
            (Some(request), _) => format!("{}?{REQUEST}={}", paths::Resume, request.as_str()),
            (None, Some(page)) => page.clone(),
            (None, None) => paths::Account.to_string(),
        }
    }
}
