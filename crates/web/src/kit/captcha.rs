//! The captcha of a form: given out with the page, judged when the form comes back. What picture and sound say follows from the ticket
//! by a secret key (`clave::challenge`), so that nothing is kept between the two and every node knows it.

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use captcha::{Language as Voice, Level};
use clave::{
    Cx, Fault, Secret,
    attempt::{Human, Solution},
    challenge::Ticket,
    freeze::{self, Followed},
    link::Purpose,
    outbox::Process,
    person::Language,
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{errors::Failure, fields::Fields, page::Answer, visit::Visit};
use crate::{App, paths};

/// What stands in a form against programs: a captcha, or a link that came by message in its place (WCAG 2.2, 3.3.8).
#[derive(Debug)]
pub struct Guard {
    /// The captcha; none where the link stands in, or none is asked.
    pub captcha: Option<Shown>,
    /// The link's token, or nothing.
    pub link: String,
}

/// A captcha on a page.
#[derive(Debug)]
pub struct Shown {
    /// For the hidden field.
    pub id: String,
    /// The picture's address.
    pub png: String,
    /// The sound's address.
    pub wav: String,
}

/// The hidden field with the link's token, and its name in the address.
pub const LINK: &str = "enlace";

impl Guard {
    /// Nothing: the form asks for none yet.
    pub fn none() -> Self {
        Self { captcha: None, link: String::new() }
    }

    /// A new captcha, unless `link` is the token of one that still works.
    pub async fn new(visit: &mut Visit, process: Process, link: &str) -> Result<Self, Failure> {
        if !link.is_empty() {
            let found = freeze::look(&visit.cx, Purpose::Captcha, &Secret::new(link)).await?;
            if found == Followed::Done {
                return Ok(Self { captcha: None, link: link.to_owned() });
            }
        }
        let browser = visit.browser();
        let id = Ticket::issue(&mut visit.cx, process, browser)?.as_str().to_owned();
        let shown = Shown { png: paths::captcha(&id, "png"), wav: paths::captcha(&id, "wav"), id };
        Ok(Self { captcha: Some(shown), link: String::new() })
    }
}

/// What the form that came back says about who sent it.
pub fn human(visit: &mut Visit, fields: &Fields, process: Process) -> Result<Human, Failure> {
    let link = fields.text(LINK);
    if !link.is_empty() {
        return Ok(Human::Link(Secret::new(link)));
    }
    let browser = visit.browser();
    let ticket = Ticket::parse(&visit.cx, fields.text("captcha_id"), process, browser);
    let solution = match &ticket {
        Some(ticket) if is_right(&visit.cx, ticket, fields.text("captcha"))? => Solution::Right,
        _ => Solution::Wrong,
    };
    Ok(Human::Captcha { ticket, solution })
}

/// Whether a captcha was asked and nothing was typed.
pub fn is_missing(fields: &Fields) -> bool {
    fields.text(LINK).is_empty() && tidy(fields.text("captcha")).is_empty()
}

/// Case, spaces and punctuation do not count.
fn tidy(typed: &str) -> String {
    typed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn is_right(cx: &Cx, ticket: &Ticket, typed: &str) -> Result<bool, Fault> {
    let typed = tidy(typed);
    let fixed = cx.clave.settings.captcha_fixed_answer.as_deref();
    Ok(!typed.is_empty()
        && (typed == letters(cx, ticket)? || typed == digits(cx, ticket)? || fixed.is_some_and(|fixed| tidy(fixed) == typed)))
}

fn letters(cx: &Cx, ticket: &Ticket) -> Result<String, Fault> {
    Ok(captcha::letters(&mut chance(cx, ticket, "letters")?))
}

fn digits(cx: &Cx, ticket: &Ticket) -> Result<String, Fault> {
    Ok(captcha::digits(&mut chance(cx, ticket, "digits")?))
}

fn chance(cx: &Cx, ticket: &Ticket, content: &str) -> Result<StdRng, Fault> {
    Ok(StdRng::from_seed(ticket.seed(cx, content)?))
}

/// Picture and sound.
pub fn routes() -> Router<App> {
    Router::new().route(paths::CAPTCHA, get(file))
}

async fn file(mut visit: Visit, headers: HeaderMap, Path(file): Path<String>) -> Answer {
    let (id, kind) = file.rsplit_once('.').ok_or(Failure::NotFound)?;
    let browser = visit.browser();
    let ticket = Ticket::parse_any(&visit.cx, id, browser).ok_or(Failure::NotFound)?;
    match kind {
        "png" => {
            let (letters, mut chance) = (letters(&visit.cx, &ticket)?, chance(&visit.cx, &ticket, "image")?);
            let png = drawn(&visit.app, move || captcha::image(&letters, Level::Normal, &mut chance)).await?;
            Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")], png).into_response())
        }
        "wav" => {
            let voice = match visit.lang {
                Language::Spanish => Voice::Spanish,
                Language::English => Voice::English,
                Language::Kreyol => Voice::Kreyol,
            };
            let (digits, mut chance) = (digits(&visit.cx, &ticket)?, chance(&visit.cx, &ticket, "sound")?);
            let wav = drawn(&visit.app, move || captcha::sound(&digits, voice, &mut chance)).await?;
            Ok(ranged(wav, &headers))
        }
        _ => Err(Failure::NotFound),
    }
}

/// Draws on a thread where it holds up nobody; a few at a time, so that a flood of pictures leaves room for everything else.
async fn drawn(app: &App, draw: impl FnOnce() -> Result<Vec<u8>, captcha::Error> + Send + 'static) -> Result<Vec<u8>, Fault> {
    let drawing = "drawing a captcha";
    let _place = app.drawing.acquire().await.map_err(Fault::at(drawing))?;
    tokio::task::spawn_blocking(draw).await.map_err(Fault::at(drawing))?.map_err(Fault::at(drawing))
}

/// Safari plays no sound whose server cannot give a part of it.
fn ranged(wav: Vec<u8>, headers: &HeaderMap) -> Response {
    let whole = wav.len();
    let wanted = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(|range| part(range, whole));
    let fixed = [
        (header::CONTENT_TYPE, HeaderValue::from_static("audio/wav")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    match wanted.and_then(|(first, last)| Some((first, last, wav.get(first..=last)?.to_vec()))) {
        Some((first, last, part)) => {
            let place = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{whole}"))];
            (StatusCode::PARTIAL_CONTENT, fixed, place, part).into_response()
        }
        None => (fixed, wav).into_response(),
    }
}

/// `bytes=0-1`, `bytes=100-`; anything else gets the whole.
fn part(range: &str, whole: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let first = first.parse::<usize>().ok()?;
    let end = whole.checked_sub(1)?;
    let last = if last.is_empty() { end } else { last.parse::<usize>().ok()?.min(end) };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_sound_is_inside_it() {
        assert_eq!(part("bytes=0-1", 10), Some((0, 1)));
        assert_eq!(part("bytes=4-", 10), Some((4, 9)));
        assert_eq!(part("bytes=4-99", 10), Some((4, 9)));
        for odd in ["bytes=10-", "bytes=5-4", "bytes=-3", "items=0-1", "bytes=0-1,3-4", ""] {
            assert_eq!(part(odd, 10), None, "{odd}");
        }
    }

    #[test]
    fn case_and_spaces_do_not_count() {
        assert_eq!(tidy(" ace hkl "), "ACEHKL");
        assert_eq!(tidy("4 0-9"), "409");
    }
}
