//! The words of messages. A letter is facts; here it becomes a mail (text and HTML that say the same) or an SMS, in the person's
//! language. Links lead to the configured address only, whatever address a request came by (threats 4.2).

use std::{sync::Arc, time::Duration};

use askama::Template;
use clave::{
    Moment, Secret,
    delivery::{Rendered, Words as MessageWords},
    outbox::{Channel, FrozenBy, Letter, Message, Process},
    person::Language,
};
use i18n_embed_fl::fl;

use crate::{
    kit::i18n::{Texts, Words},
    paths,
    site::Site,
};

/// Writes messages; for the worker.
#[derive(Debug, Clone)]
pub struct Messages {
    texts: Texts,
    site: Arc<Site>,
}

impl Messages {
    /// In this site's name.
    pub fn new(texts: Texts, site: Arc<Site>) -> Self {
        Self { texts, site }
    }
}

impl MessageWords for Messages {
    fn render(&self, letter: &Letter, channel: Channel) -> Rendered {
        let l = self.texts.of(letter.language);
        match channel {
            Channel::Email => self.mail(l, letter.language, &letter.message),
            Channel::Sms => Rendered { subject: String::new(), text: self.sms(l, &letter.message), html: None },
        }
    }
}

/// A paragraph of a mail.
enum Part {
    Text(String),
    Link { label: String, address: String },
}

#[derive(Template)]
#[template(path = "messages/mail.html")]
struct Mail<'a> {
    lang: &'static str,
    ministry: &'a str,
    institution: &'a str,
    subject: &'a str,
    parts: &'a [Part],
}

impl Messages {
    fn mail(&self, l: &Words, lang: Language, message: &Message) -> Rendered {
        let (subject, mut parts) = self.body(l, message);
        parts.push(Part::Text(fl!(l, "mail-help", contact = self.contact())));
        if let Some(not_me) = not_me(message) {
            // Who was frozen already may need the link later.
            let frozen = matches!(message, Message::Frozen { .. });
            parts.push(Part::Text(if frozen { fl!(l, "mail-not-me-again") } else { fl!(l, "mail-not-me") }));
            parts.push(Part::Link { label: fl!(l, "mail-not-me-link"), address: self.link(&paths::NotMe, "t", not_me) });
        }
        let institution = &self.site.institution;
        let (ministry, institution) = (institution.ministry.as_str(), institution.name.as_str());
        let text = parts.iter().fold(format!("{subject}\n"), |text, part| match part {
            Part::Text(words) => format!("{text}\n{words}\n"),
            Part::Link { label, address } => format!("{text}{label}: {address}\n"),
        });
        let html = Mail { lang: lang.tag(), ministry, institution, subject: &subject, parts: &parts }.render().ok();
        Rendered { subject, text, html }
    }

