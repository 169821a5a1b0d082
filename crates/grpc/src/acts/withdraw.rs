//! Taking the dossier back, as it is asked for and told.

use domain::dossier::acts::withdraw::{Withdraw, Withdrawn};

use super::{Details, Tells, moves};

moves!(WithdrawDossierRequest => Withdraw, |given, fields, _known| {
    let reason = fields.optional_words("reason", &given.reason);
    Some(Withdraw { reason })
});

impl Tells for Withdrawn {
    fn tell(&self, details: &mut Details) {
        details.moved(self.moved.as_ref());
    }
}
