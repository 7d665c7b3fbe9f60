//! Programs of other people that the tests speak with: an SMSC (npm's smpp), an SMS gateway over HTTP and a mail server (Python's). Each is told on its
//! command line how to behave, and says in lines of JSON what it was told.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::Value;

use crate::support::env;

const PYTHON: &str = "/usr/bin/python3";

/// Longer than anything here takes, and no reason to wait for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running program. Dropped, it ends.
pub struct Peer {
    process: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Value>,
    pub port: u16,
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../clave/tests")
}

/// Whether the SMSC can be started. `./test` says that it must.
pub fn has_smsc() -> bool {
    let there = tests().join("smsc/node_modules/smpp").exists();
    let must = env("CLAVERO_TEST_SMSC").is_some();
    assert!(there || !must, "no SMSC to test with: npm --prefix crates/clave/tests/smsc ci");
    if !there {
        eprintln!("NOT RUN: an SMSC is missing: npm --prefix crates/clave/tests/smsc ci, or use ./test");
    }
    there
}

/// An SMSC with these options of `smsc/server.mjs`.
pub fn smsc(arguments: &[&str]) -> Peer {
    let node = env("CLAVERO_TEST_NODE").unwrap_or_else(|| "node".to_owned());
    Peer::start(Command::new(node).arg(tests().join("smsc/server.mjs")).args(arguments))
}

/// An SMS gateway over HTTP that behaves so.
pub fn http_gateway(behaviour: &str) -> Peer {
    Peer::start(Command::new(PYTHON).arg(tests().join("it/sms_gateway.py")).args(["--behaviour", behaviour]))
}

/// A mail server that behaves so.
pub fn mail(behaviour: &str) -> Peer {
    let script = tests().join("it/smtp_server.py");
    Peer::start(Command::new(PYTHON).args(["-W", "ignore"]).arg(script).args(["--behaviour", behaviour]))
}

impl Peer {
    fn start(command: &mut Command) -> Self {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (out, stdin) = (process.stdout.take().unwrap(), process.stdin.take());
        let (say, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if say.send(serde_json::from_str(&line).unwrap()).is_err() {
                    break;
                }
            }
        });
        let mut peer = Self { process, stdin, lines, port: 0 };
        let port: Value = peer.lines.recv_timeout(PATIENCE).unwrap();
        peer.port = u16::try_from(port.as_u64().unwrap()).unwrap();
        peer
    }

    /// The next thing it says.
    pub fn says(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    /// The next thing it says that has this field; what it says before is passed over.
    pub fn says_of(&self, field: &str) -> Value {
        loop {
            let said = self.says();
            if said.get(field).is_some() {
                return said;
            }
        }
    }

    /// Whether it has said nothing of this up to now.
    pub fn said_nothing_of(&self, field: &str) -> bool {
        self.lines.try_iter().all(|said| said.get(field).is_none())
    }

    /// Tells it something.
    pub fn tell(&mut self, command: &Value) {
        writeln!(self.stdin.as_mut().unwrap(), "{command}").unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
