//! The items of the index of Decision 766/QĐ-TTg, as far as they can be computed here.
//!
//! The portal's own score is what counts; these formulas say where a unit stands before it comes.

use serde::Serialize;

use super::memo::{has_fee, is_paid_online, is_resolved, is_reused};
use super::period::Period;
use super::rate::Rate;
use super::seen::Seen;
use super::verdict::is_late;
use crate::catalogue::Catalogue;
use crate::dossier::{Channel, Dossier, Reuse, Status};
use crate::limit::Limit;
use crate::procedure::Kind;
use crate::time;

/// What is counted for the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Received in the period, with or without a due time.
    New,
    /// Resolved in the period.
    Res,
    /// 2.1: received in the period with a due time, and on time.
    OnTime,
    Online,
    PaidOnline,
    WithResult,
    WithFiles,
    Reused,
    PersonalStore,
    Databases,
    Dissatisfied,
    /// 1.4: received in the period, of those that another system is told of.
    Acknowledged,
}

impl Of {
    const COUNT: usize = Of::Acknowledged as usize + 1;
}

/// The units of limits in which average times are told.
const LIMIT_UNITS: [&str; 4] = ["wd", "wh", "d", "h"];

/// The sums from which a unit's items are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Items {
    sums: [(u32, u32); Of::COUNT],
    /// By unit of limit: how many dossiers, and the days or microseconds they took.
    times: [(u32, i64); LIMIT_UNITS.len()],
}

/// The average time of the dossiers whose limits have one unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Average {
    /// `wd`, `wh`, `d` or `h`.
    pub limit_unit: &'static str,
    /// Of how many dossiers.
    pub dossiers: u32,
    /// In that unit.
    pub mean: f64,
}

/// An item of the index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// Its code, such as `2.1`.
    pub item: &'static str,
    /// Its name in Vietnamese.
    pub name: &'static str,
    /// Whether it can be computed from what is known here.
    pub computable: bool,
    /// How many of them; none where it is not computable or made otherwise.
    pub num: Option<u32>,
    /// Of how many.
    pub den: Option<u32>,
    /// The quotient; none when there is nothing to divide by.
    pub rate: Option<f64>,
    /// The points; none where it is not computable, has nothing to divide by, or the split is not
    /// known.
    pub points: Option<f64>,
    /// The most points.
    pub max_points: Option<u32>,
    /// What it is made of.
    pub formula: &'static str,
    /// The same in Vietnamese, for sheets.
    #[serde(skip)]
    pub formula_vi: &'static str,
    /// 2.2: the average time, by unit of limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average: Option<Vec<Average>>,
    /// 5.4: those not on time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue: Option<Rate>,
    /// 5.4: those with a score of 1 or 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dissatisfied: Option<Rate>,
    /// 4.5b: more may count, for not all sources are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower_bound: Option<bool>,
    /// 3.3: how many the portal has acknowledged, by which it multiplies the rate; not applied here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sync: Option<Rate>,
}

/// What is said of an item: code, name, most points, formula.
type About = (
    &'static str,
    &'static str,
    Option<u32>,
    &'static str,
    &'static str,
);

