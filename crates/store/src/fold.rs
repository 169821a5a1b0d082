//! A dossier as its row keeps it: JSON, without what stands beside it.
//!
//! Its id is a column. Members that usually say the same stand once, under a name of their own. A row of an
//! earlier version has every member and is read as it is.

use std::borrow::Cow;

use domain::dossier::Dossier;

/// Members that follow each other, and the one that stands for them while they are equal: in the order in which
/// a dossier is written. No member of a dossier has such a name, and what catalogues name are values in it,
/// never names of members.
const ALIKE: [(&str, &[&str]); 3] = [
    ("\"units\":", &["receiving", "resolving", "returning"]),
    ("\"still\":", &["since", "last"]),
    (
        "\"dues\":",
        &["original_due", "effective_due", "promised_due"],
    ),
];

/// What the row of a dossier keeps.
pub(crate) fn kept(dossier: &Dossier) -> String {
    let whole = serde_json::to_string(dossier).expect("a dossier holds only texts and numbers");
    let kept = shortened(&whole);
    debug_assert!(
        gives(&kept, dossier),
        "{whole} would be read otherwise from {kept}"
    );
    kept
}

fn gives(kept: &str, dossier: &Dossier) -> bool {
    let text = self::whole(&dossier.id.to_string(), kept);
    serde_json::from_str::<Dossier>(&text).is_ok_and(|read| read == *dossier)
}

/// The same of a dossier that was written whole.
pub(crate) fn shortened(whole: &str) -> String {
    let mut text = without_id(whole);
    for (one, members) in ALIKE {
        if let Some((from, until, value)) = alike(&text, members) {
            let short = format!("{one}{value}");
            text.replace_range(from..until, &short);
        }
    }
    text
}

/// The JSON of the dossier in a row.
pub(crate) fn whole<'a>(id: &str, kept: &'a str) -> Cow<'a, str> {
    let Some(rest) = kept.strip_prefix('{') else {
        return Cow::Borrowed(kept);
    };
    if rest.starts_with("\"id\":") {
        return Cow::Borrowed(kept);
    }
    let mut text = String::with_capacity(kept.len() + 256);
    text.extend(["{\"id\":\"", id, "\","]);
    let mut rest = rest;
    for (one, members) in ALIKE {
        if let Some((before, behind)) = rest.split_once(one) {
            let value = value_at(behind, 0);
            text.push_str(before);
            push_all(&mut text, members, value);
            rest = &behind[value.len()..];
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The id comes first.
fn without_id(whole: &str) -> String {
    let rest = whole
        .strip_prefix("{\"id\":")
        .and_then(|rest| rest.split_once(','));
    rest.map_or_else(|| whole.to_owned(), |(_, rest)| format!("{{{rest}"))
}

/// Where these members stand with one value.
fn alike<'a>(text: &'a str, members: &[&str]) -> Option<(usize, usize, &'a str)> {
    let first = format!("\"{}\":", members.first()?);
    text.match_indices(&first).find_map(|(from, _)| {
        let value = value_at(text, from + first.len());
        let all = all(members, value);
        let is_here = text[from..].starts_with(&all);
        is_here.then(|| (from, from + all.len(), value))
    })
}

fn all(members: &[&str], value: &str) -> String {
    let mut text = String::new();
    push_all(&mut text, members, value);
    text
}

fn push_all(text: &mut String, members: &[&str], value: &str) {
    for (place, name) in members.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.extend(["\"", name, "\":", value]);
    }
}

/// A code or a number that begins at a place: neither holds what ends it.
fn value_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let end = rest.find([',', '}']).unwrap_or(rest.len());
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"id":"01m8qx2e1t9v4fwxw9hmm283b8","province":"08","version":5,"code":"H60.00694-261201-0217","procedure":"1.004873","procedure_version":1,"case":"standard","kind":"procedure","channel":"desk","receiving":"H60.00694","resolving":"H60.00694","returning":"H60.00694","state":{"is":"returned"},"received":1796098570298757,"ended":1796098570344735,"returned":1796098570358054,"since":1796098570358054,"last":1796098570358054,"clock":{"started":1796098570298757,"policy":"shift-due","original_due":1796378400000000,"effective_due":1796378400000000,"promised_due":1796378400000000},"custody":{"holder":{"actor":"nv-an","unit":"H60.00694","since":1796098570298757}}}"#;

    fn dossier(text: &str) -> Dossier {
        serde_json::from_str(text).unwrap()
    }

    fn read(kept: &str) -> Dossier {
        dossier(&whole("01m8qx2e1t9v4fwxw9hmm283b8", kept))
    }

    #[test]
    fn what_a_row_keeps_gives_the_dossier_again_and_is_a_third_shorter() {
        let kept = kept(&dossier(WHOLE));
        assert_eq!(read(&kept), dossier(WHOLE));
        assert_eq!(
            kept,
            r#"{"province":"08","version":5,"code":"H60.00694-261201-0217","procedure":"1.004873","procedure_version":1,"case":"standard","kind":"procedure","channel":"desk","units":"H60.00694","state":{"is":"returned"},"received":1796098570298757,"ended":1796098570344735,"returned":1796098570358054,"still":1796098570358054,"clock":{"started":1796098570298757,"policy":"shift-due","dues":1796378400000000},"custody":{"holder":{"actor":"nv-an","unit":"H60.00694","since":1796098570298757}}}"#
        );
    }

    #[test]
    fn a_catalogue_may_call_a_component_as_a_row_calls_several_members() {
        let named = WHOLE
            .replace(
                r#""channel":"desk""#,
                r#""channel":"desk","components":["units","still","dues"]"#,
            )
            .replace(r#""returning":"H60.00694""#, r#""returning":"H60.00700""#);
        let read = read(&kept(&dossier(&named)));
        assert_eq!(read, dossier(&named));
        assert_eq!(read.components.len(), 3);
    }

    #[test]
    fn members_that_differ_stay_and_an_older_row_is_read_as_it_is() {
        for (usual, other) in [
            (r#""resolving":"H60.00694""#, r#""resolving":"H60.00700""#),
            (r#""returning":"H60.00694""#, r#""returning":"H60.00700""#),
            (r#""last":1796098570358054"#, r#""last":1796098570358055"#),
            (
                r#","promised_due":1796378400000000"#,
                r#","promised_due":1796378400000001"#,
            ),
            (r#","promised_due":1796378400000000"#, ""),
        ] {
            let text = WHOLE.replace(usual, other);
            assert_ne!(text, WHOLE);
            let kept = kept(&dossier(&text));
            assert_eq!(read(&kept), dossier(&text), "{other}");
            assert_ne!(read(&kept), dossier(WHOLE), "{other}");
        }
        assert_eq!(read(WHOLE), dossier(WHOLE));
        assert!(serde_json::from_str::<Dossier>(&whole("", "no JSON")).is_err());
    }
}
