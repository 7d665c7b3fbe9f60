//! Before a proof, nobody learns whose RUT it is: in every form, people in every state and RUTs that nobody registered get the same bytes, headers
//! and cookies, now and afterwards. The times are in `timing.rs`.

use std::time::Instant;

use clave::{person::decoy, vault::Vault};
use rut::Rut;
use sql::{Db, sql};
use tokio::runtime::Runtime;

use crate::{
    browser::Page,
    people::{CHANGE, RECOVER, REGISTER, Someone},
    raw::{Raw, Wire, filled, page},
    states::{BIRTH, Cast, KEY, State},
    support::{CAPTCHA, Installation, Server, runtime},
};

const UPDATE: &str = "/Account/ActualizarDatos";
const LOGIN: &str = "/ingresar";

/// People in every state, and a server to ask about them.
struct Stage<'a> {
    server: &'a Server,
    cast: &'a Cast,
    runtime: Runtime,
    db: Db,
}

impl<'a> Stage<'a> {
    fn new(installation: &Installation, server: &'a Server, cast: &'a Cast) -> Self {
        let runtime = runtime();
        let db = runtime.block_on(installation.database());
        Self { server, cast, runtime, db }
    }

    fn rows(&self) -> [i64; 7] {
        self.runtime.block_on(rows(&self.db))
    }
}

/// An answer without what is random by nature; what replaces it is as long.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    what: String,
    head: String,
    body: String,
}

/// One visitor's way through a form with one RUT.
struct Walk<'a> {
    wire: Wire,
    someone: &'a Someone,
    state: State,
    form: Page,
    sent: (String, Vec<(String, String)>),
    seen: Vec<Seen>,
    /// How many seconds each refusal asks to wait.
    waits: Vec<u64>,
}

impl<'a> Walk<'a> {
    fn new(server: &Server, someone: &'a Someone, state: State) -> Self {
        let form = page(0, "");
        let (sent, seen, waits) = ((String::new(), Vec::new()), Vec::new(), Vec::new());
        Self { wire: Wire::to(server.address), someone, state, form, sent, seen, waits }
    }

    fn note(&mut self, what: &str, raw: Raw) {
        self.waits.extend(raw.header("retry-after").map(|seconds| seconds.parse::<u64>().unwrap()));
        self.seen.push(Seen::of(what, &raw, self.someone));
        self.form = raw.page;
    }

    fn look(&mut self, what: &str, path: &str) {
        let raw = self.wire.get(path);
        self.note(what, raw);
    }

    /// Goes where the last answer sent it.
    fn follow(&mut self, what: &str) -> String {
        let path = self.form.location.clone();
        assert_eq!(self.form.status, 303, "{what}: {}", self.form.text);
        self.look(what, &path);
        path
    }

    /// Fills in the form that was shown last, and sends it.
    fn send(&mut self, what: &str, path: &str, typed: &[(&str, &str)]) {
        let fields = filled(&self.form, typed).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.sent = (path.to_owned(), fields.collect());
        self.again(what);
    }

    /// Sends what was sent last once more.
    fn again(&mut self, what: &str) {
        let (path, fields) = &self.sent;
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let raw = self.wire.post(path, &fields);
        self.note(what, raw);
    }

    /// Tries until the throttle refuses, and once more.
    fn until_refused(&mut self, mut trying: impl FnMut(&mut Self)) {
        for _ in 0..40 {
            trying(self);
            if self.form.status == 429 {
                return trying(self);
            }
        }
        panic!("40 tries, and no end: {:?}", self.seen.last());
    }

    fn rut(&self) -> &'a str {
        &self.someone.rut
    }
}

