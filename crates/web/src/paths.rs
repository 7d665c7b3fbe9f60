//! Every address, once: the router, redirects, templates and tests name these types. Others' bookmarks depend on the texts
//! (`surface.md`), and on their matching without regard to case and with or without a final `/`.

use std::{borrow::Cow, fmt};

use axum::{
    extract::Request,
    http::uri::{PathAndQuery, Uri},
};

macro_rules! paths {
    ($($(#[doc = $doc:literal])* $name:ident = $path:literal;)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl $name {
                /// For the router.
                pub const ROUTE: &'static str = $path;
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(Self::ROUTE)
                }
            }
        )*

        /// Addresses without parameters.
        pub const ALL: &[&str] = &[$($path),*];
    };
}

paths! {
    /// The portal (G-2).
    Home = "/";
    /// Register (G-3).
    Register = "/Account/Registrar";
    /// Forgotten key (G-4).
    Recover = "/Account/RecuperarClave";
    /// Change the key (G-5).
    Change = "/Account/CambiarClave";
    /// Update data (G-6).
    Update = "/Account/ActualizarDatos";
    /// Help.
    Help = "/ayuda";
    /// Which data is kept, why and how.
    Privacy = "/privacidad";
    /// Accessibility statement.
    Accessibility = "/accesibilidad";
    /// Legal persons: not offered yet.
    LegalPersons = "/personas-juridicas";
    /// Foreign facilitators: not offered yet.
    ForeignFacilitator = "/facilitador-extranjero";
    /// «No fui yo», from a message.
    NotMe = "/enlace/no-fui-yo";
    /// Confirms an e-mail, from a message.
    Confirm = "/enlace/confirmar";
    /// A link that stands in for the captcha was sent.
    CaptchaSent = "/enlace/enviado";
    /// Log in.
    Login = "/ingresar";
    /// Log out.
    Logout = "/salir";
    /// «Mi cuenta».
    Account = "/cuenta";
    /// The systems that know something of the person.
    AccountSystems = "/cuenta/sistemas";
    /// Where the person is logged in, and known devices.
    AccountSessions = "/cuenta/sesiones";
    /// What was sent to the person.
    AccountMessages = "/cuenta/mensajes";
    /// What happened to the account.
    AccountActivity = "/cuenta/actividad";
    /// What the provider says of itself (OpenID Connect Discovery).
    OpenidConfiguration = "/.well-known/openid-configuration";
    /// The same, as RFC 8414 has it.
    AuthorizationServer = "/.well-known/oauth-authorization-server";
    /// Public keys.
    Jwks = "/openid/jwks";
    /// A system sends a person to log in.
    Authorize = "/openid/authorize";
    /// A system pushes a request beforehand (RFC 9126).
    PushedAuthorization = "/openid/par";
    /// A relying system's request goes on, after the login.
    Resume = "/openid/continuar";
    /// What a system may know.
    Consent = "/openid/consentimiento";
    /// A system asks to log a person out.
    EndSession = "/openid/logout";
    /// The person is asked whether to.
    Leave = "/openid/salir";
    /// Codes and refresh tokens for tokens.
    Token = "/openid/token";
    /// What an access token opens.
    Userinfo = "/openid/userinfo";
    /// What a token is good for.
    Introspect = "/openid/introspect";
    /// A client gives a token back.
    Revoke = "/openid/revoke";
    /// A device without a browser asks.
    DeviceAuthorization = "/openid/device_authorization";
    /// A person types the code of a device without a browser.
    VerifyDevice = "/dispositivo";
    /// An LMS has a participant begin (RCE).
    StartAttendance = "/rce/Registro/IniciarSesion";
    /// And end.
    CloseAttendance = "/rce/Registro/CerrarSesion";
    /// The same where nothing counts.
    TestStartAttendance = "/rcetest/Registro/IniciarSesion";
    /// The same where nothing counts.
    TestCloseAttendance = "/rcetest/Registro/CerrarSesion";
    /// The participant proves it with the key, and goes back.
    Attend = "/rce/ingresar";
    /// The process runs.
    Live = "/health/live";
    /// The process can serve.
    Ready = "/health/ready";
    /// For browsers that ask without being told.
    Favicon = "/favicon.ico";
}

