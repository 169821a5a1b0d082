//! How good the flags of a month were, in numbers and in words.

use domain::time::Instant;
use forecast::level::Precision;
use forecast::record::{Drift, FlagRecord as MonthRecord};

use super::month::Month;

/// The quality of a month's flags.
#[derive(Debug, Clone)]
pub struct FlagRecord {
    /// The month.
    pub month: Month,
    /// When it was reckoned.
    pub as_of: Instant,
    /// The moment of the province's first model; forecasts are judged from then on. None before it.
    pub judged_from: Option<Instant>,
    /// The flags, and what happened to their dossiers.
    pub record: MonthRecord,
    /// The chances of the last 60 working days against the outcomes; none below thirty dossiers.
    pub drift: Option<Drift>,
}

impl FlagRecord {
    /// The promise of the flags and the outcome, in Vietnamese and English.
    #[must_use]
    pub fn words(&self) -> [String; 2] {
        let MonthRecord {
            flagged,
            flagged_late,
            missed,
            acted,
            saved,
            median_lead_share,
            ..
        } = self.record;
        if self.judged_from.is_none() {
            return [
                "Chưa có mô hình dự báo nên chưa đánh giá cảnh báo.".to_owned(),
                "There is no forecast model yet, so no flag is judged.".to_owned(),
            ];
        }
        if flagged == 0 && missed == 0 {
            return [
                "Không có cảnh báo nào và không hồ sơ nào trễ hạn.".to_owned(),
                "No flags were raised and no dossier was late.".to_owned(),
            ];
        }
        let promised = (Precision::default().at_risk * 10.0).round();
        let [early_vi, early_en] = median_lead_share.map_or_else(Default::default, |share| {
            let percent = (share * 100.0).round();
            [
                format!(" Một nửa số lần đúng báo khi còn từ {percent:.0}% thời hạn trở lên."),
                format!(" Half of the right ones came with {percent:.0}% of the time allowed left, or more."),
            ]
        });
        [
            format!(
                "{flagged} lần cảnh báo, {flagged_late} lần đúng; hứa {promised:.0} trong 10.{early_vi} \
                 {acted} hồ sơ được xử lý trong một ngày làm việc sau cảnh báo, trong đó {saved} \
                 hồ sơ kịp hạn. {missed} hồ sơ trễ hạn mà không được cảnh báo."
            ),
            format!(
                "{flagged} flags, {flagged_late} of them right; promised {promised:.0} in 10.{early_en} \
                 {acted} dossiers were acted on within a working day, and {saved} of these ended \
                 in time. {missed} dossiers were late without a flag."
            ),
        ]
    }
}
