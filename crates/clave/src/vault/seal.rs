//! Sealing: AES-256-GCM, bound to the place where the value lies.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use rand::CryptoRng;
use zeroize::Zeroizing;

use super::{KeyBytes, KeyId, Purpose, Vault};
use crate::fault::Fault;

/// Which value a sealed text belongs to: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Table and column, e.g. `person.details`.
    pub column: &'static str,
    /// The row's id.
    pub row: &'a [u8],
}

impl Vault {
    /// Seals `plain` for its `place` with the sealing key in use; the bytes are key number, nonce, ciphertext, tag.
    pub fn seal(&self, place: Place<'_>, plain: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, Fault> {
        let failing = || Fault::new("sealing personal data");
        let (id, key) = self.current(Purpose::Sealing)?;
        let mut nonce = [0_u8; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        let mut sealed = [id.to_be_bytes().as_slice(), &nonce].concat();
        let mut body = plain.to_vec();
        aead(&key)?
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
        let length = aead(&key)?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context(place, id)), &mut body)
            .map_err(|_| failing())?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

fn aead(key: &KeyBytes) -> Result<LessSafeKey, Fault> {
    let key = UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(|_| Fault::new("using a sealing key"))?;
    Ok(LessSafeKey::new(key))
}

fn context(place: Place<'_>, id: KeyId) -> Vec<u8> {
    [place.column.as_bytes(), b"\0", place.row, &id.to_be_bytes()].concat()
}
