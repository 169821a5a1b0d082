//! Puts the rows of one dossier together.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::columns::Places;
use super::map::ForeignStatus;
use super::values::{About, Found, Unlisted, Values, short};
use super::zone::DayEdge;
use super::{Columns, ImportField, Map, Meaning, TextRow};
use crate::catalogue::{Catalogue, Fault};
use crate::code::AnyCode;
use crate::deadline;
use crate::dossier::{Channel, Record};
use crate::id::{ProcedureCode, UnitCode};
use crate::limit::Limit;
use crate::time::Instant;

/// A row that could not be mapped, and why. It does not affect other rows.
pub type RefusedRow = Fault;

/// How many refused rows keep their reasons; all of them are counted.
const KEPT: usize = 200;

/// What the rows say about one dossier.
#[derive(Debug, Clone)]
pub struct ImportedCase {
    /// What the other system calls it.
    pub name: Box<str>,
    /// The file and line of its first row.
    pub place: (Arc<str>, u64),
    /// A code to be found by.
    pub code: Option<AnyCode>,
    /// The units and procedure of the dossier.
    pub route: Arc<Route>,
    /// When it was received, if its own row says so.
    pub received: Option<Instant>,
    /// When it is due.
    pub due: Option<Instant>,
    /// Whether the due time means its whole day, whatever the time of day.
    pub due_by_day: bool,
    /// When the result was there.
    pub resolved: Option<Instant>,
    /// When the citizen took it back.
    pub withdrawn: Option<Instant>,
    /// When the agency stopped it.
    pub stopped: Option<Instant>,
    /// When the citizen got the result.
    pub returned: Option<Instant>,
    /// What was done to it, in the order of the file.
    pub happenings: Vec<(Instant, Meaning)>,
    /// Whole events, from an export of motcua.
    pub facts: Vec<Record>,
    /// A hash of everything the rows say: a later import with another hash knows that something
    /// changed.
    pub digest: u64,
}

/// The units, procedure and channel of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The unit whose desk took it in.
    pub receiving: UnitCode,
    /// The unit that decides it.
    pub resolving: UnitCode,
    /// The unit that gives it back.
    pub returning: UnitCode,
    /// The procedure.
    pub procedure: ProcedureCode,
    /// How it was handed in.
    pub channel: Channel,
}

/// The rows of one import, as they are read.
pub struct Gathering<'a> {
    map: &'a Map,
    catalogue: &'a Catalogue,
    now: Instant,
    file: Arc<str>,
    places: Places,
    cases: Vec<ImportedCase>,
    by_name: HashMap<Box<str>, Known>,
    routes: HashMap<String, Way>,
    values: Values<'a>,
    gathered: Gathered,
}

/// A route, with the values that fell under `[otherwise]` and their replacements.
#[derive(Clone)]
struct Way {
    route: Arc<Route>,
    otherwise: Arc<[((About, String), String)]>,
}

/// What the first row of a dossier led to.
#[derive(Clone, Copy)]
enum Known {
    At(usize),
    Refused,
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Every mapped dossier, in the order of the file.
    pub cases: Vec<ImportedCase>,
    /// The number of rows read, without headers.
    pub rows: u64,
    /// The number of rows that could not be mapped.
    pub refused: u64,
    /// The first of those, with file, line and reason.
    pub refusals: Vec<RefusedRow>,
    /// The number of events whose dossier's own row was refused.
    pub orphans: u64,
    /// Each value of the channel column: the channel taken, whether the map names the value, and
    /// the number of dossiers.
    pub channels: BTreeMap<String, (Channel, bool, u64)>,
    /// What fell under `[otherwise]`.
    pub unlisted: Unlisted,
    /// Rows about no dossier: sums, rows that are empty in all columns of the map, and rows of what nobody has
    /// received yet.
    pub passed_over: Vec<PassedOver>,
    /// How many those were.
    pub rows_passed_over: u64,
}

