//! The course of a message: which state follows which, and when. Pure: the statements are in `settle.rs`, `overdue.rs` and
//! [`crate::receipt`].
//!
//! | from | handed over | handed over, a receipt will come | passing failure | final failure | arrived | did not arrive | no receipt in time | deadline |
//! |---|---|---|---|---|---|---|---|---|
//! | waiting | sent | accepted | waiting | failed | delivered | – | – | failed |
//! | accepted | | | | | delivered | waiting, by another gateway; the second time failed | waiting once more if a person waits for it; else sent | sent |
//! | sent | | | | | delivered | failed | – | – |
//! | failed | | | | | delivered | – | – | – |
//! | delivered | | | | | – | – | – | – |
//!
//! That it arrived is believed of every gateway that ever took the message; that it did not, only of the one that took it last. The body is there while
//! the message is `waiting` or `accepted`, so that it can be sent again, and erased with every other state.

use std::time::Duration;

use crate::{delivery::Taken, moment::Moment};

/// Where a message is, as the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// On its way.
    Waiting,
    /// Handed to a gateway that will tell what became of it.
    Accepted,
    /// Handed to a mail or SMS system that tells nothing more, or told nothing in time.
    Sent,
    /// Arrived, as its gateway told.
    Delivered,
    /// Given up.
    Failed,
}

impl State {
    /// All of them, in the order of a message's life.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Accepted, Self::Sent, Self::Delivered, Self::Failed];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// From the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Which messages go before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Provisional keys.
    Key,
    /// What else a person waits for.
    Waited,
    /// What people are told.
    Notice,
}

impl Rank {
    /// The stored number.
    pub fn number(self) -> i64 {
        match self {
            Self::Key => 0,
            Self::Waited => 1,
            Self::Notice => 2,
        }
    }

    /// From the stored number.
    pub fn from_number(number: i64) -> Self {
        match number {
            0 => Self::Key,
            1 => Self::Waited,
            _ => Self::Notice,
        }
    }

    /// In metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Waited => "waited",
            Self::Notice => "notice",
        }
    }
}

/// A gateway that took something a person waits for has so long to tell what became of it…
const WAITED: Duration = Duration::from_mins(3);
/// …or this part of the time left to the deadline: another gateway must have its chance, too.
const PART_OF_REST: u32 = 3;
/// For notices it has so long.
pub(crate) const PATIENCE: Duration = Duration::from_hours(6);
/// So often a gateway may say that a message did not arrive: then it is not sent again.
const RETURNS: i64 = 2;

/// What is known of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where it is.
    pub state: State,
    /// Which messages go before it.
    pub rank: Rank,
    /// How often a gateway told that it did not arrive.
    pub returned: i64,
    /// How often a gateway told nothing in time.
    pub silent: i64,
    /// When it is given up.
    pub deadline: Moment,
}

/// What happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A gateway took it.
    HandedOver(Taken),
    /// The try failed; another one may not.
    Passing,
    /// The try failed, and so would every other.
    Final,
    /// A gateway that took it told that it arrived.
    Arrived,
    /// The gateway that took it last told that it did not arrive.
    Returned,
    /// The gateway that took it last told nothing in time.
    Silence,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Stay,
    /// It is over: the body is erased.
    End(State),
    /// [`State::Accepted`], and silence from this moment on is noticed.
    Await(Moment),
    /// [`State::Waiting`], at once, and rather by another gateway.
    Again,
    /// [`State::Waiting`], later.
    Later,
}

impl Standing {
    /// What follows when this happens at `now`.
    pub fn after(&self, happening: &Happening, now: Moment) -> Step {
        let over = self.deadline <= now;
        match (self.state, happening) {
            (State::Delivered, _) => Step::Stay,
            (_, Happening::Arrived) => Step::End(State::Delivered),
            (State::Waiting, Happening::HandedOver(Taken::ForGood | Taken::Unknown(_))) => Step::End(State::Sent),
            (State::Waiting, Happening::HandedOver(Taken::Receipted(_))) => Step::Await(self.silence_from(now)),
            (State::Waiting, Happening::Final) | (State::Sent, Happening::Returned) => Step::End(State::Failed),
            (State::Waiting, Happening::Passing) if over => Step::End(State::Failed),
            (State::Waiting, Happening::Passing) => Step::Later,
            (State::Accepted, Happening::Returned) if over || self.returned + 1 >= RETURNS => Step::End(State::Failed),
            (State::Accepted, Happening::Silence) if over || self.rank == Rank::Notice || self.silent > 0 => {
                Step::End(State::Sent)
            }
            (State::Accepted, Happening::Returned | Happening::Silence) => Step::Again,
            _ => Step::Stay,
        }
    }

