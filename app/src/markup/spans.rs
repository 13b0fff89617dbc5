//! One line of a message.
//!
//! The line is read once, from left to right, into pieces: texts, code, links, and marks. A mark
//! that may open is remembered, one of each style at most; a mark that may close and finds its
//! opener makes both of them real, and all that opened in between stays text. At the end the real
//! marks fold the pieces into a tree, which is at most three deep.

use crate::names::is_letter;

/// A part of a line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Span {
    /// Words.
    Text(String),
    /// Words that stand out.
    Styled(Style, Vec<Span>),
    /// Code, as it was written.
    Code(String),
    /// An address: what is shown is where it leads.
    Link(String),
}

/// How words stand out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// `*bold*` or `**bold**`.
    Bold,
    /// `_italic_`.
    Italic,
}

impl Span {
    /// Adds what a person sees of it.
    pub fn add_text(&self, to: &mut String) {
        match self {
            Self::Text(text) | Self::Code(text) | Self::Link(text) => to.push_str(text),
            Self::Styled(_, inside) => inside.iter().for_each(|span| span.add_text(to)),
        }
    }

    pub(super) fn push_text(spans: &mut Vec<Self>, text: &str) {
        if !text.is_empty() {
            spans.push(Self::Text(text.to_owned()));
        }
    }
}

/// The parts of a line.
pub fn spans(line: &str) -> Vec<Span> {
    let mut reader = Reader { line: line.chars().collect(), ..Reader::default() };
    reader.read();
    fold(reader.pieces)
}

/// A mark: which characters, and how often.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mark {
    Star,
    TwoStars,
    Underscore,
}

impl Mark {
    fn of(character: char, times: usize) -> Option<Self> {
        match (character, times) {
            ('*', 1) => Some(Self::Star),
            ('*', 2) => Some(Self::TwoStars),
            ('_', 1) => Some(Self::Underscore),
            _ => None,
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Star | Self::TwoStars => Style::Bold,
            Self::Underscore => Style::Italic,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Star => "*",
            Self::TwoStars => "**",
            Self::Underscore => "_",
        }
    }
}

enum Piece {
    Span(Span),
    /// A mark that is text until it finds its other half.
    Text(Mark),
    Opens(Mark),
    Closes,
}

#[derive(Default)]
struct Reader {
    line: Vec<char>,
    place: usize,
    pieces: Vec<Piece>,
    /// Words that are not a piece yet.
    words: String,
    /// Where in `pieces` each mark has opened, by its number.
    open: [Option<usize>; 3],
    /// Up to here it is known that there is no link.
    no_link_before: usize,
}

impl Reader {
    fn read(&mut self) {
        while let Some(&character) = self.line.get(self.place) {
            let taken = match character {
                '*' | '_' => self.mark(character),
                '`' => self.code(),
                'h' | 'H' | 'm' | 'M' => self.link(),
                _ => false,
            };
            if !taken {
                self.words.push(character);
                self.place += 1;
            }
        }
        self.end_words();
    }

    fn end_words(&mut self) {
        if !self.words.is_empty() {
            let words = std::mem::take(&mut self.words);
            self.pieces.push(Piece::Span(Span::Text(words)));
        }
    }

    /// The character before this place; a blank at the start.
    fn before(&self) -> char {
        self.place.checked_sub(1).and_then(|place| self.line.get(place)).copied().unwrap_or(' ')
    }

    fn at(&self, place: usize) -> char {
        self.line.get(place).copied().unwrap_or(' ')
    }

    fn mark(&mut self, character: char) -> bool {
        let run = self.line.iter().skip(self.place).take_while(|next| **next == character).count();
        let (before, after) = (self.before(), self.at(self.place + run));
        let closes = !before.is_whitespace() && !is_letter(after);
        let opens = !after.is_whitespace() && !is_letter(before);
        match Mark::of(character, run) {
            Some(mark) if closes && self.close(mark) => {}
            Some(mark) if opens && self.open[mark as usize].is_none() => {
                self.end_words();
                self.open[mark as usize] = Some(self.pieces.len());
                self.pieces.push(Piece::Text(mark));
            }
            _ => self.words.extend(self.line.iter().skip(self.place).take(run)),
        }
        self.place += run;
        true
    }

    /// Makes the mark and its opener real, if it has one and there is something in between.
    fn close(&mut self, mark: Mark) -> bool {
        let Some(place) = self.open[mark as usize] else { return false };
        self.end_words();
        if place + 1 == self.pieces.len() {
            return false;
        }
        self.pieces[place] = Piece::Opens(mark);
        self.pieces.push(Piece::Closes);
        for open in &mut self.open {
            *open = open.filter(|other| *other < place);
        }
        true
    }

    /// The next one closes it, if there is something in between.
    fn code(&mut self) -> bool {
        let rest = self.line.iter().skip(self.place + 1);
        let Some(length) = rest.clone().position(|next| *next == '`').filter(|length| *length > 0)
        else {
            return false;
        };
        let code = rest.take(length).collect();
        self.end_words();
        self.pieces.push(Piece::Span(Span::Code(code)));
        self.place += length + 2;
        true
    }

    fn link(&mut self) -> bool {
        if is_letter(self.before()) || self.place < self.no_link_before {
            return false;
        }
        let rest = self.line.get(self.place..).unwrap_or_default();
        match Link::at(rest) {
            Link::Leads(length) => {
                let link = rest.iter().take(length).collect();
                self.end_words();
                self.pieces.push(Piece::Span(Span::Link(link)));
                self.place += length;
                true
            }
            Link::Nowhere { looked } => {
                self.no_link_before = self.place + looked;
                false
            }
            Link::None => false,
        }
    }
}