    /// Subject and what is special about each message.
    fn body(&self, l: &Words, message: &Message) -> (String, Vec<Part>) {
        let institution = self.site.institution.name.as_str();
        let recover = |label| Part::Link { label, address: self.page(&paths::Recover) };
        match message {
            Message::Registered { confirm, .. } => {
                let mut parts = vec![Part::Text(fl!(l, "mail-registered-text", institution = institution))];
                parts.extend(self.confirm(l, confirm.as_ref()).into_iter().flatten());
                (fl!(l, "mail-registered-subject"), parts)
            }
            Message::AlreadyRegistered { .. } => {
                let text = Part::Text(fl!(l, "mail-already-text", institution = institution));
                (fl!(l, "mail-already-subject"), vec![text, recover(fl!(l, "mail-already-link"))])
            }
            Message::ProvisionalKey { key, made_at, until, frozen, .. } => {
                let (hours, date) = (hours(*made_at, *until), made_at.in_chile());
                let parts = vec![
                    Part::Text(fl!(l, "mail-key-text", key = key.expose(), hours = hours, date = date)),
                    Part::Text(fl!(l, "mail-key-change")),
                    Part::Link { label: fl!(l, "mail-key-link"), address: self.page(&paths::Change) },
                    Part::Text(if *frozen { fl!(l, "mail-key-frozen") } else { fl!(l, "mail-key-current") }),
                ];
                (fl!(l, "mail-key-subject"), parts)
            }
            Message::KeyWithheld { made_at, until, .. } => {
                let (date, until) = (made_at.in_chile(), until.in_chile());
                let text = fl!(l, "mail-withheld-text", institution = institution, date = date, until = until);
                (fl!(l, "mail-withheld-subject"), vec![Part::Text(text)])
            }
            Message::KeyChanged { at, .. } => {
                let text = fl!(l, "mail-changed-text", institution = institution, date = at.in_chile());
                (fl!(l, "mail-changed-subject"), vec![Part::Text(text)])
            }
            Message::DataChanged { at, confirm, held_until, .. } => {
                let text = fl!(l, "mail-data-text", institution = institution, date = at.in_chile());
                let mut parts = vec![Part::Text(text)];
                parts.extend(held_until.map(|until| Part::Text(fl!(l, "mail-data-held", until = until.in_chile()))));
                parts.extend(self.confirm(l, confirm.as_ref()).into_iter().flatten());
                (fl!(l, "mail-data-subject"), parts)
            }
            Message::CaptchaLink { link, process, .. } => {
                let parts = vec![
                    Part::Text(fl!(l, "mail-captcha-text", institution = institution)),
                    Part::Link { label: fl!(l, "mail-captcha-link"), address: self.captcha(*process, link) },
                    Part::Text(fl!(l, "mail-captcha-ignore")),
                ];
                (fl!(l, "mail-captcha-subject"), parts)
            }
            Message::Frozen { at, by, undone, .. } => {
                let date = at.in_chile();
                let mut parts = vec![Part::Text(match by {
                    FrozenBy::NotMe => fl!(l, "mail-frozen-text", institution = institution, date = date),
                    FrozenBy::Operator => fl!(l, "mail-frozen-operator", institution = institution, date = date),
                })];
                parts.extend(undone.then(|| Part::Text(fl!(l, "mail-frozen-undone"))));
                parts.push(recover(fl!(l, "mail-frozen-link")));
                (fl!(l, "mail-frozen-subject"), parts)
            }
            Message::Unfrozen { at, .. } => {
                let text = fl!(l, "mail-unfrozen-text", institution = institution, date = at.in_chile());
                (fl!(l, "mail-unfrozen-subject"), vec![Part::Text(text)])
            }
            Message::NewDevice { at, agent, .. } => {
                let text = fl!(l, "mail-device-text", institution = institution, date = at.in_chile());
                let mut parts = vec![Part::Text(text)];
                let agent = Some(agent.as_str()).filter(|agent| !agent.is_empty());
                parts.extend(agent.map(|agent| Part::Text(fl!(l, "mail-device-agent", agent = agent))));
                parts.push(Part::Text(fl!(l, "mail-device-yours")));
                (fl!(l, "mail-device-subject"), parts)
            }
            Message::Test { at } => {
                let text = fl!(l, "mail-test-text", institution = institution, date = at.in_chile());
                (fl!(l, "mail-test-subject"), vec![Part::Text(text)])
            }
        }
    }

    fn sms(&self, l: &Words, message: &Message) -> String {
        // A letter of an earlier version may have no link: the help page says what to do.
        let mine = not_me(message).map_or_else(|| self.page(&paths::Help), |token| self.link(&paths::NotMe, "t", token));
        match message {
            Message::Registered { .. } => fl!(l, "sms-registered", link = mine),
            Message::AlreadyRegistered { .. } => fl!(l, "sms-already", link = mine),
            Message::ProvisionalKey { key, until, .. } => {
                fl!(l, "sms-key", key = key.expose(), until = until.in_chile(), link = mine)
            }
            Message::KeyWithheld { until, .. } => fl!(l, "sms-withheld", until = until.in_chile(), link = mine),
            Message::KeyChanged { at, .. } => fl!(l, "sms-changed", date = at.in_chile(), link = mine),
            Message::DataChanged { held_until: Some(until), .. } => {
                fl!(l, "sms-data-held", until = until.in_chile(), link = mine)
            }
            Message::DataChanged { at, .. } => fl!(l, "sms-data", date = at.in_chile(), link = mine),
            Message::CaptchaLink { link, process, .. } => {
                fl!(l, "sms-captcha", link = self.captcha(*process, link), mine = mine)
            }
            Message::Frozen { at, .. } => {
                fl!(l, "sms-frozen", date = at.in_chile(), link = self.page(&paths::Recover), mine = mine)
            }
            Message::Unfrozen { at, .. } => fl!(l, "sms-unfrozen", date = at.in_chile(), link = mine),
            Message::NewDevice { at, .. } => fl!(l, "sms-device", date = at.in_chile(), link = mine),
            Message::Test { at } => fl!(l, "sms-test", date = at.in_chile()),
        }
    }

