//! What every page needs and no page should write twice: who asks, in which language, with which form, and how it is answered.
//!
//! A page is one file of `portal/`: its address and handlers (`routes`), its template struct, its checks. It sees a request as a
//! [`visit::Visit`], reads a form only through [`form::ProtectedForm`], and answers with [`page::show`], [`page::see_other`] or a
//! [`errors::Failure`].

pub mod assets;
pub mod body;
pub mod browser;
pub mod captcha;
pub mod client_ip;
pub mod cookies;
pub mod csrf;
pub mod device;
pub mod errors;
pub mod fields;
pub mod form;
pub mod headers;
pub mod i18n;
pub mod log;
pub mod page;
pub mod serve;
pub mod visit;
pub mod way;
