//! The permit log: for each department the report equals the list.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use domain::indicator::{Cell, Ii06a};

use super::command::{import, report};
use super::log::{self, Counts, Log};
use crate::backend::Backend;

/// Imports a log, and compares the whole period and each month of 2011.
async fn the_report_is_the_list(on: Backend, log: &Log, list: &str) {
    let database = on.database().await;
    import(
        "wabo-receipt.toml",
        &[&log.events, &log.cases],
        &database.url,
    )
    .await
    .unwrap();
    let mut periods = vec![("2010-01-01".to_owned(), "2012-12-31".to_owned())];
    for month in 1..=12 {
        let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
        periods.push((
            format!("2011-{month:02}-01"),
            format!("2011-{month:02}-{days}"),
        ));
    }
    let mut received = 0;
    for (from, to) in &periods {
        let said = log::counted(list, from, to);
        let reported = report(&database.url, "99", from, to).await;
        let by_form = by_form(&reported.form, &said);
        let reported: BTreeMap<String, Counts> = reported
            .rates
            .units
            .iter()
            .filter(|row| said.contains_key(&row.name))
            .map(|row| {
                let counts = Counts {
                    received: row.received,
                    online: row.received_online,
                    resolved: row.resolved,
                    in_time: row.in_time,
                };
                (row.name.clone(), counts)
            })
            .collect();
        assert_eq!(reported, said, "{from} to {to}");
        // Each case of the log has a due time, so the form counts each.
        assert_eq!(by_form, said, "form II.06a, {from} to {to}");
        received += said.values().map(|counts| counts.received).sum::<u32>();
    }
    assert!(received > 0, "the periods say nothing");
}

/// The same counts, by form II.06a. A department without any row has none.
fn by_form(form: &Ii06a, said: &BTreeMap<String, Counts>) -> BTreeMap<String, Counts> {
    let of = |name: &String| {
        let unit = form.units.iter().find(|unit| unit.name == *name);
        let get = |cell| unit.map_or(0, |unit| unit.row.get(cell));
        Counts {
            received: get(Cell::ReceivedOnline) + get(Cell::ReceivedDirect),
            online: get(Cell::ReceivedOnline),
            resolved: get(Cell::Resolved),
            in_time: get(Cell::Early) + get(Cell::OnDue),
        }
    };
    let names = said.keys().map(|name| (name.clone(), of(name)));
    names.collect()
}

on_both!(an_invented_log_is_reported_as_its_list_says);

async fn an_invented_log_is_reported_as_its_list_says(on: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let log = log::invent(folder.path(), 400);
    let list = std::fs::read_to_string(&log.cases).unwrap();
    the_report_is_the_list(on, &log, &list).await;
}

on_both!(the_real_log_is_reported_as_its_list_says);

async fn the_real_log_is_reported_as_its_list_says(on: Backend) {
    let Some(folder) = std::env::var_os("MOTCUA_LOGS").map(PathBuf::from) else {
        eprintln!(
            "SKIPPED: the real permit log. Set MOTCUA_LOGS to the folder that has \
             wabo_receipt.events.csv.gz and wabo_receipt.cases.csv.gz."
        );
        return;
    };
    let log = Log {
        events: folder.join("wabo_receipt.events.csv.gz"),
        cases: folder.join("wabo_receipt.cases.csv.gz"),
    };
    the_report_is_the_list(on, &log, &unpacked(&log.cases)).await;
}

fn unpacked(path: &Path) -> String {
    let file = std::fs::File::open(path).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap();
    text
}
