//! A desk takes a dossier in (*tiếp nhận*): a new one, or one that was submitted.

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::hand_over::due_after_reception;
use super::leg::{self, LegOpened};
use super::spec::{Move, OnMirror, Spec, Standing, Urgency, always};
use crate::calendar;
use crate::code::{AnyCode, DossierCode};
use crate::deadline::{self, Cutoff, Start, ledger::Ledger};
use crate::dossier::clock::Clock;
use crate::dossier::components::{self, missing, refuse_scanned, refuse_unknown};
use crate::dossier::contents::{Contents, known_case};
use crate::dossier::counting::Counting;
use crate::dossier::custody::Party;
use crate::dossier::imported::Imported;
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::state::State;
use crate::dossier::transit::Transit;
use crate::dossier::{Channel, Circumstances, Dossier, Offline, Paper, Units};
use crate::id::{ActorId, CaseId, ComponentCode, ProcedureCode, UnitCode};
use crate::limit::Limit;
use crate::procedure::{Authority, Case, ClockPolicy, Kind, Procedure};
use crate::role::Role;
use crate::time::Instant;

/// What a desk takes in.
#[derive(Debug, Clone)]
pub struct Reception {
    /// The unit whose desk it is.
    pub receiving: UnitCode,
    /// Desk or post. For a dossier that the citizen has submitted online, the desk calls [`Accept`]
    /// instead.
    pub channel: Channel,
    /// What the dossier asks for, and the applicant.
    pub content: Contents,
}

impl Reception {
    /// Returns the facts that follow. The commit seals the code in, except for a reception that an
    /// offline desk enters later: there `now` is the moment at which that desk took the dossier in,
    /// and due times count from it.
    pub(in crate::dossier) fn decide<E: From<Received> + From<LegOpened>>(
        &self,
        offline: Option<&DossierCode>,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        refuse_mirrored(rules.procedure)?;
        let contents = &self.content;
        let case = contents.case_of(rules.procedure)?;
        let components = components::named(&contents.components, &contents.papers);
        refuse_unknown(&components, rules.procedure)?;
        refuse_scanned(&contents.papers, rules, now)?;
        let reason = &contents.circumstances.accept_incomplete;
        // What a desk without a line took in, it has taken in.
        let taken = offline.is_some() || !reason.is_empty();
        let missing = missing(&components, rules, now, taken)?;
        let applicant = Some(private.person("applicant", &contents.applicant));
        let receiving = &self.receiving;
        let resolving = contents.resolving_at(receiving);
        let units = Units {
            receiving,
            resolving,
        };
        let transit = Transit::begin(&units, (&case.id, self.channel), rules, now)?;
        let due = promise(case, self.channel, transit, rules, now)?;
        let received = Received {
            code: offline.map(AnyCode::from),
            external_codes: contents.external_codes.clone(),
            procedure: rules.procedure.code.clone(),
            procedure_version: rules.procedure.version,
            case: case.id.clone(),
            procedure_kind: rules.procedure.kind,
            channel: self.channel,
            assisted_by: contents.assisted_by.clone(),
            applicant,
            components,
            papers: contents.papers.clone(),
            circumstances: contents.kept_circumstances(rules.procedure, private)?,
            receiving: receiving.clone(),
            resolving: resolving.clone(),
            returning: contents.returning_at(receiving).clone(),
            limit: due.limit,
            policy: rules.procedure.clock,
            cutoff: rules.procedure.cutoff,
            transit,
            due: due.due.map(|due| due.at),
            provisional: due.due.is_some_and(|due| due.provisional),
            hand_over_by: due_after_reception(receiving, self.channel, rules, now),
            imported: None,
            offline_number: offline.map(DossierCode::serial),
            offline_entered: None,
            incomplete: Incomplete::of(missing, reason, private),
        };
        let mut facts = vec![received.into()];
        let legs = leg::at_reception(rules.procedure);
        leg::open_planned(&legs, 0, &units, rules, now, private, &mut facts)?;
        Ok(facts)
    }
}

/// Accept a submitted dossier: it keeps the portal's code and takes no number.
#[derive(Debug, Clone)]
pub struct Accept {
    /// Papers found at acceptance, in addition to those submitted.
    pub components: Vec<ComponentCode>,
    /// Details of each paper, including papers that `components` does not name.
    pub papers: Vec<Paper>,
    /// Why it is accepted without its required papers; empty when it must have them.
    pub accept_incomplete: Words,
}

