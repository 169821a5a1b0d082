//! `motcua export`.

mod failing;
mod people;

use super::Database;
use clap::Args;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use app::administration::shared_name;
use app::import::{Archive, Viewing};
use app::ports::{Clock, DocumentState, List, ReadTx, Scope};
use domain::catalogue::SourceFile;
use domain::code::AnyCode;
use domain::dossier::private::{Content, Person};
use domain::dossier::{Dossier, Record};
use domain::id::{ActorId, DossierId, ProvinceCode};
use domain::time::{self, Instant};
use serde_json::{Map, Value, json};

use self::failing::{unwritable, unwritten};
use self::people::{People, disarmed};
use super::{Installation, print, unreadable};
use crate::Failure;
use crate::clock::SystemClock;

/// Write all dossiers of a province with their events.
#[derive(Debug, Args)]
pub struct Export {
    /// The folder to write to; it must be new or empty.
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// The province, by statistics code; optional if only one has dossiers.
    #[arg(long, value_name = "CODE")]
    pub province: Option<String>,
    /// Also write a list for people, with Vietnamese titles and names: ho-so.csv and ho-so.xlsx.
    #[arg(long)]
    pub people: bool,
    /// Include names, numbers, addresses and texts. The database records who exported them.
    #[arg(long, requires = "actor")]
    pub personal: bool,
    /// Who exports names: the name of one person, as the log of exports shows it.
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    /// The purpose of the export; recorded beside who and when.
    #[arg(long, value_name = "TEXT", requires = "personal")]
    pub reason: Option<String>,
    #[command(flatten)]
    pub database: Database,
}

/// How many dossiers are in memory at a time.
const PAGE: u32 = 500;

