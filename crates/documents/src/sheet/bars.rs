//! Bars below a sheet: the share that ended in time, row by row, or the points of each item of the index.

use super::fill::{CellValue, FilledSheet, SheetRow};

/// More bars than this tell nothing at a glance; the lowest are drawn.
const MOST: usize = 30;

/// The height of a bar with its space, in the units of the drawing.
const STEP: usize = 18;

/// A row of the form with something that ended.
struct Bar<'f> {
    label: &'f str,
    share: f64,
    of: f64,
}

impl FilledSheet<'_> {
    /// The bars as SVG; empty where the sheet has neither what ended in time nor points.
    pub(super) fn bars(&self) -> String {
        let rows = self.lines.iter().filter(|line| !line.is_total);
        if let Some(places) = self.places(["resolved", "early", "on_due"]) {
            in_time(rows.filter_map(|line| bar(line, places)).collect())
        } else if let Some(places) = self.places(["item", "points", "max_points"]) {
            let bars: Vec<Bar<'_>> = rows.filter_map(|line| points(line, places)).collect();
            drawn(
                "Điểm đạt được trên điểm tối đa của từng chỉ số tính được",
                &bars,
                |bar| {
                    let points = CellValue::Number(bar.share * bar.of).words();
                    format!("{points} / {}", CellValue::Number(bar.of).words())
                },
            )
        } else {
            String::new()
        }
    }

    /// Where the sheet shows these columns, if it shows them all.
    fn places(&self, wanted: [&str; 3]) -> Option<[usize; 3]> {
        let columns = self.layout.columns.iter();
        let names: Vec<&str> = columns.map(|column| &*column.value).collect();
        let place = |name: &str| names.iter().position(|column| *column == name);
        let [one, two, three] = wanted;
        Some([place(one)?, place(two)?, place(three)?])
    }
}

fn in_time(mut bars: Vec<Bar<'_>>) -> String {
    let all = bars.len();
    if all > MOST {
        bars.sort_by(|one, other| one.share.total_cmp(&other.share));
        bars.truncate(MOST);
    }
    let title = if all > MOST {
        format!(
            "Tỷ lệ trước hạn và đúng hạn trên số đã giải quyết: {MOST} dòng thấp nhất trong {all}"
        )
    } else {
        "Tỷ lệ trước hạn và đúng hạn trên số đã giải quyết".to_owned()
    };
    drawn(&title, &bars, |bar| {
        let of = CellValue::Number(bar.of).words();
        format!("{} của {of}", CellValue::Share(bar.share).words())
    })
}

fn drawn(title: &str, bars: &[Bar<'_>], words: impl Fn(&Bar<'_>) -> String) -> String {
    if bars.is_empty() {
        return String::new();
    }
    let height = bars.len() * STEP;
    let mut svg = format!(
        "<figure class=\"p-bars\"><figcaption class=\"p-fine\">{title}</figcaption>\
         <svg viewBox=\"0 0 800 {height}\" role=\"img\" aria-label=\"{title}\">"
    );
    for (at, bar) in bars.iter().enumerate() {
        let (top, middle) = (at * STEP + 3, at * STEP + 13);
        let width = 360.0 * bar.share;
        let (label, words) = (escaped(bar.label), words(bar));
        svg.push_str(&format!(
            "<text x=\"300\" y=\"{middle}\" text-anchor=\"end\">{label}</text>\
             <rect x=\"310\" y=\"{top}\" width=\"360\" height=\"12\" class=\"whole\"/>\
             <rect x=\"310\" y=\"{top}\" width=\"{width:.1}\" height=\"12\" class=\"part\"/>\
             <text x=\"680\" y=\"{middle}\">{words}</text>"
        ));
    }
    svg.push_str("</svg></figure>");
    svg
}

fn bar(line: &SheetRow, [ended, early, on_due]: [usize; 3]) -> Option<Bar<'_>> {
    let number = |place: usize| match line.cells.get(place) {
        Some(CellValue::Number(number)) => *number,
        _ => 0.0,
    };
    let of = number(ended);
    let label = line.cells.iter().find_map(|cell| match cell {
        CellValue::Text(text) if text.parse::<u32>().is_err() => Some(text.as_str()),
        _ => None,
    })?;
    (of > 0.0).then(|| Bar {
        label,
        share: (number(early) + number(on_due)) / of,
        of,
    })
}

