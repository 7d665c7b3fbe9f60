//! Messages to a real mail server: Debian's aiosmtpd, which `./test` installs.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use clave::{
    Secret,
    delivery::{FileFolder, Gateway, Security, Smtp, SmtpSettings, Transport, Transports},
    outbox::Channel,
    worker::{Round, Worker},
};
use tempfile::TempDir;

use crate::{
    delivery::{KEY, MAIL, put_key, stored},
    support::{PlainWords, TestClave, env},
};

const PYTHON: &str = "/usr/bin/python3";

/// Whether these tests can run. `./test` says that they must.
pub fn can_run() -> bool {
    let there =
        Command::new(PYTHON).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    let must = env("CLAVERO_TEST_SMTP").is_some();
    assert!(there || !must, "no mail server to test with: apt-get install python3-aiosmtpd");
    if !there {
        eprintln!("NOT RUN: a mail server is missing: apt-get install python3-aiosmtpd, or use ./test");
    }
    there
}

/// Settings of a mail server on this machine.
fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "localhost".to_owned(),
        port,
        security: Security::None,
        username: None,
        password: None,
        from: "Clave SENCE <no-responder@clave.ejemplo.cl>".to_owned(),
        timeout: Duration::from_secs(10),
        root_certificate: None,
    }
}

/// A mail server on this machine, in the clear.
pub fn plain(port: u16, timeout: Duration) -> Smtp {
    Smtp::new(SmtpSettings { timeout, ..settings(port) }).unwrap()
}

/// A running mail server. Dropped, it ends.
struct Server {
    process: Child,
    out: BufReader<ChildStdout>,
    port: u16,
    folder: TempDir,
}

impl Server {
    fn start(behaviour: &str) -> Self {
        Self::with(&["--behaviour", behaviour], tempfile::tempdir().unwrap())
    }

    /// With a certificate of a private authority, and an account.
    fn protected(security: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        make_certificates(folder.path());
        let path = |name: &str| folder.path().join(name).into_os_string().into_string().unwrap();
        let (certificate, key) = (path("server.pem"), path("server.key"));
        Self::with(&["--security", security, "--certificate", &certificate, "--key", &key, "--auth"], folder)
    }

