//! An event log from tables.

use std::collections::HashMap;

use domain::import::{TextRow, Zone};
use domain::time::Instant;
use forecast::log::{Case, Event, Log};

use super::Backtest;
use super::columns::Sheet;

/// The names of the columns of a log: motcua's own, and those of the XES standard.
const CASE: [&str; 2] = ["case_id", "case:concept:name"];
const ACTIVITY: [&str; 2] = ["activity", "concept:name"];
const TIME: [&str; 2] = ["timestamp", "time:timestamp"];

/// The names of the columns of one log: as a flag gives them, or else the usual names.
struct Names<'a> {
    case: Vec<&'a str>,
    activity: Vec<&'a str>,
    time: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn of(flags: &'a Backtest) -> Names<'a> {
        let names = |flag: &'a Option<String>, usual: [&'a str; 2]| match flag {
            Some(name) => vec![name.as_str()],
            None => usual.to_vec(),
        };
        Names {
            case: names(&flags.case_column, CASE),
            activity: names(&flags.activity_column, ACTIVITY),
            time: names(&flags.timestamp_column, TIME),
        }
    }

    /// All names, for finding the line that names the columns.
    fn all(&self) -> Vec<&'a str> {
        [&self.case[..], &self.activity, &self.time].concat()
    }
}

/// Reads the log that the flags name.
///
/// Events may come in any order; events of one moment keep the order of the file. A column of a
/// case is taken from the file of cases if that has it, otherwise from the first event of each
/// case.
pub(super) fn read(flags: &Backtest) -> Result<Log, String> {
    let zone = Zone::parse(&flags.time_zone, Vec::new())?;
    let names = Names::of(flags);
    let mut wanted = CaseColumns::new(flags);
    let mut cases = Attributes::default();
    if let Some(file) = &flags.cases {
        let mut sheet = Sheet::open(file, &zone, &names.all())?;
        let places = wanted.take(&sheet)?;
        cases.read(&mut sheet, &names.case, &places)?;
    }
    let mut sheet = Sheet::open(&flags.events, &zone, &names.all())?;
    let places = wanted.take(&sheet)?;
    if let Some(missing) = wanted.missing() {
        return Err(sheet.need(&[missing]).err().unwrap_or_default());
    }
    let mut log = Log::default();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut own: Vec<Values> = Vec::new();
    let mut activities: HashMap<String, u32> = HashMap::new();
    let columns = [
        sheet.need(&names.case)?,
        sheet.need(&names.activity)?,
        sheet.need(&names.time)?,
    ];
    let mut row = TextRow::default();
    while sheet.next(&mut row)? {
        let [id, activity, timestamp] = columns;
        let (id, activity) = (sheet.text(&row, id)?, sheet.text(&row, activity)?);
        sheet.text(&row, timestamp)?;
        let Some(at) = sheet.moment(&row, timestamp)? else {
            continue;
        };
        let number = match numbers.get(id) {
            Some(number) => *number,
            None => {
                numbers.insert(id.to_owned(), log.cases.len());
                log.cases.push(Case {
                    id: id.to_owned(),
                    start: at,
                    ..Case::default()
                });
                own.push(Values::default());
                log.cases.len() - 1
            }
        };
        let known = activities.get(activity).copied();
        let activity = known.unwrap_or_else(|| {
            let code = u32::try_from(log.activities.len()).unwrap_or(u32::MAX);
            activities.insert(activity.to_owned(), code);
            log.activities.push(activity.to_owned());
            code
        });
        let case = &mut log.cases[number];
        if case.events.is_empty() || at < case.start {
            case.start = at;
            own[number] = Values::read(&sheet, &row, &places)?;
        }
        case.events.push(Event { activity, at });
    }
    if log.cases.is_empty() {
        return Err(format!("{}: has no events", flags.events.display()));
    }
    for (case, own) in log.cases.iter_mut().zip(own) {
        let given = match (&flags.cases, cases.known.remove(&case.id)) {
            (Some(file), None) => {
                return Err(format!(
                    "{}: has no case {}; expected a row for each case of {}",
                    file.display(),
                    case.id,
                    flags.events.display()
                ));
            }
            (_, given) => given.unwrap_or_default(),
        };
        finish(case, given, own, flags);
    }
    Ok(log)
}