impl<E: From<Received> + From<LegOpened>> Act<E> for Accept {
    const SPEC: Spec = Spec {
        method: "ReceiveDossier",
        vi: "tiếp nhận",
        en: "Receive",
        roles: &[Role::Receptionist, Role::Chairman],
        units: Standing::Receiving,
        states: Stages::of(&[Stage::Submitted]),
        moves: &[
            Move {
                from: Stages::NONE,
                to: Stage::Received,
            },
            Move {
                from: Stages::of(&[Stage::Submitted]),
                to: Stage::Received,
            },
        ],
        on_mirror: OnMirror::Refused,
        possible: always,
        urgency: Urgency::Running,
        order: 2,
        primary: Stages::of(&[Stage::Submitted]),
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let components = components::named(&self.components, &self.papers);
        refuse_mirrored(rules.procedure)?;
        let case = known_case(&on.case, rules.procedure)?;
        refuse_unknown(&components, rules.procedure)?;
        refuse_scanned(&self.papers, rules, now)?;
        let all: Vec<_> = on.components.iter().chain(&components).cloned().collect();
        let reason = &self.accept_incomplete;
        let missing = missing(&all, rules, now, !reason.is_empty())?;
        let transit = Transit::begin(&on.units(), (&on.case, on.channel), rules, now)?;
        let due = promise(case, on.channel, transit, rules, now)?;
        let received = Received {
            code: on.code.clone(),
            external_codes: on.external_codes.clone(),
            procedure: on.procedure.clone(),
            procedure_version: rules.procedure.version,
            case: on.case.clone(),
            procedure_kind: on.kind,
            channel: on.channel,
            assisted_by: on.assisted_by.clone(),
            applicant: None,
            components,
            papers: self.papers.clone(),
            circumstances: on.circumstances.clone(),
            receiving: on.receiving.clone(),
            resolving: on.resolving.clone(),
            returning: on.returning.clone(),
            limit: due.limit,
            policy: rules.procedure.clock,
            cutoff: rules.procedure.cutoff,
            transit,
            due: due.due.map(|due| due.at),
            provisional: due.due.is_some_and(|due| due.provisional),
            hand_over_by: due_after_reception(&on.receiving, on.channel, rules, now),
            imported: None,
            offline_number: None,
            offline_entered: None,
            incomplete: Incomplete::of(missing, reason, private),
        };
        let mut facts = vec![received.into()];
        let legs = leg::at_reception(rules.procedure);
        leg::open_planned(
            &legs,
            on.legs.len(),
            &on.units(),
            rules,
            now,
            private,
            &mut facts,
        )?;
        Ok(facts)
    }
}

/// Papers that were missing when a dossier was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incomplete {
    /// The required papers that were not there.
    pub missing: Vec<ComponentCode>,
    /// Why it was taken in all the same; none where a desk without a line did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Commitment>,
}

impl Incomplete {
    fn of(
        missing: Vec<ComponentCode>,
        reason: &Words,
        private: &mut PrivateValues<'_>,
    ) -> Option<Self> {
        (!missing.is_empty()).then(|| Self {
            missing,
            reason: (!reason.is_empty()).then(|| private.words("accept_incomplete", reason)),
        })
    }
}

fn refuse_mirrored(procedure: &Procedure) -> Result<(), Refusal> {
    match &procedure.authority {
        Authority::Ours => Ok(()),
        Authority::Mirrored { system } => Err(Refusal::Mirrored {
            system: system.clone(),
        }),
    }
}

struct Promise {
    limit: Option<Limit>,
    due: Option<deadline::Due>,
}

