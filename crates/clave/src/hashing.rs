//! Argon2id on threads of its own.
//!
//! A fixed number of threads, each with its block memory kept for its whole life, behind a bounded queue. Measured elsewhere in this project: fresh
//! memory for each hash costs 20–60 % in page faults, and an unbounded blocking pool eats gigabytes in a storm. When the queue is full the
//! answer is «try again in a moment» at once, rather than a time-out later.

use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use phc::{PasswordHash, Salt};
use rand::CryptoRng;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::{
    fault::Fault,
    secret::Secret,
    vault::{KeyId, Purpose, Vault},
};

/// What a hash costs. Stored hashes carry theirs, so it can be raised at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB; OWASP's least is 19456.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2 }
    }
}

/// A stored hash: the pepper's number and a PHC string, `1$argon2id$v=19$m=…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Hash(String);

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hash(…)")
    }
}

impl Hash {
    /// The stored text, for what is itself sealed.
    pub(crate) fn into_stored(self) -> String {
        self.0
    }

    /// Back from [`Hash::into_stored`].
    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Whether both are of one secret, set once: hashing it anew keeps the salt, which is chance's and no other secret's. Who read a hash before
    /// that was done and finds another one afterwards knows by it that what was proved still holds.
    pub(crate) fn is_of_same_secret(&self, other: &Self) -> bool {
        self == other || matches!((Parts::of(self), Parts::of(other)), (Ok(one), Ok(two)) if one.salt == two.salt)
    }
}

/// What a stored hash says of itself.
struct Parts {
    pepper: KeyId,
    cost: Cost,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Parts {
    fn of(hash: &Hash) -> Result<Self, Fault> {
        let unreadable = || Fault::new("reading a stored hash");
        let at = hash.0.find('$').ok_or_else(unreadable)?;
        let (pepper, phc) = hash.0.split_at(at);
        let pepper: KeyId = pepper.parse().map_err(|_| unreadable())?;
        let phc = PasswordHash::new(phc).map_err(|_| unreadable())?;
        let params = Params::try_from(&phc).map_err(|_| unreadable())?;
        let (Some(salt), Some(output)) = (phc.salt, phc.hash) else { return Err(unreadable()) };
        let cost = Cost { memory_kib: params.m_cost(), passes: params.t_cost() };
        Ok(Self { pepper, cost, salt: salt.as_ref().to_vec(), output: output.as_bytes().to_vec() })
    }
}

impl From<&Hash> for sql::Value {
    fn from(hash: &Hash) -> Self {
        hash.0.as_str().into()
    }
}

impl sql::Column for Hash {
    fn read(row: &sql::Row, column: &str) -> sql::Result<Self> {
        row.get(column).map(Hash)
    }
}

type Peppered = Zeroizing<[u8; 32]>;
type Output = [u8; 32];

struct Job {
    input: Peppered,
    salt: Vec<u8>,
    cost: Cost,
    reply: oneshot::Sender<Result<Output, Fault>>,
}

/// The door to the hashing threads. They end when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Hashing {
    queue: mpsc::SyncSender<Job>,
    cost: Cost,
}

/// Length of a salt in bytes.
const SALT: usize = 16;

impl Hashing {
    /// Starts `threads` threads with room for `waiting` jobs before new ones are refused.
    pub fn start(threads: usize, waiting: usize, cost: Cost) -> Result<Self, Fault> {
        let (queue, jobs) = mpsc::sync_channel::<Job>(waiting);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..threads.max(1) {
            let jobs = Arc::clone(&jobs);
            thread::Builder::new()
                .name(format!("hashing-{number}"))
                .spawn(move || work(&jobs))
                .map_err(Fault::at("starting a hashing thread"))?;
        }
        Ok(Self { queue, cost })
    }

    /// Hashes a new secret.
    pub async fn hash(&self, vault: &Vault, secret: &Secret, rng: &mut impl CryptoRng) -> Result<Hash, Fault> {
        let mut salt = [0_u8; SALT];
        rng.fill_bytes(&mut salt);
        self.hash_with(vault, secret, &salt).await
    }

    /// Whether the secret is the stored one. With nothing stored the same work is done, and the answer is no.
    pub async fn verify(&self, vault: &Vault, secret: &Secret, stored: Option<&Hash>) -> Result<bool, Fault> {
        let Some(stored) = stored else {
            let (_, input) = vault.peppered(secret.expose())?;
            self.run(input, vec![0; SALT], self.cost).await?;
            return Ok(false);
        };
        let Parts { pepper, cost, salt, output: expected } = Parts::of(stored)?;
        let input = vault
            .peppered_with(pepper, secret.expose())
            .ok_or_else(|| Fault::new("verifying with a pepper that is not in the secrets folder"))?;
        let output = self.run(input, salt, cost).await?;
        Ok(subtle::ConstantTimeEq::ct_eq(output.as_slice(), expected.as_slice()).into())
    }

    /// Whether the hash was made with a pepper that has been replaced, or costs less to guess than new ones.
    pub fn is_outdated(&self, hash: &Hash, vault: &Vault) -> bool {
        let Ok(Parts { pepper, cost, .. }) = Parts::of(hash) else { return false };
        vault.current_id(Purpose::Pepper).is_ok_and(|current| pepper < current)
            || cost.memory_kib < self.cost.memory_kib
            || cost.passes < self.cost.passes
    }

    /// Hashes a secret anew that has just been proved, where its hash is outdated.
    pub async fn renew(&self, vault: &Vault, proved: &Secret, old: &Hash) -> Result<Option<Hash>, Fault> {
        if !self.is_outdated(old, vault) {
            return Ok(None);
        }
        self.hash_with(vault, proved, &Parts::of(old)?.salt).await.map(Some)
    }

