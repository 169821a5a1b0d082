//! What people and officials do next with a made-up dossier.

use app::view::View;
use chrono::{NaiveDate, TimeDelta};
use domain::calendar::Calendar;
use domain::dossier::acts::{
    Accept, Advance, CloseLeg, RecordPayment, RecordSupplement, Refuse, RequestPayment,
    RequestSupplement, Resolve, ReturnResult, Stop, Withdraw,
};
use domain::dossier::acts::{HandOver, SupplementItem};
use domain::dossier::private::Words;
use domain::dossier::{Command, Dossier, Extension, PaymentMethod, State};
use domain::id::ActorId;
use domain::procedure::{ClockPolicy, Procedure};
use domain::role::Role;
use domain::time::{self, Instant};

use crate::chance::Chance;

/// Something that will be done.
#[derive(Debug, Clone)]
pub struct Next {
    pub at: Instant,
    pub role: Role,
    pub command: Command,
}

/// How somebody's dossier will fare.
#[derive(Debug, Clone, Copy)]
pub struct Fate {
    /// The share of the allowed time that the offices take; above 1 it ends late.
    pace: f64,
}

impl Fate {
    /// A fate, drawn when a dossier begins. Slow units have more late dossiers.
    pub fn draw(chance: &mut Chance, slowness: f64) -> Self {
        let late = chance.happens(0.03 * slowness);
        Self {
            pace: if late {
                chance.between(1.05, 1.9)
            } else {
                chance.between(0.15, 0.92)
            },
        }
    }
}

/// What happens next, if anything does.
pub fn next(
    view: &View,
    now: Instant,
    fate: Fate,
    calendar: &Calendar,
    chance: &mut Chance,
) -> Option<Next> {
    let dossier = &view.dossier;
    if dossier.mirrored.is_some() {
        return None;
    }
    let after = |hours: f64| calendar.add_open_time(now, hours_of(hours)).ok();
    let by = |role: Role, at: Option<Instant>, command: Command| {
        Some(Next {
            at: at?,
            role,
            command,
        })
    };
    match &dossier.state {
        State::Submitted => {
            let at = after(chance.between(0.2, 7.0));
            // Papers are asked for once at most.
            let asks = if dossier.supplements == 0 { 3.0 } else { 0.0 };
            let command = match chance.weighted(&[94.0, 3.0, asks]) {
                0 => Command::Receive(Accept {
                    components: required(&view.procedure),
                    papers: Vec::new(),
                }),
                1 => Command::Refuse(Refuse {
                    reason: Words::new("Hồ sơ không thuộc thẩm quyền giải quyết"),
                    competent: None,
                }),
                _ => supplement(&view.procedure),
            };
            by(Role::Receptionist, at, command)
        }
        State::SupplementRequested { .. } => {
            let at = some_days(now, chance.between(0.6, 7.0), calendar, chance);
            match chance.weighted(&[92.0, 4.0, 4.0]) {
                0 => by(
                    Role::Receptionist,
                    at,
                    Command::RecordSupplement(RecordSupplement {
                        components: Vec::new(),
                        papers: Vec::new(),
                    }),
                ),
                1 => by(
                    Role::Receptionist,
                    at,
                    Command::Withdraw(Withdraw {
                        reason: Words::default(),
                    }),
                ),
                _ => None,
            }
        }
        State::PaymentRequested { .. } => {
            let at = some_days(now, chance.between(0.6, 5.0), calendar, chance);
            let amount_vnd = dossier.fee_open_vnd.unwrap_or_default();
            by(
                Role::Receptionist,
                at,
                Command::RecordPayment(RecordPayment {
                    amount_vnd,
                    method: Some(PaymentMethod::Qr),
                }),
            )
        }
        State::Received if view.procedure.on_the_spot && chance.happens(0.85) => by(
            Role::Receptionist,
            after(chance.between(0.05, 0.6)),
            Command::Resolve(Resolve {
                results: Vec::new(),
            }),
        ),
        State::Received if dossier.custody.hand_over_by.is_some() => {
            let by_when = dossier.custody.hand_over_by;
            let at = if chance.happens(0.04) {
                after(chance.between(6.0, 11.0))
            } else {
                after(chance.between(0.1, 1.4)).min(by_when)
            };
            by(Role::Receptionist, at, papers(dossier))
        }
        State::Received => {
            let step = view.next_steps.first().cloned();
            let command = Command::Advance(Advance {
                step,
                assignee: None,
            });
            by(Role::Receptionist, after(chance.between(0.1, 1.5)), command)
        }
        State::Processing { .. } => process(view, now, fate, calendar, chance),
        State::Resolved => {
            let at = after(chance.between(0.3, 16.0));
            let command = Command::Return(ReturnResult {
                receiver: None,
                proxy: false,
                channel: dossier.channel,
            });
            by(Role::Receptionist, at, command)
        }
        State::Refused | State::Withdrawn | State::Stopped | State::Returned => None,
    }
}

