//! The keys that sign ID tokens, logout tokens and answers of userinfo. They live in the database, sealed, so that every node has them, and are read
//! into memory.
//!
//! A rotation overlaps: systems keep our public keys for a while, so a new key is published at once and signs only when every copy without it has
//! run out; its predecessor stays published until everything that it signed has. A node that has looked since the new key was made changes over by
//! itself at the written instant, so that nothing needs to happen then.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use oidc::jwk::{Algorithm, SigningKey};
use rand::rngs::StdRng;
use sql::{Row, Tx, sql};

use crate::{
    audit::{self, Event},
    cx::{Clave, Cx},
    fault::Fault,
    keys::Haste,
    moment::Moment,
    settings::Oidc,
    vault::{Place, Vault},
};

/// Every node has looked at the database again when so long has passed, with room for clocks that differ.
const SETTLED: Duration = Duration::from_secs(30);
/// How much longer than its life a token may be shown to somebody whose clock is behind.
const LATE: Duration = Duration::from_hours(1);
/// Whoever asks for a key that nobody has makes the database be looked at, but not more often than this.
const LOOK: Duration = Duration::from_secs(1);
const COLUMN: &str = "signing_key.private";

/// The keys, in memory.
#[derive(Debug, Default)]
pub struct Signing {
    keys: RwLock<Arc<Vec<Known>>>,
    looked_at: AtomicI64,
}

/// One key.
#[derive(Debug, Clone)]
pub struct Known {
    /// `ES256-2`.
    pub name: String,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// Its name in the header of what it signed: its thumbprint (RFC 7638).
    pub kid: String,
    /// Its public half, as it is published.
    pub public: serde_json::Value,
    /// When it was made.
    pub made_at: Moment,
    /// When it signs.
    pub signs_from: Moment,
    /// Until when it is published; without an end while it has no successor.
    pub published_until: Option<Moment>,
    /// Since when nothing that it signed counts.
    pub withdrawn_at: Option<Moment>,
    /// Which of its algorithm.
    pub number: i64,
    key: Option<Arc<SigningKey>>,
}

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Published, so that systems know it when it begins to sign.
    Published,
    /// Signs.
    Current,
    /// Published until what it signed has expired.
    Old,
    /// No longer published.
    Retired,
    /// Somebody may have seen it.
    Withdrawn,
}

impl State {
    /// The word operators read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Current => "current",
            Self::Old => "old",
            Self::Retired => "retired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Signing {
    /// The key that signs now.
    pub fn current(&self, algorithm: Algorithm, now: Moment) -> Result<Arc<SigningKey>, Fault> {
        let keys = self.known();
        let key = signer(&keys, algorithm, now).and_then(|known| known.key.clone());
        key.ok_or_else(|| Fault::new("looking for a key that signs: the server makes the first ones when it starts"))
    }

    /// The public halves of all keys whose signatures are to be believed, those that sign first.
    pub fn published(&self, now: Moment) -> Vec<serde_json::Value> {
        let mut published: Vec<(State, Known)> = self.list(now);
        published.retain(|(state, _)| matches!(state, State::Published | State::Current | State::Old));
        published.sort_by_key(|(state, _)| *state != State::Current);
        published.into_iter().map(|(_, known)| known.public).collect()
    }

    /// The key of that name, published or not: hints come back long after their tokens have expired. One that was withdrawn is not found.
    pub fn find(&self, kid: &str) -> Option<Arc<SigningKey>> {
        self.known().iter().find(|known| known.kid == kid && known.withdrawn_at.is_none())?.key.clone()
    }

    /// Every key and where it is in its life, in the order of their names.
    pub fn list(&self, now: Moment) -> Vec<(State, Known)> {
        let keys = self.known();
        let state = |known: &Known| {
            if known.withdrawn_at.is_some() {
                State::Withdrawn
            } else if signer(&keys, known.algorithm, now).is_some_and(|signer| signer.number == known.number) {
                State::Current
            } else if known.published_until.is_some_and(|until| until <= now) {
                State::Retired
            } else if known.signs_from > now {
                State::Published
            } else {
                State::Old
            }
        };
        keys.iter().map(|known| (state(known), known.clone())).collect()
    }

    fn known(&self) -> Arc<Vec<Known>> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, keys: Vec<Known>, now: Moment) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        self.looked_at.store(now.micros(), Ordering::SeqCst);
    }

    /// Whether what is in memory was read a moment ago. A clock that was set back makes it old.
    fn is_fresh(&self, now: Moment) -> bool {
        let looked_at = Moment::from_micros(self.looked_at.load(Ordering::SeqCst));
        looked_at <= now && now < looked_at.plus(LOOK)
    }
}

