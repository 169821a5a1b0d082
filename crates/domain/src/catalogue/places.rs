//! `units/places.csv`: a point near the middle of each unit, for maps.

use super::{Fault, Sorted, table};
use crate::place::{Point, UnitPlaces};

const COLUMNS: &[&str] = &["statistics_code", "latitude", "longitude"];

/// Reads the places; without the file none are known.
pub(super) fn parse(files: &Sorted<'_>, faults: &mut Vec<Fault>) -> UnitPlaces {
    let mut places = UnitPlaces::default();
    for file in &files.places {
        for row in table::rows(file, COLUMNS, faults) {
            let code = row.cell("statistics_code");
            if code.len() != 5 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                faults.push(row.fault("statistics_code: expected five digits"));
                continue;
            }
            let latitude = row.read("latitude", faults, |text| degrees(text, 90.0));
            let longitude = row.read("longitude", faults, |text| degrees(text, 180.0));
            let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
                continue;
            };
            let point = Point {
                latitude,
                longitude,
            };
            if !places.add(code.to_owned(), point) {
                faults.push(row.fault(format!("{code} is listed twice")));
            }
        }
    }
    places
}

fn degrees(text: &str, most: f64) -> Result<f64, String> {
    let number = text.parse::<f64>().ok();
    let number = number.filter(|number| number.abs() <= most);
    number.ok_or_else(|| format!("`{text}` is no number of degrees between -{most} and {most}"))
}
