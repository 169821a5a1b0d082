//! The statistical reports of units over a period: form II.06a, what stands beside it, and the
//! items of the index.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::form::{Cell, Cells};
use super::i766::{Item, Items};
use super::memo::{Memo, Memos};
use super::period::Period;
use super::seen::Seen;
use crate::catalogue::Catalogue;
use crate::id::UnitCode;
use crate::time;

/// How what was pending before a period became what was carried over into it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bridge {
    /// (11) of the unit on the day before the period, as it is known now.
    pub previous_pending: u32,
    /// Of these, decided by another unit when they ended, or at the period's end.
    pub carried_away: u32,
    /// Of other units', decided by this one.
    pub carried_in: u32,
    /// Open without a due time when the period began; another system has given one since.
    pub due_given: u32,
}

impl Bridge {
    fn merge(&mut self, other: &Self) {
        self.previous_pending += other.previous_pending;
        self.carried_away += other.carried_away;
        self.carried_in += other.carried_in;
        self.due_given += other.due_given;
    }
}

/// The row of one field (*lĩnh vực*).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// The field of the procedures' versions.
    pub field: String,
    /// Its row.
    pub row: Cells,
}

/// What is counted for a unit, or for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitStatistics {
    /// The rows of the form, by field.
    pub fields: BTreeMap<String, Cells>,
    /// From the period before.
    pub bridge: Bridge,
    /// Beside the form.
    pub memos: Memos,
    /// For the index.
    pub items: Items,
}

impl UnitStatistics {
    /// The sum of all fields.
    #[must_use]
    pub fn row(&self) -> Cells {
        let mut row = Cells::default();
        for cells in self.fields.values() {
            row.merge(cells);
        }
        row
    }

    /// The rows by field, in the order of code points.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let rows = self.fields.iter();
        rows.map(|(field, row)| Field {
            field: field.clone(),
            row: *row,
        })
        .collect()
    }

    /// Whether every number is 0.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds another unit.
    pub fn merge(&mut self, other: &Self) {
        for (field, cells) in &other.fields {
            self.fields.entry(field.clone()).or_default().merge(cells);
        }
        self.bridge.merge(&other.bridge);
        self.memos.merge(&other.memos);
        self.items.merge(&other.items);
    }

    /// The identities that do not hold.
    fn broken(&self) -> Vec<&'static str> {
        let row = self.row();
        let mut broken = row.broken();
        broken.extend(self.fields.values().flat_map(Cells::broken));
        let bridge = &self.bridge;
        let carried = bridge.previous_pending + bridge.carried_in + bridge.due_given;
        if row.get(Cell::CarriedOver) + bridge.carried_away != carried {
            broken.push("(6) = previous_pending − carried_away + carried_in + due_given");
        }
        broken
    }
}

/// An identity that does not hold for a unit: the report is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{identity} does not hold for {unit}")]
pub struct IdentityFault {
    /// The unit.
    pub unit: UnitCode,
    /// The identity.
    pub identity: &'static str,
}

/// What is counted for units over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// The period.
    pub period: Period,
    /// By unit.
    pub units: BTreeMap<UnitCode, UnitStatistics>,
}

impl Statistics {
    /// Nothing yet.
    #[must_use]
    pub fn new(period: Period) -> Self {
        Self {
            period,
            units: BTreeMap::new(),
        }
    }

    /// Counts a dossier. `counts_at` says to which unit counts what one did that had it since a
    /// day: to itself, or to the one that has taken over from it.
    pub fn add(
        &mut self,
        seen: &Seen,
        catalogue: &Catalogue,
        counts_at: impl Fn(&UnitCode, NaiveDate) -> UnitCode,
    ) {
        let period = self.period;
        let since = seen.dossier.units_since();
        let unit = counts_at(&seen.unit, since);
        let own = self.units.entry(unit.clone()).or_default();
        own.memos.add_deciding(seen, &period, catalogue);
        own.items.add(seen, &period, catalogue);
        if seen.is_counted(&period) {
            let dossier = &seen.dossier;
            let version = dossier.procedure_version;
            let procedure = catalogue.procedures.get(&dossier.procedure, version);
            let field = procedure.map_or_else(String::new, |procedure| procedure.field.clone());
            let cells = Cells::of(seen, &period);
            own.fields.entry(field).or_default().merge(&cells);
            own.bridge.due_given += u32::from(seen.eve.is_none() && !seen.came(&period));
        }
        if let Some((eve, since)) = &seen.eve {
            let eve = counts_at(eve, *since);
            let moved = eve != unit;
            let before = &mut self.units.entry(eve).or_default().bridge;
            before.previous_pending += 1;
            before.carried_away += u32::from(moved);
            if moved {
                self.units.entry(unit).or_default().bridge.carried_in += 1;
            }
        }
        let receiving = counts_at(&seen.dossier.receiving, since);
        let desk = self.units.entry(receiving).or_default();
        desk.memos.add_receiving(seen, &period);
        let ours = seen.dossier.kind == crate::procedure::Kind::Procedure
            && seen.dossier.mirrored.is_none();
        for passed in seen.did.transfers.iter().filter(|_| ours) {
            let overdue = u32::from(passed.overdue);
            let from = self
                .units
                .entry(counts_at(&passed.from, passed.day))
                .or_default();
            from.memos.add(Memo::PassedOn, 1);
            from.memos.add(Memo::PassedOnOverdue, overdue);
            let to = self
                .units
                .entry(counts_at(&passed.to, passed.day))
                .or_default();
            to.memos.add(Memo::CameIn, 1);
            to.memos.add(Memo::CameInOverdue, overdue);
        }
    }

