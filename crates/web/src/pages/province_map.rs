//! `/province/map`: the numbers of `/province` where they are: a mark for each commune.

use std::fmt::Write;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use domain::catalogue::Catalogue;
use domain::place::Point;
use domain::time;

use super::province::{UnitNumbers, gather};
use crate::Pages;
use crate::fault::Fault;
use crate::frame::{Frame, Section, html};
use crate::say::Format;
use crate::visit::Staff;
use crate::words::{Markup, Words};

/// The routes of this page.
pub fn routes() -> Router<Arc<Pages>> {
    Router::new().route("/province/map", get(show))
}

/// From so many overdue dossiers on, a commune has the strongest mark.
const MANY: u32 = 3;

/// The longer side of the picture, and the room around it for the largest mark.
const SIDE: f64 = 640.0;
const ROOM: f64 = 18.0;

#[derive(Template)]
#[template(path = "province_map.html")]
struct MapPage {
    frame: Frame,
    name: String,
    communes: Markup,
    as_of: String,
    picture: Option<Markup>,
    legend: Vec<(&'static str, Markup)>,
    late: Vec<LateUnit>,
    beside: Vec<LateUnit>,
}

struct LateUnit {
    href: String,
    name: String,
    said: Markup,
}

/// How a commune stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Many,
    Some,
    None,
    Silent,
}

fn standing(known: &UnitNumbers) -> Standing {
    match known.pending.overdue {
        _ if known.is_silent() => Standing::Silent,
        0 => Standing::None,
        few if few < MANY => Standing::Some,
        _ => Standing::Many,
    }
}

/// Turns degrees into places of the picture: kilometres alike in both directions, north above.
struct Projection {
    west: f64,
    north: f64,
    squeeze: f64,
    scale: f64,
    width: f64,
    height: f64,
}

impl Projection {
    /// None without a point.
    fn around(points: &[Point]) -> Option<Self> {
        let first = points.first()?;
        let mut bounds = (
            first.latitude,
            first.latitude,
            first.longitude,
            first.longitude,
        );
        for point in points {
            bounds.0 = bounds.0.min(point.latitude);
            bounds.1 = bounds.1.max(point.latitude);
            bounds.2 = bounds.2.min(point.longitude);
            bounds.3 = bounds.3.max(point.longitude);
        }
        let (south, north, west, east) = bounds;
        let squeeze = f64::midpoint(south, north).to_radians().cos();
        let (wide, high) = ((east - west) * squeeze, north - south);
        let scale = SIDE / wide.max(high).max(0.05);
        Some(Self {
            west,
            north,
            squeeze,
            scale,
            width: wide * scale + 2.0 * ROOM,
            height: high * scale + 2.0 * ROOM,
        })
    }

    fn place(&self, point: Point) -> (f64, f64) {
        let x = (point.longitude - self.west) * self.squeeze * self.scale;
        let y = (self.north - point.latitude) * self.scale;
        (x + ROOM, y + ROOM)
    }
}

async fn show(State(pages): State<Arc<Pages>>, staff: Staff) -> Result<Response, Fault> {
    let (words, say) = (staff.visit.words(), staff.visit.say());
    let caller = staff.caller();
    let gathered = gather(&pages, &staff).await?;
    let catalogue = pages.engine.catalogue(&caller.province);
    let now = pages.engine.now();
    let units = &gathered.units;
    let name = catalogue.units.province(&caller.province);
    let counted = |of: Standing| units.iter().filter(|it| standing(it) == of).count() as u64;
    let legend = [
        (Standing::Many, "f-late", "map.many"),
        (Standing::Some, "f-risk", "map.some"),
        (Standing::None, "f-ok", "map.none"),
        (Standing::Silent, "f-watch", "map.no_data"),
    ];
    let legend = legend.map(|(of, class, key)| {
        let (count, number) = (say.count(MANY.into()), say.count(counted(of)));
        let places = [
            ("count", count.as_str().into()),
            ("units", number.as_str().into()),
        ];
        (class, words.fill(key, &places))
    });
    let late = units.iter().filter(|it| it.pending.overdue > 0);
    let placed = |known: &&UnitNumbers| point(known, &catalogue).is_some();
    let line = |known: &UnitNumbers| LateUnit {
        href: format!("/units/{}", known.unit),
        name: known.rates.name.clone(),
        said: said(known, "map.line", words, say),
    };
    let communes = say.count(units.len() as u64);
    Ok(html(&MapPage {
        picture: draw(units, &catalogue, words, say),
        frame: Frame::staff(&pages, &staff, Section::Province, words.t("map.title")),
        name: name.map_or_else(String::new, |unit| unit.name.clone()),
        communes: words.fill("province.communes", &[("count", communes.as_str().into())]),
        as_of: format!("{}, {}", say.clock(now), say.date(time::local_day(now))),
        legend: legend.to_vec(),
        late: late.map(line).collect(),
        beside: units.iter().filter(|it| !placed(it)).map(line).collect(),
    }))
}

