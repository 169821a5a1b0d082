//! Whether the work at each step fits: what must pass it soon, beside what passed it lately.

use std::collections::BTreeMap;
use std::ops::Range;

use domain::catalogue::Catalogue;
use domain::dossier::{Dossier, Record, State};
use domain::id::{DossierId, ProcedureCode, StepId};
use domain::procedure::Kind;
use domain::time::{self, Instant};

use crate::engine::Engine;
use crate::error::Error;
use crate::ports::{DossierFilter, List, ReadTx, Scope};

/// How many dossiers are read at once.
const STRIDE: u32 = 500;

/// Whether units of a scope decide a dossier.
pub(crate) fn decides(scope: &Scope, dossier: &Dossier) -> bool {
    match scope {
        Scope::Province(_) => true,
        Scope::Units(_, units) => units.contains(&dossier.resolving),
    }
}

/// The work at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLoad {
    /// The step.
    pub step: StepId,
    /// Its name in one of the procedures that have it.
    pub name: String,
    /// Dossiers that are at it now.
    pub waiting: u32,
    /// Of these, due within the working days looked ahead, or overdue.
    pub due: u32,
    /// Dossiers that passed it in as many working days before today.
    pub passed: u32,
    /// How many working days.
    pub days: u32,
}

impl StepLoad {
    /// Whether as many passed lately as must pass soon.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.due <= self.passed
    }

    /// The same in Vietnamese and English.
    #[must_use]
    pub fn words(&self) -> [String; 2] {
        let Self {
            name,
            due,
            passed,
            days,
            ..
        } = self;
        let more = due.saturating_sub(*passed);
        let [vi, en] = if self.fits() {
            ["kịp".to_owned(), "it fits".to_owned()]
        } else {
            [
                format!("thừa {more} hồ sơ so với sức làm"),
                format!("{more} more than the pace allows"),
            ]
        };
        [
            format!(
                "“{name}”: {due} hồ sơ phải qua bước này trong {days} ngày làm việc tới, {days} \
                 ngày qua làm được {passed}; {vi}."
            ),
            format!(
                "“{name}”: {due} must pass within {days} working days, {passed} passed in \
                 the last {days}; {en}."
            ),
        ]
    }
}

/// Counts what waits at steps.
pub(super) struct Waiting {
    until: Option<Instant>,
    days: u32,
    steps: BTreeMap<StepId, Counted>,
}

#[derive(Default)]
struct Counted {
    /// A procedure that has the step, with its version.
    procedure: Option<(ProcedureCode, u16)>,
    waiting: u32,
    due: u32,
}

impl Waiting {
    /// Looks some days ahead, until a moment.
    pub fn new(days: u32, until: Option<Instant>) -> Self {
        Self {
            until,
            days,
            steps: BTreeMap::new(),
        }
    }

    /// Counts an open dossier at its step. One that waits for the citizen is not at it.
    pub fn add(&mut self, dossier: &Dossier) {
        let State::Processing { step: Some(step) } = &dossier.state else {
            return;
        };
        if dossier.kind != Kind::Procedure || dossier.mirrored.is_some() {
            return;
        }
        let is_due = dossier.due().is_some() && dossier.due() <= self.until;
        let counted = self.steps.entry(step.clone()).or_default();
        counted.procedure = Some((dossier.procedure.clone(), dossier.procedure_version));
        counted.waiting += 1;
        counted.due += u32::from(is_due);
    }

    /// The work at each step where something waits: what does not fit first, then the fullest.
    pub fn loads(self, passed: &BTreeMap<StepId, u32>, catalogue: &Catalogue) -> Vec<StepLoad> {
        let Self { days, steps, .. } = self;
        let loads = steps.into_iter().map(|(step, counted)| {
            let procedure = counted.procedure.as_ref();
            let procedure =
                procedure.and_then(|(code, version)| catalogue.procedures.get(code, *version));
            let known = procedure.and_then(|procedure| procedure.step(&step));
            StepLoad {
                name: known.map_or_else(|| step.to_string(), |known| known.name.clone()),
                waiting: counted.waiting,
                due: counted.due,
                passed: passed.get(&step).copied().unwrap_or_default(),
                days,
                step,
            }
        });
        let mut loads: Vec<StepLoad> = loads.collect();
        loads.sort_by_key(|load| {
            let lacks = i64::from(load.due) - i64::from(load.passed);
            (std::cmp::Reverse((lacks, load.waiting)), load.step.clone())
        });
        loads
    }
}

