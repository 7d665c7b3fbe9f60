//! Clients that are no Moodle.

use super::{Arrival, Course, FRANCHISE, Fields, OTEC, Plugin, RUN, TOKEN, Verdict, fields};

/// Takes what one of its addresses expects, and else answers 400.
fn needs(arrival: &Arrival, names: &[&str], then: Verdict) -> Verdict {
    arrival.missing(names).map_or(then, |missing| Verdict::Lost(format!("400: no {missing}")))
}

/// The XBlock of EOL (Universidad de Chile): four addresses; one form for both acts, so that `IdSesionSence` is there and empty at the start; zeros on the
/// left of the RUN are taken away; the session's name is the block's.
pub struct OpenEdx {
    /// As the LMS has it.
    pub run: &'static str,
}

impl OpenEdx {
    const BLOCK: &str = "block-v1:UChile+SENCE101+2026_T1+type@sence+block@0f3a5b7c9d1e4f608192a3b4c5d6e7f8";

    fn form(&self, act: &str, kept: &str) -> Fields {
        let (digits, check) = self.run.trim_start_matches('0').split_at(self.run.trim_start_matches('0').len() - 1);
        let own = |ending| format!("https://open.example.cl/sence/{act}/{ending}");
        fields([
            ("RutOtec", OTEC),
            ("Token", &TOKEN.to_uppercase()),
            ("CodSence", FRANCHISE.cod_sence),
            ("CodigoCurso", FRANCHISE.codigo_curso),
            ("LineaCapacitacion", FRANCHISE.line),
            ("RunAlumno", &format!("{digits}-{check}")),
            ("IdSesionAlumno", Self::BLOCK),
            ("IdSesionSence", kept),
            ("UrlRetoma", &own("success")),
            ("UrlError", &own("fail")),
        ])
    }
}

impl Plugin for OpenEdx {
    fn origin(&self) -> &'static str {
        "https://open.example.cl"
    }

    fn start(&self) -> Fields {
        self.form("login", "")
    }

    fn close(&self, kept: &str) -> Fields {
        self.form("logout", kept)
    }

    fn judges(&self, arrival: &Arrival) -> Verdict {
        // Read as the key of a block: any other byte is an exception there.
        if arrival.post("IdSesionAlumno") != Self::BLOCK {
            return Verdict::Lost("500: not a key of a block".to_owned());
        }
        match arrival.path.trim_start_matches(self.origin()) {
            "/sence/login/success" => {
                needs(arrival, &["IdSesionAlumno", "IdSesionSence"], Verdict::Started(arrival.post("IdSesionSence").to_owned()))
            }
            "/sence/logout/success" => needs(arrival, &["IdSesionAlumno"], Verdict::Closed),
            "/sence/login/fail" | "/sence/logout/fail" => {
                needs(arrival, &["GlosaError", "IdSesionAlumno"], Verdict::Failed(arrival.post("GlosaError").to_owned()))
            }
            other => Verdict::Lost(format!("404: {other}")),
        }
    }
}

/// The plugin `sence` of A. Aragón: the participant types the RUN; fields of its form library and one of its own come along; whatever comes to the address
/// for success without `IdSesionSence` is a close.
pub struct Chamilo {
    pub typed: &'static str,
}

impl Chamilo {
    const USER: &str = "42";

    fn form(&self, more: Fields) -> Fields {
        let own = |page| {
            format!(
                "https://chamilo.example.cl/plugin/sence/{page}.php?cidReq=SEGURIDAD&id_session=0&gidReq=0&gradebook=0&origin="
            )
        };
        let mut form = fields([
            ("RunAlumno", self.typed),
            ("submit", ""),
            ("_qf__login_sence", ""),
            ("RutOtec", OTEC),
            ("Token", TOKEN),
            ("CodigoCurso", FRANCHISE.codigo_curso),
            ("ActionId", "0"),
            ("CodSence", FRANCHISE.cod_sence),
            ("LineaCapacitacion", FRANCHISE.line),
            ("IdSesionAlumno", Self::USER),
            ("UrlRetoma", &own("success")),
            ("UrlError", &own("error")),
        ]);
        form.extend(more);
        form
    }
}

