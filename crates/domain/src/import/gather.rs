//! Putting the rows of one dossier together.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::columns::Places;
use super::zone::Part;
use super::{Cells, Field, Map, Meaning};
use crate::catalogue::{Catalogue, Fault};
use crate::code::AnyCode;
use crate::dossier::{Channel, Record};
use crate::id::{ProcedureCode, UnitCode};
use crate::time::Instant;

/// A row that could not be mapped, and why. The others are not touched by it.
pub type Refused = Fault;

/// How many refused rows are kept with their reasons; all of them are counted.
const KEPT: usize = 200;

/// What the rows say about one dossier.
#[derive(Debug, Clone)]
pub struct Case {
    /// What the other system calls it.
    pub name: Box<str>,
    /// The file and line where it was first met.
    pub place: (Arc<str>, u64),
    /// A code to be found by.
    pub code: Option<AnyCode>,
    /// Who deals with it, and as what.
    pub route: Arc<Route>,
    /// When it was received, if the row of the dossier says so.
    pub received: Option<Instant>,
    /// When it is due.
    pub due: Option<Instant>,
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
    /// A hash of all that was said: another one says that something changed.
    pub digest: u64,
}

/// Who deals with a dossier, and as what.
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

/// The rows of one import, as they come.
pub struct Gathering<'a> {
    map: &'a Map,
    catalogue: &'a Catalogue,
    now: Instant,
    file: Arc<str>,
    places: Places,
    cases: Vec<Case>,
    by_name: HashMap<Box<str>, Known>,
    routes: HashMap<String, Arc<Route>>,
    gathered: Gathered,
}

/// What became of the first row of a dossier.
#[derive(Clone, Copy)]
enum Known {
    At(usize),
    Refused,
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Every dossier that could be mapped, in the order of the file.
    pub cases: Vec<Case>,
    /// How many rows were read, headers not counted.
    pub rows: u64,
    /// How many of them could not be mapped.
    pub refused: u64,
    /// The first of those, with file, line and reason.
    pub refusals: Vec<Refused>,
    /// Events of dossiers whose own row was refused.
    pub orphans: u64,
    /// Each value of the channel column: what it was taken for, whether the map says so, and
    /// how many dossiers have it.
    pub channels: BTreeMap<String, (Channel, bool, u64)>,
    /// Activities that the map does not name, and how often.
    pub unnamed: BTreeMap<String, u64>,
}

