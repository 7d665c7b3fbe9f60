//! Budgets: how often something may be tried, counted in the database so that all nodes agree, **before** the secret is looked at. A window begins
//! with its first try and ends by itself; nothing is locked for ever. An unknown RUT is counted like a known one.

use std::{net::IpAddr, time::Duration};

use rut::Rut;
use sql::{Tx, sql};

use crate::{
    cx::Cx,
    fault::Fault,
    moment::Moment,
    settings::{Budget, Limits},
    vault::Purpose,
};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Secret answers for a RUT, whoever asks.
    Answers(Rut),
    /// Keys for a RUT.
    Keys(Rut),
    /// First steps of «Actualizar datos» for a RUT.
    Update(Rut),
    /// The same with a key in place of a datum: a try of the key as well.
    UpdateWithKey(Rut),
    /// Registrations of a RUT.
    Register(Rut),
    /// Provisional keys made after a right answer: the person's lane alone, the try itself has been counted.
    Recoveries(Rut),
    /// Messages that others can make a person receive, apart from those the person asked for: nobody can use up the owner's.
    Notices(Rut),
    /// Looking at a form's second step, or asking for a link: counted by address alone.
    Address,
}

/// One counter.
struct Lane {
    name: &'static str,
    of: Vec<u8>,
    budget: Budget,
}

/// Counts one try in every lane of its subject: the address and its neighbourhood, the person, the whole installation.
///
/// # Errors
/// `Ok(Err(until))` when one of them is used up: nothing may be tried before `until`.
pub async fn count(tx: &mut Tx, cx: &Cx, subject: Subject) -> Result<Result<(), Moment>, Fault> {
    if !cx.clave.settings.limits.enabled {
        return Ok(Ok(()));
    }
    let lanes = lanes(cx, subject, &cx.clave.settings.limits);
    for (at, lane) in lanes.iter().enumerate() {
        if let Err(until) = count_one(tx, cx, lane).await? {
            take_back(tx, cx, lanes.iter().take(at)).await?;
            return Ok(Err(until));
        }
    }
    if let Subject::Answers(rut) = subject
        && let Err(until) = count_in_a_row(tx, cx, rut).await?
    {
        take_back(tx, cx, lanes.iter()).await?;
        return Ok(Err(until));
    }
    Ok(Ok(()))
}

/// A refused try costs nobody else: one address cannot use up its neighbours' budget, nor a person's.
async fn take_back(tx: &mut Tx, cx: &Cx, counted: impl Iterator<Item = &Lane>) -> Result<(), Fault> {
    for lane in counted {
        tx.run(sql!("UPDATE lane SET tries = tries - 1 WHERE id = $1", id(cx, lane)?)).await?;
    }
    Ok(())
}

/// A success: the person's own lanes of the subject begin anew. Those of addresses do not, or one good account would buy endless tries.
pub async fn forgive(tx: &mut Tx, cx: &Cx, subject: Subject) -> Result<(), Fault> {
    for lane in lanes(cx, subject, &cx.clave.settings.limits).iter().filter(|lane| lane.name.starts_with("person")) {
        tx.run(sql!("DELETE FROM lane WHERE id = $1", id(cx, lane)?)).await?;
    }
    if let Subject::Answers(rut) = subject {
        tx.run(sql!("DELETE FROM lane WHERE id = $1", id(cx, &in_a_row(rut, 1))?)).await?;
    }
    Ok(())
}