fn point(known: &UnitNumbers, catalogue: &Catalogue) -> Option<Point> {
    let unit = catalogue.units.get(&known.unit)?;
    catalogue.places.get(&unit.statistics_code)
}

fn said(known: &UnitNumbers, key: &str, words: &Words, say: Format) -> Markup {
    let (open, overdue) = (
        say.count(known.pending.open.into()),
        say.count(known.pending.overdue.into()),
    );
    let places = [
        ("name", known.rates.name.as_str().into()),
        ("open", open.as_str().into()),
        ("overdue", overdue.as_str().into()),
    ];
    words.fill(key, &places)
}

fn draw(
    units: &[UnitNumbers],
    catalogue: &Catalogue,
    words: &Words,
    say: Format,
) -> Option<Markup> {
    let placed = units
        .iter()
        .filter_map(|known| Some((known, point(known, catalogue)?)));
    let mut placed: Vec<_> = placed.collect();
    let points: Vec<Point> = placed.iter().map(|(_, point)| *point).collect();
    let projection = Projection::around(&points)?;
    // Large marks first, so that a small one is never hidden below.
    placed.sort_by_key(|(known, _)| std::cmp::Reverse(known.pending.open));
    let count = say.count(placed.len() as u64);
    let label = words.fill("map.label", &[("count", count.as_str().into())]);
    let mut svg = format!(
        "<svg class=\"map\" width=\"{w:.0}\" height=\"{h:.0}\" viewBox=\"0 0 {w:.0} {h:.0}\" role=\"group\" aria-label=\"{label}\">",
        w = projection.width,
        h = projection.height,
    );
    for (known, point) in placed {
        let (x, y) = projection.place(point);
        let standing = standing(known);
        let key = match standing {
            Standing::Silent => "map.silent",
            Standing::Many | Standing::Some | Standing::None => "map.unit",
        };
        let said = said(known, key, words, say);
        let _infallible = write!(
            svg,
            "<a href=\"/units/{}\" aria-label=\"{said}\"><title>{said}</title>{}</a>",
            known.unit,
            mark(standing, known.pending.open, x, y)
        );
    }
    svg.push_str("</svg>");
    Some(Markup::made(svg))
}

/// The mark of a commune: its form and colour say how it stands, its size how much is pending.
fn mark(standing: Standing, open: u32, x: f64, y: f64) -> String {
    let size = (4.5 + 0.9 * f64::from(open).sqrt()).min(15.0);
    match standing {
        Standing::Many => {
            let (left, top, side) = (x - size, y - size, 2.0 * size);
            format!(
                "<rect class=\"c-late\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{side:.1}\" height=\"{side:.1}\"/>"
            )
        }
        Standing::Some => {
            let (top, half, side) = (y - 1.15 * size, 1.15 * size, 2.3 * size);
            format!(
                "<path class=\"c-risk\" d=\"M{x:.1} {top:.1}l{half:.1} {side:.1}h-{side:.1}z\"/>"
            )
        }
        Standing::None => {
            format!("<circle class=\"c-ok\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{size:.1}\"/>")
        }
        Standing::Silent => {
            format!("<circle class=\"hollow\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{size:.1}\"/>")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn north_is_above_and_east_at_the_right() {
        let point = |latitude, longitude| Point {
            latitude,
            longitude,
        };
        let (south_west, north_east) = (point(21.5, 104.5), point(23.3, 105.6));
        let projection = Projection::around(&[south_west, north_east]).unwrap();
        let (left, below) = projection.place(south_west);
        let (right, above) = projection.place(north_east);
        assert!(left < right && above < below);
        assert!((above - ROOM).abs() < 0.01 && (below - ROOM - SIDE).abs() < 0.01);
        assert!(Projection::around(&[]).is_none());
    }
}
