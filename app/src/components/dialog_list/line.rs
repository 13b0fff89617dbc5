//! What a line of the list says: plain values, no signals.

use confab_protocol::{
    Dialog, DialogId, DialogKind, Message, PresenceState, Timestamp, UserId, Username,
};

use crate::{
    components::keyed::Keyed,
    markup,
    names::dialog_name,
    session::{Draft, TypingIn},
    words::Words,
};

/// As much of a text as a line can show.
const PREVIEW_CHARACTERS: usize = 120;

/// A line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The dialog.
    pub dialog: DialogId,
    /// Whose colour it has: the other one's, or its own.
    pub colour_of: String,
    /// What it is called.
    pub name: String,
    /// Whether the other one is there; nothing where there is no other one, or nobody knows.
    pub presence: Option<PresenceState>,
    /// What happened last.
    pub preview: Preview,
    /// When.
    pub at: Timestamp,
    /// How much of it is new.
    pub unread: u64,
    /// Whether it was asked to be quiet.
    pub is_muted: bool,
    /// Whether it is the open one.
    pub is_open: bool,
}

/// What happened last in a dialog.
#[derive(Clone, Debug, PartialEq)]
pub enum Preview {
    /// Nothing yet.
    Nothing,
    /// We began to write.
    Draft(String),
    /// Others are writing. Nobody is named where there is only one other.
    Typing(Vec<Username>),
    /// Somebody said something.
    Said(By, String),
    /// Somebody took back what they had said.
    Deleted,
}

/// Who said something.
#[derive(Clone, Debug, PartialEq)]
pub enum By {
    /// We.
    You,
    /// The only other one.
    Peer,
    /// One of several.
    One(Username),
}

impl Keyed for Line {
    fn is(&self, other: &Self) -> bool {
        self.dialog == other.dialog
    }
}

/// What lines are made of besides the dialogs.
pub struct Beside<'a> {
    /// Names.
    pub words: &'a Words,
    /// Who we are.
    pub you: &'a UserId,
    /// The open dialog.
    pub open: &'a DialogId,
    /// What was begun to be written.
    pub drafts: &'a [Draft],
    /// Who is typing.
    pub typing: &'a [TypingIn],
    /// Whether we know who is there.
    pub knows_who_is_here: bool,
}

impl Line {
    /// The line of a dialog.
    pub fn of(dialog: &Dialog, beside: &Beside<'_>) -> Self {
        let (id, peer) = (&dialog.dialog_id, dialog.peer.as_ref());
        let is_open = id == beside.open;
        Self {
            dialog: id.clone(),
            colour_of: peer.map_or(id.as_str(), |peer| peer.id.as_str()).to_owned(),
            name: dialog_name(beside.words, dialog),
            presence: peer
                .filter(|peer| beside.knows_who_is_here && !peer.username.is_deleted())
                .map(|_| dialog.presence.unwrap_or_default().state),
            preview: preview(dialog, beside, is_open),
            at: dialog.last_activity_at,
            unread: dialog.unread,
            is_muted: dialog.muted,
            is_open,
        }
    }
}

/// Who is writing now, else what was begun here, else what was said last. What is being written in
/// the open dialog stands in its box.
fn preview(dialog: &Dialog, beside: &Beside<'_>, is_open: bool) -> Preview {
    let is_direct = dialog.kind == DialogKind::Direct;
    if let Some(typing) = beside.typing.iter().find(|typing| typing.dialog == dialog.dialog_id) {
        let names = typing.people.iter().map(|person| person.username.clone());
        return Preview::Typing(if is_direct { Vec::new() } else { names.collect() });
    }
    let draft = beside.drafts.iter().find(|draft| draft.dialog == dialog.dialog_id);
    if let Some(draft) = draft.filter(|_| !is_open) {
        return Preview::Draft(shortened(&draft.text));
    }
    match &dialog.last_message {
        None => Preview::Nothing,
        Some(Message { deleted_at: Some(_), .. }) => Preview::Deleted,
        Some(message) => {
            let by = match () {
                () if message.sender_id == *beside.you => By::You,
                () if is_direct => By::Peer,
                () => By::One(message.sender_name.clone()),
            };
            Preview::Said(by, shortened(&message.content))
        }
    }
}

