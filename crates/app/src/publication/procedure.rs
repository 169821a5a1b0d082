//! Shows what another version of a procedure would mean for its running dossiers.

use std::sync::Arc;

use domain::dossier::change::migration::{Break, StepMap};
use domain::dossier::change::replay::replay;
use domain::dossier::{Dossier, Status};
use domain::id::{DossierId, ProcedureCode, RequestId};
use domain::procedure::Procedure;
use serde::{Deserialize, Serialize};

use crate::access::{self, Caller, Method};
use crate::engine::Engine;
use crate::error::{Error, FieldError};
use crate::jobs::Order;
use crate::page::{Page, PageQuery, cut};
use crate::ports::{DossierFilter, Job, List, Scope};

/// The kind of a job that moves dossiers to another version of their procedure.
pub const MIGRATION: &str = "procedure_migration";

/// How many dossiers are read at once.
const PAGE: u32 = 500;

/// The version under which dossiers are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The newest version in a proposed text.
    Document(u64),
    /// A version in the catalogue.
    Version(ProcedureCode, u16),
}

/// A running dossier with something that another version would not have allowed.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The dossier as it stands.
    pub dossier: Dossier,
    /// What would break.
    pub breaks: Vec<Break>,
}

/// What a version would mean.
#[derive(Debug, Clone, Default)]
pub struct Replayed {
    /// How many running dossiers of other versions were examined.
    pub seen: u64,
    /// How many of them could not move.
    pub barred: u64,
    /// The dossiers in which something would break, by id.
    pub broken: Vec<Broken>,
}

/// An order to move the running dossiers of a version to another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The procedure.
    pub procedure: ProcedureCode,
    /// The version that they are under.
    pub from: u16,
    /// The version to which they move.
    pub to: u16,
    /// The new step for each old one.
    #[serde(with = "pairs")]
    pub map: StepMap,
}

impl Engine {
    /// Replays the running dossiers of a procedure under another version: the sums over all, and a
    /// page of those in which something would break.
    pub async fn procedure_breaks(
        &self,
        caller: &Caller,
        target: &Target,
        map: &StepMap,
        page: &PageQuery,
    ) -> Result<(Replayed, Page<Broken>), Error> {
        access::check_role(caller, Method::ListProcedureBreaks)?;
        let limit = page.limit()?;
        let question = format!("breaks {} {target:?} {map:?}", caller.province);
        let after = page.after(&question)?;
        let replayed = match self.version(caller, target).await? {
            Some(version) => self.replayed(caller, &version, map).await?,
            None => Replayed::default(),
        };
        let listed = replayed.broken.iter().filter(|broken| {
            let id = broken.dossier.id.to_string();
            after.as_deref().is_none_or(|after| id.as_str() > after)
        });
        let listed = listed.take(limit as usize + 1).cloned().collect();
        let page = cut(listed, limit, &question, |broken: &Broken| {
            broken.dossier.id.to_string()
        });
        Ok((replayed, page))
    }

    /// Begins to move running dossiers to another version, as far as it has a place for them. A
    /// repeat with the same request id returns the same job.
    pub async fn migrate_dossiers(
        &self,
        caller: &Caller,
        request_id: &RequestId,
        migration: &Migration,
    ) -> Result<Job, Error> {
        access::check_role(caller, Method::MigrateDossiers)?;
        self.refresh_catalogue().await?;
        let catalogue = self.catalogue(&caller.province);
        let known = |version| catalogue.procedures.get(&migration.procedure, version);
        let mut wrong = Vec::new();
        for (field, version) in [
            ("from_version", migration.from),
            ("to_version", migration.to),
        ] {
            if known(version).is_none() {
                let code = &migration.procedure;
                let problem = format!("expected a version of {code} in the catalogue");
                wrong.push(FieldError::new(field, problem));
            }
        }
        if migration.from == migration.to {
            let problem = "must be another version than from_version";
            wrong.push(FieldError::new("to_version", problem));
        }
        if let Some(from) = known(migration.from) {
            let old = migration.map.keys().flatten();
            for step in old.filter(|id| from.step(id).is_none()) {
                let problem = format!("version {} has no step {step}", migration.from);
                wrong.push(FieldError::new("steps", problem));
            }
        }
        if let Some(to) = known(migration.to) {
            for step in migration.map.values().filter(|id| to.step(id).is_none()) {
                let problem = format!("version {} has no step {step}", migration.to);
                wrong.push(FieldError::new("steps", problem));
            }
        }
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let order = Order {
            id: format!("migration-{}-{request_id}", caller.actor),
            kind: MIGRATION,
            spec: serde_json::to_string(migration).expect("texts and numbers are JSON"),
            ..self.order_for(
                &caller.province,
                &caller.actor,
                caller.role_for(Method::MigrateDossiers),
            )?
        };
        let job = self.begin_job(&order).await?;
        if job.spec == order.spec {
            Ok(job)
        } else {
            Err(Error::RequestReused {
                request_id: request_id.to_string(),
            })
        }
    }

    /// The target version; none if a text brings no new one.
    async fn version(
        &self,
        caller: &Caller,
        target: &Target,
    ) -> Result<Option<Arc<Procedure>>, Error> {
        let base = self.catalogue(&caller.province);
        match target {
            Target::Document(number) => {
                let document = self.document_of(&caller.province, *number).await?;
                let new = self.still_fits(&document).await?;
                let known = |one: &Procedure| base.procedures.get(&one.code, one.version);
                let mut added = new.procedures.iter().filter(|one| known(one).is_none());
                Ok(added.by_ref().last().cloned())
            }
            Target::Version(code, version) => {
                let found = base.procedures.get(code, *version).cloned();
                found.map(Some).ok_or_else(|| Error::NotFound {
                    what: "version",
                    name: format!("procedures/{code}/versions/{version}"),
                })
            }
        }
    }

    async fn replayed(
        &self,
        caller: &Caller,
        version: &Procedure,
        map: &StepMap,
    ) -> Result<Replayed, Error> {
        let read = self.context.store.read().await?;
        let mut replayed = Replayed::default();
        let mut after = None;
        loop {
            let list = List {
                scope: Scope::Province(caller.province.clone()),
                filter: DossierFilter {
                    statuses: Status::ALL
                        .into_iter()
                        .filter(|status| status.is_open())
                        .collect(),
                    procedure: Some(version.code.clone()),
                    ..DossierFilter::default()
                },
                after,
                limit: PAGE,
            };
            let mut dossiers = read.list(&list).await?;
            let Some(last) = dossiers.last() else {
                return Ok(replayed);
            };
            after = Some(last.id);
            dossiers.retain(|dossier| dossier.procedure_version != version.version);
            replayed.seen += dossiers.len() as u64;
            let ids: Vec<DossierId> = dossiers.iter().map(|dossier| dossier.id).collect();
            let histories = read.records_of(&caller.province, &ids).await?;
            for dossier in dossiers {
                let history = histories.get(&dossier.id).map_or(&[][..], Vec::as_slice);
                let breaks = replay(&dossier, history, version, map);
                replayed.barred += u64::from(breaks.iter().any(Break::bars));
                if !breaks.is_empty() {
                    replayed.broken.push(Broken { dossier, breaks });
                }
            }
        }
    }
}

/// A step map as a list of pairs, because JSON has no absent keys.
mod pairs {
    use domain::dossier::change::migration::StepMap;
    use domain::id::StepId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(map: &StepMap, to: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<StepMap, D::Error> {
        let pairs = Vec::<(Option<StepId>, StepId)>::deserialize(from)?;
        Ok(pairs.into_iter().collect())
    }
}
