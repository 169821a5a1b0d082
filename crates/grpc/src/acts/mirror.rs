//! What other systems say, as it comes in, is settled and told.

use domain::dossier::acts::mirror::{ConflictSettled, Conflicted, SettleConflict};
use domain::dossier::mirror::Claim;
use domain::fold;
use domain::id::{Reference, SystemName};

use super::{Details, Tells, command_request};

command_request!(RecordMirroredStatusRequest => Claim, |given, fields, context| {
    let system = fields.parse("system", &fold::compose(&given.system), SystemName::parse);
    let reference = fields.parse("reference", &given.reference, Reference::parse);
    let status = fields.state("state", given.state);
    let calendar = context.calendar(None);
    if given.status_time.is_none() {
        fields.wrong("status_time", "must be given; expected since when");
    }
    let at = fields.fact(
        "status_time",
        given.status_time.as_ref(),
        calendar,
        context.now,
    );
    // A due time that has passed is accepted too: the dossier is late at the other system.
    let due = fields.coming("due_time", given.due_time.as_ref(), calendar);
    Some(Claim {
        system: system?,
        reference: reference?,
        status: status?,
        at: at?,
        due,
    })
});

impl Tells for Claim {
    fn tell(&self, details: &mut Details) {
        details.put("system", &self.system);
        details.put("reference", &self.reference);
        details.put("state", &self.status.as_str());
        details.time("status_time", Some(self.at));
        details.time("due_time", self.due);
    }
}

impl Tells for Conflicted {
    fn tell(&self, details: &mut Details) {
        details.put("conflict", &self.number);
        details.put("contradiction", &self.why.as_str());
        self.claim.tell(details);
    }
}

command_request!(SettleConflictRequest => SettleConflict, |given, fields, _known| {
    let reason = fields.words("reason", &given.reason);
    let number = fields.number("conflict", given.conflict);
    Some(SettleConflict {
        number: number?,
        apply: given.apply,
        reason,
    })
});

impl Tells for ConflictSettled {
    fn tell(&self, details: &mut Details) {
        details.put("conflict", &self.number);
        details.put("applied", &self.applied);
    }
}
