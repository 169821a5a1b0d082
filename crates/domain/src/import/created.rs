//! What a map creates: a province, units and procedures that the catalogue does not know.

use std::fmt::Write;

use chrono::NaiveDate;

use crate::catalogue::{Catalogue, SourceFile};
use crate::digest;
use crate::id::{ProcedureCode, ProvinceCode, UnitCode};

/// What a map creates. Empty when the files speak of nothing new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Creates {
    /// A province that the catalogue does not have.
    pub province: Option<CreatedProvince>,
    /// Units of the province.
    pub units: Vec<CreatedUnit>,
    /// Procedures without steps and limits, so that the dossiers can name them.
    pub procedures: Vec<CreatedProcedure>,
    /// Whole texts of a catalogue, as an export contains them.
    pub texts: Vec<SourceFile>,
}

/// A province that is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedProvince {
    /// Its statistics code.
    pub code: ProvinceCode,
    /// Its identifier, the first group of the identifiers of its units.
    pub identifier: UnitCode,
    /// Its name.
    pub name: String,
    /// The first day.
    pub from: NaiveDate,
}

/// A unit that is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedUnit {
    /// Its identifier.
    pub code: UnitCode,
    /// Five digits.
    pub statistics_code: String,
    /// Its name.
    pub name: String,
    /// The first day.
    pub from: NaiveDate,
}

/// A procedure that is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedProcedure {
    /// Its code.
    pub code: ProcedureCode,
    /// Its name.
    pub name: String,
    /// Its field.
    pub field: String,
    /// The first day.
    pub from: NaiveDate,
}

impl Creates {
    /// The texts to lay over a catalogue, for what it does not have yet.
    ///
    /// The name of a list of units depends on its content, so that another list does not replace
    /// it.
    #[must_use]
    pub fn texts(
        &self,
        source: &str,
        code: &ProvinceCode,
        catalogue: &Catalogue,
    ) -> Vec<SourceFile> {
        let mut texts = Vec::new();
        let mut list = |kind: &str, header: &str, lines: Vec<String>| {
            if lines.is_empty() {
                return;
            }
            let text = format!("{header}\n{}\n", lines.join("\n"));
            let mark = digest::hex(&digest::sha256(text.as_bytes())[..4]);
            texts.push(SourceFile {
                path: format!("units/{source}-{mark}.{kind}.csv"),
                text,
            });
        };
        let province = self.province.iter();
        let provinces = province.filter(|_| catalogue.units.province(code).is_none());
        list(
            "provinces",
            PROVINCES,
            provinces.map(CreatedProvince::line).collect(),
        );
        let units = self.units.iter();
        let units = units.filter(|unit| catalogue.units.get(&unit.code).is_none());
        list(
            "communes",
            COMMUNES,
            units.map(|unit| unit.line(code)).collect(),
        );
        for procedure in &self.procedures {
            if catalogue.procedures.get(&procedure.code, 1).is_none() {
                texts.push(SourceFile {
                    path: format!("procedures/{}.toml", procedure.code),
                    text: procedure.text(),
                });
            }
        }
        let own = self.texts.iter().filter(|text| !catalogue.has(text));
        texts.extend(own.cloned());
        texts
    }
}

const PROVINCES: &str = "code,statistics_code,name,centre_code,centre_name,mark,from";
const COMMUNES: &str = "code,statistics_code,name,province,mark,from";

impl CreatedProvince {
    /// A line of `units/provinces.csv`.
    #[must_use]
    pub fn line(&self) -> String {
        format!(
            "{id},{},{},{id}.00000,{},placeholder,{}",
            self.code,
            cell(&self.name),
            cell(&format!("Trung tâm Phục vụ hành chính công {}", self.name)),
            self.from,
            id = self.identifier,
        )
    }
}

impl CreatedUnit {
    /// A line of `units/communes.csv`.
    #[must_use]
    pub fn line(&self, province: &ProvinceCode) -> String {
        format!(
            "{},{},{},{province},placeholder,{}",
            self.code,
            self.statistics_code,
            cell(&self.name),
            self.from
        )
    }
}

impl CreatedProcedure {
    /// The text of a catalogue file: an outline, because only the name is known.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        write!(
            text,
            "code = {code}\n\n[[version]]\nnumber = 1\nfrom = {from}\nname = {name}\nfield = {field}\n\
             clock = \"no-stop\"\nclock_mark = \"derived\"\nclock_source = \"due times are those of the other system\"\n\
             source = \"created by an import\"\nonline = \"unknown\"\nonline_mark = \"unknown\"\n\n\
             [[version.case]]\nid = \"imported\"\nname = \"Hồ sơ nhập từ hệ thống khác\"\n\
             limit_mark = \"unknown\"\n",
            code = quoted(self.code.as_str()),
            from = self.from,
            name = quoted(&self.name),
            field = quoted(&self.field),
        )
        .expect("writing to a string cannot fail");
        text
    }
}

fn cell(text: &str) -> String {
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
