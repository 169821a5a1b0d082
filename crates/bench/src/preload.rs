//! Dossiers that exist before the measurement: a year of a province, each with its whole history,
//! as if the office had handled them.
//!
//! The rules decide every step, so no dossier is impossible. Only the writing is shortened: each
//! dossier is written once, at the end of its history.

use std::sync::Arc;

use app::keys::Keys;
use app::ports::{Batch, Change, Entry, Ids, NumberWanted, Secrets, Store};
use chrono::TimeDelta;
use demo::chance::{Chance, ChanceIds};
use demo::{people, required};
use domain::catalogue::Catalogue;
use domain::code::AnyCode;
use domain::digest::{half, keyed_hash};
use domain::dossier::acts::{Accept, Advance, Resolve, ReturnResult};
use domain::dossier::contents::{CircumstancesGiven, Contents};
use domain::dossier::private::Words;
use domain::dossier::private::{Private, Salt};
use domain::dossier::{
    self, Acting, Channel, Command, Decision, Dossier, Interest, Reception, Record, Rules, State,
    Submission,
};
use domain::id::{ActorId, DossierId, RequestId};
use domain::procedure::{Authority, Kind, Procedure};
use domain::role::Role;
use domain::tally;
use domain::time::{self, Instant};
use domain::unit::{Unit, UnitKind};

use crate::Failure;
use crate::province::{UNITS_OF, code as province_code};

/// How many dossiers one transaction writes.
const AT_ONCE: usize = 1_000;

/// How many dossiers wait in the first commune at most, all of one name: a busy ward, whose lists and
/// searches fill more than a page.
const WAITING: u32 = 500;

/// The age of the first dossier.
const YEAR: TimeDelta = TimeDelta::days(365);

/// Writes this many dossiers and reports progress through `written`.
pub async fn preload(
    store: Arc<dyn Store>,
    catalogue: &Arc<Catalogue>,
    secret: &[u8],
    count: u32,
    now: Instant,
    mut written: impl FnMut(u32),
) -> Result<(), Failure> {
    let (batches, mut ready) = tokio::sync::mpsc::channel(2);
    let mut office = Office::new(Arc::clone(catalogue), secret, count, now);
    // One thread makes a batch while another batch is written.
    let making = tokio::task::spawn_blocking(move || {
        let mut left = 0..count;
        while !left.is_empty() {
            let changes: Result<Vec<Change>, Failure> = left
                .by_ref()
                .take(AT_ONCE)
                .map(|number| office.history(number))
                .collect();
            if batches.blocking_send(changes).is_err() {
                break;
            }
        }
    });
    let mut done = 0;
    while let Some(changes) = ready.recv().await {
        let changes = changes?;
        done += u32::try_from(changes.len()).expect("a batch is small");
        store
            .commit(Batch { changes })
            .await
            .map_err(|error| Failure::work("cannot write the dossiers to begin with", error))?;
        written(done);
    }
    making
        .await
        .map_err(|error| Failure::work("cannot make the dossiers to begin with", error))
}

/// Those who made the histories.
struct Office {
    catalogue: Arc<Catalogue>,
    units: Vec<Unit>,
    procedures: Vec<Arc<Procedure>>,
    keys: Keys,
    chance: Chance,
    ids: ChanceIds,
    requests: u64,
    count: u32,
    now: Instant,
}

impl Office {
    fn new(catalogue: Arc<Catalogue>, secret: &[u8], count: u32, now: Instant) -> Self {
        let units = catalogue
            .units
            .in_province(&province_code())
            .filter(|unit| UNITS_OF.contains(&unit.kind))
            .cloned()
            .collect();
        let procedures = catalogue
            .procedures
            .iter_in_force(time::local_day(now - YEAR))
            .filter(|procedure| {
                procedure.authority == Authority::Ours
                    && procedure.kind == Kind::Procedure
                    && !procedure.is_outline()
            })
            .cloned()
            .collect();
        Self {
            catalogue,
            units,
            procedures,
            keys: Keys::new(secret),
            chance: Chance::new(u64::from(count)),
            ids: ChanceIds::new(u64::from(count) + 1),
            requests: 0,
            count,
            now,
        }
    }

