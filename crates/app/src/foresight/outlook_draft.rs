//! The open dossiers of an outlook, weighed while they are read.

use std::collections::HashMap;

use domain::dossier::Dossier;
use domain::id::DossierId;
use domain::procedure::Kind;
use domain::time::Instant;
use forecast::level::Level;
use forecast::outlook::Open;

use super::month::Month;
use super::scoring::{Laid, is_foreseen};
use super::workload::{Waiting, decides};
use crate::context::Context;
use crate::error::Error;
use crate::ports::{ReadTx, Scope};

/// The dossiers due within some working days, and those already overdue.
#[derive(Debug, Clone, Default)]
pub struct Ahead {
    /// How many working days.
    pub days: u32,
    /// The end of those days; none past the calendar.
    pub until: Option<Instant>,
    /// Dossiers at each level, in the order of [`Level::ALL`].
    pub levels: [u32; Level::ALL.len()],
    /// The expected number of late ends among them, overdue ones included.
    pub expected_late: f64,
}

impl Ahead {
    fn add(&mut self, level: Level, late: f64) {
        let place = Level::ALL.iter().position(|known| *known == level);
        if let Some(count) = place.and_then(|place| self.levels.get_mut(place)) {
            *count += 1;
        }
        self.expected_late += late;
    }
}

/// An outlook whose open dossiers are still being read.
pub(crate) struct OutlookDraft {
    /// Whose dossiers.
    pub scope: Scope,
    /// The month.
    pub month: Month,
    /// When they are looked at.
    pub now: Instant,
    /// Those due within the working days ahead.
    pub ahead: Ahead,
    /// What waits at steps.
    pub(super) waiting: Waiting,
    /// Due in the month or before it.
    pub counted: Vec<Open<DossierId>>,
    /// The same, and those due within the working days ahead: a month ends, work does not. On its last day
    /// the next ones are what can still be saved.
    pub near: Vec<Open<DossierId>>,
    /// All of these.
    pub named: HashMap<DossierId, Dossier>,
}

impl OutlookDraft {
    /// Without any dossier, for some working days ahead and until their end.
    pub fn new(
        scope: Scope,
        month: Month,
        now: Instant,
        (days, until): (u32, Option<Instant>),
    ) -> Self {
        Self {
            scope,
            month,
            now,
            ahead: Ahead {
                days,
                until,
                ..Ahead::default()
            },
            waiting: Waiting::new(days, until),
            counted: Vec::new(),
            near: Vec::new(),
            named: HashMap::new(),
        }
    }

    /// Weighs some dossiers of the scope, and leaves out those that are not its own.
    pub async fn add(
        &mut self,
        context: &Context,
        read: &dyn ReadTx,
        found: Vec<Dossier>,
    ) -> Result<(), Error> {
        let decided = found.iter().filter(|dossier| decides(&self.scope, dossier));
        decided.for_each(|dossier| self.waiting.add(dossier));
        let (ends, until) = (self.month.ends(), self.ahead.until);
        let own = found.into_iter().filter(|dossier| {
            let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
            dossier.kind == Kind::Procedure
                && is_foreseen(dossier)
                && decides(&self.scope, dossier)
                && due.is_some_and(|due| due < ends || Some(due) <= until)
        });
        let own: Vec<Dossier> = own.collect();
        let given: Vec<&Dossier> = own.iter().collect();
        let province = self.scope.province();
        let laid = context
            .foresight
            .lay_out(read, &context.catalogues, province, &given, self.now)
            .await?;
        for dossier in own {
            let laid = laid.get(&dossier.id);
            let weighed = laid.and_then(|laid| weighed(dossier.id, laid, self.now));
            if let Some((open, level)) = weighed {
                let due = dossier.due();
                let in_month = due.is_some_and(|due| due < ends);
                if due <= until {
                    self.ahead.add(level, open.late);
                }
                if in_month || due <= until {
                    self.near.push(open.clone());
                }
                if in_month {
                    self.counted.push(open);
                }
            }
            self.named.insert(dossier.id, dossier);
        }
        Ok(())
    }
}

/// The chance of lateness of a dossier, the gain from acting, and its level.
fn weighed(id: DossierId, laid: &Laid, now: Instant) -> Option<(Open<DossierId>, Level)> {
    let forecaster = &laid.of_unit.forecaster;
    let prospect = forecaster.prospect(&laid.running, now).ok()?;
    let open = Open {
        id,
        // Only the due time itself makes a dossier overdue.
        late: if prospect.overdue {
            1.0
        } else {
            prospect.late.min(0.999_999)
        },
        left_hours: prospect.left * forecaster.scale().hours_a_day,
        gain: forecaster.gain(&laid.running, now).ok()?,
    };
    Some((open, laid.level(None, now)?))
}
