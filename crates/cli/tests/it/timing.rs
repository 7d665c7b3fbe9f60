//! Before a proof, nobody learns from an answer's time whose RUT it is, nor from a refusal's whether the proof would have been right. What is
//! answered is in `indistinguishable.rs`. Takes minutes on a calm machine: `./test --timing`.

use std::{collections::BTreeMap, process::Command, time::Duration};

use rand::{RngExt as _, rngs::StdRng, seq::SliceRandom as _};

use crate::{
    people::{CHANGE, RECOVER, REGISTER, Someone},
    raw::{Raw, Wire, filled},
    states::{BIRTH, Cast, State},
    support::{CAPTCHA, Installation, Server, env},
};

const UPDATE: &str = "/Account/ActualizarDatos";
/// Of each form and state, unless `CLAVERO_TIMING_SAMPLES` says so.
const SAMPLES: usize = 400;
/// Thrown away, of each state.
const WARM_UP: usize = 5;
/// People in each state.
const EACH: usize = 8;
/// A chance as small as this is no chance…
const CERTAIN: f64 = 0.001;
/// …and so many milliseconds are too many.
const TOO_MANY: f64 = 2.0;

/// The form that makes accounts.
const REGISTERS: &str = "registrar";

/// What was measured on the way through a form, by name.
type Times = Vec<(&'static str, Duration)>;

/// The times of one form: first the usual ones, then those that must be like them.
struct Sampled {
    form: &'static str,
    times: BTreeMap<usize, Vec<f64>>,
}

/// One line of the table.
struct Row {
    form: &'static str,
    what: &'static str,
    n: usize,
    usual: f64,
    median: f64,
    p: f64,
}

impl Row {
    fn difference(&self) -> f64 {
        self.median - self.usual
    }

    fn is_too_large(&self) -> bool {
        self.p < CERTAIN && self.difference().abs() >= TOO_MANY
    }

    /// `threats.md` 2.3.
    fn is_remarkable(&self) -> bool {
        self.p < CERTAIN && self.difference().abs() > 1.0 && self.difference().abs() > 0.1 * self.usual
    }

    fn print(&self) {
        let mark = match (self.is_too_large(), self.is_remarkable()) {
            (true, _) => "TOO LARGE",
            (false, true) => "!",
            (false, false) => "",
        };
        let Self { form, what, n, usual, median, p } = self;
        println!(
            "| {form:<32} | {what:<15} | {n:>4} | {usual:>7.2} | {median:>7.2} | {:>+6.2} | {p:>7.4} | {mark}",
            self.difference()
        );
    }
}

fn print_head(usual: &str) {
    println!("\n| form                             | against {usual:<12}| n    | usual   | median  | diff   | p       |");
    println!("|----------------------------------|---------------------|------|---------|---------|--------|---------|");
}

/// Does `n` of each kind in random order, so that whatever else the machine does strikes all kinds alike.
fn sample(kinds: usize, n: usize, rng: &mut StdRng, mut once: impl FnMut(usize, &mut StdRng) -> Times) -> Vec<Sampled> {
    let mut sampled: Vec<Sampled> = Vec::new();
    for (rounds, kept) in [(WARM_UP, false), (n, true)] {
        let mut jobs: Vec<usize> = (0..kinds).flat_map(|kind| std::iter::repeat_n(kind, rounds)).collect();
        jobs.shuffle(rng);
        for kind in jobs {
            let times = once(kind, rng);
            for (form, took) in times.into_iter().filter(|_| kept) {
                let at = sampled.iter().position(|known| known.form == form).unwrap_or_else(|| {
                    sampled.push(Sampled { form, times: BTreeMap::new() });
                    sampled.len() - 1
                });
                sampled[at].times.entry(kind).or_default().push(took.as_secs_f64() * 1_000.0);
            }
        }
    }
    sampled
}

/// Compares every kind with the first.
fn rows(sampled: &[Sampled], names: &[&'static str]) -> Vec<Row> {
    let mut rows = Vec::new();
    for Sampled { form, times } in sampled {
        let usual = &times[&0];
        for (kind, times) in times.iter().filter(|(kind, _)| **kind != 0) {
            let (form, what, n) = (*form, names[*kind], times.len());
            rows.push(Row { form, what, n, usual: median(usual), median: median(times), p: mann_whitney(usual, times) });
        }
    }
    rows
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

/// How likely two samples of the same source differ at least as much in rank: Mann–Whitney's U, two-sided, with the normal distribution, its
/// continuity correction and that for ties.
fn mann_whitney(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = one.iter().map(|time| (*time, true)).chain(other.iter().map(|time| (*time, false))).collect();
    all.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let (n1, n2, n) = (float(one.len()), float(other.len()), float(all.len()));
    let (mut rank_sum, mut ties, mut before) = (0.0, 0.0, 0.0);
    for tied in all.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
        let t = float(tied.len());
        rank_sum += (before + f64::midpoint(t, 1.0)) * float(tied.iter().filter(|(_, is_one)| *is_one).count());
        ties += t * t * t - t;
        before += t;
    }
    let u = rank_sum - n1 * (n1 + 1.0) / 2.0;
    let deviation = (n1 * n2 / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)))).sqrt();
    if deviation == 0.0 {
        return 1.0;
    }
    let z = ((u - n1 * n2 / 2.0).abs() - 0.5).max(0.0) / deviation;
    erfc(z / std::f64::consts::SQRT_2)
}

