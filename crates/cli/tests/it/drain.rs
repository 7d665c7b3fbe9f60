//! How fast a full outbox drains, with one node and with two, and what the portal's visitors feel of it: printed by `bench/delivery/run`.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use clave::outbox::Channel;

use crate::{
    browser::Browser,
    outgoing,
    people::Someone,
    sink::Sink,
    support::{Installation, env, runtime, wait_for},
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
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    format!("{:.1} / {:.1} / {:.1} (n = {})", at(0.5), at(0.95), at(0.99), times.len())
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

fn measure(way: Way, nodes: usize, count: usize) {
    let (channel, sink) = way.sink();
    let installation = way.installation(sink.port);
    let mut servers = vec![timing::serve(&installation, &[])];
    let runtime = runtime();
    let clave = runtime.block_on(outgoing::product(&installation));
    let address = servers[0].address;
    let visitor = |number: u32| {
        let someone = Someone::number(number);
        someone.registers(&mut Browser::at(address), KEY).unwrap().is(303);
        let over = Arc::new(AtomicBool::new(false));
        let going = {
            let over = Arc::clone(&over);
            thread::spawn(move || visit(address, &someone, &over))
        };
        (over, going)
    };
    let (over, going) = visitor(9_810_001);
    thread::sleep(CALM);
    over.store(true, Ordering::Relaxed);
    let calm = going.join().unwrap();

    // All of them become visible at once, and the other node comes to help.
    let before = sink.count();
    let (over, going) = visitor(9_810_002);
    for _ in 1..nodes {
        servers.push(timing::serve(&installation, &[]));
    }
    let began = Instant::now();
    let putting = {
        let clave = Arc::clone(&clave);
        thread::spawn(move || crate::support::runtime().block_on(outgoing::put(&clave, channel, 0, count)))
    };
    let ids: Vec<String> = putting.join().unwrap().into_iter().map(|(id, _)| id).collect();
    let put = began.elapsed();
    let at_put = sink.count() - before;
    wait_for(Duration::from_mins(20), "an empty outbox", || {
        thread::sleep(Duration::from_millis(100));
        (sink.count() >= before + count && sink.has_all(&ids)).then_some(())
    });
    let drained = began.elapsed();
    over.store(true, Ordering::Relaxed);
    let busy = going.join().unwrap();
    let rest = (count - at_put.min(count)) as f64 / (drained - put).as_secs_f64();
    println!(
        "{way:?}, {} node(s), {}: {count} messages in {:.1} s ({:.0}/s over all; {rest:.0}/s after the last was put, at {:.1} s)",
        nodes,
        if installation.is_postgres() { "PostgreSQL" } else { "SQLite" },
        drained.as_secs_f64(),
        count as f64 / drained.as_secs_f64(),
        put.as_secs_f64(),
    );
    println!("  ms, p50 / p95 / p99:  page, calm {}", told(calm.page));
    println!("                        page, drain {}", told(busy.page));
    println!("                        login, calm {}", told(calm.login));
    println!("                        login, drain {}", told(busy.login));
    println!("                        key change, calm {}", told(calm.change));
    println!("                        key change, drain {}", told(busy.change));
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
