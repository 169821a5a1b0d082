//! Properties of every dossier, whatever was done to it.

use std::collections::{BTreeMap, BTreeSet};

use domain::calendar::{Calendar, Outage, SpecialDay};
use domain::deadline::{self, Start};
use domain::dossier::acts::correction::{Approved, Rejected};
use domain::dossier::acts::mirror::ConflictSettled;
use domain::dossier::acts::payment::PaymentRecorded;
use domain::dossier::acts::payment::{FeePaid, PartPaid};
use domain::dossier::acts::refund::Refunded;
use domain::dossier::change::migration::StepMap;
use domain::dossier::change::recalculation::{Unmoved, recalculate};
use domain::dossier::change::replay::replay;
use domain::dossier::change::succession::succeed;
use domain::dossier::clock::Clock;
use domain::dossier::mirror::{Contradiction, Verdict, weigh};
use domain::dossier::{Dossier, Event, Record, State, Status};
use domain::lineage::Succession;
use domain::procedure::{ClockPolicy, OnExpiry, Procedure};
use domain::time::{Instant, day_start, local_day};

use crate::buttons::buttons_agree;
use crate::desk;
use crate::privacy::reason_is_given;
use crate::random::{Attempt, Walk, sequences};
use crate::story::Story;
use crate::times::times_agree;

/// What all lives together have met, so that no property holds for lack of cases.
#[derive(Default)]
struct Met {
    events: BTreeMap<&'static str, u32>,
    refusals: BTreeMap<&'static str, u32>,
    buttons: u32,
    stood: u32,
    unmoved_because_late: u32,
    calendars: u32,
    kept: BTreeMap<&'static str, u32>,
    moved_while_standing: u32,
    late_papers: u32,
    arrived_late: u32,
    arrivals_moved: u32,
    outages: u32,
    expired: u32,
    repeated: u32,
    planned: u32,
    parts_moved: u32,
    contradictions: BTreeSet<&'static str>,
}

/// Lives beyond the usual ones in which a rule was broken once.
const ONCE_BROKEN: [u64; 5] = [5_436, 21_839, 38_601, 52_578, 60_888];

/// Lives beyond the usual ones in which something rare happens: silence that is consent.
const RARE: [u64; 1] = [3_414];

#[test]
fn every_life_keeps_the_rules_at_every_step() {
    let mut procedures = desk::all_shipped();
    procedures.push(desk::linked());
    let mut met = Met::default();
    for number in sequences().chain(ONCE_BROKEN).chain(RARE) {
        let mut walk = Walk::new(number, &procedures);
        while let Some(attempt) = walk.next() {
            let told = format!(
                "life {number} of {} at {}",
                walk.story.procedure.code, attempt.now
            );
            let before = walk.begun().cloned();
            if let Some(dossier) = &before {
                buttons_agree(&mut walk, dossier, attempt.now, &told);
                met.buttons += 1;
            }
            let Attempt {
                role,
                now,
                recorded,
                deed,
            } = attempt;
            let acting = desk::acting(role, &walk.story.unit);
            let foreseen = walk.story.weighs(&acting, now, &deed);
            match walk.story.tries(role, now, Some(recorded), &deed) {
                Ok(()) => {
                    let decided = foreseen.expect("deciding twice gives one answer");
                    if decided.events.is_empty() {
                        assert_eq!(walk.begun(), before.as_ref(), "{told}");
                        met.repeated += 1;
                        continue;
                    }
                    steps(before, decided.events.len(), &walk.story, &mut met, &told);
                    legal_due_is_counted_alike(&walk.story, &told);
                }
                Err(refusal) => {
                    assert_eq!(Err(&refusal), foreseen.as_ref().map(|_| ()), "{told}");
                    assert_eq!(walk.begun(), before.as_ref(), "{told}");
                    *met.refusals.entry(refusal.reason()).or_default() += 1;
                }
            }
            if let Some(now) = walk.expiry() {
                expired(&mut walk.story, now, &mut met, &told);
                consented(&mut walk.story, now, &mut met, &told);
            }
            if let Some((published, days)) = walk.publication() {
                let outages = walk.outages();
                let new = (days.as_slice(), outages.as_slice());
                recalculated(&mut walk.story, published, new, &mut met, &told);
            }
            if let Some((now, version, map)) = walk.migration() {
                migrated(&mut walk.story, now, version, &map, &mut met, &told);
            }
            if let Some((now, succession)) = walk.merger() {
                merged(&mut walk.story, now, &succession, &mut met, &told);
            }
        }
        whole_history(&walk.story);
        papers_keep_the_rules(&walk.story);
    }
    nothing_was_left_out(&met);
}

/// What the rules of papers forbid never becomes an event.
fn papers_keep_the_rules(story: &Story) {
    let (rules, code) = (&desk::catalogue().papers, &story.procedure.code);
    for record in &story.records {
        let day = local_day(record.event_time);
        let papers = match &record.event {
            Event::Received(received) => received.papers.as_slice(),
            Event::SupplementRecorded(recorded) => &recorded.papers,
            Event::SupplementRequested(asked) => {
                for item in asked
                    .items
                    .iter()
                    .filter(|item| item.data_failure.is_none())
                {
                    let replaced = item.component.as_ref();
                    let replaced = replaced.and_then(|it| rules.replaced_by(code, it, day));
                    assert_eq!(replaced, None, "asked without a reason: {record:?}");
                }
                continue;
            }
            _other => continue,
        };
        for paper in papers.iter().filter(|paper| paper.is_digitised()) {
            let kept = rules.not_scanned(code, &paper.component, day);
            assert_eq!(kept, None, "scanned: {record:?}");
        }
    }
}

