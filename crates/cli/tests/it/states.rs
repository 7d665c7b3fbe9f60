//! Whose RUT it may be, as far as nobody may learn before a proof: people in each state, and RUTs that nobody registered.

use std::{collections::BTreeMap, ops::Range};

use clave::{
    Secret,
    person::{self, Details},
    vault::Vault,
};
use rand::rngs::StdRng;
use rut::Rut;
use sql::sql;

use crate::{
    people::Someone,
    support::{Installation, PATIENCE, Server, runtime, wait_for},
};

/// Everybody's key.
pub const KEY: &str = "primera-1";
/// The question that everybody chose, and everybody's birth date, as `Someone::registration` types them.
pub const QUESTION: i64 = 4;
pub const BIRTH: [(&str, &str); 3] =
    [("fecha_nacimiento_dia", "1"), ("fecha_nacimiento_mes", "12"), ("fecha_nacimiento_anio", "1992")];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nobody has this RUT.
    Unregistered,
    Registered,
    /// By «no fui yo».
    Frozen,
    WithoutEmail,
    /// With a live provisional key.
    Provisional,
    /// Names, birth date, address and secret question are missing, as in a record taken over from another system.
    Incomplete,
}

impl State {
    pub const ALL: [Self; 6] =
        [Self::Unregistered, Self::Registered, Self::Frozen, Self::WithoutEmail, Self::Provisional, Self::Incomplete];

    pub fn name(self) -> &'static str {
        match self {
            Self::Unregistered => "unregistered",
            Self::Registered => "registered",
            Self::Frozen => "frozen",
            Self::WithoutEmail => "without e-mail",
            Self::Provisional => "provisional key",
            Self::Incomplete => "incomplete",
        }
    }
}

/// People in every state.
pub struct Cast {
    people: BTreeMap<State, Vec<Someone>>,
    /// RUTs that nobody registered, each given out once.
    strangers: Box<dyn Iterator<Item = Someone>>,
}

/// All of the same length, and far from the numbers of other tests.
const NUMBERS: Range<u32> = 14_000_000..19_000_000;

impl Cast {
    /// So many people in each state. The decoy question of every RUT is the one that people chose: which question a RUT has is looked at by itself.
    pub fn gather(installation: &Installation, server: &Server, each: usize) -> Self {
        let mut strangers = Box::new(NUMBERS.map(Someone::number));
        let mut people: BTreeMap<State, Vec<Someone>> = BTreeMap::new();
        for state in State::ALL {
            let chosen: Vec<Someone> = strangers.by_ref().take(each).collect();
            for someone in chosen.iter().filter(|_| state != State::Unregistered) {
                someone.registers(&mut server.browser(), KEY).unwrap().is(303);
            }
            people.insert(state, chosen);
        }
        let cast = Self { people, strangers };
        cast.of(State::Frozen).iter().for_each(|someone| freeze(installation, server, someone));
        for someone in cast.of(State::Provisional) {
            someone.recovers(&mut server.browser()).unwrap().is(303);
        }
        runtime().block_on(cast.arrange(installation));
        cast
    }

    pub fn of(&self, state: State) -> &[Someone] {
        &self.people[&state]
    }

    /// A RUT that nobody registered and that was not given out before.
    pub fn stranger(&mut self) -> Someone {
        self.strangers.next().unwrap()
    }

    /// Beside the program: it lets nobody give up data that it asks for, or choose a decoy.
    async fn arrange(&self, installation: &Installation) {
        let (db, vault) = (installation.database().await, Vault::open(&installation.secrets()).unwrap());
        let mut rng: StdRng = rand::make_rng();
        let mut tx = db.begin().await.unwrap();
        for someone in self.people.values().flatten() {
            let number = i64::from(Rut::parse(&someone.rut).unwrap().number());
            tx.run(sql!(
                "INSERT INTO decoy (rut, question) VALUES ($1, $2) ON CONFLICT (rut) DO UPDATE SET question = $2",
                number,
                QUESTION
            ))
            .await
            .unwrap();
        }
        for state in [State::WithoutEmail, State::Incomplete] {
            for someone in self.of(state) {
                let rut = Rut::parse(&someone.rut).unwrap();
                let mut person = person::find(&mut tx, &vault, rut).await.unwrap().unwrap();
                person.details = match state {
                    State::WithoutEmail => Details { email: None, ..person.details },
                    _ => Details { email: person.details.email, phone: person.details.phone, ..Details::default() },
                };
                person::save_details(&mut tx, &vault, &person, &mut rng).await.unwrap();
                if state == State::Incomplete {
                    let number = i64::from(rut.number());
                    tx.run(sql!("UPDATE person SET question = NULL, answer_hash = NULL WHERE rut = $1", number)).await.unwrap();
                }
            }
        }
        tx.commit().await.unwrap();
        db.close().await;
    }
}

/// Follows the link in the first message to their e-mail.
fn freeze(installation: &Installation, server: &Server, someone: &Someone) {
    let token = wait_for(PATIENCE, "a message with a «no fui yo» link", || {
        let messages = installation.messages();
        let mine = messages.iter().find(|message| message["to"] == someone.email.as_str())?;
        let (_, rest) = mine["text"].as_str().unwrap().split_once("/enlace/no-fui-yo?t=")?;
        Some(Secret::new(rest.split_whitespace().next().unwrap()))
    });
    let mut browser = server.browser();
    let page = browser.get(&format!("/enlace/no-fui-yo?t={}", token.expose())).unwrap().is(200);
    browser.post("/enlace/no-fui-yo", &[("csrf", page.hidden("csrf")), ("t", token.expose())]).unwrap().is(303);
}
