//! Adds a unit to a province's catalogue.
//!
//! One administrator does this alone: at the first start there is no second person yet, and a unit
//! moves no due time. The text stands among the province's published ones, with its author.

use chrono::NaiveDate;
use domain::catalogue::SourceFile;
use domain::fold;
use domain::id::UnitCode;
use domain::import::CreatedUnit;

use super::wrong;
use crate::access::{self, Caller};
use crate::engine::Engine;
use crate::error::{Error, FieldError};
use crate::ports::{DocumentState, Proposal, Verdict};

/// What a form says about a new unit.
#[derive(Debug, Clone, Default)]
pub struct NewUnit {
    /// The agency identifier.
    pub code: String,
    /// Five digits.
    pub statistics_code: String,
    /// The name.
    pub name: String,
    /// The first day; none for today.
    pub from: Option<NaiveDate>,
}

impl Engine {
    /// Adds a unit to the caller's province, in force at once. A repeat changes nothing.
    ///
    /// Errors: every wrong field.
    pub async fn add_unit(&self, caller: &Caller, new: &NewUnit) -> Result<UnitCode, Error> {
        access::check_administrator(caller, "AddUnit")?;
        self.refresh_catalogue().await?;
        let now = domain::time::to_micros(self.now());
        let today = domain::time::local_day(now);
        let catalogue = self.catalogue(&caller.province);
        let unit = read(new, today)?;
        if let Some(known) = catalogue.units.get(&unit.code) {
            if known.name == unit.name && known.province == caller.province {
                return Ok(unit.code);
            }
            let taken = format!("belongs to {} already", known.name);
            return Err(Error::invalid("code", taken));
        }
        let whole = catalogue.units.province(&caller.province);
        if let Some(whole) = whole.filter(|whole| whole.code.level_one() != unit.code.level_one()) {
            let own = format!(
                "expected an identifier of the province, such as {}.99999",
                whole.code
            );
            return Err(Error::invalid("code", own));
        }
        let key = fold::key(&unit.name);
        let mut own = catalogue.units.in_province(&caller.province);
        if let Some(namesake) = own.find(|known| fold::key(&known.name) == key) {
            let taken = format!("belongs to {} already", namesake.code);
            return Err(Error::invalid("name", taken));
        }
        let path = format!("units/{}-added.communes.csv", caller.province);
        let before = self.documents_of(&caller.province).await?;
        let before = before.into_iter().rfind(|document| {
            document.proposal.path == path
                && matches!(document.state, DocumentState::Published { .. })
        });
        let mut text = before.map_or_else(|| format!("{HEADER}\n"), |it| it.proposal.text);
        text.push_str(&unit.line(&caller.province));
        text.push('\n');
        let file = SourceFile {
            path: path.clone(),
            text: text.clone(),
        };
        catalogue.with(&[file]).map_err(|faults| {
            let faults = faults.iter().map(|fault| wrong(&path, fault).problem);
            let faults = faults.map(|problem| FieldError::new("code", problem));
            Error::Invalid(faults.collect())
        })?;
        let proposal = Proposal {
            province: caller.province.clone(),
            path,
            text,
            reason: format!("unit {} added", unit.code),
            author: caller.actor.clone(),
            at: now,
        };
        let document = self.context.store.propose(&proposal).await?;
        let verdict = Verdict {
            province: caller.province.clone(),
            number: document.number,
            publish: true,
            by: caller.actor.clone(),
            at: now,
        };
        self.context.store.decide(&verdict).await?;
        self.refresh_catalogue().await?;
        Ok(unit.code)
    }
}

const HEADER: &str = "code,statistics_code,name,province,mark,from";

fn read(new: &NewUnit, today: NaiveDate) -> Result<CreatedUnit, Error> {
    let mut wrong = Vec::new();
    let code = UnitCode::parse(new.code.trim());
    if let Err(invalid) = &code {
        wrong.push(FieldError::new("code", invalid.expected));
    }
    let statistics_code = new.statistics_code.trim().to_owned();
    let digits = statistics_code.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || statistics_code.len() != 5 {
        wrong.push(FieldError::new("statistics_code", "expected five digits"));
    }
    let name = fold::compose(new.name.trim());
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if !name.chars().any(char::is_alphabetic) {
        wrong.push(FieldError::new("name", "must not be empty"));
    }
    match code {
        Ok(code) if wrong.is_empty() => Ok(CreatedUnit {
            code,
            statistics_code,
            name,
            from: new.from.unwrap_or(today),
        }),
        _ => Err(Error::Invalid(wrong)),
    }
}
