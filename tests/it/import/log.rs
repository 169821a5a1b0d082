//! An invented permit log in the format of the real one. The expected counts are computed here,
//! without any code of the product.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use chrono::{Duration, NaiveDate, NaiveDateTime};

/// The two files of a log.
pub struct Log {
    pub events: PathBuf,
    pub cases: PathBuf,
}

/// The counts of a department's list over a period.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub received: u32,
    pub online: u32,
    pub resolved: u32,
    pub in_time: u32,
}

const DEPARTMENTS: [&str; 3] = ["General", "Customer contact", "Experts"];
const CHANNELS: [&str; 5] = ["Internet", "Internet", "Desk", "Post", "e-mail"];

/// Writes a log of so many cases. The same number always gives the same log.
pub fn invent(folder: &Path, cases: u32) -> Log {
    let mut chance = 12_345_u32;
    let mut below = |bound: u32| {
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (chance >> 8) % bound
    };
    let begin = NaiveDate::from_ymd_opt(2010, 12, 1)
        .unwrap()
        .and_hms_opt(0, 6, 40)
        .unwrap();
    let mut list = String::from(
        "case_id,startdate,deadline,enddate_planned,enddate,channel,department,group,responsible\n",
    );
    let mut log = String::from("case_id,activity,timestamp,resource,org_group\n");
    for case in 0..cases {
        let start = begin + Duration::minutes(i64::from(below(400 * 24 * 60)));
        let deadline = start + Duration::days(56) - Duration::minutes(i64::from(below(90)));
        // One case in twelve is pending; one in fifty has an end an hour before its start.
        let end = match (below(12), below(50)) {
            (0, _) => None,
            (_, 0) => Some(start - Duration::hours(1)),
            _ => Some(start + Duration::minutes(i64::from(below(80 * 24 * 60)))),
        };
        writeln!(
            list,
            "case-{case},{},{},{},{},{},{},\"Group {}\",Resource{:02}",
            iso(start),
            iso(deadline),
            iso(deadline),
            end.map(iso).unwrap_or_default(),
            CHANNELS[below(5) as usize],
            DEPARTMENTS[below(3) as usize],
            below(9),
            below(30),
        )
        .unwrap();
        let mut at = start + Duration::minutes(3);
        for step in 0..below(9) {
            let activity = match step {
                0 => "Confirmation of receipt",
                1 => "T02 Check confirmation of receipt",
                2 => "T77 Something, \"quoted\"",
                _ => "T06 Determine necessity of stop advice",
            };
            let activity = activity.replace('"', "\"\"");
            writeln!(
                log,
                "case-{case},\"{activity}\",{},Resource01,Group 1",
                iso(at)
            )
            .unwrap();
            at += Duration::minutes(i64::from(below(20 * 24 * 60)));
        }
    }
    let written = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    Log {
        events: written("events.csv", log),
        cases: written("cases.csv", list),
    }
}

/// The counts of a case list by department, over some local days.
pub fn counted(list: &str, from: &str, to: &str) -> BTreeMap<String, Counts> {
    let first: NaiveDate = from.parse().unwrap();
    let last: NaiveDate = to.parse().unwrap();
    let mut lines = list.lines();
    let titles: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| titles.iter().position(|title| *title == name).unwrap();
    let [start, deadline, end, channel, department] =
        ["startdate", "deadline", "enddate", "channel", "department"].map(column);
    let mut all: BTreeMap<String, Counts> = BTreeMap::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let counts = all.entry(cells[department].to_owned()).or_default();
        let within = |at: NaiveDateTime| {
            let local = (at + Duration::hours(7)).date();
            u32::from(first <= local && local <= last)
        };
        let received = time(cells[start]).unwrap();
        counts.received += within(received);
        counts.online += within(received) * u32::from(cells[channel] == "Internet");
        if let Some(ended) = time(cells[end]) {
            // A case that ended before it began counts as ended when it began.
            let counted = ended.max(received);
            counts.resolved += within(counted);
            counts.in_time += within(counted) * u32::from(ended <= time(cells[deadline]).unwrap());
        }
    }
    all
}

fn iso(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn time(text: &str) -> Option<NaiveDateTime> {
    (!text.is_empty()).then(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap())
}
