//! The pages for chairmen, clerks and citizens, on the same port as everything else.
//!
//! Each page is one file in [`pages`] with its route, query, template and tests. A page calls
//! [`app`] directly, not over the wire. It is complete without scripts; scripts only make it
//! quicker.
//!
//! To add a page: a file in `src/pages` with `routes()`, a template, its texts in `words/`, and a
//! line in [`part`].

pub mod assets;
pub mod charts;
pub mod explain;
pub mod fault;
pub mod fields;
pub mod frame;
pub mod guard;
pub mod pages;
pub mod rows;
pub mod say;
pub mod visit;
pub mod words;

use std::sync::Arc;

use app::accounts::Accounts;
use app::import::uploads::Uploads;
use app::{Engine, Gate};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use motcua_http::Part;
use tower_http::compression::CompressionLayer;

use crate::fault::Fault;

/// The operator's settings for the pages.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The on-time rate that units should reach, from 0 to 1.
    pub target: f64,
    /// Whether browsers connect over TLS. Only then may cookies demand it.
    pub secure: bool,
    /// The address in QR codes, for example `https://motcua.example`; by default the address of the
    /// request.
    pub address: Option<String>,
    /// Roles that anybody may try, in a demonstration with made-up data.
    pub demo: Vec<DemoRole>,
    /// Where lists of dossiers are read and written; none if the page takes none.
    pub uploads: Option<Arc<Uploads>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            target: 0.95,
            secure: false,
            address: None,
            demo: Vec::new(),
            uploads: None,
        }
    }
}

/// A role that anybody may try.
#[derive(Clone)]
pub struct DemoRole {
    /// The role.
    pub role: domain::role::Role,
    /// The token that signs in with the role.
    pub token: String,
}

impl std::fmt::Debug for DemoRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DemoRole({})", self.role)
    }
}

/// The state that every page shares.
pub struct Pages {
    /// The use cases.
    pub engine: Arc<Engine>,
    /// Sessions and passwords.
    pub accounts: Arc<Accounts>,
    /// The gate that limits every call.
    pub gate: Gate,
    /// The operator's settings.
    pub settings: Settings,
}

/// All pages, and the page for unknown addresses.
#[must_use]
pub fn part(pages: Pages) -> Part {
    let pages = Arc::new(pages);
    let gate = middleware::from_fn_with_state(Arc::clone(&pages), guard::through_the_gate);
    let explain = middleware::from_fn_with_state(Arc::clone(&pages), explain::explain);
    let own = Router::new()
        .merge(pages::start::routes())
        .merge(pages::sign_in::routes())
        .merge(pages::lookup::routes())
        .merge(pages::unit::routes())
        .merge(pages::unit_choice::routes())
        .merge(pages::report::routes())
        .merge(pages::list::routes())
        .merge(pages::province::routes())
        .merge(pages::province_map::routes())
        .merge(pages::dossier::routes())
        .merge(pages::letters::routes())
        .merge(pages::lists::routes())
        .merge(pages::desk::routes())
        .merge(pages::password::routes())
        .merge(pages::setup::routes())
        .merge(pages::import::routes())
        .merge(pages::catalogue::routes())
        .merge(pages::portal::routes())
        .merge(pages::webhooks::routes())
        .method_not_allowed_fallback(async || Fault::WrongMethod)
        .layer(DefaultBodyLimit::max(fields::MOST_BYTES))
        .layer(middleware::from_fn(guard::same_site))
        .layer(gate)
        .merge(pages::live::routes())
        .merge(assets::routes())
        .layer(explain.clone())
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(guard::headers))
        .with_state(Arc::clone(&pages));
    let unknown = Router::new()
        .fallback(async || Fault::NoPage)
        .layer(explain)
        .layer(middleware::from_fn(guard::headers));
    Part::new("web", own)
        .home(pages::start::PATH)
        .unknown_paths(fault::wants_html, unknown)
}
