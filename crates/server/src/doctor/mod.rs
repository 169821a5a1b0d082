//! What is looked at before somebody asks why it does not work, each with what to do.

mod database;
mod files;
mod ports;
mod time;

use std::path::Path;

use domain::language::Language;
use serde::Serialize;

use crate::config::Config;
use crate::{Failure, catalogue, config};

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The thing: `database`.
    pub name: &'static str,
    /// How it is.
    pub state: State,
    /// What was found.
    pub found: Said,
    /// What to do about it; empty when nothing is to be done.
    pub remedy: Said,
}

/// A sentence in both languages. JSON, which is for programs, has the English one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    vi: String,
    en: String,
}

impl Said {
    /// The same in both languages: a path, a number, or an error, which only has its own words.
    fn alike(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            vi: text.clone(),
            en: text,
        }
    }

    /// In a language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Vietnamese => &self.vi,
            Language::English => &self.en,
        }
    }
}

/// A sentence in Vietnamese, and in English.
impl<V: Into<String>, E: Into<String>> From<(V, E)> for Said {
    fn from((vi, en): (V, E)) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }
}

impl Serialize for Said {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.en)
    }
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and somebody should look at it.
    Warn,
    /// It does not work, or what was answered may be lost.
    Fail,
    /// It was not looked at, because something before it failed.
    Skip,
}

impl State {
    /// As it stands at the beginning of a line.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            State::Ok => "ok  ",
            State::Warn => "WARN",
            State::Fail => "FAIL",
            State::Skip => "skip",
        }
    }
}

impl Finding {
    fn ok(name: &'static str, found: impl Into<Said>) -> Self {
        Self::new(name, State::Ok, found, Said::default())
    }

    fn warn(name: &'static str, found: impl Into<Said>, remedy: impl Into<Said>) -> Self {
        Self::new(name, State::Warn, found, remedy)
    }

    fn fail(name: &'static str, found: impl Into<Said>, remedy: impl Into<Said>) -> Self {
        Self::new(name, State::Fail, found, remedy)
    }

    fn skip(name: &'static str, why: impl Into<Said>) -> Self {
        Self::new(name, State::Skip, why, Said::default())
    }

    fn new(
        name: &'static str,
        state: State,
        found: impl Into<Said>,
        remedy: impl Into<Said>,
    ) -> Self {
        Self {
            name,
            state,
            found: found.into(),
            remedy: remedy.into(),
        }
    }
}

/// Looks at everything. Changes nothing but what opening a database changes.
pub async fn examine(file: Option<&Path>, database: Option<&str>) -> Vec<Finding> {
    let (config, first) = match configured(file, database) {
        Ok(config) => {
            let from = file.map_or_else(
                || ("mặc định và biến môi trường", "defaults and environment").into(),
                |file| Said::alike(file.display().to_string()),
            );
            (config, Finding::ok("configuration", from))
        }
        Err(failure) => {
            let remedy = (
                "sửa lại; `motcua check` đọc lại",
                "set it right; `motcua check` reads it again",
            );
            let why = (
                "không đọc được cấu hình",
                "the configuration cannot be read",
            );
            return vec![
                Finding::fail("configuration", Said::alike(failure.to_string()), remedy),
                Finding::skip("everything else", why),
            ];
        }
    };
    let mut findings = vec![first];
    findings.push(ports::listen("listen", config.listen).await);
    if let Some(address) = config.metrics_listen {
        findings.push(ports::listen("metrics_listen", address).await);
    }
    let shipped = catalogue::read(config.catalogue.as_deref());
    findings.push(match &shipped {
        Ok(catalogue) => {
            let units = catalogue.units.len();
            let procedures = catalogue.procedures.iter().count();
            let found = (
                format!("{units} đơn vị, {procedures} thủ tục"),
                format!("{units} units, {procedures} procedures"),
            );
            Finding::ok("catalogue", found)
        }
        Err(failure) => Finding::fail(
            "catalogue",
            Said::alike(failure.to_string()),
            (
                "sửa các văn bản được nêu; catalogue/README.md nói cách viết",
                "set the texts right that are named; catalogue/README.md says how they are written",
            ),
        ),
    });
    // Before the database is opened, which takes rights away that are too wide.
    findings.extend(files::modes(&config, file));
    findings.extend(files::disk(&config));
    findings.extend(database::look(&config, shipped.ok()).await);
    findings.push(time::certificate(&config));
    findings.push(time::backups(&config));
    findings
}

fn configured(file: Option<&Path>, database: Option<&str>) -> Result<Config, Failure> {
    let mut config = Config::read(file)?;
    if let Some(url) = database {
        config::check_database(url)?;
        url.clone_into(&mut config.database);
    }
    Ok(config)
}
