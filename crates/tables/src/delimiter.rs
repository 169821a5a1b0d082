//! Recognises the character between the cells of a text.

/// The possible delimiters. If the text favours none, the first.
const KNOWN: [u8; 4] = *b",;\t|";

/// How many lines are looked at.
const LINES: usize = 60;

/// The character with the largest product of two counts: rows that have it equally often, and how
/// often each has it.
pub fn of(sample: &[u8]) -> char {
    let counts = counted(sample);
    let weight = |at: usize| {
        let mut most = 0;
        for line in &counts {
            let same = counts.iter().filter(|other| other[at] == line[at]).count();
            most = Ord::max(most, same * line[at]);
        }
        most
    };
    let mut best = 0;
    for at in 1..KNOWN.len() {
        if weight(at) > weight(best) {
            best = at;
        }
    }
    char::from(KNOWN[best])
}

/// How often each delimiter stands in each of the first rows, outside quotes.
fn counted(sample: &[u8]) -> Vec<[usize; KNOWN.len()]> {
    let mut rows = vec![[0; KNOWN.len()]];
    let mut quoted = false;
    for (at, byte) in sample.iter().enumerate() {
        let is_edge = |byte: Option<&u8>| {
            byte.is_none_or(|byte| KNOWN.contains(byte) || matches!(byte, b'\n' | b'\r'))
        };
        match byte {
            b'"' if !quoted => {
                quoted = is_edge(at.checked_sub(1).and_then(|before| sample.get(before)));
            }
            b'"' => quoted = !is_edge(sample.get(at + 1)),
            b'\n' if !quoted => {
                if rows.len() == LINES {
                    return rows;
                }
                rows.push([0; KNOWN.len()]);
            }
            _ if quoted => {}
            other => {
                if let Some(known) = KNOWN.iter().position(|known| known == other) {
                    let last = rows.len() - 1;
                    rows[last][known] += 1;
                }
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_what_cuts_all_lines_alike() {
        for (text, expected) in [
            ("a,b,c\n1,2,3\n", ','),
            ("a;b;c\nTổ 1, phường;2;3\nTổ 2, phường;2;3\n", ';'),
            ("a\tb\n1,5\t2\n", '\t'),
            ("TITLE;;;\na;b;c;d\n1;2;3;4\n", ';'),
            ("a,b\n\"x;y;z;w\",2\n\"x;y;z;w\",2\n", ','),
            ("a,b\n\"x;\"\"y;z\",2\n\"x;y\n;z;w\",2\n", ','),
            ("alone\n1\n", ','),
            ("", ','),
        ] {
            assert_eq!(of(text.as_bytes()), expected, "{text}");
        }
    }
}