fn process(
    view: &View,
    now: Instant,
    fate: Fate,
    calendar: &Calendar,
    chance: &mut Chance,
) -> Option<Next> {
    let dossier = &view.dossier;
    let procedure = &view.procedure;
    let here = dossier.state.step();
    let share = fate.pace / (procedure.steps.len().max(1) as f64);
    let clock = dossier.clock.as_ref()?;
    let whole = clock
        .effective_due
        .and_then(|due| calendar.open_time_between(clock.started, due).ok())
        .unwrap_or(hours_of(40.0));
    let takes = whole.num_seconds() as f64 / 3_600.0 * share;
    let at = calendar.add_open_time(now, hours_of(takes.max(0.1))).ok()?;
    let slow = !procedure.on_the_spot && whole > hours_of(16.0);
    if slow && dossier.supplements == 0 && chance.happens(0.07) {
        let at = calendar.add_open_time(now, hours_of(takes.min(6.0))).ok()?;
        return Some(Next {
            at,
            role: Role::Officer,
            command: supplement(procedure),
        });
    }
    if procedure.clock == ClockPolicy::StopWhileFinancial
        && dossier.fee_paid_vnd == 0
        && chance.happens(0.6)
    {
        let amount_vnd = 500_000 + 10_000 * chance.below(200) as u64;
        return Some(Next {
            at,
            role: Role::Officer,
            command: Command::RequestPayment(RequestPayment {
                amount_vnd,
                reason: Words::new("Tiền sử dụng đất theo thông báo của cơ quan thuế"),
            }),
        });
    }
    if let Some(next) = apology(view, now, at, calendar, chance) {
        return Some(next);
    }
    if slow && chance.happens(0.01) {
        let command = Command::Stop(Stop {
            reason: Words::new("Không đủ điều kiện giải quyết"),
            legal_basis: Words::new("Quy định của thủ tục"),
        });
        return Some(Next {
            at,
            role: Role::Leader,
            command,
        });
    }
    let place = |id: &domain::id::StepId| procedure.steps.iter().position(|step| step.id == *id);
    let ahead: Vec<_> = view
        .next_steps
        .iter()
        .filter(|id| place(id) > here.and_then(place))
        .cloned()
        .collect();
    let finish = here
        .and_then(|id| procedure.step(id))
        .is_none_or(|step| step.finish);
    let role = here
        .and_then(|id| procedure.step(id))
        .map_or(Role::Leader, |step| step.role);
    let awaited = dossier.open_legs().find(|leg| !leg.lead);
    if let Some(leg) = awaited.filter(|_| finish) {
        let hours = hours_of(fate.pace * chance.between(0.2, 6.0));
        return Some(Next {
            at: calendar.add_open_time(now, hours).ok()?,
            role: Role::Officer,
            command: Command::CloseLeg(CloseLeg {
                number: leg.number,
                result: Words::default(),
            }),
        });
    }
    if finish {
        return Some(Next {
            at,
            role,
            command: Command::Resolve(Resolve {
                results: Vec::new(),
            }),
        });
    }
    let step = ahead
        .get(usize::from(ahead.len() > 1 && chance.happens(0.85)))
        .cloned();
    Some(Next {
        at,
        role,
        command: Command::Advance(Advance {
            step: Some(step?),
            assignee: None,
        }),
    })
}

/// The papers go to an officer of the unit that decides.
fn papers(dossier: &Dossier) -> Command {
    let holder = dossier.custody.holder.as_ref();
    let officer = format!("officer-{}", dossier.resolving);
    Command::HandOver(HandOver {
        giver: holder.map(|holder| holder.party.actor.clone()),
        receiver: ActorId::parse(&officer).expect("roles and identifiers are ids"),
        receiver_unit: None,
        components: dossier.components.clone(),
        originals: Vec::new(),
        on_paper: true,
    })
}

/// A third of those who will be late are told so in time, with a new date.
fn apology(
    view: &View,
    now: Instant,
    ends: Instant,
    calendar: &Calendar,
    chance: &mut Chance,
) -> Option<Next> {
    let due = view.dossier.due()?;
    let file_by = view.timing.apology_by?;
    let at = file_by - TimeDelta::hours(2);
    if ends <= due || at <= now || view.dossier.extended || !chance.happens(0.33) {
        return None;
    }
    let day = calendar
        .nth_working_day_after(time::local_day(due), 5)
        .ok()?;
    let command = Command::Extend(Extension::Apology {
        reason: Words::new("Cần thêm thời gian xác minh thực địa"),
        due: calendar.closing(day).ok().flatten()?,
    });
    Some(Next {
        at,
        role: Role::Leader,
        command,
    })
}

fn supplement(procedure: &Procedure) -> Command {
    Command::RequestSupplement(RequestSupplement {
        items: vec![SupplementItem {
            component: procedure
                .components
                .first()
                .map(|component| component.code.clone()),
            note: Words::new("Bản chụp mờ, đề nghị nộp lại"),
        }],
        reason: Words::new("Hồ sơ chưa đầy đủ"),
        respond_by: None,
        exception: None,
    })
}

/// The components that a complete dossier of this procedure brings.
pub fn required(procedure: &Procedure) -> Vec<domain::id::ComponentCode> {
    procedure
        .components
        .iter()
        .filter(|component| component.required)
        .map(|component| component.code.clone())
        .collect()
}

fn some_days(now: Instant, days: f64, calendar: &Calendar, chance: &mut Chance) -> Option<Instant> {
    let later = now + TimeDelta::seconds((days * 86_400.0) as i64);
    let day: NaiveDate = calendar.working_day_from(time::local_day(later)).ok()?;
    let opening = calendar.opening(day).ok().flatten()?;
    let at = calendar
        .add_open_time(opening, hours_of(chance.between(0.1, 6.0)))
        .ok()?;
    Some(Ord::max(at, now + TimeDelta::minutes(1)))
}

fn hours_of(hours: f64) -> TimeDelta {
    TimeDelta::seconds((hours * 3_600.0) as i64)
}
