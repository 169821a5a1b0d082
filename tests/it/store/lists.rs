//! Lists with filters: from whichever index a page comes, all pages have what passes, once and in order.

use app::ports::{Assignee, DossierFilter, List, ListCount, ReadTx, Scope, Store};
use domain::dossier::acts::resolve::Resolved;
use domain::dossier::{Channel, Dossier, Event, Status};
use domain::id::{ActorId, DossierId, ProcedureCode};

use crate::backend::Backend;

use super::data::{
    OTHER_WARD, TestStore, WARD, a_dossier, a_store, advanced, assigned, at, next, province, unit,
};

/// Times of reception run neither with the ids nor against them, and often meet. Every third dossier is
/// decided by the other ward, every fourth has a step, every fifth a result. Every fiftieth is of a rare
/// procedure and came by post.
async fn a_busy_year(on: Backend, dossiers: u64) -> TestStore {
    let store = a_store(on).await;
    for first in (0..dossiers).step_by(250) {
        let batch = (first..Ord::min(first + 250, dossiers)).map(|number| {
            let mut dossier = a_dossier(number).received(at(small(number * 37 % 89)));
            if number % 50 == 49 {
                dossier = dossier.procedure(RARE).by(Channel::Post);
            }
            if number % 3 == 0 {
                dossier.resolved_by(OTHER_WARD).received_change()
            } else {
                dossier.received_change()
            }
        });
        let received = store.write(batch.collect()).await;
        let numbered = received.iter().zip(first..);
        let moved = numbered.filter(|(_, number)| number % 4 == 0);
        let moved = moved.map(|(dossier, number)| {
            let events = vec![advanced(), assigned("nv-an")];
            next(
                dossier,
                10_000 + number,
                at(100 + small(number % 7)),
                events,
            )
        });
        store.write(moved.collect()).await;
        let ended = received.iter().zip(first..);
        let ended = ended.filter(|(_, number)| number % 4 != 0 && number % 5 == 0);
        let ended = ended.map(|(dossier, number)| {
            let result = Event::Resolved(Resolved {
                results: Vec::new(),
            });
            next(
                dossier,
                20_000 + number,
                at(120 + small(number % 11)),
                vec![result],
            )
        });
        store.write(ended.collect()).await;
    }
    store
}

fn small(number: u64) -> i64 {
    i64::try_from(number).unwrap()
}

/// A procedure that few dossiers have.
const RARE: &str = "1.000689";

