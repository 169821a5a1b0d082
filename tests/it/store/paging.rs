//! Lists, worklists, searches and the feed.

use std::collections::BTreeSet;

use app::ports::{List, LookAtEnds, ReadTx, Scope, Search, Store, WorklistPage};
use domain::dossier::acts::resolve::Resolved;
use domain::dossier::{Channel, Dossier, Event, Status};
use domain::id::{DossierId, ProcedureCode, ProvinceCode};

use crate::backend::Backend;

use super::data::{
    OTHER_WARD, TestStore, WARD, a_dossier, a_store, advanced, at, id, next, province, unit,
};

fn whole() -> Scope {
    Scope::Province(province())
}

fn of(units: &[&str]) -> Scope {
    Scope::Units(province(), units.iter().map(|code| unit(code)).collect())
}

fn all(scope: Scope) -> List {
    List::all(scope, None, 100)
}

fn ids(dossiers: &[Dossier]) -> Vec<DossierId> {
    dossiers.iter().map(|dossier| dossier.id).collect()
}

fn numbered(numbers: &[u64]) -> Vec<DossierId> {
    numbers.iter().map(|number| id(*number)).collect()
}

/// 120 dossiers. Every third also belongs to the other ward. Due times run against the ids, are
/// often equal, and every tenth dossier has none.
async fn a_busy_province(on: Backend) -> TestStore {
    let store = a_store(on).await;
    let batch = (0..120_u64).map(|number| {
        let due = i64::try_from(120 - number / 4).unwrap();
        let dossier = a_dossier(number).due((number % 10 != 0).then(|| at(due)));
        if number % 3 == 0 {
            dossier.resolved_by(OTHER_WARD).received_change()
        } else {
            dossier.received_change()
        }
    });
    store.write(batch.collect()).await;
    store
        .write(vec![a_dossier(500).in_province("01").received_change()])
        .await;
    store
}

async fn walk_list(read: &dyn ReadTx, scope: Scope) -> Vec<DossierId> {
    let mut walked = Vec::new();
    loop {
        let page = read
            .list(&List {
                after: walked.last().copied(),
                limit: 7,
                ..all(scope.clone())
            })
            .await
            .unwrap();
        if page.is_empty() {
            return walked;
        }
        walked.extend(ids(&page));
    }
}

async fn walk_worklist(read: &dyn ReadTx, scope: Scope) -> Vec<Dossier> {
    let mut walked: Vec<Dossier> = Vec::new();
    loop {
        let after = walked.last().map(|last| WorklistPage::place(&scope, last));
        let page = read
            .worklist(&WorklistPage::all(scope.clone(), after, 7))
            .await
            .unwrap();
        if page.is_empty() {
            return walked;
        }
        walked.extend(page);
    }
}

on_every_database!(pages_of_a_list_are_complete_and_without_doubles);

async fn pages_of_a_list_are_complete_and_without_doubles(on: Backend) {
    let store = a_busy_province(on).await;
    let read = store.read().await.unwrap();
    let everything = numbered(&(0..120).collect::<Vec<_>>());
    let thirds = numbered(&(0..40).map(|third| third * 3).collect::<Vec<_>>());
    assert_eq!(walk_list(&*read, whole()).await, everything);
    assert_eq!(walk_list(&*read, of(&[WARD])).await, everything);
    assert_eq!(walk_list(&*read, of(&[OTHER_WARD])).await, thirds);
    assert_eq!(walk_list(&*read, of(&[WARD, OTHER_WARD])).await, everything);
    assert!(walk_list(&*read, of(&[])).await.is_empty());
}

on_every_database!(pages_of_a_worklist_are_complete_in_order_and_end_with_what_is_never_due);

async fn pages_of_a_worklist_are_complete_in_order_and_end_with_what_is_never_due(on: Backend) {
    let store = a_busy_province(on).await;
    let read = store.read().await.unwrap();
    for (scope, size) in [
        (whole(), 120),
        (of(&[WARD]), 120),
        (of(&[OTHER_WARD]), 40),
        (of(&[WARD, OTHER_WARD]), 120),
        (of(&[]), 0),
    ] {
        let walked = walk_worklist(&*read, scope.clone()).await;
        assert_eq!(walked.len(), size, "{scope:?}");
        let places: Vec<_> = walked
            .iter()
            .map(|dossier| (dossier.due().is_none(), dossier.due(), dossier.id))
            .collect();
        assert!(places.is_sorted(), "{scope:?}");
        let distinct: BTreeSet<_> = ids(&walked).into_iter().collect();
        assert_eq!(distinct.len(), size, "{scope:?}");
    }
}

on_every_database!(a_worklist_holds_only_open_dossiers);

