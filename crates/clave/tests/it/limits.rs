//! Budgets hold, on every node, and end by themselves.

use std::{net::IpAddr, sync::Arc, time::Duration};

use clave::{
    Cx, Moment,
    attempt::{Attempt, Refused as AttemptRefused},
    change_key,
    device::Device,
    limits::{self, Subject},
    outbox::Channel,
    recover,
    settings::{Budget, Limits, Settings, Waits},
};
use rut::Rut;

use crate::{
    people::{ANSWER, KEY, RUT, STRANGER, UNKNOWN, attempt, is_wait, rut, secret},
    support::TestClave,
};

async fn counts(cx: &Cx, subject: Subject<'_>) -> Result<(), Moment> {
    let mut tx = cx.clave.db.begin().await.unwrap();
    let counted = limits::count(&mut tx, cx, subject, None).await.unwrap();
    tx.commit().await.unwrap();
    counted
}

#[tokio::test]
async fn five_wrong_answers_an_hour_then_even_the_right_one_waits_known_or_unknown() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    for number in [RUT, STRANGER] {
        for _ in 0..5 {
            assert!(matches!(app.recovers(number, "mala").await, Err(recover::Refused::WrongAnswer)));
        }
        assert!(is_wait(&app.recovers(number, ANSWER).await));
    }
    app.wait(Duration::from_hours(1));
    assert!(app.recovers(RUT, ANSWER).await.is_ok());
}

#[tokio::test]
async fn fifteen_wrong_answers_a_day() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    for _ in 0..3 {
        for _ in 0..5 {
            assert!(matches!(app.recovers(RUT, "mala").await, Err(recover::Refused::WrongAnswer)));
        }
        app.wait(Duration::from_hours(1));
    }
    assert!(is_wait(&app.recovers(RUT, ANSWER).await));
    app.wait(Duration::from_hours(21));
    assert!(app.recovers(RUT, ANSWER).await.is_ok());
}

