//! What a person let a system know.
