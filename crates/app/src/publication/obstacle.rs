//! Why a text cannot be published.

/// Why a text cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// The proposer of a text cannot approve it.
    #[error("document {number} was proposed by the same person; somebody else approves it")]
    SamePerson {
        /// The text.
        number: u64,
    },
    /// It was published or rejected before.
    #[error("document {number} was {decided} before")]
    Decided {
        /// The text.
        number: u64,
        /// `published` or `rejected`.
        decided: &'static str,
    },
    /// The texts in force have changed since the proposal.
    #[error("document {number} no longer fits what is in force: {cause}; propose it anew")]
    Outdated {
        /// The text.
        number: u64,
        /// What has changed.
        cause: String,
    },
}

impl Obstacle {
    /// The stable reason: part of the contract.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Obstacle::SamePerson { .. } => "SAME_PERSON",
            Obstacle::Decided { .. } => "DOCUMENT_DECIDED",
            Obstacle::Outdated { .. } => "DOCUMENT_OUTDATED",
        }
    }

    /// Every variable of the message, by name.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, String)> {
        match self {
            Obstacle::SamePerson { number } => vec![("document", number.to_string())],
            Obstacle::Decided { number, decided } => vec![
                ("document", number.to_string()),
                ("decided", (*decided).to_owned()),
            ],
            Obstacle::Outdated { number, cause } => {
                vec![("document", number.to_string()), ("cause", cause.clone())]
            }
        }
    }
}
