//! When people come, to which desk, and for what.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use domain::calendar::Calendar;
use domain::catalogue::Catalogue;
use domain::dossier::Channel;
use domain::id::ProcedureCode;
use domain::procedure::{Authority, Kind};
use domain::time::{Instant, instant};
use domain::unit::{Unit, UnitKind};

use crate::chance::Chance;
use crate::fate::Fate;

/// Somebody comes with something.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub at: Instant,
    /// Index into the units.
    pub unit: usize,
    pub procedure: ProcedureCode,
    pub channel: Channel,
    /// How the dossier will fare, if it is fixed beforehand.
    pub fate: Option<Fate>,
}

/// What people come for, roughly as in a real ward: mostly certification.
const DEMAND: [(&str, f64); 16] = [
    ("2.000815", 24.0),
    ("2.000884", 8.0),
    ("2.000635", 9.0),
    ("1.001193", 9.0),
    ("1.004873", 8.0),
    ("1.000894", 5.0),
    ("1.000656", 5.0),
    ("1.004859", 3.0),
    ("1.004884", 2.0),
    ("2.001019", 1.0),
    ("1.001776", 5.0),
    ("1.001612", 4.0),
    ("1.013225", 4.0),
    ("1.013992", 3.0),
    ("3.000722", 4.0),
    ("1.004222", 4.0),
];

/// What people come for in the shown ward: more procedures that take weeks, so that its list of
/// pending dossiers is as long as in a ward of some 40,000 people.
const DEMAND_OF_WARD: [(&str, f64); 21] = [
    ("2.000815", 64.0),
    ("2.000884", 16.0),
    ("2.000635", 20.0),
    ("1.001193", 12.0),
    ("1.004873", 16.0),
    ("1.000894", 7.0),
    ("1.000656", 6.0),
    ("1.004859", 6.0),
    ("1.001022", 3.0),
    ("x-chung-thuc-hop-dong", 10.0),
    ("1.001612", 13.0),
    ("3.000722", 10.0),
    ("1.004222", 12.0),
    ("1.004194", 9.0),
    ("1.001776", 34.0),
    ("1.011606", 5.0),
    ("1.013225", 14.0),
    ("1.013831", 30.0),
    ("1.013992", 20.0),
    ("1.012812", 4.0),
    ("x-phan-anh-hien-truong", 17.0),
];

/// Whose arrivals they are.
pub enum Place<'a> {
    /// Many units, in this order.
    Units(&'a [&'a Unit]),
    /// The shown ward, by its index.
    Ward(usize),
}

/// Arrivals between two days.
pub fn arrivals(
    catalogue: &Catalogue,
    place: &Place<'_>,
    days: (NaiveDate, NaiveDate),
    about: usize,
    chance: &mut Chance,
) -> Vec<Arrival> {
    let calendar = catalogue.calendars.national();
    let desks: Vec<f64> = match place {
        Place::Units(units) => units.iter().map(|unit| size(unit, chance)).collect(),
        Place::Ward(_) => Vec::new(),
    };
    let demand: &[(&str, f64)] = match place {
        Place::Units(_) => &DEMAND,
        Place::Ward(_) => &DEMAND_OF_WARD,
    };
    let weights: Vec<f64> = demand.iter().map(|(_, weight)| *weight).collect();
    let dates: Vec<NaiveDate> = days
        .0
        .iter_days()
        .take_while(|day| *day <= days.1)
        .collect();
    let loads: Vec<f64> = dates.iter().map(|day| load(*day, calendar)).collect();
    let mut all = Vec::with_capacity(about);
    for number in 0..about {
        let day = dates[chance.weighted(&loads)];
        let wanted = demand[chance.weighted(&weights)].0;
        // A petition now and then.
        let wanted = if number % 61 == 60 {
            "x-phan-anh-hien-truong"
        } else {
            wanted
        };
        let Some(procedure) = catalogue.procedures.find(wanted, day) else {
            continue;
        };
        let mirrored = procedure.authority != Authority::Ours;
        let works = calendar.is_working_day(day).unwrap_or(false);
        // The online share grows over the months.
        let along = (day - days.0).num_days() as f64 / (days.1 - days.0).num_days().max(1) as f64;
        let online = mirrored
            || procedure.kind == Kind::Petition
            || !works
            || !procedure.on_the_spot && chance.happens(0.5 + 0.25 * along);
        let channel = match (online, chance.happens(0.03)) {
            (true, _) => Channel::Online,
            (false, true) => Channel::Post,
            (false, false) => Channel::Desk,
        };
        let time = if online {
            any_time(chance)
        } else {
            desk_time(chance)
        };
        all.push(Arrival {
            at: instant(day, time),
            unit: match place {
                Place::Units(_) => chance.weighted(&desks),
                Place::Ward(ward) => *ward,
            },
            procedure: procedure.code.clone(),
            channel,
            fate: None,
        });
    }
    all
}

/// How many people a desk serves, relative to others.
fn size(unit: &Unit, chance: &mut Chance) -> f64 {
    let own = chance.between(0.4, 1.6);
    match unit.kind {
        UnitKind::ProvincialCentre => 8.0,
        UnitKind::Commune if unit.name.starts_with("Phường") => 3.0 * own,
        UnitKind::Commune | UnitKind::Province => own,
    }
}

/// Mondays are busy, Fridays are not; on days off a few people submit online.
fn load(day: NaiveDate, calendar: &Calendar) -> f64 {
    if !calendar.is_working_day(day).unwrap_or(false) {
        return 0.12;
    }
    match day.weekday() {
        Weekday::Mon => 1.4,
        Weekday::Tue => 1.15,
        Weekday::Wed | Weekday::Thu => 1.0,
        Weekday::Fri => 0.85,
        Weekday::Sat | Weekday::Sun => 0.5,
    }
}

/// A morning peak, and a smaller one after the siesta.
fn desk_time(chance: &mut Chance) -> NaiveTime {
    let hour = if chance.happens(0.66) {
        // The mean of two random numbers lies near the middle: nine o'clock.
        7.55 + 1.9 * (chance.share() + chance.share())
    } else {
        13.55 + 1.6 * (chance.share() + chance.share())
    };
    of_day(hour)
}

/// Online: mostly by day, some late in the evening.
fn any_time(chance: &mut Chance) -> NaiveTime {
    of_day(6.0 + 8.7 * (chance.share() + chance.share()))
}

fn of_day(hour: f64) -> NaiveTime {
    let seconds = (hour * 3_600.0).clamp(0.0, 86_399.0) as u32;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0)
        .expect("it was clamped to the seconds of a day")
}
