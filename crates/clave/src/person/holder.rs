//! What relying systems may be told of a person, in the words of OpenID Connect. Which of it they are told, scopes and consent decide.

use oidc::claims::{Contact, Holder, Home, Run};

use super::{Address, Person};

impl Person {
    /// Everything that may be told.
    pub fn holder(&self) -> Holder {
        let details = &self.details;
        let names = details.names.as_ref();
        let owned = |text: &str| text.to_owned();
        Holder {
            given_names: names.map(|names| owned(names.given())),
            first_surname: names.map(|names| owned(names.first_surname())),
            second_surname: names.and_then(|names| names.second_surname()).map(owned),
            birth_date: details.birth.map(|birth| {
                let (day, month, year) = birth.parts();
                format!("{year:04}-{month:02}-{day:02}")
            }),
            email: details
                .email
                .as_ref()
                .map(|email| Contact { value: owned(email.as_str()), verified: self.email_confirmed_at.is_some() }),
            // Nobody has shown yet that a mobile is theirs.
            phone: details.phone.as_ref().map(|phone| Contact { value: owned(phone.as_str()), verified: false }),
            address: details.address.as_ref().map(home),
            run: Some(Run { number: self.rut.number(), check_digit: self.rut.check_digit() }),
            locale: Some(owned(self.language.tag())),
            updated_at: None,
        }
    }
}

fn home(address: &Address) -> Home {
    Home {
        street: address.street().to_owned(),
        number: address.number().to_owned(),
        block: address.block().map(str::to_owned),
        flat: address.flat().map(str::to_owned),
        comuna: address.comuna().name().to_owned(),
        region: address.comuna().region_name().to_owned(),
        country: "Chile".to_owned(),
    }
}
