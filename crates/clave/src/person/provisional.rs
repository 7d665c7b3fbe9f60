//! Provisional keys: letter, five digits, letter, digit (G-4.2); one a person, 24 hours, one use.

use rand::{RngExt as _, rngs::StdRng};
use rut::Rut;
use sql::{Tx, sql};

use super::rut_value;
use crate::{hashing::Hash, moment::Moment, secret::Secret};

/// Without I, O and Q, which people read as 1 and 0.
const LETTERS: [char; 23] =
    ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z'];

/// Makes one, such as `R71640Y1`.
pub fn generate(rng: &mut StdRng) -> Secret {
    let mut key = String::with_capacity(8);
    for place in 0..8 {
        key.push(if matches!(place, 0 | 6) {
            LETTERS.get(rng.random_range(0..LETTERS.len())).copied().unwrap_or('A')
        } else {
            char::from_digit(rng.random_range(0..10), 10).unwrap_or('0')
        });
    }
    Secret::new(key)
}

/// A provisional key as typed: people write its letters small, and paste it with spaces.
pub fn as_typed(typed: &Secret) -> Secret {
    Secret::new(typed.expose().trim().to_uppercase())
}

/// Stores a new one in place of an older.
pub async fn put(tx: &mut Tx, rut: Rut, hash: &Hash, now: Moment, until: Moment) -> sql::Result<()> {
    tx.run(sql!(
        "INSERT INTO provisional (rut, hash, made_at, until, wrong_tries) VALUES ($1, $2, $3, $4, 0)
         ON CONFLICT (rut) DO UPDATE SET hash = $2, made_at = $3, until = $4, wrong_tries = 0",
        rut_value(rut),
        hash,
        now,
        until
    ))
    .await
    .map(drop)
}

/// Until when one lives, if any does.
pub async fn until(tx: &mut Tx, rut: Rut, now: Moment, most_tries: u32) -> sql::Result<Option<Moment>> {
    let row = tx
        .one(sql!(
            "SELECT until FROM provisional WHERE rut = $1 AND until > $2 AND wrong_tries < $3",
            rut_value(rut),
            now,
            i64::from(most_tries)
        ))
        .await?;
    row.map(|row| row.get("until")).transpose()
}

/// Takes one of its tries before anything is compared, and gives its hash; at the limit it is dead.
pub async fn take_try(tx: &mut Tx, rut: Rut, now: Moment, most_tries: u32) -> sql::Result<Option<Hash>> {
    let row = tx
        .one(sql!(
            "UPDATE provisional SET wrong_tries = wrong_tries + 1 WHERE rut = $1 AND until > $2 AND wrong_tries < $3 RETURNING hash",
            rut_value(rut),
            now,
            i64::from(most_tries)
        ))
        .await?;
    row.map(|row| row.get("hash")).transpose()
}

/// The try taken from this one was not wrong. A key that was dead already lost none, and gets none back.
pub async fn give_back_try(tx: &mut Tx, rut: Rut, tried: Option<&Hash>) -> sql::Result<()> {
    let Some(hash) = tried else { return Ok(()) };
    tx.run(sql!("UPDATE provisional SET wrong_tries = wrong_tries - 1 WHERE rut = $1 AND hash = $2", rut_value(rut), hash))
        .await
        .map(drop)
}

/// Uses it up. Of two that try, one gets `true`.
pub async fn spend(tx: &mut Tx, rut: Rut, hash: &Hash, now: Moment) -> sql::Result<bool> {
    let row = tx
        .one(sql!("DELETE FROM provisional WHERE rut = $1 AND hash = $2 AND until > $3 RETURNING rut", rut_value(rut), hash, now))
        .await?;
    Ok(row.is_some())
}

/// Removes whatever is there: a change of the key cancels every provisional one.
pub async fn cancel(tx: &mut Tx, rut: Rut) -> sql::Result<()> {
    tx.run(sql!("DELETE FROM provisional WHERE rut = $1", rut_value(rut))).await.map(drop)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn a_provisional_key_is_letter_five_digits_letter_digit() {
        let mut rng = StdRng::seed_from_u64(4);
        for _ in 0..2_000 {
            let key = generate(&mut rng);
            let shape: String = key
                .expose()
                .chars()
                .map(|c| {
                    if LETTERS.contains(&c) {
                        'L'
                    } else if c.is_ascii_digit() {
                        '9'
                    } else {
                        '?'
                    }
                })
                .collect();
            assert_eq!(shape, "L99999L9");
        }
    }
}
