//! All procedures with all their versions, picked by code and day.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::Procedure;
use crate::id::ProcedureCode;

/// Why versions of one code cannot stand together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVersions {
    /// The number was given out before.
    #[error("version {version} of {code} is listed twice")]
    Twice {
        /// The procedure.
        code: ProcedureCode,
        /// The repeated number.
        version: u16,
    },
    /// A higher number must start on a later day.
    #[error("version {version} of {code} starts on {from}, not after version {earlier}")]
    NotLater {
        /// The procedure.
        code: ProcedureCode,
        /// The later version.
        version: u16,
        /// Its first day.
        from: NaiveDate,
        /// The version before it.
        earlier: u16,
    },
}

/// Every procedure, looked up by code in constant time.
#[derive(Debug, Clone, Default)]
pub struct Procedures {
    /// Versions of a code, earliest first: by number and by day at once.
    by_code: HashMap<ProcedureCode, Vec<Arc<Procedure>>>,
    /// The codes in order, so that lists are stable.
    codes: Vec<ProcedureCode>,
}

impl Procedures {
    /// Indexes the versions, which may come in any order.
    pub fn new(
        versions: impl IntoIterator<Item = Arc<Procedure>>,
    ) -> Result<Self, InvalidVersions> {
        let mut by_code: HashMap<ProcedureCode, Vec<Arc<Procedure>>> = HashMap::new();
        for procedure in versions {
            by_code
                .entry(procedure.code.clone())
                .or_default()
                .push(procedure);
        }
        for versions in by_code.values_mut() {
            versions.sort_by_key(|procedure| procedure.version);
            for pair in versions.windows(2) {
                let (earlier, later) = (&pair[0], &pair[1]);
                let (code, version) = (later.code.clone(), later.version);
                if earlier.version == version {
                    return Err(InvalidVersions::Twice { code, version });
                }
                if earlier.from >= later.from {
                    let (from, earlier) = (later.from, earlier.version);
                    return Err(InvalidVersions::NotLater {
                        code,
                        version,
                        from,
                        earlier,
                    });
                }
            }
        }
        let mut codes: Vec<_> = by_code.keys().cloned().collect();
        codes.sort();
        Ok(Self { by_code, codes })
    }

    /// The version a dossier pinned.
    #[must_use]
    pub fn get(&self, code: &ProcedureCode, version: u16) -> Option<&Arc<Procedure>> {
        self.versions(code)
            .iter()
            .find(|procedure| procedure.version == version)
    }

    /// The version a dossier received on this day falls under; none once other procedures have taken
    /// over.
    #[must_use]
    pub fn in_force(&self, code: &ProcedureCode, day: NaiveDate) -> Option<&Arc<Procedure>> {
        self.versions(code)
            .iter()
            .rev()
            .find(|procedure| procedure.from <= day)
            .filter(|procedure| procedure.replaced_by.is_empty())
    }

    /// The version in force of the procedure a person means.
    #[must_use]
    pub fn find(&self, text: &str, day: NaiveDate) -> Option<&Arc<Procedure>> {
        self.in_force(&meant(text)?, day)
    }

    /// The last version of the procedure a person means, even if other procedures have taken over: dossiers of it
    /// remain.
    #[must_use]
    pub fn known(&self, text: &str) -> Option<&Arc<Procedure>> {
        self.versions(&meant(text)?).last()
    }

    /// The versions of a code, earliest first; none if the code is not known.
    #[must_use]
    pub fn versions(&self, code: &ProcedureCode) -> &[Arc<Procedure>] {
        self.by_code.get(code).map_or(&[], Vec::as_slice)
    }

    /// What is in force on a day, by code.
    pub fn iter_in_force(&self, day: NaiveDate) -> impl Iterator<Item = &Arc<Procedure>> {
        self.codes
            .iter()
            .filter_map(move |code| self.in_force(code, day))
    }

    /// Every version of every procedure, by code, earliest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.codes.iter().flat_map(|code| self.versions(code))
    }

    /// How many codes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }
}

/// The code that a person means. Only the first two groups of a national code count, so
/// `1.001193.000.00.00.H60` and `1.001193.H60` both mean 1.001193.
fn meant(text: &str) -> Option<ProcedureCode> {
    let text = text.trim().to_ascii_lowercase();
    let base = match text.match_indices('.').nth(1) {
        Some((second_dot, _)) => &text[..second_dot],
        None => &text,
    };
    ProcedureCode::parse(base).ok()
}