fn nothing_was_left_out(met: &Met) {
    assert_eq!(
        met.events.len(),
        // No desk restates a due time: only a newer export of another system does.
        Event::KINDS.len() - 1,
        "every kind of event: {:?}",
        met.events
    );
    let refusals: BTreeSet<_> = met.refusals.keys().copied().collect();
    for reason in [
        "ALREADY_HOLDER",
        "ALREADY_RATED",
        "ALREADY_THERE",
        "ARRIVAL_IMPOSSIBLE",
        "BEYOND_REACH",
        "CALENDAR_ENDS",
        "CLOCK_STANDS",
        "COMPONENTS_MISSING",
        "COMPONENTS_UNKNOWN",
        "CONSULTATION_NOT_OPEN",
        "CORRECTION_OPEN",
        "CORRECTION_UNKNOWN",
        "DUE_NOT_LATER",
        "END_TIME_IMPOSSIBLE",
        "EXTENSION_USED",
        "LEAD_TAKEN",
        "LEGS_OPEN",
        "LEG_NOT_OPEN",
        "MIRRORED",
        "NOT_HOLDER",
        "NOTHING_TO_CORRECT",
        "NOT_ENDED",
        "NOT_ON_ITS_WAY",
        "NOT_ON_THE_SPOT",
        "NOT_CREDIBLE",
        "NO_DUE_TIME",
        "NO_OPEN_CONFLICT",
        "NO_VERIFICATION",
        "PAPER_NOT_SCANNED",
        "REPLACED_BY_DATA",
        "SAME_PERSON",
        "STEP_NOT_FINAL",
        "STEP_NOT_NEXT",
        "STEP_OF_OTHER_ROLE",
        "SUPPLEMENT_USED",
        "WRONG_STATE",
    ] {
        assert!(
            refusals.contains(reason),
            "{reason} was never met: {refusals:?}"
        );
    }
    assert!(met.buttons > 5_000, "buttons compared: {}", met.buttons);
    assert!(met.parts_moved > 20, "moved parts: {}", met.parts_moved);
    assert!(met.planned > 50, "planned legs: {}", met.planned);
    assert!(met.repeated > 20, "repeated messages: {}", met.repeated);
    assert_eq!(
        met.contradictions,
        Contradiction::ALL.map(Contradiction::as_str).into(),
        "every contradiction"
    );
    assert!(met.arrived_late > 5, "late arrivals: {}", met.arrived_late);
    assert!(met.arrivals_moved > 4, "arrivals: {}", met.arrivals_moved);
    assert!(met.outages > 50, "outages: {}", met.outages);
    assert!(met.expired > 30, "expired: {}", met.expired);
    assert!(met.late_papers > 50, "late papers: {}", met.late_papers);
    assert!(met.stood > 50, "clocks that stood: {}", met.stood);
    assert!(met.calendars > 1_000, "calendars: {}", met.calendars);
    assert!(met.kept["promised"] > 20, "kept: {:?}", met.kept);
    assert!(met.kept["overdue"] > 20, "kept: {:?}", met.kept);
    assert!(met.moved_while_standing > 4, "{}", met.moved_while_standing);
    assert!(
        met.unmoved_because_late > 20,
        "late stops: {}",
        met.unmoved_because_late
    );
}

/// One deed may make several events, each a step: the first, and the legs that it opens.
fn steps(before: Option<Dossier>, count: usize, story: &Story, met: &mut Met, told: &str) {
    let mut row = before;
    let done = &story.records[story.records.len() - count..];
    let mut first = true;
    for record in done {
        let after = match row.clone() {
            None => Dossier::begin(record).expect("it begins"),
            Some(row) => row.apply(record),
        };
        from_to(row.as_ref(), record, &after, story, met, told);
        let planned = matches!(&record.event, Event::LegOpened(leg) if leg.planned.is_some());
        let arrived = matches!(&record.event, Event::Arrived(_));
        if !arrived {
            let first = std::mem::replace(&mut first, false);
            assert_eq!(
                planned, !first,
                "{told}: only planned legs open by themselves"
            );
        }
        met.planned += u32::from(planned);
        *met.events.entry(record.event.kind()).or_default() += 1;
        row = Some(after);
    }
    assert_eq!(row.as_ref(), Some(story.dossier()), "{told}");
}

/// Checks a dossier, the last event of its story, and the dossier after it.
fn one_step(before: Option<&Dossier>, record: &Record, story: &Story, met: &mut Met, told: &str) {
    from_to(before, record, story.dossier(), story, met, told);
}

