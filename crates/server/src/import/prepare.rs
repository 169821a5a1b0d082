//! From files and a map to a plan. Nothing is written.

use std::sync::Arc;

use app::import::{Ground, PIECE, Plan};
use domain::catalogue::{Catalogue, Fault, SourceFile};
use domain::id::ActorId;
use domain::import::Map;
use domain::time::Instant;

use super::read::{Files, NamedFile, Reading, read};
use crate::Failure;

/// What is asked for.
pub struct Job {
    pub map: Arc<Map>,
    /// The map as it is written.
    pub text: String,
    pub files: Files,
    pub actor: ActorId,
    pub update: bool,
    pub now: Instant,
}

/// The rows that were read, and the plan made from them.
pub struct Prepared {
    pub reading: Reading,
    pub plan: Plan,
}

impl Job {
    /// A job, if the files are as many as the map reads.
    pub fn new(
        text: SourceFile,
        first: NamedFile,
        second: Option<NamedFile>,
        actor: ActorId,
        update: bool,
        now: Instant,
    ) -> Result<Self, Failure> {
        let map = Map::parse(&text).map_err(|faults| wrong("the map is wrong", &faults))?;
        Ok(Self {
            files: files(&text.path, &map, first, second)?,
            map: Arc::new(map),
            text: text.text,
            actor,
            update,
            now,
        })
    }

    /// Reads the files whole.
    pub fn prepare(&self, known: Arc<Catalogue>) -> Result<Prepared, Failure> {
        let ground = Ground::of(&self.map, known);
        let ground = ground.map_err(|unfit| Failure::Input(unfit.to_string()))?;
        let (map, catalogue) = (&ground.map, &ground.catalogue);
        let mut reading = read(&self.files, map, &self.text, catalogue, self.now)
            .map_err(|fault| Failure::Input(format!("nothing was imported\n{fault}")))?;
        let plan = Plan {
            cases: std::mem::take(&mut reading.gathered.cases),
            map: ground.map,
            catalogue: ground.catalogue,
            creates: ground.creates,
            files: reading.hash.clone(),
            actor: self.actor.clone(),
            now: self.now,
            update: self.update,
            piece: PIECE,
        };
        Ok(Prepared { reading, plan })
    }
}

/// Decides which file is which: the first has one row an event, unless the map reads no events.
fn files(
    name: &str,
    map: &Map,
    first: NamedFile,
    second: Option<NamedFile>,
) -> Result<Files, Failure> {
    let two = |message: &str| Failure::Input(format!("--map {name}: {message}"));
    match (&map.events, &map.cases, second) {
        (Some(_), Some(_), Some(cases)) => Ok(Files {
            events: Some(first),
            cases: Some(cases),
        }),
        (Some(_), Some(_), None) => Err(two("the map reads two files: EVENTS.csv and CASES.csv")),
        (Some(events), None, second) => {
            // The events of an export say everything; its other file is for people.
            if second.is_some() && !events.has(domain::import::ImportField::Facts) {
                return Err(two("the map has no [cases], so that it reads one file"));
            }
            Ok(Files {
                events: Some(first),
                cases: None,
            })
        }
        (None, Some(_), None) => Ok(Files {
            events: None,
            cases: Some(first),
        }),
        (None, Some(_), Some(_)) => Err(two("the map has no [events], so that it reads one file")),
        (None, None, _) => unreachable!("a map reads at least one file"),
    }
}

fn wrong(what: &str, faults: &[Fault]) -> Failure {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    Failure::Input(format!("{what}:\n{}", lines.join("\n")))
}