fn float(count: usize) -> f64 {
    u32::try_from(count).unwrap().into()
}

/// The complementary error function of a number that is not negative, by Abramowitz and Stegun 7.1.26: wrong by less than 2·10⁻⁷.
fn erfc(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    series.into_iter().fold(0.0, |sum, factor| (sum + factor) * t) * (-x * x).exp()
}

/// What a try is counted in takes time, too: the throttle is on, with numbers so large that it refuses nothing.
fn counted_and_never_refused() -> Vec<(&'static str, &'static str)> {
    const ENDLESS: &str = "100000000";
    let mut settings = vec![("ENABLED", "true"), ("ANSWERS_IN_A_ROW", ENDLESS), ("PROVISIONAL_TRIES", ENDLESS)];
    let windows =
        ["ANSWERS_HOUR__TRIES", "ANSWERS_DAY__TRIES", "ADDRESS__TRIES", "NEIGHBOURHOOD__TRIES", "PEOPLE_ADDRESS__TRIES"];
    let more = ["PEOPLE_NEIGHBOURHOOD__TRIES", "GLOBAL__TRIES", "SENDS_PERSON__TRIES", "SENDS_RECIPIENT__TRIES"];
    let sends = ["SENDS_ADDRESS__TRIES", "SENDS_PREFIX__TRIES", "SENDS_SITE__TRIES"];
    let waits = ["KEYS_PERSON__FREE", "DEVICE__FREE", "UPDATE_PERSON__FREE", "REGISTER_PERSON__FREE", "PAIR__FREE"];
    settings.extend([&windows[..], &more, &sends, &waits].concat().into_iter().map(|name| (name, ENDLESS)));
    settings
}