/// Checks a dossier, an event, and the dossier after it.
fn from_to(
    before: Option<&Dossier>,
    record: &Record,
    after: &Dossier,
    story: &Story,
    met: &mut Met,
    told: &str,
) {
    let told = &format!("{told}: {}", record.event.kind());
    assert_eq!(
        record.version,
        before.map_or(0, |dossier| dossier.version) + 1,
        "{told}"
    );
    assert_eq!(after.version, record.version, "{told}");
    assert_eq!(after.last, record.event_time, "{told}");
    assert!((1..=10).contains(&after.status().code()), "{told}");
    assert_eq!(
        Status::from_code(after.status().code()),
        Some(after.status()),
        "{told}"
    );
    assert_eq!(after.ended.is_some(), !after.status().is_open(), "{told}");
    assert_eq!(
        after.returned.is_some(),
        after.status() == Status::Returned,
        "{told}"
    );
    parts_agree(after, told);
    if after.mirrored.is_none() {
        assert_eq!(after.clock.is_some(), after.received.is_some(), "{told}");
        waits_agree(after, told);
    }
    let Some(before) = before else { return };
    if let Event::MirroredStatus(_) | Event::Conflicted(_) | Event::ConflictSettled { .. } =
        &record.event
    {
        return mirror_agrees(before, record, after, met, told);
    }
    if matches!(
        before.status(),
        Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned
    ) {
        assert_eq!(
            after.state, before.state,
            "{told}: what has ended stays ended"
        );
    }
    assert!(
        before.received.is_none_or(|at| after.received == Some(at)),
        "{told}"
    );
    assert!(
        before.ended.is_none_or(|at| after.ended == Some(at)),
        "{told}"
    );
    assert!(
        before.code.is_none() || after.code == before.code,
        "{told}: the code is kept"
    );
    let succeeded = matches!(record.event, Event::Succeeded { .. });
    assert!(succeeded || after.receiving == before.receiving, "{told}");
    assert_eq!(after.channel, before.channel, "{told}");
    custody_agrees(before, record, after, met, told);
    assert!(
        after.case == before.case || matches!(record.event, Event::Received(_)),
        "{told}: a limit rests on the case"
    );
    corrected_by_two(record, after, told);
    if let (Some(old), Some(new)) = (&before.clock, &after.clock) {
        assert_eq!(
            new.original_due, old.original_due,
            "{told}: the first due time is kept"
        );
        assert_eq!((new.limit, new.policy), (old.limit, old.policy), "{told}");
        assert!(
            new.effective_due >= old.effective_due,
            "{told}: never earlier"
        );
        assert!(
            new.promised_due >= old.promised_due,
            "{told}: no promise is taken back"
        );
        assert!(
            new.promised_due <= new.effective_due || after.apologies > 0,
            "{told}: nor outruns what is in force, unless a late apology told it"
        );
        let calendar = story.calendar_at(record.version);
        moved_as_the_policy_says((before, old), record, new, calendar, met, told);
    }
}

/// The legal due time counted step by step equals the one counted from the whole history.
fn legal_due_is_counted_alike(story: &Story, told: &str) {
    let dossier = story.dossier();
    if dossier.ended.is_none()
        && let Some(clock) = &dossier.clock
    {
        let counted = story.legal().map(|legal| legal.due);
        assert_eq!(counted, Ok(clock.legal_due()), "{told}: the legal due time");
    }
}

/// A calendar is published in the midst of a life.
fn recalculated(
    story: &mut Story,
    now: Instant,
    (days, outages): (&[SpecialDay], &[Outage]),
    met: &mut Met,
    told: &str,
) {
    let told = &format!("{told}: a calendar is published");
    // What an outage made late is not late, so it is judged by the outage's beginning.
    let judged = outages.iter().map(|it| it.from).min().unwrap_or(now);
    met.calendars += 1;
    let before = story.dossier().clone();
    let Some(done) = story.published(now, days, outages) else {
        assert_eq!(&before, story.dossier(), "{told}");
        return;
    };
    *met.events.entry("recalculated").or_default() += 1;
    let record = story.records.last().expect("it was written");
    one_step(Some(&before), record, story, met, told);
    legal_due_is_counted_alike(story, told);
    let after = story.dossier();
    assert_eq!(done.before, before.due(), "{told}");
    assert_eq!(done.after, after.due(), "{told}");
    let calendars = story.calendars_at(u32::MAX);
    let again = story
        .legal()
        .map(|legal| recalculate(after, &legal, calendars, judged));
    met.parts_moved += u32::from(!done.parts.is_empty());
    parts_move_only_later(&before, after, judged, told);
    let moved = after.due() != before.due();
    let hit = !outages.is_empty() && before.received.is_some() && moved;
    met.outages += u32::from(after.outages > before.outages);
    assert!(
        !hit || after.outages == before.outages + 1,
        "{told}: counted"
    );
    assert_eq!(again, Ok(None), "{told}: twice is once");
    assert!(
        before.ended.is_none(),
        "{told}: what has ended is left alone"
    );
    if let (Some(old), Some(new)) = (&before.clock, &after.clock) {
        assert_eq!(
            old.is_overdue(judged),
            new.is_overdue(judged),
            "{told}: overdue stays overdue"
        );
        assert_eq!(
            (old.standing, &old.waits),
            (new.standing, &new.waits),
            "{told}"
        );
        met.moved_while_standing +=
            u32::from(old.standing.is_some() && old.effective_due < new.effective_due);
        match done.kept {
            None => assert_eq!(new.effective_due, new.legal_due(), "{told}"),
            Some(Unmoved::Promised) => assert!(new.effective_due > new.legal_due(), "{told}"),
            Some(Unmoved::Overdue) => assert!(new.is_overdue(judged), "{told}"),
        }
    }
    if let Some(kept) = done.kept {
        *met.kept.entry(kept.as_str()).or_default() += 1;
    }
}

