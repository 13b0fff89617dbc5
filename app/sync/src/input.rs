//! Everything that can happen to the engine, except the passing of time.

use confab_protocol::{
    ClientId, DialogId, Ev, MessageDelete, MessageEdit, MessageSend, Seq, Topic,
};

use crate::{Kept, Post};

/// One attempt at a socket. Each gets a new number, so that what an old socket still has to say
/// cannot be taken for the new one's.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SocketId(pub u32);

/// What the person, the app or the browser has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Connect, if there is no connection and none is being tried.
    Start,
    /// The person's **Reconnect**: try at once with all tries ahead, from any state but open.
    Reconnect,
    /// Leave for good. What is known to be read is still said.
    Stop,
    /// Cut the socket as if the network had done it (lab).
    Drop,
    /// Talk to another server from now on, beginning at once.
    ChangeAddress(String),
    /// Hear these topics too, now and after every reconnect.
    Subscribe(Vec<Topic>),
    /// Hear these topics no more, even if the address names them.
    Unsubscribe(Vec<Topic>),
    /// Hear a dialog. Events wait until the position is known: here, or by [`Input::Loaded`].
    /// Joining again forgets the position, as a page does that reads the dialog afresh.
    Join {
        /// Which dialog.
        dialog_id: DialogId,
        /// The last change that the app already shows.
        after: Option<Ev>,
    },
    /// The app shows a snapshot that was read at this position; what comes after it is told.
    Loaded {
        /// Which dialog.
        dialog_id: DialogId,
        /// The position of the snapshot.
        at: Ev,
    },
    /// Hear a dialog no more.
    Leave {
        /// Which dialog.
        dialog_id: DialogId,
    },
    /// Deliver this, however long it takes. A `clientId` that is already here is left out, unless it
    /// failed: it is tried once more then, at the end of the queue.
    Send(MessageSend),
    /// Deliver this change of a message of ours, in its turn among everything we sent.
    Edit(MessageEdit),
    /// Deliver that we take a message of ours back, in its turn among everything we sent.
    Delete(MessageDelete),
    /// Do not wait any longer to try again what was refused for now.
    Hurry,
    /// Forget a message that failed or has not left yet; one in flight may be stored, and is not sent
    /// again.
    Discard {
        /// Which.
        client_id: ClientId,
    },
    /// The outbox of the previous page life, or of the tab that had it until now; it goes before
    /// anything sent since.
    Restore(Vec<Kept>),
    /// Another tab sends from now on, or nobody: forget the outbox. Whoever keeps it hands it back by
    /// [`Input::Restore`], and nothing is sent before that but what is new.
    LetGo,
    /// A key was pressed in the box of a dialog: the others are told, at most every 3 s.
    Typed {
        /// Which dialog.
        dialog_id: DialogId,
    },
    /// The box was emptied, sent or left.
    TypingEnded {
        /// Which dialog.
        dialog_id: DialogId,
    },
    /// This device has every message up to this one.
    Delivered {
        /// Which dialog.
        dialog_id: DialogId,
        /// The last one.
        seq: Seq,
    },
    /// The person has seen every message up to this one.
    Read {
        /// Which dialog.
        dialog_id: DialogId,
        /// The last one.
        seq: Seq,
    },
    /// The person moved, typed or clicked here. Often: the engine counts, not the driver.
    Touched,
    /// Say this text as it stands, if the socket is open (lab).
    SendRaw(String),
    /// The socket opened.
    Opened(SocketId),
    /// A text frame came.
    Received(SocketId, String),
    /// The socket closed, or failed to open.
    Closed {
        /// Which.
        socket: SocketId,
        /// The close code; 1006 without a close frame.
        code: u16,
        /// The other side's words.
        reason: String,
        /// Whether the closing handshake was completed (`wasClean`).
        clean: bool,
    },
    /// The socket could not even be made: the constructor threw.
    Failed(SocketId),
    /// The browser believes the network is back.
    Online,
    /// The browser believes the network is gone. It is often wrong, so nothing is done.
    Offline,
    /// The tab came to the front.
    Visible,
    /// The tab is seen no more, and may never be heard of again.
    Hidden,
}

impl From<Post> for Input {
    fn from(post: Post) -> Self {
        match post {
            Post::Send(send) => Self::Send(send),
            Post::Edit(edit) => Self::Edit(edit),
            Post::Delete(delete) => Self::Delete(delete),
        }
    }
}
