//! What the model may know about a dossier at a moment.

/// The situation of a dossier. A score depends on nothing else.
///
/// Codes come from [`crate::model::Model::step`] and [`crate::model::Model::kind`]. A name that the
/// model never saw has the code [`UNKNOWN`] and is judged by what is known of all others. No field
/// names an official.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Situation {
    /// The present step, which is the last event.
    pub step: u16,
    /// The step before.
    pub previous: u16,
    /// The combination of types.
    pub kind: u16,
    /// The first of the types, if there are several.
    pub field: u16,
    /// Working days since the start, without stops.
    pub elapsed: f32,
    /// Working days at the present step, without stops.
    pub waited: f32,
    /// Working days to the deadline; zero once it has passed.
    pub left: f32,
    /// How many events have happened.
    pub events: u32,
    /// How many of the events had the same name as an earlier one.
    pub repeats: u32,
    /// The local weekday, 0 for Monday.
    pub weekday: u8,
    /// When in the week the deadline falls: its local weekday times four, plus the quarter of the
    /// working day.
    pub due_phase: u8,
    /// Working days from the start to the first event.
    pub lag: f32,
    /// How many other agencies work on the dossier.
    pub legs: u8,
    /// The work of the agency that has worked on it the longest.
    pub leg: u16,
    /// The unit that must keep the deadline.
    pub unit: u16,
    /// Days from today until the deadline, both included, on which such dossiers are finished;
    /// [`EVERY_DAY`] if they are finished on any working day.
    pub service_days: u8,
}

/// The code of a name that the model never saw, and of "nothing yet".
pub const UNKNOWN: u16 = u16::MAX;

/// Dossiers of the kind are finished on any working day.
pub const EVERY_DAY: u8 = u8::MAX;

#[cfg(test)]
impl Situation {
    /// The situation before anything happened.
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
    /// The used part of the allowance, from 0 to 1.
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

/// The names behind codes, of a model or of a log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub activities: &'a [String],
    pub kinds: &'a [String],
    pub fields: &'a [String],
    pub legs: &'a [String],
    pub units: &'a [String],
}

/// Turns a log's numbers into a model's codes.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    activities: Vec<u16>,
    kinds: Vec<u16>,
    fields: Vec<u16>,
    legs: Vec<u16>,
    units: Vec<u16>,
}

impl Codes {
    /// The model's names are in order; a name's index is its code.
    pub fn new(model: Named<'_>, log: Named<'_>) -> Codes {
        Codes {
            activities: codes(model.activities, log.activities),
            kinds: codes(model.kinds, log.kinds),
            fields: codes(model.fields, log.fields),
            legs: codes(model.legs, log.legs),
            units: codes(model.units, log.units),
        }
    }

    /// The codes for one case, which looks up only the activities that the case has.
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

/// The codes of a log's names; `known` is in order.
fn codes(known: &[String], names: &[String]) -> Vec<u16> {
    names.iter().map(|name| code(known, name)).collect()
}

/// The index of a name in `known`, which is in order; [`UNKNOWN`] if it is not there.
pub(crate) fn code(known: &[String], name: &str) -> u16 {
    let place = known.binary_search_by(|known| known.as_str().cmp(name));
    place
        .ok()
        .and_then(|place| u16::try_from(place).ok())
        .unwrap_or(UNKNOWN)
}
