//! What a portal must have of each dossier, worked out from the events and by no code of the adapter.

use std::collections::BTreeMap;

use app::ports::{List, Scope, Store};
use domain::catalogue::Catalogue;
use domain::dossier::Dossier;
use domain::id::ProvinceCode;
use domain::time;
use portal::simulate::Ledger;
use store::SeaStore;

/// Moment and status of each row of progress, by the code of its dossier.
pub type Progress = BTreeMap<String, Vec<(String, String)>>;

/// The whole of what must be told of each dossier: its rows, and how it stands.
#[derive(Debug, Default)]
pub struct Expected {
    pub rows: Progress,
    pub statuses: BTreeMap<String, String>,
}

/// Reads it from a database.
pub async fn expected(store: &SeaStore, catalogue: &Catalogue) -> Expected {
    let province = ProvinceCode::parse("08").unwrap();
    let read = store.read().await.unwrap();
    let mut expected = Expected::default();
    let mut after = None;
    loop {
        let list = List::all(Scope::Province(province.clone()), after, 100);
        let dossiers = read.list(&list).await.unwrap();
        let Some(last) = dossiers.last() else {
            return expected;
        };
        after = Some(last.id);
        for dossier in &dossiers {
            if dossier.mirrored.is_some() {
                continue;
            }
            let records = read.records(&(province.clone(), dossier.id)).await.unwrap();
            let code = dossier.code.as_ref().unwrap().to_string();
            let mut rows = Vec::new();
            for (at, record) in records.iter().enumerate() {
                let then = Dossier::fold(&records[..=at]).unwrap();
                let procedure = catalogue
                    .procedures
                    .get(&then.procedure, then.procedure_version)
                    .unwrap();
                if record.event.told(procedure).is_some() {
                    let local = time::local(record.event_time).format("%Y%m%d%H%M%S");
                    rows.push((local.to_string(), then.status().code().to_string()));
                }
            }
            expected.rows.insert(code.clone(), rows);
            expected
                .statuses
                .insert(code, dossier.status().code().to_string());
        }
    }
}

/// What a portal has.
pub fn told(ledger: &Ledger) -> Expected {
    let text = |fields: &serde_json::Map<String, serde_json::Value>, name: &str| {
        fields
            .get(name)
            .and_then(|value| value.as_str())
            .unwrap_or("-")
            .to_owned()
    };
    let mut told = Expected::default();
    for (code, kept) in &ledger.dossiers {
        let rows = kept.rows.iter();
        let rows = rows.map(|row| (text(row, "ThoiDiemXuLy"), text(row, "TrangThai")));
        told.rows.insert(code.clone(), rows.collect());
        told.statuses
            .insert(code.clone(), text(&kept.fields, "TrangThaiHoSo"));
    }
    told
}

/// Waits until a portal has exactly what it must have; what differs, if that never comes.
pub async fn comes_to_agree(
    what: &str,
    ledger: impl Fn() -> Ledger,
    expected: &Expected,
    patience: std::time::Duration,
) {
    let until = tokio::time::Instant::now() + patience;
    loop {
        let told = told(&ledger());
        if told.rows == expected.rows && told.statuses == expected.statuses {
            return;
        }
        if tokio::time::Instant::now() > until {
            let mut differ = Vec::new();
            for (code, rows) in &expected.rows {
                let had = told.rows.get(code);
                let status = (told.statuses.get(code), expected.statuses.get(code));
                if had != Some(rows) || status.0 != status.1 {
                    differ.push(format!(
                        "{code}: had {had:?}, should have {rows:?}; {status:?}"
                    ));
                }
            }
            let invented: Vec<_> = (told.rows.keys())
                .filter(|code| !expected.rows.contains_key(*code))
                .collect();
            panic!(
                "{what}: {} of {} dossiers differ, {} are invented {invented:?}:\n{}",
                differ.len(),
                expected.rows.len(),
                invented.len(),
                differ.into_iter().take(5).collect::<Vec<_>>().join("\n")
            );
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
