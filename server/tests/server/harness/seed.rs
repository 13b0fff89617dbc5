//! Tests that do things at random print by what, so that they can do the same again.

use std::{
    hash::{BuildHasher, RandomState},
    str::FromStr,
};

/// A number from the environment.
pub fn asked<T: FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Another seed each time, printed; or the one that is asked for.
pub fn seed() -> u64 {
    // The keys of a hash map are the randomness that the standard library has.
    let seed = asked("CONFAB_TEST_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    println!("again with CONFAB_TEST_SEED={seed}");
    seed
}
