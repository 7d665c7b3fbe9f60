//! What operators do for RCE: OTECs, tokens, the catalogue, the export of attendance.

use std::{io::BufReader, io::Read, sync::Arc, time::Duration};

use clave::{
    Cx, Moment, Secret, epoch, housekeeping,
    keys::{self},
    rce::{
        Act, Code, Endpoint, Environment, Origin, Sent,
        catalogue::{self, Kind, Loaded, Source},
        export::{self, Wanted},
        otec::{self, Holder, Refused, token},
        receive::{self, Received},
    },
    renew::{self, Renewed},
    vault::{Place, Purpose},
};
use rut::Rut;
use sql::sql;

use crate::{people::rut, support::TestClave};

const OTEC: &str = "76.543.210-3";
const OTHER_OTEC: &str = "77.777.777-7";
const RUN: &str = "12345678-5";
const DAY: Duration = Duration::from_hours(24);

const COURSES: &str = "cod_sence,nombre\n1237941234,Excel\n1237949999,Word\n";
// Whoever asks on 28-05-2019, as the test's clock begins.
const ACTIONS: &str = "codigo_curso;rut_otec;cod_sence;modalidad;inicio;termino;estado
6512345;76543210-3;1237941234;e-learning;28-05-2019;28-05-2019;vigente
6512346;76543210-3;1237949999;e-learning;2019-05-01;2019-06-30;vigente
6512347;76543210-3;1237941234;presencial;2019-05-01;2019-06-30;vigente
6512348;77777777-7;1237941234;e-learning;2019-05-01;2019-06-30;vigente
6512349;76543210-3;1237941234;e-learning;2019-05-29;2019-06-30;vigente
6512350;76543210-3;1237941234;e-learning;2019-05-01;2019-05-27;vigente
6512351;76543210-3;1237941234;e-learning;2019-05-01;2019-06-30;terminado
6512352;76543210-3;1237941234;e-learning;2019-05-01;2019-06-30;anulado
6512353;76543210-3;1237941234;e-learning;2019-05-01;2019-06-30;vigente
rlab-19-02-08-0071-1;76543210-3;;e-learning;2019-05-01;2019-06-30;vigente
";
const ENROLMENTS: &str = "codigo_curso,run\n6512345,12.345.678-5\nRLAB-19-02-08-0071-1,12345678-5\n6512353,11111111-1\n";

fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

impl TestClave {
    async fn otec(&self, number: &str) -> Option<otec::Otec> {
        otec::find(&mut self.clave.db.read().await.unwrap(), rut(number)).await.unwrap()
    }

    async fn holder(&self, text: &str) -> Option<Holder> {
        otec::of_token(&mut self.clave.db.read().await.unwrap(), &Secret::new(text), self.now()).await.unwrap()
    }

    async fn issued(&self, number: &str) -> token::Issued {
        token::issue(&mut self.cx(), rut(number), None).await.unwrap()
    }

    async fn lines(&self, files: &[(Kind, &str)]) -> (Result<Vec<Loaded>, catalogue::Refused>, Vec<String>) {
        let mut bytes: Vec<(Kind, &[u8])> = files.iter().map(|(kind, text)| (*kind, text.as_bytes())).collect();
        let sources = bytes.iter_mut().map(|(kind, bytes)| Source { kind: *kind, bytes }).collect();
        let mut bad = Vec::new();
        let mut cx = self.cx();
        let done = catalogue::import(&mut cx, sources, &mut |line| bad.push(bad_line(&line)), &mut |_| {}).await;
        (done, bad)
    }

    async fn imports(&self, files: &[(Kind, &str)]) {
        let (done, bad) = self.lines(files).await;
        assert_eq!(bad, Vec::<String>::new());
        assert_eq!(done.unwrap().len(), files.len());
    }

