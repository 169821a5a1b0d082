//! Texts of the catalogue that one person of an office proposes and a second one approves.
//!
//! A calendar or a procedure is a text in the form of the shipped files. A proposal has been read
//! whole, together with everything in force; one fault refuses it. [`calendar`] and [`procedure`]
//! show beforehand what a text would do; a job changes the running dossiers afterwards
//! ([`carrying`]). Source: docs/decisions/007.

pub mod calendar;
pub mod carrying;
pub mod new_days;
pub(crate) mod obstacle;
pub mod procedure;
pub mod units;

use domain::catalogue::{Catalogue, Fault, SourceFile};
use domain::id::ProvinceCode;

use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::{Error, FieldError};
use crate::page::{Page, PageQuery, cut};
use crate::ports::{Document, DocumentState, Proposal, Published, Verdict};

pub use obstacle::Obstacle;

/// What is proposed.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its place in the catalogue: `calendar/national.csv`.
    pub path: String,
    /// The whole new text for the path.
    pub text: String,
    /// Why, and by which decision.
    pub reason: String,
}

/// The path of announced outages.
pub(crate) const OUTAGES: &str = "calendar/outages.csv";

/// What a text governs, by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The days and hours that offices work, and announced outages.
    Calendar,
    /// A procedure with all its versions.
    Procedure,
}

impl Subject {
    /// None for a path at which nothing can be published.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
        match path.split_once('/')? {
            ("calendar", "national.csv" | "hours.csv" | "outages.csv") => Some(Self::Calendar),
            ("procedures", name) => {
                let stem = name.strip_suffix(".toml")?;
                let fits = !stem.is_empty() && stem.len() <= 80 && stem.chars().all(plain);
                fits.then_some(Self::Procedure)
            }
            _ => None,
        }
    }
}

impl Engine {
    /// Proposes a text for the caller's province.
    ///
    /// The same person cannot propose the same text twice in a row.
    ///
    /// Errors: every fault of the text with its line, as wrong fields.
    pub async fn propose_document(&self, caller: &Caller, draft: Draft) -> Result<Document, Error> {
        access::check_role(caller, Method::ProposeDocument)?;
        self.refresh_catalogue().await?;
        let base = self.catalogue(&caller.province);
        let new = checked(&base, &draft.path, &draft.text).map_err(Error::Invalid)?;
        self.refuse_unrecovered(&new)?;
        let hash = domain::digest::hex(&domain::digest::sha256(draft.text.as_bytes()));
        let mut documents = self.documents_of(&caller.province).await?;
        documents.retain(|document| document.proposal.path == draft.path);
        let last = documents
            .into_iter()
            .rfind(|document| match document.state {
                DocumentState::Proposed | DocumentState::Published { .. } => true,
                DocumentState::Rejected { .. } => false,
            });
        let same = |last: &Document| last.proposal.author == caller.actor && last.hash == hash;
        if let Some(same) = last.filter(same) {
            return Ok(same);
        }
        let proposal = Proposal {
            province: caller.province.clone(),
            path: draft.path,
            text: draft.text,
            reason: draft.reason,
            author: caller.actor.clone(),
            at: domain::time::to_micros(self.now()),
        };
        Ok(self.context.store.propose(&proposal).await?)
    }

    /// Refuses an outage whose recovery lies ahead: nobody knows yet which dossiers it will hit.
    fn refuse_unrecovered(&self, new: &Catalogue) -> Result<(), Error> {
        let now = self.now();
        let ahead = new.calendars.all_outages().find(|it| it.until > now);
        match ahead {
            None => Ok(()),
            Some(outage) => Err(Error::Invalid(vec![FieldError::new(
                "text",
                format!(
                    "the outage of {} ends at {}; expected a recovery that has happened",
                    outage.document,
                    domain::time::rfc3339(outage.until)
                ),
            )])),
        }
    }

