//! The guide's processes as use cases: what they do, what they refuse, what they leave behind.

use std::{sync::Arc, time::Duration};

use clave::{
    Cx, Secret,
    attempt::{Attempt, Human, Refused as AttemptRefused, Solution},
    audit, captcha_link,
    challenge::{Level, Ticket},
    change_key, flow,
    flow::{Browser, Kind},
    freeze::{self, Followed},
    minimum::Datum,
    outbox::{Channel, Letter, Message, NOWHERE, Process},
    person::{self, question::Question},
    recover, register,
    settings::{OnScreen, Recovery, Settings, Sms},
    update_data::{self, Stage},
    work::Work,
    worker::{Round, Worker},
};

use crate::{
    people::{ANSWER, BROWSER, KEY, RUT, STRANGER, UNKNOWN, attempt, claim, new_contact, registration, rut, secret},
    support::{PlainWords, TestClave},
};

#[tokio::test]
async fn g3_a_registration_leaves_one_whole_account_with_its_record_and_its_notices() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut tx = app.clave.db.read().await.unwrap();
    let person = person::find(&mut tx, &app.clave.vault, rut(RUT)).await.unwrap().unwrap();
    assert_eq!(person.details.email.unwrap().as_str(), "persona@correo.example");
    assert_eq!(app.events("registered").await, 1);
    let channels: Vec<Channel> =
        app.letters().await.iter().map(|letter| if letter.to.contains('@') { Channel::Email } else { Channel::Sms }).collect();
    assert_eq!(channels.len(), 2, "mail and SMS");
    drop(tx);
}

#[tokio::test]
async fn a_second_registration_looks_the_same_changes_nothing_and_tells_the_owner() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut cx = app.cx();
    let mut again = registration(&cx, RUT);
    again.details.email = Some(crate::people::email("ladron@correo.example"));
    let attempt = attempt(&mut cx);
    let token = register::register(&mut cx, &attempt, again).await.unwrap();
    let mut tx = app.clave.db.read().await.unwrap();
    let received: register::Received = flow::outcome(&mut tx, &cx, Kind::Register, BROWSER, &token).await.unwrap().unwrap();
    assert_eq!(received.email.unwrap().as_str(), "ladron@correo.example", "the page shows what was typed, as for a new RUT");
    let person = person::find(&mut tx, &app.clave.vault, rut(RUT)).await.unwrap().unwrap();
    assert_eq!(person.details.email.unwrap().as_str(), "persona@correo.example");
    drop(tx);
    let letters = app.letters().await;
    assert!(letters.iter().all(|letter| letter.to != "ladron@correo.example"));
    assert_eq!(letters.iter().filter(|letter| matches!(letter.message, Message::AlreadyRegistered { .. })).count(), 2);
}

#[tokio::test]
async fn g4_1_the_question_is_that_ruts_own_and_strangers_have_a_stable_one() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let asked = async |number: &str| {
        let mut cx = app.cx();
        let submission = attempt(&mut cx).submission;
        let token = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, rut(number)).await.unwrap();
        recover::asked(&cx, BROWSER, &token).await.unwrap().unwrap()
    };
    assert_eq!(asked(RUT).await, (rut(RUT), Question::from_number(3)));
    assert_eq!(asked(STRANGER).await, asked(STRANGER).await);
}

#[tokio::test]
async fn g4_2_a_right_answer_makes_a_provisional_key_for_24_hours_whatever_its_spelling() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let recover::Outcome::Made { key, made_at, until, messages, .. } = app.recovers(RUT, "  ESCUELA, nunoa ").await.unwrap()
    else {
        panic!("interrupted")
    };
    assert_eq!(made_at.until(until), Duration::from_hours(24));
    assert_eq!(made_at.in_chile(), "28-05-2019 10:47");
    assert_eq!(messages.len(), 2, "G-4.3: by mail and by SMS");
    let sent: Vec<String> = app
        .letters()
        .await
        .into_iter()
        .filter_map(|letter| match letter.message {
            Message::ProvisionalKey { key, .. } => Some(key.expose().to_owned()),
            _ => None,
        })
        .collect();
    assert_eq!(sent, vec![key.unwrap().expose().to_owned(); 2], "I6: every message carries the key that is shown");
}