    async fn loaded(&self) -> Vec<(Kind, u64)> {
        let loaded = catalogue::loaded(&mut self.clave.db.read().await.unwrap()).await.unwrap();
        loaded.into_iter().map(|loaded| (loaded.kind, loaded.rows)).collect()
    }

    async fn number(&self, statement: sql::Statement) -> i64 {
        self.clave.db.read().await.unwrap().only(statement).await.unwrap().get("n").unwrap()
    }

    async fn rows(&self) -> [i64; 3] {
        [
            self.number(sql!("SELECT COUNT(*) AS n FROM course")).await,
            self.number(sql!("SELECT COUNT(*) AS n FROM training_action")).await,
            self.number(sql!("SELECT COUNT(*) AS n FROM enrolment")).await,
        ]
    }

    async fn recorded_of(&self, event: &str) -> Vec<String> {
        let rows =
            self.clave.db.read().await.unwrap().all(sql!("SELECT detail FROM audit WHERE event = $1 ORDER BY seq", event)).await;
        rows.unwrap().iter().map(|row| row.get("detail").unwrap()).collect()
    }

    async fn runs_all(&self, statements: Vec<sql::Statement>) {
        let mut tx = self.clave.db.begin().await.unwrap();
        for statement in statements {
            tx.run(statement).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// What an LMS is told about a start; `None` where the participant is asked for the key.
    async fn judges(&self, lms: &Lms<'_>) -> Option<Code> {
        let fields = [
            ("RutOtec", "76543210-3"),
            ("Token", lms.token),
            ("CodSence", lms.course),
            ("CodigoCurso", lms.action),
            ("LineaCapacitacion", lms.line),
            ("RunAlumno", lms.run),
            ("IdSesionAlumno", "x"),
            ("UrlRetoma", "https://lms.example/a"),
            ("UrlError", "https://lms.example/b"),
        ];
        let sent = Sent::read(fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let endpoint = Endpoint { environment: lms.environment, act: Act::Start };
        match receive::receive(&mut self.cx(), endpoint, &sent).await.unwrap() {
            Received::Ask(_) => None,
            Received::Back(reply) => Some(reply.code.unwrap()),
            other => panic!("{other:?}"),
        }
    }

    async fn exports(&self, wanted: &Wanted) -> Result<(u64, Vec<String>), Refused> {
        let mut bytes = Vec::new();
        let rows = export::export(&mut self.cx(), wanted, &mut bytes, &mut |_| {}).await?;
        Ok((rows, String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()))
    }
}

fn bad_line(bad: &catalogue::Bad) -> String {
    format!("{} {}: {}", bad.kind.name(), bad.line, bad.why)
}

/// A start, as an LMS sends it.
struct Lms<'a> {
    token: &'a str,
    course: &'a str,
    action: &'a str,
    line: &'a str,
    run: &'a str,
    environment: Environment,
}

fn lms(token: &str) -> Lms<'_> {
    Lms { token, course: "1237941234", action: "6512345", line: "3", run: RUN, environment: Environment::Production }
}

#[tokio::test]
async fn an_otec_is_registered_changed_suspended_and_taken_back() {
    let test = TestClave::new().await;
    let mut cx = test.cx();
    let two = [origin("https://lms.example.cl"), origin("http://10.0.0.7:8080"), origin("https://lms.example.cl/")];
    otec::add(&mut cx, rut(OTEC), " Capacita Sur ", &two).await.unwrap();
    assert!(matches!(otec::add(&mut cx, rut(OTEC), "Otra", &[]).await, Err(Refused::Taken)));
    for name in ["", "  ", "dos\nlíneas", &"x".repeat(101)] {
        assert!(matches!(otec::add(&mut cx, rut(OTHER_OTEC), name, &[]).await, Err(Refused::Name)), "{name:?}");
    }
    let many: Vec<Origin> = (0..51).map(|at| origin(&format!("https://lms{at}.example.cl"))).collect();
    assert!(matches!(otec::add(&mut cx, rut(OTHER_OTEC), "Otra", &many).await, Err(Refused::Origins)));
    let stored = test.otec(OTEC).await.unwrap();
    assert_eq!((stored.name.as_str(), stored.made_at, stored.suspended_at), ("Capacita Sur", test.now(), None));
    assert_eq!(stored.origins, [origin("http://10.0.0.7:8080"), origin("https://lms.example.cl")]);

    assert!(!otec::set_origins(&mut cx, rut(OTEC), &two).await.unwrap(), "so already");
    assert!(otec::set_origins(&mut cx, rut(OTEC), &[]).await.unwrap());
    assert_eq!(test.otec(OTEC).await.unwrap().origins, []);
    assert!(otec::suspend(&mut cx, rut(OTEC)).await.unwrap() && !otec::suspend(&mut cx, rut(OTEC)).await.unwrap());
    assert_eq!(test.otec(OTEC).await.unwrap().suspended_at, Some(test.now()));
    assert!(otec::resume(&mut cx, rut(OTEC)).await.unwrap() && !otec::resume(&mut cx, rut(OTEC)).await.unwrap());
    assert!(matches!(otec::suspend(&mut cx, rut(OTHER_OTEC)).await, Err(Refused::Unknown)));
    // A small OTEC is a natural person.
    otec::add(&mut cx, rut("11.111.111-1"), "Ana Enseña", &[]).await.unwrap();
    let listed = otec::list(&mut test.clave.db.read().await.unwrap()).await.unwrap();
    assert_eq!(listed.iter().map(|otec| otec.rut).collect::<Vec<Rut>>(), [rut("11.111.111-1"), rut(OTEC)]);
    for event in ["otec_origins_changed", "otec_suspended", "otec_resumed"] {
        assert_eq!(test.recorded_of(event).await, ["76543210-3"], "{event}");
    }
}

#[tokio::test]
async fn of_two_that_register_the_same_otec_one_does() {
    let test = TestClave::new().await;
    let (mut one, mut other) = (test.cx(), test.cx());
    let done = tokio::join!(otec::add(&mut one, rut(OTEC), "Una", &[]), otec::add(&mut other, rut(OTEC), "Otra", &[]));
    assert_eq!(u8::from(done.0.is_ok()) + u8::from(done.1.is_ok()), 1);
    assert_eq!(test.recorded_of("otec_added").await.len(), 1);
}

#[tokio::test]
async fn a_token_is_told_once_and_ends_by_time_or_by_command() {
    let test = TestClave::new().await;
    for number in [OTEC, OTHER_OTEC] {
        otec::add(&mut test.cx(), rut(number), "Capacita Sur", &[]).await.unwrap();
    }
    let (first, second) = (test.issued(OTEC).await, test.issued(OTEC).await);
    let shown = first.token.expose();
    let lives = Some(Holder { otec: rut(OTEC), ended: false });
    let ended = Some(Holder { otec: rut(OTEC), ended: true });
    assert!(shown.len() == 36 && shown != second.token.expose());
    assert_eq!((test.holder(shown).await, test.holder(&shown.to_uppercase()).await), (lives, lives));
    assert_eq!(test.holder("00000000-0000-4000-8000-000000000000").await, None);
    let stored =
        test.number(sql!("SELECT COUNT(*) AS n FROM otec_token WHERE id = $1", clave::vault::sha256(shown.as_bytes()))).await;
    assert_eq!(stored, 1, "only its hash is there");

    let brief = token::issue(&mut test.cx(), rut(OTHER_OTEC), Some(DAY)).await.unwrap();
    test.wait(Duration::from_secs(24 * 60 * 60 - 1));
    assert!(!test.holder(brief.token.expose()).await.unwrap().ended);
    test.wait(Duration::from_secs(1));
    assert!(test.holder(brief.token.expose()).await.unwrap().ended);

    assert!(matches!(token::revoke(&mut test.cx(), rut(OTHER_OTEC), &first.name).await, Err(Refused::NoToken)));
    assert!(matches!(token::revoke(&mut test.cx(), rut(OTEC), &first.name[..7]).await, Err(Refused::NoToken)));
    assert_eq!(token::revoke(&mut test.cx(), rut(OTEC), &first.name).await.unwrap(), (first.name.clone(), true));
    assert_eq!(token::revoke(&mut test.cx(), rut(OTEC), shown).await.unwrap(), (first.name.clone(), false));
    assert_eq!((test.holder(shown).await, test.holder(second.token.expose()).await), (ended, lives));
    let whole = second.token.expose().to_uppercase();
    assert_eq!(token::revoke(&mut test.cx(), rut(OTEC), &whole).await.unwrap(), (second.name.clone(), true));

    let listed = token::list(&mut test.clave.db.read().await.unwrap(), rut(OTEC)).await.unwrap();
    assert_eq!(listed.iter().filter(|token| token.lives(test.now())).count(), 0);
    assert!(listed.len() == 2 && listed.iter().any(|token| token.name == first.name));
    let told = |name: &str| format!("76543210-3 {name}");
    assert_eq!(test.recorded_of("otec_token_revoked").await, [told(&first.name), told(&second.name)]);
    assert_eq!(test.recorded_of("otec_token_issued").await.len(), 3);
}

#[tokio::test]
async fn a_name_that_two_tokens_have_revokes_neither() {
    let test = TestClave::new().await;
    otec::add(&mut test.cx(), rut(OTEC), "Capacita Sur", &[]).await.unwrap();
    let alike = |last: u8| {
        let mut id = [7; 32];
        id[31] = last;
        sql!("INSERT INTO otec_token (id, otec, made_at) VALUES ($1, 76543210, 0)", id)
    };
    test.runs_all(vec![alike(1), alike(2)]).await;
    assert!(matches!(token::revoke(&mut test.cx(), rut(OTEC), "07070707").await, Err(Refused::Ambiguous)));
    assert_eq!(test.number(sql!("SELECT COUNT(*) AS n FROM otec_token WHERE revoked_at IS NULL")).await, 2);
}

#[tokio::test]
async fn the_catalogue_says_which_course_may_be_attended_by_whom() {
    let test = TestClave::new().await;
    otec::add(&mut test.cx(), rut(OTEC), "Capacita Sur", &[origin("https://lms.example")]).await.unwrap();
    let issued = test.issued(OTEC).await;
    let start = || lms(issued.token.expose());
    let unknown = Lms { course: "9999999999", action: "7777777", ..start() };
    assert_eq!(test.judges(&unknown).await, None, "nothing is loaded");

    test.imports(&[(Kind::Courses, COURSES)]).await;
    assert_eq!(test.judges(&unknown).await, Some(Code::CodSence));
    test.imports(&[(Kind::Actions, ACTIONS)]).await;
    assert_eq!(test.judges(&Lms { action: "7777777", ..start() }).await, Some(Code::CodigoCurso));
    assert_eq!(test.judges(&Lms { action: "6512353", ..start() }).await, None, "no enrolments are loaded");
    test.imports(&[(Kind::Enrolments, ENROLMENTS)]).await;
    for (action, code) in [
        ("6512346", Code::OtherCourse),
        ("6512347", Code::NotElearning),
        ("6512348", Code::OtherOtec),
        ("6512349", Code::Dates),
        ("6512350", Code::Dates),
        ("6512351", Code::Ended),
        ("6512352", Code::Ended),
        ("6512353", Code::NotEnrolled),
    ] {
        assert_eq!(test.judges(&Lms { action, ..start() }).await, Some(code), "{action}");
    }
    assert_eq!(test.judges(&start()).await, None);
    assert_eq!(test.judges(&Lms { course: "1237949999", ..start() }).await, Some(Code::OtherCourse));
    assert_eq!(test.judges(&Lms { run: "11111111-1", ..start() }).await, Some(Code::NotEnrolled));
    // A social programme has no course, and its code is what it is in small letters, too.
    let social = Lms { line: "1", course: " ", action: "rlab-19-02-08-0071-1", ..start() };
    assert_eq!(test.judges(&social).await, None);
    assert_eq!(test.judges(&Lms { line: "3", course: "1237941234", ..social }).await, Some(Code::OtherCourse));
    // In the test environment `-1` stands for any; the rest is compared there as well.
    let test_start = || Lms { environment: Environment::Test, ..start() };
    assert_eq!(test.judges(&Lms { course: "-1", action: "7777777", run: "11111111-1", ..test_start() }).await, None);
    assert_eq!(test.judges(&Lms { action: "7777777", ..test_start() }).await, Some(Code::CodigoCurso));
    // Its only day ends at midnight in Chile: from 10:47 that is 13 hours and 13 minutes.
    test.wait(Duration::from_mins(13 * 60 + 12));
    assert_eq!(test.judges(&start()).await, None);
    test.wait(Duration::from_mins(1));
    assert_eq!(test.judges(&start()).await, Some(Code::Dates));
    // And what is forgotten is not checked.
    assert_eq!(catalogue::remove(&mut test.cx(), &Kind::ALL).await.unwrap(), Kind::ALL);
    assert_eq!((test.judges(&unknown).await, test.rows().await), (None, [0, 0, 0]));
    assert_eq!(catalogue::remove(&mut test.cx(), &Kind::ALL).await.unwrap(), []);
    assert_eq!(test.recorded_of("catalogue_removed").await, ["courses, actions, enrolments"]);
}

#[tokio::test]
async fn a_file_replaces_the_one_before_it_whole_or_not_at_all() {
    let test = TestClave::new().await;
    let all = [(Kind::Enrolments, ENROLMENTS), (Kind::Courses, COURSES), (Kind::Actions, ACTIONS)];
    test.imports(&all).await;
    let loaded = [(Kind::Courses, 2), (Kind::Actions, 10), (Kind::Enrolments, 3)];
    assert_eq!(test.loaded().await, loaded);
    test.imports(&all).await;
    assert_eq!((test.loaded().await.as_slice(), test.rows().await), (loaded.as_slice(), [2, 10, 3]), "those before are gone");

    // One bad line among good ones, in one of two files.
    let (refused, bad) = test.lines(&[(Kind::Courses, "cod_sence,nombre\n1111111111,Uno\n"), (Kind::Actions, ACTIONS)]).await;
    assert_eq!(refused.unwrap_err().to_string(), "9 bad lines: nothing was changed: correct them and import again");
    assert_eq!(bad[0], "actions 2: cod_sence: there is no course 1237941234");
    let (refused, bad) = test.lines(&[(Kind::Enrolments, "codigo_curso,run\n6512345,12345678-5\n6512399,12345678-5\n")]).await;
    assert!(refused.is_err());
    assert_eq!(bad, ["enrolments 3: codigo_curso: there is no action 6512399"], "compared with what is loaded");
    assert_eq!((test.loaded().await.as_slice(), test.rows().await), (loaded.as_slice(), [2, 10, 3]));

    let enrolled = (10_000_000..10_001_234).map(|number| format!("6512345,{}", Rut::from_number(number).unwrap().plain()));
    let many = ["codigo_curso,run".to_owned()].into_iter().chain(enrolled).collect::<Vec<_>>().join("\n");
    test.imports(&[(Kind::Enrolments, &many)]).await;
    assert_eq!(test.rows().await, [2, 10, 1234]);
    assert_eq!(test.number(sql!("SELECT COUNT(DISTINCT rut) AS n FROM enrolment WHERE action = '6512345'")).await, 1234);
    assert_eq!(
        test.recorded_of("catalogue_loaded").await,
        ["2 courses, 10 actions, 3 enrolments", "2 courses, 10 actions, 3 enrolments", "1234 enrolments"]
    );
}

/// Something that happens while a file is read.
struct Meanwhile<'a>(&'a [u8], Option<Box<dyn FnOnce() + 'a>>);

impl Read for Meanwhile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if let Some(happen) = self.1.take() {
            happen();
        }
        self.0.read(buffer)
    }
}

