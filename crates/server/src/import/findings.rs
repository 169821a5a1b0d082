//! Prints the findings of an import: a table for people, JSON for programs.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use app::import::{Outcome, Why};
use domain::dossier::Oddity;
use domain::import::{Map, in_vietnamese};
use domain::language::Language::{self, English, Vietnamese};
use serde::Serialize;
use tables::About;

use super::Reading;
use crate::commands::words;

/// What an import found and did.
#[derive(Debug, Serialize)]
pub struct Findings {
    source: String,
    province: String,
    /// None for a dry run.
    import: Option<u32>,
    dry_run: bool,
    /// Whether the same files were imported before, so that nothing was added.
    already_imported: bool,
    files: Vec<FileLine>,
    rows: u64,
    /// Rows about no dossier: sums, and rows that are empty in all columns of the map.
    rows_passed_over: u64,
    passed_over: Vec<PassedOverLine>,
    dossiers_added: u64,
    events_added: u64,
    /// Dossiers that an earlier, unfinished run had already written.
    dossiers_resumed: u64,
    dossiers_already_there: u64,
    dossiers_changed_since: Vec<String>,
    /// Whether dossiers that were there took over what is new about them.
    update: bool,
    dossiers_updated: u64,
    events_taken_over: u64,
    /// Dossiers that stay although the files say something else.
    left: Vec<LeftLine>,
    rows_refused: u64,
    events_without_dossier: u64,
    refusals: Vec<Refusal>,
    odd_dossiers: u64,
    oddities: BTreeMap<&'static str, u64>,
    channels: Vec<ChannelLine>,
    /// Values that are empty or in no list, and fell under `[otherwise]`.
    otherwise: Vec<OtherwiseLine>,
    /// Rows with such values beyond those listed, because there were too many.
    otherwise_more: u64,
    seconds: f64,
    events_per_second: Option<u64>,
    raw_events_per_second: Option<u64>,
}

/// How a file was read.
#[derive(Debug, Serialize)]
struct FileLine {
    file: String,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delimiter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sheets_not_read: Vec<String>,
    header_line: u64,
}

impl FileLine {
    fn new(file: &str, about: &About) -> Self {
        Self {
            file: file.to_owned(),
            format: about.kind,
            encoding: about.encoding.clone(),
            delimiter: about.delimiter.map(String::from),
            sheet: about.sheet.clone(),
            sheets_not_read: about.others.clone(),
            header_line: about.header_line.unwrap_or(1),
        }
    }

    fn words(&self, language: Language) -> String {
        let say = |vietnamese, english| words(language, vietnamese, english);
        let mut told = format!("{}: {}", self.file, self.format);
        if let Some(encoding) = &self.encoding {
            told.push_str(&format!(", {encoding}"));
        }
        if let Some(delimiter) = &self.delimiter {
            let shown = if delimiter == "\t" {
                say("dấu tab", "tabs").to_owned()
            } else {
                format!("`{delimiter}`")
            };
            let between = say("các ô cách nhau bằng", "cells separated by");
            told.push_str(&format!(", {between} {shown}"));
        }
        if let Some(sheet) = &self.sheet {
            told.push_str(&format!(", {} {sheet}", say("trang tính", "sheet")));
        }
        if !self.sheets_not_read.is_empty() {
            told.push_str(&format!(
                ", {} {}",
                say(
                    "không đọc các trang tính cùng cột (chọn bằng `sheet`):",
                    "not reading the sheets with the same columns (`sheet` chooses one):"
                ),
                self.sheets_not_read.join(", ")
            ));
        }
        let named = say("tên cột ở dòng", "column names in line");
        told.push_str(&format!(", {named} {}", self.header_line));
        told
    }
}

#[derive(Debug, Serialize)]
struct PassedOverLine {
    file: String,
    line: u64,
    text: String,
    /// `total`, `says_nothing`: empty in all columns of the map, or `not_received`: handed in so far.
    why: &'static str,
}

#[derive(Debug, Serialize)]
struct OtherwiseLine {
    key: &'static str,
    value: String,
    taken_for: String,
    rows: u64,
}

#[derive(Debug, Serialize)]
struct Refusal {
    file: String,
    line: usize,
    reason: String,
}

