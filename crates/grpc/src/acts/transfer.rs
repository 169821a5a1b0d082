//! Letting another unit decide, as it is asked for and told.

use domain::dossier::acts::transfer::{Transfer, Transferred};

use super::{Details, Tells, command_request};
use crate::convert::request_context::unit_name;

command_request!(TransferDossierRequest => Transfer, |given, fields, context| {
    let to = context.unit(fields, "resolving_unit", &given.resolving_unit);
    let returning = context.optional_unit(fields, "returning_unit", &given.returning_unit);
    let reason = fields.words("reason", &given.reason);
    Some(Transfer {
        to: to?,
        returning,
        reason,
    })
});

impl Tells for Transferred {
    fn tell(&self, details: &mut Details) {
        details.put("from_unit", &unit_name(&self.from));
        details.put("resolving_unit", &unit_name(&self.to));
        let returning = self.returning.as_ref().map(unit_name);
        details.some("returning_unit", returning.as_ref());
        details.time("hand_over_by_time", self.hand_over_by);
    }
}
