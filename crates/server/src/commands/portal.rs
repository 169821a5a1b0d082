//! `motcua portal`: what is under way to other systems and from them, and a portal to test against.

mod nights;
mod reading;

use std::net::SocketAddr;
use std::process::ExitCode;

use app::page::PageQuery;
use app::portal::{Counts, ParcelQuery};
use app::ports::Clock;
use app::view::DossierName;
use app::{Caller, Error};
use clap::{Args, Subcommand};
use domain::id::{ActorId, DossierId};
use domain::language::Language;
use domain::role::Role;
use domain::time::{Instant, local_day, rfc3339};
use portal::published::differences;
use portal::simulate::{Faults, Simulator};
use serde_json::{Value, json};

use super::{Database, Installation, PlainFormat, asked_to_stop, caller, print, words};
use crate::Failure;
use crate::clock::SystemClock;

/// See and mend what is under way to other systems, or simulate one.
#[derive(Debug, Args)]
pub struct Portal {
    #[command(subcommand)]
    pub command: PortalCommand,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum PortalCommand {
    /// How far each remote has been told: how much waits, how much is parked, and since when.
    Status {
        #[command(flatten)]
        place: Place,
        #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
        format: PlainFormat,
    },
    /// The parcels of a remote: what was asked, what it answered. Without a code, the parked ones.
    Show {
        /// The remote's name in the configuration.
        remote: String,
        /// A dossier, by code or id.
        dossier: Option<String>,
        /// Those too that wait or are in flight.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        place: Place,
        #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
        format: PlainFormat,
    },
    /// Send parked parcels again: one dossier's, or all of a remote.
    Retry {
        /// The remote's name in the configuration.
        remote: String,
        /// A dossier, by code or id.
        dossier: Option<String>,
        /// All that is parked.
        #[arg(long, conflicts_with = "dossier", required_unless_present = "dossier")]
        all: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Compare every dossier with what a remote has, and tell what it lacks. The server does it.
    Reconcile {
        /// The remote's name in the configuration.
        remote: String,
        #[command(flatten)]
        place: Place,
    },
    /// What was received and ended by unit and day, here and at a remote, and how long it took to get
    /// there. Status 1 if a dossier differs.
    Sheet {
        /// The remote's name in the configuration.
        remote: String,
        /// The first day of reception.
        #[arg(long, value_name = "DAY")]
        from: chrono::NaiveDate,
        /// The last day of reception.
        #[arg(long, value_name = "DAY")]
        to: chrono::NaiveDate,
        #[command(flatten)]
        place: Place,
        #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
        format: PlainFormat,
    },
    /// The sheets that were kept of a remote, one a night, the latest first. Status 1 if anything differed in the
    /// last one.
    Nights {
        /// The remote's name in the configuration.
        remote: String,
        /// How many.
        #[arg(long, value_name = "NUMBER", default_value_t = 31)]
        last: u8,
        #[command(flatten)]
        place: Place,
        #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
        format: PlainFormat,
    },
    /// Read a one-stop product of the configuration once, now, and take over what is new. Prints what an import
    /// prints. Status 1 if something was refused, contradicts, or was not answered.
    Read {
        /// The reader's name in the configuration.
        reader: String,
        /// Read and judge everything, write nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        place: Place,
        #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
        format: PlainFormat,
    },
    /// What came of the last reading of each one-stop product. Status 1 if one is late or has findings.
    Readings {
        #[command(flatten)]
        place: Place,
        #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
        format: PlainFormat,
    },
    /// The imported dossiers whose due time is not the law's, each with the arithmetic. Status 1 if there are any.
    Dates {
        /// Only dossiers that this unit decides, by its agency identifier.
        #[arg(long, value_name = "CODE")]
        unit: Option<String>,
        /// Those too that have ended.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        place: Place,
        #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
        format: PlainFormat,
    },
    /// Compare answers of LayThuTuc with the catalogue, for a person to review. Status 1 if they differ.
    Published {
        /// The file with the answers, in JSON: one, a list, or a list under `data`.
        file: std::path::PathBuf,
        /// The day whose versions are compared; today without one.
        #[arg(long, value_name = "DAY")]
        day: Option<chrono::NaiveDate>,
        /// A folder with a catalogue instead of the shipped one.
        #[arg(long, value_name = "FOLDER")]
        catalogue: Option<std::path::PathBuf>,
    },
    /// Serve a portal to test against: it keeps what it is told, and fails as asked.
    #[command(
        after_help = "GET /ledger shows what it has; POST /faults with a text as for --faults changes how it \
        fails; POST /product gives the one-stop product beside it dossiers, as --product does.\n\nExample: motcua portal simulate --listen 127.0.0.1:7090 --faults lost=50,500=20"
    )]
    Simulate {
        /// Where to listen; port 0 takes a free one.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7090")]
        listen: SocketAddr,
        /// none, all, or some of slow, 500, cut, duplicate, session, exists, lost, skew, each with =N of
        /// a thousand requests.
        #[arg(long, value_name = "FAULTS", default_value = "none")]
        faults: String,
        /// The same number fails at the same requests.
        #[arg(long, value_name = "NUMBER", default_value_t = 1)]
        seed: u64,
        /// How long an ordinary answer takes.
        #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
        answer_ms: u64,
        /// Dossiers of the one-stop product beside it, in JSON: a list of {"agency": …, "dossier": {…}}.
        #[arg(long, value_name = "FILE")]
        product: Option<std::path::PathBuf>,
    },
}

