//! `motcua report open-data` and `motcua report notice`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use domain::indicator::{Column, II06A, Ii06a, Ii06aUnit, LEAST, SUMS, Table, Value};
use serde_json::json;

use super::statistics::{Reported, counted};
use super::{Asked, csv_of};
use crate::Failure;
use crate::commands::print;

/// What is published of a report.
#[derive(Debug, Args)]
pub struct OpenData {
    #[command(flatten)]
    pub asked: Asked,
    /// The folder for `ii06a.csv` and its description `ii06a.jsonld`; made if it is not there.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}

/// Writes form II.06a by unit and field, without small counts, and what describes it.
pub async fn open_data(flags: OpenData) -> Result<ExitCode, Failure> {
    let Reported { counted, whose, .. } = counted(&flags.asked).await?;
    let form = counted.ii06a();
    let unwritten = |error| Failure::work("cannot write", error);
    std::fs::create_dir_all(&flags.out).map_err(unwritten)?;
    let put = |name: &str, bytes: &[u8]| std::fs::write(Path::new(&flags.out).join(name), bytes);
    put("ii06a.csv", &csv(&form)?).map_err(unwritten)?;
    let described = serde_json::to_string_pretty(&described(&form, &whose));
    let described = described.expect("a description is texts") + "\n";
    put("ii06a.jsonld", described.as_bytes()).map_err(unwritten)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the notice of each unit in words.
pub async fn notice(flags: Asked) -> Result<ExitCode, Failure> {
    let counted = counted(&flags).await?.counted;
    let form = counted.ii06a();
    let mut texts: Vec<String> = form
        .units
        .iter()
        .map(|unit| documents::notice::notice(&form, unit))
        .collect();
    if texts.is_empty() {
        texts.push("Không có hồ sơ.\n".to_owned());
    }
    print(texts.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// A row a field of a unit, and one for the unit; no sum over units, which would tell what one of them
/// leaves out.
fn csv(form: &Ii06a) -> Result<Vec<u8>, Failure> {
    let mut names: Vec<String> = ["unit", "name", "field", "from", "to"]
        .map(str::to_owned)
        .to_vec();
    names.extend(II06A.iter().map(|column| column.name.to_owned()));
    let mut rows = Vec::new();
    for unit in &form.units {
        let published = table(unit).published();
        let fields = unit.fields.iter().map(|field| field.field.as_str());
        for (field, counts) in fields.chain([""]).zip(published.chunks(II06A.len())) {
            let mut row = vec![
                unit.unit.clone(),
                unit.name.clone(),
                field.to_owned(),
                form.from.to_string(),
                form.to.to_string(),
            ];
            let shown = |count: &Option<u32>| count.map(|it| it.to_string()).unwrap_or_default();
            row.extend(counts.iter().map(shown));
            rows.push(row);
        }
    }
    csv_of(&names, rows.into_iter())
}

fn table(unit: &Ii06aUnit) -> Table {
    let rows = unit.fields.iter().map(|field| &field.row);
    let counts = rows.chain([&unit.row]).flat_map(|row| {
        II06A.iter().map(|column| match (column.value)(row) {
            Value::Count(count) => count,
            Value::Text(_) | Value::Rate(_) | Value::Flag(_) | Value::Number(_) => 0,
        })
    });
    Table {
        width: II06A.len(),
        counts: counts.collect(),
        sums: SUMS
            .iter()
            .map(|(whole, parts)| {
                let parts = parts.iter().map(|part| *part as usize);
                (*whole as usize, parts.collect())
            })
            .collect(),
    }
}

/// The description of the data set by DCAT, as JSON-LD.
fn described(form: &Ii06a, whose: &str) -> serde_json::Value {
    let column = |column: &Column<_>| json!({ "name": column.name, "titles": column.vi, "dc:description": column.definition_vi });
    json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "csvw": "http://www.w3.org/ns/csvw#",
            "dc": "http://purl.org/dc/elements/1.1/",
        },
        "@type": "dcat:Dataset",
        "dct:title": format!("Tình hình, kết quả giải quyết thủ tục hành chính: {whose}"),
        "dct:description": format!(
            "Số hồ sơ theo đơn vị và lĩnh vực. Ô trống: số từ 1 đến {} và những số mà phép trừ sẽ làm lộ ra.",
            LEAST - 1
        ),
        "dct:language": "vi",
        "dct:modified": form.as_of,
        "dct:publisher": { "@type": "foaf:Organization", "foaf:name": whose },
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": form.from.to_string(),
            "dcat:endDate": form.to.to_string(),
        },
        "dcat:theme": "http://publications.europa.eu/resource/authority/data-theme/GOVE",
        "dcat:distribution": [{
            "@type": "dcat:Distribution",
            "dcat:downloadURL": "ii06a.csv",
            "dcat:mediaType": "text/csv",
            "csvw:column": II06A.iter().map(column).collect::<Vec<_>>(),
        }],
    })
}
