//! The inputs that are kept: text files for each target with one input a line, so that there are a few
//! files instead of thousands, and a change of them can be read. What is not printed as it is, and the
//! backslash itself, stands as `\xNN`.
//!
//! In `seeds/` lie those that people have written, which stay. In `corpus/` lie those that were found,
//! as few as lead everywhere: each time they are found anew.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::Target;

fn path(folder: &str, target: Target) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    folder.join(target.name).with_extension("txt")
}

/// All inputs of a target.
///
/// # Errors
///
/// A file is missing, or is not what [`write`] writes.
pub fn read(target: Target) -> io::Result<Vec<Vec<u8>>> {
    let mut inputs = inputs(&path("seeds", target))?;
    inputs.extend(self::inputs(&path("corpus", target))?);
    Ok(inputs)
}

/// Keeps these and no others as found, in order.
///
/// # Errors
///
/// The seeds cannot be read, or the file cannot be written.
pub fn write(target: Target, mut found: Vec<Vec<u8>>) -> io::Result<()> {
    let seeds = inputs(&path("seeds", target))?;
    found.retain(|input| !seeds.contains(input));
    found.sort();
    let lines: String = found.iter().map(|input| line(input) + "\n").collect();
    fs::write(path("corpus", target), lines)
}

fn inputs(path: &Path) -> io::Result<Vec<Vec<u8>>> {
    let inputs = fs::read_to_string(path)?.lines().map(input).collect::<Option<_>>();
    inputs.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn line(input: &[u8]) -> String {
    let shown = |byte: &u8| match byte {
        b' '..=b'~' if *byte != b'\\' => char::from(*byte).to_string(),
        byte => format!("\\x{byte:02x}"),
    };
    input.iter().map(shown).collect()
}

fn input(line: &str) -> Option<Vec<u8>> {
    let mut parts = line.split("\\x");
    let mut input = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (byte, rest) = part.split_at_checked(2)?;
        input.push(u8::from_str_radix(byte, 16).ok()?);
        input.extend(rest.as_bytes());
    }
    Some(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_read_as_it_was_written() {
        let all: Vec<u8> = (0..=255).chain(*b"\\x41\\").collect();
        for bytes in [b"".as_slice(), br#"{"a":1}"#, &all] {
            assert_eq!(input(&line(bytes)).as_deref(), Some(bytes));
        }
        assert_eq!(line(b"a\n\\"), r"a\x0a\x5c");
        assert_eq!(input(r"\xzz"), None);
    }
}
