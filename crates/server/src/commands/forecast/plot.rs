//! Chance against outcome, as a picture.

use std::fmt::Write;

use forecast::backtest::Report;

const SIDE: f64 = 400.0;
const EDGE: f64 = 60.0;

/// A calibration plot. On the diagonal, the foretold share is the share that came late.
pub(super) fn svg(report: &Report) -> String {
    let whole = SIDE + 2.0 * EDGE;
    let x = |share: f64| EDGE + SIDE * share;
    let y = |share: f64| EDGE + SIDE * (1.0 - share);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"{whole}\" height=\"{whole}\" \
         fill=\"white\"/>\n<rect x=\"{EDGE}\" y=\"{EDGE}\" width=\"{SIDE}\" height=\"{SIDE}\" \
         fill=\"none\" stroke=\"#888\"/>\n"
    );
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!(
        "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"#bbb\" stroke-dasharray=\"4\"/>",
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0)
    ));
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        line(format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{tick}</text>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{tick}</text>",
            x(tick),
            y(0.0) + 18.0,
            x(0.0) - 6.0,
            y(tick) + 4.0
        ));
    }
    let most = report
        .calibration
        .iter()
        .map(|bin| bin.looks)
        .max()
        .unwrap_or(1);
    let mut path = String::new();
    for bin in &report.calibration {
        let size = 3.0 + 5.0 * (bin.looks as f64 / most as f64).sqrt();
        let (at, height) = (x(bin.foreseen), y(bin.late));
        line(format!(
            "<circle cx=\"{at:.1}\" cy=\"{height:.1}\" r=\"{size:.1}\" fill=\"#2166ac\"/>"
        ));
        // Writing to a string cannot fail.
        let _written = write!(path, "{at:.1},{height:.1} ");
    }
    line(format!(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#2166ac\"/>",
        path.trim_end()
    ));
    let figure =
        |figure: Option<f64>| figure.map_or("–".to_owned(), |figure| format!("{figure:.3}"));
    line(format!(
        "<text x=\"{}\" y=\"30\" text-anchor=\"middle\">AUC {} · Brier {} · ECE {}</text>",
        whole / 2.0,
        figure(report.auc),
        figure(report.brier),
        figure(report.ece)
    ));
    line(format!(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">foreseen chance of ending late</text>\
         <text transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\">share that ended \
         late</text>",
        whole / 2.0,
        whole - 14.0,
        whole / 2.0
    ));
    out + "</svg>\n"
}
