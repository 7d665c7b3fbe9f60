//! The ways out, from the configuration: what `serve` sends by, and what `doctor` looks at.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use clave::{
    Clave, Clock, Secret,
    delivery::{
        FileFolder, Gateway, Http, Route, Security as SmtpSecurity, Smpp, SmppAccount, SmsHttp, SmsHttpSettings, Smtp,
        SmtpSettings, Systems, Transport, Transports,
        signature::SHORTEST_SECRET,
        smpp::{Ids as SmppIds, Keeper, Line, Long},
    },
    receipt::Receipts,
};
use web::site::SmsReceipts;

use crate::config::{self, Config, Ids, LongText, MailTransport, Security, SmsGateway, SmsTransport};

/// The ways out of a running node.
pub struct Ways {
    pub transports: Transports,
    pub keepers: Keepers,
}

/// What keeps sessions with SMSCs.
#[derive(Default)]
pub struct Keepers(Vec<Keeper>);

impl Keepers {
    /// Unbinds from all.
    pub async fn stop(self) {
        for keeper in self.0 {
            keeper.stop().await;
        }
    }
}

/// Opens them. Receipts that come over a session go to `clave`.
pub fn open(config: &Config, clave: &Arc<Clave>) -> Result<Ways> {
    let folder = || FileFolder::open(&config.outbox_dir()).map(Transport::File);
    let email = match config.mail.transport {
        MailTransport::File => folder()?,
        MailTransport::Smtp => Transport::Route(Route::new(relays(config)?)),
    };
    let mut keepers = Keepers::default();
    let sms = match config.sms.transport {
        SmsTransport::File => folder()?,
        SmsTransport::None => Transport::Closed,
        SmsTransport::Smpp | SmsTransport::Http => {
            let receipts = Receipts::new(Arc::clone(clave));
            Transport::Route(Route::new(sms_gateways(config, Some(&receipts), &mut keepers)?))
        }
    };
    let systems = Systems { issuer: config.base_url(), http: Http::new(config.settings().oidc.backchannel)? };
    Ok(Ways { transports: Transports { email, sms, systems }, keepers })
}

/// The mail relays, in order.
pub fn relays(config: &Config) -> Result<Vec<(String, Gateway)>> {
    let open = |(name, smtp): (&str, config::Smtp)| {
        let relay = smtp_settings(name, smtp).and_then(|settings| Ok(Smtp::new(settings)?)).with_context(|| name.to_owned())?;
        Ok((name.to_owned(), Gateway::Smtp(relay)))
    };
    config.mail.relays().into_iter().map(open).collect()
}

/// The SMS gateways, in order. Sessions begin at once.
pub fn sms_gateways(config: &Config, receipts: Option<&Receipts>, keepers: &mut Keepers) -> Result<Vec<(String, Gateway)>> {
    let mut gateways = Vec::new();
    for (name, gateway) in config.sms.gateways() {
        let opened = match gateway.transport {
            SmsTransport::Smpp => {
                let (smpp, keeper) = smpp_account(name, gateway.smpp)
                    .and_then(|account| Ok(Smpp::start(account, receipts.cloned())?))
                    .context(name)?;
                keepers.0.push(keeper);
                Gateway::Smpp(smpp)
            }
            SmsTransport::Http => {
                let settings = http_settings(name, &gateway)?;
                Gateway::Http(SmsHttp::new(settings, Clock::System).context(name)?)
            }
            SmsTransport::File | SmsTransport::None => bail!("{name}: no gateway: set its transport to \"smpp\" or \"http\""),
        };
        gateways.push((name.to_owned(), opened));
    }
    Ok(gateways)
}

/// Who may tell by HTTP what became of an SMS.
pub fn receipts(config: &Config) -> Result<SmsReceipts> {
    let mut known = SmsReceipts::default();
    for (name, gateway) in config.sms.gateways() {
        if gateway.transport == SmsTransport::Http {
            let secret = Some(http_settings(name, &gateway)?.secret);
            if name == "sms.first" { known.first = secret } else { known.second = secret }
        }
    }
    match (&known.first, &known.second) {
        (Some(first), Some(second)) if first.expose() == second.expose() => bail!(
            "secret_file of sms.second: the same secret as sms.first's: each gateway could sign receipts of the other: give each its own"
        ),
        _ => Ok(known),
    }
}