#[tokio::test]
async fn g4_2_a_key_that_is_not_shown_is_only_sent() {
    let app = TestClave::with(Settings {
        recovery: Recovery { on_screen: OnScreen::Hidden, ..Settings::default().recovery },
        ..Settings::default()
    })
    .await;
    app.registers(RUT).await;
    let outcome = app.recovers(RUT, ANSWER).await.unwrap();
    assert!(matches!(outcome, recover::Outcome::Made { key: None, .. }));
}

#[tokio::test]
async fn a_wrong_answer_and_an_unknown_rut_are_refused_alike() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    assert!(matches!(app.recovers(RUT, "otra cosa").await, Err(recover::Refused::WrongAnswer)));
    assert!(matches!(app.recovers(STRANGER, ANSWER).await, Err(recover::Refused::WrongAnswer)));
    assert_eq!(app.events("recovery_refused").await, 2);
}

#[tokio::test]
async fn g4_4_a_provisional_key_dies_after_24_hours() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    app.wait(Duration::from_hours(24));
    assert!(matches!(app.changes_key(RUT, &key, "nieve-88y").await, Err(change_key::Refused::WrongKey)));
}

#[tokio::test]
async fn g5_2_a_key_is_changed_with_the_current_or_a_provisional_key_and_each_only_once() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let provisional = app.provisional_key(RUT).await;
    assert!(app.changes_key(RUT, &format!(" {} ", provisional.to_lowercase()), "nieve-88y").await.is_ok());
    assert!(matches!(app.changes_key(RUT, &provisional, "barro-99z").await, Err(change_key::Refused::WrongKey)));
    assert!(matches!(app.changes_key(RUT, KEY, "barro-99z").await, Err(change_key::Refused::WrongKey)));
    assert!(app.changes_key(RUT, "nieve-88y", "barro-99z").await.is_ok());
    assert_eq!(app.events("key_changed").await, 2);
}

#[tokio::test]
async fn the_current_key_works_until_the_change_and_the_change_cancels_the_provisional_one() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let provisional = app.provisional_key(RUT).await;
    assert!(app.changes_key(RUT, KEY, "nieve-88y").await.is_ok());
    assert!(matches!(app.changes_key(RUT, &provisional, "barro-99z").await, Err(change_key::Refused::WrongKey)));
}

#[tokio::test]
async fn a_newer_provisional_key_replaces_an_older() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let (older, newer) = (app.provisional_key(RUT).await, app.provisional_key(RUT).await);
    assert!(matches!(app.changes_key(RUT, &older, "nieve-88y").await, Err(change_key::Refused::WrongKey)));
    assert!(app.changes_key(RUT, &newer, "nieve-88y").await.is_ok());
}

#[tokio::test]
async fn five_wrong_tries_kill_a_provisional_key() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    for _ in 0..5 {
        assert!(app.changes_key(RUT, "A00000A0", "nieve-88y").await.is_err());
    }
    assert!(matches!(app.changes_key(RUT, &key, "nieve-88y").await, Err(change_key::Refused::WrongKey)));
    assert!(app.changes_key(RUT, KEY, "nieve-88y").await.is_ok(), "the current key is another matter");
}

#[tokio::test]
async fn a_dead_provisional_key_is_not_revived_by_a_right_current_key() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    for _ in 0..5 {
        assert!(app.changes_key(RUT, "A00000A0", "nieve-88y").await.is_err());
    }
    let same = app.changes_key(RUT, KEY, KEY).await;
    assert!(matches!(same, Err(change_key::Refused::NewKey(change_key::NewKeyWrong::Same))));
    assert!(matches!(app.changes_key(RUT, &key, "nieve-88y").await, Err(change_key::Refused::WrongKey)));
}

#[tokio::test]
async fn a_new_key_is_not_the_current_one_nor_personal() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let provisional = app.provisional_key(RUT).await;
    let same = app.changes_key(RUT, &provisional, KEY).await;
    assert!(matches!(same, Err(change_key::Refused::NewKey(change_key::NewKeyWrong::Same))));
    for kept in [provisional.clone(), provisional.to_lowercase()] {
        let kept = app.changes_key(RUT, &provisional, &kept).await;
        assert!(matches!(kept, Err(change_key::Refused::NewKey(change_key::NewKeyWrong::Same))), "a provisional key is not kept");
    }
    let personal = app.changes_key(RUT, &provisional, "juana-7777").await;
    assert!(matches!(personal, Err(change_key::Refused::NewKey(change_key::NewKeyWrong::Rule(_)))));
    assert!(app.changes_key(RUT, &provisional, "nieve-88y").await.is_ok(), "the provisional key was not used up");
}

