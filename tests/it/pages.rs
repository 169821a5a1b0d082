//! The pages, as a browser asks for them: over the router, with a real store behind it.

mod browser;
mod look_up;
mod protection;
mod sign_in;
mod unit;
