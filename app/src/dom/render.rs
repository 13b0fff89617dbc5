//! [`Html`] as a view of Leptos: what `view!`, the server's renderer and `mount` ask of one.

use leptos::prelude::document;
use leptos::tachys::{
    html::attribute::any_attribute::AnyAttribute,
    hydration::Cursor,
    no_attrs,
    view::{Mountable, Position, PositionState, Render, RenderFlags, RenderHtml},
};
use web_sys::DocumentFragment;

use super::{
    Html,
    draw::{Keep, Pen, Region},
    write,
};

/// A page that is drawn.
pub struct Drawn {
    region: Region,
    keep: Keep,
    /// Where the nodes are while they are not in the document.
    aside: Option<DocumentFragment>,
}

impl Render for Html {
    type State = Drawn;

    fn build(self) -> Drawn {
        let (keep, aside) = (Keep::default(), document().create_document_fragment());
        let region = Region::new(self, &Pen::building(aside.clone().into(), None), &keep);
        Drawn { region, keep, aside: Some(aside) }
    }

    fn rebuild(self, drawn: &mut Drawn) {
        drawn.keep.clear();
        drawn.region.draw(self, &drawn.keep);
    }
}

// Attributes are given where an element is made.
no_attrs!(Html);

impl RenderHtml for Html {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buffer: &mut String,
        position: &mut Position,
        _: RenderFlags,
        _: Vec<AnyAttribute>,
    ) {
        write::page(self, buffer);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        cursor.advance_to_placeholder(position);
        let (first, keep) = (cursor.current(), Keep::default());
        let parent = first.parent_node().unwrap_or_else(|| first.clone());
        let region = Region::new(self, &Pen::hydrating(parent, Some(first)), &keep);
        cursor.set(region.end.clone());
        Drawn { region, keep, aside: None }
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        let aside = self.aside.get_or_insert_with(|| document().create_document_fragment());
        let mut next = Some(self.region.start.clone());
        while let Some(node) = next {
            next = node.next_sibling().filter(|_| !self.region.end.is_same_node(Some(&node)));
            let _ = aside.append_child(&node);
        }
    }

    fn mount(&mut self, parent: &web_sys::Element, marker: Option<&web_sys::Node>) {
        if let Some(aside) = &self.aside {
            let _ = parent.insert_before(aside, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = self.region.start.parent_element();
        parent.is_some_and(|parent| {
            child.mount(&parent, Some(&self.region.start));
            true
        })
    }

    fn elements(&self) -> Vec<web_sys::Element> {
        Vec::new()
    }
}
