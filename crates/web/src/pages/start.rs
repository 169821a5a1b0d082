//! `/start`: the target of `/` for browsers. It sends each visitor on to their own first page.

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::Pages;
use crate::frame;
use crate::visit::{Staff, Visit};

/// The address of this page.
pub const PATH: &str = "/start";

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route(PATH, get(start))
}

async fn start(visit: Visit) -> Response {
    let to = match visit.signed_in.clone() {
        Some(signed_in) => {
            let has_chosen = visit.has_chosen;
            frame::entrance(&Staff { visit, signed_in }, has_chosen)
        }
        None => "/signin".to_owned(),
    };
    Redirect::to(&to).into_response()
}
