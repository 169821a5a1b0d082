//! The wire: generated types, services, conversions, errors and the JSON gateway.
//!
//! [`serve::wire`] puts the services over an engine, [`serve::run`] binds them to a port.
//! A call goes [`serve`] → JSON gateway or straight → service → conversion, which tells all
//! wrong fields at once → engine → drawn answer, or [`status`].

mod call;
pub mod client;
mod codec;
mod convert;
pub mod json;
mod listen;
pub mod offline;
pub mod proto;
pub mod serve;
mod service;
pub mod status;
mod wake;
