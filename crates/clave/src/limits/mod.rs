//! The throttle: how often something may be tried, counted in rows that all nodes share, **before** the secret is looked at. Waits grow and end by
//! themselves; nothing is locked for ever. An unknown RUT is counted like a known one.
//!
//! A try is counted in several lanes at once ([`lane::decide`]): its address and the addresses around it, the person, the two together, how many
//! different people the address asks for, the whole installation. A device that is the person's ([`crate::device`]) has lanes of its own instead, so
//! that no flood by others keeps the owner out. A try costs two statements, whatever it counts in.

mod gauge;
pub mod lane;
mod numbers;
mod risk;

use std::net::IpAddr;

use rut::Rut;
use sql::{Row, Tx, Value, sql};

pub use gauge::sms_stopped;
pub(crate) use gauge::{OF_SMS, measure};
pub use numbers::{Budget, Limits, Waits};
pub use risk::{Risk, Signs, note, risk};

use self::lane::{Lane, Pace, Role, State};
use crate::{cx::Cx, device::Device, fault::Fault, moment::Moment, outbox::Channel, person::rut_value, vault::Purpose};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// Secret answers for a RUT.
    Answers(Rut),
    /// Keys for a RUT.
    Keys(Rut),
    /// First steps of «Actualizar datos» for a RUT.
    Update(Rut),
    /// The same with a key in place of a datum: a try of the key as well.
    UpdateWithKey(Rut),
    /// Registrations of a RUT.
    Register(Rut),
    /// Asking for something of a RUT without a proof: its question, a link instead of the captcha.
    Look(Rut),
    /// Codes that devices show, typed by somebody who is logged in. Right ones count as well: whoever shows codes to themselves guesses no more often.
    DeviceCodes(Rut),
    /// A step after the proof: counted by address alone.
    Address,
    /// A request that is kept before anybody has proved anything.
    Requests,
    /// Wrong secrets of systems, counted when they have shown to be wrong: the right one is let in whatever was counted.
    ClientSecrets,
    /// Provisional keys made after a right answer: the person's lane alone, the try itself has been counted.
    Recoveries(Rut),
    /// Links instead of the captcha, which anybody can make a person receive; from a known device they are counted apart.
    Links(Rut),
    /// Messages about registrations of a taken RUT, which anybody can cause.
    Registrations(Rut),
    /// One message that anybody can cause: its recipient (folded), the block of its number, all SMS.
    Send(Channel, &'a str),
    /// One message that follows a proof: what strangers cause never keeps it back.
    SendProved(Channel, &'a str, Rut),
    /// A message to nobody ([`crate::outbox::NOWHERE`]) in place of one about this RUT: as much is counted, and nobody's budget used.
    SendNowhere(Channel, Rut),
}

/// Counts one try, or says when to come back. `device` is one that is known to be the person's.
///
/// # Errors
/// `Ok(Err(until))` when one of its lanes is used up: nothing may be tried before `until`.
pub async fn count(tx: &mut Tx, cx: &Cx, subject: Subject<'_>, device: Option<Device>) -> Result<Result<(), Moment>, Fault> {
    count_weighed(tx, cx, subject, device, Weight::Once).await
}

/// How much a try counts in the lanes of crowds: the address, the addresses around it, everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// As one.
    Once,
    /// As two: it came without the work that browsers do.
    Twice,
}

/// The same for a try that counts more.
///
/// # Errors
/// As [`count`].
pub async fn count_weighed(
    tx: &mut Tx,
    cx: &Cx,
    subject: Subject<'_>,
    device: Option<Device>,
    weight: Weight,
) -> Result<Result<(), Moment>, Fault> {
    if !cx.clave.settings.limits.enabled {
        return Ok(Ok(()));
    }
    let mut lanes = lanes(cx, subject, device)?;
    if weight == Weight::Twice {
        lanes.iter_mut().filter(|lane| lane.role == Role::Crowd).for_each(|lane| lane.weight = 2);
    }
    let lanes = read(tx, lanes).await?;
    let decision = lane::decide(&lanes, cx.now);
    write(tx, &decision.changed).await?;
    raise(&decision.alarms);
    if decision.verdict.is_err() {
        metrics::counter!("clavero_limits_refused_total", "what" => subject.name()).increment(1);
    }
    Ok(decision.verdict)
}