#[tokio::test]
async fn g7_1_missing_minimum_data_interrupts_recovery_and_change_after_the_proof_only() {
    let mut required = Datum::DEFAULT.to_vec();
    required.push(Datum::Mobile);
    let app = TestClave::with(Settings { minimum_data: required, ..Settings::default() }).await;
    let mut cx = app.cx();
    let mut new = registration(&cx, RUT);
    new.details.phone = None;
    let sent = attempt(&mut cx);
    register::register(&mut cx, &sent, new).await.unwrap();

    assert!(matches!(app.recovers(RUT, "mala").await, Err(recover::Refused::WrongAnswer)), "nothing is told before the proof");
    let recovery = app.recovers(RUT, ANSWER).await.unwrap();
    assert!(matches!(&recovery, recover::Outcome::Interrupted { missing } if *missing == [Datum::Mobile]));
    let change = app.changes_key(RUT, KEY, "nieve-88y").await.unwrap();
    assert!(matches!(&change, change_key::Outcome::Interrupted { missing } if *missing == [Datum::Mobile]));
    assert!(app.changes_key(RUT, "nieve-88y", "barro-99z").await.is_err(), "the key was not changed");
}

#[tokio::test]
async fn g6_data_are_updated_in_three_steps_and_both_addresses_hear_of_it() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut cx = app.cx();
    let first = attempt(&mut cx);
    let claim = claim(&cx, RUT);
    let token = update_data::identify(&mut cx, &first, &claim).await.unwrap();
    assert_eq!(update_data::stage(&cx, BROWSER, &token).await.unwrap(), Some(Stage::Answer));

    let early = attempt(&mut cx);
    let skipped = update_data::edit(&mut cx, &early, &token, new_contact(), None).await;
    assert!(matches!(skipped, Err(update_data::Refused::Over)), "no step can be skipped");

    let wrong = attempt(&mut cx);
    let other_question = update_data::answer(&mut cx, &wrong, &token, Question::from_number(4).unwrap(), &secret(ANSWER)).await;
    assert!(matches!(other_question, Err(update_data::Refused::WrongAnswer)), "G-6.2: the question is selected, too");
    let second = attempt(&mut cx);
    update_data::answer(&mut cx, &second, &token, Question::from_number(3).unwrap(), &secret(ANSWER)).await.unwrap();
    let third = attempt(&mut cx);
    update_data::edit(&mut cx, &third, &token, new_contact(), None).await.unwrap();
    assert!(matches!(update_data::stage(&cx, BROWSER, &token).await.unwrap(), Some(Stage::Review(_))));
    let before = app.letters().await.len();
    let last = attempt(&mut cx);
    update_data::confirm(&mut cx, &last, &token).await.unwrap();
    let mut told: Vec<String> = app
        .letters()
        .await
        .into_iter()
        .filter(|letter| matches!(letter.message, Message::DataChanged { .. }))
        .map(|letter| letter.to)
        .collect();
    told.sort();
    assert_eq!(told, ["+56912345678", "nueva@correo.example", "persona@correo.example"]);
    assert_eq!(before, 2);

    let again = attempt(&mut cx);
    assert!(matches!(update_data::confirm(&mut cx, &again, &token).await, Err(update_data::Refused::Over)));
    assert_eq!(app.events("data_changed").await, 1);
}

#[tokio::test]
async fn g6_1_rut_birth_date_and_email_must_belong_together() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut cx = app.cx();
    let mut wrong = vec![claim(&cx, STRANGER)];
    wrong.push(update_data::Claim { email: Some(crate::people::email("otra@correo.example")), ..claim(&cx, RUT) });
    wrong.push(update_data::Claim { birth: None, ..claim(&cx, RUT) });
    wrong.push(update_data::Claim { key: Some(secret("no-es-esta")), ..claim(&cx, RUT) });
    for claim in wrong {
        let attempt = attempt(&mut cx);
        assert!(matches!(update_data::identify(&mut cx, &attempt, &claim).await, Err(update_data::Refused::NoMatch)));
    }
}

