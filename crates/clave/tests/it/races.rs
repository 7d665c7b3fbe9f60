//! One-time things happen once, on two nodes that share a database (I2).

use std::sync::Arc;

use clave::{
    Clave, Cx,
    attempt::{Attempt, Human, Solution},
    challenge::{Level, Ticket},
    change_key,
    flow::Browser,
    outbox::Process,
    recover, register,
    submission::Submission,
    update_data,
    work::Work,
};
use rand::RngExt as _;
use tokio::task::JoinSet;

use crate::{
    people::{ANSWER, BROWSER, RUT, UNKNOWN, attempt, claim, new_contact, registration, rut, secret},
    support::TestClave,
};

const RUNNERS: usize = 8;

/// Runs the same thing on both nodes at once and counts who won.
async fn race<F, Fut>(app: &TestClave, run: F) -> usize
where
    F: Fn(Cx, usize) -> Fut,
    Fut: Future<Output = bool> + Send + 'static,
{
    let nodes: [Arc<Clave>; 2] = [app.clave.clone(), app.another_node().await];
    let mut tasks = JoinSet::new();
    for number in 0..RUNNERS {
        tasks.spawn(run(Cx::new(nodes[number % 2].clone(), None), number));
    }
    tasks.join_all().await.into_iter().filter(|won| *won).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_provisional_key_changes_the_key_once() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    let won = race(&app, |mut cx, number| {
        let key = key.clone();
        async move {
            let sent = attempt(&mut cx);
            let new = secret(&format!("carrera-{number}"));
            change_key::change_key(&mut cx, &sent, rut(RUT), &secret(&key), &new).await.is_ok()
        }
    })
    .await;
    assert_eq!((won, app.events("key_changed").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_rut_is_registered_once() {
    let app = TestClave::new().await;
    let answered = race(&app, |mut cx, _| async move {
        let sent = attempt(&mut cx);
        let new = registration(&cx, RUT);
        register::register(&mut cx, &sent, new).await.is_ok()
    })
    .await;
    assert_eq!((answered, app.people().await, app.events("registered").await), (RUNNERS, 1, 1), "all are answered alike");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_captcha_lets_one_through() {
    let app = TestClave::new().await;
    let ticket = Ticket::issue(&mut app.cx(), Process::Register, BROWSER, Level::Normal).unwrap();
    let won = race(&app, |mut cx, number| {
        let ticket = Some(ticket.clone());
        let human = Human::Captcha { process: Process::Register, ticket, solution: Solution::Right, work: Work::Right };
        async move {
            let sent = Attempt { human, ..attempt(&mut cx) };
            let new =
                registration(&cx, &format!("{}", rut::Rut::from_number(9_000_000 + u32::try_from(number).unwrap()).unwrap()));
            register::register(&mut cx, &sent, new).await.is_ok()
        }
    })
    .await;
    assert_eq!((won, app.people().await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_recovery_makes_one_provisional_key() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut cx = app.cx();
    let submission = attempt(&mut cx).submission;
    let token = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, rut(RUT)).await.unwrap();
    let won = race(&app, |mut cx, _| {
        let token = token.clone();
        async move {
            let sent = attempt(&mut cx);
            recover::answer(&mut cx, &sent, &token, None, &secret(ANSWER)).await.is_ok()
        }
    })
    .await;
    assert_eq!((won, app.events("provisional_key_made").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_review_is_confirmed_once() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut cx = app.cx();
    let claim = claim(&cx, RUT);
    let sent = attempt(&mut cx);
    let token = update_data::identify(&mut cx, &sent, &claim).await.unwrap();
    let sent = attempt(&mut cx);
    let question = clave::person::question::Question::from_number(3).unwrap();
    update_data::answer(&mut cx, &sent, &token, question, &secret(ANSWER)).await.unwrap();
    let sent = attempt(&mut cx);
    update_data::edit(&mut cx, &sent, &token, new_contact(), None).await.unwrap();
    let won = race(&app, |mut cx, _| {
        let token = token.clone();
        async move {
            let sent = attempt(&mut cx);
            update_data::confirm(&mut cx, &sent, &token).await.is_ok()
        }
    })
    .await;
    assert_eq!((won, app.events("data_changed").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_form_sent_many_times_is_done_once_and_all_see_its_page() {
    let app = TestClave::new().await;
    let submission = Submission { id: app.cx().rng.random(), digest: [1; 32] };
    let nodes = [app.clave.clone(), app.another_node().await];
    let mut tasks = JoinSet::new();
    for number in 0..RUNNERS {
        let mut cx = Cx::new(nodes[number % 2].clone(), None);
        tasks.spawn(async move {
            let sent = Attempt { browser: Browser([7; 32]), device: UNKNOWN, submission, human: Human::NotAsked };
            let new = registration(&cx, RUT);
            match register::register(&mut cx, &sent, new).await {
                Ok(token) | Err(clave::attempt::Refused::Repeated(token)) => token.as_str().to_owned(),
                Err(refused) => refused.to_string(),
            }
        });
    }
    let pages = tasks.join_all().await;
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
    assert_eq!((app.people().await, app.messages().await), (1, 2));
}
