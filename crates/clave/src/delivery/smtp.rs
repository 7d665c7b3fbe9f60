//! Messages to a mail server.
//!
//! The connections and the commands are lettre's; the pool is ours, because a try can be cut short by its time limit. lettre's own
//! pool takes a connection back that was dropped in the middle of a conversation, and the next message would read the answers meant
//! for the last one. Here a connection returns only after a message that went well. Speaking the commands one by one also tells a
//! recipient who is refused (useless to repeat) from a sender or a relay that is wrongly set up (worth repeating until someone mends it).

use std::{
    net::IpAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio_rustls::TlsConnector;

use super::{
    Parcel, line,
    route::{CONNECT, ONLY_TRY, Trouble},
    tls,
};
use crate::{fault::Fault, secret::Secret};

/// How to reach the mail server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name, as its certificate says.
    pub host: String,
    /// 587 for STARTTLS, 465 for TLS.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Account there, if it wants one.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// `Clave SENCE <no-responder@ejemplo.cl>`
    pub from: String,
    /// A whole try may take this long; at most 30 s.
    pub timeout: Duration,
    /// A PEM file with the certificate of a private authority: then it alone is trusted, in place of the system's.
    pub root_certificate: Option<PathBuf>,
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Begins in the clear, and goes no further without TLS.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// In the clear: only to this machine.
    None,
}

/// An open connection is used again within this time; servers hang up after five minutes (RFC 5321, 4.5.3.2.7).
const KEPT: Duration = Duration::from_mins(1);
/// «I am closing» (RFC 5321, 4.2.2): of the connection, not of the message.
const CLOSING: &str = "421";
/// So many are kept: as many as messages that may be on their way at once, so that a full outbox opens none anew.
const MOST_KEPT: usize = 64;

/// How the connection is protected, and by what.
enum Protection {
    None,
    StartTls(TlsParameters),
    Tls(Arc<ClientConfig>),
}

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    from: Mailbox,
    timeout: Duration,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Smtp {
    /// Judges the settings; connects to nothing.
    ///
    /// # Errors
    /// The sender is no address, the certificate cannot be read, only one of account and password is there, or the connection would
    /// leave this machine in the clear.
    pub fn new(settings: SmtpSettings) -> Result<Self, Fault> {
        let from: Mailbox = settings.from.parse().map_err(Fault::at("reading the sender of mail"))?;
        let protection = match settings.security {
            Security::None if is_this_machine(&settings.host) => Protection::None,
            Security::None => {
                return Err(Fault::new("mail to another machine needs STARTTLS or TLS: messages carry keys"));
            }
            Security::StartTls => Protection::StartTls(upgrade(&settings)?),
            Security::Tls => Protection::Tls(Arc::new(tls::client(settings.root_certificate.as_deref())?)),
        };
        let credentials = match (settings.username, settings.password) {
            (None, None) => None,
            (Some(name), Some(password)) => Some(Credentials::new(name, password.expose().to_owned())),
            _ => return Err(Fault::new("the mail server's account needs both a name and a password")),
        };
        Ok(Self {
            host: settings.host,
            port: settings.port,
            protection,
            credentials,
            from,
            timeout: settings.timeout.min(ONLY_TRY),
            idle: Mutex::new(Vec::new()),
        })
    }

    /// Tries once.
    pub(super) async fn send(&self, parcel: &Parcel) -> Result<(), Trouble> {
        let to: Address = parcel.to.parse().map_err(|_| Trouble::Final("smtp: not an address".to_owned()))?;
        let message =
            self.compose(parcel, to.clone()).map_err(|_| Trouble::Later("smtp: the message could not be written".to_owned()))?;
        match tokio::time::timeout(self.timeout, self.converse(to, &message)).await {
            Ok(done) => done,
            Err(_) => Err(Trouble::Sick("smtp: no answer in time".to_owned())),
        }
    }

    /// Whether the server lets us in: for `clavero doctor`.
    pub(super) async fn probe(&self) -> Result<(), Trouble> {
        match tokio::time::timeout(self.timeout, self.connect()).await {
            Ok(connected) => connected.map(|connection| self.keep(connection)),
            Err(_) => Err(Trouble::Sick("smtp: no answer in time".to_owned())),
        }
    }

    async fn converse(&self, to: Address, message: &[u8]) -> Result<(), Trouble> {
        let mut connection = self.begun().await?;
        connection.command(Rcpt::new(to, Vec::new())).await.map_err(|problem| of_message("recipient", &problem))?;
        connection.command(Data).await.map_err(|problem| sick("data", &problem))?;
        connection.message(message).await.map_err(|problem| of_message("message", &problem))?;
        self.keep(connection);
        Ok(())
    }

    /// A connection on which the sender was named. A kept one that the server has closed meanwhile shows it here, before anything of the
    /// message was said, and another takes its place: cheaper than asking each time whether it still stands.
    async fn begun(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let sender = || Mail::new(Some(self.from.email.clone()), Vec::new());
        while let Some(mut connection) = self.kept() {
            match connection.command(sender()).await {
                Ok(_) => return Ok(connection),
                Err(problem) if problem.status().is_some_and(|code| code.to_string() != CLOSING) => {
                    return Err(sick("sender", &problem));
                }
                Err(_) => {}
            }
        }
        let mut connection = self.connect().await?;
        connection.command(sender()).await.map_err(|problem| sick("sender", &problem))?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Trouble> {
        // For the line alone: servers greet late on purpose, to be rid of those that do not wait.
        let line = match tokio::time::timeout(self.timeout.min(CONNECT), self.line()).await {
            Ok(line) => line?,
            Err(_) => return Err(Trouble::Sick("smtp connect: no connection".to_owned())),
        };
        let hello = ClientId::default();
        let connected = AsyncSmtpConnection::connect_with_transport(line, &hello).await;
        let mut connection = connected.map_err(|problem| sick("connect", &problem))?;
        if let Protection::StartTls(tls) = &self.protection {
            connection.starttls(tls.clone(), &hello).await.map_err(|problem| sick("connect", &problem))?;
        }
        if let Some(credentials) = &self.credentials {
            let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await;
            login.map_err(|problem| sick("connect", &problem))?;
        }
        Ok(connection)
    }

    /// Protected already, where TLS comes first.
    async fn line(&self) -> Result<Box<dyn AsyncTokioStream>, Trouble> {
        let failed = |what: &str| Trouble::Sick(format!("smtp connect: {what}"));
        let plain = line::connect(&self.host, self.port).await.map_err(|_| failed("no connection"))?;
        let Protection::Tls(tls) = &self.protection else { return Ok(Box::new(plain)) };
        let name = ServerName::try_from(self.host.clone()).map_err(|_| failed("the name cannot be in a certificate"))?;
        let protected = TlsConnector::from(Arc::clone(tls)).connect(name, plain).await;
        Ok(Box::new(line::Protected(protected.map_err(|_| failed("TLS failed"))?)))
    }

    fn kept(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // The last one came back latest: when it is too old, all are.
        match idle.pop() {
            Some((connection, since)) if since.elapsed() < KEPT => Some(connection),
            Some(_) => {
                idle.clear();
                None
            }
            None => None,
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < KEPT);
        if idle.len() < MOST_KEPT {
            idle.push((connection, Instant::now()));
        }
    }

    /// The message's bytes; the same at each try, whichever node writes them.
    fn compose(&self, parcel: &Parcel, to: Address) -> Result<Vec<u8>, lettre::error::Error> {
        let id = parcel.id.hex();
        let date = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(parcel.made_at.micros()).unwrap_or(0));
        let head = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&parcel.words.subject))
            .date(date)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(AutoSubmitted);
        let text = parcel.words.text.clone();
        let message = match parcel.words.html.clone() {
            None => head.singlepart(lettre::message::SinglePart::plain(text))?,
            Some(html) => head.multipart(
                MultiPart::alternative()
                    .boundary(format!("={id}"))
                    .singlepart(lettre::message::SinglePart::plain(text))
                    .singlepart(lettre::message::SinglePart::html(html)),
            )?,
        };
        Ok(message.formatted())
    }
}