/// Whose remotes.
#[derive(Debug, Args)]
pub struct Place {
    /// The province, by statistics code.
    #[arg(long, value_name = "CODE", default_value = "08")]
    pub province: String,
    #[command(flatten)]
    pub database: Database,
}

/// Does it.
pub async fn run(flags: Portal, language: Language) -> Result<ExitCode, Failure> {
    match flags.command {
        PortalCommand::Status { place, format } => status(&place, format, language).await,
        PortalCommand::Show {
            remote,
            dossier,
            all,
            place,
            format,
        } => {
            let asked = Asked {
                remote,
                dossier,
                all,
            };
            show(&place, asked, format, language).await
        }
        PortalCommand::Retry {
            remote,
            dossier,
            all: _,
            place,
        } => retry(&place, &remote, dossier.as_deref(), language).await,
        PortalCommand::Sheet {
            remote,
            from,
            to,
            place,
            format,
        } => sheet(&place, &remote, (from, to), format, language).await,
        PortalCommand::Nights {
            remote,
            last,
            place,
            format,
        } => nights::run(&place, &remote, last, format, language).await,
        PortalCommand::Published {
            file,
            day,
            catalogue,
        } => published(&file, day, catalogue.as_deref()),
        PortalCommand::Reconcile { remote, place } => reconcile(&place, &remote, language).await,
        PortalCommand::Read {
            reader,
            dry_run,
            place,
            format,
        } => reading::read(&place, &reader, dry_run, format, language).await,
        PortalCommand::Readings { place, format } => {
            reading::readings(&place, format, language).await
        }
        PortalCommand::Dates {
            unit,
            all,
            place,
            format,
        } => reading::dates(&place, unit.as_deref(), all, format, language).await,
        PortalCommand::Simulate {
            listen,
            faults,
            seed,
            answer_ms,
            product,
        } => {
            let faults = Faults::parse(&faults)
                .map_err(|wrong| Failure::Input(format!("--faults: {wrong}")))?;
            let simulator = Simulator::new(faults.answering_in(answer_ms), seed);
            if let Some(file) = product {
                fill_product(&simulator, &file)?;
            }
            simulate(listen, &simulator).await
        }
    }
}

struct Asked {
    remote: String,
    dossier: Option<String>,
    all: bool,
}

/// The installation, and an administrator of the province.
pub(super) async fn open(place: &Place) -> Result<(Installation, Caller), Failure> {
    let here = Installation::open(&place.database).await?;
    let province = here.province(&place.province)?;
    let catalogue = here.catalogues().of(&province);
    let unit = catalogue.units.province(&province).cloned();
    let unit = unit.ok_or_else(|| Failure::Input(format!("--province: {province} has no unit")))?;
    let actor = ActorId::parse("motcua-cli")
        .map_err(|wrong| Failure::Input(format!("motcua-cli: {wrong}")))?;
    Ok((here, caller(actor, Role::Admin, &unit)))
}

