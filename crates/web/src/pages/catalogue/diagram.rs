//! The steps of a procedure as a diagram: boxes from top to bottom with arrows between them.
//!
//! The picture is 340 units wide, so that its words can be read on a phone. Steps that may be skipped
//! have an arrow at the right, ways back for rework one at the left. A table beside the picture says
//! the same.

use std::fmt::Write;

use domain::procedure::{Procedure, Step};

use crate::words::Markup;

const WIDTH: usize = 340;
const LEFT: usize = 44;
const RIGHT: usize = 296;
const LINE: usize = 16;
const GAP: usize = 26;

/// Letters that fit into a box.
const LETTERS: usize = 34;

/// A box with its place.
struct StepBox {
    top: usize,
    height: usize,
}

impl StepBox {
    fn middle(&self) -> usize {
        self.top + self.height / 2
    }

    fn bottom(&self) -> usize {
        self.top + self.height
    }
}

/// Draws the steps of a version. `who` says who does a step, and within what time.
pub(super) fn steps(
    procedure: &Procedure,
    begin: &str,
    end: &str,
    who: impl Fn(&Step) -> String,
    label: &str,
) -> Markup {
    let mut texts = vec![(vec![begin.to_owned()], Vec::new())];
    for step in &procedure.steps {
        texts.push((wrapped(&step.name), wrapped(&who(step))));
    }
    texts.push((vec![end.to_owned()], Vec::new()));
    let mut boxes = Vec::new();
    let mut top = 2;
    for (name, more) in &texts {
        let height = 16 + LINE * (name.len() + more.len());
        boxes.push(StepBox { top, height });
        top += height + GAP;
    }
    let height = top - GAP + 2;
    let mut svg = format!(
        "<svg class=\"chart flow\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-label=\"{}\">",
        Markup::of(label)
    );
    for arrow in arrows(procedure) {
        draw_arrow(&mut svg, &boxes, arrow);
    }
    let last = texts.len() - 1;
    for (at, ((name, more), place)) in texts.iter().zip(&boxes).enumerate() {
        let class = if at == 0 || at == last {
            "c-rest"
        } else {
            "step"
        };
        let _infallible = write!(
            svg,
            "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\"/>",
            place.top,
            RIGHT - LEFT,
            place.height
        );
        let lines = name.iter().map(|line| ("strong", line));
        let lines = lines.chain(more.iter().map(|line| ("", line)));
        for (row, (class, line)) in lines.enumerate() {
            let _infallible = write!(
                svg,
                "<text class=\"{class}\" x=\"170\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                place.top + 20 + LINE * row,
                Markup::of(line)
            );
        }
    }
    svg.push_str("</svg>");
    Markup::made(svg)
}

/// From one box to another, by place: 0 is the reception, the last is the result.
type Arrow = (usize, usize);

fn arrows(procedure: &Procedure) -> Vec<Arrow> {
    let steps = &procedure.steps;
    let place = |id| steps.iter().position(|step| step.id == id).map(|at| at + 1);
    let last = steps.len() + 1;
    let mut arrows = vec![(0, 1)];
    for (at, step) in steps.iter().enumerate() {
        let next = step.next.iter().filter_map(|id| place(id.clone()));
        arrows.extend(next.map(|to| (at + 1, to)));
        if step.finish {
            arrows.push((at + 1, last));
        }
    }
    arrows
}

fn draw_arrow(svg: &mut String, boxes: &[StepBox], (from, to): Arrow) {
    let (Some(start), Some(end)) = (boxes.get(from), boxes.get(to)) else {
        return;
    };
    let _infallible = if to == from + 1 {
        let (begin, tip) = (start.bottom(), end.top);
        write!(
            svg,
            "<path class=\"way\" d=\"M170 {begin}V{}\"/><path class=\"tip\" d=\"M165 {}h10l-5 8z\"/>",
            tip - 8,
            tip - 8
        )
    } else if to > from {
        // Beside the boxes in between, further out the more of them there are.
        let out = RIGHT + 14 + 8 * (to - from - 2).min(3);
        let (begin, tip) = (start.middle() + 6, end.middle() - 6);
        write!(
            svg,
            "<path class=\"way\" d=\"M{RIGHT} {begin}H{out}V{tip}H{}\"/><path class=\"tip\" d=\"M{} {}v10l-8 -5z\"/>",
            RIGHT + 8,
            RIGHT + 8,
            tip - 5
        )
    } else {
        let out = LEFT - 14 - 8 * (from - to).saturating_sub(1).min(3);
        let (begin, tip) = (start.middle() - 6, end.middle() + 6);
        write!(
            svg,
            "<path class=\"way dash\" d=\"M{LEFT} {begin}H{out}V{tip}H{}\"/><path class=\"tip\" d=\"M{} {}v10l8 -5z\"/>",
            LEFT - 8,
            LEFT - 8,
            tip - 5
        )
    };
}

/// A text in lines that fit into a box.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LETTERS => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_goes_over_several_lines_and_loses_no_word() {
        let name = "Lấy ý kiến của cơ quan chuyên môn về xây dựng cấp tỉnh";
        let lines = wrapped(name);
        assert!(lines.len() == 2 && lines.iter().all(|line| line.chars().count() <= LETTERS));
        assert_eq!(lines.join(" "), name);
    }
}
