//! The four addresses to which an LMS sends its participants. The form comes from another site's page: none of our cookies and no token of ours is with
//! it, so that it is kept and goes on with a GET. Plugins probe these addresses with GET and HEAD; people who open them are told what they are.

use askama::Template;
use axum::{Router, extract::Request, routing::get};
use clave::rce::{
    Act, Endpoint, Environment, Sent,
    receive::{Received, receive},
};
use i18n_embed_fl::fl;

use super::{back, login};
use crate::{
    App,
    kit::{
        body::{self, Pair},
        errors::Failure,
        page::{Answer, Page, see_other, show},
        visit::Visit,
    },
    paths::{CloseAttendance, StartAttendance, TestCloseAttendance, TestStartAttendance},
};

const ADDRESSES: [(&str, Environment, Act); 4] = [
    (StartAttendance::ROUTE, Environment::Production, Act::Start),
    (CloseAttendance::ROUTE, Environment::Production, Act::Close),
    (TestStartAttendance::ROUTE, Environment::Test, Act::Start),
    (TestCloseAttendance::ROUTE, Environment::Test, Act::Close),
];

#[derive(Template)]
#[template(path = "rce/address.html")]
struct Address {
    page: Page,
    /// As an LMS needs it.
    url: String,
    endpoint: Endpoint,
}

/// Their addresses.
pub fn routes() -> Router<App> {
    ADDRESSES.into_iter().fold(Router::new(), |router, (address, environment, act)| {
        let endpoint = Endpoint { environment, act };
        let look = async move |visit: Visit| {
            show(&Address { url: format!("{}{address}", visit.app.site.base_url), page: visit.page(), endpoint })
        };
        let take = async move |visit: Visit, request: Request| take(visit, endpoint, request).await;
        router.route(address, get(look).post(take))
    })
}

async fn take(mut visit: Visit, endpoint: Endpoint, request: Request) -> Answer {
    let sent = read(&visit, request).await?;
    match receive(&mut visit.cx, endpoint, &sent).await? {
        Received::Ask(token) => see_other(login::address(&token)),
        Received::Back(reply) => back::at_once(&visit, &reply),
        Received::Here(code) => back::here(&visit, code),
        Received::TooMany { until } => Err(Failure::TooMany { wait: visit.cx.now.until(until) }),
    }
}

/// What the LMS sent. Fields that nobody asked for and those that come twice do no harm, since plugins send them; what is no form has no fields, and
/// what is no UTF-8, or longer than any field, was not sent.
async fn read(visit: &Visit, request: Request) -> Result<Sent, Failure> {
    let (parts, body) = request.into_parts();
    let read = body::read(body, &parts.headers, &visit.app.site.limits).await?;
    if !body::is_form(&parts.headers) {
        return Ok(Sent::default());
    }
    if read.oversize {
        return Err(Failure::TooLarge);
    }
    Ok(Sent::read(read.pairs.iter().filter(|pair| !pair.cut).filter_map(Pair::decoded)))
}
