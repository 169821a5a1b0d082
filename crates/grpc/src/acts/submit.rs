//! A submission, as it is told.

use domain::dossier::acts::submit::Submitted;
use domain::dossier::{Circumstances, Origin, Setting};

use super::{Details, Tells};
use crate::convert::request_context::unit_name;

impl Tells for Submitted {
    fn tell(&self, details: &mut Details) {
        details.put("code", &self.code);
        details.list("external_codes", &self.external_codes);
        details.put("procedure", &self.procedure);
        details.put("procedure_version", &self.procedure_version);
        details.put("case_id", &self.case);
        details.some("mirrored_from", self.mirrored.as_ref());
        details.put("channel", &self.channel);
        details.some("assisted_by", self.assisted_by.as_ref());
        self.circumstances.tell(details);
        details.list("components", &self.components);
        details.list("papers", &self.papers);
        details.put("receiving_unit", &unit_name(&self.receiving));
        details.put("resolving_unit", &unit_name(&self.resolving));
        details.put("returning_unit", &unit_name(&self.returning));
        details.time("answer_due_time", self.answer_due);
    }
}

impl Tells for Circumstances {
    fn tell(&self, details: &mut Details) {
        details.some("queue_ticket", self.queue_ticket.as_ref());
        let incident = self.incident.as_ref();
        let area = incident.and_then(|incident| incident.area.as_ref());
        details.some("incident_area", area.map(unit_name).as_ref());
        match self.origin {
            Origin::Citizen => {}
            Origin::Agency => details.put("origin", &"agency"),
        }
        match self.setting {
            Setting::Usual => {}
            Setting::Mobile | Setting::OnSite => details.put("setting", &self.setting.as_str()),
        }
    }
}
