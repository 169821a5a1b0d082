//! Offline reception: a desk reserves numbers, receives on paper, and enters the receptions later.
//!
//! A reception happens at the desk's time and is recorded when it is entered; due times count from
//! the desk's time. Each number of a day belongs to one dossier, to an open block, or to nobody for
//! good.

use std::ops::RangeInclusive;

use chrono::{NaiveDate, TimeDelta};
use domain::dossier::change::succession::succeed;
use domain::dossier::{Channel, Dossier, Reception, Refusal, Rewrite};
use domain::id::{DossierId, ProcedureCode, UnitCode};
use domain::number::{self, NumberState, VoidReason};
use domain::time::{self, Instant};
use futures::future::join_all;

use crate::access::{self, Caller, Method};
use crate::engine::{Engine, RequestIdentity};
use crate::error::{Error, FieldError};
use crate::jobs;
use crate::ports::{Block, BlockNumber, BlockWanted, Reserved, SkippedNumbers, VoidWanted, Voided};
use crate::view::{DossierName, View};
use crate::writing::{Task, Work};

/// One reception as the desk recorded it.
#[derive(Debug, Clone)]
pub struct OfflineReception {
    /// The id under which it is entered. A repeat gets the first answer.
    pub identity: RequestIdentity,
    /// The number that its slip bears.
    pub number: u32,
    /// When it was received.
    pub at: Instant,
    /// For which procedure.
    pub procedure: ProcedureCode,
    /// What was handed in.
    pub reception: Reception,
}

/// How many days one list of blocks covers: a year.
const MOST_DAYS: i64 = 366;

impl Engine {
    /// Reserves the next numbers of a unit's day.
    pub async fn reserve_numbers(
        &self,
        caller: &Caller,
        identity: RequestIdentity,
        unit: &UnitCode,
        day: NaiveDate,
        count: u32,
    ) -> Result<Block, Error> {
        access::check_unit(caller, Method::ReserveNumbers, unit)?;
        self.check_desk(caller, unit, day)?;
        let now = self.now();
        let today = time::local_day(now);
        if !(1..=number::MOST_IN_A_BLOCK).contains(&count) {
            let problem = format!("must be from 1 to {}", number::MOST_IN_A_BLOCK);
            return Err(Error::invalid("count", problem));
        }
        let last = today + TimeDelta::days(number::MOST_DAYS_AHEAD);
        let wanted = BlockWanted {
            province: caller.province.clone(),
            unit: unit.clone(),
            day,
            begins: day == today,
            in_time: (today..=last).contains(&day),
            count,
            actor: caller.actor.clone(),
            request_id: identity.request_id.clone(),
            at: time::to_micros(now),
        };
        match self.context.store.reserve_block(&wanted).await? {
            Reserved::Block(block) => Ok(block),
            Reserved::DayOver { newest } => Err(refused(Refusal::DayOver { day, newest })),
            Reserved::NotInTime => {
                let problem = format!("must be from today, {today}, to {last}");
                Err(Error::invalid("day", problem))
            }
            Reserved::OtherRequest => Err(Error::RequestReused {
                request_id: identity.request_id.to_string(),
            }),
        }
    }

