//! The configuration: one TOML file, environment variables `CLAVERO__SECTION__KEY` over it, and a default for everything. Read once.

mod check;
mod delivery;
mod oidc;
mod rce;
mod settings;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use clave::{
    minimum::Datum,
    settings::{CaptchaLevel, Limits, Policy},
};
use figment::{
    Figment,
    providers::{Env, Format as _, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

use crate::client::Wish;

pub use check::{problems, remarks};
pub use delivery::{Ids, LongText, Mail, MailTransport, Security, Smpp, Sms, SmsGateway, SmsTransport, Smtp};
pub use oidc::Oidc;
pub use rce::Rce;

/// Everything that can be configured. Unknown keys are errors.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where people reach the portal; by default the listener's own address.
    pub base_url: Option<String>,
    /// Folder of the database, the secrets and the outbox.
    pub data_dir: PathBuf,
    /// Folder of the keys; by default `secrets` in `data_dir`.
    pub secrets_dir: Option<PathBuf>,
    /// Defaults of the rules as a whole: `guide` is the user guide's, `strict` the safest.
    pub profile: Profile,
    /// Which data every process needs.
    pub minimum_data: Vec<Datum>,
    pub server: Server,
    pub database: Database,
    pub mail: Mail,
    pub sms: Sms,
    pub institution: Institution,
    pub rut: Rut,
    pub key: Key,
    pub recovery: Recovery,
    pub captcha: Captcha,
    pub session: Session,
    pub identity_source: IdentitySource,
    pub hashing: Hashing,
    /// Every number of the throttle.
    pub limits: Limits,
    /// What relying systems get.
    pub oidc: Oidc,
    /// How LMS register attendance.
    pub rce: Rce,
    pub metrics: Metrics,
    pub log: Log,
    /// Systems that are registered when a server starts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<Wish>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    Guide,
    Strict,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    pub listen: SocketAddr,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or networks.
    pub trusted_proxies: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`; by default `clavero.db` in `data_dir`.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Institution {
    pub ministry: String,
    pub name: String,
    pub logo: Option<PathBuf>,
    /// A notice under the header of every page.
    pub notice: Option<String>,
    pub contact: Contact,
    /// Whom legal persons and foreign facilitators turn to; by default `contact`.
    pub legal_persons: Option<Contact>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub hours: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rut {
    pub legal_persons: LegalPersons,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LegalPersons {
    Refuse,
    Accept,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Key {
    pub min_length: usize,
    pub max_length: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recovery {
    pub show_on_screen: bool,
    /// `shown` for the RUT, or `selected` by the person from all of them.
    pub question: AskedQuestion,
    /// So long keys do not go to a changed e-mail or mobile.
    pub contact_hold_hours: u64,
    pub lifetime_hours: u64,
    pub delivery_deadline_minutes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AskedQuestion {
    Shown,
    Selected,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Captcha {
    /// Solves every captcha; on loopback only.
    pub fixed_answer: Option<String>,
    /// After so many failures at a RUT the forms whose policy is `risk` ask for a captcha; 0 is always.
    pub login_after: u32,
    /// When each form asks for one: `always`, `risk`, or `off` (on loopback only).
    pub register: Policy,
    pub recover: Policy,
    pub change_key: Policy,
    pub login: Policy,
    /// How hard it is: `auto` is `alto` while an attack shows.
    pub level: CaptchaLevel,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// Without use, a session ends after so long.
    pub idle_minutes: u64,
    /// So long after the key was typed it ends in any case.
    pub absolute_hours: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdentitySource {
    pub kind: IdentityKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentityKind {
    Declared,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hashing {
    pub memory_kib: u32,
    pub passes: u32,
    /// Threads that hash; 0 is one a core.
    pub threads: usize,
    /// Hashes that may wait before people are asked to try again.
    pub queue: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Where `/metrics` is served; `off` for nowhere.
    pub listen: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, or a filter of `tracing`.
    pub level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// The file that is read when it exists and no other is named.
pub const DEFAULT_FILE: &str = "clavero.toml";

impl Config {
    /// Reads `file` (or `clavero.toml`, if there is one) and the environment.
    ///
    /// # Errors
    /// The file is missing or wrong (with line and column), or a variable is.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        let chosen = file.or_else(|| Some(Path::new(DEFAULT_FILE)).filter(|path| path.exists()));
        let mut given = Figment::new();
        if let Some(path) = chosen {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("reading the configuration {}: name an existing file with --config", path.display()))?;
            // Read on its own first: this reader knows lines and columns.
            toml::from_str::<Self>(&text).with_context(|| format!("reading the configuration {}", path.display()))?;
            given = given.merge(Toml::string(&text));
        }
        given = given.merge(Env::prefixed("CLAVERO__").split("__"));
        Self::over_defaults(&given)
    }

    /// What is given, over the defaults of the profile that is given.
    fn over_defaults(given: &Figment) -> Result<Self> {
        let over = |profile| Figment::from(Serialized::defaults(Self::of(profile))).merge(given);
        let where_to_look = "reading the environment variables CLAVERO__…: see `clavero config show` for the keys that exist";
        let profile = over(Profile::Guide).extract_inner("profile").context(where_to_look)?;
        over(profile).extract().context(where_to_look)
    }

    /// A profile's defaults.
    pub fn of(profile: Profile) -> Self {
        let guide = Self::default();
        match profile {
            Profile::Guide => guide,
            Profile::Strict => Self {
                profile,
                key: Key { min_length: check::STRICT_MIN_LENGTH, max_length: 64 },
                recovery: Recovery {
                    show_on_screen: false,
                    question: AskedQuestion::Selected,
                    contact_hold_hours: check::STRICT_HOLD_HOURS,
                    ..guide.recovery
                },
                ..guide
            },
        }
    }

    /// The address people use.
    pub fn base_url(&self) -> String {
        let given = self.base_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        given.unwrap_or_else(|| format!("http://{}", self.server.listen))
    }

    pub fn database_url(&self) -> String {
        self.database.url.clone().unwrap_or_else(|| format!("sqlite:{}", self.data_dir.join("clavero.db").display()))
    }

    pub fn secrets_dir(&self) -> PathBuf {
        self.secrets_dir.clone().unwrap_or_else(|| self.data_dir.join("secrets"))
    }

    pub fn outbox_dir(&self) -> PathBuf {
        self.data_dir.join("outbox")
    }

    /// The listener for `/metrics`, if any.
    pub fn metrics_listen(&self) -> Result<Option<SocketAddr>> {
        match self.metrics.listen.as_str() {
            "" | "off" => Ok(None),
            address => match address.parse() {
                Ok(address) => Ok(Some(address)),
                Err(_) => bail!("metrics.listen: {address:?} is no address: write 127.0.0.1:9090, or off"),
            },
        }
    }

    /// As TOML, with the password of the database left out.
    pub fn shown(&self) -> Result<String> {
        let mut shown = self.clone();
        shown.base_url = Some(self.base_url());
        shown.secrets_dir = Some(self.secrets_dir());
        shown.database.url = Some(without_password(&self.database_url()));
        toml::to_string(&shown).context("writing the configuration")
    }
}

/// `postgres://user:secret@host/db` → `postgres://user:…@host/db`.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (rest, query) = rest.split_once('?').map_or((rest, String::new()), |(rest, query)| {
        let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("password=")).collect();
        (rest, if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) })
    });
    match rest.rsplit_once('@') {
        Some((login, host)) => {
            let user = login.split(':').next().unwrap_or_default();
            let hidden = if login.contains(':') { ":…" } else { "" };
            format!("{scheme}://{user}{hidden}@{host}{query}")
        }
        None => format!("{scheme}://{rest}{query}"),
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            base_url: None,
            data_dir: PathBuf::from("./data"),
            secrets_dir: None,
            profile: Profile::Guide,
            minimum_data: Datum::DEFAULT.to_vec(),
            server: Server::default(),
            database: Database::default(),
            mail: Mail::default(),
            sms: Sms::default(),
            institution: Institution::default(),
            rut: Rut::default(),
            key: Key::default(),
            recovery: Recovery::default(),
            captcha: Captcha::default(),
            session: Session::default(),
            identity_source: IdentitySource { kind: IdentityKind::Declared },
            hashing: Hashing::default(),
            limits: Limits::default(),
            oidc: Oidc::default(),
            rce: Rce::default(),
            metrics: Metrics::default(),
            log: Log::default(),
            clients: Vec::new(),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), trusted_proxies: Vec::new() }
    }
}

