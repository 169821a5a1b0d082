//! The engine: every use case, in one type.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::deadline;
use domain::dossier::contents::Contents;
use domain::dossier::correction::APPLICANT;
use domain::dossier::private::Salt;
use domain::dossier::{Action, Channel, Command, Dossier, Reception, Submission};
use domain::id::{ActorId, DossierId, ProcedureCode, ProvinceCode, RequestId, UnitCode};
use domain::role::Role;
use domain::time::Instant;
use domain::unit::UnitKind;
use tokio::sync::watch;

use crate::access::{self, Caller, Method};
use crate::catalogues::Catalogues;
use crate::closed_days::Closed;
use crate::context::Context;
use crate::error::{Error, FieldError};
use crate::keys::{self, Keys};
use crate::lookup_limit::LookupLimit;
use crate::pin_attempts::PinAttempts;
use crate::ports::{Clock, Ids, Key, ReadTx, Store, Token};
use crate::sessions::Sessions;
use crate::view::{DossierName, Receipt, View};
use crate::viewings::Viewings;
use crate::writing::{Done, Lane, Task, Work};

/// What an engine is made of.
pub struct Parts {
    /// Where dossiers are kept.
    pub store: Arc<dyn Store>,
    /// Units, calendars and procedures.
    pub catalogue: Arc<Catalogue>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub ids: Arc<dyn Ids>,
    /// The installation's secret, kept outside the database.
    pub secret: Vec<u8>,
    /// How many writes may wait before further callers must retry.
    pub queue: usize,
}

/// The origin of a write: the caller, and the request's id.
#[derive(Debug, Clone)]
pub struct RequestIdentity {
    /// The id that the caller made and stored before the first try.
    pub request_id: RequestId,
    /// The request's content, without id and etag: the same id with other content is refused.
    pub content: Vec<u8>,
}

/// Every use case of the one-stop shop.
pub struct Engine {
    pub(crate) context: Arc<Context>,
    lane: Lane,
    changed: watch::Receiver<u64>,
    telling: watch::Sender<u64>,
    sessions: Sessions,
    pub(crate) lookups: LookupLimit,
    pub(crate) pin_attempts: PinAttempts,
    pub(crate) viewings: Viewings,
    /// Who was last named for holding the feed up, and when.
    pub(crate) named: Mutex<Option<(String, Instant)>>,
}

impl Engine {
    /// Starts the engine and its writing lane. Needs a running tokio runtime.
    #[must_use]
    pub fn start(parts: Parts) -> Arc<Self> {
        let context = Arc::new(Context {
            store: parts.store,
            catalogues: Catalogues::new(parts.catalogue),
            clock: parts.clock,
            ids: parts.ids,
            keys: Keys::new(&parts.secret),
            foresight: crate::foresight::Foresight::default(),
            closed: Closed::default(),
        });
        let (sender, changed) = watch::channel(0);
        let lane = Lane::start(Arc::clone(&context), parts.queue, sender.clone());
        Arc::new(Self {
            context,
            lane,
            changed,
            telling: sender,
            sessions: Sessions::default(),
            lookups: LookupLimit::default(),
            pin_attempts: PinAttempts::default(),
            viewings: Viewings::default(),
            named: Mutex::new(None),
        })
    }

    /// Units, calendars and procedures of a province.
    #[must_use]
    pub fn catalogue(&self, province: &ProvinceCode) -> Arc<Catalogue> {
        self.context.catalogue(province)
    }

    /// Units, calendars and procedures as shipped, without a province's own.
    #[must_use]
    pub fn shipped(&self) -> Arc<Catalogue> {
        Arc::clone(self.context.catalogues.shipped())
    }

    /// Reads what was published to the catalogue since, by this process or another.
    pub async fn refresh_catalogue(&self) -> Result<(), Error> {
        let read = self.context.store.read().await?;
        if self.context.catalogues.refresh(read.as_ref()).await? {
            tracing::info!("the catalogue has changed");
        }
        Ok(())
    }

