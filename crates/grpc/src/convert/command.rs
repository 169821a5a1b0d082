//! Commands on a dossier that exists.

use app::Meta;
use app::view::DossierName;
use domain::dossier::command::{HandOver, SupplementException, SupplementItem};
use domain::dossier::mirror::Claim;
use domain::dossier::private::Words;
use domain::dossier::{Channel, Command, Extension, Term};
use domain::fold;
use domain::id::{ActorId, ComponentCode, Reference, StepId, SystemName};
use prost_types::Timestamp;

use super::fields::{Fields, LONGEST_TEXT};
use super::known::Known;
use super::meta::{Write, meta};
use crate::proto;

/// The most đồng that one payment may be: far above any fee, far below what overflows a sum.
const MOST_VND: u64 = 1_000_000_000_000;

/// A command with what it is addressed to.
pub struct Addressed {
    /// Under which id.
    pub meta: Meta,
    /// Which dossier.
    pub name: DossierName,
    /// At which version.
    pub etag: String,
    /// What is asked.
    pub command: Command,
}

/// A request that moves a dossier.
pub trait Moves: Write {
    /// The name of the dossier.
    fn name(&self) -> &str;

    /// The version last read.
    fn etag(&self) -> &str;

    /// What is asked; none when that cannot even be read.
    fn command(&self, fields: &mut Fields, known: &Known) -> Option<Command>;
}

/// Reads a command, or tells everything that is wrong with it.
pub fn command<R: Moves>(request: &R, known: &Known) -> Result<Addressed, app::Error> {
    let mut fields = Fields::default();
    let name = fields.parse("name", request.name(), DossierName::parse);
    let etag = fields.etag(request.etag());
    let meta = meta(request, &mut fields);
    let command = request.command(&mut fields, known);
    let addressed = (|| {
        Some(Addressed {
            meta: meta?,
            name: name?,
            etag,
            command: command?,
        })
    })();
    fields.done(addressed)
}

impl Fields {
    /// The version last read, which a change must name.
    pub fn etag(&mut self, etag: &str) -> String {
        if etag.trim().is_empty() {
            self.wrong(
                "etag",
                "must not be empty; expected the etag of the last read",
            );
        }
        etag.trim().to_owned()
    }

    pub(super) fn words(&mut self, field: &str, text: &str) -> Words {
        Words::new(&self.required(field, text, LONGEST_TEXT))
    }

    pub(super) fn optional_words(&mut self, field: &str, text: &str) -> Words {
        Words::new(&self.text(field, text, LONGEST_TEXT))
    }

    /// The number of a leg or a consultation.
    pub(super) fn number(&mut self, field: &str, number: u32) -> Option<u16> {
        let number = u16::try_from(number).ok().filter(|number| *number > 0);
        if number.is_none() {
            self.wrong(field, "expected a number from 1 to 65535");
        }
        number
    }

    fn within(&mut self, limit: &str) -> Option<Term> {
        self.time_limit("limit", limit).map(Term::Within)
    }

    fn by(&mut self, at: &Timestamp, known: &Known) -> Option<Term> {
        let at = self.coming("due_time", Some(at), known.calendar(None));
        at.map(Term::By)
    }

    fn no_term(&mut self) -> Option<Term> {
        self.wrong("term", "must be given; expected limit or due_time");
        None
    }

    fn amount(&mut self, field: &str, amount: i64) -> Option<u64> {
        let amount = u64::try_from(amount)
            .ok()
            .filter(|amount| (1..=MOST_VND).contains(amount));
        if amount.is_none() {
            self.wrong(
                field,
                format!("expected an amount in đồng from 1 to {MOST_VND}"),
            );
        }
        amount
    }
}

macro_rules! moves {
    ($request:ident, |$given:ident, $fields:ident, $known:ident| $command:expr) => {
        impl Moves for proto::$request {
            fn name(&self) -> &str {
                &self.name
            }

            fn etag(&self) -> &str {
                &self.etag
            }

            fn command(&self, $fields: &mut Fields, $known: &Known) -> Option<Command> {
                let $given = self;
                $command
            }
        }
    };
}
pub(super) use moves;

