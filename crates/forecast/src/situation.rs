//! What the model may know of a dossier at a moment.

/// Where a dossier stands: the whole of what a score depends on.
///
/// Codes come from [`crate::model::Model::step`] and [`crate::model::Model::kind`]; names the
/// model never saw have the code [`UNKNOWN`] and are judged by what is known of all others.
/// There is no official in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Situation {
    /// The step it is at: what happened last.
    pub step: u16,
    /// The step before.
    pub previous: u16,
    /// Its combination of types.
    pub kind: u16,
    /// The first of its types, where there are several.
    pub field: u16,
    /// Working days since its start, stops left out.
    pub elapsed: f32,
    /// Working days at this step, stops left out.
    pub waited: f32,
    /// Working days to its deadline; zero when that has passed.
    pub left: f32,
    /// How many events it has had.
    pub events: u32,
    /// How many of them had happened to it before.
    pub repeats: u32,
    /// The local weekday it is, Monday 0.
    pub weekday: u8,
    /// When in the week it is due: the local weekday times four, and the quarter of the day.
    pub due_phase: u8,
    /// Working days from its start to its first event.
    pub lag: f32,
    /// How many other agencies are at it.
    pub legs: u8,
    /// What the one does that has been at it the longest.
    pub leg: u16,
    /// The unit that must keep its deadline.
    pub unit: u16,
    /// Days until its deadline, today included, on which things like it are finished at all;
    /// [`EVERY_DAY`] where they are finished on any.
    pub service_days: u8,
}

/// The code of a name the model never saw, and of "nothing yet".
pub const UNKNOWN: u16 = u16::MAX;

/// Things are finished on any working day.
pub const EVERY_DAY: u8 = u8::MAX;

#[cfg(test)]
impl Situation {
    /// Before anything happened.
    pub(crate) const NOTHING: Situation = Situation {
        step: UNKNOWN,
        previous: UNKNOWN,
        kind: UNKNOWN,
        field: UNKNOWN,
        elapsed: 0.0,
        waited: 0.0,
        left: 1.0,
        events: 0,
        repeats: 0,
        weekday: 0,
        due_phase: 0,
        lag: 0.0,
        legs: 0,
        leg: UNKNOWN,
        unit: UNKNOWN,
        service_days: EVERY_DAY,
    };
}

impl Situation {
    /// The part of its allowance that is used up, from 0 to 1.
    #[must_use]
    pub fn share(&self) -> f32 {
        let allowance = self.elapsed + self.left;
        if allowance > 0.0 {
            (self.elapsed / allowance).clamp(0.0, 1.0)
        } else {
            1.0
        }
    }
}

/// Names that codes stand for: a model's, or a log's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub activities: &'a [String],
    pub kinds: &'a [String],
    pub fields: &'a [String],
    pub legs: &'a [String],
    pub units: &'a [String],
}

/// Numbers of a log turned into a model's codes.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    activities: Vec<u16>,
    kinds: Vec<u16>,
    fields: Vec<u16>,
    legs: Vec<u16>,
    units: Vec<u16>,
}

impl Codes {
    /// A place among the model's names, which are in order, is a code.
    pub fn new(model: Named<'_>, log: Named<'_>) -> Codes {
        Codes {
            activities: codes(model.activities, log.activities),
            kinds: codes(model.kinds, log.kinds),
            fields: codes(model.fields, log.fields),
            legs: codes(model.legs, log.legs),
            units: codes(model.units, log.units),
        }
    }

    /// Codes for one case: only the activities it had are looked up.
    pub fn of_case(model: Named<'_>, log: Named<'_>, had: impl Iterator<Item = u32>) -> Codes {
        let mut codes = Codes::new(
            model,
            Named {
                activities: &[],
                ..log
            },
        );
        for number in had {
            let place = number as usize;
            let Some(name) = log.activities.get(place) else {
                continue;
            };
            if codes.activities.len() <= place {
                codes.activities.resize(place + 1, UNKNOWN);
            }
            codes.activities[place] = code(model.activities, name);
        }
        codes
    }

    pub fn none(&self) -> u16 {
        UNKNOWN
    }

    pub fn activity(&self, number: u32) -> u16 {
        of(&self.activities, number)
    }

    pub fn kind(&self, number: u32) -> u16 {
        of(&self.kinds, number)
    }

    pub fn field(&self, number: u32) -> u16 {
        of(&self.fields, number)
    }

    pub fn leg(&self, number: u32) -> u16 {
        of(&self.legs, number)
    }

    pub fn unit(&self, number: u32) -> u16 {
        of(&self.units, number)
    }
}

fn of(codes: &[u16], number: u32) -> u16 {
    codes.get(number as usize).copied().unwrap_or(UNKNOWN)
}

/// The codes of a log's names; `known` are in order.
fn codes(known: &[String], names: &[String]) -> Vec<u16> {
    names.iter().map(|name| code(known, name)).collect()
}

/// The place of a name among known ones in order; [`UNKNOWN`] if it is not one of them.
pub(crate) fn code(known: &[String], name: &str) -> u16 {
    let place = known.binary_search_by(|known| known.as_str().cmp(name));
    place
        .ok()
        .and_then(|place| u16::try_from(place).ok())
        .unwrap_or(UNKNOWN)
}