    /// The `number`-th dossier, with everything that has happened to it by now.
    fn history(&mut self, number: u32) -> Result<Change, Failure> {
        let waits = number + Ord::min(WAITING, self.count / 2) >= self.count;
        let first = |unit: &&Unit| unit.kind == UnitKind::Commune;
        let unit = match self.units.iter().find(first) {
            Some(unit) if waits => unit.clone(),
            Some(_) | None => self.units[self.chance.below(self.units.len())].clone(),
        };
        let procedure = Arc::clone(&self.procedures[self.chance.below(self.procedures.len())]);
        let between = YEAR.num_seconds() * i64::from(number) / i64::from(self.count.max(1));
        let arrived = if waits {
            self.now - TimeDelta::seconds(i64::from(self.count - number))
        } else {
            self.now - YEAR + TimeDelta::seconds(between)
        };
        let slow = self.chance.happens(0.04);
        let channel = if waits || self.chance.happens(0.7) {
            Channel::Online
        } else {
            Channel::Desk
        };
        let mut applicant = people::person(&mut self.chance, number as usize, &unit.name);
        if waits {
            "Nguyễn Văn An".clone_into(&mut applicant.name);
        }
        let content = Contents {
            case: None,
            applicant,
            assisted_by: None,
            components: required(&procedure),
            papers: Vec::new(),
            external_codes: Vec::new(),
            resolving: None,
            returning: None,
            duplicate_intended: false,
            circumstances: CircumstancesGiven::default(),
        };
        let salt = Salt::new(self.ids.random());
        let chance = u64::from_be_bytes(self.ids.random()[..8].try_into().expect("eight bytes"));
        let born = u64::try_from(arrived.timestamp_millis()).unwrap_or_default();
        let mut life = Life {
            office: self,
            id: DossierId::new(born, 0, chance),
            unit: &unit,
            procedure: &procedure,
            salt,
            dossier: None,
            entries: Vec::new(),
            private: Vec::new(),
        };
        let person = life
            .office
            .keys
            .person(&unit.province, &content.applicant.id_number);
        let mut codes = Vec::new();
        let mut at = arrived;
        match channel {
            Channel::Online => {
                let code = format!(
                    "G22.99-{}-{number:07}",
                    time::local_day(at).format("%y%m%d")
                );
                let code = AnyCode::parse(&code).expect("it has a portal's shape");
                codes.push(code.clone());
                let submission = Submission {
                    receiving: unit.code.clone(),
                    portal_code: code,
                    submitted: None,
                    channel,
                    content,
                };
                life.begin(Role::Portal, at, |rules| {
                    dossier::submit(&submission, rules, at)
                })?;
            }
            Channel::Desk | Channel::Post => {
                // At night the desk's next hour is tomorrow, and nothing may be recorded ahead of time.
                at = Ord::min(life.later(at, 0.2), life.office.now);
                let reception = Reception {
                    receiving: unit.code.clone(),
                    channel,
                    content,
                };
                life.begin(Role::Receptionist, at, |rules| {
                    dossier::receive(&reception, rules, at)
                })?;
            }
        }
        while let Some((role, hours, command)) = life.next(slow) {
            at = life.later(at, hours);
            if at > life.office.now {
                break;
            }
            life.act(role, at, &command)?;
        }
        Ok(life.written(codes, person))
    }
}

/// A dossier while its history is made.
struct Life<'a> {
    office: &'a mut Office,
    id: DossierId,
    unit: &'a Unit,
    procedure: &'a Procedure,
    salt: Salt,
    dossier: Option<Dossier>,
    entries: Vec<Entry>,
    private: Vec<Private>,
}

