//! Captcha tickets. A ticket needs no row until it is used: it carries its level and its end and is signed for one browser and one process, so that
//! looking at a form costs no write. What its picture shows follows from the ticket by a secret key, so nothing on the page tells it. Using it
//! burns it in the database, on whichever node.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::RngExt as _;
use rut::Rut;
use sql::{Tx, sql};

use crate::{
    cx::Cx,
    device::Device,
    fault::Fault,
    flow::Browser,
    limits::{self, Risk},
    moment::Moment,
    outbox::Process,
    settings::{Captcha, CaptchaLevel, Policy},
    vault::{KeyId, Purpose, sha256},
};

/// How long a captcha may be read.
pub const LIFETIME: Duration = Duration::from_mins(10);

const NONCE: usize = 16;
const TAG: usize = 16;

/// How hard a captcha is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What everyone sees.
    Normal,
    /// While an attack shows: harder for programs; one wrong letter is forgiven.
    High,
}

impl Level {
    const ALL: [Self; 2] = [Self::Normal, Self::High];

    fn byte(self) -> u8 {
        match self {
            Self::Normal => 0,
            Self::High => 1,
        }
    }

    /// The word in metrics, as in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::High => "alto",
        }
    }
}

/// A captcha given to one browser for one process.
#[derive(Debug, Clone)]
pub struct Ticket {
    text: String,
    pub(crate) nonce: [u8; NONCE],
    pub(crate) tag: [u8; TAG],
    level: Level,
    until: Moment,
    /// Signed it, and draws its content: a ticket outlives the rotation of keys.
    key: KeyId,
}

impl Process {
    fn byte(self) -> u8 {
        match self {
            Self::Register => 1,
            Self::Recover => 2,
            Self::ChangeKey => 3,
            Self::LogIn => 4,
        }
    }

    const ALL: [Self; 4] = [Self::Register, Self::Recover, Self::ChangeKey, Self::LogIn];

    /// The word in metrics, as in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Recover => "recover",
            Self::ChangeKey => "change_key",
            Self::LogIn => "login",
        }
    }
}

impl Captcha {
    /// When the form of a process asks for one.
    pub fn policy(&self, process: Process) -> Policy {
        match process {
            Process::Register => self.register,
            Process::Recover => self.recover,
            Process::ChangeKey => self.change_key,
            Process::LogIn => self.login,
        }
    }
}

/// What a form that is about to be shown should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Whether a captcha.
    pub asked: bool,
    /// How hard a one.
    pub level: Level,
}

/// What the form of a process should have, where it is known for whom it is filled in. Costs no write.
pub async fn wanted(cx: &Cx, process: Process, rut: Option<Rut>, device: Device) -> Result<Wanted, Fault> {
    let rules = &cx.clave.settings.captcha;
    let policy = rules.policy(process);
    let fixed = match rules.level {
        CaptchaLevel::Auto => None,
        CaptchaLevel::Normal => Some(Level::Normal),
        CaptchaLevel::Alto => Some(Level::High),
    };
    let risk = match (policy, fixed) {
        (Policy::Off, _) | (Policy::Always, Some(_)) => Risk::Calm,
        (Policy::Always, None) | (Policy::Risk, _) => {
            let mut tx = cx.clave.db.read().await?;
            let known = match rut {
                Some(rut) => device.known(&mut tx, rut, cx.now).await?,
                None => None,
            };
            limits::risk(&mut tx, cx, process, rut, known).await?
        }
    };
    let asked = match policy {
        Policy::Always => true,
        Policy::Risk => risk.asks(),
        Policy::Off => false,
    };
    let level = fixed.unwrap_or(if risk.is_high() { Level::High } else { Level::Normal });
    Ok(Wanted { asked, level })
}

impl Ticket {
    /// Gives out a new one.
    pub fn issue(cx: &mut Cx, process: Process, browser: Browser, level: Level) -> Result<Self, Fault> {
        let nonce: [u8; NONCE] = cx.rng.random();
        let until = cx.now.plus(LIFETIME);
        let (head, end) = ([level.byte(), process.byte()], until.micros().to_be_bytes());
        let (key, mac) = cx.clave.vault.numbered_mac(Purpose::Web, "captcha", &[&nonce, &head, &end, &browser.0])?;
        let tag = *mac.first_chunk::<TAG>().ok_or_else(|| Fault::new("signing a captcha"))?;
        let text = BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &[level.byte()], &end, &tag].concat());
        metrics::counter!("clavero_captchas_issued_total", "process" => process.name(), "level" => level.name()).increment(1);
        Ok(Self { text, nonce, tag, level, until, key })
    }

    /// Reads one that this installation gave to this browser for this process and that has not expired.
    pub fn parse(cx: &Cx, text: &str, process: Process, browser: Browser) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE>()?;
        let (level, rest) = rest.split_first()?;
        let (until, tag) = rest.split_first_chunk::<8>()?;
        let tag: [u8; TAG] = tag.try_into().ok()?;
        let parts: [&[u8]; 4] = [nonce, &[*level, process.byte()], until, &browser.0];
        let key = cx.clave.vault.mac_key(Purpose::Web, "captcha", &parts, &tag)?;
        let level = Level::ALL.into_iter().find(|known| known.byte() == *level)?;
        let until = Moment::from_micros(i64::from_be_bytes(*until));
        // One from the future was made before the clock was set back; it must not live longer for that. One from before the database was
        // restored may have been used: the backup would not know.
        let alive = until > cx.now && until <= cx.now.plus(LIFETIME) && cx.clave.epoch.has(until, LIFETIME, cx.now);
        alive.then(|| Self { text: text.to_owned(), nonce: *nonce, tag, level, until, key })
    }

    /// For the picture's address, which does not say the process.
    pub fn parse_any(cx: &Cx, text: &str, browser: Browser) -> Option<Self> {
        Process::ALL.into_iter().find_map(|process| Self::parse(cx, text, process, browser))
    }

    /// What stands in the form and in the picture's address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How hard it is: decided when it was given out, and signed.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The seed of one of its contents (`letters`, `image`, …): the same on every node and at every look.
    pub fn seed(&self, cx: &Cx, content: &str) -> Result<[u8; 32], Fault> {
        cx.clave.vault.mac_with(Purpose::Web, self.key, "captcha-content", &[content.as_bytes(), &self.nonce])
    }

    /// Burns it. Of two that try, one gets `true`.
    pub async fn burn(&self, tx: &mut Tx) -> sql::Result<bool> {
        let row = tx
            .one(sql!(
                "INSERT INTO captcha_burnt (id, until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id",
                sha256(&self.nonce),
                self.until
            ))
            .await?;
        Ok(row.is_some())
    }
}
