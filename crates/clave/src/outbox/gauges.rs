//! How much waits, and for how long: what operators see on `/metrics`.

use sql::{Db, sql};

use super::{Lane, Rank};
use crate::{fault::Fault, limits, moment::Moment};

/// Shows at zero what is counted when something goes wrong: an alert on an increase sees no first time otherwise.
pub(crate) fn begin() {
    for (lane, rank) in Lane::WAYS {
        metrics::counter!("clavero_messages_late_total", "channel" => lane.name(), "rank" => rank.name()).increment(0);
    }
    for limit in limits::OF_SMS {
        metrics::counter!("clavero_limits_used_up_total", "limit" => limit).increment(0);
    }
}

/// Sets the gauges. Every node sets the same.
pub(crate) async fn measure(db: &Db, now: Moment) -> Result<(), Fault> {
    let mut tx = db.read().await?;
    let rows = tx
        .all(sql!(
            "SELECT channel, rank, COUNT(*) AS waiting, MIN(made_at) AS oldest FROM outbox WHERE state = 'waiting' GROUP BY channel, rank"
        ))
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let (channel, rank): (String, i64) = (row.get("channel")?, row.get("rank")?);
        let (waiting, oldest): (i64, Moment) = (row.get("waiting")?, row.get("oldest")?);
        found.push((channel, Rank::from_number(rank), waiting, oldest));
    }
    for (lane, rank) in Lane::WAYS {
        let row = found.iter().find(|(channel, of, ..)| channel == lane.name() && *of == rank);
        let (waiting, age) = row.map_or((0, 0.0), |(_, _, waiting, oldest)| (*waiting, oldest.until(now).as_secs_f64()));
        let labels = [("channel", lane.name()), ("rank", rank.name())];
        metrics::gauge!("clavero_messages_waiting", &labels).set(u32::try_from(waiting).unwrap_or(u32::MAX));
        metrics::gauge!("clavero_messages_oldest_age", &labels).set(age);
    }
    let rows = tx.all(sql!("SELECT channel, COUNT(*) AS accepted FROM outbox WHERE state = 'accepted' GROUP BY channel")).await?;
    for lane in Lane::ALL {
        let mut accepted = 0_i64;
        for row in &rows {
            if row.get::<String>("channel")? == lane.name() {
                accepted = row.get("accepted")?;
            }
        }
        metrics::gauge!("clavero_messages_accepted", "channel" => lane.name()).set(u32::try_from(accepted).unwrap_or(u32::MAX));
    }
    Ok(())
}
