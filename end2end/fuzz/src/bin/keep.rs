//! Between the corpus and the folders that libFuzzer works on; `bin/fuzz` calls it.
//!
//! `keep unpack TARGET FOLDER` writes each input into a file, `keep pack TARGET FOLDER` keeps what lies
//! in the folder, and nothing else.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use fuzz::{Target, corpus};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["unpack", target, folder] => with(target, folder, unpack),
        ["pack", target, folder] => with(target, folder, pack),
        _ => Err("keep unpack|pack TARGET FOLDER".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn with(name: &str, folder: &str, act: fn(Target, &Path) -> io::Result<()>) -> Result<(), String> {
    let target = Target::named(name).ok_or_else(|| format!("there is no target {name}"))?;
    act(target, Path::new(folder)).map_err(|error| format!("{folder}: {error}"))
}

fn unpack(target: Target, folder: &Path) -> io::Result<()> {
    for (nth, input) in corpus::read(target)?.into_iter().enumerate() {
        fs::write(folder.join(format!("kept-{nth:04}")), input)?;
    }
    Ok(())
}

fn pack(target: Target, folder: &Path) -> io::Result<()> {
    let paths = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let paths: Vec<PathBuf> = paths.collect::<io::Result<_>>()?;
    let inputs = paths.iter().map(fs::read).collect::<io::Result<_>>()?;
    corpus::write(target, inputs)
}