/// What a link may begin with. Nothing else is one, so no message can hold a script.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// What begins at a place.
enum Link {
    /// A link, so long.
    Leads(usize),
    /// An address of nobody. All of it was looked at, so nobody is in any other that begins in it.
    Nowhere {
        /// How much was looked at.
        looked: usize,
    },
    /// No link.
    None,
}

impl Link {
    fn at(rest: &[char]) -> Self {
        let begins = |scheme: &&str| {
            let mut here = rest.iter();
            scheme
                .chars()
                .all(|letter| here.next().is_some_and(|c| c.to_ascii_lowercase() == letter))
        };
        let Some(scheme) = SCHEMES.into_iter().find(begins) else { return Self::None };
        let is_mail = scheme == "mailto:";
        let first = rest.get(scheme.len()).copied().unwrap_or(' ');
        // Before anything else is looked at, or hostile texts would be looked at again and again.
        if !is_letter(first) && first != '[' {
            return Self::None;
        }
        let looked = rest.iter().take_while(|character| may_be_in_a_link(**character)).count();
        let length = without_tail(rest.get(..looked).unwrap_or_default());
        if is_mail && !rest.iter().take(length).any(|character| *character == '@') {
            return Self::Nowhere { looked };
        }
        Self::Leads(length)
    }
}

/// How long an address is without what belongs to the sentence that goes on behind it. A bracket
/// that was opened in an address belongs to it.
fn without_tail(address: &[char]) -> usize {
    let count = |wanted: char| address.iter().filter(|character| **character == wanted).count();
    let (opened, mut closed) = (count('('), count(')'));
    let mut length = address.len();
    while let Some(last) = length.checked_sub(1).and_then(|last| address.get(last)) {
        match last {
            ')' if closed > opened => closed -= 1,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | ']' | '}' | '»' | '”' | '’' =>
                {}
            _ => break,
        }
        length -= 1;
    }
    length
}

/// Not blanks, nor what ends an address in running text, nor characters that are not seen and turn
/// the rest around: a link looks like what it is.
fn may_be_in_a_link(character: char) -> bool {
    !character.is_whitespace()
        && !character.is_control()
        && !matches!(character, '<' | '>' | '"' | '`' | '«' | '“' | '„' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Makes a tree of the pieces.
fn fold(pieces: Vec<Piece>) -> Vec<Span> {
    let (mut spans, mut outer) = (Vec::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Span(span) => spans.push(span),
            Piece::Text(mark) => Span::push_text(&mut spans, mark.text()),
            Piece::Opens(mark) => outer.push((mark, std::mem::take(&mut spans))),
            Piece::Closes => {
                if let Some((mark, before)) = outer.pop() {
                    let inside = std::mem::replace(&mut spans, before);
                    spans.push(Span::Styled(mark.style(), inside));
                }
            }
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line with what stands out in brackets.
    fn shown(line: &str) -> String {
        fn add(span: &Span, to: &mut String) {
            match span {
                Span::Text(text) => to.push_str(text),
                Span::Styled(style, inside) => {
                    to.push_str(if *style == Style::Bold { "b[" } else { "i[" });
                    inside.iter().for_each(|span| add(span, to));
                    to.push(']');
                }
                Span::Code(code) => to.extend(["c[", code, "]"]),
                Span::Link(link) => to.extend(["l[", link, "]"]),
            }
        }
        let mut shown = String::new();
        spans(line).iter().for_each(|span| add(span, &mut shown));
        shown
    }

    #[test]
    fn what_stands_out() {
        for (line, expected) in [
            ("*bold*", "b[bold]"),
            ("**bold**", "b[bold]"),
            ("_italic_", "i[italic]"),
            ("`code`", "c[code]"),
            ("say *it* and _so_, `x`!", "say b[it] and i[so], c[x]!"),
            ("*bold _and italic_ here*", "b[bold i[and italic] here]"),
            ("(*bold*)", "(b[bold])"),
            ("*жирный* _курсив_", "b[жирный] i[курсив]"),
            ("`*not bold*`", "c[*not bold*]"),
        ] {
            assert_eq!(shown(line), expected);
        }
    }

    #[test]
    fn what_does_not() {
        for line in [
            "2*3*4",
            "snake_case_name",
            "* item",
            "a * b * c",
            "*",
            "**",
            "***",
            "_ _",
            "``",
            "`",
            "*never closed",
            "closed* only",
            "__init__",
            "*a _b",
            "****a****",
        ] {
            assert_eq!(shown(line), line);
        }
    }

    #[test]
    fn marks_that_cross_are_text_inside_of_the_first() {
        assert_eq!(shown("*a _b* c_"), "b[a _b] c_");
    }

    #[test]
    fn addresses_are_links_and_end_where_the_sentence_goes_on() {
        for (line, expected) in [
            ("https://a.example", "l[https://a.example]"),
            ("see http://a.example/b_c_d?x=*y*.", "see l[http://a.example/b_c_d?x=*y]*."),
            ("(https://a.example/b)", "(l[https://a.example/b])"),
            ("https://a.example/b_(c)", "l[https://a.example/b_(c)]"),
            ("HTTPS://A.example", "l[HTTPS://A.example]"),
            ("mailto:anna@a.example, ok", "l[mailto:anna@a.example], ok"),
            ("*https://a.example*", "b[l[https://a.example]]"),
            ("https://a.example\u{202e}moc", "l[https://a.example]\u{202e}moc"),
        ] {
            assert_eq!(shown(line), expected);
        }
    }

    #[test]
    fn nothing_else_is_a_link() {
        for line in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://a.example",
            "//a.example",
            "http://",
            "https:// a",
            "mailto:",
            "mailto:anna",
            "xhttp://a.example",
            "http:/a",
        ] {
            assert_eq!(shown(line), line);
        }
    }
}