fn promise(
    case: &Case,
    channel: Channel,
    transit: Option<Transit>,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Promise, Refusal> {
    let limit = case.limit_for(channel);
    let start = Start {
        received: now,
        arrival: transit.map(|transit| transit.expected()),
        cutoff: rules.procedure.cutoff,
    };
    let due = match limit {
        Some(limit) => Some(deadline::due_from(&start, limit, rules.calendar)?),
        None => None,
    };
    Ok(Promise { limit, due })
}

/// A desk took a dossier in, or accepted a submitted one. The clock starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The code; none between the decision and the commit, which seals the next number in.
    pub code: Option<AnyCode>,
    /// The codes of this dossier in other systems.
    pub external_codes: Vec<AnyCode>,
    /// The procedure, and the version that the dossier keeps.
    pub procedure: ProcedureCode,
    /// See `procedure`.
    pub procedure_version: u16,
    /// The case of the procedure.
    pub case: CaseId,
    /// Procedure or petition.
    pub procedure_kind: Kind,
    /// How it was handed in.
    pub channel: Channel,
    /// Who helped.
    pub assisted_by: Option<ActorId>,
    /// The applicant; none when a submitted dossier is accepted.
    pub applicant: Option<Commitment>,
    /// The papers found.
    pub components: Vec<ComponentCode>,
    /// Details of each paper, as far as the desk gave them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
    /// The unit whose desk took it in.
    pub receiving: UnitCode,
    /// The unit that decides.
    pub resolving: UnitCode,
    /// The unit where the result is fetched.
    pub returning: UnitCode,
    /// The legal limit.
    pub limit: Option<Limit>,
    /// How stops move the due time.
    pub policy: ClockPolicy,
    /// How late in the day a receipt counts on that day.
    #[serde(default, skip_serializing_if = "Cutoff::is_none")]
    pub cutoff: Cutoff,
    /// Its way to the unit that decides it, if that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit: Option<Transit>,
    /// The due time told to the citizen.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub due: Option<Instant>,
    /// Whether the due time rests on a provisional day.
    pub provisional: bool,
    /// When the papers must be handed over; none without papers, or past the calendar.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub hand_over_by: Option<Instant>,
    /// The origin of the history, if another system wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// How it came about.
    #[serde(default, skip_serializing_if = "Circumstances::is_usual")]
    pub circumstances: Circumstances,
    /// The reserved number that the desk used while it was offline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_number: Option<u32>,
    /// When the reception was entered, if the record time does not say so because the event came
    /// from an export.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub offline_entered: Option<Instant>,
    /// What was missing, when it was taken in without all required papers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<Incomplete>,
}

impl Fact for Received {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let at = by.at;
        if let Some(hand_over_by) = self.hand_over_by {
            let party = Party {
                actor: by.actor.clone(),
                unit: by.unit.clone(),
            };
            to.custody.begin(party, at, hand_over_by);
        }
        if self.code.is_some() {
            to.code.clone_from(&self.code);
        }
        to.procedure_version = self.procedure_version;
        to.case = self.case.clone();
        to.add_components(&self.components, &self.papers);
        if let Some(incomplete) = &self.incomplete {
            to.incomplete.clone_from(&incomplete.missing);
        }
        to.received = Some(at);
        to.imported.clone_from(&self.imported);
        to.offline = self.offline_number.map(|number| Offline {
            number,
            entered: self.offline_entered.unwrap_or(by.recorded),
        });
        to.transit = self.transit;
        to.enter(State::Received, at);
        to.clock = Some(Clock {
            started: self.transit.map_or(at, |transit| transit.by),
            cutoff: self.cutoff,
            limit: self.limit,
            policy: self.policy,
            original_due: self.due,
            effective_due: self.due,
            promised_due: self.due,
            legal_due: None,
            provisional: self.provisional,
            waits: Ledger::default(),
            standing: None,
            resumed: None,
        });
    }

    fn recount(
        &mut self,
        _on: Option<&Dossier>,
        counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        // A due time without a limit came from another system, so it is not computed again.
        if let Some(limit) = self.limit {
            if let Some(transit) = &mut self.transit {
                let sender = counting.law.calendars.for_unit(self.receiving.as_str());
                transit.by = Transit::expected_by(self.channel, counting.at, sender)?;
            }
            let start = Start {
                received: counting.at,
                arrival: self.transit.map(|transit| transit.expected()),
                cutoff: self.cutoff,
            };
            let due = deadline::due_from(&start, limit, counting.calendar)?;
            self.due = Some(due.at);
            self.provisional = due.provisional;
        }
        Ok(())
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of("Đã tiếp nhận", "Received")
    }
}
