//! The captcha of a form: given out with the page, judged when the form comes back. What picture and sound say follows from the ticket
//! by a secret key (`clave::challenge`), so that nothing is kept between the two and every node knows it. Beside it the browser does some work that
//! nobody sees (`clave::work`, `assets/work.js`).

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
pub use captcha::{HEIGHT, WIDTH};
use captcha::{Language as Voice, Level as Picture};
use clave::{
    Cx, Fault, Secret,
    attempt::{Human, Solution},
    challenge::{self, Level, Ticket},
    freeze::{self, Followed},
    link::Purpose,
    outbox::Process,
    person::Language,
    settings::Policy,
    work::{self, Work},
};
use rand::{SeedableRng as _, rngs::StdRng};

use rut::Rut;

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
    /// What the browser's work consists of: rounds, the end of its search, how the right key begins.
    pub work: String,
    /// The address of the script that does it.
    pub worker: Arc<str>,
}

/// The hidden field with the link's token, and its name in the address.
pub const LINK: &str = "enlace";
/// The hidden field with the ticket.
const TICKET: &str = "captcha_id";
/// The hidden field with what the browser's work came to.
const WORK: &str = "prueba";

impl Guard {
    /// A new captcha where the form of `process` should have one, unless `link` is the token of one that still works. `fields` are what was sent, `rut`
    /// whom it is about, where that is known.
    pub async fn new(
        visit: &mut Visit,
        process: Process,
        fields: &Fields,
        rut: Option<Rut>,
        link: &str,
    ) -> Result<Self, Failure> {
        let device = visit.device();
        let wanted = challenge::wanted(&visit.cx, process, rut, device).await?;
        // Who was given one goes on having one: it would be odd to lose it by an error.
        let given = fields.has(TICKET) || !link.is_empty() || !fields.error("captcha").is_empty();
        let kept = given && visit.cx.clave.settings.captcha.policy(process) != Policy::Off;
        if !wanted.asked && !kept {
            return Ok(Self { captcha: None, link: String::new() });
        }
        if !link.is_empty() {
            let found = freeze::look(&visit.cx, Purpose::Captcha, &Secret::new(link)).await?;
            if found == Followed::Done {
                return Ok(Self { captcha: None, link: link.to_owned() });
            }
        }
        let browser = visit.browser();
        let ticket = Ticket::issue(&mut visit.cx, process, browser, wanted.level)?;
        let (id, puzzle) = (ticket.as_str().to_owned(), ticket.puzzle(&visit.cx)?);
        // As many characters at every level: pages are compared by their length, too.
        let shown = Shown {
            png: paths::captcha(&id, "png"),
            wav: paths::captcha(&id, "wav"),
            work: format!("{}-{:04}-{}", work::ROUNDS, puzzle.most, puzzle.prefix),
            worker: visit.app.assets.address("work.js"),
            id,
        };
        Ok(Self { captcha: Some(shown), link: String::new() })
    }
}

/// What the form that came back says about who sent it.
pub fn human(visit: &mut Visit, fields: &Fields, process: Process) -> Result<Human, Failure> {
    if !is_asked(visit, fields, process) {
        return Ok(Human::NotYetAsked(process));
    }
    let link = fields.text(LINK);
    if !link.is_empty() {
        return Ok(Human::Link(Secret::new(link)));
    }
    let browser = visit.browser();
    let cx = &visit.cx;
    let Some(ticket) = Ticket::parse(cx, fields.text(TICKET), process, browser) else {
        return Ok(Human::Captcha { process, ticket: None, solution: Solution::Wrong, work: Work::Absent });
    };
    let solution = judge(cx, &ticket, fields.text("captcha"))?;
    let work = ticket.work(cx, fields.text(WORK))?;
    Ok(Human::Captcha { process, ticket: Some(ticket), solution, work })
}

/// Whether the form that came back had a captcha, or a link in its place. Where it should have had one and says it had none, the use case refuses it.
fn is_asked(visit: &Visit, fields: &Fields, process: Process) -> bool {
    match visit.cx.clave.settings.captcha.policy(process) {
        Policy::Always => true,
        Policy::Risk => fields.has(TICKET) || !fields.text(LINK).is_empty(),
        Policy::Off => false,
    }
}

/// Whether a captcha was asked and nothing was typed.
pub fn is_missing(visit: &Visit, fields: &Fields, process: Process) -> bool {
    is_asked(visit, fields, process) && fields.text(LINK).is_empty() && tidy(fields.text("captcha")).is_empty()
}

/// Whether the form that came back had none, so that its letters cannot have been wrong.
pub fn was_not_shown(fields: &Fields) -> bool {
    !fields.has(TICKET) && fields.text(LINK).is_empty()
}

/// Case, spaces and punctuation do not count.
fn tidy(typed: &str) -> String {
    typed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn judge(cx: &Cx, ticket: &Ticket, typed: &str) -> Result<Solution, Fault> {
    let typed = tidy(typed);
    let shown = letters(cx, ticket)?;
    let fixed = cx.clave.settings.captcha.fixed_answer.as_deref();
    let is_fixed = !typed.is_empty() && fixed.is_some_and(|fixed| tidy(fixed) == typed);
    Ok(if typed == shown || is_fixed {
        Solution::Right
    } else if typed == digits(cx, ticket)? || (ticket.level() == Level::High && is_nearly(&typed, &shown)) {
        Solution::Loosely
    } else {
        Solution::Wrong
    })
}

/// In the harder picture people misread a letter now and then: one wrong letter is forgiven, none left out.
fn is_nearly(typed: &str, shown: &str) -> bool {
    typed.chars().count() == shown.chars().count()
        && typed.chars().zip(shown.chars()).filter(|(typed, shown)| typed != shown).count() <= 1
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
            let level = match ticket.level() {
                Level::Normal => Picture::Normal,
                Level::High => Picture::Alto,
            };
            let png = drawn(&visit.app, move || captcha::image(&letters, level, &mut chance)).await?;
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
    // Who waits longer would wait behind a flood: the page shows «Refrescar».
    let place = tokio::time::timeout(PATIENCE, app.drawing.acquire()).await.map_err(|_| Fault::busy(drawing))?;
    let _place = place.map_err(Fault::at(drawing))?;
    tokio::task::spawn_blocking(draw).await.map_err(Fault::at(drawing))?.map_err(Fault::at(drawing))
}

/// So long a picture or sound waits to be drawn.
const PATIENCE: Duration = Duration::from_secs(5);

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
    fn one_wrong_letter_is_forgiven_and_none_left_out() {
        for (typed, nearly) in [("ACEHKL", true), ("ACEHKM", true), ("ACEHMM", false), ("ACEHK", false), ("CEHKL", false)] {
            assert_eq!(is_nearly(typed, "ACEHKL"), nearly, "{typed}");
        }
        assert!(!is_nearly("ACEHKLM", "ACEHKL") && !is_nearly("", "ACEHKL"));
    }

    #[test]
    fn case_and_spaces_do_not_count() {
        assert_eq!(tidy(" ace hkl "), "ACEHKL");
        assert_eq!(tidy("4 0-9"), "409");
    }
}
