//! The rules that the code keeps about itself: who depends on whom, what is said where, and the
//! tables that must not drift from their declarations (DESIGN §1, STYLE §1).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use confab_protocol::tables;
use confab_server::ops::config::Settings;
use leptos::config::get_configuration;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder whose name ends so, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

// ---- crates ----

/// Who may depend on whom, in code that ships.
const CRATES: [(&str, &[&str]); 11] = [
    ("confab-protocol", &[]),
    ("confab-sync", &["confab-protocol"]),
    ("confab-app", &["confab-protocol", "confab-sync"]),
    ("frontend", &["confab-app", "confab-protocol", "confab-sync"]),
    ("server", &["confab-app", "confab-protocol"]),
    // A device outside the browser, and what is held against the log.
    ("witness", &["confab-protocol", "confab-sync"]),
    // Which writes of its process a power cut would take.
    ("unsynced", &[]),
    // Stand above all: the real server and real engines in one process, and as processes.
    ("sim", &["confab-protocol", "confab-sync", "server", "unsynced", "witness"]),
    ("chaos", &["confab-protocol", "confab-sync", "witness"]),
    // Stands beside the server: what strangers may write, thrown at who reads it.
    ("fuzz", &["confab-app", "confab-protocol", "confab-sync"]),
    // Stands in for a crate of that name (docs/decisions/005); only Leptos asks for it.
    ("wasm-streams", &[]),
];

fn metadata() -> cargo_metadata::Metadata {
    let mut command = cargo_metadata::MetadataCommand::new();
    command.current_dir(root()).no_deps().other_options(["--offline".to_owned()]).exec().unwrap()
}

fn normal_dependencies(package: &cargo_metadata::Package) -> BTreeSet<&str> {
    let normal = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == cargo_metadata::DependencyKind::Normal);
    normal.map(|dependency| dependency.name.as_str()).collect()
}

#[test]
fn crates_depend_on_each_other_as_the_design_has_it_and_no_otherwise() {
    let metadata = metadata();
    let names: BTreeSet<_> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    let known: BTreeSet<_> = CRATES.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, known, "a new crate has its arrows in DESIGN §1 first");
    for package in &metadata.packages {
        let (_, allowed) = CRATES.iter().find(|(name, _)| *name == package.name.as_str()).unwrap();
        let found: BTreeSet<_> =
            normal_dependencies(package).intersection(&names).copied().collect();
        assert_eq!(found, allowed.iter().copied().collect(), "{} depends on", package.name);
    }
}

#[test]
fn protocol_and_sync_do_no_io() {
    const DOES_IO: [&str; 14] = [
        "async-std",
        "axum",
        "getrandom",
        "gloo-net",
        "hyper",
        "js-sys",
        "leptos",
        "mio",
        "rand",
        "sqlx",
        "tokio",
        "tokio-tungstenite",
        "wasm-bindgen",
        "web-sys",
    ];
    for package in metadata().packages {
        if ["confab-protocol", "confab-sync"].contains(&package.name.as_str()) {
            let found = normal_dependencies(&package);
            let bad: Vec<_> = DOES_IO.iter().filter(|name| found.contains(**name)).collect();
            assert!(bad.is_empty(), "{} depends on {bad:?}", package.name);
        }
    }
}

/// `cargo tree` of what a browser downloads, one package a line.
fn browser_tree(more: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root()).args(["tree", "--offline", "--package", "frontend"]);
    command.args(["--target", "wasm32-unknown-unknown", "--edges", "normal,no-proc-macro"]);
    let output = command.args(["--prefix", "none", "--format", "{p}"]).args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn names(tree: &str) -> BTreeSet<&str> {
    tree.lines().filter_map(|line| line.split(' ').next()).collect()
}

#[test]
fn what_is_too_heavy_stays_out_of_the_wasm() {
    const TOO_HEAVY: [&str; 6] =
        ["chrono", "leptos_meta", "leptos_router", "regex", "time", "uuid"];
    let tree = browser_tree(&[]);
    let names = names(&tree);
    assert!(names.contains("confab-app") && names.contains("gloo-net"), "{tree}");
    let bad: Vec<_> = TOO_HEAVY.iter().filter(|name| names.contains(**name)).collect();
    assert!(bad.is_empty(), "{bad:?} would be downloaded by every visitor");
}

