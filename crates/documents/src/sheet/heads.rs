//! The heads of a sheet. A head that neighbouring columns share becomes one merged cell.

use super::layout::LayoutColumn;

/// A cell among the heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// The text.
    pub text: String,
    /// The row of the upper edge, from 0.
    pub row: u16,
    /// The column of the left edge, from 0.
    pub column: u16,
    /// The height in rows.
    pub rows: u16,
    /// The width in columns.
    pub columns: u16,
}

/// How many rows the heads have.
pub(super) fn depth(columns: &[LayoutColumn]) -> u16 {
    let deepest = columns.iter().map(|column| column.head.len()).max();
    to_u16(deepest.unwrap_or(0))
}

/// The cells of the heads, row by row. The last head of a column reaches down to the numbers.
pub(super) fn merged(columns: &[LayoutColumn]) -> Vec<Head> {
    let depth = depth(columns);
    let mut heads = Vec::new();
    for row in 0..usize::from(depth) {
        let mut at = 0;
        while at < columns.len() {
            let path = &columns[at].head;
            if row >= path.len() {
                at += 1;
                continue;
            }
            let is_last = row + 1 == path.len();
            let same = |other: &LayoutColumn| {
                other.head.len() > row + 1 && other.head[..=row] == path[..=row]
            };
            let mut until = at + 1;
            while !is_last && until < columns.len() && same(&columns[until]) {
                until += 1;
            }
            heads.push(Head {
                text: path[row].clone(),
                row: to_u16(row),
                column: to_u16(at),
                rows: if is_last { depth - to_u16(row) } else { 1 },
                columns: to_u16(until - at),
            });
            at = until;
        }
    }
    heads
}

fn to_u16(number: usize) -> u16 {
    u16::try_from(number).expect("a sheet has fewer than 65536 columns")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(head: &[&str]) -> LayoutColumn {
        LayoutColumn {
            head: head.iter().map(|&text| text.to_owned()).collect(),
            mark: String::new(),
            value: "label".to_owned(),
        }
    }

    #[test]
    fn heads_that_neighbours_share_are_one_cell_and_short_ones_reach_down() {
        let columns = [
            column(&["STT"]),
            column(&["Nhận", "Tổng số"]),
            column(&["Nhận", "Trong kỳ", "Trực tuyến"]),
            column(&["Nhận", "Trong kỳ", "Trực tiếp"]),
            column(&["Xong", "Tổng số"]),
        ];
        let told: Vec<String> = merged(&columns)
            .iter()
            .map(|head| {
                let Head {
                    text,
                    row,
                    column,
                    rows,
                    columns,
                } = head;
                format!("{text} at {row},{column} over {rows}x{columns}")
            })
            .collect();
        assert_eq!(
            told,
            [
                "STT at 0,0 over 3x1",
                "Nhận at 0,1 over 1x3",
                "Xong at 0,4 over 1x1",
                "Tổng số at 1,1 over 2x1",
                "Trong kỳ at 1,2 over 1x2",
                "Tổng số at 1,4 over 2x1",
                "Trực tuyến at 2,2 over 1x1",
                "Trực tiếp at 2,3 over 1x1",
            ]
        );
    }
}
