//! Reasons in Vietnamese and English.

use domain::deadline::Language;

use crate::explain::{FEW, Reason, percent};

impl Reason {
    /// The reason as a sentence. `hours_a_day` tells short times in working hours.
    #[must_use]
    pub fn words(&self, language: Language, hours_a_day: f64) -> String {
        let time = |days: f64| span(language, days, hours_a_day);
        match (language, self) {
            (Language::Vietnamese, Reason::Overdue) => "Đã quá hạn.".to_owned(),
            (Language::English, Reason::Overdue) => "The deadline has passed.".to_owned(),
            (Language::Vietnamese, Reason::ClockStands) => {
                "Thời hạn đang tạm dừng.".to_owned()
            }
            (Language::English, Reason::ClockStands) => "The clock stands.".to_owned(),
            (Language::Vietnamese, Reason::NoHistory) => {
                "Chưa có hồ sơ tương tự đã giải quyết xong.".to_owned()
            }
            (Language::English, Reason::NoHistory) => {
                "No comparable dossier has been finished yet.".to_owned()
            }
            (Language::Vietnamese, Reason::NewProcedure) => {
                "Thủ tục mới, chưa có hồ sơ nào giải quyết xong; dựa vào thủ tục khác và thời gian dự kiến."
                    .to_owned()
            }
            (Language::English, Reason::NewProcedure) => {
                "A new procedure without finished dossiers: judged by other procedures and the plan."
                    .to_owned()
            }
            (
                _,
                Reason::Comparable {
                    settled,
                    late,
                    step,
                    used,
                    waited,
                },
            ) => {
                let since = Since {
                    used: *used,
                    waited: waited.map(time),
                };
                let place = place(language, step.as_deref(), since);
                comparable(language, *settled, *late, &place)
            }
            (
                Language::Vietnamese,
                Reason::TimeLeft {
                    left,
                    usual,
                    cannot_fit,
                },
            ) => {
                let end = not_enough(language, *cannot_fit);
                let usual = usual.map(|days| format!("; phần việc còn lại thường mất {}", time(days)));
                format!("Còn {}{}{end}", time(*left), usual.unwrap_or_default())
            }
            (
                Language::English,
                Reason::TimeLeft {
                    left,
                    usual,
                    cannot_fit,
                },
            ) => {
                let end = not_enough(language, *cannot_fit);
                let usual = usual.map(|days| format!("; the remaining work usually takes {}", time(days)));
                format!("Time left: {}{}{end}", time(*left), usual.unwrap_or_default())
            }
            (
                Language::Vietnamese,
                Reason::Planned {
                    left,
                    needed,
                    cannot_fit,
                },
            ) => {
                let (left, needed) = (time(*left), time(*needed));
                let end = not_enough(language, *cannot_fit);
                format!("Còn {left}; các bước còn lại theo quy trình cần {needed}{end}")
            }
            (
                Language::English,
                Reason::Planned {
                    left,
                    needed,
                    cannot_fit,
                },
            ) => {
                let (left, needed) = (time(*left), time(*needed));
                let end = not_enough(language, *cannot_fit);
                format!("Time left: {left}; planned for the remaining steps: {needed}{end}")
            }
            (Language::Vietnamese, Reason::SlowestLeg { leg, days }) => {
                let days = time(*days);
                format!("Lâu nhất là phần của “{leg}”, thường còn {days}: nên nhắc ngay hôm nay.")
            }
            (Language::English, Reason::SlowestLeg { leg, days }) => {
                let days = time(*days);
                format!("“{leg}” is the longest remaining part, usually {days} more: remind today.")
            }
            (Language::Vietnamese, Reason::Slowest { step, days }) => {
                format!(
                    "Khâu lâu nhất còn lại: “{step}”, thường mất {}; nên nhắc ở khâu này.",
                    time(*days)
                )
            }
            (Language::English, Reason::Slowest { step, days }) => {
                let days = time(*days);
                format!(
                    "Longest remaining step: “{step}”, usually {days}; a reminder there helps most."
                )
            }
        }
    }
}

