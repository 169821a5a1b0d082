//! Reads a product: asks for every unit, and takes over what is new.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use app::Engine;
use app::import::{Archive, Ground, Outcome, Plan, Why};
use app::portal::READER;
use app::ports::{FindingKind, LeaseClaim, ReadingFinding, SystemReading};
use chrono::TimeDelta;
use domain::digest::{hex, sha256};
use domain::id::ActorId;
use domain::import::{self, DayEdge, Gathered, Gathering, ImportField, TextRow};
use domain::time::{self, Instant};
use tokio::sync::watch;

use super::asking::{Asking, Question};
use super::map::SearchMap;
use super::settings::ReaderSettings;
use crate::outbound::Process;

/// How many findings are kept of a reading.
const MOST_FINDINGS: usize = 200;

/// How many events are written at once: few enough that no desk waits for long.
const EVENTS_AT_ONCE: usize = 1_000;

/// By how much a question reaches back behind the reading before: clocks differ, and a product may write late.
const OVERLAP: TimeDelta = TimeDelta::minutes(30);

/// How long a reader sleeps at most before it looks whether its turn has come.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// Follows one product.
pub struct SystemReader {
    engine: Arc<Engine>,
    archive: Arc<dyn Archive>,
    asking: Asking,
    list: import::Map,
    actor: ActorId,
    settings: ReaderSettings,
    process: Process,
}

/// What a product answered, ready to be taken over.
pub struct Heard {
    /// The dossiers.
    pub plan: Plan,
    /// What became of the rows.
    pub gathered: Gathered,
    /// When it was asked.
    pub begun: Instant,
    /// Whether it was asked for everything.
    pub is_whole: bool,
    /// Questions without an answer.
    pub failed: Vec<ReadingFinding>,
}

impl SystemReader {
    /// A reader of a product.
    ///
    /// Errors: what is wrong with the maps or the address.
    pub fn new(
        engine: Arc<Engine>,
        archive: Arc<dyn Archive>,
        settings: ReaderSettings,
        (search, list): (SearchMap, import::Map),
        secret: &str,
        process: Process,
    ) -> Result<Self, String> {
        search.fits(&list)?;
        if list.province != settings.province {
            return Err(format!(
                "{}: is for province {}; expected {}",
                list.path, list.province, settings.province
            ));
        }
        let actor = ActorId::parse(&format!("reader.{}", settings.name));
        Ok(Self {
            asking: Asking::new(&settings, search, secret)?,
            actor: actor.map_err(|wrong| wrong.to_string())?,
            engine,
            archive,
            list,
            settings,
            process,
        })
    }

