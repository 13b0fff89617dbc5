//! Whether there is room on the disk for what people may say next.
//!
//! A probe that writes a page says that a page could be written. On a full disk the last pages of what
//! the system had given already are left over now and then: each takes a probe, and none a message.

use std::path::Path;

/// With less, the next group of messages may not fit: the write-ahead log grows by about as much before
/// it is carried over.
const ROOM_MIN: u64 = 4 << 20;

/// What is wrong if there is too little; nothing where the system does not tell.
#[cfg(unix)]
pub(super) fn lacking(folder: &Path) -> Option<String> {
    let disk = rustix::fs::statvfs(folder).ok().filter(|disk| disk.f_blocks > 0)?;
    let room = disk.f_bavail.saturating_mul(disk.f_frsize);
    (room < ROOM_MIN).then(|| format!("the disk has {} KiB left", room >> 10))
}

#[cfg(not(unix))]
pub(super) fn lacking(_: &Path) -> Option<String> {
    None
}