    /// Approves a text that another person proposed: it is in force from now on.
    ///
    /// A repeat by the same person gets the same answer.
    pub async fn approve_document(&self, caller: &Caller, number: u64) -> Result<Document, Error> {
        access::check_role(caller, Method::ApproveDocument)?;
        self.refresh_catalogue().await?;
        let document = self.document_of(&caller.province, number).await?;
        match &document.state {
            DocumentState::Proposed => {}
            DocumentState::Published { by, .. } if *by == caller.actor => return Ok(document),
            DocumentState::Published { .. } | DocumentState::Rejected { .. } => {
                return Err(decided(&document));
            }
        }
        if document.proposal.author == caller.actor {
            return Err(Error::Publication(Obstacle::SamePerson { number }));
        }
        let catalogue = self.still_fits(&document).await?;
        self.note_versions(&document, &catalogue).await?;
        self.decide_document(caller, number, true).await?;
        self.refresh_catalogue().await?;
        let document = self.document_of(&caller.province, number).await?;
        self.begin_recalculation(&document, caller.role_for(Method::ApproveDocument))
            .await?;
        Ok(document)
    }

    /// Rejects a proposed text; its proposer may do so too.
    ///
    /// A repeat by the same person gets the same answer.
    pub async fn reject_document(&self, caller: &Caller, number: u64) -> Result<Document, Error> {
        access::check_role(caller, Method::RejectDocument)?;
        let document = self.document_of(&caller.province, number).await?;
        match &document.state {
            DocumentState::Proposed => {}
            DocumentState::Rejected { by, .. } if *by == caller.actor => return Ok(document),
            DocumentState::Published { .. } | DocumentState::Rejected { .. } => {
                return Err(decided(&document));
            }
        }
        self.decide_document(caller, number, false).await?;
        self.document_of(&caller.province, number).await
    }

    /// A text of the caller's province.
    pub async fn document(&self, caller: &Caller, number: u64) -> Result<Document, Error> {
        access::check_role(caller, Method::GetDocument)?;
        self.document_of(&caller.province, number).await
    }

    /// A page of the texts of the caller's province, newest first.
    pub async fn documents(
        &self,
        caller: &Caller,
        page: &PageQuery,
    ) -> Result<Page<Document>, Error> {
        access::check_role(caller, Method::ListDocuments)?;
        let limit = page.limit()?;
        let question = format!("documents {}", caller.province);
        let before = match page.after(&question)? {
            Some(place) => place.parse().unwrap_or(0),
            None => u64::MAX,
        };
        let mut documents = self.documents_of(&caller.province).await?;
        documents.reverse();
        documents.retain(|document| document.number < before);
        documents.truncate(limit as usize + 1);
        Ok(cut(documents, limit, &question, |document| {
            document.number.to_string()
        }))
    }

    async fn documents_of(&self, province: &ProvinceCode) -> Result<Vec<Document>, Error> {
        let read = self.context.store.read().await?;
        Ok(read.documents(province).await?)
    }

    pub(crate) async fn document_of(
        &self,
        province: &ProvinceCode,
        number: u64,
    ) -> Result<Document, Error> {
        let documents = self.documents_of(province).await?;
        let found = documents.into_iter().find(|one| one.number == number);
        found.ok_or_else(|| Error::NotFound {
            what: "document",
            name: format!("documents/{number}"),
        })
    }

    /// The catalogue with a proposed text, if nothing published since prevents it.
    pub(crate) async fn still_fits(&self, document: &Document) -> Result<Catalogue, Error> {
        let proposal = &document.proposal;
        let outdated = |cause: String| {
            Error::Publication(Obstacle::Outdated {
                number: document.number,
                cause,
            })
        };
        for other in self.documents_of(&proposal.province).await? {
            let since = match other.state {
                DocumentState::Published { at, .. } => at,
                DocumentState::Proposed | DocumentState::Rejected { .. } => continue,
            };
            if other.proposal.path == proposal.path
                && other.number != document.number
                && since >= proposal.at
            {
                return Err(outdated(format!(
                    "document {} was published at {} since",
                    other.number, proposal.path
                )));
            }
        }
        let base = self.catalogue(&proposal.province);
        checked(&base, &proposal.path, &proposal.text).map_err(|wrong| {
            let first = wrong.into_iter().next();
            outdated(first.map_or_else(String::new, |wrong| wrong.problem))
        })
    }