/// The job looks at a dossier whose window for papers may be over.
fn expired(story: &mut Story, now: Instant, met: &mut Met, told: &str) {
    let told = &format!("{told}: the window may be over");
    let before = story.dossier().clone();
    let waits = before.status() == Status::SupplementRequested;
    let over = before.respond_by.is_some_and(|by| now > by);
    // What was imported may be under another version, which this story does not know.
    let known = before.procedure_version == story.procedure.version;
    let ends = waits && over && known && story.procedure.on_expiry != OnExpiry::Wait;
    let done = story.window_ends(now);
    assert_eq!(done.is_some(), ends && before.mirrored.is_none(), "{told}");
    if done.is_none() {
        assert_eq!(&before, story.dossier(), "{told}");
        return;
    }
    met.expired += 1;
    *met.events.entry("expired").or_default() += 1;
    let record = story.records.last().expect("it was written");
    one_step(Some(&before), record, story, met, told);
    let status = match before.received {
        Some(_) => Status::Stopped,
        None => Status::Refused,
    };
    assert_eq!(story.dossier().status(), status, "{told}");
    assert!(story.dossier().expired, "{told}: with its own reason");
    assert_eq!(story.window_ends(now), None, "{told}: twice is once");
}

/// The job looks whether agencies that were asked have been silent for too long.
fn consented(story: &mut Story, now: Instant, met: &mut Met, told: &str) {
    let told = &format!("{told}: silence may be consent");
    let before = story.dossier().clone();
    let silent = before.consultations.iter().any(|asked| {
        asked.silence_consents && !asked.consented && asked.answered.is_none() && now > asked.due
    });
    let done = story.silence_ends(now);
    assert_eq!(done.is_some(), silent && before.ended.is_none(), "{told}");
    if done.is_none() {
        return;
    }
    *met.events.entry("consented_by_silence").or_default() += 1;
    let record = story.records.last().expect("it was written");
    one_step(Some(&before), record, story, met, told);
    for asked in &story.dossier().consultations {
        if asked.consented {
            assert!(asked.silence_consents && asked.answered.is_none(), "{told}");
            assert_eq!(asked.ended(story.dossier()), Some(asked.due), "{told}");
        }
    }
    assert_eq!(story.silence_ends(now), None, "{told}: twice is once");
}

/// What is late stays late, and nothing of others moves earlier.
fn parts_move_only_later(before: &Dossier, after: &Dossier, now: Instant, told: &str) {
    for (old, new) in before.legs.iter().zip(&after.legs) {
        assert!(new.due >= old.due, "{told}: leg {}", old.number);
        assert_eq!(old.is_late(before, now), new.is_late(after, now), "{told}");
        assert!(
            old.limit.is_some() || old.due == new.due,
            "{told}: set by hand"
        );
    }
    for (old, new) in before.consultations.iter().zip(&after.consultations) {
        assert!(new.due >= old.due, "{told}: question {}", old.number);
        assert_eq!(old.is_late(before, now), new.is_late(after, now), "{told}");
    }
    let (old, new) = (&before.custody, &after.custody);
    assert!(new.hand_over_by >= old.hand_over_by, "{told}: papers");
    assert_eq!(old.is_late(now), new.is_late(now), "{told}: papers");
}

/// Moves the dossier to a version whose steps have other names.
fn migrated(
    story: &mut Story,
    now: Instant,
    version: Procedure,
    map: &StepMap,
    met: &mut Met,
    told: &str,
) {
    let told = &format!("{told}: a version is published");
    let before = story.dossier().clone();
    let found = replay(&before, &story.records, &version, map);
    let done = story.goes_over(now, version, map);
    if before.mirrored.is_some() || before.ended.is_some() {
        assert!(done.is_err(), "{told}: {done:?}");
        return;
    }
    assert_eq!(found, Vec::new(), "{told}: the same steps by another name");
    assert_eq!(done, Ok(()), "{told}");
    *met.events.entry("migrated").or_default() += 1;
    let record = story.records.last().expect("it was written");
    one_step(Some(&before), record, story, met, told);
    let after = story.dossier();
    assert_eq!(after.procedure_version, story.procedure.version, "{told}");
    assert_eq!(after.clock, before.clock, "{told}: no due time changed");
    assert_eq!(after.status(), before.status(), "{told}");
    assert_eq!(
        after.since, before.since,
        "{told}: nor the time at its step"
    );
    let step = before
        .state
        .step()
        .and_then(|step| map.get(&Some(step.clone())));
    assert_eq!(after.state.step(), step, "{told}");
    assert_eq!(
        replay(after, &story.records, &story.procedure, &StepMap::new()),
        Vec::new(),
        "{told}: it fits where it is now"
    );
}