async fn status(
    place: &Place,
    format: PlainFormat,
    language: Language,
) -> Result<ExitCode, Failure> {
    let (here, caller) = open(place).await?;
    let remotes = here.engine.portal_status(&caller).await.map_err(refused)?;
    let text = match format {
        PlainFormat::Json => {
            let rows: Vec<Value> = remotes.iter().map(status_json).collect();
            format!("{}\n", Value::from(rows))
        }
        PlainFormat::Table => {
            let mut text = String::new();
            if remotes.is_empty() {
                text.push_str(words(
                    language,
                    "chưa hệ thống nào được kết nối\n",
                    "no remote has been worked for yet\n",
                ));
            }
            for status in &remotes {
                text.push_str(&status_line(status, language));
            }
            text
        }
    };
    print(text)?;
    here.close().await?;
    let wrong = |status: &app::portal::RemoteStatus| {
        status.late || status.unacknowledged > 0 || status.count.parked > 0
    };
    Ok(ExitCode::from(u8::from(remotes.iter().any(wrong))))
}

fn status_json(status: &app::portal::RemoteStatus) -> Value {
    let moment = |at: Option<Instant>| at.map(rfc3339);
    let app::portal::RemoteStatus {
        remote,
        count,
        late,
        ..
    } = status;
    json!({
        "remote": remote.name, "waiting": count.waiting, "parked": count.parked,
        "oldest_time": moment(count.oldest), "late": late,
        "failures": remote.failures, "closed_until_time": moment(remote.closed_until),
        "last_success_time": moment(remote.last_success),
        "last_failure_time": moment(remote.last_failure), "last_words": remote.last_words,
        "reconciling": remote.walk.is_some(), "reconciled_time": moment(remote.walked),
        "unacknowledged": status.unacknowledged, "acknowledge_due_time": moment(status.acknowledge_by),
    })
}

fn status_line(status: &app::portal::RemoteStatus, language: Language) -> String {
    let app::portal::RemoteStatus {
        remote,
        count,
        late,
        ..
    } = status;
    let moment = |at: Option<Instant>| at.map_or_else(|| "–".to_owned(), rfc3339);
    let mut text = match language {
        Language::Vietnamese => format!(
            "{}: {} chờ gửi (từ {}), {} cần người xử lý; lần gửi được gần nhất {}\n",
            remote.name,
            count.waiting,
            moment(count.oldest),
            count.parked,
            moment(remote.last_success)
        ),
        Language::English => format!(
            "{}: {} waiting (since {}), {} parked; last success {}\n",
            remote.name,
            count.waiting,
            moment(count.oldest),
            count.parked,
            moment(remote.last_success)
        ),
    };
    if *late {
        text.push_str(words(
            language,
            "  CHẬM: quá 10 phút chưa đồng bộ\n",
            "  LATE: not in step for more than 10 minutes\n",
        ));
    }
    if status.unacknowledged > 0 {
        let count = status.unacknowledged;
        text.push_str(&match language {
            Language::Vietnamese => format!("  CHƯA XÁC NHẬN: {count} hồ sơ quá 2 giờ làm việc\n"),
            Language::English => {
                format!("  NOT ACKNOWLEDGED: {count} dossiers for more than 2 working hours\n")
            }
        });
    }
    if let Some(until) = remote.closed_until {
        let (until, said) = (rfc3339(until), &remote.last_words);
        text.push_str(&match language {
            Language::Vietnamese => format!("  không liên lạc được, thử lại lúc {until}: {said}\n"),
            Language::English => format!("  away, tried again at {until}: {said}\n"),
        });
    }
    if remote.walk.is_some() {
        text.push_str(words(language, "  đang đối soát\n", "  being compared\n"));
    }
    text
}

