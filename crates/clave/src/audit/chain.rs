//! The chain: what of an entry is hashed, and how each entry holds the one before it.
//!
//! Bytes, no database: a verifier needs nothing else.

use crate::{moment::Moment, vault::sha256};

/// How many chains there are. Several, so that appending does not make every request wait for every other; few, so that each is signed often.
pub const SHARDS: i64 = 16;

/// SHA-256.
pub type Hash = [u8; 32];

/// What the first entry of a shard follows.
pub const GENESIS: Hash = [0; 32];

/// The shard of a RUT, so that a person's history lies in one; entries about the installation go with number 0.
pub fn shard_of(rut: Option<i64>) -> i64 {
    rut.unwrap_or(0).rem_euclid(SHARDS)
}

/// What is recorded, as it is stored: a verifier must be able to hold what somebody made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Random.
    pub id: Vec<u8>,
    /// When.
    pub at: Moment,
    /// Whom it is about; none for the installation.
    pub rut: Option<i64>,
    /// `person` or `operator`.
    pub actor: String,
    /// The event's stored name.
    pub event: String,
    /// More about it, never a secret.
    pub detail: Option<String>,
    /// The client's address: 4 or 16 bytes.
    pub address: Option<Vec<u8>>,
    /// The request's reference number.
    pub request: String,
}

impl Entry {
    /// The hash of this entry as number `seq` of a shard, after the entry whose hash is `previous`.
    pub fn hash(&self, shard: i64, seq: i64, previous: &Hash) -> Hash {
        let bytes = Parts::new("clavero audit entry 1")
            .bytes(previous)
            .int(shard)
            .int(seq)
            .bytes(&self.id)
            .int(self.at.micros())
            .optional(self.rut.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice))
            .bytes(self.actor.as_bytes())
            .bytes(self.event.as_bytes())
            .optional(self.detail.as_deref().map(str::as_bytes))
            .optional(self.address.as_deref())
            .bytes(self.request.as_bytes())
            .done();
        sha256(&bytes)
    }
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which chain.
    pub shard: i64,
    /// Its number there, from 1.
    pub seq: i64,
    /// What it says.
    pub entry: Entry,
    /// What is stored as its hash.
    pub hash: Vec<u8>,
}

/// Bytes to be hashed or signed. Each part is preceded by its length and by whether it is there at all, so that no two lists of parts give the
/// same bytes; the label keeps kinds apart.
pub(super) struct Parts(Vec<u8>);

impl Parts {
    pub(super) fn new(label: &str) -> Self {
        Self(Vec::with_capacity(256)).bytes(label.as_bytes())
    }

    pub(super) fn bytes(self, part: &[u8]) -> Self {
        self.optional(Some(part))
    }

    pub(super) fn int(self, part: i64) -> Self {
        self.bytes(&part.to_be_bytes())
    }

    pub(super) fn optional(mut self, part: Option<&[u8]>) -> Self {
        match part {
            None => self.0.push(0),
            Some(part) => {
                self.0.push(1);
                self.0.extend_from_slice(&(part.len() as u64).to_be_bytes());
                self.0.extend_from_slice(part);
            }
        }
        self
    }

    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            id: vec![7; 16],
            at: Moment::from_micros(1_559_054_820_000_000),
            rut: Some(12_345_678),
            actor: "person".to_owned(),
            event: "key_changed".to_owned(),
            detail: Some("with_current_key".to_owned()),
            address: Some(vec![192, 0, 2, 1]),
            request: "0123456789ab".to_owned(),
        }
    }

    #[test]
    fn every_column_and_every_place_counts() {
        let original = entry().hash(3, 1, &GENESIS);
        let edits: [fn(&mut Entry); 11] = [
            |entry| entry.id = vec![8; 16],
            |entry| entry.at = Moment::from_micros(1_559_054_820_000_001),
            |entry| entry.rut = Some(12_345_679),
            |entry| entry.rut = None,
            |entry| entry.actor = "operator".to_owned(),
            |entry| entry.event = "key_change".to_owned(),
            |entry| entry.detail = None,
            |entry| entry.detail = Some(String::new()),
            |entry| entry.address = Some(Vec::new()),
            |entry| entry.address = None,
            |entry| entry.request = "0123456789aB".to_owned(),
        ];
        let mut seen = vec![original, entry().hash(4, 1, &GENESIS), entry().hash(3, 2, &GENESIS), entry().hash(3, 1, &[1; 32])];
        for edit in edits {
            let mut altered = entry();
            edit(&mut altered);
            seen.push(altered.hash(3, 1, &GENESIS));
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count, "two of them have the same hash");
    }

    #[test]
    fn what_moves_from_one_column_into_the_next_is_another_entry() {
        let (mut one, mut two) = (entry(), entry());
        (one.actor, one.event) = ("person".to_owned(), "key_changed".to_owned());
        (two.actor, two.event) = ("personk".to_owned(), "ey_changed".to_owned());
        assert_ne!(one.hash(0, 1, &GENESIS), two.hash(0, 1, &GENESIS));
    }

    /// The encoding is a promise to every export ever made: whoever changes it must change its label too.
    #[test]
    fn the_encoding_stays_what_it_was() {
        assert_eq!(
            crate::vault::hex(&entry().hash(3, 1, &GENESIS)),
            "d767aa225839055add732d88f954dd40af44edc51aa25bd2e3ead41c7f572d39"
        );
    }

    #[test]
    fn a_person_has_one_shard_and_the_installation_the_first() {
        assert_eq!(shard_of(None), 0);
        assert_eq!(shard_of(Some(12_345_678)), 12_345_678 % SHARDS);
    }
}
