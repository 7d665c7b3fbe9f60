//! Clients that exist, each with the request that it sends and the rule by which it takes a reply, as their own code has them (`docs/RCE.md`): what they
//! would not take is broken for every course that runs on them.

mod moodle;
mod others;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use clave::{rce::Origin, settings::Settings};

use super::{Back, CLOSE, START, TEST_CLOSE, TEST_START, TOKEN, arrives, has_otec, sent, tries};
use crate::{
    app::{Client, TestApp},
    juana::{self, KEY},
};
use moodle::{Block2020, Block2026, Uzcategui};
use others::{Chamilo, Itic, OpenEdx, PlainPhp, WordPress};

const OTEC: &str = super::OTEC;
const WRONG: &str = "otra-cosa9";
const RUN: &str = "12345678-5";

pub const FRANCHISE: Course = Course { cod_sence: "1237941234", codigo_curso: "6512345", line: "3" };
pub const SOCIAL: Course = Course { cod_sence: "", codigo_curso: "RLAB-19-02-08-0071-1", line: "1" };
pub const WORKPLACE: Course = Course { cod_sence: "1237941234", codigo_curso: "4711", line: "6" };

/// What the client was told about its course.
#[derive(Clone, Copy)]
pub struct Course {
    pub cod_sence: &'static str,
    pub codigo_curso: &'static str,
    pub line: &'static str,
}

pub type Fields = Vec<(String, String)>;

pub fn fields<const N: usize>(pairs: [(&str, &str); N]) -> Fields {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// What a client makes of what came back.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Attendance began, with this `IdSesionSence`.
    Started(String),
    /// It ended.
    Closed,
    /// This code.
    Failed(String),
    /// The client is confused: a page without a word, or an attendance that it does not keep.
    Lost(String),
}

pub trait Plugin {
    /// Where its LMS is.
    fn origin(&self) -> &'static str;

    /// Whether it was set to the test environment.
    fn is_test(&self) -> bool {
        false
    }

    /// The form of its start button.
    fn start(&self) -> Fields;

    /// The form of its close button, for the attendance that it kept.
    fn close(&self, kept: &str) -> Fields;

    /// What it makes of a form that a browser posts to one of its addresses.
    fn judges(&self, arrival: &Arrival) -> Verdict;
}

/// What a browser posts to an LMS, with the words that PHP has for it.
pub struct Arrival {
    pub path: String,
    query: Fields,
    post: Fields,
}

impl Arrival {
    fn of(back: Back) -> Self {
        let (path, query) = back.to.split_once('?').unwrap_or((&back.to, ""));
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { path: path.to_owned(), query, post: back.fields }
    }

    pub fn isset(&self, name: &str) -> bool {
        self.post.iter().any(|(known, _)| known == name)
    }

    pub fn post(&self, name: &str) -> &str {
        found(&self.post, name)
    }

    pub fn query(&self, name: &str) -> &str {
        found(&self.query, name)
    }

    /// `empty()`: absent, blank or zero.
    pub fn empty(&self, name: &str) -> bool {
        matches!(self.post(name), "" | "0")
    }

    /// The first of these that is not there at all.
    pub fn missing<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| !self.isset(name))
    }

    /// The first of these that is empty or not there.
    pub fn blank<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| self.empty(name))
    }

    /// Whether it fits into the client's column.
    pub fn fits(&self, name: &str, width: usize) -> bool {
        self.post(name).chars().count() <= width
    }
}

fn found<'a>(pairs: &'a Fields, name: &str) -> &'a str {
    pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// A participant's browser, the LMS and we.
struct Class<'a> {
    app: &'a TestApp,
    browser: Client,
    plugin: &'a dyn Plugin,
}

impl<'a> Class<'a> {
    fn new(app: &'a TestApp, plugin: &'a dyn Plugin) -> Self {
        Self { app, browser: app.client(), plugin }
    }

    /// Sends a form, types keys until it is answered, and lets the client judge what comes back.
    async fn goes(&self, address: &str, fields: &Fields, keys: &[&str]) -> Verdict {
        let answer = arrives(self.app, address, fields).await;
        let back = if answer.status == StatusCode::SEE_OTHER {
            let page = answer.header("location").to_owned();
            for key in keys {
                tries(&self.browser, &page, key).await;
            }
            Back::of(&self.browser.get(&page).await)
        } else {
            Back::of(&answer)
        };
        let echoes = fields.iter().filter(|(name, _)| {
            ["CodSence", "CodigoCurso", "IdSesionAlumno", "RunAlumno", "LineaCapacitacion"].contains(&name.as_str())
        });
        for (name, value) in echoes {
            assert_eq!(back.field(name), value, "{name} comes back byte for byte");
        }
        let [retoma, error] = ["UrlRetoma", "UrlError"].map(|name| found(fields, name));
        let is_error = back.names().contains(&"GlosaError");
        assert_eq!(back.to, if is_error { error } else { retoma }, "addresses are kept as they were sent");
        self.plugin.judges(&Arrival::of(back))
    }

