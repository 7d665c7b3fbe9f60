//! What `clavero doctor` says of the ways out: whether each gateway lets us in, whether others can read its password, and what the name system tells
//! receivers about the sender of mail. Sends no message.

use std::time::Duration;

use clave::delivery::{Failure, Gateway};
use hickory_resolver::{TokioResolver, proto::rr::RData};

use super::Verdict;
use crate::{
    config::Config,
    ways::{self, Keepers},
};

/// How long a gateway may take to be reached and to let us in.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the name system may take.
const NAMES: Duration = Duration::from_secs(5);

type Finding = (&'static str, Verdict, String);

/// Everything about the ways out.
pub async fn look(config: &Config) -> Vec<Finding> {
    let mut found = secret_files(config);
    let (relays, sms) = (config.mail.relays(), config.sms.gateways());
    if relays.is_empty() && sms.is_empty() {
        return found;
    }
    match ways::relays(config) {
        Ok(gateways) => {
            for ((name, gateway), (_, relay)) in gateways.iter().zip(&relays) {
                let place = format!("{name}, {}:{}", relay.host, relay.port);
                found.push(verdict("mail server", &place, "check mail.*", probe(gateway).await));
            }
        }
        Err(error) => found.push(("mail server", Verdict::Wrong, format!("{error:#}: check mail.*"))),
    }
    let mut keepers = Keepers::default();
    match ways::sms_gateways(config, None, &mut keepers) {
        Ok(gateways) => {
            for ((name, gateway), (_, settings)) in gateways.iter().zip(&sms) {
                let place = format!("{name}, {}", settings.place());
                found.push(verdict("SMS gateway", &place, "check sms.*", probe(gateway).await));
            }
        }
        Err(error) => found.push(("SMS gateway", Verdict::Wrong, format!("{error:#}: check sms.*"))),
    }
    keepers.stop().await;
    if let Some((_, relay)) = relays.first()
        && let Some(domain) = domain(&relay.from)
    {
        found.extend(names(&domain).await);
    }
    found.push(("test message", Verdict::Note, "`clavero message test` sends one and tells what became of it".to_owned()));
    found
}

async fn probe(gateway: &Gateway) -> Result<(), String> {
    match tokio::time::timeout(PATIENCE, gateway.probe()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Failure::Passing(why) | Failure::Final(why) | Failure::Unknown { problem: why, .. })) => Err(why),
        Err(_) => Err(format!("no answer within {} s: check firewall and name", PATIENCE.as_secs())),
    }
}

fn verdict(what: &'static str, place: &str, advice: &str, probed: Result<(), String>) -> Finding {
    match probed {
        Ok(()) => (what, Verdict::Ok, format!("{place}: answers and lets us in")),
        Err(why) => (what, Verdict::Wrong, format!("{place}: {why}: {advice}")),
    }
}

/// Passwords of gateways that others on this machine can read.
fn secret_files(config: &Config) -> Vec<Finding> {
    let judge = |(what, path): (String, std::path::PathBuf)| match std::fs::metadata(&path) {
        Ok(file) if is_open_to_others(&file) => {
            Some(("secrets", Verdict::Wrong, format!("{what}, {}, can be read by others: chmod 600 it", path.display())))
        }
        Ok(_) => None,
        Err(error) => Some(("secrets", Verdict::Wrong, format!("{what}, {}, cannot be read: {error}", path.display()))),
    };
    ways::secret_files(config).into_iter().filter_map(judge).collect()
}

