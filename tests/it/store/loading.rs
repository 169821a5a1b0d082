//! What the store loads for a batch of commands.

use app::ports::{PersonKey, Store, Wanted, WriteBatches};
use domain::dossier::Event;
use domain::dossier::acts::resolve::Resolved;
use domain::id::{ProcedureCode, ProvinceCode};

use crate::backend::Backend;

use super::data::{
    a_dossier, a_store, actor, advanced, assigned, at, code, content, id, key, next, province,
    request,
};

fn same_person(person: &str) -> PersonKey {
    PersonKey {
        province: province(),
        procedure: ProcedureCode::parse("1.001193").unwrap(),
        person: person.into(),
        unnumbered: false,
        since: at(-60),
    }
}

on_every_database!(dossiers_are_found_with_their_salts);

async fn dossiers_are_found_with_their_salts(on: Backend) {
    let store = a_store(on).await;
    let written = store
        .write(vec![
            a_dossier(1).received_change(),
            a_dossier(2).received_change(),
        ])
        .await;
    let loaded = store
        .load(&Wanted {
            dossiers: vec![key(1), key(2), key(3)],
            ..Wanted::default()
        })
        .await
        .unwrap();
    assert_eq!(loaded.dossiers.len(), 2);
    let held = &loaded.dossiers[&key(2)];
    assert_eq!(held.dossier, written[1]);
    assert_eq!(held.salt.unwrap().as_bytes(), &[2; 16]);
}

on_every_database!(an_erased_salt_is_none);

async fn an_erased_salt_is_none(on: Backend) {
    use sea_orm::ConnectionTrait;
    let store = a_store(on).await;
    store.write(vec![a_dossier(1).received_change()]).await;
    let db = store.raw().await;
    db.execute_unprepared("UPDATE secret SET salt = NULL, person = NULL")
        .await
        .unwrap();
    let read = store.read().await.unwrap();
    let held = read.dossier(&key(1)).await.unwrap().unwrap();
    assert!(held.salt.is_none());
}

on_every_database!(a_request_that_was_answered_is_found_with_the_version_that_answered_it);

async fn a_request_that_was_answered_is_found_with_the_version_that_answered_it(on: Backend) {
    let store = a_store(on).await;
    let written = store.write(vec![a_dossier(1).received_change()]).await;
    store
        .write(vec![next(
            &written[0],
            10,
            at(1),
            vec![advanced(), assigned("nv-binh")],
        )])
        .await;
    let name = |number| (province(), actor(), request(number));
    let loaded = store
        .load(&Wanted {
            requests: vec![name(10), name(1), name(11)],
            ..Wanted::default()
        })
        .await
        .unwrap();
    assert_eq!(loaded.requests.len(), 2);
    let seen = &loaded.requests[&name(10)];
    assert_eq!((seen.dossier, seen.version), (id(1), 3));
    assert_eq!(seen.content, content(10));
    assert_eq!(seen.salt.unwrap().as_bytes(), &[1; 16]);
    assert_eq!(loaded.requests[&name(1)].version, 1);
}

on_every_database!(the_same_request_id_of_another_province_is_another_request);

async fn the_same_request_id_of_another_province_is_another_request(on: Backend) {
    let store = a_store(on).await;
    store
        .write(vec![
            a_dossier(1).request(7).received_change(),
            a_dossier(2).request(7).in_province("01").received_change(),
        ])
        .await;
    let name = (ProvinceCode::parse("01").unwrap(), actor(), request(7));
    let loaded = store
        .load(&Wanted {
            requests: vec![name.clone()],
            ..Wanted::default()
        })
        .await
        .unwrap();
    assert_eq!(loaded.requests[&name].dossier, id(2));
}

on_every_database!(codes_are_found_with_who_has_them);

async fn codes_are_found_with_who_has_them(on: Backend) {
    let store = a_store(on).await;
    let taken = code("G22.99.08-261121-000001");
    store
        .write(vec![a_dossier(1).submitted_change(taken.as_str())])
        .await;
    let loaded = store
        .load(&Wanted {
            codes: vec![
                (province(), taken.clone()),
                (province(), code("G22.99.08-261121-000002")),
                (ProvinceCode::parse("01").unwrap(), taken.clone()),
            ],
            ..Wanted::default()
        })
        .await
        .unwrap();
    assert_eq!(loaded.codes.len(), 1);
    assert_eq!(loaded.codes[&(province(), taken)], id(1));
}

on_every_database!(a_person_with_an_open_dossier_of_the_procedure_is_found_by_its_label);

async fn a_person_with_an_open_dossier_of_the_procedure_is_found_by_its_label(on: Backend) {
    let store = a_store(on).await;
    store
        .write(vec![
            a_dossier(1).of("anna").received_change(),
            a_dossier(2).of("anna").received_change(),
            a_dossier(3)
                .of("other procedure")
                .procedure("2.000815")
                .received_change(),
            a_dossier(4)
                .of("too early")
                .received(at(-61))
                .received_change(),
            a_dossier(5)
                .of("just in time")
                .received(at(-60))
                .received_change(),
        ])
        .await;
    let ended = store
        .write(vec![a_dossier(6).of("ended").received_change()])
        .await;
    store
        .write(vec![next(
            &ended[0],
            60,
            at(1),
            vec![Event::Resolved(Resolved {
                results: Vec::new(),
            })],
        )])
        .await;
    let wanted = [
        "anna",
        "other procedure",
        "too early",
        "just in time",
        "ended",
        "nobody",
    ];
    let loaded = store
        .load(&Wanted {
            people: wanted.iter().map(|person| same_person(person)).collect(),
            ..Wanted::default()
        })
        .await
        .unwrap();
    assert_eq!(loaded.people.len(), 2);
    assert_eq!(
        loaded.people[&same_person("anna")],
        "H60.02215-261121-0002",
        "the newest"
    );
    assert!(loaded.people.contains_key(&same_person("just in time")));
}

on_every_database!(loading_takes_one_statement_however_much_is_wanted);

async fn loading_takes_one_statement_however_much_is_wanted(on: Backend) {
    let store = a_store(on).await;
    let batch = (0..50).map(|number| a_dossier(number).of("anna").received_change());
    store.write(batch.collect()).await;
    let before = store.statements();
    let loaded = store
        .load(&Wanted {
            dossiers: (0..50).map(key).collect(),
            requests: (0..50)
                .map(|number| (province(), actor(), request(number)))
                .collect(),
            codes: vec![(province(), code("H60.02215-261121-0001"))],
            people: vec![same_person("anna")],
            histories: (0..50).map(key).collect(),
            ..Wanted::default()
        })
        .await
        .unwrap();
    assert_eq!((loaded.dossiers.len(), loaded.requests.len()), (50, 50));
    assert_eq!(loaded.histories.len(), 50);
    // Histories, which only jobs need, take one more statement.
    assert_eq!(store.statements() - before, 2);
}

on_every_database!(nothing_wanted_asks_nothing);

async fn nothing_wanted_asks_nothing(on: Backend) {
    let store = a_store(on).await;
    store.load(&Wanted::default()).await.unwrap();
    assert_eq!(store.statements(), 0);
}
