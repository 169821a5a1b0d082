//! Dossiers as callers see them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::code::AnyCode;
use domain::deadline::explain::Explanation;
use domain::dossier::private::Person;
use domain::dossier::{Action, Dossier, Record};
use domain::id::{DossierId, Invalid, StepId};
use domain::procedure::Procedure;
use domain::time::Instant;

use crate::foresight::Foreseen;

/// A dossier with what a desk needs to draw it.
#[derive(Debug, Clone)]
pub struct View {
    /// The dossier.
    pub dossier: Dossier,
    /// The applicant in force, as far as the caller's role may see them.
    pub applicant: Option<Person>,
    /// Every applicant ever recorded or proposed, by item, as far as the role may see them.
    pub people: HashMap<String, Person>,
    /// The procedure version it keeps.
    pub procedure: Arc<Procedure>,
    /// What the caller can ask of it now.
    pub allowed: Vec<Action>,
    /// The steps that may follow.
    pub next_steps: Vec<StepId>,
    /// How it stands towards its due time.
    pub timing: Timing,
    /// The moment as of which all of it is judged.
    pub at: Instant,
    /// What the units in whose worklist it stands have to meet; none elsewhere.
    pub for_unit: Option<ForUnit>,
    /// What is to be expected of it, where it was asked for and anything can be foreseen.
    pub foreseen: Option<Foreseen>,
    /// The receipt, on the answer to its reception only.
    pub receipt: Option<Receipt>,
}

/// How a dossier stands towards its due time at the moment of reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// Past the effective due time, the clock running.
    pub overdue: bool,
    /// Little working time left, by the rule of `deadline::near`.
    pub near_due: bool,
    /// Open time left, negative when overdue; none without a due time.
    pub working_time_left: Option<TimeDelta>,
    /// The last closing time before which an apology still moves the due time.
    pub apology_by: Option<Instant>,
    /// Papers were handed over late, or should have been by now.
    pub hand_over_late: bool,
}

/// What the units that look at their worklist have to meet of a dossier: its own due time where
/// they receive, decide or give it back or hold its papers, else that of their part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ForUnit {
    /// When; none when nothing is due.
    pub due: Option<Instant>,
    /// That has passed, and the clock runs.
    pub overdue: bool,
    /// Little working time is left until then.
    pub near_due: bool,
}

/// What is printed on the receipt besides the dossier (form 01).
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The PIN with which the citizen sees steps and dates.
    pub pin: String,
    /// How the due time came about; none without a limit.
    pub explanation: Option<Explanation>,
}

/// One line of a dossier's history.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    /// The event.
    pub record: Record,
    /// The texts that it commits to, by field, as far as the caller's role may see them.
    pub texts: Vec<(String, String)>,
}

/// How a caller names a dossier: by id or by any of its codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DossierName {
    /// By id.
    Id(DossierId),
    /// By a code, ours or an external one.
    Code(AnyCode),
}

impl DossierName {
    /// Reads `dossiers/{id}`, `dossiers/{code}`, or either alone.
    ///
    /// ```
    /// # use app::view::DossierName;
    /// assert!(matches!(
    ///     DossierName::parse("dossiers/H60.02215-261120-0001"),
    ///     Ok(DossierName::Code(_))
    /// ));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let bare = text.strip_prefix("dossiers/").unwrap_or(text);
        if let Ok(id) = DossierId::parse(bare) {
            return Ok(Self::Id(id));
        }
        AnyCode::parse(bare).map(Self::Code).map_err(|_not_a_code| Invalid {
            text: text.chars().take(64).collect(),
            expected: "a dossier name: dossiers/ and an id or a code, such as dossiers/H60.02215-261120-0001",
        })
    }
}

impl std::fmt::Display for DossierName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DossierName::Id(id) => write!(f, "dossiers/{id}"),
            DossierName::Code(code) => write!(f, "dossiers/{code}"),
        }
    }
}