moves!(RefuseDossierRequest, |given, fields, known| {
    let reason = fields.words("reason", &given.reason);
    let competent = known.optional_unit(fields, "competent_unit", &given.competent_unit);
    Some(Command::Refuse { reason, competent })
});

moves!(RequestSupplementRequest, |given, fields, known| {
    let items = supplement_items(&given.items, fields);
    let reason = fields.words("reason", &given.reason);
    let calendar = known.calendar(None);
    let given_time = given.respond_by_time.as_ref();
    let respond_by = fields.coming("respond_by_time", given_time, calendar);
    let exception = given
        .exception
        .as_ref()
        .map(|exception| SupplementException {
            reason: fields.words("exception.reason", &exception.reason),
            legal_basis: fields.words("exception.legal_basis", &exception.legal_basis),
        });
    Some(Command::RequestSupplement {
        items,
        reason,
        respond_by,
        exception,
    })
});

moves!(RecordSupplementRequest, |given, fields, _known| {
    let components = fields.list("components", &given.components, ComponentCode::parse);
    let papers = fields.papers("papers", &given.papers);
    Some(Command::RecordSupplement { components, papers })
});

moves!(AdvanceDossierRequest, |given, fields, _known| {
    let step = fields.optional("step", &given.step, StepId::parse);
    let assignee = fields.optional("assignee", &given.assignee, ActorId::parse);
    Some(Command::Advance { step, assignee })
});

moves!(AssignDossierRequest, |given, fields, _known| {
    let assignee = fields.parse("assignee", &given.assignee, ActorId::parse)?;
    Some(Command::Assign { assignee })
});

moves!(TransferDossierRequest, |given, fields, known| {
    let to = known.unit(fields, "resolving_unit", &given.resolving_unit);
    let returning = known.optional_unit(fields, "returning_unit", &given.returning_unit);
    let reason = fields.words("reason", &given.reason);
    Some(Command::Transfer {
        to: to?,
        returning,
        reason,
    })
});

moves!(HandOverDossierRequest, |given, fields, known| {
    let giver = fields.optional("giver", &given.giver, ActorId::parse);
    let receiver = fields.parse("receiver", &given.receiver, ActorId::parse);
    let receiver_unit = known.optional_unit(fields, "receiver_unit", &given.receiver_unit);
    let components = fields.list("components", &given.components, ComponentCode::parse);
    let originals = fields.list("originals", &given.originals, ComponentCode::parse);
    Some(Command::HandOver(HandOver {
        giver,
        receiver: receiver?,
        receiver_unit,
        components,
        originals,
        on_paper: given.on_paper,
    }))
});

moves!(RequestPaymentRequest, |given, fields, _known| {
    let reason = fields.words("reason", &given.reason);
    let amount_vnd = fields.amount("amount_vnd", given.amount_vnd)?;
    Some(Command::RequestPayment { amount_vnd, reason })
});

moves!(RecordPaymentRequest, |given, fields, _known| {
    let amount_vnd = fields.amount("amount_vnd", given.amount_vnd);
    let method = fields.payment_method("method", given.method);
    Some(Command::RecordPayment {
        amount_vnd: amount_vnd?,
        method,
    })
});

moves!(RefundPaymentRequest, |given, fields, _known| {
    let reason = fields.words("reason", &given.reason);
    let amount_vnd = fields.amount("amount_vnd", given.amount_vnd)?;
    Some(Command::RefundPayment { amount_vnd, reason })
});

moves!(ExtendDossierRequest, |given, fields, known| {
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
            let calendar = known.calendar(None);
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
    Some(Command::Extend(extension))
});

moves!(WithdrawDossierRequest, |given, fields, _known| {
    let reason = fields.optional_words("reason", &given.reason);
    Some(Command::Withdraw { reason })
});

moves!(StopDossierRequest, |given, fields, _known| {
    let reason = fields.words("reason", &given.reason);
    let legal_basis = fields.words("legal_basis", &given.legal_basis);
    Some(Command::Stop {
        reason,
        legal_basis,
    })
});