    /// Reads the catalogue again before it shows certain dossiers: an import brings dossiers and
    /// texts at once, and the next regular look may be too late.
    pub(crate) async fn keep_up(
        &self,
        read: &dyn ReadTx,
        dossiers: &[Dossier],
    ) -> Result<(), Error> {
        if dossiers.iter().any(|dossier| !self.context.knows(dossier)) {
            self.context.catalogues.refresh(read).await?;
        }
        Ok(())
    }

    /// Keeps reading what is published, as long as the engine lives.
    pub async fn follow_catalogue(self: Arc<Self>, every: Duration) {
        let engine = Arc::downgrade(&self);
        drop(self);
        let mut pause = tokio::time::interval(every);
        loop {
            pause.tick().await;
            let Some(engine) = engine.upgrade() else {
                return;
            };
            if let Err(error) = engine.refresh_catalogue().await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "cannot read the published texts");
            }
        }
    }

    pub(crate) fn lane(&self) -> &Lane {
        &self.lane
    }

    /// Sets how many look-ups a minute somebody without a token may make from one address.
    pub fn allow_lookups(&self, per_minute: u32) {
        self.lookups.allow_per_minute(per_minute);
    }

    /// Now, by the engine's clock.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.context.clock.now()
    }

    /// Wakes after each decided batch. The changes themselves are read from the feed.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.clone()
    }

    /// Wakes everybody who follows changes, for a change that the lane did not write.
    pub(crate) fn tell(&self) {
        self.telling
            .send_modify(|batches| *batches = batches.wrapping_add(1));
    }

    /// Finds the caller by the secret of a token.
    ///
    /// A revoked token is refused within a second.
    pub async fn authenticate(&self, secret: &str) -> Result<Caller, Error> {
        self.authenticate_by_hash(&keys::token_hash(secret)).await
    }

    /// The same by the hash of a secret that the caller has shown before.
    pub(crate) async fn authenticate_by_hash(&self, hash: &str) -> Result<Caller, Error> {
        let store = self.context.store.as_ref();
        let caller = self.caller(self.sessions.token(store, hash).await?)?;
        self.sessions.used(hash, self.now());
        Ok(caller)
    }

    /// Notes when tokens were last used, since the last time that this was done.
    pub async fn note_token_uses(&self) -> Result<(), Error> {
        let uses = self.sessions.take_uses();
        if uses.is_empty() {
            return Ok(());
        }
        Ok(self.context.store.note_token_uses(&uses).await?)
    }

    /// Keeps noting when tokens were last used, as long as the engine lives.
    pub async fn follow_token_uses(self: Arc<Self>, every: Duration) {
        let engine = Arc::downgrade(&self);
        drop(self);
        let mut pause = tokio::time::interval(every);
        loop {
            pause.tick().await;
            let Some(engine) = engine.upgrade() else {
                return;
            };
            // A use that could not be noted is one that the next call notes.
            if let Err(error) = engine.note_token_uses().await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "cannot note when tokens were last used");
            }
        }
    }

    fn caller(&self, token: Option<Token>) -> Result<Caller, Error> {
        let token = token.ok_or(Error::Unauthenticated)?;
        let now = self.now();
        if token.revoked.is_some() || token.expires <= now {
            return Err(Error::Unauthenticated);
        }
        Ok(self.caller_for(
            token.id,
            token.actor,
            (token.role, &token.also),
            &token.province,
            &token.units,
        ))
    }

    /// A caller who acts for units, as they are today.
    pub(crate) fn caller_for(
        &self,
        token: String,
        actor: ActorId,
        (role, also): (Role, &[Role]),
        province: &ProvinceCode,
        named: &[UnitCode],
    ) -> Caller {
        let catalogue = self.catalogue(province);
        let today = domain::time::local_day(self.now());
        let (units, former) = access::units_today(&catalogue, province, named, today);
        Caller {
            token,
            actor,
            role,
            also: also.to_vec(),
            province: province.clone(),
            units,
            former,
        }
    }

    /// A new request id for an empty form. A form sent twice is then one request.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        let mut bytes = self.chance();
        // Version 4, variant 1.
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex = domain::digest::hex(&bytes);
        let uuid = [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ]
        .join("-");
        RequestId::parse(&uuid).expect("it is written as a UUID is")
    }

    /// The source of chance.
    pub(crate) fn ids(&self) -> &dyn Ids {
        self.context.ids.as_ref()
    }

    /// The same, for a task of its own.
    pub(crate) fn shared_ids(&self) -> Arc<dyn Ids> {
        Arc::clone(&self.context.ids)
    }

    /// Sixteen random bytes.
    pub(crate) fn chance(&self) -> [u8; 16] {
        self.context.ids.random()
    }

    /// A portal hands a dossier in.
    pub async fn submit(
        &self,
        caller: &Caller,
        identity: RequestIdentity,
        procedure: &ProcedureCode,
        submission: Submission,
    ) -> Result<View, Error> {
        access::check_unit(caller, Method::Act(Action::Submit), &submission.receiving)?;
        self.check_units(caller, &submission.receiving, &submission.content)?;
        let (id, salt) = self.new_dossier(&submission.receiving);
        let procedure = procedure.clone();
        self.write(
            caller,
            identity,
            Work::Submit {
                id,
                salt,
                procedure,
                submission,
            },
        )
        .await
    }

    /// A desk takes a dossier in and hands out a receipt.
    pub async fn receive(
        &self,
        caller: &Caller,
        identity: RequestIdentity,
        procedure: &ProcedureCode,
        reception: Reception,
    ) -> Result<View, Error> {
        access::check_unit(caller, Method::Act(Action::Receive), &reception.receiving)?;
        if reception.channel == Channel::Online {
            return Err(Error::invalid(
                "channel",
                "must be desk or post; an online dossier is submitted by the portal and then accepted by name",
            ));
        }
        self.check_units(caller, &reception.receiving, &reception.content)?;
        let (id, salt) = self.new_dossier(&reception.receiving);
        let procedure = procedure.clone();
        self.write(
            caller,
            identity,
            Work::Receive {
                id,
                salt,
                procedure,
                reception,
            },
        )
        .await
    }

    /// Every other command on an existing dossier.
    pub async fn command(
        &self,
        caller: &Caller,
        identity: RequestIdentity,
        name: &DossierName,
        etag: &str,
        command: Command,
    ) -> Result<View, Error> {
        access::check_role(caller, Method::Act(command.action()))?;
        self.check_named(caller, &command.units_named())?;
        let id = match name {
            DossierName::Id(id) => *id,
            DossierName::Code(_) => {
                let read = self.context.store.read().await?;
                self.resolve(read.as_ref(), caller, name).await?.1
            }
        };
        self.write(
            caller,
            identity,
            Work::Act {
                id,
                etag: Some(etag.to_owned()),
                command,
            },
        )
        .await
        .map_err(|error| error.named(name))
    }

    pub(crate) async fn write(
        &self,
        caller: &Caller,
        identity: RequestIdentity,
        work: Work,
    ) -> Result<View, Error> {
        let begins = match &work {
            Work::Receive { .. }
            | Work::Import { .. }
            | Work::Act {
                command: Command::Receive { .. },
                ..
            } => true,
            Work::Submit { .. } | Work::Act { .. } | Work::Rewrite { .. } => false,
        };
        let arrived = domain::time::to_micros(self.now());
        let task = Task {
            caller: caller.clone(),
            request_id: identity.request_id,
            content: identity.content,
            arrived,
            work,
        };
        let done = self.lane.send(task).await?;
        // The moment of writing is used, so that a repeat gets the same answer at any time.
        let mut view = match done {
            // The record time is used, because a submission may have happened before it arrived.
            Done::Now(dossier, written, applicant) => {
                if dossier.corrections.applicant_items().nth(1).is_some() {
                    // A rare case: the dossier has other persons than its applicant.
                    let read = self.context.store.read().await?;
                    self.view_at(read.as_ref(), caller, *dossier, written)
                        .await?
                } else {
                    let people = applicant.map(|person| (APPLICANT.to_owned(), person));
                    let people = people.into_iter().collect();
                    self.context.view(caller, *dossier, people, written)?
                }
            }
            Done::Before { key, version } => {
                let read = self.context.store.read().await?;
                let (dossier, written) = self.at_version(read.as_ref(), &key, version).await?;
                self.view_at(read.as_ref(), caller, dossier, written)
                    .await?
            }
            Done::Unchanged => {
                return Err(Error::Internal("a request changed nothing".into()));
            }
        };
        if begins && view.dossier.received.is_some() {
            view.receipt = Some(self.receipt(&view)?);
        }
        Ok(view)
    }

    /// The dossier at a version, and the time of that version: the way a repeated request gets its
    /// first answer.
    async fn at_version(
        &self,
        read: &dyn ReadTx,
        key: &Key,
        version: u32,
    ) -> Result<(domain::dossier::Dossier, Instant), Error> {
        let records = read.records(key).await?;
        let until = records
            .iter()
            .take_while(|record| record.version <= version);
        let written = until.clone().last().map(|record| record.record_time);
        domain::dossier::Dossier::fold(until)
            .zip(written)
            .ok_or_else(|| {
                Error::Internal(format!("dossier {} has no version {version}", key.1).into())
            })
    }

    pub(crate) fn receipt(&self, view: &View) -> Result<Receipt, Error> {
        let dossier = &view.dossier;
        let calendar = self.context.calendar(dossier);
        let limit = dossier.clock.as_ref().and_then(|clock| clock.limit);
        let explanation = match (dossier.start(), limit) {
            (Some(start), Some(limit)) => {
                let explained = deadline::explain_from(&start, limit, &calendar).ok();
                // A calendar published since may count otherwise; the date given then stays.
                let original = dossier.clock.as_ref().and_then(|clock| clock.original_due);
                explained.filter(|explained| Some(explained.due) == original)
            }
            (None, _) | (_, None) => None,
        };
        Ok(Receipt {
            pin: self.context.keys.pin(dossier.id),
            explanation,
        })
    }

    /// Refuses units that could not handle the dossier: units of another province that receive or give
    /// back, the province itself, which has no desk, and ended units.
    fn check_units(
        &self,
        caller: &Caller,
        receiving: &UnitCode,
        content: &Contents,
    ) -> Result<(), Error> {
        let catalogue = self.context.catalogue(&caller.province);
        // An agency outside the province may decide what a desk receives regardless of boundary. How
        // far a procedure reaches is for the reception to say.
        let of_elsewhere = |unit: &&UnitCode| {
            let unit = catalogue.units.get(unit);
            unit.is_some_and(|unit| {
                unit.province != caller.province && unit.kind != UnitKind::Province
            })
        };
        let resolving = content.resolving.as_ref();
        let resolving = resolving.filter(|unit| !of_elsewhere(unit));
        let returning = content.returning.as_ref();
        let named: Vec<_> = [("receiving_unit", receiving)]
            .into_iter()
            .chain(resolving.map(|unit| ("resolving_unit", unit)))
            .chain(returning.map(|unit| ("returning_unit", unit)))
            .collect();
        self.check_named(caller, &named)
    }

    fn check_named(
        &self,
        caller: &Caller,
        named: &[(&'static str, &UnitCode)],
    ) -> Result<(), Error> {
        let catalogue = self.context.catalogue(&caller.province);
        let today = domain::time::local_day(self.now());
        let wrong: Vec<FieldError> = named
            .iter()
            .filter_map(|(field, code)| {
                let problem = cannot_deal(&catalogue, &caller.province, code, today)?;
                Some(FieldError::new(*field, problem))
            })
            .collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(wrong))
        }
    }

    /// Why a unit cannot handle a dossier on a day; none if it can.
    pub(crate) fn cannot_deal(
        &self,
        caller: &Caller,
        unit: &UnitCode,
        day: NaiveDate,
    ) -> Option<String> {
        let catalogue = self.context.catalogue(&caller.province);
        cannot_deal(&catalogue, &caller.province, unit, day)
    }

    pub(crate) fn new_dossier(&self, receiving: &UnitCode) -> (DossierId, Salt) {
        let random = self.context.ids.random();
        let chance = u64::from_be_bytes(random[..8].try_into().expect("eight of sixteen bytes"));
        let born = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        let id = DossierId::new(born, lane_of(receiving), chance);
        (id, Salt::new(self.context.ids.random()))
    }

    /// The dossier that a caller names. A dossier of another province does not exist for the
    /// caller.
    pub(crate) async fn resolve(
        &self,
        read: &dyn ReadTx,
        caller: &Caller,
        name: &DossierName,
    ) -> Result<Key, Error> {
        let found = match name {
            DossierName::Id(id) => Some((caller.province.clone(), *id)),
            DossierName::Code(code) => read.by_code(&caller.province, code).await?,
        };
        found.ok_or_else(|| Error::NotFound {
            what: "dossier",
            name: name.to_string(),
        })
    }

    pub(crate) async fn view(
        &self,
        read: &dyn ReadTx,
        caller: &Caller,
        dossier: domain::dossier::Dossier,
    ) -> Result<View, Error> {
        self.view_at(read, caller, dossier, self.now()).await
    }

    async fn view_at(
        &self,
        read: &dyn ReadTx,
        caller: &Caller,
        dossier: domain::dossier::Dossier,
        at: Instant,
    ) -> Result<View, Error> {
        self.keep_up(read, std::slice::from_ref(&dossier)).await?;
        let wanted = applicants_of([&dossier]);
        let mut people = read.people(&dossier.province, &wanted).await?;
        let people = people.remove(&dossier.id).unwrap_or_default();
        self.context.view(caller, dossier, people, at)
    }
}

