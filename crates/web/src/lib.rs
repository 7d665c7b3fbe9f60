//! The pages of Clavero: `kit/` is what every page needs, `portal/` has one file a page. Rules are not here but in `clave`; a page
//! turns a form into a command and an outcome into words. See `docs/ARCHITECTURE.md`.

mod account;
mod health;
pub mod kit;
mod login;
pub mod messages;
mod metrics;
mod oidc;
pub mod paths;
mod portal;
mod rce;
pub mod site;
mod sms;

use std::{future::Future, ops::Deref, sync::Arc};

use axum::{Router, middleware};
use clave::{Clave, Fault};
use tokio::{net::TcpListener, sync::Semaphore};
use tower::{Layer as _, util::MapRequestLayer};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
};

use crate::kit::{
    assets::{self, Assets},
    errors::{self, Failure},
    headers, log, serve, visit,
};
pub use crate::{
    kit::i18n::{Texts, Words},
    metrics::Metrics,
    site::Site,
};

/// Pictures drawn at a time: each takes milliseconds of one core.
const DRAWING: usize = 4;

/// The running site. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

/// What the running site is made of.
#[derive(Debug)]
pub struct Parts {
    /// The product.
    pub clave: Arc<Clave>,
    /// What the installation decided.
    pub site: Arc<Site>,
    /// Texts of all languages.
    pub texts: Texts,
    assets: Assets,
    /// Captchas drawn at a time.
    drawing: Semaphore,
}

impl App {
    /// Loads texts and static files.
    ///
    /// # Errors
    /// The institution's logo cannot be read.
    pub fn new(clave: Arc<Clave>, site: Site) -> Result<Self, Fault> {
        let assets = Assets::load(site.institution.logo.as_deref())?;
        Ok(Self(Arc::new(Parts { clave, site: Arc::new(site), texts: Texts::load()?, assets, drawing: Semaphore::new(DRAWING) })))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Every page of the public listener.
pub fn router(app: App) -> Router {
    surround(
        app,
        Router::new()
            .merge(portal::routes())
            .merge(login::routes())
            .merge(account::routes())
            .merge(oidc::routes())
            .merge(rce::routes())
            .merge(sms::routes())
            .merge(health::routes()),
    )
}

/// Level 5 is where brotli begins to find what repeats far apart: a twentieth less than level 4 for a millisecond.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = DefaultPredicate::new().and(NotForContentType::const_new("audio/"));
    CompressionLayer::new().quality(CompressionLevel::Precise(5)).compress_when(worth_it)
}

/// Puts around `pages` what every page is surrounded by. Read the layers from the bottom: the last one is the outermost.
pub fn surround(app: App, pages: Router<App>) -> Router {
    let pages = pages
        .merge(assets::routes())
        .fallback(async || Failure::NotFound)
        .method_not_allowed_fallback(async || Failure::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(errors::panicked))
        .layer(middleware::from_fn_with_state(app.clone(), errors::dress))
        .layer(middleware::from_fn_with_state(app.clone(), visit::open))
        .layer(compression())
        .layer(middleware::from_fn_with_state(app.clone(), headers::protect))
        .layer(middleware::from_fn(log::observe))
        .with_state(app);
    // Layers run after routing, but addresses must be rewritten before it.
    Router::new().fallback_service(MapRequestLayer::new(paths::recognise).layer(pages))
}

/// Answers on `listener` until `shutdown`, then lets requests in flight finish.
pub async fn serve(app: App, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
    let site = Arc::clone(&app.site);
    serve::run(router(app), site, listener, shutdown).await;
}
