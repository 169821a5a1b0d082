//! What made-up logs stand on: plain office hours, and numbers by chance that are the same in every run.

use chrono::{NaiveDate, NaiveTime};
use domain::calendar::{Calendar, Hours};
use forecast::working_time::{VietNam, WorkingTime};

pub fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Monday to Friday, eight to six.
pub fn calendar() -> Calendar {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let hours = Hours {
        from: date(2024, 1, 1),
        opens: vec![(time(8), time(18))],
    };
    Calendar::new("plain", date(2024, 1, 1), date(2028, 12, 31), &[], &[hours]).unwrap()
}

pub fn office() -> WorkingTime {
    WorkingTime::new(calendar(), Box::new(VietNam))
}

/// A seeded source of numbers, the same in every run.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}