/// Every item, in the order of the decision.
pub const ITEMS: [About; 22] = [
    (
        "1.1",
        "TTHC công bố đúng hạn",
        Some(6),
        "announced in time / announced",
        "số công bố đúng hạn / số phải công bố",
    ),
    (
        "1.2",
        "TTHC cập nhật, công khai đúng hạn",
        Some(4),
        "published in time / announced",
        "số công khai đúng hạn / số đã công bố",
    ),
    (
        "1.3",
        "TTHC có đủ các bộ phận tạo thành",
        Some(2),
        "complete / published",
        "số có đủ bộ phận tạo thành / số đã công khai",
    ),
    (
        "1.4",
        "Hồ sơ đồng bộ lên Cổng DVCQG",
        Some(6),
        "6 × acknowledged / received in the period; acknowledgements are not known",
        "6 × số đã được Cổng xác nhận / số tiếp nhận trong kỳ; chưa biết số xác nhận",
    ),
    (
        "2.1",
        "Hồ sơ giải quyết trước hạn, đúng hạn",
        Some(20),
        "20 × on time / received in the period with a due time",
        "20 × số đúng hạn / số tiếp nhận trong kỳ có hạn trả",
    ),
    (
        "2.2",
        "Thời gian giải quyết trung bình",
        None,
        "mean time from receipt to result of those resolved in the period, in the unit of the limit",
        "thời gian trung bình từ tiếp nhận đến kết quả của hồ sơ xong trong kỳ, theo đơn vị của thời hạn",
    ),
    (
        "3.1",
        "TTHC cung cấp dịch vụ công trực tuyến",
        None,
        "full and partial services / procedures",
        "số dịch vụ toàn trình và một phần / số thủ tục",
    ),
    (
        "3.2",
        "DVCTT có phát sinh hồ sơ",
        None,
        "services with online dossiers / services",
        "số dịch vụ có hồ sơ trực tuyến / số dịch vụ",
    ),
    (
        "3.3",
        "Hồ sơ nộp trực tuyến",
        None,
        "online and resolved with an electronic result / received in the period; the ratio of synchronisation is not applied",
        "nộp trực tuyến và có kết quả điện tử / số tiếp nhận trong kỳ; không nhân tỷ lệ đồng bộ",
    ),
    (
        "3.5a",
        "TTHC có nghĩa vụ tài chính được cung cấp thanh toán trực tuyến",
        Some(2),
        "with online payment / with a fee",
        "số thủ tục cho thanh toán trực tuyến / số thủ tục có nghĩa vụ tài chính",
    ),
    (
        "3.5b",
        "TTHC có giao dịch thanh toán trực tuyến",
        Some(2),
        "with payments online / with a fee",
        "số thủ tục có giao dịch trực tuyến / số thủ tục có nghĩa vụ tài chính",
    ),
    (
        "3.6",
        "Hồ sơ thanh toán trực tuyến",
        Some(6),
        "6 × paid through the portal / received in the period with a fee",
        "6 × số thanh toán qua cổng / số tiếp nhận trong kỳ có phí, lệ phí",
    ),
    (
        "4.1",
        "Kết quả giải quyết điện tử",
        Some(6),
        "6 × with an electronic result / resolved in the period",
        "6 × số có kết quả điện tử / số giải quyết xong trong kỳ",
    ),
    (
        "4.2",
        "Số hóa hồ sơ",
        Some(4),
        "4 × with a result file and a component file / resolved in the period",
        "4 × số có tệp kết quả và tệp thành phần / số giải quyết xong trong kỳ",
    ),
    (
        "4.3",
        "Tái sử dụng dữ liệu số hóa",
        Some(2),
        "2 × min(1, with a reused paper / received in the period / 0.8)",
        "2 × min(1, số có giấy tờ tái sử dụng / số tiếp nhận trong kỳ / 0,8)",
    ),
    (
        "4.4",
        "Kết nối kho dữ liệu điện tử cá nhân",
        Some(4),
        "4 × with a paper from the personal store / received in the period",
        "4 × số có giấy tờ từ kho dữ liệu cá nhân / số tiếp nhận trong kỳ",
    ),
    (
        "4.5a",
        "TTHC khai thác dữ liệu dân cư",
        Some(2),
        "procedures that use it / procedures",
        "số thủ tục khai thác / số thủ tục",
    ),
    (
        "4.5b",
        "Hồ sơ khai thác dữ liệu dân cư",
        Some(2),
        "2 × with a paper from the personal store or a database / received in the period; VNeID is not known",
        "2 × số có giấy tờ từ kho cá nhân hoặc cơ sở dữ liệu / số tiếp nhận trong kỳ; chưa biết dữ liệu VNeID",
    ),
    (
        "5.1",
        "Phản ánh, kiến nghị theo phân loại",
        Some(0),
        "share of each class",
        "tỷ lệ của từng loại",
    ),
    (
        "5.2",
        "Phản ánh, kiến nghị xử lý đúng hạn",
        Some(6),
        "in time / all",
        "số đúng hạn / tổng số",
    ),
    (
        "5.3",
        "Hài lòng về xử lý phản ánh, kiến nghị",
        Some(6),
        "(all − dissatisfied, repeated, overdue) / all",
        "(tổng số − không hài lòng, trùng lặp, quá hạn) / tổng số",
    ),
    (
        "5.4",
        "Hài lòng về tiếp nhận, giải quyết TTHC",
        Some(6),
        "6 × min(1, (1 − overdue − dissatisfied) / 0.9), never below 0",
        "6 × min(1, (1 − tỷ lệ quá hạn − tỷ lệ không hài lòng) / 0,9), không dưới 0",
    ),
];

