//! What every answer tells the browser about how far to trust it. A handler that needs something else sets it, and is left alone.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    middleware::Next,
    response::Response,
};
use oidc::redirect;

use super::{log::Reference, page::Answer, way::REQUEST};
use crate::{
    App,
    paths::{self, Attend, Authorize, Consent, EndSession, Leave, Login, OF_LMS, Resume},
};

/// Nothing but our own files, no inline script or style, forms only to ourselves, in nobody's frame.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; object-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     media-src 'self'; font-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Lets the page's forms lead to these origins as well: the relying system's, to which the answer of the form redirects. Browsers hold every redirect
/// after a form against `form-action`, those of the system itself included. What is no origin changes nothing.
pub fn forms_may_lead_to(answer: Answer, origins: &[String]) -> Answer {
    let mut response = answer?;
    let is_origin = |origin: &&String| {
        !origin.is_empty()
            && origin.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'\'' | b'"' | b'*'))
    };
    let origins: Vec<&str> =
        ["form-action 'self'"].into_iter().chain(origins.iter().filter(is_origin).map(String::as_str)).collect();
    set_form_action(&mut response, &origins.join(" "));
    Ok(response)
}

/// Lets the page's form lead to this origin alone, and not even to ourselves. What is none lets it lead nowhere.
pub fn form_leads_to(answer: Answer, origin: &str) -> Answer {
    let mut response = answer?;
    // Of an address in IPv6 its scheme is all that the policy's grammar can write.
    let origin = redirect::origin(origin).unwrap_or_else(|| "'none'".to_owned());
    set_form_action(&mut response, &format!("form-action {origin}"));
    Ok(response)
}

/// Lets the page's script ask for the page once more.
pub fn may_ask_again(answer: Answer) -> Answer {
    let mut response = answer?;
    let policy = HeaderValue::try_from(format!("{CONTENT_SECURITY_POLICY}; connect-src 'self'"));
    if let Ok(policy) = policy {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

fn set_form_action(response: &mut Response, directive: &str) {
    let policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", directive);
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

static ALWAYS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// What only a document obeys.
static DOCUMENTS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), \
         payment=(), usb=()",
    ),
];

/// Pages to which a system or an LMS leads, perhaps in a window that it has opened.
const OF_SYSTEMS: [&str; 6] = [Authorize::ROUTE, Resume::ROUTE, Consent::ROUTE, EndSession::ROUTE, Leave::ROUTE, Attend::ROUTE];

/// No other site's window holds ours, but where a system has opened it to log somebody in or out: its own page, to which we lead back, would not know
/// the window that opened it any more.
fn opener(uri: &Uri) -> (HeaderName, &'static str) {
    let path = paths::own(uri.path());
    let of_a_system = match path {
        Login::ROUTE => {
            uri.query().is_some_and(|query| form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == REQUEST))
        }
        path => OF_SYSTEMS.contains(&path) || OF_LMS.contains(&path),
    };
    let policy = if of_a_system { "unsafe-none" } else { "same-origin" };
    (HeaderName::from_static("cross-origin-opener-policy"), policy)
}

/// Style sheets, scripts and pictures obey none of those, and half a kilobyte with each is much of a light page.
/// A picture opened by itself is a document, but one that needs nothing.
static FILES: [(HeaderName, &str); 1] = [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'")];

/// A sound opened by itself is a document with a player in it, which asks for the sound once more.
static SOUNDS: [(HeaderName, &str); 1] =
    [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; media-src 'self'; frame-ancestors 'none'")];

/// What a file obeys; nothing where it is a document.
fn of_file(headers: &HeaderMap) -> Option<&'static [(HeaderName, &'static str)]> {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if kind.starts_with(b"audio/") {
        return Some(&SOUNDS);
    }
    let is_file = [b"text/css".as_slice(), b"text/javascript", b"image/"].iter().any(|start| kind.starts_with(start));
    is_file.then_some(FILES.as_slice())
}

/// Adds them.
pub async fn protect(State(app): State<App>, request: Request, next: Next) -> Response {
    let reference = request.extensions().get::<Reference>().cloned();
    let opener = opener(request.uri());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let (special, opener) = of_file(headers).map_or((DOCUMENTS.as_slice(), Some(&opener)), |special| (special, None));
    for (name, value) in ALWAYS.iter().chain(special).chain(opener) {
        if !headers.contains_key(name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if app.site.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    if let Some(reference) = reference {
        insert_reference(headers, &reference);
    }
    response
}

fn insert_reference(headers: &mut HeaderMap, reference: &Reference) {
    if let Ok(value) = HeaderValue::try_from(reference.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
