//! Builds a dossier from its history: the first event begins it, each later one changes it.

use super::acts::act::Written;
use super::acts::receive::Received;
use super::acts::submit::Submitted;
use super::correction::Corrections;
use super::custody::Custody;
use super::event::{Event, Record};
use super::mirror::Mirror;
use super::paper::Paper;
use super::state::State;
use super::{Channel, Circumstances, Dossier};
use crate::code::AnyCode;
use crate::id::{ActorId, CaseId, ComponentCode, ProcedureCode, UnitCode};
use crate::procedure::Kind;

impl Dossier {
    /// Folds a history. None if it is empty, or if its first event cannot begin a dossier.
    #[must_use]
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a Record>) -> Option<Self> {
        let mut records = records.into_iter();
        let begun = Self::begin(records.next()?)?;
        Some(records.fold(begun, Self::apply))
    }

    /// The dossier that a first event begins; none for an event that cannot begin one.
    #[must_use]
    pub fn begin(record: &Record) -> Option<Self> {
        let blank = if let Event::Submitted(facts) = &record.event {
            Self {
                mirrored: facts.mirrored.clone(),
                answer_due: facts.answer_due,
                submitted: Some(record.event_time),
                ..Self::blank(record, &Beginning::from(facts))
            }
        } else if let Event::Received(facts) = &record.event {
            Self::blank(record, &Beginning::from(facts))
        } else {
            return None;
        };
        Some(blank.apply(record))
    }

    /// Folds one event in. Cannot fail: an event is a fact.
    #[must_use]
    pub fn apply(mut self, record: &Record) -> Self {
        self.version = record.version;
        self.last = Ord::max(self.last, record.event_time);
        let by = Written {
            at: record.event_time,
            recorded: record.record_time,
            actor: &record.actor,
            unit: &record.unit,
        };
        record.event.apply(&mut self, &by);
        self
    }

    fn blank(record: &Record, facts: &Beginning<'_>) -> Self {
        Self {
            id: record.dossier,
            province: record.province.clone(),
            version: record.version,
            code: facts.code.cloned(),
            external_codes: facts.external_codes.to_vec(),
            procedure: facts.procedure.clone(),
            procedure_version: facts.procedure_version,
            case: facts.case.clone(),
            kind: facts.kind,
            mirrored: None,
            channel: facts.channel,
            assisted_by: facts.assisted_by.cloned(),
            components: facts.components.to_vec(),
            papers: facts.papers.to_vec(),
            incomplete: Vec::new(),
            receiving: facts.receiving.clone(),
            resolving: facts.resolving.clone(),
            returning: facts.returning.clone(),
            state: State::Submitted,
            assignee: None,
            submitted: None,
            answer_due: None,
            received: None,
            ended: None,
            returned: None,
            since: record.event_time,
            last: record.event_time,
            clock: None,
            supplements: 0,
            supplement_permit: None,
            notice_late: false,
            respond_by: None,
            extended: false,
            apologies: 0,
            verified: false,
            fee_open_vnd: None,
            fee_paid_vnd: 0,
            fee_refunded_vnd: 0,
            fee_method: None,
            payments: Vec::new(),
            reminder: None,
            circumstances: facts.circumstances.clone(),
            transfers: 0,
            mirror: Mirror::default(),
            custody: Custody::default(),
            expired: false,
            outages: 0,
            transit: None,
            moved: false,
            due_moved_late: false,
            succeeded: None,
            legs: Vec::new(),
            consultations: Vec::new(),
            offline: None,
            imported: None,
            results: Vec::new(),
            rating: None,
            corrections: Corrections::default(),
        }
    }
}

/// What the two beginning events, submission and reception, have in common.
struct Beginning<'a> {
    code: Option<&'a AnyCode>,
    external_codes: &'a [AnyCode],
    procedure: &'a ProcedureCode,
    procedure_version: u16,
    case: &'a CaseId,
    kind: Kind,
    channel: Channel,
    assisted_by: Option<&'a ActorId>,
    components: &'a [ComponentCode],
    papers: &'a [Paper],
    circumstances: &'a Circumstances,
    receiving: &'a UnitCode,
    resolving: &'a UnitCode,
    returning: &'a UnitCode,
}

macro_rules! beginning {
    ($facts:ident, $code:expr) => {
        Beginning {
            code: $code,
            external_codes: &$facts.external_codes,
            procedure: &$facts.procedure,
            procedure_version: $facts.procedure_version,
            case: &$facts.case,
            kind: $facts.procedure_kind,
            channel: $facts.channel,
            assisted_by: $facts.assisted_by.as_ref(),
            components: &$facts.components,
            papers: &$facts.papers,
            circumstances: &$facts.circumstances,
            receiving: &$facts.receiving,
            resolving: &$facts.resolving,
            returning: &$facts.returning,
        }
    };
}

impl<'a> From<&'a Submitted> for Beginning<'a> {
    fn from(facts: &'a Submitted) -> Self {
        beginning!(facts, Some(&facts.code))
    }
}

impl<'a> From<&'a Received> for Beginning<'a> {
    fn from(facts: &'a Received) -> Self {
        beginning!(facts, facts.code.as_ref())
    }
}
