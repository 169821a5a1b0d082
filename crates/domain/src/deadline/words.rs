//! The sentences of an explanation, in both languages.

use chrono::{Datelike, DurationRound, NaiveDate, TimeDelta};

use crate::calendar::{DayKind, SpecialDay};
use crate::limit::Limit;
use crate::time::{local, local_day};

use super::explain::{Counted, DayLine, Explanation, Reason};
use super::runs::{Run, runs};
use super::start::Cutoff;
use crate::language::Language::{self, English, Vietnamese};

impl Explanation {
    /// The explanation in sentences, one a line: the rule, the days, the due time.
    ///
    /// Runs of alike days share a line. Names of holidays and their sources stay
    /// as published, in Vietnamese, in both languages.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<String> {
        lines(self, language)
    }
}

/// The rule, the receipt, each run of days, and the due time.
fn lines(explanation: &Explanation, language: Language) -> Vec<String> {
    let limit = explanation.limit;
    let mut lines = vec![rule(limit, language), receipt(explanation, language)];
    lines.extend(
        runs(explanation)
            .iter()
            .map(|run| told(run, limit, language)),
    );
    let due = language.moment(local(explanation.due));
    lines.push(match language {
        Vietnamese => format!("Đến hạn lúc {due}."),
        English => format!("Due at {due}."),
    });
    if explanation.provisional {
        lines.push(match language {
            Vietnamese => {
                "Hạn này dựa vào ngày nghỉ chưa được công bố chính thức và có thể thay đổi.".to_owned()
            }
            English => {
                "This due time rests on days off that are not yet officially announced, and may change."
                    .to_owned()
            }
        });
    }
    lines
}

fn rule(limit: Limit, language: Language) -> String {
    let words = limit.words(language);
    match language {
        Vietnamese => match limit {
            Limit::WorkingDays(_) => format!(
                "Thời hạn {words}: không tính ngày nhận; hết hạn khi hết giờ làm việc của ngày cuối."
            ),
            Limit::WorkingHours(_) => {
                format!("Thời hạn {words}: chỉ tính trong giờ làm việc, kể từ lúc nhận.")
            }
            Limit::CalendarDays(_) => format!(
                "Thời hạn {words}: không tính ngày nhận, tính cả ngày nghỉ; \
                 ngày cuối là ngày nghỉ thì chuyển sang ngày làm việc tiếp theo."
            ),
            Limit::CalendarMonths(_) => format!(
                "Thời hạn {words}: đến ngày tương ứng của tháng hết hạn, hoặc ngày cuối tháng nếu không có ngày đó; \
                 ngày cuối là ngày nghỉ thì chuyển sang ngày làm việc tiếp theo."
            ),
            Limit::ElapsedHours(_) => {
                format!("Thời hạn {words}: tính liên tục từ lúc nhận, kể cả ban đêm và ngày nghỉ.")
            }
            Limit::SameDay => "Giải quyết trong ngày: nhận sau 15:00 hoặc vào ngày nghỉ \
                 thì chuyển sang ngày làm việc tiếp theo."
                .to_owned(),
        },
        English => match limit {
            Limit::WorkingDays(_) => format!(
                "Limit of {words}: the day of receipt is not counted; due at closing time of the last day."
            ),
            Limit::WorkingHours(_) => {
                format!("Limit of {words}: only working hours count, from the moment of receipt.")
            }
            Limit::CalendarDays(_) => format!(
                "Limit of {words}: the day of receipt is not counted, days off are; \
                 a last day that is off moves to the next working day."
            ),
            Limit::CalendarMonths(_) => format!(
                "Limit of {words}: to the same day of the month it ends in, or the last of that month if there is no such day; \
                 a last day that is off moves to the next working day."
            ),
            Limit::ElapsedHours(_) => format!(
                "Limit of {words}: counted without a break from receipt, nights and days off included."
            ),
            Limit::SameDay => "Dealt with within the day: received after 15:00 or on a day off, \
                 it moves to the next working day."
                .to_owned(),
        },
    }
}

fn receipt(explanation: &Explanation, language: Language) -> String {
    let wall = local(explanation.received);
    // Seconds matter to hours and wherever the hour of the day decides, at 15:00 for instance; to days
    // they are noise.
    let hour_decides = !explanation.cutoff.is_none() || explanation.arrival.is_some();
    let shown = match explanation.limit {
        Limit::WorkingDays(_) | Limit::CalendarDays(_) | Limit::CalendarMonths(_)
            if !hour_decides =>
        {
            wall.duration_trunc(TimeDelta::minutes(1)).unwrap_or(wall)
        }
        _ => wall,
    };
    let received = language.moment(shown);
    let mut text = match language {
        Vietnamese => format!("Nhận lúc {received}."),
        English => format!("Received at {received}."),
    };
    text += &on_its_way(explanation, language);
    text += &too_late(explanation, language);
    if explanation
        .days
        .first()
        .is_some_and(|day| day.reason == Reason::Receipt)
    {
        text += match language {
            Vietnamese => " Ngày nhận không tính.",
            English => " The day of receipt is not counted.",
        };
    }
    if explanation.starts > explanation.counted_from {
        let starts = language.moment(local(explanation.starts));
        text += &match language {
            Vietnamese => format!(" Ngoài giờ làm việc nên tính từ {starts}."),
            English => format!(" Outside working hours, so counted from {starts}."),
        };
    }
    text
}