/// The program to be measured: the release build where `CLAVERO_BIN` names one.
pub fn serve(installation: &Installation, settings: &[(&str, &str)]) -> Server {
    let model = installation.command(&["serve"]);
    let program = env("CLAVERO_BIN").map_or_else(|| model.get_program().to_owned(), Into::into);
    let mut command = Command::new(program);
    command.args(model.get_args()).current_dir(installation.folder.path()).env_clear();
    command.envs(model.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.envs(settings.iter().map(|(name, value)| (format!("CLAVERO__LIMITS__{name}"), value)));
    Server::start(command)
}

fn samples() -> usize {
    env("CLAVERO_TIMING_SAMPLES").map_or(SAMPLES, |number| number.parse().unwrap())
}

#[track_caller]
fn timed(raw: Raw, form: &'static str, expected: &[u16], times: &mut Times) -> Raw {
    assert!(expected.contains(&raw.page.status), "{form}: {}\n\n{}", raw.head, raw.page.text);
    times.push((form, raw.took()));
    raw
}

const WRONG: &[u16] = &[422];
const REFUSED: &[u16] = &[429];
const WRONG_ANSWER: [(&str, &str); 2] = [("respuesta", "Otra respuesta"), ("captcha", CAPTCHA)];
const NO_CAPTCHA: (&str, &str) = ("accion", "sin_captcha");

/// As far as the page with the question.
fn to_the_question(wire: &mut Wire, someone: &Someone, times: &mut Times) -> Raw {
    let form = wire.get(RECOVER).is(200).page;
    let sent = timed(wire.post(RECOVER, &filled(&form, &[("rut", &someone.rut)])), "Recuperar: RUT", &[303], times);
    timed(wire.get(&sent.page.location), "Recuperar: question page", &[200], times)
}

fn answers_wrong(wire: &mut Wire, someone: &Someone, expected: &[u16]) -> Times {
    let mut times = Times::new();
    let form = to_the_question(wire, someone, &mut times).page;
    timed(wire.post(RECOVER, &filled(&form, &WRONG_ANSWER)), "Recuperar: wrong answer", expected, &mut times);
    times
}

fn recovers_without_captcha(wire: &mut Wire, someone: &Someone) -> Times {
    let mut times = Times::new();
    let form = to_the_question(wire, someone, &mut Times::new()).page;
    let another = wire.post(RECOVER, &filled(&form, &[("accion", "refrescar")]));
    let form = timed(another, "Recuperar: another captcha", &[200], &mut times).page;
    timed(wire.post(RECOVER, &filled(&form, &[NO_CAPTCHA])), "Recuperar: no captcha", &[303], &mut times);
    times
}

fn tries_a_key(wire: &mut Wire, someone: &Someone, expected: &[u16]) -> Times {
    let mut times = Times::new();
    let form = wire.get(CHANGE).is(200).page;
    let fields = someone.changing(&form, "otracosa9", "segunda-2");
    timed(wire.post(CHANGE, &fields), "Cambiar: wrong key", expected, &mut times);
    times
}

fn changes_without_captcha(wire: &mut Wire, someone: &Someone) -> Times {
    let mut times = Times::new();
    let form = wire.get(CHANGE).is(200).page;
    timed(wire.post(CHANGE, &filled(&form, &[("rut", &someone.rut), NO_CAPTCHA])), "Cambiar: no captcha", &[303], &mut times);
    times
}

fn facts(someone: &Someone) -> Vec<(&str, &str)> {
    vec![("rut", &someone.rut), BIRTH[0], BIRTH[1], ("fecha_nacimiento_anio", "1993"), ("email", &someone.email)]
}

fn tells_wrong_facts(wire: &mut Wire, someone: &Someone, expected: &[u16]) -> Times {
    let mut times = Times::new();
    let form = wire.get(UPDATE).is(200).page;
    timed(wire.post(UPDATE, &filled(&form, &facts(someone))), "Actualizar: wrong facts", expected, &mut times);
    times
}

fn tells_a_wrong_key(wire: &mut Wire, someone: &Someone, expected: &[u16]) -> Times {
    let mut times = Times::new();
    let form = wire.get(&format!("{UPDATE}?con=clave")).is(200).page;
    let fields = [facts(someone), vec![("clave_actual", "otracosa9")]].concat();
    timed(wire.post(UPDATE, &filled(&form, &fields)), "Actualizar: wrong key", expected, &mut times);
    times
}

fn registers(wire: &mut Wire, someone: &Someone) -> Times {
    let mut times = Times::new();
    let form = wire.get(REGISTER).is(200).page;
    let sent = wire.post(REGISTER, &someone.registration(&form, "tercera-3"));
    let sent = timed(sent, "Registrar", &[303], &mut times);
    timed(wire.get(&sent.page.location), "Registrar: result", &[200], &mut times);
    times
}

type Scene = fn(&mut Wire, &Someone) -> Times;
/// One that is told which statuses are right.
type Expecting = fn(&mut Wire, &Someone, &[u16]) -> Times;

#[test]
#[ignore = "takes minutes on a calm machine: ./test --timing"]
fn no_form_takes_longer_for_some_states_than_for_unregistered_ruts() {
    let (installation, n) = (Installation::new(), samples());
    // The provisional keys live through all wrong tries.
    let server = serve(&installation, &counted_and_never_refused());
    let mut cast = Cast::gather(&installation, &server, EACH);
    let (mut wire, mut rng) = (Wire::to(server.address), rand::make_rng::<StdRng>());
    let scenes: [(&str, Scene); 7] = [
        ("recuperar-sin-captcha", recovers_without_captcha),
        ("cambiar-sin-captcha", changes_without_captcha),
        ("actualizar", |wire, someone| tells_wrong_facts(wire, someone, WRONG)),
        ("actualizar-con-clave", |wire, someone| tells_a_wrong_key(wire, someone, WRONG)),
        (REGISTERS, registers),
        ("cambiar", |wire, someone| tries_a_key(wire, someone, WRONG)),
        ("recuperar", |wire, someone| answers_wrong(wire, someone, WRONG)),
    ];
    let only = env("CLAVERO_TIMING_FORM");
    print_head("unregistered");
    let mut all = Vec::new();
    for (name, scene) in scenes.into_iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name)) {
        let sampled = sample(State::ALL.len(), n, &mut rng, |kind, rng| {
            let state = State::ALL[kind];
            // Only the first registration of a RUT is that of an unregistered one.
            let someone = if name == REGISTERS && state == State::Unregistered {
                cast.stranger()
            } else {
                cast.of(state)[rng.random_range(0..EACH)].clone()
            };
            scene(&mut wire, &someone)
        });
        let rows = rows(&sampled, &State::ALL.map(State::name));
        rows.iter().for_each(Row::print);
        all.extend(rows);
    }
    assert!(!all.is_empty(), "no form is called {only:?}");
    judge(&all);
}