    /// The blocks of a unit's days, with the state of each number, and the numbers that a restoration
    /// skipped.
    pub async fn number_blocks(
        &self,
        caller: &Caller,
        unit: &UnitCode,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<(Vec<Block>, Vec<SkippedNumbers>), Error> {
        access::check_unit(caller, Method::ListNumberBlocks, unit)?;
        let last = *days.start() + TimeDelta::days(MOST_DAYS - 1);
        if !(*days.start()..=last).contains(days.end()) {
            let problem = format!("must be from {} to {last}", days.start());
            return Err(Error::invalid("last_day", problem));
        }
        let read = self.context.store.read().await?;
        let province = &caller.province;
        let blocks = read.blocks(province, unit, days.clone()).await?;
        let skipped = read.skipped(province, unit, days).await?;
        Ok((blocks, skipped))
    }

    /// Voids numbers that no dossier will have, all or none of them.
    ///
    /// `later` names the dossier that the person of a slip has later; then it is one number.
    pub async fn void_numbers(
        &self,
        caller: &Caller,
        unit: &UnitCode,
        day: NaiveDate,
        numbers: Vec<u32>,
        reason: VoidReason,
        later: Option<&DossierName>,
    ) -> Result<Vec<Block>, Error> {
        access::check_unit(caller, Method::VoidNumbers, unit)?;
        let later = match later {
            Some(name) => Some(self.later_dossier(caller, day, &numbers, name).await?),
            None => None,
        };
        let wanted = VoidWanted {
            province: caller.province.clone(),
            unit: unit.clone(),
            day,
            numbers,
            reason,
            later,
            actor: caller.actor.clone(),
            at: time::to_micros(self.now()),
        };
        match self.context.store.void_numbers(&wanted).await? {
            Voided::Done(blocks) => Ok(blocks),
            Voided::NotOpen { number, state } => Err(refused(Refusal::NumberNotOpen {
                number,
                state: state.map(NumberState::as_str),
            })),
        }
    }

    /// The dossier that the person of a void slip has later.
    async fn later_dossier(
        &self,
        caller: &Caller,
        day: NaiveDate,
        numbers: &[u32],
        name: &DossierName,
    ) -> Result<DossierId, Error> {
        let wrong = |problem: String| Error::invalid("later_dossier", problem);
        if numbers.len() != 1 {
            let problem = "goes with one number only: a slip is of one person";
            return Err(wrong(problem.to_owned()));
        }
        let read = self.context.store.read().await?;
        let found = self
            .readable(read.as_ref(), caller, Method::GetDossier, name)
            .await;
        let dossier = found.map_err(|error| match error {
            // One answer for what is not there and for what is not for the caller.
            Error::NotFound { .. } => wrong(format!("{name} is no dossier that you may read")),
            other => other,
        })?;
        let begun = dossier.received.or(dossier.submitted);
        match begun.map(time::local_day) {
            Some(begun) if begun >= day => Ok(dossier.id),
            Some(begun) => Err(wrong(format!(
                "{name} is of {begun}, before the slip of {day}"
            ))),
            None => Err(wrong(format!("{name} was never received"))),
        }
    }

    /// Enters the receptions of an offline desk. Each gets its own answer.
    pub async fn import_receptions(
        &self,
        caller: &Caller,
        unit: &UnitCode,
        day: NaiveDate,
        receptions: Vec<OfflineReception>,
    ) -> Result<Vec<Result<View, Error>>, Error> {
        self.check_receptions(caller, unit, day, &receptions)?;
        let entered = receptions
            .into_iter()
            .map(|offline| self.import_one(caller, unit, day, offline));
        Ok(join_all(entered).await)
    }

    /// Refuses receptions that no desk can have had on the day, whatever their numbers.
    pub fn check_receptions(
        &self,
        caller: &Caller,
        unit: &UnitCode,
        day: NaiveDate,
        receptions: &[OfflineReception],
    ) -> Result<(), Error> {
        access::check_unit(caller, Method::ImportReceptions, unit)?;
        self.check_desk(caller, unit, day)?;
        let now = time::to_micros(self.now());
        let mut wrong = Vec::new();
        for (at, offline) in receptions.iter().enumerate() {
            let field = |name: &str| format!("requests[{at}].{name}");
            if time::local_day(offline.at) != day || offline.at > now {
                let problem = format!("must be on {day} and not in the future");
                wrong.push(FieldError::new(field("receive_time"), problem));
            }
            if offline.reception.channel == Channel::Online {
                wrong.push(FieldError::new(field("channel"), "must be desk or post"));
            }
            let content = &offline.reception.content;
            for (name, other) in [
                ("resolving_unit", &content.resolving),
                ("returning_unit", &content.returning),
            ] {
                let problem = other
                    .as_ref()
                    .and_then(|other| self.cannot_deal(caller, other, day));
                wrong.extend(problem.map(|problem| FieldError::new(field(name), problem)));
            }
        }
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(Error::Invalid(wrong)),
        }
    }

    async fn import_one(
        &self,
        caller: &Caller,
        unit: &UnitCode,
        day: NaiveDate,
        offline: OfflineReception,
    ) -> Result<View, Error> {
        let OfflineReception {
            mut identity,
            number,
            at,
            procedure,
            mut reception,
        } = offline;
        // The same id for another unit or day would be another request.
        identity
            .content
            .extend(format!("{unit} {day}").into_bytes());
        // The desk has received the dossier, so a possible duplicate no longer stops it.
        reception.content.duplicate_intended = true;
        let (id, salt) = self.new_dossier(unit);
        let work = Work::Import {
            id,
            salt,
            procedure,
            reception,
            at,
            number: BlockNumber {
                province: caller.province.clone(),
                unit: unit.clone(),
                day,
                number,
            },
        };
        let view = self.write(caller, identity, work).await?;
        self.follow_succession(caller, &view.dossier).await?;
        Ok(view)
    }

    /// Lets the heirs take over a dossier whose receiving unit has ended meanwhile.
    async fn follow_succession(&self, caller: &Caller, dossier: &Dossier) -> Result<(), Error> {
        let catalogue = self.catalogue(&caller.province);
        let now = time::to_micros(self.now());
        let today = time::local_day(now);
        for known in catalogue
            .lineage
            .iter()
            .filter(|known| known.day() <= today)
        {
            if succeed(dossier, known).is_none() {
                continue;
            }
            let wanted = Rewrite::Succession(std::sync::Arc::new(known.clone()));
            let name = format!("units-{}-entered-later", known.day());
            let task = Task {
                caller: caller.clone(),
                request_id: jobs::request_id(&name, dossier.id),
                content: Vec::new(),
                arrived: now,
                work: Work::Rewrite {
                    id: dossier.id,
                    rewrite: wanted,
                },
            };
            self.lane().send(task).await?;
        }
        Ok(())
    }

    /// Refuses a desk that did not exist on the day.
    fn check_desk(&self, caller: &Caller, unit: &UnitCode, day: NaiveDate) -> Result<(), Error> {
        match self.cannot_deal(caller, unit, day) {
            None => Ok(()),
            Some(problem) => Err(Error::invalid("unit", problem)),
        }
    }
}

fn refused(refusal: Refusal) -> Error {
    Error::Refused {
        refusal,
        status: None,
        allowed: Vec::new(),
    }
}
