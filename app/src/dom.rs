//! Elements of one type.
//!
//! `view!` gives every element a type of its own, as deep as the page, and each type brings its own
//! code to build, hydrate, rebuild and drop it: some four kilobytes an element in this app, three
//! times the budget of the whole download (docs/decisions/004). Here an element is a tag, a list of
//! attributes and a list of children, all erased, so that code exists once and an element costs a
//! few calls. `view!` composes components; inside a component, elements are written like this:
//!
//! ```ignore
//! let el = scoped(style_sheet!("app/src/components/header.css"));
//! el("a", "brand").attr("href", "/").text(words.brand).view()
//! ```
//!
//! What moves is a closure, as in `view!`: it is boxed, so that all closures of one result share
//! one type as well. *On the server* the same elements render to HTML; handlers are dropped.

use leptos::{
    ev, html,
    prelude::*,
    tachys::{
        html::{
            attribute::{
                any_attribute::{AnyAttribute, IntoAnyAttribute},
                custom::custom_attribute,
            },
            class::class,
            element::{Custom, custom},
            event::on,
            node_ref::node_ref,
            property::prop,
        },
        view::iterators::StaticVec,
    },
};

/// The type of a reference to an element's node.
pub type Node = NodeRef<Custom<&'static str>>;

/// A closure that is asked again whenever what it has read changes.
type Reactive<T> = Box<dyn FnMut() -> T + Send>;

/// An element that is being put together.
pub struct Element {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
    initial: String,
}

/// Makes elements of one style sheet: tag and class, the sheet's scope class added.
pub fn scoped(scope: &'static str) -> impl Fn(&'static str, &'static str) -> Element + Copy {
    move |tag, name| {
        let mut classes = String::with_capacity(name.len() + 1 + scope.len());
        classes.push_str(name);
        classes.push(' ');
        classes.push_str(scope);
        Element::new(tag).with(class(classes))
    }
}

impl Element {
    /// An element without classes.
    pub fn new(tag: &'static str) -> Self {
        Self { tag, attributes: Vec::new(), children: Vec::new(), initial: String::new() }
    }

    fn with(mut self, attribute: impl IntoAnyAttribute) -> Self {
        self.attributes.push(attribute.into_any_attr());
        self
    }

    /// An attribute that stays.
    pub fn attr(self, name: &'static str, value: impl Into<String>) -> Self {
        self.with(custom_attribute(name, value.into()))
    }

    /// An attribute that is there if there is a value.
    pub fn attr_if(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
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
        let value: Reactive<Option<String>> = Box::new(value);
        self.with(custom_attribute(name, value))
    }

    /// A class that comes and goes.
    pub fn class_if(
        self,
        name: &'static str,
        is_set: impl FnMut() -> bool + Send + 'static,
    ) -> Self {
        let is_set: Reactive<bool> = Box::new(is_set);
        self.with(class((name, is_set)))
    }

    /// Hears an event.
    pub fn on(self, event: &'static str, hear: impl FnMut(ev::Event) + 'static) -> Self {
        let hear: Box<dyn FnMut(ev::Event)> = Box::new(hear);
        self.with(on(ev::Custom::new(event), hear))
    }

    /// The value a person edits: the property, not the attribute.
    pub fn value_live(self, value: impl FnMut() -> String + Send + 'static) -> Self {
        let value: Reactive<String> = Box::new(value);
        self.with(prop("value", value))
    }

    /// What a `textarea` holds before anyone edits it.
    pub fn initial(mut self, text: String) -> Self {
        self.initial = text;
        self
    }

    /// Lets the node be reached once it is in the page.
    pub fn node(self, node: Node) -> Self {
        self.with(node_ref::<Custom<&'static str>, _>(node))
    }

    /// The name by which tests find it.
    pub fn test_id(self, id: &'static str) -> Self {
        self.attr("data-testid", id)
    }

    /// A text that stays. An empty one is left out.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        let text: String = text.into();
        if !text.is_empty() {
            self.children.push(text.into_any());
        }
        self
    }

    /// A text that changes.
    pub fn text_live(mut self, text: impl FnMut() -> String + Send + 'static) -> Self {
        let text: Reactive<String> = Box::new(text);
        self.children.push(text.into_any());
        self
    }

    /// A view inside.
    pub fn child(mut self, child: impl Into<AnyView>) -> Self {
        self.children.push(child.into());
        self
    }

    /// Views inside.
    pub fn children(mut self, children: impl IntoIterator<Item = AnyView>) -> Self {
        self.children.extend(children);
        self
    }

    /// The finished view.
    ///
    /// Elements that can hold nothing are typed: behind the children of any other, the renderer
    /// writes a mark of its own. Into a `textarea` it would write it as text, so that one takes its
    /// first text as [`initial`](Self::initial).
    pub fn view(self) -> AnyView {
        let Self { tag, attributes, children, initial } = self;
        match tag {
            "img" => html::img().add_any_attr(attributes).into_any(),
            "input" => html::input().add_any_attr(attributes).into_any(),
            "textarea" => html::textarea().child(initial).add_any_attr(attributes).into_any(),
            tag => {
                let children: StaticVec<AnyView> = children.into();
                custom(tag).child(children).add_any_attr(attributes).into_any()
            }
        }
    }
}

impl From<Element> for AnyView {
    fn from(element: Element) -> Self {
        element.view()
    }
}

/// A view that is made anew whenever what the closure has read changes.
pub fn live(view: impl FnMut() -> AnyView + Send + 'static) -> AnyView {
    let view: Reactive<AnyView> = Box::new(view);
    view.into_any()
}

/// A view that is there as long as the condition holds.
pub fn when(
    condition: impl Fn() -> bool + Send + Sync + 'static,
    view: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let holds = Memo::new(move |_| condition());
    live(move || if holds.get() { view() } else { ().into_any() })
}

/// One item of a [`list`]: a key that never changes, and how it is drawn when it is new.
pub struct Item {
    /// What tells it from the others.
    pub key: String,
    /// Draws it.
    pub draw: Box<dyn FnOnce() -> AnyView + Send>,
}

/// A list whose rows keep their nodes for as long as their key is there.
pub fn list(items: impl Fn() -> Vec<Item> + Send + Sync + 'static) -> AnyView {
    let items: Box<dyn Fn() -> Vec<Item> + Send + Sync> = Box::new(items);
    let key = |item: &Item| item.key.clone();
    For(ForProps::builder().each(items).key(key).children(|item: Item| (item.draw)()).build())
        .into_any()
}
