//! One session with an SMSC, from the bind to the unbind: messages go out, at most a window of them unanswered; receipts come in, and are acknowledged
//! once they are kept; silence is asked about, and then taken for death. Whoever waits for an answer when it ends learns that there is none.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt as _;
use rusmpp::{
    Command, CommandId, CommandStatus, Pdu,
    pdus::{BindTransceiver, DeliverSm, DeliverSmResp, SubmitSm},
    tokio_codec::CommandCodec,
    values::InterfaceVersion,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf},
    net::TcpStream,
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};
use tokio_util::{
    bytes::BytesMut,
    codec::{Decoder as _, Encoder as _, FramedRead, LengthDelimitedCodec},
};

use super::{
    SmppSettings, stopped,
    told::{self, Told},
};
use crate::{
    delivery::{
        Handle,
        route::{CONNECT, Trouble},
    },
    fault,
    receipt::{Receipt, Receipts},
};

/// An answer to the bind, to the unbind, and room to write may take so long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Nothing that an SMSC says is longer.
const LONGEST: usize = 64 * 1024;
/// So many receipts are kept at once; the SMSC tells the rest again.
const RECEIPTS: usize = 32;
/// The header's length, and where its parts are (SMPP 3.4, 3.2).
const HEADER: usize = 16;

/// A message, and where its answer goes.
pub(super) struct Call {
    pub request: SubmitSm,
    pub answer: oneshot::Sender<Answer>,
    /// Set before anything of it is written: from then on the SMSC may have it.
    pub left: Arc<AtomicBool>,
}

/// What the SMSC says to a message.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u32,
    /// Its id, where it took it.
    pub id: Option<String>,
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A session that stands.
pub(super) struct Session {
    frames: FramedRead<ReadHalf<Box<dyn Stream>>, LengthDelimitedCodec>,
    out: WriteHalf<Box<dyn Stream>>,
    next: u32,
    waiting: HashMap<u32, oneshot::Sender<Answer>>,
    keeping: JoinSet<(u32, bool)>,
    heard: bool,
    /// Whether it was said that something could not be read: once a session, whatever a broken SMSC sends.
    complained: bool,
}

/// What a turn of the session led to.
#[derive(PartialEq, Eq)]
enum Turn {
    On,
    /// The SMSC unbound.
    Unbound,
}

fn sick(what: &str) -> Trouble {
    Trouble::Sick(format!("smpp {what}"))
}

impl Session {
    /// Connects and binds.
    pub async fn bind(settings: &SmppSettings) -> Result<Self, Trouble> {
        let stream = timeout(CONNECT, connect(settings)).await.map_err(|_| sick("connect: no answer in time"))??;
        let (read, out) = tokio::io::split(stream);
        let codec = LengthDelimitedCodec::builder().length_field_length(4).num_skip(0).max_frame_length(LONGEST).new_codec();
        let frames = FramedRead::new(read, codec);
        let mut session =
            Self { frames, out, next: 0, waiting: HashMap::new(), keeping: JoinSet::new(), heard: true, complained: false };
        let bind = BindTransceiver::builder()
            .system_id(settings.system_id.clone())
            .password(settings.password.clone())
            .system_type(settings.system_type.clone())
            .interface_version(InterfaceVersion::Smpp3_4)
            .build();
        session.ask(Pdu::BindTransceiver(bind)).await?;
        let answered = timeout(PATIENCE, session.answer_to_bind()).await;
        match answered.map_err(|_| sick("bind: no answer in time"))?? {
            0 => Ok(session),
            status => Err(sick(&format!("bind: status {status:#010x}"))),
        }
    }

    async fn answer_to_bind(&mut self) -> Result<u32, Trouble> {
        loop {
            let frame = self.frame().await?;
            if let Some(command) = decoded(frame)
                && matches!(command.id(), CommandId::BindTransceiverResp | CommandId::GenericNack)
            {
                return Ok(command.status().into());
            }
        }
    }

