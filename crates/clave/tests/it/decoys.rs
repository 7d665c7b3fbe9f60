//! The question shown for a RUT that nobody registered.

use std::{sync::Arc, time::Duration};

use clave::{
    Clave, Cx,
    person::{decoy, question::Question},
    recover,
};
use rut::Rut;
use sql::sql;

use crate::{
    people::{BROWSER, RUT, STRANGER, UNKNOWN, attempt, rut},
    support::TestClave,
};

/// The question that step 2 asks for a RUT.
async fn asked(clave: &Arc<Clave>, number: &str) -> Question {
    let mut cx = Cx::new(Arc::clone(clave), None);
    let submission = attempt(&mut cx).submission;
    let token = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, rut(number)).await.unwrap();
    recover::asked(&cx, BROWSER, &token).await.unwrap().unwrap().1.unwrap()
}

#[tokio::test]
async fn a_decoy_stays_the_same_on_every_node_whoever_registers_meanwhile() {
    let app = TestClave::new().await;
    let other = app.another_node().await;
    let mut strangers = Vec::new();
    for number in 7_000_000..7_000_040 {
        let number = Rut::from_number(number).unwrap().to_string();
        strangers.push((asked(&app.clave, &number).await, number));
    }
    // Everybody chooses the same question, and the next count shows it.
    let mut tx = app.clave.db.begin().await.unwrap();
    tx.run(sql!("INSERT INTO question_weight (question, people, counted_at) VALUES (9, 1000000, $1)", app.now())).await.unwrap();
    tx.commit().await.unwrap();
    for (question, number) in strangers {
        assert_eq!(asked(&other, &number).await, question);
    }
    assert_eq!(asked(&other, STRANGER).await.number(), 9, "who is asked for now gets what people choose now");
}

#[tokio::test]
async fn questions_are_counted_as_people_chose_them_once_an_hour() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let weights = async || {
        decoy::recount(&app.clave.db, app.now()).await.unwrap();
        let mut tx = app.clave.db.read().await.unwrap();
        let rows = tx.all(sql!("SELECT question, people FROM question_weight ORDER BY question")).await.unwrap();
        rows.iter().map(|row| (row.get("question").unwrap(), row.get("people").unwrap())).collect::<Vec<(i64, i64)>>()
    };
    assert_eq!(weights().await, [(3, 1)]);
    app.registers(STRANGER).await;
    assert_eq!(weights().await, [(3, 1)]);
    app.wait(Duration::from_hours(1));
    assert_eq!(weights().await, [(3, 2)]);
}
