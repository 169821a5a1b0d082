//! Reasons in Vietnamese and English.

use chrono::NaiveDate;
use domain::deadline::Language::{self, English, Vietnamese};

use crate::explain::{Reason, percent};
use crate::forecaster::FEW;
use crate::working_time::TimeScale;

impl Reason {
    /// The reason as a sentence. `scale` says how many hours a day has.
    #[must_use]
    pub fn words(&self, language: Language, scale: TimeScale) -> String {
        let time = |days: f64| span(language, days, scale);
        match self {
            Reason::Overdue {
                by,
                due,
                step,
                since,
            } => overdue(language, &time(*by), *due, step.as_deref(), *since),
            Reason::ClockStands { since, step } => stands(language, *since, step.as_deref()),
            Reason::NoHistory => match language {
                Vietnamese => {
                    "Chưa có hồ sơ tương tự đã giải quyết xong; đánh giá theo kế hoạch.".to_owned()
                }
                English => {
                    "No comparable dossier has been finished yet: judged by the plan.".to_owned()
                }
            },
            Reason::NewProcedure => match language {
                Vietnamese => {
                    "Thủ tục chưa có hồ sơ nào giải quyết xong; đánh giá theo thủ tục khác \
                               và theo kế hoạch."
                        .to_owned()
                }
                English => "No dossier of this procedure has been finished yet: judged by other \
                            procedures and by the plan."
                    .to_owned(),
            },
            Reason::Pooled { own, all } => pooled(language, *own, *all),
            Reason::Odds { in_ten } => match language {
                Vietnamese => {
                    format!("Cứ 10 hồ sơ như thế này thì khoảng {in_ten} hồ sơ trễ hạn.")
                }
                English => format!("Of ten dossiers like this one about {in_ten} end late."),
            },
            Reason::Comparable {
                settled,
                late,
                step,
                used,
                waited,
            } => {
                let since = Since {
                    used: *used,
                    waited: waited.map(time),
                };
                let place = place(language, step.as_deref(), since);
                comparable(language, *settled, *late, &place)
            }
            Reason::TimeLeft {
                left,
                usual,
                cannot_fit,
            } => {
                let (rest, end) = (time(*usual), not_enough(language, *cannot_fit));
                match language {
                    Vietnamese => {
                        format!(
                            "Còn {}; phần việc còn lại thường mất {rest}{end}",
                            time(*left)
                        )
                    }
                    English => format!(
                        "Time left: {}; the remaining work usually takes {rest}{end}",
                        time(*left)
                    ),
                }
            }
            Reason::Planned { left, needed, .. } => {
                let end = not_enough(language, needed > left);
                let (left, needed) = (time(*left), time(*needed));
                match language {
                    Vietnamese => {
                        format!("Còn {left}; theo kế hoạch, phần việc còn lại cần {needed}{end}")
                    }
                    English => {
                        format!("Time left: {left}; planned for the remaining work: {needed}{end}")
                    }
                }
            }
            Reason::ServiceDay { weekdays, next } => service_day(language, weekdays, *next),
            Reason::Slowest {
                step,
                days,
                planned,
                advise,
            } => {
                let days = time(*days);
                match language {
                    Vietnamese => {
                        let takes = if *planned {
                            "theo kế hoạch cần"
                        } else {
                            "thường mất"
                        };
                        let advice = if *advise {
                            "; nên nhắc bước này"
                        } else {
                            ""
                        };
                        format!("Bước lâu nhất còn lại: “{step}”, {takes} {days}{advice}.")
                    }
                    English => {
                        let takes = if *planned { "planned" } else { "usually" };
                        let advice = if *advise { "; remind there" } else { "" };
                        format!("Longest remaining step: “{step}”, {takes} {days}{advice}.")
                    }
                }
            }
            Reason::SlowestLeg {
                leg,
                days,
                planned,
                advise,
            } => {
                let days = time(*days);
                match language {
                    Vietnamese => {
                        let takes = if *planned {
                            "theo kế hoạch còn"
                        } else {
                            "thường còn"
                        };
                        let advice = if *advise {
                            "; nên nhắc ngay hôm nay"
                        } else {
                            ""
                        };
                        format!("Lâu nhất là phần của “{leg}”, {takes} {days}{advice}.")
                    }
                    English => {
                        let takes = if *planned { "planned" } else { "usually" };
                        let advice = if *advise { "; remind today" } else { "" };
                        format!(
                            "“{leg}” is the longest remaining part, {takes} {days} more{advice}."
                        )
                    }
                }
            }
        }
    }
}

