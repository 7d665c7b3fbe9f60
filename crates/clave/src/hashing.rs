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
    vault::{KeyId, Vault},
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
        let (pepper, input) = vault.peppered(secret.expose())?;
        let output = self.run(input, salt.to_vec(), self.cost).await?;
        let params = params(self.cost)?;
        let phc = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: (&params).try_into().map_err(|_| Fault::new("writing the cost of a hash"))?,
            salt: Some(Salt::new(&salt).map_err(|_| Fault::new("writing the salt of a hash"))?),
            hash: Some(phc::Output::new(&output).map_err(|_| Fault::new("writing a hash"))?),
        };
        Ok(Hash(format!("{pepper}{phc}")))
    }

    /// Whether the secret is the stored one. With nothing stored the same work is done, and the answer is no.
    pub async fn verify(&self, vault: &Vault, secret: &Secret, stored: Option<&Hash>) -> Result<bool, Fault> {
        let Some(Hash(stored)) = stored else {
            let (_, input) = vault.peppered(secret.expose())?;
            self.run(input, vec![0; SALT], self.cost).await?;
            return Ok(false);
        };
        let unreadable = || Fault::new("reading a stored hash");
        let at = stored.find('$').ok_or_else(unreadable)?;
        let (pepper, phc) = stored.split_at(at);
        let pepper: KeyId = pepper.parse().map_err(|_| unreadable())?;
        let phc = PasswordHash::new(phc).map_err(|_| unreadable())?;
        let params = Params::try_from(&phc).map_err(|_| unreadable())?;
        let (Some(salt), Some(hash)) = (phc.salt, phc.hash) else { return Err(unreadable()) };
        let cost = Cost { memory_kib: params.m_cost(), passes: params.t_cost() };
        let input = vault
            .peppered_with(pepper, secret.expose())
            .ok_or_else(|| Fault::new("verifying with a pepper that is not in the secrets folder"))?;
        let output = self.run(input, salt.as_ref().to_vec(), cost).await?;
        Ok(subtle::ConstantTimeEq::ct_eq(output.as_slice(), hash.as_bytes()).into())
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
}