impl<'a> Gathering<'a> {
    /// Nothing yet. Rows are read against a catalogue that has what the map creates.
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
            gathered: Gathered::default(),
        }
    }

    /// Begins the file with a row a dossier.
    pub fn begin_cases(&mut self, file: &str, header: &Cells) -> Result<(), Fault> {
        let columns = self.map.cases.as_ref();
        self.begin(
            file,
            header,
            columns.expect("the caller asked whether there is one"),
        )
    }

    /// Begins the file with a row an event.
    pub fn begin_events(&mut self, file: &str, header: &Cells) -> Result<(), Fault> {
        let columns = self.map.events.as_ref();
        self.begin(
            file,
            header,
            columns.expect("the caller asked whether there is one"),
        )
    }

    fn begin(&mut self, file: &str, header: &Cells, columns: &super::Columns) -> Result<(), Fault> {
        self.file = file.into();
        self.places = columns.find(header).map_err(|reason| Fault {
            file: file.to_owned(),
            line: 1,
            reason,
        })?;
        Ok(())
    }

    /// A row that could not even be read as cells.
    pub fn unreadable(&mut self, line: u64, reason: &str) {
        self.gathered.rows += 1;
        self.refuse(line, reason.to_owned());
    }

    /// A row about a dossier.
    pub fn case(&mut self, cells: &Cells) {
        self.gathered.rows += 1;
        let name = self.places.get(Field::Case, cells);
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
    pub fn event(&mut self, cells: &Cells) {
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
            ..self.gathered
        }
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

    fn read_case(&mut self, cells: &Cells, known: bool) -> Result<Case, String> {
        let name = self.name(cells)?;
        if known {
            return Err(format!(
                "dossier `{name}` is there twice; this row is left out"
            ));
        }
        let code = match self.places.get(Field::Code, cells) {
            "" => None,
            text => Some(AnyCode::parse(text).map_err(|invalid| invalid.to_string())?),
        };
        let route = self.route(cells)?;
        let past = |field| self.past(field, cells);
        let case = Case {
            place: (Arc::clone(&self.file), cells.line),
            code,
            route,
            received: past(Field::Received)?,
            due: self.time(Field::Due, Part::Ends, cells)?,
            resolved: past(Field::Resolved)?,
            withdrawn: past(Field::Withdrawn)?,
            stopped: past(Field::Stopped)?,
            returned: past(Field::Returned)?,
            happenings: Vec::new(),
            facts: Vec::new(),
            digest: digest(cells),
            name: name.into(),
        };
        let columns = self.map.cases.as_ref();
        if columns.is_some_and(|columns| columns.has(Field::Received)) && case.received.is_none() {
            return Err(format!(
                "dossier `{name}` was never received: the cell is empty"
            ));
        }
        let channel = self.places.get(Field::Channel, cells);
        let listed = self.map.channels.contains_key(channel);
        let counted = self.gathered.channels.entry(channel.to_owned()).or_insert((
            case.route.channel,
            listed,
            0,
        ));
        counted.2 += 1;
        Ok(case)
    }

    fn name<'c>(&self, cells: &'c Cells) -> Result<&'c str, String> {
        if cells.len() != self.places.width() {
            return Err(format!(
                "{} cells; expected {} as in the header",
                cells.len(),
                self.places.width()
            ));
        }
        match self.places.get(Field::Case, cells) {
            "" => Err("the row names no dossier".to_owned()),
            long if long.len() > 200 => {
                Err("the name of the dossier is longer than 200 bytes".to_owned())
            }
            name => Ok(name),
        }
    }

    /// False when the dossier of the event was refused.
    fn read_event(&mut self, cells: &Cells) -> Result<bool, String> {
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
        let facts = self.places.get(Field::Facts, cells);
        if facts.is_empty() {
            let meaning = self.meaning(cells)?;
            let time = self.past(Field::Time, cells)?;
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

    /// A dossier of which only events tell.
    fn bare(&mut self, name: &str, cells: &Cells) -> Result<Case, String> {
        let facts = self
            .map
            .events
            .as_ref()
            .is_some_and(|columns| columns.has(Field::Facts));
        let route = if facts {
            self.unknown_route()
        } else {
            self.route(cells)?
        };
        Ok(Case {
            name: name.into(),
            place: (Arc::clone(&self.file), cells.line),
            code: None,
            route,
            received: None,
            due: None,
            resolved: None,
            withdrawn: None,
            stopped: None,
            returned: None,
            happenings: Vec::new(),
            facts: Vec::new(),
            digest: 0,
        })
    }

    /// What stands there for dossiers whose events say it themselves.
    fn unknown_route(&mut self) -> Arc<Route> {
        let route = self.routes.entry(String::new()).or_insert_with(|| {
            let unit = UnitCode::parse("0").expect("a digit is an identifier");
            Arc::new(Route {
                receiving: unit.clone(),
                resolving: unit.clone(),
                returning: unit,
                procedure: ProcedureCode::parse("x-0").expect("it has the form of a code"),
                channel: Channel::default(),
            })
        });
        Arc::clone(route)
    }

    fn route(&mut self, cells: &Cells) -> Result<Arc<Route>, String> {
        let mut key = String::new();
        for field in [
            Field::Unit,
            Field::Resolving,
            Field::Returning,
            Field::Procedure,
            Field::Channel,
        ] {
            key.push_str(self.places.get(field, cells));
            key.push('\u{1f}');
        }
        if let Some(route) = self.routes.get(&key) {
            return Ok(Arc::clone(route));
        }
        let receiving = self.unit(self.places.get(Field::Unit, cells))?;
        let other = |field| match self.places.get(field, cells) {
            "" => Ok(receiving.clone()),
            text => self.unit(text),
        };
        let resolving = other(Field::Resolving)?;
        let returning = other(Field::Returning)?;
        let channel = self.places.get(Field::Channel, cells);
        let route = Arc::new(Route {
            resolving,
            returning,
            procedure: self.procedure(self.places.get(Field::Procedure, cells))?,
            channel: self
                .map
                .channels
                .get(channel)
                .copied()
                .unwrap_or(self.map.otherwise.channel),
            receiving,
        });
        // A file with a value of its own in every row must not fill the memory twice.
        if self.routes.len() < 100_000 {
            self.routes.insert(key, Arc::clone(&route));
        }
        Ok(route)
    }

    fn unit(&self, text: &str) -> Result<UnitCode, String> {
        let meant = match self.map.units.get(text) {
            Some(code) => Some(code),
            None if text.is_empty() => self.map.otherwise.unit.as_ref(),
            None => self.catalogue.units.find(text).map(|unit| &unit.code),
        };
        let code = meant.or(self.map.otherwise.unit.as_ref());
        let code = code.ok_or_else(|| format!("unit `{}` is in no list", short(text)))?;
        let found = self.catalogue.units.get(code);
        let ours = found.is_some_and(|unit| {
            unit.province == self.map.province && unit.code.as_str() != unit.code.level_one()
        });
        if ours {
            Ok(code.clone())
        } else {
            Err(format!(
                "unit {code} is not a commune or centre of province {}",
                self.map.province
            ))
        }
    }

    fn procedure(&self, text: &str) -> Result<ProcedureCode, String> {
        let code = match self.map.procedures.get(text) {
            Some(code) => Some(code.clone()),
            None => ProcedureCode::parse(text).ok(),
        };
        let known = |code: &ProcedureCode| self.catalogue.procedures.get(code, 1).is_some();
        let code = code
            .filter(known)
            .or_else(|| self.map.otherwise.procedure.clone());
        match code {
            Some(code) if known(&code) => Ok(code),
            Some(code) => Err(format!("procedure {code} is not in the catalogue")),
            None => Err(format!("procedure `{}` is in no list", short(text))),
        }
    }

    fn meaning(&mut self, cells: &Cells) -> Result<Meaning, String> {
        let activity = self.places.get(Field::Activity, cells);
        if let Some(meaning) = self.map.activities.get(activity) {
            return Ok(meaning.clone());
        }
        match &self.map.otherwise.activity {
            Some(meaning) => {
                let meaning = meaning.clone();
                if let Some(times) = self.gathered.unnamed.get_mut(activity) {
                    *times += 1;
                } else if self.gathered.unnamed.len() < KEPT {
                    self.gathered.unnamed.insert(activity.to_owned(), 1);
                }
                Ok(meaning)
            }
            None => Err(format!("activity `{}` is in no list", short(activity))),
        }
    }

    fn past(&self, field: Field, cells: &Cells) -> Result<Option<Instant>, String> {
        match self.time(field, Part::Begins, cells)? {
            Some(at) if at > self.now => Err(format!(
                "{} is in the future",
                short(self.places.get(field, cells))
            )),
            time => Ok(time),
        }
    }

    fn time(&self, field: Field, part: Part, cells: &Cells) -> Result<Option<Instant>, String> {
        match self.places.get(field, cells) {
            "" => Ok(None),
            text => self.map.zone.read(text, part).map(Some),
        }
    }
}

/// Enough of a text to find it by.
fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

/// FNV-1a over the cells. The same on every machine and in every version, for it is kept.
fn digest(cells: &Cells) -> u64 {
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