impl Seen {
    fn of(what: &str, raw: &Raw, someone: &Someone) -> Self {
        let reference = raw.header("x-request-id").unwrap_or_default();
        let tidy = |text: &str| {
            let mut text = text.to_owned();
            for own in [&someone.rut, &someone.email, &someone.phone] {
                text = text.replace(own, &"·".repeat(own.len()));
            }
            for before in [
                "name=\"csrf\" value=\"",
                "name=\"captcha_id\" value=\"",
                // The level stays to be seen.
                "data-trabajo=\"1000-0512-",
                "data-trabajo=\"1000-4096-",
                "name=\"flujo\" value=\"",
                "flujo=",
                "/captcha/",
            ] {
                text = blank_after(&text, before, is_token);
            }
            if !reference.is_empty() {
                text = text.replace(reference, &"·".repeat(reference.len()));
            }
            blank_times(&text)
        };
        let mut head = tidy(&raw.head);
        head = blank_after(&head, "cs_session=", is_token);
        head = blank_after(&head, "\r\ndate: ", |c| c != '\r');
        head = blank_after(&head, "\r\nretry-after: ", |c| c.is_ascii_digit());
        Self { what: what.to_owned(), head, body: tidy(&raw.page.text) }
    }
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// Replaces what follows each `before`, as long as it is `random`, character by character.
fn blank_after(text: &str, before: &str, random: impl Fn(char) -> bool) -> String {
    let mut parts = text.split(before);
    let mut blanked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c| !random(c)).unwrap_or(part.len());
        blanked += before;
        blanked.extend(part[..end].chars().map(|_| '·'));
        blanked += &part[end..];
    }
    blanked
}

