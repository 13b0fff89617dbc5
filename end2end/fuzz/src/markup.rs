//! A message on its way to the screen.
//!
//! No word is lost, none is added and none changes its place: what is shown is what was written
//! without some of its marks. A link leads where it says.

use confab_app::markup::{Block, Span, parse, plain};

/// Styles within each other, one for each mark (`*`, `**` and `_`), and their texts.
const DEPTH_MAX: usize = 4;

pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let blocks = parse(&text);
    let mut shown = String::new();
    for block in &blocks {
        match block {
            Block::Text(spans) | Block::Quote(spans) => spans.iter().for_each(|span| {
                is_sound(span, DEPTH_MAX);
                span.add_text(&mut shown);
            }),
            Block::Code(code) => shown.push_str(code),
        }
    }
    adds_nothing(&shown, &text);
    if !names_a_language(&text) {
        assert_eq!(words(&shown), words(&text), "a word is lost");
    }
    assert!(!plain(&text).contains('\n'), "one line");
}

fn is_sound(span: &Span, depth: usize) {
    assert!(depth > 0, "too deep");
    match span {
        Span::Text(text) | Span::Code(text) => assert!(!text.is_empty()),
        Span::Styled(_, inside) => {
            assert!(!inside.is_empty());
            inside.iter().for_each(|span| is_sound(span, depth - 1));
        }
        Span::Link(link) => {
            let scheme = link.split(':').next().unwrap_or_default().to_ascii_lowercase();
            assert!(["http", "https", "mailto"].contains(&scheme.as_str()), "{link}");
            assert!(!link.chars().any(|c| c.is_whitespace() || c.is_control()), "{link:?}");
        }
    }
}

/// Every character of one text stands in the other, in this order.
fn adds_nothing(shown: &str, text: &str) {
    let mut written = text.chars();
    for character in shown.chars() {
        assert!(written.any(|other| other == character), "{character:?} was not written there");
    }
}

/// A fence with a word behind it: the word names a language and is not shown.
fn names_a_language(text: &str) -> bool {
    let name = |line: &str| line.strip_prefix("```").map(|name| name.trim_end().to_owned());
    text.split('\n').filter_map(name).any(|name| !name.is_empty())
}

/// The text without blanks and marks.
fn words(text: &str) -> String {
    let is_mark = |c: &char| matches!(c, '*' | '_' | '`' | '>') || c.is_whitespace();
    text.chars().filter(|c| !is_mark(c)).collect()
}
