//! Charts as SVG. Positions are attributes in per cent and colours are classes of the style sheet.
//! So no style is inline, words keep their size on a narrow screen, and the dark theme works.
//!
//! Every chart has a label, and a table or a text beside it says the same.

use std::fmt::Write;

use crate::words::Markup;

/// An SVG picture under construction.
struct Drawing(String);

impl Drawing {
    fn begin(class: &str, height: u32, label: &str) -> Self {
        let mut svg = Self(String::new());
        svg.add(&format!(
            "<svg class=\"{class}\" height=\"{height}\" role=\"img\" aria-label=\"{}\">",
            Markup::of(label)
        ));
        svg
    }

    fn add(&mut self, piece: &str) {
        self.0.push_str(piece);
    }

    fn line(&mut self, class: &str, x: (f64, f64), y: (f64, f64)) {
        let _infallible = write!(
            self.0,
            "<line class=\"{class}\" x1=\"{}%\" x2=\"{}%\" y1=\"{}\" y2=\"{}\"/>",
            short(x.0),
            short(x.1),
            short(y.0),
            short(y.1)
        );
    }

    fn bar(&mut self, class: &str, x: (f64, f64), y: u32, height: u32) {
        let _infallible = write!(
            self.0,
            "<rect class=\"{class}\" x=\"{}%\" width=\"{}%\" y=\"{y}\" height=\"{height}\"/>",
            short(x.0),
            short((x.1 - x.0).max(0.0)),
        );
    }

    fn dot(&mut self, class: &str, x: f64, y: f64) {
        let _infallible = write!(
            self.0,
            "<circle class=\"{class}\" cx=\"{}%\" cy=\"{}\" r=\"3.5\"/>",
            short(x),
            short(y)
        );
    }

    fn text(&mut self, class: &str, x: f64, y: f64, anchor: &str, text: &str) {
        let _infallible = write!(
            self.0,
            "<text class=\"{class}\" x=\"{}%\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            short(x),
            short(y),
            Markup::of(text)
        );
    }

    fn end(mut self) -> Markup {
        self.add("</svg>");
        Markup::made(self.0)
    }
}

/// A number with at most two decimals.
fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

/// A share as a bar, with a mark at the goal.
#[must_use]
pub fn share(share: f64, goal: Option<f64>, class: &str, label: &str) -> Markup {
    let mut svg = Drawing::begin("chart", 14, label);
    svg.bar("c-rest", (0.0, 100.0), 3, 8);
    svg.bar(class, (0.0, (share * 100.0).clamp(0.0, 100.0)), 3, 8);
    if let Some(goal) = goal {
        let at = (goal * 100.0).clamp(0.0, 100.0);
        svg.line("s-ink", (at, at), (0.0, 14.0));
    }
    svg.end()
}

/// A point of a weekly line chart.
pub struct Week {
    /// The label below the point.
    pub day: String,
    /// The share; none for a week without dossiers.
    pub share: Option<f64>,
    /// The share in words.
    pub said: String,
}

/// Weekly shares as a line against a goal. The scale begins at the tenth below the lowest share.
#[must_use]
pub fn weeks(
    weeks: &[Week],
    goal: f64,
    goal_said: &str,
    percent: impl Fn(f64) -> String,
    label: &str,
) -> Markup {
    const TOP: f64 = 16.0;
    const BOTTOM: f64 = 116.0;
    let shares = weeks.iter().filter_map(|week| week.share);
    let least = shares.fold(goal, f64::min);
    let floor = ((least * 10.0 - 1e-9).floor() / 10.0).clamp(0.0, 0.9);
    let height = |share: f64| TOP + (1.0 - share) / (1.0 - floor) * (BOTTOM - TOP);
    let last = weeks.len().saturating_sub(1).max(1);
    // A number of weeks is small enough to be exact in a float.
    let place = |at: usize| 12.0 + 84.0 * at as f64 / last as f64;
    let mut svg = Drawing::begin("chart", 144, label);
    for grid in [floor, f64::midpoint(floor, 1.0), 1.0] {
        svg.line("c-grid", (12.0, 100.0), (height(grid), height(grid)));
        svg.text("", 0.0, height(grid) + 4.0, "start", &percent(grid));
    }
    svg.line("c-goal", (12.0, 100.0), (height(goal), height(goal)));
    svg.text("t-goal halo", 12.5, height(goal) - 5.0, "start", goal_said);
    let points = || {
        let told = weeks.iter().enumerate();
        told.filter_map(|(at, week)| Some((at, week.share?, week)))
    };
    for ((one, from, _), (other, to, _)) in points().zip(points().skip(1)) {
        svg.line(
            "c-line",
            (place(one), place(other)),
            (height(from), height(to)),
        );
    }
    let newest = points().next_back().map(|(at, _, _)| at);
    for (at, share, week) in points() {
        let class = if newest == Some(at) {
            "c-dot c-last"
        } else {
            "c-dot"
        };
        svg.dot(class, place(at), height(share));
        if newest == Some(at) {
            let below = height(share) + 19.0;
            let y = if below > BOTTOM - 4.0 {
                height(share) - 9.0
            } else {
                below
            };
            svg.text("strong halo", place(at), y, "end", &week.said);
        }
    }
    for (at, week) in weeks.iter().enumerate() {
        let is_named = at % 3 == 0 && at + 3 < weeks.len() || at + 1 == weeks.len();
        if is_named {
            let anchor = if at + 1 == weeks.len() {
                "end"
            } else {
                "middle"
            };
            svg.text("", place(at), 138.0, anchor, &week.day);
        }
    }
    svg.end()
}

