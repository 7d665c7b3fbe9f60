//! An installation of its own for each test: a folder, a database, the program's environment; and the program running in it.

use std::{
    io::{BufRead as _, BufReader, Read},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use rand::{RngExt as _, rngs::StdRng};
use serde_json::Value;
use sql::Db;
use tempfile::TempDir;

use crate::browser::Browser;

/// What solves every captcha.
pub const CAPTCHA: &str = "HOLA";
/// Nothing that is waited for takes longer on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

#[expect(clippy::disallowed_methods, reason = "the test's own switch, not the product's configuration")]
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Folder, database and configuration.
pub struct Installation {
    pub folder: TempDir,
    schema: Option<Schema>,
    settings: Vec<(&'static str, String)>,
}

struct Schema {
    url: String,
    name: String,
}

/// What a command that ended left.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Installation {
    pub fn new() -> Self {
        let schema = env("CLAVERO_TEST_DATABASE").filter(|url| url.starts_with("postgres")).map(|url| {
            let name = format!("cli_{:016x}", rand::make_rng::<StdRng>().random::<u64>());
            runtime().block_on(sql::testing::make_schema(&url, &name)).unwrap();
            Schema { url, name }
        });
        let settings = vec![
            ("CLAVERO__SERVER__LISTEN", "127.0.0.1:0".to_owned()),
            ("CLAVERO__CAPTCHA__FIXED_ANSWER", CAPTCHA.to_owned()),
            ("CLAVERO__METRICS__LISTEN", "off".to_owned()),
            ("CLAVERO__LIMITS__ENABLED", "false".to_owned()),
        ];
        Self { folder: tempfile::tempdir().unwrap(), schema, settings }
    }

    /// The same with another setting.
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.settings.retain(|(known, _)| *known != key);
        self.settings.push((key, value.into()));
        self
    }

    /// The same with the throttle on.
    pub fn limited() -> Self {
        Self::new().with("CLAVERO__LIMITS__ENABLED", "true")
    }

    pub fn is_postgres(&self) -> bool {
        self.schema.is_some()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn secrets(&self) -> PathBuf {
        self.data().join("secrets")
    }

    pub fn database_url(&self) -> String {
        match &self.schema {
            None => format!("sqlite:{}", self.data().join("clavero.db").display()),
            Some(Schema { url, name }) => {
                let join = if url.contains('?') { '&' } else { '?' };
                format!("{url}{join}options=-csearch_path%3D{name}")
            }
        }
    }

    /// The database, to be looked at beside the program.
    pub async fn database(&self) -> Db {
        Db::open(&self.database_url()).await.unwrap()
    }

    /// The program in this installation, with nothing of the developer's own environment.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clavero"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.settings.iter().map(|(key, value)| (key, value)));
        if self.is_postgres() {
            command.env("CLAVERO__DATABASE__URL", self.database_url());
        }
        command
    }

    /// Runs a command that ends by itself.
    pub fn run(&self, words: &[&str]) -> Ran {
        let done = self.command(words).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: done.status.code().unwrap_or(-1), out: text(&done.stdout), err: text(&done.stderr) }
    }

    /// Starts the server and waits until it says that it serves.
    #[track_caller]
    pub fn serve(&self) -> Server {
        Server::start(self.command(&["serve"]))
    }

    /// `person show`, if there is such a person.
    #[track_caller]
    pub fn account(&self, rut: &str) -> Option<Value> {
        let ran = self.run(&["person", "show", rut, "--json"]);
        match ran.code {
            0 => Some(serde_json::from_str(&ran.out).unwrap()),
            1 if ran.err.contains("nobody registered with this RUT") => None,
            _ => panic!("person show {rut}: {} {}", ran.code, ran.err),
        }
    }

    /// The messages in the outbox folder.
    pub fn messages(&self) -> Vec<Value> {
        let Ok(folder) = std::fs::read_dir(self.data().join("outbox")) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
        paths.sort();
        paths.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }

    /// Waits until so many messages are in the outbox folder.
    #[track_caller]
    pub fn wait_for_messages(&self, count: usize, within: Duration) -> Vec<Value> {
        wait_for(within, &format!("{count} messages"), || Some(self.messages()).filter(|messages| messages.len() >= count))
    }
}

/// The schema goes even when the test failed.
impl Drop for Installation {
    fn drop(&mut self) {
        if let Some(Schema { url, name }) = self.schema.take() {
            let _ = runtime().block_on(sql::testing::drop_schema(&url, &name));
        }
    }
}

/// How often an event of an account's history happened.
pub fn times(account: &Value, event: &str) -> usize {
    account["history"].as_array().unwrap().iter().filter(|past| past["event"] == event).count()
}

/// Looks every few milliseconds until there is something.
#[track_caller]
pub fn wait_for<T>(within: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < within, "waited {within:?} in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Copies a folder's files.
pub fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// A running server; killed when the test ends.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    said: Arc<Mutex<String>>,
    listeners: Vec<thread::JoinHandle<()>>,
}

impl Server {
    #[track_caller]
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let listeners = vec![listen(child.stdout.take().unwrap(), &said), listen(child.stderr.take().unwrap(), &said)];
        let began = Instant::now();
        // The port is the system's choice, so no two tests want the same.
        let address = loop {
            let text = said.lock().unwrap().clone();
            if let Some((_, rest)) = text.split_once("(listening on ") {
                break rest.split(')').next().unwrap().parse().unwrap();
            }
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the server did not start: {status}: {text}");
            }
            assert!(began.elapsed() < PATIENCE, "the server says nothing: {text}");
            thread::sleep(Duration::from_millis(5));
        };
        Self { child, address, said, listeners }
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::at(self.address)
    }

    /// A browser without cookies on another machine.
    pub fn browser_from(&self, from: Ipv4Addr) -> Browser {
        Browser::elsewhere(self.address, from)
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends `TERM` or `INT`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status().unwrap();
        assert!(sent.success());
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end; gives what it said from first to last.
    #[track_caller]
    pub fn wait(mut self) -> (ExitStatus, String) {
        let status = wait_for(PATIENCE, "the server's end", || self.child.try_wait().unwrap());
        for listener in self.listeners.drain(..) {
            listener.join().unwrap();
        }
        let said = self.said.lock().unwrap().clone();
        (status, said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(pipe: impl Read + Send + 'static, said: &Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    let said = Arc::clone(said);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    })
}
