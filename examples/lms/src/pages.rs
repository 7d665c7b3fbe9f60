//! The pages of the LMS: a course that one attends, and where the browser comes back to.

use crate::course::{Attendance, Course, Judged};
use crate::rce::{Rce, Reply, Says};
use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What every page needs.
pub struct Lms {
    rce: Rce,
    course: Course,
    /// Where people reach this LMS.
    own: String,
    attendance: Mutex<Attendance>,
}

type Shared = State<Arc<Lms>>;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    rce: &'a Rce,
    open: Option<&'a str>,
    fields: Vec<(&'static str, String)>,
    replies: Vec<Row<'a>>,
}

/// One reply on the page.
struct Row<'a> {
    heading: String,
    good: bool,
    judged: &'a Judged,
    lacks: Vec<&'static str>,
    told: Vec<(String, String)>,
    /// An error registered nothing that could be asked about.
    is_error: bool,
}

impl Lms {
    /// An LMS that nobody has attended yet.
    pub fn new(rce: Rce, course: Course, own: String) -> Self {
        Self { rce, course, own, attendance: Mutex::default() }
    }

    /// A panic elsewhere leaves it whole.
    fn attendance(&self) -> MutexGuard<'_, Attendance> {
        self.attendance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the form sends. The close brings the id of what it closes; at a start nobody looks at it.
    fn fields(&self, session: String, open: Option<&str>) -> Vec<(&'static str, String)> {
        let Course { otec, token, line, cod_sence, codigo_curso, run } = self.course.clone();
        vec![
            ("RutOtec", otec),
            ("Token", token),
            ("CodSence", cod_sence),
            ("CodigoCurso", codigo_curso),
            ("LineaCapacitacion", line),
            ("RunAlumno", run),
            ("IdSesionAlumno", session),
            ("UrlRetoma", format!("{}/vuelta", self.own)),
            ("UrlError", format!("{}/vuelta?error", self.own)),
            ("IdSesionSence", open.unwrap_or_default().to_owned()),
        ]
    }
}

impl<'a> Row<'a> {
    fn of(judged: &'a Judged) -> Self {
        let says = judged.reply.says();
        let heading = match says {
            Says::Error(code) => format!("Error {code}"),
            Says::Started(_) => "Sesión iniciada".to_owned(),
            Says::Closed => "Sesión cerrada".to_owned(),
        };
        let is_error = matches!(says, Says::Error(_));
        let good = judged.doubt.is_none() && judged.confirmed.is_ok() && !is_error;
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let told = judged.confirmed.iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect();
        Self { heading, good, judged, lacks: judged.reply.lacks(), told, is_error }
    }
}

/// All addresses.
pub fn router(lms: Arc<Lms>) -> Router {
    let server = lms.rce.origin().unwrap_or_default();
    let policy = format!("default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action {server}");
    let headers = move |mut answer: Response| {
        let policy = policy.clone();
        async move {
            if let Ok(policy) = policy.parse() {
                answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
            }
            answer.headers_mut().insert(REFERRER_POLICY, axum::http::HeaderValue::from_static("no-referrer"));
            answer.headers_mut().entry(CACHE_CONTROL).or_insert(axum::http::HeaderValue::from_static("no-store"));
            answer
        }
    };
    Router::new()
        .route("/", get(home))
        .route("/vuelta", post(back).get(async || Redirect::to("/")))
        .route("/estilo.css", get(style))
        .layer(middleware::map_response(headers))
        .with_state(lms)
}

async fn home(State(lms): Shared) -> Response {
    let mut attendance = lms.attendance();
    let session = attendance.begins();
    let open = attendance.open.as_deref();
    let home = Home {
        rce: &lms.rce,
        open,
        fields: lms.fields(session, open),
        replies: attendance.replies.iter().map(Row::of).collect(),
    };
    match home.render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The browser comes back. No cookie comes with a form from another site: who it is, `IdSesionAlumno` says.
async fn back(State(lms): Shared, body: Bytes) -> Response {
    let reply = Reply { fields: form_urlencoded::parse(&body).into_owned().collect() };
    let doubt = lms.attendance().doubt(&reply);
    let confirmed = if doubt.is_some() { Err("no se preguntó".to_owned()) } else { confirms(&lms, &reply).await };
    lms.attendance().takes(Judged { reply, doubt, confirmed });
    Redirect::to("/").into_response()
}

/// What Clave SENCE says of the attendance that a reply is about, where it says the same.
async fn confirms(lms: &Lms, reply: &Reply) -> Result<Map<String, Value>, String> {
    let (id, expected) = match reply.says() {
        Says::Started(id) => (Some(id.to_owned()), "abierta"),
        Says::Closed => (lms.attendance().open.clone(), "cerrada"),
        Says::Error(_) => (None, ""),
    };
    let id = id.ok_or("esta aula no sabe de qué sesión se trata")?;
    let told = lms.rce.confirms(&lms.course.token, &id).await.map_err(|error| format!("{error:#}"))?;
    match told.get("Estado").and_then(Value::as_str) {
        Some(state) if state == expected => Ok(told),
        state => Err(format!("dice otra cosa: {}", state.unwrap_or("nada"))),
    }
}

async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")], include_str!("../assets/estilo.css"))
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    fn lms() -> Router {
        // Nobody listens on port 1: every question goes unanswered.
        let rce = Rce::new(&"http://127.0.0.1:1".parse().unwrap(), false).unwrap();
        let text = |text: &str| text.to_owned();
        let course = Course {
            otec: text("76543210-3"),
            token: text("4ea5e1a0-0000-4000-8000-000000000000"),
            line: text("3"),
            cod_sence: text("-1"),
            codigo_curso: text("-1"),
            run: text("12345678-5"),
        };
        router(Arc::new(Lms::new(rce, course, text("http://127.0.0.1:4100"))))
    }

    async fn shows(lms: &Router) -> String {
        let answer = lms.clone().oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    async fn comes_back(lms: &Router, body: String) {
        let request =
            Request::post("/vuelta?error").header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body));
        assert_eq!(lms.clone().oneshot(request.unwrap()).await.unwrap().status(), StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn a_start_counts_only_when_the_server_confirms_it() {
        let lms = lms();
        let page = shows(&lms).await;
        assert!(page.contains("action=\"http://127.0.0.1:1/rcetest/Registro/IniciarSesion\""), "{page}");
        let session = page.split_once("name=\"IdSesionAlumno\" value=\"").unwrap().1.split('"').next().unwrap();
        comes_back(&lms, format!("IdSesionAlumno={session}&IdSesionSence=s-1&RunAlumno=%3Cb%3E")).await;
        let page = shows(&lms).await;
        for words in
            ["Sesión iniciada", "Sin confirmar: ask the server", "data-abierta=\"\"", "&#60;b&#62;", "Le falta: CodSence, "]
        {
            assert!(page.contains(words), "«{words}» is not in {page}");
        }
        comes_back(&lms, "IdSesionAlumno=ajeno&GlosaError=100".to_owned()).await;
        let page = shows(&lms).await;
        for words in ["Error 100", "No se cree: nadie la pidió"] {
            assert!(page.contains(words), "«{words}» is not in {page}");
        }
    }
}
