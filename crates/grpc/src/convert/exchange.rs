//! What is compared with other systems, for the wire.

use app::portal::{Counts, KeptSheet, ReadingStatus, RemoteExchange, Sheet, SheetKey, SheetLine};
use app::ports::ReadingFinding;
use chrono::TimeDelta;
use domain::dossier::Dossier;
use domain::id::DossierId;
use domain::import::DueDifference;
use domain::time::Instant;

use super::explanation::explanation;
use super::time::{duration, timestamp};
use crate::proto;

/// How many dossiers a sheet names.
const MOST_NAMED: usize = 200;

/// Draws what was received and ended, here and there.
pub fn sheet(sheet: &Sheet) -> proto::ExchangeSheet {
    let sum = sheet.sum();
    let differing = sheet.differ.iter().take(MOST_NAMED);
    proto::ExchangeSheet {
        lines: sheet.lines.iter().map(line).collect(),
        received_count: sum.here.received,
        acknowledged_count: sum.there.received,
        differing_count: sum.differ,
        differing_dossiers: differing.map(|id| format!("dossiers/{id}")).collect(),
        here: Some(counts(&sum.here)),
        there: Some(counts(&sum.there)),
        late_count: sum.late,
        longest_lag: Some(duration(sum.slowest)),
    }
}

/// Draws a night's sheet.
pub fn kept(kept: &KeptSheet) -> proto::KeptExchangeSheet {
    let found = &kept.found;
    let lines = found.lines.iter().map(|line| proto::ExchangeSheetLine {
        unit: line.unit.to_string(),
        day: line.day.to_string(),
        here: Some(counts(&line.here)),
        there: Some(counts(&line.there)),
        differing_count: line.differ,
        late_count: line.late,
        longest_lag: Some(duration(TimeDelta::milliseconds(line.slowest_ms))),
    });
    let named = found.dossiers.iter();
    proto::KeptExchangeSheet {
        night: kept.night.to_string(),
        create_time: Some(timestamp(kept.made)),
        from: found.from.to_string(),
        to: found.to.to_string(),
        sheet: Some(proto::ExchangeSheet {
            lines: lines.collect(),
            received_count: found.here.received,
            acknowledged_count: found.there.received,
            differing_count: found.differ,
            differing_dossiers: named.map(|id| format!("dossiers/{id}")).collect(),
            here: Some(counts(&found.here)),
            there: Some(counts(&found.there)),
            late_count: found.late,
            longest_lag: Some(duration(TimeDelta::milliseconds(found.slowest_ms))),
        }),
    }
}

/// Draws how far other systems have been told of a dossier.
pub fn of_dossier(
    dossier: DossierId,
    remotes: &[RemoteExchange],
    at: Instant,
) -> proto::DossierExchange {
    let draw = |exchange: &RemoteExchange| {
        let RemoteExchange {
            remote,
            acknowledged,
            parcel,
            late,
        } = exchange;
        let had = acknowledged.as_ref();
        let waits = parcel.as_ref();
        proto::RemoteExchange {
            remote: remote.clone(),
            acknowledged_event: had.map_or(0, |had| had.version),
            // The numbers of the states are the national codes.
            state: had.map_or(0, |had| had.status.into()),
            event_time: had.map(|had| timestamp(had.event_time)),
            record_time: had.map(|had| timestamp(had.record_time)),
            acknowledge_time: had.map(|had| timestamp(had.at)),
            lag: had.map(|had| duration(had.lag())),
            longest_lag: had.map(|had| duration(had.slowest)),
            first_acknowledge_time: had.map(|had| timestamp(had.first)),
            late: *late,
            waiting_event: waits.map_or(0, |parcel| parcel.first),
            waiting_since_time: waits.map(|parcel| timestamp(parcel.since)),
            park_time: waits.and_then(|parcel| parcel.parked.map(timestamp)),
            reason: waits.map_or_else(String::new, |parcel| parcel.reason.clone()),
        }
    };
    proto::DossierExchange {
        dossier: format!("dossiers/{dossier}"),
        as_of_time: Some(timestamp(at)),
        remotes: remotes.iter().map(draw).collect(),
    }
}

fn line(((unit, day), line): (&SheetKey, &SheetLine)) -> proto::ExchangeSheetLine {
    proto::ExchangeSheetLine {
        unit: unit.to_string(),
        day: day.to_string(),
        here: Some(counts(&line.here)),
        there: Some(counts(&line.there)),
        differing_count: line.differ,
        late_count: line.late,
        longest_lag: Some(duration(line.slowest)),
    }
}

fn counts(counts: &Counts) -> proto::exchange_sheet_line::Counts {
    proto::exchange_sheet_line::Counts {
        received_count: counts.received,
        ended_count: counts.ended,
        pending_count: counts.pending(),
    }
}

/// Draws what came of a reading.
pub fn reading(status: &ReadingStatus) -> proto::SystemReading {
    let ReadingStatus { reading, late } = status;
    proto::SystemReading {
        system: reading.system.clone(),
        begin_time: Some(timestamp(reading.begun)),
        end_time: Some(timestamp(reading.ended)),
        next_time: Some(timestamp(reading.next)),
        whole_time: reading.whole.map(timestamp),
        late: *late,
        row_count: reading.rows,
        added_count: reading.added,
        updated_count: reading.updated,
        known_count: reading.known,
        failed_count: reading.failed,
        findings: reading.findings.iter().map(finding).collect(),
    }
}

fn finding(finding: &ReadingFinding) -> proto::system_reading::Finding {
    proto::system_reading::Finding {
        kind: finding.kind.as_str().to_owned(),
        dossier_there: finding.name.clone(),
        words: finding.words.clone(),
    }
}

/// Draws a due time that is not the law's.
pub fn difference((dossier, difference): &(Dossier, DueDifference)) -> proto::DueDifference {
    let DueDifference { given, law } = difference;
    proto::DueDifference {
        dossier: format!("dossiers/{}", dossier.id),
        code: dossier.label(),
        unit: dossier.resolving.to_string(),
        procedure: dossier.procedure.to_string(),
        given_time: Some(timestamp(*given)),
        law_time: Some(timestamp(law.due)),
        limit: law.limit.to_string(),
        explanation: Some(explanation(law)),
    }
}
