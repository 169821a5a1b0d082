//! Giving the dossier to a person, as it is asked for and told.

use domain::dossier::acts::assign::{Assign, Assigned};
use domain::id::ActorId;

use super::{Details, Tells, command_request};

command_request!(AssignDossierRequest => Assign, |given, fields, _known| {
    let assignee = fields.parse("assignee", &given.assignee, ActorId::parse)?;
    Some(Assign { assignee })
});

impl Tells for Assigned {
    fn tell(&self, details: &mut Details) {
        details.put("assignee", &self.assignee);
    }
}
