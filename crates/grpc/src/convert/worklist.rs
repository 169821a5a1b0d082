//! The filters of a worklist or a list, and its counts.

use app::foresight::Level;
use app::ports::{Assignee, DossierFilter};
use app::worklist::{
    Arrangement, Breakdown, Whose, WorklistCounts, WorklistFilter, WorklistOrder, WorklistQuery,
};
use domain::dossier::Channel;
use domain::id::{ActorId, StepId};

use super::fields::Fields;
use super::foresight::level;
use super::request_context::RequestContext;
use super::time::timestamp;
use crate::proto;
use crate::proto::worklist_counts::{LevelCount, StepCount};

/// How many characters the words may have by which a worklist is narrowed.
const LONGEST_TEXT: usize = 200;

/// Reads what both lists can be narrowed by: the requests have the same fields under the same names.
macro_rules! narrowed {
    ($context:expr, $fields:expr, $request:expr) => {{
        let (context, fields, request): (&RequestContext, &mut Fields, _) =
            ($context, $fields, &$request);
        let (received_from, received_until) = fields.interval(
            ("receive_from_time", request.receive_from_time.as_ref()),
            ("receive_until_time", request.receive_until_time.as_ref()),
        );
        DossierFilter {
            statuses: fields.states("states", &request.states),
            procedure: context.optional_procedure(fields, "procedure", &request.procedure),
            channel: fields.channel("channel", request.channel, &Channel::ALL),
            step: fields.optional("step", &request.step, StepId::parse),
            assignee: assignee(fields, &request.assignee),
            received_from,
            received_until,
            changed_since: fields.moment("changed_since_time", request.changed_since_time.as_ref()),
            ..DossierFilter::default()
        }
    }};
}

/// Reads a page's filters.
pub fn query(
    context: &RequestContext,
    fields: &mut Fields,
    request: proto::ListWorklistRequest,
) -> WorklistQuery {
    let mut only = filters(fields, &request.only);
    for (wanted, filter) in [
        (request.not_handed_over, WorklistFilter::NotHandedOver),
        (request.in_conflict, WorklistFilter::InConflict),
    ] {
        if wanted && !only.contains(&filter) {
            only.push(filter);
        }
    }
    let levels = levels(fields, &request.levels);
    let filter = narrowed!(context, fields, request);
    WorklistQuery {
        whose: whose(
            context,
            fields,
            &request.unit,
            request.kind,
            request.with_mirrored,
        ),
        only,
        levels,
        filter,
        arranged: Arrangement {
            order: order(fields, request.order),
            descending: request.descending,
            text: fields.text("text", &request.text, LONGEST_TEXT),
            skip: skip(fields, request.skip),
        },
        counted: request.with_total,
        page: fields.page(request.page_size, request.page_token),
    }
}

fn order(fields: &mut Fields, number: i32) -> WorklistOrder {
    let drawn = |order: &WorklistOrder| match order {
        WorklistOrder::Urgency => proto::WorklistOrder::Urgency,
        WorklistOrder::Procedure => proto::WorklistOrder::Procedure,
        WorklistOrder::Step => proto::WorklistOrder::Step,
        WorklistOrder::Due => proto::WorklistOrder::Due,
    };
    if number == i32::from(proto::WorklistOrder::Unspecified) {
        return WorklistOrder::default();
    }
    let mut context = WorklistOrder::ALL.iter();
    let found = context.find(|order| i32::from(drawn(order)) == number);
    if found.is_none() {
        let names = WorklistOrder::ALL.map(|order| drawn(&order).as_str_name());
        fields.wrong("order", format!("expected one of {}", names.join(", ")));
    }
    found.copied().unwrap_or_default()
}

fn skip(fields: &mut Fields, number: i32) -> u32 {
    u32::try_from(number).unwrap_or_else(|_negative| {
        fields.wrong("skip", "must not be negative".to_owned());
        0
    })
}

/// Reads the filters of a list.
pub fn of_list(
    context: &RequestContext,
    fields: &mut Fields,
    request: &proto::ListDossiersRequest,
) -> DossierFilter {
    let (ended_from, ended_until) = fields.interval(
        ("end_from_time", request.end_from_time.as_ref()),
        ("end_until_time", request.end_until_time.as_ref()),
    );
    DossierFilter {
        received_by: context.optional_unit(fields, "receiving_unit", &request.receiving_unit),
        decided_by: context.optional_unit(fields, "resolving_unit", &request.resolving_unit),
        ended_from,
        ended_until,
        ..narrowed!(context, fields, *request)
    }
}

/// Reads whose dossiers are meant.
pub fn whose(
    context: &RequestContext,
    fields: &mut Fields,
    unit: &str,
    kind: i32,
    mirrored: bool,
) -> Whose {
    Whose {
        unit: context.optional_unit(fields, "unit", unit),
        kind: fields.kind("kind", kind),
        with_mirrored: mirrored,
    }
}