/// To these an LMS sends its participants: what they brought is not there when they open them by themselves.
pub const OF_LMS: [&str; 4] =
    [StartAttendance::ROUTE, CloseAttendance::ROUTE, TestStartAttendance::ROUTE, TestCloseAttendance::ROUTE];

/// Image and sound of one captcha, for the router.
pub const CAPTCHA: &str = "/captcha/{file}";

/// Image (`png`) or sound (`wav`) of one captcha.
pub fn captcha(id: &str, kind: &str) -> String {
    format!("/captcha/{id}.{kind}")
}

/// A system's logo, for the router.
pub const LOGO: &str = "/sistemas/{id}/logo";

/// A system's logo; another picture has another version.
pub fn logo(client: &str, version: &str) -> String {
    format!("/sistemas/{client}/logo?v={version}")
}

/// One attendance, for the server of its OTEC; for the router.
pub const ATTENDANCE: &str = "/api/rce/sesiones/{id}";

/// An SMS gateway tells what became of messages, for the router.
pub const SMS_RECEIPTS: &str = "/api/sms/recibos/{gateway}";

/// Beginnings of addresses whose rest is a parameter: only the beginning is matched without regard to case.
const PREFIXES: &[&str] = &["/api/rce/sesiones/", "/api/sms/recibos/", "/assets/", "/captcha/", "/enlace/", "/sistemas/"];

/// The address as the router knows it.
fn canonical(path: &str) -> Option<Cow<'static, str>> {
    let bare = path.trim_end_matches('/');
    let bare = if bare.is_empty() { "/" } else { bare };
    if let Some(known) = ALL.iter().find(|known| known.eq_ignore_ascii_case(bare)) {
        return Some(Cow::Borrowed(known));
    }
    PREFIXES.iter().find_map(|prefix| {
        let (start, rest) = bare.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then(|| Cow::Owned(format!("{prefix}{rest}")))
    })
}

/// Rewrites the request's address to the one the router knows. Runs before routing.
pub(crate) fn recognise<B>(mut request: Request<B>) -> Request<B> {
    let uri = request.uri();
    if let Some(known) = canonical(uri.path())
        && known != uri.path()
    {
        let whole = uri.query().map_or_else(|| known.to_string(), |query| format!("{known}?{query}"));
        if let Ok(whole) = PathAndQuery::try_from(whole) {
            let mut parts = uri.clone().into_parts();
            parts.path_and_query = Some(whole);
            if let Ok(uri) = Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
        }
    }
    request
}

/// A path that is safe in a link or redirect: `//host` and `/\host` lead away in a browser.
pub(crate) fn own(path: &str) -> &str {
    let mut start = path.chars();
    match (start.next(), start.next()) {
        (Some('/'), Some('/' | '\\')) | (None | Some('\\'), _) => Home::ROUTE,
        (Some('/'), _) => path,
        _ => Home::ROUTE,
    }
}

/// Whether this names a page of ours, so that a browser may be sent there. Browsers drop tabs and line ends wherever they stand, so that nothing but
/// plain characters may be in it.
pub(crate) fn is_own(address: &str) -> bool {
    const LONGEST: usize = 500;
    let plain = address.len() <= LONGEST && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && address.starts_with('/') && own(address) == address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_match_without_regard_to_case_and_final_slash() {
        assert_eq!(canonical("/account/REGISTRAR/").as_deref(), Some("/Account/Registrar"));
        assert_eq!(canonical("/").as_deref(), Some("/"));
        assert_eq!(canonical("///").as_deref(), Some("/"));
        assert_eq!(canonical("/Captcha/AbC.png").as_deref(), Some("/captcha/AbC.png"), "ids keep their case");
        assert_eq!(canonical("/nada"), None);
        assert_eq!(canonical("/ñ"), None);
    }

    #[test]
    fn a_path_that_leads_away_is_not_followed() {
        assert_eq!(own("//evil.example"), "/");
        assert_eq!(own("/\\evil.example"), "/");
        assert_eq!(own("/ayuda"), "/ayuda");
        assert_eq!(own(""), "/");
        for ours in ["/", "/cuenta/sesiones?pagina=2", "/a//b"] {
            assert!(is_own(ours), "{ours}");
        }
        for foreign in
            ["", "//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "/a\r\nX: y", "cuenta", "/ñ"]
        {
            assert!(!is_own(foreign), "{foreign}");
        }
    }
}
