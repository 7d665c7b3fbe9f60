//! Relying systems.
