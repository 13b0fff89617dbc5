//! Lists whose items each have a signal of their own, so that a change draws one row anew and no
//! other.

use leptos::prelude::*;

/// A value with a key that never changes.
pub trait Keyed: PartialEq + Send + Sync + 'static {
    /// Whether both have the same key.
    fn is(&self, other: &Self) -> bool;
}

/// The signals of these values. A value that was there already keeps its signal, and tells it only
/// what is new. Both are in nearly the same order: each search begins where the last one ended.
pub fn renewed<T: Keyed>(shown: Vec<ArcRwSignal<T>>, now: Vec<T>) -> Vec<ArcRwSignal<T>> {
    let mut from = 0;
    let signal = |value: T| {
        let is_it = |place: &usize| shown[*place].with_untracked(|shown| shown.is(&value));
        let Some(place) = (from..shown.len()).chain(0..from).find(is_it) else {
            return ArcRwSignal::new(value);
        };
        from = place + 1;
        let signal = shown[place].clone();
        if signal.with_untracked(|shown| *shown != value) {
            signal.set(value);
        }
        signal
    };
    now.into_iter().map(signal).collect()
}
