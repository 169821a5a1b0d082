//! What is known of an act before anybody asks for it.

use crate::dossier::Dossier;
use crate::dossier::stage::{Stage, Stages};
use crate::id::UnitCode;
use crate::procedure::Procedure;
use crate::role::Role;

/// What is known of an act before anybody asks for it: its names, who may, where, when.
///
/// Everything that speaks of acts reads it: the access table, the refusals, the buttons that desk
/// software draws, the table of transitions and its diagram. There is no default: whoever adds an
/// act answers each question in the act's own file.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// The method that carries it: `ReceiveDossier`.
    pub method: &'static str,
    /// What a clerk calls it, as a button says it and as a sentence goes on: “tiếp nhận”.
    pub vi: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// The roles that may ask for it.
    pub roles: &'static [Role],
    /// The units whose people may ask for it.
    pub units: Standing,
    /// Where a dossier stands when it may be asked for.
    pub states: Stages,
    /// Where it leads, where it moves the dossier at all.
    pub moves: &'static [Move],
    /// Whose word it is on a dossier that another system decides.
    pub on_mirror: OnMirror,
    /// Whether it could succeed, as the dossier stands, if it were asked for well.
    pub possible: fn(&Dossier, &Procedure, Role) -> bool,
    /// How long it may wait when the server has too much to do.
    pub urgency: Urgency,
    /// Its place among the buttons; no two acts share one.
    pub order: u8,
    /// Where it is what usually comes next.
    pub primary: Stages,
}

/// A move of the lifecycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// From any of these; from none of them when the dossier begins.
    pub from: Stages,
    /// To here.
    pub to: Stage,
}

/// Whether an act may be asked of a dossier that another system decides (a mirror).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMirror {
    /// No: only the other system moves it.
    Refused,
    /// Yes, and nothing is refused for the state: it is about what that system says.
    Heard,
}

/// How long an act may wait when the server has too much to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// It begins something: the desk can wait, or go on on paper.
    Beginning,
    /// It moves something on.
    Running,
    /// It ends something: a citizen waits for it.
    Finishing,
}

/// The units whose people may act, the natural one first.
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
    /// The unit that holds the papers, or any that receives, decides or gives back.
    Holding,
    /// The unit that does an open leg, or the one that decides.
    OfOpenLeg,
    /// The unit that was asked and has not answered, or the one that decides.
    OfOpenConsultation,
}

impl Standing {
    /// The units of a dossier that it means.
    #[must_use]
    pub fn units(self, of: &Dossier) -> Vec<&UnitCode> {
        let Dossier {
            receiving,
            resolving,
            returning,
            ..
        } = of;
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

/// For an act that hangs on nothing but the state.
pub fn always(_: &Dossier, _: &Procedure, _: Role) -> bool {
    true
}

/// Two acts are the same when one method carries them.
impl PartialEq for Spec {
    fn eq(&self, other: &Self) -> bool {
        self.method == other.method
    }
}

impl Eq for Spec {}