/// Every person who may be shown as an applicant of these dossiers.
pub(crate) fn applicants_of<'a>(
    dossiers: impl IntoIterator<Item = &'a Dossier>,
) -> Vec<(DossierId, &'a str)> {
    let mut wanted = Vec::new();
    for dossier in dossiers {
        let items = dossier.corrections.applicant_items();
        wanted.extend(items.map(|item| (dossier.id, item)));
    }
    wanted
}

/// The lane of a receiving unit, kept in the dossier's id for good.
pub(crate) fn lane_of(receiving: &UnitCode) -> u16 {
    let hash = domain::digest::keyed_hash(b"lane", &[receiving.as_str().as_bytes()]);
    u16::from_be_bytes([hash[0], hash[1]])
}

/// Why a unit cannot handle a dossier on a day; none if it can.
fn cannot_deal(
    catalogue: &Catalogue,
    province: &ProvinceCode,
    code: &UnitCode,
    day: NaiveDate,
) -> Option<String> {
    let unit = catalogue
        .units
        .get(code)
        .filter(|unit| unit.province == *province && unit.kind != UnitKind::Province);
    if unit.is_none() {
        return Some("must be a commune or centre of the caller's province".to_owned());
    }
    has_ended(catalogue, code, day)
}

/// Why a unit cannot handle a dossier on a day: it ended before. None if it had not.
pub(crate) fn has_ended(catalogue: &Catalogue, code: &UnitCode, day: NaiveDate) -> Option<String> {
    let unit = catalogue.units.get(code)?;
    let until = unit.until.filter(|until| *until < day)?;
    let heir = catalogue.lineage.working(code, day);
    Some(format!(
        "must be a unit that exists; {code} ended on {until}, and {heir} has taken over"
    ))
}