/// Replaces every `22-11-2026 19:04`: the minute may change while a test runs.
fn blank_times(text: &str) -> String {
    const LIKE: &[u8] = b"00-00-0000 00:00";
    let fits = |bytes: &[u8]| {
        bytes.iter().zip(LIKE).all(|(byte, like)| if *like == b'0' { byte.is_ascii_digit() } else { byte == like })
    };
    let mut bytes = text.as_bytes().to_vec();
    for start in 0..bytes.len().saturating_sub(LIKE.len() - 1) {
        let end = start + LIKE.len();
        if fits(&bytes[start..end]) {
            bytes[start..end].fill(b'?');
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The first place where two visitors were told different things.
fn difference(one: &[Seen], other: &[Seen]) -> Option<String> {
    for (one, other) in one.iter().zip(other) {
        let pairs = [(&one.what, &other.what), (&one.head, &other.head), (&one.body, &other.body)];
        if let Some((one_text, other_text)) = pairs.into_iter().find(|(one, other)| one != other) {
            let lines = one_text.lines().zip(other_text.lines()).find(|(one, other)| one != other);
            let (one_line, other_line) = lines.unwrap_or(("…", "… has another number of lines or another line break"));
            return Some(format!("«{}»:\n  {one_line}\n  {other_line}", one.what));
        }
    }
    (one.len() != other.len()).then(|| format!("{} answers, and {}", one.len(), other.len()))
}

/// Rows in every table that a form writes to, but for the throttle's, which are swept out while it works.
async fn rows(db: &Db) -> [i64; 7] {
    let mut tx = db.read().await.unwrap();
    let mut count = async |statement| -> i64 { tx.one(statement).await.unwrap().unwrap().get("n").unwrap() };
    [
        count(sql!("SELECT COUNT(*) AS n FROM submission")).await,
        count(sql!("SELECT COUNT(*) AS n FROM captcha_burnt")).await,
        count(sql!("SELECT COUNT(*) AS n FROM flow")).await,
        count(sql!("SELECT COUNT(*) AS n FROM audit")).await,
        count(sql!("SELECT COUNT(*) AS n FROM decoy")).await,
        count(sql!("SELECT COUNT(*) AS n FROM link")).await,
        count(sql!("SELECT COUNT(*) AS n FROM outbox")).await,
    ]
}

/// How many rows a walk leaves.
#[derive(Clone, Copy, PartialEq)]
enum Writes {
    AsMany,
    /// A registration makes an account or tells its owner.
    Others,
}

/// Takes people in these states, the first unregistered, through `walk`; all must see the same, and the database must have as much to write.
#[track_caller]
fn compare(stage: &Stage<'_>, number: usize, states: &[State], writes: Writes, walk: impl Fn(&mut Walk<'_>)) {
    let mut walks = states.iter().map(|state| {
        let mut taken = Walk::new(stage.server, &stage.cast.of(*state)[number], *state);
        let (began, before) = (Instant::now(), stage.rows());
        walk(&mut taken);
        let after = stage.rows();
        (taken, began.elapsed(), std::array::from_fn::<_, 7, _>(|table| after[table] - before[table]))
    });
    let (first, first_took, first_rows) = walks.next().unwrap();
    assert_eq!(first.state, State::Unregistered);
    for (other, took, rows) in walks {
        assert!(
            writes == Writes::Others || rows == first_rows,
            "{}: {rows:?} rows instead of {first_rows:?}",
            other.state.name()
        );
        if let Some(difference) = difference(&first.seen, &other.seen) {
            panic!("{} is told apart from unregistered at {difference}", other.state.name());
        }
        assert_eq!(first.waits.len(), other.waits.len());
        for (one, another) in first.waits.iter().zip(&other.waits) {
            // What has passed since the tries that used the budget up is counted off: no more than the walk lasted.
            let slack = 1 + first_took.max(took).as_secs();
            assert!(one.abs_diff(*another) <= slack, "{}: Retry-After {another} instead of {one}", other.state.name());
        }
    }
}

/// Everybody but those who prove something by typing what is on record.
const FACTS_PROVE_NOTHING: [State; 4] = [State::Unregistered, State::Frozen, State::WithoutEmail, State::Incomplete];

const WRONG_ANSWER: [(&str, &str); 2] = [("respuesta", "Otra respuesta"), ("captcha", CAPTCHA)];

fn forgets_the_key(walk: &mut Walk<'_>) {
    walk.look("the form", RECOVER);
    walk.send("the RUT", RECOVER, &[("rut", walk.rut())]);
    let question = walk.follow("the question");
    walk.send("no answer", RECOVER, &[("respuesta", ""), ("captcha", CAPTCHA)]);
    walk.send("no captcha", RECOVER, &[("respuesta", "Otra respuesta"), ("captcha", "")]);
    walk.send("a wrong captcha", RECOVER, &[("respuesta", "Otra respuesta"), ("captcha", "QQQQQ")]);
    walk.send("another captcha", RECOVER, &[("accion", "refrescar")]);
    walk.send("a wrong answer", RECOVER, &WRONG_ANSWER);
    walk.again("the wrong answer, sent twice");
    walk.send("another wrong answer", RECOVER, &WRONG_ANSWER);
    walk.send("a link instead of the captcha", RECOVER, &[("accion", "sin_captcha")]);
    walk.again("the link, sent twice");
    walk.follow("the link is on its way");
    walk.look("the question again", &question);
    walk.send("a wrong answer after the link", RECOVER, &WRONG_ANSWER);
    walk.look("the form for the second time", RECOVER);
    walk.send("the RUT for the second time", RECOVER, &[("rut", walk.rut())]);
    walk.again("the RUT, sent twice");
    walk.follow("the question for the second time");
}

fn changing<'a>(someone: &'a Someone, current: &'a str) -> [(&'a str, &'a str); 5] {
    let new = "segunda-2";
    [("rut", &someone.rut), ("clave_actual", current), ("clave_nueva", new), ("clave_nueva_repetida", new), ("captcha", CAPTCHA)]
}

/// The right key of frozen credentials is a wrong one.
fn changes_the_key(walk: &mut Walk<'_>) {
    let typed = if walk.state == State::Frozen { KEY } else { "otracosa9" };
    let key = changing(walk.someone, typed);
    walk.look("the form", CHANGE);
    walk.send("a wrong key", CHANGE, &key);
    walk.again("the wrong key, sent twice");
    walk.send("another wrong key", CHANGE, &key);
    walk.send("another captcha", CHANGE, &[("accion", "refrescar"), ("rut", walk.rut())]);
    walk.send("a link instead of the captcha", CHANGE, &[("accion", "sin_captcha"), ("rut", walk.rut())]);
    walk.again("the link, sent twice");
    walk.follow("the link is on its way");
    walk.look("the form again", CHANGE);
    walk.send("a wrong key after the link", CHANGE, &key);
}

fn logs_in(walk: &mut Walk<'_>) {
    let typed = if walk.state == State::Frozen { KEY } else { "otracosa9" };
    let key = [("rut", walk.rut()), ("clave", typed)];
    walk.look("the form", LOGIN);
    walk.send("no key", LOGIN, &[("rut", walk.rut()), ("clave", "")]);
    walk.send("a wrong key", LOGIN, &key);
    walk.again("the wrong key, sent twice");
    walk.look("the form again", LOGIN);
    walk.send("another wrong key", LOGIN, &key);
}

/// After so many failures; here after none.
fn logs_in_with_a_captcha(walk: &mut Walk<'_>) {
    let typed = if walk.state == State::Frozen { KEY } else { "otracosa9" };
    walk.look("the form", LOGIN);
    assert!(walk.form.text.contains("name=\"captcha_id\""), "a captcha is asked: {}", walk.form.text);
    walk.send("no captcha", LOGIN, &[("rut", walk.rut()), ("clave", typed), ("captcha", "")]);
    walk.send("a wrong captcha", LOGIN, &[("rut", walk.rut()), ("clave", typed), ("captcha", "QQQQQ")]);
    walk.send("a wrong key with the captcha", LOGIN, &[("rut", walk.rut()), ("clave", typed), ("captcha", CAPTCHA)]);
    walk.send("another captcha", LOGIN, &[("accion", "refrescar"), ("rut", walk.rut())]);
    walk.send("a link instead of the captcha", LOGIN, &[("accion", "sin_captcha"), ("rut", walk.rut())]);
    walk.follow("the link is on its way");
}

fn facts<'a>(someone: &'a Someone, year: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("rut", &someone.rut), BIRTH[0], BIRTH[1], ("fecha_nacimiento_anio", year), ("email", email)]
}

