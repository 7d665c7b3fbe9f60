//! From the fields of a form to the domain, for the parts that several pages ask. What is wrong is said at its field.

use clave::{
    Secret,
    minimum::Datum,
    person::{
        About, Address, AddressParts, BirthDate, Details, Email, Names, Phone,
        question::{NewAnswer, Question, SecretAnswer},
    },
};
use i18n_embed_fl::fl;

use super::wording;
use crate::kit::{fields::Fields, visit::Visit};

/// Everything that describes a person. What was wrong is absent.
pub fn details(visit: &Visit, fields: &mut Fields) -> Details {
    Details {
        names: names(visit, fields),
        birth: birth(visit, fields),
        address: address(visit, fields),
        email: email(visit, fields),
        phone: phone(visit, fields),
    }
}

/// Names as on the identity card.
pub fn names(visit: &Visit, fields: &mut Fields) -> Option<Names> {
    Names::parse(fields.text("nombres"), fields.text("apellido_paterno"), fields.text("apellido_materno"))
        .map_err(|wrong| wording::names(&visit.l, fields, &wrong))
        .ok()
}

/// A birth date in three fields, or whole in `fecha_nacimiento`.
pub fn birth(visit: &Visit, fields: &mut Fields) -> Option<BirthDate> {
    let [day, month, year] =
        ["fecha_nacimiento_dia", "fecha_nacimiento_mes", "fecha_nacimiento_anio"].map(|name| fields.text(name));
    let day = if day.is_empty() { fields.text("fecha_nacimiento") } else { day };
    BirthDate::parse(day, month, year, visit.cx.now)
        .map_err(|wrong| fields.set_error("fecha_nacimiento_dia", wording::birth(&visit.l, wrong)))
        .ok()
}

/// A home address («Domicilio»), as `portal/address.html` asks for it.
pub fn address(visit: &Visit, fields: &mut Fields) -> Option<Address> {
    let parts = AddressParts {
        street: fields.text("direccion"),
        number: fields.text("numero"),
        block: fields.text("block"),
        flat: fields.text("departamento"),
        region: fields.text("region"),
        comuna: fields.text("comuna"),
    };
    Address::parse(parts).map_err(|wrong| wording::address(&visit.l, fields, &wrong)).ok()
}

/// An e-mail address, always mandatory.
pub fn email(visit: &Visit, fields: &mut Fields) -> Option<Email> {
    Email::parse(fields.text("email")).map_err(|wrong| fields.set_error("email", wording::email(&visit.l, wrong))).ok()
}

/// Whether this installation cannot do without a mobile.
pub fn is_phone_required(visit: &Visit) -> bool {
    visit.cx.clave.settings.minimum_data.contains(&Datum::Mobile)
}

/// How a mobile phone is written.
pub fn phone_hint(visit: &Visit) -> String {
    if visit.cx.clave.settings.sms_prefixes.reach_abroad() {
        fl!(visit.l, "phone-hint-abroad")
    } else {
        fl!(visit.l, "phone-hint")
    }
}

/// A mobile phone, mandatory where the installation says so.
pub fn phone(visit: &Visit, fields: &mut Fields) -> Option<Phone> {
    let allowed = &visit.cx.clave.settings.sms_prefixes;
    let phone = Phone::parse(fields.text("celular"), allowed)
        .map_err(|wrong| fields.set_error("celular", wording::phone(&visit.l, wrong, allowed)));
    if phone == Ok(None) && is_phone_required(visit) {
        fields.set_error("celular", fl!(visit.l, "error-phone-empty"));
    }
    phone.ok().flatten()
}

/// A secret question with its answer.
pub fn new_answer(visit: &Visit, fields: &mut Fields, about: &About<'_>) -> Option<NewAnswer> {
    let question = Question::parse(fields.text("pregunta"));
    if question.is_none() {
        fields.set_error("pregunta", fl!(visit.l, "error-question-empty"));
    }
    let wordings = question.map(|question| wording::in_every_language(&visit.app.texts, question)).unwrap_or_default();
    let answer = SecretAnswer::parse(&fields.secret("respuesta"), &wordings, about)
        .map_err(|wrong| fields.set_error("respuesta", wording::answer(&visit.l, wrong)));
    Some(NewAnswer { question: question?, answer: answer.ok()? })
}

/// A new key is typed twice, on every page where one is chosen.
pub fn repeated(visit: &Visit, fields: &mut Fields, key: &Secret, name: &str) {
    let repeated = fields.secret(name);
    if repeated.expose().is_empty() {
        fields.set_error(name, fl!(visit.l, "error-key-again"));
    } else if repeated.expose() != key.expose() {
        fields.set_error(name, fl!(visit.l, "error-key-repeat"));
    }
}
