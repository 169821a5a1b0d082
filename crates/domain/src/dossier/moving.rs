//! The changes that facts make to a dossier, as a few verbs.

use super::Dossier;
use super::clock::{ClockStop, Moved};
use super::fee::{Payment, PaymentMethod};
use super::paper::Paper;
use super::state::State;
use crate::calendar::Calendar;
use crate::id::{ComponentCode, Reference};
use crate::time::Instant;

impl Dossier {
    /// A payment came.
    pub(super) fn pay(
        &mut self,
        amount_vnd: u64,
        method: Option<PaymentMethod>,
        reference: Option<&Reference>,
    ) {
        self.fee_paid_vnd = self.fee_paid_vnd.saturating_add(amount_vnd);
        self.fee_method = method.or(self.fee_method);
        self.payments.extend(reference.map(|reference| Payment {
            reference: reference.clone(),
            amount_vnd,
        }));
    }

    /// Goes over to a state.
    pub(super) fn enter(&mut self, state: State, at: Instant) {
        self.state = state;
        self.since = at;
        self.reminder = None;
    }

    /// Processing ends.
    pub(super) fn end(&mut self, state: State, at: Instant) {
        self.enter(state, at);
        // Another system may have recorded an end before the reception. It counts at the reception;
        // otherwise a month would resolve a dossier that it never received.
        self.ended = Some(Ord::max(at, self.received.unwrap_or(at)));
        self.respond_by = None;
        self.custody.close(at);
    }

    /// Papers came.
    pub(super) fn add_components(&mut self, components: &[ComponentCode], papers: &[Paper]) {
        for paper in papers {
            if !self.papers.contains(paper) {
                self.papers.push(paper.clone());
            }
        }
        for component in components {
            if !self.components.contains(component) {
                self.components.push(component.clone());
            }
        }
    }

    /// The citizen is waited for.
    pub(super) fn begin_wait(&mut self, stands: bool, at: Instant) {
        if let Some(clock) = &mut self.clock {
            clock.waits.open(at);
            clock.standing = stands.then_some(ClockStop { since: at });
        }
    }

    /// The wait is over.
    pub(super) fn end_wait(&mut self, moved: Option<&Moved>, at: Instant) {
        if let Some(clock) = &mut self.clock {
            clock.waits.close(at);
            if clock.standing.take().is_some() {
                clock.resumed = Some(at);
            }
        }
        self.move_due(moved);
    }

    /// Due times move, if they do.
    pub(super) fn move_due(&mut self, moved: Option<&Moved>) {
        if let (Some(clock), Some(moved)) = (&mut self.clock, moved) {
            clock.apply(moved);
        }
    }

    /// Notes that the due time moves at a moment to another one.
    pub(super) fn note_late_move(&mut self, new: Instant, at: Instant) {
        let old = self.clock.as_ref().and_then(|clock| clock.effective_due);
        self.due_moved_late |= old.is_none_or(|old| at > Ord::min(old, new));
    }

    /// How the due times move if the dossier ends during a wait.
    pub(super) fn wait_cut_short(&self, now: Instant, calendar: &Calendar) -> Option<Moved> {
        self.clock.as_ref()?.after_wait_cut_short(now, calendar)
    }
}