/// When the competent agency has what another unit received; nothing for the same unit.
fn on_its_way(explanation: &Explanation, language: Language) -> String {
    let Some(arrival) = explanation.arrival else {
        return String::new();
    };
    let at = language.moment(local(arrival.at));
    match (language, arrival.expected) {
        (Vietnamese, true) => format!(
            " Cơ quan có thẩm quyền nhận hồ sơ chậm nhất lúc {at}; thời hạn tính từ lúc đó."
        ),
        (Vietnamese, false) => {
            format!(" Cơ quan có thẩm quyền nhận được hồ sơ lúc {at}; thời hạn tính từ lúc đó.")
        }
        (English, true) => {
            format!(
                " The competent agency has it by {at} at the latest; the limit counts from then."
            )
        }
        (English, false) => {
            format!(" The competent agency got it at {at}; the limit counts from then.")
        }
    }
}

/// As of when a dossier counts that came after the cut-off; nothing for one that did not.
fn too_late(explanation: &Explanation, language: Language) -> String {
    let reached = explanation.arrival.map_or(explanation.received, |it| it.at);
    if explanation.counted_from <= reached {
        return String::new();
    }
    let at = language.moment(local(explanation.counted_from));
    if local_day(reached) == local_day(explanation.counted_from) {
        return match language {
            Vietnamese => format!(" Trước giờ làm việc nên tính như nhận lúc {at}."),
            English => format!(" That is before opening, so it counts as received at {at}."),
        };
    }
    match (explanation.cutoff, language) {
        (Cutoff::None, Vietnamese | English) => String::new(),
        (Cutoff::Afternoon, Vietnamese) => {
            format!(" Sau 15:00 hoặc vào ngày nghỉ nên tính như nhận lúc {at}.")
        }
        (Cutoff::Afternoon, English) => {
            format!(" That is after 15:00 or on a day off, so it counts as received at {at}.")
        }
        (Cutoff::LastHour, Vietnamese) => format!(
            " Trong giờ làm việc cuối cùng, sau giờ làm việc hoặc vào ngày nghỉ nên tính như nhận lúc {at}."
        ),
        (Cutoff::LastHour, English) => format!(
            " That is in the last working hour, after it or on a day off, so it counts as received at {at}."
        ),
    }
}

/// One run of days: `Thứ Ba 01/09 đến thứ Tư 02/09/2026: không tính. Nghỉ lễ: Quốc khánh.`
fn told(run: &Run<'_>, limit: Limit, language: Language) -> String {
    let (first, last) = (&run.days[0], &run.days[run.days.len() - 1]);
    let span = span(first.date, last.date, language);
    let mut text = format!("{span}: {}.", count(first, last, limit, language));
    if run.skips_weekends {
        text += match language {
            Vietnamese => " Không tính thứ Bảy, Chủ nhật.",
            English => " Saturdays and Sundays are not counted.",
        };
    }
    // Calendar days count whatever they are, so only a last day off needs its reason.
    if first.counted.is_none() || run.moves_on || !counts_days_off(limit) {
        text += &why(&first.reason, language);
    }
    if run.moves_on {
        text += match language {
            Vietnamese => " Ngày cuối là ngày nghỉ nên chuyển sang ngày làm việc tiếp theo.",
            English => " The last day is off, so it moves to the next working day.",
        };
    }
    text
}

fn counts_days_off(limit: Limit) -> bool {
    match limit {
        Limit::CalendarDays(_) | Limit::CalendarMonths(_) | Limit::ElapsedHours(_) => true,
        Limit::WorkingDays(_) | Limit::WorkingHours(_) | Limit::SameDay => false,
    }
}

fn span(first: NaiveDate, last: NaiveDate, language: Language) -> String {
    let end = language.day(last);
    if first == last {
        return capital(&end);
    }
    // The year is told once when it can be.
    let start = if first.year() == last.year() {
        language.day_and_month(first)
    } else {
        language.day(first)
    };
    let to = match language {
        Vietnamese => "đến",
        English => "to",
    };
    capital(&format!("{start} {to} {end}"))
}