impl Items {
    /// What a dossier adds at the unit that decides it.
    pub(super) fn add(&mut self, seen: &Seen, period: &Period, catalogue: &Catalogue) {
        let dossier = &seen.dossier;
        let ours = dossier.kind == Kind::Procedure && dossier.mirrored.is_none();
        if !ours || dossier.received.is_none() || seen.ended_before(period) {
            return;
        }
        let has_result = !dossier.results.is_empty();
        if is_resolved(dossier) {
            self.of(Of::Res, true);
            self.of(Of::WithResult, has_result);
            let has_file = dossier.papers.iter().any(|paper| paper.file.is_some());
            self.of(Of::WithFiles, has_result && has_file);
            self.time(dossier, seen, catalogue);
        }
        if !seen.came(period) {
            return;
        }
        self.of(Of::New, true);
        if let Some(acknowledged) = seen.acknowledged {
            self.of(Of::Acknowledged, acknowledged.is_some());
        }
        if seen.is_counted(period) {
            self.of(Of::OnTime, is_on_time(seen, period));
        }
        let online = dossier.channel == Channel::Online;
        self.of(Of::Online, online && is_resolved(dossier) && has_result);
        if has_fee(seen, catalogue) {
            self.of(Of::PaidOnline, is_paid_online(seen));
        }
        let papers = &dossier.papers;
        self.of(Of::Reused, papers.iter().any(is_reused));
        let from = |wanted: fn(&Reuse) -> bool| {
            let mut reused = papers.iter().filter_map(|paper| paper.reuse.as_ref());
            reused.any(wanted)
        };
        let personal = from(|reuse| matches!(reuse, Reuse::PersonalStore { .. }));
        let database = from(|reuse| matches!(reuse, Reuse::Database { .. }));
        self.of(Of::PersonalStore, personal);
        self.of(Of::Databases, personal || database);
        let score = dossier.rating.as_ref().map(|rating| rating.score);
        self.of(
            Of::Dissatisfied,
            score.is_some_and(crate::dossier::Score::is_dissatisfied),
        );
    }

    fn of(&mut self, what: Of, holds: bool) {
        let (num, den) = &mut self.sums[what as usize];
        *num += u32::from(holds);
        *den += 1;
    }

    /// The time that a dossier took, in the unit of its limit.
    ///
    /// A time that lies outside the calendar is left out.
    fn time(&mut self, dossier: &Dossier, seen: &Seen, catalogue: &Catalogue) {
        let limit = dossier.clock.as_ref().and_then(|clock| clock.limit);
        let (Some(limit), Some(received), Some(ended)) = (limit, dossier.received, dossier.ended)
        else {
            return;
        };
        let calendar = catalogue.calendars.for_unit(seen.unit.as_str());
        let (first, last) = (time::local_day(received), time::local_day(ended));
        let (at, took) = match limit {
            Limit::WorkingDays(_) | Limit::SameDay => {
                let days = calendar.working_days_after_until(first, last);
                (0, days.ok().map(i64::from))
            }
            Limit::WorkingHours(_) => {
                let open = calendar.open_time_between(received, ended);
                (1, open.ok().and_then(|open| open.num_microseconds()))
            }
            Limit::CalendarDays(_) | Limit::CalendarMonths(_) => {
                (2, Some((last - first).num_days()))
            }
            Limit::ElapsedHours(_) => (3, (ended - received).num_microseconds()),
        };
        if let Some(took) = took {
            self.times[at].0 += 1;
            self.times[at].1 += took;
        }
    }

    /// Adds another unit's sums.
    pub fn merge(&mut self, other: &Self) {
        for (own, more) in self.sums.iter_mut().zip(&other.sums) {
            own.0 += more.0;
            own.1 += more.1;
        }
        for (own, more) in self.times.iter_mut().zip(&other.times) {
            own.0 += more.0;
            own.1 += more.1;
        }
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn sum(&self, what: Of) -> (u32, u32) {
        self.sums[what as usize]
    }

    /// The numbers of items that count dossiers, by the code of the item; those of 5.4 are two.
    pub const NUMBERS: [&'static str; 11] = [
        "2.1",
        "2.2",
        "3.3",
        "3.6",
        "4.1",
        "4.2",
        "4.3",
        "4.4",
        "4.5b",
        "5.4.overdue",
        "5.4.dissatisfied",
    ];

    /// How many of how many, by one of [`Items::NUMBERS`].
    #[must_use]
    pub fn number(&self, code: &str) -> (u32, u32) {
        match code {
            "2.1" => self.sum(Of::OnTime),
            "2.2" => {
                let dossiers = self.times.iter().map(|(dossiers, _)| dossiers).sum();
                (dossiers, dossiers)
            }
            "3.3" => self.sum(Of::Online),
            "3.6" => self.sum(Of::PaidOnline),
            "4.1" => self.sum(Of::WithResult),
            "4.2" => self.sum(Of::WithFiles),
            "4.3" => self.sum(Of::Reused),
            "4.4" => self.sum(Of::PersonalStore),
            "4.5b" => self.sum(Of::Databases),
            "5.4.overdue" => {
                let (on_time, all) = self.sum(Of::OnTime);
                (all - on_time, all)
            }
            "5.4.dissatisfied" => self.sum(Of::Dissatisfied),
            _ => (0, 0),
        }
    }

    /// All items, in the order of the decision.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        ITEMS.iter().map(|about| self.item(about)).collect()
    }

