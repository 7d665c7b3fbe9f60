//! The help desk's number of a case, by which what an operator does is tied to who asked for it.

/// `[A-Za-z0-9._-]{1,40}`: short and plain, so that nobody writes a person's data into the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseId(String);

/// Not the number of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write 1 to 40 letters, digits, dots, hyphens or underscores, such as MESA-2026.117")]
pub struct NotACaseId;

const LONGEST: usize = 40;

impl CaseId {
    /// Reads one.
    pub fn parse(text: &str) -> Result<Self, NotACaseId> {
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if plain && (1..=LONGEST).contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(NotACaseId) }
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_short_and_plain() {
        for good in ["1", "MESA-2026.117", "a_b", &"x".repeat(40)] {
            assert_eq!(CaseId::parse(good).unwrap().as_str(), good);
        }
        for wrong in ["", "a b", "ñ", "12.345.678-5, Juana", "a\n", "a/b", &"x".repeat(41)] {
            assert_eq!(CaseId::parse(wrong), Err(NotACaseId), "{wrong}");
        }
    }
}
