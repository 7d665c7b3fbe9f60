//! From the configuration to what each crate wants to know.

use std::time::Duration;

use anyhow::{Context as _, Result};
use clave::{
    hashing::Cost,
    person::Prefixes,
    settings::{AskedQuestion as Asked, Captcha as Rules, KeyRules, LegalRuts, OnScreen, Recovery, SessionRules, Settings, Sms},
};
use web::{
    Site,
    site::{Contact as SiteContact, Institution as SiteInstitution},
};

use super::{AskedQuestion, Captcha, Config, Contact, LegalPersons, SmsTransport};

impl Config {
    /// The product's rules.
    pub fn settings(&self) -> Settings {
        Settings {
            key: KeyRules { min_length: self.key.min_length, max_length: self.key.max_length },
            recovery: Recovery {
                on_screen: if self.recovery.show_on_screen { OnScreen::Shown } else { OnScreen::Hidden },
                lifetime: Duration::from_hours(self.recovery.lifetime_hours),
                delivery_deadline: Duration::from_mins(self.recovery.delivery_deadline_minutes),
                question: match self.recovery.question {
                    AskedQuestion::Shown => Asked::Shown,
                    AskedQuestion::Selected => Asked::Selected,
                },
                contact_hold: Duration::from_hours(self.recovery.contact_hold_hours),
            },
            minimum_data: self.minimum_data.clone(),
            legal_ruts: match self.rut.legal_persons {
                LegalPersons::Refuse => LegalRuts::Refused,
                LegalPersons::Accept => LegalRuts::Accepted,
            },
            limits: self.limits,
            sms: match self.sms.transport {
                SmsTransport::File | SmsTransport::Smpp | SmsTransport::Http => Sms::On,
                SmsTransport::None => Sms::Off,
            },
            // `config check` refuses what is none.
            sms_prefixes: Prefixes::parse(&self.sms.prefixes).unwrap_or_default(),
            hashing: Cost { memory_kib: self.hashing.memory_kib, passes: self.hashing.passes },
            captcha: self.captcha.rules(),
            oidc: self.oidc.rules(),
            rce: self.rce.rules(),
            session: SessionRules {
                idle: Duration::from_mins(self.session.idle_minutes),
                absolute: Duration::from_hours(self.session.absolute_hours),
            },
        }
    }

    /// The pages' side.
    pub fn site(&self) -> Result<Site> {
        let trusted_proxies = self.server.trusted_proxies.iter().map(|network| network.parse()).collect::<Result<_, _>>();
        Ok(Site {
            base_url: self.base_url(),
            institution: SiteInstitution {
                ministry: self.institution.ministry.clone(),
                name: self.institution.name.clone(),
                logo: self.institution.logo.clone(),
                contact: contact(&self.institution.contact),
            },
            notice: self.institution.notice.clone(),
            trusted_proxies: trusted_proxies.context("reading server.trusted_proxies")?,
            legal_persons: self.institution.legal_persons.as_ref().map(contact),
            ..Site::default()
        })
    }
}

impl Captcha {
    fn rules(&self) -> Rules {
        Rules {
            fixed_answer: self.fixed_answer.clone(),
            after: self.login_after,
            register: self.register,
            recover: self.recover,
            change_key: self.change_key,
            login: self.login,
            level: self.level,
        }
    }
}

fn contact(contact: &Contact) -> SiteContact {
    SiteContact {
        name: contact.name.clone(),
        email: contact.email.clone(),
        phone: contact.phone.clone(),
        hours: contact.hours.clone(),
    }
}
