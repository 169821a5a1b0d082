//! What stands beside the form: every way in which a unit can look punctual, counted.

use super::period::Period;
use super::rate::Rate;
use super::seen::Seen;
use super::verdict::{Finish, is_due_by_day, is_late};
use crate::catalogue::Catalogue;
use crate::dossier::{Channel, Dossier, Paper, PaperCopy, PaymentMethod, Status};
use crate::procedure::{Kind, OnlineLevel};
use crate::role::Role;
use crate::time;

/// What is counted beside the form. `docs/reports.md` and [`MEMO`] define each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is defined once, in the table of columns")]
pub enum Memo {
    NoDueReceived,
    NoDueEnded,
    NoDuePending,
    Mirrored,
    Petitions,
    PetitionsEnded,
    Withdrawn,
    WithdrawnInTime,
    RefusedAfterReceipt,
    InTimeWithoutWithdrawn,
    Corrected,
    Stops,
    StoppedDossiers,
    StopsShort,
    StopsOnDueDay,
    Restarts,
    Supplements,
    SupplementNoticesLate,
    Extended,
    LateApologies,
    Verifications,
    Assisted,
    Digitised,
    Reused,
    AssistedOnline,
    OnlineByStaff,
    EResult,
    EResultSigned,
    Cashless,
    PaidOnline,
    AcceptedLate,
    UnansweredLate,
    RefusedAtIntake,
    WithdrawnBeforeReceipt,
    SupplementsBeforeReceipt,
    PassedOn,
    PassedOnOverdue,
    CameIn,
    CameInOverdue,
    ReceivedDesk,
    ReceivedPost,
    ReceivedFullOnline,
    ReceivedPartlyOnline,
    ReceivedOtherOnline,
    ReceivedBoundaryFree,
    LateApologised,
    LateUnapologised,
    PendingLateApologised,
    PendingLateUnapologised,
    UnansweredInTime,
    Expired,
    OutageMoved,
    ArrivedLate,
    DigitisedOfScannable,
    SyncLate,
}

impl Memo {
    /// How many there are.
    pub const COUNT: usize = Memo::SyncLate as usize + 1;
}

/// A count for each memo; for those that are rates, of how many, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memos([(u32, u32); Memo::COUNT]);

impl Default for Memos {
    fn default() -> Self {
        Self([(0, 0); Memo::COUNT])
    }
}

impl Memos {
    /// A plain count.
    #[must_use]
    pub fn count(&self, memo: Memo) -> u32 {
        self.0[memo as usize].0
    }

    /// A rate.
    #[must_use]
    pub fn rate(&self, memo: Memo) -> Rate {
        let (num, den) = self.0[memo as usize];
        Rate::new(num, den)
    }

    /// Adds another unit's counts.
    pub fn merge(&mut self, other: &Self) {
        for (own, more) in self.0.iter_mut().zip(&other.0) {
            own.0 += more.0;
            own.1 += more.1;
        }
    }

    pub(super) fn add(&mut self, memo: Memo, count: u32) {
        self.0[memo as usize].0 += count;
    }

    fn count_if(&mut self, memo: Memo, holds: bool) {
        self.add(memo, u32::from(holds));
    }

    /// One more of the denominator, and of the numerator if it holds.
    fn of(&mut self, memo: Memo, holds: bool) {
        let (num, den) = &mut self.0[memo as usize];
        *num += u32::from(holds);
        *den += 1;
    }

    /// What a dossier adds at the unit that decides it.
    pub(super) fn add_deciding(&mut self, seen: &Seen, period: &Period, catalogue: &Catalogue) {
        let dossier = &seen.dossier;
        if seen.ended_before(period) {
            return;
        }
        let (came, ended) = (seen.came(period), dossier.ended.is_some());
        match (dossier.kind, &dossier.mirrored) {
            (Kind::Procedure, Some(_)) => self.add(Memo::Mirrored, 1),
            (Kind::Petition, None) if dossier.received.is_some() => {
                self.add(Memo::Petitions, 1);
                self.count_if(Memo::PetitionsEnded, ended);
            }
            (Kind::Procedure, None) if dossier.received.is_some() => {
                if seen.is_counted(period) {
                    self.add_counted(seen, period, catalogue);
                } else {
                    self.count_if(Memo::NoDueReceived, came);
                    self.count_if(Memo::NoDueEnded, ended);
                    self.count_if(Memo::NoDuePending, !ended);
                }
            }
            (Kind::Procedure | Kind::Petition, _) => {}
        }
    }

