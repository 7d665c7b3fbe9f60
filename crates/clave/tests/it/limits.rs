//! Budgets hold, on every node, and end by themselves.

use std::{net::IpAddr, time::Duration};

use clave::{
    Cx, Moment,
    limits::{self, Subject},
    recover,
    settings::{Budget, Limits, Settings},
};

use crate::{
    people::{ANSWER, RUT, STRANGER, is_wait, rut},
    support::TestClave,
};

async fn counts(cx: &Cx, subject: Subject) -> Result<(), Moment> {
    let mut tx = cx.clave.db.begin().await.unwrap();
    let counted = limits::count(&mut tx, cx, subject).await.unwrap();
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
    for _ in 0..101 {
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
    let limits = Limits { keys_person: Budget::new(20, 15), ..Limits::default() };
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
async fn a_clock_set_back_opens_nothing() {
    let app = TestClave::with(Settings {
        limits: Limits { keys_person: Budget::new(1, 15), ..Limits::default() },
        ..Settings::default()
    })
    .await;
    let subject = Subject::Keys(rut(RUT));
    assert!(counts(&app.cx(), subject).await.is_ok());
    app.turn_back(Duration::from_hours(24));
    assert!(counts(&app.cx(), subject).await.is_err());
}
