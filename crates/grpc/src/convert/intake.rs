//! Dossiers that come in: submitted by a portal, or received at a desk.

use app::RequestIdentity;
use app::view::DossierName;
use domain::code::AnyCode;
use domain::dossier::acts::Accept;
use domain::dossier::contents::Contents;
use domain::dossier::private::Words;
use domain::dossier::{Channel, Command, Reception, Submission};
use domain::id::{ActorId, CaseId, ComponentCode, ProcedureCode};

use super::circumstances;
use super::fields::Fields;
use super::identity::identity;
use super::request_context::RequestContext;
use crate::proto;

/// A submission, as the engine takes it.
pub struct Submit {
    /// Under which id.
    pub identity: RequestIdentity,
    /// For which procedure.
    pub procedure: ProcedureCode,
    /// What comes in.
    pub submission: Submission,
}

/// What a desk asks for.
pub enum Receive {
    /// Take a new dossier in.
    New {
        /// Under which id.
        identity: RequestIdentity,
        /// For which procedure.
        procedure: ProcedureCode,
        /// What comes in.
        reception: Box<Reception>,
    },
    /// Accept a submitted one.
    Accept {
        /// Under which id.
        identity: RequestIdentity,
        /// Which one.
        name: DossierName,
        /// At which version.
        etag: String,
        /// The acceptance.
        command: Command,
    },
}

/// Reads a submission.
pub fn submission(
    request: &proto::SubmitDossierRequest,
    context: &RequestContext,
) -> Result<Submit, app::Error> {
    let mut fields = Fields::default();
    let identity = identity(request, &mut fields);
    let procedure = context.procedure(&mut fields, "procedure", &request.procedure);
    let portal_code = fields.parse("portal_code", &request.portal_code, AnyCode::of_a_portal);
    let receiving = context.unit(&mut fields, "receiving_unit", &request.receiving_unit);
    let channel = fields
        .channel(
            "channel",
            request.channel,
            &[Channel::Online, Channel::Post],
        )
        .unwrap_or(Channel::Online);
    let submitted = fields.fact(
        "submit_time",
        request.submit_time.as_ref(),
        context.calendar(receiving.as_ref()),
        context.now,
    );
    let given = Given {
        case_id: &request.case_id,
        applicant: request.applicant.as_ref(),
        components: &request.components,
        papers: &request.papers,
        external_codes: &request.external_codes,
        assisted_by: &request.assisted_by,
        resolving_unit: &request.resolving_unit,
        returning_unit: &request.returning_unit,
        duplicate_intended: request.duplicate_intended,
        circumstances: circumstances::Given {
            origin: request.origin,
            setting: request.setting,
            queue_ticket: "",
            fee_exemption: &request.fee_exemption,
            incident_place: &request.incident_place,
            incident_area: &request.incident_area,
        },
    };
    let content = given.read(&mut fields, context);
    let submit = (|| {
        Some(Submit {
            identity: identity?,
            procedure: procedure?,
            submission: Submission {
                receiving: receiving?,
                portal_code: portal_code?,
                submitted,
                channel,
                content,
            },
        })
    })();
    fields.done(submit)
}

/// Reads a reception, or an acceptance if the request names a dossier.
pub fn reception(
    request: &proto::ReceiveDossierRequest,
    context: &RequestContext,
) -> Result<Receive, app::Error> {
    if request.name.trim().is_empty() {
        new_reception(request, context)
    } else {
        acceptance(request)
    }
}

