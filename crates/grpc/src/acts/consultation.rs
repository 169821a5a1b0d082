//! Questions to other units, as they are asked, answered and told.

use domain::dossier::acts::consultation::{
    CloseConsultation, ConsentedBySilence, ConsultationClosed, ConsultationOpened, OpenConsultation,
};

use super::{Details, Tells, command_request};
use crate::convert::request_context::unit_name;
use crate::proto;

command_request!(OpenConsultationRequest => OpenConsultation, |given, fields, context| {
    use proto::open_consultation_request::Term as Given;
    let unit = context.unit(fields, "unit", &given.unit);
    let question = fields.words("question", &given.question);
    let term = match &given.term {
        Some(Given::Limit(limit)) => fields.within(limit),
        Some(Given::DueTime(at)) => fields.by(at, context),
        None => fields.no_term(),
    };
    Some(OpenConsultation {
        unit: unit?,
        question,
        term: term?,
    })
});

impl Tells for ConsultationOpened {
    fn tell(&self, details: &mut Details) {
        details.put("number", &self.number);
        details.put("unit", &unit_name(&self.unit));
        details.some("limit", self.limit.as_ref());
        details.time("due_time", Some(self.due));
        details.put("due_provisional", &self.provisional);
        if self.silence_consents {
            details.put("silence_consents", &self.silence_consents);
        }
    }
}

command_request!(CloseConsultationRequest => CloseConsultation, |given, fields, _known| {
    let number = fields.number("number", given.number);
    let answer = fields.words("answer", &given.answer);
    Some(CloseConsultation {
        number: number?,
        answer,
    })
});

impl Tells for ConsultationClosed {
    fn tell(&self, details: &mut Details) {
        details.put("number", &self.number);
    }
}

impl Tells for ConsentedBySilence {
    fn tell(&self, details: &mut Details) {
        details.list("numbers", &self.numbers);
    }
}
