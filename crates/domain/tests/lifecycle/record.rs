//! The bytes of an event: canonical, stable, and sufficient to fold a dossier.

use domain::dossier::{Dossier, Record, Status};
use serde_json::Value;

use crate::privacy::full_lives;
use crate::story::Story;

#[test]
fn an_event_is_these_bytes_and_no_others() {
    let story = Story::told(
        "1.013226 as shift-due",
        "3 Aug 10:00 received; 6 Aug 09:00 papers requested; 12 Aug 14:00 papers complete",
    );
    let text = String::from_utf8(story.records[2].to_bytes()).expect("UTF-8");
    assert_eq!(
        text,
        concat!(
            r#"{"actor":"nv-chairman","dossier":"01kyd4myg0003g000000000001","#,
            r#""event":{"answer_due":null,"components":[],"kind":"supplement_recorded","#,
            r#""moved":{"effective_due":1787306400000000,"promised_due":1787306400000000,"#,
            r#""provisional":false,"restarted":null}},"event_time":1786518000000000,"#,
            r#""province":"08","record_time":1786518000000000,"#,
            r#""request_id":"00000000-0000-4000-8000-000000000003","role":"chairman","#,
            r#""unit":"H60.02215","version":3}"#
        )
    );
}

/// Writes a tree with the keys of every object in order, and without spaces.
fn sorted(tree: &Value, text: &mut String) {
    match tree {
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.iter().collect();
            names.sort_by(|a, b| a.0.cmp(b.0));
            text.push('{');
            for (at, (name, value)) in names.into_iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "," });
                text.push_str(&format!("{name:?}:"));
                sorted(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "," });
                sorted(item, text);
            }
            text.push(']');
        }
        Value::Number(number) => {
            assert!(!number.is_f64(), "no fraction is ever written");
            text.push_str(&number.to_string());
        }
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&tree.to_string()),
    }
}

#[test]
fn the_bytes_have_sorted_names_and_no_space_and_read_back_to_themselves() {
    for life in full_lives() {
        let mut read = Vec::new();
        for record in &life.records {
            let bytes = record.to_bytes();
            assert_eq!(bytes, record.to_bytes(), "stable");
            let mut text = String::new();
            sorted(&serde_json::from_slice(&bytes).expect("JSON"), &mut text);
            assert_eq!(String::from_utf8(bytes.clone()).expect("UTF-8"), text);

            let back = Record::from_bytes(&bytes).expect("read back");
            assert_eq!(&back, record);
            assert_eq!(back.to_bytes(), bytes);
            read.push(back);
        }
        assert_eq!(Dossier::fold(&read).as_ref(), Some(life.dossier()));
    }
}

#[test]
fn a_history_that_does_not_begin_with_a_beginning_is_no_dossier() {
    let life = &full_lives()[3];
    assert_eq!(Dossier::fold(&[]), None);
    for at in 1..life.records.len() {
        assert_eq!(
            Dossier::fold(&life.records[at..]),
            None,
            "from version {}",
            at + 1
        );
    }
    assert_eq!(life.dossier().status(), Status::Returned);
}
