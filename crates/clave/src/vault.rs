//! The secrets folder: keys that never enter the database, and the cryptography done with them.
//!
//! A purpose has one or more keys, `pepper-1.key`, `pepper-2.key`, …; the highest number is used for new values, the others only to read
//! old ones. Everything made with a key carries that key's number, so a key can be replaced while the service runs.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest, hmac,
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::fault::Fault;

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
    /// Form tokens, captcha tickets, names of limit lanes: all short-lived.
    Web,
    /// Chooses the question shown for an unknown RUT; must stay the same for ever.
    Decoy,
    /// Signs the records' roots (Ed25519; the file is the seed).
    Audit,
}

impl Purpose {
    const ALL: [Self; 6] = [Self::Pepper, Self::Sealing, Self::Index, Self::Web, Self::Decoy, Self::Audit];

    fn file_stem(self) -> &'static str {
        match self {
            Self::Pepper => "pepper",
            Self::Sealing => "sealing",
            Self::Index => "index",
            Self::Web => "web",
            Self::Decoy => "decoy",
            Self::Audit => "audit",
        }
    }
}

/// Which value a sealed text belongs to: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Table and column, e.g. `person.details`.
    pub column: &'static str,
    /// The row's id.
    pub row: &'a [u8],
}

/// All keys, in memory.
pub struct Vault(BTreeMap<Purpose, BTreeMap<KeyId, KeyBytes>>);

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// Reads the folder's keys.
    ///
    /// # Errors
    /// A file cannot be read or is not 64 hexadecimal digits, or a purpose has no key.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        let mut purposes = BTreeMap::new();
        for purpose in Purpose::ALL {
            let keys = read_keys(folder, purpose)?;
            if keys.is_empty() {
                return Err(Fault::at("reading the secrets folder")(io::Error::other(format!(
                    "{} has no {}-1.key: copy the secrets of this installation there",
                    folder.display(),
                    purpose.file_stem()
                ))));
            }
            purposes.insert(purpose, keys);
        }
        Ok(Self(purposes))
    }

    /// Whether the folder holds no key at all: a new installation.
    pub fn is_absent(folder: &Path) -> bool {
        Purpose::ALL.iter().all(|purpose| read_keys(folder, *purpose).is_ok_and(|keys| keys.is_empty()))
    }

    /// Makes the first key of every purpose that has none, readable by the owner alone, durable before it is used. Each appears whole or not at
    /// all, and never in place of another: a first start may be killed anywhere, and two nodes may make theirs at once.
    pub fn create(folder: &Path, rng: &mut impl CryptoRng) -> Result<(), Fault> {
        let making = Fault::at::<io::Error>;
        make_private_folder(folder).map_err(making("making the secrets folder"))?;
        for purpose in Purpose::ALL {
            if !read_keys(folder, purpose)?.is_empty() {
                continue;
            }
            let mut key = Zeroizing::new([0_u8; 32]);
            rng.fill_bytes(key.as_mut());
            place_private(&file(folder, purpose, 1), Zeroizing::new(hex(key.as_ref())).as_bytes())
                .map_err(making("writing a key into the secrets folder"))?;
        }
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(making("making the secrets folder durable"))
    }

    /// A vault of its own for a test.
    pub fn for_tests(rng: &mut impl CryptoRng) -> Self {
        let mut key = || {
            let mut key = Zeroizing::new([0_u8; 32]);
            rng.fill_bytes(key.as_mut());
            BTreeMap::from([(1, key)])
        };
        Self(Purpose::ALL.into_iter().map(|purpose| (purpose, key())).collect())
    }

    /// A public mark of each key, to notice that a node runs with another installation's secrets: (name, mark).
    pub fn marks(&self) -> Vec<(String, [u8; 32])> {
        self.0
            .iter()
            .flat_map(|(purpose, keys)| {
                keys.iter().map(|(id, key)| (format!("{}-{id}", purpose.file_stem()), mac(key, "mark", &[])))
            })
            .collect()
    }

    /// Seals `plain` for its `place`: AES-256-GCM under the newest sealing key; the bytes are key number, nonce, ciphertext, tag.
    pub fn seal(&self, place: Place<'_>, plain: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, Fault> {
        let failing = || Fault::new("sealing personal data");
        let (id, key) = self.newest(Purpose::Sealing)?;
        let mut nonce = [0_u8; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        let mut sealed = [id.to_be_bytes().as_slice(), &nonce].concat();
        let mut body = plain.to_vec();
        aead(key)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context(place, id)), &mut body)
            .map_err(|_| failing())?;
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what [`Vault::seal`] made.
    ///
    /// # Errors
    /// It was altered, belongs to another place, or its key is gone.
    pub fn unseal(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let failing = || Fault::new("opening sealed data: altered, misplaced, or its key is missing from the secrets folder");
        let (id, rest) = sealed.split_first_chunk::<4>().ok_or_else(failing)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(failing)?;
        let id = KeyId::from_be_bytes(*id);
        let key = self.numbered(Purpose::Sealing, id).ok_or_else(failing)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = aead(key)?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context(place, id)), &mut body)
            .map_err(|_| failing())?
            .len();
        body.truncate(length);
        Ok(body)
    }

    /// HMAC-SHA-256 of the parts under the newest key of `purpose`; `label` keeps uses of one key apart.
    pub fn mac(&self, purpose: Purpose, label: &str, parts: &[&[u8]]) -> Result<[u8; 32], Fault> {
        Ok(mac(self.newest(purpose)?.1, label, parts))
    }

    /// Whether `tag` (its first bytes, at least 16) is the MAC of the parts under any key of `purpose`.
    pub fn mac_matches(&self, purpose: Purpose, label: &str, parts: &[&[u8]], tag: &[u8]) -> bool {
        tag.len() >= 16
            && self.0.get(&purpose).into_iter().flat_map(BTreeMap::values).any(|key| {
                let whole = mac(key, label, parts);
                whole.get(..tag.len()).is_some_and(|start| subtle::ConstantTimeEq::ct_eq(start, tag).into())
            })
    }

    /// The secret under the pepper, ready for Argon2, with the pepper's number.
    pub fn peppered(&self, secret: &str) -> Result<(KeyId, Zeroizing<[u8; 32]>), Fault> {
        let (id, key) = self.newest(Purpose::Pepper)?;
        Ok((id, Zeroizing::new(mac(key, "pepper", &[secret.as_bytes()]))))
    }

    /// The secret under the pepper of that number; none when that pepper is gone.
    pub fn peppered_with(&self, id: KeyId, secret: &str) -> Option<Zeroizing<[u8; 32]>> {
        let key = self.numbered(Purpose::Pepper, id)?;
        Some(Zeroizing::new(mac(key, "pepper", &[secret.as_bytes()])))
    }

    /// Signs with the newest audit key: its number and an Ed25519 signature. The message should name what it is for, since one key signs
    /// everything.
    pub fn sign(&self, message: &[u8]) -> Result<(KeyId, [u8; 64]), Fault> {
        let (id, seed) = self.newest(Purpose::Audit)?;
        let mut signature = [0; 64];
        signature.copy_from_slice(signing_key(seed)?.sign(message).as_ref());
        Ok((id, signature))
    }

    /// The public halves of every audit key, by number: what an auditor keeps.
    pub fn public_keys(&self) -> Result<Vec<(KeyId, PublicKey)>, Fault> {
        let keys = self.0.get(&Purpose::Audit).into_iter().flatten();
        keys.map(|(id, seed)| {
            let mut public = [0; 32];
            public.copy_from_slice(signing_key(seed)?.public_key().as_ref());
            Ok((*id, PublicKey(public)))
        })
        .collect()
    }

    fn newest(&self, purpose: Purpose) -> Result<(KeyId, &KeyBytes), Fault> {
        let newest = self.0.get(&purpose).and_then(BTreeMap::last_key_value).map(|(id, key)| (*id, key));
        newest.ok_or_else(|| Fault::new("looking for a key in the vault"))
    }

    fn numbered(&self, purpose: Purpose, id: KeyId) -> Option<&KeyBytes> {
        self.0.get(&purpose)?.get(&id)
    }
}