    /// Reads whenever it is time, until it is told to stop.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let every = self.settings.every().to_std().unwrap_or(LONGEST_SLEEP);
        let sleep = (every / 4).min(LONGEST_SLEEP);
        while !*stop.borrow() {
            // A reading that is cut in the middle has written nothing by halves.
            tokio::select! {
                read = self.read_if_due() => if let Err(words) = read {
                    tracing::error!(reader = self.settings.name, words, "reading stops");
                },
                _ = stop.changed() => return,
            }
            tokio::select! {
                () = tokio::time::sleep(sleep) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn read_if_due(&self) -> Result<(), String> {
        let before = self.before().await?;
        let now = self.engine.now();
        if before.as_ref().is_some_and(|before| now < before.next) || !self.leases().await? {
            return Ok(());
        }
        let reading = self.read();
        tokio::pin!(reading);
        let renew = self.settings.lease().to_std().unwrap_or(LONGEST_SLEEP) / 4;
        loop {
            tokio::select! {
                read = &mut reading => return read.map(drop),
                () = tokio::time::sleep(renew) => if !self.leases().await? {
                    return Ok(());
                },
            }
        }
    }

    /// Reads once, and notes what came of it.
    pub async fn read(&self) -> Result<(Outcome, SystemReading), String> {
        let before = self.before().await?;
        let heard = self.hear(before.as_ref()).await?;
        self.take(heard, before).await
    }

    /// What came of the reading before.
    pub async fn before(&self) -> Result<Option<SystemReading>, String> {
        let (province, name) = (&self.settings.province, &self.settings.name);
        let before = self.engine.reading(province, name).await;
        before.map_err(|error| chain(&error))
    }

    async fn leases(&self) -> Result<bool, String> {
        let at = self.engine.now();
        let claim = LeaseClaim {
            province: self.settings.province.clone(),
            remote: format!("{READER}{}", self.settings.name),
            holder: self.process.name.clone(),
            at,
            until: at + self.settings.lease(),
            alone: self.process.alone,
            begins: true,
        };
        let leased = self.engine.portal_lease(&claim).await;
        Ok(leased.map_err(|error| chain(&error))?.is_some())
    }

    /// Asks for every unit. Writes nothing.
    pub async fn hear(&self, before: Option<&SystemReading>) -> Result<Heard, String> {
        let refreshed = self.engine.refresh_catalogue().await;
        refreshed.map_err(|error| chain(&error))?;
        let known = self.engine.catalogue(&self.settings.province);
        let ground = Ground::of(&self.list, known).map_err(|unfit| unfit.to_string())?;
        let begun = self.engine.now();
        let since = self.since(before, begun);
        let mut failed = Vec::new();
        let mut answered = Vec::new();
        for (unit, code) in self.questions() {
            let (rows, problem) = self.rows(unit, code, since, begun).await;
            failed.extend(problem.map(|words| ReadingFinding {
                kind: FindingKind::NoAnswer,
                name: String::new(),
                words: format!("{}: {words}", self.place(code)),
            }));
            answered.push((code, rows));
        }
        let mut gathering = Gathering::new(&ground.map, &ground.catalogue, begun);
        let header = self.asking.map.header();
        let mut cells = TextRow::default();
        for (code, rows) in answered {
            let began = gathering.begin_cases(&self.place(code), &header);
            began.map_err(|fault| fault.to_string())?;
            for (line, row) in (2..).zip(rows) {
                cells.fill_with(line, row.iter().map(String::as_str));
                gathering.case(&cells);
            }
        }
        let mut gathered = gathering.done();
        let cases = std::mem::take(&mut gathered.cases);
        let said: String = cases
            .iter()
            .map(|case| format!("{} {}\n", case.name, case.digest))
            .collect();
        let said = format!(
            "{} {}\n{said}",
            self.settings.name,
            begun.timestamp_micros()
        );
        let plan = Plan {
            map: ground.map,
            catalogue: ground.catalogue,
            creates: ground.creates,
            files: hex(&sha256(said.as_bytes())),
            actor: self.actor.clone(),
            now: begun,
            piece: EVENTS_AT_ONCE,
            update: true,
            cases,
        };
        Ok(Heard {
            plan,
            gathered,
            begun,
            is_whole: since.is_none(),
            failed,
        })
    }

    /// Takes over what is new, and notes what came of it.
    pub async fn take(
        &self,
        heard: Heard,
        before: Option<SystemReading>,
    ) -> Result<(Outcome, SystemReading), String> {
        let Heard {
            plan,
            gathered,
            begun,
            is_whole,
            mut failed,
        } = heard;
        let outcome = self.engine.take_over(self.archive.as_ref(), plan).await;
        let outcome = outcome.map_err(|stopped| chain(&stopped))?;
        let is_answered = failed.is_empty();
        let count = failed.len() as u64;
        findings(&gathered, &outcome, &mut failed);
        let whole = before.and_then(|before| before.whole);
        let reading = SystemReading {
            province: self.settings.province.clone(),
            system: self.settings.name.clone(),
            begun,
            ended: self.engine.now(),
            next: begun + self.settings.every(),
            whole: if is_whole && is_answered {
                Some(begun)
            } else {
                whole
            },
            rows: gathered.rows,
            added: outcome.dossiers,
            updated: outcome.updated,
            known: outcome.known,
            failed: count,
            findings: failed,
        };
        let noted = self.engine.note_reading(&reading).await;
        noted.map_err(|error| chain(&error))?;
        if reading.added + reading.updated + reading.failed > 0 {
            let SystemReading {
                system,
                rows,
                added,
                updated,
                failed,
                ..
            } = &reading;
            tracing::info!(reader = system, rows, added, updated, failed, "read");
        }
        Ok((outcome, reading))
    }

    /// Since when rows are asked for; none for all of them.
    fn since(&self, before: Option<&SystemReading>, now: Instant) -> Option<Instant> {
        let before = before?;
        let whole = before.whole?;
        let can = !self.asking.map.search.since.is_empty();
        let is_complete = before.failed == 0 && now - whole < self.settings.whole_every();
        (can && is_complete).then(|| before.begun - OVERLAP)
    }

    /// Each unit as the product calls it, and by its code here; one question for all without any.
    fn questions(&self) -> Vec<(&str, &str)> {
        if self.settings.units.is_empty() {
            return vec![("", "")];
        }
        let units = self.settings.units.iter();
        units
            .map(|(id, code)| (id.as_str(), code.as_str()))
            .collect()
    }

    /// What a person calls an answer.
    fn place(&self, code: &str) -> String {
        format!("{} {code}", self.settings.name).trim().to_owned()
    }

    /// All rows of a unit, and why they are not all.
    async fn rows(
        &self,
        unit: &str,
        code: &str,
        since: Option<Instant>,
        now: Instant,
    ) -> (Vec<Vec<String>>, Option<String>) {
        let map = &self.asking.map;
        let form = &map.search.since_form;
        let since = since.map(|at| time::local(at).format(form).to_string());
        let title = self
            .list
            .cases
            .as_ref()
            .and_then(|columns| columns.of(ImportField::Case));
        let name_at = title.and_then(|title| map.place_of(title));
        let oldest = now - TimeDelta::days(self.settings.days.into());
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for page in 0..self.settings.most_pages {
            let asked = self.asking.ask(Question {
                unit,
                since: since.as_deref().unwrap_or_default(),
                page,
            });
            let answer = match asked.await {
                Ok(answer) => answer,
                Err(words) => return (rows, Some(words)),
            };
            let found = map.rows(&answer).map_or(&[][..], Vec::as_slice);
            let mut is_old = false;
            for row in found {
                let cells = map.cells(row, code);
                is_old = self.is_before(&cells, oldest);
                // A list that moves while it is read shows a dossier twice; what came last is newer.
                let name = name_at.map_or("", |at| cells[at].as_str()).to_owned();
                match places.get(&name).filter(|_| !name.is_empty()) {
                    Some(at) => rows[*at] = cells,
                    None => {
                        places.insert(name, rows.len());
                        rows.push(cells);
                    }
                }
            }
            if found.len() < self.settings.rows_a_page || map.is_last(&answer) || is_old {
                return (rows, None);
            }
        }
        let most = self.settings.most_pages;
        (
            rows,
            Some(format!("there are more than {most} pages; see most_pages")),
        )
    }

    /// Whether a row, and all that come after it, are older than anybody asks for.
    fn is_before(&self, cells: &[String], oldest: Instant) -> bool {
        let map = &self.asking.map;
        let text = map.place_of(&map.search.newest_first).map(|at| &cells[at]);
        let read = text.and_then(|text| self.list.zone.read(text, DayEdge::Ends).ok());
        read.is_some_and(|at| at < oldest)
    }
}

/// Adds what a person should look at, as far as there is room.
fn findings(gathered: &Gathered, outcome: &Outcome, all: &mut Vec<ReadingFinding>) {
    let refused = gathered.refusals.iter().chain(&outcome.refusals);
    let refused = refused.map(|fault| ReadingFinding {
        kind: FindingKind::Refused,
        name: String::new(),
        words: fault.to_string(),
    });
    let left = outcome.left.iter().map(|left| ReadingFinding {
        kind: match left.why {
            Why::MovedHere => FindingKind::MovedHere,
            Why::Contradicts => FindingKind::Contradicts,
        },
        name: left.name.to_string(),
        words: left.fault.reason.clone(),
    });
    let values = gathered.unlisted.values.iter();
    let unlisted = values.map(|((about, value), (taken_for, rows))| ReadingFinding {
        kind: FindingKind::Unlisted,
        name: String::new(),
        words: format!(
            "{} `{value}` counts as {taken_for} ({rows})",
            about.as_str()
        ),
    });
    all.extend(left.chain(refused).chain(unlisted));
    all.truncate(MOST_FINDINGS);
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words.push_str(": ");
        words.push_str(&inner.to_string());
        cause = inner.source();
    }
    words
}
