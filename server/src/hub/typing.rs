//! To type: the others see that someone is about to say something. It is not stored, nobody waits for
//! it, and a reader that is slow is not told (DESIGN §5). It does not pass through the log, so it is
//! dropped when it might overtake a removal: whoever is out hears nothing more (DESIGN §7, G8).

use confab_protocol::{ServerFrame, Topic, TypingStarted, TypingStopped};

use super::{Encoded, Hub};
use crate::store::{Member, ReadError};

/// Whether someone has begun or stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Typing {
    /// They write.
    Started,
    /// They do not any more.
    Stopped,
}

impl Hub {
    /// Tells the others in a dialog that someone has begun or stopped writing.
    ///
    /// # Errors
    ///
    /// [`ReadError`]: they belong to it no more, or nobody can tell.
    pub async fn typing(&self, member: &Member, typing: Typing) -> Result<(), ReadError> {
        let as_of = self.0.listeners.expulsions();
        // The name is read too: a socket knows only the one that its person had when it was opened.
        let (readers, username) = self.0.store.readers(member).await?;
        let (dialog_id, person) = (member.dialog().clone(), member.person());
        let user_id = person.id.clone();
        let frame: ServerFrame = match typing {
            Typing::Started => TypingStarted { dialog_id, user_id, username }.into(),
            Typing::Stopped => TypingStopped { dialog_id, user_id }.into(),
        };
        let frame = Encoded::new(&frame);
        let readers = (&readers, as_of);
        self.0.listeners.tell_other_readers(&Topic::Typing, &frame, readers, &person.id);
        Ok(())
    }
}