/// An import from another node, from its beginning to its end.
fn imported_elsewhere(test: &TestClave, files: &[(Kind, &'static str)]) {
    std::thread::scope(|scope| {
        let import = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let node = test.another_node().await;
                let mut bytes: Vec<(Kind, &[u8])> = files.iter().map(|(kind, text)| (*kind, text.as_bytes())).collect();
                let sources = bytes.iter_mut().map(|(kind, bytes)| Source { kind: *kind, bytes }).collect();
                catalogue::import(&mut Cx::new(Arc::clone(&node), None), sources, &mut |_| {}, &mut |_| {}).await.unwrap();
                node.db.close().await;
            });
        };
        scope.spawn(import).join().unwrap();
    });
}

#[tokio::test]
async fn of_two_imports_at_once_one_counts() {
    let test = TestClave::new().await;
    test.imports(&[(Kind::Courses, COURSES), (Kind::Actions, ACTIONS)]).await;
    let few = "codigo_curso,rut_otec,cod_sence,modalidad,inicio,termino,estado\n6512345,76543210-3,,e-learning,28-05-2019,28-05-2019,vigente\n";
    for (kind, text, before) in [(Kind::Actions, few, 10), (Kind::Enrolments, ENROLMENTS, 1)] {
        // The second one refers to actions that are others by now.
        let meanwhile = if kind == Kind::Actions { few } else { ACTIONS };
        assert_eq!(test.loaded().await[1], (Kind::Actions, before));
        let happen = Box::new(|| imported_elsewhere(&test, &[(Kind::Actions, meanwhile)]));
        let mut bytes = BufReader::new(Meanwhile(text.as_bytes(), Some(happen)));
        let sources = vec![Source { kind, bytes: &mut bytes }];
        let mut cx = test.cx();
        let mut unused = Vec::new();
        let refused = catalogue::import(&mut cx, sources, &mut |bad| unused.push(bad_line(&bad)), &mut |_| {}).await;
        if kind == Kind::Actions {
            assert!(matches!(refused, Err(catalogue::Refused::Overtaken)), "{refused:?}");
        } else {
            // Judged by what was loaded when it began.
            assert!(matches!(refused, Err(catalogue::Refused::Bad { lines: 2 })), "{refused:?} {unused:?}");
        }
    }
    assert_eq!(test.rows().await, [2, 10, 0], "nothing of them is left");
    let happen = Box::new(|| imported_elsewhere(&test, &[(Kind::Actions, ACTIONS)]));
    let mut bytes = BufReader::new(Meanwhile(ENROLMENTS.as_bytes(), Some(happen)));
    let mut cx = test.cx();
    let sources = vec![Source { kind: Kind::Enrolments, bytes: &mut bytes }];
    let refused = catalogue::import(&mut cx, sources, &mut |_| {}, &mut |_| {}).await;
    assert!(matches!(refused, Err(catalogue::Refused::Overtaken)), "what it refers to was replaced: {refused:?}");
    assert_eq!(test.rows().await, [2, 10, 0]);
}

