//! The services: each method reads its request, asks the engine, and converts the answer.

mod access;
mod catalogue;
mod dossier;
mod event;
mod lookup;
mod portal;
mod publication;
mod report;
mod webhook;
mod worklist;

use std::pin::Pin;

use futures::Stream;
use tonic::Status;

/// What a server stream answers with.
pub(crate) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

pub(crate) use access::Access;
pub(crate) use catalogue::Catalogue;
pub(crate) use dossier::Dossiers;
pub(crate) use event::Events;
pub(crate) use lookup::Lookups;
pub(crate) use portal::Portals;
pub(crate) use report::Reports;
pub(crate) use webhook::Webhooks;
pub(crate) use worklist::Worklists;
