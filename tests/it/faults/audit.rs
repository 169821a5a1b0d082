//! Compares the content of the database with the answers that callers got.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::code::{AnyCode, DossierCode};
use domain::digest::{hex, sha256};
use domain::dossier::event::{Frame, digest};
use domain::dossier::{Dossier, Record};
use domain::tally::{self, Measure, Tallies};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, QueryResult,
    Statement,
};

use serde_json::Value;

use super::ledger::Acknowledged;

/// Reads a database directly, without the store.
pub struct Auditor(DatabaseConnection);

/// The result of an audit.
#[derive(Debug, Default)]
pub struct Findings {
    /// Acknowledged writes that are missing.
    pub lost: Vec<Acknowledged>,
    /// All other contradictions, in words.
    pub faults: Vec<String>,
    pub dossiers: usize,
    pub events: usize,
    /// Every request that has written something.
    pub requests: BTreeSet<String>,
}

impl Findings {
    /// Panics if anything is lost or wrong.
    #[track_caller]
    pub fn assert_clean(&self, when: &str) {
        assert!(self.lost.is_empty(), "{when}: lost {:?}", self.lost);
        assert!(self.faults.is_empty(), "{when}: {:#?}", self.faults);
    }
}

/// A stored event: the request that made it, and the content of its bytes.
struct Event {
    request: String,
    record: Record,
    /// Whether the bytes of the record are those that were written.
    intact: bool,
}

/// The events of each dossier, in order of version.
type Histories = HashMap<String, Vec<Event>>;

