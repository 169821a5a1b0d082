//! Parts of other agencies, as they are asked for and told.

use domain::dossier::acts::leg::{CloseLeg, LegClosed, LegOpened, OpenLeg};

use super::{Details, Tells, command_request};
use crate::convert::request_context::unit_name;
use crate::proto;

command_request!(OpenLegRequest => OpenLeg, |given, fields, context| {
    use proto::open_leg_request::Term as Given;
    let unit = context.unit(fields, "unit", &given.unit);
    let task = fields.words("task", &given.task);
    let term = match &given.term {
        Some(Given::Limit(limit)) => fields.within(limit),
        Some(Given::DueTime(at)) => fields.by(at, context),
        None => fields.no_term(),
    };
    Some(OpenLeg {
        unit: unit?,
        lead: given.lead,
        task,
        term: term?,
    })
});

impl Tells for LegOpened {
    fn tell(&self, details: &mut Details) {
        details.put("number", &self.number);
        details.put("unit", &unit_name(&self.unit));
        details.put("lead", &self.lead);
        details.some("leg_id", self.planned.as_ref());
        if !self.agency.is_empty() {
            details.put("agency", &self.agency);
        }
        details.some("limit", self.limit.as_ref());
        details.time("due_time", Some(self.due));
        details.put("due_provisional", &self.provisional);
    }
}

command_request!(CloseLegRequest => CloseLeg, |given, fields, _known| {
    let number = fields.number("number", given.number);
    let result = fields.optional_words("result", &given.result);
    Some(CloseLeg {
        number: number?,
        result,
    })
});

impl Tells for LegClosed {
    fn tell(&self, details: &mut Details) {
        details.put("number", &self.number);
    }
}