fn overdue(
    language: Language,
    by: &str,
    due: NaiveDate,
    step: Option<&str>,
    since: NaiveDate,
) -> String {
    let (due, since) = (date(language, due), date(language, since));
    match (language, step) {
        (Vietnamese, Some(step)) => {
            format!("Quá hạn {by} (hạn trả {due}), đang ở bước “{step}” từ {since}.")
        }
        (Vietnamese, None) => format!("Quá hạn {by} (hạn trả {due})."),
        (English, Some(step)) => {
            format!("Overdue by {by} (due {due}), at “{step}” since {since}.")
        }
        (English, None) => format!("Overdue by {by} (due {due})."),
    }
}

fn stands(language: Language, since: NaiveDate, step: Option<&str>) -> String {
    let since = date(language, since);
    match (language, step) {
        (Vietnamese, Some(step)) if step.starts_with("chờ ") => {
            format!("Đang tạm dừng tính thời hạn từ {since} để {step}.")
        }
        (Vietnamese, Some(step)) => {
            format!("Đang tạm dừng tính thời hạn từ {since}, ở bước “{step}”.")
        }
        (Vietnamese, None) => format!("Đang tạm dừng tính thời hạn từ {since}."),
        (English, Some(step)) => format!("The clock has stood since {since}, at “{step}”."),
        (English, None) => format!("The clock has stood since {since}."),
    }
}

fn pooled(language: Language, own: u32, all: u32) -> String {
    match (language, own) {
        (Vietnamese, 0) => {
            format!("Đơn vị chưa có hồ sơ nào đã có kết quả; dựa vào {all} hồ sơ của cả tỉnh.")
        }
        (Vietnamese, own) => format!(
            "Đơn vị mới có {own} hồ sơ đã có kết quả; dựa thêm vào {all} hồ sơ của cả tỉnh."
        ),
        (English, 0) => {
            format!("The unit has no settled dossier yet: judged by {all} of the province.")
        }
        (English, own) => format!(
            "The unit has only {own} settled dossiers: judged also by {all} of the province."
        ),
    }
}

fn service_day(language: Language, weekdays: &[u8], next: NaiveDate) -> String {
    let names: Vec<&str> = weekdays.iter().map(|day| weekday(language, *day)).collect();
    let on = weekday(language, next_weekday(next));
    let next = date(language, next);
    match language {
        Vietnamese => {
            let days = names.join(", ");
            format!("Việc này thường chỉ xong vào {days}; lần tới là {on} {next}, sau hạn trả.")
        }
        English => {
            let days = names.join(", ");
            format!("Usually finished on {days} only; next on {on} {next}, after the deadline.")
        }
    }
}

fn next_weekday(day: NaiveDate) -> u8 {
    chrono::Datelike::weekday(&day).num_days_from_monday() as u8
}

fn weekday(language: Language, day: u8) -> &'static str {
    let vi = [
        "thứ Hai",
        "thứ Ba",
        "thứ Tư",
        "thứ Năm",
        "thứ Sáu",
        "thứ Bảy",
        "Chủ nhật",
    ];
    let en = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let names = match language {
        Vietnamese => vi,
        English => en,
    };
    names[usize::from(day % 7)]
}

fn date(language: Language, day: NaiveDate) -> String {
    match language {
        Vietnamese => day.format("%d/%m/%Y").to_string(),
        English => day.format("%-d %b %Y").to_string(),
    }
}

fn not_enough(language: Language, lacks: bool) -> &'static str {
    match (language, lacks) {
        (_, false) => ".",
        (Vietnamese, true) => "; thời gian còn lại không đủ.",
        (English, true) => "; what is left is not enough.",
    }
}

