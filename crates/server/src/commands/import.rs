//! `motcua import`.

use super::Database;
use clap::{Args, ValueEnum};
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::Catalogues;
use app::import::{Outcome, Plan, Stopped, rehearse, rehearse_update, run as write};
use app::ports::{Clock, Ids, Store};
use domain::catalogue::{Catalogue, SourceFile};
use domain::id::ActorId;
use domain::import::Map;
use domain::language::Language;
use store::{Patience, SeaStore};

use super::{migrate, open_store, print};
use crate::clock::{SystemClock, SystemIds};
use crate::config::Config;
use crate::import::{Findings, Job, Prepared};
use crate::progress::Progress;
use crate::{Failure, catalogue, text};

/// Bring in history from another system.
#[derive(Debug, Args)]
pub struct Import {
    /// The map that explains the columns: a file, or a shipped map (wabo-receipt.toml,
    /// dossiers.toml).
    #[arg(long, value_name = "MAP.toml")]
    pub map: String,
    /// The file with one row an event, plain or gzip; or the list of dossiers, if the map reads
    /// only that.
    #[arg(value_name = "EVENTS.csv[.gz]")]
    pub first: PathBuf,
    /// The file with one row a dossier.
    #[arg(value_name = "CASES.csv[.gz]")]
    pub second: Option<PathBuf>,
    /// Read and judge everything, write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Also take over what the files newly say about dossiers that an earlier export brought: ends, steps,
    /// due times. What they contradict, or a desk here has moved, stays and is listed.
    #[arg(long)]
    pub update: bool,
    /// Who imports, by an id of your own.
    #[arg(long, value_name = "ID", default_value = "import")]
    pub actor: String,
    /// Also write the same rows raw into a database beside it, to compare the speed.
    #[arg(long, conflicts_with = "dry_run")]
    pub measure_raw: bool,
    #[command(flatten)]
    pub database: Database,
    /// How the findings are printed.
    #[arg(long, value_enum, default_value_t = ImportFormat::Table)]
    pub format: ImportFormat,
}

/// How the findings of an import are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// Brings history in from another system.
pub async fn run(flags: Import, language: Language) -> Result<ExitCode, Failure> {
    let config = flags.database.configuration()?;
    let text = map_text(&flags.map)?;
    let actor = ActorId::parse(&flags.actor)
        .map_err(|invalid| Failure::Input(format!("--actor: {invalid}")))?;
    let (first, second) = (flags.first.clone().into(), flags.second.clone());
    let now = SystemClock.now();
    let job = Job::new(
        text,
        first,
        second.map(Into::into),
        actor,
        flags.update,
        now,
    )?;
    let shipped = Arc::new(catalogue::read(config.catalogue.as_deref())?);
    let found = open_current(&config, flags.dry_run).await?;
    let prepared = match &found {
        Some(store) => job.prepare(known(&job.map, &shipped, store).await?),
        None => job.prepare(Arc::clone(&shipped)),
    };
    // An import that is refused as a whole neither creates the database nor changes its schema.
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(refused) => {
            close(found).await?;
            return Err(refused);
        }
    };
    if flags.dry_run {
        let Prepared { reading, plan } = prepared;
        let outcome = match &found {
            Some(store) if flags.update => rehearse_update(store, plan, &SystemIds)
                .await
                .map_err(|stopped| Failure::work("the dry run stopped", stopped)),
            Some(_) | None => Ok(rehearse(plan, &SystemIds)),
        };
        close(found).await?;
        let outcome = outcome?;
        let findings = Findings::new(&job.map, &reading, &outcome, true);
        return tell(&flags, &findings, language);
    }
    match found {
        Some(store) => finish(&flags, language, &job.map, prepared, &store).await,
        None => {
            migrate::apply(&config.database, false).await?;
            let store = open_store(&config, Patience::Endless).await?;
            let known = known(&job.map, &shipped, &store).await?;
            let prepared = if Arc::ptr_eq(&known, &shipped) {
                prepared
            } else {
                // The database existed with an older schema, and may hold texts of its own.
                job.prepare(known)?
            };
            finish(&flags, language, &job.map, prepared, &store).await
        }
    }
}