/// A filter by name, and which dossiers pass it.
type Case = (&'static str, DossierFilter, fn(&Dossier) -> bool);

fn filters() -> Vec<Case> {
    let none = DossierFilter::default();
    vec![
        ("all", none.clone(), |_| true),
        (
            "received in a stretch",
            DossierFilter {
                received_from: Some(at(20)),
                received_until: Some(at(40)),
                ..none.clone()
            },
            |it| it.received >= Some(at(20)) && it.received < Some(at(40)),
        ),
        (
            "received since, with a step",
            DossierFilter {
                received_from: Some(at(60)),
                statuses: vec![Status::Processing],
                ..none.clone()
            },
            |it| it.received >= Some(at(60)) && it.status() == Status::Processing,
        ),
        (
            "ended since",
            DossierFilter {
                ended_from: Some(at(125)),
                ..none.clone()
            },
            |it| it.ended >= Some(at(125)),
        ),
        (
            "received by a ward in a stretch",
            DossierFilter {
                received_by: Some(unit(WARD)),
                received_from: Some(at(20)),
                received_until: Some(at(90)),
                ..none.clone()
            },
            |it| {
                it.receiving == unit(WARD)
                    && it.received >= Some(at(20))
                    && it.received < Some(at(90))
            },
        ),
        (
            "received by a ward",
            DossierFilter {
                received_by: Some(unit(WARD)),
                ..none.clone()
            },
            |it| it.receiving == unit(WARD),
        ),
        (
            "decided by a ward",
            DossierFilter {
                decided_by: Some(unit(WARD)),
                ..none.clone()
            },
            |it| it.resolving == unit(WARD),
        ),
        (
            "decided by a ward, and ended since",
            DossierFilter {
                decided_by: Some(unit(WARD)),
                ended_from: Some(at(110)),
                ..none.clone()
            },
            |it| it.resolving == unit(WARD) && it.ended >= Some(at(110)),
        ),
        (
            "changed since",
            DossierFilter {
                changed_since: Some(at(104)),
                ..none.clone()
            },
            |it| it.last >= at(104),
        ),
        (
            "of two states",
            DossierFilter {
                statuses: vec![Status::Received, Status::Resolved],
                ..none.clone()
            },
            |it| [Status::Received, Status::Resolved].contains(&it.status()),
        ),
        (
            "of no state that there is",
            DossierFilter {
                statuses: vec![Status::Refused],
                ..none.clone()
            },
            |_| false,
        ),
        (
            "with a person",
            DossierFilter {
                statuses: vec![Status::Received, Status::Processing],
                assignee: ActorId::parse("nv-an").ok().map(Assignee::Person),
                ..none.clone()
            },
            |it| is_with(it, "nv-an"),
        ),
        (
            "whatever a person has or had",
            DossierFilter {
                assignee: ActorId::parse("nv-an").ok().map(Assignee::Person),
                ..none.clone()
            },
            |it| is_with(it, "nv-an"),
        ),
        (
            "of a rare procedure",
            DossierFilter {
                procedure: ProcedureCode::parse(RARE).ok(),
                ..none.clone()
            },
            |it| it.procedure.as_str() == RARE,
        ),
        (
            "of one of a few procedures, ended",
            DossierFilter {
                procedures: Some(vec![
                    ProcedureCode::parse(RARE).unwrap(),
                    ProcedureCode::parse("1.000001").unwrap(),
                ]),
                statuses: vec![Status::Resolved],
                ..none.clone()
            },
            |it| it.procedure.as_str() == RARE && it.status() == Status::Resolved,
        ),
        (
            "by post",
            DossierFilter {
                channel: Some(Channel::Post),
                ..none.clone()
            },
            |it| it.channel == Channel::Post,
        ),
        (
            "by post, received in a stretch",
            DossierFilter {
                channel: Some(Channel::Post),
                received_from: Some(at(10)),
                ..none
            },
            |it| it.channel == Channel::Post && it.received >= Some(at(10)),
        ),
    ]
}

fn is_with(dossier: &Dossier, person: &str) -> bool {
    let with = dossier.assignee.as_ref();
    with.is_some_and(|who| who.as_str() == person)
}

async fn walk(read: &dyn ReadTx, scope: &Scope, filter: &DossierFilter, page: u32) -> Vec<Dossier> {
    let mut walked: Vec<Dossier> = Vec::new();
    loop {
        let list = List {
            scope: scope.clone(),
            filter: filter.clone(),
            after: walked.last().map(|last| last.id),
            limit: page,
        };
        let found = read.list(&list).await.unwrap();
        if found.is_empty() {
            return walked;
        }
        walked.extend(found);
    }
}

/// The same by stretches, of which some end before the page is full.
async fn stretches(
    read: &dyn ReadTx,
    scope: &Scope,
    filter: &DossierFilter,
    page: u32,
) -> Vec<DossierId> {
    let mut walked = Vec::new();
    let mut after = None;
    loop {
        let list = List {
            scope: scope.clone(),
            filter: filter.clone(),
            after,
            limit: page,
        };
        let found = read.stretch(&list).await.unwrap();
        walked.extend(found.dossiers.iter().map(|it| it.id));
        after = match found.dossiers.last() {
            Some(last) if found.dossiers.len() == page as usize => Some(last.id),
            Some(_) | None => found.until,
        };
        if after.is_none() {
            return walked;
        }
    }
}

async fn every_filter_gives_what_passes(store: &TestStore, page: u32) {
    let read = store.read().await.unwrap();
    let of =
        |units: &[&str]| Scope::Units(province(), units.iter().map(|code| unit(code)).collect());
    for scope in [
        Scope::Province(province()),
        of(&[WARD]),
        of(&[OTHER_WARD]),
        of(&[WARD, OTHER_WARD]),
    ] {
        let all = walk(&*read, &scope, &DossierFilter::default(), 1_000).await;
        for (what, filter, passes) in filters() {
            let walked = walk(&*read, &scope, &filter, page).await;
            let mut expected: Vec<&Dossier> = all.iter().filter(|it| passes(it)).collect();
            if filter.received_from.is_some() {
                expected.sort_by_key(|it| (it.received, it.id));
            } else if filter.ended_from.is_some() {
                expected.sort_by_key(|it| (it.ended, it.id));
            }
            let ids = |of: &[&Dossier]| of.iter().map(|it| it.id).collect::<Vec<_>>();
            let walked: Vec<&Dossier> = walked.iter().collect();
            assert_eq!(ids(&walked), ids(&expected), "{what}: {scope:?}");
            let list = List {
                filter,
                ..List::all(scope.clone(), None, 1)
            };
            let counted = ListCount {
                number: expected.len() as u64,
                at_least: false,
            };
            assert_eq!(read.count(&list).await.unwrap(), counted, "{what}");
            let stretched = stretches(&*read, &scope, &list.filter, page).await;
            assert_eq!(stretched, ids(&expected), "{what}, by stretches: {scope:?}");
        }
    }
}

on_every_database!(every_filter_of_a_list_gives_what_passes_on_pages_of_any_size);

async fn every_filter_of_a_list_gives_what_passes_on_pages_of_any_size(on: Backend) {
    let store = a_busy_year(on, 120).await;
    for page in [1, 7, 200] {
        every_filter_gives_what_passes(&store, page).await;
    }
}

on_both!(the_lists_of_a_unit_that_has_many_dossiers_are_the_same);

async fn the_lists_of_a_unit_that_has_many_dossiers_are_the_same(on: Backend) {
    // More than a unit may have whose dossiers are walked for a stretch of time.
    let store = a_busy_year(on, 2_250).await;
    every_filter_gives_what_passes(&store, 300).await;
}
