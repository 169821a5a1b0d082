//! From the first step of a made-up dossier to its result.

use app::view::View;
use chrono::TimeDelta;
use domain::dossier::acts::{Advance, CloseLeg, RequestPayment, Resolve, Stop};
use domain::dossier::private::Words;
use domain::dossier::{Command, Extension};
use domain::procedure::{ClockPolicy, Procedure};
use domain::role::Role;
use domain::time::{self, Instant};

use super::{Life, Next, hours_of, supplement};
use crate::digital;
use crate::fate::Course;

impl Life<'_> {
    pub(super) fn process(&mut self, view: &View) -> Option<Next> {
        let dossier = &view.dossier;
        let procedure = &view.procedure;
        let here = dossier.state.step();
        let whole = dossier
            .clock
            .as_ref()
            .and_then(|clock| {
                // The offices do not use time that a stop or an apology added.
                let due = clock.original_due.filter(|due| *due > clock.started);
                let due = due.or(clock.effective_due)?;
                self.calendar.open_time_between(clock.started, due).ok()
            })
            .unwrap_or(hours_of(40.0));
        let at = self.step_ends(view, whole)?;
        let slow = !procedure.on_the_spot && whole > hours_of(16.0);
        let plain = self.fate.course == Course::Plain;
        if plain && let Some(next) = self.interruption(view, slow, at) {
            return Some(next);
        }
        if let Some(next) = self.apology(view, at) {
            return Some(next);
        }
        let due = dossier.due();
        if self.fate.course == Course::Stuck
            && let Some(due) = due
            && at > due
        {
            if let Some(ward) = &mut self.ward {
                ward.may(dossier.id, due, None);
            }
            return None;
        }
        let step = here.and_then(|id| procedure.step(id));
        let finish = step.is_none_or(|step| step.finish);
        let role = step.map_or(Role::Leader, |step| step.role);
        if finish && let Some(number) = self.leg_to_close(view) {
            let hours = self.fate.pace.min(1.0) * self.chance.between(0.2, 5.0);
            let command = Command::CloseLeg(CloseLeg {
                number,
                result: Words::default(),
            });
            return self.by(Role::Officer, self.soon(dossier, hours)?, command);
        }
        if finish && self.fate.course == Course::LegLate {
            return None;
        }
        if finish {
            let command = Command::Resolve(Resolve {
                results: digital::results(dossier, at),
            });
            return self.by(role, at, command);
        }
        let ahead = ahead(view, procedure);
        let step = ahead.get(usize::from(ahead.len() > 1 && self.chance.happens(0.85)));
        let command = Command::Advance(Advance {
            step: Some(step?.clone()),
            assignee: self.assignee(procedure),
        });
        self.by(role, at, command)
    }

    /// The end of the present step: each step takes an equal part of the pace. The shown ward keeps
    /// the number of overdue dossiers small.
    fn step_ends(&mut self, view: &View, whole: TimeDelta) -> Option<Instant> {
        let dossier = &view.dossier;
        let share = self.fate.pace / (view.procedure.steps.len().max(1) as f64);
        let takes = (whole.num_seconds() as f64 / 3_600.0 * share).max(0.1);
        // The office hurries an overdue dossier along and leaves none lying for weeks.
        let hurried = dossier.due().is_some_and(|due| due <= self.now);
        let takes = if hurried { takes.min(4.0) } else { takes };
        let at = self.within(dossier, takes, 0.8)?;
        let Some(due) = dossier.due().filter(|due| *due < at) else {
            return Some(at);
        };
        let most = hours_of(self.chance.between(2.0, 12.0));
        let at = Ord::min(
            at,
            self.calendar
                .add_open_time(Ord::max(due, self.now), most)
                .ok()?,
        );
        let fits = match &mut self.ward {
            Some(_) if self.fate.course != Course::Plain => true,
            Some(ward) => ward.may(dossier.id, due, Some(at)),
            None => true,
        };
        if fits || due <= self.now {
            return Some(at);
        }
        let left = self.calendar.open_time_between(self.now, due).ok()?;
        self.after(left.num_seconds() as f64 / 3_600.0 * 0.8)
    }

    /// Papers are missing, a payment is due, or the request cannot be granted.
    fn interruption(&mut self, view: &View, slow: bool, at: Instant) -> Option<Next> {
        let dossier = &view.dossier;
        if slow && dossier.supplements == 0 && self.chance.happens(0.07) {
            let hours = self.chance.between(0.5, 6.0);
            let asked = supplement(&view.procedure);
            return self.by(Role::Officer, self.soon(dossier, hours)?, asked);
        }
        if view.procedure.clock == ClockPolicy::StopWhileFinancial
            && dossier.fee_paid_vnd == 0
            && dossier.due().is_none_or(|due| at < due)
            && self.chance.happens(0.5)
        {
            // Land-use fees are tens of millions, now and then more.
            let amount_vnd = 100_000 * (60 + self.chance.below(900) as u64);
            let command = Command::RequestPayment(RequestPayment {
                amount_vnd,
                reason: Words::new("Tiền sử dụng đất theo thông báo của cơ quan thuế"),
            });
            return self.by(Role::Officer, at, command);
        }
        if slow && self.chance.happens(0.01) {
            let command = Command::Stop(Stop {
                reason: Words::new("Không đủ điều kiện giải quyết"),
                legal_basis: Words::new("Quy định của thủ tục"),
            });
            return self.by(Role::Leader, at, command);
        }
        None
    }

    /// The office tells a third of those who will be late in time, with a new date.
    fn apology(&mut self, view: &View, ends: Instant) -> Option<Next> {
        let due = view.dossier.due()?;
        let at = view.timing.apology_by? - TimeDelta::hours(2);
        let told = match self.fate.course {
            Course::Apologised => true,
            Course::Stuck | Course::LegLate => false,
            Course::Plain => ends > due && self.chance.happens(0.3),
        };
        if !told || at <= self.now || view.dossier.extended {
            return None;
        }
        let day = time::local_day(due);
        let day = self.calendar.nth_working_day_after(day, 5).ok()?;
        let command = Command::Extend(Extension::Apology {
            reason: Words::new("Cần thêm thời gian xác minh thực địa"),
            due: self.calendar.closing(day).ok().flatten()?,
        });
        self.by(Role::Leader, at, command)
    }

    /// The number of the next leg whose agency has its result.
    fn leg_to_close(&self, view: &View) -> Option<u16> {
        let late =
            |agency: &str| self.fate.course == Course::LegLate && agency.starts_with("Công an");
        view.dossier
            .open_legs()
            .find(|leg| !leg.lead && !late(&leg.agency))
            .map(|leg| leg.number)
    }
}

/// The steps that lead forward, in the order of the procedure.
fn ahead(view: &View, procedure: &Procedure) -> Vec<domain::id::StepId> {
    let place = |id: &domain::id::StepId| procedure.steps.iter().position(|step| step.id == *id);
    let here = view.dossier.state.step().and_then(place);
    view.next_steps
        .iter()
        .filter(|id| place(id) > here)
        .cloned()
        .collect()
}
