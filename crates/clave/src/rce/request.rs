//! What an LMS sends, field by field, and what can be said of it without asking the database. Widths are those of the manual, in characters.

use std::fmt;

use rut::Rut;
use serde::{Deserialize, Serialize};

use super::{Act, Callback, Code, Environment};
use crate::secret::Secret;

const LONGEST_RUT: usize = 10;
const LENGTH_OF_TOKEN: usize = 36;
const LENGTH_OF_COD_SENCE: usize = 10;
const SHORTEST_CODIGO_CURSO: usize = 7;
const LONGEST_CODIGO_CURSO: usize = 50;
const LONGEST_ID: usize = 149;
/// Bytes that are kept to go back as they came: the widest values, written with the widest characters, and blanks around them.
const MOST_ECHOED: usize = 2_000;
/// Stands for either course code in the test environment.
const ANY_CODE: &str = "-1";

/// Which kind of training (`LineaCapacitacion`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Line {
    /// *Programas sociales*: no course code.
    Social,
    /// *Franquicia tributaria*.
    Franchise,
    /// *Formación en el puesto de trabajo*: short action codes.
    Workplace,
}

impl Line {
    const ALL: [Self; 3] = [Self::Social, Self::Franchise, Self::Workplace];

    /// As it travels.
    pub fn number(self) -> u8 {
        match self {
            Self::Social => 1,
            Self::Franchise => 3,
            Self::Workplace => 6,
        }
    }

    /// Reads what an LMS sent: one digit and nothing else.
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|line| line.to_string() == text)
    }

    /// Reads the number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|line| line.number() == number)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

/// The fields as they came; what has no name in the protocol is not kept.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    otec: Option<String>,
    token: Option<Secret>,
    url_retoma: Option<String>,
    url_error: Option<String>,
    attendance: Option<String>,
    echo: Echo,
}

/// What goes back as it came, byte for byte: some clients compare.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Echo {
    pub cod_sence: Option<String>,
    pub codigo_curso: Option<String>,
    pub lms_session: Option<String>,
    pub run: Option<String>,
    pub line: Option<String>,
}

/// The course, as far as it is well written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Course {
    pub line: Line,
    /// Empty in [`Line::Social`].
    pub cod_sence: String,
    pub codigo_curso: String,
    /// Whether either code stands for any, as in the test environment: then it belongs to no catalogue.
    pub is_any: bool,
}

impl Echo {
    /// `IdSesionAlumno`.
    pub fn lms_session(&self) -> &str {
        self.lms_session.as_deref().unwrap_or_default()
    }
}

impl Course {
    /// Whether this is the same course: capitals do not matter, as in the catalogue.
    pub fn is(&self, line: i64, cod_sence: &str, codigo_curso: &str) -> bool {
        i64::from(self.line.number()) == line
            && self.cod_sence.eq_ignore_ascii_case(cod_sence)
            && self.codigo_curso.eq_ignore_ascii_case(codigo_curso)
    }
}

impl Sent {
    /// Reads the pairs of a form. The first of a name counts; some clients write spaces behind a name.
    pub fn read(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut sent = Self::default();
        for (name, value) in pairs {
            let Echo { cod_sence, codigo_curso, lms_session, run, line } = &mut sent.echo;
            let field = match name.trim() {
                "RutOtec" => &mut sent.otec,
                "UrlRetoma" => &mut sent.url_retoma,
                "UrlError" => &mut sent.url_error,
                "IdSesionSence" => &mut sent.attendance,
                "CodSence" => cod_sence,
                "CodigoCurso" => codigo_curso,
                "IdSesionAlumno" => lms_session,
                "RunAlumno" => run,
                "LineaCapacitacion" => line,
                "Token" => {
                    sent.token.get_or_insert_with(|| Secret::new(value));
                    continue;
                }
                _ => continue,
            };
            field.get_or_insert(value);
        }
        sent
    }

    /// Where to after a success, and after an error. 201, 203, 202.
    pub(super) fn callbacks(&self, longest: usize) -> Result<(Callback, Callback), Code> {
        let (retoma, error) = (trimmed(self.url_retoma.as_deref()), trimmed(self.url_error.as_deref()));
        if retoma.is_empty() || error.is_empty() {
            return Err(Code::NoUrl);
        }
        let read = |text: &str, code| Callback::parse(text).filter(|_| text.chars().count() <= longest).ok_or(code);
        let error = read(error, Code::UrlError)?;
        Ok((read(retoma, Code::UrlRetoma)?, error))
    }

