//! How fast a full outbox drains, with one node and with two, and what the portal's visitors feel of it: printed by `bench/delivery/run`.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use clave::outbox::Channel;

use crate::{
    browser::Browser,
    outgoing,
    people::Someone,
    sink::Sink,
    support::{Installation, Server, env, runtime, wait_for},
    timing,
};

const KEY: &str = "primera-1";
const LOGIN: &str = "/ingresar";
/// A visitor does something so often, so that measuring is not the load.
const PAUSE: Duration = Duration::from_millis(40);
/// As long is measured without any message.
const CALM: Duration = Duration::from_secs(15);

/// Milliseconds of each request.
#[derive(Default)]
struct Felt {
    page: Vec<f64>,
    login: Vec<f64>,
    change: Vec<f64>,
}

/// Loads a page, logs in and changes the key, again and again. A login is a hash and a transaction, a change two of each and two messages.
fn visit(address: SocketAddr, someone: &Someone, over: &AtomicBool) -> Felt {
    let mut felt = Felt::default();
    let mut browser = Browser::at(address);
    let mut key = KEY.to_owned();
    let mut number = 0;
    while !over.load(Ordering::Relaxed) {
        for _ in 0..8 {
            let began = Instant::now();
            browser.get("/").unwrap().is(200);
            felt.page.push(began.elapsed().as_secs_f64() * 1_000.0);
            thread::sleep(PAUSE);
        }
        for _ in 0..3 {
            let mut stranger = Browser::at(address);
            let form = stranger.get(LOGIN).unwrap().is(200);
            let typed = [("csrf", form.hidden("csrf")), ("rut", &someone.rut), ("clave", &key)];
            let began = Instant::now();
            stranger.post(LOGIN, &typed).unwrap().is(303);
            felt.login.push(began.elapsed().as_secs_f64() * 1_000.0);
            thread::sleep(PAUSE);
        }
        number += 1;
        let new = format!("casa-{number:04}");
        let began = Instant::now();
        someone.changes(&mut browser, &key, &new).unwrap().is(303);
        felt.change.push(began.elapsed().as_secs_f64() * 1_000.0);
        key = new;
        thread::sleep(PAUSE);
    }
    felt
}

fn told(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    format!("{:.1} / {:.1} / {:.1} (n = {})", at(50), at(95), at(99), times.len())
}

/// Which way the messages go.
#[derive(Debug, Clone, Copy)]
enum Way {
    Smtp,
    Http,
}

impl Way {
    fn sink(self) -> (Channel, Sink) {
        match self {
            Self::Smtp => (Channel::Email, Sink::smtp()),
            Self::Http => (Channel::Sms, Sink::http()),
        }
    }

    fn installation(self, port: u16) -> Installation {
        let installation = Installation::new().with("CLAVERO__LOG__LEVEL", "error");
        match self {
            Self::Smtp => installation
                .with("CLAVERO__MAIL__TRANSPORT", "smtp")
                .with("CLAVERO__MAIL__SMTP__HOST", "127.0.0.1")
                .with("CLAVERO__MAIL__SMTP__PORT", port.to_string())
                .with("CLAVERO__MAIL__SMTP__SECURITY", "none")
                .with("CLAVERO__MAIL__SMTP__FROM", "Clave SENCE <no-responder@correo.example>"),
            Self::Http => {
                let secret = installation.folder.path().join("sms.secret");
                std::fs::write(&secret, "0123456789abcdef0123456789abcdef").unwrap();
                installation
                    .with("CLAVERO__SMS__TRANSPORT", "http")
                    .with("CLAVERO__SMS__HTTP__URL", format!("http://127.0.0.1:{port}/v1/sms"))
                    .with("CLAVERO__SMS__HTTP__SECRET_FILE", secret.to_str().unwrap())
            }
        }
    }
}

/// Visits while `work` goes on.
fn felt<T>(address: SocketAddr, someone: &Someone, work: impl FnOnce() -> T) -> (Felt, T) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let going = scope.spawn(|| visit(address, someone, &over));
        let done = work();
        over.store(true, Ordering::Relaxed);
        (going.join().unwrap(), done)
    })
}

fn measure(way: Way, nodes: usize, count: usize) {
    let (channel, sink) = way.sink();
    let installation = way.installation(sink.port);
    let visitors = [9_810_001, 9_810_002].map(Someone::number);
    let calm = {
        let server = timing::serve(&installation, &[]);
        for someone in &visitors {
            someone.registers(&mut Browser::at(server.address), KEY).unwrap().is(303);
        }
        felt(server.address, &visitors[0], || thread::sleep(CALM)).0
    };

    let runtime = runtime();
    let clave = runtime.block_on(outgoing::product(&installation));
    let ids: Vec<String> = runtime.block_on(outgoing::put(&clave, channel, 0, count)).into_iter().map(|(id, _)| id).collect();
    let before = sink.count();
    let began = Instant::now();
    let servers: Vec<Server> = (0..nodes).map(|_| timing::serve(&installation, &[])).collect();
    let (busy, drained) = felt(servers[0].address, &visitors[1], || {
        wait_for(Duration::from_mins(20), "an empty outbox", || {
            thread::sleep(Duration::from_millis(100));
            (sink.count() >= before + count && sink.has_all(&ids)).then(|| began.elapsed().as_secs_f64())
        })
    });
    let database = if installation.is_postgres() { "PostgreSQL" } else { "SQLite" };
    let each = f64::from(u32::try_from(count).unwrap()) / drained;
    println!("{way:?}, {database}, {nodes} node(s): {count} messages in {drained:.1} s, {each:.0}/s; ms, p50 / p95 / p99:");
    for (what, calm, busy) in
        [("page", calm.page, busy.page), ("login", calm.login, busy.login), ("key change", calm.change, busy.change)]
    {
        println!("  {what}: calm {}, drain {}", told(calm), told(busy));
    }
    runtime.block_on(clave.db.close());
}

#[test]
#[ignore = "bench/delivery/run: minutes, on a calm machine"]
fn a_full_outbox_drains() {
    let count = env("CLAVERO_DRAIN").map_or(50_000, |count| count.parse().unwrap());
    for way in [Way::Smtp, Way::Http] {
        for nodes in [1, 2] {
            measure(way, nodes, count);
        }
    }
}