fn comparable(language: Language, settled: u32, late: u32, place: &str) -> String {
    let few = settled < FEW;
    match language {
        Vietnamese => {
            let late = match late {
                0 => "không hồ sơ nào trễ hạn".to_owned(),
                all if all == settled => "tất cả đều trễ hạn".to_owned(),
                some => format!("{some} hồ sơ trễ hạn"),
            };
            if few {
                format!("Ít hồ sơ tương tự{place}: mới có {settled}, {late}.")
            } else {
                format!("Trong {settled} hồ sơ tương tự{place}, {late}.")
            }
        }
        English => {
            let late = match late {
                0 => "none".to_owned(),
                all if all == settled => "all".to_owned(),
                some => some.to_string(),
            };
            if few {
                format!("Few comparable dossiers{place}: {settled}, of which {late} ended late.")
            } else {
                format!("Of {settled} comparable dossiers{place}, {late} ended late.")
            }
        }
    }
}

/// What comparable dossiers have in common besides the step.
struct Since {
    used: Option<f64>,
    waited: Option<String>,
}

fn place(language: Language, step: Option<&str>, since: Since) -> String {
    let used = since.used.map(percent);
    match (language, step, since.waited, used) {
        (_, None, _, _) => String::new(),
        (Vietnamese, Some(step), Some(waited), _) => {
            format!(" đã ở bước “{step}” {waited}")
        }
        (English, Some(step), Some(waited), _) => {
            format!(" that had been at “{step}” for {waited}")
        }
        (Vietnamese, Some(step), None, Some(used)) => {
            format!(" ở bước “{step}” khi đã dùng khoảng {used}% thời hạn")
        }
        (English, Some(step), None, Some(used)) => {
            format!(" at “{step}” with about {used} % of their time used up")
        }
        (Vietnamese, Some(step), None, None) => format!(" đã qua bước “{step}”"),
        (English, Some(step), None, None) => format!(" that had come to “{step}”"),
    }
}

/// A duration as people say it: minutes below an hour, hours below a working day, then half days.
///
/// Where nights count too, hours go up to two days.
fn span(language: Language, days: f64, scale: TimeScale) -> String {
    let hours = days.max(0.0) * scale.hours_a_day;
    let minutes = (hours * 12.0).round() * 5.0;
    let whole_hours = if scale.elapsed {
        48.0
    } else {
        scale.hours_a_day
    };
    let work = match (language, scale.elapsed) {
        (Vietnamese, false) => " làm việc",
        (English, false) => "working ",
        (_, true) => "",
    };
    if minutes < 5.0 {
        return match language {
            Vietnamese => "vài phút".to_owned(),
            English => "a few minutes".to_owned(),
        };
    }
    if minutes < 60.0 {
        return match language {
            Vietnamese => format!("khoảng {minutes:.0} phút"),
            English => format!("about {minutes:.0} minutes"),
        };
    }
    if hours < whole_hours {
        let told = (hours * 2.0).round() / 2.0;
        let number = number(language, told);
        let is_about = (hours - told).abs() * 60.0 > 5.0;
        return match language {
            Vietnamese => {
                let about = if is_about { "khoảng " } else { "" };
                format!("{about}{number} giờ{work}")
            }
            English => {
                let about = if is_about { "about " } else { "" };
                format!("{about}{number} {work}{}", many("hour", told))
            }
        };
    }
    let days = hours / scale.hours_a_day;
    let told = if days < 10.0 {
        (days * 2.0).round() / 2.0
    } else {
        days.round()
    };
    let number = number(language, told);
    let off = days - told;
    match language {
        Vietnamese => {
            let about = match off {
                off if off < -0.1 && days < 10.0 => "gần ",
                off if off > 0.1 && days < 10.0 => "hơn ",
                _ => "",
            };
            format!("{about}{number} ngày{work}")
        }
        English => {
            let about = match off {
                off if off < -0.1 && days < 10.0 => "nearly ",
                off if off > 0.1 && days < 10.0 => "over ",
                _ => "",
            };
            format!("{about}{number} {work}{}", many("day", told))
        }
    }
}

fn many(one: &str, number: f64) -> String {
    let s = if (number - 1.0).abs() < 1e-9 { "" } else { "s" };
    format!("{one}{s}")
}