async fn show(
    place: &Place,
    asked: Asked,
    format: PlainFormat,
    language: Language,
) -> Result<ExitCode, Failure> {
    let (here, caller) = open(place).await?;
    let dossier = dossier_of(&here, &caller, asked.dossier.as_deref()).await?;
    let mut token = String::new();
    let mut rows: Vec<Value> = Vec::new();
    loop {
        let query = ParcelQuery {
            remote: asked.remote.clone(),
            dossier,
            parked: !asked.all && dossier.is_none(),
            page: PageQuery { size: 200, token },
        };
        let page = here.engine.portal_parcels(&caller, query).await;
        let page = page.map_err(refused)?;
        rows.extend(page.items.iter().map(|(parcel, code)| {
            json!({
                "dossier": code, "first_event": parcel.first, "last_event": parcel.last,
                "attempts": parcel.attempts, "since_time": rfc3339(parcel.since),
                "next_time": rfc3339(parcel.next), "park_time": parcel.parked.map(rfc3339),
                "reason": parcel.reason, "asked": parcel.asked, "answer": parcel.words,
            })
        }));
        token = page.next;
        if token.is_empty() {
            break;
        }
    }
    let text = match format {
        PlainFormat::Json => format!("{}\n", Value::from(rows)),
        PlainFormat::Table if rows.is_empty() => {
            words(language, "không có gì\n", "nothing\n").to_owned()
        }
        PlainFormat::Table => rows.iter().map(|row| table_line(row, language)).collect(),
    };
    print(text)?;
    here.close().await?;
    Ok(ExitCode::SUCCESS)
}

fn table_line(row: &Value, language: Language) -> String {
    let text = |field: &str| row[field].as_str().unwrap_or("–").to_owned();
    let (first, last) = (&row["first_event"], &row["last_event"]);
    let stands = match (row["park_time"].as_str(), language) {
        (Some(at), Language::Vietnamese) => format!("cần người xử lý từ {at}"),
        (Some(at), Language::English) => format!("parked since {at}"),
        (None, Language::Vietnamese) => format!("gửi lại lúc {}", text("next_time")),
        (None, Language::English) => format!("sent at {}", text("next_time")),
    };
    format!(
        "{} {first}–{last}: {stands}; {} × {}; {} → {}\n",
        text("dossier"),
        row["attempts"],
        text("reason"),
        text("asked"),
        text("answer")
    )
}

