//! Bytes as decisions, one after the other.

/// What is still to be decided by.
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    /// The next byte; nothing when all are used up.
    pub fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// One of so many; the first when all bytes are used up, or when there is none to choose.
    pub fn one_of(&mut self, many: usize) -> usize {
        usize::from(self.next().unwrap_or(0)).checked_rem(many).unwrap_or(0)
    }
}
