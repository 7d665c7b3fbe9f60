//! Logging out at a system's wish (OpenID Connect RP-Initiated Logout 1.0). The endpoint judges the request and keeps it; the page behind it, where our
//! cookies come along also after another site's POST, asks the person, unless the system has shown whom it means.

use askama::Template;
use axum::{Router, extract::Request, routing::get};
use clave::{
    leave::{self, Leaving, Refused},
    pending::Token,
};
use i18n_embed_fl::fl;
use oidc::{Pairs, logout::Logout};

use super::{
    front::{self, Came},
    resume,
};
use crate::{
    App,
    kit::{
        errors::Failure,
        fields::Fields,
        form::ProtectedForm,
        headers,
        page::{Answer, Outcome, Page, see_other, show},
        visit::Visit,
    },
    paths,
};

#[derive(Template)]
#[template(path = "oidc/leave.html")]
struct Ask {
    page: Page,
    system: Option<String>,
    token: String,
}

#[derive(Template)]
#[template(path = "oidc/left.html")]
struct Left {
    page: Page,
    back: Option<Back>,
}

/// «Volver a».
struct Back {
    name: String,
    address: String,
}

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new().route(paths::EndSession::ROUTE, get(by_link).post(by_form)).route(paths::Leave::ROUTE, get(look).post(send))
}

async fn by_link(visit: Visit) -> Answer {
    let pairs = Pairs::parse(visit.raw_query());
    judge(visit, pairs).await
}

async fn by_form(visit: Visit, request: Request) -> Answer {
    let pairs = front::read_form(&visit, request).await?;
    judge(visit, pairs).await
}

async fn judge(mut visit: Visit, pairs: Result<Pairs, oidc::Error>) -> Answer {
    let asked = match pairs {
        Ok(pairs) => Logout::read(&pairs),
        Err(error) => return front::refuse(&visit, &error, Came::Out),
    };
    let issuer = front::issuer(&visit).to_owned();
    front::count(&visit).await?;
    match leave::begin(&mut visit.cx, &asked, &issuer).await {
        Ok(token) => front::see_in_language(&visit, resume::at(paths::Leave, &token), &asked.ui_locales),
        Err(Refused::Wrong(error)) => front::refuse(&visit, &error, Came::Out),
        Err(Refused::Fault(fault)) => Err(fault.into()),
    }
}

async fn kept(visit: &Visit) -> Result<(Token, Leaving), Failure> {
    let token = visit.query(resume::REQUEST).as_deref().and_then(Token::parse).ok_or(Failure::Gone)?;
    let leaving = leave::find(&visit.cx, &token).await?.ok_or(Failure::Gone)?;
    Ok((token, leaving))
}

async fn look(mut visit: Visit) -> Answer {
    let (token, leaving) = kept(&visit).await?;
    let Some(session) = visit.session().await? else { return away(&visit, leaving).await };
    if !leaving.done && leaving.is_about(&visit.cx, &session).await? {
        leave::leave(&mut visit.cx, &token, &session).await?;
        visit.renew_browser();
        return away(&visit, leaving).await;
    }
    let client = leaving.client(&visit.cx).await?;
    let leads_to = match (&client, leaving.back.as_deref()) {
        (Some(client), Some(back)) => front::leads_to(client, Some(back)),
        _ => Vec::new(),
    };
    let page = Ask {
        page: visit.form_page(&Fields::empty())?,
        system: client.map(|client| client.name),
        token: token.as_str().to_owned(),
    };
    headers::forms_may_lead_to(show(&page), &leads_to)
}

async fn send(mut visit: Visit, _form: ProtectedForm) -> Answer {
    let (token, _) = kept(&visit).await?;
    if let Some(session) = visit.session().await? {
        leave::leave(&mut visit.cx, &token, &session).await?;
        visit.renew_browser();
    }
    see_other(resume::at(paths::Leave, &token))
}

/// Where the system wished, or a page of ours.
async fn away(visit: &Visit, leaving: Leaving) -> Answer {
    if let Some(back) = &leaving.back {
        return see_other(back);
    }
    let client = leaving.client(&visit.cx).await?;
    let back = client.and_then(|client| client.home.map(|address| Back { name: client.name, address }));
    show(&Left { page: visit.page().with(Outcome::Success), back })
}