    /// Notes the new versions. Their content may never change from then on.
    async fn note_versions(&self, document: &Document, new: &Catalogue) -> Result<(), Error> {
        let province = &document.proposal.province;
        let base = self.catalogue(province);
        let versions: Vec<Published> = (new.procedures.iter())
            .filter(|one| base.procedures.get(&one.code, one.version).is_none())
            .map(|one| Published {
                kind: "procedure".into(),
                // Another province may publish another text under the same number.
                code: format!("{province}/{}", one.code),
                version: one.version.into(),
                hash: one.hash_hex(),
            })
            .collect();
        if versions.is_empty() {
            return Ok(());
        }
        let changed = self.context.store.publish(&versions).await?;
        match changed.first() {
            None => Ok(()),
            Some(was) => Err(Error::Publication(Obstacle::Outdated {
                number: document.number,
                cause: format!(
                    "version {} of {} was published before with another text",
                    was.version, was.code
                ),
            })),
        }
    }

    async fn decide_document(
        &self,
        caller: &Caller,
        number: u64,
        publish: bool,
    ) -> Result<(), Error> {
        let verdict = Verdict {
            province: caller.province.clone(),
            number,
            publish,
            by: caller.actor.clone(),
            at: domain::time::to_micros(self.now()),
        };
        if self.context.store.decide(&verdict).await? {
            return Ok(());
        }
        // Somebody else was first.
        Err(decided(&self.document_of(&caller.province, number).await?))
    }
}

fn decided(document: &Document) -> Error {
    Error::Publication(Obstacle::Decided {
        number: document.number,
        decided: match document.state {
            DocumentState::Proposed => "proposed",
            DocumentState::Published { .. } => "published",
            DocumentState::Rejected { .. } => "rejected",
        },
    })
}

/// The catalogue with a text laid over it, read whole.
///
/// Errors: every fault with its line. A publication may also not remove days of the calendar on
/// which due times may depend, or change a published version.
pub fn checked(base: &Catalogue, path: &str, text: &str) -> Result<Catalogue, Vec<FieldError>> {
    let Some(subject) = Subject::of(path) else {
        return Err(vec![FieldError::new(
            "path",
            "expected calendar/national.csv, calendar/hours.csv, calendar/outages.csv or procedures/CODE.toml",
        )]);
    };
    let file = SourceFile {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let new = base.with(&[file]).map_err(|faults| {
        faults
            .iter()
            .map(|fault| wrong(path, fault))
            .collect::<Vec<_>>()
    })?;
    let problems = match subject {
        Subject::Calendar => days_taken_back(base, &new),
        Subject::Procedure => versions_changed(base, &new),
    };
    if problems.is_empty() {
        Ok(new)
    } else {
        let wrong = |problem| FieldError::new("text", problem);
        Err(problems.into_iter().map(wrong).collect())
    }
}

fn wrong(path: &str, fault: &Fault) -> FieldError {
    let Fault { file, line, reason } = fault;
    let place = if file == path {
        format!("line {line}")
    } else {
        format!("{file}, line {line}")
    };
    FieldError::new("text", format!("{place}: {reason}"))
}

fn days_taken_back(base: &Catalogue, new: &Catalogue) -> Vec<String> {
    let (old, new) = (base.calendars.national(), new.calendars.national());
    let mut problems = Vec::new();
    if new.first_day() > old.first_day() {
        let first = old.first_day();
        problems.push(format!("the days from {first} on are in use; keep them"));
    }
    if new.last_day() < old.last_day() {
        let last = old.last_day();
        problems.push(format!("the days until {last} are in use; keep them"));
    }
    problems
}

fn versions_changed(base: &Catalogue, new: &Catalogue) -> Vec<String> {
    let changed = base.procedures.iter().filter(|old| {
        let now = new.procedures.get(&old.code, old.version);
        now.is_none_or(|now| now.hash != old.hash)
    });
    changed
        .map(|old| {
            format!(
                "version {} of {} was published and may not change; add a version after it",
                old.version, old.code
            )
        })
        .collect()
}
