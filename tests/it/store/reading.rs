//! Reading one dossier, and the rows beside it.

use app::ports::{Store, StoreError};
use domain::dossier::private::{Content, Private, Words};
use domain::id::ProvinceCode;
use sea_orm::ConnectionTrait;

use crate::backend::Backend;

use super::data::{a_dossier, a_store, advanced, at, code, id, key, next, province};

on_every_database!(a_dossier_is_found_by_any_of_its_codes_within_its_province);

async fn a_dossier_is_found_by_any_of_its_codes_within_its_province(on: Backend) {
    let store = a_store(on).await;
    let mut change = a_dossier(1).received_change();
    change.codes = vec![code("G22.99-251225-020175")];
    store.write(vec![change]).await;
    let read = store.read().await.unwrap();
    for text in ["H60.02215-261121-0001", "G22.99-251225-020175"] {
        let found = read.by_code(&province(), &code(text)).await.unwrap();
        assert_eq!(found, Some(key(1)), "{text}");
    }
    let elsewhere = ProvinceCode::parse("01").unwrap();
    let text = code("H60.02215-261121-0001");
    assert_eq!(read.by_code(&elsewhere, &text).await.unwrap(), None);
    assert_eq!(
        read.by_code(&province(), &code("H60.02215-261121-0002"))
            .await
            .unwrap(),
        None
    );
}

on_every_database!(a_code_that_several_provinces_have_is_found_in_each);

async fn a_code_that_several_provinces_have_is_found_in_each(on: Backend) {
    let store = a_store(on).await;
    let shared = code("G22.99-251225-020175");
    for (number, province) in [(1, "24"), (2, "01"), (3, "08")] {
        let mut change = a_dossier(number).in_province(province).received_change();
        if number < 3 {
            change.codes = vec![shared.clone()];
        }
        store.write(vec![change]).await;
    }
    let read = store.read().await.unwrap();
    let found = read.holders(&shared).await.unwrap();
    let of = |province, number| (ProvinceCode::parse(province).unwrap(), id(number));
    assert_eq!(found, [of("01", 2), of("24", 1)]);
    // Each province counts for itself.
    let first = code("H60.02215-261121-0001");
    let found = read.holders(&first).await.unwrap();
    assert_eq!(found, [of("01", 2), key(3), of("24", 1)]);
    let nobodys = code("G22.99-251225-020176");
    assert_eq!(read.holders(&nobodys).await.unwrap(), []);
    assert!(
        read.dossier(&key(1)).await.unwrap().is_none(),
        "a dossier is not in another province"
    );
}

on_every_database!(personal_values_are_kept_apart_and_read_back_by_item);

async fn personal_values_are_kept_apart_and_read_back_by_item(on: Backend) {
    let store = a_store(on).await;
    let written = store
        .write(vec![
            a_dossier(1).received_change(),
            a_dossier(2).received_change(),
        ])
        .await;
    let mut change = next(&written[0], 10, at(1), vec![advanced()]);
    change.private = vec![Private {
        item: "2.reason".into(),
        content: Content::Words(Words::new("thiếu “bản sao”")),
    }];
    store.write(vec![change]).await;
    let read = store.read().await.unwrap();
    let private = read.private(&key(1)).await.unwrap();
    assert_eq!(private.len(), 2);
    assert_eq!(
        private["2.reason"],
        Content::Words(Words::new("thiếu “bản sao”"))
    );
    let wanted = [1, 2, 3].map(|number| (id(number), "applicant"));
    let applicants = read.people(&province(), &wanted).await.unwrap();
    assert_eq!(applicants.len(), 2);
    assert_eq!(applicants[&id(1)]["applicant"].name, "Mẫu Thị Đặng");
    assert!(read.people(&province(), &[]).await.unwrap().is_empty());
    for bytes in read.record_bytes(&key(1)).await.unwrap() {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("Mẫu") && !text.contains("0900"), "{text}");
    }
}

on_every_database!(the_pin_is_kept_as_a_hash);

async fn the_pin_is_kept_as_a_hash(on: Backend) {
    let store = a_store(on).await;
    store.write(vec![a_dossier(1).received_change()]).await;
    let read = store.read().await.unwrap();
    let hash = read.pin_hash(&key(1)).await.unwrap();
    assert_eq!(hash.as_deref(), Some("pin"));
    assert_eq!(read.pin_hash(&key(2)).await.unwrap(), None);
}

on_every_database!(a_row_that_cannot_be_is_named_exactly);

async fn a_row_that_cannot_be_is_named_exactly(on: Backend) {
    let store = a_store(on).await;
    store.write(vec![a_dossier(1).received_change()]).await;
    let db = store.raw().await;
    for (sql, wrong) in [
        ("UPDATE dossier SET fold = '{}'", "fold"),
        (
            "UPDATE dossier SET version = 2, fold = (SELECT fold FROM kept)",
            "version",
        ),
    ] {
        db.execute_unprepared("CREATE TABLE IF NOT EXISTS kept AS SELECT fold FROM dossier")
            .await
            .unwrap();
        db.execute_unprepared(sql).await.unwrap();
        let read = store.read().await.unwrap();
        let error = read.dossier(&key(1)).await.unwrap_err();
        assert!(
            matches!(
                &error,
                StoreError::Inconsistent { table: "dossier", id: row, column }
                    if *row == id(1).to_string() && *column == wrong
            ),
            "{error:?}"
        );
    }
}