/// Merges units. The successors get whatever is open, and nothing else changes.
fn merged(story: &mut Story, now: Instant, merger: &Succession, met: &mut Met, told: &str) {
    let told = &format!("{told}: units are merged");
    let before = story.dossier().clone();
    if !story.units_merge(now, merger) {
        assert_eq!(&before, story.dossier(), "{told}");
        return;
    }
    *met.events.entry("succeeded").or_default() += 1;
    let record = story.records.last().expect("it was written");
    one_step(Some(&before), record, story, met, told);
    let after = story.dossier();
    assert_eq!(succeed(after, merger), None, "{told}: twice is once");
    assert_eq!(
        (&after.clock, &after.state, after.since),
        (&before.clock, &before.state, before.since),
        "{told}: nothing moves but the unit"
    );
    assert_eq!(
        after.returning,
        *merger.successor(&before.returning),
        "{told}"
    );
    if before.ended.is_some() {
        assert_eq!(
            after.resolving, before.resolving,
            "{told}: who decided, decided"
        );
        assert_eq!(after.receiving, before.receiving, "{told}");
        return;
    }
    assert_eq!(
        after.resolving,
        *merger.successor(&before.resolving),
        "{told}"
    );
    assert_eq!(
        after.receiving,
        *merger.successor(&before.receiving),
        "{told}"
    );
    let dues = |dossier: &Dossier| {
        let legs = dossier.legs.iter().map(|leg| leg.due);
        let asked = dossier.consultations.iter().map(|asked| asked.due);
        (
            legs.chain(asked).collect::<Vec<_>>(),
            dossier.custody.hand_over_by,
        )
    };
    assert_eq!(
        dues(after),
        dues(&before),
        "{told}: what parts have to meet stays"
    );
    let open = after.open_legs().map(|leg| &leg.unit);
    let open = open.chain(after.open_consultations().map(|asked| &asked.unit));
    for unit in open {
        assert!(!merger.ends(unit), "{told}: {unit} is no more");
    }
}

/// Only its own system moves a mirror. A contradiction moves nothing and is recorded.
fn mirror_agrees(before: &Dossier, record: &Record, after: &Dossier, met: &mut Met, told: &str) {
    let (old, new) = (&before.mirror, &after.mirror);
    let believed = match &record.event {
        Event::MirroredStatus(claim) => {
            assert_eq!(weigh(before, claim), Verdict::Follows, "{told}");
            assert_eq!(new.conflicts, old.conflicts, "{told}");
            Some(claim)
        }
        Event::Conflicted(facts) => {
            met.contradictions.insert(facts.why.as_str());
            assert_eq!(
                weigh(before, &facts.claim),
                Verdict::Contradicts(facts.why),
                "{told}"
            );
            let last = new.conflicts.last().expect("it is kept");
            assert_eq!((&last.claim, last.settled), (&facts.claim, None), "{told}");
            assert_eq!(usize::from(last.number), new.conflicts.len(), "{told}");
            assert_eq!(
                new.conflicts[..old.conflicts.len()],
                old.conflicts,
                "{told}"
            );
            assert_eq!(weigh(after, &facts.claim), Verdict::Known, "{told}");
            None
        }
        Event::ConflictSettled(ConflictSettled {
            number, applied, ..
        }) => {
            let at = usize::from(*number) - 1;
            let kept: Vec<_> = new.conflicts.iter().map(|it| &it.claim).collect();
            let were: Vec<_> = old.conflicts.iter().map(|it| &it.claim).collect();
            assert_eq!(kept, were, "{told}: the record stays");
            assert_eq!(
                (
                    old.conflicts[at].settled,
                    new.conflicts[at].settled.is_some()
                ),
                (None, true)
            );
            applied.then(|| &new.conflicts[at].claim)
        }
        _ => unreachable!("asked for mirrors alone"),
    };
    let Some(claim) = believed else {
        let same = Dossier {
            version: after.version,
            last: after.last,
            mirror: after.mirror.clone(),
            ..before.clone()
        };
        assert_eq!(&same, after, "{told}: nothing else changed");
        return;
    };
    assert_eq!(
        before.mirrored.as_deref(),
        Some(claim.system.as_str()),
        "{told}"
    );
    assert_eq!(
        (after.status(), after.since),
        (claim.status, claim.at),
        "{told}"
    );
    assert_eq!(new.applied.last(), Some(claim), "{told}");
    assert!(
        before.received.is_none_or(|at| after.received == Some(at)),
        "{told}: the first reception stays"
    );
    if let (Some(was), Some(is)) = (&before.clock, &after.clock) {
        assert_eq!(
            (was.started, was.original_due),
            (is.started, is.original_due),
            "{told}: no clock starts anew"
        );
    }
    let due = after.clock.as_ref().and_then(|clock| clock.effective_due);
    assert!(claim.due.is_none_or(|told| due == Some(told)), "{told}");
}

