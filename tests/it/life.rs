//! A dossier's life from end to end over real connections, in JSON and in gRPC.

mod cut;
mod repeated;
mod speaker;
mod tale;
mod teller;
mod web;
