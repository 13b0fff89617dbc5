//! What a power cut takes: the writes that no sync has followed.
//!
//! A process that is killed loses nothing of what it has written, for the system holds it. A machine that
//! loses its power does, and no file tells what that would be. So this stands in for the three calls by
//! which SQLite changes a file and makes it last, `pwrite64`, `ftruncate64` and `fsync`: each does what
//! the system's does, and before that notes what it overwrites. A program that links this crate has them
//! instead of the C library's. [`lose`] undoes in a copy of a file what was not synced.
//!
//! Only files in a folder that is watched are noted; one file is written by one thread at a time.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use libc::{c_int, c_void, off64_t, size_t, ssize_t};

static WATCHED: Mutex<Watched> =
    Mutex::new(Watched { folders: Vec::new(), files: BTreeMap::new() });

struct Watched {
    folders: Vec<PathBuf>,
    files: BTreeMap<PathBuf, Unsynced>,
}

/// The writes to a file since its last sync, in their order.
struct Unsynced {
    /// Another file may have got the name.
    inode: u64,
    writes: Vec<Undo>,
}

/// What undoes a write.
struct Undo {
    offset: u64,
    /// What stood there, as far as the file went.
    bytes: Vec<u8>,
    /// How long the file was.
    length: u64,
}

/// Notes from now on what is written in a folder, not in folders below it.
pub fn watch(folder: &Path) {
    watched().folders.push(folder.to_owned());
}

/// Notes nothing more in a folder, and forgets what was noted.
pub fn forget(folder: &Path) {
    let mut watched = watched();
    watched.folders.retain(|other| other != folder);
    watched.files.retain(|file, _| file.parent() != Some(folder));
}

/// Undoes in a copy of a file what was written to the file since its last sync, the last first, but for as
/// many writes as are said to have reached the disk, the first ones; how many were lost.
///
/// # Errors
///
/// When the copy cannot be written.
pub fn lose(file: &Path, copy: &Path, kept: impl FnOnce(usize) -> usize) -> io::Result<usize> {
    let Some(Unsynced { writes, .. }) = watched().files.remove(file) else { return Ok(0) };
    let kept = kept(writes.len());
    let copy = fs::OpenOptions::new().write(true).open(copy)?;
    let lost = writes.get(kept..).unwrap_or_default();
    for Undo { offset, bytes, length } in lost.iter().rev() {
        copy.write_all_at(bytes, *offset)?;
        copy.set_len(*length)?;
    }
    Ok(lost.len())
}

fn watched() -> MutexGuard<'static, Watched> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The file behind a descriptor, if it is watched.
fn file_of(fd: c_int) -> Option<PathBuf> {
    if watched().folders.is_empty() {
        return None;
    }
    let file = fs::read_link(format!("/proc/self/fd/{fd}")).ok()?;
    let folder = file.parent()?;
    watched().folders.iter().any(|other| other == folder).then_some(file)
}

/// So many bytes from an offset on are about to be others.
fn note(fd: c_int, offset: u64, count: Option<usize>) {
    let Some(file) = file_of(fd) else { return };
    let Some((inode, length)) = sizes(fd) else { return };
    let rest = usize::try_from(length.saturating_sub(offset)).unwrap_or(usize::MAX);
    let bytes = read(fd, offset, count.map_or(rest, |count| count.min(rest)));
    let mut watched = watched();
    let unsynced =
        watched.files.entry(file).or_insert_with(|| Unsynced { inode, writes: Vec::new() });
    if unsynced.inode != inode {
        *unsynced = Unsynced { inode, writes: Vec::new() };
    }
    unsynced.writes.push(Undo { offset, bytes, length });
}

/// The number of the file behind a descriptor, and its length.
#[expect(unsafe_code, reason = "the descriptor is another's, and must not be closed")]
fn sizes(fd: c_int) -> Option<(u64, u64)> {
    let mut stat = std::mem::MaybeUninit::<libc::stat64>::zeroed();
    // SAFETY: `stat` is room for what is written there, and all zeros are a valid value of it.
    let stat = unsafe {
        if libc::fstat64(fd, stat.as_mut_ptr()) != 0 {
            return None;
        }
        stat.assume_init()
    };
    Some((stat.st_ino, stat.st_size.cast_unsigned()))
}

#[expect(unsafe_code, reason = "as in `sizes`; a file closed here would lose the locks of SQLite")]
fn read(fd: c_int, offset: u64, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    // SAFETY: the pointer leads to `count` bytes that are ours.
    let read = unsafe { libc::pread64(fd, bytes.as_mut_ptr().cast(), count, offset.cast_signed()) };
    bytes.truncate(usize::try_from(read).unwrap_or_default());
    bytes
}