/// One person after the other holds the papers, and only a transfer moves the dossier to another
/// unit.
fn custody_agrees(before: &Dossier, record: &Record, after: &Dossier, met: &mut Met, told: &str) {
    let (old, new) = (&before.custody, &after.custody);
    assert!(!old.late || new.late, "{told}: what was late stays late");
    assert!(
        new.hand_over_by.is_none() || after.status().is_open(),
        "{told}: nothing is due of what has ended"
    );
    match &record.event {
        Event::HandedOver(facts) => {
            let holder = old.holder.as_ref().map(|holder| &holder.party);
            assert!(holder.is_none_or(|holder| *holder == facts.from), "{told}");
            let now = new.holder.as_ref().expect("somebody took it");
            assert_eq!(
                (&now.party, now.since),
                (&facts.to, record.event_time),
                "{told}"
            );
            assert_eq!(new.chain.len(), old.chain.len() + 1, "{told}");
            // A merger of the unit does not change the person.
            let last = old.chain.last().map(|line| &line.to.actor);
            assert!(
                last.is_none_or(|last| *last == facts.from.actor),
                "{told}: no gap"
            );
            if facts.to.unit == after.resolving {
                assert_eq!(new.hand_over_by, None, "{told}");
            } else {
                assert_eq!(
                    new.hand_over_by, old.hand_over_by,
                    "{told}: still to go there"
                );
            }
            met.late_papers += u32::from(facts.late);
        }
        Event::Transferred(facts) => {
            assert_eq!(
                (&facts.from, &facts.to),
                (&before.resolving, &after.resolving)
            );
            assert_ne!(facts.from, facts.to, "{told}");
            assert_eq!(new.chain, old.chain, "{told}");
            assert_eq!(
                new.holder, old.holder,
                "{told}: papers do not go by themselves"
            );
            assert_eq!(
                (&after.clock, &after.state),
                (&before.clock, &before.state),
                "{told}"
            );
            if let Some(by) = new.hand_over_by {
                assert!(by >= record.event_time, "{told}");
            }
        }
        Event::Succeeded { .. } => {
            assert_eq!(new.chain, old.chain, "{told}");
            let people = [old, new].map(|custody| {
                let holder = custody.holder.as_ref();
                holder.map(|holder| (&holder.party.actor, holder.since))
            });
            assert_eq!(
                people[0], people[1],
                "{told}: the papers lie where they lay"
            );
        }
        _ => {
            assert_eq!(new.chain, old.chain, "{told}");
            assert_eq!(after.resolving, before.resolving, "{told}");
            let corrected = matches!(record.event, Event::CorrectionApproved(_));
            assert!(corrected || after.returning == before.returning, "{told}");
        }
    }
}

/// A correction in force has an author, and another person who approved it.
fn corrected_by_two(record: &Record, after: &Dossier, told: &str) {
    for kept in after.corrections.all() {
        let author = &kept.correction.author;
        if let Some(verdict) = &kept.verdict {
            assert_ne!(author, &verdict.approver, "{told}");
        }
    }
    if let Event::CorrectionApproved(Approved(decided))
    | Event::CorrectionRejected(Rejected(decided)) = &record.event
    {
        assert_eq!(decided.approver, record.actor, "{told}");
    }
}

/// After reception, a wait is open exactly while the office waits for the citizen.
fn waits_agree(dossier: &Dossier, told: &str) {
    let Some(clock) = &dossier.clock else { return };
    let waiting = matches!(
        dossier.state,
        State::SupplementRequested { .. } | State::PaymentRequested { .. }
    );
    assert_eq!(clock.waits.open_since().is_some(), waiting, "{told}");
    if clock.standing.is_some() {
        assert!(
            waiting,
            "{told}: a clock stands only while somebody is waited for"
        );
        let years_later = dossier.last + chrono::TimeDelta::days(2_000);
        assert!(
            !clock.is_overdue(years_later),
            "{told}: standing, it cannot grow overdue"
        );
    }
}

/// Parts of other units are numbered in order, at most one leads, and all end with the dossier.
fn parts_agree(dossier: &Dossier, told: &str) {
    let legs: Vec<_> = dossier.legs.iter().map(|leg| leg.number).collect();
    assert!(legs.iter().copied().eq(1..=legs.len() as u16), "{told}");
    let asked: Vec<_> = (dossier.consultations.iter())
        .map(|asked| asked.number)
        .collect();
    assert!(asked.iter().copied().eq(1..=asked.len() as u16), "{told}");
    let planned: Vec<_> = (dossier.legs.iter())
        .filter_map(|leg| leg.planned.as_ref())
        .collect();
    let once: BTreeSet<_> = planned.iter().collect();
    assert_eq!(once.len(), planned.len(), "{told}: each opens once");
    let leads = dossier.legs.iter().filter(|leg| leg.lead).count();
    assert!(leads <= 1, "{told}: {leads} legs lead");
    if dossier.status().is_open() {
        return;
    }
    assert_eq!(dossier.open_legs().count(), 0, "{told}");
    assert_eq!(dossier.open_consultations().count(), 0, "{told}");
    let unfinished = dossier
        .legs
        .iter()
        .any(|leg| leg.closed.is_none() && !leg.lead);
    assert!(
        !unfinished || matches!(dossier.status(), Status::Stopped | Status::Withdrawn),
        "{told}: resolved while others were at it"
    );
}

