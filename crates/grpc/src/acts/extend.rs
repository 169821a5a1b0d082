//! More time, as it is asked for and told.

use domain::dossier::acts::extend::{Apologised, Extended, Extension, VerificationBegun};

use super::{Details, Tells, command_request};
use crate::proto;

command_request!(ExtendDossierRequest => Extension, |given, fields, context| {
    use proto::extend_dossier_request::Extension as Given;
    let extension = match &given.extension {
        Some(Given::Apology(apology)) => {
            let reason = fields.words("apology.reason", &apology.reason);
            if apology.due_time.is_none() {
                fields.wrong(
                    "apology.due_time",
                    "must be given; expected the new due time",
                );
            }
            let calendar = context.calendar(None);
            let given_time = apology.due_time.as_ref();
            let due = fields.coming("apology.due_time", given_time, calendar)?;
            Extension::Apology { reason, due }
        }
        Some(Given::Verification(verification)) => Extension::Verification {
            reason: fields.words("verification.reason", &verification.reason),
        },
        None => {
            fields.wrong(
                "extension",
                "must be given; expected apology or verification",
            );
            return None;
        }
    };
    Some(extension)
});

impl Tells for Extended {
    fn tell(&self, details: &mut Details) {
        details.moved(Some(&self.moved));
    }
}

impl Tells for Apologised {
    fn tell(&self, details: &mut Details) {
        details.time("proposed_due_time", Some(self.proposed));
    }
}

impl Tells for VerificationBegun {
    fn tell(&self, details: &mut Details) {
        details.moved(self.moved.as_ref());
    }
}