    /// Serves until it ends or is told to stop; then unbinds.
    pub async fn serve(
        mut self,
        settings: &SmppSettings,
        receipts: Option<&Receipts>,
        calls: &mut mpsc::Receiver<Call>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<(), Trouble> {
        let mut tick = interval_at(Instant::now() + settings.enquire, settings.enquire);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if self.waiting.len() >= settings.window {
                // Whoever gave up waiting takes no place.
                self.waiting.retain(|_, answer| !answer.is_closed());
            }
            let has_room = self.waiting.len() < settings.window;
            let turn = tokio::select! {
                () = stopped(stop) => {
                    self.unbind().await;
                    return Ok(());
                }
                frame = self.frames.next() => {
                    let frame = whole(frame)?;
                    self.heard = true;
                    self.take(frame, settings, receipts).await?
                }
                Some(call) = calls.recv(), if has_room => self.submit(call).await?,
                Some(kept) = self.keeping.join_next(), if !self.keeping.is_empty() => self.acknowledge(kept.ok()).await?,
                _ = tick.tick() => self.enquire().await?,
            };
            if turn == Turn::Unbound {
                return Err(sick("session: the gateway unbound"));
            }
        }
    }

    async fn submit(&mut self, call: Call) -> Result<Turn, Trouble> {
        // Whoever asked has given up, and sends it elsewhere or later.
        if !call.answer.is_closed() {
            call.left.store(true, Ordering::Release);
            let number = self.ask(Pdu::SubmitSm(call.request)).await?;
            self.waiting.insert(number, call.answer);
        }
        Ok(Turn::On)
    }

    async fn enquire(&mut self) -> Result<Turn, Trouble> {
        if !self.heard {
            return Err(sick("session: silence"));
        }
        self.heard = false;
        self.ask(Pdu::EnquireLink).await?;
        Ok(Turn::On)
    }

    async fn take(&mut self, frame: BytesMut, settings: &SmppSettings, receipts: Option<&Receipts>) -> Result<Turn, Trouble> {
        let Header { id, status, number } = header(&frame);
        let Some(command) = decoded(frame) else {
            if !std::mem::replace(&mut self.complained, true) {
                tracing::warn!(gateway = settings.name, command = id, "a gateway sent what cannot be read");
            }
            // Not to be told again and again. A bit says whether it is itself an answer.
            if id & 0x8000_0000 == 0 {
                self.say(Command::new(CommandStatus::EsmeRinvcmdlen, number, Pdu::GenericNack)).await?;
            } else if let Some(answer) = self.waiting.remove(&number) {
                // Its id of the message is too long, say. Whether it took the message stands before that.
                let _ = answer.send(Answer { status, id: None });
            }
            return Ok(Turn::On);
        };
        let id = command.id();
        match (id, command.pdu()) {
            (CommandId::SubmitSmResp | CommandId::GenericNack, _) => {
                if let Some(answer) = self.waiting.remove(&number) {
                    let _ = answer.send(Answer { status, id: id_in(&command) });
                }
            }
            (_, Some(Pdu::DeliverSm(deliver))) => self.deliver(number, deliver, settings, receipts).await?,
            (_, Some(Pdu::EnquireLink)) => self.say(Command::new(CommandStatus::EsmeRok, number, Pdu::EnquireLinkResp)).await?,
            (_, Some(Pdu::Unbind)) => {
                self.say(Command::new(CommandStatus::EsmeRok, number, Pdu::UnbindResp)).await?;
                return Ok(Turn::Unbound);
            }
            _ if u32::from(id) & 0x8000_0000 == 0 => {
                self.say(Command::new(CommandStatus::EsmeRinvcmdid, number, Pdu::GenericNack)).await?;
            }
            _ => {}
        }
        Ok(Turn::On)
    }

    async fn deliver(
        &mut self,
        number: u32,
        deliver: &DeliverSm,
        settings: &SmppSettings,
        receipts: Option<&Receipts>,
    ) -> Result<(), Trouble> {
        let Told::Ended(id, news) = told::read(deliver) else { return self.acknowledge(Some((number, true))).await.map(drop) };
        // Whoever only looks keeps nothing, and must not take another node's receipts away.
        let Some(receipts) = receipts.filter(|_| self.keeping.len() < RECEIPTS) else {
            return self.acknowledge(Some((number, false))).await.map(drop);
        };
        let of = Handle { gateway: settings.name.clone(), reference: settings.ids.of_receipt(&id) };
        let (receipt, receipts) = (Receipt { of, news }, receipts.clone());
        self.keeping.spawn(async move {
            let kept = receipts.receive(&receipt).await;
            if let Err(problem) = &kept {
                tracing::error!(problem = fault::chain(problem), "a receipt could not be kept; the gateway is to tell it again");
            }
            (number, kept.is_ok())
        });
        Ok(())
    }

