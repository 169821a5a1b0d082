//! Going to a step, as it is asked for and told.

use domain::dossier::acts::advance::{Advance, Advanced};
use domain::id::{ActorId, StepId};

use super::{Details, Tells, command_request};

command_request!(AdvanceDossierRequest => Advance, |given, fields, _known| {
    let step = fields.optional("step", &given.step, StepId::parse);
    let assignee = fields.optional("assignee", &given.assignee, ActorId::parse);
    Some(Advance { step, assignee })
});

impl Tells for Advanced {
    fn tell(&self, details: &mut Details) {
        details.some("step", self.step.as_ref());
        details.some("assignee", self.assignee.as_ref());
    }
}
