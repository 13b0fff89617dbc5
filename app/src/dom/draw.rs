//! A page in the browser's document.
//!
//! A [`Pen`] goes through the nodes of one parent. Where the server's text has become nodes, it
//! takes them one after the other; elsewhere it makes new ones. Everything else is the same for
//! both, so there is one way to draw.
//!
//! What was drawn stays alive through what is [`Kept`]: effects and listeners. Who drops them stops
//! the piece; nodes are taken out of the document by whoever owns the place they stand in, and a focus
//! that was in them is led to what is near.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::{
    ev,
    prelude::{Owner, RenderEffect, document},
    reactive::graph::untrack,
};
use wasm_bindgen::{JsCast, closure::Closure};

use super::{
    Html, Kind, Reactive, Switch,
    element::{Attribute, Parts},
    focus::{has_focus, refocus},
    rows::{self, Rows},
};

/// What keeps a piece alive.
#[derive(Clone, Default)]
pub(super) struct Keep(Rc<RefCell<Vec<Kept>>>);

enum Kept {
    Effect {
        _effect: RenderEffect<()>,
    },
    /// An effect that draws, and what it has drawn. That goes first.
    Drawing {
        inner: Keep,
        _effect: RenderEffect<()>,
    },
    List {
        rows: Rc<RefCell<Rows>>,
        _effect: RenderEffect<()>,
    },
    Listener {
        node: web_sys::Element,
        event: &'static str,
        hear: Closure<dyn FnMut(ev::Event)>,
    },
}

impl Keep {
    fn add(&self, kept: Kept) {
        self.0.borrow_mut().push(kept);
    }

    /// Stops everything.
    pub fn clear(&self) {
        // Dropped after the borrow: a closure's end may come back here.
        drop(self.0.take());
    }
}

impl Drop for Kept {
    /// The task of an effect that is dropped ends a moment later; what it has drawn ends now.
    fn drop(&mut self) {
        match self {
            Self::Effect { .. } => {}
            Self::Drawing { inner, .. } => inner.clear(),
            Self::List { rows, .. } => drop(rows.take()),
            Self::Listener { node, event, hear } => {
                let _ =
                    node.remove_event_listener_with_callback(event, hear.as_ref().unchecked_ref());
            }
        }
    }
}

/// Goes through the nodes of one parent.
pub(super) struct Pen {
    parent: web_sys::Node,
    /// The node that comes next: to be taken, or to stand before.
    next: RefCell<Option<web_sys::Node>>,
    /// Whether there are nodes to be taken.
    hydrates: bool,
    /// Whether a text comes right before.
    after_text: Cell<bool>,
    /// Whether the parent is a picture or in one. A list or a switch inside of a picture would not
    /// know; there is none.
    is_picture: bool,
}

/// The namespaces of elements. The parser knows which is meant; who makes one has to say it.
const HTML: &str = "http://www.w3.org/1999/xhtml";
const SVG: &str = "http://www.w3.org/2000/svg";

impl Pen {
    /// A pen that takes the nodes of this parent.
    pub fn hydrating(parent: web_sys::Node, next: Option<web_sys::Node>) -> Rc<Self> {
        Self::new(parent, next, true, false)
    }

    /// A pen that makes nodes in this parent, before a node or at the end.
    pub fn building(parent: web_sys::Node, before: Option<web_sys::Node>) -> Rc<Self> {
        Self::new(parent, before, false, false)
    }

    fn new(
        parent: web_sys::Node,
        next: Option<web_sys::Node>,
        hydrates: bool,
        is_picture: bool,
    ) -> Rc<Self> {
        let (next, after_text) = (RefCell::new(next), Cell::new(false));
        Rc::new(Self { parent, next, hydrates, after_text, is_picture })
    }

    /// A pen for what is inside of a node that this one has drawn.
    fn inside(&self, node: &web_sys::Node, tag: &str) -> Rc<Self> {
        let next = if self.hydrates { node.first_child() } else { None };
        Self::new(node.clone(), next, self.hydrates, self.is_picture || tag == "svg")
    }

    /// The node that stands here already, or a new one.
    fn node<N: JsCast>(&self, make: impl FnOnce() -> N) -> N {
        self.after_text.set(false);
        if self.hydrates {
            if let Some(node) = self.next.take() {
                self.next.replace(node.next_sibling());
                return node.unchecked_into();
            }
            missed();
        }
        let node = make();
        let _ = self.parent.insert_before(node.unchecked_ref(), self.next.borrow().as_ref());
        node
    }