/// A row that is not about a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The file.
    pub file: Arc<str>,
    /// The line.
    pub line: u64,
    /// How it begins.
    pub text: String,
    /// Why.
    pub why: NoDossier,
}

/// Why a row is about no dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDossier {
    /// It is a sum.
    Total,
    /// It is empty in all columns of the map.
    SaysNothing,
    /// Its status says that nobody has received it yet.
    NotReceived,
}

impl NoDossier {
    /// The word in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            NoDossier::Total => "total",
            NoDossier::SaysNothing => "says_nothing",
            NoDossier::NotReceived => "not_received",
        }
    }
}

impl<'a> Gathering<'a> {
    /// Begins with no row. The catalogue must already have what the map creates.
    #[must_use]
    pub fn new(map: &'a Map, catalogue: &'a Catalogue, now: Instant) -> Self {
        Self {
            map,
            catalogue,
            now,
            file: "".into(),
            places: Places::default(),
            cases: Vec::new(),
            by_name: HashMap::new(),
            routes: HashMap::new(),
            values: Values::new(map, catalogue),
            gathered: Gathered::default(),
        }
    }

    /// Begins the file with one row a dossier.
    pub fn begin_cases(&mut self, file: &str, header: &TextRow) -> Result<(), Fault> {
        let columns = self.map.cases.as_ref();
        self.begin(
            file,
            header,
            columns.expect("the caller asked whether there is one"),
        )
    }

    /// Begins the file with one row an event.
    pub fn begin_events(&mut self, file: &str, header: &TextRow) -> Result<(), Fault> {
        let columns = self.map.events.as_ref();
        self.begin(
            file,
            header,
            columns.expect("the caller asked whether there is one"),
        )
    }

    fn begin(&mut self, file: &str, header: &TextRow, columns: &Columns) -> Result<(), Fault> {
        self.file = file.into();
        self.places = columns.find(header).map_err(|reason| Fault {
            file: file.to_owned(),
            line: usize::try_from(header.line).unwrap_or(usize::MAX),
            reason,
        })?;
        Ok(())
    }

    /// Notes a row that could not be read as cells.
    pub fn unreadable(&mut self, line: u64, reason: &str) {
        self.gathered.rows += 1;
        self.refuse(line, reason.to_owned());
    }

    /// A row about a dossier.
    pub fn case(&mut self, cells: &TextRow) {
        if self.passes_over(cells, ImportField::Received) {
            return;
        }
        self.gathered.rows += 1;
        let name = self.places.get(ImportField::Case, cells);
        let known = self.by_name.contains_key(name);
        match self.read_case(cells, known) {
            Ok(case) => {
                self.by_name
                    .insert(name.into(), Known::At(self.cases.len()));
                self.cases.push(case);
            }
            Err(reason) => {
                if !known && !name.is_empty() {
                    self.by_name.insert(name.into(), Known::Refused);
                }
                self.refuse(cells.line, reason);
            }
        }
    }

    /// A row about an event.
    pub fn event(&mut self, cells: &TextRow) {
        if self.passes_over(cells, ImportField::Time) {
            return;
        }
        self.gathered.rows += 1;
        match self.read_event(cells) {
            Ok(true) => {}
            Ok(false) => self.gathered.orphans += 1,
            Err(reason) => self.refuse(cells.line, reason),
        }
    }

    /// All of it.
    #[must_use]
    pub fn done(self) -> Gathered {
        Gathered {
            cases: self.cases,
            unlisted: self.values.unlisted,
            ..self.gathered
        }
    }

