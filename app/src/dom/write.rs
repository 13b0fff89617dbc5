//! A page as text: what the server sends, and what [`draw`](super::draw) walks over again.
//!
//! The browser's parser joins texts that stand side by side and makes no node of an empty one. So
//! an empty text is not written, and a mark (`<!>`, an empty comment) stands between two others. A
//! piece that is made anew as a whole stands between two marks, and a list has one at its end.

use html_escape::{encode_double_quoted_attribute_to_string, encode_text_to_string};

use super::{
    Html, Item, Kind,
    element::{Attribute, Parts},
};

/// An empty comment.
const MARK: &str = "<!>";

/// Elements that hold nothing (HTML Living Standard §13.1.2), as far as Confab uses them.
const VOID: [&str; 3] = ["br", "img", "input"];

/// What stands right before the place that is written to.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Before {
    Text,
    Other,
}

/// Writes a page that can be made anew as a whole.
pub(super) fn page(html: Html, out: &mut String) {
    out.push_str(MARK);
    piece(html, out, Before::Other);
    out.push_str(MARK);
}

fn piece(html: Html, out: &mut String, before: Before) -> Before {
    match html.0 {
        Kind::Text(content) => text(&content, out, before),
        // Only a browser that takes the page as it stands has these, and it writes none.
        Kind::Standing | Kind::Still => before,
        Kind::LiveText(mut content) => text(&content(), out, before),
        Kind::Element(inner) => element(*inner, out),
        Kind::Several(pieces) => {
            pieces.into_iter().fold(before, |before, html| piece(html, out, before))
        }
        Kind::Switch(mut switch) => {
            if switch.turns() {
                page(switch.view(), out);
            }
            Before::Other
        }
        Kind::List(mut items) => {
            items().into_iter().for_each(|Item { draw, .. }| _ = element(*draw().0, out));
            out.push_str(MARK);
            Before::Other
        }
    }
}

fn text(content: &str, out: &mut String, before: Before) -> Before {
    if content.is_empty() {
        return before;
    }
    if before == Before::Text {
        out.push_str(MARK);
    }
    encode_text_to_string(content, out);
    Before::Text
}

fn element(element: Parts, out: &mut String) -> Before {
    let Parts { tag, classes, attributes, children } = element;
    let mut written = String::new();
    for attribute in attributes {
        match attribute {
            Attribute::Fixed(name, value) => attr(name, &value, &mut written),
            Attribute::Live(name, mut value) => {
                if let Some(value) = value() {
                    attr(name, &value, &mut written);
                }
            }
            Attribute::Value(_) | Attribute::On(..) | Attribute::Node(_) => {}
        }
    }
    out.push('<');
    out.push_str(tag);
    let class = super::class(&classes);
    if !class.is_empty() {
        attr("class", &class, out);
    }
    out.push_str(&written);
    out.push('>');
    if VOID.contains(&tag) {
        return Before::Other;
    }
    let start = out.len();
    children.into_iter().fold(Before::Other, |before, html| piece(html, out, before));
    // The parser leaves out a line break that comes first here.
    if tag == "textarea" && out[start..].starts_with('\n') {
        out.insert(start, '\n');
    }
    out.push_str("</");
    out.push_str(tag);
    out.push('>');
    Before::Other
}

fn attr(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    encode_double_quoted_attribute_to_string(value, out);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::{Element, list, still, switch, when};

    fn written(html: impl Into<Html>) -> String {
        let mut out = String::new();
        leptos::prelude::Owner::new().with(|| piece(html.into(), &mut out, Before::Other));
        out
    }

    #[test]
    fn an_element_is_written_with_what_it_has_and_what_is_in_it() {
        let el = crate::dom::scoped("l-1");
        let element = el("p", "big")
            .flag_live("data-new", || true)
            .flag_live("data-old", || false)
            .attr("title", "a \"b\" & <c>")
            .attr_live("lang", || Some("uk".to_owned()))
            .attr_live("dir", || None)
            .flag("hidden", true)
            .on("click", |_| ())
            .text("1 < 2 & 3")
            .child(Element::new("br"));
        assert_eq!(
            written(element),
            "<p class=\"big l-1\" data-new=\"\" title=\"a &quot;b&quot; &amp; &lt;c&gt;\" lang=\"uk\" \
             hidden=\"\">1 &lt; 2 &amp; 3<br></p>"
        );
    }

    #[test]
    fn what_is_still_is_written_like_all_else() {
        let quiet = || Element::new("b").text("quiet");
        let page = Element::new("p").text("a").child(still(quiet)).text("b");
        assert_eq!(written(page), "<p>a<b>quiet</b>b</p>");
    }

    #[test]
    fn texts_side_by_side_stay_apart_and_an_empty_one_is_nothing() {
        let element = Element::new("p").text("a").text("").text_live(|| "b".to_owned()).text("c");
        assert_eq!(written(element), "<p>a<!>b<!>c</p>");
    }

    #[test]
    fn what_is_made_anew_stands_between_marks() {
        let element = || Element::new("b").into();
        assert_eq!(written(switch(|| 1, move |_| element())), "<!><b></b><!>");
        assert_eq!(written(when(|| false, element)), "<!><!>");
        let item = |key: &str| Item { key: key.into(), draw: Box::new(|| Element::new("li")) };
        assert_eq!(written(list(move || vec![item("1"), item("2")])), "<li></li><li></li><!>");
    }

    #[test]
    fn a_text_area_keeps_the_line_break_it_begins_with() {
        assert_eq!(written(Element::new("textarea").text("\na")), "<textarea>\n\na</textarea>");
    }
}