async fn a_worklist_holds_only_open_dossiers(on: Backend) {
    let store = a_store(on).await;
    let written = store
        .write(vec![
            a_dossier(1).received_change(),
            a_dossier(2).received_change(),
        ])
        .await;
    store
        .write(vec![next(
            &written[0],
            10,
            at(1),
            vec![Event::Resolved(Resolved {
                results: Vec::new(),
            })],
        )])
        .await;
    let read = store.read().await.unwrap();
    for scope in [whole(), of(&[WARD]), of(&[WARD, OTHER_WARD])] {
        let page = WorklistPage::all(scope, None, 10);
        assert_eq!(ids(&read.worklist(&page).await.unwrap()), numbered(&[2]));
    }
}

#[tokio::test]
async fn every_status_that_is_open_is_in_the_worklist_of_its_province() {
    // The index covers exactly these codes, and the statement names them.
    let open: Vec<u8> = Status::ALL
        .into_iter()
        .filter(|status| status.is_open())
        .map(Status::code)
        .collect();
    assert_eq!(open, [1, 2, 4, 5, 6]);
}

on_every_database!(a_page_of_fifty_takes_one_statement);

async fn a_page_of_fifty_takes_one_statement(on: Backend) {
    let store = a_busy_province(on).await;
    let read = store.read().await.unwrap();
    for scope in [whole(), of(&[WARD]), of(&[WARD, OTHER_WARD])] {
        let before = store.statements();
        let page = WorklistPage::all(scope.clone(), None, 50);
        assert_eq!(read.worklist(&page).await.unwrap().len(), 50);
        let list = List {
            limit: 50,
            ..all(scope)
        };
        let listed = read.list(&list).await.unwrap();
        let wanted: Vec<_> = ids(&listed)
            .into_iter()
            .map(|id| (id, "applicant"))
            .collect();
        read.people(&province(), &wanted).await.unwrap();
        assert_eq!(store.statements() - before, 3);
    }
}

on_every_database!(a_list_is_narrowed_by_status_procedure_and_channel);

async fn a_list_is_narrowed_by_status_procedure_and_channel(on: Backend) {
    let store = a_store(on).await;
    let written = store
        .write(vec![
            a_dossier(1).received_change(),
            a_dossier(2).procedure("2.000815").received_change(),
            a_dossier(3).by(Channel::Post).received_change(),
        ])
        .await;
    store
        .write(vec![next(&written[0], 10, at(1), vec![advanced()])])
        .await;
    let read = store.read().await.unwrap();
    for scope in [whole(), of(&[WARD]), of(&[WARD, OTHER_WARD])] {
        let list = |change: fn(&mut List)| {
            let mut list = all(scope.clone());
            change(&mut list);
            list
        };
        for (list, expected) in [
            (
                list(|list| list.filter.statuses = vec![Status::Processing]),
                vec![1],
            ),
            (
                list(|list| list.filter.statuses = vec![Status::Received, Status::Processing]),
                vec![1, 2, 3],
            ),
            (
                list(|list| list.filter.statuses = vec![Status::Returned]),
                vec![],
            ),
            (
                list(|list| list.filter.procedure = ProcedureCode::parse("2.000815").ok()),
                vec![2],
            ),
            (
                list(|list| list.filter.channel = Some(Channel::Post)),
                vec![3],
            ),
        ] {
            let found = read.list(&list).await.unwrap();
            assert_eq!(ids(&found), numbered(&expected), "{list:?}");
        }
    }
}

fn find(scope: Scope) -> Search {
    Search {
        scope,
        code: None,
        tail: None,
        case: None,
        name: None,
        phone: None,
        limit: 10,
    }
}

on_every_database!(a_search_finds_by_code_name_or_telephone_newest_first_within_the_scope);

