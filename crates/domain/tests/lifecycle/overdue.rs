//! No command makes an overdue dossier punctual: every command is tried on one.

use std::collections::BTreeSet;

use domain::dossier::{Action, Command, Dossier};
use domain::indicator::{Period, Row, Tally};
use domain::role::Role;
use domain::time::{Instant, local_day};

use crate::desk;
use crate::random::Walk;
use crate::story::Deed;

/// The dossier's row in a report over all time, as of a moment.
fn row_of(dossier: &Dossier, at: Instant) -> Row {
    let day = local_day(at);
    let period = Period {
        from: "2020-01-01".parse().expect("a day"),
        to: day,
        as_of: at,
    };
    let mut tally = Tally::default();
    tally.add(dossier, &period);
    Row::new(String::new(), String::new(), &tally)
}

/// How many dossiers of the row are late, ended or pending.
fn late(row: &Row) -> u32 {
    row.late + row.pending_late
}

/// Overdue by the day. A dossier that is only hours late on its due day still counts as in time in
/// II.06a, which judges limits in days by dates.
fn is_overdue(dossier: &Dossier, now: Instant) -> bool {
    let due = dossier.clock.as_ref().and_then(|clock| clock.effective_due);
    let at = dossier.ended.unwrap_or(now);
    late(&row_of(dossier, now)) == 1 && due.is_some_and(|due| local_day(at) > local_day(due))
}

#[test]
fn no_command_by_anybody_makes_an_overdue_dossier_punctual() {
    let procedures = desk::all_shipped();
    let mut tried: BTreeSet<Action> = BTreeSet::new();
    let mut done: BTreeSet<Action> = BTreeSet::new();
    for number in 0..1_500 {
        let mut walk = Walk::new(number, &procedures);
        while let Some(attempt) = walk.next() {
            let role = attempt.role;
            let before = walk.begun().cloned();
            let overdue_before = before
                .as_ref()
                .is_some_and(|dossier| is_overdue(dossier, attempt.now));
            if let Deed::Act(command) = &attempt.deed {
                tried.insert(command.action());
            }
            let Some(before) = before.filter(|_| overdue_before) else {
                let _told =
                    walk.story
                        .tries(role, attempt.now, Some(attempt.recorded), &attempt.deed);
                continue;
            };
            // Every command, and not only the one that the life would take.
            for action in &Action::ALL[1..] {
                let command = walk.command(*action, &before);
                stays_late(&walk, &before, command, role, attempt.now, &mut done);
            }
            let _told = walk
                .story
                .tries(role, attempt.now, Some(attempt.recorded), &attempt.deed);
            let after = walk.story.dossier();
            assert_eq!(late(&row_of(after, attempt.now)), 1, "life {number}");
        }
    }
    assert_eq!(tried, BTreeSet::from_iter(Action::ALL[1..].iter().copied()));
    // Acts before reception are impossible for an overdue dossier.
    let never = [Action::Receive, Action::Refuse];
    let expected: BTreeSet<Action> = Action::ALL[1..]
        .iter()
        .copied()
        .filter(|action| !never.contains(action))
        .collect();
    assert_eq!(
        done, expected,
        "each was done to an overdue dossier at least once"
    );
}

fn stays_late(
    walk: &Walk,
    before: &Dossier,
    command: Command,
    role: Role,
    now: Instant,
    done: &mut BTreeSet<Action>,
) {
    let action = command.action();
    let acting = desk::acting(role, &walk.story.unit);
    let Ok(decision) = walk.story.weighs(&acting, now, &Deed::Act(command)) else {
        return;
    };
    done.insert(action);
    let template = walk.story.records.last().expect("it has begun").clone();
    let mut after = before.clone();
    for event in decision.events {
        let record = domain::dossier::Record {
            version: after.version + 1,
            event_time: now,
            record_time: now,
            event,
            ..template.clone()
        };
        after = after.apply(&record);
    }
    let told = format!("{action} by {role} while {:?}", before.state);
    let overdue = |dossier: &Dossier| {
        let clock = dossier.clock.as_ref().expect("received");
        clock.effective_due
    };
    assert_eq!(
        overdue(&after),
        overdue(before),
        "{told}: the due time stays"
    );
    assert!(
        after
            .clock
            .as_ref()
            .is_some_and(|clock| clock.standing.is_none()),
        "{told}: no clock is stopped any more"
    );
    let (row, row_before) = (row_of(&after, now), row_of(before, now));
    assert_eq!(late(&row), 1, "{told}: it counts as late");
    assert_eq!(row.in_time_rate_766.num, 0, "{told}");
    assert!(
        row.in_time_rate_original.num <= row_before.in_time_rate_original.num,
        "{told}"
    );
}