/// A dossier that an update leaves as it is.
#[derive(Debug, Serialize)]
struct LeftLine {
    file: String,
    line: usize,
    case: String,
    /// `moved_here` or `contradicts`.
    why: &'static str,
    reason: String,
}

#[derive(Debug, Serialize)]
struct ChannelLine {
    value: String,
    channel: &'static str,
    in_the_map: bool,
    dossiers: u64,
}

/// How many refused rows the table shows; JSON has every row with a noted reason.
const SHOWN: usize = 20;

impl Findings {
    /// What was read, and the outcome.
    pub fn new(map: &Map, reading: &Reading, outcome: &Outcome, dry_run: bool) -> Self {
        let gathered = &reading.gathered;
        let refused = gathered.refusals.iter().chain(&outcome.refusals);
        let seconds = outcome.took.as_secs_f64();
        Self {
            source: map.source.clone(),
            province: map.province.to_string(),
            import: outcome.import.as_ref().map(|import| import.number.get()),
            dry_run,
            already_imported: outcome.before,
            files: reading
                .files
                .iter()
                .map(|(file, about)| FileLine::new(file, about))
                .collect(),
            rows: gathered.rows,
            rows_passed_over: gathered.rows_passed_over,
            passed_over: gathered
                .passed_over
                .iter()
                .map(|row| PassedOverLine {
                    file: row.file.to_string(),
                    line: row.line,
                    text: row.text.clone(),
                    why: row.why.as_str(),
                })
                .collect(),
            dossiers_added: outcome.dossiers,
            events_added: outcome.events,
            dossiers_resumed: outcome.resumed,
            dossiers_already_there: outcome.known,
            dossiers_changed_since: outcome.changed.iter().map(ToString::to_string).collect(),
            update: outcome.is_update,
            dossiers_updated: outcome.updated,
            events_taken_over: outcome.updated_events,
            left: outcome
                .left
                .iter()
                .map(|left| LeftLine {
                    file: left.fault.file.clone(),
                    line: left.fault.line,
                    case: left.name.to_string(),
                    why: left.why.as_str(),
                    reason: left.fault.reason.clone(),
                })
                .collect(),
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
            otherwise: gathered
                .unlisted
                .values
                .iter()
                .map(|((about, value), (taken_for, rows))| OtherwiseLine {
                    key: about.as_str(),
                    value: value.clone(),
                    taken_for: taken_for.clone(),
                    rows: *rows,
                })
                .collect(),
            otherwise_more: gathered.unlisted.more,
            seconds,
            events_per_second: rate(outcome.events, outcome.took),
            raw_events_per_second: None,
        }
    }

    /// How fast the same rows were written raw.
    pub fn raw(&mut self, took: Duration) {
        self.raw_events_per_second = rate(self.events_added, took);
    }

    /// Whether every row was mapped, and contradicts nothing that was recorded.
    pub fn is_complete(&self) -> bool {
        let contradicts = |left: &LeftLine| left.why == Why::Contradicts.as_str();
        self.rows_refused == 0 && !self.left.iter().any(contradicts)
    }

