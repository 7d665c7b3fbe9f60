//! «Mensajes»: what was sent to the person in the last weeks and how far it came, newest first.

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    correspondence::{self, Past},
    history::PAGES,
    outbox::{Channel, State},
};
use i18n_embed_fl::fl;

use super::{When, signed_in};
use crate::{
    App,
    kit::{
        i18n::Words,
        page::{Answer, Page, show},
        visit::Visit,
    },
    paths,
    portal::state_words,
};

#[derive(Template)]
#[template(path = "account/messages.html")]
struct Messages {
    page: Page,
    lines: Vec<Line>,
    newer: Option<u32>,
    older: Option<u32>,
}

struct Line {
    at: When,
    what: String,
    way: String,
    state: String,
    failed: bool,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::AccountMessages::ROUTE, get(look))
}

async fn look(mut visit: Visit) -> Answer {
    let session = match signed_in(&mut visit, paths::AccountMessages::ROUTE).await? {
        Ok(session) => session,
        Err(login) => return Ok(login),
    };
    let page = visit.query("pagina").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, PAGES);
    let listed = correspondence::of(&visit.cx, &session, page).await?;
    let lines = listed.past.into_iter().map(|past| line(&visit.l, &past)).collect();
    let (newer, older) = ((page > 1).then(|| page - 1), listed.more.then(|| page + 1));
    show(&Messages { page: visit.page(), lines, newer, older })
}

fn line(l: &Words, past: &Past) -> Line {
    let way = match past.channel {
        Channel::Email => fl!(l, "messages-by-email"),
        Channel::Sms => fl!(l, "messages-by-sms"),
    };
    Line {
        at: past.at.into(),
        what: about(l, &past.kind),
        way,
        state: state_words(l, past.state),
        failed: past.state == State::Failed,
    }
}

/// What a message is about. What a later version sent is told in general.
fn about(l: &Words, kind: &str) -> String {
    match kind {
        "registered" => fl!(l, "messages-registered"),
        "already_registered" => fl!(l, "messages-already-registered"),
        "provisional_key" => fl!(l, "messages-provisional-key"),
        "key_withheld" => fl!(l, "messages-key-withheld"),
        "key_changed" => fl!(l, "messages-key-changed"),
        "data_changed" => fl!(l, "messages-data-changed"),
        "captcha_link" => fl!(l, "messages-captcha-link"),
        "frozen" => fl!(l, "messages-frozen"),
        "unfrozen" => fl!(l, "messages-unfrozen"),
        "new_device" => fl!(l, "messages-new-device"),
        _ => fl!(l, "messages-other"),
    }
}

#[cfg(test)]
mod tests {
    use clave::person::Language;

    use super::*;
    use crate::Texts;

    /// Sent to an operator, who has no list.
    const NOBODYS: &[&str] = &["test"];

    #[test]
    fn every_kind_of_message_has_words_in_every_language() {
        let source = include_str!("../../../clave/src/outbox/message.rs");
        let kinds: Vec<&str> = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Self::")?.split_once("{ .. } => \""))
            .filter_map(|(_, kind)| kind.strip_suffix("\","))
            .filter(|kind| !NOBODYS.contains(kind))
            .collect();
        assert!(kinds.len() >= 10, "{kinds:?}");
        let texts = Texts::load().unwrap();
        for language in Language::ALL {
            let l = texts.of(language);
            let other = about(l, "of a later version");
            for kind in &kinds {
                assert_ne!(about(l, kind), other, "{kind}");
            }
        }
    }
}
