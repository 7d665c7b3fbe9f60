//! The question shown for a RUT that nobody registered. It must look like a person's: drawn as people choose, and the same for ever, on every node.
//!
//! A keyed function of the RUT picks a place among all people, ordered by question: so decoys have the distribution of real questions. Since that
//! distribution moves while people register, the first answer is kept as a row, for known RUTs as well, so that asking leaves the same trace.

use rut::Rut;
use sql::{Db, Tx, sql};

use super::{question::Question, rut_value};
use crate::{
    fault::Fault,
    moment::Moment,
    vault::{Purpose, Vault},
};

/// Added to each question's people, so that a young installation, whose few choices say little, has even decoys.
const PRIOR: u64 = 20;
/// The weights are counted anew after so long.
const RECOUNT: std::time::Duration = std::time::Duration::from_hours(1);

/// The decoy of a RUT, settled for ever by the first who asks.
pub async fn settle(tx: &mut Tx, vault: &Vault, rut: Rut) -> Result<(), Fault> {
    if find(tx, rut).await?.is_none() {
        let question = draw_now(tx, vault, rut).await?;
        tx.run(sql!(
            "INSERT INTO decoy (rut, question) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            rut_value(rut),
            i64::from(question.number())
        ))
        .await?;
    }
    Ok(())
}

/// What would be settled now.
pub async fn draw_now(tx: &mut Tx, vault: &Vault, rut: Rut) -> Result<Question, Fault> {
    draw(vault, rut, &weights(tx).await?)
}

/// The settled decoy.
pub async fn find(tx: &mut Tx, rut: Rut) -> Result<Option<Question>, Fault> {
    let row = tx.one(sql!("SELECT question FROM decoy WHERE rut = $1", rut_value(rut))).await?;
    let number: Option<i64> = row.map(|row| row.get("question")).transpose()?;
    Ok(number.and_then(|number| Question::from_number(u8::try_from(number).ok()?)))
}

/// Counts how many people chose each question, if the last count is old.
pub async fn recount(db: &Db, now: Moment) -> Result<(), Fault> {
    let mut tx = db.begin().await?;
    let fresh = tx.one(sql!("SELECT question FROM question_weight WHERE counted_at > $1 LIMIT 1", now.minus(RECOUNT))).await?;
    if fresh.is_none() {
        tx.run(sql!(
            "INSERT INTO question_weight (question, people, counted_at)
             SELECT question, COUNT(*), $1 FROM person WHERE question IS NOT NULL GROUP BY question ORDER BY question
             ON CONFLICT (question) DO UPDATE SET people = excluded.people, counted_at = excluded.counted_at",
            now
        ))
        .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// One for each question, in their order.
async fn weights(tx: &mut Tx) -> Result<Vec<u64>, Fault> {
    let mut weights = vec![PRIOR; usize::from(Question::COUNT)];
    for row in tx.all(sql!("SELECT question, people FROM question_weight")).await? {
        let (question, people): (i64, i64) = (row.get("question")?, row.get("people")?);
        let place = usize::try_from(question).ok().and_then(|number| number.checked_sub(1));
        if let Some(weight) = place.and_then(|place| weights.get_mut(place)) {
            *weight += u64::try_from(people).unwrap_or(0);
        }
    }
    Ok(weights)
}

fn draw(vault: &Vault, rut: Rut, weights: &[u64]) -> Result<Question, Fault> {
    let mac = vault.mac(Purpose::Decoy, "question", &[&rut.number().to_be_bytes()])?;
    let chance = mac.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let all: u64 = weights.iter().sum();
    // A place below `all`, as evenly as 2⁶⁴ allows.
    let mut place = u64::try_from((u128::from(chance) * u128::from(all)) >> 64).unwrap_or(0);
    for (question, weight) in Question::all().zip(weights) {
        if place < *weight {
            return Ok(question);
        }
        place -= weight;
    }
    Err(Fault::new("drawing a decoy question"))
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    fn drawn(weights: &[u64]) -> [u32; 13] {
        let vault = Vault::for_tests(&mut StdRng::seed_from_u64(5));
        let mut seen = [0; 13];
        for number in 10_000_000..10_006_000 {
            let question = draw(&vault, Rut::from_number(number).unwrap(), weights).unwrap();
            assert_eq!(question, draw(&vault, Rut::from_number(number).unwrap(), weights).unwrap());
            seen[usize::from(question.number())] += 1;
        }
        seen
    }

    #[test]
    fn decoys_are_even_where_nobody_has_chosen() {
        let seen = drawn(&[PRIOR; 12]);
        assert!(seen[1..].iter().all(|count| (400..600).contains(count)), "{seen:?}");
    }

    #[test]
    fn decoys_are_drawn_as_people_choose() {
        let seen = drawn(&[3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2]);
        assert!((2_800..3_200).contains(&seen[1]) && (800..1_200).contains(&seen[6]) && (1_800..2_200).contains(&seen[12]));
        assert_eq!(seen.iter().sum::<u32>(), seen[1] + seen[6] + seen[12]);
    }
}