/// Says once to operators that something of the whole installation has filled up.
fn raise(alarms: &[&'static str]) {
    for alarm in alarms {
        metrics::counter!("clavero_limits_used_up_total", "limit" => *alarm).increment(1);
        tracing::warn!(
            limit = *alarm,
            "{alarm} is used up: an attack, or a number in `limits` that is too small for this installation"
        );
    }
}

/// Counts a request that anybody can make, just before it is kept.
///
/// # Errors
/// As [`count`].
pub async fn count_request(cx: &Cx) -> Result<Result<(), Moment>, Fault> {
    let mut tx = cx.clave.db.begin().await?;
    let verdict = count(&mut tx, cx, Subject::Requests, None).await?;
    tx.commit().await?;
    Ok(verdict)
}

/// A success: the person's own lanes of the subject begin anew. A success on the person's device says nothing about the tries of others.
pub async fn forgive(tx: &mut Tx, cx: &Cx, subject: Subject<'_>, device: Option<Device>) -> Result<(), Fault> {
    let lanes = read(tx, lanes(cx, subject, device)?).await?;
    write(tx, &lane::forgive(&lanes, cx.now)).await
}

impl Subject<'_> {
    fn name(self) -> &'static str {
        match self {
            Self::Answers(_) => "answers",
            Self::Keys(_) => "keys",
            Self::Update(_) | Self::UpdateWithKey(_) => "update",
            Self::Register(_) => "register",
            Self::Look(_) => "look",
            Self::DeviceCodes(_) => "device_codes",
            Self::Address => "address",
            Self::Requests => "requests",
            Self::ClientSecrets => "client_secrets",
            Self::Recoveries(_) => "recoveries",
            Self::Links(_) => "links",
            Self::Registrations(_) => "registrations",
            Self::Send(..) | Self::SendProved(..) | Self::SendNowhere(..) => "send",
        }
    }

    /// The person that it is tried at, where somebody tries something at a person.
    fn person(self) -> Option<Rut> {
        match self {
            Self::Answers(rut)
            | Self::Keys(rut)
            | Self::Update(rut)
            | Self::UpdateWithKey(rut)
            | Self::Register(rut)
            | Self::Look(rut) => Some(rut),
            Self::DeviceCodes(_)
            | Self::Address
            | Self::Requests
            | Self::ClientSecrets
            | Self::Recoveries(_)
            | Self::Links(_)
            | Self::Registrations(_)
            | Self::Send(..)
            | Self::SendProved(..)
            | Self::SendNowhere(..) => None,
        }
    }

    /// The lane of everybody. What needs no captcha has one of its own: a program that uses it up closes nothing else.
    fn everybody(self) -> &'static str {
        match self {
            Self::Look(_) | Self::Update(_) | Self::UpdateWithKey(_) | Self::Address | Self::DeviceCodes(_) => "global_open",
            Self::Requests => "global_requests",
            _ => "global",
        }
    }
}

/// Always in this order, so that two transactions never wait for each other; the row that all share last, to hold it shortest.
fn lanes(cx: &Cx, subject: Subject<'_>, device: Option<Device>) -> Result<Vec<Lane>, Fault> {
    let limits = &cx.clave.settings.limits;
    let mut lanes = Lanes { cx, list: Vec::with_capacity(MOST) };
    if let (Some(device), Some(rut)) = (device, subject.person()) {
        lanes.of_device(subject, device, rut, limits)?;
        return Ok(lanes.list);
    }
    if let (Some(device), Subject::Links(rut)) = (device, subject) {
        lanes.add("device-links", &[&number(rut), device.bytes()], Role::Person, limits.sends_person)?;
        return Ok(lanes.list);
    }
    if let (Some(address), Subject::ClientSecrets) = (cx.from, subject) {
        lanes.add("client-secrets", &[&prefixes(address).1], Role::Crowd, limits.client_secrets)?;
    }
    if subject == Subject::Requests {
        lanes.of_requests(limits)?;
        return Ok(lanes.list);
    }
    let crowd = subject.person().is_some() || matches!(subject, Subject::Address | Subject::DeviceCodes(_));
    if let Some(address) = cx.from.filter(|_| crowd) {
        let (near, own) = prefixes(address);
        lanes.add("address", &[&own], Role::Crowd, limits.address)?;
        lanes.add("neighbourhood", &[&near], Role::Crowd, limits.neighbourhood)?;
        match subject.person().map(number) {
            // Registering asks nothing of anybody: a class may register from one address, and nobody is known by it.
            Some(person) if matches!(subject, Subject::Register(_)) => {
                lanes.add("pair-register", &[&person, &own], Role::Person, limits.pair)?;
            }
            Some(person) => {
                lanes.add("pair", &[&person, &own], Role::Pair, limits.pair)?;
                match subject {
                    Subject::Keys(_) | Subject::UpdateWithKey(_) => {
                        lanes.add("turn", &[&person, &own], Role::Turn, limits.keys_person)?;
                    }
                    Subject::Update(_) => lanes.add("turn-update", &[&person, &own], Role::Turn, limits.update_person)?,
                    _ => {}
                }
                lanes.add("people-address", &[&own], Role::People, limits.people_address)?;
                lanes.add("people-neighbourhood", &[&near], Role::People, limits.people_neighbourhood)?;
            }
            None => {}
        }
    }
    lanes.of_person(subject, limits)?;
    if crowd {
        lanes.shared(subject.everybody(), limits.global)?;
    }
    Ok(lanes.list)
}