fn new_reception(
    request: &proto::ReceiveDossierRequest,
    context: &RequestContext,
) -> Result<Receive, app::Error> {
    let mut fields = Fields::default();
    let identity = identity(request, &mut fields);
    fields.absent("etag", request.etag.is_empty(), "unless `name` is given");
    let procedure = context.procedure(&mut fields, "procedure", &request.procedure);
    let receiving = context.unit(&mut fields, "receiving_unit", &request.receiving_unit);
    // An online dossier comes from the portal, and the desk then accepts it by name.
    let channel = fields
        .channel("channel", request.channel, &[Channel::Desk, Channel::Post])
        .unwrap_or(Channel::Desk);
    let given = Given {
        case_id: &request.case_id,
        applicant: request.applicant.as_ref(),
        components: &request.components,
        papers: &request.papers,
        external_codes: &request.external_codes,
        assisted_by: &request.assisted_by,
        resolving_unit: &request.resolving_unit,
        returning_unit: &request.returning_unit,
        duplicate_intended: request.duplicate_intended,
        circumstances: circumstances::Given {
            origin: request.origin,
            setting: request.setting,
            queue_ticket: &request.queue_ticket,
            fee_exemption: &request.fee_exemption,
            incident_place: &request.incident_place,
            incident_area: &request.incident_area,
        },
    };
    let mut content = given.read(&mut fields, context);
    content.circumstances.accept_incomplete = fields.accept_incomplete(request);
    let receive = (|| {
        Some(Receive::New {
            identity: identity?,
            procedure: procedure?,
            reception: Box::new(Reception {
                receiving: receiving?,
                channel,
                content,
            }),
        })
    })();
    fields.done(receive)
}

fn acceptance(request: &proto::ReceiveDossierRequest) -> Result<Receive, app::Error> {
    let mut fields = Fields::default();
    let identity = identity(request, &mut fields);
    let name = fields.parse("name", &request.name, DossierName::parse);
    let etag = fields.etag(&request.etag);
    let components = fields.list("components", &request.components, ComponentCode::parse);
    let papers = fields.papers("papers", &request.papers);
    let accept_incomplete = fields.accept_incomplete(request);
    let why = "when a submitted dossier is accepted; it was submitted with the dossier";
    for (field, is_absent) in [
        ("procedure", request.procedure.is_empty()),
        ("case_id", request.case_id.is_empty()),
        ("channel", request.channel == 0),
        ("receiving_unit", request.receiving_unit.is_empty()),
        ("resolving_unit", request.resolving_unit.is_empty()),
        ("returning_unit", request.returning_unit.is_empty()),
        ("applicant", request.applicant.is_none()),
        ("external_codes", request.external_codes.is_empty()),
        ("assisted_by", request.assisted_by.is_empty()),
        ("duplicate_intended", !request.duplicate_intended),
        ("origin", request.origin == 0),
        ("setting", request.setting == 0),
        ("queue_ticket", request.queue_ticket.is_empty()),
        ("fee_exemption", request.fee_exemption.is_empty()),
        ("incident_place", request.incident_place.is_empty()),
        ("incident_area", request.incident_area.is_empty()),
    ] {
        fields.absent(field, is_absent, why);
    }
    let accept = (|| {
        Some(Receive::Accept {
            identity: identity?,
            name: name?,
            etag,
            command: Command::Receive(Accept {
                components,
                papers,
                accept_incomplete,
            }),
        })
    })();
    fields.done(accept)
}

impl Fields {
    /// Why a dossier is taken in without its required papers; empty when it must have them.
    fn accept_incomplete(&mut self, request: &proto::ReceiveDossierRequest) -> Words {
        let given = request.accept_incomplete.as_ref();
        given.map_or_else(Words::default, |given| {
            self.words("accept_incomplete.reason", &given.reason)
        })
    }
}

/// What a submission and a reception have in common.
pub(super) struct Given<'a> {
    pub case_id: &'a str,
    pub applicant: Option<&'a proto::Person>,
    pub components: &'a [String],
    pub papers: &'a [proto::Paper],
    pub external_codes: &'a [String],
    pub assisted_by: &'a str,
    pub resolving_unit: &'a str,
    pub returning_unit: &'a str,
    pub duplicate_intended: bool,
    pub circumstances: circumstances::Given<'a>,
}

impl Given<'_> {
    pub fn read(&self, fields: &mut Fields, context: &RequestContext) -> Contents {
        Contents {
            case: fields.optional("case_id", self.case_id, CaseId::parse),
            applicant: fields.person("applicant", self.applicant),
            assisted_by: fields.optional("assisted_by", self.assisted_by, ActorId::parse),
            components: fields.list("components", self.components, ComponentCode::parse),
            papers: fields.papers("papers", self.papers),
            external_codes: fields.list("external_codes", self.external_codes, AnyCode::parse),
            resolving: context.optional_unit(fields, "resolving_unit", self.resolving_unit),
            returning: context.optional_unit(fields, "returning_unit", self.returning_unit),
            duplicate_intended: self.duplicate_intended,
            circumstances: self.circumstances.read(fields, context),
        }
    }
}
