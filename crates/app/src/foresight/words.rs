//! Words reasons with the names that the office uses.

use domain::catalogue::Catalogue;
use domain::deadline::Language;
use domain::dossier::Dossier;
use domain::id::{StepId, UnitCode};
use domain::procedure::Procedure;

use forecast::explain::{Reason as Foreseen, Value};
use forecast::working_time::TimeScale;

use super::flag::FlagReason;
use super::trace::{ASKED, DESK, LEG, PAPERS, PAYMENT, PROCESSING, STEP};

/// The names on a dossier's page.
pub(crate) struct Words<'a> {
    procedure: Option<&'a Procedure>,
    catalogue: &'a Catalogue,
    scale: TimeScale,
}

impl<'a> Words<'a> {
    pub fn new(dossier: &Dossier, catalogue: &'a Catalogue, scale: TimeScale) -> Self {
        let procedures = &catalogue.procedures;
        let procedure = procedures.get(&dossier.procedure, dossier.procedure_version);
        Self {
            procedure: procedure.map(AsRef::as_ref),
            catalogue,
            scale,
        }
    }

    /// Whether a reason makes sense for this dossier. Steps of several procedures share a name, so
    /// a reason may name a step that this procedure lacks, or one that the citizen does.
    pub fn tells(&self, reason: &Foreseen) -> bool {
        let Foreseen::Slowest { step, .. } = reason else {
            return true;
        };
        // A step without a key gets its name from this procedure's plan.
        let is_key = [PAPERS, PAYMENT, DESK, PROCESSING].contains(&step.as_str());
        match step.strip_prefix(STEP) {
            Some(step) => StepId::parse(step)
                .is_ok_and(|id| self.procedure.is_some_and(|own| own.step(&id).is_some())),
            None => !is_key,
        }
    }

    /// A reason with its words.
    pub fn of(&self, reason: &Foreseen) -> FlagReason {
        let told = |language| {
            let named = self.named(language, reason);
            named.words(language, self.scale)
        };
        let parameters = self.named(Language::Vietnamese, reason).parameters();
        let shown = parameters.into_iter().map(|(name, value)| {
            let value = match value {
                Value::Count(count) => count.to_string(),
                Value::Days(days) => format!("{days:.2}"),
                Value::Date(day) => day.to_string(),
                Value::Name(text) => text,
            };
            (name.to_owned(), value)
        });
        FlagReason {
            code: reason.code().to_owned(),
            parameters: shown.collect(),
            vi: told(Language::Vietnamese),
            en: told(Language::English),
        }
    }

    /// The same reason with names for display.
    fn named(&self, language: Language, reason: &Foreseen) -> Foreseen {
        let mut named = reason.clone();
        match &mut named {
            Foreseen::Comparable {
                step: Some(name), ..
            }
            | Foreseen::Overdue {
                step: Some(name), ..
            }
            | Foreseen::ClockStands {
                step: Some(name), ..
            }
            | Foreseen::Slowest { step: name, .. }
            | Foreseen::SlowestLeg { leg: name, .. } => *name = self.name(language, name),
            Foreseen::Comparable { step: None, .. }
            | Foreseen::Overdue { step: None, .. }
            | Foreseen::ClockStands { step: None, .. }
            | Foreseen::NoHistory
            | Foreseen::NewProcedure
            | Foreseen::Pooled { .. }
            | Foreseen::Odds { .. }
            | Foreseen::ServiceDay { .. }
            | Foreseen::TimeLeft { .. }
            | Foreseen::Planned { .. } => {}
        }
        named
    }

    /// The name of a step, a leg or a consultation. A name that is already for display stays.
    fn name(&self, language: Language, key: &str) -> String {
        if let Some(step) = key.strip_prefix(STEP) {
            let step = StepId::parse(step).ok();
            let step = step.and_then(|id| self.procedure?.step(&id));
            return step.map_or_else(|| key.to_owned(), |step| step.name.clone());
        }
        let unit = key.strip_prefix(LEG).or(key.strip_prefix(ASKED));
        if let Some(unit) = unit {
            let unit = UnitCode::parse(unit).ok();
            let unit = unit.and_then(|code| self.catalogue.units.get(&code));
            return unit.map_or_else(|| key.to_owned(), |unit| unit.name.clone());
        }
        let (vi, en) = match key {
            DESK => ("tiếp nhận", "reception"),
            PROCESSING => ("giải quyết", "processing"),
            PAPERS => ("chờ công dân bổ sung hồ sơ", "waiting for papers"),
            PAYMENT => ("chờ nộp nghĩa vụ tài chính", "waiting for a payment"),
            named => return named.to_owned(),
        };
        match language {
            Language::Vietnamese => vi.to_owned(),
            Language::English => en.to_owned(),
        }
    }
}
