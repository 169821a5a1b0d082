//! Checks that a catalogue has what a map names.

use super::Map;
use crate::catalogue::{Catalogue, Fault};
use crate::id::{ProcedureCode, UnitCode};
use crate::import::near::did_you_mean;

impl Map {
    /// Finds a map's units and procedures in a catalogue, which already has what the map creates.
    ///
    /// A map may name a unit by its agency identifier or by its statistics code. Errors: each name
    /// that the catalogue, or the map's province, does not have, by line.
    pub fn resolve(mut self, catalogue: &Catalogue) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let path = self.path.clone();
        let mut fault = |line: usize, reason: String| {
            faults.push(Fault {
                file: path.clone(),
                line,
                reason,
            });
        };
        let province = self.province.clone();
        for (written, line, code) in self.units.each() {
            match self::unit(code, &province, catalogue) {
                Ok(found) => *code = found,
                Err(reason) => fault(line, format!("units.\"{written}\": {reason}")),
            }
        }
        for (written, line, code) in self.procedures.each() {
            if let Err(reason) = procedure(code, catalogue) {
                fault(line, format!("procedures.\"{written}\": {reason}"));
            }
        }
        if let Some(code) = &mut self.otherwise.unit {
            match unit(code, &province, catalogue) {
                Ok(found) => *code = found,
                Err(reason) => fault(1, format!("otherwise.unit: {reason}")),
            }
        }
        if let Some(code) = &self.otherwise.procedure
            && let Err(reason) = procedure(code, catalogue)
        {
            fault(1, format!("otherwise.procedure: {reason}"));
        }
        if faults.is_empty() {
            Ok(self)
        } else {
            Err(faults)
        }
    }
}

fn unit(
    code: &UnitCode,
    province: &crate::id::ProvinceCode,
    catalogue: &Catalogue,
) -> Result<UnitCode, String> {
    let found = catalogue.units.find(code.as_str());
    let found = found.ok_or_else(|| {
        let own = catalogue.units.in_province(province);
        let known: Vec<&str> = own
            .flat_map(|unit| [unit.code.as_str(), unit.statistics_code.as_str()])
            .collect();
        format!(
            "unit {code} is not in the catalogue{}",
            did_you_mean(code.as_str(), known)
        )
    })?;
    if found.province == *province && found.code.as_str() != found.code.level_one() {
        Ok(found.code.clone())
    } else {
        Err(format!(
            "unit {code} is not a commune or centre of province {province}"
        ))
    }
}

fn procedure(code: &ProcedureCode, catalogue: &Catalogue) -> Result<(), String> {
    if catalogue.procedures.get(code, 1).is_some() {
        return Ok(());
    }
    let known = catalogue.procedures.iter();
    let known: Vec<&str> = known.map(|known| known.code.as_str()).collect();
    Err(format!(
        "procedure {code} is not in the catalogue{}",
        did_you_mean(code.as_str(), known)
    ))
}
