//! Ways of sorting looks into cells: nested layers of growing likeness, then layers of one or two
//! plain facts.
//!
//! No layer knows an official; the finest grouping is a unit.

use crate::binning::Parts;
use crate::situation::{EVERY_DAY, Situation, UNKNOWN};

/// Layers that lie within each other, from all looks to the most alike.
pub(crate) const NESTED: usize = 6;
/// Layers of plain facts, independent of the nested ones.
pub(crate) const FACTS: usize = 19;
/// The layer of other agencies' work, and the layer of the first of several types.
const LEGS: usize = 13;
const FIELD: usize = 14;
/// The layers of the unit: alone, with the kind of case, and with the step.
const UNIT: usize = 15;
const UNIT_KIND: usize = 16;
const UNIT_STEP: usize = 17;
/// The layer of the weekdays on which such cases are finished.
const SERVICE: usize = 18;

/// Whether a layer can tell looks apart. Most logs have no legs and one column of types.
pub(crate) fn speaks(layer: usize, mut looks: impl Iterator<Item = Situation>) -> bool {
    match layer {
        LEGS => looks.any(|at| at.legs > 0),
        FIELD => looks.any(|at| at.field != UNKNOWN),
        UNIT | UNIT_KIND | UNIT_STEP => looks.any(|at| at.unit != UNKNOWN),
        SERVICE => looks.any(|at| at.service_days != EVERY_DAY),
        _ => true,
    }
}

/// The cells of a situation in the nested layers, coarsest first.
pub(crate) fn nested(at: &Situation, parts: &Parts) -> [u64; NESTED] {
    std::array::from_fn(|layer| nested_cell(layer, at, parts))
}

/// The cell of a situation in a nested layer; `layer` is below [`NESTED`].
///
/// A key packs the layer into the lowest three bits and each feature into bits of its own, so that
/// equal keys mean the same layer and the same features.
pub(crate) fn nested_cell(layer: usize, at: &Situation, parts: &Parts) -> u64 {
    let coarse = || (equal(at.share(), 6) + 1) << 3;
    let fine = || (equal(at.share(), 16) + 1) << 3 | (u64::from(parts.waited[1]) + 1) << 9;
    let step = u64::from(at.step) << 16;
    let previous = u64::from(at.previous) << 32;
    let kind = u64::from(at.kind) << 48;
    match layer {
        0 => 0,
        1 => 1 | step,
        2 => 2 | step | coarse(),
        3 => 3 | step | fine(),
        4 => 4 | step | fine() | previous,
        _ => 5 | step | fine() | previous | kind,
    }
}

/// Layers of cells for the curves of what remains.
pub(crate) const REMAINING: usize = 6;

/// The cells of a situation for the curves of what remains, coarsest first; packed as in [`nested`].
///
/// The used part of the allowance is left out: how long the rest takes does not depend on how long
/// it may take, and each look at a step so counts in one cell, whatever the limit was.
pub(crate) fn remaining(at: &Situation, parts: &Parts) -> [u64; REMAINING] {
    let coarse = (u64::from(parts.waited[0]) + 1) << 3;
    let fine = (u64::from(parts.waited[1]) + 1) << 3;
    let step = u64::from(at.step) << 16;
    let previous = u64::from(at.previous) << 32;
    let kind = u64::from(at.kind) << 48;
    [
        0,
        1 | step,
        2 | step | coarse,
        3 | step | coarse | kind,
        4 | step | fine | kind,
        5 | step | fine | kind | previous,
    ]
}

/// What the cases of a nested cell have in common. Each value includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// Nothing: the cell of all cases.
    None,
    /// The step.
    Step,
    /// Also, roughly, the used part of the allowance.
    Share,
    /// Also how long they have been at the step. Finer cells share more, under this same value.
    Waited,
}

impl Likeness {
    pub fn of(nested: u64) -> Likeness {
        match nested & 7 {
            0 => Likeness::None,
            1 => Likeness::Step,
            2 => Likeness::Share,
            _ => Likeness::Waited,
        }
    }
}

/// The cell of a situation in a layer of facts; `layer` is below [`FACTS`].
///
/// The key packs the layer into the highest eight bits and the features into those below.
pub(crate) fn fact(layer: usize, at: &Situation, parts: &Parts) -> u64 {
    let step = u64::from(at.step) << 16;
    let previous = u64::from(at.previous) << 32;
    let kind = u64::from(at.kind) << 32;
    let weekday = u64::from(at.weekday);
    let (phase, due_weekday) = (u64::from(at.due_phase), u64::from(at.due_phase / 4));
    let [left_coarse, left] = parts.left.map(u64::from);
    let [waited_coarse, waited] = parts.waited.map(u64::from);
    let lag = u64::from(parts.lag);
    let unit = u64::from(at.unit) << 32;
    let cell = match layer {
        0 => equal(at.share(), 48),
        1 => u64::from(at.events.min(15)) << 8 | u64::from(at.repeats.min(7)),
        2 => weekday << 8 | due_weekday,
        3 => lag << 8 | equal(at.share(), 6),
        4 => kind | equal(at.share(), 4),
        5 => kind | step,
        6 => step | left,
        7 => step | waited,
        8 => step | left_coarse << 8 | waited_coarse,
        9 => step | previous | left_coarse,
        10 => step | phase << 8 | left_coarse,
        11 => step | due_weekday << 12 | weekday << 8 | left_coarse,
        12 => step | lag,
        LEGS => u64::from(at.leg) << 16 | u64::from(at.legs.min(3)) << 8 | left_coarse,
        FIELD => u64::from(at.field) << 16 | equal(at.share(), 6),
        UNIT => unit,
        UNIT_KIND => unit | u64::from(at.kind) << 16,
        UNIT_STEP => unit | u64::from(at.step) << 16,
        _ => u64::from(at.service_days.min(4)) << 16 | weekday << 8 | left_coarse,
    };
    (layer as u64) << 56 | cell
}

/// The layer of facts that a cell belongs to.
pub(crate) fn layer_of(cell: u64) -> usize {
    (cell >> 56) as usize
}

/// The edges of all equal parts of the share are multiples of 1 / `SHARES`.
pub(crate) const SHARES: u32 = 48;

/// The index of the equal part that holds a share from 0 to 1.
fn equal(share: f32, count: u64) -> u64 {
    ((share * count as f32) as u64).min(count - 1)
}
