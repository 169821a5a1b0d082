//! Reads the stored bytes of an event in one go.
//!
//! A tagged enum makes serde keep all of an event before it knows the kind, and read it again after. That
//! is most of the time of a report that reads histories. Stored bytes have no white space, so the kind can
//! be cut out of them first.

use super::event::Event;

impl Event {
    /// Reads what [`Record::event_bytes`](super::event::Record::event_bytes) wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let known = kind_in(bytes).and_then(|kind| Event::read(kind, bytes));
        // Not of the stored form, or of no kind: serde says what is wrong.
        known.unwrap_or_else(|| serde_json::from_slice(bytes))
    }
}

/// The text under the key `kind` of an object.
fn kind_in(bytes: &[u8]) -> Option<&[u8]> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b'"' => {
                let text = text_at(bytes, at)?;
                let after = at + text.len() + 2;
                if depth == 1 && text == b"kind" && bytes.get(after..after + 2) == Some(b":\"") {
                    return text_at(bytes, after + 1);
                }
                at = after - 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The text whose opening mark stands at a place, as it is written.
fn text_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let begins = at + 1;
    let mut end = begins;
    loop {
        match bytes.get(end)? {
            b'"' => return bytes.get(begins..end),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_that_of_the_event_whatever_stands_in_it() {
        let stored = br#"{"a":[{"kind":"no"}],"b":"an \"kind\":\"no\"","kind":"stopped","z":"}"}"#;
        assert_eq!(kind_in(stored), Some(b"stopped".as_slice()));
        for none in [
            br#"{"a":{"kind":"stopped"}}"#.as_slice(),
            br#"{"kind":7}"#,
            br#"{"kind":"stopp\"#,
            br#"kind"#,
            b"",
        ] {
            assert_eq!(kind_in(none), None);
            assert!(Event::from_bytes(none).is_err());
        }
    }
}
