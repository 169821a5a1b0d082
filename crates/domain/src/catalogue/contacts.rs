//! `units/contacts.csv`: where the desks of units are, and when they are open.

use super::{Fault, Sorted, table};
use crate::contact::{Contact, Contacts};
use crate::id::UnitCode;
use crate::unit::Units;

const COLUMNS: &[&str] = &["unit", "address", "telephone", "hours", "mark", "source"];

/// Reads the contacts; without the file none are known.
pub(super) fn parse(files: &Sorted<'_>, units: &Units, faults: &mut Vec<Fault>) -> Contacts {
    let mut contacts = Contacts::default();
    for file in &files.contacts {
        for row in table::rows(file, COLUMNS, faults) {
            let unit = row.read("unit", faults, |text| {
                let code = UnitCode::parse(text).map_err(|invalid| invalid.to_string())?;
                match units.get(&code) {
                    Some(_) => Ok(code),
                    None => Err(format!("`{code}` is no unit of the catalogue")),
                }
            });
            let mark = row.read("mark", faults, |text| {
                serde_json::from_value(text.into()).map_err(|_unknown| {
                    format!("`{text}` is not a mark, such as statute or recalled")
                })
            });
            if row.cell("source").is_empty() {
                faults.push(row.fault("source: what is known of a unit has a source"));
            }
            let (Some(unit), Some(mark)) = (unit, mark) else {
                continue;
            };
            let contact = Contact {
                address: row.cell("address").to_owned(),
                telephone: row.cell("telephone").to_owned(),
                hours: row.cell("hours").to_owned(),
                mark,
                source: row.cell("source").to_owned(),
            };
            let named = unit.to_string();
            if !contacts.add(unit, contact) {
                faults.push(row.fault(format!("unit {named} is listed twice")));
            }
        }
    }
    contacts
}
