//! What happened to an account, as its owner reads it.
