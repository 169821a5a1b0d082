//! Turns what another system recorded about a dossier into events of motcua.

use super::ImportedCase;
use super::map::Meaning;
use crate::catalogue::Catalogue;
use crate::deadline::Cutoff;
use crate::dossier::acts::advance::Advanced;
use crate::dossier::acts::receive::Received;
use crate::dossier::acts::resolve::Resolved;
use crate::dossier::acts::return_result::Returned;
use crate::dossier::acts::stop::Stopped;
use crate::dossier::acts::supplement::{SupplementRecorded, SupplementRequested};
use crate::dossier::acts::withdraw::Withdrawn;
use crate::dossier::imported::{ImportNumber, Imported, Oddity};
use crate::dossier::private::Salt;
use crate::dossier::{Channel, Circumstances, Event};
use crate::id::{ActorId, DossierId, ProvinceCode, UnitCode};
use crate::procedure::{ClockPolicy, Procedure};
use crate::role::Role;
use crate::time::{self, Instant};

/// The events of one dossier, in the order in which they are folded.
#[derive(Debug, Clone)]
pub struct History {
    /// When each happened, by whom, and what.
    pub events: Vec<Past>,
    /// What is odd about them.
    pub oddities: Vec<Oddity>,
    /// The id that the dossier keeps, if it came from motcua.
    pub id: Option<DossierId>,
}

/// Something that happened elsewhere.
#[derive(Debug, Clone)]
pub struct Past {
    /// When.
    pub at: Instant,
    /// The person and role; none if unknown.
    pub by: Option<(ActorId, Role)>,
    /// For which unit.
    pub unit: UnitCode,
    /// What.
    pub event: Event,
}

/// Why the rows of a dossier make no history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unmappable {
    /// Nothing says when it was received.
    #[error("dossier `{0}` was never received")]
    NeverReceived(Box<str>),
    /// The catalogue has no version of its procedure.
    #[error("dossier `{0}` has a procedure that the catalogue does not have")]
    NoProcedure(Box<str>),
    /// The events of an export do not follow each other.
    #[error("dossier `{0}` lacks an event: expected version {1}")]
    Gap(Box<str>, u32),
    /// The events of an export belong to another dossier or province.
    #[error("dossier `{0}` has an event of another dossier, or of another province than {1}")]
    Foreign(Box<str>, ProvinceCode),
}

/// Turns the rows of a dossier into events.
///
/// The reception comes first and the end after all steps, whatever their times: an activity noted
/// after the end does not open the dossier again. Times stay as they were. Requested papers count
/// as brought at the next activity. The due time is the other system's: it has no limit, so it is
/// compared as an instant, and nothing moves it.
///
/// The commitments of a stop or a supplement commit to no words, because the import has none.
pub fn history(
    case: &ImportedCase,
    import: ImportNumber,
    province: &ProvinceCode,
    catalogue: &Catalogue,
    salt: &Salt,
) -> Result<History, Unmappable> {
    if !case.facts.is_empty() {
        return replay(case, import, province, catalogue);
    }
    let noted = |wanted: &Meaning| {
        let mut found = case
            .happenings
            .iter()
            .filter(|(_, meaning)| meaning == wanted);
        found.next().map(|(at, _)| *at)
    };
    let received = case
        .received
        .or_else(|| noted(&Meaning::Received))
        .ok_or_else(|| Unmappable::NeverReceived(case.name.clone()))?;
    let procedure = version(catalogue, case, received)
        .ok_or_else(|| Unmappable::NoProcedure(case.name.clone()))?;
    let mut oddities = Vec::new();
    let ends = ends(case, &noted);
    if ends.len() > 1 {
        oddities.push(Oddity::SeveralEnds);
    }
    let returned = case.returned.or_else(|| noted(&Meaning::Returned));
    let end = ends
        .first()
        .copied()
        .or_else(|| returned.map(|at| (at, End::Resolved)));

    let mut story = Story {
        events: Vec::with_capacity(case.happenings.len() + 3),
        unit: &case.route.resolving,
        salt,
        waiting: false,
    };
    story.steps(case);
    for (odd, oddity) in [
        (
            end.is_some_and(|(at, _)| at < received),
            Oddity::EndBeforeStart,
        ),
        (
            case.due.is_some_and(|due| due < received),
            Oddity::DueBeforeStart,
        ),
        (
            story.events.first().is_some_and(|past| past.at < received),
            Oddity::StepBeforeStart,
        ),
        (
            end.is_some_and(|(end, _)| story.events.last().is_some_and(|past| past.at > end)),
            Oddity::StepAfterEnd,
        ),
        (
            returned.is_some_and(|back| end.is_some_and(|(end, _)| back < end)),
            Oddity::ReturnBeforeEnd,
        ),
    ] {
        if odd {
            oddities.push(oddity);
        }
    }
    if let Some((at, end)) = end {
        story.end(at, end);
        if let (Some(at), End::Resolved) = (returned, end) {
            story.push(
                at,
                Event::Returned(Returned {
                    receiver: None,
                    proxy: false,
                    channel: Channel::Desk,
                }),
            );
        }
    }
    let begun = Past {
        at: received,
        by: None,
        unit: case.route.receiving.clone(),
        event: Event::Received(reception(case, procedure, import, &oddities)),
    };
    story.events.insert(0, begun);
    Ok(History {
        events: story.events,
        oddities,
        id: None,
    })
}