/// Sorts the events and fills in the values of the columns.
fn finish(case: &mut Case, mut given: Values, mut own: Values, flags: &Backtest) {
    case.events.sort_by_key(|event| event.at);
    let first = case.events.first().map(|event| event.at);
    let last = case.events.last().map(|event| event.at);
    case.start = given.start.or(own.start).or(first).unwrap_or(case.start);
    case.end = match flags.end {
        Some(_) => given.end.or(own.end),
        None => last,
    };
    case.deadline = given.deadline.or(own.deadline);
    let columns = 0..flags.type_columns.len();
    let taken = columns.map(|place| given.take_type(place).or_else(|| own.take_type(place)));
    case.types = taken.map(Option::unwrap_or_default).collect();
}

/// The values that a file gives a case, by column.
#[derive(Default)]
struct Values {
    start: Option<Instant>,
    end: Option<Instant>,
    deadline: Option<Instant>,
    /// Each with the place of its flag. A list, for there are as many of these as cases.
    types: Vec<(usize, String)>,
}

impl Values {
    fn read(sheet: &Sheet, row: &TextRow, places: &[(CaseColumn, usize)]) -> Result<Self, String> {
        let mut values = Values::default();
        for (asked, place) in places {
            match asked {
                CaseColumn::Start(_) => values.start = sheet.moment(row, *place)?,
                CaseColumn::End(_) => values.end = sheet.moment(row, *place)?,
                CaseColumn::Deadline(_) => values.deadline = sheet.moment(row, *place)?,
                CaseColumn::Type(_, flag) => {
                    values.types.push((*flag, row.get(*place).to_owned()));
                }
            }
        }
        Ok(values)
    }

    fn take_type(&mut self, flag: usize) -> Option<String> {
        let place = self.types.iter().position(|(of, _)| *of == flag)?;
        Some(self.types.swap_remove(place).1)
    }
}

/// The file of cases, by case id.
#[derive(Default)]
struct Attributes {
    known: HashMap<String, Values>,
}

impl Attributes {
    fn read(
        &mut self,
        sheet: &mut Sheet,
        case: &[&str],
        places: &[(CaseColumn, usize)],
    ) -> Result<(), String> {
        let id = sheet.need(case)?;
        let mut row = TextRow::default();
        while sheet.next(&mut row)? {
            let case = sheet.text(&row, id)?.to_owned();
            let values = Values::read(sheet, &row, places)?;
            if self.known.insert(case.clone(), values).is_some() {
                return Err(sheet.at(
                    &row,
                    &format!("case {case} a second time; expected one row a case"),
                ));
            }
        }
        Ok(())
    }
}

/// A column someone named.
enum CaseColumn {
    Start(String),
    End(String),
    Deadline(String),
    /// With the place of its flag.
    Type(String, usize),
}

impl CaseColumn {
    fn name(&self) -> &str {
        match self {
            CaseColumn::Start(name)
            | CaseColumn::End(name)
            | CaseColumn::Deadline(name)
            | CaseColumn::Type(name, _) => name,
        }
    }
}

/// The requested columns that no file has had so far.
struct CaseColumns(Vec<CaseColumn>);

impl CaseColumns {
    fn new(flags: &Backtest) -> CaseColumns {
        let start = flags.start.clone().map(CaseColumn::Start);
        let end = flags.end.clone().map(CaseColumn::End);
        let deadline = flags.deadline.1.clone().map(CaseColumn::Deadline);
        let types = flags.type_columns.iter().cloned().zip(0..);
        let types = types.map(|(name, flag)| CaseColumn::Type(name, flag));
        CaseColumns(
            [start, end, deadline]
                .into_iter()
                .flatten()
                .chain(types)
                .collect(),
        )
    }

    /// Takes the columns that a file has, with their places.
    fn take(&mut self, sheet: &Sheet) -> Result<Vec<(CaseColumn, usize)>, String> {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for asked in self.0.drain(..) {
            match sheet.find(asked.name())? {
                Some(place) => found.push((asked, place)),
                None => missing.push(asked),
            }
        }
        self.0 = missing;
        Ok(found)
    }

    fn missing(&self) -> Option<&str> {
        self.0.first().map(CaseColumn::name)
    }
}
