//! What every form that asks for a proof goes through first: the double click, the captcha, the budget. Durable before any secret is
//! looked at, so that a crash gives no free try.

use std::{sync::Arc, time::Instant};

use rut::Rut;
use sql::Tx;

use crate::{
    challenge::Ticket,
    cx::Cx,
    device::Device,
    fault::Fault,
    flow::{Browser, Token},
    limits::{self, Signs, Subject, Weight},
    link,
    moment::Moment,
    outbox::Process,
    secret::Secret,
    settings::Policy,
    submission::{self, Submission},
    tempo::Proof,
    work::Work,
};

/// How somebody showed not to be a program.
#[derive(Debug)]
pub enum Human {
    /// By the captcha.
    Captcha {
        /// Of which form.
        process: Process,
        /// The ticket, if it is ours and alive.
        ticket: Option<Ticket>,
        /// Whether the typed letters are those of the picture.
        solution: Solution,
        /// What came of the proof of work beside it.
        work: Work,
    },
    /// By a link sent to a registered address.
    Link(Secret),
    /// The form never has a captcha.
    NotAsked,
    /// The form of this process had none. Whether it should have had one is judged here, whatever the browser says.
    NotYetAsked(Process),
}

impl Human {
    /// A form without the work that browsers do counts more, and one whose captcha was the easier one for programs; never more than twice.
    fn weight(&self) -> Weight {
        match self {
            Self::Captcha { work: Work::Absent | Work::Wrong, .. } | Self::Captcha { solution: Solution::Loosely, .. } => {
                Weight::Twice
            }
            Self::Captcha { work: Work::Right, .. } | Self::Link(_) | Self::NotAsked | Self::NotYetAsked(_) => Weight::Once,
        }
    }

    /// What it tells about its address, and about an attack on the whole installation: browsers without script are no attack.
    fn signs(&self, passed: bool) -> Signs {
        let Self::Captcha { ticket, work, .. } = self else { return Signs::default() };
        let wrong_captcha = u32::from(!passed);
        // Without a living ticket nobody has looked at the work.
        let work = ticket.as_ref().map(|_| *work);
        let without_work = u32::from(matches!(work, Some(Work::Absent | Work::Wrong)));
        let wrong_work = u32::from(work == Some(Work::Wrong));
        // What comes without a living ticket costs nothing to send: it tells about its address alone.
        let wrong_picture = wrong_captcha * u32::from(ticket.is_some());
        Signs { address: wrong_captcha + without_work, site: wrong_picture + wrong_work }
    }

    /// For operators: what came back, of which form, at which level.
    fn report(&self, passed: bool) {
        let Self::Captcha { process, ticket, work, .. } = self else {
            if !passed {
                let process = if let Self::NotYetAsked(process) = self { process.name() } else { "link" };
                metrics::counter!("clavero_captchas_refused_total", "process" => process, "level" => "none").increment(1);
            }
            return;
        };
        let (process, level) = (process.name(), ticket.as_ref().map_or("none", |ticket| ticket.level().name()));
        if passed {
            metrics::counter!("clavero_captchas_solved_total", "process" => process, "level" => level).increment(1);
        } else {
            metrics::counter!("clavero_captchas_refused_total", "process" => process, "level" => level).increment(1);
        }
        if ticket.is_some() {
            metrics::counter!("clavero_proofs_of_work_total", "proof" => work.name(), "level" => level).increment(1);
        }
    }
}

/// What was typed against what was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Solution {
    /// The letters of the picture.
    Right,
    /// The digits of the sound, or of a harder picture all letters but one: right as well, and easier for programs, so it counts more.
    Loosely,
    /// Something else.
    Wrong,
}

/// One form, sent once.
#[derive(Debug)]
pub struct Attempt {
    /// From where.
    pub browser: Browser,
    /// On which device, known or not.
    pub device: Device,
    /// Which sending.
    pub submission: Submission,
    /// By whom.
    pub human: Human,
}

