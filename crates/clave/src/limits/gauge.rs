//! How much of the SMS budgets of the whole installation is used up: what operators see on `/metrics`.

use super::{Lane, MOST, Role, SPREAD, SPREAD_FROM, lane::Pace, numbers::Budget, peek};
use crate::{cx::Clave, fault::Fault, moment::Moment, vault::Purpose};

/// The budgets of all SMS: of those that anybody can cause, and of those that follow a proof.
pub(crate) const OF_SMS: [&str; 2] = ["sends_site", "sends_site_proved"];

/// Over how many rows a budget is spread, and how much of it is in each.
pub(super) fn spread(budget: Budget) -> (u32, Budget) {
    let rows = if budget.tries < SPREAD_FROM { 1 } else { SPREAD };
    (rows, Budget { tries: budget.tries / rows, ..budget })
}

/// Of each budget of SMS, the part of all numbers, 0 to 1, to which none leaves now.
pub async fn sms_stopped(clave: &Clave, now: Moment) -> Result<Vec<(&'static str, f64)>, Fault> {
    let limits = &clave.settings.limits;
    let (rows, part) = spread(limits.sends_site);
    let mut tx = clave.db.read().await?;
    let mut stopped = Vec::with_capacity(OF_SMS.len());
    for name in OF_SMS {
        let mut lanes = Vec::new();
        for row in 0..rows {
            let id = clave.vault.mac(Purpose::Decoy, "lane", &[name.as_bytes(), &row.to_be_bytes()])?;
            lanes.push(Lane { id, role: Role::Crowd, pace: Pace::from(part), weight: 1, alarm: None });
        }
        let mut full = 0_u32;
        for few in lanes.chunks(MOST) {
            let states = peek(&mut tx, few.to_vec()).await?;
            full += states.iter().map(|(lane, state)| u32::from(limits.enabled && lane.is_full(*state, now))).sum::<u32>();
        }
        stopped.push((name, f64::from(full) / f64::from(rows)));
    }
    Ok(stopped)
}

/// Sets the gauge. Every node sets the same.
pub(crate) async fn measure(clave: &Clave, now: Moment) -> Result<(), Fault> {
    for (limit, part) in sms_stopped(clave, now).await? {
        metrics::gauge!("clavero_sms_stopped", "limit" => limit).set(part);
    }
    Ok(())
}
