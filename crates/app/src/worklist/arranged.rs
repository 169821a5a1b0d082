//! A worklist in another order than the most urgent first, narrowed by words, or from a place on.
//!
//! No index holds these orders: names live in the catalogue and in the personal table. So all that
//! is pending is read, as for the counts, and one page of it is drawn.

use std::cmp::Reverse;

use domain::dossier::Dossier;
use domain::fold;
use domain::id::DossierId;

use super::{Looking, Pages, WorklistQuery, between, sieves};
use crate::access::{self, Caller, Visibility};
use crate::engine::{Engine, applicants_of};
use crate::error::Error;
use crate::page::{self, Page};
use crate::ports::{ReadTx, Scope, WorklistPage};
use crate::view::View;

/// By what pending dossiers are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WorklistOrder {
    /// By their [`domain::dossier::Precedence`].
    #[default]
    Urgency,
    /// By the procedure's name, then by code.
    Procedure,
    /// By the step's name, then by since when they are there.
    Step,
    /// By the due time; those without one last.
    Due,
}

impl WorklistOrder {
    /// All of them.
    pub const ALL: [WorklistOrder; 4] = [
        WorklistOrder::Urgency,
        WorklistOrder::Procedure,
        WorklistOrder::Step,
        WorklistOrder::Due,
    ];
}

/// In which order pending dossiers are paged through, narrowed by which words, from which place on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// By what they are sorted.
    pub order: WorklistOrder,
    /// The last one first.
    pub descending: bool,
    /// Only those of which code, procedure or applicant hold all of these words, marks and case
    /// aside. Applicants are searched for who may see them whole.
    pub text: String,
    /// How many of them to pass over on the first page.
    pub skip: u32,
}

impl Arrangement {
    /// Whether the index of worklists holds it.
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl Engine {
    /// A page of pending dossiers as they are arranged. They are counted anyway.
    pub(super) async fn arranged(
        &self,
        caller: &Caller,
        scope: Scope,
        limit: u32,
        question: &str,
        query: &WorklistQuery,
    ) -> Result<Page<View>, Error> {
        let arranged = &query.arranged;
        let passed_over = match query.page.after(question)? {
            None => arranged.skip as usize,
            Some(place) => place.parse().map_err(|_not_a_number| {
                Error::invalid("page_token", "must be a next_page_token of this method")
            })?,
        };
        let read = self.context.store.read().await?;
        let now = self.now();
        let page = WorklistPage {
            sieves: sieves(&query.only),
            between: between(&query.only, now),
            ..self.pages(caller, scope, &query.whose, query.filter.clone())
        };
        let looking = Looking {
            context: &self.context,
            read: read.as_ref(),
            only: &query.only,
            levels: &query.levels,
            now,
        };
        let mut found = Vec::new();
        let mut pages = Pages::of(page.clone());
        while let Some(next) = pages.next(read.as_ref()).await? {
            found.extend(looking.passing(&page.scope, next).await?);
        }
        let words = fold::fold(&arranged.text);
        if !words.is_empty() {
            found = self.saying(read.as_ref(), caller, found, &words).await?;
        }
        self.sort(&mut found, arranged)?;
        let total = found.len();
        let until = passed_over.saturating_add(limit as usize);
        let next = if until < total {
            page::next_token(&until.to_string(), question)
        } else {
            String::new()
        };
        let shown: Vec<Dossier> = found
            .into_iter()
            .skip(passed_over)
            .take(limit as usize)
            .collect();
        Ok(Page {
            items: self
                .worklist_views(read.as_ref(), caller, &page.scope, shown)
                .await?,
            next,
            total: Some(total as u64),
            at_least: false,
        })
    }

    /// Those that hold all words, with one query for all applicants.
    async fn saying(
        &self,
        read: &dyn ReadTx,
        caller: &Caller,
        mut found: Vec<Dossier>,
        words: &str,
    ) -> Result<Vec<Dossier>, Error> {
        let people = match access::sight(caller) {
            Visibility::Full => {
                let wanted = applicants_of(&found);
                read.people(&caller.province, &wanted).await?
            }
            Visibility::Masked | Visibility::Hidden => std::collections::HashMap::new(),
        };
        let mut saying = Vec::new();
        for dossier in found.drain(..) {
            let procedure = self.context.pinned(&dossier)?;
            let mut said = fold::fold(&format!("{} {}", dossier.label(), procedure.name));
            for code in &dossier.external_codes {
                said.push(' ');
                said.push_str(&fold::fold(code.as_str()));
            }
            for person in people
                .get(&dossier.id)
                .into_iter()
                .flat_map(|it| it.values())
            {
                said.push(' ');
                said.push_str(&fold::fold(&person.name));
            }
            if words.split(' ').all(|word| said.contains(word)) {
                saying.push(dossier);
            }
        }
        Ok(saying)
    }

    fn sort(&self, found: &mut Vec<Dossier>, arranged: &Arrangement) -> Result<(), Error> {
        if arranged.order != WorklistOrder::Urgency {
            let mut keyed = Vec::with_capacity(found.len());
            for dossier in found.drain(..) {
                keyed.push((self.key(&dossier, arranged.order)?, dossier));
            }
            if arranged.descending {
                keyed.sort_by(|(one, _), (other, _)| Reverse(one).cmp(&Reverse(other)));
            } else {
                keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
            }
            found.extend(keyed.into_iter().map(|(_, dossier)| dossier));
        } else if arranged.descending {
            found.reverse();
        }
        Ok(())
    }

    fn key(
        &self,
        dossier: &Dossier,
        order: WorklistOrder,
    ) -> Result<(String, i64, DossierId), Error> {
        let procedure = self.context.pinned(dossier)?;
        let (text, number) = match order {
            WorklistOrder::Procedure => {
                let name = fold::fold(&procedure.name);
                (format!("{name}\u{0}{}", dossier.label()), 0)
            }
            WorklistOrder::Step => {
                let step = dossier.state.step().and_then(|id| procedure.step(id));
                let name = step.map_or(dossier.status().name_vi(), |step| step.name.as_str());
                (fold::fold(name), dossier.since.timestamp_micros())
            }
            WorklistOrder::Urgency | WorklistOrder::Due => {
                let due = dossier.due().map(|due| due.timestamp_micros());
                (String::new(), due.unwrap_or(i64::MAX))
            }
        };
        Ok((text, number, dossier.id))
    }
}
