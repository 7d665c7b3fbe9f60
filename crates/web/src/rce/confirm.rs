//! `GET /api/rce/sesiones/{IdSesionSence}`: the server of an OTEC asks for an attendance of its own. Nothing of what a browser carries is signed, so that
//! this is how an OTEC is sure. It shows its token as RFC 6750 has it.
//!
//! A wrong token is counted by address, as wrong secrets of systems are; the right one is let in whatever was counted.

use axum::{
    Json, Router,
    extract::{Path, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use clave::{
    Secret,
    limits::{self, Subject},
    rce::{
        Environment,
        attendance::{self, Attendance, State},
        otec,
    },
};
use oidc::{Code, Error};
use rut::Rut;
use serde::Serialize;

use crate::{
    App,
    oidc::api::{self, Call, Problem},
    paths,
};

const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"rce\"");
const INVALID: HeaderValue = HeaderValue::from_static("Bearer realm=\"rce\", error=\"invalid_token\"");

/// What is told of an attendance, in the names of the protocol. What it has not is absent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    id_sesion_sence: String,
    rut_otec: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    cod_sence: String,
    codigo_curso: String,
    linea_capacitacion: u8,
    run_alumno: String,
    id_sesion_alumno: String,
    fecha_hora_inicio: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fecha_hora_termino: Option<String>,
    zona_horaria: &'static str,
    estado: &'static str,
    ambiente: &'static str,
}

/// Its address.
pub fn routes() -> Router<App> {
    let other = async || {
        Problem::from(Error::invalid_request("this address takes GET"))
            .with_status(StatusCode::METHOD_NOT_ALLOWED)
            .with_header(header::ALLOW, HeaderValue::from_static("GET, HEAD"))
    };
    Router::new().route(paths::ATTENDANCE, get(take).fallback(other))
}

async fn take(id: Result<Path<String>, PathRejection>, call: Call) -> Response {
    // What is no text is no id of ours.
    let id = id.map_or_else(|_| String::new(), |Path(id)| id);
    api::answer(call, async |call| tell(call, &id).await).await
}

async fn tell(call: Call, id: &str) -> Result<Response, Problem> {
    let otec = holder(&call).await?;
    let cx = &call.cx;
    let found = attendance::find(&mut cx.clave.db.read().await?, cx, otec, id).await?;
    Ok(found.map_or_else(not_found, |attendance| {
        let ended = attendance.ended_at(cx.now).map(clave::Moment::civil_in_chile);
        api::json(&Told::of(attendance.state(cx.now), ended, attendance))
    }))
}

/// The OTEC whose token is shown.
async fn holder(call: &Call) -> Result<Rut, Problem> {
    let cx = &call.cx;
    let token = shown(&call.headers)?;
    let mut tx = cx.clave.db.read().await?;
    let holder = otec::of_token(&mut tx, &token, cx.now).await?.filter(|holder| !holder.ended);
    if let Some(holder) = holder
        && otec::find(&mut tx, holder.otec).await?.is_some_and(|otec| otec.suspended_at.is_none())
    {
        return Ok(holder.otec);
    }
    drop(tx);
    let mut tx = cx.clave.db.begin().await?;
    let counted = limits::count(&mut tx, cx, Subject::ClientSecrets, None).await?;
    tx.commit().await?;
    let error = Error::new(Code::InvalidToken, "the token is unknown or has ended, or its OTEC is suspended");
    let Err(until) = counted else { return Err(unauthorized(error, INVALID)) };
    let error = Error::new(Code::InvalidToken, "too many wrong tokens came from this address: wait, and check the token");
    let seconds = cx.now.until(until).as_secs().saturating_add(1);
    Err(Problem::from(error).with_status(StatusCode::TOO_MANY_REQUESTS).with_header(header::RETRY_AFTER, seconds))
}

/// `Authorization: Bearer …`, once.
fn shown(headers: &HeaderMap) -> Result<Secret, Problem> {
    let nothing = || {
        let error = Error::new(Code::InvalidToken, "show the token of the OTEC in the header Authorization: Bearer");
        unauthorized(error, CHALLENGE)
    };
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(nothing()) };
    let (scheme, token) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(nothing)?;
    if scheme.eq_ignore_ascii_case("Bearer") { Ok(Secret::new(token.trim())) } else { Err(nothing()) }
}

fn unauthorized(error: Error, challenge: HeaderValue) -> Problem {
    Problem::from(error).with_status(StatusCode::UNAUTHORIZED).with_header(header::WWW_AUTHENTICATE, challenge)
}

/// There is none, or it is another OTEC's.
fn not_found() -> Response {
    let body = serde_json::json!({
        "error": "not_found",
        "error_description": "this OTEC has no attendance with this IdSesionSence",
    });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

impl Told {
    fn of(state: State, ended: Option<String>, attendance: Attendance) -> Self {
        Self {
            id_sesion_sence: attendance.id,
            rut_otec: attendance.otec.plain(),
            cod_sence: attendance.cod_sence,
            codigo_curso: attendance.codigo_curso,
            linea_capacitacion: attendance.line.number(),
            run_alumno: attendance.run.plain(),
            id_sesion_alumno: attendance.lms_session,
            fecha_hora_inicio: attendance.started_at.civil_in_chile(),
            fecha_hora_termino: ended,
            zona_horaria: clave::ZONE,
            estado: state.name(),
            ambiente: match attendance.environment {
                Environment::Production => "produccion",
                Environment::Test => "prueba",
            },
        }
    }
}
