//! Use case: «No puedo usar el captcha» (WCAG 2.2, 3.3.8). A single-use link goes to the registered addresses and stands in for the captcha
//! once. The page says the same for every RUT.

use std::sync::Arc;

use rut::Rut;

use crate::{
    Cx,
    attempt::Refused,
    audit::{self, Event},
    contact_change,
    device::Device,
    flow::Browser,
    limits::{self, Subject},
    link::{self, Purpose},
    notice::{self, Cause, Recipient},
    outbox::{Message, Process},
    person,
    submission::{self, Submission},
};

/// Sends a link for `process`, if the RUT has addresses and its budget of messages allows.
pub async fn send(
    cx: &mut Cx,
    browser: Browser,
    device: Device,
    submission: Submission,
    rut: Rut,
    process: Process,
) -> Result<(), Refused> {
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    if !submission::claim(&mut tx, cx, browser, submission).await? {
        // The second of a double click: the first has sent the link.
        return Ok(());
    }
    let known = device.known(&mut tx, rut, cx.now).await?;
    for subject in [Subject::Look(rut), Subject::Links(rut)] {
        if let Err(until) = limits::count(&mut tx, cx, subject, known).await? {
            submission::refuse(&mut tx, submission).await?;
            tx.commit().await?;
            return Err(Refused::TooManyTries { until });
        }
    }
    let cause = if known.is_some() { Cause::Proof } else { Cause::Anybody };
    let person = person::find(&mut tx, &clave.vault, rut).await?;
    let (details, language) = person.map(|person| (person.details, person.language)).unwrap_or_default();
    let reach = contact_change::reach(&mut tx, cx, rut, &details).await?;
    // Nobody hears of the link of an unknown RUT; making it and its messages takes as long as for a known one.
    let to = notice::or_nowhere(cx, reach.keys);
    let to = Recipient { rut, to: &to, language, deadline: Some(cx.now.plus(clave.settings.recovery.delivery_deadline)), cause };
    let link = link::make(&mut tx, Purpose::Captcha, rut, cx.now, &mut cx.rng).await?;
    notice::send(&mut tx, cx, &to, |_, not_me| Message::CaptchaLink { link: link.clone(), process, not_me: Some(not_me) })
        .await?;
    audit::append(&mut tx, cx, rut, Event::CaptchaLinkSent, None).await?;
    tx.commit().await?;
    Ok(())
}