    /// Until when the gateway has time to tell.
    fn silence_from(&self, now: Moment) -> Moment {
        let left = now.until(self.deadline);
        let patience = match self.rank {
            Rank::Notice => PATIENCE,
            // It was repeated once and is not repeated again.
            Rank::Key | Rank::Waited if self.silent > 0 => left,
            Rank::Key | Rank::Waited => WAITED.min(left / PART_OF_REST),
        };
        now.plus(patience.min(left))
    }
}

#[cfg(test)]
mod tests {
    use super::{Happening as H, State as S, *};
    use crate::delivery::Handle;

    const NOW: i64 = 1_559_054_820;

    fn at(seconds: i64) -> Moment {
        Moment::from_seconds(NOW + seconds)
    }

    fn standing(state: State, rank: Rank, returned: i64, silent: i64) -> Standing {
        Standing { state, rank, returned, silent, deadline: at(600) }
    }

    fn receipted() -> Happening {
        H::HandedOver(Taken::Receipted(Handle { gateway: "sms.first".to_owned(), reference: "1".to_owned() }))
    }

    #[test]
    fn the_table() {
        let good = || H::HandedOver(Taken::ForGood);
        let (stay, sent, failed, delivered) = (Step::Stay, Step::End(S::Sent), Step::End(S::Failed), Step::End(S::Delivered));
        let row = |state, good, receipted, passing, fin, arrived, returned, silence| {
            (state, [good, receipted, passing, fin, arrived, returned, silence])
        };
        let s = || stay.clone();
        let table = [
            row(S::Waiting, sent.clone(), Step::Await(at(180)), Step::Later, failed.clone(), delivered.clone(), s(), s()),
            row(S::Accepted, s(), s(), s(), s(), delivered.clone(), Step::Again, Step::Again),
            row(S::Sent, s(), s(), s(), s(), delivered.clone(), failed.clone(), s()),
            row(S::Failed, s(), s(), s(), s(), delivered, s(), s()),
            row(S::Delivered, s(), s(), s(), s(), s(), s(), s()),
        ];
        for (state, follows) in table {
            let happenings = [good(), receipted(), H::Passing, H::Final, H::Arrived, H::Returned, H::Silence];
            for (happening, step) in happenings.iter().zip(follows) {
                assert_eq!(standing(state, Rank::Key, 0, 0).after(happening, at(0)), step, "{state:?}: {happening:?}");
            }
        }
    }

    #[test]
    fn a_message_that_came_back_twice_has_failed_and_so_has_one_that_comes_back_too_late() {
        assert_eq!(standing(S::Accepted, Rank::Key, 1, 0).after(&H::Returned, at(0)), Step::End(S::Failed));
        assert_eq!(standing(S::Accepted, Rank::Notice, 0, 0).after(&H::Returned, at(600)), Step::End(S::Failed));
        assert_eq!(standing(S::Accepted, Rank::Notice, 0, 0).after(&H::Returned, at(599)), Step::Again);
        assert_eq!(standing(S::Waiting, Rank::Key, 0, 0).after(&H::Passing, at(600)), Step::End(S::Failed));
    }

    #[test]
    fn silence_repeats_once_what_a_person_waits_for_and_nothing_else() {
        for (rank, silent, seconds, step) in [
            (Rank::Key, 0, 180, Step::Again),
            (Rank::Waited, 0, 180, Step::Again),
            (Rank::Key, 1, 180, Step::End(S::Sent)),
            (Rank::Key, 0, 600, Step::End(S::Sent)),
            (Rank::Notice, 0, 180, Step::End(S::Sent)),
        ] {
            let step_then = standing(S::Accepted, rank, 0, silent).after(&H::Silence, at(seconds));
            assert_eq!(step_then, step, "{rank:?} {silent} {seconds}");
        }
    }

    #[test]
    fn a_gateway_has_a_third_of_the_rest_at_most_and_no_longer_than_the_deadline() {
        let until = |rank, silent, now| match standing(S::Waiting, rank, 0, silent).after(&receipted(), at(now)) {
            Step::Await(until) => until,
            other => panic!("{other:?}"),
        };
        assert_eq!(until(Rank::Key, 0, 0), at(180), "three minutes of ten");
        assert_eq!(until(Rank::Key, 0, 300), at(400), "a third of five");
        assert_eq!(until(Rank::Key, 1, 300), at(600), "the second time, all that is left");
        assert_eq!(until(Rank::Notice, 0, 0), at(600), "never longer than the deadline");
    }
}
