//! Taking the dossier back, as it is asked for and told.

use domain::dossier::acts::withdraw::{Withdraw, Withdrawn};

use super::{Details, Tells, command_request};

command_request!(WithdrawDossierRequest => Withdraw, |given, fields, _known| {
    let reason = fields.optional_words("reason", &given.reason);
    Some(Withdraw { reason })
});

impl Tells for Withdrawn {
    fn tell(&self, details: &mut Details) {
        details.moved(self.moved.as_ref());
    }
}
