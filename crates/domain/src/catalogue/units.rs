//! `units/provinces.csv`, `units/communes.csv` and `units/former.csv`.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Fault, Sorted, missing, table};
use crate::id::{ProvinceCode, UnitCode};
use crate::unit::{Unit, UnitKind, Units};

const PROVINCES: &[&str] = &[
    "code",
    "statistics_code",
    "name",
    "centre_code",
    "centre_name",
    "mark",
    "from",
];
const COMMUNES: &[&str] = &[
    "code",
    "statistics_code",
    "name",
    "province",
    "mark",
    "from",
];

const FORMER: &[&str] = &[
    "code",
    "statistics_code",
    "name",
    "province",
    "former_province",
    "mark",
    "until",
];

/// How sure an identifier is: seen in public, recalled, or a placeholder of this catalogue.
const MARKS: &[&str] = &["public", "recalled", "placeholder"];

pub(super) fn parse(files: &Sorted<'_>, faults: &mut Vec<Fault>) -> Units {
    let before = faults.len();
    let mut lines = HashMap::new();
    let mut all = Vec::new();
    for (files, path) in [
        (&files.provinces, "units/provinces.csv"),
        (&files.communes, "units/communes.csv"),
    ] {
        if files.is_empty() {
            faults.push(missing(path));
        }
    }
    for file in &files.provinces {
        for row in table::rows(file, PROVINCES, faults) {
            if let Some(pair) = province(&row, faults) {
                for unit in pair {
                    lines.insert(unit.code.clone(), (row.file, row.line));
                    all.push(unit);
                }
            }
        }
    }
    for file in &files.communes {
        for row in table::rows(file, COMMUNES, faults) {
            if let Some(unit) = commune(&row, faults) {
                lines.insert(unit.code.clone(), (row.file, row.line));
                all.push(unit);
            }
        }
    }
    for file in &files.former {
        for row in table::rows(file, FORMER, faults) {
            if let Some(unit) = former(&row, faults) {
                lines
                    .entry(unit.code.clone())
                    .or_insert((row.file, row.line));
                all.push(unit);
            }
        }
    }
    Units::new(all).unwrap_or_else(|invalid| {
        // The missing unit may stand in a line that could not be read.
        if faults.len() == before {
            let (file, line) = lines[invalid.unit()];
            faults.push(super::fault(file, line, invalid));
        }
        Units::default()
    })
}

fn province(row: &table::Row<'_>, faults: &mut Vec<Fault>) -> Option<[Unit; 2]> {
    mark(row, faults);
    let code = unit_code(row, "code", faults);
    let centre_code = unit_code(row, "centre_code", faults);
    let province = row.read("statistics_code", faults, |text| {
        ProvinceCode::parse(text).map_err(|invalid| invalid.to_string())
    });
    let unit_name = name(row, "name", faults);
    let centre_name = name(row, "centre_name", faults);
    let first_day = from(row, faults);
    let (province, from) = (province?, first_day?);
    Some([
        Unit {
            code: code?,
            statistics_code: province.to_string(),
            name: unit_name?,
            kind: UnitKind::Province,
            province: province.clone(),
            from: Some(from),
            until: None,
            formerly: Vec::new(),
        },
        Unit {
            code: centre_code?,
            statistics_code: "00000".to_owned(),
            name: centre_name?,
            kind: UnitKind::ProvincialCentre,
            province,
            from: Some(from),
            until: None,
            formerly: Vec::new(),
        },
    ])
}

fn commune(row: &table::Row<'_>, faults: &mut Vec<Fault>) -> Option<Unit> {
    let first_day = from(row, faults);
    let unit = of_a_province(row, faults);
    Some(Unit {
        from: Some(first_day?),
        ..unit?
    })
}

fn former(row: &table::Row<'_>, faults: &mut Vec<Fault>) -> Option<Unit> {
    let until = row.read("until", faults, table::date);
    row.read("former_province", faults, |text| {
        ProvinceCode::parse(text).map_err(|invalid| invalid.to_string())
    });
    let unit = of_a_province(row, faults);
    Some(Unit {
        until: Some(until?),
        ..unit?
    })
}

fn of_a_province(row: &table::Row<'_>, faults: &mut Vec<Fault>) -> Option<Unit> {
    mark(row, faults);
    let code = unit_code(row, "code", faults);
    let statistics_code = row.read("statistics_code", faults, |text| {
        let five_digits = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
        if five_digits {
            Ok(text.to_owned())
        } else {
            Err(format!("`{text}` is not five digits"))
        }
    });
    let province = row.read("province", faults, |text| {
        ProvinceCode::parse(text).map_err(|invalid| invalid.to_string())
    });
    let unit_name = name(row, "name", faults);
    Some(Unit {
        code: code?,
        statistics_code: statistics_code?,
        name: unit_name?,
        kind: UnitKind::Commune,
        province: province?,
        from: None,
        until: None,
        formerly: Vec::new(),
    })
}

fn unit_code(row: &table::Row<'_>, column: &str, faults: &mut Vec<Fault>) -> Option<UnitCode> {
    row.read(column, faults, |text| {
        UnitCode::parse(text).map_err(|invalid| invalid.to_string())
    })
}

fn name(row: &table::Row<'_>, column: &str, faults: &mut Vec<Fault>) -> Option<String> {
    row.read(column, faults, |text| {
        if text.is_empty() {
            Err("the name is missing".to_owned())
        } else {
            Ok(text.to_owned())
        }
    })
}

fn from(row: &table::Row<'_>, faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    row.read("from", faults, table::date)
}

fn mark(row: &table::Row<'_>, faults: &mut Vec<Fault>) {
    row.read("mark", faults, |text| table::one_of(text, MARKS));
}