    /// What a dossier of column (3) adds.
    fn add_counted(&mut self, seen: &Seen, period: &Period, catalogue: &Catalogue) {
        let (dossier, did) = (&seen.dossier, &seen.did);
        self.count_if(Memo::Corrected, seen.corrected);
        let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
        if let (Some(ended), Some(due)) = (dossier.ended, due) {
            let in_time = Finish::of(ended, due, is_due_by_day(dossier)) != Finish::Late;
            self.count_if(Memo::LateApologised, !in_time && did.apologised);
            self.count_if(Memo::LateUnapologised, !in_time && !did.apologised);
            let withdrawn = dossier.status() == Status::Withdrawn;
            self.count_if(Memo::Withdrawn, withdrawn);
            self.count_if(Memo::WithdrawnInTime, withdrawn && in_time);
            self.count_if(
                Memo::RefusedAfterReceipt,
                dossier.status() == Status::Stopped,
            );
            if !withdrawn {
                self.of(Memo::InTimeWithoutWithdrawn, in_time);
            }
        }
        let late = dossier.ended.is_none() && is_late(dossier, period.judged_at());
        self.count_if(Memo::PendingLateApologised, late && did.apologised);
        self.count_if(Memo::PendingLateUnapologised, late && !did.apologised);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.add(Memo::Stops, number(did.stops.len()));
        self.count_if(Memo::StoppedDossiers, !did.stops.is_empty());
        let calendar = catalogue.calendars.for_unit(seen.unit.as_str());
        let hour = chrono::TimeDelta::hours(1);
        for stop in &did.stops {
            let open = stop
                .until
                .map(|until| calendar.open_time_between(stop.from, until));
            self.count_if(
                Memo::StopsShort,
                open.is_some_and(|open| open.is_ok_and(|open| open < hour)),
            );
            self.count_if(Memo::StopsOnDueDay, stop.on_due_day);
        }
        self.add(Memo::Restarts, did.restarts);
        self.add(Memo::Supplements, did.supplements);
        self.add(Memo::SupplementNoticesLate, did.notices_late);
        self.add(Memo::Extended, did.extended);
        self.add(Memo::LateApologies, did.apologies);
        self.add(Memo::Verifications, did.verifications);
        self.add(Memo::Expired, did.expired);
        self.add(Memo::OutageMoved, did.outages);
        if seen.came(period) {
            self.count_if(Memo::ReceivedBoundaryFree, dossier.receiving != seen.unit);
            self.add(received_by(dossier, catalogue), 1);
            let papers = &dossier.papers;
            self.of(Memo::Assisted, dossier.assisted_by.is_some());
            self.of(Memo::Digitised, dossier.digitised() > 0);
            if is_scannable(dossier, catalogue) {
                self.of(Memo::DigitisedOfScannable, dossier.digitised() > 0);
            }
            self.of(Memo::Reused, papers.iter().any(is_reused));
            if dossier.channel == Channel::Online {
                self.of(Memo::AssistedOnline, dossier.assisted_by.is_some());
                let by = did.submitted_by;
                self.of(
                    Memo::OnlineByStaff,
                    by.is_some_and(|role| role != Role::Portal),
                );
            }
            if let Some(acknowledged) = seen.acknowledged {
                let took = acknowledged.unwrap_or(period.as_of) - seen.recorded;
                self.of(Memo::SyncLate, took > catalogue.exchange.sync_within());
            }
            if has_fee(seen, catalogue) {
                self.of(Memo::Cashless, is_cashless(seen));
                self.of(Memo::PaidOnline, is_paid_online(seen));
            }
        }
        if is_resolved(dossier) {
            let results = &dossier.results;
            self.of(Memo::EResult, !results.is_empty());
            let signed = results.iter().any(|result| !result.signatures.is_empty());
            self.of(Memo::EResultSigned, signed);
        }
    }