/// The newest key that may sign; where the clock was set back before all of them, the oldest.
fn signer(keys: &[Known], algorithm: Algorithm, now: Moment) -> Option<&Known> {
    let usable =
        || keys.iter().filter(|known| known.algorithm == algorithm && known.withdrawn_at.is_none() && known.key.is_some());
    let ready = usable().filter(|known| known.signs_from <= now).max_by_key(|known| known.number);
    ready.or_else(|| usable().min_by_key(|known| known.number))
}

/// Reads the keys from the database.
pub async fn refresh(clave: &Clave) -> Result<(), Fault> {
    let now = clave.clock.now();
    let keys = read(&mut clave.db.read().await?, &clave.vault, &clave.signing.known()).await?;
    clave.signing.set(keys, now);
    Ok(())
}

/// The keys as they are stored; those that are known already are not opened again.
pub async fn read(tx: &mut Tx, vault: &Vault, before: &[Known]) -> Result<Vec<Known>, Fault> {
    let rows = tx
        .all(sql!(
            "SELECT id, algorithm, number, public, private, made_at, signs_from, published_until, withdrawn_at
             FROM signing_key ORDER BY algorithm, number"
        ))
        .await?;
    rows.iter().map(|row| known(row, vault, before)).collect()
}

/// The same, unless it was done a moment ago: before the keys are published, and when somebody shows a key that is not known here.
pub async fn look(clave: &Clave) -> Result<(), Fault> {
    if clave.signing.is_fresh(clave.clock.now()) { Ok(()) } else { refresh(clave).await }
}

/// The key of that name. Another node may have made it a moment ago.
pub async fn find(clave: &Clave, kid: &str) -> Result<Option<Arc<SigningKey>>, Fault> {
    if let Some(known) = clave.signing.find(kid) {
        return Ok(Some(known));
    }
    look(clave).await?;
    Ok(clave.signing.find(kid))
}

/// At the start: makes the first key of each algorithm that has none, and reads them.
pub async fn begin(cx: &mut Cx) -> Result<(), Fault> {
    let clave = Arc::clone(&cx.clave);
    refresh(&clave).await?;
    let known = clave.signing.known();
    let mut missing = Vec::new();
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| known.iter().all(|known| known.algorithm != *algorithm)) {
        missing.push((algorithm, 1, generate(algorithm).await?));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let mut tx = clave.db.begin().await?;
    // Nobody keeps a copy of keys that there never were: the first ones sign at once.
    let made = insert(&mut tx, cx, missing, cx.now).await?;
    if !made.is_empty() {
        audit::append(&mut tx, cx, None, Event::SigningKeysMade, Some(&made.join(" "))).await?;
    }
    tx.commit().await?;
    refresh(&clave).await
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The new keys.
    pub names: Vec<String>,
    /// When they begin to sign.
    pub signs_from: Moment,
    /// Until when their predecessors are published.
    pub published_until: Moment,
}

/// Makes a new key of each algorithm. In haste they sign at once, and nothing counts that was signed with those before: somebody may have seen them.
/// None when another node made the same ones at this moment.
pub async fn rotate(cx: &mut Cx, haste: Haste) -> Result<Option<Rotated>, Fault> {
    let clave = Arc::clone(&cx.clave);
    refresh(&clave).await?;
    let known = clave.signing.known();
    let mut keys = Vec::new();
    for algorithm in Algorithm::ALL {
        let newest = known.iter().filter(|known| known.algorithm == algorithm).map(|known| known.number).max();
        keys.push((algorithm, newest.unwrap_or(0) + 1, generate(algorithm).await?));
    }
    let first = known.is_empty();
    let oidc = clave.settings.oidc;
    let signs_from = if haste == Haste::Now || first { cx.now } else { cx.now.plus(oidc.jwks).plus(SETTLED) };
    let published_until = if haste == Haste::Now { cx.now } else { signs_from.plus(longest(oidc)).plus(LATE) };
    let mut tx = clave.db.begin().await?;
    let names = insert(&mut tx, cx, keys, signs_from).await?;
    if names.len() < Algorithm::ALL.len() {
        return Ok(None);
    }
    supersede(&mut tx, cx.now, published_until, haste).await?;
    let detail = if haste == Haste::Now { format!("{} now", names.join(" ")) } else { names.join(" ") };
    audit::append(&mut tx, cx, None, Event::SigningKeysMade, Some(&detail)).await?;
    tx.commit().await?;
    refresh(&clave).await?;
    Ok(Some(Rotated { names, signs_from, published_until }))
}

