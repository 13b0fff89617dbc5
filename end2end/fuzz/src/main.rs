//! The looking, with libFuzzer; `bin/fuzz` builds and runs it, and names the target in `FUZZ_TARGET`.

#![no_main]

use std::sync::LazyLock;

use fuzz::{TOO_LONG, Target};
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
    Target::named(&name).expect("FUZZ_TARGET names one of the targets")
});

fuzz_target!(|bytes: &[u8]| {
    let took = TARGET.time(bytes);
    assert!(took < TOO_LONG, "{} bytes took {took:?}", bytes.len());
});
