//! The contract of `proto/motcua/v1`, generated: messages, clients and servers.

use std::sync::LazyLock;

use prost_reflect::DescriptorPool;

#[allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    rustdoc::all,
    reason = "generated from proto files, whose comments are not written for rustdoc"
)]
mod generated {
    tonic::include_proto!("motcua.v1");
}

pub use generated::*;

/// The compiled descriptors of the contract, as a `google.protobuf.FileDescriptorSet`.
pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("motcua");

/// The package of every service.
pub const PACKAGE: &str = "motcua.v1";

/// The services of the contract.
pub const SERVICES: [&str; 9] = [
    "motcua.v1.AccessService",
    "motcua.v1.CatalogueService",
    "motcua.v1.DossierService",
    "motcua.v1.EventService",
    "motcua.v1.LookupService",
    "motcua.v1.PortalService",
    "motcua.v1.ReportService",
    "motcua.v1.WebhookService",
    "motcua.v1.WorklistService",
];

/// The services that have a health.
pub(crate) fn services() -> impl Iterator<Item = &'static str> {
    ["grpc.health.v1.Health"].into_iter().chain(SERVICES)
}

/// Everything on the wire: the contract, health, and the details of errors.
pub fn pool() -> &'static DescriptorPool {
    static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
        let mut pool = DescriptorPool::new();
        for set in [
            FILE_DESCRIPTOR_SET,
            tonic_health::pb::FILE_DESCRIPTOR_SET,
            tonic_types::pb::FILE_DESCRIPTOR_SET,
        ] {
            pool.decode_file_descriptor_set(set)
                .expect("the build wrote descriptors that fit together");
        }
        pool
    });
    &POOL
}
