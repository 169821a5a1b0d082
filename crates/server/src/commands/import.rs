//! `motcua import`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::Catalogues;
use app::import::{Outcome, PIECE, Plan, Stopped, rehearse, run as write};
use app::ports::{Clock, Ids, Proposal, Store, Verdict};
use domain::catalogue::{Catalogue, Fault, SourceFile};
use domain::id::ActorId;
use domain::import::{Gathered, Map};
use domain::time::Instant;
use store::{Durability, SeaStore};

use super::{configuration, migrate, open, print};
use crate::cli::{Import, ImportFormat};
use crate::clock::{SystemClock, SystemIds};
use crate::config::Config;
use crate::import::{Bar, Files, Findings, read};
use crate::{Failure, catalogue, text};

/// Brings history in from another system.
pub async fn run(flags: Import) -> Result<ExitCode, Failure> {
    let config = configuration(&flags.database)?;
    let text = map_text(&flags.map)?;
    let map = Map::parse(&text).map_err(|faults| wrong("the map is wrong", &faults))?;
    let files = files(&flags, &map)?;
    let actor = ActorId::parse(&flags.actor)
        .map_err(|invalid| Failure::Input(format!("--actor: {invalid}")))?;
    let now = SystemClock.now();
    let store = match (flags.dry_run, open_current(&config).await) {
        (true, found) => found,
        (false, Some(store)) => Some(store),
        (false, None) => {
            migrate::apply(&config.database, false).await?;
            Some(open(&config, Durability::Full).await?)
        }
    };
    let known = known(&config, &map, store.as_ref()).await?;
    let texts = map.creates.texts(&map.source, &map.province, &known);
    let whole = if texts.is_empty() {
        known
    } else {
        let laid = known.with(&texts);
        Arc::new(laid.map_err(|faults| wrong("what the map creates is wrong", &faults))?)
    };
    let (mut gathered, hash) = read(&files, &map, &text.text, &whole, now)
        .map_err(|fault| Failure::Input(format!("nothing was imported\n{fault}")))?;
    let plan = Plan {
        cases: std::mem::take(&mut gathered.cases),
        map: Arc::new(map.clone()),
        catalogue: whole,
        files: hash,
        actor: actor.clone(),
        now,
        piece: PIECE,
    };
    match store {
        Some(store) if !flags.dry_run => {
            publish(&store, &map, &actor, texts, now).await?;
            finish(&flags, &map, &gathered, plan, &store).await
        }
        Some(_) | None => {
            let outcome = rehearse(plan, &SystemIds);
            tell(&flags, &Findings::new(&map, &gathered, &outcome, true))
        }
    }
}

async fn finish(
    flags: &Import,
    map: &Map,
    gathered: &Gathered,
    plan: Plan,
    store: &SeaStore,
) -> Result<ExitCode, Failure> {
    let again = flags.measure_raw.then(|| Plan {
        map: Arc::clone(&plan.map),
        catalogue: Arc::clone(&plan.catalogue),
        files: plan.files.clone(),
        actor: plan.actor.clone(),
        now: plan.now,
        piece: plan.piece,
        cases: plan.cases.clone(),
    });
    let outcome = written(plan, store).await?;
    let mut findings = Findings::new(map, gathered, &outcome, false);
    if let Some(plan) = again
        && outcome.events > 0
    {
        let took = raw(plan).await?;
        findings.raw(took);
    }
    let closed = store.close().await;
    closed.map_err(|error| Failure::work("cannot close the database", error))?;
    tell(flags, &findings)
}

async fn written(plan: Plan, store: &SeaStore) -> Result<Outcome, Failure> {
    let mut bar = Bar::new();
    let began = SystemClock.now();
    let elapsed = move || (SystemClock.now() - began).to_std().unwrap_or_default();
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let outcome = write(store, plan, ids, &elapsed, &mut |done| bar.show(done)).await;
    bar.end();
    outcome.map_err(|stopped| match stopped {
        Stopped::Unfinished { .. } => Failure::Input(stopped.to_string()),
        other => Failure::work("nothing of it can be seen yet", other),
    })
}

