//! The small mark-up of messages: plain text in, plain values out.
//!
//! ````text
//! *bold* or **bold** · _italic_ · `code` · > quote · ``` on a line of its own around a block of code
//! ````
//!
//! and addresses that begin with `http://`, `https://` or `mailto:`. What does not look like one of
//! these is text, and no character of text is ever lost: a mark that does not close stays what it
//! is. A message is cut into [`Block`]s here and each line of text into [`Span`]s ([`spans`]); the
//! screen makes views of them, never HTML. Every character is looked at a fixed number of times, so
//! nobody can write a message that takes long to show.
//!
//! Deliberately absent: headings, lists, tables, named links. A link shows where it leads.

mod spans;

pub use spans::{Span, Style, spans};

/// The mark around a block of code.
const FENCE: [char; 3] = ['`'; 3];

/// A part of a message that stands on lines of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Block {
    /// Lines of text; breaks between them are texts.
    Text(Vec<Span>),
    /// Lines that began with `>`.
    Quote(Vec<Span>),
    /// Code, as it was written.
    Code(String),
}

/// What a message says.
pub fn parse(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut blocks = Blocks::default();
    let mut place = 0;
    // As soon as one search for the end of a block of code has failed, all later ones would.
    let mut may_close = true;
    while let Some(line) = lines.get(place) {
        place += 1;
        if let Some(code) = code_of_one_line(line) {
            blocks.push(Block::Code(code));
        } else if may_close && opens_code(line) {
            match lines.iter().skip(place).position(|line| is_fence(line)) {
                Some(length) => {
                    let inside: Vec<&str> =
                        lines.iter().skip(place).take(length).copied().collect();
                    blocks.push(Block::Code(inside.join("\n")));
                    place += length + 1;
                }
                None => {
                    may_close = false;
                    blocks.line(Kind::Text, line);
                }
            }
        } else if let Some(quoted) = line.strip_prefix('>') {
            blocks.line(Kind::Quote, quoted.strip_prefix(' ').unwrap_or(quoted));
        } else {
            blocks.line(Kind::Text, line);
        }
    }
    blocks.done()
}

/// What a message says on one line, without its marks.
pub fn plain(text: &str) -> String {
    let mut plain = String::new();
    for block in parse(text) {
        if !plain.is_empty() {
            plain.push(' ');
        }
        match block {
            Block::Text(spans) | Block::Quote(spans) => {
                spans.iter().for_each(|span| span.add_text(&mut plain));
            }
            Block::Code(code) => plain.push_str(&code),
        }
    }
    plain.chars().map(|character| if character == '\n' { ' ' } else { character }).collect()
}

/// ```` ```so``` ````
fn code_of_one_line(line: &str) -> Option<String> {
    let characters: Vec<char> = line.trim_end().chars().collect();
    let inside = characters.strip_prefix(&FENCE)?.strip_suffix(&FENCE)?;
    (!inside.is_empty() && !inside.contains(&'`')).then(|| inside.iter().collect())
}

fn opens_code(line: &str) -> bool {
    line.starts_with("```") && line.chars().skip(FENCE.len()).all(|character| character != '`')
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "```"
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Text,
    Quote,
}

/// Blocks on their way: lines of one kind that follow each other are one block.
#[derive(Default)]
struct Blocks {
    done: Vec<Block>,
    open: Option<(Kind, Vec<Span>)>,
}

impl Blocks {
    fn line(&mut self, kind: Kind, line: &str) {
        match &mut self.open {
            Some((open, inside)) if *open == kind => {
                Span::push_text(inside, "\n");
                inside.extend(spans(line));
            }
            _ => {
                self.close();
                self.open = Some((kind, spans(line)));
            }
        }
    }

    fn push(&mut self, block: Block) {
        self.close();
        self.done.push(block);
    }

    /// An empty line beside a block only keeps it apart from the next, which it is anyway.
    fn close(&mut self) {
        match self.open.take() {
            Some((Kind::Text, spans)) if !spans.is_empty() => self.done.push(Block::Text(spans)),
            Some((Kind::Quote, spans)) => self.done.push(Block::Quote(spans)),
            _ => {}
        }
    }

    fn done(mut self) -> Vec<Block> {
        self.close();
        self.done
    }
}

