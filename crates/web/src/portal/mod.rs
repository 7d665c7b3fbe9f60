//! The portal of the guide, one file a page.

pub(crate) mod captcha_sent;
mod change;
mod delivery;
mod home;
pub(crate) mod interrupted;
mod legal;
mod links;
mod outcome;
mod reading;
mod recover;
pub(crate) mod refusal;
mod register;
mod texts;
mod update;
pub(crate) mod wording;

use axum::Router;

pub(crate) use self::delivery::state_words;
pub(crate) use self::update::step_address as step_of_update;
use crate::App;

/// Every page's addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(home::routes())
        .merge(register::routes())
        .merge(legal::routes())
        .merge(texts::routes())
        .merge(recover::routes())
        .merge(change::routes())
        .merge(update::routes())
        .merge(links::routes())
        .merge(captcha_sent::routes())
        .merge(crate::kit::captcha::routes())
}
