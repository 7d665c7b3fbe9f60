//! The names by which relying systems know people.