    /// Whether a row is about no dossier.
    fn passes_over(&mut self, cells: &TextRow, time: ImportField) -> bool {
        // A dossier's row has a time; a sum has none.
        let total = self.map.table.total(cells);
        let total = total.filter(|_| self.places.get(time, cells).is_empty());
        let status = self.places.get(ImportField::Status, cells);
        let why = if total.is_some() {
            NoDossier::Total
        } else if self.places.say_nothing(cells) {
            NoDossier::SaysNothing
        } else if self.map.statuses.get(status) == Some(&ForeignStatus::Submitted) {
            NoDossier::NotReceived
        } else {
            return false;
        };
        let first = cells.iter().find(|cell| !cell.is_empty());
        if let Some(first) = first {
            self.gathered.rows_passed_over += 1;
            if self.gathered.passed_over.len() < KEPT {
                self.gathered.passed_over.push(PassedOver {
                    file: Arc::clone(&self.file),
                    line: cells.line,
                    text: short(first),
                    why,
                });
            }
        }
        true
    }

    fn refuse(&mut self, line: u64, reason: String) {
        self.gathered.refused += 1;
        if self.gathered.refusals.len() < KEPT {
            self.gathered.refusals.push(Fault {
                file: self.file.to_string(),
                line: usize::try_from(line).unwrap_or(usize::MAX),
                reason,
            });
        }
    }

    fn read_case(&mut self, cells: &TextRow, known: bool) -> Result<ImportedCase, String> {
        let name = self.name(cells)?;
        if known {
            return Err(format!(
                "dossier `{name}` is there twice; this row is left out"
            ));
        }
        let code = match self.places.get(ImportField::Code, cells) {
            "" => None,
            text => Some(AnyCode::parse(text).map_err(|invalid| {
                format!(
                    "{invalid}; if these are numbers of a list of your own, leave `code` out of the map"
                )
            })?),
        };
        let way = self.way(cells)?;
        let past = |field| self.past(field, cells);
        let mut case = ImportedCase {
            place: (Arc::clone(&self.file), cells.line),
            code,
            route: way.route,
            received: past(ImportField::Received)?,
            due: self.time(ImportField::Due, DayEdge::Ends, cells)?,
            due_by_day: self.map.due_by_day,
            resolved: past(ImportField::Resolved)?,
            withdrawn: past(ImportField::Withdrawn)?,
            stopped: past(ImportField::Stopped)?,
            returned: past(ImportField::Returned)?,
            happenings: Vec::new(),
            facts: Vec::new(),
            digest: digest(cells),
            name: name.into(),
        };
        let columns = self.map.cases.as_ref();
        if columns.is_some_and(|columns| columns.has(ImportField::Received))
            && case.received.is_none()
        {
            return Err(format!(
                "dossier `{name}` was never received: the cell is empty"
            ));
        }
        if columns.is_some_and(|columns| columns.has(ImportField::Status)) {
            let text = self.places.get(ImportField::Status, cells);
            let standing = self.values.status(text)?;
            let since = self.past(ImportField::StatusTime, cells)?;
            case.ends_as(standing, since).map_err(|()| {
                format!(
                    "status `{}` says that it was {}, and no column says when; name one as \
                     `status_time`",
                    short(text),
                    standing.as_str()
                )
            })?;
        }
        self.limit(&mut case, cells)?;
        for (value, taken_for) in way.otherwise.iter() {
            self.values.count(value, taken_for);
        }
        let channel = self.places.get(ImportField::Channel, cells);
        let listed = self.map.channels.get(channel).is_some();
        let counted = self.gathered.channels.entry(channel.to_owned()).or_insert((
            case.route.channel,
            listed,
            0,
        ));
        counted.2 += 1;
        Ok(case)
    }

    /// Reads the limit. It says that a due time means its day, and gives the due time if no column
    /// does.
    fn limit(&self, case: &mut ImportedCase, cells: &TextRow) -> Result<(), String> {
        let text = self.places.get(ImportField::Limit, cells);
        if text.is_empty() {
            return Ok(());
        }
        let limit: Limit = text.parse().map_err(|wrong| format!("limit: {wrong}"))?;
        case.due_by_day = limit.in_days();
        if let (None, Some(received)) = (case.due, case.received) {
            let unit = case.route.resolving.as_str();
            let due = deadline::due(received, limit, self.catalogue.calendars.for_unit(unit));
            case.due = Some(due.map_err(|error| format!("limit: {error}"))?.at);
        }
        Ok(())
    }

