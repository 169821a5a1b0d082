//! How a made-up dossier will fare.

use std::collections::HashMap;

use domain::id::DossierId;
use domain::procedure::Procedure;
use domain::time::Instant;

use crate::chance::Chance;

/// How a dossier will fare, drawn when it begins.
#[derive(Debug, Clone, Copy)]
pub struct Fate {
    /// The share of the allowed time that the offices take. Above 1 the dossier ends late.
    pub pace: f64,
    /// What is unusual about it.
    pub course: Course,
}

/// What is unusual about a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Nothing.
    Plain,
    /// It stays at the step where it is after half of its time.
    Stuck,
    /// Another agency does not finish its leg.
    LegLate,
    /// The office tells the citizen in time that it takes longer.
    Apologised,
}

impl Fate {
    /// Draws a fate. The share of late dossiers depends on the matter and on how slow the unit is.
    pub fn draw(chance: &mut Chance, procedure: &Procedure, slowness: f64) -> Self {
        let late = (late_share(procedure) * slowness).min(0.8);
        let pace = if chance.happens(late) {
            chance.between(1.06, 1.45)
        } else if procedure.on_the_spot {
            chance.between(0.1, 0.6)
        } else {
            chance.between(0.45, 0.95)
        };
        Self {
            pace,
            course: Course::Plain,
        }
    }

    /// One that goes its own way.
    pub fn of(course: Course) -> Self {
        let pace = match course {
            Course::Plain => 0.8,
            Course::Stuck | Course::LegLate | Course::Apologised => 1.3,
        };
        Self { pace, course }
    }

    /// Whether it ends in time.
    pub fn is_in_time(self) -> bool {
        self.pace <= 1.0
    }
}

/// Civil status is mostly on time, land mostly late, the rest between.
fn late_share(procedure: &Procedure) -> f64 {
    match procedure.field.as_str() {
        "Đất đai" => 0.62,
        "Xây dựng" => 0.12,
        "Phản ánh, kiến nghị" => 0.12,
        "Bảo trợ xã hội" => 0.08,
        "Cư trú" => 0.05,
        "Đăng ký kinh doanh" => 0.04,
        _ => 0.008,
    }
}

/// The overdue dossiers of the shown ward, with the end of each overdue time.
///
/// A leader who sees seven overdue dossiers on the list every morning does not let an eighth join
/// them.
#[derive(Debug, Default)]
pub struct Overdue(HashMap<DossierId, (Instant, Option<Instant>)>);

/// The largest number of dossiers of the ward that are overdue at the same time.
const MOST: usize = 7;

impl Overdue {
    /// Whether one more dossier may be overdue from its due time until then, or for good. Notes it
    /// if so.
    pub fn may(&mut self, dossier: DossierId, due: Instant, until: Option<Instant>) -> bool {
        if let Some(known) = self.0.get_mut(&dossier)
            && known.0 == due
        {
            known.1 = until;
            return true;
        }
        let beside = self
            .0
            .iter()
            .filter(|(id, (from, to))| {
                **id != dossier
                    && until.is_none_or(|until| *from < until)
                    && to.is_none_or(|to| to > due)
            })
            .count();
        if beside >= MOST {
            return false;
        }
        self.0.insert(dossier, (due, until));
        true
    }
}
