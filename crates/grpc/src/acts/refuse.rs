//! Refusing at intake, as it is asked for and told.

use domain::dossier::acts::refuse::{Refuse, Refused};

use super::{Details, Tells, command_request};
use crate::convert::request_context::unit_name;

command_request!(RefuseDossierRequest => Refuse, |given, fields, context| {
    let reason = fields.words("reason", &given.reason);
    let competent = context.optional_unit(fields, "competent_unit", &given.competent_unit);
    Some(Refuse { reason, competent })
});

impl Tells for Refused {
    fn tell(&self, details: &mut Details) {
        let competent = self.competent.as_ref();
        details.some("competent_unit", competent.map(unit_name).as_ref());
    }
}
