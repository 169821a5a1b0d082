//! The events of a dossier with their actors, newest first.

use app::view::{HistoryEntry, View};
use domain::language::Language;
use domain::role::Role;

use super::detail::Details;
use crate::say::{Format, capital};
use crate::words::{Markup, Words};

/// One event of the story.
pub struct Entry {
    /// The CSS class of its mark.
    pub class: &'static str,
    /// What happened.
    pub what: Markup,
    /// When it happened.
    pub when: String,
    /// Who did it.
    pub who: String,
    /// How much, what, from whom to whom, until when.
    pub details: Vec<Markup>,
    /// The written texts, as far as the caller may read them.
    pub texts: String,
}

/// All events of the story.
pub fn entries(history: &[HistoryEntry], details: &Details<'_>) -> Vec<Entry> {
    let Details {
        view,
        directory,
        words,
        say,
        ..
    } = *details;
    let newest_first = history.iter().rev();
    let entries = newest_first.map(|entry| {
        let record = &entry.record;
        let kind = record.event.kind();
        let named = entry.named.iter().filter(|(field, _)| field == "receiver");
        let named = named.map(|(_, name)| Markup::of(name));
        let texts = entry.texts.iter().map(|(_, text)| capital(text));
        Entry {
            class: match kind {
                "supplement_requested" | "payment_requested" | "stopped" => "stop",
                _ => "done",
            },
            what: what(entry, view, words, say),
            when: say.full_moment(record.event_time),
            // A program has no name, and its id says nothing to people.
            who: match record.role {
                Role::Portal => words.t("role.portal").plain(),
                _ => directory.name(&record.actor),
            },
            details: details.of(&record.event).into_iter().chain(named).collect(),
            texts: texts.collect::<Vec<_>>().join(". "),
        }
    });
    entries.collect()
}

/// The citizen's words for an event, or the office's words if citizens are told nothing of it.
pub fn what(entry: &HistoryEntry, view: &View, words: &Words, say: Format) -> Markup {
    if let Some(told) = entry.record.event.told(&view.procedure) {
        return Markup::of(match say.0 {
            Language::Vietnamese => &told.vi,
            Language::English => &told.en,
        });
    }
    match entry.record.event.kind() {
        "assigned" => words.t("event.assigned"),
        "handed_over" => words.t("event.handed_over"),
        "consultation_opened" => words.t("event.consultation_opened"),
        "consultation_closed" => words.t("event.consultation_closed"),
        "consented_by_silence" => words.t("event.consented_by_silence"),
        "recalculated" => words.t("event.recalculated"),
        _ => words.t("event.other"),
    }
}