/// Every move of the due time follows from the policy.
fn moved_as_the_policy_says(
    (before, old): (&Dossier, &Clock),
    record: &Record,
    new: &Clock,
    calendar: &Calendar,
    met: &mut Met,
    told: &str,
) {
    let now = record.event_time;
    let unmoved = (old.effective_due, old.promised_due);
    let times = (new.effective_due, new.promised_due);
    match &record.event {
        Event::SupplementRecorded { .. } | Event::PaymentRecorded { .. } => {
            let papers = matches!(record.event, Event::SupplementRecorded { .. });
            let began = before.since;
            let (Some(due), Some(limit)) = (old.effective_due, old.limit) else {
                assert_eq!(times, unmoved, "{told}");
                return;
            };
            // An outage may have moved the due time behind a request that came after it.
            let came_late = before.outages > 0 && old.standing.is_none();
            if began > due || came_late {
                met.unmoved_because_late += 1;
                assert_eq!(times, unmoved, "{told}: overdue stays overdue");
                return;
            }
            let shifted = || {
                let due = deadline::shift(due, limit, began, now, calendar);
                Some(due.expect("it was counted before").at)
            };
            let expected = match (old.policy, papers) {
                (ClockPolicy::ShiftDue, true) | (ClockPolicy::StopWhileFinancial, false) => {
                    (shifted(), shifted())
                }
                (ClockPolicy::ExcludeInterval, true) => (shifted(), old.promised_due),
                (ClockPolicy::RestartOnComplete, true) => {
                    let start = Start {
                        cutoff: old.cutoff,
                        ..Start::at(now)
                    };
                    let anew = deadline::due_from(&start, limit, calendar)
                        .expect("counted before")
                        .at;
                    (Some(anew.max(due)), Some(anew.max(due)))
                }
                (ClockPolicy::NoStop, _)
                | (ClockPolicy::StopWhileFinancial, true)
                | (
                    ClockPolicy::ShiftDue
                    | ClockPolicy::ExcludeInterval
                    | ClockPolicy::RestartOnComplete,
                    false,
                ) => unmoved,
            };
            // A calendar may have left a later promise beside the due time; nothing takes it back.
            let expected = (expected.0, Ord::max(expected.1, old.promised_due));
            assert_eq!(times, expected, "{told}");
            met.stood += u32::from(old.standing.is_some());
        }
        Event::Extended { .. } => {
            let due = old.effective_due.expect("only a due time is extended");
            assert!(
                now < day_start(local_day(due)),
                "{told}: filed by 24:00 of the day before"
            );
            assert!(new.effective_due > old.effective_due, "{told}");
            assert_eq!(
                new.promised_due, new.effective_due,
                "{told}: and the citizen is told"
            );
        }
        Event::VerificationBegun { .. } => {
            let due = old.effective_due.expect("only a due time is extended");
            if now > due {
                assert_eq!(times, unmoved, "{told}: overdue stays overdue");
            } else if times != unmoved {
                assert_eq!(
                    new.promised_due,
                    Ord::max(new.effective_due, old.promised_due),
                    "{told}: the citizen is told, and no later promise is taken back"
                );
            }
        }
        Event::Withdrawn { .. } | Event::Stopped { .. } | Event::Expired(_) => {
            assert_eq!(
                new.promised_due, old.promised_due,
                "{told}: nothing is promised any more"
            );
            if old.standing.is_some() {
                assert!(
                    new.effective_due >= Some(now),
                    "{told}: not late while the clock stood"
                );
            } else {
                assert_eq!(times, unmoved, "{told}");
            }
        }
        Event::Submitted(_)
        | Event::FeePaid { .. }
        | Event::PartPaid { .. }
        | Event::Refunded { .. }
        | Event::Reminded { .. }
        | Event::SupplementPermitted(_)
        | Event::Succeeded { .. }
        | Event::Received(_)
        | Event::Refused { .. }
        | Event::SupplementRequested(_)
        | Event::Advanced { .. }
        | Event::Assigned { .. }
        | Event::Transferred(_)
        | Event::HandedOver(_)
        | Event::PaymentRequested { .. }
        | Event::LegOpened(_)
        | Event::LegClosed { .. }
        | Event::ConsultationOpened(_)
        | Event::ConsultationClosed { .. }
        | Event::ConsentedBySilence(_)
        | Event::Resolved { .. }
        | Event::MirroredStatus(_)
        | Event::Conflicted(_)
        | Event::ConflictSettled { .. }
        | Event::Returned { .. }
        | Event::Rated { .. }
        | Event::Migrated { .. } => assert_eq!(times, unmoved, "{told}: moves nothing"),
        Event::Arrived(facts) => {
            let at = facts.at.unwrap_or(now);
            let (Some(due), Some(limit)) = (old.effective_due, old.limit) else {
                assert_eq!(times, unmoved, "{told}");
                return;
            };
            if old.standing.is_none() && now > due {
                met.arrived_late += 1;
                assert_eq!(times, unmoved, "{told}: overdue stays overdue");
                return;
            }
            let start = Start {
                cutoff: old.cutoff,
                ..Start::at(new.started)
            };
            let counted = deadline::due_from(&start, limit, calendar).expect("counted before");
            assert!(new.started >= at, "{told}: not before it was there");
            assert_eq!(new.effective_due, Some(due.max(counted.at)), "{told}");
            if new.effective_due == old.effective_due {
                assert_eq!(new.promised_due, old.promised_due, "{told}");
            } else {
                met.arrivals_moved += 1;
                let told_last = Ord::max(old.promised_due, new.effective_due);
                assert_eq!(new.promised_due, told_last, "{told}: the citizen is told");
            }
        }
        Event::Apologised(late) => {
            let told_last = Ord::max(old.promised_due, Some(late.proposed));
            let told_last = (old.effective_due, told_last);
            assert_eq!(times, told_last, "{told}: only the citizen's date moves");
        }
        Event::DueRestated(_) => panic!("{told}: only an import restates a due time"),
        Event::Recalculated(facts) => {
            let own =
                times != unmoved || facts.legal_due != old.legal_due() || facts.moved.is_some();
            assert!(own || !facts.parts.is_empty(), "{told}: something changed");
        }
        Event::CorrectionProposed(_)
        | Event::CorrectionApproved(_)
        | Event::CorrectionRejected(_) => assert_eq!(times, unmoved, "{told}: moves nothing"),
    }
}