#[test]
#[ignore = "takes minutes on a calm machine: ./test --timing"]
fn no_refusal_takes_another_time_than_a_wrong_proof() {
    let (installation, n) = (Installation::new(), samples());
    let unlimited =
        ["ADDRESS", "NEIGHBOURHOOD", "PEOPLE_ADDRESS", "PEOPLE_NEIGHBOURHOOD", "GLOBAL"].map(|name| format!("{name}__TRIES"));
    let mut settings = vec![("ENABLED", "true"), ("PAIR__FREE", "1000000"), ("ANSWERS_HOUR__TRIES", "1")];
    settings.extend(unlimited.iter().map(|name| (name.as_str(), "1000000000")));
    for (free, first, longest) in [
        ("KEYS_PERSON__FREE", "KEYS_PERSON__FIRST_SECONDS", "KEYS_PERSON__LONGEST_MINUTES"),
        ("UPDATE_PERSON__FREE", "UPDATE_PERSON__FIRST_SECONDS", "UPDATE_PERSON__LONGEST_MINUTES"),
    ] {
        settings.extend([(free, "1"), (first, "7200"), (longest, "1440")]);
    }
    let server = serve(&installation, &settings);
    let mut cast = Cast::gather(&installation, &server, 0);
    let (mut wire, mut rng) = (Wire::to(server.address), rand::make_rng::<StdRng>());
    let scenes: [Expecting; 4] = [answers_wrong, tries_a_key, tells_wrong_facts, tells_a_wrong_key];
    print_head("wrong");
    let mut all = Vec::new();
    for scene in scenes {
        let tried: Vec<Someone> = std::iter::repeat_with(|| cast.stranger()).take(EACH).collect();
        // Whoever hammers is moved to another lane of the person's (`limits::lane`), and has a try there.
        for someone in tried.iter().flat_map(|someone| [someone; 6]) {
            scene(&mut wire, someone, &[WRONG, REFUSED].concat());
        }
        let sampled = sample(2, n, &mut rng, |kind, rng| {
            let times = match kind {
                0 => scene(&mut wire, &cast.stranger(), WRONG),
                _ => scene(&mut wire, &tried[rng.random_range(0..EACH)], REFUSED),
            };
            // The steps before it are the same for both.
            times.last().copied().into_iter().collect()
        });
        let rows = rows(&sampled, &["wrong", "refused"]);
        rows.iter().for_each(Row::print);
        all.extend(rows);
    }
    judge(&all);
}

