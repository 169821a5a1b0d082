//! Work on two threads. A fit of a large log takes seconds, and few machines have one core.

use std::panic::resume_unwind;
use std::thread::scope;

/// Two results, each computed on a thread of its own.
pub(crate) fn both<A: Send, B>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B,
) -> (A, B) {
    scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panic) => resume_unwind(panic),
        }
    })
}

/// What `each` makes of all items, in their order; every half on a thread of its own.
pub(crate) fn halves<T: Sync, R: Send>(items: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (one, other) = items.split_at(items.len() / 2);
    let made = |items: &[T]| items.iter().map(&each).collect::<Vec<R>>();
    let (mut one, other) = both(|| made(one), || made(other));
    one.extend(other);
    one
}

#[cfg(test)]
mod tests {
    use super::halves;

    #[test]
    fn the_order_of_the_items_is_kept() {
        let items: Vec<u32> = (0..7).collect();
        assert_eq!(halves(&items, |item| item * 2), [0, 2, 4, 6, 8, 10, 12]);
        assert!(halves(&[] as &[u32], |item| *item).is_empty());
    }
}
