//! The secrets folder: keys that never enter the database, and the cryptography done with them.
//!
//! A purpose has one or more keys, `pepper-1.key`, `pepper-2.key`, … Everything made with a key carries that key's number, so a key can be replaced
//! while the service runs. Which one makes new values is said by the database (`keys.rs`), so that all nodes change over together; a node reads
//! with any key whose file it has.

mod files;
mod mac;
mod ring;
mod seal;
mod sign;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use aws_lc_rs::digest;
use rand::CryptoRng;
use zeroize::Zeroizing;

pub use files::{make_private_folder, write_private};
pub use ring::Mark;
pub use seal::Place;
pub use sign::PublicKey;

use crate::fault::Fault;
use ring::Keys;

/// The number of a key inside its purpose, from 1.
pub type KeyId = u32;

type KeyBytes = Zeroizing<[u8; 32]>;

/// What a key is for. One file name each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Goes into every hash of a key or answer: without it a stolen database cannot be searched by dictionary.
    Pepper,
    /// Seals personal data and message bodies.
    Sealing,
    /// Makes e-mail and phone searchable without storing them.
    Index,
    /// Form tokens and captcha tickets: all short-lived.
    Web,
    /// Chooses the question shown for an unknown RUT; must stay the same for ever.
    Decoy,
    /// Signs the records' roots (Ed25519; the file is the seed).
    Audit,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Pepper, Self::Sealing, Self::Index, Self::Web, Self::Decoy, Self::Audit];

    /// The word in file names and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pepper => "pepper",
            Self::Sealing => "sealing",
            Self::Index => "index",
            Self::Web => "web",
            Self::Decoy => "decoy",
            Self::Audit => "audit",
        }
    }

    /// From [`Purpose::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}

/// One key: `sealing-2`. Its file is `sealing-2.key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName {
    /// What for.
    pub purpose: Purpose,
    /// Which.
    pub id: KeyId,
}

impl KeyName {
    /// Reads `sealing-2`.
    pub fn parse(text: &str) -> Option<Self> {
        let (purpose, id) = text.rsplit_once('-')?;
        let name = Self { purpose: Purpose::from_name(purpose)?, id: id.parse().ok()? };
        // `sealing-02` and `sealing-+2` would be other files of the same key.
        (name.to_string() == text).then_some(name)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.purpose.name(), self.id)
    }
}

/// All keys, in memory.
pub struct Vault {
    folder: Option<PathBuf>,
    keys: RwLock<Arc<Keys>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// Reads the folder's keys. Until [`Vault::obey`], those with the highest numbers are in use.
    ///
    /// # Errors
    /// A file cannot be read or is not 64 hexadecimal digits, or a purpose has no key.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        let mut keys = Keys::default();
        keys.read_new(folder)?;
        keys.use_newest();
        if let Some(purpose) = Purpose::ALL.into_iter().find(|purpose| keys.of(*purpose).next().is_none()) {
            return Err(Fault::at("reading the secrets folder")(format!(
                "{} has no {}-1.key: copy the secrets of this installation there",
                folder.display(),
                purpose.name()
            )));
        }
        Ok(Self { folder: Some(folder.to_owned()), keys: RwLock::new(Arc::new(keys)) })
    }

    /// Whether the folder holds no key at all: a new installation.
    pub fn is_absent(folder: &Path) -> bool {
        files::names(folder, ".key").is_ok_and(|names| names.is_empty())
    }

    /// Makes the first key of every purpose that has none, readable by the owner alone, durable before it is used. Each appears whole or not at
    /// all, and never in place of another: a first start may be killed anywhere, and two nodes may make theirs at once.
    pub fn create(folder: &Path, rng: &mut impl CryptoRng) -> Result<(), Fault> {
        Self::create_for(folder, &Purpose::ALL, rng)
    }

    /// The same for some purposes: those that a new version of the program brings.
    pub fn create_for(folder: &Path, purposes: &[Purpose], rng: &mut impl CryptoRng) -> Result<(), Fault> {
        files::make(folder)?;
        let there = files::names(folder, ".key")?;
        for purpose in purposes.iter().filter(|purpose| there.iter().all(|name| name.purpose != **purpose)) {
            files::write_key(folder, KeyName { purpose: *purpose, id: 1 }, &random(rng))?;
        }
        Ok(())
    }

    /// A vault of its own for a test.
    pub fn for_tests(rng: &mut impl CryptoRng) -> Self {
        let mut keys = Keys::default();
        for purpose in Purpose::ALL {
            keys.add(KeyName { purpose, id: 1 }, random(rng));
        }
        keys.use_newest();
        Self { folder: None, keys: RwLock::new(Arc::new(keys)) }
    }

    /// A public mark of each key, to notice that a node runs with another installation's secrets: (name, mark).
    pub fn marks(&self) -> Vec<(KeyName, [u8; 32])> {
        self.keys().all().map(|(name, key)| (name, ring::mark_of(key))).collect()
    }

    /// Reads what is new in the folder and takes over what the database says: which key of each purpose is in use, which are retired.
    ///
    /// # Errors
    /// Names the file that is missing, wrong, or another installation's. The vault goes on with what it has.
    pub fn obey(&self, marks: &[Mark]) -> Result<(), Fault> {
        self.change(|keys| {
            let read = self.folder.as_ref().map_or(Ok(()), |folder| keys.read_new(folder));
            keys.obey(marks).and(read)
        })
    }

    /// Writes a key of that name into the folder, unless there is one, to be put in use later.
    pub fn stage(&self, name: KeyName, rng: &mut impl CryptoRng) -> Result<(), Fault> {
        files::write_key(self.folder()?, name, &random(rng))?;
        self.look_again();
        Ok(())
    }

    /// The names of all files of keys and of public halves, read or not: their numbers are taken.
    pub fn names(&self) -> Result<Vec<KeyName>, Fault> {
        let folder = self.folder()?;
        Ok([files::names(folder, ".key")?, files::names(folder, ".pub")?].concat())
    }

    /// Writes `audit-N.pub` beside an audit key that is to be retired.
    pub fn keep_public_half(&self, name: KeyName) -> Result<(), Fault> {
        let seed = self.numbered(name.purpose, name.id).ok_or_else(|| Fault::new("looking for an audit key"))?;
        files::write_public_half(self.folder()?, name, &sign::public_half(&seed)?)
    }

    /// The number of the key that makes new values.
    pub fn current_id(&self, purpose: Purpose) -> Result<KeyId, Fault> {
        self.current(purpose).map(|(id, _)| id)
    }

    fn folder(&self) -> Result<&Path, Fault> {
        self.folder.as_deref().ok_or_else(|| Fault::new("looking for the secrets folder of a vault in memory"))
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes a change while nobody else makes one; who reads meanwhile has the keys as they were.
    fn change<T>(&self, change: impl FnOnce(&mut Keys) -> T) -> T {
        let mut held = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut keys = held.as_ref().clone();
        let done = change(&mut keys);
        *held = Arc::new(keys);
        done
    }

    fn current(&self, purpose: Purpose) -> Result<(KeyId, KeyBytes), Fault> {
        let keys = self.keys();
        let current = keys.current(purpose).map(|(id, key)| (id, key.clone()));
        current.ok_or_else(|| Fault::new("looking for a key in the vault"))
    }

    /// The key of that number. Another node may use one that was put into the folder a moment ago: before the answer is no, the folder is
    /// looked at.
    fn numbered(&self, purpose: Purpose, id: KeyId) -> Option<KeyBytes> {
        let known = self.keys().get(purpose, id).cloned();
        known.or_else(|| self.look_again()?.get(purpose, id).cloned())
    }

    /// Reads the files that came since; none when there are none. What is wrong with them is said by [`Vault::obey`].
    fn look_again(&self) -> Option<Arc<Keys>> {
        let folder = self.folder.as_ref()?;
        let more = self.change(|keys| {
            let before = keys.all().count();
            let _ = keys.read_new(folder);
            keys.all().count() > before
        });
        more.then(|| self.keys())
    }
}

