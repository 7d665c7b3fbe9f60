//! The authorization endpoint (OpenID Connect Core 3.1.2): a system sends a person here to log in.
//!
//! A request that needs no page is answered at once; any other is kept and goes on at [`super::resume`]. What comes by POST comes from another site's
//! page, so our `SameSite=Lax` cookies are not with it: it is kept like a pushed request (RFC 9126), and goes on with a GET.

use axum::{Router, extract::Request, routing::get};
use clave::{
    Cx, Fault, Moment,
    client::{self, Client, ClientId, GrantType},
    once,
    pending::{self, Pending, RequestUri},
    vault::{hex, sha256},
};
use oidc::{
    Code, Error, Pairs,
    request::{Authorization, Opened, Refused, Via},
    request_object,
    response::Target,
};

use super::{
    front::{self, Came},
    resume,
};
use crate::{
    App,
    kit::{
        page::{Answer, see_other},
        visit::Visit,
    },
    paths,
};

/// Its address.
pub fn routes() -> Router<App> {
    Router::new().route(paths::Authorize::ROUTE, get(by_link).post(by_form))
}

async fn by_link(mut visit: Visit) -> Answer {
    let asked = Pairs::parse(visit.raw_query()).and_then(|pairs| Opened::read(&pairs).map(|opened| (pairs, opened)));
    let (pairs, opened) = match asked {
        Ok(asked) => asked,
        Err(error) => return front::refuse(&visit, &error, Came::In),
    };
    if let Some(uri) = &opened.request_uri {
        return bring(visit, &opened.client_id, uri).await;
    }
    match judge(&mut visit, &pairs, &opened).await? {
        Ok((client, request)) => {
            let pending = Pending::new(client, request, visit.cx.now);
            resume::go_on(visit, pending, None).await
        }
        Err(refused) => front::turn_away(&visit, &refused),
    }
}

async fn by_form(mut visit: Visit, request: Request) -> Answer {
    let asked = front::read_form(&visit, request).await?;
    let asked = asked.and_then(|pairs| Opened::read(&pairs).map(|opened| (pairs, opened)));
    let (pairs, opened) = match asked {
        Ok(asked) => asked,
        Err(error) => return front::refuse(&visit, &error, Came::In),
    };
    if let Some(uri) = &opened.request_uri {
        return see_other(address(&opened.client_id, uri));
    }
    match judge(&mut visit, &pairs, &opened).await? {
        Ok((client, request)) => {
            front::count(&visit).await?;
            let uri = pending::push(&mut visit.cx, &client.id, &request).await?;
            see_other(address(client.id.as_str(), &uri.to_string()))
        }
        Err(refused) => front::turn_away(&visit, &refused),
    }
}

fn address(client: &str, uri: &str) -> String {
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("client_id", client).append_pair("request_uri", uri).finish();
    format!("{}?{query}", paths::Authorize)
}

/// Goes on with a request that was pushed, by the client or by [`by_form`].
async fn bring(mut visit: Visit, client: &str, uri: &str) -> Answer {
    let Some(uri) = RequestUri::parse(uri) else {
        let foreign =
            Error::new(Code::RequestUriNotSupported, "request_uri is none of ours: push the request to /openid/par first");
        return front::refuse(&visit, &foreign, Came::In);
    };
    let browser = visit.browser();
    let token = match ClientId::parse(client) {
        Ok(client) => pending::open(&visit.cx, browser, &client, &uri).await?,
        Err(_) => None,
    };
    let pending = match &token {
        Some(token) => pending::find(&visit.cx, browser, token).await?,
        None => None,
    };
    let Some(pending) = pending else {
        let gone =
            Error::new(Code::InvalidRequestUri, "request_uri is unknown, was used before, has expired, or is another client's");
        return front::refuse(&visit, &gone, Came::In);
    };
    resume::go_on(visit, pending, token).await
}

async fn judge(visit: &mut Visit, pairs: &Pairs, opened: &Opened) -> Result<Result<(Client, Authorization), Refused>, Fault> {
    let client = match ClientId::parse(&opened.client_id) {
        Ok(id) => client::find(&mut visit.cx.clave.db.read().await?, &id).await?,
        Err(_) => None,
    };
    let Some(client) = client else {
        return Ok(Err(Refused::Page(Error::new(Code::InvalidClient, "client_id is not registered here"))));
    };
    let issuer = front::issuer(visit).to_owned();
    let judged = judge_for(&visit.cx, &client, pairs, opened, Via::Browser, &issuer).await?;
    Ok(judged.map(|request| (client, request)))
}

/// Judges a request of a client, signed (RFC 9101) or not.
pub async fn judge_for(
    cx: &Cx,
    client: &Client,
    pairs: &Pairs,
    opened: &Opened,
    via: Via,
    issuer: &str,
) -> Result<Result<Authorization, Refused>, Fault> {
    let rules = client.rules();
    let inside = match &opened.request {
        None => None,
        Some(object) => match unpack(cx, client, object, issuer).await? {
            Ok(inside) => Some(inside),
            // What stands outside is not signed, yet it may only name one of the client's own addresses.
            Err(error) => return Ok(Err(back_or_page(Target::of(pairs, &rules), error))),
        },
    };
    let judged = Authorization::judge(inside.as_ref().unwrap_or(pairs), &rules, via);
    Ok(judged.and_then(|request| {
        if client.may(GrantType::Code) {
            Ok(request)
        } else {
            let error = Error::new(Code::UnauthorizedClient, "this client is not registered for the authorization code grant");
            Err(Refused::Back(request.target(), error))
        }
    }))
}

fn back_or_page(target: Result<Target, Error>, error: Error) -> Refused {
    match target {
        Ok(target) => Refused::Back(target, error),
        Err(_) => Refused::Page(error),
    }
}

/// Opens a request object, each once: whoever saw one in an address cannot begin anew with it.
async fn unpack(cx: &Cx, client: &Client, object: &str, issuer: &str) -> Result<Result<Pairs, Error>, Fault> {
    let inside = match request_object::open(object, client.keys.as_ref(), client.id.as_str(), issuer, cx.now.seconds()) {
        Ok(inside) => inside,
        Err(error) => return Ok(Err(error)),
    };
    // What was shown before a restore may have been forgotten by it.
    if !cx.clave.epoch.has(Moment::from_seconds(inside.issued), std::time::Duration::ZERO, cx.now) {
        let old = "the request object is too old: sign a new one for each request, with iat";
        return Ok(Err(Error::new(Code::InvalidRequestObject, old)));
    }
    let name = inside.jti.unwrap_or_else(|| hex(&sha256(request_object::signed_part(object).as_bytes())));
    let until = Moment::from_seconds(inside.expires);
    let mut tx = cx.clave.db.begin().await?;
    let first = once::claim(&mut tx, "request_object", client.id.as_str(), &name, until).await?;
    tx.commit().await?;
    Ok(if first {
        Ok(inside.pairs)
    } else {
        Err(Error::new(Code::InvalidRequestObject, "the request object was used before: sign a new one for each request"))
    })
}
