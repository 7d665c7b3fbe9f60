//! Proof of work beside the captcha: the protocol of ALTCHA, version 2, with PBKDF2 (`docs/DECISIONS/0025-*`). A browser looks for a number while the
//! person fills in the form; nobody sees it. It makes a machine's tries cost what a person does not notice.
//!
//! The puzzle follows from the ticket and is kept nowhere; its number is drawn by a secret key, so that its longest search is bounded. Making one and
//! checking one cost a single derivation, whatever the search costs.

use altcha::{
    Challenge, ChallengeParameters, HmacAlgorithm, Solution, SolveChallengeOptions, VerifySolutionOptions, sign_challenge,
    solve_challenge, verify_solution,
};

use crate::{
    challenge::{Level, Ticket},
    cx::Cx,
    fault::Fault,
    vault::hex,
};

/// Rounds of PBKDF2 in one derivation: a third of a millisecond of a server's core, two of an old telephone.
pub const ROUNDS: u32 = 1_000;
/// So much of the derived key is given away (hexadecimal digits), for the browser to know when it has found the number.
const PREFIX: usize = 8;
/// Bytes of the derived key.
const KEY: usize = 32;

/// A puzzle on its way to the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Puzzle {
    /// The number is below this.
    pub most: u32,
    /// How the right number's key begins, in hexadecimal digits.
    pub prefix: String,
}

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// It was done.
    Right,
    /// Nothing: a browser without script, an old one, or a form sent faster than it was found.
    Absent,
    /// Something else, or of another ticket.
    Wrong,
}

impl Work {
    /// The word in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Absent => "absent",
            Self::Wrong => "wrong",
        }
    }
}

/// How far the search may go: half of it on average. Old telephones manage some 400 derivations a second.
pub fn most(level: Level) -> u32 {
    match level {
        Level::Normal => 512,
        Level::High => 4_096,
    }
}

impl Ticket {
    /// The puzzle that goes out with it.
    pub fn puzzle(&self, cx: &Cx) -> Result<Puzzle, Fault> {
        let challenge = Challenge { parameters: self.parameters(), signature: None };
        // Every key begins with nothing: the first one tried is the answer, and one derivation gives it.
        let options =
            SolveChallengeOptions { counter_start: self.number(cx)?, timeout_ms: 0, ..SolveChallengeOptions::new(&challenge) };
        let making = "making a proof of work";
        let solved = solve_challenge(options).map_err(Fault::at(making))?.ok_or_else(|| Fault::new(making))?;
        let prefix = solved.derived_key.get(..PREFIX).ok_or_else(|| Fault::new(making))?.to_owned();
        Ok(Puzzle { most: most(self.level()), prefix })
    }

    /// Judges what a form brought: the number and its key, `17.ab…`.
    pub fn work(&self, cx: &Cx, sent: &str) -> Result<Work, Fault> {
        if sent.is_empty() {
            return Ok(Work::Absent);
        }
        let Some((number, key)) = sent.split_once('.') else { return Ok(Work::Wrong) };
        let Ok(number) = number.parse::<u32>() else { return Ok(Work::Wrong) };
        if number != self.number(cx)? || key.len() != KEY * 2 {
            return Ok(Work::Wrong);
        }
        let (secret, checking) = (hex(&self.seed(cx, "work-signature")?), "checking a proof of work");
        let challenge = sign_challenge(&HmacAlgorithm::Sha256, &mut self.parameters(), None, &secret, None);
        let challenge = challenge.map_err(Fault::at(checking))?;
        let solution = Solution { counter: number, derived_key: key.to_owned(), time: None };
        let judged = verify_solution(VerifySolutionOptions::new(&challenge, &solution, secret)).map_err(Fault::at(checking))?;
        Ok(if judged.verified { Work::Right } else { Work::Wrong })
    }

    /// The search's end, which only the search tells.
    fn number(&self, cx: &Cx) -> Result<u32, Fault> {
        let seed = self.seed(cx, "work")?;
        let drawn = seed.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes)).unwrap_or_default();
        Ok(drawn % most(self.level()))
    }

    /// Everything of it stands in the ticket, whose end is judged with the ticket (I7): the library's own clock is not asked.
    fn parameters(&self) -> ChallengeParameters {
        ChallengeParameters {
            algorithm: "PBKDF2/SHA-256".to_owned(),
            cost: ROUNDS,
            data: None,
            expires_at: None,
            key_length: KEY,
            key_prefix: String::new(),
            key_signature: None,
            memory_cost: None,
            nonce: hex(&self.nonce),
            parallelism: None,
            salt: hex(&self.tag),
        }
    }
}