#[test]
fn nobody_of_ours_asks_for_url() {
    // Leptos itself names it, for server functions; Confab has none, so the linker drops it.
    let tree = browser_tree(&["--invert", "url", "--depth", "1"]);
    assert_eq!(names(&tree).into_iter().collect::<Vec<_>>(), ["server_fn", "url"]);
}

// ---- modules of the server ----

/// Who may name whom inside the server. `lib`, `main`, its `commands` and `demo` stand above all.
const MODULES: [(&str, &[&str]); 6] = [
    ("api", &["auth", "hub", "ops"]),
    ("gateway", &["auth", "hub", "ops"]),
    ("auth", &["store", "bus", "ops"]),
    ("hub", &["store", "bus", "ops"]),
    ("store", &["ops"]),
    ("ops", &[]),
];

/// A source file of the server without its tests and comments. Modules that are tests alone stand above
/// all, as tests do.
struct Source {
    path: PathBuf,
    module: String,
    code: String,
}

/// What ships of a file: all before its own tests. Of the modules that it declares as tests alone, the
/// names.
fn ships(text: &str) -> (String, Vec<&str>) {
    let mut parts = text.split("#[cfg(test)]\n");
    let mut code = parts.next().unwrap_or_default().to_owned();
    let mut tests = Vec::new();
    for part in parts {
        let declared = part.strip_prefix("mod ").and_then(|rest| rest.split_once(";\n"));
        let Some((name, rest)) = declared.filter(|(name, _)| !name.contains(' ')) else { break };
        tests.push(name);
        code.push_str(rest);
    }
    (code, tests)
}

#[test]
fn the_scan_goes_on_behind_a_module_of_tests() {
    let (code, tests) =
        ships("mod a;\n#[cfg(test)]\nmod b;\nmod c;\n#[cfg(test)]\nmod tests {\n}\n");
    assert_eq!((code.as_str(), tests), ("mod a;\nmod c;\n", vec!["b"]));
}

fn sources() -> Vec<Source> {
    let folder = root().join("server/src");
    let files = files(&folder, ".rs");
    let mut tests = Vec::new();
    for path in files.iter().filter(|path| path.ends_with("mod.rs")) {
        let text = read(path);
        tests.extend(ships(&text).1.into_iter().map(|name| path.with_file_name(name)));
    }
    let is_test = |path: &PathBuf| {
        tests.iter().any(|test| path.starts_with(test) || *path == test.with_extension("rs"))
    };
    let source = |path: PathBuf| {
        let inside = path.strip_prefix(&folder).unwrap();
        let module = inside.components().next().unwrap().as_os_str().to_string_lossy();
        let module = module.trim_end_matches(".rs").to_owned();
        let text = read(&path);
        let (code, _) = ships(&text);
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = code.collect::<Vec<_>>().join("\n");
        Source { path, module, code }
    };
    files.into_iter().filter(|path| !is_test(path)).map(source).collect()
}

