//! Clock, calendar, and the age of backups.

use app::ports::Clock;
use chrono::{NaiveDate, TimeDelta};
use domain::time::{self, Instant};

use super::Finding;
use crate::backup;
use crate::clock::SystemClock;
use crate::config::Config;

/// How far two clocks that are kept right differ at most.
const APART: TimeDelta = TimeDelta::seconds(2);

/// How far ahead the days off should be known: the longest limits of procedures are months.
const AHEAD: TimeDelta = TimeDelta::days(90);

/// Certificates that are renewed by a program have more left than this.
const RENEWED_BEFORE: TimeDelta = TimeDelta::days(21);

const SET_RIGHT: &str = "let the clock be kept right: `timedatectl set-ntp true`, or chrony";

/// This machine's clock beside that of the database, and beside what was recorded.
pub(super) fn clock(server: Option<Instant>, newest: Option<Instant>) -> Finding {
    let now = SystemClock.now();
    if let Some(newest) = newest.filter(|newest| *newest - now > APART) {
        return Finding::fail(
            "clock",
            format!(
                "it is {} here, and the newest record is of {}: nothing is written",
                time::rfc3339(now),
                time::rfc3339(newest)
            ),
            SET_RIGHT,
        );
    }
    let Some(server) = server else {
        return Finding::ok(
            "clock",
            format!("{}, after the newest record", time::rfc3339(now)),
        );
    };
    let apart = (server - now).abs();
    let told = format!("{} ms apart from the database's", apart.num_milliseconds());
    if apart > APART {
        return Finding::warn("clock", told, SET_RIGHT);
    }
    Finding::ok("clock", told)
}

/// How far ahead the calendar is official.
pub(super) fn calendar(last_official: NaiveDate, last: NaiveDate) -> Finding {
    let today = time::local_day(SystemClock.now());
    let told = format!("official until {last_official}, derived until {last}");
    let remedy = "when the year's days off and swaps are announced, publish them: `motcua calendar --help` \
                  and catalogue/README.md say how";
    if today > last {
        return Finding::fail("calendar", told, remedy);
    }
    if today + AHEAD > last_official {
        return Finding::warn(
            "calendar",
            format!("{told}; due times after that are provisional"),
            remedy,
        );
    }
    Finding::ok("calendar", told)
}

/// Until when the certificate of the port holds.
pub(super) fn certificate(config: &Config) -> Finding {
    const NAME: &str = "certificate";
    let certificate = match config.certificate() {
        Ok(Some(certificate)) => certificate,
        Ok(None) if config.plain => {
            return Finding::ok(NAME, "none: plain = true, a proxy in front ends TLS");
        }
        Ok(None) => return Finding::ok(NAME, "none: only this machine reaches the port"),
        Err(failure) => {
            let remedy =
                "put the pair there that was issued together, readable by the server's user";
            return Finding::fail(NAME, failure.to_string(), remedy);
        }
    };
    let ends = certificate.expires();
    let Some(ends) = ends.and_then(|seconds| Instant::from_timestamp(seconds, 0)) else {
        return Finding::warn(
            NAME,
            "it does not say until when it holds",
            "look at it by openssl x509",
        );
    };
    let told = format!("it holds until {}", time::rfc3339(ends));
    let remedy = "renew it; the server takes the new files within a minute";
    match ends - SystemClock.now() {
        left if left < TimeDelta::zero() => Finding::fail(NAME, told, remedy),
        left if left < RENEWED_BEFORE => Finding::warn(NAME, told, remedy),
        _ => Finding::ok(NAME, told),
    }
}

/// How old the newest backup is.
pub(super) fn backups(config: &Config) -> Finding {
    const NAME: &str = "backups";
    let Some(plan) = config.backups() else {
        return Finding::warn(
            NAME,
            "the server takes none",
            "set backup_folder, or run `motcua backup FOLDER` by a timer and look at its exit code",
        );
    };
    let folder = plan.folder.display();
    if !plan.folder.is_dir() {
        return Finding::fail(
            NAME,
            format!("backup_folder {folder} is no folder"),
            "make it, and let only the server's user read it",
        );
    }
    let Some(newest) = backup::newest(&plan.folder) else {
        return Finding::warn(
            NAME,
            format!("there is none in {folder}"),
            "start the server, which takes one at once; else look into its log",
        );
    };
    let age = SystemClock.now() - newest;
    let told = format!("the newest is of {}, in {folder}", time::rfc3339(newest));
    // Two that were missed are no accident of time.
    if age.to_std().is_ok_and(|age| age > plan.every * 2) {
        return Finding::fail(
            NAME,
            told,
            "look into the server's log for why none could be taken, and take one: `motcua backup FOLDER`",
        );
    }
    Finding::ok(NAME, told)
}
