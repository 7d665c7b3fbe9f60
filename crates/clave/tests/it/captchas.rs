//! Captchas, their policies and levels, and the work beside them: on two nodes that share a database.

use std::{net::IpAddr, sync::Arc, time::Duration};

use altcha::{Challenge, ChallengeParameters, SolveChallengeOptions, solve_challenge};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use clave::{
    Clave, Cx, Proof,
    attempt::{self, Attempt, Human, Refused, Solution},
    challenge::{self, LIFETIME, Level, Ticket, Wanted},
    device::Device,
    epoch,
    flow::Browser,
    limits::Subject,
    outbox::Process,
    settings::{Budget, Captcha, CaptchaLevel, Limits, Policy, Settings},
    vault::hex,
    work::{self, Work},
};
use rut::Rut;
use tokio::task::JoinSet;

use crate::{
    people::{BROWSER, RUT, STRANGER, UNKNOWN, attempt as form, rut},
    support::TestClave,
};

const PROCESSES: [Process; 4] = [Process::Register, Process::Recover, Process::ChangeKey, Process::LogIn];

fn at(clave: &Arc<Clave>, address: &str) -> Cx {
    Cx::new(Arc::clone(clave), Some(address.parse::<IpAddr>().unwrap()))
}

fn people() -> impl Iterator<Item = Rut> {
    (10_000_001..).filter_map(Rut::from_number)
}

fn subject(process: Process, rut: Rut) -> Subject<'static> {
    match process {
        Process::Register => Subject::Register(rut),
        Process::Recover => Subject::Answers(rut),
        Process::ChangeKey | Process::LogIn => Subject::Keys(rut),
    }
}

/// Sends a form; everything but its proof of identity is judged.
async fn sends(cx: &mut Cx, process: Process, rut: Rut, human: Human) -> Result<(), Refused> {
    sends_from(cx, process, rut, human, UNKNOWN).await
}

async fn sends_from(cx: &mut Cx, process: Process, rut: Rut, human: Human, device: Device) -> Result<(), Refused> {
    let attempt = Attempt { human, device, ..form(cx) };
    let (tx, _) = attempt::reserve(cx, &attempt, rut, subject(process, rut), Proof::Nothing).await?;
    tx.commit().await.unwrap();
    Ok(())
}

fn captcha(cx: &Cx, text: &str, process: Process, solution: Solution, work: Work) -> Human {
    Human::Captcha { process, ticket: Ticket::parse(cx, text, process, BROWSER), solution, work }
}

/// A new captcha that is solved rightly, or not.
fn solved(cx: &mut Cx, process: Process, solution: Solution, work: Work) -> Human {
    let ticket = Some(Ticket::issue(cx, process, BROWSER, Level::Normal).unwrap());
    Human::Captcha { process, ticket, solution, work }
}

async fn wanted(cx: &Cx, process: Process, rut: Option<Rut>) -> Wanted {
    challenge::wanted(cx, process, rut, UNKNOWN).await.unwrap()
}

/// What a browser does, by another hand than ours.
fn search(cx: &Cx, ticket: &Ticket) -> String {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(ticket.as_str()).unwrap();
    let puzzle = ticket.puzzle(cx).unwrap();
    let parameters = ChallengeParameters {
        algorithm: "PBKDF2/SHA-256".to_owned(),
        cost: work::ROUNDS,
        data: None,
        expires_at: None,
        key_length: 32,
        key_prefix: puzzle.prefix,
        key_signature: None,
        memory_cost: None,
        nonce: hex(&bytes[..16]),
        parallelism: None,
        salt: hex(&bytes[bytes.len() - 16..]),
    };
    let challenge = Challenge { parameters, signature: None };
    let found = solve_challenge(SolveChallengeOptions::new(&challenge)).unwrap().unwrap();
    assert!(found.counter < puzzle.most);
    format!("{}.{}", found.counter, found.derived_key)
}