/// The longest life of anything that is signed.
fn longest(oidc: Oidc) -> Duration {
    oidc.id_token.max(oidc.access).max(LATE)
}

/// Ends the life of every key that has a successor now.
async fn supersede(tx: &mut Tx, now: Moment, published_until: Moment, haste: Haste) -> Result<(), Fault> {
    tx.run(sql!(
        "UPDATE signing_key SET published_until = $1
         WHERE (published_until IS NULL OR published_until > $1)
             AND number < (SELECT MAX(newer.number) FROM signing_key AS newer WHERE newer.algorithm = signing_key.algorithm)
             AND ($2 OR published_until IS NULL)",
        published_until,
        haste == Haste::Now
    ))
    .await?;
    if haste == Haste::Now {
        tx.run(sql!(
            "UPDATE signing_key SET withdrawn_at = $1, private = NULL
             WHERE withdrawn_at IS NULL
                 AND number < (SELECT MAX(newer.number) FROM signing_key AS newer WHERE newer.algorithm = signing_key.algorithm)",
            now
        ))
        .await?;
    }
    Ok(())
}

/// Stores keys, each only if nobody else has made that one; gives the names of those that were stored.
async fn insert(
    tx: &mut Tx,
    cx: &mut Cx,
    keys: Vec<(Algorithm, i64, SigningKey)>,
    signs_from: Moment,
) -> Result<Vec<String>, Fault> {
    let clave = Arc::clone(&cx.clave);
    let mut names = Vec::new();
    for (algorithm, number, key) in keys {
        let name = format!("{}-{number}", algorithm.as_str());
        let private = seal(&clave.vault, &name, &key, &mut cx.rng)?;
        let row = tx
            .one(sql!(
                "INSERT INTO signing_key (id, algorithm, number, public, private, made_at, signs_from)
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id",
                name.as_bytes(),
                algorithm.as_str(),
                number,
                key.public().to_string(),
                private,
                cx.now,
                signs_from
            ))
            .await?;
        names.extend(row.map(|_| name));
    }
    Ok(names)
}

fn seal(vault: &Vault, name: &str, key: &SigningKey, rng: &mut StdRng) -> Result<Vec<u8>, Fault> {
    vault.seal(Place { column: COLUMN, row: name.as_bytes() }, key.pkcs8(), rng)
}

/// Making an RSA key takes long: not on a thread that answers requests.
async fn generate(algorithm: Algorithm) -> Result<SigningKey, Fault> {
    let made = tokio::task::spawn_blocking(move || SigningKey::generate(algorithm)).await;
    made.map_err(Fault::at("waiting for a new signing key"))?.map_err(Fault::at("making a signing key"))
}

/// A row's key.
fn known(row: &Row, vault: &Vault, before: &[Known]) -> Result<Known, Fault> {
    let id: Vec<u8> = row.get("id")?;
    let name = String::from_utf8(id).map_err(Fault::at("reading the name of a signing key"))?;
    let algorithm: Algorithm = row.get::<String>("algorithm")?.parse().map_err(Fault::at("reading a signing key"))?;
    let public: serde_json::Value =
        serde_json::from_str(&row.get::<String>("public")?).map_err(Fault::at("reading a signing key"))?;
    let kid = public.get("kid").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let sealed: Option<Vec<u8>> = row.get("private")?;
    let opened = before.iter().find(|known| known.name == name && known.kid == kid).and_then(|known| known.key.clone());
    let key = match (sealed, opened) {
        (None, _) => None,
        (Some(_), Some(opened)) => Some(opened),
        (Some(sealed), None) => {
            let pkcs8 = vault.unseal(Place { column: COLUMN, row: name.as_bytes() }, &sealed)?;
            Some(Arc::new(SigningKey::from_pkcs8(algorithm, &pkcs8).map_err(Fault::at("opening a signing key"))?))
        }
    };
    Ok(Known {
        name,
        algorithm,
        kid,
        public,
        made_at: row.get("made_at")?,
        signs_from: row.get("signs_from")?,
        published_until: row.get("published_until")?,
        withdrawn_at: row.get("withdrawn_at")?,
        number: row.get("number")?,
        key,
    })
}
