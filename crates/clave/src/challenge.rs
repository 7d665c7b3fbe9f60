//! Captcha tickets. A ticket needs no row until it is used: it carries its own end and is signed for one browser and one process, so that looking
//! at a form costs no write. What its picture shows follows from the ticket by a secret key, so nothing on the page tells it. Using it
//! burns it in the database, on whichever node.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::RngExt as _;
use sql::{Tx, sql};

use crate::{
    cx::Cx,
    fault::Fault,
    flow::Browser,
    moment::Moment,
    outbox::Process,
    vault::{KeyId, Purpose, sha256},
};

/// How long a captcha may be read.
pub const LIFETIME: Duration = Duration::from_mins(10);

const NONCE: usize = 16;
const TAG: usize = 16;

/// A captcha given to one browser for one process.
#[derive(Debug, Clone)]
pub struct Ticket {
    text: String,
    nonce: [u8; NONCE],
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
}

impl Ticket {
    /// Gives out a new one.
    pub fn issue(cx: &mut Cx, process: Process, browser: Browser) -> Result<Self, Fault> {
        let nonce: [u8; NONCE] = cx.rng.random();
        let until = cx.now.plus(LIFETIME);
        let (key, tag) = cx.clave.vault.numbered_mac(
            Purpose::Web,
            "captcha",
            &[&nonce, &[process.byte()], &until.micros().to_be_bytes(), &browser.0],
        )?;
        let bytes = [nonce.as_slice(), &until.micros().to_be_bytes(), tag.get(..TAG).unwrap_or_default()].concat();
        Ok(Self { text: BASE64_URL_SAFE_NO_PAD.encode(bytes), nonce, until, key })
    }

    /// Reads one that this installation gave to this browser for this process and that has not expired.
    pub fn parse(cx: &Cx, text: &str, process: Process, browser: Browser) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE>()?;
        let (until, tag) = rest.split_first_chunk::<8>()?;
        if tag.len() != TAG {
            return None;
        }
        let parts: [&[u8]; 4] = [nonce, &[process.byte()], until, &browser.0];
        let key = cx.clave.vault.mac_key(Purpose::Web, "captcha", &parts, tag)?;
        let until = Moment::from_micros(i64::from_be_bytes(*until));
        // One from the future was made before the clock was set back; it must not live longer for that. One from before the database was
        // restored may have been used: the backup would not know.
        let alive = until > cx.now && until <= cx.now.plus(LIFETIME) && cx.clave.epoch.has(until, LIFETIME, cx.now);
        alive.then(|| Self { text: text.to_owned(), nonce: *nonce, until, key })
    }

    /// For the picture's address, which does not say the process.
    pub fn parse_any(cx: &Cx, text: &str, browser: Browser) -> Option<Self> {
        Process::ALL.into_iter().find_map(|process| Self::parse(cx, text, process, browser))
    }

    /// What stands in the form and in the picture's address.
    pub fn as_str(&self) -> &str {
        &self.text
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