/// The public half of an audit key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// Whether `signature` is this key's over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
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

fn mac(key: &KeyBytes, label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()));
    // Each part is preceded by its length, so that no two lists of parts run together to the same bytes.
    for part in std::iter::once(&label.as_bytes()).chain(parts) {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

fn aead(key: &KeyBytes) -> Result<LessSafeKey, Fault> {
    let key = UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(|_| Fault::new("using a sealing key"))?;
    Ok(LessSafeKey::new(key))
}

fn signing_key(seed: &KeyBytes) -> Result<Ed25519KeyPair, Fault> {
    Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| Fault::new("using an audit key"))
}

fn context(place: Place<'_>, id: KeyId) -> Vec<u8> {
    [place.column.as_bytes(), b"\0", place.row, &id.to_be_bytes()].concat()
}

fn file(folder: &Path, purpose: Purpose, id: KeyId) -> PathBuf {
    folder.join(format!("{}-{id}.key", purpose.file_stem()))
}

fn read_keys(folder: &Path, purpose: Purpose) -> Result<BTreeMap<KeyId, KeyBytes>, Fault> {
    let reading = || Fault::at::<io::Error>("reading the secrets folder");
    let mut keys = BTreeMap::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(keys),
        Err(e) => return Err(reading()(e)),
    };
    for entry in entries {
        let path = entry.map_err(reading())?.path();
        let id = path
            .file_name()
            .and_then(|name| name.to_str()?.strip_prefix(purpose.file_stem())?.strip_prefix('-')?.strip_suffix(".key"))
            .and_then(|id| id.parse::<KeyId>().ok());
        if let Some(id) = id {
            let text = Zeroizing::new(fs::read_to_string(&path).map_err(reading())?);
            let key = from_hex(text.trim())
                .ok_or_else(|| reading()(io::Error::other(format!("{} is not 64 hexadecimal digits", path.display()))))?;
            keys.insert(id, key);
        }
    }
    Ok(keys)
}

fn from_hex(text: &str) -> Option<KeyBytes> {
    let mut key = Zeroizing::new([0_u8; 32]);
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(key)
}

/// Makes a folder that only its owner may enter.
pub fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a new file that only its owner may read, whole and durable; an existing one is left alone and is an error.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A private file that is there whole or not at all; one that is there already stays.
fn place_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension(format!("unfinished-{}", std::process::id()));
    let _ = fs::remove_file(&unfinished);
    write_private(&unfinished, bytes)?;
    let placed = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    placed.or_else(|error| if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
}

#[cfg(test)]
mod tests {
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
