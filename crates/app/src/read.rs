//! Reading dossiers, one by one, in pages, and by search.

use domain::dossier::Dossier;
use domain::dossier::private::Content;
use domain::dossier::times::Times;
use domain::fold;
use domain::id::{DossierId, ProcedureCode, UnitCode};
use domain::procedure::Kind;
use domain::time::Instant;

use crate::access::{self, Caller, Method, Visibility};
use crate::engine::{Engine, applicants_of};
use crate::error::Error;
use crate::page::{self, Page, PageQuery};
use crate::ports::{AccessEventKind, DossierFilter, List, ListCount, ReadTx, Scope, Search};
use crate::view::{DossierName, HistoryEntry, View};

/// Which dossiers to page through.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Of this unit; of all the caller's units when none.
    pub unit: Option<UnitCode>,
    /// Only procedures, or only petitions.
    pub kind: Option<Kind>,
    /// Which of them.
    pub filter: DossierFilter,
    /// Whether to count them all.
    pub counted: bool,
    /// Which page.
    pub page: PageQuery,
}

impl Engine {
    /// One dossier.
    pub async fn dossier(&self, caller: &Caller, name: &DossierName) -> Result<View, Error> {
        let read = self.context.store.read().await?;
        let dossier = self
            .readable(read.as_ref(), caller, Method::GetDossier, name)
            .await?;
        let mut views = [self.view(read.as_ref(), caller, dossier).await?];
        self.context.foresee(read.as_ref(), &mut views).await?;
        let [view] = views;
        self.saw_dossier(caller, &view);
        Ok(view)
    }

    /// The history of a dossier, in order.
    pub async fn history(
        &self,
        caller: &Caller,
        name: &DossierName,
    ) -> Result<Vec<HistoryEntry>, Error> {
        let read = self.context.store.read().await?;
        let dossier = self
            .readable(read.as_ref(), caller, Method::ListDossierEvents, name)
            .await?;
        let key = (dossier.province.clone(), dossier.id);
        let records = read.records(&key).await?;
        let texts = match access::sight(caller) {
            Visibility::Full => read.private(&key).await?,
            Visibility::Masked | Visibility::Hidden => std::collections::HashMap::new(),
        };
        let mut entries: Vec<HistoryEntry> = records
            .into_iter()
            .map(|record| HistoryEntry {
                record,
                texts: Vec::new(),
                named: Vec::new(),
            })
            .collect();
        for (item, content) in texts {
            let Some((version, field)) = item.split_once('.') else {
                continue;
            };
            let entry = entries
                .iter_mut()
                .find(|entry| entry.record.version.to_string() == version);
            let Some(entry) = entry else { continue };
            match content {
                Content::Words(words) => {
                    let text = words.as_str().to_owned();
                    entry.texts.push((field.to_owned(), text));
                }
                Content::Person(person) => entry.named.push((field.to_owned(), person.name)),
            }
        }
        for entry in &mut entries {
            entry.texts.sort();
        }
        Ok(entries)
    }

    /// Where the time of a dossier went, and the moment up to which it was counted.
    pub async fn times(
        &self,
        caller: &Caller,
        name: &DossierName,
    ) -> Result<(Dossier, Times, Instant), Error> {
        let read = self.context.store.read().await?;
        let dossier = self
            .readable(read.as_ref(), caller, Method::GetDossierTimes, name)
            .await?;
        let key = (dossier.province.clone(), dossier.id);
        let records = read.records(&key).await?;
        let catalogue = self.context.catalogue(&dossier.province);
        let now = Ord::max(self.now(), dossier.last);
        let times = Times::of(&records, &catalogue.calendars, now).ok_or_else(|| {
            Error::Internal(format!("dossier {} has no history", dossier.id).into())
        })?;
        Ok((dossier, times, now))
    }

    /// A page of dossiers.
    pub async fn list(&self, caller: &Caller, query: ListQuery) -> Result<Page<View>, Error> {
        let scope = scope_of(caller, Method::ListDossiers, query.unit.as_ref())?;
        let limit = query.page.limit()?;
        let question = format!("list {scope:?} {:?} {:?}", query.kind, query.filter);
        let after = match query.page.after(&question)? {
            Some(place) => Some(DossierId::parse(&place).map_err(|_not_ours| {
                Error::invalid("page_token", "must be a next_page_token of this method")
            })?),
            None => None,
        };
        let read = self.context.store.read().await?;
        let list = List {
            scope,
            filter: DossierFilter {
                procedures: self.of_kind(caller, query.kind),
                ..query.filter
            },
            after,
            limit: limit + 1,
        };
        let total = match query.counted {
            true => Some(read.count(&list).await?),
            false => None,
        };
        let found = read.stretch(&list).await?;
        let cut = page::cut(found.dossiers, limit, &question, |dossier| {
            dossier.id.to_string()
        });
        // A page that few dossiers pass is sent before it is full, and the next one goes on from there.
        let next = match found.until {
            Some(until) if cut.next.is_empty() => page::next_token(&until.to_string(), &question),
            Some(_) | None => cut.next,
        };
        let items = self.views(read.as_ref(), caller, cut.items).await?;
        self.saw(
            caller,
            AccessEventKind::PersonalListed,
            listed(query.unit.as_ref()),
        );
        Ok(Page {
            items,
            next,
            total: total.map(|total| total.number),
            at_least: total.is_some_and(|total| total.at_least),
        })
    }