    /// A mark: an empty comment where the server wrote one, else an empty text. Takes whatever node
    /// stands here.
    pub fn mark(&self) -> web_sys::Node {
        self.node(|| document().create_text_node("").into())
    }

    fn text(&self, content: &str) -> web_sys::Text {
        let make = || document().create_text_node(content);
        if self.hydrates && content.is_empty() {
            // The server wrote nothing here.
            let node = make();
            let _ = self.parent.insert_before(&node, self.next.borrow().as_ref());
            return node;
        }
        if self.hydrates && self.after_text.get() {
            self.mark();
        }
        let node: web_sys::Text = self.node(make);
        self.after_text.set(true);
        if self.hydrates && node.node_value().as_deref() != Some(content) {
            missed();
            node.set_node_value(Some(content));
        }
        node
    }

    /// Passes a text by that stays what the server wrote.
    fn pass_text(&self) {
        if self.after_text.get() {
            self.mark();
        }
        self.mark();
        self.after_text.set(true);
    }

    fn element(&self, tag: &str) -> web_sys::Element {
        self.node(|| {
            let namespace = if self.is_picture || tag == "svg" { SVG } else { HTML };
            let element = document().create_element_ns(Some(namespace), tag);
            element.unwrap_or_else(|_| panic!("no tag, or one of a frame that is not there"))
        })
    }

    /// Everything that was there has been taken.
    fn done(&self) {
        if self.hydrates && self.next.borrow().is_some() {
            missed();
        }
    }
}

/// The document is not what the server wrote: somebody changed it, or the two sides disagree.
#[cold]
fn missed() {
    web_sys::console::error_1(&"the page is not what the server wrote".into());
}

/// Runs now, and again whenever what it has read changes.
pub(super) fn effect(mut run: Box<dyn FnMut()>) -> RenderEffect<()> {
    RenderEffect::new(move |_| run())
}

/// Draws a piece.
pub(super) fn piece(html: Html, pen: &Rc<Pen>, keep: &Keep) {
    match html.0 {
        Kind::Text(content) => {
            if !content.is_empty() {
                pen.text(&content);
            }
        }
        Kind::Standing => pen.pass_text(),
        Kind::Still => _ = pen.mark(),
        Kind::LiveText(content) => live_text(content, pen, keep),
        Kind::Element(inner) => {
            element(*inner, pen, keep);
        }
        Kind::Several(pieces) => pieces.into_iter().for_each(|html| piece(html, pen, keep)),
        Kind::Switch(switch) => turning(switch, pen, keep),
        Kind::List(items) => {
            let rows = Rc::new(RefCell::new(Rows::default()));
            let effect = rows::drawing(items, pen.clone(), rows.clone());
            keep.add(Kept::List { rows, _effect: effect });
        }
    }
}

fn live_text(mut content: Reactive<String>, pen: &Rc<Pen>, keep: &Keep) {
    let mut first = Some(pen.clone());
    let mut shown: Option<(web_sys::Text, String)> = None;
    let effect = effect(Box::new(move || {
        let content = content();
        match &mut shown {
            Some((node, shown)) => {
                if *shown != content {
                    node.set_node_value(Some(&content));
                    *shown = content;
                }
            }
            None => shown = first.take().map(|pen| (pen.text(&content), content)),
        }
    }));
    keep.add(Kept::Effect { _effect: effect });
}

fn turning(mut switch: Box<dyn Switch + Send>, pen: &Rc<Pen>, keep: &Keep) {
    let inner = Keep::default();
    let drawn = inner.clone();
    let mut first = Some(pen.clone());
    let mut region: Option<Region> = None;
    // What is drawn outlives a run of the effect that finds nothing to do.
    let parent = Owner::current().unwrap_or_default();
    let mut owner = None;
    let effect = effect(Box::new(move || {
        if !switch.turns() {
            return;
        }
        drawn.clear();
        let owner = owner.insert(parent.with(Owner::new));
        let draw = || match &region {
            Some(region) => region.draw(switch.view(), &drawn),
            None => region = first.take().map(|pen| Region::new(switch.view(), &pen, &drawn)),
        };
        owner.with(|| untrack(draw));
    }));
    keep.add(Kept::Drawing { inner, _effect: effect });
}

