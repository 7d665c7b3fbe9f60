//! Where mail and SMS go: `[mail]` and `[sms]`, each with a first gateway and perhaps a second one that stands in for it.

use std::path::PathBuf;

use clave::{delivery::sms_http, person::Prefixes};
use serde::{Deserialize, Serialize};

use super::{Config, check::is_loopback};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    pub transport: MailTransport,
    pub smtp: Smtp,
    /// Another relay, for when the first one fails; `from` is the first one's where it is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<Smtp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    File,
    Smtp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub username: Option<String>,
    /// A file with the password, and nothing else in it.
    pub password_file: Option<PathBuf>,
    /// `Clave SENCE <clave@example.cl>`
    pub from: String,
    pub timeout_seconds: u64,
    /// A PEM file with the certificate of a private authority.
    pub root_certificate: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    StartTls,
    Tls,
    None,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sms {
    pub transport: SmsTransport,
    /// How the numbers begin that SMS may go to, in E.164: `+569` are Chilean mobiles.
    pub prefixes: Vec<String>,
    pub smpp: Smpp,
    pub http: SmsHttp,
    /// Another gateway, for when the first one fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<SmsGateway>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmsTransport {
    File,
    Smpp,
    Http,
    /// No SMS: nobody is promised one.
    None,
}

/// The second gateway; `smpp` or `http`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsGateway {
    pub transport: SmsTransport,
    #[serde(default)]
    pub smpp: Smpp,
    #[serde(default)]
    pub http: SmsHttp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Smpp {
    pub host: String,
    pub port: u16,
    pub tls: bool,
    /// Without TLS to another machine: only where the operator says that the line is private, as a tunnel to the gateway is.
    pub private_line: bool,
    /// A PEM file with the certificate of a private authority.
    pub root_certificate: Option<PathBuf>,
    pub system_id: String,
    /// A file with the password, and nothing else in it.
    pub password_file: Option<PathBuf>,
    pub system_type: String,
    /// The sender that people see.
    pub source: String,
    /// Type and plan of its number (SMPP 3.4, 5.2.5 and 5.2.6): 5 and 0 for letters, 1 and 1 for a number with its country.
    pub source_ton: u8,
    pub source_npi: u8,
    /// How texts of several segments go.
    pub long_text: LongText,
    /// How the gateway writes its ids.
    pub ids: Ids,
    /// So many messages may be unanswered.
    pub window: usize,
    /// After so much silence the gateway is asked whether it lives.
    pub enquire_seconds: u64,
    /// Whether to send two bytes of the message's id along.
    pub user_message_reference: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LongText {
    /// Cut by us, with a header in each.
    Segments,
    /// Whole, in `message_payload`.
    Payload,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ids {
    /// Alike in answer and receipt.
    Same,
    /// Hexadecimal in the answer, decimal in the receipt.
    HexThenDecimal,
    /// The other way round.
    DecimalThenHex,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmsHttp {
    /// Where messages are posted.
    pub url: String,
    /// A file with the secret that both sides sign with, and nothing else in it.
    pub secret_file: Option<PathBuf>,
    /// The sender that people see, where the gateway does not choose it.
    pub from: Option<String>,
    /// A PEM file with the certificate of a private authority.
    pub root_certificate: Option<PathBuf>,
}

impl Default for Mail {
    fn default() -> Self {
        Self { transport: MailTransport::File, smtp: Smtp::default(), second: None }
    }
}

impl Default for Sms {
    fn default() -> Self {
        Self {
            transport: SmsTransport::File,
            prefixes: vec!["+569".to_owned()],
            smpp: Smpp::default(),
            http: SmsHttp::default(),
            second: None,
        }
    }
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            security: Security::StartTls,
            username: None,
            password_file: None,
            from: String::new(),
            timeout_seconds: 15,
            root_certificate: None,
        }
    }
}

impl Default for Smpp {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 2775,
            tls: true,
            private_line: false,
            root_certificate: None,
            system_id: String::new(),
            password_file: None,
            system_type: String::new(),
            source: String::new(),
            source_ton: 5,
            source_npi: 0,
            long_text: LongText::Segments,
            ids: Ids::Same,
            window: 10,
            enquire_seconds: 15,
            user_message_reference: false,
        }
    }
}

impl Mail {
    /// The relays in use, by name.
    pub fn relays(&self) -> Vec<(&'static str, Smtp)> {
        if self.transport == MailTransport::File {
            return Vec::new();
        }
        let second = self.second.clone().map(|mut second| {
            if second.from.is_empty() {
                second.from.clone_from(&self.smtp.from);
            }
            ("mail.second", second)
        });
        std::iter::once(("mail.first", self.smtp.clone())).chain(second).collect()
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.transport == MailTransport::File && self.second.is_some() {
            problems.push("mail.second: without a first relay: set mail.transport = \"smtp\", or remove it".to_owned());
        }
        for (name, relay) in self.relays() {
            let section = if name == "mail.first" { "mail.smtp" } else { "mail.second" };
            problems.extend(relay.problems(section));
        }
        problems
    }
}