#[track_caller]
fn judge(rows: &[Row]) {
    let told: Vec<&Row> = rows.iter().filter(|row| row.p < CERTAIN).collect();
    let largest = told.iter().map(|row| row.difference().abs()).fold(0.0, f64::max);
    println!("\n{} of {} lines have p < {CERTAIN}; their largest difference is {largest:.2} ms.", told.len(), rows.len());
    let failed: Vec<String> = rows
        .iter()
        .filter(|row| row.is_too_large() || row.is_remarkable())
        .map(|row| format!("{}: {}", row.form, row.what))
        .collect();
    assert!(failed.is_empty(), "told apart by {TOO_MANY} ms or more, or by more than 1 ms and a tenth: {failed:?}");
}

#[test]
fn mann_whitney_gives_the_known_values() {
    let close = |one: f64, other: f64| (one - other).abs() < 0.000_05;
    // Hollander and Wolfe, permeability of membranes: U = 35 of 50.
    let term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    let early = [1.15, 0.88, 0.90, 0.74, 1.21];
    assert!(close(mann_whitney(&term, &early), 0.244_6), "{}", mann_whitney(&term, &early));
    assert!(close(mann_whitney(&early, &term), 0.244_6), "the order does not matter");
    // z = (12.5 − 0.5) / √(25 · 11 / 12)
    assert!(close(mann_whitney(&[1.0, 2.0, 3.0, 4.0, 5.0], &[6.0, 7.0, 8.0, 9.0, 10.0]), 0.012_19));
    // U = 3; ties of 2, 3, 3 and 2 take 60 / 90 off the eleven: z = (9.5 − 0.5) / √(25 / 12 · 31 / 3)
    assert!(close(mann_whitney(&[1.0, 1.0, 2.0, 2.0, 3.0], &[2.0, 3.0, 3.0, 4.0, 4.0]), 0.05241));
    assert!(close(mann_whitney(&[1.0, 1.0], &[1.0, 1.0]), 1.0));
}

#[test]
fn a_shift_of_two_milliseconds_is_found_and_none_is_not() {
    let mut rng: StdRng = rand::SeedableRng::seed_from_u64(1);
    let mut noisy = |shift: f64| -> Vec<f64> { (0..SAMPLES).map(|_| 45.0 + shift + rng.random_range(0.0_f64..9.0)).collect() };
    let (usual, same, late) = (noisy(0.0), noisy(0.0), noisy(2.0));
    let row = |other: &[f64]| Row {
        form: "",
        what: "",
        n: SAMPLES,
        usual: median(&usual),
        median: median(other),
        p: mann_whitney(&usual, other),
    };
    assert!(!row(&same).is_too_large());
    assert!(row(&late).p < CERTAIN);
    assert!(row(&noisy(3.0)).is_too_large());
    assert_eq!((median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0, 2.0, 3.0])), (2.0, 2.5));
}
