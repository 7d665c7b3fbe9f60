//! What the participant's browser takes back to the LMS.

use super::{Act, Callback, Code, Endpoint, request::Echo};
use crate::moment::{Moment, ZONE};

/// Whether the browser goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Leave {
    /// The address is one of the OTEC's.
    AtOnce,
    /// Nobody said which addresses are the OTEC's: the person is told the host, and decides.
    Asks,
}

impl Leave {
    /// By itself only where both let it.
    pub(super) fn and(self, other: Self) -> Self {
        if self == Self::AtOnce { other } else { self }
    }

    /// By itself where either lets it.
    pub(super) fn or(self, other: Self) -> Self {
        if self == Self::Asks { other } else { self }
    }
}

/// A form that the browser posts. A field that has nothing to say is absent: an empty `GlosaError` or `IdSesionSence` means something to plugins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// To what.
    pub endpoint: Endpoint,
    /// Where to.
    pub to: Callback,
    /// Whether by itself.
    pub leave: Leave,
    /// Names and values, in the order of the manual.
    pub fields: Vec<(&'static str, String)>,
    /// Why not, where it did not go well.
    pub code: Option<Code>,
    /// By what operators find an error in the log.
    pub reference: Option<String>,
}

/// What a reply says beside its echo.
pub(super) struct Said<'a> {
    pub endpoint: Endpoint,
    pub at: Moment,
    /// The attendance that was started; for an error, by what operators find it.
    pub id: &'a str,
    pub code: Option<Code>,
}

impl Said<'_> {
    /// The fields: eight to a start, seven to a close, and `GlosaError` where something is wrong. What did not come does not go back.
    pub fn fields(&self, echo: &Echo) -> Vec<(&'static str, String)> {
        let started = (self.endpoint.act == Act::Start).then(|| self.id.to_owned());
        let fields = [
            ("CodSence", echo.cod_sence.clone()),
            ("CodigoCurso", echo.codigo_curso.clone()),
            ("IdSesionAlumno", echo.lms_session.clone()),
            ("IdSesionSence", started),
            ("RunAlumno", echo.run.clone()),
            ("FechaHora", Some(self.at.civil_in_chile())),
            ("ZonaHoraria", Some(ZONE.to_owned())),
            ("LineaCapacitacion", echo.line.clone()),
            ("GlosaError", self.code.map(|code| code.to_string())),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}