/// How a dossier ended.
#[derive(Clone, Copy)]
enum End {
    Resolved,
    Stopped,
    Withdrawn,
}

/// Every end in the rows: columns before activities, a result before all others.
fn ends(case: &ImportedCase, noted: &impl Fn(&Meaning) -> Option<Instant>) -> Vec<(Instant, End)> {
    [
        (case.resolved, Meaning::Resolved, End::Resolved),
        (case.stopped, Meaning::Stopped, End::Stopped),
        (case.withdrawn, Meaning::Withdrawn, End::Withdrawn),
    ]
    .into_iter()
    .filter_map(|(column, meaning, end)| Some((column.or_else(|| noted(&meaning))?, end)))
    .collect()
}

/// The version in force on the day of reception; the first version for an earlier day.
fn version<'a>(
    catalogue: &'a Catalogue,
    case: &ImportedCase,
    received: Instant,
) -> Option<&'a Procedure> {
    let code = &case.route.procedure;
    let day = time::local_day(received);
    let procedures = &catalogue.procedures;
    let found = procedures
        .in_force(code, day)
        .or_else(|| procedures.get(code, 1));
    found.map(AsRef::as_ref)
}

fn reception(
    case: &ImportedCase,
    procedure: &Procedure,
    import: ImportNumber,
    oddities: &[Oddity],
) -> Received {
    Received {
        circumstances: Circumstances::default(),
        code: case.code.clone(),
        external_codes: Vec::new(),
        procedure: procedure.code.clone(),
        procedure_version: procedure.version,
        case: procedure.default_case().id.clone(),
        procedure_kind: procedure.kind,
        channel: case.route.channel,
        assisted_by: None,
        applicant: None,
        components: Vec::new(),
        papers: Vec::new(),
        receiving: case.route.receiving.clone(),
        resolving: case.route.resolving.clone(),
        returning: case.route.returning.clone(),
        limit: None,
        policy: ClockPolicy::NoStop,
        cutoff: Cutoff::None,
        transit: None,
        due: case.due,
        provisional: false,
        hand_over_by: None,
        imported: Some(Imported {
            import,
            case: case.name.to_string(),
            due_by_day: case.due_by_day && case.due.is_some(),
            oddities: oddities.to_vec(),
        }),
        offline_number: None,
        offline_entered: None,
        incomplete: None,
    }
}

/// The events after the reception, as they are written.
struct Story<'a> {
    events: Vec<Past>,
    unit: &'a UnitCode,
    salt: &'a Salt,
    waiting: bool,
}