#[tokio::test]
async fn after_a_hundred_wrong_answers_in_a_row_one_a_day_is_left() {
    let generous = Budget::new(1_000, 60);
    let limits = Limits { answers_hour: generous, answers_day: generous, ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    let subject = Subject::Answers(rut(RUT));
    for _ in 0..100 {
        assert!(counts(&app.cx(), subject).await.is_ok());
    }
    // Refused tries of a vandal leave the owner the one try of the next day.
    for _ in 0..2_000 {
        assert!(counts(&app.cx(), subject).await.is_err());
    }
    app.wait(Duration::from_hours(24));
    assert!(counts(&app.cx(), subject).await.is_ok());
    assert!(counts(&app.cx(), subject).await.is_err());
}

#[tokio::test]
async fn requests_that_are_kept_are_counted_apart_from_everything_else() {
    let limits = Limits { requests: Budget::new(3, 10), requests_neighbourhood: Budget::new(4, 10), ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    let from = |address: &str| {
        let mut cx = app.cx();
        cx.from = Some(address.parse::<IpAddr>().unwrap());
        cx
    };
    for _ in 0..3 {
        assert!(limits::count_request(&from("192.0.2.1")).await.unwrap().is_ok());
    }
    let until = limits::count_request(&from("192.0.2.1")).await.unwrap().unwrap_err();
    assert_eq!(app.now().until(until), Duration::from_mins(10));
    assert!(counts(&from("192.0.2.1"), Subject::Address).await.is_ok(), "forms go on");
    assert!(limits::count_request(&from("192.0.2.2")).await.unwrap().is_ok());
    assert!(limits::count_request(&from("192.0.2.3")).await.unwrap().is_err(), "the network's budget is used up");
    assert!(limits::count_request(&from("192.0.3.1")).await.unwrap().is_ok());
    app.wait(Duration::from_mins(10));
    assert!(limits::count_request(&from("192.0.2.1")).await.unwrap().is_ok());
}

#[tokio::test]
async fn addresses_and_the_networks_around_them_have_budgets() {
    let limits = Limits { address: Budget::new(3, 10), neighbourhood: Budget::new(4, 10), ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    let from = |address: &str| {
        let mut cx = app.cx();
        cx.from = Some(address.parse::<IpAddr>().unwrap());
        cx
    };
    for _ in 0..3 {
        assert!(counts(&from("192.0.2.1"), Subject::Address).await.is_ok());
    }
    assert!(counts(&from("192.0.2.1"), Subject::Address).await.is_err());
    assert!(counts(&from("::ffff:192.0.2.1"), Subject::Address).await.is_err(), "the same address in other writing");
    assert!(counts(&from("192.0.2.2"), Subject::Address).await.is_ok());
    assert!(counts(&from("192.0.2.3"), Subject::Address).await.is_err(), "the neighbourhood's budget is used up");
    assert!(counts(&from("192.0.3.1"), Subject::Address).await.is_ok());
    for _ in 0..3 {
        assert!(counts(&from("2001:db8:1:2::1"), Subject::Address).await.is_ok());
    }
    assert!(counts(&from("2001:db8:1:2:ffff::9"), Subject::Address).await.is_err(), "the same /64");
    assert!(counts(&from("2001:db8:1:3::1"), Subject::Address).await.is_ok());
}

#[tokio::test]
async fn two_nodes_together_let_through_exactly_the_budget() {
    let limits = Limits { keys_person: Waits { free: 20, ..Limits::default().keys_person }, ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    let other = app.another_node().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..60 {
        let clave = if number % 2 == 0 { app.clave.clone() } else { other.clone() };
        tasks.spawn(async move { counts(&Cx::new(clave, None), Subject::Keys(rut(RUT))).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|passed| *passed).count(), 20);
}

#[tokio::test]
async fn waits_grow_end_by_themselves_and_are_forgotten() {
    let waits = Waits { free: 2, first_seconds: 60, longest_minutes: 4, memory_hours: 24 };
    let app =
        TestClave::with(Settings { limits: Limits { keys_person: waits, ..Limits::default() }, ..Settings::default() }).await;
    let subject = Subject::Keys(rut(RUT));
    assert!(counts(&app.cx(), subject).await.is_ok());
    for minutes in [0, 1, 2, 4, 4, 4] {
        let wait = Duration::from_mins(minutes);
        if minutes > 0 {
            assert_eq!(counts(&app.cx(), subject).await, Err(app.now().plus(wait)));
        }
        app.wait(wait);
        assert_eq!(counts(&app.cx(), subject).await, Ok(()), "after {minutes} minutes");
    }
    app.wait(Duration::from_hours(24));
    assert!(counts(&app.cx(), subject).await.is_ok());
    assert!(counts(&app.cx(), subject).await.is_ok(), "a day later nothing is left of it");
}

#[tokio::test]
async fn a_clock_set_back_or_ahead_opens_nothing_and_locks_nobody_longer_than_the_numbers_say() {
    let waits = Waits { free: 1, ..Limits::default().keys_person };
    let app =
        TestClave::with(Settings { limits: Limits { keys_person: waits, ..Limits::default() }, ..Settings::default() }).await;
    let subject = Subject::Keys(rut(RUT));
    assert!(counts(&app.cx(), subject).await.is_ok());
    app.turn_back(Duration::from_hours(24));
    assert!(counts(&app.cx(), subject).await.is_err());
    app.wait(waits.longest());
    assert!(counts(&app.cx(), subject).await.is_ok());
    app.wait(Duration::from_hours(24));
    assert!(counts(&app.cx(), subject).await.is_ok());
    assert!(counts(&app.cx(), subject).await.is_err());
    app.turn_back(Duration::from_hours(24));
    assert!(counts(&app.cx(), subject).await.is_err());
    app.wait(waits.longest());
    assert!(counts(&app.cx(), subject).await.is_ok());
}

/// Somebody's form, from their address and device.
async fn changes(app: &TestClave, address: &str, device: Device, key: &str, new: &str) -> Result<(), change_key::Refused> {
    changes_from(app.cx(), address, device, key, new).await
}

async fn changes_from(mut cx: Cx, address: &str, device: Device, key: &str, new: &str) -> Result<(), change_key::Refused> {
    cx.from = Some(address.parse().unwrap());
    let attempt = Attempt { device, ..attempt(&mut cx) };
    change_key::change_key(&mut cx, &attempt, rut(RUT), &secret(key), &secret(new)).await.map(drop)
}

/// Does all of it, a handful at a time.
async fn stream_of<N, T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    numbers: impl IntoIterator<Item = N>,
    doing: impl Fn(N) -> F,
) -> Vec<T> {
    const AT_ONCE: usize = 12;
    let (mut running, mut done) = (tokio::task::JoinSet::new(), Vec::new());
    for number in numbers {
        if running.len() == AT_ONCE {
            done.extend(running.join_next().await.map(Result::unwrap));
        }
        running.spawn(doing(number));
    }
    done.extend(running.join_all().await);
    done
}

/// 10,000 wrong keys from 500 addresses keep out neither who comes from a known device nor, for longer than the documented wait, who does not.
#[tokio::test]
async fn a_flood_keeps_nobody_out() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mine = Device([9; 32]);
    changes(&app, "192.0.2.1", mine, KEY, "noche-77xy").await.unwrap();

    let longest = app.clave.settings.limits.keys_person.longest();
    let mut looked_at = 0;
    for round in 0..20_u8 {
        let flood = stream_of(0..500_u16, |number| {
            let ([high, low], cx) = (number.to_be_bytes(), app.cx());
            let address = format!("127.{}.{high}.{low}", 1 + high);
            async move { changes_from(cx, &address, UNKNOWN, "equivocada", "playa-55xz").await }
        });
        for changed in flood.await {
            match changed {
                Err(change_key::Refused::WrongKey) => looked_at += 1,
                Err(change_key::Refused::Attempt(AttemptRefused::TooManyTries { until })) => {
                    assert!(app.now().until(until) <= longest);
                }
                other => panic!("{other:?}"),
            }
        }
        if round == 10 {
            changes(&app, "127.1.0.3", mine, "noche-77xy", "manana-8z").await.unwrap();
        }
    }
    assert!(looked_at <= 20, "{looked_at} wrong keys were compared");
    changes(&app, "127.1.0.3", mine, "manana-8z", "tarde-99yx").await.unwrap();

    // From elsewhere and on another device: the flood goes on, and whoever waits as long as they are told is let in.
    let refused = changes(&app, "198.51.100.7", UNKNOWN, "tarde-99yx", "lejos-44ab").await;
    let Err(change_key::Refused::Attempt(AttemptRefused::TooManyTries { until })) = refused else { panic!("{refused:?}") };
    let wait = app.now().until(until);
    assert!(wait <= longest, "{wait:?}");
    for _ in 0..wait.as_secs() / 10 {
        app.wait(Duration::from_secs(10));
        for number in 0..50 {
            let _ = changes(&app, &format!("127.1.0.{number}"), UNKNOWN, "equivocada", "playa-55xz").await;
        }
    }
    app.wait(Duration::from_secs(10));
    changes(&app, "198.51.100.7", UNKNOWN, "tarde-99yx", "lejos-44ab").await.unwrap();
}

/// 5,000 RUTs with one common key from 50 addresses: each address gets to as many people as `people_address` says, all of them together to as many
/// as `people_neighbourhood`.
#[tokio::test]
async fn spraying_one_key_over_many_people_is_stopped() {
    let app = TestClave::new().await;
    let limits = app.clave.settings.limits;
    let mut looked_at = 0;
    for number in 0..5_000_u32 {
        let mut cx = app.cx();
        cx.from = Some(format!("127.0.0.{}", number % 50).parse().unwrap());
        let rut = Rut::from_number(10_000_000 + number).unwrap();
        looked_at += u32::from(counts(&cx, Subject::Keys(rut)).await.is_ok());
    }
    assert_eq!(looked_at, limits.people_neighbourhood.tries);
    let one = |number: u32| {
        let mut cx = app.cx();
        cx.from = Some("198.51.100.1".parse().unwrap());
        (cx, Rut::from_number(20_000_000 + number).unwrap())
    };
    let mut looked_at = 0;
    for number in 0..100 {
        let (cx, rut) = one(number);
        looked_at += u32::from(counts(&cx, Subject::Look(rut)).await.is_ok());
    }
    assert_eq!(looked_at, limits.people_address.tries);
    let (cx, known) = one(0);
    assert!(counts(&cx, Subject::Answers(known)).await.is_ok(), "whom it has asked for it may go on with");
}

#[tokio::test]
async fn messages_to_one_recipient_one_block_of_numbers_and_everybody_have_budgets() {
    let limits = Limits {
        sends_recipient: Budget::new(2, 60),
        sends_prefix: Budget::new(3, 60),
        sends_site: Budget::new(5, 60),
        ..Limits::default()
    };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    let sends = async |number: &str| counts(&app.cx(), Subject::Send(Channel::Sms, number)).await.is_ok();
    assert!(sends("+56912340001").await && sends("+56912340001").await);
    assert!(!sends("+56912340001").await, "the recipient's");
    assert!(sends("+56912340002").await);
    assert!(!sends("+56912340003").await, "the block's");
    assert!(sends("+56955550001").await && sends("+56966660001").await);
    assert!(!sends("+56977770001").await, "everybody's");
    assert!(counts(&app.cx(), Subject::Send(Channel::Email, "a@correo.example")).await.is_ok(), "mail goes on");
}

/// SMS pumping (threats 3.3): numbers that earn whoever owns them something for each SMS.
#[tokio::test]
async fn five_hundred_numbers_of_one_block_or_of_many_trip_the_breaker_on_all_nodes_together() {
    let limits = Limits { sends_site: Budget::new(300, 60), ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    let nodes = [Arc::clone(&app.clave), app.another_node().await];
    let sends = async |number: usize, to: String| {
        let mut cx = Cx::new(Arc::clone(&nodes[number % 2]), None);
        cx.from = Some(IpAddr::from([10, 1, u8::try_from(number / 250).unwrap(), u8::try_from(number % 250).unwrap()]));
        u32::from(counts(&cx, Subject::Send(Channel::Sms, &to)).await.is_ok())
    };
    let stopped = async || {
        let parts = limits::sms_stopped(&nodes[1], app.now()).await.unwrap();
        parts.into_iter().map(|(limit, part)| (limit, part > 0.0)).collect::<Vec<_>>()
    };
    let mut one_block = 0;
    for number in 0..500 {
        one_block += sends(number, format!("+5691234{number:04}")).await;
    }
    assert_eq!(one_block, limits.sends_prefix.tries, "the block's budget");
    assert_eq!(
        stopped().await,
        [("sends_site", false), ("sends_site_proved", false)],
        "operators see the site's budget, not a block's"
    );
    let mut many_blocks = 0;
    for number in 0..500 {
        many_blocks += sends(number, format!("+569{number:04}0001")).await;
    }
    assert_eq!(one_block + many_blocks, limits.sends_site.tries, "the breaker");
    assert_eq!(stopped().await, [("sends_site", true), ("sends_site_proved", false)]);
    assert!(counts(&app.cx(), Subject::Send(Channel::Email, "a@correo.example")).await.is_ok(), "mail goes on");
    app.wait(limits.sends_site.window());
    assert_eq!(stopped().await, [("sends_site", false), ("sends_site_proved", false)]);
    assert_eq!(sends(0, "+56955550001".to_owned()).await, 1, "and ends by itself");
}

#[tokio::test]
async fn one_address_causes_so_many_sms_an_hour_to_whomever() {
    let limits = Limits { sends_address: Budget::new(20, 60), ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    let from = |last: u8| {
        let mut cx = app.cx();
        cx.from = Some(IpAddr::from([10, 2, 0, last]));
        cx
    };
    let mut sent = 0;
    for number in 0..40_u32 {
        let subject_of = format!("+569{number:04}0001");
        // To nobody counts as well: whoever asks cannot tell.
        let subject = if number.is_multiple_of(2) {
            Subject::Send(Channel::Sms, &subject_of)
        } else {
            Subject::SendNowhere(Channel::Sms, Rut::from_number(10_000_000 + number).unwrap())
        };
        sent += u32::from(counts(&from(1), subject).await.is_ok());
    }
    assert_eq!(sent, 20);
    assert!(counts(&from(2), Subject::Send(Channel::Sms, "+56955550001")).await.is_ok(), "another address");
    assert!(counts(&from(1), Subject::Send(Channel::Email, "a@correo.example")).await.is_ok(), "mail");
}

#[tokio::test]
async fn messages_to_nobody_use_up_nobodys_budget() {
    let limits = Limits { sends_site: Budget::new(1, 60), sends_prefix: Budget::new(1, 60), ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    for number in 0..50 {
        let rut = Rut::from_number(10_000_000 + number).unwrap();
        assert!(counts(&app.cx(), Subject::SendNowhere(Channel::Sms, rut)).await.is_ok());
    }
    assert!(counts(&app.cx(), Subject::Send(Channel::Sms, "+56912340001")).await.is_ok());
}

#[tokio::test]
async fn what_strangers_send_to_an_address_never_keeps_back_what_its_owner_must_hear() {
    let limits = Limits { sends_recipient: Budget::new(2, 60), ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    app.registers(RUT).await;
    // Somebody else registers with the same e-mail and mobile.
    for number in 8_000_000..8_000_004 {
        app.registers(&Rut::from_number(number).unwrap().to_string()).await;
    }
    assert_eq!(app.messages().await, 4, "two for each address, however often it is named");
    app.changes_key(RUT, KEY, "nieve-88y").await.unwrap();
    assert_eq!(app.messages().await, 6, "the owner hears of the change all the same");
    assert!(app.recovers(RUT, ANSWER).await.is_ok());
    assert!(counts(&app.cx(), Subject::Send(Channel::Email, "persona@correo.example")).await.is_err());
}

#[tokio::test]
async fn registering_somebody_does_not_make_them_known_to_an_address() {
    let app = TestClave::new().await;
    let most = app.clave.settings.limits.people_address.tries;
    let from = |number: u32| {
        let mut cx = app.cx();
        cx.from = Some("198.51.100.1".parse().unwrap());
        (cx, Rut::from_number(20_000_000 + number).unwrap())
    };
    let mut looked_at = 0;
    for number in 0..60 {
        let (cx, rut) = from(number);
        assert!(counts(&cx, Subject::Register(rut)).await.is_ok());
        looked_at += u32::from(counts(&cx, Subject::Look(rut)).await.is_ok());
    }
    assert_eq!(looked_at, most);
}

#[tokio::test]
async fn a_hundred_wrong_answers_by_strangers_leave_the_owners_device_its_own() {
    let generous = Budget::new(1_000, 60);
    let limits = Limits { answers_hour: generous, answers_day: generous, answers_in_a_row: 3, ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    let (cx, subject) = (app.cx(), Subject::Answers(rut(RUT)));
    for _ in 0..3 {
        assert!(counts(&cx, subject).await.is_ok());
    }
    assert!(counts(&cx, subject).await.is_err());
    let mut tx = cx.clave.db.begin().await.unwrap();
    for wanted in [true, true, true, false] {
        let counted = limits::count(&mut tx, &cx, subject, Some(Device([9; 32]))).await.unwrap();
        assert_eq!(counted.is_ok(), wanted);
    }
}

#[tokio::test]
async fn what_needs_no_captcha_uses_up_no_budget_of_what_does() {
    let limits = Limits { global: Budget::new(3, 10), ..Limits::default() };
    let app = TestClave::with(Settings { limits, ..Settings::default() }).await;
    for number in 0..3 {
        assert!(counts(&app.cx(), Subject::Look(Rut::from_number(9_000_000 + number).unwrap())).await.is_ok());
    }
    assert!(counts(&app.cx(), Subject::Update(rut(RUT))).await.is_err());
    assert!(counts(&app.cx(), Subject::Keys(rut(RUT))).await.is_ok());
}

#[tokio::test]
async fn one_script_keeps_nobody_out_of_update_data() {
    let app = TestClave::new().await;
    let from = |address: &str| {
        let mut cx = app.cx();
        cx.from = Some(address.parse().unwrap());
        cx
    };
    let subject = Subject::Update(rut(RUT));
    let mut let_through = 0;
    for _ in 0..3_600 {
        let_through += u32::from(counts(&from("192.0.2.66"), subject).await.is_ok());
        app.wait(Duration::from_secs(1));
    }
    assert!(let_through < 20, "{let_through}");
    assert!(counts(&from("198.51.100.7"), subject).await.is_ok(), "who comes from elsewhere does not queue behind it");
}

#[tokio::test]
async fn a_link_instead_of_the_captcha_is_there_for_a_known_device_whatever_strangers_ask() {
    let app = TestClave::new().await;
    let cx = app.cx();
    let subject = Subject::Links(rut(RUT));
    for wanted in [true, true, true, false] {
        assert_eq!(counts(&cx, subject).await.is_ok(), wanted);
    }
    let mut tx = cx.clave.db.begin().await.unwrap();
    assert!(limits::count(&mut tx, &cx, subject, Some(Device([9; 32]))).await.unwrap().is_ok());
}
