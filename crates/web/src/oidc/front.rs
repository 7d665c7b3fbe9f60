//! What the front channel shares: what a browser brings, who asks, and the page for a request that has nowhere safe to go back to.

use askama::Template;
use axum::{extract::Request, http::StatusCode};
use clave::{client::Client, limits};
use i18n_embed_fl::fl;
use oidc::{
    Error, Pairs,
    redirect::{self, Uri},
    request::Refused,
};

use crate::{
    kit::{
        body,
        errors::Failure,
        i18n,
        page::{Answer, Outcome, Page, see_other, show_as},
        visit::Visit,
    },
    paths,
};

/// Who asks, as a person is told.
#[derive(Debug)]
pub struct System {
    /// Its name.
    pub name: String,
    /// Its logo's address.
    pub logo: Option<String>,
    /// The site that people are sent back to.
    pub site: Option<String>,
    /// Where forms on the way may lead: `form-action`.
    pub leads_to: Vec<String>,
}

impl System {
    /// The client, and where it wants people to be sent.
    pub fn of(client: &Client, redirect_uri: Option<&str>) -> Self {
        let site = redirect_uri.and_then(redirect::origin);
        let logo = client.logo.as_deref().map(|version| paths::logo(client.id.as_str(), version));
        Self { name: client.name.clone(), logo, site, leads_to: leads_to(client, redirect_uri) }
    }
}

/// The origins that a client's answer may go through after a form of ours: that of the address it is sent to, and those of the other addresses that are
/// registered, to which the system's own page may send the browser on.
pub fn leads_to(client: &Client, address: Option<&str>) -> Vec<String> {
    let registered = client.redirect_uris.iter().chain(&client.post_logout_uris).map(Uri::as_str).chain(client.home.as_deref());
    // A whole scheme is let in only where the answer goes there itself.
    let others = registered.filter_map(redirect::origin).filter(|origin| origin.contains("://"));
    let mut origins: Vec<String> = Vec::new();
    for origin in address.and_then(redirect::origin).into_iter().chain(others) {
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    origins
}

#[derive(Template)]
#[template(path = "oidc/refused.html")]
struct RefusedPage {
    page: Page,
    code: &'static str,
    description: String,
    reference: String,
    /// Whether the person came to log out, and should not be left logged in.
    log_out: bool,
}

/// What somebody came for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// To enter a system.
    In,
    /// To log out.
    Out,
}

/// The page for a request that has no safe way back.
pub fn refuse(visit: &Visit, error: &Error, came: Came) -> Answer {
    let page = RefusedPage {
        page: Page { error: true, ..visit.page().with(Outcome::Error) },
        code: error.code.as_str(),
        description: error.description.to_string(),
        reference: visit.cx.request.clone(),
        log_out: came == Came::Out,
    };
    show_as(StatusCode::BAD_REQUEST, &page)
}

/// Sends a refused request where it may go.
pub fn turn_away(visit: &Visit, refused: &Refused) -> Answer {
    match refused {
        Refused::Page(error) => refuse(visit, error, Came::In),
        Refused::Back(target, error) => see_other(target.error(error, issuer(visit))),
    }
}

/// Who we are to systems.
pub fn issuer(visit: &Visit) -> &str {
    &visit.app.site.base_url
}

/// Counts a request that is about to be kept, since anybody can send one.
pub async fn count(visit: &Visit) -> Result<(), Failure> {
    let counted = limits::count_request(&visit.cx).await?;
    counted.map_err(|until| Failure::TooMany { wait: visit.cx.now.until(until) })
}

/// Sends to a page of our own, in the language that the system wishes for the person, unless the person has chosen one.
pub fn see_in_language(visit: &Visit, address: String, wished: &[String]) -> Answer {
    if let Some(lang) = wished.iter().find_map(|tag| i18n::language(tag)) {
        visit.wish_language(lang);
    }
    see_other(address)
}

/// A form from another site, or from a program: it carries none of our tokens, and none of our cookies is asked for.
///
/// # Errors
/// `invalid_request` where it is no form, too large, or says something twice.
pub async fn read_form(visit: &Visit, request: Request) -> Result<Result<Pairs, Error>, Failure> {
    let (parts, body) = request.into_parts();
    if !body::is_form(&parts.headers) {
        return Ok(Err(Error::invalid_request("send the parameters as application/x-www-form-urlencoded")));
    }
    let read = body::read(body, &parts.headers, &visit.app.site.limits).await?;
    if read.oversize || read.pairs.iter().any(|pair| pair.cut) {
        return Ok(Err(Error::invalid_request("the request is too large")));
    }
    let mut encoded = Vec::new();
    for pair in &read.pairs {
        encoded.extend_from_slice(&pair.name);
        encoded.push(b'=');
        encoded.extend_from_slice(&pair.value);
        encoded.push(b'&');
    }
    Ok(match std::str::from_utf8(&encoded) {
        Ok(encoded) => Pairs::parse(encoded.trim_end_matches('&')),
        Err(_) => Err(Error::invalid_request("the parameters are not UTF-8")),
    })
}
