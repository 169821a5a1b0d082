//! What a calendar would do to open dossiers, for a page.

use app::publication::calendar::{DueChange, Effects};
use domain::catalogue::Catalogue;
use domain::dossier::change::recalculation::Unmoved;
use domain::time::{self, Instant};

use crate::say::Format;
use crate::words::{Markup, Words};

/// How many dossiers a page lists.
pub(super) const LISTED: i32 = 50;

/// The sums over all dossiers, and the first of them.
pub(super) struct Changes {
    pub(super) seen: Markup,
    pub(super) sums: Vec<(String, Markup)>,
    pub(super) rows: Vec<ChangeRow>,
    pub(super) more: Option<Markup>,
}

/// One dossier.
pub(super) struct ChangeRow {
    pub(super) code: String,
    pub(super) unit: String,
    pub(super) procedure: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) why: Markup,
}

impl Changes {
    pub(super) fn of(
        effects: &Effects,
        listed: &[DueChange],
        catalogue: &Catalogue,
        words: &Words,
        say: Format,
    ) -> Self {
        let sums = effects.sums();
        let counted = [
            (sums.later, "changes.later"),
            (sums.promised, "changes.promised"),
            (sums.overdue, "changes.overdue"),
            (sums.beyond, "changes.beyond"),
            (sums.parts, "changes.parts"),
        ];
        let counted = counted.iter().filter(|(number, _)| *number > 0);
        let all = effects.changes.len() as u64;
        let beyond = all.saturating_sub(listed.len() as u64);
        let fill = |key: &str, number: u64| {
            words.fill(key, &[("count", say.count(number).as_str().into())])
        };
        Self {
            seen: fill("changes.seen", effects.seen),
            sums: counted
                .map(|(number, key)| (say.count(*number), words.t(key)))
                .collect(),
            rows: listed
                .iter()
                .map(|change| row(change, catalogue, words, say))
                .collect(),
            more: (beyond > 0).then(|| fill("changes.more", beyond)),
        }
    }
}

fn row(change: &DueChange, catalogue: &Catalogue, words: &Words, say: Format) -> ChangeRow {
    let dossier = &change.dossier;
    let done = change.recalculation.as_ref();
    let unit = catalogue.units.get(&dossier.resolving);
    let version = catalogue.procedures.versions(&dossier.procedure).last();
    let told = |at: Option<Instant>| match at {
        None => "–".to_owned(),
        Some(at) => {
            format!("{} {}", say.clock(at), say.date(time::local_day(at)))
        }
    };
    let before = dossier.due();
    ChangeRow {
        code: dossier.label(),
        unit: unit.map_or_else(|| dossier.resolving.to_string(), |unit| unit.name.clone()),
        procedure: version.map_or_else(|| dossier.procedure.to_string(), |it| it.name.clone()),
        before: told(before),
        after: told(done.map_or(before, |done| done.after)),
        why: match done.map(|done| done.kept) {
            None => words.t("changes.why_beyond"),
            Some(Some(Unmoved::Promised)) => words.t("changes.why_promised"),
            Some(Some(Unmoved::Overdue)) => words.t("changes.why_overdue"),
            Some(None) => words.t("changes.why_moves"),
        },
    }
}
