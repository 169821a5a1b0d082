//! Every state against every command, in a table that reads like a law.

use std::collections::BTreeSet;
use std::fmt::Write;

use domain::dossier::acts::{
    Accept, Advance, Assign, RecordPayment, RecordSupplement, Refuse, RequestPayment, Resolve,
    ReturnResult, Stop, Withdraw,
};
use domain::dossier::correction::Corrected;
use domain::dossier::mirror::Claim;
use domain::dossier::private::Words;
use domain::dossier::{Action, Channel, Command, Event, Record, Refusal, Status};
use domain::id::Reference;
use domain::role::Role;
use domain::time::Instant;

use crate::desk;
use crate::story::{self, Deed, Story};

/// The procedure of most rows: 3 working days from Monday 3 August, so due on Thursday the 6th.
/// Papers restart the count, verification is possible, and the steps are appraise, verify, sign.
const REGISTRATION: &str = "1.004873";

/// Certified copies, made at once; no stop of the clock.
const COPIES: &str = "2.000815";

/// Ten working days, without a published process.
const OUTLINE: &str = "1.013226";

/// A procedure that another system decides.
const MIRRORED: &str = "1.004194";

/// The name of the row, its procedure, and its history up to Monday or Tuesday noon.
const STATES: [(&str, &str, &str); 29] = [
    ("submitted", REGISTRATION, "3 Aug 08:00 submitted"),
    (
        "submitted, papers asked before",
        REGISTRATION,
        "3 Aug 08:00 submitted; 3 Aug 09:00 papers requested; 3 Aug 10:00 papers complete",
    ),
    (
        "supplement requested before reception",
        REGISTRATION,
        "3 Aug 08:00 submitted; 3 Aug 09:00 papers requested",
    ),
    ("received", REGISTRATION, "3 Aug 08:00 received"),
    ("received, given at once", COPIES, "3 Aug 08:00 received"),
    ("received, no process", OUTLINE, "3 Aug 08:00 received"),
    (
        "supplement requested from the desk",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 papers requested",
    ),
    (
        "processing, first step",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise",
    ),
    (
        "processing, last step",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; 3 Aug 10:00 goes to sign",
    ),
    (
        "processing, no process",
        OUTLINE,
        "3 Aug 08:00 received; 3 Aug 09:00 handed over",
    ),
    (
        "processing, papers asked before",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 papers requested; 3 Aug 10:00 papers complete; \
         3 Aug 11:00 goes to appraise",
    ),
    (
        "processing, extended and verified",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; \
         3 Aug 10:00 apology naming 7 Aug 17:00; 3 Aug 11:00 verification begun",
    ),
    (
        "supplement requested from a step",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; 3 Aug 10:00 papers requested",
    ),
    (
        "supplement requested, clock runs on",
        "1.013226 as no-stop",
        "3 Aug 08:00 received; 3 Aug 09:00 handed over; 3 Aug 10:00 papers requested",
    ),
    (
        "payment requested",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; 3 Aug 10:00 payment requested",
    ),
    (
        "payment requested, clock stands",
        "1.013831",
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; 3 Aug 10:00 payment requested",
    ),
    (
        "a leg and a question are open",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; 3 Aug 09:10 goes to sign; \
         3 Aug 10:00 leg to H60.02212 within 2wd; 3 Aug 11:00 question to H60.02212 within 2wd",
    ),
    (
        "the same while papers are awaited",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 goes to appraise; \
         3 Aug 10:00 leg to H60.02212 within 2wd; 3 Aug 11:00 question to H60.02212 within 2wd; \
         3 Aug 11:30 papers requested",
    ),
    (
        "refused",
        REGISTRATION,
        "3 Aug 08:00 submitted; 3 Aug 09:00 refused",
    ),
    (
        "withdrawn",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 withdrawn",
    ),
    (
        "stopped",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 stopped",
    ),
    (
        "resolved",
        COPIES,
        "3 Aug 08:00 received; 3 Aug 09:00 resolved",
    ),
    (
        "returned",
        COPIES,
        "3 Aug 08:00 received; 3 Aug 09:00 resolved; 3 Aug 10:00 returned",
    ),
    (
        "received, correction proposed",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 correction proposed: returning H60.02212 by the officer",
    ),
    (
        "returned, correction proposed by the chairman",
        COPIES,
        "3 Aug 08:00 received; 3 Aug 09:00 resolved; 3 Aug 10:00 returned; \
         3 Aug 11:00 correction proposed: ended 3 Aug 08:30",
    ),
    (
        "received, contradicted",
        REGISTRATION,
        "3 Aug 08:00 received; 3 Aug 09:00 said 9",
    ),
    ("submitted, mirrored", MIRRORED, "3 Aug 08:00 submitted"),
    (
        "resolved, mirrored",
        MIRRORED,
        "3 Aug 08:00 submitted; 3 Aug 09:00 said 4; 3 Aug 10:00 said 9",
    ),
    (
        "returned, mirrored and contradicted",
        MIRRORED,
        "3 Aug 08:00 submitted; 3 Aug 09:00 said 4; 3 Aug 10:00 said 10; 3 Aug 11:00 said 4",
    ),
];

