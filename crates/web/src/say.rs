//! Numbers, days and durations as people say them, in both languages.

use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::calendar::Calendar;
use domain::language::Language;
use domain::time::{self, Instant};

/// Formats numbers and times in a language.
#[derive(Debug, Clone, Copy)]
pub struct Format(pub Language);

impl Format {
    fn pick<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Language::Vietnamese => vi,
            Language::English => en,
        }
    }

    /// `1.116`, `1,116`.
    #[must_use]
    pub fn count(self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push_str(self.pick(".", ","));
            }
            text.push(digit);
        }
        text
    }

    /// `5,1`, `5.1`; a zero decimal is left out.
    #[must_use]
    pub fn decimal(self, number: f64, places: usize) -> String {
        let text = format!("{number:.places$}");
        let text = match text.split_once('.') {
            Some((whole, rest)) if rest.bytes().all(|digit| digit == b'0') => whole.to_owned(),
            Some(_) | None => text,
        };
        // Rounding can turn a small negative number into -0.
        let text = if text == "-0" { "0".to_owned() } else { text };
        text.replace('.', self.pick(",", "."))
    }

    /// `90,2%`, without a space, as Vietnamese print writes it. Only a whole share reads 100 %, and
    /// only an empty one 0 %: 99.96 % becomes 99,9 % and 0.04 % becomes 0,1 %.
    #[must_use]
    pub fn percent(self, share: f64) -> String {
        let mut tenths = (share * 1000.0).round();
        if share < 1.0 {
            tenths = tenths.min(999.0);
        }
        if share > 0.0 {
            tenths = tenths.max(1.0);
        }
        format!("{}%", self.decimal(tenths / 10.0, 1))
    }

    /// `920.000 đồng`.
    #[must_use]
    pub fn money(self, vnd: u64) -> String {
        format!("{} {}", self.count(vnd), self.pick("đồng", "VND"))
    }

    /// `07:30`.
    #[must_use]
    pub fn clock(self, at: Instant) -> String {
        time::local(at).format("%H:%M").to_string()
    }

    /// `30/11/2026`, `30 November 2026`.
    #[must_use]
    pub fn date(self, day: NaiveDate) -> String {
        let format = self.pick("%d/%m/%Y", "%-d %B %Y");
        day.format(format).to_string()
    }

    /// `30/11`, `30 Nov`.
    #[must_use]
    pub fn short_date(self, day: NaiveDate) -> String {
        day.format(self.pick("%d/%m", "%-d %b")).to_string()
    }

    /// `tháng 11/2026`, `November 2026`.
    #[must_use]
    pub fn month(self, day: NaiveDate) -> String {
        day.format(self.pick("tháng %-m/%Y", "%B %Y")).to_string()
    }

    /// `thứ Hai, 30/11/2026`, `Monday, 30 November 2026`.
    #[must_use]
    pub fn day(self, day: NaiveDate) -> String {
        format!("{}, {}", self.0.weekday(day.weekday()), self.date(day))
    }

    /// A day relative to today: `hôm nay`, `thứ Sáu 27/11`; with the year if it is not this year.
    #[must_use]
    pub fn near_day(self, day: NaiveDate, today: NaiveDate) -> String {
        if day == today {
            self.pick("hôm nay", "today").to_owned()
        } else if day.year() == today.year() {
            self.0.day_and_month(day)
        } else {
            self.0.day(day)
        }
    }

    /// A moment relative to now: `17:00 hôm nay`, `17:00 ngày mai, 01/12`, `17:00 thứ Sáu 27/11`.
    #[must_use]
    pub fn moment(self, at: Instant, now: Instant) -> String {
        let (day, today) = (time::local_day(at), time::local_day(now));
        let clock = self.clock(at);
        if Some(day) == today.succ_opt() {
            let date = self.short_date(day);
            return match self.0 {
                Language::Vietnamese => format!("{clock} ngày mai, {date}"),
                Language::English => format!("{clock} tomorrow, {date}"),
            };
        }
        format!("{clock} {}", self.near_day(day, today))
    }

    /// A moment in full: `17:00 thứ Năm, 03/12/2026`.
    #[must_use]
    pub fn full_moment(self, at: Instant) -> String {
        format!("{} {}", self.clock(at), self.day(time::local_day(at)))
    }

    /// Working time as people say it: minutes below an hour, hours below a working day, then half
    /// days. `day` is the length of a working day.
    #[must_use]
    pub fn working(self, time: TimeDelta, day: TimeDelta) -> String {
        let minutes = time.num_minutes().abs();
        let day = day.num_minutes().max(1);
        if minutes < 60 {
            let minutes = minutes.max(1);
            return match self.0 {
                Language::Vietnamese => format!("{minutes} phút"),
                Language::English if minutes == 1 => "1 minute".to_owned(),
                Language::English => format!("{minutes} minutes"),
            };
        }
        if minutes < day {
            let hours = halves(minutes, 60);
            return self.amount(hours, "giờ làm việc", "working hour");
        }
        self.amount(halves(minutes, day), "ngày làm việc", "working day")
    }

    fn amount(self, number: f64, vi: &str, en: &str) -> String {
        let text = self.decimal(number, 1);
        match self.0 {
            Language::Vietnamese => format!("{text} {vi}"),
            Language::English if text == "1" => format!("1 {en}"),
            Language::English => format!("{text} {en}s"),
        }
    }

    /// `lần 2`, `2nd time`: the number of a repetition.
    #[must_use]
    pub fn times(self, count: u32) -> String {
        match self.0 {
            Language::Vietnamese => format!("{count} lần"),
            Language::English if count == 1 => "once".to_owned(),
            Language::English => format!("{count} times"),
        }
    }
}