/// The modules that `crate::…` names in a piece of code, `crate::{a::X, b::{Y, Z}}` included.
fn named_modules(code: &str) -> BTreeSet<String> {
    let word = |text: &str| {
        let text = text.trim_start();
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        text[..end].to_owned()
    };
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            named.insert(word(rest));
            continue;
        };
        let (mut depth, mut begins) = (0, true);
        for (at, character) in group.char_indices() {
            match character {
                '}' if depth == 0 => break,
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                character if begins && !character.is_whitespace() => {
                    named.insert(word(&group[at..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    named
}

#[test]
fn the_scan_sees_through_groups() {
    let code =
        "use crate::{\n    auth::{Guests, Origins},\n    hub::Hub, ops,\n};\ncrate::store::X";
    assert_eq!(
        named_modules(code).into_iter().collect::<Vec<_>>(),
        ["auth", "hub", "ops", "store"]
    );
}

#[test]
fn modules_name_only_those_below_them() {
    let mut seen = BTreeMap::new();
    for source in sources() {
        let Some((_, allowed)) = MODULES.iter().find(|(name, _)| *name == source.module) else {
            assert!(
                ["lib", "main", "commands", "demo"].contains(&source.module.as_str()),
                "{} is in no arrow of DESIGN §1",
                source.path.display()
            );
            continue;
        };
        for named in named_modules(&source.code) {
            let fine = named == source.module || allowed.contains(&named.as_str());
            assert!(fine, "{} names {named}", source.path.display());
            seen.entry(source.module.clone()).or_insert_with(BTreeSet::new).insert(named);
        }
    }
    assert!(seen["gateway"].contains("hub") && seen["hub"].contains("store"), "the scan works");
}

#[test]
fn nobody_climbs_out_of_their_module_by_super() {
    let folder = root().join("server/src");
    for source in sources() {
        let inside = source.path.strip_prefix(&folder).unwrap().with_extension("");
        let depth = inside.components().filter(|part| part.as_os_str() != "mod").count();
        let up = "super::".repeat(depth);
        assert!(!source.code.contains(&up), "{} climbs to the crate", source.path.display());
    }
}

#[test]
fn sql_is_spoken_in_store_alone() {
    for source in sources().iter().filter(|source| source.module != "store") {
        for word in ["sqlx", "SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "BEGIN IMMEDIATE"]
        {
            assert!(!source.code.contains(word), "{} says {word}", source.path.display());
        }
    }
}

#[test]
fn proofs_are_made_where_they_are_proved() {
    for source in sources() {
        let path = source.path.display();
        let module = source.module.as_str();
        let attests =
            source.code.contains("Member::attested") || source.code.contains("fn attested");
        assert!(!attests || ["auth", "store"].contains(&module), "{path} attests a member");
        let commits = source.code.contains("after_commit(");
        assert!(!commits || module == "store", "{path} says that something is committed");
    }
}

/// The one exception: what it would cost to do without stands in `hub/outlet.rs`.
const SHARED_TEXT: &str = "use axum::extract::ws::Utf8Bytes;";

#[test]
fn the_two_doors_do_not_know_each_others_trade() {
    for source in sources() {
        let absent: &[&str] = match source.module.as_str() {
            "api" => &["extract::ws", "WebSocket", "tungstenite"],
            "hub" => &["axum", "StatusCode", "HeaderMap", "WebSocketUpgrade", "tungstenite"],
            "store" => &["axum", "leptos", "tungstenite"],
            "auth" => &["ServerFrame", "ClientFrame"],
            _ => &[],
        };
        let code = source.code.replace(SHARED_TEXT, "");
        for word in absent {
            assert!(!code.contains(word), "{} knows {word}", source.path.display());
        }
    }
}

// ---- names and texts ----

const CODE: [&str; 5] =
    ["app/src", "app/protocol/src", "app/sync/src", "frontend/src", "server/src"];

#[test]
fn folders_say_what_the_program_does() {
    const SAY_NOTHING: [&str; 8] =
        ["common", "helper", "helpers", "manager", "misc", "types", "util", "utils"];
    for folder in CODE {
        for path in files(&root().join(folder), ".rs") {
            let inside = path.strip_prefix(root()).unwrap().with_extension("");
            let parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
            let bad: Vec<_> = parts.filter(|part| SAY_NOTHING.contains(&part.as_ref())).collect();
            assert!(bad.is_empty(), "{}", path.display());
            for name in SAY_NOTHING {
                let declared = format!("mod {name} ");
                assert!(!read(&path).contains(&declared), "{} has {declared}", path.display());
            }
        }
    }
}

#[test]
fn user_text_never_becomes_html() {
    for folder in ["app/src", "frontend/src", "server/src"] {
        for path in files(&root().join(folder), ".rs") {
            let text = read(&path);
            for way in ["inner_html", "set_inner_html", "insert_adjacent_html", "set_outer_html"] {
                assert!(!text.contains(way), "{} uses {way}", path.display());
            }
        }
    }
}

#[test]
fn components_take_their_colours_from_the_tokens() {
    for path in files(&root().join("app/src"), ".css") {
        let text = read(&path);
        let mut parts = text.split("/*");
        let first = parts.next().unwrap_or_default().to_owned();
        let css = parts
            .fold(first, |css, part| css + part.split_once("*/").map_or("", |(_, after)| after));
        for function in ["rgb(", "rgba(", "hsl(", "hsla(", "oklch(", "lab(", "hwb("] {
            assert!(!css.contains(function), "{} has {function}", path.display());
        }
        for (at, _) in css.match_indices('#') {
            let after = &css[at + 1..];
            let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
            let word = &after[..end];
            let is_colour = [3, 4, 6, 8].contains(&word.len())
                && word.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(!is_colour, "{} has #{word}", path.display());
        }
    }
}

// ---- what is written twice ----

#[test]
fn leptos_toml_and_cargo_toml_do_not_drift() {
    let options = |file: &str| {
        let path = root().join(file);
        get_configuration(Some(path.to_str().unwrap())).unwrap().leptos_options
    };
    let (server, build) = (options("Leptos.toml"), options("Cargo.toml"));
    assert_eq!(server.output_name, build.output_name, "output-name");
    assert_eq!(server.site_root, build.site_root, "site-root");
    assert_eq!(server.site_pkg_dir, build.site_pkg_dir, "site-pkg-dir");
    assert_eq!(server.site_addr, build.site_addr, "site-addr");
    assert_eq!(server.reload_port, build.reload_port, "reload-port");
    assert!(server.hash_files, "the server serves hashed files where there are any");
    assert!(!build.hash_files, "`cargo leptos watch` does not hash again after a change");
}

#[test]
fn the_top_of_the_repository_holds_this_and_nothing_else() {
    // Git, and what it ignores.
    const PASSED_OVER: [&str; 3] = [".git", "data", "target"];
    const TOP: [&str; 21] = [
        ".cargo",
        ".ci",
        ".clippy.toml",
        ".config",
        ".gitignore",
        ".rustfmt.toml",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "Leptos.toml",
        "README.md",
        "app",
        "bin",
        "docs",
        "end2end",
        "frontend",
        "public",
        "rust-toolchain.toml",
        "server",
        "style",
    ];
    let names = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name());
    let names: BTreeSet<_> = names.map(|name| name.into_string().unwrap()).collect();
    let found = names.iter().map(String::as_str).filter(|name| !PASSED_OVER.contains(name));
    assert_eq!(found.collect::<Vec<_>>(), TOP);
}

#[test]
fn leptos_toml_of_the_repository_is_accepted() {
    let sources = confab_server::ops::config::Sources {
        file: Some(root().join("Leptos.toml")),
        ..Default::default()
    };
    confab_server::ops::Config::read(&sources).unwrap();
}

/// The README with everything between `<!-- name -->` and `<!-- /name -->` replaced.
fn with_table(readme: &str, name: &str, table: &str) -> String {
    let (opens, closes) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let (before, rest) = readme.split_once(&opens).unwrap_or_else(|| panic!("no {opens}"));
    let (_, after) = rest.split_once(&closes).unwrap_or_else(|| panic!("no {closes}"));
    format!("{before}{opens}\n{}\n{closes}{after}", table.trim_end())
}

#[test]
fn the_tables_of_the_readme_are_the_declarations() {
    let path = root().join("README.md");
    let readme = read(&path);
    let tables = [
        ("frames", tables::frames()),
        ("close codes", tables::close_codes()),
        ("error codes", tables::error_codes()),
        ("settings", Settings::table()),
    ];
    let current = tables
        .iter()
        .fold(readme.clone(), |readme, (name, table)| with_table(&readme, name, table));
    if std::env::var_os("CONFAB_UPDATE_README").is_some() {
        fs::write(&path, current).unwrap();
    } else {
        assert!(
            readme == current,
            "README.md is behind: CONFAB_UPDATE_README=1 cargo nextest run -p server tables_of_the_readme"
        );
    }
}
