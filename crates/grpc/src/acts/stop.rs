//! Stopping the dossier, as it is asked for and told.

use domain::dossier::acts::stop::{Stop, Stopped};

use super::{Details, Tells, command_request};

command_request!(StopDossierRequest => Stop, |given, fields, _known| {
    let reason = fields.words("reason", &given.reason);
    let legal_basis = fields.words("legal_basis", &given.legal_basis);
    Some(Stop {
        reason,
        legal_basis,
    })
});

impl Tells for Stopped {
    fn tell(&self, details: &mut Details) {
        details.moved(self.moved.as_ref());
    }
}
