//! The wire: generated types, services, conversions, errors and the JSON gateway.
//!
//! [`serve::part`] puts the services over an engine, and `motcua_http` binds them to a port. A call
//! goes [`serve`] → JSON gateway, if it is JSON → service → conversion, which reports all wrong
//! fields at once → engine → converted answer, or [`status`].

mod acts;
mod call;
pub mod client;
mod codec;
mod convert;
mod door;
mod health;
pub mod json;
mod looks;
mod observe;
pub mod offline;
pub mod openapi;
pub mod proto;
mod reference;
pub mod serve;
mod service;
mod settings;
mod shared;
pub mod status;
mod streams;
mod wake;
mod weight;