/// Checks a history as a whole.
fn whole_history(story: &Story) {
    if story.records.is_empty() {
        return;
    }
    let read: Vec<_> = (story.records.iter())
        .map(|record| Record::from_bytes(&record.to_bytes()).expect("what was written is read"))
        .collect();
    for record in &story.records {
        let (dossier, event) = (record.dossier.to_string(), record.event_bytes());
        let (columns, bytes) = (record.frame(&dossier), record.to_bytes());
        assert_eq!(
            columns.around(&event),
            bytes,
            "columns and event give the bytes"
        );
        assert_eq!(
            columns.within(&bytes),
            Some(event.as_slice()),
            "and no other event does"
        );
        let read = Event::from_bytes(&event).expect("a kept event is read");
        let again = Record {
            event: read,
            ..record.clone()
        };
        assert_eq!(again.to_bytes(), bytes, "what is read has the same bytes");
    }
    let mut row: Option<Dossier> = None;
    for (until, record) in story.records.iter().enumerate() {
        row = match row {
            None => Dossier::begin(record),
            Some(row) => Some(row.apply(record)),
        };
        assert_eq!(
            row,
            Dossier::fold(&story.records[..=until]),
            "row == fold(events)"
        );
        assert_eq!(
            row,
            Dossier::fold(&read[..=until]),
            "through the bytes as well"
        );
        assert!(record.event_time <= record.record_time);
        // An import brings no texts.
        if record.version > story.imported {
            reason_is_given(story, record);
        }
    }
    let row = row.expect("begun");
    assert_eq!(&row, story.dossier());
    times_agree(story, row.last);
    times_agree(story, row.last + chrono::TimeDelta::hours(77));
    let kept = serde_json::to_string(&row).expect("a row is JSON");
    let kept: Dossier = serde_json::from_str(&kept).expect("a kept row is read");
    assert_eq!(kept, row);

    let count = |kind: &str| {
        let same = story
            .records
            .iter()
            .filter(|record| record.event.kind() == kind);
        same.count()
    };
    if row.mirrored.is_none() {
        assert_eq!(usize::from(row.supplements), count("supplement_requested"));
    }
    assert!(
        count("extended") <= 1,
        "one apology moves the due time, at most"
    );
    assert_eq!(row.extended, count("extended") == 1);
    assert!(count("verification_begun") <= 1);
    assert_eq!(usize::from(row.apologies), count("apologised"));
    let ours = story.records.iter().skip(story.imported as usize);
    let unexcused = ours.filter(|record| {
        matches!(&record.event, Event::SupplementRequested(asked) if asked.exception.is_none())
    });
    assert!(unexcused.count() <= usize::from(story.procedure.supplement_max));
    let amounts = story.records.iter().map(|record| match record.event {
        Event::PaymentRecorded(PaymentRecorded { amount_vnd, .. })
        | Event::PartPaid(PartPaid { amount_vnd, .. })
        | Event::FeePaid(FeePaid { amount_vnd, .. }) => amount_vnd,
        _ => 0,
    });
    assert_eq!(row.fee_paid_vnd, amounts.sum::<u64>());
    let back = story.records.iter().map(|record| match record.event {
        Event::Refunded(Refunded { amount_vnd, .. }) => amount_vnd,
        _ => 0,
    });
    assert_eq!(row.fee_refunded_vnd, back.sum::<u64>());
    assert!(row.fee_refunded_vnd <= row.fee_paid_vnd);
    assert_eq!(usize::from(row.rating.is_some()), count("rated"), "once");
    for paper in &row.papers {
        assert!(row.components.contains(&paper.component), "{paper}");
    }
    assert!(row.digitised() + row.reused() <= 2 * row.papers.len());
    let mut receptions = story
        .records
        .iter()
        .filter_map(|record| match &record.event {
            Event::Received(facts) => Some((record.version, facts.due)),
            _ => None,
        });
    if let (Some(clock), Some((reception, told))) = (&row.clock, receptions.next()) {
        let counted = clock.limit.map(|limit| {
            let start = row.start().expect("a clock runs from reception");
            let calendar = story.calendar_at(reception);
            let due = deadline::due_from(&start, limit, calendar).expect("counted before");
            due.at
        });
        let due = if story.imported > 0 { told } else { counted };
        assert_eq!(
            clock.original_due, due,
            "from the first receipt, at the end as at first"
        );
    }
}