fn not_enough(language: Language, cannot_fit: bool) -> &'static str {
    match (language, cannot_fit) {
        (_, false) => ".",
        (Language::Vietnamese, true) => "; thời gian còn lại không đủ.",
        (Language::English, true) => "; what is left is not enough.",
    }
}

fn comparable(language: Language, settled: u32, late: u32, place: &str) -> String {
    let few = settled < FEW;
    match language {
        Language::Vietnamese => {
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
        Language::English => {
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

/// What comparable dossiers had behind them.
struct Since {
    used: Option<f64>,
    waited: Option<String>,
}

fn place(language: Language, step: Option<&str>, since: Since) -> String {
    let used = since.used.map(percent);
    match (language, step, since.waited, used) {
        (_, None, _, _) => String::new(),
        (Language::Vietnamese, Some(step), Some(waited), _) => {
            format!(" đã ở khâu “{step}” khoảng {waited}")
        }
        (Language::English, Some(step), Some(waited), _) => {
            format!(" that had been at “{step}” for about {waited}")
        }
        (Language::Vietnamese, Some(step), None, Some(used)) => {
            format!(" ở khâu “{step}” khi đã dùng khoảng {used}% thời hạn")
        }
        (Language::English, Some(step), None, Some(used)) => {
            format!(" at “{step}” with about {used} % of their time used up")
        }
        (Language::Vietnamese, Some(step), None, None) => format!(" từng ở khâu “{step}”"),
        (Language::English, Some(step), None, None) => format!(" that had come to “{step}”"),
    }
}

/// Working hours below two days, working days from there on.
fn span(language: Language, days: f64, hours_a_day: f64) -> String {
    let in_hours = days < 2.0;
    let number = if in_hours { days * hours_a_day } else { days };
    let number = if number < 9.95 {
        let tenths = format!("{number:.1}");
        tenths.strip_suffix(".0").unwrap_or(&tenths).to_owned()
    } else {
        format!("{number:.0}")
    };
    match (language, in_hours) {
        (Language::Vietnamese, true) => format!("{} giờ làm việc", number.replace('.', ",")),
        (Language::Vietnamese, false) => format!("{} ngày làm việc", number.replace('.', ",")),
        (Language::English, true) => format!("{number} working hours"),
        (Language::English, false) => format!("{number} working days"),
    }
}

#[cfg(test)]
mod tests {
    use domain::deadline::Language::{English, Vietnamese};

    use super::span;
    use crate::explain::Reason;

    #[test]
    fn short_times_are_told_in_hours_and_whole_numbers_without_a_fraction() {
        let told = |language| {
            [0.0, 0.05, 0.75, 1.9, 2.0, 2.55, 9.97, 30.2].map(|days| span(language, days, 8.0))
        };
        assert_eq!(
            told(Vietnamese),
            [
                "0 giờ làm việc",
                "0,4 giờ làm việc",
                "6 giờ làm việc",
                "15 giờ làm việc",
                "2 ngày làm việc",
                "2,5 ngày làm việc",
                "10 ngày làm việc",
                "30 ngày làm việc",
            ]
        );
        assert_eq!(told(English)[2], "6 working hours");
    }

    #[test]
    fn the_rest_of_the_work_is_told_against_the_time_left() {
        let tight = Reason::TimeLeft {
            left: 0.75,
            usual: Some(1.375),
            cannot_fit: true,
        };
        assert_eq!(
            tight.words(English, 8.0),
            "Time left: 6 working hours; the remaining work usually takes 11 working hours; \
             what is left is not enough."
        );
        assert_eq!(
            tight.words(Vietnamese, 8.0),
            "Còn 6 giờ làm việc; phần việc còn lại thường mất 11 giờ làm việc; \
             thời gian còn lại không đủ."
        );
        let planned = Reason::Planned {
            left: 3.0,
            needed: 2.0,
            cannot_fit: false,
        };
        assert_eq!(
            planned.words(Vietnamese, 8.0),
            "Còn 3 ngày làm việc; các bước còn lại theo quy trình cần 2 ngày làm việc."
        );
    }
}
