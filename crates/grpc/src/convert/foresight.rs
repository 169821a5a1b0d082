//! Forecasts and flags, for the wire.

use app::foresight::{
    Act, Advice, Flag, FlagReason, FlagRecord, Foreseen, Level, Outlook, Precision, StepLoad,
};

use super::request_context::unit_name;
use super::time::timestamp;
use crate::proto;

/// The forecast of a dossier.
pub fn forecast(foreseen: &Foreseen) -> proto::Forecast {
    let finish = foreseen.finish;
    let [earliest, middle, latest] = match finish {
        Some(moments) => moments.map(|moment| Some(timestamp(moment))),
        None => [None; 3],
    };
    proto::Forecast {
        level: level(foreseen.level).into(),
        late_probability: rounded(foreseen.late),
        earliest_end_time: earliest,
        middle_end_time: middle,
        latest_end_time: latest,
        reasons: foreseen.reasons.iter().map(reason).collect(),
        model: foreseen.model.unwrap_or_default(),
        apology_file_by_time: foreseen.apology_by.map(timestamp),
    }
}

/// A flag with its place in the flag log.
pub fn flag(cursor: String, flag: &Flag) -> proto::Flag {
    use proto::flag::Kind;
    let kind = if flag.is_raised() {
        Kind::Raised
    } else {
        Kind::Cleared
    };
    proto::Flag {
        cursor,
        dossier: format!("dossiers/{}", flag.dossier),
        ordinal: flag.ordinal,
        kind: kind.into(),
        unit: unit_name(&flag.unit),
        flag_time: Some(timestamp(flag.at)),
        previous_level: level(flag.before).into(),
        level: level(flag.level).into(),
        late_probability: rounded(flag.late),
        reasons: flag.reasons.iter().map(reason).collect(),
        model: flag.model.unwrap_or_default(),
    }
}

/// The probable figures of a month's end.
pub fn outlook(outlook: &Outlook) -> proto::Outlook {
    let (ended, reckoned) = (outlook.ended, &outlook.reckoned);
    let rate = reckoned.rate;
    proto::Outlook {
        month: outlook.month.to_string(),
        as_of_time: Some(timestamp(outlook.as_of)),
        resolved: ended.in_time + ended.late,
        resolved_late: ended.late,
        open: outlook.open,
        overdue: outlook.overdue,
        expected_late: rounded(reckoned.late.expected),
        late_low: reckoned.late.low as u32,
        late_high: reckoned.late.high as u32,
        on_time_rate: rate.map(|rate| rounded(rate.expected)),
        on_time_low: rate.map(|rate| rounded(rate.low)),
        on_time_high: rate.map(|rate| rounded(rate.high)),
        target: outlook.target,
        late_to_miss: reckoned.breaks_at,
        act_first: outlook.act_first.iter().map(item).collect(),
        overdue_first: outlook.overdue_first.iter().map(item).collect(),
        horizon_end_time: outlook.ahead.until.map(timestamp),
        horizon_levels: Level::ALL
            .into_iter()
            .zip(outlook.ahead.levels)
            .map(|(of, count)| proto::LevelCount {
                level: level(of).into(),
                count,
            })
            .collect(),
        horizon_expected_late: rounded(outlook.ahead.expected_late),
        expected_arrivals: outlook.whole.map_or(0.0, |whole| rounded(whole.arrivals)),
        on_time_rate_with_arrivals: outlook.whole.map(|whole| rounded(whole.rate)),
        online_rate: outlook.online.rate.map(rounded),
        online_target: outlook.online_target.as_ref().map(|target| target.at_least),
        online_target_source: outlook
            .online_target
            .as_ref()
            .map(|target| target.source.clone())
            .unwrap_or_default(),
        steps: outlook.steps.iter().map(step_load).collect(),
    }
}

fn step_load(load: &StepLoad) -> proto::StepLoad {
    let [text_vi, text_en] = load.words();
    proto::StepLoad {
        step: load.step.to_string(),
        name: load.name.clone(),
        waiting: load.waiting,
        due: load.due,
        passed: load.passed,
        fits: load.fits(),
        text_vi,
        text_en,
    }
}

fn item(advice: &Advice) -> proto::OutlookItem {
    let view = &advice.view;
    let dossier = &view.dossier;
    let act = match advice.act {
        Act::Assign => proto::OutlookAct::Assign,
        Act::Remind => proto::OutlookAct::Remind,
        Act::Sign => proto::OutlookAct::Sign,
        Act::Apologise => proto::OutlookAct::Apologise,
    };
    proto::OutlookItem {
        dossier: format!("dossiers/{}", dossier.id),
        code: dossier
            .code
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        effective_due_time: dossier.due().map(timestamp),
        forecast: view.foreseen.as_ref().map(forecast),
        gain_per_hour: rounded(advice.gain_an_hour),
        act: act.into(),
        act_by_time: advice.by.map(timestamp),
    }
}

/// The quality of a month's flags.
pub fn flag_record(told: &FlagRecord) -> proto::FlagRecord {
    let record = &told.record;
    let [text_vi, text_en] = told.words();
    let tenths = (0..10_u32).zip(&record.calibration);
    let bins = tenths.map(|(tenth, bin)| proto::CalibrationBin {
        from: f64::from(tenth) / 10.0,
        to: f64::from(tenth + 1) / 10.0,
        count: bin.dossiers,
        told: rounded(bin.told),
        late: rounded(bin.late),
    });
    proto::FlagRecord {
        month: told.month.to_string(),
        as_of_time: Some(timestamp(told.as_of)),
        settled: record.settled,
        late: record.late,
        flagged: record.flagged,
        flagged_late: record.flagged_late,
        acted_on: record.acted,
        saved: record.saved,
        missed: record.missed,
        median_lead_days: record.median_lead_wd.map(rounded),
        brier: record.brier.map(rounded),
        calibration: bins.collect(),
        judged_from_time: told.judged_from.map(timestamp),
        median_lead_share: record.median_lead_share.map(rounded),
        promised: Precision::default().at_risk,
        kept: record.precision().map(rounded),
        text_vi,
        text_en,
        drift: told.drift.map(|drift| proto::FlagDrift {
            alarm: drift.alarm,
            count: drift.dossiers,
            expected_late: rounded(drift.expected_late),
            late: drift.late,
            band_low: drift.band.0,
            band_high: drift.band.1,
        }),
    }
}

fn reason(reason: &FlagReason) -> proto::ForecastReason {
    proto::ForecastReason {
        code: reason.code.clone(),
        parameters: reason.parameters.iter().cloned().collect(),
        text_vi: reason.vi.clone(),
        text_en: reason.en.clone(),
    }
}

/// Draws a level.
pub fn level(level: Level) -> proto::ForecastLevel {
    match level {
        Level::OnTrack => proto::ForecastLevel::OnTrack,
        Level::Watch => proto::ForecastLevel::Watch,
        Level::AtRisk => proto::ForecastLevel::AtRisk,
        Level::WillBeLate => proto::ForecastLevel::WillBeLate,
        Level::Overdue => proto::ForecastLevel::Overdue,
    }
}

/// A chance to the millionth, as the flag log keeps it.
fn rounded(chance: f64) -> f64 {
    (chance * 1e6).round() / 1e6
}