fn shortened(text: &str) -> String {
    let text: String = text.chars().take(PREVIEW_CHARACTERS).collect();
    markup::plain(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use confab_protocol::{Person, json};

    fn dialog(kind: &str, last: &str) -> Dialog {
        let text = format!(
            r#"{{"dialogId":"d","kind":"{kind}","peer":{{"id":"bob","username":"Bob"}},"title":"Tea",
            "role":"member","members":2,"lastActivityAt":"2026-11-20T05:06:07.000Z","unread":2,
            "read":0,"muted":false,"ev":1,"lastMessage":{last}}}"#
        );
        let mut dialog: Dialog = json::read(&text).unwrap();
        if kind != "direct" {
            dialog.peer = None;
        }
        dialog
    }

    fn said(by: &str, content: &str, more: &str) -> String {
        format!(
            r#"{{"messageId":"m","dialogId":"d","seq":1,"ev":1,"senderId":"{by}","senderName":"{by}",
            "clientId":"c","content":"{content}","createdAt":"2026-11-20T05:06:07.000Z"{more}}}"#
        )
    }

    fn id(text: &str) -> DialogId {
        DialogId::parse(text).unwrap()
    }

    fn line(dialog: &Dialog, open: &str, drafts: &[Draft], typing: &[TypingIn]) -> Line {
        line_if(dialog, open, drafts, typing, true)
    }

    fn line_if(
        dialog: &Dialog,
        open: &str,
        drafts: &[Draft],
        typing: &[TypingIn],
        knows_who_is_here: bool,
    ) -> Line {
        let (words, you, open) = (Language::En.words(), UserId::parse("anna").unwrap(), id(open));
        let beside = Beside { words, you: &you, open: &open, drafts, typing, knows_who_is_here };
        Line::of(dialog, &beside)
    }

    fn preview_of(kind: &str, last: &str) -> Preview {
        line(&dialog(kind, last), "other", &[], &[]).preview
    }

    fn name(text: &str) -> Username {
        Username::parse(text).unwrap()
    }

    #[test]
    fn it_says_who_said_what() {
        let said_by = |by, text: &str| Preview::Said(by, text.to_owned());
        assert_eq!(preview_of("direct", &said("anna", "*hi*", "")), said_by(By::You, "hi"));
        assert_eq!(preview_of("direct", &said("bob", "a\\nb", "")), said_by(By::Peer, "a b"));
        let one = By::One(name("bob"));
        assert_eq!(preview_of("group", &said("bob", "hi", "")), said_by(one, "hi"));
        let deleted = said("bob", "", r#","deletedAt":"2026-11-20T05:06:07.000Z""#);
        assert_eq!(preview_of("group", &deleted), Preview::Deleted);
        assert_eq!(preview_of("group", "null"), Preview::Nothing);
    }

    #[test]
    fn a_draft_stands_before_what_was_said_but_not_where_it_is_written() {
        let dialog = dialog("direct", &said("bob", "hi", ""));
        let drafts = [Draft { dialog: id("d"), text: "half a".to_owned() }];
        let preview = line(&dialog, "other", &drafts, &[]).preview;
        assert_eq!(preview, Preview::Draft("half a".to_owned()));
        let open = line(&dialog, "d", &drafts, &[]);
        assert_eq!((open.is_open, open.preview), (true, Preview::Said(By::Peer, "hi".to_owned())));
    }

    #[test]
    fn who_is_typing_is_named_where_there_are_several() {
        let bob = Person { id: UserId::parse("bob").unwrap(), username: name("Bob") };
        let typing = [TypingIn { dialog: id("d"), people: vec![bob] }];
        let preview = |kind| line(&dialog(kind, "null"), "other", &[], &typing).preview;
        assert_eq!(preview("direct"), Preview::Typing(vec![]));
        assert_eq!(preview("group"), Preview::Typing(vec![name("Bob")]));
    }

    #[test]
    fn it_is_called_and_coloured_after_the_other_one_or_itself() {
        let direct = line(&dialog("direct", "null"), "d", &[], &[]);
        assert_eq!((direct.name.as_str(), direct.colour_of.as_str()), ("Bob", "bob"));
        assert_eq!(direct.presence, Some(PresenceState::Offline));
        let unknown = line_if(&dialog("direct", "null"), "d", &[], &[], false);
        assert_eq!(unknown.presence, None);
        let mut gone = dialog("direct", "null");
        gone.peer.as_mut().unwrap().username = Username::deleted();
        assert_eq!(line(&gone, "d", &[], &[]).presence, None);
        let group = line(&dialog("group", "null"), "d", &[], &[]);
        assert_eq!((group.name.as_str(), group.colour_of.as_str()), ("Tea", "d"));
        assert_eq!(group.presence, None);
    }
}
