//! The fixed properties of an act.

use crate::dossier::Dossier;
use crate::dossier::stage::{Stage, Stages};
use crate::id::UnitCode;
use crate::procedure::Procedure;
use crate::role::Role;

/// The fixed properties of an act: its names, who may do it, in which states.
///
/// Everything that lists acts reads this: the access table, the refusals, the buttons of desk
/// software, the table of transitions and its diagram. There is no default, so whoever adds an act
/// answers each question in the act's own file.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// The method that carries it: `ReceiveDossier`.
    pub method: &'static str,
    /// The Vietnamese verb, for a button and inside a sentence: “tiếp nhận”.
    pub vi: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// The roles that may ask for it.
    pub roles: &'static [Role],
    /// The units whose people may ask for it. Both the role and the unit must fit.
    pub units: Standing,
    /// The states in which it is possible.
    pub states: Stages,
    /// The moves between states that it makes; none for an act that leaves the state as it is.
    pub moves: &'static [Move],
    /// Whether it is possible on a dossier that another system decides.
    pub on_mirror: OnMirror,
    /// Whether some request for it could succeed on this dossier, so that a button makes sense.
    pub possible: fn(&Dossier, &Procedure, Role) -> bool,
    /// How long it may wait when the server is overloaded.
    pub urgency: Urgency,
    /// Its place among the buttons; no two acts share one.
    pub order: u8,
    /// The states in which it is the usual next act.
    pub primary: Stages,
}

/// A move of the lifecycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// From any of these; from none if the move begins a dossier.
    pub from: Stages,
    /// To here.
    pub to: Stage,
}

/// Whether an act is possible on a dossier that another system decides (a mirror).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMirror {
    /// No: only the other system moves it.
    Refused,
    /// Yes, in every state, because the act concerns what the other system says.
    Heard,
}

/// How long an act may wait when the server is overloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// It begins something: the desk can wait, or continue on paper.
    Beginning,
    /// It moves something on.
    Running,
    /// It ends something: a citizen waits for it.
    Finishing,
}

/// The units whose people may act, the usual one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The unit that receives the dossier.
    Receiving,
    /// The unit that decides it.
    Resolving,
    /// The unit that decides it, or the desk that received it.
    ResolvingOrReceiving,
    /// The desk that received it, or the unit that decides it.
    ReceivingOrResolving,
    /// The unit where the result is fetched, or the desk that received the dossier.
    ReturningOrReceiving,
    /// The unit that holds the papers, or any unit that receives, decides or returns the dossier.
    Holding,
    /// The unit that does an open leg, or the one that decides.
    OfOpenLeg,
    /// The consulted unit that has not answered, or the unit that decides.
    OfOpenConsultation,
}

impl Standing {
    /// The units of a dossier that this standing names.
    #[must_use]
    pub fn units(self, of: &Dossier) -> Vec<&UnitCode> {
        let Dossier {
            receiving,
            returning,
            ..
        } = of;
        let resolving = of.deciding_here();
        match self {
            Standing::Receiving => vec![receiving],
            Standing::Resolving => vec![resolving],
            Standing::ResolvingOrReceiving => vec![resolving, receiving],
            Standing::ReceivingOrResolving => vec![receiving, resolving],
            Standing::ReturningOrReceiving => vec![returning, receiving],
            Standing::Holding => {
                let holder = of.custody.holder.as_ref();
                let holding = holder.map(|holder| &holder.party.unit).into_iter();
                holding.chain([receiving, resolving, returning]).collect()
            }
            Standing::OfOpenLeg => {
                let legs = of.open_legs().map(|leg| &leg.unit);
                legs.chain([resolving]).collect()
            }
            Standing::OfOpenConsultation => {
                let asked = of.open_consultations().map(|asked| &asked.unit);
                asked.chain([resolving]).collect()
            }
        }
    }

    /// The same in words, for the access table.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Standing::Receiving => "receives the dossier",
            Standing::Resolving => "decides it",
            Standing::ResolvingOrReceiving => "decides or receives it",
            Standing::ReceivingOrResolving => "receives or decides it",
            Standing::ReturningOrReceiving => "gives the result back or received it",
            Standing::Holding => "holds its papers, or is any of these",
            Standing::OfOpenLeg => "does an open leg of it, or decides it",
            Standing::OfOpenConsultation => "was asked and has not answered, or decides it",
        }
    }
}

/// For an act that depends on the state alone.
pub fn always(_: &Dossier, _: &Procedure, _: Role) -> bool {
    true
}

/// Two specs are equal if their method is.
impl PartialEq for Spec {
    fn eq(&self, other: &Self) -> bool {
        self.method == other.method
    }
}

impl Eq for Spec {}