fn updates_data(walk: &mut Walk<'_>) {
    let me = walk.someone;
    walk.look("the form", UPDATE);
    walk.send("another birth date", UPDATE, &facts(me, "1993", &me.email));
    walk.again("the same, sent twice");
    walk.send("another e-mail", UPDATE, &facts(me, BIRTH[2].1, "otra@correo.example"));
    walk.look("the form with the key", &format!("{UPDATE}?con=clave"));
    let key = ("clave_actual", "otracosa9");
    walk.send("a wrong key with everything else", UPDATE, &[facts(me, BIRTH[2].1, &me.email), vec![key]].concat());
    walk.again("the same, sent twice");
    walk.send("a wrong key alone", UPDATE, &[("rut", walk.rut()), key]);
}

/// Everything right, where that proves nothing without the key; and with the right key, where the key proves nothing.
fn updates_data_with_the_right_facts(walk: &mut Walk<'_>) {
    let me = walk.someone;
    let right = facts(me, BIRTH[2].1, &me.email);
    walk.look("the form", UPDATE);
    walk.send("the right facts", UPDATE, &right);
    let key = if walk.state == State::Frozen { KEY } else { "otracosa9" };
    walk.look("the form with the key", &format!("{UPDATE}?con=clave"));
    walk.send("the right facts and the key", UPDATE, &[right.as_slice(), &[("clave_actual", key)]].concat());
}

fn register(walk: &mut Walk<'_>, what: &str) {
    walk.look("the form", REGISTER);
    let nothing = page(0, "");
    let mut typed = walk.someone.registration(&nothing, "tercera-3");
    typed.retain(|(name, _)| !["csrf", "captcha_id"].contains(name));
    walk.send(what, REGISTER, &typed);
}

fn registers(walk: &mut Walk<'_>) {
    register(walk, "a registration");
    walk.again("the registration, sent twice");
    let result = walk.follow("the result");
    walk.look("the result again", &result);
    register(walk, "another registration");
    walk.follow("its result");
    walk.look("the first result", &result);
    walk.look("the question, begun afterwards", RECOVER);
    walk.send("the RUT", RECOVER, &[("rut", walk.rut())]);
}

#[test]
fn before_a_proof_everybody_is_told_the_same() {
    let installation = Installation::new();
    let server = installation.serve();
    let cast = Cast::gather(&installation, &server, 3);
    let stage = Stage::new(&installation, &server, &cast);
    compare(&stage, 0, &State::ALL, Writes::AsMany, forgets_the_key);
    compare(&stage, 0, &State::ALL, Writes::AsMany, changes_the_key);
    compare(&stage, 1, &State::ALL, Writes::AsMany, logs_in);
    compare(&stage, 0, &State::ALL, Writes::AsMany, updates_data);
    compare(&stage, 0, &FACTS_PROVE_NOTHING, Writes::AsMany, updates_data_with_the_right_facts);
    compare(&stage, 2, &State::ALL, Writes::Others, registers);
}

#[test]
fn a_login_with_a_captcha_tells_everybody_the_same() {
    let installation = Installation::new().with("CLAVERO__CAPTCHA__LOGIN_AFTER", "0");
    let server = installation.serve();
    let cast = Cast::gather(&installation, &server, 1);
    compare(&Stage::new(&installation, &server, &cast), 0, &State::ALL, Writes::AsMany, logs_in_with_a_captcha);
}