impl Story<'_> {
    fn push(&mut self, at: Instant, event: Event) {
        self.events.push(Past {
            at,
            by: None,
            unit: self.unit.clone(),
            event,
        });
    }

    /// The version that the next event makes; the reception makes version 1.
    fn version(&self) -> usize {
        self.events.len() + 2
    }

    /// Writes what was done between reception and end, ordered by time, because files need not be
    /// in order.
    fn steps(&mut self, case: &ImportedCase) {
        let mut by_time: Vec<&(Instant, Meaning)> = case.happenings.iter().collect();
        by_time.sort_by_key(|(at, _)| *at);
        for (at, meaning) in by_time {
            match meaning {
                Meaning::Step(step) => {
                    self.papers_came(*at);
                    let step = step.clone();
                    self.push(
                        *at,
                        Event::Advanced(Advanced {
                            step,
                            assignee: None,
                        }),
                    );
                }
                Meaning::SupplementRequested => {
                    self.papers_came(*at);
                    let reason = self.salt.commit(&format!("{}.reason", self.version()), b"");
                    self.push(
                        *at,
                        Event::SupplementRequested(SupplementRequested {
                            items: Vec::new(),
                            reason,
                            respond_by: None,
                            notice_late: false,
                            exception: None,
                            stands: false,
                        }),
                    );
                    self.waiting = true;
                }
                Meaning::SupplementRecorded => self.papers_came(*at),
                Meaning::Received
                | Meaning::Withdrawn
                | Meaning::Stopped
                | Meaning::Resolved
                | Meaning::Returned
                | Meaning::Ignored => {}
            }
        }
    }

    fn papers_came(&mut self, at: Instant) {
        if std::mem::take(&mut self.waiting) {
            self.push(
                at,
                Event::SupplementRecorded(SupplementRecorded {
                    components: Vec::new(),
                    papers: Vec::new(),
                    answer_due: None,
                    moved: None,
                }),
            );
        }
    }

    fn end(&mut self, at: Instant, end: End) {
        let event = match end {
            End::Resolved => {
                self.papers_came(at);
                Event::Resolved(Resolved {
                    results: Vec::new(),
                })
            }
            End::Withdrawn => Event::Withdrawn(Withdrawn {
                reason: None,
                moved: None,
            }),
            End::Stopped => {
                let version = self.version();
                let none = |field| self.salt.commit(&format!("{version}.{field}"), b"");
                Event::Stopped(Stopped {
                    reason: none("reason"),
                    legal_basis: none("legal_basis"),
                    moved: None,
                })
            }
        };
        self.push(at, event);
    }
}

/// Takes over the events of an export unchanged.
fn replay(
    case: &ImportedCase,
    import: ImportNumber,
    province: &ProvinceCode,
    catalogue: &Catalogue,
) -> Result<History, Unmappable> {
    let mut records: Vec<_> = case.facts.iter().collect();
    records.sort_by_key(|record| record.version);
    let first = records[0];
    let mut oddities = Vec::new();
    let mut events = Vec::with_capacity(records.len());
    for (version, record) in (1..).zip(records) {
        if record.version != version {
            return Err(Unmappable::Gap(case.name.clone(), version));
        }
        if record.dossier != first.dossier || record.province != *province {
            return Err(Unmappable::Foreign(case.name.clone(), province.clone()));
        }
        let mut event = record.event.clone();
        if let Event::Received(facts) = &mut event {
            let mut due_by_day = false;
            if let Some(before) = &facts.imported {
                oddities.clone_from(&before.oddities);
                due_by_day = before.due_by_day;
            }
            facts.imported = Some(Imported {
                import,
                case: case.name.to_string(),
                due_by_day,
                oddities: oddities.clone(),
            });
            if facts.offline_number.is_some() {
                // Only the record time told when it was entered, and the import replaces the record
                // time.
                facts.offline_entered.get_or_insert(record.record_time);
            }
            let (code, number) = (&facts.procedure, facts.procedure_version);
            if catalogue.procedures.get(code, number).is_none() {
                return Err(Unmappable::NoProcedure(case.name.clone()));
            }
        }
        events.push(Past {
            at: record.event_time,
            by: Some((record.actor.clone(), record.role)),
            unit: record.unit.clone(),
            event,
        });
    }
    if !matches!(events[0].event, Event::Received(_) | Event::Submitted(_)) {
        return Err(Unmappable::NeverReceived(case.name.clone()));
    }
    Ok(History {
        events,
        oddities,
        id: Some(first.dossier),
    })
}
