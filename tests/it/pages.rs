//! The pages as a browser requests them: through the router, on a real store.

mod browser;
mod chromium;
mod desk;
mod look_up;
mod paper;
mod protection;
mod report;
mod seen;
mod sign_in;
mod unit;
