//! Scopes every `src/**/*.css` the way `stylers_macro::style_sheet!` names it, and writes the
//! result to `style/scoped.css`, which `style/main.css` imports (docs/decisions/002). The sheets of
//! other pages are not downloaded with `/`: they go into a file of the build for each page, which the
//! server writes into that page.
//!
//! The scope class depends on the number of non-blank characters of a sheet and on nothing else,
//! so two sheets of one length would style each other: the build fails and says which two.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use stylers_core::{Class, from_str};

/// The pages that bring their sheets with them: folders and files that belong to each.
const PAGES: [(&str, &[&str]); 5] = [
    ("lab", &["lab", "lab.css"]),
    ("login", &["form.css", "login.css"]),
    ("settings", &["standing.css", "form.css", "found.css", "settings.css"]),
    ("people", &["standing.css", "form.css", "found.css", "people.css"]),
    ("search", &["standing.css", "form.css", "found.css", "search.css"]),
];

fn main() {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=../style/scoped.css");
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut sheets = Vec::new();
    collect(&package.join("src"), &mut sheets);
    sheets.sort();

    let mut owners: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut css = String::new();
    let mut pages = PAGES.map(|_| String::new());
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
        let scoped = from_str(&text, &class) + "\n";
        let belongs = |(_, parts): &(&str, &[&str])| {
            sheet.iter().any(|part| parts.iter().any(|owned| part == *owned))
        };
        if !PAGES.iter().any(belongs) {
            css.push_str(&scoped);
        }
        for (page, css) in PAGES.iter().zip(&mut pages) {
            if belongs(page) {
                css.push_str(&scoped);
            }
        }
    }
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    for ((page, _), css) in PAGES.iter().zip(&pages) {
        write(&out.join(page).with_extension("css"), css);
    }
    write(&package.join("../style/scoped.css"), &css);
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
