//! Offline reception: requests and answers.

use std::ops::RangeInclusive;

use app::offline::OfflineReception;
use app::ports::{Block, SkippedNumbers};
use app::view::{DossierName, View};
use app::{Error, RequestIdentity};
use chrono::NaiveDate;
use domain::code::DossierCode;
use domain::dossier::{Channel, Reception};
use domain::id::{DossierId, UnitCode};
use domain::number::{MOST_IN_A_BLOCK, NumberState, VoidReason};

use super::circumstances;
use super::dossier;
use super::fields::Fields;
use super::identity::identity;
use super::intake::Given;
use super::request_context::{RequestContext, unit_name};
use super::time::timestamp;
use crate::proto;

/// A block that is wanted.
pub struct Reserve {
    /// Under which id.
    pub identity: RequestIdentity,
    /// Of which unit.
    pub unit: UnitCode,
    /// For which day.
    pub day: NaiveDate,
    /// How many numbers.
    pub count: u32,
}

/// Reads a wish for a block.
pub fn reserve(
    request: &proto::ReserveNumbersRequest,
    context: &RequestContext,
) -> Result<Reserve, Error> {
    let mut fields = Fields::default();
    let identity = identity(request, &mut fields);
    let unit = context.unit(&mut fields, "unit", &request.unit);
    let day = fields.day("day", &request.day);
    let count = u32::try_from(request.count).unwrap_or(0);
    if !(1..=MOST_IN_A_BLOCK).contains(&count) {
        fields.wrong("count", format!("must be from 1 to {MOST_IN_A_BLOCK}"));
    }
    let reserve = (|| {
        Some(Reserve {
            identity: identity?,
            unit: unit?,
            day: day?,
            count,
        })
    })();
    fields.done(reserve)
}

/// Numbers that are given back.
pub struct GiveBack {
    /// Of which unit.
    pub unit: UnitCode,
    /// Of which day.
    pub day: NaiveDate,
    /// Which.
    pub numbers: Vec<u32>,
    /// Why.
    pub reason: VoidReason,
    /// The dossier that the person of the slip has later.
    pub later: Option<DossierName>,
}

/// Reads which numbers are given back.
pub fn give_back(
    request: &proto::VoidNumbersRequest,
    context: &RequestContext,
) -> Result<GiveBack, Error> {
    let mut fields = Fields::default();
    // A void number stays void, so the id only tells the caller's tries apart.
    let _same_twice = identity(request, &mut fields);
    let unit = context.unit(&mut fields, "unit", &request.unit);
    let day = fields.day("day", &request.day);
    let most = MOST_IN_A_BLOCK as usize;
    if !(1..=most).contains(&request.numbers.len()) {
        let length = request.numbers.len();
        fields.wrong(
            "numbers",
            format!("must have 1 to {most} items, not {length}"),
        );
    }
    let mut numbers = Vec::new();
    for (at, number) in request.numbers.iter().take(most).enumerate() {
        numbers.extend(positive(&mut fields, &format!("numbers[{at}]"), *number));
    }
    let reason = reason(&mut fields, request.reason);
    let later = fields.optional("later_dossier", &request.later_dossier, DossierName::parse);
    let give_back = (|| {
        Some(GiveBack {
            unit: unit?,
            day: day?,
            numbers,
            reason: reason?,
            later,
        })
    })();
    fields.done(give_back)
}

fn positive(fields: &mut Fields, field: &str, number: i32) -> Option<u32> {
    let positive = u32::try_from(number).ok().filter(|number| *number > 0);
    if positive.is_none() {
        fields.wrong(field, "must be 1 or more");
    }
    positive
}

fn reason(fields: &mut Fields, given: i32) -> Option<VoidReason> {
    use proto::void_numbers_request::Reason;
    match Reason::try_from(given) {
        Ok(Reason::Unused) => Some(VoidReason::Unused),
        Ok(Reason::Spoilt) => Some(VoidReason::Spoilt),
        Ok(Reason::Lost) => Some(VoidReason::Lost),
        Ok(Reason::Unspecified) | Err(_) => {
            fields.wrong(
                "reason",
                "expected one of REASON_UNUSED, REASON_SPOILT, REASON_LOST",
            );
            None
        }
    }
}

/// Reads whose blocks of which days are asked for.
pub fn blocks_of(
    request: &proto::ListNumberBlocksRequest,
    context: &RequestContext,
) -> Result<(UnitCode, RangeInclusive<NaiveDate>), Error> {
    let mut fields = Fields::default();
    let unit = context.unit(&mut fields, "unit", &request.unit);
    let day = fields.day("day", &request.day);
    let last = if request.last_day.is_empty() {
        day
    } else {
        fields.day("last_day", &request.last_day)
    };
    fields.done((|| Some((unit?, day?..=last?)))())
}

/// What is entered later.
pub struct Import {
    /// Which desk's.
    pub unit: UnitCode,
    /// Of which day.
    pub day: NaiveDate,
    /// What it received.
    pub receptions: Vec<OfflineReception>,
}