/// Writes all dossiers of a province with their events.
pub async fn run(flags: Export) -> Result<ExitCode, Failure> {
    let actor = flags.actor.as_deref().map(ActorId::parse).transpose();
    let actor = actor.map_err(|invalid| Failure::Input(format!("--actor: {invalid}")))?;
    if let Some(problem) = actor.as_ref().and_then(shared_name) {
        return Err(Failure::Input(format!("--actor: {problem}")));
    }
    let here = Installation::open(&flags.database).await?;
    let province = province(&flags, &here).await?;
    make_folder(&flags.folder)?;
    if let Some(actor) = actor.filter(|_| flags.personal) {
        let viewing = Viewing {
            province: province.clone(),
            at: SystemClock.now(),
            actor,
            what: "export".to_owned(),
            reason: flags.reason.clone().unwrap_or_default(),
        };
        // The record comes before the first name is read, because an interrupted run has seen names
        // too.
        let noted = here.store.record_viewing(&viewing).await;
        noted.map_err(unreadable)?;
    }
    let read = here.read().await?;
    let mut out = Out::create(&flags.folder, flags.personal)?;
    if flags.people {
        let list = People::create(&flags.folder, flags.personal)?;
        out.people = Some((list, here.catalogues().of(&province)));
    }
    let scope = Scope::Province(province.clone());
    let mut after = None;
    let mut dossiers = 0_u64;
    loop {
        let list = List::all(scope.clone(), after, PAGE);
        let page = read.list(&list).await.map_err(unreadable)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        dossiers += page.len() as u64;
        write_page(read.as_ref(), &province, &page, &mut out).await?;
    }
    let texts = published(read.as_ref(), &province).await?;
    drop(read);
    out.finish()?;
    let map = map_of(&province, &texts, here.catalogues().shipped());
    std::fs::write(flags.folder.join("map.toml"), map).map_err(unwritten)?;
    here.close().await?;
    print(format!(
        "{dossiers} dossiers of province {province} are in {}: events.csv, cases.csv, dossiers.jsonl, map.toml\n",
        flags.folder.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The province that the flag names, or the only one that has dossiers.
async fn province(flags: &Export, here: &Installation) -> Result<ProvinceCode, Failure> {
    if let Some(text) = &flags.province {
        return here.province(text);
    }
    let read = here.read().await?;
    let mut found = Vec::new();
    for province in here.catalogues().provinces() {
        let one = List::all(Scope::Province(province.clone()), None, 1);
        if !read.list(&one).await.map_err(unreadable)?.is_empty() {
            found.push(province);
        }
    }
    match found.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Failure::Input("no province has a dossier".to_owned())),
        several => {
            let codes: Vec<&str> = several.iter().map(ProvinceCode::as_str).collect();
            Err(Failure::Input(format!(
                "--province: say which of {}",
                codes.join(", ")
            )))
        }
    }
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(unwritten)?;
    let mut entries = std::fs::read_dir(folder).map_err(unwritten)?;
    if entries.next().is_some() {
        return Err(Failure::Input(format!(
            "{} is not empty; an export goes into a new folder",
            folder.display()
        )));
    }
    Ok(())
}

/// The files that are written.
struct Out {
    cases: csv::Writer<File>,
    events: csv::Writer<File>,
    lines: BufWriter<File>,
    personal: bool,
    /// The list for people, with the catalogue of the names in it.
    people: Option<(People, Arc<domain::catalogue::Catalogue>)>,
}

const CASES: [&str; 20] = [
    "dossier",
    "code",
    "external_codes",
    "procedure",
    "procedure_version",
    "case",
    "channel",
    "receiving_unit",
    "resolving_unit",
    "returning_unit",
    "status",
    "submitted",
    "received",
    "due",
    "original_due",
    "ended",
    "returned",
    "mirrored_from",
    "import",
    "import_case",
];

const PERSON: [&str; 4] = ["name", "id_number", "phone", "address"];

const EVENTS: [&str; 9] = [
    "dossier", "version", "activity", "time", "recorded", "actor", "role", "unit", "facts",
];

impl Out {
    fn create(folder: &Path, personal: bool) -> Result<Self, Failure> {
        let file = |name: &str| -> Result<File, Failure> {
            let path: PathBuf = folder.join(name);
            File::create(path).map_err(unwritten)
        };
        let mut out = Self {
            cases: csv::Writer::from_writer(file("cases.csv")?),
            events: csv::Writer::from_writer(file("events.csv")?),
            lines: BufWriter::new(file("dossiers.jsonl")?),
            personal,
            people: None,
        };
        let titles = CASES.iter().chain(if personal { &PERSON[..] } else { &[] });
        out.cases.write_record(titles).map_err(unwritable)?;
        out.events.write_record(EVENTS).map_err(unwritable)?;
        Ok(out)
    }

    fn dossier(
        &mut self,
        dossier: &Dossier,
        records: &[Vec<u8>],
        private: &Map<String, Value>,
        applicant: Option<&Person>,
    ) -> Result<(), Failure> {
        let mut cells = case_cells(dossier);
        if self.personal {
            let empty = Person::default();
            let person = applicant.unwrap_or(&empty);
            for cell in [
                &person.name,
                &person.id_number,
                &person.phone,
                &person.address,
            ] {
                cells.push(cell.clone());
            }
        }
        let cells = cells.iter().map(|cell| disarmed(cell));
        self.cases.write_record(cells).map_err(unwritable)?;
        if let Some((list, catalogue)) = &mut self.people {
            list.dossier(dossier, catalogue, applicant)?;
        }
        let mut events = Vec::with_capacity(records.len());
        for bytes in records {
            let record = Record::from_bytes(bytes).map_err(illegible)?;
            let facts = String::from_utf8_lossy(bytes);
            self.events
                .write_record([
                    &record.dossier.to_string(),
                    &record.version.to_string(),
                    record.event.kind(),
                    &time::rfc3339(record.event_time),
                    &time::rfc3339(record.record_time),
                    record.actor.as_str(),
                    &record.role.to_string(),
                    record.unit.as_str(),
                    &facts,
                ])
                .map_err(unwritable)?;
            events.push(serde_json::from_slice::<Value>(bytes).map_err(illegible)?);
        }
        let mut line = json!({ "dossier": dossier, "events": events });
        if self.personal {
            line["personal"] = Value::Object(private.clone());
        }
        writeln!(self.lines, "{line}").map_err(unwritten)
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.cases.flush().map_err(unwritten)?;
        self.events.flush().map_err(unwritten)?;
        if let Some((list, _)) = self.people.take() {
            list.finish()?;
        }
        self.lines.flush().map_err(unwritten)
    }
}

fn illegible(error: serde_json::Error) -> Failure {
    Failure::work("an event cannot be read", error)
}

fn case_cells(dossier: &Dossier) -> Vec<String> {
    let at = |time: Option<Instant>| time.map(time::rfc3339).unwrap_or_default();
    let clock = dossier.clock.as_ref();
    let codes: Vec<&str> = dossier.external_codes.iter().map(AnyCode::as_str).collect();
    let imported = dossier.imported.as_ref();
    vec![
        dossier.id.to_string(),
        dossier
            .code
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        codes.join(" "),
        dossier.procedure.to_string(),
        dossier.procedure_version.to_string(),
        dossier.case.to_string(),
        dossier.channel.to_string(),
        dossier.receiving.to_string(),
        dossier.resolving.to_string(),
        dossier.returning.to_string(),
        dossier.status().code().to_string(),
        at(dossier.submitted),
        at(dossier.received),
        at(dossier.due()),
        at(clock.and_then(|clock| clock.original_due)),
        at(dossier.ended),
        at(dossier.returned),
        dossier.mirrored.clone().unwrap_or_default(),
        imported
            .map(|imported| imported.import.to_string())
            .unwrap_or_default(),
        imported
            .map(|imported| imported.case.clone())
            .unwrap_or_default(),
    ]
}

async fn write_page(
    read: &dyn ReadTx,
    province: &ProvinceCode,
    page: &[Dossier],
    out: &mut Out,
) -> Result<(), Failure> {
    let ids: Vec<DossierId> = page.iter().map(|dossier| dossier.id).collect();
    let mut histories = read.histories(province, &ids).await.map_err(unreadable)?;
    let mut private = if out.personal {
        read.private_values(province, &ids)
            .await
            .map_err(unreadable)?
    } else {
        std::collections::HashMap::new()
    };
    for dossier in page {
        let records = histories.remove(&dossier.id).unwrap_or_default();
        let values = private.remove(&dossier.id).unwrap_or_default();
        let mut applicant = None;
        let mut told = Map::new();
        for (item, content) in values {
            let value = match content {
                Content::Person(person) => {
                    let value = json!(person);
                    if item == "applicant" {
                        applicant = Some(person);
                    }
                    value
                }
                Content::Words(words) => json!(words),
            };
            told.insert(item, value);
        }
        out.dossier(dossier, &records, &told, applicant.as_ref())?;
    }
    Ok(())
}

/// The texts that the province has published, the latest of each path.
async fn published(read: &dyn ReadTx, province: &ProvinceCode) -> Result<Vec<SourceFile>, Failure> {
    let documents = read
        .documents(province)
        .await
        .map_err(|error| Failure::work("cannot read what was published", error))?;
    let mut texts: Vec<SourceFile> = Vec::new();
    for document in documents {
        match document.state {
            DocumentState::Published { .. } => {}
            DocumentState::Proposed | DocumentState::Rejected { .. } => continue,
        }
        let text = SourceFile {
            path: document.proposal.path,
            text: document.proposal.text,
        };
        match texts.iter_mut().find(|known| known.path == text.path) {
            Some(known) => *known = text,
            None => texts.push(text),
        }
    }
    Ok(texts)
}

/// The map that imports this export, with the catalogue texts that its dossiers may need.
fn map_of(
    province: &ProvinceCode,
    texts: &[SourceFile],
    shipped: &domain::catalogue::Catalogue,
) -> String {
    let mut map = format!(
        "# Imports this export into another database:\n\
         #\n\
         #   motcua import --map map.toml events.csv cases.csv --database URL\n\n\
         source = \"motcua-{province}\"\n\
         province = \"{province}\"\n\
         zone = \"Asia/Ho_Chi_Minh\"\n\n\
         [events]\n\
         case = \"dossier\"\n\
         facts = \"facts\"\n"
    );
    for text in texts.iter().filter(|text| !shipped.has(text)) {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        map.push_str(&format!(
            "\n[[document]]\npath = {}\ntext = {}\n",
            quoted(&text.path),
            quoted(&text.text)
        ));
    }
    map
}
