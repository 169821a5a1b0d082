//! The catalogue as pages: procedures, the year's calendar, and texts that one person proposes and
//! another approves.

mod calendar;
mod changes;
mod diagram;
mod documents;
mod month;
mod procedure;
mod procedures;

use std::sync::Arc;

use axum::Router;

use crate::Pages;

/// The routes of these pages.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .merge(procedures::routes())
        .merge(procedure::routes())
        .merge(calendar::routes())
        .merge(documents::routes())
}
