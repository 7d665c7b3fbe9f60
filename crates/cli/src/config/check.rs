//! Configurations that can be read and must not be run.

use std::net::IpAddr;

use clave::settings::{Budget, CaptchaLevel, Limits, Policy, Waits};

use crate::client;

use super::{AskedQuestion, Config, MailTransport, Profile, SmsTransport};

/// Keys of the strict profile have at least so many characters (NIST SP 800-63B-4, 3.1.1.1, for a key without a second factor).
pub const STRICT_MIN_LENGTH: usize = 15;
/// So many hours the strict profile holds changed contact data back.
pub const STRICT_HOLD_HOURS: u64 = 72;

/// Everything wrong with it, each as «key: why: what to do».
pub fn problems(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    let mut refuse = |problem: String| problems.push(problem);
    let base_url = config.base_url();
    let (scheme, host) = parts(&base_url);
    if !matches!(scheme, "http" | "https") || host.is_empty() {
        refuse(format!("base_url: {base_url:?} is no web address: write https://clave.example.cl"));
    }
    let public = !is_loopback(host);
    if public && scheme == "http" {
        refuse(format!(
            "base_url: {base_url} would carry keys over the network unencrypted: write https:// and put a TLS proxy in front"
        ));
    }
    if !public && scheme == "http" && !config.server.listen.ip().is_loopback() {
        refuse(format!(
            "server.listen: {} can be reached from other machines, and keys would travel unencrypted: listen on 127.0.0.1, or write an \
             https base_url and put a TLS proxy in front",
            config.server.listen
        ));
    }
    refuse_plain_database(&config.database_url()).into_iter().for_each(&mut refuse);
    // What is made for acceptance runs works on this machine alone.
    let reachable = public || !config.server.listen.ip().is_loopback();
    let why = if public { format!("base_url {base_url}") } else { format!("server.listen {}", config.server.listen) };
    let mut only_here = |on: bool, key: &str, instead: &str| {
        if on && reachable {
            refuse(format!("{key}: for trying out only, and {why} can be reached from other machines: {instead}"));
        }
    };
    only_here(config.captcha.fixed_answer.is_some(), "captcha.fixed_answer", "remove it");
    for (key, policy) in policies(config) {
        only_here(policy == Policy::Off, &format!("captcha.{key} = \"off\""), "set \"always\" (the guide) or \"risk\"");
    }
    only_here(config.oidc.backchannel_loopback, "oidc.backchannel_loopback = true", "remove it");
    only_here(!config.limits.enabled, "limits.enabled = false", "remove it");
    only_here(config.mail.transport == MailTransport::File, "mail.transport = \"file\"", "set \"smtp\" and mail.smtp.*");
    only_here(
        config.sms.transport == SmsTransport::File,
        "sms.transport = \"file\"",
        "set \"smpp\" or \"http\" and sms.*, or \"none\"",
    );
    config.mail.problems().into_iter().chain(config.sms.problems()).for_each(&mut refuse);
    let key = &config.key;
    if key.min_length < 8 || key.max_length > 64 || key.min_length > key.max_length {
        refuse("key: min_length is at least 8, max_length at most 64, and not less than min_length".to_owned());
    }
    if config.hashing.memory_kib < 19_456 || config.hashing.passes < 2 {
        refuse("hashing: memory_kib is at least 19456 and passes at least 2 (OWASP): raise them".to_owned());
    }
    limits(&config.limits).into_iter().for_each(&mut refuse);
    config.oidc.problems().into_iter().for_each(&mut refuse);
    config.rce.problems().into_iter().for_each(&mut refuse);
    client::problems(&config.clients).into_iter().for_each(&mut refuse);
    if !(1..=24 * 30).contains(&config.recovery.lifetime_hours) {
        refuse("recovery.lifetime_hours: between 1 and 720".to_owned());
    }
    if !(1..=24 * 60).contains(&config.recovery.delivery_deadline_minutes) {
        refuse("recovery.delivery_deadline_minutes: between 1 and 1440".to_owned());
    }
    if config.recovery.contact_hold_hours > 24 * 30 {
        refuse("recovery.contact_hold_hours: at most 720: people who lost their address could not get a key".to_owned());
    }
    sessions(config).into_iter().for_each(&mut refuse);
    if config.profile == Profile::Strict {
        weakened(config).into_iter().for_each(&mut refuse);
    }
    for network in &config.server.trusted_proxies {
        if network.parse::<web::site::Network>().is_err() {
            refuse(format!("server.trusted_proxies: {network:?} is neither an address nor a network: write 10.0.0.0/8"));
        }
    }
    if let Err(problem) = config.metrics_listen() {
        refuse(format!("{problem:#}"));
    }
    problems
}