impl Engine {
    /// How many dossiers passed each step of a scope in some working days before today, whose work is not
    /// over.
    pub(super) async fn passed(
        &self,
        read: &dyn ReadTx,
        scope: &Scope,
        days: u32,
        now: Instant,
    ) -> Result<BTreeMap<StepId, u32>, Error> {
        let today = time::local_day(now);
        let key = (scope.clone(), today, days);
        let known = &self.context.closed.passed;
        if let Some(passed) = known.get(&key, now) {
            return Ok(passed);
        }
        let catalogue = self.context.catalogue(scope.province());
        let calendar = catalogue.calendars.national();
        let mut passed = BTreeMap::new();
        if let Ok(first) = calendar.nth_working_day_before(today, days) {
            let within = time::day_start(first)..time::day_start(today);
            passed = count_passed(read, scope, &within).await?;
        }
        known.keep(key, now, passed.clone());
        Ok(passed)
    }
}

/// What passed the steps, from the histories of the dossiers that changed since.
async fn count_passed(
    read: &dyn ReadTx,
    scope: &Scope,
    within: &Range<Instant>,
) -> Result<BTreeMap<StepId, u32>, Error> {
    let mut list = List {
        scope: scope.clone(),
        filter: DossierFilter {
            changed_since: Some(within.start),
            ..DossierFilter::default()
        },
        after: None,
        limit: STRIDE,
    };
    let mut passed = BTreeMap::new();
    loop {
        let page = read.list(&list).await?;
        let Some(last) = page.last() else {
            return Ok(passed);
        };
        list.after = Some(last.id);
        let own = page.iter().filter(|dossier| decides(scope, dossier));
        let ids: Vec<DossierId> = own.map(|dossier| dossier.id).collect();
        let histories = read.records_of(scope.province(), &ids).await?;
        for records in histories.values() {
            for step in steps_left(records, within) {
                *passed.entry(step).or_default() += 1;
            }
        }
    }
}

/// The steps that a dossier left within some time.
fn steps_left(records: &[Record], within: &Range<Instant>) -> Vec<StepId> {
    let mut steps = Vec::new();
    let mut before: Option<Dossier> = None;
    for record in records {
        before = match before.take() {
            None => Dossier::begin(record),
            Some(dossier) => {
                let left = dossier.state.step().cloned();
                let after = dossier.apply(record);
                let left = left.filter(|left| after.state.step() != Some(left));
                steps.extend(left.filter(|_| within.contains(&record.event_time)));
                Some(after)
            }
        };
        if before.is_none() {
            break;
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::StepLoad;
    use domain::id::StepId;

    #[test]
    fn a_step_fits_where_as_many_passed_lately_as_must_pass_soon() {
        let load = |due, passed| StepLoad {
            step: StepId::parse("ky").unwrap(),
            name: "Ký duyệt".into(),
            waiting: 12,
            due,
            passed,
            days: 5,
        };
        assert!(load(7, 7).fits());
        let [vi, en] = load(7, 7).words();
        assert!(
            vi.ends_with("làm được 7; kịp.") && en.ends_with("it fits."),
            "{vi}"
        );
        assert!(!load(12, 7).fits());
        let [vi, _] = load(12, 7).words();
        assert_eq!(
            vi,
            "“Ký duyệt”: 12 hồ sơ phải qua bước này trong 5 ngày làm việc tới, 5 ngày qua làm được 7; \
             thừa 5 hồ sơ so với sức làm."
        );
    }
}
