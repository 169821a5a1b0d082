//! What is looked at before somebody asks why it does not work, each with what to do.

mod database;
mod files;
mod ports;
mod time;

use std::path::Path;

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
    pub found: String,
    /// What to do about it; empty when nothing is to be done.
    pub remedy: String,
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
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self::new(name, State::Ok, found, "")
    }

    fn warn(name: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(name, State::Warn, found, remedy)
    }

    fn fail(name: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(name, State::Fail, found, remedy)
    }

    fn skip(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, State::Skip, why, "")
    }

    fn new(
        name: &'static str,
        state: State,
        found: impl Into<String>,
        remedy: impl Into<String>,
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
                || "defaults and environment".to_owned(),
                |file| file.display().to_string(),
            );
            (config, Finding::ok("configuration", from))
        }
        Err(failure) => {
            let remedy = "set it right; `motcua check` reads it again";
            return vec![
                Finding::fail("configuration", failure.to_string(), remedy),
                Finding::skip("everything else", "the configuration cannot be read"),
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
        Ok(catalogue) => Finding::ok(
            "catalogue",
            format!(
                "{} units, {} procedures",
                catalogue.units.len(),
                catalogue.procedures.iter().count()
            ),
        ),
        Err(failure) => Finding::fail(
            "catalogue",
            failure.to_string(),
            "set the texts right that are named; catalogue/README.md says how they are written",
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