/// Recent weeks as a line without labels, for a table cell whose text gives the last share.
#[must_use]
pub fn spark(shares: &[Option<f64>], label: &str) -> Markup {
    let known = || {
        shares
            .iter()
            .enumerate()
            .filter_map(|(at, share)| Some((at, (*share)?)))
    };
    let mut svg = format!(
        "<svg class=\"spark\" viewBox=\"0 0 104 24\" role=\"img\" aria-label=\"{}\">",
        Markup::of(label)
    );
    let last = shares.len().saturating_sub(1).max(1);
    // A number of weeks is small enough to be exact in a float.
    let x = |at: usize| 4.0 + 96.0 * at as f64 / last as f64;
    let y = |share: f64| 3.0 + (1.0 - share) * 18.0;
    let mut path = String::new();
    for (at, share) in known() {
        let to = if path.is_empty() { 'M' } else { 'L' };
        let _infallible = write!(path, "{to}{} {}", short(x(at)), short(y(share)));
    }
    let _infallible = write!(svg, "<path d=\"{path}\"/>");
    if let Some((at, share)) = known().next_back() {
        let _infallible = write!(
            svg,
            "<circle class=\"c-dot\" cx=\"{}\" cy=\"{}\" r=\"2\"/>",
            short(x(at)),
            short(y(share))
        );
    }
    svg.push_str("</svg>");
    Markup::made(svg)
}

/// Who held a dossier during a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The desk.
    Desk,
    /// A handling unit.
    Office,
    /// The citizen.
    Citizen,
}

/// A stretch of time, in shares of the whole axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// The beginning of the stretch.
    pub from: f64,
    /// The end of the stretch.
    pub to: f64,
    /// The holder during the stretch.
    pub holder: Holder,
}

/// A dossier's clock as a picture: an axis of working days, with the holders, the limit and the
/// forecast. All positions are shares of the axis, from 0 to 1.
pub struct Clock {
    /// The beginning of each working day, with its name if there is room.
    pub days: Vec<(f64, String)>,
    /// The positions at which days off are left out.
    pub gaps: Vec<f64>,
    /// Who held the dossier, stretch by stretch.
    pub spent: Vec<Stretch>,
    /// The start of counting, the first promise, and the date in force.
    pub limit: Option<(f64, f64, f64)>,
    /// The forecast of the end: one in ten earlier, half earlier, one in ten later.
    pub finish: Option<[f64; 3]>,
    /// The present moment with its label; none for a dossier that has ended.
    pub now: Option<(f64, String)>,
    /// The date in force, in words.
    pub due_said: String,
    /// The title above each of the three rows; empty for an absent row.
    pub rows: [String; 3],
}

