//! The page around the app: what a browser needs before the WASM runs.

use axum::http::{HeaderValue, header, uri::Authority};
use confab_app::{
    App, Bootstrap, Page,
    standing::{SCRIPT, Standing},
};
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;

use super::assets;

/// What a page may load and talk to (CSP level 3). Only the scripts and sheets that carry this
/// answer's nonce count, and what such scripts load; `wasm-unsafe-eval` allows WebAssembly and nothing else.
/// Sockets go to the hosts; an empty one is none.
pub fn content_security_policy(hosts: &[&str], page: Page) -> Policy {
    let mut connect = vec!["'self'".to_owned()];
    for host in hosts {
        // A host goes into a header of ours only if it cannot say more than a host.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if !host.is_empty() && host.bytes().all(plain) {
            connect.push(format!("ws://{host} wss://{host}"));
        }
    }
    if page == Page::Lab {
        connect.push(confab_app::WRONG_ADDRESS.to_owned());
    }
    Policy(connect.join(" "))
}

/// Where the script of `AutoReload` hears of the next build: at the page's own name, on a port of
/// cargo-leptos.
pub fn reload_host(host: &str, options: &LeptosOptions) -> Option<String> {
    let page = host.parse::<Authority>().ok()?;
    let port = options.reload_external_port.unwrap_or(options.reload_port);
    Some(format!("{}:{port}", page.host()))
}

/// A policy that waits for its nonce.
#[derive(Clone)]
pub struct Policy(String);

impl Policy {
    fn with_nonce(&self, nonce: &str) -> String {
        let connect = &self.0;
        format!(
            "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
             style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src {connect}; \
             manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    }
}

/// The whole document.
pub fn shell(
    options: &LeptosOptions,
    bootstrap: &Bootstrap,
    policy: &Policy,
    standing: Option<Standing>,
) -> impl IntoView + use<> {
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(value) = HeaderValue::from_str(&policy.with_nonce(&nonce))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
    let (language, page) = (bootstrap.language, bootstrap.page);
    let (words, mut title) = (language.words(), bootstrap.title());
    let script = standing.is_some().then(|| {
        view! { <script type="module" nonce=use_nonce()>{SCRIPT}</script> }
    });
    if let Some(standing) = standing {
        title = standing.title(language, &title);
        provide_context(standing);
    }
    let json = bootstrap.to_script();
    let stylesheet = assets::stylesheet(options);
    let sheet = Some(confab_app::sheet(page)).filter(|sheet| !sheet.is_empty());
    let sheet = sheet.map(|sheet| view! { <style nonce=use_nonce()>{sheet}</style> });
    view! {
        <!DOCTYPE html>
        <html lang=language.code()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content=words.description()/>
                <title>{title}</title>
                <link rel="icon" href="/icon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=stylesheet/>
                {sheet}
                {script}
                <script id=Bootstrap::ELEMENT_ID type="application/json">{json}</script>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options.clone()/>
            </head>
            <body>
                <App bootstrap=bootstrap.clone()/>
            </body>
        </html>
    }
}
