//! Counts of what waits, and the same by level, step, holder and procedure.

use std::collections::{BTreeMap, HashMap};

use domain::dossier::Dossier;
use domain::id::{ActorId, ProcedureCode, StepId};
use domain::role::Role;
use domain::time::Instant;

use super::{OwnPart, Pages, Whose, WorklistCounts};
use crate::access::{Caller, Method};
use crate::context::Context;
use crate::engine::Engine;
use crate::error::Error;
use crate::foresight::Level;
use crate::ports::{DossierFilter, ReadTx, Scope};
use crate::read::scope_of;

/// The pending dossiers by level of the forecast and by step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// The number at each level, of dossiers with a forecast.
    pub levels: BTreeMap<Level, u32>,
    /// The dossiers at each step, most first.
    pub steps: Vec<AtStep>,
    /// With whom how many are; those with nobody under none.
    pub holders: BTreeMap<Option<ActorId>, u32>,
    /// How many there are of each procedure.
    pub procedures: BTreeMap<ProcedureCode, u32>,
}

/// The dossiers at a step of their own units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtStep {
    /// The step.
    pub step: StepId,
    /// The name of the step in one of the procedures that have it.
    pub name: String,
    /// Who does it there.
    pub role: Role,
    /// The number that are there, or wait to return to it.
    pub waiting: u32,
    /// How many of them are overdue.
    pub overdue: u32,
    /// When the first of them came there.
    pub since: Instant,
}

/// What is counted while pending dossiers are read.
pub(crate) struct Survey {
    counts: WorklistCounts,
    levels: BTreeMap<Level, u32>,
    steps: HashMap<StepId, AtStep>,
    holders: BTreeMap<Option<ActorId>, u32>,
    procedures: BTreeMap<ProcedureCode, u32>,
}

impl Survey {
    /// Nothing is counted yet.
    pub fn new(now: Instant) -> Self {
        Self {
            counts: WorklistCounts::none(now),
            levels: BTreeMap::new(),
            steps: HashMap::new(),
            holders: BTreeMap::new(),
            procedures: BTreeMap::new(),
        }
    }

    /// Counts some dossiers of a scope.
    pub async fn add(
        &mut self,
        context: &Context,
        read: &dyn ReadTx,
        scope: &Scope,
        found: &[Dossier],
    ) -> Result<(), Error> {
        let now = self.counts.as_of;
        for level in context.levels(read, found, now).await?.into_values() {
            *self.levels.entry(level).or_default() += 1;
        }
        for dossier in found {
            let part = OwnPart::of(context, scope, dossier, now)?;
            self.counts.add(&part, dossier);
            *self.holders.entry(dossier.assignee.clone()).or_default() += 1;
            *self
                .procedures
                .entry(dossier.procedure.clone())
                .or_default() += 1;
            let Some(id) = dossier.state.step() else {
                continue;
            };
            let procedure = context.pinned(dossier)?;
            let Some(step) = procedure.step(id) else {
                continue;
            };
            let at = self.steps.entry(id.clone()).or_insert_with(|| AtStep {
                step: id.clone(),
                name: step.name.clone(),
                role: step.role,
                waiting: 0,
                overdue: 0,
                since: dossier.since,
            });
            at.waiting += 1;
            at.overdue += u32::from(part.for_unit.overdue);
            at.since = Ord::min(at.since, dossier.since);
        }
        Ok(())
    }

    /// What was counted.
    pub fn done(self) -> (WorklistCounts, Breakdown) {
        let mut steps: Vec<AtStep> = self.steps.into_values().collect();
        steps.sort_by(|one, other| {
            let most = other.waiting.cmp(&one.waiting);
            most.then_with(|| one.step.cmp(&other.step))
        });
        let breakdown = Breakdown {
            levels: self.levels,
            steps,
            holders: self.holders,
            procedures: self.procedures,
        };
        (self.counts, breakdown)
    }
}

impl Engine {
    /// Counts of what is pending, and the same by level of the forecast, by step, by holder and by
    /// procedure, all of one look at the same dossiers.
    pub async fn worklist_survey(
        &self,
        caller: &Caller,
        whose: &Whose,
    ) -> Result<(WorklistCounts, Breakdown), Error> {
        let scope = scope_of(caller, Method::GetWorklistCounts, whose.unit.as_ref())?;
        let read = self.context.store.read().await?;
        let mut survey = Survey::new(self.now());
        let mut pages = Pages::of(self.pages(caller, scope, whose, DossierFilter::default()));
        while let Some(found) = pages.next(read.as_ref()).await? {
            survey
                .add(&self.context, read.as_ref(), pages.scope(), &found)
                .await?;
        }
        Ok(survey.done())
    }
}
