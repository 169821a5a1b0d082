//! In which encoding a text is.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1258};

/// The tone marks of windows-1258, each written after its vowel: huyền, hỏi, ngã, sắc, nặng.
const TONES: [u8; 5] = [0xcc, 0xd2, 0xde, 0xec, 0xf2];

/// Recognises the encoding of a text by its first bytes.
///
/// A byte order mark decides; valid UTF-8 is UTF-8. A text is windows-1258 only if tone marks
/// follow their vowels and most of its bytes beyond ASCII are not UTF-8. Any other text is UTF-8
/// with damaged rows, and the reader reports each of them.
pub fn of(sample: &[u8]) -> &'static Encoding {
    if let Some((encoding, _length)) = Encoding::for_bom(sample) {
        return encoding;
    }
    if let Some(encoding) = wide(sample) {
        return encoding;
    }
    let (mut letters, mut damaged) = (0, 0);
    for chunk in sample.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        damaged += chunk.invalid().len();
    }
    let tones = sample
        .windows(2)
        .filter(|pair| {
            (pair[0].is_ascii_alphabetic() || pair[0] >= 0xc0) && TONES.contains(&pair[1])
        })
        .count();
    if damaged > letters && tones > 0 {
        WINDOWS_1258
    } else {
        UTF_8
    }
}

/// Recognises UTF-16 without a byte order mark: in any header, every other byte of its letters is
/// zero.
fn wide(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |from: usize| {
        let bytes = sample.iter().skip(from).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let many = sample.len() / 8;
    if odd > many && odd > 4 * even {
        Some(UTF_16LE)
    } else if even > many && even > 4 * odd {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_seen_from_the_first_bytes() {
        let wide: Vec<u8> = "Số hồ sơ;Tên thủ tục hành chính"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (bytes, expected) in [
            (&b"\xef\xbb\xbfa"[..], UTF_8),
            (b"\xff\xfea\0", UTF_16LE),
            (&wide, UTF_16LE),
            ("Số hồ sơ".as_bytes(), UTF_8),
            (
                b"S\xf4\xec h\xf4\xcc s\xf5;Ti\xea\xec p nh\xe2\xf2 n",
                WINDOWS_1258,
            ),
            // Not Vietnamese: one damaged row is told, the others are read.
            (b"id,note\n1,caf\xe9\n", UTF_8),
            (b"", UTF_8),
        ] {
            assert_eq!(of(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_few_damaged_bytes_make_no_other_encoding_of_utf_8() {
        let mut text = "Trực tuyến (toàn trình);Nguyễn Thị Hoà\n"
            .repeat(3)
            .into_bytes();
        text.extend(b"Ho\xe0\xec\n");
        assert_eq!(of(&text), UTF_8);
    }
}
