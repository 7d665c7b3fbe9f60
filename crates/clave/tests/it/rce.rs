//! Attendance by RCE: what an LMS sends, how it is judged, and what a participant's key does with it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clave::{
    Clave, Cx,
    attempt::{Attempt, Refused as AttemptRefused},
    device::Device,
    epoch,
    flow::Token,
    login::{self, Outcome as LoggedIn, Refused},
    minimum::Datum,
    outbox::Message,
    rce::{
        Act, Code, Endpoint, Environment, Leave, Reply, Sent,
        attend::{self, Asked, Outcome, Standing},
        attendance::{self, State},
        receive::{self, Received},
    },
    session::Agent,
    settings::Settings,
};
use sql::sql;
use tokio::task::JoinSet;

use crate::{
    people::{BROWSER, KEY, RUT, STRANGER, attempt, rut, secret},
    support::TestClave,
};

const OTEC: &str = "76.543.210-3";
const OTHER_OTEC: &str = "77.777.777-7";
const TOKEN: &str = "3f2b8c1e-9d4a-4e6f-8a7b-0c1d2e3f4a5b";
const LMS: &str = "https://lms.example";
const WRONG: &str = "otra-cosa9";

const START: Endpoint = Endpoint { environment: Environment::Production, act: Act::Start };
const CLOSE: Endpoint = Endpoint { environment: Environment::Production, act: Act::Close };
const TEST_START: Endpoint = Endpoint { environment: Environment::Test, act: Act::Start };
const TEST_CLOSE: Endpoint = Endpoint { environment: Environment::Test, act: Act::Close };

/// A form as plugins send it; `changes` replaces values, and `None` takes a field out.
#[derive(Clone)]
struct Form(BTreeMap<&'static str, String>);

fn form() -> Form {
    let fields = [
        ("RutOtec", "76543210-3"),
        ("Token", TOKEN),
        ("CodSence", "1237941234"),
        ("CodigoCurso", "6512345"),
        ("LineaCapacitacion", "3"),
        ("RunAlumno", "12345678-5"),
        ("IdSesionAlumno", "block-v1:org+x@sence+block@0f"),
        ("UrlRetoma", "https://lms.example/volver?curso=7&ok=1"),
        ("UrlError", "https://lms.example/volver?curso=7&ok=0"),
    ];
    Form(fields.map(|(name, value)| (name, value.to_owned())).into())
}

impl Form {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.0.insert(name, value.to_owned());
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    fn sent(self) -> Sent {
        Sent::read(self.0.into_iter().map(|(name, value)| (name.to_owned(), value)))
    }
}

/// A reply's fields by name; no name comes twice.
fn fields(reply: &Reply) -> BTreeMap<&'static str, &str> {
    let fields: BTreeMap<_, _> = reply.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(fields.len(), reply.fields.len());
    fields
}

async fn with_otec(settings: Settings, origins: &[&str]) -> TestClave {
    let app = TestClave::with(settings).await;
    app.registers(RUT).await;
    app.has_otec(OTEC, origins, TOKEN).await;
    app
}

async fn lms() -> TestClave {
    with_otec(Settings::default(), &[LMS]).await
}