/// The moment of every command in the table.
fn noon() -> Instant {
    desk::at("3 Aug 12:00")
}

/// The commands in the order of a life, each with arguments as good as can be.
fn commands(story: &Story) -> [(&'static str, Command); 29] {
    let next = domain::dossier::next_steps(story.dossier(), &story.procedure);
    [
        (
            "accept",
            Command::Receive(Accept {
                components: Vec::new(),
                papers: Vec::new(),
                accept_incomplete: Words::default(),
            }),
        ),
        (
            "refuse",
            Command::Refuse(Refuse {
                reason: Words::new("sai thẩm quyền"),
                competent: None,
            }),
        ),
        ("request papers", story::papers_requested(false)),
        (
            "record papers",
            Command::RecordSupplement(RecordSupplement {
                components: Vec::new(),
                papers: Vec::new(),
            }),
        ),
        (
            "advance",
            Command::Advance(Advance {
                step: next.first().cloned(),
                assignee: None,
            }),
        ),
        (
            "assign",
            Command::Assign(Assign {
                assignee: desk::actor("nv-binh"),
            }),
        ),
        (
            "transfer",
            story::command("sent on to H60.02212").expect("known"),
        ),
        ("hand over", story::papers_to(None, "nv-binh")),
        (
            "request payment",
            Command::RequestPayment(RequestPayment {
                amount_vnd: 50_000,
                reason: Words::new("lệ phí"),
            }),
        ),
        (
            "record payment",
            Command::RecordPayment(RecordPayment {
                amount_vnd: 50_000,
                method: None,
                reference: None,
            }),
        ),
        ("refund payment", story::command("refunded").expect("known")),
        ("arrive", story::command("arrived").expect("known")),
        ("remind", story::command("reminded").expect("known")),
        (
            "permit papers",
            story::command("one more permitted").expect("known"),
        ),
        ("apologise", story::apology(desk::at("28 Dec 17:00"))),
        ("verify", story::verification()),
        (
            "withdraw",
            Command::Withdraw(Withdraw {
                reason: Words::default(),
            }),
        ),
        (
            "stop",
            Command::Stop(Stop {
                reason: Words::new("lý do"),
                legal_basis: Words::new("căn cứ"),
            }),
        ),
        (
            "open leg",
            story::command("leg to H60.02212 within 2wd").expect("known"),
        ),
        ("close leg", story::command("leg done: 1").expect("known")),
        (
            "ask",
            story::command("question to H60.02212 within 2wd").expect("known"),
        ),
        ("answer", story::command("answer to 1").expect("known")),
        (
            "resolve",
            Command::Resolve(Resolve {
                results: Vec::new(),
            }),
        ),
        (
            "return",
            Command::Return(ReturnResult {
                receiver: None,
                proxy: false,
                channel: Channel::Desk,
            }),
        ),
        ("rate", story::command("rated 4").expect("known")),
        (
            "correct",
            story::correction(Corrected::ReturningUnit(desk::unit("H60.02212"))),
        ),
        ("decide", story::decided(1, true)),
        (
            "said to be processing",
            Command::RecordMirrored(Claim {
                system: story.authority(),
                reference: Reference::parse("BCA-2026/0001").expect("a reference"),
                status: Status::Processing,
                at: noon(),
                due: None,
            }),
        ),
        ("settle", story::command("settled 1").expect("known")),
    ]
}

fn cell(done: Result<(), Refusal>, story: &Story) -> String {
    let conflicts = |record: &Record| matches!(record.event, Event::Conflicted(_));
    match done {
        Ok(()) if story.records.last().is_some_and(conflicts) => "conflict".into(),
        Ok(()) => {
            let status = story.dossier().status();
            format!("{} {}", status.code(), status.name_en())
        }
        Err(Refusal::WrongState { .. }) => "-".into(),
        Err(refusal) => refusal.reason().into(),
    }
}

/// Draws rows of equal length, with columns as wide as their longest cell.
fn drawn(rows: &[Vec<String>]) -> String {
    let columns = rows[0].len();
    let widths: Vec<usize> = (0..columns)
        .map(|at| {
            rows.iter()
                .map(|row| row[at].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<_> = (row.iter().zip(&widths))
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        writeln!(text, "{}", cells.join(" | ").trim_end()).expect("a text grows");
    }
    text
}

fn life_table() -> String {
    let mut head = vec!["from".to_owned(), "is".to_owned()];
    let mut rows = Vec::new();
    for (name, procedure, history) in STATES {
        let story = Story::told(procedure, history);
        if rows.is_empty() {
            head.extend(commands(&story).map(|(name, _)| name.to_owned()));
            rows.push(head.clone());
        }
        let mut row = vec![name.to_owned(), story.dossier().status().code().to_string()];
        for (_, command) in commands(&story) {
            let mut story = Story::told(procedure, history);
            let done = story.tries(Role::Chairman, noon(), None, &Deed::Act(command));
            row.push(cell(done, &story));
        }
        rows.push(row);
    }
    drawn(&rows)
}

fn beginning_table() -> String {
    let mut rows = vec![
        ["nothing yet", "submit", "receive"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (name, procedure) in [
        ("a procedure of ours", REGISTRATION),
        ("a procedure of another system", MIRRORED),
        ("a petition", "x-phan-anh-hien-truong"),
    ] {
        let mut row = vec![name.to_owned()];
        let story = Story::of(procedure);
        let papers = desk::required(&story.procedure);
        for deed in [
            Deed::Submit(story.submission(Channel::Online, papers.clone())),
            Deed::Receive(story.reception(Channel::Desk, papers.clone())),
        ] {
            let mut story = Story::of(procedure);
            let done = story.tries(Role::Chairman, noon(), None, &deed);
            row.push(cell(done, &story));
        }
        rows.push(row);
    }
    drawn(&rows)
}

#[test]
fn what_each_command_does_in_each_state_is_this_table() {
    let legend = "`-` refuses with WRONG_STATE; else the reason, the national status after it, or `conflict`.\n\
                  The caller is the chairman, who stands in for every step.";
    let table = format!("{legend}\n\n{}\n{}", life_table(), beginning_table());
    insta::with_settings!({
        snapshot_path => "../snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("state_and_command", table);
    });
}

#[test]
fn the_table_has_every_status_and_every_command() {
    let statuses: BTreeSet<_> = STATES
        .iter()
        .map(|(_, procedure, history)| Story::told(procedure, history).dossier().status())
        .collect();
    assert_eq!(statuses, BTreeSet::from(Status::ALL));

    let (_, procedure, history) = STATES[0];
    let mut actions: BTreeSet<_> = commands(&Story::told(procedure, history))
        .iter()
        .map(|(_, command)| command.action())
        .collect();
    actions.insert(Action::Submit);
    assert_eq!(actions, Action::ALL.iter().copied().collect());
}

#[test]
fn a_dossier_that_has_ended_stays_ended() {
    for (name, procedure, history) in STATES {
        let story = Story::told(procedure, history);
        let before = story.dossier().clone();
        let ended = matches!(
            before.status(),
            Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned
        );
        for role in Role::ALL {
            for (command, deed) in commands(&story) {
                let mut story = Story::told(procedure, history);
                let _may_be_refused = story.tries(role, noon(), None, &Deed::Act(deed));
                let after = story.dossier();
                let told = format!("{name}: {command} by {role}");
                assert!(!ended || after.state == before.state, "{told}");
                assert!(!ended || after.ended == before.ended, "{told}");
            }
        }
    }
}

#[test]
fn each_act_leads_where_it_says() {
    for (name, procedure, history) in STATES {
        let story = Story::told(procedure, history);
        if story.dossier().mirrored.is_some() {
            continue;
        }
        let before = story.dossier().state.stage();
        for (command, deed) in commands(&story) {
            let spec = deed.action().spec();
            let to: Vec<_> = spec
                .moves
                .iter()
                .filter(|step| step.from.has(before))
                .map(|step| step.to)
                .collect();
            let mut story = Story::told(procedure, history);
            let done = story.tries(Role::Chairman, noon(), None, &Deed::Act(deed));
            let after = story.dossier().state.stage();
            let told = format!("{name}: {command} leads to {after}");
            match done {
                Ok(()) if to.is_empty() => assert_eq!(after, before, "{told}"),
                Ok(()) => assert!(to.contains(&after), "{told}, not to one of {to:?}"),
                Err(_) => assert_eq!(after, before, "{told}, though it was refused"),
            }
        }
    }
}
