//! An element that is being put together.

use std::cell::Cell;

use leptos::ev;

use super::{Html, Kind, Node, Reactive, Text};
use crate::local::Local;

/// An element: a tag, what it has, and what is in it.
///
/// It is a pointer, so that a call that adds to it is a few bytes where the element is described.
/// `FRAME` tells elements of [`frame`] from those of [`scoped`].
pub struct Element<const FRAME: bool = false>(pub(super) Box<Parts>);

pub(super) struct Parts {
    pub tag: &'static str,
    /// Its own classes, and the class of the style sheet that it belongs to.
    pub classes: [&'static str; 2],
    pub attributes: Vec<Attribute>,
    pub children: Vec<Html>,
}

/// What hears an event, until the element is drawn.
pub(super) type Hear = Cell<Option<Box<dyn FnMut(ev::Event)>>>;

/// What an element has.
pub(super) enum Attribute {
    /// An attribute that stays.
    Fixed(&'static str, Text),
    /// An attribute that changes; `None` takes it away.
    Live(&'static str, Reactive<Option<String>>),
    /// What a field holds.
    Value(Reactive<String>),
    /// A listener, in the browser only.
    On(&'static str, Local<Hear>),
    /// Who wants to know the node.
    Node(Node),
}

/// Makes elements of one style sheet: tag and classes, the sheet's scope class added.
pub fn scoped(scope: &'static str) -> impl Fn(&'static str, &'static str) -> Element + Copy {
    move |tag, name| Element::with(tag, [name, scope])
}

/// Makes elements of one style sheet that are there from the first paint on, because the server has
/// written them and no part of the page makes them anew. The browser takes their nodes as they
/// stand, so whatever stays about them (tags, classes, attributes, texts) is not downloaded.
pub fn frame(scope: &'static str) -> impl Fn(&'static str, &'static str) -> Element<true> + Copy {
    move |tag, name| Element::with(tag, [name, scope])
}

/// Whether this program only ever takes frames, and what is [`still`](super::still), as they stand.
pub(super) const TAKES_FRAMES: bool = cfg!(feature = "hydrate");

impl Element {
    /// An element without classes.
    pub fn new(tag: &'static str) -> Self {
        Self::with(tag, ["", ""])
    }
}

impl<const FRAME: bool> Element<FRAME> {
    /// Whether what stays about it stands already.
    const STANDS: bool = FRAME && TAKES_FRAMES;

    fn with(tag: &'static str, classes: [&'static str; 2]) -> Self {
        Self(if Self::STANDS { Parts::new("", ["", ""]) } else { Parts::new(tag, classes) })
    }

    /// An attribute that stays.
    pub fn attr(self, name: &'static str, value: impl Into<Text>) -> Self {
        if Self::STANDS {
            return self;
        }
        Self(match value.into() {
            Text::Borrowed(value) => self.0.has_fixed(name, value),
            value => self.0.has(Attribute::Fixed(name, value)),
        })
    }

    /// An attribute that stays, and is put together only where it is written.
    pub fn attr_of(self, name: &'static str, value: impl FnOnce() -> String) -> Self {
        if Self::STANDS { self } else { self.attr(name, value()) }
    }

    /// An attribute that is there if there is a value.
    pub fn attr_if(self, name: &'static str, value: Option<&'static str>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// A boolean attribute that is there or not.
    pub fn flag(self, name: &'static str, is_set: bool) -> Self {
        self.attr_if(name, is_set.then_some(""))
    }

    /// An attribute that changes; `None` takes it away.
    pub fn attr_live(
        self,
        name: &'static str,
        value: impl FnMut() -> Option<String> + Send + 'static,
    ) -> Self {
        Self(self.0.has(Attribute::Live(name, Box::new(value))))
    }

    /// A boolean attribute that comes and goes.
    pub fn flag_live(
        self,
        name: &'static str,
        mut is_set: impl FnMut() -> bool + Send + 'static,
    ) -> Self {
        self.attr_live(name, move || is_set().then(String::new))
    }

    /// Hears an event. On the server the listener is dropped.
    pub fn on(self, event: &'static str, hear: impl FnMut(ev::Event) + 'static) -> Self {
        if cfg!(target_arch = "wasm32") {
            return Self(self.0.hears(event, Box::new(hear)));
        }
        self
    }

    /// The value a person edits: the property, not the attribute. What a field holds when the page
    /// comes alive stays: a person may have begun to write.
    pub fn value_live(self, value: impl FnMut() -> String + Send + 'static) -> Self {
        Self(self.0.has(Attribute::Value(Box::new(value))))
    }

    /// Lets the node be reached once it is in the page.
    pub fn node(self, node: Node) -> Self {
        Self(self.0.has(Attribute::Node(node)))
    }

    /// The name by which tests find it.
    pub fn test_id(self, id: &'static str) -> Self {
        self.attr("data-testid", id)
    }

    /// What a `textarea` holds before anyone edits it.
    pub fn initial(self, text: impl Into<Text>) -> Self {
        if Self::STANDS { self } else { self.text(text) }
    }

    /// A text that stays, and is not empty.
    pub fn text(self, text: impl Into<Text>) -> Self {
        Self(if Self::STANDS {
            self.0.holds(Kind::Standing)
        } else {
            match text.into() {
                Text::Borrowed(text) => self.0.holds_text(text),
                text => self.0.holds(Kind::Text(text)),
            }
        })
    }

    /// A text that changes.
    pub fn text_live(self, text: impl FnMut() -> String + Send + 'static) -> Self {
        Self(self.0.holds(Kind::LiveText(Box::new(text))))
    }

    /// A piece inside.
    pub fn child(self, child: impl Into<Html>) -> Self {
        Self(match child.into().0 {
            Kind::Element(parts) => self.0.holds_element(parts),
            kind => self.0.holds(kind),
        })
    }

    /// Pieces inside.
    pub fn children<C: Into<Html>>(self, children: impl IntoIterator<Item = C>) -> Self {
        children.into_iter().fold(self, Self::child)
    }
}

/// Out of line: an element is described by calls to these.
impl Parts {
    #[inline(never)]
    fn new(tag: &'static str, classes: [&'static str; 2]) -> Box<Self> {
        Box::new(Self { tag, classes, attributes: Vec::new(), children: Vec::new() })
    }

    #[inline(never)]
    fn has(mut self: Box<Self>, attribute: Attribute) -> Box<Self> {
        self.attributes.push(attribute);
        self
    }

    #[inline(never)]
    fn hears(self: Box<Self>, event: &'static str, hear: Box<dyn FnMut(ev::Event)>) -> Box<Self> {
        self.has(Attribute::On(event, Local::new(Cell::new(Some(hear)))))
    }

    #[inline(never)]
    fn has_fixed(self: Box<Self>, name: &'static str, value: &'static str) -> Box<Self> {
        self.has(Attribute::Fixed(name, Text::Borrowed(value)))
    }

    #[inline(never)]
    fn holds(mut self: Box<Self>, child: Kind) -> Box<Self> {
        self.children.push(Html(child));
        self
    }

    #[inline(never)]
    fn holds_element(self: Box<Self>, child: Box<Parts>) -> Box<Self> {
        self.holds(Kind::Element(child))
    }

    #[inline(never)]
    fn holds_text(self: Box<Self>, text: &'static str) -> Box<Self> {
        self.holds(Kind::Text(Text::Borrowed(text)))
    }
}
