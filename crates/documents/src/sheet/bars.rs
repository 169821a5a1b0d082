//! The share that ended in time, row by row, as bars below the form.

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
    /// The bars as SVG; empty where the sheet does not count what ended in time.
    pub(super) fn bars(&self) -> String {
        let Some(places) = self.places() else {
            return String::new();
        };
        let rows = self.lines.iter().filter(|line| !line.is_total);
        let mut bars: Vec<Bar<'_>> = rows.filter_map(|line| bar(line, places)).collect();
        let all = bars.len();
        if all == 0 {
            return String::new();
        }
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
        let height = bars.len() * STEP;
        let mut svg = format!(
            "<figure class=\"p-bars\"><figcaption class=\"p-fine\">{title}</figcaption>\
             <svg viewBox=\"0 0 800 {height}\" role=\"img\" aria-label=\"{title}\">"
        );
        for (at, bar) in bars.iter().enumerate() {
            let (top, middle) = (at * STEP + 3, at * STEP + 13);
            let width = 360.0 * bar.share;
            let words = CellValue::Share(bar.share).words();
            let (label, of) = (escaped(bar.label), CellValue::Number(bar.of).words());
            svg.push_str(&format!(
                "<text x=\"300\" y=\"{middle}\" text-anchor=\"end\">{label}</text>\
                 <rect x=\"310\" y=\"{top}\" width=\"360\" height=\"12\" class=\"whole\"/>\
                 <rect x=\"310\" y=\"{top}\" width=\"{width:.1}\" height=\"12\" class=\"part\"/>\
                 <text x=\"680\" y=\"{middle}\">{words} của {of}</text>"
            ));
        }
        svg.push_str("</svg></figure>");
        svg
    }

    /// Where the sheet shows what ended, early, and on the day.
    fn places(&self) -> Option<[usize; 3]> {
        let mut columns = self.layout.columns.iter().map(|column| &*column.value);
        let names: Vec<&str> = columns.by_ref().collect();
        let place = |name: &str| names.iter().position(|column| *column == name);
        Some([place("resolved")?, place("early")?, place("on_due")?])
    }
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
            svg.contains("Xã &lt;2&gt;") && svg.contains("20,0 % của 10"),
            "{svg}"
        );
        assert_eq!(filled(0), "");
    }

    #[test]
    fn of_many_rows_the_lowest_are_drawn() {
        let svg = filled(60);
        assert_eq!(svg.matches("class=\"part\"").count(), MOST);
        assert!(svg.contains("30 dòng thấp nhất trong 60"), "{svg}");
        assert!(!svg.contains("90,0 %"), "the best are left out");
    }
}
