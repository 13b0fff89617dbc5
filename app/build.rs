//! Scopes every `src/**/*.css` the way `stylers_macro::style_sheet!` names it, and writes the
//! result to `style/scoped.css`, which `style/main.css` imports (docs/decisions/002). The lab's
//! sheets are not downloaded with `/`: they go into a file of the build, which the server writes
//! into `/lab`.
//!
//! The scope class depends on the number of non-blank characters of a sheet and on nothing else,
//! so two sheets of one length would style each other: the build fails and says which two.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use stylers_core::{Class, from_str};

fn main() {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=../style/scoped.css");
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut sheets = Vec::new();
    collect(&package.join("src"), &mut sheets);
    sheets.sort();

    let mut owners: BTreeMap<String, PathBuf> = BTreeMap::new();
    let (mut css, mut lab) = (String::new(), String::new());
    for sheet in sheets {
        let text = fs::read_to_string(&sheet)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", sheet.display()));
        let class = Class::rand_class_from_seed(text.clone());
        if let Some(other) = owners.insert(class.as_name().to_owned(), sheet.clone()) {
            panic!(
                "{} and {} have the same scope class {}, because they have the same number of \
                 non-blank characters: add a comment to one of them",
                sheet.display(),
                other.display(),
                class.as_name()
            );
        }
        let place = if is_of_the_lab(&sheet) { &mut lab } else { &mut css };
        place.push_str(&from_str(&text, &class));
        place.push('\n');
    }
    write(&PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join("lab.css"), &lab);
    write(&package.join("../style/scoped.css"), &css);
}

/// `components/lab/…` and `pages/lab.css`.
fn is_of_the_lab(sheet: &Path) -> bool {
    sheet.iter().any(|part| part == "lab" || part == "lab.css")
}

fn write(file: &Path, css: &str) {
    // Left alone when nothing changed, so that `cargo leptos watch` stays quiet.
    if fs::read_to_string(file).ok().as_deref() != Some(css) {
        fs::write(file, css).unwrap_or_else(|error| {
            panic!(
                "{} cannot be written: {error}. It is made from the sheets of the components, so \
                 build where the checkout can be written",
                file.display()
            )
        });
    }
}

fn collect(folder: &Path, sheets: &mut Vec<PathBuf>) {
    let fail = |error| panic!("{} cannot be listed: {error}", folder.display());
    for entry in fs::read_dir(folder).unwrap_or_else(fail) {
        let path = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path();
        if path.is_dir() {
            collect(&path, sheets);
        } else if path.extension().is_some_and(|extension| extension == "css") {
            sheets.push(path);
        }
    }
}