async fn a_search_finds_by_code_name_or_telephone_newest_first_within_the_scope(on: Backend) {
    let store = a_store(on).await;
    store
        .write(vec![
            a_dossier(1)
                .named("Mẫu Thị Đặng", "0900 111 222")
                .received_change(),
            a_dossier(2)
                .named("Đặng Văn Mẫu", "0900 333 444")
                .received_change(),
            a_dossier(3)
                .at(OTHER_WARD)
                .named("Mẫu Đặng 100% _", "0900 111 333")
                .received_change(),
            a_dossier(4)
                .in_province("01")
                .named("Mẫu Thị Đặng", "0900 111 222")
                .received_change(),
        ])
        .await;
    let read = store.read().await.unwrap();
    let name = |words: &str| Search {
        name: Some(words.into()),
        ..find(whole())
    };
    let phone = |digits: &str| Search {
        phone: Some(digits.into()),
        ..find(whole())
    };
    let code = |text: &str| Search {
        code: Some(text.into()),
        ..find(whole())
    };
    let tail = |text: &str| Search {
        tail: Some(text.into()),
        ..find(whole())
    };
    for (search, expected) in [
        (name("dang mau"), vec![3, 2, 1]),
        (name("thi"), vec![1]),
        (name("dan"), vec![3, 2, 1]),
        (name("dang binh"), vec![]),
        (name("%"), vec![3]),
        (name("_"), vec![3]),
        (name(" "), vec![]),
        (phone("0900111"), vec![3, 1]),
        (phone("222"), vec![1]),
        (phone("0011"), vec![]),
        (code("H60.02215-261121-0002"), vec![2]),
        (code("H60.02215-2611"), vec![2, 1]),
        (code("H60"), vec![3, 2, 1]),
        (code("G"), vec![]),
        (tail("0002"), vec![2]),
        (tail("261121-0002"), vec![2]),
        (tail("15-261121-0002"), vec![2]),
        (tail("261122-0002"), vec![]),
        (tail("002"), vec![]),
        (
            Search {
                scope: of(&[OTHER_WARD]),
                ..tail("0002")
            },
            vec![],
        ),
        (find(whole()), vec![]),
        (
            Search {
                code: Some("H60.02215-261121-0002".into()),
                ..name("thi")
            },
            vec![2, 1],
        ),
        (
            Search {
                limit: 2,
                ..name("mau")
            },
            vec![3, 2],
        ),
        (
            Search {
                scope: of(&[OTHER_WARD]),
                ..name("mau")
            },
            vec![3],
        ),
        (
            Search {
                scope: of(&[OTHER_WARD]),
                ..code("H60")
            },
            vec![3],
        ),
        (
            Search {
                scope: of(&[WARD, OTHER_WARD]),
                ..name("mau")
            },
            vec![3, 2, 1],
        ),
        (
            Search {
                scope: of(&[]),
                ..name("mau")
            },
            vec![],
        ),
    ] {
        let found = read.search(&search).await.unwrap();
        assert_eq!(ids(&found), numbered(&expected), "{search:?}");
    }
}

on_every_database!(the_feed_is_in_order_and_each_scope_sees_its_own);

async fn the_feed_is_in_order_and_each_scope_sees_its_own(on: Backend) {
    let store = a_store(on).await;
    let written = store
        .write(vec![
            a_dossier(1).received_change(),
            a_dossier(2).resolved_by(OTHER_WARD).received_change(),
            a_dossier(3).in_province("01").received_change(),
        ])
        .await;
    store
        .write(vec![next(&written[1], 10, at(1), vec![advanced()])])
        .await;
    store.settled().await;
    let read = store.read().await.unwrap();
    let feed = async |scope: Scope, after, limit| {
        let events = read.feed(&scope, after, u64::MAX, limit).await.unwrap();
        events
            .into_iter()
            .map(|(_, record)| (record.dossier, record.version))
            .collect::<Vec<_>>()
    };
    let mine = read.feed(&whole(), 0, u64::MAX, 10).await.unwrap();
    let places: Vec<u64> = mine.iter().map(|(place, _)| *place).collect();
    assert!(places.is_sorted_by(|a, b| a < b) && places[0] > 0);
    if on == Backend::Sqlite {
        assert_eq!(places, [1, 2, 4]);
    }
    assert_eq!(
        feed(whole(), 0, 10).await,
        [(id(1), 1), (id(2), 1), (id(2), 2)]
    );
    assert_eq!(feed(whole(), places[0], 1).await, [(id(2), 1)]);
    assert_eq!(
        feed(of(&[OTHER_WARD]), 0, 10).await,
        [(id(2), 1), (id(2), 2)]
    );
    assert_eq!(
        feed(of(&[WARD, OTHER_WARD]), 0, 10).await.len(),
        3,
        "an event that two units see is one event"
    );
    assert!(feed(of(&[]), 0, 10).await.is_empty());
    let elsewhere = Scope::Province(ProvinceCode::parse("01").unwrap());
    assert_eq!(feed(elsewhere.clone(), 0, 10).await, [(id(3), 1)]);
    assert!(feed(elsewhere, places[2], 10).await.is_empty());
    assert!(feed(whole(), places[2], 10).await.is_empty());
    assert!(feed(whole(), u64::MAX, 10).await.is_empty());
    let last = store.feed_head().await.unwrap().last;
    assert!(last >= places[2], "{last} is behind the last event");
    if on == Backend::Sqlite {
        assert_eq!(last, 4);
    }
    assert!(feed(whole(), last, 10).await.is_empty());
}

on_every_database!(a_batch_that_was_rolled_back_leaves_no_hole_in_the_feed);

async fn a_batch_that_was_rolled_back_leaves_no_hole_in_the_feed(on: Backend) {
    let store = a_store(on).await;
    store.write(vec![a_dossier(1).received_change()]).await;
    store
        .clash(vec![
            a_dossier(2).received_change(),
            a_dossier(3).request(1).received_change(),
        ])
        .await;
    store.write(vec![a_dossier(4).received_change()]).await;
    store.settled().await;
    let read = store.read().await.unwrap();
    let places: Vec<u64> = read
        .feed(&whole(), 0, u64::MAX, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|(place, _)| place)
        .collect();
    assert_eq!(places.len(), 2);
    if on == Backend::Sqlite {
        assert_eq!(places, [1, 2]);
    }
}
