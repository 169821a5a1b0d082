//! Every wrong input is refused by name, in both languages, and nothing is written.

mod alike;
mod at_once;
mod codes;
mod kinds;
mod pages;
mod questions;
pub mod refused;
mod shape;
mod table;
mod unknown;

use serde_json::{Map, Value};

/// Puts a value at a path such as `items[0].note`; null removes what is there.
fn put(body: &mut Value, path: &str, value: Value) {
    let (head, rest) = match path.split_once('.') {
        Some((head, rest)) => (head, Some(rest)),
        None => (path, None),
    };
    let (name, index) = match head.strip_suffix(']').and_then(|head| head.split_once('[')) {
        Some((name, index)) => (name, Some(index.parse::<usize>().unwrap())),
        None => (head, None),
    };
    if body.is_null() {
        *body = Value::Object(Map::new());
    }
    let mut place = &mut body[name];
    if let Some(index) = index {
        if place.is_null() {
            *place = Value::Array(Vec::new());
        }
        let items = place.as_array_mut().unwrap();
        while items.len() <= index {
            items.push(Value::Null);
        }
        place = &mut items[index];
    }
    match rest {
        Some(rest) => put(place, rest, value),
        None if value.is_null() && index.is_none() => {
            body.as_object_mut().unwrap().remove(name);
        }
        None => *place = value,
    }
}

#[test]
fn a_value_is_put_where_its_path_says() {
    let mut body = serde_json::json!({ "a": 1, "items": [{ "note": "x" }] });
    put(&mut body, "items[0].note", "y".into());
    put(&mut body, "items[1].component", "z".into());
    put(&mut body, "person.name", "n".into());
    put(&mut body, "a", Value::Null);
    let expected = serde_json::json!({
        "items": [{ "note": "y" }, { "component": "z" }], "person": { "name": "n" },
    });
    assert_eq!(body, expected);
}
