//! Tokens, and the catalogue versions in use.

use app::ports::{Published, Store, Token, WriteCatalogue, WriteTokens};
use domain::role::Role;

use crate::backend::Backend;

use super::data::{OTHER_WARD, WARD, a_store, actor, at, province, unit};

fn a_token(id: &str) -> Token {
    Token {
        id: id.into(),
        hash: format!("hash of {id}"),
        actor: actor(),
        role: Role::Receptionist,
        also: vec![Role::Officer],
        province: province(),
        units: vec![unit(WARD), unit(OTHER_WARD)],
        created: at(0),
        expires: at(10_000),
        revoked: None,
        used: None,
    }
}

on_every_database!(a_token_is_found_by_the_hash_of_its_secret);

async fn a_token_is_found_by_the_hash_of_its_secret(on: Backend) {
    let store = a_store(on).await;
    store.add_token(&a_token("one")).await.unwrap();
    store.add_token(&a_token("two")).await.unwrap();
    let read = store.read().await.unwrap();
    let found = read.token("hash of two").await.unwrap();
    assert_eq!(found, Some(a_token("two")));
    assert_eq!(read.token("hash of three").await.unwrap(), None);
    assert_eq!(
        read.tokens().await.unwrap(),
        [a_token("one"), a_token("two")]
    );
}

on_every_database!(a_token_is_added_once);

async fn a_token_is_added_once(on: Backend) {
    let store = a_store(on).await;
    store.add_token(&a_token("one")).await.unwrap();
    assert!(store.add_token(&a_token("one")).await.is_err());
}

on_every_database!(revoking_twice_keeps_the_first_time_and_an_unknown_token_is_said_to_be_none);

async fn revoking_twice_keeps_the_first_time_and_an_unknown_token_is_said_to_be_none(on: Backend) {
    let store = a_store(on).await;
    store.add_token(&a_token("one")).await.unwrap();
    assert!(store.revoke_token("one", at(1)).await.unwrap());
    assert!(store.revoke_token("one", at(2)).await.unwrap());
    assert!(!store.revoke_token("two", at(1)).await.unwrap());
    let read = store.read().await.unwrap();
    let token = read.token("hash of one").await.unwrap().unwrap();
    assert_eq!(token.revoked, Some(at(1)));
}

on_every_database!(a_published_version_stays_as_it_was_and_a_differing_one_is_returned);

async fn a_published_version_stays_as_it_was_and_a_differing_one_is_returned(on: Backend) {
    let store = a_store(on).await;
    let version = |number, hash: &str| Published {
        kind: "procedure".into(),
        code: "1.001193".into(),
        version: number,
        hash: hash.into(),
    };
    let first = [version(1, "a"), version(2, "b")];
    assert!(store.publish(&first).await.unwrap().is_empty());
    assert!(store.publish(&first).await.unwrap().is_empty());
    let changed = [version(1, "changed"), version(2, "b"), version(3, "c")];
    assert_eq!(store.publish(&changed).await.unwrap(), [version(1, "a")]);
    assert_eq!(store.publish(&changed).await.unwrap(), [version(1, "a")]);
    assert!(store.publish(&[]).await.unwrap().is_empty());
}