    /// The number of dossiers of a list, or of its beginning.
    pub async fn count(&self, caller: &Caller, query: &ListQuery) -> Result<ListCount, Error> {
        let list = List {
            filter: DossierFilter {
                procedures: self.of_kind(caller, query.kind),
                ..query.filter.clone()
            },
            ..List::all(
                scope_of(caller, Method::ListDossiers, query.unit.as_ref())?,
                None,
                0,
            )
        };
        let read = self.context.store.read().await?;
        Ok(read.count(&list).await?)
    }

    /// Every procedure of a kind, if one is given. The kind of a code does not change between
    /// versions.
    pub(crate) fn of_kind(
        &self,
        caller: &Caller,
        kind: Option<Kind>,
    ) -> Option<Vec<ProcedureCode>> {
        let kind = kind?;
        let catalogue = self.context.catalogue(&caller.province);
        let of_it = catalogue.procedures.iter().filter(|it| it.kind == kind);
        let mut codes: Vec<_> = of_it.map(|procedure| procedure.code.clone()).collect();
        codes.dedup();
        Some(codes)
    }

    /// Dossiers by code or its end, by what another system called them, or by name or telephone where
    /// the caller's role may see those.
    pub async fn search(
        &self,
        caller: &Caller,
        text: &str,
        limit: i32,
    ) -> Result<Vec<View>, Error> {
        access::check_role(caller, Method::SearchDossiers)?;
        let scope = caller.reach();
        let limit = PageQuery {
            size: limit,
            token: String::new(),
        }
        .limit()?;
        let folded = fold::fold(text);
        if folded.is_empty() {
            return Err(Error::invalid(
                "query",
                "must hold a code, a name or a telephone number, two characters at least",
            ));
        }
        let code: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        // What other systems call a dossier need not look like a code of ours: `1897C359`.
        let is_mixed = code.bytes().any(|b| b.is_ascii_digit())
            && code.bytes().any(|b| b.is_ascii_alphabetic())
            && !text.trim().contains(char::is_whitespace);
        let code = (is_mixed || code.contains(['.', '-', '@'])).then_some(code);
        let sees = access::sight(caller) == Visibility::Full;
        let digits = fold::phone_digits(text);
        let is_number = digits.len() >= 3
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || " +.-()".contains(c));
        let case = text.trim().to_ascii_uppercase();
        let tail: String = case.chars().filter(|c| !c.is_whitespace()).collect();
        let ends = tail.chars().rev().take_while(char::is_ascii_digit).count();
        let search = Search {
            scope,
            tail: (ends >= SHORTEST_TAIL).then_some(tail),
            case: (case.chars().count() >= SHORTEST_TAIL).then_some(case),
            name: (sees && code.is_none() && !is_number).then_some(folded),
            phone: (sees && is_number).then_some(digits),
            code,
            limit,
        };
        let by_person = search.name.is_some() || search.phone.is_some();
        let read = self.context.store.read().await?;
        let found = read.search(&search).await?;
        let views = self.views(read.as_ref(), caller, found).await?;
        if by_person {
            let detail = format!("{} found", views.len());
            self.saw(caller, AccessEventKind::PersonalSearched, detail);
        }
        for view in &views {
            self.saw_dossier(caller, view);
        }
        Ok(views)
    }

    /// The dossier, if the caller may read it.
    pub(crate) async fn readable(
        &self,
        read: &dyn ReadTx,
        caller: &Caller,
        method: Method,
        name: &DossierName,
    ) -> Result<Dossier, Error> {
        access::check_role(caller, method)?;
        let key = self.resolve(read, caller, name).await?;
        let held = read.dossier(&key).await?;
        let held = held.ok_or_else(|| Error::NotFound {
            what: "dossier",
            name: name.to_string(),
        })?;
        access::check_dossier(caller, method, &held.dossier).map_err(|error| error.named(name))?;
        Ok(held.dossier)
    }

    /// Views of many dossiers, with one query for all applicants.
    pub(crate) async fn views(
        &self,
        read: &dyn ReadTx,
        caller: &Caller,
        dossiers: Vec<Dossier>,
    ) -> Result<Vec<View>, Error> {
        self.keep_up(read, &dossiers).await?;
        let mut people = match access::sight(caller) {
            Visibility::Full | Visibility::Masked => {
                let wanted = applicants_of(&dossiers);
                read.people(&caller.province, &wanted).await?
            }
            Visibility::Hidden => std::collections::HashMap::new(),
        };
        let now = self.now();
        dossiers
            .into_iter()
            .map(|dossier| {
                let people = people.remove(&dossier.id).unwrap_or_default();
                self.context.view(caller, dossier, people, now)
            })
            .collect()
    }
}

/// What a list was of, for the log.
pub(crate) fn listed(unit: Option<&UnitCode>) -> String {
    unit.map_or_else(|| "all units".to_owned(), ToString::to_string)
}

/// Fewer digits end the codes of too many dossiers, and shorter texts begin too many case ids.
const SHORTEST_TAIL: usize = 3;

/// The dossiers that a query is about: those of the named unit, or of all the caller's units.
pub(crate) fn scope_of(
    caller: &Caller,
    method: Method,
    unit: Option<&UnitCode>,
) -> Result<Scope, Error> {
    access::check_role(caller, method)?;
    let Some(unit) = unit else {
        return Ok(caller.scope());
    };
    access::check_unit(caller, method, unit)?;
    if unit.as_str() == unit.level_one() {
        return Ok(Scope::Province(caller.province.clone()));
    }
    Ok(Scope::Units(caller.province.clone(), vec![unit.clone()]))
}
