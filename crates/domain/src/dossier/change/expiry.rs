//! The end of a dossier whose citizen was asked for papers and did not answer in time.
//!
//! Whether that ends it is a rule of the version that the dossier keeps, so dossiers of earlier
//! versions wait on.

use serde::{Deserialize, Serialize};

use crate::calendar;
use crate::dossier::Dossier;
use crate::dossier::acts::act::{Fact, Told, Written};
use crate::dossier::clock::Moved;
use crate::dossier::counting::{Counting, Law};
use crate::dossier::state::{Back, State};
use crate::procedure::{OnExpiry, Procedure};
use crate::time::Instant;

/// The end that the version of a dossier gives it, if its window for papers was over at a moment.
///
/// None while it may still be answered, or if its version lets it wait on.
#[must_use]
pub fn expire(dossier: &Dossier, now: Instant, law: &Law<'_>) -> Option<Expired> {
    let respond_by = expires(dossier, law)?;
    if now <= respond_by || dossier.mirrored.is_some() {
        return None;
    }
    let calendar = law.calendars.for_unit(dossier.resolving.as_str());
    Some(Expired {
        respond_by,
        ends: end_of(dossier, law),
        moved: dossier.wait_cut_short(now, calendar),
    })
}

/// When a dossier ends if its citizen does not answer; none if it waits on.
#[must_use]
pub fn expires(dossier: &Dossier, law: &Law<'_>) -> Option<Instant> {
    let State::SupplementRequested { .. } = dossier.state else {
        return None;
    };
    match end_of(dossier, law) {
        OnExpiry::Wait => None,
        OnExpiry::Close | OnExpiry::Refuse => dossier.respond_by,
    }
}

fn end_of(dossier: &Dossier, law: &Law<'_>) -> OnExpiry {
    law.procedures
        .get(&dossier.procedure, dossier.procedure_version)
        .map_or(OnExpiry::Wait, |procedure| procedure.on_expiry)
}

/// The citizen did not answer in time. Before reception the dossier counts as refused, after it as
/// stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expired {
    /// The last moment for the answer.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub respond_by: Instant,
    /// What the version says follows.
    pub ends: OnExpiry,
    /// How the due times moved, if the clock was standing.
    pub moved: Option<Moved>,
}

impl Fact for Expired {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let state = match &to.state {
            State::SupplementRequested {
                back: Back::Submitted,
            } => State::Refused,
            _ => State::Stopped,
        };
        to.expired = true;
        to.end_wait(self.moved.as_ref(), by.at);
        to.end(state, by.at);
    }

    fn recount(
        &mut self,
        on: Option<&Dossier>,
        counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        self.moved = counting.wait_cut_short(on);
        Ok(())
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        match self.ends {
            OnExpiry::Refuse => Told::of(
                "Từ chối vì quá thời hạn bổ sung; cần nộp hồ sơ mới",
                "Refused, because no papers came in time; a new dossier is needed",
            ),
            OnExpiry::Close | OnExpiry::Wait => Told::of(
                "Dừng xử lý vì quá thời hạn bổ sung",
                "Closed, because no papers came in time",
            ),
        }
    }
}
