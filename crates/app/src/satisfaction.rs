//! Ratings per unit and period.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::id::UnitCode;
use domain::indicator::Period;
use domain::procedure::Kind;
use domain::satisfaction::{Satisfaction, Scores};
use domain::time::{self, Instant};

use crate::access::{Caller, Method};
use crate::engine::Engine;
use crate::error::Error;
use crate::ports::RatingsWanted;
use crate::report::{self, Asked, RateUnits, UnitBasis};

/// Which ratings are wanted.
#[derive(Debug, Clone)]
pub struct RatingsQuery {
    /// Whose.
    pub units: RateUnits,
    /// Procedures or petitions, which are judged apart.
    pub kind: Kind,
    /// The first local day of the ratings.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// Only what had been recorded by then counts; by now if none.
    pub as_of: Option<Instant>,
    /// To which unit a rating counts.
    pub basis: UnitBasis,
}

impl Engine {
    /// The ratings that the caller may look at.
    ///
    /// Errors: [`Error::Invalid`] if the period ends before it begins.
    pub async fn ratings(
        &self,
        caller: &Caller,
        query: RatingsQuery,
    ) -> Result<Satisfaction, Error> {
        let units = report::permitted(caller, Method::GetRatings, query.units)?;
        if query.to < query.from {
            return Err(Error::invalid("to", "must not be before from"));
        }
        let now = self.now();
        let today = time::local_day(now);
        let (first, last) = query.basis.days(query.from, query.to, today);
        let catalogues = &self.context.catalogues;
        let Asked {
            scopes,
            listed,
            only,
        } = report::asked(catalogues, &units, first, last)?;
        let period = Period {
            from: query.from,
            to: query.to,
            as_of: query.as_of.unwrap_or(now),
        };
        let listed = listed.into_iter();
        let mut scores: BTreeMap<UnitCode, (String, Scores)> = listed
            .map(|(unit, name)| (unit, (name, Scores::default())))
            .collect();
        let read = self.context.store.read().await?;
        for scope in scopes {
            let catalogue = catalogues.of(scope.province());
            let wanted = RatingsWanted {
                scope,
                kind: query.kind,
                from: period.begins(),
                until: period.ends(),
                as_of: period.as_of,
            };
            for rated in read.ratings(&wanted).await? {
                let counts = match query.basis {
                    UnitBasis::Recorded => &rated.unit,
                    UnitBasis::Current => {
                        (catalogue.lineage).successor(&rated.unit, rated.since, today)
                    }
                };
                if only.as_ref().is_some_and(|only| only != counts) {
                    continue;
                }
                let (_, own) = scores.entry(counts.clone()).or_insert_with_key(|code| {
                    let unit = catalogue.units.get(code);
                    let name = unit.map(|unit| unit.name_on(last).to_owned());
                    (name.unwrap_or_default(), Scores::default())
                });
                own.add(rated.score, rated.count);
            }
        }
        Ok(Satisfaction::new(&period, scores))
    }
}
