//! What is said at the end of an import: a table for people, JSON for programs.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use app::import::Outcome;
use domain::import::{Gathered, Map};
use serde::Serialize;

/// What an import found and did.
#[derive(Debug, Serialize)]
pub struct Findings {
    source: String,
    province: String,
    /// None for a dry run.
    import: Option<u32>,
    dry_run: bool,
    /// The same files were imported before, so that nothing was added.
    already_imported: bool,
    rows: u64,
    dossiers_added: u64,
    events_added: u64,
    /// Dealt with by an earlier run that did not come to its end.
    dossiers_resumed: u64,
    dossiers_already_there: u64,
    dossiers_changed_since: Vec<String>,
    rows_refused: u64,
    events_without_dossier: u64,
    refusals: Vec<Refusal>,
    odd_dossiers: u64,
    oddities: BTreeMap<&'static str, u64>,
    channels: Vec<ChannelLine>,
    activities_not_in_the_map: BTreeMap<String, u64>,
    seconds: f64,
    events_per_second: Option<u64>,
    raw_events_per_second: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Refusal {
    file: String,
    line: usize,
    reason: String,
}

#[derive(Debug, Serialize)]
struct ChannelLine {
    value: String,
    channel: &'static str,
    in_the_map: bool,
    dossiers: u64,
}

/// How many refused rows the table shows; JSON has all that were kept.
const SHOWN: usize = 20;

impl Findings {
    /// What was read and what became of it.
    pub fn new(map: &Map, gathered: &Gathered, outcome: &Outcome, dry_run: bool) -> Self {
        let refused = gathered.refusals.iter().chain(&outcome.refusals);
        let seconds = outcome.took.as_secs_f64();
        Self {
            source: map.source.clone(),
            province: map.province.to_string(),
            import: outcome.import.as_ref().map(|import| import.number.get()),
            dry_run,
            already_imported: outcome.before,
            rows: gathered.rows,
            dossiers_added: outcome.dossiers,
            events_added: outcome.events,
            dossiers_resumed: outcome.resumed,
            dossiers_already_there: outcome.known,
            dossiers_changed_since: outcome.changed.iter().map(ToString::to_string).collect(),
            rows_refused: gathered.refused + outcome.refusals.len() as u64,
            events_without_dossier: gathered.orphans,
            refusals: refused
                .map(|fault| Refusal {
                    file: fault.file.clone(),
                    line: fault.line,
                    reason: fault.reason.clone(),
                })
                .collect(),
            odd_dossiers: outcome.odd_dossiers,
            oddities: outcome
                .odd
                .iter()
                .map(|(oddity, count)| (oddity.as_str(), *count))
                .collect(),
            channels: gathered
                .channels
                .iter()
                .map(|(value, (channel, listed, dossiers))| ChannelLine {
                    value: value.clone(),
                    channel: channel.as_str(),
                    in_the_map: *listed,
                    dossiers: *dossiers,
                })
                .collect(),
            activities_not_in_the_map: gathered.unnamed.clone(),
            seconds,
            events_per_second: rate(outcome.events, outcome.took),
            raw_events_per_second: None,
        }
    }

    /// How fast the same rows were written raw.
    pub fn raw(&mut self, took: Duration) {
        self.raw_events_per_second = rate(self.events_added, took);
    }

    /// Whether every row was mapped.
    pub fn is_complete(&self) -> bool {
        self.rows_refused == 0
    }

    /// For programs.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("findings are texts and numbers") + "\n"
    }

    /// For people.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let out = &mut text;
        let headline = match (self.import, self.dry_run) {
            (_, true) => format!(
                "A dry run of {} for province {}: nothing was written.",
                self.source, self.province
            ),
            (Some(number), false) if self.already_imported => format!(
                "The same files are import {number} of province {}: nothing was added.",
                self.province
            ),
            (number, false) => format!(
                "Import {} of {} into province {} is finished.",
                number.unwrap_or_default(),
                self.source,
                self.province
            ),
        };
        line(out, &headline);
        line(out, "");
        let added = if self.dry_run {
            "would be added"
        } else {
            "added"
        };
        count(out, "rows read", self.rows);
        count(out, &format!("dossiers {added}"), self.dossiers_added);
        count(out, &format!("events {added}"), self.events_added);
        for (what, number) in [
            ("dossiers of an earlier, broken run", self.dossiers_resumed),
            (
                "dossiers that were there already",
                self.dossiers_already_there,
            ),
            (
                "dossiers changed since, left as they are",
                self.dossiers_changed_since.len() as u64,
            ),
            (
                "events of refused dossiers, left out",
                self.events_without_dossier,
            ),
        ] {
            if number > 0 {
                count(out, what, number);
            }
        }
        count(out, "rows refused", self.rows_refused);
        if self.already_imported {
            return text;
        }
        if !self.channels.is_empty() {
            line(out, "\nChannels");
            for channel in &self.channels {
                let value = if channel.value.is_empty() {
                    "(empty)"
                } else {
                    &channel.value
                };
                let note = if channel.in_the_map {
                    ""
                } else {
                    ", not in the map"
                };
                count(
                    out,
                    &format!("{value} = {}{note}", channel.channel),
                    channel.dossiers,
                );
            }
        }
        if !self.activities_not_in_the_map.is_empty() {
            line(out, "\nActivities not in the map");
            for (activity, times) in &self.activities_not_in_the_map {
                count(out, activity, *times);
            }
        }
        if self.odd_dossiers > 0 {
            line(out, "\nOdd, and imported as they were");
            for (oddity, number) in &self.oddities {
                count(out, &oddity.replace('_', " "), *number);
            }
            count(out, "dossiers with any of these", self.odd_dossiers);
        }
        self.refusals(out);
        self.speed(out);
        text
    }

    fn refusals(&self, out: &mut String) {
        if self.refusals.is_empty() {
            return;
        }
        line(out, "\nRefused");
        for refusal in self.refusals.iter().take(SHOWN) {
            line(
                out,
                &format!("  {}:{}: {}", refusal.file, refusal.line, refusal.reason),
            );
        }
        let more = self.rows_refused.saturating_sub(SHOWN as u64);
        if more > 0 {
            line(out, &format!("  and {more} more"));
        }
    }

    fn speed(&self, out: &mut String) {
        let Some(rate) = self.events_per_second.filter(|_| !self.dry_run) else {
            return;
        };
        let mut words = format!("\n{:.1} s, {rate} events a second", self.seconds);
        if let Some(raw) = self.raw_events_per_second.filter(|raw| *raw > 0) {
            let share = 100 * rate / raw;
            write!(
                words,
                "; the same rows written raw {raw}, so that this is {share} % of it"
            )
            .expect("writing to a string cannot fail");
        }
        line(out, &words);
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn count(out: &mut String, what: &str, number: u64) {
    writeln!(out, "  {what:<44} {number:>10}").expect("writing to a string cannot fail");
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a rate to look at"
)]
fn rate(events: u64, took: Duration) -> Option<u64> {
    let seconds = took.as_secs_f64();
    (events > 0 && seconds > 0.0).then(|| (events as f64 / seconds) as u64)
}
