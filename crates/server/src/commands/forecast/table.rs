//! A backtest for people.

use forecast::backtest::{FlagWorth, Report};
use forecast::model::Model;

/// The figures, one a line, with the naive rule beside the forecast.
pub(super) fn page(report: &Report, model: &Model) -> String {
    let landmark = &report.landmark_auc;
    let rows = [
        ("", "forecast".to_owned(), "20 % left".to_owned()),
        (
            "AUC",
            plus_minus(report.auc, report.auc_se),
            number(report.naive.auc),
        ),
        (
            "Brier",
            plus_minus(report.brier, report.brier_se),
            String::new(),
        ),
        ("ECE (15 bins)", number(report.ece), String::new()),
        (
            "AUC at 25/50/75 % of the allowance",
            [landmark.quarter, landmark.half, landmark.three_quarters]
                .map(number)
                .join(" / "),
            String::new(),
        ),
        (
            "alarm for .6: precision/recall/lead",
            alarm(report.alarm.six),
            alarm(report.naive.alarm.six),
        ),
        (
            "alarm for .8: precision/recall/lead",
            alarm(report.alarm.eight),
            String::new(),
        ),
        (
            "80 % interval holds the end",
            number(report.interval_coverage),
            String::new(),
        ),
        (
            "middle misses the end by, in days",
            number(report.mae_days),
            String::new(),
        ),
    ];
    let mut lines = vec![
        format!(
            "{} cases to learn from, {} to judge ({} samples), {} dropped and {} cut off by the end \
             of the log; split {}",
            report.cases_train,
            report.cases_test,
            report.samples_test,
            report.dropped,
            report.dropped_truncated,
            report
                .split_time
                .to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        ),
        format!(
            "late among those learned from: {}; among those judged: {}",
            number(report.late_share_train),
            number(report.late_share)
        ),
    ];
    lines.extend(lacking(report).map(str::to_owned));
    lines.push(String::new());
    for (name, own, naive) in rows {
        lines.push(
            format!("{name:<36} {own:<38} {naive}")
                .trim_end()
                .to_owned(),
        );
    }
    lines.push(String::new());
    lines.extend(net_benefit(report));
    if let Some((low, high)) = report.gain {
        lines.push(format!(
            "AUC above the naive rule by {low:.3} to {high:.3} (95 % of draws)"
        ));
    }
    let on = |on| if on { "on" } else { "off" };
    let switched = model.switched_on();
    let [share, remaining, card] = switched.weights;
    lines.push(format!(
        "points {}; the share weighs {share:.2}, what remains {remaining:.2}, the score card {card:.2}",
        on(switched.points),
    ));
    let seconds = report
        .fit_seconds
        .map_or("–".to_owned(), |seconds| format!("{seconds:.2} s"));
    lines.push(format!("fitted in {seconds}, {} bytes", report.model_bytes));
    lines.join("\n") + "\n"
}

/// The net benefit of flags a case, if an avoided lateness is worth 2, 5 or 10 handlings.
fn net_benefit(report: &Report) -> Vec<String> {
    let pays = report.net_benefit.0.iter();
    let some = pays.filter(|(pays, _)| [2, 5, 10].contains(pays));
    some.map(|(pays, benefit)| {
        format!(
            "net benefit at {pays}, lead 0/1/2 d: {:.3} / {:.3} / {:.3}; by 20 % left {:.3} / {:.3} / {:.3}",
            benefit.ours,
            benefit.ours_one_day,
            benefit.ours_two_days,
            benefit.naive,
            benefit.naive_one_day,
            benefit.naive_two_days
        )
    })
    .collect()
}

/// Why some figures are missing.
fn lacking(report: &Report) -> Option<&'static str> {
    if report.cases_test == 0 {
        Some(
            "nothing to judge by: of no case behind the split did the deadline pass within the log",
        )
    } else if report.samples_test == 0 {
        Some("nothing to judge by: no case was still open, in time and seen when looked at")
    } else if report.cases_train == 0 {
        Some("nothing to learn from: every chance is one half")
    } else {
        None
    }
}

pub(super) fn number(figure: Option<f64>) -> String {
    figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.3}"))
}

pub(super) fn plus_minus(figure: Option<f64>, error: Option<f64>) -> String {
    match (figure, error) {
        (Some(figure), Some(error)) => format!("{figure:.3} ± {error:.3}"),
        (figure, _) => number(figure),
    }
}

fn alarm(alarm: FlagWorth) -> String {
    let lead = alarm
        .median_lead_wd
        .map_or_else(|| "–".to_owned(), |lead| format!("{lead:.1} d"));
    let flagged = alarm
        .flagged
        .map_or_else(String::new, |flagged| format!(" ({flagged} flagged)"));
    [number(alarm.precision), number(alarm.recall), lead].join(" / ") + &flagged
}
