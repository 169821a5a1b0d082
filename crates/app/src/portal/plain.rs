//! What remotes say, without what may be personal; and when waiting is late.

use chrono::TimeDelta;
use domain::time::Instant;

/// Text from a remote without long numbers, which may be a person's.
#[must_use]
pub fn without_numbers(text: &str, most: usize) -> String {
    let mut masked = String::new();
    let mut digits = String::new();
    let flush = |digits: &mut String, masked: &mut String| {
        if digits.len() >= LONG_NUMBER {
            masked.push_str("***");
            masked.push_str(&digits[digits.len() - 3..]);
        } else {
            masked.push_str(digits);
        }
        digits.clear();
    };
    for letter in text.chars().take(most) {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            flush(&mut digits, &mut masked);
            masked.push(if letter.is_control() { ' ' } else { letter });
        }
    }
    flush(&mut digits, &mut masked);
    masked
}

/// Identity numbers have nine digits and more, telephones too; dates and codes have fewer in a row.
const LONG_NUMBER: usize = 9;

/// Whether what waits for a remote waits too long.
#[must_use]
pub fn is_late(oldest: Option<Instant>, now: Instant, within: TimeDelta) -> bool {
    oldest.is_some_and(|oldest| now - oldest > within)
}

/// Whether all dossiers are to be compared again: once a day.
#[must_use]
pub fn comparison_is_due(last: Option<Instant>, now: Instant) -> bool {
    last.is_none_or(|last| now - last > TimeDelta::hours(12))
}

#[cfg(test)]
mod tests {
    use domain::time;

    use super::*;

    #[test]
    fn all_is_compared_once_a_day() {
        let at = |day: u32, hour: u32| {
            let day = chrono::NaiveDate::from_ymd_opt(2026, 8, day).unwrap();
            time::instant(day, chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap())
        };
        assert!(comparison_is_due(None, at(3, 2)));
        assert!(!comparison_is_due(Some(at(3, 1)), at(3, 3)), "not twice");
        assert!(comparison_is_due(Some(at(3, 1)), at(4, 1)));
    }

    #[test]
    fn a_remotes_words_lose_long_numbers_and_keep_codes() {
        let said = "Số 012345678901 của H60.02215-260803-0001 đã có\n";
        assert_eq!(
            without_numbers(said, 500),
            "Số ***901 của H60.02215-260803-0001 đã có "
        );
        assert_eq!(without_numbers("abcdef", 3), "abc");
    }
}
