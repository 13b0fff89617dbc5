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
    too_little(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(unix)]
fn too_little(room: u64) -> Option<String> {
    (room < ROOM_MIN).then(|| format!("the disk of the database has {} KiB left", room >> 10))
}

#[cfg(not(unix))]
pub(super) fn lacking(_: &Path) -> Option<String> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn too_little_is_told_with_how_much_it_is() {
        assert_eq!(too_little(ROOM_MIN), None);
        assert_eq!(
            too_little(ROOM_MIN - 1).as_deref(),
            Some("the disk of the database has 4095 KiB left")
        );
        assert_eq!(too_little(0).as_deref(), Some("the disk of the database has 0 KiB left"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_has_no_size_is_not_full() {
        assert_eq!(lacking(Path::new("/proc")), None);
    }
}