impl Life<'_> {
    /// Some working hours later.
    fn later(&self, at: Instant, hours: f64) -> Instant {
        let calendar = self
            .office
            .catalogue
            .calendars
            .for_unit(self.unit.code.as_str());
        calendar
            .add_open_time(at, TimeDelta::seconds((hours * 3_600.0) as i64))
            .unwrap_or(self.office.now + YEAR)
    }

    /// Who does what next, and after how many working hours.
    fn next(&self, slow: bool) -> Option<(Role, f64, Command)> {
        let dossier = self.dossier.as_ref()?;
        let hours = if slow { 60.0 } else { 3.0 };
        let here = dossier.state.step().and_then(|id| self.procedure.step(id));
        match &dossier.state {
            State::Submitted => {
                let components = Vec::new();
                Some((
                    Role::Receptionist,
                    1.0,
                    Command::Receive(Accept {
                        components,
                        papers: Vec::new(),
                        accept_incomplete: Words::default(),
                    }),
                ))
            }
            State::Received | State::Processing { .. } => match here {
                Some(step) if step.finish => Some((
                    step.role,
                    hours,
                    Command::Resolve(Resolve {
                        results: Vec::new(),
                    }),
                )),
                Some(_) | None => {
                    let step = dossier::next_steps(dossier, self.procedure)
                        .into_iter()
                        .next();
                    let role = here.map_or(Role::Receptionist, |step| step.role);
                    let assignee = None;
                    Some((role, 2.0, Command::Advance(Advance { step, assignee })))
                }
            },
            State::Resolved => Some((
                Role::Receptionist,
                4.0,
                Command::Return(ReturnResult {
                    receiver: None,
                    proxy: false,
                    channel: dossier.channel,
                }),
            )),
            State::Refused
            | State::SupplementRequested { .. }
            | State::PaymentRequested { .. }
            | State::Withdrawn
            | State::Stopped
            | State::Returned => None,
        }
    }

    fn begin(
        &mut self,
        role: Role,
        at: Instant,
        decide: impl FnOnce(&Rules<'_>) -> Result<Decision, dossier::Refusal>,
    ) -> Result<(), Failure> {
        let acting = self.acting(role);
        let decision = self.ruled(&acting, decide)?;
        self.record(&acting, at, decision);
        Ok(())
    }

    fn act(&mut self, role: Role, at: Instant, command: &Command) -> Result<(), Failure> {
        let acting = self.acting(role);
        let dossier = self.dossier.clone().expect("it has begun");
        let decision = self.ruled(&acting, |rules| {
            dossier::decide(&dossier, command, rules, at)
        })?;
        self.record(&acting, at, decision);
        Ok(())
    }

    fn acting(&self, role: Role) -> Acting {
        let actor = format!("{role}-{}", self.unit.code);
        Acting {
            actor: ActorId::parse(&actor).expect("roles and identifiers are ids"),
            role,
            unit: self.unit.code.clone(),
        }
    }

    fn ruled(
        &self,
        acting: &Acting,
        decide: impl FnOnce(&Rules<'_>) -> Result<Decision, dossier::Refusal>,
    ) -> Result<Decision, Failure> {
        let catalogue = &self.office.catalogue;
        let rules = Rules {
            procedure: self.procedure,
            calendar: catalogue.calendars.for_unit(self.unit.code.as_str()),
            calendars: &catalogue.calendars,
            units: &catalogue.units,
            boundaries: &catalogue.boundaries,
            papers: &catalogue.papers,
            opinions: &catalogue.opinions,
            answer_limit: catalogue.intake.answer,
            salt: &self.salt,
            acting,
        };
        decide(&rules).map_err(|refusal| Failure::Work {
            message: format!(
                "no dossier of procedure {} can be made: {}",
                self.procedure.code,
                refusal.message_en()
            ),
            source: None,
        })
    }

    fn record(&mut self, acting: &Acting, at: Instant, decision: Decision) {
        self.office.requests += 1;
        let request = format!("00000000-0000-4000-8000-{:012x}", self.office.requests);
        for (part, event) in (0..).zip(decision.events) {
            let record = Record {
                province: self.unit.province.clone(),
                dossier: self.id,
                version: self
                    .dossier
                    .as_ref()
                    .map_or(1, |dossier| dossier.version + 1),
                event_time: at,
                record_time: at,
                actor: acting.actor.clone(),
                role: acting.role,
                unit: acting.unit.clone(),
                request_id: RequestId::parse(&request).expect("twelve digits end a UUID"),
                event,
            };
            self.dossier = match self.dossier.take() {
                Some(dossier) => Some(dossier.apply(&record)),
                None => Dossier::begin(&record),
            };
            self.entries.push(Entry {
                content: half(&keyed_hash(
                    self.salt.as_bytes(),
                    &[b"request", request.as_bytes()],
                )),
                record,
                part,
            });
        }
        self.private.extend(decision.private);
    }

    fn written(self, codes: Vec<AnyCode>, person: Option<String>) -> Change {
        let dossier = self.dossier.expect("it has begun");
        let keys = &self.office.keys;
        let number = match (dossier.channel, dossier.received) {
            (Channel::Desk | Channel::Post, Some(received)) => Some(NumberWanted {
                unit: dossier.receiving.clone(),
                day: time::local_day(received),
            }),
            (Channel::Online, _) | (_, None) => None,
        };
        Change {
            before: 0,
            entries: self.entries,
            number,
            block_number: None,
            portal_number: None,
            alone: Vec::new(),
            codes,
            released: Vec::new(),
            secrets: Some(Secrets {
                salt: self.salt,
                person,
                namesake: None,
            }),
            pin_hash: dossier
                .received
                .map(|_| keys.pin_hash(self.id, &keys.pin(self.id))),
            private: self.private,
            interest: Interest::of(&dossier),
            tallies: tally::difference(None, &dossier),
            interest_before: Vec::new(),
            dossier,
        }
    }
}