moves!(OpenLegRequest, |given, fields, known| {
    use proto::open_leg_request::Term as Given;
    let unit = known.unit(fields, "unit", &given.unit);
    let task = fields.words("task", &given.task);
    let term = match &given.term {
        Some(Given::Limit(limit)) => fields.within(limit),
        Some(Given::DueTime(at)) => fields.by(at, known),
        None => fields.no_term(),
    };
    Some(Command::OpenLeg {
        unit: unit?,
        lead: given.lead,
        task,
        term: term?,
    })
});

moves!(CloseLegRequest, |given, fields, _known| {
    let number = fields.number("number", given.number);
    let result = fields.optional_words("result", &given.result);
    Some(Command::CloseLeg {
        number: number?,
        result,
    })
});

moves!(OpenConsultationRequest, |given, fields, known| {
    use proto::open_consultation_request::Term as Given;
    let unit = known.unit(fields, "unit", &given.unit);
    let question = fields.words("question", &given.question);
    let term = match &given.term {
        Some(Given::Limit(limit)) => fields.within(limit),
        Some(Given::DueTime(at)) => fields.by(at, known),
        None => fields.no_term(),
    };
    Some(Command::OpenConsultation {
        unit: unit?,
        question,
        term: term?,
    })
});

moves!(CloseConsultationRequest, |given, fields, _known| {
    let number = fields.number("number", given.number);
    let answer = fields.words("answer", &given.answer);
    Some(Command::CloseConsultation {
        number: number?,
        answer,
    })
});

moves!(ResolveDossierRequest, |given, fields, known| {
    let results = fields.results("results", &given.results, known);
    Some(Command::Resolve { results })
});

moves!(ReturnResultRequest, |given, fields, _known| {
    let receiver = given
        .receiver
        .as_ref()
        .map(|receiver| fields.person("receiver", Some(receiver)));
    if given.proxy && receiver.is_none() {
        fields.wrong("receiver", "must be given when a proxy fetches the result");
    }
    let channel = fields
        .channel("channel", given.channel, &Channel::ALL)
        .unwrap_or(Channel::Desk);
    Some(Command::Return {
        receiver,
        proxy: given.proxy,
        channel,
    })
});

moves!(RateDossierRequest, |given, fields, _known| {
    let score = fields.score("score", given.score);
    let method = fields.rating_method("method", given.method);
    let comment = fields.optional_words("comment", &given.comment);
    Some(Command::Rate {
        score: score?,
        method: method?,
        comment,
    })
});

moves!(RecordMirroredStatusRequest, |given, fields, known| {
    let system = fields.parse("system", &fold::compose(&given.system), SystemName::parse);
    let reference = fields.parse("reference", &given.reference, Reference::parse);
    let status = fields.state("state", given.state);
    let calendar = known.calendar(None);
    if given.status_time.is_none() {
        fields.wrong("status_time", "must be given; expected since when");
    }
    let at = fields.fact(
        "status_time",
        given.status_time.as_ref(),
        calendar,
        known.now,
    );
    // One that has passed is news as well: of a dossier that is late elsewhere.
    let due = fields.coming("due_time", given.due_time.as_ref(), calendar);
    Some(Command::RecordMirrored(Claim {
        system: system?,
        reference: reference?,
        status: status?,
        at: at?,
        due,
    }))
});

moves!(SettleConflictRequest, |given, fields, _known| {
    let reason = fields.words("reason", &given.reason);
    let number = fields.number("conflict", given.conflict);
    Some(Command::SettleConflict {
        number: number?,
        apply: given.apply,
        reason,
    })
});

fn supplement_items(
    given: &[proto::request_supplement_request::Item],
    fields: &mut Fields,
) -> Vec<SupplementItem> {
    if given.is_empty() {
        fields.wrong("items", "must not be empty; expected what is missing");
    }
    if !fields.few("items", given.len()) {
        return Vec::new();
    }
    let mut items = Vec::with_capacity(given.len());
    for (at, item) in given.iter().enumerate() {
        let component_field = format!("items[{at}].component");
        let component = fields.optional(&component_field, &item.component, ComponentCode::parse);
        let note = fields.optional_words(&format!("items[{at}].note"), &item.note);
        if item.component.trim().is_empty() && note.is_empty() {
            fields.wrong(
                &format!("items[{at}]"),
                "expected a component, a note, or both",
            );
        }
        items.push(SupplementItem { component, note });
    }
    items
}