/// Tells autoresponders not to answer (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// No line break can begin another header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn upgrade(settings: &SmtpSettings) -> Result<TlsParameters, Fault> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.root_certificate {
        let pem = std::fs::read(path).map_err(Fault::at("reading the mail server's root certificate"))?;
        let root = Certificate::from_pem(&pem).map_err(Fault::at("reading the mail server's root certificate"))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(root);
    }
    builder.build_rustls().map_err(Fault::at("preparing TLS for mail"))
}

/// What an operator reads: the step and the code, never the server's words.
fn problem(step: &str, error: &Error) -> String {
    let what = match error.status() {
        Some(code) => code.to_string(),
        None if error.is_tls() => "TLS failed".to_owned(),
        None if error.is_timeout() => "no answer in time".to_owned(),
        None if error.is_response() => "the server hung up or spoke nonsense".to_owned(),
        None if error.is_client() => "the server does not offer what is configured".to_owned(),
        None => "no connection".to_owned(),
    };
    format!("smtp {step}: {what}")
}

fn sick(step: &str, error: &Error) -> Trouble {
    Trouble::Sick(problem(step, error))
}

/// 5xx about recipient or message is this relay's opinion: 550 is said of people who are unknown, and of clients that may not relay. The other relay may
/// think otherwise; 4xx is an opinion for now.
fn of_message(step: &str, error: &Error) -> Trouble {
    let problem = problem(step, error);
    match () {
        () if means_us(error) => Trouble::Sick(problem),
        () if error.is_permanent() => Trouble::Refused(problem),
        () if error.is_transient() => Trouble::Later(problem),
        () => Trouble::Sick(problem),
    }
}

/// 530 to 538 want another login; 421 is the server closing.
fn means_us(error: &Error) -> bool {
    error.status().is_some_and(|code| {
        let code = code.to_string();
        code.starts_with("53") || code == CLOSING
    })
}