#[tokio::test]
async fn a_captcha_that_is_replayed_foreign_expired_or_from_before_a_restore_never_passes_on_either_node() {
    let app = TestClave::new().await;
    let nodes = [Arc::clone(&app.clave), app.another_node().await];
    for (one, other) in [(0, 1), (1, 0), (0, 0)] {
        let (mut here, mut there) = (at(&nodes[one], "192.0.2.1"), at(&nodes[other], "192.0.2.2"));
        for process in PROCESSES {
            let text = Ticket::issue(&mut here, process, BROWSER, Level::Normal).unwrap().as_str().to_owned();
            for foreign in PROCESSES.into_iter().filter(|foreign| *foreign != process) {
                assert!(Ticket::parse(&there, &text, foreign, BROWSER).is_none(), "{process:?} as {foreign:?}");
                let human = captcha(&there, &text, foreign, Solution::Right, Work::Right);
                assert!(matches!(sends(&mut there, foreign, rut(RUT), human).await, Err(Refused::Captcha)));
            }
            assert!(Ticket::parse(&there, &text, process, Browser([8; 32])).is_none(), "another browser");
            let human = captcha(&there, &text, process, Solution::Right, Work::Right);
            sends(&mut there, process, rut(RUT), human).await.unwrap();
            for cx in [&mut there, &mut here] {
                let human = captcha(cx, &text, process, Solution::Right, Work::Right);
                assert!(matches!(sends(cx, process, rut(RUT), human).await, Err(Refused::Captcha)), "{process:?} replayed");
            }
        }
        let text = Ticket::issue(&mut here, Process::Register, BROWSER, Level::Normal).unwrap().as_str().to_owned();
        let human = captcha(&there, &text, Process::Register, Solution::Wrong, Work::Right);
        assert!(matches!(sends(&mut there, Process::Register, rut(STRANGER), human).await, Err(Refused::Captcha)));
        let human = captcha(&here, &text, Process::Register, Solution::Right, Work::Right);
        let after_wrong = sends(&mut here, Process::Register, rut(STRANGER), human).await;
        assert!(matches!(after_wrong, Err(Refused::Captcha)), "a wrong answer burns it, too");
        let text = Ticket::issue(&mut here, Process::Register, BROWSER, Level::Normal).unwrap().as_str().to_owned();
        // A form with other mistakes, or «Refrescar».
        attempt::burn_unused(&there, &captcha(&there, &text, Process::Register, Solution::Right, Work::Right)).await.unwrap();
        let human = captcha(&here, &text, Process::Register, Solution::Right, Work::Right);
        assert!(matches!(sends(&mut here, Process::Register, rut(STRANGER), human).await, Err(Refused::Captcha)), "seen before");
    }
    let text = Ticket::issue(&mut app.cx(), Process::Recover, BROWSER, Level::Normal).unwrap().as_str().to_owned();
    app.wait(LIFETIME.checked_sub(Duration::from_micros(1)).unwrap());
    assert!(Ticket::parse(&app.cx(), &text, Process::Recover, BROWSER).is_some());
    app.wait(Duration::from_micros(1));
    for node in &nodes {
        let mut cx = at(node, "192.0.2.1");
        let human = captcha(&cx, &text, Process::Recover, Solution::Right, Work::Right);
        assert!(matches!(sends(&mut cx, Process::Recover, rut(RUT), human).await, Err(Refused::Captcha)), "expired");
    }
    let text = Ticket::issue(&mut app.cx(), Process::Recover, BROWSER, Level::Normal).unwrap().as_str().to_owned();
    app.wait(Duration::from_secs(1));
    epoch::begin(&mut app.cx()).await.unwrap();
    epoch::refresh(&nodes[1]).await.unwrap();
    for node in &nodes {
        let mut cx = at(node, "192.0.2.1");
        let human = captcha(&cx, &text, Process::Recover, Solution::Right, Work::Right);
        assert!(matches!(sends(&mut cx, Process::Recover, rut(RUT), human).await, Err(Refused::Captcha)), "before a restore");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_that_send_one_captcha_to_two_nodes_one_passes() {
    let app = TestClave::new().await;
    let nodes = [Arc::clone(&app.clave), app.another_node().await];
    for process in PROCESSES {
        let ticket = Ticket::issue(&mut app.cx(), process, BROWSER, Level::High).unwrap();
        let mut senders = JoinSet::new();
        for (number, rut) in people().take(16).enumerate() {
            let (node, text) = (Arc::clone(&nodes[number % 2]), ticket.as_str().to_owned());
            senders.spawn(async move {
                let mut cx = at(&node, &format!("198.51.100.{number}"));
                let human = captcha(&cx, &text, process, Solution::Right, Work::Right);
                sends(&mut cx, process, rut, human).await.is_ok()
            });
        }
        assert_eq!(senders.join_all().await.into_iter().filter(|passed| *passed).count(), 1, "{process:?}");
    }
}

#[tokio::test]
async fn each_process_asks_as_its_policy_says_and_who_says_not_to_have_been_asked_is_not_believed() {
    for process in PROCESSES {
        for policy in [Policy::Always, Policy::Risk, Policy::Off] {
            let mut rules = Captcha { after: 2, ..Captcha::default() };
            match process {
                Process::Register => rules.register = policy,
                Process::Recover => rules.recover = policy,
                Process::ChangeKey => rules.change_key = policy,
                Process::LogIn => rules.login = policy,
            }
            let app = TestClave::with(Settings { captcha: rules, ..Settings::default() }).await;
            let other = app.another_node().await;
            let asks = async |after: &str| {
                let said = format!("{process:?} {policy:?} {after}");
                let mut cx = at(&app.clave, "192.0.2.1");
                let asked = wanted(&cx, process, Some(rut(RUT))).await.asked;
                let without = sends(&mut cx, process, rut(RUT), Human::NotYetAsked(process)).await;
                assert_eq!(asked, matches!(without, Err(Refused::Captcha)), "{said}: what is shown is what is demanded");
                asked
            };
            assert_eq!(asks("at first").await, policy == Policy::Always);
            // One failure was counted above where nothing was asked; these come by the other node, and from elsewhere.
            for _ in 0..2 {
                let mut cx = at(&other, "203.0.113.9");
                let human = solved(&mut cx, process, Solution::Right, Work::Right);
                sends(&mut cx, process, rut(RUT), human).await.unwrap();
            }
            assert_eq!(asks("after failures").await, policy != Policy::Off);
            let fresh = wanted(&at(&other, "198.51.100.1"), process, Some(rut(STRANGER))).await;
            assert_eq!(fresh.asked, policy == Policy::Always, "{process:?} {policy:?}: nobody else is asked");
        }
    }
}

#[tokio::test]
async fn under_risk_an_address_that_registers_many_people_is_asked() {
    let rules = Captcha { register: Policy::Risk, ..Captcha::default() };
    let app = TestClave::with(Settings { captcha: rules, ..Settings::default() }).await;
    for person in people().take(9) {
        let mut cx = at(&app.clave, "192.0.2.1");
        assert!(!wanted(&cx, Process::Register, None).await.asked);
        sends(&mut cx, Process::Register, person, Human::NotYetAsked(Process::Register)).await.unwrap();
    }
    let mut cx = at(&app.clave, "192.0.2.1");
    assert_eq!(wanted(&cx, Process::Register, None).await, Wanted { asked: true, level: Level::Normal }, "a class, perhaps");
    let refused = sends(&mut cx, Process::Register, rut(RUT), Human::NotYetAsked(Process::Register)).await;
    assert!(matches!(refused, Err(Refused::Captcha)));
    assert!(!wanted(&at(&app.clave, "192.0.2.2"), Process::Register, None).await.asked);
}

#[tokio::test]
async fn the_level_is_signed_and_cannot_be_lowered() {
    let app = TestClave::new().await;
    let mut cx = app.cx();
    let ticket = Ticket::issue(&mut cx, Process::LogIn, BROWSER, Level::High).unwrap();
    assert_eq!(Ticket::parse(&cx, ticket.as_str(), Process::LogIn, BROWSER).unwrap().level(), Level::High);
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(ticket.as_str()).unwrap();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.clone();
            altered[place] ^= 1 << bit;
            let text = BASE64_URL_SAFE_NO_PAD.encode(altered);
            assert!(Ticket::parse(&cx, &text, Process::LogIn, BROWSER).is_none(), "byte {place}, bit {bit}");
        }
    }
}

