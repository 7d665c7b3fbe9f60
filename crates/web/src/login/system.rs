//! The relying system that somebody logs in for: shown above the form, so that nobody types a key without knowing for whom.

use clave::pending;
use oidc::redirect;

use crate::{
    kit::{errors::Failure, visit::Visit, way::Way},
    paths,
};

/// Who asks, and what for.
#[derive(Debug)]
pub struct System {
    /// What people know it by.
    pub name: String,
    /// Its logo's address.
    pub logo: Option<String>,
    /// Its first page: «Volver a».
    pub home: Option<String>,
    /// Where people are sent back to: the forms on the way may lead there.
    pub origin: String,
    /// The RUT that it expects, if it named one.
    pub hint: Option<String>,
}

impl System {
    /// The one whose request waits; none where the person came by themselves.
    ///
    /// # Errors
    /// [`Failure::Gone`] where the request has ended or is another browser's.
    pub async fn of(visit: &mut Visit, way: &Way) -> Result<Option<Self>, Failure> {
        let Some(token) = way.request() else { return Ok(None) };
        let browser = visit.browser();
        let pending = pending::find(&visit.cx, browser, token).await?.ok_or(Failure::Gone)?;
        let (client, request) = (pending.client, pending.request);
        Ok(Some(Self {
            logo: client.logo.as_deref().map(|version| paths::logo(client.id.as_str(), version)),
            origin: redirect::origin(&request.redirect_uri).unwrap_or_default(),
            hint: request.login_hint.as_deref().and_then(|hint| rut::Rut::parse(hint).ok()).map(|rut| rut.to_string()),
            name: client.name,
            home: client.home,
        }))
    }
}