/// Why it goes no further. Says nothing about the RUT.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The second of a double click: the first was answered by this flow.
    #[error("the same form was sent before")]
    Repeated(Token),
    /// The same form was sent before and refused, or with other contents.
    #[error("the same form was sent before, and not taken")]
    AlreadySent,
    /// Wrong letters, or a captcha that was used, expired or made for something else.
    #[error("the captcha was not solved")]
    Captcha,
    /// A budget is used up.
    #[error("too many tries")]
    TooManyTries {
        /// When to try again.
        until: Moment,
    },
    /// Our problem.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sql::Error> for Refused {
    fn from(error: sql::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// A try that was let through.
#[derive(Debug, Clone, Copy)]
pub struct Admitted {
    /// The device, where it is known to be the person's: then the try was counted in lanes of its own.
    pub device: Option<Device>,
    proof: Proof,
    since: Instant,
}

impl Admitted {
    /// The proof was wrong, and that is about to be answered: refusals take as long.
    pub fn was_wrong(&self, cx: &Cx) {
        metrics::counter!("clavero_wrong_proofs_total", "proof" => self.proof.name()).increment(1);
        cx.clave.tempo.note(self.proof, self.since);
    }
}

/// Claims the submission, burns the captcha, counts the try. All of it is durable once the caller commits, which must be before any secret is
/// looked at.
///
/// # Errors
/// What is refused is durable already, and has taken as long as a wrong `proof` takes.
pub async fn reserve(
    cx: &mut Cx,
    attempt: &Attempt,
    rut: Rut,
    subject: Subject<'_>,
    proof: Proof,
) -> Result<(Tx, Admitted), Refused> {
    let since = Instant::now();
    let clave = Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    if !submission::claim(&mut tx, cx, attempt.browser, attempt.submission).await? {
        drop(tx);
        return Err(earlier(cx, attempt.browser, attempt.submission).await?);
    }
    let device = attempt.device.known(&mut tx, rut, cx.now).await?;
    let human = is_human(&mut tx, cx, &attempt.human, rut, device).await?;
    let counted = if human { limits::count_weighed(&mut tx, cx, subject, device, attempt.human.weight()).await? } else { Ok(()) };
    limits::note(&mut tx, cx, attempt.human.signs(human)).await?;
    attempt.human.report(human);
    if human && counted.is_ok() {
        return Ok((tx, Admitted { device, proof, since }));
    }
    submission::refuse(&mut tx, attempt.submission).await?;
    tx.commit().await?;
    match counted {
        Ok(()) => Err(Refused::Captcha),
        Err(until) => {
            clave.tempo.keep(proof, since, &mut cx.rng).await;
            Err(Refused::TooManyTries { until })
        }
    }
}

/// What to say of a form whose submission is claimed already.
pub(crate) async fn earlier(cx: &Cx, browser: Browser, submission: Submission) -> Result<Refused, Fault> {
    let answer = submission::earlier_answer(cx, browser, submission).await?;
    Ok(answer.map_or(Refused::AlreadySent, Refused::Repeated))
}

async fn is_human(tx: &mut Tx, cx: &Cx, human: &Human, rut: Rut, device: Option<Device>) -> Result<bool, Fault> {
    Ok(match human {
        Human::NotAsked => true,
        Human::NotYetAsked(process) => match cx.clave.settings.captcha.policy(*process) {
            Policy::Always => false,
            Policy::Risk => !limits::risk(tx, cx, *process, Some(rut), device).await?.asks(),
            Policy::Off => true,
        },
        Human::Captcha { ticket: None, .. } => false,
        Human::Captcha { ticket: Some(ticket), solution, .. } => ticket.burn(tx).await? && *solution != Solution::Wrong,
        Human::Link(token) => link::owner(tx, link::Purpose::Captcha, token, cx.now).await? == Some(rut),
    })
}

/// The form had mistakes and goes no further, yet its captcha has been seen: it is burnt all the same.
pub async fn burn_unused(cx: &Cx, human: &Human) -> Result<(), Fault> {
    if let Human::Captcha { ticket: Some(ticket), .. } = human {
        let mut tx = cx.clave.db.begin().await?;
        ticket.burn(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

impl Attempt {
    /// Notes the page that answers this submission, and uses up the link that stood in for the captcha.
    ///
    /// # Errors
    /// [`Refused::Captcha`] when another submission was faster with the same link.
    pub async fn succeed(&self, tx: &mut Tx, cx: &Cx, token: &Token) -> Result<(), Refused> {
        if let Human::Link(link) = &self.human
            && link::spend(tx, link::Purpose::Captcha, link, cx.now).await?.is_none()
        {
            return Err(Refused::Captcha);
        }
        Ok(submission::answer(tx, self.submission, token).await?)
    }

    /// Notes that the submission was refused.
    pub async fn fail(&self, tx: &mut Tx) -> Result<(), Fault> {
        submission::refuse(tx, self.submission).await
    }
}
