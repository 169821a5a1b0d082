//! Lists of many cases in one piece of memory.
//!
//! A list of its own for each case would lie scattered between the parts of the log, and keep the
//! memory of a log that is gone from being used for anything else.

use std::ops::Deref;
use std::sync::Arc;

/// One case's part of a shared list.
#[derive(Debug, Clone)]
pub(crate) struct Part<T> {
    all: Arc<Vec<T>>,
    from: u32,
    to: u32,
}

impl<T> Part<T> {
    /// Cuts a list into parts that follow each other; `ends` says where each ends.
    pub fn cut(all: Vec<T>, ends: impl Iterator<Item = usize>) -> impl Iterator<Item = Part<T>> {
        let all = Arc::new(all);
        let mut from = 0;
        ends.map(move |end| {
            let to = u32::try_from(end).unwrap_or(u32::MAX);
            let all = Arc::clone(&all);
            Part {
                all,
                from: std::mem::replace(&mut from, to),
                to,
            }
        })
    }
}

impl<T> From<Vec<T>> for Part<T> {
    fn from(all: Vec<T>) -> Part<T> {
        Part {
            from: 0,
            to: u32::try_from(all.len()).unwrap_or(u32::MAX),
            all: Arc::new(all),
        }
    }
}

impl<T> Deref for Part<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        let all = self.all.get(self.from as usize..self.to as usize);
        all.unwrap_or_default()
    }
}

impl<'a, T> IntoIterator for &'a Part<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn parts_follow_each_other() {
        let parts: Vec<Part<u8>> = Part::cut(vec![1, 2, 3], [2, 2, 3].into_iter()).collect();
        let lists: Vec<&[u8]> = parts.iter().map(|part| &**part).collect();
        assert_eq!(lists, [&[1, 2][..], &[], &[3]]);
        assert_eq!(Part::from(vec![4, 5]).to_vec(), [4, 5]);
    }
}
