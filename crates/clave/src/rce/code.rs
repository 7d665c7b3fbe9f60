//! `GlosaError`: why an attendance was not registered, in the numbers of the manual. The words for people are in `locales/`.

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $number:literal;)*) => {
        /// Why not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])* $name = $number,)*
        }

        impl Code {
            /// All that the manual 1.1.3 defines.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

codes! {
    /// Three wrong keys, or no key at all.
    WrongKey = 100;
    /// A mandatory field is missing, blank or not readable.
    Missing = 200;
    /// `UrlRetoma` or `UrlError` is missing.
    NoUrl = 201;
    /// `UrlRetoma` is no address that this OTEC's participants may be sent to.
    UrlRetoma = 202;
    /// `UrlError` is none.
    UrlError = 203;
    /// `CodSence` has not ten characters.
    CodSence = 204;
    /// `CodigoCurso` has fewer than seven characters, or more than fifty.
    CodigoCurso = 205;
    /// `LineaCapacitacion` is none of the three.
    Line = 206;
    /// `RunAlumno` is no RUN.
    RunAlumno = 207;
    /// The participant is not enrolled.
    NotEnrolled = 208;
    /// `RutOtec` is no RUT.
    RutOtec = 209;
    /// Three minutes went by.
    TimeUp = 210;
    /// The token is another OTEC's.
    ForeignToken = 211;
    /// The token was revoked, or has ended.
    TokenEnded = 212;
    /// Something failed here.
    Internal = 300;
    /// What is to be closed was started for another course or line.
    NotRegistered = 301;
    /// The OTEC is suspended.
    Otec = 302;
    /// There is no such token.
    UnknownToken = 303;
    /// There is no such attendance of this participant to be closed.
    Unverified = 304;
    /// The attendance that is to be closed has ended already.
    NotWritten = 305;
    /// The action does not belong to the course.
    OtherCourse = 306;
    /// The action is not e-learning.
    NotElearning = 307;
    /// The action is another OTEC's.
    OtherOtec = 308;
    /// Today is not between its days.
    Dates = 309;
    /// It has ended, or was annulled.
    Ended = 310;
}

impl Code {
    /// As it travels.
    pub fn number(self) -> u16 {
        self as u16
    }

    /// Reads what was stored.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| i64::from(code.number()) == number)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}