impl Smtp {
    fn problems(&self, section: &str) -> Vec<String> {
        let found = [
            (self.host.is_empty(), format!("{section}.host: missing: write the name of the mail server")),
            (!self.from.contains('@'), format!("{section}.from: missing: write the sender, \"Clave SENCE <clave@example.cl>\"")),
            (
                self.security == Security::None && !is_loopback(&self.host),
                format!("{section}.security = \"none\": only towards this machine itself: set \"starttls\" or \"tls\""),
            ),
            (
                self.username.is_some() != self.password_file.is_some(),
                format!("{section}: username and password_file belong together: set both or neither"),
            ),
        ];
        found.into_iter().filter_map(|(is_wrong, problem)| is_wrong.then_some(problem)).collect()
    }
}

impl Sms {
    /// The gateways in use, by name; none for files and for no SMS.
    pub fn gateways(&self) -> Vec<(&'static str, SmsGateway)> {
        if matches!(self.transport, SmsTransport::File | SmsTransport::None) {
            return Vec::new();
        }
        let first = SmsGateway { transport: self.transport, smpp: self.smpp.clone(), http: self.http.clone() };
        let second = self.second.clone().map(|second| ("sms.second", second));
        std::iter::once(("sms.first", first)).chain(second).collect()
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let gateways = self.gateways();
        let mut problems = Vec::new();
        if Prefixes::parse(&self.prefixes).is_none() {
            problems.push("sms.prefixes: write how the numbers begin that SMS may go to, such as [\"+569\"]".to_owned());
        }
        if gateways.is_empty() && self.second.is_some() {
            problems
                .push("sms.second: without a first gateway: set sms.transport = \"smpp\" or \"http\", or remove it".to_owned());
        }
        for (name, gateway) in gateways {
            let section = if name == "sms.first" { "sms" } else { "sms.second" };
            match gateway.transport {
                SmsTransport::Smpp => problems.extend(gateway.smpp.problems(&format!("{section}.smpp"))),
                SmsTransport::Http => problems.extend(gateway.http.problems(&format!("{section}.http"))),
                SmsTransport::File | SmsTransport::None => {
                    problems
                        .push(format!("{section}.transport: a second gateway is real: set \"smpp\" or \"http\", or remove it"));
                }
            }
        }
        problems
    }
}

impl SmsGateway {
    /// Where it is, for operators.
    pub fn place(&self) -> String {
        match self.transport {
            SmsTransport::Smpp => format!("{}:{} by SMPP", self.smpp.host, self.smpp.port),
            _ => sms_http::place(&self.http.url),
        }
    }
}

impl Smpp {
    fn problems(&self, section: &str) -> Vec<String> {
        let open = !self.tls && !self.private_line && !is_loopback(&self.host);
        let found = [
            (self.host.is_empty(), format!("{section}.host: missing: write the name of the gateway")),
            (
                open && !self.host.is_empty(),
                format!(
                    "{section}.tls = false: keys would travel unencrypted: set true, or private_line = true where a tunnel leads to the \
                     gateway"
                ),
            ),
            (
                self.system_id.is_empty() || self.system_id.len() > 15,
                format!("{section}.system_id: between 1 and 15 characters: write the account's name"),
            ),
            (self.password_file.is_none(), format!("{section}.password_file: missing: name a file with the password")),
            (self.system_type.len() > 12, format!("{section}.system_type: at most 12 characters (SMPP 3.4)")),
            (self.source.len() > 20, format!("{section}.source: at most 20 characters (SMPP 3.4)")),
            (!(1..=1000).contains(&self.window), format!("{section}.window: between 1 and 1000")),
            (!(1..=600).contains(&self.enquire_seconds), format!("{section}.enquire_seconds: between 1 and 600")),
        ];
        found.into_iter().filter_map(|(is_wrong, problem)| is_wrong.then_some(problem)).collect()
    }
}

impl SmsHttp {
    fn problems(&self, section: &str) -> Vec<String> {
        let found = [
            (
                sms_http::address(&self.url).is_err(),
                format!(
                    "{section}.url: write the gateway's address with https:// (http only on this machine: messages carry keys), and without \
                     user name and password"
                ),
            ),
            (
                self.secret_file.is_none(),
                format!("{section}.secret_file: missing: name a file with the secret that both sides sign with"),
            ),
        ];
        found.into_iter().filter_map(|(is_wrong, problem)| is_wrong.then_some(problem)).collect()
    }
}