    /// What a dossier adds at the unit whose desk is to answer it.
    pub(super) fn add_receiving(&mut self, seen: &Seen, period: &Period) {
        let (dossier, did) = (&seen.dossier, &seen.did);
        if dossier.kind != Kind::Procedure || dossier.mirrored.is_some() {
            return;
        }
        let (late, all) = &mut self.0[Memo::AcceptedLate as usize];
        *late += did.answers_late;
        *all += did.answers;
        let unanswered = dossier.channel == Channel::Online
            && dossier.received.is_none()
            && dossier.ended.is_none();
        let at = period.judged_at();
        let late = dossier.answer_due.is_some_and(|due| at > due);
        self.count_if(Memo::UnansweredLate, unanswered && late);
        self.count_if(Memo::UnansweredInTime, unanswered && !late);
        self.add(Memo::RefusedAtIntake, did.refused);
        self.add(Memo::ArrivedLate, did.arrived_late);
        self.add(Memo::WithdrawnBeforeReceipt, did.withdrawn_before_receipt);
        self.add(
            Memo::SupplementsBeforeReceipt,
            did.supplements_before_receipt,
        );
    }
}

/// Whether a paper came that the desk may scan, by the rules of the day of receipt. Source: Circular
/// 03/2025/TT-VPCP, Art. 5(2).
fn is_scannable(dossier: &Dossier, catalogue: &Catalogue) -> bool {
    let Some(received) = dossier.received else {
        return false;
    };
    let (rules, day) = (&catalogue.papers, time::local_day(received));
    let free = |paper: &Paper| {
        let rule = rules.not_scanned(&dossier.procedure, &paper.component, day);
        paper.copy != PaperCopy::Electronic && rule.is_none()
    };
    dossier.papers.iter().any(free)
}

/// By which road it came: of online ones, how much of the procedure can be done online.
fn received_by(dossier: &Dossier, catalogue: &Catalogue) -> Memo {
    let version = dossier.procedure_version;
    let procedure = catalogue.procedures.get(&dossier.procedure, version);
    match (dossier.channel, procedure.map(|procedure| procedure.online)) {
        (Channel::Desk, _) => Memo::ReceivedDesk,
        (Channel::Post, _) => Memo::ReceivedPost,
        (Channel::Online, Some(OnlineLevel::Full)) => Memo::ReceivedFullOnline,
        (Channel::Online, Some(OnlineLevel::Partial)) => Memo::ReceivedPartlyOnline,
        (Channel::Online, Some(OnlineLevel::Information | OnlineLevel::Unknown) | None) => {
            Memo::ReceivedOtherOnline
        }
    }
}

/// Whether the result is there: neither withdrawn nor stopped.
pub(super) fn is_resolved(dossier: &Dossier) -> bool {
    matches!(dossier.status(), Status::Resolved | Status::Returned)
}

pub(super) fn is_reused(paper: &Paper) -> bool {
    paper.reuse.is_some()
}

/// Whether a dossier has a fee: something was asked for or paid, or the catalogue has one for its
/// case and channel; and it is not exempt.
pub(super) fn has_fee(seen: &Seen, catalogue: &Catalogue) -> bool {
    let dossier = &seen.dossier;
    if dossier.circumstances.fee_exemption.is_some() {
        return false;
    }
    let version = dossier.procedure_version;
    let procedure = catalogue.procedures.get(&dossier.procedure, version);
    let case = procedure.and_then(|procedure| procedure.case(&dossier.case));
    let listed = case.is_some_and(|case| {
        let fees = case.fees.iter();
        let mut own =
            fees.filter(|fee| fee.channel.is_none_or(|channel| channel == dossier.channel));
        own.any(|fee| fee.amount_vnd.is_some_and(|amount| amount > 0))
    });
    seen.did.charged || listed
}

pub(super) fn is_cashless(seen: &Seen) -> bool {
    let mut paid = seen.did.paid.iter().flatten();
    paid.any(|method| *method != PaymentMethod::Cash)
}

pub(super) fn is_paid_online(seen: &Seen) -> bool {
    let mut paid = seen.did.paid.iter().flatten();
    paid.any(|method| *method == PaymentMethod::Portal)
}