#[tokio::test]
async fn what_serves_no_more_is_swept() {
    let test = TestClave::new().await;
    test.imports(&[(Kind::Courses, COURSES), (Kind::Actions, ACTIONS), (Kind::Enrolments, ENROLMENTS)]).await;
    let given_up = test.now().micros();
    test.runs_all(vec![
        sql!("INSERT INTO enrolment (load, action, rut) VALUES ($1, 'A', 1), ($1, 'A', 2), ($2, 'A', 1)", given_up - 1, given_up),
        sql!("INSERT INTO course (load, code, name) VALUES ($1, 'A', 'A')", given_up),
        sql!("INSERT INTO training_action (load, code, otec, modality, first_day, last_day, state) VALUES ($1, 'A', 1, '', '', '', '')", given_up),
        attended(1, "test", 1, test.now(), None),
        attended(2, "production", 1, test.now(), None),
        sql!("INSERT INTO rce_request (id, rut, request, tries, made_at, until) VALUES ($1, 1, $1, 0, $2, $2)", [1_u8; 16], test.now()),
    ])
    .await;
    let swept = async || housekeeping::sweep(&test.clave.db, test.now()).await.unwrap();
    test.wait(Duration::from_secs(24 * 60 * 60 - 10));
    let early = swept().await;
    assert_eq!((early.catalogue_rows, early.rce_requests, early.test_attendance), (0, 0, 0));
    test.wait(Duration::from_secs(20));
    let late = swept().await;
    assert_eq!((late.catalogue_rows, late.rce_requests, late.test_attendance), (5, 1, 0));
    assert_eq!(test.rows().await, [2, 10, 3], "what counts stays, however old");
    test.wait(29 * DAY);
    assert_eq!(swept().await.test_attendance, 1);
    assert_eq!(test.number(sql!("SELECT COUNT(*) AS n FROM attendance WHERE environment = 'production'")).await, 1);
}

