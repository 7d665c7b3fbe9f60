//! OpenID Connect messages and rules as plain types and functions: no HTTP, no storage, no people.
