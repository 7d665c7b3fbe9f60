//! Use case: log in.
