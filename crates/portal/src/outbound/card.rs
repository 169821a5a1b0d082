//! Values with names of our own, before a map gives them the names and forms of a remote.

use std::collections::BTreeMap;

use domain::time::Instant;

/// A value, not yet in the form of a remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// Text as it is.
    Text(String),
    /// One of a closed set of words, which each remote has its own code for.
    Word(&'static str),
    /// A moment.
    Time(Instant),
    /// A number.
    Number(u64),
    /// Yes or no.
    Flag(bool),
    /// A list.
    Rows(Vec<Card>),
}

/// Values by name. What is not known is not there; nothing stands in for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card(BTreeMap<&'static str, Leaf>);

impl Card {
    /// Every name that a dossier's card may have.
    pub const OF_DOSSIER: &'static [&'static str] = &[
        "answer_due",
        "applicant.address",
        "applicant.name",
        "applicant.phone",
        "channel",
        "code",
        "databases",
        "digitised",
        "due",
        "ended",
        "field",
        "identities",
        "paid_online",
        "papers",
        "payments",
        "place",
        "procedure",
        "procedure_name",
        "received",
        "receiving_unit",
        "refused",
        "resolving_unit",
        "results",
        "returned",
        "status",
        "submitted",
        "supplements",
    ];

    /// Every name that a milestone's card may have.
    pub const OF_MILESTONE: &'static [&'static str] = &[
        "actor", "at", "begun", "code", "due", "key", "status", "title", "unit", "words",
    ];

    /// Every name that the card of an item of a list may have.
    pub fn of_list(list: &str) -> &'static [&'static str] {
        match list {
            "identities" => &["kind", "number"],
            "papers" => &[
                "component",
                "digitised",
                "reused",
                "from_store",
                "replaced_by",
                "sha256",
            ],
            "payments" => &["amount", "method", "reference"],
            "databases" => &["database"],
            "results" => &["code", "number", "sha256"],
            "supplements" => &[
                "key",
                "asked_by",
                "words",
                "asked",
                "taken_by",
                "taken",
                "state",
                "due_before",
                "due_after",
            ],
            _ => &[],
        }
    }

    /// Puts a value under a name.
    #[must_use]
    pub fn with(mut self, name: &'static str, leaf: Leaf) -> Self {
        self.0.insert(name, leaf);
        self
    }

    /// Puts a value under a name, if it is known.
    #[must_use]
    pub fn maybe(self, name: &'static str, leaf: Option<Leaf>) -> Self {
        match leaf {
            Some(leaf) => self.with(name, leaf),
            None => self,
        }
    }

    /// Puts text under a name, unless it is empty.
    #[must_use]
    pub fn text(self, name: &'static str, text: &str) -> Self {
        self.maybe(
            name,
            (!text.is_empty()).then(|| Leaf::Text(text.to_owned())),
        )
    }

    /// Puts a moment under a name, if it is known.
    #[must_use]
    pub fn time(self, name: &'static str, at: Option<Instant>) -> Self {
        self.maybe(name, at.map(Leaf::Time))
    }

    /// The value under a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Leaf> {
        self.0.get(name)
    }
}
