//! «Sistemas conectados»: who knows what, since when, and how to end it.

use askama::Template;
use axum::{Router, routing::get};
use clave::{
    account::{self, Connected},
    client::{self, ClientId},
};
use i18n_embed_fl::fl;
use oidc::Scope;

use super::{When, after, done, framed, signed_in};
use crate::{
    App,
    kit::{
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        i18n::Words,
        page::{Answer, Page, show},
        visit::Visit,
    },
    paths,
};

/// What was done, in the address.
const DISCONNECTED: &str = "desconectado";
/// The same to a system of our own, which is let in without asking.
const OWN_DISCONNECTED: &str = "desconectado_propio";

#[derive(Template)]
#[template(path = "account/systems.html")]
struct Systems {
    page: Page,
    done: Option<String>,
    connected: Vec<System>,
}

struct System {
    id: String,
    name: String,
    since: When,
    last_used: Option<When>,
    data: Vec<String>,
    offline: bool,
}

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::AccountSystems::ROUTE, get(look).post(send))
}

async fn look(mut visit: Visit) -> Answer {
    let session = match signed_in(&mut visit, paths::AccountSystems::ROUTE).await? {
        Ok(session) => session,
        Err(login) => return Ok(login),
    };
    let connected = account::systems(&visit.cx, &session).await?;
    let done = done(&visit, |what| match what {
        DISCONNECTED => Some(fl!(visit.l, "systems-disconnected")),
        OWN_DISCONNECTED => Some(fl!(visit.l, "systems-disconnected-own")),
        _ => None,
    });
    let page = framed(visit.form_page(&Fields::empty())?, done.as_ref());
    let connected = connected.into_iter().map(|system| listed(&visit, system)).collect();
    show(&Systems { page, done, connected })
}

fn listed(visit: &Visit, system: Connected) -> System {
    System {
        id: system.client.as_str().to_owned(),
        since: system.since.into(),
        last_used: system.last_used.map(When::from),
        data: data(visit, &system),
        offline: system.offline,
        name: system.name,
    }
}

/// What the system may know, in words. A claim that was let out by itself is told as what its scope stands for.
fn data(visit: &Visit, system: &Connected) -> Vec<String> {
    let single = system.claims.iter().filter_map(|claim| claim.scopes().first().copied()).collect();
    let scopes = system.scopes.union(&single);
    let data: Vec<String> = scopes.iter().filter_map(|scope| told(&visit.l, scope)).collect();
    if data.is_empty() { vec![fl!(visit.l, "systems-data-none")] } else { data }
}

fn told(l: &Words, scope: Scope) -> Option<String> {
    Some(match scope {
        Scope::Profile => fl!(l, "systems-data-profile"),
        Scope::Email => fl!(l, "systems-data-email"),
        Scope::Phone => fl!(l, "systems-data-phone"),
        Scope::Address => fl!(l, "systems-data-address"),
        Scope::Run => fl!(l, "systems-data-run"),
        Scope::Name => fl!(l, "systems-data-name"),
        Scope::Openid | Scope::OfflineAccess => return None,
    })
}

async fn send(mut visit: Visit, form: ProtectedForm) -> Answer {
    let session = match signed_in(&mut visit, paths::AccountSystems::ROUTE).await? {
        Ok(session) => session,
        Err(login) => return Ok(login),
    };
    if form.action() != Some("desconectar") {
        return Err(Failure::BadRequest);
    }
    let client = ClientId::parse(form.fields.text("sistema")).map_err(|_| Failure::BadRequest)?;
    account::disconnect(&mut visit.cx, &session, &client).await?;
    let found = client::find(&mut visit.cx.clave.db.read().await?, &client).await?;
    // Twice, or nothing to end: what the person wanted is so.
    let own = found.is_some_and(|client| client.first_party);
    after(paths::AccountSystems::ROUTE, if own { OWN_DISCONNECTED } else { DISCONNECTED })
}
