//! What the lines of the catalogue's files say, checked against each other before anything is written.

use std::{
    collections::{HashMap, HashSet},
    io,
};

use jiff::civil::Date;
use rut::Rut;

use super::{
    Kind,
    sheet::{Bad, Sheet, Source},
};

/// How an action is held that RCE is for.
pub(super) const E_LEARNING: &str = "e-learning";
/// The state of an action that goes on.
pub(super) const RUNNING: &str = "running";

const MODALITIES: [&str; 5] = [E_LEARNING, "presencial", "mixta", "autoinstruccional", "a distancia"];
const STATES: [(&str, &str); 3] = [("vigente", RUNNING), ("terminado", "ended"), ("anulado", "annulled")];
const LENGTH_OF_COURSE: usize = 10;
const LONGEST_ACTION: usize = 50;
const LONGEST_NAME: usize = 500;

/// A line of the courses.
pub(super) struct Course {
    pub code: String,
    pub name: String,
}

/// A line of the actions.
pub(super) struct Action {
    pub code: String,
    pub course: Option<String>,
    pub otec: Rut,
    pub modality: &'static str,
    pub first_day: Date,
    pub last_day: Date,
    pub state: &'static str,
}

/// What the files say. Codes are in capitals: whether an LMS writes them so does not matter.
#[derive(Default)]
pub(super) struct Content {
    pub courses: Option<Vec<Course>>,
    pub actions: Option<Vec<Action>>,
    /// The action's place in `codes`, and who.
    pub enrolments: Option<Vec<(u32, Rut)>>,
    pub codes: Vec<String>,
}

/// To what a file may refer. `None`: none were ever loaded, and nothing is checked.
#[derive(Default)]
pub(super) struct Known {
    pub courses: Option<HashSet<String>>,
    pub actions: Option<Vec<String>>,
}

/// What is wrong with a line.
type Wrong = Vec<String>;

/// Reads the files; each line that cannot be taken is told to `bad`.
pub(super) fn read(sources: Vec<Source<'_>>, known: Known, bad: &mut dyn FnMut(Bad)) -> io::Result<Content> {
    let mut content = Content::default();
    let Known { mut courses, mut actions } = known;
    for Source { kind, bytes } in sources {
        match kind {
            Kind::Courses => {
                let mut codes = Codes::default();
                let mut rows = Vec::new();
                each(Sheet::begin(bytes, ["cod_sence", "nombre"])?, kind, bad, |line, fields| {
                    let row = course(fields)?;
                    codes.add(&row.code, line)?;
                    rows.push(row);
                    Ok(())
                })?;
                (content.courses, courses) = (Some(rows), Some(codes.0.into_keys().collect()));
            }
            Kind::Actions => {
                let columns = ["codigo_curso", "cod_sence", "rut_otec", "modalidad", "inicio", "termino", "estado"];
                let mut codes = Codes::default();
                let mut rows = Vec::new();
                each(Sheet::begin(bytes, columns)?, kind, bad, |line, fields| {
                    let row = action(fields, courses.as_ref())?;
                    codes.add(&row.code, line)?;
                    rows.push(row);
                    Ok(())
                })?;
                actions = Some(rows.iter().map(|row: &Action| row.code.clone()).collect());
                content.actions = Some(rows);
            }
            Kind::Enrolments => {
                let mut enrolments = Enrolments::new(actions.take());
                each(Sheet::begin(bytes, ["codigo_curso", "run"])?, kind, bad, |line, fields| enrolments.add(line, fields))?;
                (content.enrolments, content.codes) = (Some(enrolments.rows), enrolments.codes);
            }
        }
    }
    Ok(content)
}

/// Takes line by line.
fn each<const N: usize>(
    sheet: Result<Sheet<'_, N>, String>,
    kind: Kind,
    bad: &mut dyn FnMut(Bad),
    mut take: impl FnMut(u64, [String; N]) -> Result<(), Wrong>,
) -> io::Result<()> {
    let mut sheet = match sheet {
        Ok(sheet) => sheet,
        Err(why) => {
            bad(Bad { kind, line: 1, why });
            return Ok(());
        }
    };
    let mut lines = 0;
    while let Some(line) = sheet.next()? {
        lines += 1;
        if let Err(wrong) = line.fields.map_err(|why| vec![why]).and_then(|fields| take(line.number, fields)) {
            bad(Bad { kind, line: line.number, why: wrong.join("; ") });
        }
    }
    if lines == 0 {
        let why =
            format!("there is nothing after the header: `clavero otec catalogue remove --{}` turns its checks off", kind.name());
        bad(Bad { kind, line: 1, why });
    }
    Ok(())
}

/// Codes, and the line where each is.
#[derive(Default)]
struct Codes(HashMap<String, u64>);

