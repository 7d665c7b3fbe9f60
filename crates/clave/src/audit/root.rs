//! Roots: the head of a shard's chain, signed. One signature covers every entry up to it, and whoever keeps a root and the public key
//! needs to trust neither the database nor its administrators.

use sql::{Tx, sql};

use super::chain::Parts;
use crate::{
    cx::Clave,
    fault::Fault,
    moment::Moment,
    vault::{KeyId, PublicKey, Vault},
};

/// A signed head, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Which chain.
    pub shard: i64,
    /// Up to which entry.
    pub seq: i64,
    /// That entry's hash.
    pub hash: Vec<u8>,
    /// When it was signed.
    pub at: Moment,
    /// With which audit key.
    pub key: i64,
    /// Ed25519.
    pub signature: Vec<u8>,
}

impl Root {
    /// Signs a head.
    pub fn sign(vault: &Vault, shard: i64, seq: i64, hash: &[u8], at: Moment) -> Result<Self, Fault> {
        let (key, signature) = vault.sign(&message(shard, seq, hash, at))?;
        Ok(Self { shard, seq, hash: hash.to_vec(), at, key: key.into(), signature: signature.to_vec() })
    }

    /// Whether one of the keys signed exactly this.
    pub fn is_signed_by(&self, keys: &Keys) -> bool {
        keys.signed(self.key, &message(self.shard, self.seq, &self.hash, self.at), &self.signature)
    }
}

fn message(shard: i64, seq: i64, hash: &[u8], at: Moment) -> Vec<u8> {
    Parts::new("clavero audit root 1").int(shard).int(seq).bytes(hash).int(at.micros()).done()
}

/// The public keys that a verifier trusts; with their numbers, where those are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys(Vec<(Option<KeyId>, PublicKey)>);

impl Keys {
    /// Those of the secrets folder.
    pub fn of(vault: &Vault) -> Result<Self, Fault> {
        Ok(Self(vault.public_keys()?.into_iter().map(|(id, key)| (Some(id), key)).collect()))
    }

    /// Those that somebody kept.
    pub fn given(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self(keys.into_iter().map(|key| (None, key)).collect())
    }

    pub(super) fn signed(&self, number: i64, message: &[u8], signature: &[u8]) -> bool {
        self.0.iter().any(|(id, key)| id.is_none_or(|id| i64::from(id) == number) && key.verifies(message, signature))
    }
}

/// Signs the head of every shard that has grown since it was last signed; gives how many those were. Several nodes may do it at once.
pub async fn sign_heads(clave: &Clave, now: Moment) -> Result<usize, Fault> {
    let heads = clave
        .db
        .read()
        .await?
        .all(sql!(
            "SELECT shard, seq, hash FROM audit_head WHERE NOT EXISTS
                 (SELECT 1 FROM audit_root WHERE audit_root.shard = audit_head.shard AND audit_root.seq = audit_head.seq)
             ORDER BY shard"
        ))
        .await?;
    if heads.is_empty() {
        return Ok(0);
    }
    let mut tx = clave.db.begin().await?;
    for head in &heads {
        let root = Root::sign(&clave.vault, head.get("shard")?, head.get("seq")?, &head.get::<Vec<u8>>("hash")?, now)?;
        insert(&mut tx, &root).await?;
    }
    tx.commit().await?;
    Ok(heads.len())
}

async fn insert(tx: &mut Tx, root: &Root) -> sql::Result<()> {
    tx.run(sql!(
        "INSERT INTO audit_root (shard, seq, hash, at, key, signature) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        root.shard,
        root.seq,
        root.hash.as_slice(),
        root.at,
        root.key,
        root.signature.as_slice()
    ))
    .await
    .map(drop)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    #[test]
    fn a_root_holds_for_its_own_place_and_key() {
        let mut rng = StdRng::seed_from_u64(5);
        let (vault, other) = (Vault::for_tests(&mut rng), Vault::for_tests(&mut rng));
        let root = Root::sign(&vault, 3, 17, &[9; 32], Moment::from_micros(1)).unwrap();
        let keys = Keys::of(&vault).unwrap();
        assert!(root.is_signed_by(&keys));
        assert!(root.is_signed_by(&Keys::given([vault.public_keys().unwrap()[0].1])));
        assert!(!root.is_signed_by(&Keys::of(&other).unwrap()));
        let edits: [fn(&mut Root); 6] = [
            |root| root.shard = 4,
            |root| root.seq = 18,
            |root| root.hash = vec![8; 32],
            |root| root.at = Moment::from_micros(2),
            |root| root.key = 2,
            |root| root.signature[0] ^= 1,
        ];
        for (number, edit) in edits.into_iter().enumerate() {
            let mut altered = root.clone();
            edit(&mut altered);
            assert!(!altered.is_signed_by(&keys), "edit {number}");
        }
    }
}
