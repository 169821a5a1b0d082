//! A command for the lane, and what must be loaded before it can be decided.

use chrono::TimeDelta;
use domain::code::{AnyCode, DossierCode};
use domain::dossier::private::Salt;
use domain::dossier::{self, Command, Reception, Rewrite, Submission, Urgency};
use domain::id::{DossierId, ProcedureCode, ProvinceCode, RequestId, UnitCode};
use domain::time::Instant;

use super::queue::Class;
use crate::access::Caller;
use crate::context::Context;
use crate::ports::{BlockNumber, PersonKey, RequestKey, Wanted};

/// The time within which an open dossier of the same person and procedure is a possible duplicate.
const DUPLICATE_WINDOW: TimeDelta = TimeDelta::days(30);

/// What somebody wants done.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub caller: Caller,
    pub request_id: RequestId,
    /// The request's content, for the keyed hash.
    pub content: Vec<u8>,
    /// When the call arrived: the time that counts for the citizen.
    pub arrived: Instant,
    pub work: Work,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    Submit {
        id: DossierId,
        salt: Salt,
        procedure: ProcedureCode,
        submission: Submission,
    },
    Receive {
        id: DossierId,
        salt: Salt,
        procedure: ProcedureCode,
        reception: Reception,
    },
    /// An offline reception, with its own time and its reserved number.
    Import {
        id: DossierId,
        salt: Salt,
        procedure: ProcedureCode,
        reception: Reception,
        at: Instant,
        number: BlockNumber,
    },
    Act {
        id: DossierId,
        /// The version that the caller looked at; none if the command fits any version.
        etag: Option<String>,
        command: Command,
    },
    /// A change by a job. No caller can ask for it.
    Rewrite { id: DossierId, rewrite: Rewrite },
}

impl Work {
    fn needs_history(&self) -> bool {
        match self {
            Work::Rewrite { rewrite, .. } => rewrite.needs_history(),
            Work::Submit { .. } | Work::Receive { .. } | Work::Import { .. } | Work::Act { .. } => {
                false
            }
        }
    }
}

impl Task {
    /// The request's name.
    pub fn request(&self) -> RequestKey {
        (
            self.caller.province.clone(),
            self.caller.actor.clone(),
            self.request_id.clone(),
        )
    }
}

impl Task {
    /// The unit that a full queue counts the command for; the province if no unit is known before
    /// loading.
    pub fn unit(&self) -> &str {
        let unit = match &self.work {
            Work::Submit { submission, .. } => Some(&submission.receiving),
            Work::Receive { reception, .. } | Work::Import { reception, .. } => {
                Some(&reception.receiving)
            }
            Work::Act { .. } | Work::Rewrite { .. } => self.caller.units.first(),
        };
        unit.map_or(self.caller.province.as_str(), UnitCode::as_str)
    }
}

impl Work {
    /// How urgent it is.
    pub(super) fn class(&self) -> Class {
        match self {
            Work::Submit { .. }
            | Work::Receive { .. }
            | Work::Import { .. }
            | Work::Rewrite { .. } => Class::Beginning,
            Work::Act { command, .. } => match command.action().spec().urgency {
                Urgency::Beginning => Class::Beginning,
                Urgency::Running => Class::Going,
                Urgency::Finishing => Class::Finishing,
            },
        }
    }
}

/// Everything that a batch of tasks needs, in one list a table.
pub(super) fn wanted<'a>(tasks: impl Iterator<Item = &'a Task>, context: &Context) -> Wanted {
    let mut wanted = Wanted::default();
    for task in tasks {
        let province = &task.caller.province;
        wanted.requests.push(task.request());
        match &task.work {
            Work::Act { id, .. } | Work::Rewrite { id, .. } => {
                let key = (province.clone(), *id);
                if let Work::Act { command, .. } = &task.work {
                    let claimed = command.claims_code().cloned();
                    wanted
                        .codes
                        .extend(claimed.map(|code| (province.clone(), code)));
                }
                if task.work.needs_history() && !wanted.histories.contains(&key) {
                    wanted.histories.push(key.clone());
                }
                if !wanted.dossiers.contains(&key) {
                    wanted.dossiers.push(key);
                }
            }
            Work::Submit {
                submission,
                procedure,
                ..
            } => {
                wanted
                    .codes
                    .extend(codes_of(submission).map(|code| (province.clone(), code)));
                wanted.numbers.extend(portal_number(submission, province));
                wanted
                    .people
                    .extend(person_keys(context, task, procedure, &submission.content));
            }
            Work::Import {
                reception, number, ..
            } => {
                let codes = reception.content.external_codes.iter().cloned();
                let codes = codes.chain([AnyCode::from(&code_of(number))]);
                wanted
                    .codes
                    .extend(codes.map(|code| (province.clone(), code)));
                wanted.numbers.push(number.clone());
            }
            Work::Receive {
                reception,
                procedure,
                ..
            } => {
                let codes = reception.content.external_codes.iter().cloned();
                wanted
                    .codes
                    .extend(codes.map(|code| (province.clone(), code)));
                wanted
                    .people
                    .extend(person_keys(context, task, procedure, &reception.content));
            }
        }
    }
    wanted
}

/// The code of a number of a block.
pub(super) fn code_of(number: &BlockNumber) -> DossierCode {
    DossierCode::new(&number.unit, number.day, number.number)
}

/// The number of the receiving unit that a portal's code takes, if it takes one: a desk may have
/// reserved it.
pub(super) fn portal_number(
    submission: &Submission,
    province: &ProvinceCode,
) -> Option<BlockNumber> {
    let code = DossierCode::of(&submission.portal_code, &submission.receiving)?;
    Some(BlockNumber {
        province: province.clone(),
        unit: submission.receiving.clone(),
        day: code.day(),
        number: code.serial(),
    })
}

/// The codes that a submission brings.
pub(super) fn codes_of(submission: &Submission) -> impl Iterator<Item = AnyCode> + '_ {
    std::iter::once(&submission.portal_code)
        .chain(&submission.content.external_codes)
        .cloned()
}

/// Who might already have an open dossier, by identity number and by name and telephone; nobody when
/// a second one is meant.
pub(super) fn person_keys(
    context: &Context,
    task: &Task,
    procedure: &ProcedureCode,
    contents: &dossier::contents::Contents,
) -> Vec<PersonKey> {
    if contents.duplicate_intended {
        return Vec::new();
    }
    let (keys, province) = (&context.keys, &task.caller.province);
    let applicant = &contents.applicant;
    let person = keys.person(province, &applicant.id_number);
    let is_numbered = person.is_some();
    let key = |person, unnumbered| PersonKey {
        person,
        province: province.clone(),
        procedure: procedure.clone(),
        unnumbered,
        since: task.arrived - DUPLICATE_WINDOW,
    };
    let by_number = person.map(|person| key(person, false));
    let by_name = keys.namesake(province, applicant);
    let by_name = by_name.map(|namesake| key(namesake, is_numbered));
    by_number.into_iter().chain(by_name).collect()
}
