//! The section `rce`: how LMS register attendance.

use std::time::Duration;

use clave::settings::Rce as Rules;
use serde::{Deserialize, Serialize};

/// What plugins were set up for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rce {
    /// Attendance that nobody closes ends by itself after so long.
    pub open_hours: u64,
    /// The longest address, in characters, that a participant may be sent back to.
    pub longest_url: usize,
}

impl Default for Rce {
    fn default() -> Self {
        let rules = Rules::default();
        Self { open_hours: rules.open.as_secs() / 3600, longest_url: rules.longest_url }
    }
}

impl Rce {
    /// The product's rules.
    pub fn rules(self) -> Rules {
        Rules { open: Duration::from_hours(self.open_hours), longest_url: self.longest_url }
    }

    /// Numbers that nobody should run with, each as «key: why: what to do».
    pub fn problems(self) -> Vec<String> {
        let mut problems = Vec::new();
        if !(1..=24).contains(&self.open_hours) {
            problems.push("rce.open_hours: plugins count on three or six hours: write 1 to 24".to_owned());
        }
        if !(100..=4_000).contains(&self.longest_url) {
            problems.push("rce.longest_url: plugins send up to 200 characters, some of them more: write 100 to 4000".to_owned());
        }
        problems
    }
}
