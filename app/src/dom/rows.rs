//! The rows of a list, each known by its key.

use std::{cell::RefCell, rc::Rc};

use leptos::{
    prelude::{Owner, RenderEffect},
    reactive::graph::untrack,
};
use wasm_bindgen::JsCast;

use super::{
    Item, Reactive,
    draw::{Keep, Pen, effect, element},
    focus::{has_focus, refocus},
};

/// The rows of a list, in the order in which they are shown.
#[derive(Default)]
pub(super) struct Rows(Vec<Row>);

struct Row {
    key: String,
    node: web_sys::Element,
    // Dropped before the owner of the signals that they read.
    _keep: Keep,
    _owner: Owner,
}

/// Keeps the rows what the closure says they are.
pub(super) fn drawing(
    mut items: Reactive<Vec<Item>>,
    pen: Rc<Pen>,
    rows: Rc<RefCell<Rows>>,
) -> RenderEffect<()> {
    // Rows outlive a run of the effect, so what they make must not belong to it.
    let owner = Owner::current().unwrap_or_default();
    let mut first = Some(pen);
    let mut end: Option<web_sys::Node> = None;
    effect(Box::new(move || {
        let items = items();
        let before = rows.take();
        let after = untrack(|| match &end {
            Some(end) => before.become_these(items, end, &owner),
            None => {
                let Some(pen) = first.take() else { return before };
                let rows = items.into_iter().map(|item| Row::draw(item, &pen, &owner)).collect();
                end = Some(pen.mark());
                Rows(rows)
            }
        });
        rows.replace(after);
    }))
}

impl Row {
    fn draw(item: Item, pen: &Rc<Pen>, parent: &Owner) -> Self {
        let (keep, owner) = (Keep::default(), parent.with(Owner::new));
        let node = owner.with(|| element(*(item.draw)().0, pen, &keep));
        Self { key: item.key, node, _keep: keep, _owner: owner }
    }
}

impl Rows {
    /// Rows whose key is still there keep their nodes; the others go, and new ones come. Nodes are
    /// moved only past each other, so a row that comes or goes moves none.
    fn become_these(self, items: Vec<Item>, end: &web_sys::Node, owner: &Owner) -> Self {
        let Some(parent) = end.parent_node() else { return self };
        let mut lost = None;
        let mut kept: Vec<Option<Row>> =
            self.stay(&items, &mut lost).into_iter().map(Some).collect();
        let mut front = 0;
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            while kept.get(front).is_some_and(Option::is_none) {
                front += 1;
            }
            let has_key = |row: &Option<Row>| row.as_ref().is_some_and(|row| row.key == item.key);
            let place = kept[front..].iter().position(has_key).map(|ahead| front + ahead);
            let at: web_sys::Node = match kept.get(front) {
                Some(Some(row)) => row.node.clone().into(),
                _ => end.clone(),
            };
            let row = place.and_then(|place| kept[place].take());
            rows.push(match row {
                Some(row) => {
                    if place != Some(front) {
                        let _ = parent.insert_before(&row.node, Some(&at));
                    }
                    row
                }
                None => Row::draw(item, &Pen::building(parent.clone(), Some(at)), owner),
            });
        }
        // Whoever was in a row that is gone goes on in the one at its place.
        if let Some(place) = lost {
            let near = rows.get(place).or_else(|| rows.last()).map(|row| &row.node);
            refocus(near.unwrap_or_else(|| parent.unchecked_ref()));
        }
        Self(rows)
    }

    /// Takes out the rows that are not among these items, and notes the place among the items of one
    /// that had the focus: after the row that it came after. Both are in nearly the same order, so
    /// each search begins where the last one ended.
    fn stay(self, items: &[Item], lost: &mut Option<usize>) -> Vec<Row> {
        let mut from = 0;
        let stays = |row: &Row| {
            let mut places = (from..items.len()).chain(0..from);
            match places.find(|place| items[*place].key == row.key) {
                Some(place) => from = place + 1,
                None => {
                    if has_focus(&row.node) {
                        *lost = Some(from);
                    }
                    row.node.remove();
                    return false;
                }
            }
            true
        };
        self.0.into_iter().filter(stays).collect()
    }
}