impl Plugin for Chamilo {
    fn origin(&self) -> &'static str {
        "https://chamilo.example.cl"
    }

    fn start(&self) -> Fields {
        self.form(Vec::new())
    }

    fn close(&self, kept: &str) -> Fields {
        // From its table, where the reply's RUN was kept.
        self.form(fields([("IdSesionSence", kept)]))
    }

    fn judges(&self, arrival: &Arrival) -> Verdict {
        if arrival.path.ends_with("/error.php") {
            return Verdict::Failed(arrival.post("GlosaError").to_owned());
        }
        if arrival.empty("IdSesionSence") {
            return Verdict::Closed;
        }
        let columns = [("CodSence", 10), ("CodigoCurso", 36), ("RunAlumno", 20), ("IdSesionSence", 150), ("ZonaHoraria", 100)];
        match columns.iter().find(|(name, width)| !arrival.fits(name, *width)) {
            Some((name, _)) => Verdict::Lost(format!("{name} is too long")),
            None if arrival.post("IdSesionAlumno") != Self::USER => Verdict::Lost("somebody else's".to_owned()),
            None if arrival.empty("CodSence") => Verdict::Lost("nothing is kept without CodSence".to_owned()),
            None => Verdict::Started(arrival.post("IdSesionSence").to_owned()),
        }
    }
}

/// «SENCE RCE» of Webunica: addresses on the front page; no start without each of six fields with something in it.
pub struct WordPress {
    pub course: Course,
}

impl WordPress {
    /// WordPress's own session.
    const SESSION: &str = "pK3vUu0mTn7wQxY1bZr5sE8aLcD2fGhJ4kVtNqRy6Mo";

    fn form(&self, kept: Option<&str>) -> Fields {
        let Course { cod_sence, codigo_curso, line } = self.course;
        let word = if kept.is_some() { "sence_rce_close_callback" } else { "sence_rce_callback" };
        let own = |word| format!("https://otec.example.cl/?{word}=1&sence_course_id=99");
        let mut form = fields([
            ("RutOtec", OTEC),
            ("Token", TOKEN),
            ("LineaCapacitacion", line),
            ("RunAlumno", RUN),
            ("IdSesionAlumno", Self::SESSION),
            ("UrlRetoma", &own(word)),
            ("UrlError", &own("sence_rce_error")),
            ("CodSence", cod_sence),
            ("CodigoCurso", codigo_curso),
        ]);
        if let Some(kept) = kept {
            form.insert(5, ("IdSesionSence".to_owned(), kept.to_owned()));
        }
        form
    }
}

impl Plugin for WordPress {
    fn origin(&self) -> &'static str {
        "https://otec.example.cl"
    }

    fn start(&self) -> Fields {
        self.form(None)
    }

    fn close(&self, kept: &str) -> Fields {
        self.form(Some(kept))
    }

    fn judges(&self, arrival: &Arrival) -> Verdict {
        if !arrival.query("sence_rce_error").is_empty() && arrival.isset("GlosaError") {
            return Verdict::Failed(arrival.post("GlosaError").to_owned());
        }
        if !arrival.query("sence_rce_callback").is_empty() && arrival.isset("RunAlumno") {
            let all = ["RunAlumno", "IdSesionAlumno", "IdSesionSence", "FechaHora", "ZonaHoraria", "LineaCapacitacion"];
            return arrival.blank(&all).map_or_else(
                || Verdict::Started(arrival.post("IdSesionSence").to_owned()),
                |blank| Verdict::Lost(format!("no {blank}")),
            );
        }
        let closes = !arrival.query("sence_rce_close_callback").is_empty() && arrival.isset("RunAlumno");
        if closes && arrival.post("IdSesionAlumno") == Self::SESSION {
            return Verdict::Closed;
        }
        Verdict::Lost("a visit like any other".to_owned())
    }
}

/// The examples that OTECs without a plugin use: the session is the RUN without its hyphen, and what has a `CodSence` went well.
pub struct PlainPhp;