    async fn hash_with(&self, vault: &Vault, secret: &Secret, salt: &[u8]) -> Result<Hash, Fault> {
        let (pepper, input) = vault.peppered(secret.expose())?;
        let output = self.run(input, salt.to_vec(), self.cost).await?;
        let params = params(self.cost)?;
        let phc = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: (&params).try_into().map_err(|_| Fault::new("writing the cost of a hash"))?,
            salt: Some(Salt::new(salt).map_err(|_| Fault::new("writing the salt of a hash"))?),
            hash: Some(phc::Output::new(&output).map_err(|_| Fault::new("writing a hash"))?),
        };
        Ok(Hash(format!("{pepper}{phc}")))
    }

    async fn run(&self, input: Peppered, salt: Vec<u8>, cost: Cost) -> Result<Output, Fault> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Job { input, salt, cost, reply }).map_err(|_| Fault::busy("queueing for a hashing thread"))?;
        answer.await.map_err(|_| Fault::new("waiting for a hashing thread"))?
    }
}

fn params(cost: Cost) -> Result<Params, Fault> {
    Params::new(cost.memory_kib, cost.passes, 1, Some(32)).map_err(|_| Fault::new("setting the cost of a hash"))
}

fn work(jobs: &Mutex<mpsc::Receiver<Job>>) {
    let mut memory: Vec<Block> = Vec::new();
    loop {
        let job = match jobs.lock() {
            Ok(jobs) => jobs.recv(),
            Err(_) => return,
        };
        let Ok(job) = job else { return };
        // The request was given up: nobody waits for this hash.
        if !job.reply.is_closed() {
            let output = hash_into(&job, &mut memory);
            let _ = job.reply.send(output);
        }
    }
}

fn hash_into(job: &Job, memory: &mut Vec<Block>) -> Result<Output, Fault> {
    let params = params(job.cost)?;
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::default());
    }
    let memory = memory.get_mut(..blocks).ok_or_else(|| Fault::new("preparing memory for a hash"))?;
    let mut output = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(job.input.as_ref(), &job.salt, &mut output, memory)
        .map_err(|_| Fault::new("hashing"))?;
    Ok(output)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };

    #[tokio::test]
    async fn a_hash_knows_its_secret_and_no_other() {
        let mut rng = StdRng::seed_from_u64(1);
        let vault = Vault::for_tests(&mut rng);
        let hashing = Hashing::start(2, 16, CHEAP).unwrap();
        let hash = hashing.hash(&vault, &Secret::new("clave-uno"), &mut rng).await.unwrap();
        assert!(hash.0.starts_with("1$argon2id$v=19$m=64,t=1,p=1$"), "{}", hash.0);
        assert!(hashing.verify(&vault, &Secret::new("clave-uno"), Some(&hash)).await.unwrap());
        assert!(!hashing.verify(&vault, &Secret::new("clave-dos"), Some(&hash)).await.unwrap());
        assert!(!hashing.verify(&vault, &Secret::new("clave-uno"), None).await.unwrap());
        let other = Vault::for_tests(&mut rng);
        assert!(
            !hashing.verify(&other, &Secret::new("clave-uno"), Some(&hash)).await.unwrap(),
            "without the pepper nothing matches"
        );
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let mut rng = StdRng::seed_from_u64(1);
        let vault = Vault::for_tests(&mut rng);
        let hashing = Hashing::start(1, 1, Cost { memory_kib: 32 * 1024, passes: 3 }).unwrap();
        let secret = Secret::new("x");
        let all = tokio::join!(
            hashing.verify(&vault, &secret, None),
            hashing.verify(&vault, &secret, None),
            hashing.verify(&vault, &secret, None),
            hashing.verify(&vault, &secret, None),
        );
        let refused = [all.0, all.1, all.2, all.3].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert!(!refused.is_empty());
        assert!(refused.iter().all(Fault::is_passing));
    }

    #[tokio::test]
    async fn a_hash_of_a_replaced_pepper_or_a_lower_cost_is_renewed_and_still_of_the_same_secret() {
        let mut rng = StdRng::seed_from_u64(1);
        let folder = tempfile::tempdir().unwrap();
        Vault::create(folder.path(), &mut rng).unwrap();
        let old = Vault::open(folder.path()).unwrap();
        let cheap = Hashing::start(1, 16, CHEAP).unwrap();
        let secret = Secret::new("clave-uno");
        let first = cheap.hash(&old, &secret, &mut rng).await.unwrap();
        assert!(!cheap.is_outdated(&first, &old) && cheap.renew(&old, &secret, &first).await.unwrap().is_none());

        let dearer = Hashing::start(1, 16, Cost { passes: 2, ..CHEAP }).unwrap();
        let second = dearer.renew(&old, &secret, &first).await.unwrap().unwrap();
        assert!(second.0.contains("t=2") && dearer.verify(&old, &secret, Some(&second)).await.unwrap());
        assert!(!cheap.is_outdated(&second, &old), "a cost that was lowered weakens nobody's hash");

        old.stage(crate::vault::KeyName { purpose: Purpose::Pepper, id: 2 }, &mut rng).unwrap();
        let new = Vault::open(folder.path()).unwrap();
        let third = cheap.renew(&new, &secret, &first).await.unwrap().unwrap();
        assert!(third.0.starts_with("2$") && cheap.verify(&new, &secret, Some(&third)).await.unwrap());
        assert!(cheap.verify(&old, &secret, Some(&third)).await.unwrap(), "a node that is late reads it as well");

        assert!(first != third && first.is_of_same_secret(&third) && first.is_of_same_secret(&second));
        let other = cheap.hash(&old, &secret, &mut rng).await.unwrap();
        assert!(!first.is_of_same_secret(&other), "the same words, set another time");
    }
}
