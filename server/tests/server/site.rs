//! The site folder beside the program: hashed files are kept for ever, files of another build are not
//! looked for.

use std::fs;

use hyper::Request;

use crate::harness::{Answer, Program, command, http_at};

const HASHES: &str = "js: jsjs\nwasm: wasm\ncss: cscs\n";
const LEPTOS: &str = r#"[[workspace.metadata.leptos]]
output-name = "confab"
site-root = "site"
site-pkg-dir = "pkg"
hash-files = true
"#;

/// The program with a site beside it and the hashes of a build, as cargo-leptos leaves them. The
/// files hold their own names.
async fn serve(package: &[&str]) -> Program {
    // Where the program lies, so that it can be linked.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path();
    let program = path.join("confab");
    fs::hard_link(env!("CARGO_BIN_EXE_confab"), &program).unwrap();
    fs::write(path.join("hash.txt"), HASHES).unwrap();
    fs::write(path.join("Leptos.toml"), LEPTOS).unwrap();
    fs::create_dir_all(path.join("site/pkg")).unwrap();
    for name in package {
        fs::write(path.join("site/pkg").join(name), name).unwrap();
    }
    Program::run(command(&program, path), folder).await
}

async fn get(program: &Program, path: &str) -> Answer {
    let request = Request::get(path).header("accept-encoding", "gzip, br");
    http_at(program.address, request.body(String::new()).unwrap()).await
}

const HASHED: [&str; 3] = ["confab.jsjs.js", "confab.wasm.wasm", "confab.cscs.css"];

#[tokio::test]
async fn a_hashed_file_is_kept_for_ever_and_comes_compressed() {
    let mut package = HASHED.to_vec();
    package.extend(["confab.cscs.css.br", "confab.cscs.css.gz"]);
    let program = serve(&package).await;
    let page = get(&program, "/").await.body;
    for name in HASHED {
        let stem = name.rsplit_once('.').unwrap().0;
        assert!(page.contains(stem), "{name} in {page}");
        let file = get(&program, &format!("/pkg/{name}")).await;
        assert_eq!(file.status(), 200, "{name}");
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable", "{name}");
    }
    let sheet = get(&program, "/pkg/confab.cscs.css").await;
    assert_eq!(sheet.body, "confab.cscs.css.br");
    assert_eq!(
        (sheet.header("content-encoding"), sheet.header("content-type")),
        ("br", "text/css")
    );
    let script = get(&program, "/pkg/confab.jsjs.js").await;
    assert_eq!((script.body.as_str(), script.header("content-encoding")), ("confab.jsjs.js", ""));
}

#[tokio::test]
async fn hashes_that_an_earlier_build_left_behind_name_nothing() {
    let program = serve(&["confab.js", "confab.wasm", "confab.css"]).await;
    let page = get(&program, "/").await.body;
    assert!(page.contains("\"/pkg/confab.css\"") && page.contains("\"/pkg/confab.js\""), "{page}");
    assert!(!page.contains("jsjs") && !page.contains("cscs"), "{page}");
    let sheet = get(&program, "/pkg/confab.css").await;
    assert_eq!((sheet.status(), sheet.header("cache-control")), (200, "no-cache"));
}
