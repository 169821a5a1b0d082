//! The calendars that the tests use, and short ways to write moments.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use domain::calendar::{Calendar, DayKind, Hours, SpecialDay};
use domain::limit::Limit;
use domain::time::{Instant, VIETNAM, local};

/// The published days of state offices: date, kind, name, source; `?` marks a provisional one.
const DAYS: &str = "\
2024-01-01,holiday,Tết Dương lịch,Bộ luật Lao động 2019 Đ112
2024-02-08,holiday,Tết Nguyên đán,lịch nghỉ Tết Giáp Thìn 2024
2024-02-09,holiday,Tết Nguyên đán,lịch nghỉ Tết Giáp Thìn 2024
2024-02-12,holiday,Tết Nguyên đán,lịch nghỉ Tết Giáp Thìn 2024
2024-02-13,holiday,Tết Nguyên đán,lịch nghỉ Tết Giáp Thìn 2024
2024-02-14,holiday,Tết Nguyên đán,lịch nghỉ Tết Giáp Thìn 2024
2024-04-18,holiday,Giỗ Tổ Hùng Vương,Bộ luật Lao động 2019 Đ112
2024-04-29,swap_off,Nghỉ hoán đổi (làm bù 04/05/2024),thông báo hoán đổi 2024
2024-04-30,holiday,Ngày Chiến thắng,Bộ luật Lao động 2019 Đ112
2024-05-01,holiday,Quốc tế Lao động,Bộ luật Lao động 2019 Đ112
2024-05-04,make_up,Làm bù cho 29/04/2024,thông báo hoán đổi 2024
2024-09-02,holiday,Quốc khánh,Bộ luật Lao động 2019 Đ112
2024-09-03,holiday,Quốc khánh,Bộ luật Lao động 2019 Đ112
2025-01-01,holiday,Tết Dương lịch,Bộ luật Lao động 2019 Đ112
2025-01-27,holiday,Tết Nguyên đán,lịch nghỉ Tết Ất Tỵ 2025
2025-01-28,holiday,Tết Nguyên đán,lịch nghỉ Tết Ất Tỵ 2025
2025-01-29,holiday,Tết Nguyên đán,lịch nghỉ Tết Ất Tỵ 2025
2025-01-30,holiday,Tết Nguyên đán,lịch nghỉ Tết Ất Tỵ 2025
2025-01-31,holiday,Tết Nguyên đán,lịch nghỉ Tết Ất Tỵ 2025
2025-04-07,holiday,Giỗ Tổ Hùng Vương,Bộ luật Lao động 2019 Đ112
2025-04-26,make_up,Làm bù cho 02/05/2025,thông báo hoán đổi 2025
2025-04-30,holiday,Ngày Chiến thắng,Bộ luật Lao động 2019 Đ112
2025-05-01,holiday,Quốc tế Lao động,Bộ luật Lao động 2019 Đ112
2025-05-02,swap_off,Nghỉ hoán đổi (làm bù 26/04/2025),thông báo hoán đổi 2025
2025-09-01,holiday,Quốc khánh,Bộ luật Lao động 2019 Đ112
2025-09-02,holiday,Quốc khánh,Bộ luật Lao động 2019 Đ112
2026-01-01,holiday,Tết Dương lịch,Bộ luật Lao động 2019 Đ112
2026-01-02,swap_off,Nghỉ hoán đổi (làm bù 10/01/2026),thông báo hoán đổi Tết Dương lịch 2026
2026-01-10,make_up,Làm bù cho 02/01/2026,thông báo hoán đổi Tết Dương lịch 2026
2026-02-16,holiday,Tết Nguyên đán,9441/TB-BNV (2025)
2026-02-17,holiday,Tết Nguyên đán,9441/TB-BNV (2025)
2026-02-18,holiday,Tết Nguyên đán,9441/TB-BNV (2025)
2026-02-19,holiday,Tết Nguyên đán,9441/TB-BNV (2025)
2026-02-20,holiday,Tết Nguyên đán,9441/TB-BNV (2025)
2026-04-27,compensatory,Nghỉ bù Giỗ Tổ Hùng Vương (26/04/2026 là Chủ nhật),Bộ luật Lao động 2019 Đ111
2026-04-30,holiday,Ngày Chiến thắng,Bộ luật Lao động 2019 Đ112
2026-05-01,holiday,Quốc tế Lao động,Bộ luật Lao động 2019 Đ112
2026-08-22,make_up,Làm bù cho 31/08/2026,9441/TB-BNV (2025)
2026-08-31,swap_off,Nghỉ hoán đổi (làm bù 22/08/2026),9441/TB-BNV (2025)
2026-09-01,holiday,Quốc khánh,9441/TB-BNV (2025)
2026-09-02,holiday,Quốc khánh,9441/TB-BNV (2025)
2026-11-24,holiday,Ngày Văn hóa Việt Nam,NQ 28/2026/QH16
2027-01-01,holiday,Tết Dương lịch,Bộ luật Lao động 2019 Đ112,?
2027-02-04,holiday,Tết Nguyên đán,mùng 1 = 06/02/2027,?
2027-02-05,holiday,Tết Nguyên đán,mùng 1 = 06/02/2027,?
2027-02-08,holiday,Tết Nguyên đán,mùng 1 = 06/02/2027,?
2027-02-09,holiday,Tết Nguyên đán,mùng 1 = 06/02/2027,?
2027-02-10,holiday,Tết Nguyên đán,mùng 1 = 06/02/2027,?
2027-04-16,holiday,Giỗ Tổ Hùng Vương,10/3 âm lịch,?
2027-04-30,holiday,Ngày Chiến thắng,Bộ luật Lao động 2019 Đ112,?
2027-05-03,compensatory,Nghỉ bù Quốc tế Lao động (01/05/2027 là Thứ Bảy),Bộ luật Lao động 2019 Đ111,?
2027-09-02,holiday,Quốc khánh,Bộ luật Lao động 2019 Đ112,?
2027-09-03,holiday,Quốc khánh,Bộ luật Lao động 2019 Đ112,?
2027-11-24,holiday,Ngày Văn hóa Việt Nam,NQ 28/2026/QH16,?
";

