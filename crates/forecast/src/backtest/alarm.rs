//! What the flags were worth: per case, not per look.

use super::report::Alarm;

/// One look at a case.
pub(super) struct Look {
    /// Its position in working days.
    pub day: f64,
    pub chance: f64,
    /// The part of the allowance used up.
    pub share: f64,
}

/// A case, all its looks in order.
pub(super) struct Course {
    pub late: bool,
    pub deadline: f64,
    pub looks: Vec<Look>,
}

/// Judges a flag that stands from the first look at which it is raised; none without cases.
pub(super) fn measure(courses: &[Course], raised: impl Fn(&Look) -> bool) -> Option<Alarm> {
    let (mut flagged, mut late) = (0_u32, 0_u32);
    let mut leads = Vec::new();
    // Nobody could have flagged a case that no look ever found open.
    for course in courses.iter().filter(|course| !course.looks.is_empty()) {
        late += u32::from(course.late);
        let Some(first) = course.looks.iter().find(|look| raised(look)) else {
            continue;
        };
        flagged += 1;
        if course.late {
            leads.push(course.deadline - first.day);
        }
    }
    if courses.is_empty() {
        return None;
    }
    leads.sort_by(f64::total_cmp);
    let hits = leads.len() as f64;
    let ratio = |whole: u32| (whole > 0).then(|| hits / f64::from(whole));
    Some(Alarm {
        precision: ratio(flagged),
        recall: ratio(late),
        median_lead_wd: median(&leads),
    })
}

fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 {
        *upper
    } else {
        (sorted[middle - 1] + upper) / 2.0
    })
}