#[tokio::test]
async fn wrong_captchas_of_the_whole_installation_make_everybodys_harder_until_they_end() {
    let limits = Limits { wrong_site: Budget::new(12, 10), ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    let nodes = [Arc::clone(&app.clave), app.another_node().await];
    let level = async |node: usize| wanted(&at(&nodes[node], "203.0.113.77"), Process::Register, None).await.level;
    for (number, person) in people().take(12).enumerate() {
        assert_eq!((level(0).await, level(1).await), (Level::Normal, Level::Normal), "after {number}");
        let mut cx = at(&nodes[number % 2], &format!("198.51.100.{number}"));
        // Wrong letters and wrong work alike.
        let (solution, work) = if number % 3 == 0 { (Solution::Right, Work::Wrong) } else { (Solution::Wrong, Work::Right) };
        let human = solved(&mut cx, Process::Register, solution, work);
        assert_eq!(sends(&mut cx, Process::Register, person, human).await.is_ok(), solution == Solution::Right);
    }
    assert_eq!((level(0).await, level(1).await), (Level::High, Level::High));
    let login = wanted(&at(&nodes[0], "203.0.113.77"), Process::LogIn, Some(rut(RUT))).await;
    assert!(!login.asked, "an attack elsewhere puts no captcha where none was");
    app.wait(Duration::from_mins(10));
    assert_eq!((level(0).await, level(1).await), (Level::Normal, Level::Normal));
}

#[tokio::test]
async fn an_address_that_is_often_wrong_or_never_works_gets_the_harder_one_and_nobody_else() {
    let limits = Limits { wrong_address: Budget::new(6, 10), ..Limits::default() };
    for (solution, work, forms) in
        [(Solution::Wrong, Work::Right, 6), (Solution::Right, Work::Absent, 6), (Solution::Wrong, Work::Absent, 3)]
    {
        let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
        for person in people().take(forms) {
            let mut cx = at(&app.clave, "2001:db8:1:2::1");
            assert_eq!(wanted(&cx, Process::Recover, None).await.level, Level::Normal);
            let human = solved(&mut cx, Process::Recover, solution, work);
            assert_eq!(sends(&mut cx, Process::Recover, person, human).await.is_ok(), solution == Solution::Right);
        }
        let same_subscriber = wanted(&at(&app.clave, "2001:db8:1:2::9"), Process::Recover, None).await;
        assert_eq!(same_subscriber.level, Level::High, "{solution:?} {work:?}");
        assert!(wanted(&at(&app.clave, "2001:db8:1:2::9"), Process::LogIn, None).await.asked, "it is suspicious as well");
        assert_eq!(wanted(&at(&app.clave, "2001:db8:1:3::1"), Process::Recover, None).await.level, Level::Normal);
        app.wait(Duration::from_mins(10));
        assert_eq!(wanted(&at(&app.clave, "2001:db8:1:2::1"), Process::Recover, None).await.level, Level::Normal);
    }
}

#[tokio::test]
async fn one_address_alone_or_forms_without_a_captcha_are_no_attack_on_the_installation() {
    let limits = Limits { wrong_site: Budget::new(12, 10), wrong_address: Budget::new(6, 10), ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    let level = async || wanted(&at(&app.clave, "203.0.113.77"), Process::Register, None).await.level;
    for person in people().take(20) {
        let mut cx = at(&app.clave, "198.51.100.1");
        let human = solved(&mut cx, Process::Register, Solution::Wrong, Work::Right);
        assert!(sends(&mut cx, Process::Register, person, human).await.is_err());
    }
    for (number, person) in people().take(20).enumerate() {
        let mut cx = at(&app.clave, &format!("192.0.2.{number}"));
        let human = captcha(&cx, "x", Process::Register, Solution::Wrong, Work::Absent);
        assert!(sends(&mut cx, Process::Register, person, human).await.is_err());
    }
    assert_eq!(level().await, Level::Normal);
    for (number, person) in people().take(6).enumerate() {
        let mut cx = at(&app.clave, &format!("198.51.100.{}", 10 + number));
        let human = solved(&mut cx, Process::Register, Solution::Wrong, Work::Right);
        assert!(sends(&mut cx, Process::Register, person, human).await.is_err());
    }
    assert_eq!(level().await, Level::High, "six of the one address and six of others");
}

#[tokio::test]
async fn browsers_without_script_are_no_attack_on_the_installation() {
    let limits = Limits { wrong_site: Budget::new(3, 10), ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    for (number, person) in people().take(9).enumerate() {
        let mut cx = at(&app.clave, &format!("198.51.100.{number}"));
        let human = solved(&mut cx, Process::Register, Solution::Right, Work::Absent);
        sends(&mut cx, Process::Register, person, human).await.unwrap();
    }
    assert_eq!(wanted(&at(&app.clave, "203.0.113.1"), Process::Register, None).await.level, Level::Normal);
}

#[tokio::test]
async fn failures_at_a_person_make_the_captcha_harder_but_not_on_the_owners_device() {
    const HOME: Device = Device([1; 32]);
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut tx = app.clave.db.begin().await.unwrap();
    HOME.remember(&mut tx, rut(RUT), app.now(), app.now().plus(Duration::from_hours(1))).await.unwrap();
    tx.commit().await.unwrap();
    for (number, level) in [Level::Normal; 6].into_iter().chain([Level::High]).enumerate() {
        for person in [RUT, STRANGER] {
            let mut cx = at(&app.clave, "192.0.2.1");
            let seen = wanted(&cx, Process::LogIn, Some(rut(person))).await;
            assert_eq!(seen, Wanted { asked: number >= 3, level }, "{person} after {number}");
            let human = solved(&mut cx, Process::LogIn, Solution::Right, Work::Right);
            sends(&mut cx, Process::LogIn, rut(person), human).await.unwrap();
        }
    }
    let cx = at(&app.clave, "192.0.2.1");
    let owner = challenge::wanted(&cx, Process::LogIn, Some(rut(RUT)), HOME).await.unwrap();
    assert_eq!(owner, Wanted { asked: false, level: Level::Normal });
}

#[tokio::test]
async fn the_configured_level_stands_whatever_happens() {
    for (level, seen) in [(CaptchaLevel::Normal, Level::Normal), (CaptchaLevel::Alto, Level::High)] {
        let captcha = Captcha { level, ..Captcha::default() };
        let limits = Limits { wrong_address: Budget::new(1, 10), ..Limits::default() };
        let app = TestClave::with(Settings { captcha, limits, ..Settings::default() }).await;
        let mut cx = at(&app.clave, "192.0.2.1");
        assert_eq!(wanted(&cx, Process::Register, None).await.level, seen);
        let human = solved(&mut cx, Process::Register, Solution::Wrong, Work::Right);
        assert!(sends(&mut cx, Process::Register, rut(RUT), human).await.is_err());
        assert_eq!(wanted(&cx, Process::Register, None).await.level, seen);
    }
}

#[tokio::test]
async fn right_captchas_lift_no_budget_and_missing_work_counts_twice() {
    let limits = Limits { address: Budget::new(6, 10), ..Limits::default() };
    for (work, forms) in [(Work::Right, 6), (Work::Absent, 3), (Work::Wrong, 3)] {
        let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
        let mut people = people();
        for person in people.by_ref().take(forms) {
            let mut cx = at(&app.clave, "192.0.2.1");
            let human = solved(&mut cx, Process::Register, Solution::Right, work);
            sends(&mut cx, Process::Register, person, human).await.unwrap();
        }
        let mut cx = at(&app.clave, "192.0.2.1");
        let human = solved(&mut cx, Process::Register, Solution::Right, Work::Right);
        let refused = sends(&mut cx, Process::Register, people.next().unwrap(), human).await;
        assert!(matches!(refused, Err(Refused::TooManyTries { .. })), "{work:?}: {refused:?}");
    }
}

#[tokio::test]
async fn work_is_checked_on_every_node_and_serves_its_own_ticket_alone() {
    let app = TestClave::new().await;
    let other = app.another_node().await;
    let there = Cx::new(Arc::clone(&other), None);
    let mut cx = app.cx();
    let tickets = [Level::Normal, Level::High].map(|level| Ticket::issue(&mut cx, Process::Register, BROWSER, level).unwrap());
    let found = tickets.each_ref().map(|ticket| search(&cx, ticket));
    for (ticket, found) in tickets.iter().zip(&found) {
        let ticket = Ticket::parse(&there, ticket.as_str(), Process::Register, BROWSER).unwrap();
        assert_eq!(ticket.work(&there, found).unwrap(), Work::Right);
        assert_eq!(ticket.work(&there, "").unwrap(), Work::Absent);
        let (number, key) = found.split_once('.').unwrap();
        let after = number.parse::<u32>().unwrap() + 1;
        let other_key = format!("{}{}", &key[..8], &hex(&[0; 28]));
        for wrong in [
            format!("{after}.{key}"),
            format!("{number}.{other_key}"),
            format!("{number}.{}", &key[..62]),
            format!("{number}.{key}00"),
            format!("+{number}.{}", key.replace(|c: char| c.is_ascii_digit(), "a")),
            number.to_owned(),
            key.to_owned(),
            ".".to_owned(),
            "4294967296.aa".to_owned(),
        ] {
            assert_eq!(ticket.work(&there, &wrong).unwrap(), Work::Wrong, "{wrong}");
        }
    }
    assert_eq!(tickets[0].work(&cx, &found[1]).unwrap(), Work::Wrong);
    assert_eq!(tickets[1].work(&cx, &found[0]).unwrap(), Work::Wrong);
    assert_eq!((work::most(Level::Normal) * 8, work::most(Level::High)), (4_096, 4_096));
}