/// Always in this order, so that two transactions never wait for each other; the row that all share last, to hold it shortest.
fn lanes(cx: &Cx, subject: Subject, limits: &Limits) -> Vec<Lane> {
    let mut lanes = Vec::new();
    let whole = !matches!(subject, Subject::Recoveries(_) | Subject::Notices(_));
    if let Some(address) = cx.from.filter(|_| whole) {
        let (near, own) = prefixes(address);
        lanes.push(Lane { name: "address", of: own, budget: limits.address });
        lanes.push(Lane { name: "neighbourhood", of: near, budget: limits.neighbourhood });
    }
    let mut person = |name, rut: Rut, budget| lanes.push(Lane { name, of: rut.number().to_be_bytes().to_vec(), budget });
    match subject {
        Subject::Answers(rut) => {
            person("person-answers-day", rut, limits.answers_day);
            person("person-answers-hour", rut, limits.answers_hour);
        }
        Subject::Keys(rut) => person("person-keys", rut, limits.keys_person),
        Subject::Update(rut) => person("person-update", rut, limits.update_person),
        Subject::UpdateWithKey(rut) => {
            person("person-keys", rut, limits.keys_person);
            person("person-update", rut, limits.update_person);
        }
        Subject::Register(rut) => person("person-register", rut, limits.register_person),
        Subject::Recoveries(rut) => person("person-recoveries", rut, limits.sends_person),
        Subject::Notices(rut) => person("person-notices", rut, limits.sends_person),
        Subject::Address => {}
    }
    if whole {
        lanes.push(Lane { name: "global", of: Vec::new(), budget: limits.global });
    }
    lanes
}

/// The network around an address, and what belongs to one subscriber of it: /24 and /32, or /48 and /64.
fn prefixes(address: IpAddr) -> (Vec<u8>, Vec<u8>) {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            (vec![a, b, c], vec![a, b, c, d])
        }
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(
            || {
                let octets = v6.octets();
                (octets.iter().take(6).copied().collect(), octets.iter().take(8).copied().collect())
            },
            |v4| prefixes(IpAddr::V4(v4)),
        ),
    }
}

/// The row's id is keyed: the table alone tells nobody's address.
fn id(cx: &Cx, lane: &Lane) -> Result<[u8; 32], Fault> {
    cx.clave.vault.mac(Purpose::Index, "lane", &[lane.name.as_bytes(), &lane.of])
}

async fn count_one(tx: &mut Tx, cx: &Cx, lane: &Lane) -> Result<Result<(), Moment>, Fault> {
    let id = id(cx, lane)?;
    let counted = tx
        .one(sql!(
            "INSERT INTO lane (id, tries, until) VALUES ($1, 1, $3)
             ON CONFLICT (id) DO UPDATE SET
                 tries = CASE WHEN lane.until <= $2 THEN 1 ELSE lane.tries + 1 END,
                 until = CASE WHEN lane.until <= $2 THEN $3 ELSE lane.until END
             WHERE lane.until <= $2 OR lane.tries < $4
             RETURNING tries",
            id,
            cx.now,
            cx.now.plus(lane.budget.window),
            i64::from(lane.budget.tries)
        ))
        .await?;
    if counted.is_some() {
        return Ok(Ok(()));
    }
    let row = tx.one(sql!("SELECT until FROM lane WHERE id = $1", id)).await?;
    let until = row.map(|row| row.get("until")).transpose()?;
    Ok(Err(until.unwrap_or_else(|| cx.now.plus(lane.budget.window))))
}

/// After so many wrong answers in a row, one a day is left until one is right.
async fn count_in_a_row(tx: &mut Tx, cx: &Cx, rut: Rut) -> Result<Result<(), Moment>, Fault> {
    let most = cx.clave.settings.limits.answers_in_a_row;
    if count_one(tx, cx, &in_a_row(rut, most)).await?.is_ok() {
        return Ok(Ok(()));
    }
    let daily = Lane { name: "person-answers-after", of: rut.number().to_be_bytes().to_vec(), budget: Budget::new(1, 24 * 60) };
    count_one(tx, cx, &daily).await
}

fn in_a_row(rut: Rut, most: u32) -> Lane {
    let endless = Duration::from_hours(24 * 365 * 100);
    Lane { name: "answers-in-a-row", of: rut.number().to_be_bytes().to_vec(), budget: Budget { tries: most, window: endless } }
}
