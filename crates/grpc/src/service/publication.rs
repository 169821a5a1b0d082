//! The part of `CatalogueService` by which a catalogue changes.

use std::collections::btree_map::Entry;

use app::publication::Draft;
use app::publication::calendar::{Days, Trial};
use app::publication::procedure::{Migration, Target};
use app::{Caller, Engine, Error};
use domain::dossier::change::migration::StepMap;
use domain::id::{ProcedureCode, RequestId, StepId};

use crate::convert::fields::LONGEST_TEXT;
use crate::convert::{Fields, RequestContext, publication};
use crate::proto;
use crate::proto::list_procedure_breaks_request::VersionOf;

/// The longest text of a catalogue, in characters.
const LONGEST_DOCUMENT: usize = 500_000;

/// The longest resource name, in characters.
const LONGEST_NAME: usize = 200;

pub(super) async fn propose(
    engine: &Engine,
    caller: &Caller,
    request: proto::ProposeDocumentRequest,
) -> Result<proto::Document, Error> {
    let mut fields = Fields::default();
    request_id(&mut fields, &request.request_id);
    let path = fields.required("path", &request.path, LONGEST_NAME);
    // Taken as it is: composing it here would hide a text that is not composed.
    let length = request.text.chars().count();
    if request.text.trim().is_empty() {
        fields.wrong("text", "must not be empty; expected the whole text");
    } else if length > LONGEST_DOCUMENT {
        let problem = format!("must have at most {LONGEST_DOCUMENT} characters, not {length}");
        fields.wrong("text", problem);
    } else if request.text.chars().any(is_unprintable) {
        fields.wrong("text", "must not hold control characters");
    }
    let reason = fields.required("reason", &request.reason, LONGEST_TEXT);
    let draft = fields.done(Some(Draft {
        path,
        text: request.text,
        reason,
    }))?;
    let document = engine.propose_document(caller, draft).await?;
    Ok(publication::document(&document))
}

pub(super) async fn approve(
    engine: &Engine,
    caller: &Caller,
    request: &proto::ApproveDocumentRequest,
) -> Result<proto::Document, Error> {
    let mut fields = Fields::default();
    request_id(&mut fields, &request.request_id);
    let number = number(&mut fields, "name", &request.name);
    let number = fields.done(number)?;
    let document = engine.approve_document(caller, number).await?;
    Ok(publication::document(&document))
}

pub(super) async fn reject(
    engine: &Engine,
    caller: &Caller,
    request: &proto::RejectDocumentRequest,
) -> Result<proto::Document, Error> {
    let mut fields = Fields::default();
    request_id(&mut fields, &request.request_id);
    let number = number(&mut fields, "name", &request.name);
    let number = fields.done(number)?;
    let document = engine.reject_document(caller, number).await?;
    Ok(publication::document(&document))
}

pub(super) async fn get_document(
    engine: &Engine,
    caller: &Caller,
    request: &proto::GetDocumentRequest,
) -> Result<proto::Document, Error> {
    let mut fields = Fields::default();
    let number = number(&mut fields, "name", &request.name);
    let number = fields.done(number)?;
    let document = engine.document(caller, number).await?;
    Ok(publication::document(&document))
}

pub(super) async fn list_documents(
    engine: &Engine,
    caller: &Caller,
    request: proto::ListDocumentsRequest,
) -> Result<proto::ListDocumentsResponse, Error> {
    let mut fields = Fields::default();
    let page = fields.page(request.page_size, request.page_token);
    fields.done(Some(()))?;
    let page = engine.documents(caller, &page).await?;
    Ok(proto::ListDocumentsResponse {
        documents: page.items.iter().map(publication::listed).collect(),
        next_page_token: page.next,
    })
}

pub(super) async fn calendar_changes(
    engine: &Engine,
    caller: &Caller,
    request: proto::ListCalendarChangesRequest,
) -> Result<proto::ListCalendarChangesResponse, Error> {
    let mut fields = Fields::default();
    let off = days(&mut fields, "off_days", &request.off_days);
    let make_up = days(&mut fields, "make_up_days", &request.make_up_days);
    let no_days = request.off_days.is_empty() && request.make_up_days.is_empty();
    let trial = match (request.document.trim(), no_days) {
        ("", true) => {
            let problem = "must be given; expected documents/{number}, off_days or make_up_days";
            fields.wrong("document", problem);
            None
        }
        ("", false) => Some(Trial::Days(Days { off, make_up })),
        (name, no_days) => {
            fields.absent("document", no_days, "when days are given");
            number(&mut fields, "document", name).map(Trial::Document)
        }
    };
    let page = fields.page(request.page_size, request.page_token);
    let trial = fields.done(trial)?;
    let (effects, page) = engine.calendar_changes(caller, &trial, &page).await?;
    Ok(publication::changes(&effects, &page.items, page.next))
}