/// An attendance of an hour, as its start and close leave it.
fn attended(id: u8, environment: &'static str, run: i64, at: Moment, closed_at: Option<Moment>) -> sql::Statement {
    sql!(
        "INSERT INTO attendance (id, environment, otec, rut, line, cod_sence, codigo_curso, lms_session, started_at, until, closed_at)
         VALUES ($1, $2, 76543210, $3, 3, '1237941234', '6512345', $1, $4, $5, $6)",
        [id; 16],
        environment,
        run,
        at,
        at.plus(Duration::from_hours(3)),
        closed_at
    )
}

#[tokio::test]
async fn attendance_is_taken_out_action_by_action() {
    let test = TestClave::new().await;
    otec::add(&mut test.cx(), rut(OTEC), "Capacita Sur", &[]).await.unwrap();
    otec::add(&mut test.cx(), rut(OTHER_OTEC), "Otra", &[]).await.unwrap();
    let at = test.now();
    let closed = at.plus(Duration::from_secs(59 * 60 + 59));
    let later = at.plus(Duration::from_hours(14));
    test.runs_all(vec![
        attended(1, "production", 12_345_678, at, Some(closed)),
        attended(2, "production", 11_111_111, at, None),
        attended(3, "production", 24_965_885, later, None),
        attended(4, "test", 12_345_678, at, None),
        sql!("UPDATE attendance SET codigo_curso = '=Rlab-1', cod_sence = '', line = 1 WHERE id = $1", [3_u8; 16]),
    ])
    .await;
    test.wait(Duration::from_hours(15));
    let all = Wanted { otec: rut(OTEC), action: None, from: None, before: None };
    let (rows, lines) = test.exports(&all).await.unwrap();
    assert_eq!(rows, 3);
    assert_eq!(
        lines,
        [
            "IdSesionSence,RunAlumno,RutOtec,LineaCapacitacion,CodSence,CodigoCurso,inicio,termino,estado,minutos".to_owned(),
            format!(
                "{},12345678-5,76543210-3,3,1237941234,6512345,2019-05-28 10:47:00,2019-05-28 11:46:59,cerrada,59",
                "01".repeat(16)
            ),
            format!(
                "{},11111111-1,76543210-3,3,1237941234,6512345,2019-05-28 10:47:00,2019-05-28 13:47:00,expirada,180",
                "02".repeat(16)
            ),
            format!("{},24965885-5,76543210-3,1,,'=Rlab-1,2019-05-29 00:47:00,,abierta,", "03".repeat(16)),
        ]
    );
    let count = async |wanted: Wanted| test.exports(&wanted).await.unwrap().0;
    assert_eq!(count(Wanted { action: Some("=RLAB-1".to_owned()), ..all.clone() }).await, 1);
    assert_eq!(count(Wanted { from: Moment::midnight_in_chile("2019-05-29"), ..all.clone() }).await, 1);
    assert_eq!(count(Wanted { before: Moment::next_midnight_in_chile("2019-05-28"), ..all.clone() }).await, 2);
    assert_eq!(count(Wanted { otec: rut(OTHER_OTEC), ..all.clone() }).await, 0);
    assert!(matches!(test.exports(&Wanted { otec: rut(RUN), ..all }).await, Err(Refused::Unknown)));
    let recorded = test.recorded_of("attendance_exported").await;
    assert_eq!(recorded.len(), 5);
    assert_eq!(recorded[1], "76543210-3 action =RLAB-1 from – before –");
}

