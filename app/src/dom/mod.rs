//! The page as values of one type.
//!
//! `view!` gives every element a type of its own, as deep as the page, and each type brings its own
//! code to build, hydrate, rebuild and drop it. Here a piece of the page is [`Html`], whatever it
//! holds, so that this code is downloaded once (docs/decisions/004). `view!` composes components;
//! inside a component, elements are written like this:
//!
//! ```ignore
//! let el = scoped(style_sheet!("app/src/components/header.css"));
//! el("a", "brand").attr("href", "/").text(words.brand()).into()
//! ```
//!
//! What moves is a closure over signals, as in `view!`: it runs again whenever what it has read
//! changes, and touches only what it stands for. The server writes [`Html`] as text ([`write`]); the
//! browser draws it into the document, into the nodes that the server's text has become or into new
//! ones ([`draw`]), with a [`list`](rows) that keeps the nodes of its rows. [`render`] makes all
//! that a view of Leptos.
//!
//! ```text
//! element ─► Html ─► write              on the server
//!               └──► draw ─► rows       in the browser
//! ```

mod draw;
mod element;
mod focus;
mod node;
mod render;
mod rows;
#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
mod write;

use std::borrow::Cow;

use leptos::{
    prelude::{Owner, View, on_cleanup},
    task::spawn_local,
};

pub use element::{Element, frame, scoped};
use element::{Parts, TAKES_FRAMES};
pub use node::Node;

/// A text that was known when the program was written, or was made since.
type Text = Cow<'static, str>;

/// A closure that runs again whenever what it has read changes.
type Reactive<T> = Box<dyn FnMut() -> T + Send>;

/// A piece of a page: nothing, a text, an element, or several of them, still or moving.
pub struct Html(Kind);

enum Kind {
    Text(Text),
    /// A text that the server has written and nothing changes.
    Standing,
    /// An element that the server has written, and the browser passes by with all that is in it.
    Still,
    LiveText(Reactive<String>),
    Element(Box<Parts>),
    Several(Vec<Html>),
    Switch(Box<dyn Switch + Send>),
    List(Reactive<Vec<Item>>),
}

impl Html {
    /// Nothing at all.
    pub fn nothing() -> Self {
        Self(Kind::Several(Vec::new()))
    }
}

impl<const FRAME: bool> From<Element<FRAME>> for Html {
    fn from(element: Element<FRAME>) -> Self {
        Self(Kind::Element(element.0))
    }
}

/// A text that is not empty.
impl From<String> for Html {
    fn from(text: String) -> Self {
        Self(Kind::Text(Text::Owned(text)))
    }
}

impl From<Vec<Html>> for Html {
    fn from(several: Vec<Html>) -> Self {
        Self(Kind::Several(several))
    }
}

/// What `view!` makes of a component.
impl From<View<Html>> for Html {
    fn from(view: View<Html>) -> Self {
        view.into_inner()
    }
}

/// An element that the server alone makes: nothing in it moves or hears, and no part of the page makes
/// it anew. The browser passes it by as one node, so nothing of the closure is downloaded, nor what
/// only the closure uses: words, data, components.
pub fn still<const FRAME: bool>(make: impl FnOnce() -> Element<FRAME>) -> Html {
    if TAKES_FRAMES { Html(Kind::Still) } else { make().into() }
}

/// A piece that is made anew whenever the key is another one.
pub fn switch<K: PartialEq + Send + 'static>(
    key: impl FnMut() -> K + Send + 'static,
    view: impl FnMut(&K) -> Html + Send + 'static,
) -> Html {
    Html(Kind::Switch(Box::new(Keyed { key, view, last: None })))
}

/// A piece that is there as long as the condition holds.
pub fn when(
    condition: impl FnMut() -> bool + Send + 'static,
    mut view: impl FnMut() -> Html + Send + 'static,
) -> Html {
    switch(condition, move |holds| if *holds { view() } else { Html::nothing() })
}

/// What a [`switch`] can be asked without knowing its types.
trait Switch {
    /// Whether the piece has to be made anew. Reads what decides that.
    fn turns(&mut self) -> bool;
    /// Makes it.
    fn view(&mut self) -> Html;
}

struct Keyed<K, F, V> {
    key: F,
    view: V,
    last: Option<K>,
}

impl<K: PartialEq, F: FnMut() -> K, V: FnMut(&K) -> Html> Switch for Keyed<K, F, V> {
    fn turns(&mut self) -> bool {
        let key = Some((self.key)());
        let turns = self.last != key;
        self.last = key;
        turns
    }

    fn view(&mut self) -> Html {
        self.last.as_ref().map_or_else(Html::nothing, &mut self.view)
    }
}

/// Does something once the page is drawn, and again whenever what it has read changes, for as long as
/// the owner lives. On the server: nothing.
pub fn effect(run: impl FnMut() + 'static) {
    if cfg!(target_arch = "wasm32") {
        start(Box::new(run));
    }
}

fn start(run: Box<dyn FnMut()>) {
    let owner = Owner::current().unwrap_or_default();
    spawn_local(async move {
        owner.with(|| {
            let effect = draw::effect(run);
            on_cleanup(move || drop(effect));
        });
    });
}

/// One item of a [`list`]: a key that never changes, and how it is drawn when it is new.
pub struct Item {
    /// What tells it from the others.
    pub key: String,
    /// Draws it. What it reads is not what the list has read: only its own closures run again.
    pub draw: Box<dyn FnOnce() -> Element + Send>,
}

/// A list whose rows keep their nodes for as long as their key is there.
pub fn list(items: impl FnMut() -> Vec<Item> + Send + 'static) -> Html {
    Html(Kind::List(Box::new(items)))
}

/// The value of a class attribute.
fn class(names: &[&str]) -> String {
    let mut class = String::new();
    for name in names.iter().filter(|name| !name.is_empty()) {
        if !class.is_empty() {
            class.push(' ');
        }
        class.push_str(name);
    }
    class
}