impl TestClave {
    /// An OTEC with one token, as `clavero otec` would make it.
    async fn has_otec(&self, number: &str, origins: &[&str], token: &str) {
        let mut tx = self.clave.db.begin().await.unwrap();
        let (number, origins) = (i64::from(rut(number).number()), serde_json::to_string(origins).unwrap());
        tx.run(sql!(
            "INSERT INTO otec (rut, name, origins, made_at) VALUES ($1, 'Capacita Sur', $2, $3)",
            number,
            origins,
            self.now()
        ))
        .await
        .unwrap();
        let hash = clave::vault::sha256(token.as_bytes());
        tx.run(sql!("INSERT INTO otec_token (id, otec, made_at) VALUES ($1, $2, $3)", hash, number, self.now())).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn receives(&self, endpoint: Endpoint, form: Form) -> Received {
        receive::receive(&mut self.cx(), endpoint, &form.sent()).await.unwrap()
    }

    async fn asks(&self, endpoint: Endpoint, form: Form) -> Token {
        match self.receives(endpoint, form).await {
            Received::Ask(token) => token,
            other => panic!("{other:?}"),
        }
    }

    async fn code(&self, endpoint: Endpoint, form: Form) -> Code {
        match self.receives(endpoint, form).await {
            Received::Back(reply) => {
                assert_eq!(fields(&reply)["GlosaError"], reply.code.unwrap().to_string());
                reply.code.unwrap()
            }
            Received::Here(code) => code,
            other => panic!("{other:?}"),
        }
    }

    async fn stands(&self, token: &Token) -> Option<Standing> {
        attend::standing(&mut self.cx(), token).await.unwrap()
    }

    async fn asked(&self, token: &Token) -> Asked {
        match self.stands(token).await {
            Some(Standing::Asks(asked)) => asked,
            other => panic!("{other:?}"),
        }
    }

    async fn reply(&self, token: &Token) -> Reply {
        match self.stands(token).await {
            Some(Standing::Answered(reply)) => reply,
            other => panic!("{other:?}"),
        }
    }

    async fn tries(&self, token: &Token, key: &str) -> Result<Option<Outcome>, Refused> {
        tries(&self.clave, token, key).await
    }

    /// Starts with the right key; gives the reply.
    async fn starts(&self, endpoint: Endpoint, form: Form) -> Reply {
        let token = self.asks(endpoint, form).await;
        assert_eq!(self.tries(&token, KEY).await.unwrap(), Some(Outcome::Proved));
        self.reply(&token).await
    }

    /// What is in the way of a right key.
    async fn is_interrupted(&self, token: &Token, key: &str) -> LoggedIn {
        match self.tries(token, key).await.unwrap() {
            Some(Outcome::Interrupted(flow)) => login::outcome(&self.cx(), BROWSER, &flow).await.unwrap().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    async fn attendance(&self, id: &str) -> Option<attendance::Attendance> {
        let cx = self.cx();
        attendance::find(&mut self.clave.db.read().await.unwrap(), &cx, rut(OTEC), id).await.unwrap()
    }

    async fn runs(&self, statement: sql::Statement) {
        let mut tx = self.clave.db.begin().await.unwrap();
        tx.run(statement).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn attendances(&self) -> i64 {
        let mut tx = self.clave.db.read().await.unwrap();
        tx.only(sql!("SELECT COUNT(*) AS n FROM attendance")).await.unwrap().get("n").unwrap()
    }
}

async fn tries(clave: &Arc<Clave>, token: &Token, key: &str) -> Result<Option<Outcome>, Refused> {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let attempt = Attempt { device: Device([1; 32]), ..attempt(&mut cx) };
    attend::attend(&mut cx, &attempt, token, &secret(key), &Agent::read("")).await
}

fn started(reply: &Reply) -> String {
    assert_eq!(reply.code, None);
    fields(reply)["IdSesionSence"].to_owned()
}

#[tokio::test]
async fn a_start_gives_back_what_came_and_the_attendance() {
    let app = lms().await;
    let token = app.asks(START, form().with("RunAlumno", " 12345678-5").with("desconocido", "x").with("IdSesionSence", "")).await;
    let asked = app.asked(&token).await;
    assert_eq!((asked.otec.as_str(), asked.origin.host(), asked.rut), ("Capacita Sur", "lms.example", rut(RUT)));
    assert_eq!((asked.until, asked.tries_left), (app.now().plus(Duration::from_mins(3)), 3));
    app.wait(Duration::from_secs(90));
    assert_eq!(app.tries(&token, KEY).await.unwrap(), Some(Outcome::Proved));
    let reply = app.reply(&token).await;
    assert_eq!((reply.to.as_str(), reply.leave), ("https://lms.example/volver?curso=7&ok=1", Leave::AtOnce));
    let id = started(&reply);
    let expected = [
        ("CodSence", "1237941234"),
        ("CodigoCurso", "6512345"),
        ("FechaHora", "2019-05-28 10:48:30"),
        ("IdSesionAlumno", "block-v1:org+x@sence+block@0f"),
        ("IdSesionSence", &id),
        ("LineaCapacitacion", "3"),
        ("RunAlumno", " 12345678-5"),
        ("ZonaHoraria", "America/Santiago"),
    ];
    assert_eq!(fields(&reply), BTreeMap::from(expected));
    assert!(id.len() <= 149 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    let attendance = app.attendance(&id).await.unwrap();
    assert_eq!((attendance.run, attendance.lms_session.as_str()), (rut(RUT), "block-v1:org+x@sence+block@0f"));
    assert_eq!((attendance.state(app.now()), attendance.started_at), (State::Open, app.now()));
    assert_eq!(app.reply(&token).await, reply, "shown again, nothing new");
    assert_eq!((app.attendances().await, app.events("attendance_started").await), (1, 1));
}

#[tokio::test]
async fn a_close_ends_it_and_gives_back_no_id() {
    let app = lms().await;
    let id = started(&app.starts(START, form()).await);
    app.wait(Duration::from_mins(50));
    let close = form().with("IdSesionSence", &id).with("IdSesionAlumno", "otra");
    let token = app.asks(CLOSE, close.clone()).await;
    assert_eq!(app.asked(&token).await.endpoint, CLOSE);
    app.tries(&token, KEY).await.unwrap();
    let reply = app.reply(&token).await;
    assert_eq!((reply.code, reply.fields.len()), (None, 7));
    let fields = fields(&reply);
    assert!(!fields.contains_key("IdSesionSence") && !fields.contains_key("GlosaError"));
    assert_eq!((fields["IdSesionAlumno"], fields["FechaHora"]), ("otra", "2019-05-28 11:37:00"));
    let attendance = app.attendance(&id).await.unwrap();
    assert_eq!((attendance.state(app.now()), attendance.closed_at), (State::Closed, Some(app.now())));
    app.wait(Duration::from_mins(1));
    let again = app.starts(CLOSE, close).await;
    assert_eq!((again.code, again.fields.len()), (Some(Code::NotWritten), 8), "it is closed once");
    assert!(again.reference.is_some_and(|reference| !reference.is_empty()));
    assert_eq!(again.to.as_str(), "https://lms.example/volver?curso=7&ok=0");
    assert_eq!(app.attendance(&id).await.unwrap().closed_at, attendance.closed_at);
    assert_eq!((app.events("attendance_closed").await, app.events("attendance_refused").await), (1, 1));
}

#[tokio::test]
async fn what_cannot_be_closed_says_why() {
    let app = lms().await;
    app.registers(STRANGER).await;
    app.has_otec(OTHER_OTEC, &[LMS], "00000000-0000-4000-8000-000000000001").await;
    let id = started(&app.starts(START, form()).await);
    let close = form().with("IdSesionSence", &id);
    let codes = [
        (close.clone().with("IdSesionSence", "0123456789abcdef0123456789abcdef"), Code::Unverified),
        (close.clone().with("IdSesionSence", &"x".repeat(500)), Code::Unverified),
        (close.clone().with("RunAlumno", "11111111-1"), Code::Unverified),
        (close.clone().with("RutOtec", "77777777-7").with("Token", "00000000-0000-4000-8000-000000000001"), Code::Unverified),
        (close.clone().with("CodigoCurso", "6512346"), Code::NotRegistered),
        (close.clone().with("LineaCapacitacion", "6"), Code::NotRegistered),
    ];
    for (form, code) in codes {
        assert_eq!(app.starts(CLOSE, form).await.code, Some(code));
    }
    assert_eq!(app.starts(TEST_CLOSE, close.clone()).await.code, Some(Code::Unverified), "another environment");
    assert_eq!(app.attendance(&id).await.unwrap().state(app.now()), State::Open);
    app.wait(Duration::from_hours(3));
    assert_eq!(app.starts(CLOSE, close).await.code, Some(Code::NotWritten), "it ended by itself");
    let attendance = app.attendance(&id).await.unwrap();
    assert_eq!((attendance.state(app.now()), attendance.ended_at(app.now())), (State::Expired, Some(attendance.until)));
}

#[tokio::test]
async fn mistakes_are_named_in_the_order_of_the_manual() {
    let app = lms().await;
    app.has_otec(OTHER_OTEC, &[LMS], "00000000-0000-4000-8000-000000000001").await;
    // Each with what is wrong; a form with all from one on has that one's code.
    let mistakes: [(&str, Option<&str>, u16); 13] = [
        ("UrlRetoma", Some(" "), 201),
        ("UrlError", Some("lms.example/volver"), 203),
        ("UrlRetoma", Some("javascript:alert(1)"), 202),
        ("IdSesionAlumno", None, 200),
        ("RutOtec", Some("76543210-4"), 209),
        ("Token", Some("no-es-un-token"), 303),
        ("Token", Some("00000000-0000-4000-8000-000000000009"), 303),
        ("Token", Some("00000000-0000-4000-8000-000000000001"), 211),
        ("LineaCapacitacion", Some("2"), 206),
        ("CodSence", Some("123794123"), 204),
        ("CodigoCurso", Some("123456"), 205),
        ("RunAlumno", Some("12345678-K"), 207),
        ("RunAlumno", Some("12.345.678-5"), 207),
    ];
    for first in 0..mistakes.len() {
        let mut spoilt = form();
        for (name, value, _) in mistakes[first..].iter().rev() {
            spoilt = value.map_or_else(|| spoilt.clone().without(name), |value| spoilt.clone().with(name, value));
        }
        for endpoint in [START, CLOSE, TEST_START, TEST_CLOSE] {
            let spoilt = if endpoint.act == Act::Close { spoilt.clone().with("IdSesionSence", "x") } else { spoilt.clone() };
            assert_eq!(app.code(endpoint, spoilt).await.number(), mistakes[first].2, "{first}");
        }
    }
}

#[tokio::test]
async fn each_mistake_has_its_code() {
    let app = lms().await;
    let long = format!("https://lms.example/{}", "x".repeat(181));
    let codes = [
        ("RutOtec", " ", 200),
        ("Token", "", 200),
        ("CodSence", " ", 200),
        ("CodigoCurso", "\t", 200),
        ("LineaCapacitacion", "", 200),
        ("RunAlumno", "  ", 200),
        ("IdSesionAlumno", "", 200),
        ("IdSesionAlumno", "a\u{0}b", 200),
        ("UrlRetoma", long.as_str(), 202),
        ("UrlError", long.as_str(), 203),
        ("RutOtec", "765432103", 209),
        ("RutOtec", "76.543.210-3", 209),
        ("RutOtec", "99999999-9", 211),
        ("CodSence", "12379412345", 204),
        ("CodSence", "-1", 204),
        ("CodSence", "12379-1234", 204),
        ("CodigoCurso", "-1", 205),
        ("CodigoCurso", "651 2345", 205),
        ("LineaCapacitacion", "tres", 206),
        ("LineaCapacitacion", "03", 206),
        ("RunAlumno", "123456785", 207),
    ];
    for (name, value, code) in codes {
        assert_eq!(app.code(START, form().with(name, value)).await.number(), code, "{name}={value:?}");
    }
    assert_eq!(app.code(START, form().with("CodigoCurso", &"x".repeat(51))).await, Code::CodigoCurso);
    let workplace = form().with("LineaCapacitacion", "6").with("CodigoCurso", "-1");
    assert_eq!(app.code(START, workplace).await, Code::CodigoCurso, "any code is of the test environment alone");
    assert_eq!(app.code(START, form().with("IdSesionAlumno", &"x".repeat(150))).await, Code::Missing);
    assert_eq!(app.code(START, form().with("RunAlumno", &format!("12345678-5{}", " ".repeat(2_000)))).await, Code::Missing);
    assert_eq!(app.code(CLOSE, form()).await, Code::Missing, "a close without what is to be closed");
    let boundary = form()
        .with("CodigoCurso", &"x".repeat(50))
        .with("IdSesionAlumno", &"ñ".repeat(149))
        .with("UrlRetoma", &long[..200])
        .with("Token", &format!(" {} ", TOKEN.to_uppercase()))
        .with("RunAlumno", " 12345678-5 ");
    app.asks(START, boundary).await;
}

#[tokio::test]
async fn each_line_has_its_own_rules_and_the_test_environment_its_codes() {
    let app = lms().await;
    for blank in ["", " "] {
        let social = form().with("LineaCapacitacion", "1").with("CodSence", blank).with("CodigoCurso", "RLAB-19-02-08-0071-1");
        let reply = app.starts(START, social.clone()).await;
        assert_eq!(fields(&reply)["CodSence"], blank, "as it came");
        let without = app.starts(START, social.without("CodSence")).await;
        assert!(!fields(&without).contains_key("CodSence"));
    }
    app.asks(START, form().with("LineaCapacitacion", "6").with("CodigoCurso", "7")).await;
    let any = form().with("CodSence", "-1").with("CodigoCurso", "-1");
    let id = started(&app.starts(TEST_START, any.clone()).await);
    assert_eq!(app.attendance(&id).await.unwrap().environment, Environment::Test);
    let close = any.with("IdSesionSence", &id);
    assert_eq!(app.code(CLOSE, close.clone()).await, Code::CodSence);
    assert_eq!(app.starts(TEST_CLOSE, close).await.code, None);
}

#[tokio::test]
async fn an_error_to_a_start_has_nine_fields_and_none_is_empty() {
    let app = lms().await;
    let Received::Back(reply) = app.receives(START, form().with("CodigoCurso", "1")).await else { panic!() };
    let told = fields(&reply);
    assert_eq!((told.len(), told["GlosaError"], told["CodigoCurso"]), (9, "205", "1"));
    assert!(told.values().all(|value| !value.is_empty()));
    assert!(app.attendance(told["IdSesionSence"]).await.is_none());
    let Received::Back(reply) = app.receives(START, form().without("RunAlumno")).await else { panic!() };
    assert_eq!((reply.code, fields(&reply).contains_key("RunAlumno")), (Some(Code::Missing), false));
    let Received::Back(reply) = app.receives(CLOSE, form().with("IdSesionSence", "x").with("CodigoCurso", "1")).await else {
        panic!()
    };
    assert_eq!((reply.fields.len(), fields(&reply).contains_key("IdSesionSence")), (8, false));
}

#[tokio::test]
async fn a_browser_is_sent_nowhere_that_an_otec_did_not_name() {
    let app = lms().await;
    let (evil, other) = ("https://evil.example/x", "https://otra.example");
    app.has_otec(OTHER_OTEC, &[other], "00000000-0000-4000-8000-000000000001").await;
    for (name, code) in [("UrlError", Code::UrlError), ("UrlRetoma", Code::UrlRetoma)] {
        for to in [
            evil,
            "https://lms.example.evil.example/",
            "http://lms.example/",
            "https://lms.example:8443/",
            "https://otra.example/",
        ] {
            assert!(matches!(app.receives(START, form().with(name, to)).await, Received::Here(found) if found == code), "{to}");
        }
        // Nor by naming nobody, or half of somebody.
        for spoilt in [
            form().with("RutOtec", "1-9").with("Token", "x"),
            form().with("RutOtec", "1-9"),
            form().with("Token", "x"),
            form().without("RutOtec").without("Token"),
            form().with("RutOtec", "77777777-7"),
        ] {
            assert!(matches!(app.receives(START, spoilt.with(name, evil)).await, Received::Here(_)));
        }
    }
    let Received::Back(reply) = app.receives(START, form().with("RutOtec", "1-9").with("Token", "x")).await else { panic!() };
    assert_eq!((reply.code, reply.leave), (Some(Code::UnknownToken), Leave::AtOnce), "somebody's participants go there");
    assert_eq!(app.attendances().await, 0);
}

#[tokio::test]
async fn without_a_list_the_person_decides() {
    let app = with_otec(Settings::default(), &[]).await;
    let reply = app.starts(START, form()).await;
    assert_eq!((reply.code, reply.leave), (None, Leave::Asks));
    let Received::Back(reply) = app.receives(START, form().with("Token", "x")).await else { panic!() };
    assert_eq!((reply.code, reply.leave), (Some(Code::UnknownToken), Leave::Asks));
    let Received::Back(reply) = app.receives(START, form().with("Token", "x").with("RutOtec", "1-9")).await else { panic!() };
    assert_eq!(reply.leave, Leave::Asks);
    app.has_otec(OTHER_OTEC, &["https://otra.example"], "00000000-0000-4000-8000-000000000001").await;
    let named_both = form().with("RutOtec", "77777777-7");
    assert!(matches!(app.receives(START, named_both).await, Received::Here(Code::UrlError)));
}

#[tokio::test]
async fn tokens_and_otecs_end() {
    let app = lms().await;
    let (token, otec) = (clave::vault::sha256(TOKEN.as_bytes()), i64::from(rut(OTEC).number()));
    let until = app.now().plus(Duration::from_hours(1));
    app.runs(sql!("UPDATE otec SET suspended_at = $2 WHERE rut = $1", otec, app.now())).await;
    assert_eq!(app.code(START, form()).await, Code::Otec);
    app.runs(sql!("UPDATE otec SET suspended_at = NULL WHERE rut = $1", otec)).await;
    app.runs(sql!("UPDATE otec_token SET until = $2 WHERE id = $1", token, until)).await;
    app.asks(START, form()).await;
    app.wait(Duration::from_hours(1));
    assert_eq!(app.code(START, form()).await, Code::TokenEnded);
    app.runs(sql!("UPDATE otec_token SET until = NULL WHERE id = $1", token)).await;
    let (open, other) = (app.asks(START, form()).await, app.asks(START, form()).await);
    app.runs(sql!("UPDATE otec_token SET revoked_at = $2 WHERE id = $1", token, app.now())).await;
    assert_eq!(app.code(START, form()).await, Code::TokenEnded);
    assert_eq!(app.tries(&open, KEY).await.unwrap(), Some(Outcome::Proved));
    assert_eq!(app.reply(&open).await.code, Some(Code::TokenEnded), "also while somebody was typing");
    app.runs(sql!("UPDATE otec_token SET revoked_at = NULL WHERE id = $1", token)).await;
    app.runs(sql!("UPDATE otec SET suspended_at = $2 WHERE rut = $1", otec, app.now())).await;
    app.tries(&other, KEY).await.unwrap();
    assert_eq!((app.reply(&other).await.code, app.attendances().await), (Some(Code::Otec), 0));
}

#[tokio::test]
async fn three_wrong_keys_go_back_and_lock_nothing() {
    let app = lms().await;
    for number in [RUT, STRANGER] {
        let token = app.asks(START, form().with("RunAlumno", &rut(number).plain())).await;
        for left in [2, 1] {
            assert!(matches!(app.tries(&token, WRONG).await, Err(Refused::WrongKey)));
            assert_eq!(app.asked(&token).await.tries_left, left);
        }
        assert_eq!(app.tries(&token, WRONG).await.unwrap(), Some(Outcome::Settled));
        let reply = app.reply(&token).await;
        assert_eq!((reply.code, reply.to.as_str()), (Some(Code::WrongKey), "https://lms.example/volver?curso=7&ok=0"));
        assert_eq!(app.tries(&token, KEY).await.unwrap(), Some(Outcome::Settled), "it is over");
        assert_eq!(app.reply(&token).await, reply);
    }
    assert_eq!((app.attendances().await, app.events("login_refused").await), (0, 6));
    assert_eq!(app.starts(START, form()).await.code, None, "at once");
}

#[tokio::test]
async fn a_throttled_try_counts_as_a_wrong_one_and_reveals_nothing() {
    let mut settings = Settings::default();
    settings.limits.keys_person.free = 1;
    let app = with_otec(settings, &[LMS]).await;
    let token = app.asks(START, form()).await;
    assert!(matches!(app.tries(&token, WRONG).await, Err(Refused::WrongKey)));
    for key in [KEY, WRONG] {
        let refused = app.tries(&token, key).await;
        let is_wait = matches!(refused, Err(Refused::Attempt(AttemptRefused::TooManyTries { .. })));
        assert!(is_wait || matches!(refused, Ok(Some(Outcome::Settled))), "{refused:?}");
    }
    assert_eq!(app.reply(&token).await.code, Some(Code::WrongKey));
    let again = app.asks(START, form()).await;
    assert!(app.tries(&again, KEY).await.is_err(), "our own throttle stands behind it");
    app.wait(Duration::from_mins(2));
    assert_eq!(app.starts(START, form()).await.code, None);
}

#[tokio::test]
async fn three_minutes_later_it_goes_back_by_itself() {
    let app = lms().await;
    let token = app.asks(START, form()).await;
    app.wait(Duration::from_secs(179));
    app.asked(&token).await;
    app.wait(Duration::from_secs(1));
    let reply = app.reply(&token).await;
    assert_eq!((reply.code, fields(&reply)["FechaHora"]), (Some(Code::TimeUp), "2019-05-28 10:50:00"));
    let late = app.asks(START, form()).await;
    app.asked(&late).await;
    app.wait(Duration::from_mins(3));
    assert_eq!(app.tries(&late, KEY).await.unwrap(), Some(Outcome::Settled));
    assert_eq!((app.reply(&late).await.code, app.attendances().await), (Some(Code::TimeUp), 0));
    app.wait(Duration::from_mins(20));
    assert!(app.stands(&late).await.is_none());
    assert_eq!(app.tries(&late, KEY).await.unwrap(), None);
}

#[tokio::test]
async fn a_token_that_nobody_was_given_opens_nothing() {
    let app = lms().await;
    let token = app.asks(START, form()).await;
    let invented = Token::parse("AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    assert!(app.stands(&invented).await.is_none());
    assert_eq!(app.tries(&invented, KEY).await.unwrap(), None);
    assert_ne!(attend::browser(&token), attend::browser(&invented));
    assert_eq!(app.attendances().await, 0);
    assert_eq!(app.tries(&token, KEY).await.unwrap(), Some(Outcome::Proved));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_starts_at_once_are_two_and_two_closes_one() {
    let app = lms().await;
    let nodes = [Arc::clone(&app.clave), app.another_node().await];
    let race = async |forms: [Form; 2], endpoint: Endpoint| {
        let mut tokens = Vec::new();
        for form in forms {
            tokens.push(app.asks(endpoint, form).await);
        }
        let mut at_once = JoinSet::new();
        for (node, token) in nodes.iter().cloned().zip(tokens.clone()) {
            at_once.spawn(async move { tries(&node, &token, KEY).await.unwrap() });
        }
        at_once.join_all().await;
        [app.reply(&tokens[0]).await, app.reply(&tokens[1]).await]
    };
    let [one, other] = race([form(), form()], START).await;
    assert_ne!(started(&one), started(&other));
    let close = form().with("IdSesionSence", &started(&one));
    let replies = race([close.clone(), close], CLOSE).await;
    let mut codes = replies.map(|reply| reply.code);
    codes.sort_by_key(|code| code.map(Code::number));
    assert_eq!(codes, [None, Some(Code::NotWritten)]);
    assert_eq!((app.attendances().await, app.events("attendance_closed").await), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_starts_once_however_often_its_form_is_sent() {
    let app = lms().await;
    let nodes = [Arc::clone(&app.clave), app.another_node().await];
    let token = app.asks(START, form()).await;
    app.asked(&token).await;
    let submission = attempt(&mut app.cx()).submission;
    let mut at_once = JoinSet::new();
    for round in 0..6_usize {
        let (node, token) = (Arc::clone(&nodes[round % 2]), token.clone());
        at_once.spawn(async move {
            let mut cx = Cx::new(node, None);
            let own = attempt(&mut cx);
            // Half are the same form sent again, half are other windows.
            let form = if round < 3 { Attempt { submission, ..own } } else { own };
            attend::attend(&mut cx, &form, &token, &secret(KEY), &Agent::read("")).await.unwrap()
        });
    }
    assert!(
        at_once
            .join_all()
            .await
            .iter()
            .all(|outcome| matches!(outcome, Some(Outcome::Proved | Outcome::Settled | Outcome::Repeated)))
    );
    assert_eq!((app.attendances().await, app.events("attendance_started").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_compares_three_keys_and_no_more() {
    let mut settings = Settings::default();
    settings.limits.enabled = false;
    let app = with_otec(settings, &[LMS]).await;
    let token = app.asks(START, form()).await;
    app.asked(&token).await;
    let mut at_once = JoinSet::new();
    for _ in 0..12 {
        let (node, token) = (Arc::clone(&app.clave), token.clone());
        at_once.spawn(async move { tries(&node, &token, WRONG).await });
    }
    let _ = at_once.join_all().await;
    assert_eq!((app.events("login_refused").await, app.reply(&token).await.code), (3, Some(Code::WrongKey)));
}

#[tokio::test]
async fn a_last_try_that_never_ended_leaves_nobody_waiting() {
    let app = lms().await;
    let token = app.asks(START, form()).await;
    app.asked(&token).await;
    app.runs(sql!("UPDATE rce_request SET tries = 3, tried_at = $1", app.now())).await;
    assert_eq!(app.tries(&token, KEY).await.unwrap(), Some(Outcome::Settled), "somebody looks at the last one");
    assert_eq!(app.asked(&token).await.tries_left, 0);
    app.wait(Duration::from_secs(30));
    assert_eq!(app.reply(&token).await.code, Some(Code::Internal));
    let mut tx = app.clave.db.read().await.unwrap();
    let row = tx.only(sql!("SELECT detail FROM audit WHERE event = 'attendance_refused'")).await.unwrap();
    assert_eq!(row.get::<String>("detail").unwrap(), "production 76543210-3 6512345 300");
}

#[tokio::test]
async fn what_is_missing_is_said_after_the_proof_and_costs_no_try() {
    let app = with_otec(Settings { minimum_data: vec![Datum::Mobile], ..Settings::default() }, &[LMS]).await;
    let mut tx = app.clave.db.begin().await.unwrap();
    let mut person = clave::person::find(&mut tx, &app.clave.vault, rut(RUT)).await.unwrap().unwrap();
    person.details.phone = None;
    clave::person::save_details(&mut tx, &app.clave.vault, &person, &mut rand::make_rng()).await.unwrap();
    tx.commit().await.unwrap();
    let token = app.asks(START, form()).await;
    assert!(matches!(app.tries(&token, WRONG).await, Err(Refused::WrongKey)));
    let missing = LoggedIn::Interrupted { missing: vec![Datum::Mobile] };
    for _ in 0..3 {
        assert_eq!(app.is_interrupted(&token, KEY).await, missing);
    }
    let mut cx = app.cx();
    let form = attempt(&mut cx);
    for _ in 0..2 {
        let outcome = attend::attend(&mut cx, &form, &token, &secret(KEY), &Agent::read("")).await.unwrap();
        assert!(matches!(outcome, Some(Outcome::Interrupted(_))), "the second of a double click: {outcome:?}");
    }
    assert_eq!((app.asked(&token).await.tries_left, app.attendances().await), (2, 0));
}

#[tokio::test]
async fn a_provisional_key_leads_elsewhere() {
    let app = lms().await;
    let provisional = app.provisional_key(RUT).await;
    let token = app.asks(START, form()).await;
    assert_eq!(app.is_interrupted(&token, &provisional).await, LoggedIn::Provisional);
    assert_eq!((app.attendances().await, app.events("login_interrupted").await), (0, 1));
    app.changes_key(RUT, &provisional, "nueva-55clave").await.unwrap_err();
    app.changes_key(RUT, &provisional, "nueva-55c").await.unwrap();
    assert!(app.tries(&token, KEY).await.is_err());
    assert_eq!(app.tries(&token, "nueva-55c").await.unwrap(), Some(Outcome::Proved), "the request waited on");
}

#[tokio::test]
async fn the_owner_hears_of_a_new_device_and_nobody_is_logged_in() {
    let app = lms().await;
    app.starts(START, form()).await;
    let notices =
        async || app.letters().await.iter().filter(|letter| matches!(letter.message, Message::NewDevice { .. })).count();
    assert_eq!(notices().await, 0, "the first login of all");
    let token = app.asks(START, form()).await;
    let mut cx = app.cx();
    let elsewhere = Attempt { device: Device([2; 32]), ..attempt(&mut cx) };
    attend::attend(&mut cx, &elsewhere, &token, &secret(KEY), &Agent::read("")).await.unwrap();
    assert!(notices().await > 0);
    let sessions = clave::session::of_person(&mut app.clave.db.read().await.unwrap(), rut(RUT), app.now()).await.unwrap();
    assert!(sessions.is_empty());
}

#[tokio::test]
async fn what_an_lms_sends_is_sealed_and_does_not_outlive_a_restore() {
    let app = lms().await;
    let asked = app.asks(START, form()).await;
    let reply = app.starts(START, form()).await;
    let mut tx = app.clave.db.read().await.unwrap();
    let mut kept: Vec<Vec<u8>> = Vec::new();
    for row in
        tx.all(sql!("SELECT request AS sealed FROM rce_request UNION ALL SELECT lms_session FROM attendance")).await.unwrap()
    {
        kept.push(row.get("sealed").unwrap());
    }
    drop(tx);
    assert_eq!(kept.len(), 3);
    for plain in [b"block-v1".as_slice(), b"lms.example", TOKEN.as_bytes()] {
        assert!(kept.iter().all(|sealed| !sealed.windows(plain.len()).any(|window| window == plain)));
    }
    epoch::begin(&mut app.cx()).await.unwrap();
    assert!(app.stands(&asked).await.is_none());
    assert!(app.attendance(&started(&reply)).await.is_some(), "who attended stays on record");
}

#[tokio::test]
async fn requests_of_one_address_are_counted() {
    let mut settings = Settings::default();
    settings.limits.requests.tries = 2;
    let app = with_otec(settings, &[LMS]).await;
    let mut cx = app.cx();
    cx.from = Some("203.0.113.9".parse().unwrap());
    for _ in 0..2 {
        assert!(matches!(receive::receive(&mut cx, START, &form().sent()).await.unwrap(), Received::Ask(_)));
    }
    assert!(matches!(receive::receive(&mut cx, START, &form().sent()).await.unwrap(), Received::TooMany { .. }));
}

#[tokio::test]
async fn what_fails_here_is_told_to_the_lms() {
    let app = lms().await;
    let token = app.asks(START, form()).await;
    app.asked(&token).await;
    app.runs(sql!("ALTER TABLE attendance RENAME TO attendance_gone")).await;
    assert_eq!(app.tries(&token, KEY).await.unwrap(), Some(Outcome::Settled));
    assert_eq!(app.reply(&token).await.code, Some(Code::Internal));
    app.runs(sql!("ALTER TABLE attendance_gone RENAME TO attendance")).await;
    let token = app.asks(START, form()).await;
    app.asked(&token).await;
    app.runs(sql!("ALTER TABLE person RENAME TO person_gone")).await;
    assert_eq!(app.tries(&token, KEY).await.unwrap(), Some(Outcome::Settled));
    assert_eq!(app.reply(&token).await.code, Some(Code::Internal), "no key was compared, none was wrong");
    app.runs(sql!("ALTER TABLE person_gone RENAME TO person")).await;
    app.runs(sql!("ALTER TABLE rce_request RENAME TO rce_request_gone")).await;
    assert_eq!(app.code(START, form()).await, Code::Internal);
    app.runs(sql!("ALTER TABLE rce_request_gone RENAME TO rce_request")).await;
    assert_eq!((app.attendances().await, app.events("attendance_started").await), (0, 0));
    assert_eq!(app.starts(START, form()).await.code, None);
}
