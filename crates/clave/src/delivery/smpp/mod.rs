//! SMS over SMPP 3.4 to an SMSC or an aggregator: one session a node and gateway, as transceiver, kept by a task that binds anew when it ends.
//!
//! SMPP has no idempotency key: a message whose answer was lost is sent again and may arrive twice, with the same words.

mod session;
mod submit;
mod text;
mod told;

use std::{
    net::IpAddr,
    path::PathBuf,
    str::FromStr as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rand::{RngExt as _, rngs::StdRng};
use rusmpp::{pdus::SubmitSm, types::COctetString};
use rustls::ClientConfig;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{Instant, timeout, timeout_at},
};

use self::session::{Answer, Call, Session};
pub use self::told::Ids;
use super::{
    Parcel,
    route::{CONNECT, TRY, Trouble},
    tls,
};
use crate::{fault::Fault, receipt::Receipts, secret::Secret};

/// How to reach an SMSC, as it was configured.
#[derive(Debug, Clone)]
pub struct SmppAccount {
    /// The gateway's name in the configuration: `sms.first`.
    pub name: String,
    /// Its name, as its certificate says.
    pub host: String,
    /// 2775 is usual in the clear.
    pub port: u16,
    /// How the connection is protected.
    pub line: Line,
    /// A PEM file with the certificate of a private authority: then it alone is trusted, in place of the system's.
    pub root_certificate: Option<PathBuf>,
    /// Account there: at most 15 characters.
    pub system_id: String,
    /// At most 8 characters.
    pub password: Secret,
    /// What some SMSCs want beside it: at most 12 characters.
    pub system_type: String,
    /// The sender that people see: at most 20 characters.
    pub source: String,
    /// The kind of number that is (SMPP 3.4, 5.2.5): 5 for letters.
    pub source_ton: u8,
    /// The plan that it is of (5.2.6): 0 for letters.
    pub source_npi: u8,
    /// How texts of several segments go.
    pub long: Long,
    /// How ids are written.
    pub ids: Ids,
    /// So many messages may be unanswered.
    pub window: usize,
    /// After so much silence the SMSC is asked whether it lives; after as much again it is held dead.
    pub enquire: Duration,
    /// Whether to send two bytes of the message's id as `user_message_reference`.
    pub user_message_reference: bool,
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// TLS from the first byte.
    Tls,
    /// In the clear, to this machine.
    Here,
    /// In the clear, through what the operator says is a private line: a tunnel to the gateway.
    Private,
}

/// How texts of several segments go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Long {
    /// We cut them, with a header in each.
    Segments,
    /// Whole, in `message_payload`: the SMSC cuts them.
    Payload,
}

/// An account whose parts fit the protocol. Nothing prints it: the password is in it as the wire has it.
struct SmppSettings {
    name: String,
    host: String,
    port: u16,
    tls: Option<Arc<ClientConfig>>,
    system_id: COctetString<1, 16>,
    password: COctetString<1, 9>,
    system_type: COctetString<1, 13>,
    source: COctetString<1, 21>,
    source_ton: u8,
    source_npi: u8,
    long: Long,
    ids: Ids,
    window: usize,
    enquire: Duration,
    user_message_reference: bool,
}

/// After a session ended, the next bind waits so long; each next one twice that…
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// …up to this.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A try takes at most so long. Less than [`TRY`], so that it is known here whether the message left.
const ANSWER: Duration = TRY.saturating_sub(Duration::from_secs(1));
/// A gateway that gets too much is left alone so long.
const PAUSE: Duration = Duration::from_secs(2);

/// What the task says of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    Bound,
    Down(String),
}

/// An SMSC.
pub struct Smpp {
    settings: Arc<SmppSettings>,
    calls: mpsc::Sender<Call>,
    standing: watch::Receiver<Standing>,
}

impl std::fmt::Debug for Smpp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smpp").field("host", &self.settings.host).field("port", &self.settings.port).finish_non_exhaustive()
    }
}

/// The task that keeps the session. Dropped, it unbinds by itself; [`Keeper::stop`] waits for that.
#[derive(Debug)]
pub struct Keeper {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Keeper {
    /// Unbinds, and waits for it a little.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if self.task.await.is_err() {
            tracing::error!("the keeper of a session with an SMSC had died");
        }
    }
}

impl Smpp {
    /// Judges the account, and begins to keep a session. Receipts go to `receipts`; without, the SMSC
    /// is to tell them again, to whom keeps them.
    ///
    /// # Errors
    /// Something is too long for the protocol, or the connection would leave this machine in the clear.
    pub fn start(account: SmppAccount, receipts: Option<Receipts>) -> Result<(Self, Keeper), Fault> {
        let settings = Arc::new(SmppSettings::new(account)?);
        let (calls, taken) = mpsc::channel(settings.window);
        let (tell, standing) = watch::channel(Standing::Down("smpp: not bound yet".to_owned()));
        let (stop, stopping) = watch::channel(false);
        let task = tokio::spawn(keep(Arc::clone(&settings), receipts, taken, tell, stopping));
        Ok((Self { settings, calls, standing }, Keeper { stop, task }))
    }

    /// Tries once. The SMSC's id of the message.
    pub(super) async fn send(&self, parcel: &Parcel) -> Result<Option<String>, Trouble> {
        let requests = submit::requests(&self.settings, parcel)?;
        let until = Instant::now() + ANSWER;
        self.is_bound().await?;
        let mut last = None;
        for request in requests {
            last = judge(self.ask(request, until).await?)?;
        }
        Ok(last.map(|id| self.settings.ids.of_answer(&id)).filter(|id| super::sms_http::is_reference(id)))
    }