pub(super) async fn procedure_breaks(
    engine: &Engine,
    caller: &Caller,
    context: &RequestContext,
    request: proto::ListProcedureBreaksRequest,
) -> Result<proto::ListProcedureBreaksResponse, Error> {
    let mut fields = Fields::default();
    let target = match &request.version_of {
        Some(VersionOf::Document(name)) => {
            number(&mut fields, "document", name).map(Target::Document)
        }
        Some(VersionOf::Version(name)) => version(&mut fields, context, name),
        None => {
            fields.wrong("version_of", "must be given; expected document or version");
            None
        }
    };
    let map = steps(&mut fields, &request.steps);
    let page = fields.page(request.page_size, request.page_token);
    let target = fields.done(target)?;
    let (replayed, page) = engine
        .procedure_breaks(caller, &target, &map, &page)
        .await?;
    Ok(publication::breaks(&replayed, &page.items, page.next))
}

pub(super) async fn migrate(
    engine: &Engine,
    caller: &Caller,
    context: &RequestContext,
    request: &proto::MigrateDossiersRequest,
) -> Result<proto::Job, Error> {
    let mut fields = Fields::default();
    let id = request_id(&mut fields, &request.request_id);
    let procedure = context.procedure(&mut fields, "procedure", &request.procedure);
    let from = version_number(&mut fields, "from_version", request.from_version);
    let to = version_number(&mut fields, "to_version", request.to_version);
    let map = steps(&mut fields, &request.steps);
    let asked = (|| {
        let migration = Migration {
            procedure: procedure?,
            from: from?,
            to: to?,
            map,
        };
        Some((id?, migration))
    })();
    let (id, migration) = fields.done(asked)?;
    let job = engine.migrate_dossiers(caller, &id, &migration).await?;
    Ok(publication::job(&job))
}

pub(super) async fn get_job(
    engine: &Engine,
    caller: &Caller,
    request: &proto::GetJobRequest,
) -> Result<proto::Job, Error> {
    let mut fields = Fields::default();
    let name = fields.required("name", &request.name, LONGEST_NAME);
    let name = fields.done(Some(name))?;
    let id = name.strip_prefix("jobs/").unwrap_or(&name);
    Ok(publication::job(&engine.job(caller, id).await?))
}

pub(super) async fn list_jobs(
    engine: &Engine,
    caller: &Caller,
    request: proto::ListJobsRequest,
) -> Result<proto::ListJobsResponse, Error> {
    let mut fields = Fields::default();
    let page = fields.page(request.page_size, request.page_token);
    fields.done(Some(()))?;
    let page = engine.jobs(caller, &page).await?;
    Ok(proto::ListJobsResponse {
        jobs: page.items.iter().map(publication::job).collect(),
        next_page_token: page.next,
    })
}

fn is_unprintable(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')
}

fn request_id(fields: &mut Fields, text: &str) -> Option<RequestId> {
    fields.parse("request_id", &text.to_ascii_lowercase(), RequestId::parse)
}

/// The number of `documents/{number}`.
fn number(fields: &mut Fields, field: &str, name: &str) -> Option<u64> {
    let name = name.trim();
    let bare = name.strip_prefix("documents/").unwrap_or(name);
    let number = bare.parse().ok();
    if number.is_none() {
        let expected = "expected a document, such as documents/3";
        let problem = match name {
            "" => format!("must not be empty; {expected}"),
            _ => expected.to_owned(),
        };
        fields.wrong(field, problem);
    }
    number
}

fn days(fields: &mut Fields, field: &str, texts: &[String]) -> Vec<chrono::NaiveDate> {
    if !fields.few(field, texts.len()) {
        return Vec::new();
    }
    let texts = texts.iter().enumerate();
    texts
        .filter_map(|(at, text)| fields.day(&format!("{field}[{at}]"), text))
        .collect()
}

/// The version of `procedures/{code}/versions/{version}`.
fn version(fields: &mut Fields, context: &RequestContext, name: &str) -> Option<Target> {
    let bare = name.trim();
    let bare = bare.strip_prefix("procedures/").unwrap_or(bare);
    let found = bare.split_once("/versions/").and_then(|(code, version)| {
        let procedures = &context.catalogue.procedures;
        let latest = procedures.known(code)?;
        Some((latest.code.clone(), version.parse().ok()?))
    });
    if found.is_none() {
        let expected = "expected a version of a procedure, such as procedures/1.001193/versions/2";
        fields.wrong("version", expected);
    }
    found.map(|(code, version): (ProcedureCode, u16)| Target::Version(code, version))
}

fn version_number(fields: &mut Fields, field: &str, number: u32) -> Option<u16> {
    let number = u16::try_from(number).ok().filter(|number| *number > 0);
    if number.is_none() {
        fields.wrong(field, "expected a version number, from 1 to 65535");
    }
    number
}

fn steps(fields: &mut Fields, moves: &[proto::StepMove]) -> StepMap {
    let mut map = StepMap::new();
    if !fields.few("steps", moves.len()) {
        return map;
    }
    for (at, step) in moves.iter().enumerate() {
        let old = format!("steps[{at}].old_step");
        let new = format!("steps[{at}].new_step");
        let from = fields.optional(&old, &step.old_step, StepId::parse);
        let to = fields.parse(&new, &step.new_step, StepId::parse);
        match (map.entry(from), to) {
            (Entry::Occupied(_), _) => fields.wrong(&old, "must be named once"),
            (Entry::Vacant(place), Some(to)) => {
                place.insert(to);
            }
            (Entry::Vacant(_), None) => {}
        }
    }
    map
}
