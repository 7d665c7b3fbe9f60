//! What an LMS sent, kept while its participant is asked for the key.
