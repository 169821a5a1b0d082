//! The pages as a browser requests them: through the router, on a real store.

mod advised;
pub mod browser;
mod cable;
mod catalogue;
mod chromium;
mod cost;
mod desk;
mod forms;
mod import;
mod kept;
mod keyboard;
mod limits;
mod live;
mod look_up;
mod map;
mod office;
mod paper;
mod portal;
mod protection;
mod report;
mod seen;
mod sign_in;
mod story;
mod unit;
mod walk;
