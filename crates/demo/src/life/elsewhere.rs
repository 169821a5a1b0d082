//! Dossiers that another system decides: what that system reports.

use app::view::View;
use domain::dossier::Command;
use domain::dossier::Status;
use domain::dossier::mirror::Claim;
use domain::id::{Reference, SystemName};
use domain::limit::Limit;
use domain::role::Role;
use domain::time::{Instant, local_day};

use super::{Life, Next};

impl Life<'_> {
    /// The next message of the deciding system.
    pub(super) fn mirrored(&mut self, view: &View) -> Option<Next> {
        let dossier = &view.dossier;
        let promised = dossier.mirror.applied.last().and_then(|claim| claim.due);
        let (status, at, due) = match dossier.status() {
            Status::Submitted => {
                let hours = self.chance.between(0.3, 7.0);
                let at = self.after(hours)?;
                (Status::Received, at, self.due(view, at))
            }
            Status::Received => {
                let hours = self.chance.between(0.5, 7.0);
                (Status::Processing, self.after(hours)?, promised)
            }
            Status::Processing => {
                let whole = promised
                    .and_then(|due| self.calendar.open_time_between(self.now, due).ok())
                    .map_or(16.0, |left| left.num_seconds() as f64 / 3_600.0);
                (
                    Status::Resolved,
                    self.after(whole * self.fate.pace)?,
                    promised,
                )
            }
            Status::Resolved => {
                let hours = self.chance.between(0.3, 12.0);
                (Status::Returned, self.after(hours)?, promised)
            }
            Status::Refused
            | Status::SupplementRequested
            | Status::PaymentRequested
            | Status::Withdrawn
            | Status::Stopped
            | Status::Returned => return None,
        };
        let claim = Claim {
            system: SystemName::parse(dossier.mirrored.as_deref()?).ok()?,
            reference: Reference::parse(&format!("CT-{}-{}", dossier.id, status.code())).ok()?,
            status,
            at,
            due,
        };
        self.by(Role::Portal, at, Command::RecordMirrored(claim))
    }

    fn due(&self, view: &View, received: Instant) -> Option<Instant> {
        let case = view.procedure.case(&view.dossier.case)?;
        let Some(Limit::WorkingDays(days)) = case.limit else {
            return None;
        };
        let day = local_day(received);
        let day = self.calendar.nth_working_day_after(day, days.into()).ok()?;
        self.calendar.closing(day).ok().flatten()
    }
}