/// Files with passwords and secrets of gateways, by their key in the configuration.
pub fn secret_files(config: &Config) -> Vec<(String, std::path::PathBuf)> {
    let mail = config.mail.relays().into_iter().filter_map(|(name, smtp)| Some((name, "password_file", smtp.password_file?)));
    let sms = config.sms.gateways().into_iter().filter_map(|(name, gateway)| match gateway.transport {
        SmsTransport::Smpp => Some((name, "password_file", gateway.smpp.password_file?)),
        SmsTransport::Http => Some((name, "secret_file", gateway.http.secret_file?)),
        SmsTransport::File | SmsTransport::None => None,
    });
    mail.chain(sms).map(|(name, key, path)| (format!("{key} of {name}"), path)).collect()
}

fn read_secret(name: &str, key: &str, file: &Path) -> Result<Secret> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {key} of {name}, {}", file.display()))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}

/// What a mail relay needs; the password comes from its file.
fn smtp_settings(name: &str, smtp: config::Smtp) -> Result<SmtpSettings> {
    let password = smtp.password_file.as_deref().map(|file| read_secret(name, "password_file", file));
    Ok(SmtpSettings {
        host: smtp.host,
        port: smtp.port,
        security: match smtp.security {
            Security::StartTls => SmtpSecurity::StartTls,
            Security::Tls => SmtpSecurity::Tls,
            Security::None => SmtpSecurity::None,
        },
        username: smtp.username,
        password: password.transpose()?,
        from: smtp.from,
        timeout: Duration::from_secs(smtp.timeout_seconds),
        root_certificate: smtp.root_certificate,
    })
}

fn smpp_account(name: &str, smpp: config::Smpp) -> Result<SmppAccount> {
    let Some(file) = &smpp.password_file else { bail!("password_file is missing: name a file with the password") };
    Ok(SmppAccount {
        name: name.to_owned(),
        password: read_secret(name, "password_file", file)?,
        line: match (smpp.tls, smpp.private_line) {
            (true, _) => Line::Tls,
            (false, true) => Line::Private,
            (false, false) => Line::Here,
        },
        host: smpp.host,
        port: smpp.port,
        root_certificate: smpp.root_certificate,
        system_id: smpp.system_id,
        system_type: smpp.system_type,
        source: smpp.source,
        source_ton: smpp.source_ton,
        source_npi: smpp.source_npi,
        long: match smpp.long_text {
            LongText::Segments => Long::Segments,
            LongText::Payload => Long::Payload,
        },
        ids: match smpp.ids {
            Ids::Same => SmppIds::Same,
            Ids::HexThenDecimal => SmppIds::HexThenDecimal,
            Ids::DecimalThenHex => SmppIds::DecimalThenHex,
        },
        window: smpp.window,
        enquire: Duration::from_secs(smpp.enquire_seconds),
        user_message_reference: smpp.user_message_reference,
    })
}

fn http_settings(name: &str, gateway: &SmsGateway) -> Result<SmsHttpSettings> {
    let http = &gateway.http;
    let Some(file) = &http.secret_file else { bail!("{name}: secret_file is missing: name a file with the secret") };
    let secret = read_secret(name, "secret_file", file)?;
    if secret.expose().len() < SHORTEST_SECRET {
        bail!(
            "secret_file of {name}, {}: it has fewer than {SHORTEST_SECRET} characters: write a longer one on both sides",
            file.display()
        );
    }
    Ok(SmsHttpSettings {
        url: http.url.clone(),
        secret,
        from: http.from.clone(),
        root_certificate: http.root_certificate.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gateway_has_a_secret_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, letter: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, letter.repeat(40)).unwrap();
            path.display().to_string()
        };
        let (first, same, other) = (file("first", "a"), file("same", "a"), file("other", "b"));
        let with = |second: &str| {
            let http = |file: &str| format!("url = \"https://sms.example.cl/\"\nsecret_file = \"{file}\"\n");
            let (first, second) = (http(&first), http(second));
            let sms = format!("[sms]\ntransport = \"http\"\n[sms.http]\n{first}");
            let config: Config =
                toml::from_str(&format!("{sms}[sms.second]\ntransport = \"http\"\n[sms.second.http]\n{second}")).unwrap();
            receipts(&config).map(drop).map_err(|error| error.to_string())
        };
        assert_eq!(with(&other), Ok(()));
        assert!(with(&same).unwrap_err().contains("give each its own"));
    }
}
