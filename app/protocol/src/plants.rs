//! Mistakes that can be planted, so that a proof can be proved: who looks for mistakes must find
//! each of these. Only with the feature `plants`, which the simulation asks for and no release has;
//! nothing is planted unless someone plants it, on the thread that they do it on.

use std::cell::Cell;

thread_local! {
    static PLANTED: Cell<Option<Plant>> = const { Cell::new(None) };
}

/// A mistake.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Plant {
    /// Who asked is answered before it is on the disk.
    AckBeforeCommit,
    /// The others hear of it before it is on the disk.
    FanOutBeforeCommit,
    /// What is committed is not synced: it survives a kill, and not the loss of power.
    NotSynced,
    /// A repeat is stored once more.
    NoDedupe,
    /// The position of a page is read after the page.
    PositionReadLater,
    /// What finds no room in a queue is dropped.
    DropOnFullQueue,
    /// Who resumes misses the first change.
    ResumeOffByOne,
    /// A receipt may go back.
    ReceiptsNotMerged,
    /// Who was removed is not looked at when the others are told.
    MembershipNotRechecked,
    /// A position that is void is kept.
    ResetIgnored,
    /// A change that a page holds already is applied to it once more.
    OldChangeApplied,
    /// The position moves on over what is missing.
    PositionBeforeChange,
    /// What is sent again gets another name.
    NewNameOnResend,
    /// A browser keeps a page with a position that it has not come to.
    PositionKeptAhead,
}

impl Plant {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::AckBeforeCommit,
        Self::FanOutBeforeCommit,
        Self::NotSynced,
        Self::NoDedupe,
        Self::PositionReadLater,
        Self::DropOnFullQueue,
        Self::ResumeOffByOne,
        Self::ReceiptsNotMerged,
        Self::MembershipNotRechecked,
        Self::ResetIgnored,
        Self::OldChangeApplied,
        Self::PositionBeforeChange,
        Self::NewNameOnResend,
        Self::PositionKeptAhead,
    ];
}

/// Plants a mistake on this thread, or none.
pub fn plant(mistake: Option<Plant>) {
    PLANTED.set(mistake);
}

/// Whether this mistake is planted.
pub fn is_planted(mistake: Plant) -> bool {
    PLANTED.get() == Some(mistake)
}