    fn confirm(&self, l: &Words, token: Option<&Secret>) -> Option<[Part; 2]> {
        let address = self.link(&paths::Confirm, "t", token?);
        Some([Part::Text(fl!(l, "mail-confirm-text")), Part::Link { label: fl!(l, "mail-confirm-link"), address }])
    }

    fn captcha(&self, process: Process, token: &Secret) -> String {
        match process {
            Process::Register => self.link(&paths::Register, "enlace", token),
            Process::Recover => self.link(&paths::Recover, "enlace", token),
            Process::ChangeKey => self.link(&paths::Change, "enlace", token),
            Process::LogIn => self.link(&paths::Login, "enlace", token),
        }
    }

    fn page(&self, path: &impl std::fmt::Display) -> String {
        format!("{}{path}", self.site.base_url)
    }

    /// Tokens are of letters, digits, `-` and `_`: nothing in them needs an escape.
    fn link(&self, path: &impl std::fmt::Display, name: &str, token: &Secret) -> String {
        format!("{}{path}?{name}={}", self.site.base_url, token.expose())
    }

    fn contact(&self) -> String {
        let contact = &self.site.institution.contact;
        let ways = [Some(&contact.name), contact.phone.as_ref(), contact.email.as_ref(), contact.hours.as_ref()];
        ways.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The «no fui yo» link: every message about a person has one, but letters of earlier versions.
fn not_me(message: &Message) -> Option<&Secret> {
    match message {
        Message::Registered { not_me, .. }
        | Message::AlreadyRegistered { not_me }
        | Message::ProvisionalKey { not_me, .. }
        | Message::KeyWithheld { not_me, .. }
        | Message::KeyChanged { not_me, .. }
        | Message::DataChanged { not_me, .. }
        | Message::Unfrozen { not_me, .. }
        | Message::NewDevice { not_me, .. } => Some(not_me),
        Message::CaptchaLink { not_me, .. } | Message::Frozen { not_me, .. } => not_me.as_ref(),
        Message::Test { .. } => None,
    }
}

/// Whole hours between the two: «24» (G-4.2).
fn hours(from: Moment, until: Moment) -> String {
    (from.until(until).as_secs() / Duration::from_hours(1).as_secs()).to_string()
}

#[cfg(test)]
mod tests {
    use clave::session::Agent;

    use super::*;

    /// Letters of the GSM-7 alphabet beside ASCII's.
    const GSM_7: &str = "@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";

    fn messages() -> Messages {
        let mut site = Site { base_url: "https://clave.sence.gob.cl".to_owned(), ..Site::default() };
        site.institution.name = "Institución <b>&".to_owned();
        Messages::new(Texts::load().unwrap(), Arc::new(site))
    }

    fn all() -> Vec<Message> {
        // 28-05-2019 10:47 in Chile.
        let at = Moment::from_micros(1_559_054_820_000_000);
        let token = || Secret::new("A".repeat(32));
        let captcha = |process| Message::CaptchaLink { link: token(), process, not_me: Some(token()) };
        let key = |frozen| Message::ProvisionalKey {
            key: Secret::new("R71640Y1"),
            made_at: at,
            until: at.plus(Duration::from_hours(24)),
            frozen,
            not_me: token(),
        };
        let data = |held_until| Message::DataChanged { at, not_me: token(), confirm: Some(token()), held_until };
        let frozen = |by, undone| Message::Frozen { at, by, undone, not_me: Some(token()) };
        vec![
            Message::Registered { confirm: Some(token()), not_me: token() },
            Message::AlreadyRegistered { not_me: token() },
            key(false),
            key(true),
            Message::KeyWithheld { made_at: at, until: at.plus(Duration::from_hours(72)), not_me: token() },
            Message::KeyChanged { at, not_me: token() },
            data(None),
            data(Some(at.plus(Duration::from_hours(72)))),
            captcha(Process::Register),
            captcha(Process::Recover),
            captcha(Process::ChangeKey),
            captcha(Process::LogIn),
            frozen(FrozenBy::NotMe, true),
            frozen(FrozenBy::Operator, false),
            Message::Unfrozen { at, not_me: token() },
            Message::NewDevice { at, agent: Agent::read("Chrome/130 (Android)"), not_me: token() },
            Message::NewDevice { at, agent: Agent::default(), not_me: token() },
            Message::Test { at },
        ]
    }

    fn every(channel: Channel) -> Vec<(Message, Rendered)> {
        let messages = messages();
        let render = |language, message: Message| {
            let letter = Letter { to: String::new(), language, message };
            let words = messages.render(&letter, channel);
            (letter.message, words)
        };
        Language::ALL.into_iter().flat_map(|language| all().into_iter().map(move |message| render(language, message))).collect()
    }

    #[test]
    fn g_4_2_the_mail_speaks_the_guides_words() {
        let mails = every(Channel::Email);
        let (_, mail) = mails.iter().find(|(message, _)| message.kind() == "provisional_key").unwrap();
        let guide = "Se ha generado una clave provisoria, la cual es: R71640Y1. Esta clave (provisoria) tiene una duración de 24 \
                     hora(s) a contar de la fecha: 28-05-2019 10:47.";
        let html = mail.html.as_ref().unwrap();
        assert!(mail.text.contains(guide) && html.contains(guide), "{}", mail.text);
        assert!(mail.text.contains("Cambiar CS: https://clave.sence.gob.cl/Account/CambiarClave\n"));
        assert!(
            mail.text.ends_with("No fui yo: https://clave.sence.gob.cl/enlace/no-fui-yo?t=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n")
        );
    }

    #[test]
    fn an_sms_fits_one_segment_or_two_where_it_has_two_links() {
        for (message, sms) in every(Channel::Sms) {
            let foreign: String = sms.text.chars().filter(|c| !c.is_ascii() && !GSM_7.contains(*c)).collect();
            assert!(foreign.is_empty(), "{foreign} in {}", sms.text);
            // These ASCII characters take two places.
            let length = sms.text.chars().map(|c| if "^{}\\[~]|".contains(c) { 2 } else { 1 }).sum::<usize>();
            // A message of several segments loses seven characters of each to their numbering.
            let most = if sms.text.matches("https://").count() <= 1 { 160 } else { 2 * 153 };
            assert!(length <= most, "{length} characters, {}: {}", message.kind(), sms.text);
            let about_nobody = matches!(message, Message::Test { .. });
            assert!(about_nobody || sms.text.contains("/enlace/no-fui-yo?t="), "{}: {}", message.kind(), sms.text);
            assert!(sms.subject.is_empty() && sms.html.is_none());
        }
    }

    #[test]
    fn a_mail_loads_nothing_escapes_everything_and_says_the_same_twice() {
        for (message, mail) in every(Channel::Email) {
            let html = mail.html.unwrap();
            for remote in ["<img", "<link", "<script", "src=", "url(", "<b>"] {
                assert!(!html.contains(remote), "{remote} in {html}");
            }
            assert!(html.contains("Institución &#60;b&#62;&#38;"), "{html}");
            assert!(!mail.subject.is_empty() && !mail.subject.contains(['\n', '\r']));
            for link in mail.text.split_whitespace().filter(|word| word.contains("://")) {
                assert!(link.starts_with("https://clave.sence.gob.cl/"), "{link}");
                assert!(html.contains(&format!("href=\"{link}\"")), "{link} is not in {html}");
            }
            let last = html.rfind("<p>").map(|at| &html[at..]).unwrap();
            let about_nobody = matches!(message, Message::Test { .. });
            assert!(about_nobody || last.contains("/enlace/no-fui-yo?t="), "{}: {last}", message.kind());
        }
    }

    #[test]
    fn only_who_is_not_frozen_reads_that_the_current_key_keeps_working() {
        for (message, mail) in every(Channel::Email) {
            let Message::ProvisionalKey { frozen, .. } = message else { continue };
            let serves = ["sigue sirviendo", "keeps working", "ap kontinye mache"].iter().any(|words| mail.text.contains(words));
            let blocked = ["sigue bloqueada", "stays blocked", "ap rete bloke"].iter().any(|words| mail.text.contains(words));
            assert_eq!((serves, blocked), (!frozen, frozen), "{}", mail.text);
        }
    }

    #[test]
    fn a_letter_of_an_earlier_version_is_still_sent() {
        let at = Moment::from_micros(1_559_054_820_000_000);
        let message = Message::Frozen { at, by: FrozenBy::NotMe, undone: false, not_me: None };
        let letter = Letter { to: String::new(), language: Language::Spanish, message };
        assert!(messages().render(&letter, Channel::Sms).text.ends_with(" https://clave.sence.gob.cl/ayuda"));
        assert!(!messages().render(&letter, Channel::Email).text.contains("no-fui-yo"));
    }
}
