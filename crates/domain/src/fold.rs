//! Text as people search it: without marks, case or double spaces.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The form in which names are compared and searched.
///
/// It decomposes, drops the marks, writes đ as d (decomposition leaves it), lower-cases and joins
/// words with single spaces. So `hoà`, `hòa` and `HOA` are one word, whether composed or not.
/// Databases fold only ASCII, so this function does it for them.
///
/// ```
/// assert_eq!(domain::fold::fold("  ĐẶNG  Thị Hoà "), "dang thi hoa");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Composes the text (NFC), trims it and takes out what cannot be seen, so that equal texts are
/// equal bytes and a name reads as it is stored.
///
/// ```
/// assert_eq!(domain::fold::compose(" Nguyễn\u{200b} \u{202e}An "), "Nguyễn An");
/// ```
#[must_use]
pub fn compose(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_unseen(*c)).collect();
    seen.trim().nfc().collect()
}

/// Marks of zero width, and those that turn the direction of reading: no Vietnamese text needs
/// them, and they make two names look alike or one look like another.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

/// The form in which names of columns and values of tables are compared: composed, trimmed, blanks
/// of any kind joined, letters small. Marks stay, because `đơn` and `don` are two words.
///
/// ```
/// assert_eq!(domain::fold::key("TRỰC\u{a0} TUYẾN "), "trực tuyến");
/// ```
#[must_use]
pub fn key(text: &str) -> String {
    let small: String = text.nfc().flat_map(char::to_lowercase).collect();
    small.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The digits of a telephone number, with +84 written as 0.
#[must_use]
pub fn phone_digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("84") {
        Some(rest) if digits.len() >= 11 => format!("0{rest}"),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_and_decomposed_names_are_one() {
        let composed = "Nguyễn Thị Hoà";
        let decomposed: String = composed.nfd().collect();
        assert_ne!(composed, decomposed);
        assert_eq!(fold(composed), fold(&decomposed));
        assert_eq!(compose(&decomposed), composed);
    }

    #[test]
    fn the_two_ways_to_place_a_tone_are_one() {
        assert_eq!(fold("hoà"), "hoa");
        assert_eq!(fold("hòa"), "hoa");
        assert_eq!(fold("Đặng"), "dang");
        assert_eq!(fold("ĐẶNG"), "dang");
    }

    #[test]
    fn a_phone_number_is_its_digits() {
        assert_eq!(phone_digits("+84 912 345 678"), "0912345678");
        assert_eq!(phone_digits("0912.345.678"), "0912345678");
    }
}
