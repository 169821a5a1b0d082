//! What jobs and imports do to many dossiers, as it is told.

use domain::dossier::change::expiry::Expired;
use domain::dossier::change::migration::Migrated;
use domain::dossier::change::recalculation::Recalculated;
use domain::dossier::change::succession::Succeeded;
use domain::dossier::imported::DueRestated;

use super::{Details, Tells};
use crate::convert::request_context::unit_name;

impl Tells for Succeeded {
    fn tell(&self, details: &mut Details) {
        details.put("day", &self.day);
        let old: Vec<_> = self.units.iter().map(|unit| unit_name(&unit.old)).collect();
        let new: Vec<_> = self.units.iter().map(|unit| unit_name(&unit.new)).collect();
        details.list("old_units", &old);
        details.list("new_units", &new);
    }
}

impl Tells for Recalculated {
    fn tell(&self, details: &mut Details) {
        details.put("document", &self.document);
        if self.outage {
            details.put("outage", &self.outage);
        }
        details.time("answer_due_time", self.answer_due);
        details.moved(self.moved.as_ref());
        details.time("legal_due_time", self.legal_due);
        for leg in &self.parts.legs {
            details.time(&format!("leg_{}_due_time", leg.number), Some(leg.due));
        }
        for asked in &self.parts.consultations {
            let name = format!("consultation_{}_due_time", asked.number);
            details.time(&name, Some(asked.due));
        }
        details.time("hand_over_by_time", self.parts.hand_over_by);
    }
}

impl Tells for Expired {
    fn tell(&self, details: &mut Details) {
        details.time("respond_by_time", Some(self.respond_by));
        details.moved(self.moved.as_ref());
    }
}

impl Tells for Migrated {
    fn tell(&self, details: &mut Details) {
        details.put("procedure_version", &self.procedure_version);
        details.some("step", self.step.as_ref());
    }
}

impl Tells for DueRestated {
    fn tell(&self, details: &mut Details) {
        details.time("effective_due_time", Some(self.due));
        details.time("promised_due_time", Some(self.due));
    }
}
