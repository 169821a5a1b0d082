//! The installation's secret: a file outside the database, from which the PINs on receipts derive.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use app::keys::Keys;
use app::ports::{Ids, Installation};

use crate::Failure;

/// What a new key costs: said whenever one takes the place of another.
const COST: &str = "PINs on receipts that were given out no longer fit, and whoever has an open dossier \
                    is no longer found by identity number when handing in a second one";

/// Whether another key may take the place of the one that the database knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    Never,
    Knowingly,
}

/// Reads the secret that a database belongs to, or makes one for a database without dossiers.
///
/// The file is readable by its owner only. Losing it makes every printed PIN useless, so it belongs
/// into the backup, apart from the database.
pub async fn of_database(
    path: &Path,
    database: &dyn Installation,
    ids: &dyn Ids,
    replaced: Replaced,
) -> Result<Vec<u8>, Failure> {
    let cannot = |error| Failure::work("cannot tell which key the database belongs to", error);
    let mark = database.key_mark().await.map_err(cannot)?;
    let secret = match read(path)? {
        Some(secret) => secret,
        None if (mark.check.is_some() || mark.is_used) && replaced == Replaced::Never => {
            return Err(Failure::Input(format!(
                "the key file {} is not there, and the database has dossiers of its key: put the file \
                 back from the backup. `motcua serve --new-key` makes another key; then {COST}",
                path.display()
            )));
        }
        None => make(path, ids)?,
    };
    let keys = Keys::new(&secret);
    let fits = keys.fit(&mark);
    if !fits && replaced == Replaced::Never {
        return Err(other_key(path));
    }
    if !fits || (replaced == Replaced::Knowingly && mark.is_used && mark.check.is_none()) {
        tracing::warn!(file = %path.display(), "a new key is in use: {COST}");
    }
    let kept = database.keep_key_check(&keys.check(), !fits).await;
    kept.map_err(cannot)?;
    // Two that start at the same time on a new database, each with a key of its own.
    let mark = database.key_mark().await.map_err(cannot)?;
    if keys.fit(&mark) {
        Ok(secret)
    } else {
        Err(other_key(path))
    }
}

/// The same for a database that is still to be filled.
pub fn of_empty_database(path: &Path, ids: &dyn Ids) -> Result<Vec<u8>, Failure> {
    match read(path)? {
        Some(secret) => Ok(secret),
        None => make(path, ids),
    }
}

fn other_key(path: &Path) -> Failure {
    Failure::Input(format!(
        "the key file {} is not the one that the database belongs to: put the right one back from the \
         backup. `motcua serve --new-key` goes on with this one; then {COST}",
        path.display()
    ))
}

/// The secret of a file; none where no file is.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let text = text.trim();
            if text.len() < 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(Failure::Input(format!(
                    "{}: the secret must be 64 hexadecimal digits",
                    path.display()
                )));
            }
            Ok(Some(text.as_bytes().to_vec()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::Input(format!(
            "cannot read the secret {}: {error}",
            path.display()
        ))),
    }
}

fn make(path: &Path, ids: &dyn Ids) -> Result<Vec<u8>, Failure> {
    let secret = domain::digest::hex(&[ids.random(), ids.random()].concat());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        writeln!(file, "{secret}")?;
        file.sync_all()
    });
    written.map_err(|error| {
        Failure::work(
            format!("cannot write the secret to {}", path.display()),
            error,
        )
    })?;
    Ok(secret.into_bytes())
}