    async fn ask(&self, request: SubmitSm, until: Instant) -> Result<Answer, Trouble> {
        let (answer, answered) = oneshot::channel();
        let left = Arc::new(AtomicBool::new(false));
        let call = Call { request, answer, left: Arc::clone(&left) };
        let asked = async {
            self.calls.send(call).await.map_err(|_| ENDED)?;
            answered.await.map_err(|_| ENDED)
        };
        let problem = match timeout_at(until, asked).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(problem)) => problem,
            Err(_) => "smpp submit: no answer in time",
        };
        let trouble = if left.load(Ordering::Acquire) { Trouble::Unknown } else { Trouble::Sick };
        Err(trouble(problem.to_owned()))
    }

    /// Whether a session stands.
    pub(super) async fn probe(&self) -> Result<(), Trouble> {
        self.is_bound().await
    }

    /// Waits a little for a session: at a start, and between two.
    async fn is_bound(&self) -> Result<(), Trouble> {
        let mut standing = self.standing.clone();
        let bound = timeout(CONNECT, standing.wait_for(|standing| *standing == Standing::Bound)).await;
        if matches!(bound, Ok(Ok(_))) {
            return Ok(());
        }
        Err(match &*self.standing.borrow() {
            Standing::Down(problem) => Trouble::Sick(problem.clone()),
            Standing::Bound => Trouble::Sick(ENDED.to_owned()),
        })
    }
}

const ENDED: &str = "smpp submit: the session ended";

/// SMPP 3.4, 5.1.3.
fn judge(answer: Answer) -> Result<Option<String>, Trouble> {
    const INVALID_DESTINATION: u32 = 0x0b;
    let problem = format!("smpp submit: status {:#010x}", answer.status);
    match answer.status {
        0 => Ok(answer.id),
        // Its opinion of the number, its length, the message.
        INVALID_DESTINATION | 0x01 => Err(Trouble::Refused(problem)),
        // Queue full; too fast.
        0x14 | 0x58 => Err(Trouble::Busy(problem, PAUSE)),
        // This message failed; and what only its maker knows to read, mostly of a number or a text, but also of credit: too little to be the last
        // word, and no reason to leave the gateway alone.
        0x45 | 0xfe | 0x400.. => Err(Trouble::Later(problem)),
        _ => Err(Trouble::Sick(problem)),
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Binds, serves, and binds anew until it is told to stop.
async fn keep(
    settings: Arc<SmppSettings>,
    receipts: Option<Receipts>,
    mut calls: mpsc::Receiver<Call>,
    tell: watch::Sender<Standing>,
    mut stop: watch::Receiver<bool>,
) {
    let mut wait = FIRST_WAIT;
    let gateway = settings.name.as_str();
    loop {
        let bound = tokio::select! {
            bound = Session::bind(&settings) => bound,
            () = stopped(&mut stop) => return,
        };
        let ended = match bound {
            Ok(session) => {
                wait = FIRST_WAIT;
                tell.send_replace(Standing::Bound);
                tracing::info!(gateway, "a session with an SMSC stands");
                session.serve(&settings, receipts.as_ref(), &mut calls, &mut stop).await
            }
            Err(trouble) => Err(trouble),
        };
        let Err(trouble) = ended else { return };
        let problem = trouble.problem();
        let is_news = tell.send_replace(Standing::Down(problem.clone())) != Standing::Down(problem.clone());
        if is_news {
            tracing::warn!(gateway, problem, "no session with an SMSC: {problem}");
        }
        // Whoever asked between two sessions learns it now, and not from the next one.
        while calls.try_recv().is_ok() {}
        let pause = wait.mul_f64(rand::make_rng::<StdRng>().random_range(0.8..1.2));
        wait = (wait * 2).min(LONGEST_WAIT);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

impl SmppSettings {
    fn new(account: SmppAccount) -> Result<Self, Fault> {
        let is_here = account.host == "localhost" || account.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let tls = match account.line {
            Line::Tls => Some(Arc::new(tls::client(account.root_certificate.as_deref())?)),
            Line::Here if !is_here => {
                return Err(Fault::new("SMS to another machine need TLS or a private line: messages carry keys"));
            }
            Line::Here | Line::Private => None,
        };
        let too_long = |what: &'static str| move |_| Fault::new(what);
        Ok(Self {
            system_id: COctetString::from_str(&account.system_id)
                .map_err(too_long("system_id of an SMSC: at most 15 characters of ASCII"))?,
            password: COctetString::from_str(account.password.expose())
                .map_err(too_long("password of an SMSC: at most 8 characters of ASCII"))?,
            system_type: COctetString::from_str(&account.system_type)
                .map_err(too_long("system_type of an SMSC: at most 12 characters of ASCII"))?,
            source: COctetString::from_str(&account.source).map_err(too_long("source of SMS: at most 20 characters of ASCII"))?,
            tls,
            name: account.name,
            host: account.host,
            port: account.port,
            source_ton: account.source_ton,
            source_npi: account.source_npi,
            long: account.long,
            ids: account.ids,
            window: account.window.clamp(1, 1000),
            enquire: account.enquire.max(Duration::from_millis(100)),
            user_message_reference: account.user_message_reference,
        })
    }
}
