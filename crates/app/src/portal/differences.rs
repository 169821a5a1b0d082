//! Due times of other systems that are not the law's, each with the arithmetic.

use domain::dossier::Dossier;
use domain::id::{DossierId, UnitCode};
use domain::import::{DueDifference, due_difference};

use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::page::{Page, PageQuery, next_token};
use crate::ports::{List, Scope};

/// How many dossiers one call looks at. A page may be short, or empty, and have a next one.
const LOOKED_AT: u32 = 2_000;

/// A question about due times.
#[derive(Debug, Clone)]
pub struct DueQuery {
    /// Only dossiers that this unit decides.
    pub unit: Option<UnitCode>,
    /// Those too that have ended.
    pub with_ended: bool,
    /// Which page.
    pub page: PageQuery,
}

impl Engine {
    /// The imported dossiers whose due time is not the law's, by id.
    pub async fn due_differences(
        &self,
        caller: &Caller,
        query: DueQuery,
    ) -> Result<Page<(Dossier, DueDifference)>, Error> {
        access::check_province(caller, Method::ListDueDifferences)?;
        let limit = query.page.limit()?;
        let question = format!("due differences {:?} {}", query.unit, query.with_ended);
        let after = match query.page.after(&question)? {
            Some(place) => Some(DossierId::parse(&place).map_err(|_not_ours| {
                Error::invalid("page_token", "must be a next_page_token of this method")
            })?),
            None => None,
        };
        let catalogue = self.catalogue(&caller.province);
        let read = self.context.store.read().await?;
        let list = List::all(Scope::Province(caller.province.clone()), after, LOOKED_AT);
        let dossiers = read.list(&list).await?;
        let mut place = match dossiers.last() {
            Some(last) if dossiers.len() >= LOOKED_AT as usize => Some(last.id),
            Some(_) | None => None,
        };
        let mut items = Vec::new();
        for dossier in dossiers {
            let is_asked_for = query
                .unit
                .as_ref()
                .is_none_or(|unit| dossier.resolving == *unit)
                && (query.with_ended || dossier.ended.is_none());
            let found = is_asked_for.then(|| due_difference(&dossier, &catalogue));
            let Some(difference) = found.flatten() else {
                continue;
            };
            let id = dossier.id;
            items.push((dossier, difference));
            if items.len() >= limit as usize {
                place = Some(id);
                break;
            }
        }
        let next = place.map(|id| next_token(&id.to_string(), &question));
        Ok(Page {
            items,
            next: next.unwrap_or_default(),
            at_least: false,
            total: None,
        })
    }
}