/// Reads the person who must have the dossier.
fn assignee(fields: &mut Fields, text: &str) -> Option<Assignee> {
    if text.trim() == "-" {
        return Some(Assignee::Nobody);
    }
    fields
        .optional("assignee", text, ActorId::parse)
        .map(Assignee::Person)
}

fn filters(fields: &mut Fields, numbers: &[i32]) -> Vec<WorklistFilter> {
    if !fields.few("only", numbers.len()) {
        return Vec::new();
    }
    let mut filters = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let filter = WorklistFilter::ALL
            .into_iter()
            .find(|filter| i32::from(filter_of(*filter)) == *number);
        match filter {
            Some(filter) if filters.contains(&filter) => {}
            Some(filter) => filters.push(filter),
            None => {
                let names = WorklistFilter::ALL.map(|one| filter_of(one).as_str_name());
                let problem = format!("expected one of {}", names.join(", "));
                fields.wrong(&format!("only[{at}]"), problem);
            }
        }
    }
    filters
}

fn levels(fields: &mut Fields, numbers: &[i32]) -> Vec<Level> {
    if !fields.few("levels", numbers.len()) {
        return Vec::new();
    }
    let mut levels = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let found = Level::ALL
            .into_iter()
            .find(|one| i32::from(level(*one)) == *number);
        match found {
            Some(found) if levels.contains(&found) => {}
            Some(found) => levels.push(found),
            None => {
                let names = Level::ALL.map(|one| level(one).as_str_name());
                let problem = format!("expected one of {}", names.join(", "));
                fields.wrong(&format!("levels[{at}]"), problem);
            }
        }
    }
    levels
}

fn filter_of(filter: WorklistFilter) -> proto::WorklistFilter {
    match filter {
        WorklistFilter::Overdue => proto::WorklistFilter::Overdue,
        WorklistFilter::NearDue => proto::WorklistFilter::NearDue,
        WorklistFilter::DueToday => proto::WorklistFilter::DueToday,
        WorklistFilter::AnswerDueToday => proto::WorklistFilter::AnswerDueToday,
        WorklistFilter::WaitingForCitizen => proto::WorklistFilter::WaitingForCitizen,
        WorklistFilter::Submitted => proto::WorklistFilter::Submitted,
        WorklistFilter::Unassigned => proto::WorklistFilter::Unassigned,
        WorklistFilter::NotHandedOver => proto::WorklistFilter::NotHandedOver,
        WorklistFilter::HandOverLate => proto::WorklistFilter::HandOverLate,
        WorklistFilter::LateLeg => proto::WorklistFilter::LateLeg,
        WorklistFilter::LateConsultation => proto::WorklistFilter::LateConsultation,
        WorklistFilter::InConflict => proto::WorklistFilter::InConflict,
        WorklistFilter::Alerted => proto::WorklistFilter::Alerted,
    }
}

/// Draws counts.
pub fn counts(counts: &WorklistCounts) -> proto::WorklistCounts {
    proto::WorklistCounts {
        open: counts.open,
        overdue: counts.of(WorklistFilter::Overdue),
        near_due: counts.of(WorklistFilter::NearDue),
        due_today: counts.of(WorklistFilter::DueToday),
        answer_due_today: counts.of(WorklistFilter::AnswerDueToday),
        waiting_for_citizen: counts.of(WorklistFilter::WaitingForCitizen),
        submitted: counts.of(WorklistFilter::Submitted),
        unassigned: counts.of(WorklistFilter::Unassigned),
        not_handed_over: counts.of(WorklistFilter::NotHandedOver),
        hand_over_late: counts.of(WorklistFilter::HandOverLate),
        late_legs: counts.of(WorklistFilter::LateLeg),
        late_consultations: counts.of(WorklistFilter::LateConsultation),
        in_conflict: counts.of(WorklistFilter::InConflict),
        alerted: counts.of(WorklistFilter::Alerted),
        as_of_time: Some(timestamp(counts.as_of)),
        levels: Vec::new(),
        steps: Vec::new(),
    }
}

/// Adds the counts by level and by step.
pub fn with_breakdown(counts: &mut proto::WorklistCounts, breakdown: Breakdown) {
    counts.levels = breakdown
        .levels
        .into_iter()
        .map(|(at, dossiers)| LevelCount {
            level: level(at).into(),
            dossiers,
        })
        .collect();
    counts.steps = breakdown
        .steps
        .into_iter()
        .map(|at| StepCount {
            step: at.step.to_string(),
            step_name: at.name,
            role: at.role.to_string(),
            dossiers: at.waiting,
            overdue: at.overdue,
            since_time: Some(timestamp(at.since)),
        })
        .collect();
}