/// A place between two marks, whose contents are made anew as a whole.
pub(super) struct Region {
    pub start: web_sys::Node,
    pub end: web_sys::Node,
}

impl Region {
    /// Draws both marks and what is between them.
    pub fn new(html: Html, pen: &Rc<Pen>, keep: &Keep) -> Self {
        let start = pen.mark();
        piece(html, pen, keep);
        Self { start, end: pen.mark() }
    }

    /// Takes out what is there and draws this.
    pub fn draw(&self, html: Html, keep: &Keep) {
        let Some(parent) = self.end.parent_node() else { return };
        let mut had_focus = false;
        while let Some(node) =
            self.start.next_sibling().filter(|node| !self.end.is_same_node(Some(node)))
        {
            had_focus |= has_focus(&node);
            node.unchecked_into::<web_sys::Element>().remove();
        }
        piece(html, &Pen::building(parent.clone(), Some(self.end.clone())), keep);
        if had_focus {
            refocus(parent.unchecked_ref());
        }
    }
}

/// Draws an element.
pub(super) fn element(element: Parts, pen: &Rc<Pen>, keep: &Keep) -> web_sys::Element {
    let Parts { tag, classes, attributes, children } = element;
    let node = pen.element(tag);
    if !pen.hydrates {
        let class = super::class(&classes);
        if !class.is_empty() {
            let _ = node.set_attribute("class", &class);
        }
    }
    if !children.is_empty() {
        let inside = pen.inside(&node, tag);
        children.into_iter().for_each(|html| piece(html, &inside, keep));
        inside.done();
    }
    attributes.into_iter().for_each(|attr| attribute(attr, &node, pen.hydrates, keep));
    node
}

fn attribute(attribute: Attribute, node: &web_sys::Element, hydrates: bool, keep: &Keep) {
    let element = node.clone();
    match attribute {
        Attribute::Fixed(name, value) => {
            if !hydrates {
                let _ = element.set_attribute(name, &value);
            }
        }
        Attribute::Live(name, value) => {
            keep.add(live_value(value, hydrates, move |value| {
                let _ = match value {
                    Some(value) => element.set_attribute(name, value),
                    None => element.remove_attribute(name),
                };
            }));
        }
        Attribute::Value(mut value) => {
            let value = Box::new(move || Some(value()));
            keep.add(live_value(value, hydrates, move |value| {
                let _ = js_sys::Reflect::set(
                    &element,
                    &"value".into(),
                    &value.unwrap_or_default().into(),
                );
            }));
        }
        Attribute::On(event, hear) => {
            if let Some(hear) = hear.get().and_then(|hear| hear.take()) {
                keep.add(listener(element, event, hear));
            }
        }
        Attribute::Node(reference) => reference.set(element.unchecked_into()),
    }
}

/// Puts a value where it belongs.
type Show = Box<dyn Fn(Option<&str>)>;

/// Shows a value, and shows it again when it has changed. The server has shown the first one.
fn live_value(
    value: Reactive<Option<String>>,
    hydrates: bool,
    show: impl Fn(Option<&str>) + 'static,
) -> Kept {
    live_value_erased(value, hydrates, Box::new(show))
}

/// Without types, to be downloaded once.
fn live_value_erased(mut value: Reactive<Option<String>>, hydrates: bool, show: Show) -> Kept {
    let mut is_first = hydrates;
    let mut shown = None;
    let effect = effect(Box::new(move || {
        let value = value();
        if !std::mem::take(&mut is_first) && shown.as_ref() != Some(&value) {
            show(value.as_deref());
        }
        shown = Some(value);
    }));
    Kept::Effect { _effect: effect }
}

/// Hears an event in the world of the component that listens.
fn listener(
    node: web_sys::Element,
    event: &'static str,
    mut hear: Box<dyn FnMut(ev::Event)>,
) -> Kept {
    let owner = Owner::current();
    let hear = Closure::<dyn FnMut(ev::Event)>::new(move |event| match &owner {
        Some(owner) => owner.with(|| hear(event)),
        None => hear(event),
    });
    let _ = node.add_event_listener_with_callback(event, hear.as_ref().unchecked_ref());
    Kept::Listener { node, event, hear }
}
