//! Mergers of units: puts a table of successors in force and carries it out on open dossiers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use domain::catalogue::{Catalogue, Fault, SourceFile, Successors};
use domain::digest::{hex, sha256};
use domain::dossier::change::succession::succeed;
use domain::dossier::{Dossier, Rewrite};
use domain::id::UnitCode;
use domain::lineage::Succession;
use domain::time;

use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::{Error, FieldError};
use crate::jobs::Order;
use crate::ports::{Job, Proposal, Verdict};

/// How many faults of a table one answer lists.
const FAULTS: usize = 100;

/// The request for a merger of units.
#[derive(Debug, Clone)]
pub struct Merger {
    /// The first day of the new units.
    pub day: NaiveDate,
    /// The table of successors. For units that it does not name, earlier tables hold.
    pub table: SourceFile,
    /// Other heirs than the table's defaults: old unit and new unit, as a person names them.
    pub choices: Vec<(String, String)>,
    /// By which decision.
    pub reason: String,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// What a merger did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// How many unfinished dossiers were examined.
    pub seen: u64,
    /// How many of them moved to other units.
    pub moved: u64,
    /// The moves from unit to unit, with numbers, counted by this call. A resumed job counts only
    /// its remainder.
    pub handovers: Vec<Handover>,
    /// The job that did it; none for a dry run.
    pub job: Option<String>,
}

/// How many dossiers go from one unit to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The unit that had them.
    pub old: UnitCode,
    /// The unit that has them.
    pub new: UnitCode,
    /// How many.
    pub dossiers: u64,
}

type Counts = BTreeMap<(UnitCode, UnitCode), u64>;

impl Engine {
    /// Puts a table of successors in force and lets the heirs take over all open dossiers.
    ///
    /// A repeated call changes nothing, and an interrupted one continues. `progress` hears how far
    /// the job is.
    pub async fn merge_units(
        &self,
        caller: &Caller,
        merger: &Merger,
        progress: impl FnMut(&Job),
    ) -> Result<Merged, Error> {
        access::check_province(caller, Method::MergeUnits)?;
        let now = self.now();
        let today = time::local_day(now);
        if merger.day > today {
            let problem = format!("must not be in the future; it is {today} here");
            return Err(Error::invalid("day", problem));
        }
        let catalogue = self.catalogue(&caller.province);
        let succession = read(merger, &catalogue)?;
        let text = Successors::write(&succession);
        let file = SourceFile {
            path: Successors::path(merger.day),
            text,
        };
        let is_known = catalogue.lineage.on(merger.day) == Some(&succession);
        if !is_known {
            catalogue
                .with(std::slice::from_ref(&file))
                .map_err(|faults| wrong_table(&faults))?;
        }
        // The digest of the table is in the name, so that the same table is the same job.
        let name = format!(
            "units-{}-{}",
            merger.day,
            &hex(&sha256(file.text.as_bytes()))[..12]
        );
        let succession = Arc::new(succession);
        if merger.dry_run {
            return self.foreseen(caller, &succession).await;
        }
        if !is_known {
            self.put_in_force(caller, file, merger).await?;
        }
        self.carry_out(caller, merger, name, succession, &catalogue, progress)
            .await
    }

    /// What a succession would do to the unfinished dossiers.
    async fn foreseen(
        &self,
        caller: &Caller,
        succession: &Arc<Succession>,
    ) -> Result<Merged, Error> {
        let mut counts = Counts::new();
        let (mut seen, mut moved) = (0, 0);
        let mut after = None;
        loop {
            let page = self.unfinished_after(&caller.province, after).await?;
            let Some(last) = page.last() else {
                return Ok(Merged {
                    seen,
                    moved,
                    handovers: handovers(counts),
                    job: None,
                });
            };
            after = Some(last.id);
            for dossier in &page {
                seen += 1;
                moved += u64::from(plan(dossier, succession, &mut counts).is_some());
            }
        }
    }

    /// Publishes the table beside the shipped catalogue. The table follows an act of the state, so
    /// no second person has to approve it.
    async fn put_in_force(
        &self,
        caller: &Caller,
        file: SourceFile,
        merger: &Merger,
    ) -> Result<(), Error> {
        let at = self.now();
        let proposal = Proposal {
            province: caller.province.clone(),
            path: file.path,
            text: file.text,
            reason: merger.reason.clone(),
            author: caller.actor.clone(),
            at,
        };
        let store = &self.context.store;
        let document = store.propose(&proposal).await?;
        let verdict = Verdict {
            province: caller.province.clone(),
            number: document.number,
            publish: true,
            by: caller.actor.clone(),
            at,
        };
        store.decide(&verdict).await?;
        self.refresh_catalogue().await
    }