    async fn starts(&self, keys: &[&str]) -> Verdict {
        self.goes(if self.plugin.is_test() { TEST_START } else { START }, &self.plugin.start(), keys).await
    }

    async fn closes(&self, kept: &str, keys: &[&str]) -> Verdict {
        self.goes(if self.plugin.is_test() { TEST_CLOSE } else { CLOSE }, &self.plugin.close(kept), keys).await
    }

    async fn started(&self) -> String {
        match self.starts(&[KEY]).await {
            Verdict::Started(id) => id,
            other => panic!("{other:?}"),
        }
    }
}

async fn site(plugin: &dyn Plugin, settings: Settings) -> TestApp {
    let app = TestApp::ruled(settings).await;
    juana::registered(&app).await;
    let origin = Origin::parse(plugin.origin()).unwrap();
    has_otec(&app, OTEC, &[origin.as_str()], TOKEN).await;
    app
}

fn failed(code: &str) -> Verdict {
    Verdict::Failed(code.to_owned())
}

/// Everything that a course day has: wrong keys, a start, its close, a close too many, and a form that is refused before anybody is asked.
async fn accepts(plugin: &dyn Plugin) {
    accepts_under(plugin, Settings::default()).await;
}

async fn accepts_under(plugin: &dyn Plugin, settings: Settings) {
    let app = site(plugin, settings).await;
    let class = Class::new(&app, plugin);
    assert_eq!(class.starts(&[WRONG, WRONG, WRONG]).await, failed("100"));
    let id = match class.starts(&[WRONG, KEY]).await {
        Verdict::Started(id) => id,
        other => panic!("{other:?}"),
    };
    assert_eq!(class.closes(&id, &[WRONG, WRONG, WRONG]).await, failed("100"), "it is still open");
    assert_eq!(class.closes(&id, &[KEY]).await, Verdict::Closed);
    assert_eq!(class.closes(&id, &[KEY]).await, failed("305"));
    // Whatever the session of the LMS is called, each start is another attendance.
    assert_ne!(class.started().await, id);

    let mut refused = plugin.start();
    let run = refused.iter_mut().find(|(name, _)| name == "RunAlumno").unwrap();
    "12345678-9".clone_into(&mut run.1);
    assert_eq!(class.goes(if plugin.is_test() { TEST_START } else { START }, &refused, &[]).await, failed("207"));
}

#[tokio::test]
async fn the_moodle_block_of_uzcategui() {
    for course in [FRANCHISE, SOCIAL, WORKPLACE] {
        accepts(&Uzcategui { course, is_test: false }).await;
    }
    let any = Course { cod_sence: "-1", codigo_curso: "-1", line: "3" };
    accepts(&Uzcategui { course: any, is_test: true }).await;
    accepts(&Uzcategui { course: Course { cod_sence: "", line: "1", ..any }, is_test: true }).await;
}

#[tokio::test]
async fn the_moodle_block_of_2020() {
    for course in [FRANCHISE, SOCIAL] {
        accepts(&Block2020 { course }).await;
    }
}

#[tokio::test]
async fn the_moodle_block_of_2026() {
    // In line 1 it sends one space.
    for course in [FRANCHISE, Course { cod_sence: " ", ..SOCIAL }] {
        accepts(&Block2026 { course }).await;
    }
}

#[tokio::test]
async fn the_block_of_open_edx() {
    accepts(&OpenEdx { run: "0123456785" }).await;
}

#[tokio::test]
async fn the_plugin_of_chamilo() {
    for typed in [RUN, " 12345678-5 ", "012345678-5"] {
        let plugin = Chamilo { typed };
        if typed.starts_with('0') {
            let app = site(&plugin, Settings::default()).await;
            assert_eq!(Class::new(&app, &plugin).starts(&[]).await, failed("207"), "eleven characters");
        } else {
            accepts(&plugin).await;
        }
    }
}

#[tokio::test]
async fn the_plugin_of_wordpress() {
    for course in [FRANCHISE, SOCIAL] {
        accepts(&WordPress { course }).await;
    }
}

#[tokio::test]
async fn plain_php() {
    accepts(&PlainPhp).await;
}

