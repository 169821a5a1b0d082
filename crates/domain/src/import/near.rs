//! Finds the known word that somebody may have meant.

use crate::fold::{fold, key};

/// The known word nearest to a text; none if no word is near enough.
///
/// Marks, case and blanks add no distance, nor does a leading zero that a spreadsheet removed from
/// a number.
#[must_use]
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = fold(text);
    if given.is_empty() {
        return None;
    }
    let is_number = given
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    // One letter in four may be wrong. In a number only leading zeros may be missing, because
    // another digit is another number.
    let most = if is_number {
        0
    } else {
        given.chars().count() / 4
    };
    known
        .into_iter()
        .filter(|word| key(word) != key(text))
        .filter_map(|word| {
            let folded = fold(word);
            let bare = folded.trim_start_matches('0');
            let distance = if is_number && bare == given.trim_start_matches('0') {
                0
            } else {
                strsim::osa_distance(&given, &folded)
            };
            (distance <= most).then_some((distance, word))
        })
        .min()
        .map(|(_, word)| word)
}

/// `; did you mean X?`, or nothing.
#[must_use]
pub fn did_you_mean<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(text, known).map_or_else(String::new, |word| format!("; did you mean `{word}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_mark_a_slip_and_a_lost_zero_are_near() {
        let known = ["UBND phường Minh Xuân", "UBND phường Nông Tiến", "02212"];
        let near = |text| nearest(text, known);
        assert_eq!(near("UBND phuong Minh Xuan"), Some(known[0]));
        assert_eq!(near("UBND phường Nông Tiên"), Some(known[1]));
        assert_eq!(near("UBND phường Mnih Xuân"), Some(known[0]));
        assert_eq!(near("2212"), Some("02212"));
    }

    #[test]
    fn another_number_and_another_word_are_not_near() {
        assert_eq!(nearest("2213", ["02212"]), None);
        assert_eq!(nearest("Điện tử", ["Trực tiếp"]), None);
        assert_eq!(nearest("", ["Trực tiếp"]), None);
    }
}
