//! SIGTERM and SIGINT: what was begun is finished, nothing is kept from the next start.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use crate::{
    people::{REGISTER, Someone},
    support::{Installation, PATIENCE, Server, wait_for},
};

/// The head of a registration by hand, for tests that hang up.
fn head(server: &Server, browser: &crate::browser::Browser, length: usize) -> String {
    format!(
        "POST {REGISTER} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n",
        server.address,
        browser.cookie(),
    )
}

#[test]
fn what_a_client_sent_is_finished_although_it_hung_up() {
    let installation = Installation::new();
    let server = installation.serve();
    for number in 0..5 {
        let someone = Someone::number(9_300_200 + number);
        let mut browser = server.browser();
        let form = browser.get(REGISTER).unwrap();
        let body =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(someone.registration(&form, "primera-1")).finish();
        let mut connection = TcpStream::connect(server.address).unwrap();
        connection.write_all(format!("{}{body}", head(&server, &browser, body.len())).as_bytes()).unwrap();
        // Long enough for the request to be read, too short for two hashes.
        thread::sleep(Duration::from_millis(15));
        drop(connection);
        wait_for(PATIENCE, "the account", || installation.account(&someone.rut));
        drop(browser);
    }
}

/// A registration of which the second half comes after the signal.
fn stopped_in_the_middle(signal: &str) {
    let installation = Installation::new();
    let mut server = installation.serve();
    let someone = Someone::number(9_300_100);
    let mut browser = server.browser();
    let form = browser.get(REGISTER).unwrap();
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(someone.registration(&form, "primera-1"))
        .finish()
        .into_bytes();
    let mut connection = TcpStream::connect(server.address).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = head(&server, &browser, body.len());
    let (first, second) = body.split_at(body.len() / 2);
    connection.write_all(head.as_bytes()).unwrap();
    connection.write_all(first).unwrap();
    thread::sleep(Duration::from_millis(200));

    server.signal(signal);
    wait_for(PATIENCE, "the end of new connections", || TcpStream::connect(server.address).is_err().then_some(()));
    assert!(server.is_running(), "it did not wait for the request in flight");
    connection.write_all(second).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");

    let (status, said) = server.wait();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(said.contains("Stopped."), "{said}");
    assert!(installation.account(&someone.rut).is_some());
    // Whatever the stopping server did not send, the next one does at once: no lease stands in the way.
    let _server = installation.serve();
    let messages = installation.wait_for_messages(2, Duration::from_secs(10));
    assert!(messages.iter().all(|message| message["to"] == someone.email || message["to"] == someone.phone), "{messages:?}");
}

#[test]
fn a_request_in_flight_at_sigterm_is_answered_and_the_exit_is_clean() {
    stopped_in_the_middle("TERM");
}

#[test]
fn a_request_in_flight_at_sigint_is_answered_and_the_exit_is_clean() {
    stopped_in_the_middle("INT");
}

#[test]
fn a_request_that_is_hashing_at_sigterm_is_answered() {
    let installation = Installation::new().with("CLAVERO__HASHING__PASSES", "40");
    let server = installation.serve();
    let someone = Someone::number(9_300_101);
    let mut browser = server.browser();
    let form = browser.get(REGISTER).unwrap();
    let fields: Vec<(String, String)> =
        someone.registration(&form, "primera-1").into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let asking = thread::spawn(move || {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(REGISTER, &fields)
    });
    thread::sleep(Duration::from_millis(150));
    server.signal("TERM");
    assert_eq!(asking.join().unwrap().unwrap().status, 303);
    assert_eq!(server.wait().0.code(), Some(0));
    assert!(installation.account(&someone.rut).is_some());
}

#[test]
fn a_mail_that_hangs_at_the_stop_is_let_go_and_sent_by_the_next_start() {
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let installation = Installation::new();
    let mut command = installation.command(&["serve"]);
    command
        .env("CLAVERO__MAIL__TRANSPORT", "smtp")
        .env("CLAVERO__MAIL__SMTP__HOST", "127.0.0.1")
        .env("CLAVERO__MAIL__SMTP__PORT", silent.local_addr().unwrap().port().to_string())
        .env("CLAVERO__MAIL__SMTP__SECURITY", "none")
        .env("CLAVERO__MAIL__SMTP__FROM", "Clave SENCE <clave@correo.example>");
    let server = Server::start(command);
    let someone = Someone::number(9_300_102);
    someone.registers(&mut server.browser(), "primera-1").unwrap().is(303);
    let _connection = silent.accept().unwrap();
    installation.wait_for_messages(1, PATIENCE);
    assert_eq!(installation.messages().len(), 1, "the SMS is not held up by the mail");

    server.signal("TERM");
    let began = Instant::now();
    let (status, said) = server.wait();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(began.elapsed() < Duration::from_secs(15), "the stop took {:?}", began.elapsed());

    let _server = installation.serve();
    let messages = installation.wait_for_messages(2, Duration::from_secs(10));
    assert!(messages.iter().any(|message| message["to"] == someone.email), "{messages:?}");
}
