//! RCE (*Registro de asistencia e-learning*): the LMS of a training body (OTEC) has its participants prove attendance with their key.
//!
//! The participant's browser brings what the LMS sends ([`receive`]); it is judged, and the person is asked for the key ([`attend`]); the browser takes a
//! [`Reply`] back to the LMS. Nothing of that is signed: whoever wants to be sure asks for the attendance by its id ([`attendance::find`]). Fields, codes
//! and their order are those of SENCE's integration manual 1.1.3, and of what plugins do with them (`docs/RCE.md`).

pub mod attend;
pub mod attendance;
mod callback;
pub mod catalogue;
mod code;
pub mod export;
pub mod otec;
pub mod receive;
mod reply;
mod request;
mod waiting;

pub use callback::{Callback, NotAnOrigin, Origin};
pub use code::Code;
pub use reply::{Leave, Reply};
pub use request::{Line, Sent};

/// Whether attendance counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// It does.
    Production,
    /// `/rcetest/`: it does not, and `-1` stands for either course code.
    Test,
}

impl Environment {
    /// The stored word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Production, Self::Test].into_iter().find(|environment| environment.name() == name)
    }
}

/// What an LMS asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// `IniciarSesion`: a participant begins.
    Start,
    /// `CerrarSesion`: and ends.
    Close,
}

/// One of the four addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Endpoint {
    /// Whether it counts.
    pub environment: Environment,
    /// What is asked for.
    pub act: Act,
}

/// Counts a reply for the operators, when there is one: it may be shown more than once.
fn count_reply(act: Act, code: Option<Code>) {
    let act = match act {
        Act::Start => "start",
        Act::Close => "close",
    };
    let code = code.map_or_else(|| "none".to_owned(), |code| code.to_string());
    metrics::counter!("clavero_rce_replies_total", "act" => act, "code" => code).increment(1);
}
