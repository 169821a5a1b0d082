//! The section of a map that creates units and procedures, as it is read.

use chrono::NaiveDate;
use toml::Spanned;
use toml::value::Datetime;

use super::raw::Raw;
use crate::catalogue::SourceFile;
use crate::catalogue::file::Reading;
use crate::id::{ProvinceCode, UnitCode};
use crate::import::Creates;
use crate::import::created::{CreatedProcedure, CreatedProvince, CreatedUnit};

pub(super) fn creates(
    raw: &Raw,
    code: Option<&ProvinceCode>,
    reading: &mut Reading<'_>,
) -> Creates {
    let province = raw.new_province.as_ref().and_then(|new| {
        let identifier = reading.parse("identifier", &new.identifier);
        let name = reading.text("name", &new.name);
        let from = day(&new.from, reading);
        Some(CreatedProvince {
            code: code?.clone(),
            identifier: identifier?,
            name,
            from: from?,
        })
    });
    let units = raw.new_unit.iter().filter_map(|new| {
        let unit_code: Option<UnitCode> = reading.parse("code", &new.code);
        let statistics_code = five_digits(&new.statistics_code, reading);
        let name = reading.text("name", &new.name);
        let from = day(&new.from, reading);
        Some(CreatedUnit {
            code: unit_code?,
            statistics_code: statistics_code?,
            name,
            from: from?,
        })
    });
    let units = units.collect();
    let procedures = raw.new_procedure.iter().filter_map(|new| {
        let procedure_code = reading.parse("code", &new.code);
        let name = reading.text("name", &new.name);
        let field = reading.text("field", &new.field);
        let from = day(&new.from, reading);
        Some(CreatedProcedure {
            code: procedure_code?,
            name,
            field,
            from: from?,
        })
    });
    let procedures = procedures.collect();
    let texts = raw.document.iter().map(|own| SourceFile {
        path: own.path.clone(),
        text: own.text.clone(),
    });
    Creates {
        province,
        units,
        procedures,
        texts: texts.collect(),
    }
}

fn five_digits(text: &Spanned<String>, reading: &mut Reading<'_>) -> Option<String> {
    let code = text.get_ref();
    if code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()) {
        return Some(code.clone());
    }
    reading.fault(
        &text.span(),
        format!("statistics_code: `{code}` is not five digits"),
    );
    None
}

fn day(raw: &Spanned<Datetime>, reading: &mut Reading<'_>) -> Option<NaiveDate> {
    let day = raw.get_ref().to_string().parse().ok();
    if day.is_none() {
        let reason = format!("`{}` is not a day such as 2010-01-01", raw.get_ref());
        reading.fault(&raw.span(), reason);
    }
    day
}