/// A multiple of one half, with the language's decimal mark.
fn number(language: Language, number: f64) -> String {
    let text = format!("{number:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    match language {
        Vietnamese => text.replace('.', ","),
        English => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use domain::deadline::Language::{English, Vietnamese};

    use super::span;
    use crate::explain::Reason;
    use crate::working_time::TimeScale;

    const DESK: TimeScale = TimeScale {
        hours_a_day: 8.0,
        elapsed: false,
    };
    const CLOCK: TimeScale = TimeScale {
        hours_a_day: 24.0,
        elapsed: true,
    };

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
    }

    #[test]
    fn short_times_are_told_in_minutes_then_hours_then_half_days() {
        let told = [0.0, 0.02, 0.124, 0.375, 0.75, 1.0, 1.85, 2.55, 9.97, 30.2]
            .map(|days| span(Vietnamese, days, DESK));
        assert_eq!(
            told,
            [
                "vài phút",
                "khoảng 10 phút",
                "1 giờ làm việc",
                "3 giờ làm việc",
                "6 giờ làm việc",
                "1 ngày làm việc",
                "gần 2 ngày làm việc",
                "2,5 ngày làm việc",
                "10 ngày làm việc",
                "30 ngày làm việc",
            ]
        );
        assert_eq!(span(Vietnamese, 1.8, DESK), "gần 2 ngày làm việc");
        assert_eq!(span(Vietnamese, 0.4, DESK), "khoảng 3 giờ làm việc");
        assert_eq!(span(English, 0.75, DESK), "6 working hours");
        assert_eq!(span(English, 1.0, DESK), "1 working day");
    }

    #[test]
    fn a_whole_working_day_is_a_day_however_many_hours_it_has() {
        let short = TimeScale {
            hours_a_day: 7.5,
            ..DESK
        };
        assert_eq!(span(Vietnamese, 1.0, short), "1 ngày làm việc");
        assert_eq!(span(Vietnamese, 0.8, short), "6 giờ làm việc");
    }

    #[test]
    fn time_that_passes_by_night_is_told_in_plain_hours() {
        assert_eq!(span(Vietnamese, 0.5, CLOCK), "12 giờ");
        assert_eq!(span(Vietnamese, 3.0, CLOCK), "3 ngày");
        assert_eq!(span(English, 0.5, CLOCK), "12 hours");
    }

    #[test]
    fn the_rest_of_the_work_is_told_against_the_time_left() {
        let tight = Reason::TimeLeft {
            left: 0.75,
            usual: 1.375,
            cannot_fit: true,
        };
        assert_eq!(
            tight.words(English, DESK),
            "Time left: 6 working hours; the remaining work usually takes nearly 1.5 working days; \
             what is left is not enough."
        );
        assert_eq!(
            tight.words(Vietnamese, DESK),
            "Còn 6 giờ làm việc; phần việc còn lại thường mất gần 1,5 ngày làm việc; \
             thời gian còn lại không đủ."
        );
        let planned = Reason::Planned {
            left: 3.0,
            needed: 2.0,
            cannot_fit: false,
        };
        assert_eq!(
            planned.words(Vietnamese, DESK),
            "Còn 3 ngày làm việc; theo kế hoạch, phần việc còn lại cần 2 ngày làm việc."
        );
    }

    #[test]
    fn what_is_overdue_stands_or_waits_for_its_weekday_is_told_with_its_dates() {
        let overdue = Reason::Overdue {
            by: 10.0,
            due: day(11, 16),
            step: Some("Ký duyệt".to_owned()),
            since: day(11, 12),
        };
        assert_eq!(
            overdue.words(Vietnamese, DESK),
            "Quá hạn 10 ngày làm việc (hạn trả 16/11/2026), đang ở bước “Ký duyệt” từ 12/11/2026."
        );
        let stands = Reason::ClockStands {
            since: day(11, 16),
            step: Some("chờ công dân bổ sung hồ sơ".to_owned()),
        };
        assert_eq!(
            stands.words(Vietnamese, DESK),
            "Đang tạm dừng tính thời hạn từ 16/11/2026 để chờ công dân bổ sung hồ sơ."
        );
        let payments = Reason::ServiceDay {
            weekdays: vec![0, 3],
            next: day(11, 26),
        };
        assert_eq!(
            payments.words(Vietnamese, DESK),
            "Việc này thường chỉ xong vào thứ Hai, thứ Năm; lần tới là thứ Năm 26/11/2026, \
             sau hạn trả."
        );
    }
}