impl Default for IdentitySource {
    fn default() -> Self {
        Config::default().identity_source
    }
}

impl Default for Institution {
    fn default() -> Self {
        let neutral = web::Site::default().institution;
        Self {
            ministry: neutral.ministry,
            name: neutral.name,
            logo: None,
            notice: None,
            contact: Contact::default(),
            legal_persons: None,
        }
    }
}

impl Default for Contact {
    fn default() -> Self {
        let neutral = web::Site::default().institution.contact;
        Self { name: neutral.name, email: neutral.email, phone: neutral.phone, hours: neutral.hours }
    }
}

impl Default for Rut {
    fn default() -> Self {
        Self { legal_persons: LegalPersons::Refuse }
    }
}

impl Default for Key {
    fn default() -> Self {
        let rules = clave::settings::Settings::default().key;
        Self { min_length: rules.min_length, max_length: rules.max_length }
    }
}

impl Default for Recovery {
    fn default() -> Self {
        Self {
            show_on_screen: true,
            question: AskedQuestion::Shown,
            contact_hold_hours: 0,
            lifetime_hours: 24,
            delivery_deadline_minutes: 10,
        }
    }
}

impl Default for Captcha {
    fn default() -> Self {
        let rules = clave::settings::Captcha::default();
        Self {
            fixed_answer: rules.fixed_answer,
            login_after: rules.after,
            register: rules.register,
            recover: rules.recover,
            change_key: rules.change_key,
            login: rules.login,
            level: rules.level,
        }
    }
}

