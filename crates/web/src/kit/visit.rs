//! One request from the pages' side: who asks (`Cx`), from which browser, in which language, for which address.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use clave::{
    Cx,
    device::Device,
    flow::Browser,
    person::Language,
    session::{self, Session},
    submission::Submission,
};

use super::{
    browser, client_ip,
    cookies::Cookies,
    csrf,
    device::DeviceCookie,
    errors::Failure,
    fields::Fields,
    i18n::{self, Words},
    log::Reference,
    page::{Outcome, Page},
};
use crate::{App, paths};

const LANGUAGE_COOKIE: &str = "cs_lang";
const LANGUAGE_KEPT: Duration = Duration::from_hours(365 * 24);
/// Before a language that no person chose: a system wished for it, until the browser is closed, another system wishes otherwise, or the person chooses.
const WISHED: &str = "sistema.";

/// What the layers around the handlers know about a request.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The language of the answer.
    pub lang: Language,
    /// The address without query, safe to link to.
    pub path: Arc<str>,
    /// The query as sent.
    pub query: Arc<str>,
    /// The request's number.
    pub reference: Reference,
    /// Read and to be written.
    pub cookies: Cookies,
}

/// Opens the scene of each request, answers `?lang=`, and writes the cookies that the handlers set.
pub async fn open(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let cookies = Cookies::read(request.headers(), app.site.is_https());
    let path: Arc<str> = paths::own(request.uri().path()).into();
    let query: Arc<str> = request.uri().query().unwrap_or_default().into();
    if matches!(*request.method(), Method::GET | Method::HEAD)
        && let Some(lang) = value(&query, "lang").and_then(|tag| i18n::language(&tag))
    {
        cookies.set(LANGUAGE_COOKIE, lang.tag().to_owned(), Some(LANGUAGE_KEPT));
        let address = with_query(&path, &without_lang(&query));
        let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response();
        cookies.write(response.headers_mut());
        return response;
    }
    let wished = || i18n::wished(request.headers().get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    let kept = cookies.get(LANGUAGE_COOKIE);
    let kept = kept.and_then(|kept| i18n::language(kept.strip_prefix(WISHED).unwrap_or(&kept)));
    let lang = kept.or_else(wished).unwrap_or_default();
    let reference = request.extensions().get::<Reference>().cloned().unwrap_or_else(Reference::random);
    request.extensions_mut().insert(Scene { lang, path, query, reference, cookies: cookies.clone() });
    let mut response = next.run(request).await;
    cookies.write(response.headers_mut());
    response
}

/// One request, for a handler.
#[derive(Debug)]
pub struct Visit {
    /// The site.
    pub app: App,
    /// The product's side of it.
    pub cx: Cx,
    /// The language.
    pub lang: Language,
    /// Its texts.
    pub l: Words,
    scene: Scene,
    device: DeviceCookie,
    /// Looked up at most once a request.
    session: OnceLock<Option<Session>>,
}

impl Visit {
    /// Who is logged in with this browser, if anybody is.
    pub async fn session(&mut self) -> Result<Option<Session>, Failure> {
        if let Some(found) = self.session.get() {
            return Ok(found.clone());
        }
        let found = match browser::known(&self.scene.cookies) {
            Some(browser) => session::current(&mut self.cx, browser).await?,
            None => None,
        };
        Ok(self.session.get_or_init(|| found).clone())
    }

    /// The cookie that this browser will get if the form logs somebody in; and that of its device, if it has none yet.
    pub fn next_browser(&mut self, submission: Submission) -> Result<browser::Next, Failure> {
        let browser = self.browser();
        self.settle_device(browser, submission)?;
        Ok(browser::Next::after(&self.cx.clave.vault, browser, submission)?)
    }

    /// The cookie that this browser's device will get if the form lets somebody in, where it has none yet: both of a double click have the same one.
    pub fn settle_device(&mut self, browser: Browser, submission: Submission) -> Result<(), Failure> {
        Ok(self.device.settle(&self.cx.clave.vault, browser, submission)?)
    }

    /// Somebody logged in: the cookie goes out with the answer.
    pub fn become_browser(&mut self, next: browser::Next) {
        self.session = OnceLock::new();
        next.set(&self.scene.cookies);
    }

    /// The browser gets a new cookie, and what belonged to the one before is not its any more. For whoever ends a session.
    pub fn renew_browser(&mut self) -> Browser {
        self.session = OnceLock::new();
        browser::renew(&self.scene.cookies, &mut self.cx.rng)
    }

    /// A page that holds no form.
    pub fn page(&self) -> Page {
        Page::new(&self.app, &self.scene)
    }

    /// A page with a form: its token, and whether it is shown again with errors.
    pub fn form_page(&mut self, fields: &Fields) -> Result<Page, Failure> {
        let browser = self.browser();
        self.form_page_of(browser, fields)
    }

    /// The same with a form that is made for something else than the browser's cookie.
    pub fn form_page_of(&mut self, browser: Browser, fields: &Fields) -> Result<Page, Failure> {
        let csrf = csrf::token(&self.cx.clave.vault, browser, &mut self.cx.rng)?;
        let outcome = if fields.has_errors() { Outcome::Error } else { Outcome::Form };
        Ok(Page { csrf, error: fields.has_errors(), ..self.page().with(outcome) })
    }

    /// The browser; a new one gets its cookie with the answer.
    pub fn browser(&mut self) -> Browser {
        browser::meet(&self.scene.cookies, &mut self.cx.rng)
    }

    /// The device: its own lanes in the throttle, where it is known to be the person's.
    pub fn device(&self) -> Device {
        self.device.device()
    }

    /// The person was let in: the device's cookie goes out with the answer.
    pub fn keep_device(&self) {
        self.device.keep(&self.scene.cookies);
    }

    /// The address's query as sent.
    pub fn raw_query(&self) -> &str {
        &self.scene.query
    }

    /// Whether the person chose the language of the pages by the switch.
    pub fn has_chosen_language(&self) -> bool {
        self.scene.cookies.get(LANGUAGE_COOKIE).is_some_and(|kept| !kept.starts_with(WISHED))
    }

    /// From the next page on, the language that a system wishes for the person. What the person chose stays.
    pub fn wish_language(&self, lang: Language) {
        if !self.has_chosen_language() {
            self.scene.cookies.set(LANGUAGE_COOKIE, format!("{WISHED}{}", lang.tag()), None);
        }
    }

    /// One value of the address's query.
    pub fn query(&self, name: &str) -> Option<String> {
        value(&self.scene.query, name)
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let scene = Scene::of(parts)?;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let from = peer.map(|peer| client_ip::client(&app.site, peer, &parts.headers));
        let mut cx = Cx::new(Arc::clone(&app.clave), from);
        cx.request = scene.reference.to_string();
        let device = DeviceCookie::read(&scene.cookies, &mut cx.rng);
        Ok(Self {
            app: app.clone(),
            cx,
            lang: scene.lang,
            l: Arc::clone(app.texts.of(scene.lang)),
            scene,
            device,
            session: OnceLock::new(),
        })
    }
}

impl Scene {
    /// The scene that [`open`] left with the request.
    pub fn of(parts: &Parts) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| clave::Fault::new("finding the scene of a request").into())
    }
}

fn value(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The query without the language, its other pairs untouched.
pub fn without_lang(query: &str) -> String {
    let pairs = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("lang"));
    pairs.collect::<Vec<_>>().join("&")
}

/// An address from its parts.
pub fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
