//! The words of a message, as views.

use stylers_macro::style_sheet;

use crate::{
    dom::{Element, Html, scoped},
    markup::{Block, Span, Style, parse},
};

/// What a message says, with what its marks mean. Never HTML.
pub fn content(text: &str) -> Element {
    let el = scoped(style_sheet!("app/src/components/message_list/content.css"));
    let block = move |block| match block {
        Block::Text(inside) => el("p", "text").children(inside.into_iter().map(span)),
        Block::Quote(inside) => el("blockquote", "quote").children(inside.into_iter().map(span)),
        Block::Code(code) => {
            el("pre", "block").attr("tabindex", "0").child(Element::new("code").text(code))
        }
    };
    el("div", "content").attr("dir", "auto").children(parse(text).into_iter().map(block))
}

fn span(span: Span) -> Html {
    let el = scoped(style_sheet!("app/src/components/message_list/content.css"));
    match span {
        Span::Text(text) => text.into(),
        Span::Code(code) => el("code", "code").text(code).into(),
        Span::Styled(style, inside) => {
            let tag = match style {
                Style::Bold => "strong",
                Style::Italic => "em",
            };
            Element::new(tag).children(inside.into_iter().map(self::span)).into()
        }
        Span::Link(address) => el("a", "link")
            .attr("href", address.clone())
            .attr("target", "_blank")
            .attr("rel", "noopener noreferrer nofollow")
            .text(address)
            .into(),
    }
}
