//! Backups that the server takes by itself, and how many of them stay.

use std::path::{Path, PathBuf};
use std::time::Duration;

use app::metrics;
use app::ports::Clock;
use domain::time::Instant;

use super::{take, taken_at};
use crate::clock::SystemClock;
use crate::config::{BackupPlan, Config};

/// How long the server waits after a backup that failed, such as on a full disk.
const AGAIN: Duration = Duration::from_secs(10 * 60);

/// Takes backups for as long as the server runs.
pub async fn keep_up(config: Config, plan: BackupPlan) {
    loop {
        tokio::time::sleep(until_next(&plan, SystemClock.now())).await;
        let began = tokio::time::Instant::now();
        match take(&config, &plan.folder, SystemClock.now(), &mut |_, _| {}).await {
            Ok(taken) => {
                let look = taken.look.unwrap_or_default();
                for difference in &look.differences {
                    tracing::error!(difference, "the backup differs from what its events say");
                }
                tracing::info!(
                    file = %taken.file.display(),
                    bytes = taken.bytes,
                    dossiers = look.dossiers,
                    differences = look.differences.len(),
                    duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
                    "a backup was taken"
                );
                for old in superfluous(&plan) {
                    match std::fs::remove_file(&old) {
                        Ok(()) => {
                            tracing::info!(file = %old.display(), "an old backup was removed");
                        }
                        Err(error) => {
                            tracing::warn!(file = %old.display(), %error, "cannot remove an old backup");
                        }
                    }
                }
            }
            Err(failure) => {
                metrics::get().backup_failures.inc();
                tracing::error!(
                    error = &failure as &dyn std::error::Error,
                    "no backup could be taken"
                );
                tokio::time::sleep(AGAIN.min(plan.every)).await;
            }
        }
    }
}

/// The backups of a folder with the moments of their taking, the newest first.
fn backups(folder: &Path) -> Vec<(Instant, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(Instant, PathBuf)> = entries
        .filter_map(|entry| Some((taken_at(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found
}

/// When the newest backup of a folder was taken.
#[must_use]
pub fn newest(folder: &Path) -> Option<Instant> {
    backups(folder).first().map(|(at, _)| *at)
}

/// Those that are older than the ones that stay.
fn superfluous(plan: &BackupPlan) -> Vec<PathBuf> {
    let all = backups(&plan.folder).into_iter();
    all.skip(plan.keep).map(|(_, file)| file).collect()
}

fn until_next(plan: &BackupPlan, now: Instant) -> Duration {
    let since = newest(&plan.folder).map(|taken| now - taken);
    // One from the future is of a clock that was wrong: it is not waited for.
    match since.map(|since| since.to_std()) {
        Some(Ok(since)) => plan.every.saturating_sub(since),
        Some(Err(_)) | None => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(folder: &Path) -> BackupPlan {
        BackupPlan {
            folder: folder.to_owned(),
            every: Duration::from_secs(24 * 3_600),
            keep: 2,
        }
    }

    #[test]
    fn the_newest_stay_and_files_of_others_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "motcua-20261128T010000Z.db",
            "motcua-20261130T010000Z.db",
            "motcua-20261129T010000Z.dump",
            "motcua-20260101T010000Z.db.part",
            "motcua.db",
        ] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(
            superfluous(&plan(folder.path())),
            [folder.path().join("motcua-20261128T010000Z.db")]
        );
    }

    #[test]
    fn a_restarted_server_waits_for_the_rest_of_the_time() {
        let folder = tempfile::tempdir().unwrap();
        let plan = plan(folder.path());
        let now: Instant = "2026-11-30T02:00:00Z".parse().unwrap();
        assert_eq!(until_next(&plan, now), Duration::ZERO, "there is none yet");
        std::fs::write(folder.path().join("motcua-20261130T010000Z.db"), "").unwrap();
        assert_eq!(until_next(&plan, now), Duration::from_secs(23 * 3_600));
    }
}