/// Writes the same rows into an empty database beside, and says how long the writing alone took.
async fn raw(plan: Plan) -> Result<Duration, Failure> {
    let name = format!("motcua-raw-{}.db", std::process::id());
    let file = std::env::temp_dir().join(name);
    let url = format!("sqlite:{}", file.display());
    let cannot = |error| Failure::work("cannot measure raw writing", error);
    migrate::apply(&url, false).await?;
    let took = store::write_raw(&url, plan, &SystemIds, &|| {
        SystemClock.now().timestamp_micros()
    })
    .await;
    for end in ["", "-wal", "-shm"] {
        let _gone = std::fs::remove_file(format!("{}{end}", file.display()));
    }
    took.map_err(cannot)
}

fn tell(flags: &Import, findings: &Findings) -> Result<ExitCode, Failure> {
    match flags.format {
        ImportFormat::Table => print(findings.table())?,
        ImportFormat::Json => print(findings.json())?,
    }
    Ok(if findings.is_complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A map from a file, or one that is shipped.
fn map_text(name: &str) -> Result<SourceFile, Failure> {
    let path = Path::new(name);
    if path.exists() {
        return Ok(SourceFile {
            path: name.to_owned(),
            text: text::read(path)?,
        });
    }
    let shipped = catalogue::shipped_map(name);
    shipped.ok_or_else(|| {
        Failure::Input(format!(
            "--map: there is no file {name}, and none of the shipped maps is called so: {}",
            catalogue::shipped_maps().join(", ")
        ))
    })
}

/// Which file is which: the first has a row an event, unless the map reads none of those.
fn files(flags: &Import, map: &Map) -> Result<Files, Failure> {
    let (first, second) = (flags.first.clone(), flags.second.clone());
    let two = |message: &str| Failure::Input(format!("--map {}: {message}", flags.map));
    match (&map.events, &map.cases, second) {
        (Some(_), Some(_), Some(cases)) => Ok(Files {
            events: Some(first),
            cases: Some(cases),
        }),
        (Some(_), Some(_), None) => Err(two("the map reads two files: EVENTS.csv and CASES.csv")),
        (Some(events), None, second) => {
            // An export says all in its events; its other file is for people.
            if second.is_some() && !events.has(domain::import::Field::Facts) {
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

/// The database, if it is there and has the current schema.
async fn open_current(config: &Config) -> Option<SeaStore> {
    open(config, Durability::Full).await.ok()
}

/// The catalogue of the map's province, as it is before the import.
async fn known(
    config: &Config,
    map: &Map,
    store: Option<&SeaStore>,
) -> Result<Arc<Catalogue>, Failure> {
    let shipped = Arc::new(catalogue::read(config.catalogue.as_deref())?);
    let Some(store) = store else {
        return Ok(shipped);
    };
    let read = store.read().await;
    let read = read.map_err(|error| Failure::work("cannot read the database", error))?;
    let catalogues = Catalogues::read(shipped, read.as_ref()).await;
    let catalogues =
        catalogues.map_err(|error| Failure::work("cannot read what was published", error))?;
    Ok(catalogues.of(&map.province))
}

/// Puts what the map creates into force.
async fn publish(
    store: &SeaStore,
    map: &Map,
    actor: &ActorId,
    texts: Vec<SourceFile>,
    now: Instant,
) -> Result<(), Failure> {
    let cannot = |error| Failure::work("cannot create what the map names", error);
    for text in texts {
        let proposal = Proposal {
            province: map.province.clone(),
            path: text.path,
            text: text.text,
            reason: format!("import of {}", map.source),
            author: actor.clone(),
            at: now,
        };
        let document = store.propose(&proposal).await.map_err(cannot)?;
        let verdict = Verdict {
            province: map.province.clone(),
            number: document.number,
            publish: true,
            by: actor.clone(),
            at: now,
        };
        store.decide(&verdict).await.map_err(cannot)?;
    }
    Ok(())
}

fn wrong(what: &str, faults: &[Fault]) -> Failure {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    Failure::Input(format!("{what}:\n{}", lines.join("\n")))
}