    fn name<'c>(&self, cells: &'c TextRow) -> Result<&'c str, String> {
        let spare = (self.places.width()..cells.len()).any(|at| !cells.get(at).is_empty());
        if cells.len() < self.places.width() || spare {
            return Err(format!(
                "{} cells; expected {} as in the header",
                cells.len(),
                self.places.width()
            ));
        }
        match self.places.get(ImportField::Case, cells) {
            "" => Err("the row names no dossier".to_owned()),
            long if long.len() > 200 => {
                Err("the name of the dossier is longer than 200 bytes".to_owned())
            }
            name => Ok(name),
        }
    }

    /// Reads an event; false if the row of its dossier was refused.
    fn read_event(&mut self, cells: &TextRow) -> Result<bool, String> {
        let name = self.name(cells)?;
        let at = match self.by_name.get(name) {
            Some(Known::At(at)) => *at,
            Some(Known::Refused) => return Ok(false),
            None if self.map.cases.is_some() => {
                return Err(format!("dossier `{name}` has no row of its own"));
            }
            None => {
                let case = self.bare(name, cells)?;
                self.by_name
                    .insert(name.into(), Known::At(self.cases.len()));
                self.cases.push(case);
                self.cases.len() - 1
            }
        };
        let facts = self.places.get(ImportField::Facts, cells);
        if facts.is_empty() {
            let activity = self.places.get(ImportField::Activity, cells);
            let meaning = self.values.activity(activity)?;
            let time = self.past(ImportField::Time, cells)?;
            let time = time.ok_or_else(|| "the event has no time".to_owned())?;
            self.cases[at].happenings.push((time, meaning));
        } else {
            let record = Record::from_bytes(facts.as_bytes())
                .map_err(|error| format!("not an event of an export: {error}"))?;
            self.cases[at].facts.push(record);
        }
        let case = &mut self.cases[at];
        case.digest = case.digest.wrapping_add(digest(cells));
        Ok(true)
    }

    /// A dossier that only events mention.
    fn bare(&mut self, name: &str, cells: &TextRow) -> Result<ImportedCase, String> {
        let facts = self
            .map
            .events
            .as_ref()
            .is_some_and(|columns| columns.has(ImportField::Facts));
        let route = if facts {
            self.unknown_route()
        } else {
            self.way(cells)?.route
        };
        Ok(ImportedCase {
            name: name.into(),
            place: (Arc::clone(&self.file), cells.line),
            code: None,
            route,
            received: None,
            due: None,
            due_by_day: self.map.due_by_day,
            resolved: None,
            withdrawn: None,
            stopped: None,
            returned: None,
            happenings: Vec::new(),
            facts: Vec::new(),
            digest: 0,
        })
    }

    /// The route of dossiers whose events state the real one.
    fn unknown_route(&mut self) -> Arc<Route> {
        let way = self.routes.entry(String::new()).or_insert_with(|| {
            let unit = UnitCode::parse("0").expect("a digit is an identifier");
            let route = Arc::new(Route {
                receiving: unit.clone(),
                resolving: unit.clone(),
                returning: unit,
                procedure: ProcedureCode::parse("x-0").expect("it has the form of a code"),
                channel: Channel::default(),
            });
            Way {
                route,
                otherwise: Arc::new([]),
            }
        });
        Arc::clone(&way.route)
    }

    fn way(&mut self, cells: &TextRow) -> Result<Way, String> {
        let mut key = String::new();
        for field in [
            ImportField::Unit,
            ImportField::Resolving,
            ImportField::Returning,
            ImportField::Procedure,
            ImportField::Channel,
        ] {
            key.push_str(self.places.get(field, cells));
            key.push('\u{1f}');
        }
        if let Some(way) = self.routes.get(&key) {
            return Ok(way.clone());
        }
        let mut otherwise = Vec::new();
        let receiving = listed(
            self.values
                .unit(self.places.get(ImportField::Unit, cells))?,
            &mut otherwise,
        );
        let mut other = |field| match self.places.get(field, cells) {
            "" => Ok(receiving.clone()),
            text => Ok::<_, String>(listed(self.values.unit(text)?, &mut otherwise)),
        };
        let resolving = other(ImportField::Resolving)?;
        let returning = other(ImportField::Returning)?;
        let procedure = self.places.get(ImportField::Procedure, cells);
        let procedure = listed(self.values.procedure(procedure)?, &mut otherwise);
        let columns = self.map.cases.as_ref();
        let is_said = columns.is_some_and(|columns| columns.has(ImportField::Channel));
        let channel = self.places.get(ImportField::Channel, cells);
        let channel = listed(self.values.channel(channel, is_said)?, &mut otherwise);
        let route = Arc::new(Route {
            receiving,
            resolving,
            returning,
            procedure,
            channel,
        });
        let way = Way {
            route,
            otherwise: otherwise.into(),
        };
        // A file with a different value in every row must not fill the memory twice.
        if self.routes.len() < 100_000 {
            self.routes.insert(key, way.clone());
        }
        Ok(way)
    }

    fn past(&self, field: ImportField, cells: &TextRow) -> Result<Option<Instant>, String> {
        match self.time(field, DayEdge::Begins, cells)? {
            Some(at) if at > self.now => Err(format!(
                "{} is in the future",
                short(self.places.get(field, cells))
            )),
            time => Ok(time),
        }
    }

    fn time(
        &self,
        field: ImportField,
        part: DayEdge,
        cells: &TextRow,
    ) -> Result<Option<Instant>, String> {
        match self.places.get(field, cells) {
            "" => Ok(None),
            text => self.map.zone.read(text, part).map(Some),
        }
    }
}