impl Clock {
    /// Draws the picture. The label and the tables beside it say what it shows.
    #[must_use]
    pub fn draw(&self, label: &str) -> Markup {
        let percent = |share: f64| (share * 100.0).clamp(0.0, 100.0);
        let mut svg = Drawing::begin("chart clock", 196, label);
        svg.add(
            "<defs><pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect class=\"c-waitbg\" width=\"7\" height=\"7\"/>\
             <rect class=\"c-wait\" width=\"2.5\" height=\"7\"/></pattern></defs>",
        );
        for gap in &self.gaps {
            let at = percent(*gap);
            svg.bar(
                "c-off",
                ((at - 0.25).max(0.0), (at + 0.25).min(100.0)),
                36,
                136,
            );
        }
        for (at, name) in &self.days {
            let at = percent(*at);
            svg.line("c-grid", (at, at), (36.0, 172.0));
            if !name.is_empty() {
                svg.text("", at, 190.0, if at > 90.0 { "end" } else { "start" }, name);
            }
        }
        svg.line("c-axis", (0.0, 100.0), (172.0, 172.0));
        for span in &self.spent {
            let (from, to) = (percent(span.from), percent(span.to));
            match span.holder {
                Holder::Desk => svg.bar("c-desk", (from, to), 60, 24),
                Holder::Office => svg.bar("c-fill", (from, to), 60, 24),
                Holder::Citizen => svg.add(&format!(
                    "<rect fill=\"url(#hatch)\" x=\"{}%\" width=\"{}%\" y=\"60\" height=\"24\"/>",
                    short(from),
                    short(to - from)
                )),
            }
            svg.line("c-cut", (from, from), (60.0, 84.0));
        }
        if let Some((start, first, due)) = self.limit {
            let (start, first, due) = (percent(start), percent(first), percent(due));
            svg.bar("c-limit", (start, first.min(due)), 110, 8);
            if due > first {
                svg.bar("c-more", (first, due), 110, 8);
                svg.line("s-ink dash", (first, first), (106.0, 122.0));
            }
        }
        if let Some([early, middle, late]) = self.finish {
            let (early, middle, late) = (percent(early), percent(middle), percent(late));
            svg.bar("c-fore", (early, late), 144, 16);
            svg.line("s-risk", (middle, middle), (144.0, 160.0));
            if late >= 99.9 {
                svg.text("t-risk", 99.4, 157.0, "end", "→");
            }
        }
        if let Some((_, _, due)) = self.limit {
            let due = percent(due);
            svg.line("s-late", (due, due), (16.0, 172.0));
        }
        if let Some((now, _)) = &self.now {
            let now = percent(*now);
            svg.line("s-ink", (now, now), (34.0, 172.0));
        }
        for (row, y) in self.rows.iter().zip([54.0, 104.0, 138.0]) {
            if !row.is_empty() {
                svg.text("halo strong", 0.0, y, "start", row);
            }
        }
        if let Some((_, _, due)) = self.limit {
            svg.text(
                "halo t-late",
                percent(due),
                12.0,
                anchor(due),
                &self.due_said,
            );
        }
        if let Some((now, said)) = &self.now {
            svg.text("halo strong", percent(*now), 30.0, anchor(*now), said);
        }
        svg.end()
    }
}

/// The anchor of a text at a position: near an edge the text grows inwards.
fn anchor(at: f64) -> &'static str {
    if at < 0.12 {
        "start"
    } else if at > 0.88 {
        "end"
    } else {
        "middle"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_have_labels_and_no_style_of_their_own() {
        let percent = |share: f64| format!("{:.0}%", share * 100.0);
        let week = |share| Week {
            day: "07/09".into(),
            share,
            said: "91%".into(),
        };
        let drawn = [
            share(0.9, Some(0.95), "c-fill", "90 <of> 100"),
            weeks(
                &[week(Some(0.9)), week(None), week(Some(1.0))],
                0.95,
                "goal",
                percent,
                "line",
            ),
            spark(&[None, Some(1.0)], "spark"),
        ];
        for svg in drawn {
            assert!(svg.as_str().contains("aria-label"), "{svg}");
            assert!(!svg.as_str().contains("style"), "{svg}");
            assert!(!svg.as_str().contains("<of>"), "{svg}");
        }
    }

    #[test]
    fn a_week_without_any_leaves_a_gap_and_no_zero() {
        let week = |share| Week {
            day: String::new(),
            share,
            said: String::new(),
        };
        let percent = |_: f64| String::new();
        let svg = weeks(
            &[week(Some(0.9)), week(None), week(Some(0.9))],
            0.95,
            "",
            percent,
            "",
        );
        assert_eq!(svg.as_str().matches("<circle").count(), 2);
    }
}
