//! Use case: a browser brings what an LMS sends. It is judged in the order of the manual, and either goes straight back or waits for the key.

use rut::Rut;
use sql::Tx;

use super::{
    Callback, Code, Endpoint, Leave, Origin, Reply, Sent, catalogue, count_reply,
    otec::{self, Holder, Otec},
    reply::Said,
    request::Course,
    waiting::{self, Request},
};
use crate::{
    Cx, Fault, Moment, Secret, fault,
    flow::Token,
    limits::{self, Subject},
};

/// What becomes of it.
#[derive(Debug)]
pub enum Received {
    /// The person is asked for the key ([`super::attend`]).
    Ask(Token),
    /// Something is wrong, and the LMS is told.
    Back(Reply),
    /// Something is wrong, and there is no address to tell it to: 201, 202, 203. A page of ours says it.
    Here(Code),
    /// Too many requests came from the address.
    TooMany {
        /// When to try again.
        until: Moment,
    },
}

/// Judges and keeps it.
///
/// # Errors
/// Something failed before it was known where to tell it.
pub async fn receive(cx: &mut Cx, endpoint: Endpoint, sent: &Sent) -> Result<Received, Fault> {
    let received = answered(cx, endpoint, sent).await?;
    match &received {
        Received::Back(reply) => count_reply(endpoint.act, reply.code),
        Received::Here(code) => count_reply(endpoint.act, Some(*code)),
        // Counted when it is answered.
        Received::Ask(_) | Received::TooMany { .. } => {}
    }
    Ok(received)
}

async fn answered(cx: &mut Cx, endpoint: Endpoint, sent: &Sent) -> Result<Received, Fault> {
    let (retoma, error) = match sent.callbacks(cx.clave.settings.rce.longest_url) {
        Ok(callbacks) => callbacks,
        Err(code) => return Ok(Received::Here(code)),
    };
    let named = Named::by(&mut cx.clave.db.read().await?, cx, sent).await?;
    let Some(error) = named.lets(error) else { return Ok(Received::Here(Code::UrlError)) };
    let Some(retoma) = named.lets(retoma) else { return Ok(Received::Here(Code::UrlRetoma)) };
    let code = match kept(cx, endpoint, sent, &named, retoma, &error).await {
        Ok(Ok(received)) => return Ok(received),
        Ok(Err(code)) => code,
        Err(fault) => {
            let (id, cause) = (&cx.request, fault::chain(&fault));
            tracing::error!(id, cause, "request {id} of an LMS failed: {cause}");
            Code::Internal
        }
    };
    let said = Said { endpoint, at: cx.now, id: &cx.request, code: Some(code) };
    let (to, leave) = error;
    Ok(Received::Back(Reply {
        endpoint,
        to,
        leave,
        fields: said.fields(sent.echo()),
        code: said.code,
        reference: Some(cx.request.clone()),
    }))
}

type Exit = (Callback, Leave);

/// Keeps what is well, for the person's key.
async fn kept(
    cx: &mut Cx,
    endpoint: Endpoint,
    sent: &Sent,
    named: &Named,
    retoma: Exit,
    error: &Exit,
) -> Result<Result<Received, Code>, Fault> {
    let Judged { otec, token, course, run } = match judged(cx, endpoint, sent, named).await? {
        Ok(judged) => judged,
        Err(code) => return Ok(Err(code)),
    };
    let request = Request {
        endpoint,
        otec: otec.number(),
        token: otec::token::stored(&token),
        course,
        attendance: sent.attendance().to_owned(),
        retoma,
        error: error.clone(),
        echo: sent.echo().clone(),
    };
    let clave = std::sync::Arc::clone(&cx.clave);
    let mut tx = clave.db.begin().await?;
    // Anybody can send one: counted as other requests that are kept before anybody has proved anything.
    if let Err(until) = limits::count(&mut tx, cx, Subject::Requests, None).await? {
        tx.commit().await?;
        return Ok(Ok(Received::TooMany { until }));
    }
    let token = waiting::keep(&mut tx, cx, run, &request).await?;
    tx.commit().await?;
    Ok(Ok(Received::Ask(token)))
}

/// What was sent, where nothing is wrong with it.
struct Judged {
    otec: Rut,
    token: Secret,
    course: Course,
    run: Rut,
}

/// In the order of the manual. A mistake of the form comes before a question to the catalogue.
async fn judged(cx: &Cx, endpoint: Endpoint, sent: &Sent, named: &Named) -> Result<Result<Judged, Code>, Fault> {
    let written = || {
        sent.is_whole(endpoint.act)?;
        let otec = sent.otec()?;
        let token = sent.token()?;
        otec::admits(named.otec.as_ref(), named.holder, otec)?;
        Ok(Judged { otec, token, course: sent.course(endpoint.environment)?, run: sent.run()? })
    };
    let judged = match written() {
        Ok(judged) => judged,
        Err(code) => return Ok(Err(code)),
    };
    let fits = catalogue::check(&mut cx.clave.db.read().await?, cx, judged.otec, &judged.course, judged.run).await?;
    Ok(fits.map(|()| judged))
}

/// Whom the request names.
struct Named {
    /// By `RutOtec`.
    otec: Option<Otec>,
    /// By the token.
    holder: Option<Holder>,
    /// Which addresses each of them lets participants be sent to; where nobody is named, those of all.
    lists: Vec<Vec<Origin>>,
}

impl Named {
    async fn by(tx: &mut Tx, cx: &Cx, sent: &Sent) -> Result<Self, Fault> {
        let otec = match sent.otec() {
            Ok(rut) => otec::find(tx, rut).await?,
            Err(_) => None,
        };
        let holder = match sent.token() {
            Ok(token) => otec::of_token(tx, &token, cx.now).await?,
            Err(_) => None,
        };
        let other = match holder {
            Some(holder) if otec.as_ref().is_none_or(|otec| otec.rut != holder.otec) => otec::find(tx, holder.otec).await?,
            _ => None,
        };
        let lists: Vec<_> = otec.iter().chain(&other).map(|otec| otec.origins.clone()).collect();
        let lists = if lists.is_empty() { otec::list(tx).await?.into_iter().map(|otec| otec.origins).collect() } else { lists };
        Ok(Self { otec, holder, lists })
    }

    /// How the browser may be sent there; `None` where it may not. Everybody whom the request names must let it: nobody becomes a way to somewhere else by
    /// naming another OTEC. Where it names nobody, it may go where anybody's participants go.
    fn lets(&self, to: Callback) -> Option<Exit> {
        let each = self.lists.iter().map(|list| lets(list, to.origin()));
        let leave = if self.otec.is_some() || self.holder.is_some() {
            each.reduce(|one, other| Some(one?.and(other?))).flatten()?
        } else if self.lists.is_empty() {
            Leave::Asks
        } else {
            each.flatten().reduce(Leave::or)?
        };
        Some((to, leave))
    }
}

fn lets(list: &[Origin], origin: &Origin) -> Option<Leave> {
    match list {
        [] => Some(Leave::Asks),
        list => list.contains(origin).then_some(Leave::AtOnce),
    }
}