impl PlainPhp {
    const OWN: &str = "https://www.otec.example.cl/sence/validador.php";
    const CLOSED: &str = "https://www.otec.example.cl/sence/cierresesion.php";
}

impl Plugin for PlainPhp {
    fn origin(&self) -> &'static str {
        "https://www.otec.example.cl"
    }

    fn start(&self) -> Fields {
        fields([
            ("RunAlumno", RUN),
            ("IdSesionAlumno", &RUN.replace('-', "")),
            ("CodigoCurso", FRANCHISE.codigo_curso),
            ("RutOtec", OTEC),
            ("Token", &TOKEN.to_uppercase()),
            ("CodSence", FRANCHISE.cod_sence),
            ("LineaCapacitacion", FRANCHISE.line),
            ("UrlRetoma", Self::OWN),
            ("UrlError", Self::OWN),
        ])
    }

    fn close(&self, kept: &str) -> Fields {
        fields([
            ("IdSesionAlumno", &RUN.replace('-', "")),
            ("RutOtec", OTEC),
            ("Token", &TOKEN.to_uppercase()),
            ("CodSence", FRANCHISE.cod_sence),
            ("CodigoCurso", FRANCHISE.codigo_curso),
            ("LineaCapacitacion", FRANCHISE.line),
            ("RunAlumno", RUN),
            ("IdSesionSence", kept),
            ("UrlRetoma", Self::CLOSED),
            ("UrlError", Self::CLOSED),
        ])
    }

    fn judges(&self, arrival: &Arrival) -> Verdict {
        if !arrival.empty("GlosaError") {
            return Verdict::Failed(arrival.post("GlosaError").to_owned());
        }
        match (arrival.path == Self::CLOSED, arrival.empty("CodSence")) {
            (true, false) => Verdict::Closed,
            (false, false) => Verdict::Started(arrival.post("IdSesionSence").to_owned()),
            (_, true) => Verdict::Lost("a line of hyphens".to_owned()),
        }
    }
}

/// Itic: addresses with very long query strings that nobody escaped.
pub struct Itic {
    pub length: usize,
}

impl Itic {
    fn address(&self, word: &str) -> String {
        let begin = format!(
            "https://itic.example.cl/campus/lms/sence.aspx?resultado={word}&curso=Prevención de riesgos \"nivel 2\" {{a|b}}&grupo=<7>/b?c=d&volver=https://itic.example.cl/x?y=z&relleno="
        );
        let left = self.length - begin.chars().count();
        begin + &"ñ+%20;".chars().cycle().take(left).collect::<String>()
    }

    fn form(&self, more: Fields) -> Fields {
        let mut form = fields([
            ("RutOtec", OTEC),
            ("Token", TOKEN),
            ("CodSence", FRANCHISE.cod_sence),
            ("CodigoCurso", FRANCHISE.codigo_curso),
            ("LineaCapacitacion", FRANCHISE.line),
            ("RunAlumno", RUN),
            ("IdSesionAlumno", "itic|42|2026-06-15 12:00:00"),
            ("UrlRetoma", &self.address("ok")),
            ("UrlError", &self.address("no")),
        ]);
        form.extend(more);
        form
    }
}

impl Plugin for Itic {
    fn origin(&self) -> &'static str {
        "https://itic.example.cl"
    }

    fn start(&self) -> Fields {
        self.form(Vec::new())
    }

    fn close(&self, kept: &str) -> Fields {
        self.form(fields([("IdSesionSence", kept)]))
    }

    fn judges(&self, arrival: &Arrival) -> Verdict {
        match (arrival.query("resultado"), arrival.isset("GlosaError"), arrival.isset("IdSesionSence")) {
            ("no", true, _) => Verdict::Failed(arrival.post("GlosaError").to_owned()),
            ("ok", false, true) => Verdict::Started(arrival.post("IdSesionSence").to_owned()),
            ("ok", false, false) => Verdict::Closed,
            other => Verdict::Lost(format!("{other:?}")),
        }
    }
}