fn count(first: &DayLine, last: &DayLine, limit: Limit, language: Language) -> String {
    let (Some(from), Some(to)) = (first.counted, last.counted) else {
        let moved_here = counts_days_off(limit) && !first.reason.is_day_off();
        return match (moved_here, language) {
            (true, Vietnamese) => "ngày làm việc tiếp theo",
            (true, English) => "the next working day",
            (false, Vietnamese) => "không tính",
            (false, English) => "not counted",
        }
        .to_owned();
    };
    match (from, to) {
        (Counted::Day(_), _) if limit == Limit::SameDay => match language {
            Vietnamese => "giải quyết trong ngày này".to_owned(),
            English => "dealt with on this day".to_owned(),
        },
        (Counted::Day(a), Counted::Day(b)) => numbered(a, b, limit, language),
        (Counted::OpenTime(time), Counted::OpenTime(_) | Counted::Day(_))
        | (Counted::Day(_), Counted::OpenTime(time)) => {
            let time = duration(time, language);
            match (first.date == last.date, language) {
                (true, Vietnamese) => format!("tính {time}"),
                (true, English) => format!("{time} counted"),
                (false, Vietnamese) => format!("mỗi ngày tính {time}"),
                (false, English) => format!("{time} counted each day"),
            }
        }
    }
}

fn numbered(first: u32, last: u32, limit: Limit, language: Language) -> String {
    let working = matches!(limit, Limit::WorkingDays(_));
    let unit = match (language, working) {
        (Vietnamese, true) => "ngày làm việc",
        (Vietnamese, false) => "ngày",
        (English, true) => "working day",
        (English, false) => "day",
    };
    match (language, first == last) {
        (Vietnamese, true) => format!("{unit} thứ {first}"),
        (Vietnamese, false) => format!("{unit} thứ {first} đến thứ {last}"),
        (English, true) => format!("{unit} {first}"),
        (English, false) => format!("{unit}s {first} to {last}"),
    }
}

/// The reason as a sentence, with a space before it; nothing for an ordinary day.
fn why(reason: &Reason, language: Language) -> String {
    match (reason, language) {
        (Reason::Receipt | Reason::Working, Vietnamese | English) => String::new(),
        (Reason::AfterCutOff, Vietnamese) => {
            " Nhận sau 15:00 nên chuyển sang ngày làm việc tiếp theo.".to_owned()
        }
        (Reason::AfterCutOff, English) => {
            " Received after 15:00, so it moves to the next working day.".to_owned()
        }
        (Reason::AfterClosing, Vietnamese) => " Đã hết giờ làm việc khi nhận.".to_owned(),
        (Reason::AfterClosing, English) => " Received after closing time.".to_owned(),
        (Reason::Weekend, Vietnamese) => " Nghỉ cuối tuần.".to_owned(),
        (Reason::Weekend, English) => " Weekend.".to_owned(),
        (Reason::Special(day), Vietnamese | English) => published(day, language),
    }
}

/// What was published about a day. Swaps name their source, since no law fixes their date.
fn published(day: &SpecialDay, language: Language) -> String {
    let SpecialDay { name, source, .. } = day;
    let by = match (language, source.is_empty()) {
        (Vietnamese, false) => format!(", theo {source}"),
        (English, false) => format!(", under {source}"),
        (Vietnamese | English, true) => String::new(),
    };
    let mut text = match (day.kind, language) {
        (DayKind::Holiday, Vietnamese) => format!(" Nghỉ lễ: {name}."),
        (DayKind::Holiday, English) => format!(" Public holiday: {name}."),
        // Published Vietnamese names already say what they are: "Làm bù cho 31/08/2026".
        (DayKind::SwapOff | DayKind::Compensatory | DayKind::MakeUp, Vietnamese) => {
            format!(" {name}{by}.")
        }
        (DayKind::SwapOff, English) => format!(" Day off by swap: {name}{by}."),
        (DayKind::Compensatory, English) => format!(" Compensatory day off: {name}{by}."),
        (DayKind::MakeUp, English) => format!(" Make-up working day: {name}{by}."),
    };
    if day.provisional {
        text += match language {
            Vietnamese => " Chưa có thông báo chính thức.",
            English => " Not yet officially announced.",
        };
    }
    text
}

/// `1 giờ 30 phút`, `1 hour 30 minutes`.
fn duration(time: TimeDelta, language: Language) -> String {
    let seconds = time.num_seconds();
    let parts = [
        (seconds / 3600, "giờ", "hour"),
        (seconds / 60 % 60, "phút", "minute"),
        (seconds % 60, "giây", "second"),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(number, _, _)| *number > 0)
        .map(|(number, vietnamese, english)| match language {
            Vietnamese => format!("{number} {vietnamese}"),
            English => format!("{number} {english}{}", if number == 1 { "" } else { "s" }),
        })
        .collect();
    words.join(" ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