#[tokio::test]
async fn the_current_key_stands_in_for_an_email_that_is_not_on_record() {
    let app = TestClave::new().await;
    let mut cx = app.cx();
    let mut new = registration(&cx, RUT);
    new.details.email = None;
    let sent = attempt(&mut cx);
    register::register(&mut cx, &sent, new).await.unwrap();
    let without = update_data::Claim { email: None, ..claim(&cx, RUT) };
    let sent = attempt(&mut cx);
    assert!(matches!(update_data::identify(&mut cx, &sent, &without).await, Err(update_data::Refused::NoMatch)));
    let with_key = update_data::Claim { email: None, key: Some(secret(KEY)), ..claim(&cx, RUT) };
    let sent = attempt(&mut cx);
    assert!(update_data::identify(&mut cx, &sent, &with_key).await.is_ok());
}

#[tokio::test]
async fn a_flow_is_of_one_browser_and_ends_after_twenty_minutes() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut cx = app.cx();
    let submission = attempt(&mut cx).submission;
    let token = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, rut(RUT)).await.unwrap();
    assert!(recover::asked(&cx, Browser([8; 32]), &token).await.unwrap().is_none());
    app.wait(flow::LIFETIME);
    assert!(recover::asked(&app.cx(), BROWSER, &token).await.unwrap().is_none());
    let mut late = app.cx();
    let sent = attempt(&mut late);
    assert!(matches!(recover::answer(&mut late, &sent, &token, None, &secret(ANSWER)).await, Err(recover::Refused::Over)));
}

#[tokio::test]
async fn a_double_click_leads_to_the_page_of_the_first_and_does_nothing_twice() {
    let app = TestClave::new().await;
    let mut cx = app.cx();
    let sent = attempt(&mut cx);
    let new = registration(&cx, RUT);
    let first = register::register(&mut cx, &sent, new).await.unwrap();
    let new = registration(&cx, RUT);
    let second = register::register(&mut cx, &sent, new).await;
    assert!(matches!(second, Err(AttemptRefused::Repeated(token)) if token == first));
    assert_eq!((app.people().await, app.messages().await), (1, 2));
}

#[tokio::test]
async fn a_captcha_is_good_for_one_try_in_one_browser_and_one_process_for_ten_minutes() {
    let app = TestClave::new().await;
    let mut cx = app.cx();
    let ticket = Ticket::issue(&mut cx, Process::Register, BROWSER, Level::Normal).unwrap();
    let text = ticket.as_str().to_owned();
    assert!(Ticket::parse(&cx, &text, Process::Recover, BROWSER).is_none());
    assert!(Ticket::parse(&cx, &text, Process::Register, Browser([8; 32])).is_none());
    assert!(Ticket::parse(&cx, &text, Process::Register, BROWSER).is_some());
    let register = async |solution| {
        let mut cx = app.cx();
        let ticket = Ticket::parse(&cx, &text, Process::Register, BROWSER);
        let human = Human::Captcha { process: Process::Register, ticket, solution, work: Work::Right };
        let attempt = Attempt { human, ..attempt(&mut cx) };
        let new = registration(&cx, RUT);
        register::register(&mut cx, &attempt, new).await
    };
    assert!(matches!(register(Solution::Wrong).await, Err(AttemptRefused::Captcha)));
    assert!(matches!(register(Solution::Right).await, Err(AttemptRefused::Captcha)), "a wrong answer burns it, too");
    app.wait(Duration::from_mins(10));
    assert!(Ticket::parse(&app.cx(), &text, Process::Register, BROWSER).is_none());
}

#[tokio::test]
async fn not_me_freezes_the_key_until_a_new_recovery() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let link = app
        .letters()
        .await
        .into_iter()
        .find_map(|letter| match letter.message {
            Message::Registered { not_me, .. } => Some(not_me),
            _ => None,
        })
        .unwrap();
    let mut cx = app.cx();
    assert_eq!(freeze::look(&cx, clave::link::Purpose::NotMe, &link).await.unwrap(), Followed::Done);
    assert_eq!(freezes(&mut cx, &link).await, Followed::Done);
    assert_eq!(freezes(&mut cx, &link).await, Followed::Gone);
    assert!(matches!(app.changes_key(RUT, KEY, "nieve-88y").await, Err(change_key::Refused::WrongKey)));
    let provisional = app.provisional_key(RUT).await;
    assert!(app.changes_key(RUT, &provisional, "nieve-88y").await.is_ok());
    assert!(app.changes_key(RUT, "nieve-88y", "barro-99z").await.is_ok(), "the change has thawed it");
}