/// The published special days from one day to another.
pub fn days(first: NaiveDate, last: NaiveDate) -> Vec<SpecialDay> {
    DAYS.lines()
        .map(|line| {
            let mut cells = line.split(',');
            let mut cell = || cells.next().expect(line);
            SpecialDay {
                date: day(cell()),
                kind: match cell() {
                    "holiday" => DayKind::Holiday,
                    "swap_off" => DayKind::SwapOff,
                    "compensatory" => DayKind::Compensatory,
                    "make_up" => DayKind::MakeUp,
                    other => panic!("{other} is no kind of day"),
                },
                name: cell().to_owned(),
                source: cell().to_owned(),
                provisional: cells.next() == Some("?"),
            }
        })
        .filter(|special| (first..=last).contains(&special.date))
        .collect()
}

/// The hours from a day on: `07:30-11:30 13:30-17:00`.
pub fn hours(from: &str, opens: &str) -> Hours {
    let time = |text| NaiveTime::parse_from_str(text, "%H:%M").expect("a time of day");
    Hours {
        from: day(from),
        opens: opens
            .split_whitespace()
            .map(|pair| {
                let (opens, closes) = pair.split_once('-').expect("two times of day");
                (time(opens), time(closes))
            })
            .collect(),
    }
}

fn office(id: &str, first: &str, last: &str, hours: &[Hours]) -> Calendar {
    let (first, last) = (day(first), day(last));
    Calendar::new(id, first, last, &days(first, last), hours).expect("a sound calendar")
}

/// The national calendar with the default hours.
pub fn national() -> Calendar {
    office(
        "national",
        "2024-01-01",
        "2027-12-31",
        &[hours("2024-01-01", "07:30-11:30 13:30-17:00")],
    )
}

/// A unit open 07:00-11:30 and 13:30-17:00, eight hours a day.
pub fn eight_hours() -> Calendar {
    office(
        "eight-hours",
        "2024-01-01",
        "2027-12-31",
        &[hours("2024-01-01", "07:00-11:30 13:30-17:00")],
    )
}

/// A unit whose hours change with the season.
pub fn seasons() -> Calendar {
    office(
        "seasons",
        "2024-01-01",
        "2027-12-31",
        &[
            // Out of order on purpose, because the calendar must sort them.
            hours("2026-04-16", "06:30-11:00 14:00-17:30"),
            hours("2023-10-16", "07:00-11:30 13:30-17:00"),
            hours("2025-10-16", "07:30-12:00 13:00-16:30"),
        ],
    )
}

/// A unit that closes before 15:00, and from March 2026 on opens three times a day.
pub fn odd_hours() -> Calendar {
    office(
        "odd-hours",
        "2024-01-01",
        "2027-12-31",
        &[
            hours("2024-01-01", "07:00-11:00"),
            hours("2026-03-02", "06:30-09:00 09:30-12:15 14:00-18:45"),
        ],
    )
}

/// A calendar of four weeks, so that many counts run past its end.
pub fn four_weeks() -> Calendar {
    office(
        "four-weeks",
        "2026-08-15",
        "2026-09-11",
        &[hours("2024-01-01", "07:30-11:30 13:30-17:00")],
    )
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date as 2026-08-21")
}

/// The moment at which a clock in Viet Nam shows `2026-08-21 15:30`, with or without seconds.
pub fn at(text: &str) -> Instant {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f"))
        .expect("a moment as 2026-08-21 15:30");
    wall.and_local_timezone(VIETNAM)
        .single()
        .expect("one moment")
        .into()
}

/// The moment as a clock in Viet Nam shows it, with the weekday.
pub fn wall(at: Instant) -> String {
    local(at).format("%a %Y-%m-%d %H:%M:%S%.f").to_string()
}

pub fn limit(text: &str) -> Limit {
    text.parse().expect("a limit")
}

/// The due time, as a clock in Viet Nam shows it.
pub fn due_on(calendar: &Calendar, received: &str, text: &str) -> String {
    let due = domain::deadline::due(at(received), limit(text), calendar).expect("a due time");
    wall(due.at)
}
