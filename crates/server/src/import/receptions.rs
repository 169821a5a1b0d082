//! Reads a file of offline receptions: one row a reception.

use std::collections::HashMap;
use std::path::Path;

use chrono::{NaiveDate, NaiveTime};
use domain::catalogue::Fault;
use domain::digest::keyed_hash;
use domain::fold::key;
use domain::id::UnitCode;
use domain::import::{TableForm, TextRow, did_you_mean};
use domain::time::{self, Instant};
use grpc::offline::timestamp;
use grpc::proto;
use tables::Table;

/// The columns, and whether each is required.
const COLUMNS: [(&str, bool); 14] = [
    ("number", true),
    ("receive_time", true),
    ("procedure", true),
    ("name", true),
    ("case_id", false),
    ("channel", false),
    ("id_number", false),
    ("phone", false),
    ("address", false),
    ("components", false),
    ("external_codes", false),
    ("resolving_unit", false),
    ("returning_unit", false),
    ("assisted_by", false),
];

/// A row with its line.
pub(crate) struct Row {
    pub line: u64,
    pub request: proto::ImportReceptionRequest,
}

/// Reads a whole file.
///
/// The request id of a row follows from unit, day and number, so that entering a file twice enters
/// nothing twice. Errors: every fault, by line.
pub(crate) fn read(path: &Path, unit: &UnitCode, day: NaiveDate) -> Result<Vec<Row>, Vec<Fault>> {
    let form = TableForm::default();
    let mut table = Table::open(path, &form).map_err(|fault| vec![fault])?;
    let name = table.name().to_owned();
    let fault = |line: u64, reason: String| Fault {
        file: name.clone(),
        line: usize::try_from(line).unwrap_or(usize::MAX),
        reason,
    };
    let mut cells = TextRow::default();
    let mut faults = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut lines: HashMap<i32, u64> = HashMap::new();
    let needed = COLUMNS.iter().filter(|(_, needed)| *needed);
    let needed: Vec<&str> = needed.map(|(name, _)| *name).collect();
    let header = table.header(&needed, &form).map_err(|fault| vec![fault])?;
    let columns = columns(&header).map_err(|reason| vec![fault(header.line, reason)])?;
    loop {
        match table.next(&mut cells).map_err(|fault| vec![fault])? {
            tables::Row::End => break,
            tables::Row::Bad { line, reason } => faults.push(fault(line, reason)),
            tables::Row::Good => match row(&columns, &cells, unit, day) {
                Err(reason) => faults.push(fault(cells.line, reason)),
                Ok(row) => {
                    let number = row.request.number;
                    if let Some(first) = lines.insert(number, row.line) {
                        let reason = format!("number {number} stands in line {first} already");
                        faults.push(fault(row.line, reason));
                    }
                    rows.push(row);
                }
            },
        }
    }
    if faults.is_empty() {
        Ok(rows)
    } else {
        Err(faults)
    }
}

/// Where each column stands.
fn columns(header: &TextRow) -> Result<HashMap<&'static str, usize>, String> {
    let mut places = HashMap::new();
    for (at, given) in header.iter().enumerate() {
        if given.is_empty() {
            continue;
        }
        let Some((known, _)) = COLUMNS.iter().find(|(known, _)| *known == key(given)) else {
            let names = COLUMNS.map(|(name, _)| name);
            let meant = did_you_mean(given, names);
            return Err(format!(
                "column `{given}` is not known{meant}; expected some of {}",
                names.join(", ")
            ));
        };
        if places.insert(*known, at).is_some() {
            return Err(format!("column {known} stands twice"));
        }
    }
    for (name, needed) in COLUMNS {
        if needed && !places.contains_key(name) {
            return Err(format!("column {name} is missing"));
        }
    }
    Ok(places)
}

fn row(
    columns: &HashMap<&'static str, usize>,
    cells: &TextRow,
    unit: &UnitCode,
    day: NaiveDate,
) -> Result<Row, String> {
    let without_title = |at: &usize| !columns.values().any(|place| place == at);
    let mut spare = (0..cells.len()).filter(without_title);
    if spare.any(|at| !cells.get(at).is_empty()) {
        return Err(format!(
            "the row has {} cells for {} columns",
            cells.len(),
            columns.len()
        ));
    }
    let text = |name: &str| columns.get(name).map_or("", |at| cells.get(*at)).to_owned();
    let several = |name: &str| text(name).split_whitespace().map(str::to_owned).collect();
    let given = text("number");
    let number: i32 = given
        .parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| format!("number: `{given}` is not a number of a block"))?;
    let channel = match text("channel").as_str() {
        "" | "desk" => proto::Channel::Desk,
        "post" => proto::Channel::Post,
        other => return Err(format!("channel: `{other}` is neither desk nor post")),
    };
    let request = proto::ImportReceptionRequest {
        request_id: request_id(unit, day, number),
        number,
        receive_time: Some(timestamp(at(&text("receive_time"), day)?)),
        procedure: text("procedure"),
        case_id: text("case_id"),
        channel: channel.into(),
        resolving_unit: text("resolving_unit"),
        returning_unit: text("returning_unit"),
        applicant: Some(proto::Person {
            name: text("name"),
            id_number: text("id_number"),
            phone: text("phone"),
            address: text("address"),
        }),
        components: several("components"),
        external_codes: several("external_codes"),
        assisted_by: text("assisted_by"),
        papers: Vec::new(),
    };
    Ok(Row {
        line: cells.line,
        request,
    })
}

/// A time on the day, by the clock at the desk.
fn at(text: &str, day: NaiveDate) -> Result<Instant, String> {
    let clock = NaiveTime::parse_from_str(text, "%H:%M")
        .or_else(|_with_seconds| NaiveTime::parse_from_str(text, "%H:%M:%S"))
        .map_err(|_not_a_time| format!("receive_time: `{text}` is not a time such as 10:05"))?;
    Ok(time::instant(day, clock))
}

fn request_id(unit: &UnitCode, day: NaiveDate, number: i32) -> String {
    let parts = [unit.as_str(), &day.to_string(), &number.to_string()].map(str::to_owned);
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    let hash = keyed_hash(b"motcua offline import", &parts);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid(bytes)
}

/// Sixteen bytes as a UUID of version 8, the version for private schemes.
pub(crate) fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = domain::digest::hex(&bytes);
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}