/// The points of an item that has some to be had.
fn points(line: &SheetRow, [item, points, most]: [usize; 3]) -> Option<Bar<'_>> {
    let (
        Some(CellValue::Text(label)),
        Some(CellValue::Number(points)),
        Some(CellValue::Number(of)),
    ) = (
        line.cells.get(item),
        line.cells.get(points),
        line.cells.get(most),
    )
    else {
        return None;
    };
    (*of > 0.0).then(|| Bar {
        label,
        share: points / of,
        of: *of,
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use domain::indicator::{Called, Period, Statistics};

    use super::super::layout::Layouts;
    use super::*;

    fn filled(rows: usize) -> String {
        let layouts = Layouts::shipped();
        let day = "2026-11-30".parse().unwrap();
        let layout = layouts.on("ii06a", day).unwrap();
        let period = Period {
            from: day,
            to: day,
            as_of: "2026-11-30T09:00:00Z".parse().unwrap(),
        };
        let empty = Statistics::new(period).ii06a(|_| Called::default());
        let mut sheet = FilledSheet::ii06a(layout, &empty, "Tỉnh Mẫu");
        for row in 0..rows {
            let mut cells = vec![CellValue::Number(0.0); layout.columns.len()];
            cells[0] = CellValue::Text((row + 1).to_string());
            cells[1] = CellValue::Text(format!("Xã <{row}>"));
            let place = |name| {
                layout
                    .columns
                    .iter()
                    .position(|it| it.value == name)
                    .unwrap()
            };
            cells[place("resolved")] = CellValue::Number(10.0);
            cells[place("early")] = CellValue::Number((row % 10) as f64);
            sheet.lines.push(SheetRow {
                cells,
                is_total: false,
                links: Vec::new(),
            });
        }
        sheet.bars()
    }

    #[test]
    fn each_row_with_an_end_has_a_bar_and_no_name_becomes_markup() {
        let svg = filled(3);
        assert_eq!(svg.matches("class=\"part\"").count(), 3);
        assert!(
            svg.contains("Xã &lt;2&gt;") && svg.contains("20,0% của 10"),
            "{svg}"
        );
        assert_eq!(filled(0), "");
    }

    #[test]
    fn of_many_rows_the_lowest_are_drawn() {
        let svg = filled(60);
        assert_eq!(svg.matches("class=\"part\"").count(), MOST);
        assert!(svg.contains("30 dòng thấp nhất trong 60"), "{svg}");
        assert!(!svg.contains("90,0%"), "the best are left out");
    }

    #[test]
    fn each_item_of_the_index_with_points_has_a_bar_of_its_most() {
        let layouts = Layouts::shipped();
        let day = "2026-11-30".parse().unwrap();
        let period = Period {
            from: day,
            to: day,
            as_of: "2026-11-30T09:00:00Z".parse().unwrap(),
        };
        let empty = Statistics::new(period).i766(|_| Called::default());
        let layout = layouts.on("i766", day).unwrap();
        let mut sheet = FilledSheet::i766(layout, &empty, "Tỉnh Mẫu");
        assert_eq!(sheet.bars(), "", "without a dossier nothing has points");
        for (item, points) in [
            ("2.1", CellValue::Number(15.0)),
            ("3.3", CellValue::Nothing),
        ] {
            let columns = layout.columns.iter();
            let cells = columns.map(|column| match column.value.as_str() {
                "item" => CellValue::Text(item.to_owned()),
                "points" => points.clone(),
                "max_points" => CellValue::Number(20.0),
                _ => CellValue::Nothing,
            });
            sheet.lines.push(SheetRow {
                cells: cells.collect(),
                is_total: false,
                links: Vec::new(),
            });
        }
        let svg = sheet.bars();
        assert_eq!(svg.matches("class=\"part\"").count(), 1, "{svg}");
        assert!(
            svg.contains("15 / 20") && svg.contains("width=\"270.0\""),
            "{svg}"
        );
    }
}