#[tokio::test]
async fn an_export_of_many_rows_has_each_once() {
    let test = TestClave::new().await;
    otec::add(&mut test.cx(), rut(OTEC), "Capacita Sur", &[]).await.unwrap();
    // Three starts share each moment, and pages of a thousand end between them.
    let rows = (0..2_345_u128).map(|at| {
        let moment = test.now().plus(Duration::from_secs(u64::try_from(at / 3).unwrap()));
        sql!(
            "INSERT INTO attendance (id, environment, otec, rut, line, cod_sence, codigo_curso, lms_session, started_at, until)
             VALUES ($1, 'production', 76543210, 1, 3, '1237941234', '6512345', $1, $2, $2)",
            at.to_be_bytes(),
            moment
        )
    });
    test.runs_all(rows.collect()).await;
    let (rows, lines) = test.exports(&Wanted { otec: rut(OTEC), action: None, from: None, before: None }).await.unwrap();
    let ids: std::collections::BTreeSet<&str> = lines[1..].iter().map(|line| &line[..32]).collect();
    assert_eq!((rows, lines.len(), ids.len()), (2_345, 2_346, 2_345));
}

#[tokio::test]
async fn what_lms_sent_is_sealed_anew_and_voided_by_a_restore() {
    let test = TestClave::with_secrets().await;
    let mut cx = test.cx();
    let id = [9; 16];
    let seal = |column: &'static str, cx: &mut Cx| {
        let clave = Arc::clone(&cx.clave);
        clave.vault.seal(Place { column, row: &id }, b"sent", &mut cx.rng).unwrap()
    };
    let (request, session) = (seal("rce_request.request", &mut cx), seal("attendance.lms_session", &mut cx));
    test.runs_all(vec![
        attended(9, "production", 12_345_678, test.now(), None),
        sql!("UPDATE attendance SET lms_session = $2 WHERE id = $1", id, session.clone()),
        sql!(
            "INSERT INTO rce_request (id, rut, request, tries, made_at, until) VALUES ($1, 1, $2, 0, 0, 0)",
            id,
            request.clone()
        ),
    ])
    .await;
    keys::rotate(&mut test.cx(), Purpose::Sealing).await.unwrap();
    assert_eq!(renew::renew(&mut test.cx(), Purpose::Sealing, |_| {}).await.unwrap(), Renewed { rows: 2, unreadable: 0 });
    let row = test.clave.db.read().await.unwrap().only(sql!("SELECT lms_session FROM attendance")).await.unwrap();
    let anew: Vec<u8> = row.get("lms_session").unwrap();
    assert_ne!(anew, session);
    let opened = test.clave.vault.unseal(Place { column: "attendance.lms_session", row: &id }, &anew).unwrap();
    assert_eq!(opened.as_slice(), b"sent");
    epoch::begin(&mut test.cx()).await.unwrap();
    assert_eq!(test.number(sql!("SELECT COUNT(*) AS n FROM rce_request")).await, 0);
    assert_eq!(test.number(sql!("SELECT COUNT(*) AS n FROM attendance")).await, 1);
}