    async fn carry_out(
        &self,
        caller: &Caller,
        merger: &Merger,
        name: String,
        succession: Arc<Succession>,
        catalogue: &Catalogue,
        progress: impl FnMut(&Job),
    ) -> Result<Merged, Error> {
        let province = catalogue.units.province(&caller.province);
        let province = province.ok_or_else(|| Error::NotFound {
            what: "province",
            name: caller.province.to_string(),
        })?;
        let mut order = Order {
            province: caller.province.clone(),
            unit: province.code.clone(),
            id: name.clone(),
            kind: "units_merge",
            spec: format!(r#"{{"day":"{}"}}"#, merger.day),
            actor: caller.actor.clone(),
            role: caller.role_for(Method::MergeUnits),
        };
        let mut round = 1;
        let mut done: Option<Job> = None;
        // Until another process has read the table, it may have received a dossier at an old unit.
        // If so, the job runs once more.
        while let Some(job) = self.ended_job(&order).await? {
            done = Some(job);
            round += 1;
            order.id = format!("{name}-{round}");
        }
        if let Some(job) = done {
            let left = self.foreseen(caller, &succession).await?;
            if left.moved == 0 {
                return Ok(Merged {
                    moved: 0,
                    job: Some(job.id),
                    ..left
                });
            }
        }
        let counts = Mutex::new(Counts::new());
        let plan = |dossier: &Dossier| {
            let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            plan(dossier, &succession, &mut counts)
        };
        let job = self.run_job(&order, plan, progress).await?;
        Ok(Merged {
            seen: job.seen,
            moved: job.changed,
            handovers: handovers(counts.into_inner().unwrap_or_else(PoisonError::into_inner)),
            job: Some(job.id),
        })
    }

    async fn ended_job(&self, order: &Order) -> Result<Option<Job>, Error> {
        let read = self.context.store.read().await?;
        let job = read.job(&order.province, &order.id).await?;
        Ok(job.filter(|job| job.ended.is_some()))
    }
}

/// The change of a dossier, counted by pair of units.
fn plan(dossier: &Dossier, succession: &Arc<Succession>, counts: &mut Counts) -> Option<Rewrite> {
    for passed in succeed(dossier, succession)?.units {
        *counts.entry((passed.old, passed.new)).or_default() += 1;
    }
    Some(Rewrite::Succession(Arc::clone(succession)))
}

fn handovers(counts: Counts) -> Vec<Handover> {
    counts
        .into_iter()
        .map(|((old, new), dossiers)| Handover { old, new, dossiers })
        .collect()
}

/// The requested succession: what is known for the day, the table, the choices.
fn read(merger: &Merger, catalogue: &Catalogue) -> Result<Succession, Error> {
    let units = &catalogue.units;
    let table = Successors::read(&merger.table, merger.day, units)
        .map_err(|faults| wrong_table(&faults))?;
    let known = catalogue.lineage.on(merger.day).cloned();
    let whole = match known {
        Some(known) => known.corrected_by(table),
        None => table,
    };
    let eve = merger.day.pred_opt().unwrap_or(merger.day);
    let mut wrong = Vec::new();
    let mut choices = Vec::new();
    for (at, (old, new)) in merger.choices.iter().enumerate() {
        let named = units.find_on(old, eve).zip(units.find_on(new, merger.day));
        match named {
            Some((old, new)) => choices.push((at, old.code.clone(), new.code.clone())),
            None => wrong.push(FieldError::new(
                format!("choices[{at}]"),
                format!("must name a unit before {} and one since", merger.day),
            )),
        }
    }
    let mut chosen = whole;
    for (at, old, new) in choices {
        match chosen.clone().choosing([(old, new)]) {
            Ok(more) => chosen = more,
            Err(choice) => wrong.push(FieldError::new(
                format!("choices[{at}]"),
                choice.to_string(),
            )),
        }
    }
    if wrong.is_empty() {
        Ok(chosen)
    } else {
        Err(Error::Invalid(wrong))
    }
}

fn wrong_table(faults: &[Fault]) -> Error {
    let told = faults.iter().take(FAULTS);
    Error::Invalid(
        told.map(|fault| FieldError::new("table", fault.to_string()))
            .collect(),
    )
}