// Not in a browser: it has no clock to hold, and no property tests.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    fn text(text: &str) -> Span {
        Span::Text(text.to_owned())
    }

    #[test]
    fn plain_words_are_one_text() {
        for plain in ["hello", "two\nlines", "2 * 3 * 4 = 24", "snake_case_name", "a > b", "5 * x"]
        {
            assert_eq!(parse(plain).iter().map(seen).collect::<String>(), plain);
            assert!(matches!(parse(plain)[..], [Block::Text(_)]), "{plain}");
        }
    }

    #[test]
    fn blocks_stand_for_themselves() {
        assert_eq!(
            parse("> said\n> before\nanswer\n```\nlet a = *b*;\n```\nend"),
            [
                Block::Quote(vec![text("said"), text("\n"), text("before")]),
                Block::Text(vec![text("answer")]),
                Block::Code("let a = *b*;".to_owned()),
                Block::Text(vec![text("end")]),
            ]
        );
        assert_eq!(parse("```so```"), [Block::Code("so".to_owned())]);
        assert_eq!(parse("```rust\nfn\n```"), [Block::Code("fn".to_owned())]);
    }

    #[test]
    fn a_block_that_does_not_end_is_text() {
        assert_eq!(plain("```\nlet a"), "``` let a");
        assert_eq!(plain("``` ```"), " ");
        assert_eq!(plain("``````"), "``````");
    }

    #[test]
    fn a_line_shows_words_without_marks() {
        assert_eq!(plain("> *so* what\n```\ncode\n```\nsee `x`"), "so what code see x");
    }

    /// What a person sees of a block.
    fn seen(block: &Block) -> String {
        let mut seen = String::new();
        match block {
            Block::Text(spans) | Block::Quote(spans) => {
                spans.iter().for_each(|span| span.add_text(&mut seen));
            }
            Block::Code(code) => seen.push_str(code),
        }
        seen
    }

    /// Marks, and what a fence may name: everything else has to be seen.
    fn is_mark(character: char) -> bool {
        matches!(character, '*' | '_' | '`' | '>') || character.is_whitespace()
    }

    proptest! {
        #[test]
        fn no_character_of_text_is_lost(
            text in "([a-zй😀]{0,3}[ \n]?[*_`>]{0,3}( |\n|https?://[a-z_*.]{0,4})?){0,40}"
        ) {
            // The word behind an opening fence names a language, and nothing else.
            prop_assume!(!text.split('\n').any(|line| opens_code(line) && !is_fence(line)));
            let all = |text: &str| text.chars().filter(|c| !is_mark(*c)).collect::<String>();
            let shown: String = parse(&text).iter().map(seen).collect();
            prop_assert_eq!(all(&shown), all(&text));
        }

        #[test]
        fn any_text_can_be_shown(text in any::<String>()) {
            let _ = plain(&text);
        }

        #[test]
        fn text_without_marks_is_seen_as_it_is(text in "[a-zA-Zа-я0-9 \n.,:!?()😀]{1,200}") {
            let shown: String = parse(&text).iter().map(seen).collect();
            let is_blank = text.chars().all(|character| character == '\n');
            prop_assert!(shown == text || is_blank, "{:?} became {:?}", text, shown);
        }
    }

    /// A build without optimisation is ten times slower; a parser that looks back takes a minute.
    const PATIENCE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 50 });

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the question is how long it takes")]
    fn a_hostile_message_is_read_in_no_time() {
        let pieces = [
            "*",
            "_",
            "`",
            "**",
            "*a ",
            "_a ",
            "`a ",
            "*_",
            "> ",
            ">\n",
            "```\n",
            "```a\n",
            "```",
            "http://",
            "https://(",
            "mailto:@",
            "http://a) ",
            "http://a))))",
            "mailto:a",
            "mailto:a,",
            "*a_b* ",
            "(*_`",
        ];
        for piece in pieces {
            let text = piece.repeat(64 * 1024 / piece.len());
            // The best of three: other tests are running.
            let took = (0..3).map(|_| {
                let begun = Instant::now();
                let _ = parse(&text);
                begun.elapsed()
            });
            assert!(took.min() < Some(PATIENCE), "{piece:?}");
        }
    }
}
