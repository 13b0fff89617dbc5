//! Files of the site folder: the WASM, its glue, the style sheet, icons.

use std::path::Path;

use axum::{
    Router,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use confab_protocol::ErrorCode;
use leptos::config::LeptosOptions;
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use super::answer::Problem;

/// A file whose name holds its hash never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A file whose name stays is asked for again, and answered 304 as long as it is the same.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Serves the site folder, compressed files first.
pub fn routes(options: &LeptosOptions) -> Router {
    let root = Path::new(&*options.site_root);
    let package = root.join(&*options.site_pkg_dir);
    let files = |folder: &Path| {
        ServeDir::new(folder)
            .precompressed_br()
            .precompressed_gzip()
            .call_fallback_on_method_not_allowed(true)
            .fallback(axum::routing::any(missing))
    };
    let keep = if options.hash_files { FOR_EVER } else { ASK_AGAIN };
    let caching = |value| SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, value);
    let package = Router::new().fallback_service(files(&package)).layer(caching(keep));
    Router::new()
        .nest(&format!("/{}", options.site_pkg_dir), package)
        .fallback_service(files(root))
        .layer(caching(ASK_AGAIN))
}

/// What is not there today may be there tomorrow: nobody keeps this answer.
async fn missing() -> impl IntoResponse {
    let problem = Problem::new(ErrorCode::NotFound, "there is nothing at this address");
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], problem)
}

/// Where the style sheet is: its name holds its hash in a release.
pub fn stylesheet(options: &LeptosOptions) -> String {
    static NAME: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let name = NAME.get_or_init(|| match hash_of("css", options) {
        Some(hash) => format!("{}.{hash}.css", options.output_name),
        None => format!("{}.css", options.output_name),
    });
    format!("/{}/{name}", options.site_pkg_dir)
}

/// Whether the site folder holds the files that `hash.txt` names. A build without hashes leaves that
/// file of an earlier one where it is, and its names lead nowhere. Leptos reads it on its own
/// (`HydrationScripts`), so the options must say what is found here.
pub fn has_hashes(options: &LeptosOptions) -> bool {
    let package = Path::new(&*options.site_root).join(&*options.site_pkg_dir);
    ["js", "wasm", "css"].iter().all(|kind| {
        hash_of(kind, options).is_some_and(|hash| {
            package.join(format!("{}.{hash}.{kind}", options.output_name)).is_file()
        })
    })
}

/// The hashes that cargo-leptos wrote beside the program; nothing when the files have plain names.
fn hash_of(kind: &str, options: &LeptosOptions) -> Option<String> {
    if !options.hash_files {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    let text = std::fs::read_to_string(program.with_file_name(&*options.hash_file)).ok()?;
    let hash = text.lines().find_map(|line| line.strip_prefix(kind)?.strip_prefix(':'))?;
    Some(hash.trim().to_owned())
}