/// Budgets that are soon used up, and none that all share.
fn throttled(installation: &Installation) -> Server {
    let mut command = installation.command(&["serve"]);
    for (number, value) in [
        ("ENABLED", "true"),
        ("KEYS_PERSON__FREE", "3"),
        ("KEYS_PERSON__FIRST_SECONDS", "600"),
        ("ANSWERS_HOUR__TRIES", "3"),
        ("UPDATE_PERSON__FREE", "3"),
        ("UPDATE_PERSON__FIRST_SECONDS", "600"),
        ("REGISTER_PERSON__FREE", "2"),
        ("REGISTER_PERSON__FIRST_SECONDS", "600"),
        ("PAIR__FREE", "12"),
        ("PAIR__FIRST_SECONDS", "600"),
        ("ADDRESS__TRIES", "100000"),
        ("NEIGHBOURHOOD__TRIES", "100000"),
        ("PEOPLE_ADDRESS__TRIES", "100000"),
        ("PEOPLE_NEIGHBOURHOOD__TRIES", "100000"),
        // Nor may the harder captcha come for what others tried before from here.
        ("WRONG_ADDRESS__TRIES", "100000"),
        ("WRONG_SITE__TRIES", "100000"),
    ] {
        command.env(format!("CLAVERO__LIMITS__{number}"), value);
    }
    // An address is under suspicion from twice three times as many people; here thirty fail.
    command.env("CLAVERO__CAPTCHA__LOGIN_AFTER", "7");
    Server::start(command)
}

fn tries_keys(walk: &mut Walk<'_>) {
    let typed = if walk.state == State::Frozen { KEY } else { "otracosa9" };
    let key = changing(walk.someone, typed);
    walk.look("the form", CHANGE);
    walk.until_refused(|walk| walk.send("a wrong key", CHANGE, &key));
    walk.look("the form with the key", &format!("{UPDATE}?con=clave"));
    walk.send("its key in the other form", UPDATE, &[("rut", walk.rut()), ("clave_actual", typed)]);
    assert_eq!(walk.form.status, 429);
}

fn tries_facts_and_answers(walk: &mut Walk<'_>) {
    let me = walk.someone;
    walk.look("the form", UPDATE);
    walk.until_refused(|walk| walk.send("another birth date", UPDATE, &facts(me, "1993", &me.email)));
    walk.look("the form", RECOVER);
    walk.send("the RUT", RECOVER, &[("rut", walk.rut())]);
    walk.follow("the question");
    walk.until_refused(|walk| walk.send("a wrong answer", RECOVER, &WRONG_ANSWER));
}

/// Its owner hears of it or not, and gets the links or not: the budget of messages is used up at the same try.
fn registers_and_asks_for_links(walk: &mut Walk<'_>) {
    walk.until_refused(|walk| register(walk, "a registration"));
    asks_for_links(walk);
}

fn asks_for_links(walk: &mut Walk<'_>) {
    walk.until_refused(|walk| {
        walk.look("the form", CHANGE);
        walk.send("a link instead of the captcha", CHANGE, &[("accion", "sin_captcha"), ("rut", walk.rut())]);
    });
}

fn asks_for_questions(walk: &mut Walk<'_>) {
    walk.until_refused(|walk| {
        walk.look("the form", RECOVER);
        walk.send("the RUT", RECOVER, &[("rut", walk.rut())]);
    });
}

#[test]
fn the_throttle_refuses_everybody_at_the_same_try() {
    let installation = Installation::new();
    // What makes the people must not count.
    let cast = Cast::gather(&installation, &installation.serve(), 5);
    let server = throttled(&installation);
    let stage = Stage::new(&installation, &server, &cast);
    compare(&stage, 0, &State::ALL, Writes::AsMany, tries_keys);
    compare(&stage, 1, &State::ALL, Writes::AsMany, tries_facts_and_answers);
    compare(&stage, 2, &State::ALL, Writes::AsMany, asks_for_links);
    compare(&stage, 3, &State::ALL, Writes::Others, registers_and_asks_for_links);
    compare(&stage, 4, &State::ALL, Writes::AsMany, asks_for_questions);
}

/// The question that the page of a RUT asks.
fn question_of(wire: &mut Wire, rut: &str) -> String {
    let form = wire.get(RECOVER).is(200).page;
    let sent = wire.post(RECOVER, &[("csrf", form.hidden("csrf")), ("rut", rut)]).is(303).page;
    let page = wire.get(&sent.location).is(200).page;
    page.text.split("<dd>").nth(2).unwrap().split("</dd>").next().unwrap().to_owned()
}

