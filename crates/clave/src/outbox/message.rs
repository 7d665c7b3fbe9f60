//! What messages say, as facts: the words are chosen when one is sent.

use serde::{Deserialize, Serialize};

use super::Rank;
use crate::{moment::Moment, secret::Secret, session::Agent};

/// What a message says. Links are given as tokens; the web side knows their addresses.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Message {
    /// Registration was received; the link confirms the e-mail.
    Registered {
        /// Confirms the e-mail; absent in the SMS.
        confirm: Option<Secret>,
        /// «No fui yo».
        not_me: Secret,
    },
    /// Somebody filled in the registration of a RUT that already has a key.
    AlreadyRegistered {
        /// «No fui yo».
        not_me: Secret,
    },
    /// A provisional key.
    ProvisionalKey {
        /// The key itself.
        key: Secret,
        /// When it was made (the date the guide shows).
        made_at: Moment,
        /// Until when it serves.
        until: Moment,
        /// Whether the current key is blocked until the change.
        #[serde(default)]
        frozen: bool,
        /// «No fui yo».
        not_me: Secret,
    },
    /// A provisional key was made and went to the former addresses, since this one is held back.
    KeyWithheld {
        /// When.
        made_at: Moment,
        /// Until when the address is held back.
        until: Moment,
        /// «No fui yo».
        not_me: Secret,
    },
    /// The key was changed.
    KeyChanged {
        /// When.
        at: Moment,
        /// «No fui yo».
        not_me: Secret,
    },
    /// Data were changed; goes to the old and the new address.
    DataChanged {
        /// When.
        at: Moment,
        /// «No fui yo».
        not_me: Secret,
        /// Confirms a new e-mail; only in the message to that address.
        confirm: Option<Secret>,
        /// Until when keys still go to the former addresses.
        #[serde(default)]
        held_until: Option<Moment>,
    },
    /// A link that stands in for the captcha.
    CaptchaLink {
        /// The link's token.
        link: Secret,
        /// The process it was asked for.
        process: Process,
        /// «No fui yo»; absent in letters of earlier versions.
        #[serde(default)]
        not_me: Option<Secret>,
    },
    /// The credentials were frozen.
    Frozen {
        /// When.
        at: Moment,
        /// By whom.
        #[serde(default)]
        by: FrozenBy,
        /// Whether a change of contact was undone.
        #[serde(default)]
        undone: bool,
        /// «No fui yo»; absent in letters of earlier versions.
        #[serde(default)]
        not_me: Option<Secret>,
    },
    /// The help desk thawed the credentials.
    Unfrozen {
        /// When.
        at: Moment,
        /// «No fui yo».
        not_me: Secret,
    },
    /// Somebody logged in from a device that was not known to be the person's.
    NewDevice {
        /// When.
        at: Moment,
        /// With which program.
        agent: Agent,
        /// «No fui yo».
        not_me: Secret,
    },
    /// An operator tries whether messages arrive; it is about nobody.
    Test {
        /// When.
        at: Moment,
    },
}

impl Message {
    /// Which messages go before it.
    pub fn rank(&self) -> Rank {
        match self {
            Self::ProvisionalKey { .. } => Rank::Key,
            Self::CaptchaLink { .. } | Self::Test { .. } => Rank::Waited,
            Self::Registered { .. }
            | Self::AlreadyRegistered { .. }
            | Self::KeyWithheld { .. }
            | Self::KeyChanged { .. }
            | Self::DataChanged { .. }
            | Self::Frozen { .. }
            | Self::Unfrozen { .. }
            | Self::NewDevice { .. } => Rank::Notice,
        }
    }

    /// The stored kind, for operators.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "registered",
            Self::AlreadyRegistered { .. } => "already_registered",
            Self::ProvisionalKey { .. } => "provisional_key",
            Self::KeyWithheld { .. } => "key_withheld",
            Self::KeyChanged { .. } => "key_changed",
            Self::DataChanged { .. } => "data_changed",
            Self::CaptchaLink { .. } => "captcha_link",
            Self::Frozen { .. } => "frozen",
            Self::Unfrozen { .. } => "unfrozen",
            Self::NewDevice { .. } => "new_device",
            Self::Test { .. } => "test",
        }
    }
}

/// Who froze the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrozenBy {
    /// Whoever followed a «no fui yo» link.
    #[default]
    NotMe,
    /// The help desk.
    Operator,
}

/// A process in which a captcha stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Process {
    /// Register.
    Register,
    /// Forgotten key.
    Recover,
    /// Change the key.
    ChangeKey,
    /// Log in.
    LogIn,
}