/// SHA-256: how tokens that people carry are stored.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn random(rng: &mut impl CryptoRng) -> KeyBytes {
    let mut key = Zeroizing::new([0_u8; 32]);
    rng.fill_bytes(key.as_mut());
    key
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    const PLACE: Place<'_> = Place { column: "person.details", row: b"one" };

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let mut rng = StdRng::seed_from_u64(1);
        let vault = Vault::for_tests(&mut rng);
        let sealed = vault.seal(PLACE, b"Pasaje Uno", &mut rng).unwrap();
        assert_eq!(vault.unseal(PLACE, &sealed).unwrap().as_slice(), b"Pasaje Uno");
        assert!(vault.unseal(Place { row: b"two", ..PLACE }, &sealed).is_err());
        assert!(vault.unseal(Place { column: "outbox.body", ..PLACE }, &sealed).is_err());
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(vault.unseal(PLACE, &altered).is_err(), "byte {at}");
        }
        assert!(!sealed.windows(6).any(|window| window == b"Pasaje"));
    }

    #[test]
    fn keys_are_private_files_and_come_back_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = folder.path().join("secrets");
        assert!(Vault::is_absent(&secrets));
        Vault::create(&secrets, &mut StdRng::seed_from_u64(2)).unwrap();
        assert!(!Vault::is_absent(&secrets));
        let (one, two) = (Vault::open(&secrets).unwrap(), Vault::open(&secrets).unwrap());
        assert_eq!(one.marks(), two.marks());
        #[cfg(unix)]
        for entry in fs::read_dir(&secrets).unwrap() {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::remove_file(secrets.join("pepper-1.key")).unwrap();
        assert!(crate::fault::chain(&Vault::open(&secrets).unwrap_err()).contains("pepper-1.key"));
    }

    #[test]
    fn a_signature_is_verified_by_its_public_key_and_no_other() {
        let mut rng = StdRng::seed_from_u64(4);
        let (vault, other) = (Vault::for_tests(&mut rng), Vault::for_tests(&mut rng));
        let (id, signature) = vault.sign(b"root").unwrap();
        let (known, public) = vault.public_keys().unwrap()[0];
        assert_eq!(id, known);
        assert!(public.verifies(b"root", &signature));
        assert!(!public.verifies(b"roots", &signature) && !public.verifies(b"root", &signature[1..]));
        assert!(!other.public_keys().unwrap()[0].1.verifies(b"root", &signature));
    }

    #[test]
    fn parts_do_not_run_together() {
        let vault = Vault::for_tests(&mut StdRng::seed_from_u64(3));
        let mac = |parts: &[&[u8]]| vault.mac(Purpose::Web, "test", parts).unwrap();
        assert_ne!(mac(&[b"ab", b"c"]), mac(&[b"a", b"bc"]));
        assert!(vault.mac_matches(Purpose::Web, "test", &[b"a"], &mac(&[b"a"])[..16]));
        assert!(!vault.mac_matches(Purpose::Web, "test", &[b"a"], &mac(&[b"a"])[..8]));
        assert!(!vault.mac_matches(Purpose::Web, "other", &[b"a"], &mac(&[b"a"])));
    }
}
