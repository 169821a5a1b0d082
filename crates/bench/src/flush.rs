//! What a flush of the disk costs, measured beside every row: a ratio to the raw database means
//! nothing without it.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Failure;

/// How long one measurement takes.
const LASTS: Duration = Duration::from_millis(250);

/// A page of either database, about.
const BYTES: [u8; 8_192] = [7; 8_192];

/// From this ratio between two measurements on, the disk was not the same one.
const MOVED: f64 = 2.0;

/// The median of the milliseconds that writing a page and `fdatasync` take; none where the disk is
/// elsewhere.
pub async fn measure(folder: Option<&Path>) -> Result<Option<f64>, Failure> {
    let Some(folder) = folder.map(Path::to_owned) else {
        return Ok(None);
    };
    let measured = tokio::task::spawn_blocking(move || flushes(&folder)).await;
    measured
        .map_err(|error| Failure::work("a measurement broke", error))?
        .map(Some)
        .map_err(|error| Failure::work("cannot flush a file", error))
}

/// Whether a flush cost so much more or less after a measurement than before it that a ratio says
/// nothing.
pub fn moved(before: Option<f64>, after: Option<f64>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => f64::max(before, after) > MOVED * f64::min(before, after),
        (None, _) | (_, None) => false,
    }
}

fn flushes(folder: &Path) -> std::io::Result<f64> {
    let path = folder.join("motcua-bench-flush");
    let mut file = File::create(&path)?;
    let mut took = Vec::new();
    let began = Instant::now();
    while began.elapsed() < LASTS || took.len() < 3 {
        // The same few pages again and again, as a log that was settled is written.
        file.seek(SeekFrom::Start((took.len() % 64 * BYTES.len()) as u64))?;
        let one = Instant::now();
        file.write_all(&BYTES)?;
        file.sync_data()?;
        took.push(one.elapsed());
    }
    std::fs::remove_file(path)?;
    took.sort_unstable();
    Ok(took[took.len() / 2].as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flush_that_costs_three_times_as_much_afterwards_spoils_the_ratio() {
        assert!(moved(Some(1.0), Some(3.0)));
        assert!(moved(Some(3.0), Some(1.0)));
        assert!(!moved(Some(1.0), Some(1.9)));
        assert!(
            !moved(None, Some(3.0)),
            "nothing is known of a disk elsewhere"
        );
    }
}