impl Codes {
    fn add(&mut self, code: &str, line: u64) -> Result<(), Wrong> {
        if let Some(first) = self.0.get(code) {
            return Err(vec![format!("{code} is in line {first}, too")]);
        }
        self.0.insert(code.to_owned(), line);
        Ok(())
    }
}

/// Who is enrolled where: millions may be, so each takes a few bytes only.
struct Enrolments {
    /// Whether other actions than these are wrong.
    is_closed: bool,
    codes: Vec<String>,
    places: HashMap<String, u32>,
    lines: HashMap<(u32, Rut), u64>,
    rows: Vec<(u32, Rut)>,
}

impl Enrolments {
    fn new(known: Option<Vec<String>>) -> Self {
        let is_closed = known.is_some();
        let codes = known.unwrap_or_default();
        let places = codes.iter().cloned().zip(0..).collect();
        Self { is_closed, codes, places, lines: HashMap::new(), rows: Vec::new() }
    }

    fn add(&mut self, line: u64, [code, run]: [String; 2]) -> Result<(), Wrong> {
        let mut wrong = Wrong::new();
        let place = or_said(&mut wrong, action_code(&code).and_then(|code| self.place(code)));
        let run = or_said(&mut wrong, rut("run", &run));
        let (Some(place), Some(run)) = (place, run) else { return Err(wrong) };
        if let Some(first) = self.lines.get(&(place, run)) {
            return Err(vec![format!("line {first} has the same")]);
        }
        self.lines.insert((place, run), line);
        self.rows.push((place, run));
        Ok(())
    }

    fn place(&mut self, code: String) -> Result<u32, String> {
        if let Some(place) = self.places.get(&code) {
            return Ok(*place);
        }
        if self.is_closed {
            return Err(format!("codigo_curso: there is no action {code}"));
        }
        let place = u32::try_from(self.codes.len()).map_err(|_| "codigo_curso: too many actions".to_owned())?;
        self.codes.push(code.clone());
        self.places.insert(code, place);
        Ok(place)
    }
}

fn course([code, name]: [String; 2]) -> Result<Course, Wrong> {
    let mut wrong = Wrong::new();
    let code = or_said(&mut wrong, course_code(&code));
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let name = or_said(
        &mut wrong,
        if fits { Ok(name) } else { Err(format!("nombre: write 1 to {LONGEST_NAME} characters on one line")) },
    );
    match (code, name) {
        (Some(code), Some(name)) => Ok(Course { code, name }),
        _ => Err(wrong),
    }
}

fn action(
    [code, course, otec, modality, first, last, state]: [String; 7],
    courses: Option<&HashSet<String>>,
) -> Result<Action, Wrong> {
    let mut wrong = Wrong::new();
    let code = or_said(&mut wrong, action_code(&code));
    let course = or_said(&mut wrong, if course.is_empty() { Ok(None) } else { known_course(&course, courses).map(Some) });
    let otec = or_said(&mut wrong, rut("rut_otec", &otec));
    let modality = or_said(&mut wrong, modality_of(&modality));
    let first_day = or_said(&mut wrong, day("inicio", &first));
    let last_day = or_said(&mut wrong, day("termino", &last));
    let state = or_said(&mut wrong, state_of(&state));
    if let (Some(first), Some(last)) = (first_day, last_day)
        && first > last
    {
        wrong.push("termino: it is before inicio".to_owned());
    }
    match (code, course, otec, modality, first_day, last_day, state) {
        (Some(code), Some(course), Some(otec), Some(modality), Some(first_day), Some(last_day), Some(state))
            if wrong.is_empty() =>
        {
            Ok(Action { code, course, otec, modality, first_day, last_day, state })
        }
        _ => Err(wrong),
    }
}

/// The value, or one more reason.
fn or_said<T>(wrong: &mut Wrong, read: Result<T, String>) -> Option<T> {
    read.map_err(|why| wrong.push(why)).ok()
}

fn course_code(text: &str) -> Result<String, String> {
    let fits = text.len() == LENGTH_OF_COURSE && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fits { Ok(text.to_ascii_uppercase()) } else { Err("cod_sence: write ten letters and digits".to_owned()) }
}

fn known_course(text: &str, courses: Option<&HashSet<String>>) -> Result<String, String> {
    let code = course_code(text)?;
    let known = courses.is_none_or(|courses| courses.contains(&code));
    if known { Ok(code) } else { Err(format!("cod_sence: there is no course {code}")) }
}

fn action_code(text: &str) -> Result<String, String> {
    let fits = (1..=LONGEST_ACTION).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        Ok(text.to_ascii_uppercase())
    } else {
        Err(format!("codigo_curso: write 1 to {LONGEST_ACTION} characters without spaces"))
    }
}

/// People's numbers are not repeated in what is printed.
fn rut(column: &str, text: &str) -> Result<Rut, String> {
    Rut::parse(text).map_err(|wrong| format!("{column}: {wrong}"))
}

