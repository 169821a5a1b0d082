//! Where a dossier's time went, for the wire.

use domain::deadline::Length;
use domain::dossier::Dossier;
use domain::dossier::times::{Span, SpentOn, Split, Times, UnitTimes};
use domain::time::Instant;

use super::request_context::unit_name;
use super::time::{duration, timestamp};
use crate::proto;
use crate::proto::dossier_times as told;

/// The times of a dossier, counted up to a moment.
pub fn times(dossier: &Dossier, times: Times, as_of: Instant) -> proto::DossierTimes {
    proto::DossierTimes {
        name: format!("dossiers/{}", dossier.id),
        as_of_time: Some(timestamp(as_of)),
        spans: times.spans.into_iter().map(span).collect(),
        units: times.units.iter().map(unit).collect(),
        waited: times.waited.map(waited),
        processing: Some(split(times.processing)),
        late: Some(split(times.late)),
    }
}

fn span(span: Span) -> told::Span {
    let (part, step, number) = match span.part {
        SpentOn::Desk => (told::Part::Desk, None, 0),
        SpentOn::Office { step } => (told::Part::Office, step, 0),
        SpentOn::Papers => (told::Part::Papers, None, 0),
        SpentOn::Payment => (told::Part::Payment, None, 0),
        SpentOn::Result => (told::Part::Result, None, 0),
        SpentOn::Leg { number } => (told::Part::Leg, None, number),
        SpentOn::Consultation { number } => (told::Part::Consultation, None, number),
    };
    told::Span {
        part: part.into(),
        unit: unit_name(&span.unit),
        step: step.map(|step| step.to_string()).unwrap_or_default(),
        number: number.into(),
        start_time: Some(timestamp(span.from)),
        end_time: (!span.ongoing).then(|| timestamp(span.to)),
        working_time: span.working.map(duration),
    }
}

fn unit(times: &UnitTimes) -> told::Unit {
    told::Unit {
        unit: unit_name(&times.unit),
        desk_time: times.desk.map(duration),
        office_time: times.office.map(duration),
        citizen_time: times.citizen.map(duration),
        result_time: times.result.map(duration),
        leg_time: times.legs.map(duration),
        consultation_time: times.consultations.map(duration),
    }
}

fn split(split: Split) -> told::Split {
    told::Split {
        own_time: split.own.map(duration),
        citizen_time: split.citizen.map(duration),
        others_time: split.others.map(duration),
    }
}

fn waited(length: Length) -> told::Waited {
    use told::waited::Length as Given;
    told::Waited {
        length: Some(match length {
            Length::WorkingDays(days) => Given::WorkingDays(days),
            Length::CalendarDays(days) => Given::CalendarDays(days),
            Length::OpenTime(time) => Given::WorkingTime(duration(time)),
            Length::Elapsed(time) => Given::ElapsedTime(duration(time)),
        }),
    }
}