/// The catalogue of a map's province, as it is before the import.
async fn known(
    map: &Map,
    shipped: &Arc<Catalogue>,
    store: &SeaStore,
) -> Result<Arc<Catalogue>, Failure> {
    let read = store.read().await;
    let read = read.map_err(|error| Failure::work("cannot read the database", error))?;
    let catalogues = Catalogues::read(Arc::clone(shipped), read.as_ref()).await;
    let catalogues =
        catalogues.map_err(|error| Failure::work("cannot read what was published", error))?;
    Ok(catalogues.of(&map.province))
}

async fn close(store: Option<SeaStore>) -> Result<(), Failure> {
    let Some(store) = store else { return Ok(()) };
    let closed = store.close().await;
    closed.map_err(|error| Failure::work("cannot close the database", error))
}

async fn finish(
    flags: &Import,
    language: Language,
    map: &Map,
    prepared: Prepared,
    store: &SeaStore,
) -> Result<ExitCode, Failure> {
    let Prepared { reading, plan } = prepared;
    let again = flags.measure_raw.then(|| Plan {
        map: Arc::clone(&plan.map),
        catalogue: Arc::clone(&plan.catalogue),
        creates: plan.creates.clone(),
        files: plan.files.clone(),
        actor: plan.actor.clone(),
        now: plan.now,
        update: plan.update,
        piece: plan.piece,
        cases: plan.cases.clone(),
    });
    let outcome = written(plan, store).await?;
    let mut findings = Findings::new(map, &reading, &outcome, false);
    if let Some(plan) = again
        && outcome.events > 0
    {
        let took = raw(plan).await?;
        findings.raw(took);
    }
    let closed = store.close().await;
    closed.map_err(|error| Failure::work("cannot close the database", error))?;
    tell(flags, &findings, language)
}

async fn written(plan: Plan, store: &SeaStore) -> Result<Outcome, Failure> {
    let progress = Progress::new();
    let began = SystemClock.now();
    let elapsed = move || (SystemClock.now() - began).to_std().unwrap_or_default();
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let mut show = |at: app::import::Progress| {
        let words = format!("{} of {} dossiers, {} events", at.done, at.of, at.events);
        progress.show(at.done, at.of, &words);
    };
    let outcome = write(store, plan, ids, &elapsed, &mut show).await;
    drop(progress);
    outcome.map_err(|stopped| match stopped {
        Stopped::Unfinished { .. } => Failure::Input(stopped.to_string()),
        Stopped::Updating(_) => Failure::work(
            "the update stopped; what it had written by then stays, and running it again goes on",
            stopped,
        ),
        other => Failure::work(
            "the import stopped; nobody sees any of its dossiers yet",
            other,
        ),
    })
}

/// Writes the same rows into an empty database beside the real one, and returns how long the
/// writing took.
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

fn tell(flags: &Import, findings: &Findings, language: Language) -> Result<ExitCode, Failure> {
    match flags.format {
        ImportFormat::Table => print(findings.table(language))?,
        ImportFormat::Json => print(findings.json())?,
    }
    Ok(if findings.is_complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A map from a file, or a shipped one.
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

/// The database, if it exists with the current schema. A dry run only looks, because opening an
/// empty database would change it.
async fn open_current(config: &Config, dry_run: bool) -> Result<Option<SeaStore>, Failure> {
    match migrate::apply(&config.database, true).await {
        // A migration mends or reports any other fault.
        Ok((missing, _)) if missing.is_empty() => {
            Ok(open_store(config, Patience::Endless).await.ok())
        }
        Ok(_older) => Ok(None),
        Err(_unreachable) if dry_run => Ok(None),
        Err(error) => Err(error),
    }
}