fn policies(config: &Config) -> [(&'static str, Policy); 4] {
    let captcha = &config.captcha;
    [("register", captcha.register), ("recover", captcha.recover), ("change_key", captcha.change_key), ("login", captcha.login)]
}

/// A session that ends before a form is filled in, or hardly ever.
fn sessions(config: &Config) -> Option<String> {
    let session = &config.session;
    if !(1..=24 * 60).contains(&session.idle_minutes) {
        return Some("session.idle_minutes: between 1 and 1440".to_owned());
    }
    if !(1..=24 * 30).contains(&session.absolute_hours) {
        return Some("session.absolute_hours: between 1 and 720".to_owned());
    }
    let never_idle = session.idle_minutes > session.absolute_hours * 60;
    never_idle.then(|| "session.idle_minutes: longer than session.absolute_hours, so that it never counts: lower it".to_owned())
}

/// What would make the strict profile less than strict.
fn weakened(config: &Config) -> Vec<String> {
    let (key, recovery) = (&config.key, &config.recovery);
    let strict = "profile = \"strict\"";
    let or_guide = "or choose profile = \"guide\"";
    [
        (
            key.min_length < STRICT_MIN_LENGTH,
            format!("key.min_length: {strict} wants keys of {STRICT_MIN_LENGTH} characters or more: raise it or remove the line, {or_guide}"),
        ),
        (
            recovery.show_on_screen,
            format!("recovery.show_on_screen: {strict} sends provisional keys and shows none: set it to false, {or_guide}"),
        ),
        (
            recovery.question == AskedQuestion::Shown,
            format!("recovery.question: {strict} lets the person select the question: set it to \"selected\", {or_guide}"),
        ),
        (
            recovery.contact_hold_hours < STRICT_HOLD_HOURS,
            format!(
                "recovery.contact_hold_hours: {strict} holds changed contact data back for {STRICT_HOLD_HOURS} hours or more: raise it or \
                 remove the line, {or_guide}"
            ),
        ),
    ]
    .into_iter()
    .filter_map(|(is_weak, problem)| is_weak.then_some(problem))
    .collect()
}

/// PostgreSQL on another machine must be reached by TLS that is checked: the driver falls back to plain text unless told otherwise.
fn refuse_plain_database(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.starts_with("postgres") {
        return None;
    }
    let (authority, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = authority.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let whole = format!("db://{host}");
    let (_, host) = parts(&whole);
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    // A host in the query is a socket's folder, or the host itself.
    let host = value("host").unwrap_or(host);
    let near = host.is_empty() || host.starts_with('/') || host.starts_with("%2F") || is_loopback(host);
    let checked = matches!(value("sslmode"), Some("verify-full" | "verify-ca"));
    (!near && !checked).then(|| {
        format!(
            "database.url: {host} is another machine, and the connection could be read or be somebody else's: add \
             ?sslmode=verify-full (with &sslrootcert=FILE for a private authority)"
        )
    })
}

/// Numbers that would open a limit or close it for ever.
fn limits(limits: &Limits) -> Vec<String> {
    let budgets: [(&str, Budget); 17] = [
        ("answers_hour", limits.answers_hour),
        ("answers_day", limits.answers_day),
        ("address", limits.address),
        ("neighbourhood", limits.neighbourhood),
        ("people_address", limits.people_address),
        ("people_neighbourhood", limits.people_neighbourhood),
        ("client_secrets", limits.client_secrets),
        ("requests", limits.requests),
        ("requests_neighbourhood", limits.requests_neighbourhood),
        ("global", limits.global),
        ("wrong_address", limits.wrong_address),
        ("wrong_site", limits.wrong_site),
        ("sends_person", limits.sends_person),
        ("sends_recipient", limits.sends_recipient),
        ("sends_address", limits.sends_address),
        ("sends_prefix", limits.sends_prefix),
        ("sends_site", limits.sends_site),
    ];
    let waits: [(&str, Waits); 5] = [
        ("keys_person", limits.keys_person),
        ("device", limits.device),
        ("update_person", limits.update_person),
        ("register_person", limits.register_person),
        ("pair", limits.pair),
    ];
    let window = |budget: &Budget| budget.tries >= 1 && (1..=366 * 24 * 60).contains(&budget.minutes);
    let growing = |waits: &Waits| {
        waits.free >= 1
            && waits.first_seconds >= 1
            && (1..=24 * 60).contains(&waits.longest_minutes)
            && (1..=366 * 24).contains(&waits.memory_hours)
            && waits.longest_minutes <= waits.memory_hours * 60
    };
    let mut problems: Vec<String> = Vec::new();
    for (name, _) in budgets.iter().filter(|(_, budget)| !window(budget)) {
        problems
            .push(format!("limits.{name}: tries is at least 1, minutes between 1 and a year: enabled = false turns limits off"));
    }
    for (name, _) in waits.iter().filter(|(_, waits)| !growing(waits)) {
        problems.push(format!(
            "limits.{name}: free and first_seconds are at least 1, longest_minutes between 1 and a day and not beyond memory_hours: \
             enabled = false turns limits off"
        ));
    }
    if limits.answers_in_a_row == 0 || limits.provisional_tries == 0 {
        problems.push("limits: answers_in_a_row and provisional_tries are at least 1".to_owned());
    }
    problems
}

/// What an operator should know although it is allowed.
pub fn remarks(config: &Config) -> Vec<String> {
    let mut remarks = Vec::new();
    if config.captcha.fixed_answer.is_some() {
        remarks
            .push("captcha.fixed_answer solves every captcha; it works only because the listener is on this machine".to_owned());
    }
    for (key, policy) in policies(config) {
        match policy {
            Policy::Off => remarks.push(format!(
                "captcha.{key} = \"off\": that form asks no captcha of anybody; it works only because the listener is on this machine"
            )),
            Policy::Risk if key != "login" => remarks.push(format!(
                "captcha.{key} = \"risk\": the guide asks for a captcha each time; that form asks after failures alone"
            )),
            Policy::Always | Policy::Risk => {}
        }
    }
    if config.captcha.level == CaptchaLevel::Normal {
        remarks.push("captcha.level = \"normal\": the captcha stays as it is under attack; \"auto\" makes it harder".to_owned());
    }
    if !config.limits.enabled {
        remarks.push(
            "limits.enabled = false: nothing stops guessing; it works only because the listener is on this machine".to_owned(),
        );
    }
    if config.oidc.backchannel_loopback {
        remarks.push(
            "oidc.backchannel_loopback = true: whoever registers a system can have this machine's own services called; it works only because \
             the listener is on this machine"
                .to_owned(),
        );
    }
    remarks.extend(super::delivery::remarks(config));
    if config.recovery.contact_hold_hours > 0 && config.recovery.show_on_screen {
        remarks.push(
            "recovery.contact_hold_hours holds little back while recovery.show_on_screen = true: the page shows the key anyway"
                .to_owned(),
        );
    }
    if config.base_url().starts_with("https://") && config.server.trusted_proxies.is_empty() {
        remarks.push(
            "server.trusted_proxies is empty: whoever comes through the TLS proxy counts as one address, and shares its limits"
                .to_owned(),
        );
    }
    if let Ok(Some(address)) = config.metrics_listen()
        && !address.ip().is_loopback()
    {
        remarks.push(format!("metrics.listen {address} can be reached from other machines: let a firewall keep strangers out"));
    }
    let contact = &config.institution.contact;
    if contact.email.is_none() && contact.phone.is_none() {
        remarks.push("institution.contact has neither email nor phone: people who need help are sent to nobody".to_owned());
    }
    remarks
}

fn parts(url: &str) -> (&str, &str) {
    let Some((scheme, rest)) = url.split_once("://") else { return ("", "") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = if authority.starts_with('[') {
        authority.split(']').next().unwrap_or_default().trim_start_matches('[')
    } else {
        authority.split(':').next().unwrap_or_default()
    };
    (scheme, host)
}

pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(change: impl FnOnce(&mut Config)) -> Vec<String> {
        let mut config = Config::default();
        change(&mut config);
        problems(&config).iter().map(|problem| problem.split(':').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_defaults_run() {
        assert_eq!(keys(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn what_is_for_trying_out_stays_on_this_machine() {
        let public = keys(|config| {
            config.server.listen = "0.0.0.0:8080".parse().unwrap();
            config.base_url = Some("http://127.0.0.1:8080".to_owned());
            config.captcha.fixed_answer = Some("HOLA".to_owned());
            (config.captcha.register, config.captcha.login) = (Policy::Off, Policy::Off);
            config.limits.enabled = false;
        });
        assert_eq!(
            public,
            [
                "server.listen",
                "captcha.fixed_answer",
                "captcha.register = \"off\"",
                "captcha.login = \"off\"",
                "limits.enabled = false",
                "mail.transport = \"file\"",
                "sms.transport = \"file\""
            ]
        );
        let behind_proxy = keys(|config| config.base_url = Some("https://clave.example.cl".to_owned()));
        assert_eq!(behind_proxy, ["mail.transport = \"file\"", "sms.transport = \"file\""]);
    }

    #[test]
    fn a_captcha_that_is_not_the_guides_is_remarked_upon() {
        let remarked = |change: fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            remarks(&config).into_iter().filter(|remark| remark.starts_with("captcha.")).collect::<Vec<_>>()
        };
        assert_eq!(remarked(|_| {}), Vec::<String>::new());
        assert!(
            remarked(|config| config.captcha.recover = Policy::Risk)[0].starts_with("captcha.recover = \"risk\": the guide asks")
        );
        assert!(
            remarked(|config| config.captcha.login = Policy::Off)[0]
                .starts_with("captcha.login = \"off\": that form asks no captcha")
        );
        assert!(remarked(|config| config.captcha.level = CaptchaLevel::Normal)[0].contains("under attack"));
        assert_eq!(remarked(|config| config.captcha.login = Policy::Always), Vec::<String>::new());
        assert_eq!(keys(|config| config.limits.wrong_site.tries = 0), ["limits.wrong_site"]);
    }

    #[test]
    fn the_strict_profile_cannot_be_weakened() {
        let strict = |change: fn(&mut Config)| {
            keys(|config| {
                *config = Config::of(Profile::Strict);
                change(config);
            })
        };
        assert_eq!(strict(|_| {}), Vec::<String>::new());
        assert_eq!(strict(|config| config.key.min_length = 14), ["key.min_length"]);
        assert_eq!(strict(|config| config.recovery.show_on_screen = true), ["recovery.show_on_screen"]);
        assert_eq!(strict(|config| config.recovery.question = AskedQuestion::Shown), ["recovery.question"]);
        assert_eq!(strict(|config| config.recovery.contact_hold_hours = 71), ["recovery.contact_hold_hours"]);
        assert_eq!(keys(|config| config.recovery.contact_hold_hours = 721), ["recovery.contact_hold_hours"]);
        let mut weak = Config::of(Profile::Strict);
        weak.recovery.question = AskedQuestion::Shown;
        assert!(problems(&weak)[0].contains("set it to \"selected\""), "{:?}", problems(&weak));
        assert!(!remarks(&Config::default()).iter().any(|remark| remark.contains("contact_hold_hours")));
    }

    #[test]
    fn a_limit_cannot_be_opened_by_a_number() {
        assert_eq!(keys(|config| config.limits.keys_person.free = 0), ["limits.keys_person"]);
        assert_eq!(keys(|config| config.limits.address.tries = 0), ["limits.address"]);
        assert_eq!(keys(|config| config.limits.provisional_tries = 0), ["limits"]);
    }

    #[test]
    fn attendance_ends_and_addresses_are_bounded() {
        assert_eq!(keys(|config| config.rce.open_hours = 0), ["rce.open_hours"]);
        assert_eq!(keys(|config| config.rce.open_hours = 25), ["rce.open_hours"]);
        assert_eq!(keys(|config| config.rce.longest_url = 99), ["rce.longest_url"]);
        assert_eq!(keys(|config| (config.rce.open_hours, config.rce.longest_url) = (6, 2_000)), Vec::<String>::new());
    }

    #[test]
    fn sessions_end() {
        assert_eq!(keys(|config| config.session.idle_minutes = 0), ["session.idle_minutes"]);
        assert_eq!(keys(|config| config.session.absolute_hours = 721), ["session.absolute_hours"]);
        let never_idle = |config: &mut Config| {
            config.session.idle_minutes = 121;
            config.session.absolute_hours = 2;
        };
        assert_eq!(keys(never_idle), ["session.idle_minutes"]);
    }

    #[test]
    fn a_listener_that_others_reach_needs_tls() {
        let open = keys(|config| {
            config.server.listen = "0.0.0.0:8080".parse().unwrap();
            config.base_url = Some("http://127.0.0.1:8080".to_owned());
            config.mail.transport = MailTransport::Smtp;
            config.mail.smtp.host = "localhost".to_owned();
            config.mail.smtp.from = "a@example.cl".to_owned();
            config.sms.transport = SmsTransport::None;
        });
        assert_eq!(open, ["server.listen"]);
    }

    #[test]
    fn a_database_elsewhere_needs_tls_that_is_checked() {
        let at = |url: &str| keys(|config| config.database.url = Some(url.to_owned()));
        for near in [
            "postgres:///clavero",
            "postgres://u@localhost/clavero?host=/run/postgresql",
            "postgres://u:p@127.0.0.1:5432/clavero",
            "postgres://u@[::1]/clavero",
            "postgres://u:p@db.example.cl/clavero?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "sqlite:./x.db",
        ] {
            assert_eq!(at(near), Vec::<String>::new(), "{near}");
        }
        for far in [
            "postgres://u:p@db.example.cl/clavero",
            "postgres://u:p%40x@10.0.0.5:5432/clavero?sslmode=prefer",
            "postgresql://u@localhost/clavero?host=db.example.cl",
        ] {
            assert_eq!(at(far), ["database.url"], "{far}");
        }
    }

    #[test]
    fn weak_hashing_and_short_keys_are_refused() {
        assert_eq!(keys(|config| config.hashing.memory_kib = 19_455), ["hashing"]);
        assert_eq!(keys(|config| config.hashing.passes = 1), ["hashing"]);
        assert_eq!(keys(|config| config.key.min_length = 7), ["key"]);
    }

    #[test]
    fn a_public_address_needs_tls() {
        let plain = keys(|config| config.base_url = Some("http://clave.example.cl".to_owned()));
        assert!(plain.contains(&"base_url".to_owned()), "{plain:?}");
    }
}
