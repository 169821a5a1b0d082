//! Form II.06a, the index, and the dossiers behind their numbers, as they are sent.

use app::statistics::Behind;
use domain::indicator::{BRIDGE, Field, I766, I766Unit, II06A, Ii06a, Ii06aUnit, Item, MEMO};

use super::report::rate;
use super::request_context::channel_of;
use super::row::row;
use super::time::timestamp;
use crate::proto;

/// Draws form II.06a.
pub fn ii06a(form: Ii06a) -> proto::Ii06a {
    proto::Ii06a {
        report: form.report.to_owned(),
        from: form.from.to_string(),
        to: form.to.to_string(),
        as_of: form.as_of,
        units: form.units.into_iter().map(ii06a_unit).collect(),
        total: Some(ii06a_unit(form.total)),
    }
}

fn ii06a_unit(unit: Ii06aUnit) -> proto::Ii06aUnit {
    let field = |field: Field| proto::Ii06aField {
        row: Some(row(&II06A, &field.row, "Ii06aRow")),
        field: field.field,
    };
    proto::Ii06aUnit {
        unit: unit.unit,
        name: unit.name,
        successor: unit.successor.unwrap_or_default(),
        row: Some(row(&II06A, &unit.row, "Ii06aRow")),
        fields: unit.fields.into_iter().map(field).collect(),
        bridge: Some(row(&BRIDGE, &unit.bridge, "Bridge")),
        memo: Some(row(&MEMO, &unit.memo, "Memo")),
    }
}

/// Draws the index.
pub fn i766(index: I766) -> proto::I766 {
    proto::I766 {
        report: index.report.to_owned(),
        from: index.from.to_string(),
        to: index.to.to_string(),
        as_of: index.as_of,
        units: index.units.into_iter().map(i766_unit).collect(),
        total: Some(i766_unit(index.total)),
    }
}

fn i766_unit(unit: I766Unit) -> proto::I766Unit {
    proto::I766Unit {
        unit: unit.unit,
        name: unit.name,
        successor: unit.successor.unwrap_or_default(),
        items: unit.items.into_iter().map(item).collect(),
    }
}

fn item(item: Item) -> proto::I766Item {
    let averages = item.average.into_iter().flatten();
    proto::I766Item {
        item: item.item.to_owned(),
        name: item.name.to_owned(),
        computable: item.computable,
        num: item.num,
        den: item.den,
        rate: item.rate,
        points: item.points,
        max_points: item.max_points,
        formula: item.formula.to_owned(),
        average: averages
            .map(|average| proto::Average {
                limit_unit: average.limit_unit.to_owned(),
                dossiers: average.dossiers,
                mean: average.mean,
            })
            .collect(),
        overdue: item.overdue.map(rate),
        dissatisfied: item.dissatisfied.map(rate),
        lower_bound: item.lower_bound.unwrap_or_default(),
        sync: item.sync.map(rate),
    }
}

/// Draws a dossier behind a number.
pub fn behind(behind: &Behind) -> proto::ReportDossier {
    let dossier = &behind.dossier;
    let code = dossier.code.as_ref();
    proto::ReportDossier {
        name: format!("dossiers/{}", dossier.id),
        code: code.map(ToString::to_string).unwrap_or_default(),
        unit: behind.unit.to_string(),
        procedure: dossier.procedure.to_string(),
        channel: channel_of(dossier.channel).into(),
        receive_time: dossier.received.map(timestamp),
        due_time: dossier.due().map(timestamp),
        end_time: dossier.ended.map(timestamp),
        count: behind.count,
    }
}
