//! What an operator says of a product that is read: `[[reader]]` in the configuration.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use domain::id::{ProvinceCode, UnitCode};
use serde::Deserialize;

use crate::patience::Patience;
use crate::settings::{is_plain, may_be_called};

/// A hundred years.
const LONGEST_DAYS: u32 = 36_500;

/// A product that is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderSettings {
    /// Its name, in commands and logs.
    pub name: String,
    /// The province whose dossiers it has, by statistics code.
    pub province: ProvinceCode,
    /// Its address.
    pub address: String,
    /// Where it gives tokens; without one it is asked without.
    #[serde(default)]
    pub token_address: String,
    /// Who signs in there.
    #[serde(default)]
    pub user: String,
    /// The file with the secret.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// The map of its search: a shipped one by name, or a file.
    #[serde(default = "igate")]
    pub map: String,
    /// The map of its list instead of the one that the map of its search names: a shipped one by name, or a
    /// file.
    #[serde(default)]
    pub list_map: String,
    /// Its units, each by the id that the product gives it. Without any it is asked once, for all.
    #[serde(default)]
    pub units: BTreeMap<String, UnitCode>,
    /// How often it is asked.
    #[serde(default = "five_minutes")]
    pub every_seconds: u64,
    /// How often it is asked for everything, if it can be asked for what is new.
    #[serde(default = "a_day")]
    pub whole_every_hours: u64,
    /// How many days ago a dossier may have been handed in.
    #[serde(default = "over_a_year")]
    pub days: u32,
    /// How many rows a page has.
    #[serde(default = "fifty")]
    pub rows_a_page: usize,
    /// How many pages of one unit are read at most.
    #[serde(default = "two_thousand")]
    pub most_pages: usize,
    /// How long a call may take.
    #[serde(default = "half_a_minute")]
    pub timeout_seconds: u64,
    /// How long the first pause after a failure is.
    #[serde(default = "a_second")]
    pub first_pause_ms: u64,
    /// How often a page is asked for.
    #[serde(default = "five")]
    pub tries: u32,
}

fn igate() -> String {
    "igate".to_owned()
}
fn five_minutes() -> u64 {
    300
}
fn a_day() -> u64 {
    24
}
fn over_a_year() -> u32 {
    400
}
fn fifty() -> usize {
    50
}
fn two_thousand() -> usize {
    2_000
}
fn half_a_minute() -> u64 {
    30
}
fn a_second() -> u64 {
    1_000
}
fn five() -> u32 {
    5
}

impl ReaderSettings {
    /// Refuses what cannot work.
    ///
    /// Errors: the key, and what was expected.
    pub fn check(&self) -> Result<(), String> {
        let name = &self.name;
        let wrong = |problem: &str| Err(format!("reader {name}: {problem}"));
        if !is_plain(name) {
            return wrong("name: expected at most 40 of a-z, 0-9 and -");
        }
        for (key, address) in [
            ("address", &self.address),
            ("token_address", &self.token_address),
        ] {
            let is_absent = key == "token_address" && address.is_empty();
            if !is_absent && !may_be_called(address) {
                return wrong(&format!(
                    "{key}: expected https://; http:// only to this machine"
                ));
            }
        }
        for (key, number) in [
            ("every_seconds", self.every_seconds),
            ("whole_every_hours", self.whole_every_hours),
            ("days", self.days.into()),
            ("rows_a_page", self.rows_a_page as u64),
            ("most_pages", self.most_pages as u64),
            ("timeout_seconds", self.timeout_seconds),
            ("tries", self.tries.into()),
        ] {
            if number == 0 {
                return wrong(&format!("{key} must be at least 1"));
            }
        }
        if self.days > LONGEST_DAYS {
            return wrong(&format!("days must be at most {LONGEST_DAYS}"));
        }
        Ok(())
    }

    pub(super) fn every(&self) -> TimeDelta {
        seconds(self.every_seconds)
    }

    pub(super) fn whole_every(&self) -> TimeDelta {
        seconds(self.whole_every_hours.saturating_mul(3_600))
    }

    /// For as long as no call can last, and longer.
    pub(super) fn lease(&self) -> TimeDelta {
        seconds(self.timeout_seconds.saturating_mul(4).max(60))
    }

    pub(super) fn patience(&self) -> Patience {
        Patience {
            first: Duration::from_millis(self.first_pause_ms),
            tries: self.tries,
            ..Patience::default()
        }
    }
}

fn seconds(count: u64) -> TimeDelta {
    let most = TimeDelta::days(3_650);
    let seconds = i64::try_from(count).ok().and_then(TimeDelta::try_seconds);
    seconds.unwrap_or(most).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &str) -> Result<(), String> {
        let text = format!(
            "name = \"igate\"\nprovince = \"08\"\naddress = \"https://gateway.example\"\n{more}"
        );
        let settings: ReaderSettings = toml::from_str(&text).map_err(|wrong| wrong.to_string())?;
        settings.check()
    }

    #[test]
    fn what_cannot_work_is_refused_by_its_key() {
        assert_eq!(read(""), Ok(()));
        assert_eq!(
            read("token_address = \"http://127.0.0.1:7090/token\""),
            Ok(())
        );
        for (more, key) in [
            (
                "token_address = \"http://sso.example/token\"",
                "token_address",
            ),
            ("every_seconds = 0", "every_seconds"),
            ("tries = 0", "tries"),
            ("days = 40000", "days"),
            ("units = { \"5f3c\" = \"phường\" }", "phường"),
            ("password = \"x\"", "password"),
        ] {
            let refused = read(more).unwrap_err();
            assert!(refused.contains(key), "{more}: {refused}");
        }
    }
}
