//! Signatures under the audit keys (Ed25519), and the public halves that verify them.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use super::{KeyBytes, KeyId, Purpose, Vault};
use crate::fault::Fault;

/// The public half of an audit key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// Whether `signature` is this key's over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }
}

impl Vault {
    /// Signs with the audit key in use: its number and an Ed25519 signature. The message should name what it is for, since one key signs
    /// everything.
    pub fn sign(&self, message: &[u8]) -> Result<(KeyId, [u8; 64]), Fault> {
        let (id, seed) = self.current(Purpose::Audit)?;
        let mut signature = [0; 64];
        signature.copy_from_slice(key_pair(&seed)?.sign(message).as_ref());
        Ok((id, signature))
    }

    /// The public halves of every audit key by number, retired ones (`audit-N.pub`) as well: what an auditor keeps.
    pub fn public_keys(&self) -> Result<Vec<(KeyId, PublicKey)>, Fault> {
        let keys = self.keys();
        let mut halves: BTreeMap<KeyId, PublicKey> = keys.public().collect();
        for (id, seed) in keys.of(Purpose::Audit) {
            halves.insert(id, public_half(seed)?);
        }
        Ok(halves.into_iter().collect())
    }
}

pub(super) fn public_half(seed: &KeyBytes) -> Result<PublicKey, Fault> {
    let mut public = [0; 32];
    public.copy_from_slice(key_pair(seed)?.public_key().as_ref());
    Ok(PublicKey(public))
}

fn key_pair(seed: &KeyBytes) -> Result<Ed25519KeyPair, Fault> {
    Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| Fault::new("using an audit key"))
}
