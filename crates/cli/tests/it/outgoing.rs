//! Messages put into an installation's outbox beside the running program, as many as a test wants.

use std::{sync::Arc, time::Duration};

use clave::{
    Clave, Clock, Cx, Secret, Tempo,
    epoch::Epoch,
    hashing::{Cost, Hashing},
    outbox::{self, Channel, Letter, Message},
    person::Language,
    rce::catalogue::Unchecked,
    settings::Settings,
    signing::Signing,
    vault::Vault,
};
use rut::Rut;

use crate::support::Installation;

/// How long what is put may wait.
const DEADLINE: Duration = Duration::from_hours(3);
/// In one transaction.
const TOGETHER: usize = 500;

/// The product, opened beside the program, which must have been started once.
pub async fn product(installation: &Installation) -> Arc<Clave> {
    Arc::new(Clave {
        db: installation.database().await,
        vault: Vault::open(&installation.secrets()).unwrap(),
        hashing: Hashing::start(1, 1, Cost { memory_kib: 64, passes: 1 }).unwrap(),
        settings: Settings::default(),
        clock: Clock::System,
        tempo: Tempo::default(),
        epoch: Epoch::default(),
        signing: Signing::default(),
        unchecked: Unchecked::default(),
    })
}

/// Puts so many messages, every fifth with a provisional key; gives the keys by the messages' ids.
pub async fn put(clave: &Arc<Clave>, channel: Channel, first: usize, count: usize) -> Vec<(String, Option<String>)> {
    let mut put = Vec::with_capacity(count);
    let numbers: Vec<usize> = (first..first + count).collect();
    for together in numbers.chunks(TOGETHER) {
        let mut cx = Cx::new(Arc::clone(clave), None);
        let mut tx = clave.db.begin().await.unwrap();
        for number in together {
            let at = cx.now;
            let not_me = || Secret::new(format!("{number:032}"));
            let key = number.is_multiple_of(5).then(|| format!("R{:05}Y{}", number % 100_000, number % 7));
            let message = match &key {
                Some(key) => Message::ProvisionalKey {
                    key: Secret::new(key.clone()),
                    made_at: at,
                    until: at.plus(Duration::from_hours(24)),
                    frozen: false,
                    not_me: not_me(),
                },
                None => Message::KeyChanged { at, not_me: not_me() },
            };
            let rut = Rut::from_number(u32::try_from(10_000_000 + number).unwrap()).unwrap();
            let to = match channel {
                Channel::Email => format!("p{number}@correo.example"),
                Channel::Sms => format!("+569{:08}", number % 100_000_000),
            };
            let letter = Letter { to, language: Language::Spanish, message };
            let deadline = cx.now.plus(DEADLINE);
            let id = outbox::put(&mut tx, &mut cx, rut, channel, &letter, deadline).await.unwrap();
            put.push((id.hex(), key));
        }
        tx.commit().await.unwrap();
    }
    put
}

/// How many rows there are in a state.
pub async fn count(clave: &Clave, state: &str) -> usize {
    let mut tx = clave.db.read().await.unwrap();
    let row = tx.only(sql::sql!("SELECT COUNT(*) AS n FROM outbox WHERE state = $1", state)).await.unwrap();
    usize::try_from(row.get::<i64>("n").unwrap()).unwrap()
}