    fn with(arguments: &[&str], folder: TempDir) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/smtp_server.py");
        let mut process = Command::new(PYTHON)
            .args(["-W", "ignore"])
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        Self { process, out, port: line.trim().parse().unwrap(), folder }
    }

    fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// The next message it was given.
    fn received(&mut self) -> serde_json::Value {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Ends it; what it was given and nobody asked for.
    fn end(mut self) -> Vec<serde_json::Value> {
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.out, &mut rest).unwrap();
        rest.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn make_certificates(folder: &Path) {
    fs::write(folder.join("extensions"), "subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n").unwrap();
    let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let steps: [&[&str]; 3] = [
        &["req", "-x509", "-days", "2", "-subj", "/CN=Test authority", "-keyout", "authority.key", "-out", "authority.pem"],
        &["req", "-new", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"],
        &[
            "x509",
            "-req",
            "-days",
            "2",
            "-in",
            "server.csr",
            "-CA",
            "authority.pem",
            "-CAkey",
            "authority.key",
            "-CAcreateserial",
            "-extfile",
            "extensions",
            "-out",
            "server.pem",
        ],
    ];
    for step in steps {
        let curve: &[&str] = if step.first() == Some(&"req") { &curve } else { &[] };
        let done = Command::new("openssl").current_dir(folder).args(step).args(curve).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

fn worker(test: &TestClave, smtp: Smtp) -> Worker {
    let sms = FileFolder::open(&test.folder.path().join("outbox")).unwrap();
    let transports = Transports { email: Transport::from(smtp), sms: Transport::File(sms), systems: crate::support::systems() };
    Worker::new(Arc::clone(&test.clave), Arc::new(PlainWords::default()), transports)
}

async fn is_delivered_over(security: Security, name: &str) {
    if !can_run() {
        return;
    }
    let test = TestClave::new().await;
    let mut server = Server::protected(name);
    let right = SmtpSettings {
        security,
        username: Some("clavero".to_owned()),
        password: Some(Secret::new("secreto")),
        root_certificate: Some(server.authority()),
        ..settings(server.port)
    };
    let id = put_key(&test, Channel::Email, MAIL).await;

    let stranger = SmtpSettings { root_certificate: None, ..right.clone() };
    let unsure = Smtp::new(stranger).unwrap();
    assert_eq!(worker(&test, unsure).work_once(test.now()).await.unwrap().put_off, 1, "a certificate of nobody we know");
    test.wait(Duration::from_mins(1));
    let wrong = SmtpSettings { password: Some(Secret::new("otro")), ..right.clone() };
    assert_eq!(worker(&test, Smtp::new(wrong).unwrap()).work_once(test.now()).await.unwrap().put_off, 1, "a wrong password");
    assert_eq!(stored(&test, id).await.problem.as_deref(), Some("smtp connect: 535"));
    test.wait(Duration::from_mins(1));

    Gateway::Smtp(Smtp::new(right.clone()).unwrap()).probe().await.unwrap();
    let worker = worker(&test, Smtp::new(right).unwrap());
    assert_eq!(worker.work_once(test.now()).await.unwrap(), Round { sent: 1, ..Round::default() });
    let first = server.received();
    assert_eq!((&first["tls"], &first["user"]), (&true.into(), &"clavero".into()));
    put_key(&test, Channel::Email, MAIL).await;
    assert_eq!(worker.work_once(test.now()).await.unwrap().sent, 1);
    assert_eq!(server.received()["peer"], first["peer"], "the same connection");
    assert!(server.end().is_empty());
}

#[tokio::test]
async fn mail_leaves_over_starttls_with_a_login() {
    is_delivered_over(Security::StartTls, "starttls").await;
}

#[tokio::test]
async fn mail_leaves_over_tls_with_a_login() {
    is_delivered_over(Security::Tls, "tls").await;
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    if !can_run() {
        return;
    }
    let test = TestClave::new().await;
    let server = Server::start("accept");
    put_key(&test, Channel::Email, MAIL).await;
    let smtp = Smtp::new(SmtpSettings { security: Security::StartTls, ..settings(server.port) }).unwrap();
    assert_eq!(worker(&test, smtp).work_once(test.now()).await.unwrap().put_off, 1);
    assert!(server.end().is_empty());
}

#[tokio::test]
async fn a_mail_has_the_headers_that_machines_look_for() {
    if !can_run() {
        return;
    }
    let test = TestClave::new().await;
    let mut server = Server::start("accept");
    let id = put_key(&test, Channel::Email, MAIL).await;
    worker(&test, Smtp::new(settings(server.port)).unwrap()).work_once(test.now()).await.unwrap();
    let mail = server.received();
    assert_eq!((&mail["from"], &mail["to"][0]), (&"no-responder@clave.ejemplo.cl".into(), &MAIL.into()));
    let content = mail["content"].as_str().unwrap();
    for line in [
        "From: \"Clave SENCE\" <no-responder@clave.ejemplo.cl>",
        &format!("To: {MAIL}"),
        &format!("Message-ID: <{}@clave.ejemplo.cl>", id.hex()),
        "Date: Tue, 28 May 2019 14:47:00 +0000",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
    ] {
        assert!(content.lines().any(|found| found == line), "{line} is not in\n{content}");
    }
    assert!(content.contains(KEY));
    assert!(content.contains("Subject: Clave provisoria =?utf-8?b?w7FhbmTDug==?= provisional_key"), "{content}");
}

#[tokio::test]
async fn a_recipient_who_is_refused_is_not_tried_again() {
    if !can_run() {
        return;
    }
    let test = TestClave::new().await;
    let server = Server::start("refuse");
    let id = put_key(&test, Channel::Email, MAIL).await;
    let worker = worker(&test, Smtp::new(settings(server.port)).unwrap());
    assert_eq!(worker.work_once(test.now()).await.unwrap(), Round { failed: 1, ..Round::default() });
    let row = stored(&test, id).await;
    assert_eq!((row.state.as_str(), row.body), ("failed", None));
    assert_eq!(row.problem.as_deref(), Some("smtp recipient: 550"), "and no address");
}

#[tokio::test]
async fn a_server_that_says_later_is_asked_later() {
    if !can_run() {
        return;
    }
    let test = TestClave::new().await;
    let server = Server::start("later");
    let id = put_key(&test, Channel::Email, MAIL).await;
    let asking = worker(&test, Smtp::new(settings(server.port)).unwrap());
    assert_eq!(asking.work_once(test.now()).await.unwrap(), Round { put_off: 1, ..Round::default() });
    assert_eq!(stored(&test, id).await.problem.as_deref(), Some("smtp recipient: 451"));
    let mut willing = Server::start("accept");
    test.wait(Duration::from_mins(1));
    let asking = worker(&test, Smtp::new(settings(willing.port)).unwrap());
    assert_eq!(asking.work_once(test.now()).await.unwrap().sent, 1);
    assert!(willing.received()["content"].as_str().unwrap().contains(KEY));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_asked_later() {
    let test = TestClave::new().await;
    let id = put_key(&test, Channel::Email, MAIL).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let worker = worker(&test, Smtp::new(settings(free)).unwrap());
    assert_eq!(worker.work_once(test.now()).await.unwrap(), Round { put_off: 1, ..Round::default() });
    assert_eq!(stored(&test, id).await.problem.as_deref(), Some("smtp connect: no connection"));
}

/// The server has the mail and never says so; then the worker dies. Whoever comes next sends the same mail.
#[tokio::test]
async fn a_server_that_hangs_or_hangs_up_after_the_message_gets_the_same_one_again() {
    if !can_run() {
        return;
    }
    for behaviour in ["hang", "drop"] {
        let test = TestClave::new().await;
        let mut server = Server::start(behaviour);
        let id = put_key(&test, Channel::Email, MAIL).await;
        let hasty = SmtpSettings { timeout: Duration::from_secs(2), ..settings(server.port) };
        let worker_there = worker(&test, Smtp::new(hasty).unwrap());
        assert_eq!(worker_there.work_once(test.now()).await.unwrap(), Round { put_off: 1, ..Round::default() }, "{behaviour}");
        let row = stored(&test, id).await;
        assert!(row.problem.unwrap().starts_with("smtp"), "{behaviour}");
        assert!(row.body.is_some());
        let first = server.received();

        let mut willing = Server::start("accept");
        test.wait(Duration::from_mins(1));
        let worker = worker(&test, Smtp::new(settings(willing.port)).unwrap());
        assert_eq!(worker.work_once(test.now()).await.unwrap().sent, 1);
        assert_eq!(willing.received()["content"], first["content"], "{behaviour}: byte for byte");
    }
}

#[tokio::test]
async fn a_node_killed_while_the_server_holds_the_message_loses_nothing() {
    if !can_run() {
        return;
    }
    let test = TestClave::new().await;
    let server = Server::start("hang");
    put_key(&test, Channel::Email, MAIL).await;
    let (dying, now) = (worker(&test, Smtp::new(settings(server.port)).unwrap()), test.now());
    let dying = tokio::spawn(async move { dying.work_once(now).await });
    let (server, first) = tokio::task::spawn_blocking(move || {
        let mut server = server;
        let first = server.received();
        (server, first)
    })
    .await
    .unwrap();
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    drop(server);
    let mut willing = Server::start("accept");
    test.wait(Duration::from_secs(91));
    assert_eq!(worker(&test, Smtp::new(settings(willing.port)).unwrap()).work_once(test.now()).await.unwrap().sent, 1);
    assert_eq!(willing.received()["content"], first["content"]);
}

#[tokio::test]
async fn settings_that_would_leak_or_fail_are_refused() {
    let base = || SmtpSettings { security: Security::None, ..settings(25) };
    let refused = |settings| Smtp::new(settings).err().map(|problem| clave::fault::chain(&problem)).unwrap_or_default();
    assert!(refused(SmtpSettings { host: "mail.ejemplo.cl".to_owned(), ..base() }).contains("STARTTLS or TLS"));
    assert!(refused(SmtpSettings { host: "localhost.ejemplo.cl".to_owned(), ..base() }).contains("STARTTLS or TLS"));
    assert!(refused(SmtpSettings { from: "nobody".to_owned(), ..base() }).contains("sender"));
    assert!(refused(SmtpSettings { username: Some("x".to_owned()), ..base() }).contains("password"));
    let lost = SmtpSettings { security: Security::Tls, root_certificate: Some("/nowhere.pem".into()), ..base() };
    assert!(refused(lost).contains("certificate"));
    for host in ["127.0.0.1", "::1", "localhost"] {
        assert_eq!(refused(SmtpSettings { host: host.to_owned(), ..base() }), "");
    }
}