struct Lanes<'a> {
    cx: &'a Cx,
    list: Vec<Lane>,
}

impl Lanes<'_> {
    /// The row's id is keyed, so that the table alone tells nobody's address; by the key that never changes, or a rotation would open all limits.
    fn add(&mut self, name: &'static str, of: &[&[u8]], role: Role, pace: impl Into<Pace>) -> Result<(), Fault> {
        let parts: Vec<&[u8]> = std::iter::once(name.as_bytes()).chain(of.iter().copied()).collect();
        let id = self.cx.clave.vault.mac(Purpose::Decoy, "lane", &parts)?;
        self.list.push(Lane { id, role, pace: pace.into(), weight: 1, alarm: None });
        Ok(())
    }

    /// A lane of the whole installation. A large one is spread over rows with a part of it each, or everybody would wait for the same row.
    fn shared(&mut self, name: &'static str, budget: Budget) -> Result<(), Fault> {
        let (rows, part) = gauge::spread(budget);
        let row = self.list.first().map_or(0, |lane| u32::from(lane.id.first().copied().unwrap_or(0)) % rows);
        self.add(name, &[&row.to_be_bytes()], Role::Crowd, part)?;
        if let Some(lane) = self.list.last_mut() {
            lane.alarm = Some(name);
        }
        Ok(())
    }

    /// Apart from everything else: what fills them closes no form of ours, and no form closes them.
    fn of_requests(&mut self, limits: &Limits) -> Result<(), Fault> {
        if let Some(address) = self.cx.from {
            let (near, own) = prefixes(address);
            self.add("requests-address", &[&own], Role::Crowd, limits.requests)?;
            self.add("requests-neighbourhood", &[&near], Role::Crowd, limits.requests_neighbourhood)?;
        }
        self.shared(Subject::Requests.everybody(), limits.global)
    }

    fn of_person(&mut self, subject: Subject<'_>, limits: &Limits) -> Result<(), Fault> {
        let role = Role::Person;
        match subject {
            Subject::Answers(rut) => {
                self.add("person-answers-day", &[&number(rut)], role, limits.answers_day)?;
                self.add("person-answers-hour", &[&number(rut)], role, limits.answers_hour)?;
                self.add("person-answers-in-a-row", &[&number(rut)], role, in_a_row(limits))
            }
            Subject::Keys(rut) | Subject::UpdateWithKey(rut) => {
                self.queues(["person-keys-new", "person-keys"], rut, limits.keys_person)
            }
            Subject::Update(rut) => self.queues(["person-update-new", "person-update"], rut, limits.update_person),
            Subject::Register(rut) => self.add("person-register", &[&number(rut)], role, limits.register_person),
            Subject::Recoveries(rut) => self.add("person-recoveries", &[&number(rut)], role, limits.sends_person),
            Subject::Links(rut) => self.add("person-links", &[&number(rut)], role, limits.sends_person),
            Subject::Registrations(rut) => self.add("person-registrations", &[&number(rut)], role, limits.sends_person),
            Subject::DeviceCodes(rut) => self.add("person-device-codes", &[&number(rut)], Role::Crowd, limits.pair),
            Subject::Look(_) | Subject::Address | Subject::Requests | Subject::ClientSecrets => Ok(()),
            Subject::SendNowhere(channel, rut) => {
                let lanes =
                    if channel == Channel::Sms { ["nobody", "nobodys-prefix", "nobodys-site"].as_slice() } else { &["nobody"] };
                for name in lanes {
                    self.add(name, &[channel.name().as_bytes(), &number(rut)], Role::Crowd, limits.sends_recipient)?;
                }
                self.sms_from_address(channel, limits)
            }
            Subject::Send(channel, to) => {
                let of: [&[u8]; 2] = [channel.name().as_bytes(), to.as_bytes()];
                self.add("recipient", &of, Role::Crowd, limits.sends_recipient)?;
                self.sms(channel, to, ["number-prefix", "sends_site"], limits)
            }
            Subject::SendProved(channel, to, rut) => {
                let of: [&[u8]; 3] = [channel.name().as_bytes(), to.as_bytes(), &number(rut)];
                self.add("recipient-proved", &of, Role::Crowd, limits.sends_recipient)?;
                self.sms(channel, to, ["number-prefix-proved", "sends_site_proved"], limits)
            }
        }
    }

    /// SMS cost money, and are bounded by the block of the number and altogether; mail goes on.
    fn sms(&mut self, channel: Channel, to: &str, [prefix, site]: [&'static str; 2], limits: &Limits) -> Result<(), Fault> {
        self.sms_from_address(channel, limits)?;
        if channel == Channel::Sms {
            let block = to.get(..to.len().saturating_sub(4)).unwrap_or(to);
            self.add(prefix, &[block.as_bytes()], Role::Crowd, limits.sends_prefix)?;
            self.shared(site, limits.sends_site)?;
        }
        Ok(())
    }

    /// What one address causes, whoever it goes to and whether it goes to anybody.
    fn sms_from_address(&mut self, channel: Channel, limits: &Limits) -> Result<(), Fault> {
        match self.cx.from {
            Some(address) if channel == Channel::Sms => {
                self.add("sms-address", &[&prefixes(address).1], Role::Crowd, limits.sends_address)
            }
            _ => Ok(()),
        }
    }

    /// Two lanes of the same size: whoever has tried at this person from an address before queues in the second, so that a flood does not keep out
    /// who comes from elsewhere. Without an address (the command line) there is one.
    fn queues(&mut self, [new, regular]: [&'static str; 2], rut: Rut, waits: Waits) -> Result<(), Fault> {
        if self.cx.from.is_some() {
            self.add(new, &[&number(rut)], Role::Newcomers, waits)?;
            self.add(regular, &[&number(rut)], Role::Regulars, waits)
        } else {
            self.add(regular, &[&number(rut)], Role::Person, waits)
        }
    }

    fn of_device(&mut self, subject: Subject<'_>, device: Device, rut: Rut, limits: &Limits) -> Result<(), Fault> {
        let (person, role) = (number(rut), Role::Person);
        let of: [&[u8]; 2] = [&person, device.bytes()];
        match subject {
            Subject::Answers(_) => {
                self.add("device-answers-day", &of, role, limits.answers_day)?;
                self.add("device-answers-hour", &of, role, limits.answers_hour)?;
                self.add("device-answers-in-a-row", &of, role, in_a_row(limits))
            }
            Subject::Look(_) => self.add("device-look", &of, role, limits.pair),
            Subject::Update(_) => self.add("device-update", &of, role, limits.device),
            _ => self.add("device", &of, role, limits.device),
        }
    }
}

/// After so many wrong answers in a row, one a day is left until one is right.
fn in_a_row(limits: &Limits) -> Waits {
    const DAY: u64 = 24 * 60;
    Waits { free: limits.answers_in_a_row, first_seconds: DAY * 60, longest_minutes: DAY, memory_hours: 24 * 365 * 100 }
}

fn number(rut: Rut) -> [u8; 8] {
    rut_value(rut).to_be_bytes()
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

/// A large shared lane is spread over so many rows,
const SPREAD: u32 = 16;
/// if it is at least so large.
const SPREAD_FROM: u32 = 1_000;

/// Lanes of one try, at most: as many places have the statements below.
const MOST: usize = 10;

/// Makes the rows that are missing and holds them all until the transaction ends, so that what is decided about them stays true.
async fn read(tx: &mut Tx, lanes: Vec<Lane>) -> Result<Vec<(Lane, State)>, Fault> {
    let mut ids = lanes.iter().map(|lane| Value::from(lane.id)).chain(std::iter::repeat(Value::Bytes(None)));
    let mut id = || ids.next().unwrap_or(Value::Bytes(None));
    let rows = tx
        .all(sql!(
            "INSERT INTO lane (id, tries, opens_at, until)
             SELECT wanted.id, 0, 0, 0
             FROM (SELECT id FROM lane WHERE 1 = 0
                   UNION ALL SELECT $1 UNION ALL SELECT $2 UNION ALL SELECT $3 UNION ALL SELECT $4 UNION ALL SELECT $5
                   UNION ALL SELECT $6 UNION ALL SELECT $7 UNION ALL SELECT $8 UNION ALL SELECT $9 UNION ALL SELECT $10) AS wanted
             WHERE wanted.id IS NOT NULL
             ON CONFLICT (id) DO UPDATE SET tries = lane.tries
             RETURNING id, tries, opens_at, until",
            id(),
            id(),
            id(),
            id(),
            id(),
            id(),
            id(),
            id(),
            id(),
            id()
        ))
        .await?;
    let states = states(&rows)?;
    // A lane without its row could not be counted: nothing is let through.
    let state = |lane: Lane| {
        let found = states.iter().find(|(id, _)| *id == lane.id).map(|(_, state)| (lane, *state));
        found.ok_or_else(|| Fault::new("counting a try"))
    };
    lanes.into_iter().map(state).collect()
}

/// The lanes as they are, none held: at most [`MOST`], in one statement.
async fn peek(tx: &mut Tx, lanes: Vec<Lane>) -> Result<Vec<(Lane, State)>, Fault> {
    let mut ids = lanes.iter().map(|lane| Value::from(lane.id)).chain(std::iter::repeat(Value::Bytes(None)));
    let mut id = || ids.next().unwrap_or(Value::Bytes(None));
    let rows = tx
        .all(sql!(
            "SELECT id, tries, opens_at, until FROM lane WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            id(),
            id(),
            id(),
            id(),
            id(),
            id(),
            id(),
            id(),
            id(),
            id()
        ))
        .await?;
    let states = states(&rows)?;
    let state = |lane: Lane| (lane, states.iter().find(|(id, _)| *id == lane.id).map_or(State::EMPTY, |(_, state)| *state));
    Ok(lanes.into_iter().map(state).collect())
}

fn states(rows: &[Row]) -> Result<Vec<([u8; 32], State)>, Fault> {
    let mut states = Vec::with_capacity(rows.len());
    for row in rows {
        let tries = u32::try_from(row.get::<i64>("tries")?).unwrap_or(u32::MAX);
        states.push((row.get("id")?, State { tries, opens_at: row.get("opens_at")?, until: row.get("until")? }));
    }
    Ok(states)
}

async fn write(tx: &mut Tx, changed: &[([u8; 32], State)]) -> Result<(), Fault> {
    if changed.is_empty() {
        return Ok(());
    }
    let mut values = changed
        .iter()
        .flat_map(|(id, state)| [Value::from(*id), i64::from(state.tries).into(), state.opens_at.into(), state.until.into()]);
    let absent = [Value::Bytes(None), Value::Int(None), Value::Int(None), Value::Int(None)];
    let mut absent = absent.into_iter().cycle();
    let mut next = || values.next().or_else(|| absent.next()).unwrap_or(Value::Int(None));
    tx.run(sql!(
        "INSERT INTO lane (id, tries, opens_at, until)
         SELECT new.id, new.tries, new.opens_at, new.until
         FROM (SELECT id, tries, opens_at, until FROM lane WHERE 1 = 0
               UNION ALL SELECT $1, $2, $3, $4 UNION ALL SELECT $5, $6, $7, $8
               UNION ALL SELECT $9, $10, $11, $12 UNION ALL SELECT $13, $14, $15, $16
               UNION ALL SELECT $17, $18, $19, $20 UNION ALL SELECT $21, $22, $23, $24
               UNION ALL SELECT $25, $26, $27, $28 UNION ALL SELECT $29, $30, $31, $32
               UNION ALL SELECT $33, $34, $35, $36 UNION ALL SELECT $37, $38, $39, $40) AS new
         WHERE new.id IS NOT NULL
         ON CONFLICT (id) DO UPDATE SET tries = excluded.tries, opens_at = excluded.opens_at, until = excluded.until",
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next(),
        next()
    ))
    .await?;
    Ok(())
}
