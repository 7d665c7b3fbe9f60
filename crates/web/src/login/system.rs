//! The relying system that somebody logs in for: shown above the form, so that nobody types a key without knowing for whom.

use clave::pending;
use oidc::{Code, Error};

use crate::{
    kit::{errors::Failure, visit::Visit, way::Way},
    oidc::front::{self, System},
};

/// Who waits for the login, and what it said about it.
#[derive(Debug)]
pub struct Waiting {
    /// Who, and where people are sent back to.
    pub system: System,
    /// «Volver a»: its first page, or where it did not register one, its answer that the person went back.
    pub back: String,
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
        let went_back = Error::new(Code::AccessDenied, "the person went back without logging in");
        let back = || pending.request.target().error(&went_back, front::issuer(visit));
        Ok(Some(Self {
            back: pending.client.home.clone().unwrap_or_else(back),
            system: System::of(&pending.client, Some(&pending.request.redirect_uri)),
            hint: hint.map(|rut| rut.to_string()),
        }))
    }
}
