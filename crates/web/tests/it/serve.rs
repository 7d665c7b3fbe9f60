//! Connections: deadlines, crowds, the end. These alone need a real socket, on a port that the system chooses.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::{Instant, timeout},
};
use web::{Site, site::Limits};

use crate::app::TestApp;

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
    _app: TestApp,
}

async fn server(limits: Limits) -> Server {
    let app = TestApp::with(Site { limits, ..Site::default() }).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(web::serve(app.app.clone(), listener, async {
        let _ = stopped.await;
    }));
    Server { address, stop, running, _app: app }
}

async fn ask(connection: &mut TcpStream, request: &str) -> String {
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 64 * 1024];
    let length = timeout(Duration::from_secs(5), connection.read(&mut answer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

const LIVE: &str = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let server = server(Limits::default()).await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    for _ in 0..3 {
        assert!(ask(&mut connection, LIVE).await.starts_with("HTTP/1.1 200 OK"));
    }
}

#[tokio::test]
async fn a_header_that_never_ends_is_given_up() {
    let server = server(Limits { header_time: Duration::from_millis(100), ..Limits::default() }).await;
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    connection.write_all(b"GET / HTTP/1.1\r\nHost: ").await.unwrap();
    let mut rest = Vec::new();
    let closed = timeout(Duration::from_secs(5), connection.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "still open");
}

#[tokio::test]
async fn a_crowd_that_says_nothing_keeps_nobody_out() {
    let server = server(Limits { connections: 20, connections_of_one: 10, ..Limits::default() }).await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(server.address).await.unwrap());
    }
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    assert!(ask(&mut connection, LIVE).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn the_server_stops_at_once_when_nobody_is_served() {
    let server = server(Limits::default()).await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    ask(&mut idle, LIVE).await;
    let began = Instant::now();
    server.stop.send(()).unwrap();
    timeout(Duration::from_secs(5), server.running).await.unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(2));
    assert!(TcpStream::connect(server.address).await.is_err(), "still listening");
}

#[tokio::test]
async fn a_request_in_flight_is_answered_before_the_end() {
    let (entered, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, go_on) = (Arc::clone(&entered), Arc::clone(&finish));
    let slow = Router::new().route(
        "/",
        get(async move || {
            inside.notify_one();
            go_on.notified().await;
            "done"
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut connection = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(web::kit::serve::run(slow, Arc::new(Site::default()), listener, async {
        let _ = stopped.await;
    }));
    connection.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    entered.notified().await;
    stop.send(()).unwrap();
    tokio::task::yield_now().await;
    assert!(!running.is_finished(), "the request was abandoned");
    finish.notify_one();
    assert!(ask(&mut connection, "").await.ends_with("done"));
    timeout(Duration::from_secs(5), running).await.unwrap().unwrap();
}