/// The extent of an audit.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// The dossiers of these answers, each on its own.
    Of(&'a [Acknowledged]),
    /// All dossiers, and the sums over them. These must be all answers ever given.
    All(&'a [Acknowledged]),
}

impl Auditor {
    pub async fn of(database: &str) -> Result<Self, DbErr> {
        let mut options = ConnectOptions::new(database);
        options.max_connections(1).sqlx_logging(false);
        Ok(Self(Database::connect(options).await?))
    }

    pub async fn close(self) {
        self.0.close().await.unwrap();
    }

    /// Which of these requests have written something.
    pub async fn written(&self, actors: &[String], requests: &[String]) -> BTreeSet<String> {
        if requests.is_empty() {
            return BTreeSet::new();
        }
        let blob = match self.0.get_database_backend() {
            DbBackend::Postgres => "'\\x",
            _ => "x'",
        };
        let of_actor = |actor: &String| {
            let keys = requests.iter().map(|request| {
                let bytes = crossed(actor, unhex(&request.replace('-', "")));
                format!("{blob}{}'", hex(&bytes))
            });
            keys.collect::<Vec<_>>()
        };
        let keys: Vec<String> = actors.iter().flat_map(of_actor).collect();
        let sql = format!(
            "SELECT DISTINCT actor, request FROM event WHERE province = '08' AND request IN ({})",
            keys.join(", ")
        );
        let rows = self.rows(&sql).await.unwrap();
        let request = |row: &QueryResult| {
            let kept: Vec<u8> = row.try_get_by_index(1).unwrap();
            request_of(&text(row, 0), kept)
        };
        rows.iter().map(request).collect()
    }

    /// Compares the database with the ledger, and with itself.
    pub async fn look(&self, whose: Whose<'_>) -> Result<Findings, DbErr> {
        let mut found = Findings::default();
        let (answers, condition) = match whose {
            Whose::All(answers) => (answers, None),
            Whose::Of(answers) => {
                let dossiers: BTreeSet<_> = answers.iter().map(|a| a.dossier.clone()).collect();
                let dossiers: Vec<_> = dossiers.into_iter().collect();
                (answers, Some(listed(&dossiers)))
            }
        };
        let only = |column: &str| match &condition {
            Some(dossiers) if !dossiers.is_empty() => format!("WHERE {column} IN ({dossiers})"),
            Some(_) => "WHERE 1 = 0".to_owned(),
            None => String::new(),
        };
        let histories = self.histories(&only("dossier")).await?;
        let rows = self.dossiers(&only("id")).await?;
        found.dossiers = rows.len();
        found.events = histories.values().map(Vec::len).sum();
        acknowledged(answers, &histories, &mut found);
        once(&histories, &mut found);
        folded(&histories, &rows, &mut found);
        if let Whose::All(answers) = whose {
            let codes = self.codes().await?;
            told(answers, &codes, &mut found);
            gapless(&codes, &rows, &self.counters().await?, &mut found);
            counted(&rows, &self.tallies().await?, &mut found);
        }
        Ok(found)
    }

    async fn histories(&self, only: &str) -> Result<Histories, DbErr> {
        let sql = format!(
            "SELECT dossier, request, bytes, province, version, event_time, record_time, actor, \
                 role, unit, digest FROM event {only} ORDER BY dossier, version"
        );
        let mut histories = Histories::new();
        for row in self.rows(&sql).await? {
            let [dossier, province, actor, role, unit] = [0, 3, 7, 8, 9].map(|at| text(&row, at));
            let request = request_of(&actor, row.try_get_by_index(1)?);
            let frame = Frame {
                province: &province,
                dossier: &dossier,
                version: row.try_get_by_index(4)?,
                event_time: row.try_get_by_index(5)?,
                record_time: row.try_get_by_index(6)?,
                actor: &actor,
                role: &role,
                unit: &unit,
                request_id: &request,
            };
            let bytes = frame.around(&row.try_get_by_index::<Vec<u8>>(2)?);
            let kept: Vec<u8> = row.try_get_by_index(10)?;
            let event = Event {
                record: Record::from_bytes(&bytes).unwrap(),
                intact: kept == digest(&bytes),
                request,
            };
            histories.entry(dossier).or_default().push(event);
        }
        Ok(histories)
    }

    async fn dossiers(&self, only: &str) -> Result<HashMap<String, Dossier>, DbErr> {
        let sql = format!("SELECT id, fold FROM dossier {only}");
        let rows = self.rows(&sql).await?;
        let read = |row: &QueryResult| {
            let id = text(row, 0);
            let fold = whole(&id, &text(row, 1));
            (id, serde_json::from_value::<Dossier>(fold).unwrap())
        };
        Ok(rows.iter().map(read).collect())
    }

    /// Every code, with its dossier.
    async fn codes(&self) -> Result<Vec<(String, String)>, DbErr> {
        let rows = self.rows("SELECT code, dossier FROM code").await?;
        Ok(rows
            .iter()
            .map(|row| (text(row, 0), text(row, 1)))
            .collect())
    }

    /// The last number of each unit and day.
    async fn counters(&self) -> Result<Vec<(String, i64, i64)>, DbErr> {
        let rows = self.rows("SELECT unit, day, last FROM counter").await?;
        rows.iter()
            .map(|row| {
                let (day, last) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
                Ok((text(row, 0), day, last))
            })
            .collect()
    }

    /// The daily tallies: by unit, day and channel, the counts.
    async fn tallies(&self) -> Result<BTreeMap<(String, i64, String), Vec<i64>>, DbErr> {
        let sums = Measure::ALL.map(|one| format!("CAST(sum({}) AS BIGINT)", one.as_str()));
        let sql = format!(
            "SELECT unit, day, channel, {} FROM tally WHERE grain = 'day' \
             GROUP BY unit, day, channel",
            sums.join(", ")
        );
        let mut tallies = BTreeMap::new();
        for row in self.rows(&sql).await? {
            let counts = (3..3 + Measure::ALL.len()).map(|at| row.try_get_by_index(at));
            let counts: Vec<i64> = counts.collect::<Result<_, DbErr>>()?;
            if counts.iter().any(|count| *count != 0) {
                let key = (text(&row, 0), row.try_get_by_index(1)?, text(&row, 2));
                tallies.insert(key, counts);
            }
        }
        Ok(tallies)
    }

    async fn rows(&self, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
        let statement = Statement::from_string(self.0.get_database_backend(), sql);
        self.0.query_all_raw(statement).await
    }
}

fn text(row: &QueryResult, at: usize) -> String {
    row.try_get_by_index(at).unwrap()
}

/// The id of the request in a row, by what the decision about rows says and without the store. The tests
/// write theirs in lower case.
fn request_of(actor: &str, kept: Vec<u8>) -> String {
    let text = hex(&crossed(actor, kept));
    [
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..],
    ]
    .join("-")
}