    /// Leaves out units whose numbers are all 0, and all but one if only that is wanted.
    pub fn keep(&mut self, only: Option<&UnitCode>) {
        self.units
            .retain(|unit, own| !own.is_empty() && only.is_none_or(|only| only == unit));
    }

    /// The sum of the units, field by field and memo by memo.
    #[must_use]
    pub fn total(&self) -> UnitStatistics {
        let mut total = UnitStatistics::default();
        for unit in self.units.values() {
            total.merge(unit);
        }
        total
    }

    /// The identities that do not hold, by unit; none ever.
    #[must_use]
    pub fn broken(&self) -> Vec<IdentityFault> {
        let each = self.units.iter();
        each.flat_map(|(unit, own)| {
            own.broken().into_iter().map(|identity| IdentityFault {
                unit: unit.clone(),
                identity,
            })
        })
        .collect()
    }
}

/// Form II.06a of units, as it is told. The names are a contract.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ii06a {
    /// `ii06a`.
    pub report: &'static str,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What had been recorded by then, RFC 3339 at +07:00.
    pub as_of: String,
    /// A row a unit.
    pub units: Vec<Ii06aUnit>,
    /// The sum.
    pub total: Ii06aUnit,
}

/// A unit in form II.06a.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ii06aUnit {
    /// Its agency identifier; empty in the total.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// The unit that does its work today, if it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// All fields.
    pub row: Cells,
    /// By field.
    pub fields: Vec<Field>,
    /// From the period before.
    pub bridge: Bridge,
    /// Beside the form.
    pub memo: Memos,
}

/// The index of Decision 766/QĐ-TTg of units, as it is told. The names are a contract.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct I766 {
    /// `i766`.
    pub report: &'static str,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What had been recorded by then, RFC 3339 at +07:00.
    pub as_of: String,
    /// The items of each unit.
    pub units: Vec<I766Unit>,
    /// Those of all of them together.
    pub total: I766Unit,
}

/// A unit in the index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct I766Unit {
    /// Its agency identifier; empty in the total.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// The unit that does its work today, if it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Every item.
    pub items: Vec<Item>,
}

/// What a unit is called, and who does its work today if it has ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Called {
    /// Its name.
    pub name: String,
    /// The unit that does its work today.
    pub successor: Option<UnitCode>,
}

impl Statistics {
    /// Form II.06a.
    #[must_use]
    pub fn ii06a(&self, called: impl Fn(&UnitCode) -> Called) -> Ii06a {
        let one = |unit: String, called: Called, own: &UnitStatistics| Ii06aUnit {
            unit,
            name: called.name,
            successor: called.successor.map(|unit| unit.to_string()),
            row: own.row(),
            fields: own.fields(),
            bridge: own.bridge,
            memo: own.memos.clone(),
        };
        let units = self.units.iter();
        Ii06a {
            report: "ii06a",
            from: self.period.from,
            to: self.period.to,
            as_of: time::rfc3339(self.period.as_of),
            units: units
                .map(|(unit, own)| one(unit.to_string(), called(unit), own))
                .collect(),
            total: one(String::new(), Called::default(), &self.total()),
        }
    }

    /// The index.
    #[must_use]
    pub fn i766(&self, called: impl Fn(&UnitCode) -> Called) -> I766 {
        let one = |unit: String, called: Called, own: &UnitStatistics| I766Unit {
            unit,
            name: called.name,
            successor: called.successor.map(|unit| unit.to_string()),
            items: own.items.items(),
        };
        let units = self.units.iter();
        let units = units.filter(|(_, own)| !own.items.is_empty());
        I766 {
            report: "i766",
            from: self.period.from,
            to: self.period.to,
            as_of: time::rfc3339(self.period.as_of),
            units: units
                .map(|(unit, own)| one(unit.to_string(), called(unit), own))
                .collect(),
            total: one(String::new(), Called::default(), &self.total()),
        }
    }
}