async fn retry(
    place: &Place,
    remote: &str,
    dossier: Option<&str>,
    language: Language,
) -> Result<ExitCode, Failure> {
    let (here, caller) = open(place).await?;
    let dossier = dossier_of(&here, &caller, dossier).await?;
    let request = here.engine.request_id();
    let sent = here
        .engine
        .portal_retry(&caller, request, remote, dossier)
        .await;
    let sent = sent.map_err(refused)?;
    let what = words(language, "hồ sơ được gửi lại", "dossiers are sent again");
    print(format!("{sent} {what}\n"))?;
    here.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn reconcile(place: &Place, remote: &str, language: Language) -> Result<ExitCode, Failure> {
    let (here, caller) = open(place).await?;
    let request = here.engine.request_id();
    let ordered = here.engine.portal_reconcile(&caller, request, remote).await;
    ordered.map_err(refused)?;
    print(words(
        language,
        "đã yêu cầu đối soát; `motcua portal status` cho biết khi nào xong\n",
        "ordered; `motcua portal status` tells when it is done\n",
    ))?;
    here.close().await?;
    Ok(ExitCode::SUCCESS)
}

fn published(
    file: &std::path::Path,
    day: Option<chrono::NaiveDate>,
    folder: Option<&std::path::Path>,
) -> Result<ExitCode, Failure> {
    let wrong = |wrong: String| Failure::Input(format!("{}: {wrong}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let answers: Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let catalogue = crate::catalogue::read(folder)?;
    let day = day.unwrap_or_else(|| local_day(SystemClock.now()));
    let found = differences(&answers, &catalogue, day).map_err(wrong)?;
    let lines = found.iter().map(|one| {
        let (here, there) = (&one.here, &one.there);
        format!("{} {}\n- {here}\n+ {there}\n", one.procedure, one.field)
    });
    print(lines.collect::<String>())?;
    Ok(ExitCode::from(u8::from(!found.is_empty())))
}

async fn sheet(
    place: &Place,
    remote: &str,
    (from, to): (chrono::NaiveDate, chrono::NaiveDate),
    format: PlainFormat,
    language: Language,
) -> Result<ExitCode, Failure> {
    let (here, caller) = open(place).await?;
    let sheet = here.engine.portal_sheet(&caller, remote, from, to).await;
    let sheet = sheet.map_err(refused)?;
    let (acknowledged, received) = sheet.acknowledged();
    let side = |counts: &Counts| {
        json!({
            "received": counts.received, "ended": counts.ended, "pending": counts.pending(),
        })
    };
    let lines = sheet.lines.iter().map(|((unit, day), line)| {
        json!({
            "unit": unit, "day": day, "here": side(&line.here), "there": side(&line.there),
            "differ": line.differ, "late": line.late, "slowest_seconds": line.slowest.num_seconds(),
        })
    });
    let lines: Vec<Value> = lines.collect();
    let differ: Vec<String> = (sheet.differ.iter())
        .map(|id| format!("dossiers/{id}"))
        .collect();
    let text = match format {
        PlainFormat::Json => {
            let item = json!({ "num": acknowledged, "den": received });
            let whole = json!({ "lines": lines, "differ": differ, "i766_1_4": item });
            format!("{whole}\n")
        }
        PlainFormat::Table => {
            let mut text = words(
                language,
                "đơn vị, ngày: tiếp nhận/đã giải quyết/đang giải quyết ở đây – bên kia; lệch; chậm; chậm nhất (giây)\n",
                "unit, day: received/ended/pending here – there; differ; late; slowest (seconds)\n",
            )
            .to_owned();
            for line in &lines {
                let side = |side: &Value| {
                    format!("{}/{}/{}", side["received"], side["ended"], side["pending"])
                };
                text.push_str(&format!(
                    "{} {}: {} – {}; {}; {}; {}\n",
                    line["unit"].as_str().unwrap_or_default(),
                    line["day"].as_str().unwrap_or_default(),
                    side(&line["here"]),
                    side(&line["there"]),
                    line["differ"],
                    line["late"],
                    line["slowest_seconds"],
                ));
            }
            for name in &differ {
                text.push_str(&format!("≠ {name}\n"));
            }
            text
        }
    };
    print(text)?;
    here.close().await?;
    Ok(ExitCode::from(u8::from(!differ.is_empty())))
}

pub(super) async fn dossier_of(
    here: &Installation,
    caller: &Caller,
    text: Option<&str>,
) -> Result<Option<DossierId>, Failure> {
    let Some(text) = text else {
        return Ok(None);
    };
    let name =
        DossierName::parse(text).map_err(|wrong| Failure::Input(format!("`{text}`: {wrong}")))?;
    let code = match name {
        DossierName::Id(id) => return Ok(Some(id)),
        DossierName::Code(code) => code,
    };
    let read = here.read().await?;
    let found = read.by_code(&caller.province, &code).await;
    let found = found.map_err(super::unreadable)?;
    match found {
        Some((_, id)) => Ok(Some(id)),
        None => Err(Failure::Input(format!("there is no dossier {code}"))),
    }
}

pub(super) fn refused(error: Error) -> Failure {
    match error {
        Error::NotFound { .. } | Error::Invalid(_) => Failure::Input(error.to_string()),
        other => Failure::work("cannot do it", other),
    }
}

/// Gives the simulated product what a file has.
fn fill_product(simulator: &Simulator, file: &std::path::Path) -> Result<(), Failure> {
    let text = crate::text::read(file)?;
    let taken = simulator.product_takes(text.as_bytes());
    let taken = taken.map_err(|wrong| Failure::Input(format!("{}: {wrong}", file.display())));
    taken.map(drop)
}

async fn simulate(listen: SocketAddr, simulator: &Simulator) -> Result<ExitCode, Failure> {
    let failed = |error| Failure::work(format!("cannot listen on {listen}"), error);
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    println!("portal http://{address}");
    println!("ledger http://{address}/ledger");
    let served = simulator.serve(listener, asked_to_stop()).await;
    served.map_err(|error| Failure::work("the simulated portal failed", error))?;
    Ok(ExitCode::SUCCESS)
}