    /// For programs.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("findings are texts and numbers") + "\n"
    }

    /// For people.
    pub fn table(&self, language: Language) -> String {
        let say = |vietnamese, english| words(language, vietnamese, english);
        let mut text = String::new();
        let out = &mut text;
        line(out, &self.headline(language));
        line(out, "");
        for file in &self.files {
            line(out, &file.words(language));
        }
        line(out, "");
        count(out, say("dòng đã đọc", "rows read"), self.rows);
        let (dossiers, events) = if self.dry_run {
            (
                say("hồ sơ sẽ được thêm", "dossiers would be added"),
                say("sự kiện sẽ được thêm", "events would be added"),
            )
        } else {
            (
                say("hồ sơ đã thêm", "dossiers added"),
                say("sự kiện đã thêm", "events added"),
            )
        };
        count(out, dossiers, self.dossiers_added);
        count(out, events, self.events_added);
        if self.update {
            let taken = if self.dry_run {
                say("hồ sơ sẽ được cập nhật", "dossiers would be updated")
            } else {
                say("hồ sơ đã cập nhật", "dossiers updated")
            };
            count(out, taken, self.dossiers_updated);
            count(
                out,
                say("sự kiện của các hồ sơ này", "events in these"),
                self.events_taken_over,
            );
        }
        for (what, number) in [
            (
                say(
                    "hồ sơ của lần nhập trước bị dở dang",
                    "dossiers of an earlier, broken run",
                ),
                self.dossiers_resumed,
            ),
            (
                say("hồ sơ đã có từ trước", "dossiers that were there already"),
                self.dossiers_already_there,
            ),
            (
                say(
                    "hồ sơ đã thay đổi từ đó, giữ nguyên",
                    "dossiers changed since, left as they are",
                ),
                self.dossiers_changed_since.len() as u64,
            ),
            (
                say(
                    "sự kiện của hồ sơ bị từ chối, bỏ qua",
                    "events of refused dossiers, left out",
                ),
                self.events_without_dossier,
            ),
            (
                say(
                    "dòng không phải hồ sơ, bỏ qua",
                    "rows that are no dossiers, left out",
                ),
                self.rows_passed_over,
            ),
        ] {
            if number > 0 {
                count(out, what, number);
            }
        }
        count(
            out,
            say("dòng bị từ chối", "rows refused"),
            self.rows_refused,
        );
        self.left(out, language);
        if self.already_imported {
            return text;
        }
        if !self.channels.is_empty() {
            line(out, say("\nHình thức nộp", "\nChannels"));
            for channel in &self.channels {
                let value = if channel.value.is_empty() {
                    say("(trống)", "(empty)")
                } else {
                    &channel.value
                };
                let note = if channel.in_the_map {
                    ""
                } else {
                    say(", không có trong bản đồ", ", not in the map")
                };
                count(
                    out,
                    &format!("{value} = {}{note}", channel.channel),
                    channel.dossiers,
                );
            }
        }
        self.left_to_itself(out, language);
        if self.odd_dossiers > 0 {
            line(
                out,
                say(
                    "\nKhác thường, vẫn nhập nguyên như vậy",
                    "\nOdd, and imported as they were",
                ),
            );
            for (oddity, number) in &self.oddities {
                count(out, &odd(oddity, language), *number);
            }
            count(
                out,
                say("hồ sơ có điểm khác thường", "dossiers with any of these"),
                self.odd_dossiers,
            );
        }
        self.refusals(out, language);
        self.speed(out, language);
        text
    }

    fn headline(&self, language: Language) -> String {
        let (source, province) = (&self.source, &self.province);
        let number = self.import.unwrap_or_default();
        match language {
            Vietnamese if self.dry_run => {
                format!("Chạy thử {source} cho tỉnh {province}: chưa ghi gì.")
            }
            English if self.dry_run => {
                format!("A dry run of {source} for province {province}: nothing was written.")
            }
            Vietnamese if self.import.is_none() => {
                format!("{source}, tỉnh {province}: không có gì mới, không ghi gì.")
            }
            English if self.import.is_none() => {
                format!("{source}, province {province}: nothing is new, and nothing was written.")
            }
            Vietnamese if self.already_imported && self.update => format!(
                "Các tệp này là lần nhập {number} của tỉnh {province}; đã so lại các hồ sơ."
            ),
            English if self.already_imported && self.update => format!(
                "The same files are import {number} of province {province}; the dossiers were compared again."
            ),
            Vietnamese if self.already_imported => {
                format!("Các tệp này là lần nhập {number} của tỉnh {province}: không thêm gì.")
            }
            English if self.already_imported => format!(
                "The same files are import {number} of province {province}: nothing was added."
            ),
            Vietnamese => format!("Đã nhập xong lần {number}, {source}, vào tỉnh {province}."),
            English => format!("Import {number} of {source} into province {province} is finished."),
        }
    }

    /// What an update left as it was.
    fn left(&self, out: &mut String, language: Language) {
        let say = |vietnamese, english| words(language, vietnamese, english);
        for (why, title) in [
            (
                Why::Contradicts,
                say(
                    "Trái với những gì đã ghi, giữ nguyên",
                    "Contradicts what was recorded, left as it was",
                ),
            ),
            (
                Why::MovedHere,
                say(
                    "Bộ phận một cửa ở đây đã xử lý tiếp, giữ nguyên",
                    "Moved by a desk here, left as it is",
                ),
            ),
        ] {
            let mut of_these = self.left.iter().filter(|left| left.why == why.as_str());
            let all = of_these.clone().count();
            if all == 0 {
                continue;
            }
            line(out, &format!("\n{title}"));
            for left in of_these.by_ref().take(SHOWN) {
                line(
                    out,
                    &format!("  {}:{}: {}", left.file, left.line, left.reason),
                );
            }
            if all > SHOWN {
                let more = all - SHOWN;
                line(
                    out,
                    &match language {
                        Vietnamese => format!("  và {more} dòng nữa; --format json in đủ"),
                        English => format!("  and {more} more; --format json prints them"),
                    },
                );
            }
        }
    }

    /// What the map left open: rows passed over, values under `[otherwise]`.
    fn left_to_itself(&self, out: &mut String, language: Language) {
        let say = |vietnamese, english| words(language, vietnamese, english);
        if !self.otherwise.is_empty() {
            line(
                out,
                say(
                    "\nKhông có trong bản đồ, lấy theo [otherwise]",
                    "\nNot in the map, taken for what [otherwise] says",
                ),
            );
            for value in self.otherwise.iter().take(SHOWN) {
                let shown = if value.value.is_empty() {
                    say("(trống)", "(empty)")
                } else {
                    &value.value
                };
                count(
                    out,
                    &format!("{} {shown} = {}", value.key, value.taken_for),
                    value.rows,
                );
            }
            let rest = self.otherwise.iter().skip(SHOWN).map(|value| value.rows);
            let rest = rest.sum::<u64>() + self.otherwise_more;
            if rest > 0 {
                count(out, say("giá trị khác", "other values"), rest);
            }
        }
        if !self.passed_over.is_empty() {
            line(
                out,
                say(
                    "\nBỏ qua vì không phải hồ sơ",
                    "\nLeft out, because they are no dossiers",
                ),
            );
            for row in self.passed_over.iter().take(SHOWN) {
                line(out, &format!("  {}:{}: {}", row.file, row.line, row.text));
            }
        }
    }

    fn refusals(&self, out: &mut String, language: Language) {
        if self.refusals.is_empty() {
            return;
        }
        line(out, words(language, "\nBị từ chối", "\nRefused"));
        for refusal in self.refusals.iter().take(SHOWN) {
            let reason = match language {
                Vietnamese => in_vietnamese(&refusal.reason),
                English => refusal.reason.clone(),
            };
            line(
                out,
                &format!("  {}:{}: {reason}", refusal.file, refusal.line),
            );
        }
        let more = self.rows_refused.saturating_sub(SHOWN as u64);
        if more > 0 {
            line(
                out,
                &match language {
                    Vietnamese => format!("  và {more} dòng nữa"),
                    English => format!("  and {more} more"),
                },
            );
        }
    }

    fn speed(&self, out: &mut String, language: Language) {
        let Some(rate) = self.events_per_second.filter(|_| !self.dry_run) else {
            return;
        };
        let seconds = self.seconds;
        let mut told = match language {
            Vietnamese => format!("\n{seconds:.1} giây, {rate} sự kiện mỗi giây"),
            English => format!("\n{seconds:.1} s, {rate} events a second"),
        };
        if let Some(raw) = self.raw_events_per_second.filter(|raw| *raw > 0) {
            let share = 100 * rate / raw;
            told.push_str(&match language {
                Vietnamese => format!("; ghi thẳng các dòng ấy được {raw}, tức là đạt {share} %"),
                English => {
                    format!("; the same rows written raw {raw}, so that this is {share} % of it")
                }
            });
        }
        line(out, &told);
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

/// An oddity in words, by its word in data.
fn odd(code: &str, language: Language) -> String {
    let known = Oddity::ALL.into_iter().find(|it| it.as_str() == code);
    let vietnamese = known.map(|oddity| match oddity {
        Oddity::EndBeforeStart => "kết thúc trước khi tiếp nhận",
        Oddity::DueBeforeStart => "hẹn trả trước khi tiếp nhận",
        Oddity::StepBeforeStart => "có bước trước khi tiếp nhận",
        Oddity::StepAfterEnd => "có bước sau khi kết thúc",
        Oddity::SeveralEnds => "kết thúc hơn một lần",
        Oddity::ReturnBeforeEnd => "trả kết quả trước khi kết thúc",
    });
    let english = code.replace('_', " ");
    words(language, vietnamese.unwrap_or(&english), &english).to_owned()
}
