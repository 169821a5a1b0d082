//! Where units lie on a map. Only pictures depend on it.

use std::collections::HashMap;

/// A point of the earth, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// North of the equator.
    pub latitude: f64,
    /// East of Greenwich.
    pub longitude: f64,
}

/// A point near the middle of each unit, by statistics code.
#[derive(Debug, Clone, Default)]
pub struct UnitPlaces(HashMap<String, Point>);

impl UnitPlaces {
    /// Where a unit lies; none when nothing is known of it.
    #[must_use]
    pub fn get(&self, statistics_code: &str) -> Option<Point> {
        self.0.get(statistics_code).copied()
    }

    /// Adds one unit's; false when there was one before.
    pub(crate) fn add(&mut self, statistics_code: String, point: Point) -> bool {
        self.0.insert(statistics_code, point).is_none()
    }
}
