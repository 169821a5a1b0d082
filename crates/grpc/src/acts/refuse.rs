//! Refusing at intake, as it is asked for and told.

use domain::dossier::acts::refuse::{Refuse, Refused};

use super::{Details, Tells, moves};
use crate::convert::known::unit_name;

moves!(RefuseDossierRequest => Refuse, |given, fields, known| {
    let reason = fields.words("reason", &given.reason);
    let competent = known.optional_unit(fields, "competent_unit", &given.competent_unit);
    Some(Refuse { reason, competent })
});

impl Tells for Refused {
    fn tell(&self, details: &mut Details) {
        let competent = self.competent.as_ref();
        details.some("competent_unit", competent.map(unit_name).as_ref());
    }
}
