//! The inputs that are kept: a text file for each target with one input a line, so that there are a
//! few files instead of thousands, and a change of them can be read. What is not printed as it is, and
//! the backslash itself, stands as `\xNN`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::Target;

/// Where they lie.
fn path(target: Target) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    folder.join(target.name).with_extension("txt")
}

/// All inputs of a target.
///
/// # Errors
///
/// The file is missing, or is not what [`write`] writes.
pub fn read(target: Target) -> io::Result<Vec<Vec<u8>>> {
    let text = fs::read_to_string(path(target))?;
    let inputs = text.lines().map(input).collect::<Option<_>>();
    inputs.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Keeps these and no others, in order.
///
/// # Errors
///
/// The file cannot be written.
pub fn write(target: Target, mut inputs: Vec<Vec<u8>>) -> io::Result<()> {
    inputs.sort();
    let lines: String = inputs.iter().map(|input| line(input) + "\n").collect();
    fs::write(path(target), lines)
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