    /// Only what is kept may be forgotten by the SMSC.
    async fn acknowledge(&mut self, kept: Option<(u32, bool)>) -> Result<Turn, Trouble> {
        if let Some((number, is_kept)) = kept {
            // «Queue full» is what SMSCs repeat after a while.
            let status = if is_kept { CommandStatus::EsmeRok } else { CommandStatus::EsmeRmsgqful };
            self.say(Command::new(status, number, Pdu::DeliverSmResp(DeliverSmResp::default()))).await?;
        }
        Ok(Turn::On)
    }

    /// Says goodbye, and waits a little for the answers that are still to come.
    pub async fn unbind(mut self) {
        let Ok(number) = self.ask(Pdu::Unbind).await else { return };
        let answered = async {
            while let Ok(frame) = self.frame().await {
                let header = header(&frame);
                if header.id == u32::from(CommandId::UnbindResp) && header.number == number {
                    break;
                }
                if let Some(answer) = self.waiting.remove(&header.number) {
                    let _ = answer.send(Answer { status: header.status, id: decoded(frame).as_ref().and_then(id_in) });
                }
            }
        };
        let _ = timeout(PATIENCE, answered).await;
        let _ = self.out.shutdown().await;
    }

    async fn frame(&mut self) -> Result<BytesMut, Trouble> {
        whole(self.frames.next().await)
    }

    /// Sends a request of ours; its number.
    async fn ask(&mut self, pdu: Pdu) -> Result<u32, Trouble> {
        // 1 to 0x7FFFFFFF (SMPP 3.4, 3.2).
        self.next = if self.next >= 0x7fff_ffff { 1 } else { self.next + 1 };
        let number = self.next;
        self.say(Command::new(CommandStatus::EsmeRok, number, pdu)).await?;
        Ok(number)
    }

    async fn say(&mut self, command: Command) -> Result<(), Trouble> {
        let mut bytes = BytesMut::new();
        CommandCodec::new().encode(&command, &mut bytes).map_err(|_| sick("session: a command could not be written"))?;
        match timeout(PATIENCE, self.out.write_all(&bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(sick("session: the gateway hung up")),
            Err(_) => Err(sick("session: the gateway does not read")),
        }
    }
}

/// A frame that has at least its header; its length counts itself.
fn whole(frame: Option<std::io::Result<BytesMut>>) -> Result<BytesMut, Trouble> {
    let frame = frame.and_then(Result::ok).filter(|frame| frame.len() >= HEADER);
    frame.ok_or_else(|| sick("session: the gateway hung up or spoke nonsense"))
}

/// What a frame begins with, after its length.
struct Header {
    id: u32,
    status: u32,
    number: u32,
}

fn header(frame: &BytesMut) -> Header {
    let word = |at: usize| frame.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes);
    Header { id: word(4), status: word(8), number: word(12) }
}

/// The SMSC's id of a message, in its answer.
fn id_in(answer: &Command) -> Option<String> {
    match answer.pdu() {
        Some(Pdu::SubmitSmResp(answer)) => Some(answer.message_id().as_str().to_owned()),
        _ => None,
    }
}

fn decoded(mut frame: BytesMut) -> Option<Command> {
    CommandCodec::new().with_max_length(LONGEST).decode(&mut frame).ok().flatten()
}

async fn connect(settings: &SmppSettings) -> Result<Box<dyn Stream>, Trouble> {
    let unreachable = |_| sick("connect: no connection");
    let stream = TcpStream::connect((settings.host.as_str(), settings.port)).await.map_err(unreachable)?;
    stream.set_nodelay(true).map_err(unreachable)?;
    let Some(tls) = &settings.tls else { return Ok(Box::new(stream)) };
    let name = rustls::pki_types::ServerName::try_from(settings.host.clone())
        .map_err(|_| sick("connect: the name cannot be in a certificate"))?;
    let protected = tokio_rustls::TlsConnector::from(std::sync::Arc::clone(tls)).connect(name, stream).await;
    Ok(Box::new(protected.map_err(|_| sick("connect: TLS failed"))?))
}
