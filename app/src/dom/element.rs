//! An element that is being put together.

use leptos::{ev, reactive::send_wrapper_ext::SendOption};

use super::{Html, Kind, Node, Reactive, Text};

/// An element: a tag, what it has, and what is in it.
pub struct Element {
    pub(super) tag: &'static str,
    /// Its own classes, and the class of the style sheet that it belongs to.
    pub(super) classes: [&'static str; 2],
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Html>,
}

/// What an element has.
pub(super) enum Attribute {
    /// An attribute that stays.
    Fixed(&'static str, Text),
    /// An attribute that changes; `None` takes it away.
    Live(&'static str, Reactive<Option<String>>),
    /// A class that comes and goes.
    Class(&'static str, Reactive<bool>),
    /// What a field holds.
    Value(Reactive<String>),
    /// A listener, in the browser only.
    On(&'static str, SendOption<Box<dyn FnMut(ev::Event)>>),
    /// Who wants to know the node.
    Node(Node),
}

/// Makes elements of one style sheet: tag and classes, the sheet's scope class added.
pub fn scoped(scope: &'static str) -> impl Fn(&'static str, &'static str) -> Element + Copy {
    move |tag, name| Element::with([name, scope], tag)
}

impl Element {
    /// An element without classes.
    pub fn new(tag: &'static str) -> Self {
        Self::with(["", ""], tag)
    }

    fn with(classes: [&'static str; 2], tag: &'static str) -> Self {
        Self { tag, classes, attributes: Vec::new(), children: Vec::new() }
    }

    fn has(mut self, attribute: Attribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// An attribute that stays.
    pub fn attr(self, name: &'static str, value: impl Into<Text>) -> Self {
        self.has(Attribute::Fixed(name, value.into()))
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
        self.has(Attribute::Live(name, Box::new(value)))
    }

    /// A class that comes and goes.
    pub fn class_if(
        self,
        name: &'static str,
        is_set: impl FnMut() -> bool + Send + 'static,
    ) -> Self {
        self.has(Attribute::Class(name, Box::new(is_set)))
    }

    /// Hears an event. On the server the listener is dropped.
    pub fn on(self, event: &'static str, hear: impl FnMut(ev::Event) + 'static) -> Self {
        if cfg!(target_arch = "wasm32") {
            return self.has(Attribute::On(event, SendOption::new_local(Some(Box::new(hear)))));
        }
        self
    }

    /// The value a person edits: the property, not the attribute. What a field holds when the page
    /// comes alive stays: a person may have begun to write.
    pub fn value_live(self, value: impl FnMut() -> String + Send + 'static) -> Self {
        self.has(Attribute::Value(Box::new(value)))
    }

    /// Lets the node be reached once it is in the page.
    pub fn node(self, node: Node) -> Self {
        self.has(Attribute::Node(node))
    }

    /// The name by which tests find it.
    pub fn test_id(self, id: &'static str) -> Self {
        self.attr("data-testid", id)
    }

    /// A text that stays. In a `textarea`: what it holds before anyone edits it.
    pub fn text(self, text: impl Into<Text>) -> Self {
        self.holds(Html(Kind::Text(text.into())))
    }

    /// A text that changes.
    pub fn text_live(self, text: impl FnMut() -> String + Send + 'static) -> Self {
        self.holds(Html(Kind::LiveText(Box::new(text))))
    }

    /// A piece inside.
    pub fn child(self, child: impl Into<Html>) -> Self {
        self.holds(child.into())
    }

    fn holds(mut self, child: Html) -> Self {
        self.children.push(child);
        self
    }

    /// Elements inside.
    pub fn children(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(children.into_iter().map(Html::from));
        self
    }
}
