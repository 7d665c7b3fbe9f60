//! What `layout.html` needs of every page, and how a page is answered.

use std::{fmt, sync::Arc};

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};

use clave::person::Language;

use super::{
    errors::Failure,
    i18n::{self, Words},
    visit::{Scene, with_query, without_lang},
};
use crate::{App, site::Site};

/// What a handler returns.
pub type Answer = Result<Response, Failure>;

/// What a process page came to, for tests and scripts (`data-resultado`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A form to fill in.
    Form,
    /// It is done.
    Success,
    /// It is not, and why.
    Error,
    /// Minimum data is missing (G-7).
    Interrupted,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "formulario",
            Self::Success => "exito",
            Self::Error => "error",
            Self::Interrupted => "interrumpido",
        })
    }
}

/// The page in another language.
#[derive(Debug)]
pub struct Alternate {
    /// Language code.
    pub code: &'static str,
    /// The language's own name.
    pub name: &'static str,
    /// Where it is.
    pub href: String,
}

/// The frame of a page. Each template struct has one, named `page`.
#[derive(Debug)]
pub struct Page {
    /// Texts.
    pub l: Words,
    /// Language tag.
    pub lang: &'static str,
    /// The address without query.
    pub path: Arc<str>,
    /// The other languages.
    pub alternates: Vec<Alternate>,
    /// Style sheet.
    pub css: Arc<str>,
    /// Style sheet of «Mi cuenta», beside it.
    pub account_css: Arc<str>,
    /// Script.
    pub js: Arc<str>,
    /// Icon.
    pub icon: Arc<str>,
    /// The institution's logo.
    pub logo: Option<Arc<str>>,
    /// Names, notice, contact.
    pub site: Arc<Site>,
    /// Whether the title begins with «Error:».
    pub error: bool,
    /// What the process came to; none on pages that are no process.
    pub outcome: Option<Outcome>,
    /// The form's token; empty where there is no form.
    pub csrf: String,
}

impl Page {
    /// The frame for a request.
    pub(super) fn new(app: &App, scene: &Scene) -> Self {
        let kept = without_lang(&scene.query);
        let join = if kept.is_empty() { "" } else { "&" };
        let alternate = |lang: Language| Alternate {
            code: lang.tag(),
            name: i18n::name(lang),
            href: with_query(&scene.path, &format!("{kept}{join}lang={}", lang.tag())),
        };
        Self {
            l: Arc::clone(app.texts.of(scene.lang)),
            lang: scene.lang.tag(),
            path: Arc::clone(&scene.path),
            alternates: Language::ALL.into_iter().filter(|lang| *lang != scene.lang).map(alternate).collect(),
            css: app.assets.address("portal.css"),
            account_css: app.assets.address("account.css"),
            js: app.assets.address("portal.js"),
            icon: app.assets.address("icon.svg"),
            logo: app.assets.logo(),
            site: Arc::clone(&app.site),
            error: false,
            outcome: None,
            csrf: String::new(),
        }
    }

    /// Whether this is the page at that address.
    pub fn is_at(&self, route: &str) -> bool {
        *self.path == *route
    }

    /// The same with an outcome.
    #[must_use]
    pub fn with(self, outcome: Outcome) -> Self {
        Self { outcome: Some(outcome), ..self }
    }
}

/// Answers with a page.
pub fn show(template: &impl Template) -> Answer {
    show_as(StatusCode::OK, template)
}

/// Answers with a page and a status: `fields.status()` for a form shown again.
pub fn show_as(status: StatusCode, template: &impl Template) -> Answer {
    Ok((status, Html(template.render()?)).into_response())
}

/// Sends the browser to one of our own pages, so that reloading it repeats nothing.
pub fn see_other(address: impl fmt::Display) -> Answer {
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address.to_string())]).into_response())
}