    fn item(&self, about: &About) -> Item {
        let (item, name, max_points, formula, formula_vi) = *about;
        let unknown = Item {
            item,
            name,
            computable: false,
            num: None,
            den: None,
            rate: None,
            points: None,
            max_points,
            formula,
            formula_vi,
            average: None,
            overdue: None,
            dissatisfied: None,
            lower_bound: None,
            sync: None,
        };
        let computed = |what: Of, points: Option<fn(f64) -> f64>| {
            let (num, den) = self.sum(what);
            let rate = Rate::new(num, den).rate;
            Item {
                computable: true,
                num: Some(num),
                den: Some(den),
                rate,
                points: points.and_then(|points| rate.map(points)),
                ..unknown.clone()
            }
        };
        match item {
            "1.4" if self.sum(Of::Acknowledged).1 > 0 => Item {
                formula: "6 × acknowledged / received in the period that are told to the portal",
                formula_vi: "6 × số đã được Cổng xác nhận / số tiếp nhận trong kỳ phải gửi lên Cổng",
                ..computed(Of::Acknowledged, Some(|rate| 6.0 * rate))
            },
            "1.4" => Item {
                den: Some(self.sum(Of::New).1),
                ..unknown
            },
            "2.1" => computed(Of::OnTime, Some(|rate| 20.0 * rate)),
            "2.2" => Item {
                computable: true,
                average: Some(self.averages()),
                ..unknown
            },
            "3.3" => {
                let (num, den) = self.sum(Of::Acknowledged);
                Item {
                    sync: (den > 0).then(|| Rate::new(num, den)),
                    ..computed(Of::Online, None)
                }
            }
            "3.6" => computed(Of::PaidOnline, Some(|rate| 6.0 * rate)),
            "4.1" => computed(Of::WithResult, Some(|rate| 6.0 * rate)),
            "4.2" => computed(Of::WithFiles, Some(|rate| 4.0 * rate)),
            "4.3" => computed(Of::Reused, Some(|rate| 2.0 * f64::min(1.0, rate / 0.8))),
            "4.4" => computed(Of::PersonalStore, Some(|rate| 4.0 * rate)),
            "4.5b" => Item {
                lower_bound: Some(true),
                ..computed(Of::Databases, Some(|rate| 2.0 * rate))
            },
            "5.4" => self.satisfaction(unknown),
            _ => unknown,
        }
    }

    /// 5.4. Nothing received has no points, unlike elsewhere.
    fn satisfaction(&self, unknown: Item) -> Item {
        let (on_time, with_due) = self.sum(Of::OnTime);
        let (dissatisfied, new) = self.sum(Of::Dissatisfied);
        let overdue = Rate::new(with_due - on_time, with_due);
        let dissatisfied = Rate::new(dissatisfied, new);
        let points = if new == 0 {
            0.0
        } else {
            let left = 1.0 - overdue.rate.unwrap_or(0.0) - dissatisfied.rate.unwrap_or(0.0);
            6.0 * (left / 0.9).clamp(0.0, 1.0)
        };
        Item {
            computable: true,
            points: Some(points),
            overdue: Some(overdue),
            dissatisfied: Some(dissatisfied),
            ..unknown
        }
    }

    fn averages(&self) -> Vec<Average> {
        let each = LIMIT_UNITS.into_iter().zip(self.times);
        each.filter(|(_, (dossiers, _))| *dossiers > 0)
            .map(|(limit_unit, (dossiers, sum))| {
                #[expect(clippy::cast_precision_loss, reason = "a mean to look at")]
                let sum = sum as f64;
                let whole = match limit_unit {
                    "wh" | "h" => sum / 3_600_000_000.0,
                    _ => sum,
                };
                Average {
                    limit_unit,
                    dossiers,
                    mean: whole / f64::from(dossiers),
                }
            })
            .collect()
    }
}

/// Whether a dossier is on time by the index: by instants once it ended, by the request where it
/// waits for papers, by the form while it is open; and never with a second request for papers.
fn is_on_time(seen: &Seen, period: &Period) -> bool {
    let dossier = &seen.dossier;
    if dossier.supplements > 1 {
        return false;
    }
    let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
    match (dossier.ended, due) {
        (Some(ended), Some(due)) => ended <= due,
        (None, Some(due)) if dossier.status() == Status::SupplementRequested => {
            seen.did.papers_asked.is_some_and(|asked| asked <= due)
        }
        _ => !is_late(dossier, period.judged_at()),
    }
}
