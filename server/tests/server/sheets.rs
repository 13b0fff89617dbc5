//! The components' sheets on their way into `style/scoped.css`: what app/build.rs refuses, and how it
//! says so. The build script that made this very server is run on a house of our own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The last build script of the app that cargo made: `build/confab-app-*/build-script-build` beside
/// the folder of this test.
fn build_script() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let builds = test.parent().and_then(Path::parent).unwrap().join("build");
    let folders = fs::read_dir(builds).unwrap().map(|entry| entry.unwrap().path());
    let of_the_app = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("confab-app-"))
    };
    let scripts = folders.filter(of_the_app).map(|folder| folder.join("build-script-build"));
    let made = |script: &PathBuf| fs::metadata(script).unwrap().modified().unwrap();
    scripts.filter(|script| script.exists()).max_by_key(made).expect("the server needs the app")
}

/// Runs it on these sheets; gives what it wrote, or what it said.
fn build(sheets: &[(&str, &str)], prepare: impl FnOnce(&Path)) -> Result<String, String> {
    let house = tempfile::tempdir().unwrap();
    let app = house.path().join("app");
    fs::create_dir_all(app.join("src")).unwrap();
    fs::create_dir_all(house.path().join("style")).unwrap();
    for (name, text) in sheets {
        fs::write(app.join("src").join(name), text).unwrap();
    }
    prepare(house.path());
    let mut script = Command::new(build_script());
    let output = script
        .current_dir(&app)
        .env("CARGO_MANIFEST_DIR", &app)
        .env("OUT_DIR", house.path())
        .output()
        .unwrap();
    if output.status.success() {
        Ok(fs::read_to_string(house.path().join("style/scoped.css")).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

const ROW: (&str, &str) = ("row.css", ".row { color: red; }");

#[test]
fn sheets_of_different_lengths_are_scoped_apart() {
    let scoped = build(&[ROW, ("column.css", ".column { color: red; }")], |_| ()).unwrap();
    assert!(scoped.contains(".row.") && scoped.contains(".column."), "{scoped}");
}

#[test]
fn two_sheets_of_one_length_are_refused_by_name() {
    let told = build(&[ROW, ("box.css", ".box { color: red; }")], |_| ()).unwrap_err();
    for words in ["row.css", "box.css", "same number", "add a comment"] {
        assert!(told.contains(words), "{words} in {told}");
    }
}

#[test]
fn a_checkout_that_cannot_be_written_is_told_with_its_path() {
    let read_only = |house: &Path| fs::create_dir(house.join("style/scoped.css")).unwrap();
    let told = build(&[ROW], read_only).unwrap_err();
    for words in ["style/scoped.css", "cannot be written", "directory"] {
        assert!(told.contains(words), "{words} in {told}");
    }
}
