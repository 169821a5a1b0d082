//! What a fit learns from where there is too much.

/// Every so many-th of the things that come one after another: all of them until they are too many, then every
/// second one, every fourth, and so on. So each season and each procedure keeps its share, and the same things
/// leave the same ones.
pub(super) struct Thinned<T> {
    kept: Vec<(u64, T)>,
    come: u64,
    every: u64,
    most: usize,
}

impl<T> Thinned<T> {
    /// Keeps fewer than `most`, and at least half of that once they were as many.
    pub fn new(most: usize) -> Self {
        Self {
            kept: Vec::new(),
            come: 0,
            every: 1,
            most,
        }
    }

    /// The place of the next thing, if it is one to keep.
    pub fn next(&mut self) -> Option<u64> {
        let place = self.come;
        self.come += 1;
        place.is_multiple_of(self.every).then_some(place)
    }

    /// Keeps the thing at a place that [`Self::next`] gave.
    pub fn keep(&mut self, place: u64, thing: T) {
        if place.is_multiple_of(self.every) {
            self.kept.push((place, thing));
        }
        if self.kept.len() >= self.most {
            self.every *= 2;
            self.kept.retain(|(place, _)| place % self.every == 0);
        }
    }

    /// What was kept, in order.
    pub fn into_kept(self) -> Vec<T> {
        self.kept.into_iter().map(|(_, thing)| thing).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Thinned;

    fn kept_of(come: u64, most: usize) -> Vec<u64> {
        let mut thinned = Thinned::new(most);
        for number in 0..come {
            if let Some(place) = thinned.next() {
                assert_eq!(place, number);
                thinned.keep(place, number);
                assert!(thinned.kept.len() < most);
            }
        }
        thinned.into_kept()
    }

    #[test]
    fn all_are_kept_until_there_are_too_many_and_then_every_second() {
        assert_eq!(kept_of(9, 10), (0..9).collect::<Vec<_>>());
        assert_eq!(kept_of(10, 10), [0, 2, 4, 6, 8]);
        assert_eq!(kept_of(18, 10), [0, 2, 4, 6, 8, 10, 12, 14, 16]);
        assert_eq!(kept_of(19, 10), [0, 4, 8, 12, 16]);
    }

    #[test]
    fn what_is_kept_is_at_least_half_of_the_most_and_lies_evenly() {
        for come in 10..2_000 {
            let kept = kept_of(come, 10);
            assert!((5..10).contains(&kept.len()), "{come}: {kept:?}");
            let steps: Vec<u64> = kept.windows(2).map(|two| two[1] - two[0]).collect();
            assert!(
                steps.iter().all(|step| *step == steps[0]),
                "{come}: {kept:?}"
            );
        }
    }

    #[test]
    fn a_place_that_was_given_before_the_thinning_is_let_go_after_it() {
        let mut thinned = Thinned::new(2);
        let places: Vec<u64> = (0..4).filter_map(|_| thinned.next()).collect();
        assert_eq!(places, [0, 1, 2, 3]);
        for place in places {
            thinned.keep(place, place);
        }
        assert_eq!(thinned.into_kept(), [0]);
    }
}
