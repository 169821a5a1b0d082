//! What is compared with other systems, for the wire.

use app::portal::{Counts, ReadingStatus, Sheet, SheetKey, SheetLine};
use app::ports::ReadingFinding;
use domain::dossier::Dossier;
use domain::import::DueDifference;

use super::explanation::explanation;
use super::time::{duration, timestamp};
use crate::proto;

/// How many dossiers a sheet names.
const MOST_NAMED: usize = 200;

/// Draws what was received and ended, here and there.
pub fn sheet(sheet: &Sheet) -> proto::ExchangeSheet {
    let (acknowledged_count, received_count) = sheet.acknowledged();
    let differing = sheet.differ.iter().take(MOST_NAMED);
    proto::ExchangeSheet {
        lines: sheet.lines.iter().map(line).collect(),
        received_count,
        acknowledged_count,
        differing_count: sheet.differ.len() as u64,
        differing_dossiers: differing.map(|id| format!("dossiers/{id}")).collect(),
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
