//! A refusal takes as long as a wrong proof, without its work: whoever floods would else make this machine hash for nothing, and whoever is let in
//! would wait behind them.
//!
//! Each node remembers how long its latest wrong proofs took and draws the delay from them, so that both have the same distribution under every load.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use rand::{RngExt as _, rngs::StdRng};

/// So many of the latest are remembered.
const KEPT: usize = 64;
/// Before anything was measured, each hash is taken to last this long.
const GUESS: Duration = Duration::from_millis(25);

/// The runtime's timer counts whole milliseconds and wakes up after the one that was asked for: so much later on average.
const TIMER_IS_LATE: Duration = Duration::from_millis(1);

/// What is proved; each takes its own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A secret answer when a key is forgotten: its hash, and that of the provisional key that would be made.
    Recovery,
    /// A key, to log in or to change it: as the current and as a provisional one.
    Key,
    /// Facts in «Actualizar datos»: nothing is hashed.
    Claim,
    /// Facts with a key.
    ClaimWithKey,
    /// A secret answer in «Actualizar datos».
    Answer,
    /// Nothing: what is refused would have done something.
    Nothing,
}

impl Proof {
    const COUNT: usize = 6;

    /// For operators.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recovery => "recovery_answer",
            Self::Key => "key",
            Self::Claim => "update_claim",
            Self::ClaimWithKey => "update_claim_with_key",
            Self::Answer => "update_answer",
            Self::Nothing => "none",
        }
    }

    fn hashes(self) -> u32 {
        match self {
            Self::Recovery | Self::Key => 2,
            Self::ClaimWithKey | Self::Answer => 1,
            Self::Claim | Self::Nothing => 0,
        }
    }
}

/// How long wrong proofs took lately on this node.
#[derive(Debug, Default)]
pub struct Tempo([Mutex<VecDeque<Duration>>; Proof::COUNT]);

impl Tempo {
    /// A proof that was wrong is answered now; it began at `since`.
    pub(crate) fn note(&self, proof: Proof, since: Instant) {
        if let Some(kept) = self.0.get(proof as usize) {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(since.elapsed());
        }
    }

    /// Waits until a wrong proof that began at `since` would be answered.
    pub(crate) async fn keep(&self, proof: Proof, since: Instant, rng: &mut StdRng) {
        let drawn = self.draw(proof, rng);
        tokio::time::sleep(drawn.saturating_sub(since.elapsed() + TIMER_IS_LATE)).await;
    }

    fn draw(&self, proof: Proof, rng: &mut StdRng) -> Duration {
        let kept = self.0.get(proof as usize).map(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(kept) = kept.filter(|kept| !kept.is_empty()) else { return GUESS * proof.hashes() };
        kept.get(rng.random_range(0..kept.len())).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn a_refusal_draws_from_the_latest_wrong_proofs_of_its_kind() {
        let (tempo, mut rng) = (Tempo::default(), StdRng::seed_from_u64(1));
        assert_eq!(tempo.draw(Proof::Key, &mut rng), GUESS * 2);
        for _ in 0..KEPT {
            tempo.note(Proof::Key, Instant::now());
        }
        assert!(tempo.draw(Proof::Key, &mut rng) < GUESS, "what was measured replaces the guess");
        assert_eq!(tempo.draw(Proof::Answer, &mut rng), GUESS);
    }
}