    /// Whether everything is there that must be. 200.
    pub(super) fn is_whole(&self, act: Act) -> Result<(), Code> {
        let Echo { cod_sence, codigo_curso, lms_session, run, line } = &self.echo;
        let token = self.token.as_ref().map(|token| token.expose().trim()).unwrap_or_default();
        let there = |field: &Option<String>| is_text(trimmed(field.as_deref()));
        let is_social = Line::parse(trimmed(line.as_deref())) == Some(Line::Social);
        let fields = [&self.otec, codigo_curso, lms_session, run, line].into_iter().all(there) && !token.is_empty();
        let course = is_social || there(cod_sence);
        let session = trimmed(lms_session.as_deref()).chars().count() <= LONGEST_ID;
        let echoed = [cod_sence, codigo_curso, lms_session, run, line].into_iter().flatten().map(String::len).sum::<usize>();
        let attendance = act == Act::Start || there(&self.attendance);
        if fields && course && session && attendance && echoed <= MOST_ECHOED { Ok(()) } else { Err(Code::Missing) }
    }

    /// Whose LMS this is. 209.
    pub(super) fn otec(&self) -> Result<Rut, Code> {
        rut(trimmed(self.otec.as_deref())).ok_or(Code::RutOtec)
    }

    /// What it shows for it, in lower case. 303.
    pub(super) fn token(&self) -> Result<Secret, Code> {
        let token = self.token.as_ref().map(|token| token.expose().trim()).unwrap_or_default();
        if is_uuid(token) { Ok(Secret::new(token.to_ascii_lowercase())) } else { Err(Code::UnknownToken) }
    }

    /// Which course. 206, 204, 205.
    pub(super) fn course(&self, environment: Environment) -> Result<Course, Code> {
        let line = Line::parse(trimmed(self.echo.line.as_deref())).ok_or(Code::Line)?;
        let is_any = |code: &str| environment == Environment::Test && code == ANY_CODE;
        let is_code = |code: &str| code.chars().all(|c| c.is_ascii_graphic());
        let cod_sence = trimmed(self.echo.cod_sence.as_deref());
        let fits = cod_sence.len() == LENGTH_OF_COD_SENCE && cod_sence.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !(fits || is_any(cod_sence) || line == Line::Social && cod_sence.is_empty()) {
            return Err(Code::CodSence);
        }
        let codigo_curso = trimmed(self.echo.codigo_curso.as_deref());
        let shortest = if line == Line::Workplace { 1 } else { SHORTEST_CODIGO_CURSO };
        let fits = (shortest..=LONGEST_CODIGO_CURSO).contains(&codigo_curso.chars().count()) && is_code(codigo_curso);
        if !(fits && codigo_curso != ANY_CODE || is_any(codigo_curso)) {
            return Err(Code::CodigoCurso);
        }
        let is_any = is_any(cod_sence) || is_any(codigo_curso);
        Ok(Course { line, cod_sence: cod_sence.to_owned(), codigo_curso: codigo_curso.to_owned(), is_any })
    }

    /// Who the participant is. 207.
    pub(super) fn run(&self) -> Result<Rut, Code> {
        rut(trimmed(self.echo.run.as_deref())).ok_or(Code::RunAlumno)
    }

    /// The attendance that is to be closed.
    pub(super) fn attendance(&self) -> &str {
        trimmed(self.attendance.as_deref())
    }

    pub(super) fn echo(&self) -> &Echo {
        &self.echo
    }
}

fn trimmed(field: Option<&str>) -> &str {
    field.unwrap_or_default().trim()
}

/// Something that can be written into a form and come back the same.
fn is_text(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER)
}

/// `xxxxxxxx-x` and nothing else; leading zeros, or none.
fn rut(text: &str) -> Option<Rut> {
    let (digits, check) = text.split_once('-')?;
    let shape = text.len() <= LONGEST_RUT && check.len() == 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
    Rut::parse(text).ok().filter(|_| shape)
}

fn is_uuid(text: &str) -> bool {
    text.len() == LENGTH_OF_TOKEN
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
