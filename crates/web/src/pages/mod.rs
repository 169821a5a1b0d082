//! One file a page.

pub mod lookup;
pub mod sign_in;
pub mod start;
pub mod unit;
