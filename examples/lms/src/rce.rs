//! What this LMS and Clave SENCE say to each other: where forms are sent, how a reply is judged, and the question whether it is true.

use anyhow::{Context, Result, bail};
use reqwest::{StatusCode, redirect::Policy};
use serde_json::{Map, Value};
use std::time::Duration;
use url::Url;

/// The server, in one of its two environments.
pub struct Rce {
    server: String,
    environment: &'static str,
    client: reqwest::Client,
}

/// What the participant's browser brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Names and values, as they came.
    pub fields: Vec<(String, String)>,
}

/// What it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says<'a> {
    /// Not registered, for this reason.
    Error(&'a str),
    /// Registered: the attendance with this id began.
    Started(&'a str),
    /// The attendance ended.
    Closed,
}

impl Reply {
    /// The value of a field that came.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// An error brings an `IdSesionSence` too, so that it is asked for first.
    pub fn says(&self) -> Says<'_> {
        match (self.field("GlosaError"), self.field("IdSesionSence")) {
            (Some(code), _) => Says::Error(code),
            (None, Some(id)) => Says::Started(id),
            (None, None) => Says::Closed,
        }
    }

    /// Fields that the manual wants and that are missing or empty.
    pub fn lacks(&self) -> Vec<&'static str> {
        let all = ["CodSence", "CodigoCurso", "IdSesionAlumno", "RunAlumno", "FechaHora", "ZonaHoraria", "LineaCapacitacion"];
        let is_social = self.field("LineaCapacitacion").is_some_and(|line| line.trim() == "1");
        let may_be_blank = |name: &str| name == "CodSence" && is_social;
        let is_there = |name: &str| self.field(name).is_some_and(|value| may_be_blank(name) || !value.is_empty());
        all.into_iter().filter(|name| !is_there(name)).collect()
    }
}

impl Rce {
    /// The server at this address.
    pub fn new(server: &Url, production: bool) -> Result<Self> {
        let client = reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(10)).build()?;
        let server = server.as_str().trim_end_matches('/').to_owned();
        Ok(Self { server, environment: if production { "rce" } else { "rcetest" }, client })
    }

    /// Where a form that starts is sent.
    pub fn start(&self) -> String {
        format!("{}/{}/Registro/IniciarSesion", self.server, self.environment)
    }

    /// Where one that closes is sent.
    pub fn close(&self) -> String {
        format!("{}/{}/Registro/CerrarSesion", self.server, self.environment)
    }

    /// Whether what it registers counts.
    pub fn is_production(&self) -> bool {
        self.environment == "rce"
    }

    /// Another page of the server.
    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }

    /// Scheme, host and port: forms may lead there.
    pub fn origin(&self) -> Result<String> {
        Ok(Url::parse(&self.server)?.origin().ascii_serialization())
    }

    /// What the server itself knows of an attendance: replies are not signed, so that anybody can send one.
    pub async fn confirms(&self, token: &str, id: &str) -> Result<Map<String, Value>> {
        let mut address = Url::parse(&self.server)?;
        address.path_segments_mut().map_err(|()| anyhow::anyhow!("not an address")).map(|mut path| {
            path.pop_if_empty().extend(["api", "rce", "sesiones", id]);
        })?;
        let answer = self.client.get(address).bearer_auth(token).send().await.context("ask the server")?;
        match answer.status() {
            StatusCode::OK => Ok(serde_json::from_slice(&answer.bytes().await?)?),
            StatusCode::NOT_FOUND => bail!("no hay tal asistencia"),
            StatusCode::UNAUTHORIZED => bail!("el token no sirve"),
            other => bail!("respondió {other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(fields: &[(&str, &str)]) -> Reply {
        Reply { fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect() }
    }

    #[test]
    fn an_error_is_an_error_although_it_brings_an_id() {
        assert_eq!(reply(&[("IdSesionSence", "r-1"), ("GlosaError", "100")]).says(), Says::Error("100"));
        assert_eq!(reply(&[("IdSesionSence", "s-1")]).says(), Says::Started("s-1"));
        assert_eq!(reply(&[("IdSesionAlumno", "a")]).says(), Says::Closed);
    }

    #[test]
    fn what_is_missing_is_said_and_a_blank_course_of_a_social_programme_is_not_missing() {
        let whole = [
            ("CodSence", ""),
            ("CodigoCurso", "RLAB-19-02-08-0071-1"),
            ("IdSesionAlumno", "a"),
            ("RunAlumno", "12345678-5"),
            ("FechaHora", "2026-06-15 12:00:00"),
            ("ZonaHoraria", "America/Santiago"),
            ("LineaCapacitacion", "1"),
        ];
        assert_eq!(reply(&whole).lacks(), <[&str; 0]>::default());
        assert_eq!(reply(&whole[1..6]).lacks(), ["CodSence", "LineaCapacitacion"]);
    }

    #[test]
    fn addresses_are_those_of_the_environment() {
        let server = Url::parse("https://clave.example.cl/").unwrap();
        assert_eq!(Rce::new(&server, true).unwrap().start(), "https://clave.example.cl/rce/Registro/IniciarSesion");
        assert_eq!(Rce::new(&server, false).unwrap().close(), "https://clave.example.cl/rcetest/Registro/CerrarSesion");
    }
}