#[tokio::test]
async fn a_link_by_message_stands_in_for_the_captcha_once_and_for_its_owner_only() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut cx = app.cx();
    asks_for_a_link(&mut cx, STRANGER).await.unwrap();
    let before = app.messages().await;
    asks_for_a_link(&mut cx, RUT).await.unwrap();
    assert_eq!((before, app.messages().await), (4, 6), "as many for an unknown RUT, two of the registration");
    let letters = app.letters().await;
    let is_to_somebody = |letter: &Letter| letter.to != NOWHERE;
    assert_eq!(letters.iter().filter(|letter| is_to_somebody(letter)).count(), 4);
    let link = letters
        .into_iter()
        .filter(is_to_somebody)
        .find_map(|letter| match letter.message {
            Message::CaptchaLink { link, .. } => Some(link),
            _ => None,
        })
        .unwrap();
    let change = async |number: &str, current: &str, new: &str| {
        let mut cx = app.cx();
        let attempt = Attempt { human: Human::Link(link.clone()), ..attempt(&mut cx) };
        change_key::change_key(&mut cx, &attempt, rut(number), &secret(current), &secret(new)).await
    };
    let captcha = |result| matches!(result, Err(change_key::Refused::Attempt(AttemptRefused::Captcha)));
    assert!(captcha(change(STRANGER, KEY, "nieve-88y").await));
    assert!(matches!(change(RUT, "mala", "nieve-88y").await, Err(change_key::Refused::WrongKey)), "a slip does not cost it");
    assert!(change(RUT, KEY, "nieve-88y").await.is_ok());
    assert!(captcha(change(RUT, "nieve-88y", "barro-99z").await));
}

#[tokio::test]
async fn messages_to_nobody_end_like_others_and_leave_for_nowhere() {
    let app = TestClave::new().await;
    asks_for_a_link(&mut app.cx(), STRANGER).await.unwrap();
    let worker = Worker::new(Arc::clone(&app.clave), Arc::new(PlainWords::default()), app.files());
    assert_eq!(worker.work_once(app.now()).await.unwrap(), Round { sent: 2, ..Round::default() });
    assert!(app.written().is_empty());
}

#[tokio::test]
async fn the_record_names_events_and_never_secrets() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    app.changes_key(RUT, &key, "nieve-88y").await.unwrap();
    assert_eq!(audit::Event::KeyChanged.name(), "key_changed");
    let mut tx = app.clave.db.read().await.unwrap();
    let rows = tx.all(sql::sql!("SELECT actor, event, COALESCE(detail, '') AS detail FROM audit")).await.unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let line = ["actor", "event", "detail"].map(|column| row.get::<String>(column).unwrap()).join(" ");
        for secret in [KEY, ANSWER, key.as_str(), "nieve-88y", "persona@"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}

async fn freezes(cx: &mut Cx, link: &Secret) -> Followed {
    let submission = attempt(cx).submission;
    freeze::freeze(cx, BROWSER, submission, link).await.unwrap()
}

async fn asks_for_a_link(cx: &mut Cx, number: &str) -> Result<(), AttemptRefused> {
    let submission = attempt(cx).submission;
    captcha_link::send(cx, BROWSER, UNKNOWN, submission, rut(number), Process::ChangeKey).await
}

/// The first link of a kind that was sent.
async fn link_in(app: &TestClave, wanted: fn(Message) -> Option<Secret>) -> Secret {
    app.letters().await.into_iter().find_map(|letter| wanted(letter.message)).unwrap()
}

fn not_me(message: Message) -> Option<Secret> {
    if let Message::Registered { not_me, .. } = message { Some(not_me) } else { None }
}

#[tokio::test]
async fn what_others_send_a_person_does_not_use_up_the_persons_own_recoveries() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    for _ in 0..3 {
        asks_for_a_link(&mut app.cx(), RUT).await.unwrap();
    }
    assert!(matches!(asks_for_a_link(&mut app.cx(), RUT).await, Err(AttemptRefused::TooManyTries { .. })));
    assert!(app.recovers(RUT, ANSWER).await.is_ok());
}

