//! The relying system that somebody logs in for: shown above the form, so that nobody types a key without knowing for whom.

use clave::pending;

use crate::{
    kit::{errors::Failure, visit::Visit, way::Way},
    oidc::front::System,
};

/// Who waits for the login, and what it said about it.
#[derive(Debug)]
pub struct Waiting {
    /// Who, and where people are sent back to.
    pub system: System,
    /// Its first page: «Volver a».
    pub home: Option<String>,
    /// The RUT that it expects, if it named one.
    pub hint: Option<String>,
}

impl Waiting {
    /// The system whose request waits; none where the person came by themselves.
    ///
    /// # Errors
    /// [`Failure::Gone`] where the request has ended or is another browser's.
    pub async fn of(visit: &mut Visit, way: &Way) -> Result<Option<Self>, Failure> {
        let Some(token) = way.request() else { return Ok(None) };
        let browser = visit.browser();
        let pending = pending::find(&visit.cx, browser, token).await?.ok_or(Failure::Gone)?;
        let hint = pending.request.login_hint.as_deref().and_then(|hint| rut::Rut::parse(hint).ok());
        Ok(Some(Self {
            system: System::of(&pending.client, Some(&pending.request.redirect_uri)),
            home: pending.client.home,
            hint: hint.map(|rut| rut.to_string()),
        }))
    }
}
