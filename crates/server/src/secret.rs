//! The installation's secret: a file outside the database.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use app::ports::Ids;

use crate::Failure;

/// Reads the secret, or makes one when the file does not exist yet.
///
/// The file is readable by its owner only. Losing it makes every printed PIN useless, so
/// it belongs into the backup, apart from the database.
pub fn read_or_make(path: &Path, ids: &dyn Ids) -> Result<Vec<u8>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let text = text.trim();
            if text.len() < 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(Failure::Input(format!(
                    "{}: the secret must be 64 hexadecimal digits",
                    path.display()
                )));
            }
            Ok(text.as_bytes().to_vec())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let secret = domain::digest::hex(&[ids.random(), ids.random()].concat());
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let written = options
                .open(path)
                .and_then(|mut file| writeln!(file, "{secret}"));
            written.map_err(|error| {
                Failure::work(
                    format!("cannot write the secret to {}", path.display()),
                    error,
                )
            })?;
            Ok(secret.into_bytes())
        }
        Err(error) => Err(Failure::Input(format!(
            "cannot read the secret {}: {error}",
            path.display()
        ))),
    }
}
