//! What a person gave a system: codes and tokens.