fn modality_of(text: &str) -> Result<&'static str, String> {
    let text = text.to_lowercase();
    let known = MODALITIES.into_iter().find(|known| *known == text || known.replace('-', "") == text);
    known.ok_or_else(|| format!("modalidad: write one of {}", MODALITIES.join(", ")))
}

fn state_of(text: &str) -> Result<&'static str, String> {
    let text = text.to_lowercase();
    let known = STATES.into_iter().find(|(word, _)| *word == text).map(|(_, state)| state);
    known.ok_or_else(|| "estado: write vigente, terminado or anulado".to_owned())
}

/// `2026-11-30` or `30-11-2026`
fn day(column: &str, text: &str) -> Result<Date, String> {
    let fits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = match text.split('-').collect::<Vec<_>>()[..] {
        [first, month, last] if fits(month, 2) && fits(first, 4) && fits(last, 2) => Some((first, month, last)),
        [first, month, last] if fits(month, 2) && fits(first, 2) && fits(last, 4) => Some((last, month, first)),
        _ => None,
    };
    let date = parts.and_then(|(year, month, day)| Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok());
    date.ok_or_else(|| format!("{column}: write a day as in 2026-11-30 or 30-11-2026"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read, and what is wrong with it.
    fn taken(files: &[(Kind, &str)], known: Known) -> (Content, Vec<String>) {
        let mut bytes: Vec<(Kind, &[u8])> = files.iter().map(|(kind, text)| (*kind, text.as_bytes())).collect();
        let sources = bytes.iter_mut().map(|(kind, bytes)| Source { kind: *kind, bytes }).collect();
        let mut wrong = Vec::new();
        let content =
            read(sources, known, &mut |bad| wrong.push(format!("{} {}: {}", bad.kind.name(), bad.line, bad.why))).unwrap();
        (content, wrong)
    }

    const ACTIONS: &str = "codigo_curso,cod_sence,rut_otec,modalidad,inicio,termino,estado\n";

    #[test]
    fn every_bad_line_is_told_with_all_its_reasons() {
        let actions = format!(
            "{ACTIONS}A-100001,1234567890,76.123.456-0,E-Learning,01-03-2026,2026-03-31,Vigente\n\
             a-100001,,76123456-0,elearning,2026-03-01,2026-03-31,vigente\n\
             A-100002,1234567899,76123456-1,lejos,2026-03-01,2026-02-30,quizás\n\
             A-100003,,76123456-0,mixta,2026-03-02,2026-03-01,anulado\n"
        );
        let (content, wrong) =
            taken(&[(Kind::Courses, "cod_sence,nombre\n1234567890,Uno\n123,\n"), (Kind::Actions, &actions)], Known::default());
        assert_eq!(
            wrong,
            [
                "courses 3: cod_sence: write ten letters and digits; nombre: write 1 to 500 characters on one line",
                "actions 3: A-100001 is in line 2, too",
                "actions 4: cod_sence: there is no course 1234567899; rut_otec: the check digit of the RUT is wrong; modalidad: write one of \
                 e-learning, presencial, mixta, autoinstruccional, a distancia; termino: write a day as in 2026-11-30 or 30-11-2026; estado: \
                 write vigente, terminado or anulado",
                "actions 5: termino: it is before inicio",
            ]
        );
        let actions = content.actions.unwrap();
        assert_eq!((actions.len(), actions[0].modality, actions[0].state), (1, E_LEARNING, RUNNING));
        assert_eq!(actions[0].first_day.to_string(), "2026-03-01");
    }

    #[test]
    fn enrolments_refer_to_actions_where_there_are_some() {
        let file = "codigo_curso,run\nA-1,11111111-1\na-1,11.111.111-1\nB-1,22222222-2\nA-1,22222222-3\n";
        let (content, wrong) =
            taken(&[(Kind::Enrolments, file)], Known { actions: Some(vec!["A-1".to_owned()]), ..Known::default() });
        assert_eq!(
            wrong,
            [
                "enrolments 3: line 2 has the same",
                "enrolments 4: codigo_curso: there is no action B-1",
                "enrolments 5: run: the check digit of the RUT is wrong"
            ]
        );
        assert_eq!(content.enrolments.unwrap().len(), 1);
        let (content, wrong) = taken(&[(Kind::Enrolments, file)], Known::default());
        assert_eq!((content.codes.len(), wrong.len()), (2, 2), "none are loaded: any will do");
    }

    #[test]
    fn a_file_without_rows_is_refused() {
        let (_, wrong) = taken(&[(Kind::Enrolments, "codigo_curso,run\n\n,\n")], Known::default());
        assert!(wrong[0].starts_with("enrolments 1: there is nothing after the header"), "{wrong:?}");
    }
}