/// Writes, as the system's call of this name does.
///
/// # Safety
///
/// As there: `bytes` leads to `count` bytes.
#[expect(unsafe_code, reason = "it takes the place of the C library's")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite64(
    fd: c_int,
    bytes: *const c_void,
    count: size_t,
    offset: off64_t,
) -> ssize_t {
    note(fd, offset.cast_unsigned(), Some(count));
    // SAFETY: the system's call, with what the caller vouches for.
    unsafe { libc::syscall(libc::SYS_pwrite64, fd, bytes, count, offset) as ssize_t }
}

/// Cuts a file, as the system's call of this name does.
#[expect(unsafe_code, reason = "it takes the place of the C library's")]
#[unsafe(no_mangle)]
pub extern "C" fn ftruncate64(fd: c_int, length: off64_t) -> c_int {
    note(fd, length.cast_unsigned(), None);
    // SAFETY: the system's call; no memory is handed over.
    unsafe { libc::syscall(libc::SYS_ftruncate, fd, length) as c_int }
}

/// Syncs a file, as the system's call of this name does.
#[expect(unsafe_code, reason = "it takes the place of the C library's")]
#[unsafe(no_mangle)]
pub extern "C" fn fsync(fd: c_int) -> c_int {
    // SAFETY: the system's call; no memory is handed over.
    let done = unsafe { libc::syscall(libc::SYS_fsync, fd) as c_int };
    if done == 0
        && let Some(file) = file_of(fd)
    {
        watched().files.remove(&file);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is watched, with a file that holds this and was synced, and room for a copy.
    fn synced(text: &str) -> (tempfile::TempDir, fs::File, [PathBuf; 2]) {
        let folder = tempfile::tempdir().unwrap();
        watch(folder.path());
        let paths = ["file", "copy"].map(|name| folder.path().join(name));
        let file = fs::OpenOptions::new().read(true).write(true).create_new(true).open(&paths[0]);
        let file = file.unwrap();
        file.write_all_at(text.as_bytes(), 0).unwrap();
        file.sync_all().unwrap();
        (folder, file, paths)
    }

    /// What is left if so many of the unsynced writes have reached the disk.
    fn left(paths: &[PathBuf; 2], kept: usize) -> (usize, String) {
        fs::copy(&paths[0], &paths[1]).unwrap();
        let lost = lose(&paths[0], &paths[1], |_| kept).unwrap();
        (lost, fs::read_to_string(&paths[1]).unwrap())
    }

    #[test]
    fn what_was_synced_stays() {
        let (_folder, file, paths) = synced("Hello!");
        assert_eq!(left(&paths, 0), (0, "Hello!".to_owned()));
        file.write_all_at(b"J", 0).unwrap();
        file.sync_all().unwrap();
        assert_eq!(left(&paths, 0), (0, "Jello!".to_owned()));
    }

    #[test]
    fn what_was_not_is_as_it_was() {
        let (_folder, file, paths) = synced("Hello!");
        file.write_all_at(b"J", 0).unwrap();
        file.write_all_at(b"o, Bob, and all", 4).unwrap();
        file.set_len(3).unwrap();
        assert_eq!(left(&paths, 0), (3, "Hello!".to_owned()));
        assert_eq!(left(&paths, 0), (0, "Jel".to_owned()), "it was told once");
    }

    #[test]
    fn the_first_of_them_may_have_reached_the_disk() {
        let (_folder, file, paths) = synced("Hello!");
        file.write_all_at(b"J", 0).unwrap();
        file.write_all_at(b"y", 4).unwrap();
        assert_eq!(left(&paths, 1), (1, "Jello!".to_owned()));
    }

    #[test]
    fn another_file_of_the_same_name_begins_anew_and_what_is_not_watched_is_not_noted() {
        let (folder, file, paths) = synced("Hello!");
        file.write_all_at(b"J", 0).unwrap();
        fs::remove_file(&paths[0]).unwrap();
        let other = fs::File::create_new(&paths[0]).unwrap();
        other.write_all_at(b"other", 0).unwrap();
        assert_eq!(left(&paths, 0), (1, String::new()));
        other.write_all_at(b"O", 0).unwrap();
        forget(folder.path());
        other.write_all_at(b"T", 1).unwrap();
        assert_eq!(left(&paths, 0), (0, "OTher".to_owned()));
    }
}
