//! The pages, as a browser asks for them: over the router, with a real store behind it.

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
