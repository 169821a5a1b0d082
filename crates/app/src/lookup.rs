//! What a citizen sees with the code on the receipt, without an account.
//!
//! Two tiers. Codes are numbered one after the other, so anybody can ask for any of them: the code
//! alone tells one of three stages and a degree of completion. With the receipt's PIN come the
//! state, what is waited for, steps and dates. Nothing personal is shown in either, and never who works on it.
//! Source: Circular 01/2018/TT-VPCP, Art. 16(2)(d).

use std::net::IpAddr;

use domain::code::AnyCode;
use domain::dossier::{Dossier, Rating, Record, State, Status};
use domain::procedure::Procedure;
use domain::time::Instant;

use crate::engine::Engine;
use crate::error::Error;
use crate::receipt::Proof;

/// What anybody with the code sees.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// The code.
    pub code: String,
    /// Where it stands, for anybody.
    pub stage: Stage,
    /// How far it is, 0 to 100, by the steps of its procedure; 100 for whatever has finished.
    pub completion_percent: u32,
    /// Steps and dates, with the right PIN only.
    pub details: Option<LookupDetails>,
}

/// Where a dossier stands, as far as anybody may know: not that it was refused or stopped, nor
/// that a fee is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The office is at work.
    Handled,
    /// The citizen has something to bring or to pay; the holder of the receipt is told what.
    WaitingForCitizen,
    /// Processing has come to an end, whichever it is.
    Finished,
}

impl Stage {
    /// The stage of a status.
    #[must_use]
    pub fn of(status: Status) -> Self {
        match status {
            Status::Submitted | Status::Received | Status::Processing => Stage::Handled,
            Status::SupplementRequested | Status::PaymentRequested => Stage::WaitingForCitizen,
            Status::Refused
            | Status::Withdrawn
            | Status::Stopped
            | Status::Resolved
            | Status::Returned => Stage::Finished,
        }
    }

    /// In Vietnamese, to the citizen.
    #[must_use]
    pub fn name_vi(self) -> &'static str {
        match self {
            Stage::Handled => "Đang được giải quyết",
            Stage::WaitingForCitizen => "Đang chờ ông/bà",
            Stage::Finished => "Đã kết thúc giải quyết",
        }
    }

    /// In English, to the citizen.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        match self {
            Stage::Handled => "being handled",
            Stage::WaitingForCitizen => "waiting for you",
            Stage::Finished => "finished",
        }
    }
}

/// What the holder of the receipt sees.
#[derive(Debug, Clone)]
pub struct LookupDetails {
    /// The national status.
    pub status: Status,
    /// The procedure's name.
    pub procedure: String,
    /// When it was submitted, if it was.
    pub submitted: Option<Instant>,
    /// By when the desk answers, while it has not.
    pub answer_due: Option<Instant>,
    /// When it was received.
    pub received: Option<Instant>,
    /// The first date promised.
    pub original_due: Option<Instant>,
    /// The date it is judged by.
    pub effective_due: Option<Instant>,
    /// The date last told to the citizen.
    pub promised_due: Option<Instant>,
    /// Whether the clock stands until the citizen answers.
    pub clock_standing: bool,
    /// Whether it is overdue.
    pub overdue: bool,
    /// When the citizen must answer a request.
    pub respond_by: Option<Instant>,
    /// When processing ended.
    pub ended: Option<Instant>,
    /// When the result was fetched.
    pub returned: Option<Instant>,
    /// What happened, in order.
    pub steps: Vec<LookupStep>,
    /// The citizen's rating, once given.
    pub rating: Option<Rating>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupStep {
    /// In Vietnamese.
    pub label_vi: String,
    /// In English.
    pub label_en: String,
    /// When.
    pub at: Instant,
}

impl Engine {
    /// Looks a dossier up by any of its codes.
    ///
    /// An unknown code and a wrong PIN get the same answer, so that nobody can find out by
    /// guessing which of the sequential codes exist with which PIN.
    ///
    /// `peer` is the address that asks: how often it may is limited.
    pub async fn lookup(
        &self,
        text: &str,
        proof: Option<Proof<'_>>,
        peer: IpAddr,
    ) -> Result<Lookup, Error> {
        let code = AnyCode::parse(text)
            .map_err(|wrong| Error::invalid("code", format!("must be {}", wrong.expected)))?;
        let now = self.now();
        let (read, dossier) = self.presented(&code, proof, peer).await?;
        self.keep_up(read.as_ref(), std::slice::from_ref(&dossier))
            .await?;
        let procedure = self.context.pinned(&dossier)?;
        let details = match proof {
            None => None,
            Some(_right) => {
                let key = (dossier.province.clone(), dossier.id);
                let records = read.records(&key).await?;
                Some(details(&dossier, &procedure, &records, now))
            }
        };
        let stage = Stage::of(dossier.status());
        let completion = completion(&dossier.state, &procedure);
        Ok(Lookup {
            code: code.to_string(),
            stage,
            // Less than all would tell apart the ways in which it can have finished.
            completion_percent: match stage {
                Stage::Finished => 100,
                Stage::Handled | Stage::WaitingForCitizen => completion,
            },
            details,
        })
    }
}

fn details(
    dossier: &Dossier,
    procedure: &Procedure,
    records: &[Record],
    now: Instant,
) -> LookupDetails {
    let clock = dossier.clock.as_ref();
    let running = dossier.status().is_open();
    LookupDetails {
        status: dossier.status(),
        procedure: procedure.name.clone(),
        submitted: dossier.submitted,
        answer_due: dossier
            .answer_due
            .filter(|_| dossier.status() == Status::Submitted),
        received: dossier.received,
        original_due: clock.and_then(|clock| clock.original_due),
        effective_due: clock.and_then(|clock| clock.effective_due),
        promised_due: clock.and_then(|clock| clock.promised_due),
        clock_standing: clock.is_some_and(|clock| clock.standing.is_some()),
        overdue: running && clock.is_some_and(|clock| clock.is_overdue(now)),
        respond_by: dossier.respond_by,
        ended: dossier.ended,
        returned: dossier.returned,
        steps: records
            .iter()
            .filter_map(|record| step(record, procedure))
            .collect(),
        rating: dossier.rating,
    }
}

/// The words of an event for a citizen; none for inner matters of the office.
fn step(record: &Record, procedure: &Procedure) -> Option<LookupStep> {
    let told = record.event.told(procedure)?;
    Some(LookupStep {
        label_vi: told.vi.into_owned(),
        label_en: told.en.into_owned(),
        at: record.event_time,
    })
}

/// The progress of a dossier: a fifth for the desk at each end, and the steps share the rest.
fn completion(state: &State, procedure: &Procedure) -> u32 {
    match state.status() {
        Status::Submitted => 10,
        Status::Received => 20,
        Status::Processing | Status::SupplementRequested | Status::PaymentRequested => {
            let steps = procedure.steps.len();
            let at = state
                .step()
                .and_then(|id| procedure.steps.iter().position(|step| step.id == *id));
            match at {
                Some(at) => 20 + u32::try_from(60 * (at + 1) / (steps + 1)).unwrap_or(30),
                None => 20,
            }
        }
        Status::Resolved => 90,
        Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => 100,
    }
}
