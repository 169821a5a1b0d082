//! Small counts left out of what is published, so that nobody is recognised in them, not by subtraction
//! either.

/// A count above 0 and below this is left out.
pub const LEAST: u32 = 5;

/// A sum that everybody knows to hold: the first cell is the sum of the others. Cells are numbered row by
/// row.
type Equation = (usize, Vec<usize>);

/// A table of counts: the last row is the sum of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// How many columns it has.
    pub width: usize,
    /// The counts, row by row.
    pub counts: Vec<u32>,
    /// The sums within a row: a column, and those that add up to it.
    pub sums: Vec<(usize, Vec<usize>)>,
}

impl Table {
    /// The counts that may be published; none where one is left out.
    ///
    /// Left out are small counts, and as many others as it takes that no sum tells one of them.
    #[must_use]
    pub fn published(&self) -> Vec<Option<u32>> {
        let equations = self.equations();
        let mut hidden: Vec<bool> = self
            .counts
            .iter()
            .map(|count| (1..LEAST).contains(count))
            .collect();
        while let Some(told) = told_by_sums(&equations, &hidden) {
            // The least of what stands in a sum with it is the least loss.
            let beside = equations
                .iter()
                .filter(|(whole, parts)| *whole == told || parts.contains(&told))
                .flat_map(|(whole, parts)| std::iter::once(*whole).chain(parts.iter().copied()))
                .filter(|cell| !hidden[*cell])
                .min_by_key(|cell| self.loss(*cell))
                // All of these are left out already, and other sums still tell it.
                .or_else(|| {
                    let shown = (0..hidden.len()).filter(|cell| !hidden[*cell]);
                    shown.min_by_key(|cell| self.loss(*cell))
                });
            match beside {
                Some(cell) => hidden[cell] = true,
                None => break,
            }
        }
        let cells = self.counts.iter().zip(hidden);
        cells
            .map(|(count, hidden)| (!hidden).then_some(*count))
            .collect()
    }

    /// How much is lost with a cell; what is 0 hides nothing, so it goes last.
    fn loss(&self, cell: usize) -> (bool, u32) {
        (self.counts[cell] == 0, self.counts[cell])
    }

    fn equations(&self) -> Vec<Equation> {
        let rows = self.counts.len() / self.width;
        let mut equations = Vec::new();
        for row in 0..rows {
            let at = |column: &usize| row * self.width + column;
            for (whole, parts) in &self.sums {
                equations.push((at(whole), parts.iter().map(at).collect()));
            }
        }
        if rows > 1 {
            for column in 0..self.width {
                let at = |row: usize| row * self.width + column;
                equations.push((at(rows - 1), (0..rows - 1).map(at).collect()));
            }
        }
        equations
    }
}

/// A hidden cell that the sums tell, if there is one: the equations are solved for what is hidden.
fn told_by_sums(equations: &[Equation], hidden: &[bool]) -> Option<usize> {
    let unknown: Vec<usize> = (0..hidden.len()).filter(|cell| hidden[*cell]).collect();
    let place = |cell: usize| unknown.binary_search(&cell).ok();
    let mut rows: Vec<Vec<f64>> = equations
        .iter()
        .map(|(whole, parts)| {
            let mut row = vec![0.0; unknown.len()];
            if let Some(at) = place(*whole) {
                row[at] -= 1.0;
            }
            for part in parts {
                if let Some(at) = place(*part) {
                    row[at] += 1.0;
                }
            }
            row
        })
        .collect();
    let mut solved = 0;
    for column in 0..unknown.len() {
        let Some(pivot) = (solved..rows.len()).find(|row| rows[*row][column].abs() > NOTHING)
        else {
            continue;
        };
        rows.swap(solved, pivot);
        let factor = rows[solved][column];
        rows[solved].iter_mut().for_each(|value| *value /= factor);
        let by = rows[solved].clone();
        for (at, row) in rows.iter_mut().enumerate() {
            let times = row[column];
            if at != solved && times.abs() > NOTHING {
                row.iter_mut()
                    .zip(&by)
                    .for_each(|(own, by)| *own -= times * by);
            }
        }
        solved += 1;
    }
    rows[..solved].iter().find_map(|row| {
        let mut standing = (0..unknown.len()).filter(|at| row[*at].abs() > NOTHING);
        let first = standing.next()?;
        standing.next().is_none().then(|| unknown[first])
    })
}

const NOTHING: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    /// total = a + b, over two rows and their sum.
    fn table(counts: &[u32]) -> Table {
        Table {
            width: 3,
            counts: counts.to_vec(),
            sums: vec![(0, vec![1, 2])],
        }
    }

    #[test]
    fn a_small_count_is_left_out_with_as_many_others_as_subtraction_needs() {
        let one = table(&[40, 38, 2, 60, 30, 30, 100, 68, 32]);
        let published = one.published();
        assert_eq!(published[2], None, "2 is small");
        let hidden = |cells: &[usize]| {
            cells
                .iter()
                .filter(|cell| published[**cell].is_none())
                .count()
        };
        for sum in [
            [0, 1, 2],
            [3, 4, 5],
            [6, 7, 8],
            [0, 3, 6],
            [1, 4, 7],
            [2, 5, 8],
        ] {
            assert_ne!(hidden(&sum), 1, "{sum:?} in {published:?}");
        }
        let hidden: Vec<bool> = published.iter().map(Option::is_none).collect();
        assert_eq!(told_by_sums(&one.equations(), &hidden), None);
        assert!(published.iter().any(Option::is_some), "not all is lost");
    }

    #[test]
    fn what_has_no_small_count_is_published_whole() {
        let whole = table(&[40, 20, 20, 60, 30, 30, 100, 50, 50]);
        assert!(whole.published().iter().all(Option::is_some));
        let zero = table(&[40, 40, 0, 60, 30, 30, 100, 70, 30]);
        assert!(zero.published().iter().all(Option::is_some), "0 is nobody");
    }

    #[test]
    fn no_sum_of_sums_tells_what_was_left_out() {
        // Every table of small numbers that a simple generator makes.
        let mut seed = 7_u32;
        let mut next = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % below
        };
        for _ in 0..300 {
            let mut counts = Vec::new();
            let mut total = [0; 3];
            for _ in 0..4 {
                let (one, other) = (next(12), next(40));
                let row = [one + other, one, other];
                for (sum, count) in total.iter_mut().zip(row) {
                    *sum += count;
                }
                counts.extend(row);
            }
            counts.extend(total);
            let table = table(&counts);
            let published = table.published();
            let hidden: Vec<bool> = published.iter().map(Option::is_none).collect();
            assert_eq!(
                told_by_sums(&table.equations(), &hidden),
                None,
                "{counts:?}"
            );
            for (count, told) in counts.iter().zip(&published) {
                assert!(told.is_none() || *count == 0 || *count >= LEAST);
            }
        }
    }
}
