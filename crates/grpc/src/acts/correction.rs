//! Corrections, as they are proposed, decided and told.

use domain::code::AnyCode;
use domain::dossier::Channel;
use domain::dossier::acts::correction::{Approved, Correct, DecideCorrection, Rejected};
use domain::dossier::correction::{Corrected, Correction, Decided};
use domain::id::CaseId;

use super::{Details, Tells, command_request};
use crate::convert::correction::values;
use crate::convert::{Fields, RequestContext};
use crate::proto;

command_request!(CorrectDossierRequest => Correct, |given, fields, context| {
    let reason = fields.words("reason", &given.reason);
    let corrected = corrected(given, fields, context)?;
    Some(Correct { corrected, reason })
});

fn corrected(
    given: &proto::CorrectDossierRequest,
    fields: &mut Fields,
    context: &RequestContext,
) -> Option<Corrected> {
    use proto::correct_dossier_request::Correction as Given;
    match &given.correction {
        Some(Given::Applicant(person)) => Some(Corrected::Applicant(
            fields.person("applicant", Some(person)),
        )),
        Some(Given::Channel(number)) => {
            let channel = fields.channel("channel", *number, &Channel::ALL);
            // A missing value is refused too, because every correction corrects to something.
            if *number == 0 {
                fields.wrong(
                    "channel",
                    "expected one of CHANNEL_DESK, CHANNEL_ONLINE, CHANNEL_POST",
                );
            }
            channel.map(Corrected::Channel)
        }
        Some(Given::CaseId(id)) => fields
            .parse("case_id", id, CaseId::parse)
            .map(Corrected::Case),
        Some(Given::ReturningUnit(unit)) => context
            .unit(fields, "returning_unit", unit)
            .map(Corrected::ReturningUnit),
        Some(Given::ExternalCode(code)) => {
            let old = fields.optional("external_code.old_code", &code.old_code, AnyCode::parse);
            let new = fields.optional("external_code.new_code", &code.new_code, AnyCode::parse);
            if code.old_code.trim().is_empty() && code.new_code.trim().is_empty() {
                fields.wrong("external_code", "expected old_code, new_code, or both");
            }
            Some(Corrected::ExternalCode { old, new })
        }
        Some(Given::EndTime(time)) => fields
            .fact("end_time", Some(time), context.calendar(None), context.now)
            .map(Corrected::EndTime),
        None => {
            fields.wrong(
                "correction",
                "must be given; expected applicant, channel, case_id, returning_unit, \
                 external_code or end_time",
            );
            None
        }
    }
}

impl Tells for Correction {
    fn tell(&self, details: &mut Details) {
        details.put("number", &self.number);
        details.put("author", &self.author);
        details.put("field", &self.change.field());
        let (old, new) = values(&self.change);
        details.some("old_value", old.as_ref());
        details.some("new_value", new.as_ref());
    }
}

command_request!(DecideCorrectionRequest => DecideCorrection, |given, fields, _known| {
    use proto::decide_correction_request::Verdict;
    let number = fields.number("number", given.number);
    let approve = match Verdict::try_from(given.verdict) {
        Ok(Verdict::Approve) => Some(true),
        Ok(Verdict::Reject) => Some(false),
        Ok(Verdict::Unspecified) | Err(_) => {
            fields.wrong("verdict", "expected one of VERDICT_APPROVE, VERDICT_REJECT");
            None
        }
    };
    let note = fields.optional_words("note", &given.note);
    Some(DecideCorrection {
        number: number?,
        approve: approve?,
        note,
    })
});
impl Tells for Decided {
    fn tell(&self, details: &mut Details) {
        self.correction.tell(details);
        details.put("approver", &self.approver);
    }
}

impl Tells for Approved {
    fn tell(&self, details: &mut Details) {
        self.0.tell(details);
    }
}

impl Tells for Rejected {
    fn tell(&self, details: &mut Details) {
        self.0.tell(details);
    }
}
