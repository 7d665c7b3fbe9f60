//! The captcha of the forms: its image and sound, and whether what was typed solves it. All of it follows from the ticket by a secret key, so
//! nothing is stored until a ticket is burnt.

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use clave::{
    Cx, Fault,
    attempt::{Human, Solution},
    challenge::Ticket,
    outbox::Process,
    person::Language,
};
use i18n_embed_fl::fl;
use rand::{SeedableRng as _, rngs::StdRng};

use crate::{
    App,
    kit::{errors::Failure, fields::Fields, page::Answer, visit::Visit},
    paths,
};

/// The size of the image in CSS pixels, so that the page does not jump when it arrives.
pub const SIZE: (u32, u32) = (340, 250);

/// A new captcha on a form.
#[derive(Debug)]
pub struct Puzzle {
    /// For the field `captcha_id`.
    pub id: String,
    /// The image's address.
    pub png: String,
    /// The sound's address.
    pub wav: String,
}

impl Puzzle {
    /// One for this process in this browser.
    pub fn new(visit: &mut Visit, process: Process) -> Result<Self, Failure> {
        let browser = visit.browser();
        let ticket = Ticket::issue(&mut visit.cx, process, browser)?;
        let id = ticket.as_str().to_owned();
        let (png, wav) = (paths::captcha(&id, "png"), paths::captcha(&id, "wav"));
        Ok(Self { id, png, wav })
    }
}

/// Reads the captcha of a form that was sent; an empty one is said at its field.
pub fn read(visit: &mut Visit, fields: &mut Fields, process: Process) -> Result<Human, Failure> {
    let browser = visit.browser();
    let typed = tidy(fields.text("captcha"));
    if typed.is_empty() {
        fields.set_error("captcha", fl!(visit.l, "error-captcha-empty"));
    }
    let ticket = Ticket::parse(&visit.cx, fields.text("captcha_id"), process, browser);
    let solved = match &ticket {
        Some(ticket) => typed == letters(&visit.cx, ticket)? || typed == digits(&visit.cx, ticket)? || is_fixed(&visit.cx, &typed),
        None => false,
    };
    Ok(Human::Captcha { ticket, solution: if solved { Solution::Right } else { Solution::Wrong } })
}

/// Case and spaces do not count.
fn tidy(typed: &str) -> String {
    typed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Acceptance runs on loopback only.
fn is_fixed(cx: &Cx, typed: &str) -> bool {
    cx.clave.settings.captcha_fixed_answer.as_deref().is_some_and(|fixed| !typed.is_empty() && tidy(fixed) == typed)
}

fn letters(cx: &Cx, ticket: &Ticket) -> Result<String, Fault> {
    Ok(captcha::letters(&mut generator(cx, ticket, "letters")?))
}

fn digits(cx: &Cx, ticket: &Ticket) -> Result<String, Fault> {
    Ok(captcha::digits(&mut generator(cx, ticket, "digits")?))
}

fn generator(cx: &Cx, ticket: &Ticket, content: &str) -> Result<StdRng, Fault> {
    ticket.seed(cx, content).map(StdRng::from_seed)
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::CAPTCHA, get(content))
}

async fn content(mut visit: Visit, headers: HeaderMap, Path(file): Path<String>) -> Answer {
    let (id, kind) = file.rsplit_once('.').ok_or(Failure::NotFound)?;
    let browser = visit.browser();
    let ticket = Ticket::parse_any(&visit.cx, id, browser).ok_or(Failure::NotFound)?;
    match kind {
        "png" => image(&visit, &ticket).await,
        "wav" => sound(&visit, &ticket, &headers).await,
        _ => Err(Failure::NotFound),
    }
}

async fn image(visit: &Visit, ticket: &Ticket) -> Answer {
    let letters = letters(&visit.cx, ticket)?;
    let mut rng = generator(&visit.cx, ticket, "image")?;
    let png = drawn(&visit.app, move || captcha::image(&letters, captcha::Level::Normal, &mut rng)).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}

async fn sound(visit: &Visit, ticket: &Ticket, headers: &HeaderMap) -> Answer {
    let digits = digits(&visit.cx, ticket)?;
    let mut rng = generator(&visit.cx, ticket, "sound")?;
    let language = match visit.lang {
        Language::Spanish => captcha::Language::Spanish,
        Language::English => captcha::Language::English,
        Language::Kreyol => captcha::Language::Kreyol,
    };
    let wav = drawn(&visit.app, move || captcha::sound(&digits, language, &mut rng)).await?;
    Ok(ranged(wav, headers))
}

/// Milliseconds of work, off the threads that answer requests; a few at a time, so that a flood leaves room for everything else.
async fn drawn(app: &App, work: impl FnOnce() -> Result<Vec<u8>, captcha::Error> + Send + 'static) -> Result<Vec<u8>, Fault> {
    let drawing = "drawing a captcha";
    let _place = app.drawing.acquire().await.map_err(Fault::at(drawing))?;
    tokio::task::spawn_blocking(work).await.map_err(Fault::at(drawing))?.map_err(Fault::at(drawing))
}

/// Safari plays no sound whose server cannot give a part of it.
fn ranged(wav: Vec<u8>, headers: &HeaderMap) -> Response {
    let whole = wav.len();
    let wanted = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(|range| part(range, whole));
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    let ranges = (header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    match wanted.and_then(|(first, last)| Some((first, last, wav.get(first..=last)?.to_vec()))) {
        Some((first, last, part)) => {
            let place = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{whole}"))];
            (StatusCode::PARTIAL_CONTENT, [kind, ranges], place, part).into_response()
        }
        None => ([kind, ranges], wav).into_response(),
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
