//! HMAC-SHA-256 under a purpose's keys: tokens, blind indexes, and what goes into a password hash.

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use super::{KeyBytes, KeyId, Purpose, Vault, ring::Keys};
use crate::fault::Fault;

impl Vault {
    /// HMAC-SHA-256 of the parts under the key of `purpose` in use; `label` keeps uses of one key apart.
    pub fn mac(&self, purpose: Purpose, label: &str, parts: &[&[u8]]) -> Result<[u8; 32], Fault> {
        Ok(self.numbered_mac(purpose, label, parts)?.1)
    }

    /// The same with the number of the key that made it.
    pub fn numbered_mac(&self, purpose: Purpose, label: &str, parts: &[&[u8]]) -> Result<(KeyId, [u8; 32]), Fault> {
        let (id, key) = self.current(purpose)?;
        Ok((id, mac(&key, label, parts)))
    }

    /// The MAC under the key of that number.
    ///
    /// # Errors
    /// That key is gone.
    pub fn mac_with(&self, purpose: Purpose, id: KeyId, label: &str, parts: &[&[u8]]) -> Result<[u8; 32], Fault> {
        let key = self.numbered(purpose, id).ok_or_else(|| Fault::new("using a key that is not in the secrets folder"))?;
        Ok(mac(&key, label, parts))
    }

    /// Whether `tag` (its first bytes, at least 16) is the MAC of the parts under any key of `purpose`.
    pub fn mac_matches(&self, purpose: Purpose, label: &str, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.mac_key(purpose, label, parts, tag).is_some()
    }

    /// Which key of `purpose` made the `tag`; none when it is no MAC of ours. Another node may have made it with a key that was put in use a
    /// moment ago: before the answer is no, the folder is looked at.
    pub fn mac_key(&self, purpose: Purpose, label: &str, parts: &[&[u8]], tag: &[u8]) -> Option<KeyId> {
        let made_by = |keys: &Keys| {
            let found = keys.of(purpose).find(|(_, key)| {
                let whole = mac(key, label, parts);
                whole.get(..tag.len()).is_some_and(|start| subtle::ConstantTimeEq::ct_eq(start, tag).into())
            });
            found.map(|(id, _)| id)
        };
        if tag.len() < 16 {
            return None;
        }
        made_by(&self.keys()).or_else(|| made_by(self.look_again()?.as_ref()))
    }

    /// The blind index of a value: the number of its key and its MAC. Equal values have equal indexes, and nothing else can be learnt from one.
    pub fn index(&self, label: &str, value: &str) -> Result<Vec<u8>, Fault> {
        let (id, mac) = self.numbered_mac(Purpose::Index, label, &[value.as_bytes()])?;
        Ok([id.to_be_bytes().as_slice(), &mac].concat())
    }

    /// The secret under the pepper in use, ready for Argon2, with the pepper's number.
    pub fn peppered(&self, secret: &str) -> Result<(KeyId, Zeroizing<[u8; 32]>), Fault> {
        let (id, key) = self.current(Purpose::Pepper)?;
        Ok((id, Zeroizing::new(mac(&key, "pepper", &[secret.as_bytes()]))))
    }

    /// The secret under the pepper of that number; none when that pepper is gone.
    pub fn peppered_with(&self, id: KeyId, secret: &str) -> Option<Zeroizing<[u8; 32]>> {
        let key = self.numbered(Purpose::Pepper, id)?;
        Some(Zeroizing::new(mac(&key, "pepper", &[secret.as_bytes()])))
    }
}

pub(super) fn mac(key: &KeyBytes, label: &str, parts: &[&[u8]]) -> [u8; 32] {
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