/// Reads the receptions of an offline desk.
pub fn import(
    request: &proto::ImportReceptionsRequest,
    context: &RequestContext,
) -> Result<Import, Error> {
    let mut fields = Fields::default();
    let unit = context.unit(&mut fields, "unit", &request.unit);
    let day = fields.day("day", &request.day);
    if request.requests.is_empty() {
        fields.wrong("requests", "must not be empty");
    }
    let mut receptions = Vec::new();
    if fields.few("requests", request.requests.len()) {
        for (at, one) in request.requests.iter().enumerate() {
            let mut inner = Fields::default();
            let read = reception(one, unit.as_ref(), &mut inner, context);
            fields.part(&format!("requests[{at}]"), inner);
            receptions.extend(read);
        }
    }
    let import = (|| {
        Some(Import {
            unit: unit?,
            day: day?,
            receptions,
        })
    })();
    fields.done(import)
}

fn reception(
    request: &proto::ImportReceptionRequest,
    unit: Option<&UnitCode>,
    fields: &mut Fields,
    context: &RequestContext,
) -> Option<OfflineReception> {
    let identity = identity(request, fields);
    let number = positive(fields, "number", request.number);
    let at = fields.moment("receive_time", request.receive_time.as_ref());
    if request.receive_time.is_none() {
        fields.wrong("receive_time", "must be given");
    }
    let procedure = context.procedure(fields, "procedure", &request.procedure);
    let channel = fields
        .channel("channel", request.channel, &[Channel::Desk, Channel::Post])
        .unwrap_or(Channel::Desk);
    let given = Given {
        circumstances: circumstances::Given::default(),
        case_id: &request.case_id,
        applicant: request.applicant.as_ref(),
        components: &request.components,
        papers: &request.papers,
        external_codes: &request.external_codes,
        assisted_by: &request.assisted_by,
        resolving_unit: &request.resolving_unit,
        returning_unit: &request.returning_unit,
        duplicate_intended: false,
    };
    let content = given.read(fields, context);
    Some(OfflineReception {
        identity: identity?,
        number: number?,
        at: at?,
        procedure: procedure?,
        reception: Reception {
            receiving: unit?.clone(),
            channel,
            content,
        },
    })
}

/// Draws a block.
pub fn block(block: &Block) -> proto::NumberBlock {
    let of = |wanted: fn(&NumberState) -> bool| {
        let numbers = block.numbers.iter();
        numbers
            .filter(|(_, state)| wanted(state))
            .map(|(number, _)| small(*number))
            .collect()
    };
    let used = block.numbers.iter().filter_map(|(number, state)| {
        let NumberState::Used(dossier) = state else {
            return None;
        };
        Some(used(*number, *dossier))
    });
    proto::NumberBlock {
        unit: unit_name(&block.unit),
        day: block.day.to_string(),
        first: small(block.first),
        last: small(block.last),
        open_numbers: of(|state| matches!(state, NumberState::Open)),
        used_numbers: used.collect(),
        void_numbers: of(|state| matches!(state, NumberState::Void { .. })),
        reserve_time: Some(timestamp(block.taken)),
        voided: (block.numbers.iter())
            .filter_map(|(number, state)| voided(block, *number, state))
            .collect(),
    }
}

/// Draws numbers that a restoration skipped.
pub fn skipped(unit: &UnitCode, skipped: &SkippedNumbers) -> proto::SkippedNumbers {
    proto::SkippedNumbers {
        unit: unit_name(unit),
        day: skipped.day.to_string(),
        first: small(skipped.first),
        last: small(skipped.last),
        restore_time: Some(timestamp(skipped.restored)),
    }
}

fn voided(
    block: &Block,
    number: u32,
    state: &NumberState,
) -> Option<proto::number_block::VoidedNumber> {
    use proto::void_numbers_request::Reason;
    let NumberState::Void { reason, later } = state else {
        return None;
    };
    let why = match reason {
        VoidReason::Unused => Reason::Unused,
        VoidReason::Spoilt => Reason::Spoilt,
        VoidReason::Lost => Reason::Lost,
    };
    let by = block.voided.get(&number);
    Some(proto::number_block::VoidedNumber {
        number: small(number),
        reason: why.into(),
        later_dossier: later.map_or_else(String::new, |later| format!("dossiers/{later}")),
        code: DossierCode::new(&block.unit, block.day, number).to_string(),
        actor: by.map_or_else(String::new, |(actor, _)| actor.to_string()),
        void_time: by.map(|(_, at)| timestamp(*at)),
    })
}

fn used(number: u32, dossier: DossierId) -> proto::number_block::UsedNumber {
    proto::number_block::UsedNumber {
        number: small(number),
        dossier: format!("dossiers/{dossier}"),
    }
}

fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Draws what became of each reception.
pub fn outcomes(
    numbers: &[u32],
    outcomes: Vec<Result<View, Error>>,
) -> proto::ImportReceptionsResponse {
    use proto::import_receptions_response::{Failure, Outcome, outcome::Result as Told};
    let outcome = |(number, result): (&u32, Result<View, Error>)| Outcome {
        number: small(*number),
        result: Some(match result {
            Ok(view) => Told::Dossier(dossier::dossier(&view)),
            Err(error) => Told::Failure(Failure {
                reason: error.reason().to_owned(),
                message_vi: error.vietnamese(),
                message: error.to_string(),
            }),
        }),
    };
    proto::ImportReceptionsResponse {
        outcomes: numbers.iter().zip(outcomes).map(outcome).collect(),
    }
}