#[cfg(unix)]
fn is_open_to_others(file: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.permissions().mode() & 0o007 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

/// `Clave SENCE <clave@example.cl>` → `example.cl`
fn domain(from: &str) -> Option<String> {
    let (_, domain) = from.rsplit_once('@')?;
    let domain = domain.trim_end_matches(['>', ' ']);
    (!domain.is_empty()).then(|| domain.to_ascii_lowercase())
}

/// SPF (RFC 7208) and DMARC (RFC 7489). Notes only: this machine may not see what receivers see.
async fn names(domain: &str) -> Vec<Finding> {
    let spf = match texts(domain).await {
        Ok(texts) => spf(domain, &texts),
        Err(why) => format!("{domain}: {why}; receivers want a TXT record that begins with v=spf1"),
    };
    let mut found = vec![("SPF", Verdict::Note, spf)];
    let (mut at, mut policy) = (domain, texts(&format!("_dmarc.{domain}")).await);
    // A subdomain has its parent's policy (RFC 7489, 6.6.3).
    if let (Ok(texts), Some((_, parent))) = (&policy, domain.split_once('.'))
        && parent.contains('.')
        && !texts.iter().any(|text| is_dmarc(text))
    {
        (at, policy) = (parent, self::texts(&format!("_dmarc.{parent}")).await);
    }
    let dmarc = match policy {
        Ok(texts) => dmarc(at, &texts),
        Err(why) => format!("{domain}: {why}; receivers want a TXT record at _dmarc.{domain} that begins with v=DMARC1"),
    };
    found.push(("DMARC", Verdict::Note, dmarc));
    found
}

fn spf(domain: &str, texts: &[String]) -> String {
    let records: Vec<&String> =
        texts.iter().filter(|text| text.split(' ').next().is_some_and(|word| word.eq_ignore_ascii_case("v=spf1"))).collect();
    match records.as_slice() {
        [] => format!("{domain} has no TXT record v=spf1: mail from it may be taken for junk; name the relays there"),
        [record] if record.split(' ').any(|word| matches!(word, "+all" | "all" | "?all")) => {
            format!("{domain} lets everybody send in its name ({}): end the record with -all or ~all", printable(record))
        }
        [record] => format!("{domain}: {}: see that both relays are in it", printable(record)),
        _ => format!("{domain} has several records v=spf1, so that none counts (RFC 7208, 3.2): leave one"),
    }
}

fn is_dmarc(text: &str) -> bool {
    text.split(';').next().is_some_and(|word| word.trim().eq_ignore_ascii_case("v=DMARC1"))
}

fn dmarc(domain: &str, texts: &[String]) -> String {
    match texts.iter().find(|text| is_dmarc(text)) {
        None => format!(
            "_dmarc.{domain} has no TXT record v=DMARC1: anybody's mail in this name is judged by nothing; publish a policy"
        ),
        Some(record) if record.split(';').any(|word| word.trim().eq_ignore_ascii_case("p=none")) => {
            format!(
                "_dmarc.{domain}: {}: p=none only watches; go on to quarantine or reject once the relays sign (DKIM)",
                printable(record)
            )
        }
        Some(record) => format!("_dmarc.{domain}: {}: the relays must sign (DKIM) or be in SPF", printable(record)),
    }
}

/// What a stranger wrote, fit for a terminal.
fn printable(text: &str) -> String {
    text.chars().take(300).map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// The TXT records there; none is an empty list.
async fn texts(name: &str) -> Result<Vec<String>, &'static str> {
    let unreachable = "the name system did not answer";
    let resolver = TokioResolver::builder_tokio().and_then(hickory_resolver::ResolverBuilder::build).map_err(|_| unreachable)?;
    let looked = tokio::time::timeout(NAMES, resolver.txt_lookup(format!("{name}."))).await.map_err(|_| unreachable)?;
    match looked {
        Ok(found) => Ok(found
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::TXT(text) => Some(text.txt_data.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect()),
                _ => None,
            })
            .collect()),
        Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
        Err(_) => Err(unreachable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_senders_domain_is_found() {
        assert_eq!(domain("Clave SENCE <clave@Example.CL>").as_deref(), Some("example.cl"));
        assert_eq!(domain("clave@example.cl").as_deref(), Some("example.cl"));
        assert_eq!((domain("nobody"), domain("a@>")), (None, None));
    }

    #[test]
    fn what_receivers_will_think_is_said() {
        let said = |texts: &[&str]| spf("e.cl", &texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert!(said(&[]).contains("no TXT record"));
        assert!(said(&["v=spf10 x", "other"]).contains("no TXT record"));
        assert!(said(&["v=spf1 mx -all"]).contains("both relays"));
        assert!(said(&["v=spf1 +all"]).contains("everybody"));
        assert!(said(&["v=spf1 -all", "V=SPF1 mx -all"]).contains("several"));
        let said = |texts: &[&str]| dmarc("e.cl", &texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert!(said(&["v=spf1 -all"]).contains("no TXT record"));
        assert!(said(&["v=DMARC1; p=none; rua=mailto:x@e.cl"]).contains("only watches"));
        assert!(said(&["v=DMARC1;p=reject"]).contains("must sign"));
        assert!(!said(&["v=DMARC1;p=reject\u{1b}[31m"]).contains('\u{1b}'));
    }
}