#[tokio::test]
async fn a_double_click_on_freeze_sees_the_same_page_twice() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let link = link_in(&app, not_me).await;
    let mut cx = app.cx();
    let submission = attempt(&mut cx).submission;
    for _ in 0..2 {
        assert_eq!(freeze::freeze(&mut cx, BROWSER, submission, &link).await.unwrap(), Followed::Done);
    }
    assert_eq!(app.events("credentials_frozen").await, 1);
}

#[tokio::test]
async fn not_me_stops_a_change_of_contact_that_is_under_way() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut cx = app.cx();
    let claim = claim(&cx, RUT);
    let sent = attempt(&mut cx);
    let token = update_data::identify(&mut cx, &sent, &claim).await.unwrap();
    let sent = attempt(&mut cx);
    update_data::answer(&mut cx, &sent, &token, Question::from_number(3).unwrap(), &secret(ANSWER)).await.unwrap();
    let sent = attempt(&mut cx);
    update_data::edit(&mut cx, &sent, &token, new_contact(), None).await.unwrap();
    let link = link_in(&app, not_me).await;
    freezes(&mut cx, &link).await;
    let sent = attempt(&mut cx);
    assert!(matches!(update_data::confirm(&mut cx, &sent, &token).await, Err(update_data::Refused::Over)));
    let sent = attempt(&mut cx);
    assert!(matches!(update_data::identify(&mut cx, &sent, &claim).await, Err(update_data::Refused::NoMatch)));
}

#[tokio::test]
async fn a_link_sent_to_the_former_address_does_not_confirm_the_new_one() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let old = link_in(&app, |message| if let Message::Registered { confirm, .. } = message { confirm } else { None }).await;
    let mut cx = app.cx();
    let claim = claim(&cx, RUT);
    let sent = attempt(&mut cx);
    let token = update_data::identify(&mut cx, &sent, &claim).await.unwrap();
    let sent = attempt(&mut cx);
    update_data::answer(&mut cx, &sent, &token, Question::from_number(3).unwrap(), &secret(ANSWER)).await.unwrap();
    let sent = attempt(&mut cx);
    update_data::edit(&mut cx, &sent, &token, new_contact(), None).await.unwrap();
    let sent = attempt(&mut cx);
    update_data::confirm(&mut cx, &sent, &token).await.unwrap();
    let sent = attempt(&mut cx).submission;
    assert_eq!(freeze::confirm_email(&mut cx, BROWSER, sent, &old).await.unwrap(), Followed::Gone);
    let new = link_in(&app, |message| if let Message::DataChanged { confirm, .. } = message { confirm } else { None }).await;
    let sent = attempt(&mut cx).submission;
    assert_eq!(freeze::confirm_email(&mut cx, BROWSER, sent, &new).await.unwrap(), Followed::Done);
}

#[tokio::test]
async fn a_burst_of_guesses_has_no_more_than_five_tries_at_a_provisional_key() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let mut cx = app.cx();
        let sent = attempt(&mut cx);
        guesses.spawn(async move {
            change_key::change_key(&mut cx, &sent, rut(RUT), &secret("A00000A0"), &secret("nieve-88y")).await.is_err()
        });
    }
    assert!(guesses.join_all().await.into_iter().all(|refused| refused));
    assert!(matches!(app.changes_key(RUT, &key, "nieve-88y").await, Err(change_key::Refused::WrongKey)));
}

#[tokio::test]
async fn a_key_typed_in_update_data_counts_as_a_try_of_the_key() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut cx = app.cx();
    for _ in 0..10 {
        let guess = update_data::Claim { key: Some(secret("no-es-esta")), ..claim(&cx, RUT) };
        let sent = attempt(&mut cx);
        assert!(matches!(update_data::identify(&mut cx, &sent, &guess).await, Err(update_data::Refused::NoMatch)));
    }
    let waits = app.changes_key(RUT, KEY, "nieve-88y").await;
    assert!(matches!(waits, Err(change_key::Refused::Attempt(AttemptRefused::TooManyTries { .. }))));
}

#[tokio::test]
async fn without_a_way_for_sms_nobody_is_promised_one() {
    let app = TestClave::with(Settings { sms: Sms::Off, ..Settings::default() }).await;
    app.registers(RUT).await;
    assert_eq!(app.messages().await, 1, "the mail alone");
}