impl Default for Session {
    fn default() -> Self {
        let rules = clave::settings::Settings::default().session;
        Self { idle_minutes: rules.idle.as_secs() / 60, absolute_hours: rules.absolute.as_secs() / 3600 }
    }
}

impl Default for Hashing {
    fn default() -> Self {
        let cost = clave::hashing::Cost::default();
        Self { memory_kib: cost.memory_kib, passes: cost.passes, threads: 0, queue: 256 }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self { listen: "127.0.0.1:9090".to_owned() }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_default_and_reads_back() {
        let shown = Config::default().shown().unwrap();
        assert_eq!(toml::from_str::<Config>(&shown).unwrap().shown().unwrap(), shown);
    }

    #[test]
    fn an_unknown_key_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clavero.toml");
        std::fs::write(&file, "[server]\nlisten = \"127.0.0.1:1\"\nlisen = 3\n").unwrap();
        let error = format!("{:#}", Config::load(Some(&file)).unwrap_err());
        assert!(error.contains("line 3") && error.contains("lisen") && error.contains("clavero.toml"), "{error}");
    }

    fn read(text: &str) -> Result<Config> {
        Config::over_defaults(&Figment::from(Toml::string(text)))
    }

    #[test]
    fn the_guides_profile_is_what_nobody_configured() {
        let guide = read("").unwrap();
        assert_eq!(guide.shown().unwrap(), read("profile = \"guide\"").unwrap().shown().unwrap());
        assert_eq!((guide.key.min_length, guide.key.max_length), (8, 10));
        let Recovery { show_on_screen, question, contact_hold_hours, .. } = guide.recovery;
        assert_eq!((show_on_screen, question, contact_hold_hours), (true, AskedQuestion::Shown, 0));
    }

    #[test]
    fn a_profile_lies_under_what_is_given_and_over_the_guides_defaults() {
        let strict = read("profile = \"strict\"").unwrap();
        assert_eq!((strict.key.min_length, strict.key.max_length), (15, 64));
        let Recovery { show_on_screen, question, contact_hold_hours, lifetime_hours, .. } = strict.recovery;
        assert_eq!((show_on_screen, question, contact_hold_hours, lifetime_hours), (false, AskedQuestion::Selected, 72, 24));
        assert_eq!(problems(&strict), Vec::<String>::new());
        let own = read("profile = \"strict\"\n[key]\nmin_length = 20\n[recovery]\ncontact_hold_hours = 100").unwrap();
        assert_eq!((own.key.min_length, own.key.max_length), (20, 64));
        assert!(own.recovery.contact_hold_hours == 100 && !own.recovery.show_on_screen);
        let in_guide = read("[recovery]\nquestion = \"selected\"\ncontact_hold_hours = 24").unwrap();
        assert!(in_guide.recovery.question == AskedQuestion::Selected && in_guide.recovery.show_on_screen);
        assert!(format!("{:#}", read("profile = \"lax\"").unwrap_err()).contains("strict"));
    }

    #[test]
    fn every_key_of_the_strict_profile_reads_back() {
        let shown = Config::of(Profile::Strict).shown().unwrap();
        assert_eq!(read(&shown).unwrap().shown().unwrap(), shown);
    }

    #[test]
    fn the_password_of_the_database_is_not_shown() {
        assert_eq!(without_password("postgres://u:pw@h/d?host=/tmp&password=x"), "postgres://u:…@h/d?host=/tmp");
        assert_eq!(without_password("sqlite:./data/x.db"), "sqlite:./data/x.db");
    }
}
