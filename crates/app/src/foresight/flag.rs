//! The flag log: each crossing of a level, written when it came and never changed.
//!
//! It stands beside the events of a dossier and is none of them: neither version nor etag moves
//! because a forecast did.

use domain::dossier::Dossier;
use domain::id::{DossierId, ProvinceCode, UnitCode};
use domain::time::{self, Instant};
use serde::{Deserialize, Serialize};

use super::Level;

/// A reason behind a forecast, ready to be shown. Names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagReason {
    /// For programs: `COMPARABLE`.
    pub code: String,
    /// What the words are made with, by name.
    pub parameters: Vec<(String, String)>,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl FlagReason {
    /// What to do before a moment where a dossier will be late.
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

    /// Why a flag is taken back although no forecast says so.
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
    /// The unit that decided the dossier then, in whose flag log it stands.
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
    /// The model that said so; none when only planned allowances did.
    pub model: Option<u64>,
}

impl Flag {
    /// Whether it went towards late; else it was cleared.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.level > self.before
    }
}

/// What was said of a dossier when half of its time had passed, written down once: by it the
/// forecast is judged.
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
    /// The model that said so; none when only planned allowances did.
    pub model: Option<u64>,
}

/// A fitted model as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptModel {
    /// The province.
    pub province: ProvinceCode,
    /// Counts the province's models, from 1.
    pub number: u64,
    /// Which dossiers it is for: petitions have a model of their own.
    pub matter: domain::procedure::Kind,
    /// The earliest start of a dossier that it was fitted on.
    pub begins: Instant,
    /// Nothing from then on was looked at.
    pub until: Instant,
    /// When it was fitted.
    pub made: Instant,
    /// How large and how good it is, as JSON.
    pub figures: String,
    /// SHA-256 of the bytes, in hexadecimal.
    pub hash: String,
    /// The model; none once later ones have replaced it.
    pub bytes: Option<Vec<u8>>,
}
