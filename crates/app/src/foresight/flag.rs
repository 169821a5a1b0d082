//! The flag log: each crossing of a level, written when it happens and never changed.
//!
//! A flag is no event of the dossier: a forecast moves neither version nor etag.

use domain::dossier::Dossier;
use domain::id::{DossierId, ProvinceCode, UnitCode};
use domain::time::{self, Instant};
use serde::{Deserialize, Serialize};

use super::Level;

/// A reason behind a forecast, ready for display. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagReason {
    /// For programs: `COMPARABLE`.
    pub code: String,
    /// The values in the words, by name.
    pub parameters: Vec<(String, String)>,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl FlagReason {
    /// The advice to act before a moment, for a dossier that will be late.
    pub(crate) fn apologise_by(by: Instant) -> Self {
        let by = time::local(by);
        Self {
            code: "APOLOGISE_BY".to_owned(),
            parameters: vec![("by".to_owned(), by.to_rfc3339())],
            vi: format!(
                "Cần gửi văn bản xin lỗi và hẹn lại trước {}.",
                by.format("%H:%M ngày %d/%m/%Y")
            ),
            en: format!(
                "Apologise and promise another date before {}.",
                by.format("%H:%M on %-d %b %Y")
            ),
        }
    }

    /// Why a flag is cleared although no forecast says so.
    pub(crate) fn nothing_to_foresee(dossier: &Dossier) -> Self {
        let ended = dossier.ended.is_some();
        let (code, vi, en) = if ended {
            (
                "ENDED",
                "Hồ sơ đã giải quyết xong.",
                "The dossier has ended.",
            )
        } else {
            (
                "NOT_FORESEEN",
                "Hồ sơ không còn hạn phải theo dõi.",
                "The dossier has no due time to meet any more.",
            )
        };
        Self {
            code: code.to_owned(),
            parameters: Vec::new(),
            vi: vi.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// A dossier crossed from one level to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// The province.
    pub province: ProvinceCode,
    /// The dossier.
    pub dossier: DossierId,
    /// Counts the dossier's crossings, from 1.
    pub ordinal: u32,
    /// The unit that decided the dossier at that moment. The flag stands in its log.
    pub unit: UnitCode,
    /// When it was seen.
    pub at: Instant,
    /// The level before.
    pub before: Level,
    /// The level since.
    pub level: Level,
    /// The chance of ending late, from 0 to 1, to the millionth.
    pub late: f64,
    /// Why.
    pub reasons: Vec<FlagReason>,
    /// The number of the model; none if only planned allowances gave the chance.
    pub model: Option<u64>,
}

impl Flag {
    /// Whether it moved towards late; otherwise it cleared a level.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.level > self.before
    }
}

/// The chance of a dossier after half of its time, written once. The forecast is judged by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Foretold {
    /// The province.
    pub province: ProvinceCode,
    /// The dossier.
    pub dossier: DossierId,
    /// When it was said.
    pub at: Instant,
    /// The chance of ending late, from 0 to 1, to the millionth.
    pub late: f64,
    /// The number of the model; none if only planned allowances gave the chance.
    pub model: Option<u64>,
}

/// A fitted model, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptModel {
    /// The province.
    pub province: ProvinceCode,
    /// Counts the province's models, from 1.
    pub number: u64,
    /// The kind of dossiers. Petitions have a model of their own.
    pub matter: domain::procedure::Kind,
    /// The earliest start of a dossier that it was fitted on.
    pub begins: Instant,
    /// The first moment that the fit did not look at.
    pub until: Instant,
    /// When it was fitted.
    pub made: Instant,
    /// Its size and quality, as JSON.
    pub figures: String,
    /// SHA-256 of the bytes, in hexadecimal.
    pub hash: String,
    /// The model; none once later ones have replaced it.
    pub bytes: Option<Vec<u8>>,
}
