//! A reception, as it is told.

use domain::dossier::acts::receive::Received;

use super::{Details, Tells};
use crate::convert::request_context::{policy_of, unit_name};

impl Tells for Received {
    fn tell(&self, details: &mut Details) {
        details.some("code", self.code.as_ref());
        details.list("external_codes", &self.external_codes);
        details.put("procedure", &self.procedure);
        details.put("procedure_version", &self.procedure_version);
        details.put("case_id", &self.case);
        details.put("channel", &self.channel);
        details.some("assisted_by", self.assisted_by.as_ref());
        self.circumstances.tell(details);
        details.list("components", &self.components);
        details.list("papers", &self.papers);
        details.put("receiving_unit", &unit_name(&self.receiving));
        details.put("resolving_unit", &unit_name(&self.resolving));
        details.put("returning_unit", &unit_name(&self.returning));
        details.some("limit", self.limit.as_ref());
        details.put("clock_policy", &policy_of(self.policy).as_str_name());
        if !self.cutoff.is_none() {
            details.put("cutoff", &self.cutoff);
        }
        if let Some(transit) = &self.transit {
            details.time("arrive_by_time", Some(transit.by));
        }
        details.time("due_time", self.due);
        details.put("due_provisional", &self.provisional);
        details.time("hand_over_by_time", self.hand_over_by);
        details.some("offline_number", self.offline_number.as_ref());
        if let Some(incomplete) = &self.incomplete {
            details.list("missing_components", &incomplete.missing);
        }
        if let Some(imported) = &self.imported {
            details.put("import_name", &format!("imports/{}", imported.import));
            details.put("import_case", &imported.case);
            details.list("import_oddities", &imported.oddities);
        }
    }
}
