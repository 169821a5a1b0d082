//! Compiles the contract in `proto/` without protoc.

use std::path::PathBuf;
use std::{env, error, fs};

use prost::Message;

const FILES: [&str; 9] = [
    "motcua/v1/access_service.proto",
    "motcua/v1/catalogue_service.proto",
    "motcua/v1/dossier_service.proto",
    "motcua/v1/event_service.proto",
    "motcua/v1/lookup_service.proto",
    "motcua/v1/portal_service.proto",
    "motcua/v1/report_service.proto",
    "motcua/v1/webhook_service.proto",
    "motcua/v1/worklist_service.proto",
];

fn main() -> Result<(), Box<dyn error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let descriptors = protox::compile(FILES.map(|file| root.join(file)), [&root])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // For reflection, the JSON gateway and the snapshot that guards the contract.
    fs::write(out.join("motcua.bin"), descriptors.encode_to_vec())?;
    let mut config = tonic_prost_build::Config::new();
    // A request is weighed by its name before it is decoded.
    config.enable_type_names();
    tonic_prost_build::configure()
        .btree_map(".")
        .codec_path("crate::codec::Codec")
        .compile_fds_with_config(descriptors, config)?;
    Ok(())
}
