//! Generates the page `docs/lifecycle.md` from the acts' specs, and the rows of acts in
//! `docs/access.md`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use domain::dossier::acts::{OnMirror, Spec, Standing};
use domain::dossier::{Action, Stage, Stages};
use domain::role::Role;

fn specs() -> impl Iterator<Item = &'static Spec> {
    Action::ALL.iter().map(|action| action.spec())
}

/// Compares a document with the expected text, or writes it with `UPDATE=1`.
fn is_current(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, expected).expect("the document can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "docs/{name} is old; UPDATE=1 rewrites it");
}

const HEAD: &str = "# The life of a dossier

Drawn from what each act says of itself in `crates/domain/src/dossier/acts`; a test compares this \
page with it (`UPDATE=1 cargo test -p motcua-domain --test lifecycle drawn` writes it anew).

The boxes are states, the arrows acts. An act without an arrow leaves the state as it is. Waiting \
for papers is two boxes: before reception no clock runs, and the desk may still refuse. A dossier \
that another system decides (a mirror) goes wherever that system says.

";

fn diagram() -> String {
    let mut drawn = String::from("```mermaid\nstateDiagram-v2\n");
    for spec in specs() {
        for step in spec.moves {
            let from: Vec<String> = if step.from == Stages::NONE {
                vec!["[*]".to_owned()]
            } else {
                step.from.each().map(|stage| stage.to_string()).collect()
            };
            for from in from {
                writeln!(drawn, "    {from} --> {}: {}", step.to, spec.method).expect("text");
            }
        }
    }
    for stage in Stages::OVER.each() {
        writeln!(drawn, "    {stage} --> [*]").expect("text");
    }
    drawn.push_str("```\n");
    drawn
}

/// The states to which an act leads from a stage; a mark for no change, or for a refusal.
fn cell(spec: &Spec, stage: Stage) -> String {
    if !spec.states.has(stage) {
        return String::new();
    }
    let to: Vec<&str> = spec
        .moves
        .iter()
        .filter(|step| step.from.has(stage))
        .map(|step| step.to.as_str())
        .collect();
    if to.is_empty() {
        "stays".to_owned()
    } else {
        to.join(", ")
    }
}

fn transitions() -> String {
    let stages: Vec<&str> = Stage::ALL.iter().map(|stage| stage.as_str()).collect();
    let mut table = format!("| act | {} |\n", stages.join(" | "));
    table.push_str(&format!("|---|{}\n", "---|".repeat(stages.len())));
    for spec in specs() {
        let cells: Vec<String> = Stage::ALL.iter().map(|stage| cell(spec, *stage)).collect();
        writeln!(table, "| {} | {} |", spec.method, cells.join(" | ")).expect("text");
    }
    table
}

fn names() -> String {
    let mut table = String::from("| act | on a button | in English | usual next where |\n");
    table.push_str("|---|---|---|---|\n");
    let mut specs: Vec<_> = specs().collect();
    specs.sort_by_key(|spec| spec.order);
    for spec in specs {
        let primary: Vec<&str> = spec.primary.each().map(Stage::as_str).collect();
        writeln!(
            table,
            "| {} | {} | {} | {} |",
            spec.method,
            spec.vi,
            spec.en,
            primary.join(", ")
        )
        .expect("text");
    }
    table
}

#[test]
fn the_page_of_the_lifecycle_shows_what_the_acts_say() {
    let page = format!(
        "{HEAD}{}\n## What each act does in each state\n\nEmpty: refused with `WRONG_STATE`.\n\n{}\n\
         ## What the acts are called\n\nIn the order of the buttons.\n\n{}",
        diagram(),
        transitions(),
        names()
    );
    is_current("lifecycle.md", &page);
}

/// `| RefundPayment | own | – | … |`
fn access_row(spec: &Spec) -> String {
    let says = |role: &Role| {
        if spec.roles.contains(role) {
            "own"
        } else {
            "–"
        }
    };
    let cells: Vec<&str> = Role::ALL.iter().map(says).collect();
    format!("| {} | {} |", spec.method, cells.join(" | "))
}

/// `| RefuseDossier, … | receives the dossier |`
fn standing_rows() -> Vec<String> {
    let mut rows: Vec<(Standing, Vec<&str>)> = Vec::new();
    for spec in specs() {
        match rows.iter_mut().find(|(units, _)| *units == spec.units) {
            Some((_, methods)) => methods.push(spec.method),
            None => rows.push((spec.units, vec![spec.method])),
        }
    }
    rows.iter()
        .map(|(units, methods)| format!("| {} | {} |", methods.join(", "), units.words()))
        .collect()
}

#[test]
fn the_access_table_says_of_each_act_what_the_act_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/access.md");
    let page = std::fs::read_to_string(path).expect("the document");
    let methods: BTreeSet<&str> = specs().map(|spec| spec.method).collect();
    let mut lines: Vec<String> = Vec::new();
    for line in page.lines() {
        let first = line.trim_start_matches("| ").split([' ', ',']).next();
        let act = first.filter(|first| methods.contains(first));
        match act.filter(|_| line.starts_with("| ")) {
            // The two tables of the page differ in their number of columns.
            Some(method) if line.matches('|').count() > 3 => {
                let spec = specs().find(|spec| spec.method == method).expect("known");
                lines.push(access_row(spec));
            }
            Some(_) => {}
            None => lines.push(line.to_owned()),
        }
    }
    let missing = specs()
        .map(access_row)
        .filter(|row| !page.contains(row.as_str()));
    let head = lines
        .iter()
        .position(|line| line.starts_with("| SearchDossiers"))
        .expect("a row to stand before");
    let new: Vec<String> = missing.filter(|row| !lines.contains(row)).collect();
    lines.splice(head..head, new);
    let unit = lines
        .iter()
        .position(|line| line.starts_with("| to do this |"))
        .expect("the table of units");
    lines.splice(unit + 2..unit + 2, standing_rows());
    is_current("access.md", &(lines.join("\n") + "\n"));
}

#[test]
fn what_acts_say_of_themselves_agrees_with_itself() {
    let mut orders = BTreeSet::new();
    let mut labels = BTreeSet::new();
    for spec in specs() {
        let method = spec.method;
        assert!(orders.insert(spec.order), "{method}: its place is taken");
        assert!(labels.insert(spec.vi), "{method}: its label is taken");
        assert!(
            labels.insert(spec.en),
            "{method}: its English label is taken"
        );
        assert!(!spec.roles.is_empty(), "{method}: nobody may");
        for stage in Stage::ALL {
            let moves = spec.moves.iter().any(|step| step.from.has(stage));
            assert!(
                !moves || spec.states.has(stage),
                "{method} moves from {stage}, where it is refused"
            );
            assert!(
                !spec.primary.has(stage) || spec.states.has(stage),
                "{method} comes next in {stage}, where it is refused"
            );
        }
        if spec.on_mirror == OnMirror::Heard {
            assert_eq!(
                spec.states,
                Stages::ALL,
                "{method} is never refused for a state"
            );
        }
    }
    for stage in Stage::ALL {
        let next = specs().any(|spec| spec.primary.has(stage));
        assert!(
            next || Stages::OVER.has(stage),
            "nothing comes next in {stage}"
        );
    }
}
