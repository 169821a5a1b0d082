//! Permitting one more request for papers, as it is asked for and told.

use domain::dossier::acts::permit_supplement::{PermitSupplement, SupplementPermitted};

use super::{Details, Tells, command_request};

command_request!(PermitSupplementRequest => PermitSupplement, |given, fields, _known| {
    let reason = fields.words("reason", &given.reason);
    Some(PermitSupplement { reason })
});

impl Tells for SupplementPermitted {
    fn tell(&self, _details: &mut Details) {}
}