#[test]
fn decoy_questions_stay_the_same_after_a_restart_and_on_another_node() {
    let installation = Installation::new();
    let first = installation.serve();
    let strangers: Vec<Someone> = (0..24).map(|number| Someone::number(19_100_000 + 7_919 * number)).collect();
    let asked = |server: &Server| {
        let mut wire = Wire::to(server.address);
        strangers.iter().map(|someone| question_of(&mut wire, &someone.rut)).collect::<Vec<_>>()
    };
    let before = asked(&first);
    let catalogue = Wire::to(first.address).get(REGISTER).is(200).page;
    for question in &before {
        assert!(catalogue.text.contains(&format!("\">{question}</option>")), "«{question}» can be chosen, too");
    }
    assert!(before.iter().any(|question| *question != before[0]));
    first.kill();
    for node in [installation.serve(), installation.serve()] {
        assert_eq!(asked(&node), before);
    }
}

/// People choose unevenly, and decoys are drawn like them (ADR 17): each question with a chance in proportion to the people who chose it, and twenty
/// more.
#[test]
fn decoy_questions_are_spread_as_people_choose() {
    const CHOSEN: [u32; 12] = [4_000, 2_500, 1_200, 700, 500, 300, 250, 200, 150, 100, 80, 20];
    const RUTS: u32 = 2_000;
    let installation = Installation::new();
    drop(installation.serve());
    let counts = runtime().block_on(async {
        let (db, vault) = (installation.database().await, Vault::open(&installation.secrets()).unwrap());
        let mut tx = db.begin().await.unwrap();
        for (number, people) in (1_i64..).zip(CHOSEN) {
            tx.run(sql!("DELETE FROM question_weight WHERE question = $1", number)).await.unwrap();
            let people = i64::from(people);
            tx.run(sql!("INSERT INTO question_weight (question, people, counted_at) VALUES ($1, $2, 0)", number, people))
                .await
                .unwrap();
        }
        let mut counts = [0_u32; 12];
        for number in 0..RUTS {
            let rut = Rut::from_number(5_000_000 + 9_973 * number).unwrap();
            decoy::settle(&mut tx, &vault, rut).await.unwrap();
            let question = decoy::find(&mut tx, rut).await.unwrap().unwrap();
            counts[usize::from(question.number()) - 1] += 1;
        }
        counts
    });
    let all: u32 = CHOSEN.iter().map(|people| people + 20).sum();
    let term = |(count, people): (u32, u32)| {
        let expected = f64::from(RUTS) * f64::from(people + 20) / f64::from(all);
        (f64::from(count) - expected).powi(2) / expected
    };
    let chi_square: f64 = counts.into_iter().zip(CHOSEN).map(term).sum();
    // With eleven degrees of freedom the right source exceeds this once in a hundred million times; even decoys are beyond 10,000.
    assert!(chi_square < 60.0, "{chi_square:.1}: {counts:?}");
}

#[test]
fn the_comparison_tells_one_word_one_header_and_one_answer_more_apart() {
    let someone = Someone::number(14_000_000);
    let seen = |head: &str, text: &str| {
        let page = page(200, text);
        let now = Instant::now();
        Seen::of("a page", &Raw { head: head.to_owned(), page, sent: now, answered: now }, &someone)
    };
    let head =
        |csrf: &str, more: &str| format!("HTTP/1.1 200 OK\r\ndate: {csrf}\r\nset-cookie: cs_session={csrf}; Path=/{more}\r\n");
    let body = |csrf: &str, word: &str| {
        format!(
            "<input name=\"csrf\" value=\"{csrf}\">\n<p>{word} {}</p>\n<p>22-11-2026 19:0{}</p>",
            someone.rut,
            csrf.len() % 10
        )
    };
    let usual = [seen(&head("abc", ""), &body("abc", "hola"))];
    assert_eq!(difference(&usual, &[seen(&head("xyz", ""), &body("xyz", "hola"))]), None);
    let others = [
        (seen(&head("abc", ""), &body("abc", "hole")), "hole"),
        (seen(&head("abc", ""), &body("abcd", "hola")), "····\">"),
        (seen(&head("abc", "; HttpOnly"), &body("abc", "hola")), "HttpOnly"),
        (seen(&head("abc", "\r\nx-known: 1"), &body("abc", "hola")), "another number of lines"),
        (seen(&head("abc", "").replace("200 OK", "422 no"), &body("abc", "hola")), "422"),
    ];
    for (other, why) in others {
        let told = difference(&usual, &[other]).expect(why);
        assert!(told.contains(why), "{told}");
    }
    assert!(difference(&usual, &[usual[0].clone(), usual[0].clone()]).is_some());
}