#[tokio::test]
async fn very_long_addresses_that_nobody_escaped() {
    let settings = Settings::default();
    let longest_url = 1_000;
    let rce = clave::settings::Rce { longest_url, ..settings.rce };
    accepts_under(&Itic { length: longest_url }, Settings { rce, ..settings.clone() }).await;
    // Where nobody allowed it, the address is no address.
    let plugin = Itic { length: longest_url };
    let app = site(&plugin, settings).await;
    let answer = arrives(&app, START, &plugin.start()).await;
    answer.is(400).shows("203").hides("<form method=\"post\" action=\"https://");
    assert!(answer.header("location").is_empty());
}

/// A way to learn whether the server is there: the diagnosis of the WordPress plugin takes anything from 200 to 499.
#[tokio::test]
async fn a_probe_is_answered() {
    let app = TestApp::new().await;
    for address in [START, CLOSE, TEST_START, TEST_CLOSE] {
        for address in [address.to_owned(), address.to_lowercase(), format!("{address}/")] {
            let answer = app.client().send(Request::head(&address), Body::empty()).await;
            answer.is(200);
            assert_eq!(answer.size, 0);
        }
    }
}

/// Some clients send the key of the LMS's own session, which the person may have left and entered again since the start.
#[tokio::test]
async fn the_session_of_the_lms_may_be_another_at_the_close() {
    let plugin = Uzcategui { course: FRANCHISE, is_test: false };
    let app = site(&plugin, Settings::default()).await;
    let class = Class::new(&app, &plugin);
    let id = class.started().await;
    let mut close = plugin.close(&id);
    let session = close.iter_mut().find(|(name, _)| name == "IdSesionAlumno").unwrap();
    "Zz9yX8wV7u".clone_into(&mut session.1);
    assert_eq!(class.goes(CLOSE, &close, &[KEY]).await, Verdict::Closed);
}

#[tokio::test]
async fn two_starts_at_once_are_two_and_two_closes_one() {
    let plugin = Uzcategui { course: FRANCHISE, is_test: false };
    let app = site(&plugin, Settings::default()).await;
    let (one, other) = (Class::new(&app, &plugin), Class::new(&app, &plugin));
    let (first, second) = tokio::join!(one.starts(&[KEY]), other.starts(&[KEY]));
    let (Verdict::Started(first), Verdict::Started(second)) = (first, second) else { panic!("both start") };
    assert_ne!(first, second);
    let (a, b) = tokio::join!(one.closes(&first, &[KEY]), other.closes(&first, &[KEY]));
    let mut both = [format!("{a:?}"), format!("{b:?}")];
    both.sort();
    assert_eq!(both, ["Closed", "Failed(\"305\")"]);
    assert_eq!(one.closes(&second, &[KEY]).await, Verdict::Closed);
}

/// Attributes are the one place where bytes could get lost on the way.
#[tokio::test]
async fn what_the_lms_says_of_its_session_comes_back_byte_for_byte() {
    let plugin = Uzcategui { course: FRANCHISE, is_test: false };
    let app = site(&plugin, Settings::default()).await;
    let class = Class::new(&app, &plugin);
    for session in [" blancos alrededor ", "<b>\"'&amp;&#38;&lt;+%2B%", "ñandú ✓ 🦉", "0", &"x".repeat(149)] {
        let mut start = plugin.start();
        session.clone_into(&mut start.iter_mut().find(|(name, _)| name == "IdSesionAlumno").unwrap().1);
        assert!(matches!(class.goes(START, &start, &[KEY]).await, Verdict::Started(_)), "{session}");
    }
    let mut start = plugin.start();
    "x".repeat(150).clone_into(&mut start.iter_mut().find(|(name, _)| name == "IdSesionAlumno").unwrap().1);
    assert_eq!(class.goes(START, &start, &[]).await, failed("200"));
}

/// Everybody can send the return of somebody else: nothing of it reaches us, and a second look at the page starts nothing.
#[tokio::test]
async fn a_repeated_return_changes_nothing() {
    let plugin = Uzcategui { course: FRANCHISE, is_test: false };
    let app = site(&plugin, Settings::default()).await;
    let browser = app.client();
    let page = arrives(
        &app,
        START,
        &sent(&[("UrlRetoma", Some("https://moodle.example.cl/a")), ("UrlError", Some("https://moodle.example.cl/b"))]),
    )
    .await;
    let page = page.is(303).header("location").to_owned();
    tries(&browser, &page, KEY).await;
    let first = Back::of(&browser.get(&page).await);
    // The form that was sent once more, and the page once more.
    browser.send(Request::post(&page).header("content-type", "application/x-www-form-urlencoded"), Body::from("clave=x")).await;
    let again = Back::of(&browser.get(&page).await);
    assert_eq!((&again.to, &again.fields), (&first.to, &first.fields));
    let mut tx = app.app.clave.db.read().await.unwrap();
    let row = tx.one(sql::sql!("SELECT COUNT(*) AS n FROM attendance")).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("n").unwrap(), 1);
}
