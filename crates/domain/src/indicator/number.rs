//! Which number of a report is meant, by its name: so that a number can open the dossiers it counts.

use super::column::{Column, Value};
use super::columns::{BRIDGE, II06A, MEMO};
use super::i766::Items;
use super::statistics::UnitStatistics;

/// A number of form II.06a, of what stands beside it, or of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(Place);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Form(usize),
    Bridge(usize),
    Memo(usize),
    Item(&'static str),
}

impl Number {
    /// The number of a name: that of a column, or the code of an item of the index.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        fn at<T>(columns: &[Column<T>], name: &str) -> Option<usize> {
            columns.iter().position(|column| column.name == name)
        }
        let item = || Items::NUMBERS.into_iter().find(|code| *code == name);
        at(&II06A, name)
            .map(Place::Form)
            .or_else(|| at(&BRIDGE, name).map(Place::Bridge))
            .or_else(|| at(&MEMO, name).map(Place::Memo))
            .or_else(|| item().map(Place::Item))
            .map(Self)
    }

    /// Every name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let form = II06A.iter().map(|column| column.name);
        let bridge = BRIDGE.iter().map(|column| column.name);
        let memo = MEMO.iter().map(|column| column.name);
        form.chain(bridge).chain(memo).chain(Items::NUMBERS)
    }

    /// Whether it is told by field.
    #[must_use]
    pub fn is_of_a_field(self) -> bool {
        matches!(self.0, Place::Form(_))
    }

    /// How many of how many; of a plain count both are the same.
    #[must_use]
    pub fn of(self, unit: &UnitStatistics, field: Option<&str>) -> (u32, u32) {
        match (self.0, field) {
            (Place::Form(at), None) => counted(&(II06A[at].value)(&unit.row())),
            (Place::Form(at), Some(field)) => unit
                .fields
                .get(field)
                .map_or((0, 0), |cells| counted(&(II06A[at].value)(cells))),
            (Place::Bridge(at), _) => counted(&(BRIDGE[at].value)(&unit.bridge)),
            (Place::Memo(at), _) => counted(&(MEMO[at].value)(&unit.memos)),
            (Place::Item(code), _) => unit.items.number(code),
        }
    }
}

fn counted(value: &Value<'_>) -> (u32, u32) {
    match value {
        Value::Count(count) => (*count, *count),
        Value::Rate(rate) => (rate.num, rate.den),
        Value::Text(_) | Value::Flag(_) | Value::Number(_) => (0, 0),
    }
}
