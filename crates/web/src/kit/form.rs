//! The only way to read a form. A page cannot forget the token, the size or the deadline, because there is no other extractor.

use axum::extract::{FromRequest, Request};

use clave::{flow::Browser, submission::Submission};

use super::{body, browser, csrf, errors::Failure, fields::Fields, visit::Scene};
use crate::App;

/// A form that came from one of our pages, in this browser.
#[derive(Debug)]
pub struct ProtectedForm {
    /// What was typed.
    pub fields: Fields,
    /// The form that was shown and what was sent: the same when it is sent twice unchanged.
    pub submission: Submission,
    action: String,
}

impl ProtectedForm {
    /// Which button was pressed (`accion`), where it was not the primary one.
    pub fn action(&self) -> Option<&str> {
        (!self.action.is_empty()).then_some(self.action.as_str())
    }

    /// Reads a form that was made for `browser`: that of the cookie, or what stands for it ([`Visit::form_page_of`](super::visit::Visit::form_page_of)).
    pub async fn read(request: Request, app: &App, browser: Option<Browser>) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let scene = Scene::of(&parts)?;
        if !body::is_form(&parts.headers) {
            return Err(Failure::NotAForm);
        }
        if !csrf::is_ours(&app.site, &parts.headers) {
            return Err(Failure::Forged);
        }
        let read = body::read(body, &parts.headers, &app.site.limits).await?;
        let fields = Fields::new(read.pairs, read.oversize, app.texts.of(scene.lang));
        let browser = browser.ok_or(Failure::Forged)?;
        let id = csrf::submission(&app.clave.vault, browser, fields.text("csrf")).ok_or(Failure::Forged)?;
        let action = fields.text("accion").to_owned();
        Ok(Self { fields, submission: Submission { id, digest: read.digest }, action })
    }
}

impl FromRequest<App> for ProtectedForm {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let browser = browser::known(&Scene::of(&parts)?.cookies);
        Self::read(Request::from_parts(parts, body), app, browser).await
    }
}
