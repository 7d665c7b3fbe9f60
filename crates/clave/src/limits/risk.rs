//! How much speaks for a program at a form that has a captcha: failures at the person and from the address, and what captchas brought back wrong. It decides
//! whether a form asks for one (`risk`) and how hard it is. Reading it costs one statement, and no write.

use rut::Rut;
use sql::Tx;

use super::{
    Lanes, Subject,
    lane::{self, Lane, Role, State},
    lanes, peek, prefixes, raise, read, write,
};
use crate::{cx::Cx, device::Device, fault::Fault, outbox::Process};

/// How much speaks for a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// Nothing.
    Calm,
    /// So many failures that a captcha is asked.
    Suspicious,
    /// More than that, or the installation is under attack: the captcha is the harder one.
    High {
        /// Whether there are failures, too, or only the attack on others.
        suspicious: bool,
    },
}

impl Risk {
    /// Whether it is enough to ask for a captcha.
    pub fn asks(self) -> bool {
        matches!(self, Self::Suspicious | Self::High { suspicious: true })
    }

    /// Whether it is enough for the harder one.
    pub fn is_high(self) -> bool {
        matches!(self, Self::High { .. })
    }
}

/// An address is suspicious from so many times as many people whose secrets failed there as one person may have failures: several people may use it.
const PEOPLE_OF_AN_ADDRESS: u32 = 3;
/// The harder captcha comes after so many times the failures after which one is asked,
const HIGH: u32 = 2;
/// which are these where one is asked from the first.
const USUAL: u32 = 3;

/// The risk at the form of a process, where it is known for whom it is filled in. RUTs are judged alike, known or not. A device that is the person's has its
/// own failures alone, so that nobody else puts a captcha in its way.
pub async fn risk(tx: &mut Tx, cx: &Cx, process: Process, rut: Option<Rut>, device: Option<Device>) -> Result<Risk, Fault> {
    let of_person = of_person(cx, process, rut, device)?;
    let mut wanted = Lanes { cx, list: of_person };
    let people = wanted.list.len();
    if device.is_none() {
        wanted.address(process)?;
    }
    let signs = wanted.list.len();
    if device.is_none() {
        wanted.wrong()?;
    }
    let states = peek(tx, wanted.list).await?;
    let (at_person, from_address) = (failures(states.get(..people), cx), failures(states.get(people..signs), cx));
    let is_full = |of_site: bool| {
        let mut signs = states.iter().skip(signs).filter(|(lane, _)| lane.alarm.is_some() == of_site);
        signs.any(|(lane, state)| lane.is_full(*state, cx.now))
    };
    let after = cx.clave.settings.captcha.after;
    let high = HIGH.saturating_mul(if after == 0 { USUAL } else { after });
    let bad_address = is_full(false);
    let suspicious = bad_address || at_person >= after || from_address >= after.saturating_mul(PEOPLE_OF_AN_ADDRESS);
    // A class registers from one address: that many are asked, and read what everybody reads.
    let many = at_person >= high || (process != Process::Register && from_address >= high.saturating_mul(PEOPLE_OF_AN_ADDRESS));
    Ok(match suspicious {
        suspicious if bad_address || many || is_full(true) => Risk::High { suspicious },
        true => Risk::Suspicious,
        false => Risk::Calm,
    })
}

/// The lanes that tell of failures at a person, or on a device that is the person's.
fn of_person(cx: &Cx, process: Process, rut: Option<Rut>, device: Option<Device>) -> Result<Vec<Lane>, Fault> {
    let Some(rut) = rut else { return Ok(Vec::new()) };
    let subject = match process {
        Process::Register => Subject::Register(rut),
        Process::Recover => Subject::Answers(rut),
        Process::ChangeKey | Process::LogIn => Subject::Keys(rut),
    };
    let mut lanes = lanes(cx, subject, device)?;
    lanes.retain(|lane| matches!(lane.role, Role::Person | Role::Newcomers | Role::Regulars));
    Ok(lanes)
}

/// Lanes of one role count the same tries over other spans; the two queues of a person count different ones.
fn failures(states: Option<&[(Lane, State)]>, cx: &Cx) -> u32 {
    let states = states.unwrap_or_default();
    let of =
        |role| states.iter().filter(move |(lane, _)| lane.role == role).map(|(lane, state)| lane.count(*state, cx.now)).max();
    let of = |role| of(role).unwrap_or(0);
    let alone = [Role::Person, Role::People, Role::Crowd].map(of).into_iter().max().unwrap_or(0);
    alone.max(of(Role::Newcomers).saturating_add(of(Role::Regulars)))
}

/// What a form with a captcha brought that people seldom bring.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signs {
    /// How often it counts for its address.
    pub address: u32,
    /// How often it counts for the whole installation; no more than for its address.
    pub site: u32,
}

/// Notes signs. They refuse nothing: [`risk`] reads them. In each transaction after every other lane.
pub async fn note(tx: &mut Tx, cx: &Cx, signs: Signs) -> Result<(), Fault> {
    if signs == Signs::default() || !cx.clave.settings.limits.enabled {
        return Ok(());
    }
    let mut wanted = Lanes { cx, list: Vec::with_capacity(2) };
    wanted.wrong()?;
    for lane in &mut wanted.list {
        lane.weight = if lane.alarm.is_some() { signs.site } else { signs.address };
    }
    wanted.list.retain(|lane| lane.weight > 0);
    // What is full counts no further: a flood would else queue for the one row of the installation. Nor does an address that is full count for the
    // installation: one address alone shall not make everybody's captcha harder.
    let states = peek(tx, wanted.list).await?;
    let is_full = |(lane, state): &(Lane, State)| lane.is_full(*state, cx.now);
    if states.iter().any(|one| one.0.alarm.is_none() && is_full(one)) {
        return Ok(());
    }
    let open: Vec<Lane> = states.into_iter().filter(|one| !is_full(one)).map(|(lane, _)| lane).collect();
    if open.is_empty() {
        return Ok(());
    }
    for counted in read(tx, open).await? {
        let decision = lane::decide(&[counted], cx.now);
        write(tx, &decision.changed).await?;
        raise(&decision.alarms);
    }
    Ok(())
}

impl Lanes<'_> {
    /// What tells of failures from the address. Whoever registers asks nothing of anybody: there all that came from it counts.
    fn address(&mut self, process: Process) -> Result<(), Fault> {
        let limits = &self.cx.clave.settings.limits;
        let Some(own) = self.cx.from.map(|address| prefixes(address).1) else { return Ok(()) };
        match process {
            Process::Register => self.add("address", &[&own], Role::Crowd, limits.address),
            Process::Recover | Process::ChangeKey | Process::LogIn => {
                self.add("people-address", &[&own], Role::People, limits.people_address)
            }
        }
    }

    /// What came back wrong: from the address, and altogether in one row, which changes so seldom that it needs no spreading.
    fn wrong(&mut self) -> Result<(), Fault> {
        let limits = &self.cx.clave.settings.limits;
        if let Some(address) = self.cx.from {
            self.add("wrong-address", &[&prefixes(address).1], Role::Crowd, limits.wrong_address)?;
        }
        self.add("wrong_site", &[], Role::Crowd, limits.wrong_site)?;
        if let Some(lane) = self.list.last_mut() {
            lane.alarm = Some("wrong_site");
        }
        Ok(())
    }
}
