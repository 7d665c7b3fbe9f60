//! Use case: a browser brings what an LMS sends. It is judged in the order of the manual, and either goes straight back or waits for the key.

use super::{Code, Endpoint, Reply, Sent};
use crate::{Cx, Fault, Moment, flow::Token};

/// What becomes of it.
#[derive(Debug)]
pub enum Received {
    /// The person is asked for the key ([`super::attend`]). The first browser that brings the token has it.
    Ask(Token),
    /// Something is wrong, and the LMS is told.
    Back(Reply),
    /// Something is wrong, and there is no address to tell it to: 201, 202, 203. A page of ours says it.
    Here(Code),
    /// Too many requests came from the address.
    TooMany {
        /// When to try again.
        until: Moment,
    },
}

/// Judges and keeps it.
pub async fn receive(_cx: &mut Cx, _endpoint: Endpoint, _sent: &Sent) -> Result<Received, Fault> {
    todo!()
}
