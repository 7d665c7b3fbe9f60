//! Back-channel logout: systems hear that a session ended (OpenID Connect Back-Channel Logout 1.0).