/// What to know although it is allowed.
pub(super) fn remarks(config: &Config) -> Vec<String> {
    let mut remarks = Vec::new();
    let (mail, sms) = (&config.mail, &config.sms);
    match (mail.transport, sms.transport) {
        (MailTransport::File, SmsTransport::File) => {
            remarks.push(format!("mail and SMS are written to {} and sent to nobody", config.outbox_dir().display()));
        }
        (MailTransport::File, _) => {
            remarks.push(format!("mail is written to {} and sent to nobody", config.outbox_dir().display()));
        }
        (_, SmsTransport::File) => {
            remarks.push(format!("SMS are written to {} and sent to nobody", config.outbox_dir().display()));
        }
        _ => {}
    }
    if sms.transport == SmsTransport::None {
        remarks.push("no SMS are sent: people are told by e-mail alone".to_owned());
    }
    if mail.transport == MailTransport::Smtp && mail.second.is_none() {
        remarks.push("mail.second is not set: while the only relay is away no mail leaves".to_owned());
    }
    let gateways = sms.gateways();
    if gateways.len() == 1 {
        remarks.push("sms.second is not set: while the only gateway is away no SMS leaves".to_owned());
    }
    for (name, gateway) in gateways {
        let smpp = &gateway.smpp;
        if gateway.transport == SmsTransport::Smpp && !smpp.tls && !is_loopback(&smpp.host) {
            remarks.push(format!(
                "{name}: {} is reached without TLS, since private_line says that nobody else is on the line",
                smpp.host
            ));
        }
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::problems;

    fn read(text: &str) -> Vec<String> {
        let config: Config = toml::from_str(text).unwrap();
        problems(&config).iter().map(|problem| problem.split(':').next().unwrap().to_owned()).collect()
    }

    const MAIL: &str = "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"a.example.cl\"\nfrom = \"a@example.cl\"\n";
    const SMPP: &str =
        "[sms]\ntransport = \"smpp\"\n[sms.smpp]\nhost = \"smsc.example.cl\"\nsystem_id = \"clave\"\npassword_file = \"p\"\n";
    const SECOND: &str =
        "[sms.second]\ntransport = \"http\"\n[sms.second.http]\nurl = \"https://sms.example.cl/v1\"\nsecret_file = \"s\"\n";

    #[test]
    fn two_gateways_of_each_channel_can_be_run() {
        assert_eq!(read(MAIL), Vec::<String>::new());
        assert_eq!(
            read(&format!("{MAIL}[mail.second]\nhost = \"b.example.cl\"\n")),
            Vec::<String>::new(),
            "the sender is the first one's"
        );
        assert_eq!(read(SMPP), Vec::<String>::new());
        assert_eq!(read(&format!("{SMPP}{SECOND}")), Vec::<String>::new());
        let config: Config = toml::from_str(&format!("{MAIL}{SMPP}{SECOND}")).unwrap();
        assert_eq!(config.sms.gateways().iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["sms.first", "sms.second"]);
        let again: Config = toml::from_str(&config.shown().unwrap()).unwrap();
        assert_eq!(again.shown().unwrap(), config.shown().unwrap());
    }

    #[test]
    fn what_is_missing_or_open_is_named() {
        assert_eq!(read("[sms]\ntransport = \"smpp\"\n"), ["sms.smpp.host", "sms.smpp.system_id", "sms.smpp.password_file"]);
        assert_eq!(read(&format!("{SMPP}tls = false\n")), ["sms.smpp.tls = false"]);
        assert_eq!(read(&format!("{SMPP}tls = false\nprivate_line = true\n")), Vec::<String>::new());
        assert_eq!(read("[sms]\ntransport = \"http\"\n"), ["sms.http.url", "sms.http.secret_file"]);
        let at = |url: &str| read(&format!("[sms]\ntransport = \"http\"\n[sms.http]\nsecret_file = \"s\"\nurl = \"{url}\"\n"));
        assert_eq!(at("http://sms.example.cl/"), ["sms.http.url"]);
        assert_eq!(at("https:///x"), ["sms.http.url"]);
        assert_eq!(at("https://u:p@sms.example.cl/"), ["sms.http.url"], "serve would refuse it");
        assert_eq!(at("http://127.0.0.1:9/x"), Vec::<String>::new());
        assert_eq!(at("http://[::1]:9/x"), Vec::<String>::new());
        assert_eq!(read(SECOND), ["sms.second"]);
        let token: Config = toml::from_str(&SECOND.replace("/v1", "/v1?token=secreto").replace("sms.second", "sms")).unwrap();
        let places: Vec<String> = token.sms.gateways().iter().map(|(_, gateway)| gateway.place()).collect();
        assert_eq!(places, ["https://sms.example.cl/v1"], "printed at each start");
        assert_eq!(read(&format!("{SMPP}[sms.second]\ntransport = \"file\"\n")), ["sms.second.transport"]);
        assert_eq!(read("[mail.second]\nhost = \"b\"\n"), ["mail.second"]);
        assert_eq!(
            read(&format!("{MAIL}[mail.second]\nsecurity = \"none\"\n")),
            ["mail.second.host", "mail.second.security = \"none\""]
        );
    }
}