fn crossed(actor: &str, bytes: Vec<u8>) -> Vec<u8> {
    let pairs = bytes.into_iter().zip(sha256(actor.as_bytes()));
    pairs.map(|(byte, other)| byte ^ other).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let bytes = (0..text.len()).step_by(2);
    bytes
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// What a row keeps of a dossier, with what stands beside it.
fn whole(id: &str, kept: &str) -> Value {
    let mut fold: Value = serde_json::from_str(kept).unwrap();
    fold["id"] = id.into();
    spread(&mut fold, "units", &["receiving", "resolving", "returning"]);
    spread(&mut fold, "still", &["since", "last"]);
    if let Some(clock) = fold.get_mut("clock") {
        let dues = ["original_due", "effective_due", "promised_due"];
        spread(clock, "dues", &dues);
    }
    fold
}

fn spread(object: &mut Value, one: &str, members: &[&str]) {
    let value = object.as_object_mut().and_then(|all| all.remove(one));
    for name in members.iter().filter(|_| value.is_some()) {
        object[*name] = value.clone().unwrap();
    }
}

/// A list in SQL of words that the tests made themselves, so they need no escaping.
fn listed(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    quoted.join(", ")
}

/// Checks that each answer rests on an event of its request with that version.
fn acknowledged(answers: &[Acknowledged], histories: &Histories, found: &mut Findings) {
    for answer in answers {
        let stands = histories.get(&answer.dossier).is_some_and(|history| {
            history.iter().any(|event| {
                event.record.version == answer.version && event.request == answer.request
            })
        });
        if !stands {
            found.lost.push(answer.clone());
        }
    }
}

/// Checks that each request wrote to one dossier, in consecutive versions.
fn once(histories: &Histories, found: &mut Findings) {
    for (dossier, history) in histories {
        let mut last = None;
        for event in history {
            let Event {
                request, record, ..
            } = event;
            if !event.intact || record.request_id.as_str() != request {
                let words = format!("{dossier}: {request} is not what the bytes say");
                found.faults.push(words);
            }
            if last != Some(request) && !found.requests.insert(request.clone()) {
                found
                    .faults
                    .push(format!("{dossier}: request {request} was done twice"));
            }
            last = Some(request);
        }
    }
}

/// Checks that versions run 1, 2, 3 … and that the row equals the fold of the events.
fn folded(histories: &Histories, rows: &HashMap<String, Dossier>, found: &mut Findings) {
    for (dossier, history) in histories {
        let versions = history.iter().map(|event| event.record.version);
        if !versions.eq(1..=u32::try_from(history.len()).unwrap()) {
            found
                .faults
                .push(format!("{dossier}: versions are missing"));
        }
        let records = history.iter().map(|event| &event.record);
        if Dossier::fold(records).as_ref() != rows.get(dossier) {
            found
                .faults
                .push(format!("{dossier}: the row is not the fold"));
        }
    }
    let without = rows.keys().filter(|id| !histories.contains_key(*id));
    let told = without.map(|id| format!("{id}: a row without events"));
    found.faults.extend(told);
}

/// Checks that each code in an answer belongs to that dossier.
fn told(answers: &[Acknowledged], codes: &[(String, String)], found: &mut Findings) {
    let known: HashSet<(&str, &str)> = codes
        .iter()
        .map(|(code, dossier)| (code.as_str(), dossier.as_str()))
        .collect();
    let unknown = answers
        .iter()
        // A lost dossier has no code either; that is not a second fault.
        .filter(|answer| !found.lost.contains(answer))
        .filter(|answer| !known.contains(&(answer.code.as_str(), answer.dossier.as_str())));
    let told = unknown.map(|answer| format!("{}: code {} is gone", answer.dossier, answer.code));
    let told: Vec<String> = told.collect();
    found.faults.extend(told);
}

/// Checks that each number up to the last one of a unit and day belongs to one dossier.
fn gapless(
    codes: &[(String, String)],
    rows: &HashMap<String, Dossier>,
    counters: &[(String, i64, i64)],
    found: &mut Findings,
) {
    let mut given: HashMap<(String, i64), Vec<i64>> = HashMap::new();
    for (code, dossier) in codes {
        let code = AnyCode::parse(code).unwrap();
        let unit = rows.get(dossier).map(|dossier| &dossier.receiving);
        // A portal's code takes no number of ours.
        if let Some(ours) = unit.and_then(|unit| DossierCode::of(&code, unit)) {
            let day: i64 = ours.day().format("%Y%m%d").to_string().parse().unwrap();
            let unit = unit.unwrap().to_string();
            given
                .entry((unit, day))
                .or_default()
                .push(ours.serial().into());
        }
    }
    for (unit, day, last) in counters {
        let mut numbers = given.remove(&(unit.clone(), *day)).unwrap_or_default();
        numbers.sort_unstable();
        if !numbers.iter().copied().eq(1..=*last) {
            found.faults.push(format!(
                "{unit} {day}: {numbers:?} are given of 1 to {last}"
            ));
        }
    }
    if !given.is_empty() {
        found.faults.push(format!("numbers of no day: {given:?}"));
    }
}

/// Checks that the tallies equal the sums over all dossiers.
fn counted(
    rows: &HashMap<String, Dossier>,
    kept: &BTreeMap<(String, i64, String), Vec<i64>>,
    found: &mut Findings,
) {
    let mut sum = Tallies::new();
    for dossier in rows.values() {
        tally::add(&mut sum, tally::difference(None, dossier));
    }
    let counted: BTreeMap<_, _> = sum
        .into_iter()
        .map(|(place, counts)| {
            let day: i64 = place.day.format("%Y%m%d").to_string().parse().unwrap();
            let channel = place.channel.as_str().to_owned();
            ((place.unit.to_string(), day, channel), counts.0.to_vec())
        })
        .collect();
    if counted != *kept {
        found.faults.push(format!(
            "the tallies are {kept:?}, counted anew {counted:?}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{THREE_DAYS, WARD, World};

    /// How the test corrupts the database, and a word of what the auditor then reports.
    const SPOILT: [(&str, &str); 9] = [
        ("DELETE FROM event WHERE version = 5", "lost"),
        (
            "DELETE FROM event WHERE version = 2",
            "versions are missing",
        ),
        (
            "UPDATE event SET actor = (SELECT actor FROM event WHERE version = 1), \
             request = (SELECT request FROM event WHERE version = 1), part = 1 WHERE version = 3",
            "was done twice",
        ),
        (
            "UPDATE event SET request = zeroblob(16) WHERE version = 3",
            "is not what the bytes say",
        ),
        (
            "UPDATE dossier SET fold = replace(fold, '\"desk\"', '\"post\"')",
            "the row is not the fold",
        ),
        ("UPDATE counter SET last = 3", "are given of 1 to 3"),
        ("DELETE FROM counter", "numbers of no day"),
        ("DELETE FROM code", "is gone"),
        (
            "UPDATE tally SET received = received + 1",
            "the tallies are",
        ),
    ];

    #[tokio::test]
    async fn the_auditor_finds_what_is_lost_doubled_or_miscounted() {
        for (spoil, says) in SPOILT {
            let world = World::at("2026-08-03 10:00").await;
            let view = world.receive(WARD, THREE_DAYS).await;
            let view = world.finish(view).await;
            let db = Database::connect(&world.url).await.unwrap();
            let auditor = Auditor(db);
            let history = auditor.histories("").await.unwrap();
            let (dossier, records) = history.into_iter().next().unwrap();
            let answers: Vec<Acknowledged> = records
                .iter()
                .map(|event| Acknowledged {
                    request: event.request.clone(),
                    dossier: dossier.clone(),
                    version: event.record.version,
                    code: view.dossier.label(),
                    at: event.record.record_time,
                })
                .collect();
            let clean = auditor.look(Whose::All(&answers)).await.unwrap();
            clean.assert_clean("before");
            for guard in ["is_never_changed", "is_never_deleted"] {
                let drop = format!("DROP TRIGGER event_{guard}");
                auditor.0.execute_unprepared(&drop).await.unwrap();
            }
            auditor
                .0
                .execute_unprepared("PRAGMA foreign_keys = 0")
                .await
                .unwrap();
            auditor.0.execute_unprepared(spoil).await.unwrap();
            let found = auditor.look(Whose::All(&answers)).await.unwrap();
            let said = format!("{:?} lost {}", found.faults, found.lost.len());
            let noticed = match says {
                "lost" => found.lost == [answers[4].clone()],
                words => said.contains(words),
            };
            assert!(noticed, "{spoil}: {said}");
        }
    }
}