/// The meaning of a value; notes a value that fell under `[otherwise]`.
fn listed<T: ToString>(found: Found<T>, otherwise: &mut Vec<((About, String), String)>) -> T {
    if let Some(value) = found.otherwise {
        otherwise.push((value, found.meant.to_string()));
    }
    found.meant
}

impl ImportedCase {
    /// Ends the dossier as its status says, at the time of the first filled time column.
    ///
    /// Errors: it ended, and no column says when.
    fn ends_as(&mut self, standing: ForeignStatus, since: Option<Instant>) -> Result<(), ()> {
        let (resolved, returned) = (self.resolved, self.returned);
        let told = |own: Option<Instant>| own.or(resolved).or(since).or(returned).ok_or(());
        match standing {
            // Times are facts; a status may be older than they are.
            ForeignStatus::Submitted | ForeignStatus::Pending => {}
            ForeignStatus::Withdrawn => self.withdrawn = Some(told(self.withdrawn)?),
            ForeignStatus::Stopped => self.stopped = Some(told(self.stopped)?),
            ForeignStatus::Resolved => self.resolved = Some(told(None)?),
            ForeignStatus::Returned => {
                self.resolved = Some(told(None)?);
                self.returned = returned.or(since);
            }
        }
        if matches!(standing, ForeignStatus::Withdrawn | ForeignStatus::Stopped) {
            self.resolved = None;
            self.returned = None;
        }
        Ok(())
    }
}

/// FNV-1a over the cells. It is stored, so it must be the same on every machine and in every
/// version.
fn digest(cells: &TextRow) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut take = |byte: u8| {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0100_0000_01b3);
    };
    for cell in cells.iter() {
        cell.bytes().for_each(&mut take);
        take(0x1f);
    }
    hash
}