fn halves(minutes: i64, unit: i64) -> f64 {
    // A number of minutes is small enough to be exact in a float.
    (minutes as f64 / unit as f64 * 2.0).round() / 2.0
}

/// The text with a capital first letter, for names of procedures and beginnings of sentences.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The length of a calendar's working day: that of the first working day from `day` on, or eight
/// hours if the calendar does not reach it.
#[must_use]
pub fn day_length(calendar: &Calendar, day: NaiveDate) -> TimeDelta {
    let length = || {
        let day = calendar.working_day_from(day).ok()?;
        let opening = calendar.opening(day).ok()??;
        let closing = calendar.closing(day).ok()??;
        calendar.open_time_between(opening, closing).ok()
    };
    length().unwrap_or(TimeDelta::hours(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VI: Format = Format(Language::Vietnamese);
    const EN: Format = Format(Language::English);

    fn at(text: &str) -> Instant {
        let wall = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        time::instant(wall.date(), wall.time())
    }

    #[test]
    fn numbers_are_written_as_vietnamese_print_writes_them() {
        assert_eq!(VI.count(1_116), "1.116");
        assert_eq!(VI.count(999), "999");
        assert_eq!(EN.count(1_234_567), "1,234,567");
        assert_eq!(VI.decimal(5.12, 1), "5,1");
        assert_eq!(VI.decimal(5.0, 1), "5");
        assert_eq!(VI.decimal(-0.01, 1), "0");
        assert_eq!(VI.money(920_000), "920.000 đồng");
    }

    #[test]
    fn a_rate_is_neither_all_nor_none_unless_it_is() {
        assert_eq!(VI.percent(0.9018), "90,2%");
        assert_eq!(VI.percent(1.0), "100%");
        assert_eq!(VI.percent(0.9999), "99,9%");
        assert_eq!(VI.percent(0.0), "0%");
        assert_eq!(VI.percent(0.0001), "0,1%");
        assert_eq!(EN.percent(0.5), "50%");
    }

    #[test]
    fn moments_are_told_from_where_one_stands() {
        let now = at("2026-11-30 07:30");
        assert_eq!(VI.moment(at("2026-11-30 17:00"), now), "17:00 hôm nay");
        assert_eq!(
            VI.moment(at("2026-12-01 17:00"), now),
            "17:00 ngày mai, 01/12"
        );
        assert_eq!(
            VI.moment(at("2026-11-27 17:00"), now),
            "17:00 thứ Sáu 27/11"
        );
        assert_eq!(
            VI.moment(at("2027-01-04 17:00"), now),
            "17:00 thứ Hai 04/01/2027"
        );
        assert_eq!(
            EN.moment(at("2026-11-27 17:00"), now),
            "17:00 Friday 27 November"
        );
        assert_eq!(
            VI.full_moment(at("2026-12-03 17:00")),
            "17:00 thứ Năm, 03/12/2026"
        );
    }

    #[test]
    fn working_time_is_told_in_minutes_hours_and_half_days() {
        let day = TimeDelta::minutes(450);
        let said = |minutes| VI.working(TimeDelta::minutes(minutes), day);
        assert_eq!(said(0), "1 phút");
        assert_eq!(said(12), "12 phút");
        assert_eq!(said(60), "1 giờ làm việc");
        assert_eq!(said(449), "7,5 giờ làm việc");
        assert_eq!(said(450), "1 ngày làm việc");
        assert_eq!(said(900), "2 ngày làm việc");
        assert_eq!(said(-5 * 450 - 200), "5,5 ngày làm việc");
        assert_eq!(EN.working(TimeDelta::minutes(450), day), "1 working day");
        assert_eq!(EN.working(TimeDelta::minutes(1), day), "1 minute");
    }
}
