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
    /// The applicant in force, as far as the caller's role may see the data.
    pub applicant: Option<Person>,
    /// Every applicant ever recorded or proposed, by item, as far as the role may see the data.
    pub people: HashMap<String, Person>,
    /// The procedure version it keeps.
    pub procedure: Arc<Procedure>,
    /// The acts that the caller could do on it now.
    pub allowed: Vec<Action>,
    /// The steps that may follow.
    pub next_steps: Vec<StepId>,
    /// Its state towards its due time.
    pub timing: Timing,
    /// The moment as of which the view is judged.
    pub at: Instant,
    /// What the units of the worklist must meet; none outside a worklist.
    pub for_unit: Option<ForUnit>,
    /// The forecast, if it was asked for and the dossier has one.
    pub foreseen: Option<Foreseen>,
    /// The receipt, only in the answer to its reception.
    pub receipt: Option<Receipt>,
}

/// The state of a dossier towards its due time at the moment of reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// The effective due time has passed, and the clock runs.
    pub overdue: bool,
    /// Little working time left, by the rule of `deadline::near`.
    pub near_due: bool,
    /// Open time left, negative when overdue; none without a due time.
    pub working_time_left: Option<TimeDelta>,
    /// The last closing time before which an apology still moves the due time.
    pub apology_by: Option<Instant>,
    /// When the desk is alerted to an online submission that nobody has answered; none by no rule.
    pub alert_at: Option<Instant>,
    /// A hand-over of papers was late, or an open one is late now.
    pub hand_over_late: bool,
}

/// What the units of a worklist must meet of a dossier: its own due time if they receive, decide or
/// return it, or hold its papers; otherwise that of their part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ForUnit {
    /// When; none when nothing is due.
    pub due: Option<Instant>,
    /// That time has passed, and the clock runs.
    pub overdue: bool,
    /// Little working time is left until then.
    pub near_due: bool,
}

/// The data of the receipt besides the dossier (form 01).
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The PIN that shows the citizen steps and dates.
    pub pin: String,
    /// The explanation of the due time; none without a limit.
    pub explanation: Option<Explanation>,
}

/// One line of a dossier's history.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    /// The event.
    pub record: Record,
    /// The texts to which it commits, by field, as far as the caller's role may see them.
    pub texts: Vec<(String, String)>,
    /// The names of the people to whom it commits, by field, as far as the role may see them.
    pub named: Vec<(String, String)>,
}

/// The name by which a caller gives a dossier: its id or any of its codes.
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
