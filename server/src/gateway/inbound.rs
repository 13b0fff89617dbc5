//! A frame came in: which verb is meant, and what is answered.

use std::sync::Arc;

use confab_protocol::{
    ClientFrame, ClientId, DialogId, ErrorCode, Ev, MessageDelete, MessageEdit, MessageKind,
    MessageSend, Meta, Nack, Person, Pong, Seq, ServerFrame, Topic,
};
use futures::{FutureExt, future::BoxFuture};
use tracing::debug;

use super::{Gateway, answers, restraint::Restraint};
use crate::{
    auth::{Identity, Member, MemberError},
    hub::{Attention, JoinError, Outlet, SendMessage, Typing},
};

/// Something to be answered when a commit is done; reading goes on meanwhile.
pub type Pending = BoxFuture<'static, Option<ServerFrame>>;

/// Whether a frame made sense.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Understood {
    /// It did, whether or not the answer pleases.
    Yes,
    /// It did not; ten in a row are too many (DESIGN §4).
    No,
}

/// The person behind a socket.
pub struct Speaker {
    /// Who, with the name others see.
    pub person: Person,
    /// By what they are known: only a guest for the moment may take any name that is free.
    pub identity: Identity,
    /// Whether they have said `connecting` and are counted as here.
    pub is_here: bool,
    /// Whether somebody is at this socket.
    pub attention: Attention,
    /// How often they may say what nobody waits for.
    pub(super) restraint: Restraint,
}

/// A refusal of a frame, to be said as `nack` to a sender who gave a `clientId`, else as `error`.
struct Refused {
    code: ErrorCode,
    message: String,
    retry: bool,
}

impl From<MemberError> for Refused {
    fn from(error: MemberError) -> Self {
        let (code, retry) = (error.code(), error.is_passing());
        Self { code, message: error.to_string(), retry }
    }
}

impl Refused {
    fn phrase(self, client_id: Option<ClientId>, kind: &str) -> ServerFrame {
        let Self { code, message, retry } = self;
        match client_id {
            Some(client_id) => Nack { client_id, code, message, retry, after_ms: None }.into(),
            None => answers::error(code, message, Some(kind)),
        }
    }
}

impl Gateway {
    /// Reads one frame and carries it out. Answers go into the outlet; what waits for a commit is
    /// returned.
    pub(super) async fn handle(
        &self,
        text: &str,
        outlet: &Arc<Outlet>,
        speaker: &mut Speaker,
    ) -> (Understood, Option<Pending>) {
        match ClientFrame::decode(text) {
            Ok(frame) => (Understood::Yes, self.carry_out(frame, outlet, speaker).await),
            Err(error) => {
                outlet.tell(answers::not_understood(&error));
                (Understood::No, None)
            }
        }
    }

    async fn carry_out(
        &self,
        frame: ClientFrame,
        outlet: &Arc<Outlet>,
        speaker: &mut Speaker,
    ) -> Option<Pending> {
        let kind = frame.kind();
        let hub = &self.0.hub;
        match frame {
            ClientFrame::Connecting(connecting) => {
                self.connecting(connecting, outlet, speaker).await;
            }
            ClientFrame::Subscribe(wanted) => {
                self.subscribe(wanted.topics, outlet, speaker, kind).await;
            }
            ClientFrame::Unsubscribe(unwanted) => {
                for topic in topics(unwanted.topics, outlet, kind) {
                    hub.unsubscribe(outlet, &topic);
                }
            }
            ClientFrame::Chat(chat) => {
                let client_id = chat.client_id.clone();
                let new_id = client_id.clone().unwrap_or_else(|| self.client_id());
                let message = said(new_id, chat.message);
                let to = DialogId::lobby();
                return self.send(to, message, client_id, outlet, speaker, kind).await;
            }
            ClientFrame::MessageSend(send) => {
                let (to, message) = written(send);
                let client_id = Some(message.client_id.clone());
                return self.send(to, message, client_id, outlet, speaker, kind).await;
            }
            ClientFrame::MessageEdit(edit) => return self.edit(edit, outlet, speaker, kind).await,
            ClientFrame::MessageDelete(delete) => {
                return self.delete(delete, outlet, speaker, kind).await;
            }
            ClientFrame::TypingStart(typing) => {
                self.typing(typing.dialog_id, Typing::Started, outlet, speaker, kind).await;
            }
            ClientFrame::TypingStop(typing) => {
                self.typing(typing.dialog_id, Typing::Stopped, outlet, speaker, kind).await;
            }
            ClientFrame::MessageDelivered(got) => {
                let member = self.member(got.dialog_id, speaker).await;
                return self.advance(member, (got.seq, Seq(0)), outlet, kind);
            }
            ClientFrame::MessageRead(seen) => {
                let member = self.member(seen.dialog_id, speaker).await;
                return self.advance(member, (seen.seq, seen.seq), outlet, kind);
            }
            ClientFrame::PresenceSet(set) => {
                let attention = if set.away { Attention::Away } else { Attention::Online };
                self.look(attention, speaker);
            }
            ClientFrame::DialogJoin(join) => {
                self.join(join.dialog_id, join.after, outlet, speaker, kind).await;
            }
            ClientFrame::DialogLeave(leave) => hub.leave(outlet, &leave.dialog_id),
            ClientFrame::Ping(ping) => {
                debug!(connection.id = %outlet.connection.id, n = ping.n, "ping");
                outlet.tell(Pong { n: ping.n, positions: hub.positions(outlet) });
                debug!(connection.id = %outlet.connection.id, n = ping.n, "pong");
            }
        }
        None
    }

    /// The proof that the speaker belongs to a dialog, as of now.
    async fn member(&self, dialog: DialogId, speaker: &Speaker) -> Result<Member, MemberError> {
        self.0.auth.member(speaker.person.clone(), dialog).await
    }

    async fn subscribe(
        &self,
        names: Vec<String>,
        outlet: &Arc<Outlet>,
        speaker: &Speaker,
        kind: &str,
    ) {
        for topic in topics(names, outlet, kind) {
            self.hear(topic, outlet, speaker, Some(kind)).await;
        }
    }

    /// Lets a socket hear a topic; a dialog only if the speaker belongs to it, from the present on.
    pub(super) async fn hear(
        &self,
        topic: Topic,
        outlet: &Arc<Outlet>,
        speaker: &Speaker,
        kind: Option<&str>,
    ) {
        // Everyone is in the lobby, and how far it is is always known.
        let is_everyones = |dialog: &DialogId| *dialog == DialogId::lobby();
        let dialog = match topic {
            Topic::Dialog(dialog) if !is_everyones(&dialog) => dialog,
            topic => return self.0.hub.subscribe(outlet, topic),
        };
        let refused = match self.member(dialog, speaker).await {
            Ok(member) => match self.0.hub.join(outlet, &member, None).await {
                Ok(_) | Err(JoinError::Unavailable) => return,
                Err(error) => answers::error(error.code(), error.to_string(), kind),
            },
            Err(error) => answers::error(error.code(), error.to_string(), kind),
        };
        outlet.tell(refused);
    }

    async fn join(
        &self,
        dialog: DialogId,
        after: Option<Ev>,
        outlet: &Arc<Outlet>,
        speaker: &Speaker,
        kind: &str,
    ) {
        let member = match self.member(dialog.clone(), speaker).await {
            Ok(member) => member,
            Err(error) => {
                return outlet.tell(answers::not_joined(dialog, error.code(), &error, kind));
            }
        };
        match self.0.hub.join(outlet, &member, after).await {
            Ok(joined) => outlet.tell(joined),
            Err(error) => outlet.tell(answers::not_joined(dialog, error.code(), &error, kind)),
        }
    }

    async fn send(
        &self,
        dialog: DialogId,
        message: SendMessage,
        client_id: Option<ClientId>,
        outlet: &Outlet,
        speaker: &Speaker,
        kind: &'static str,
    ) -> Option<Pending> {
        let member = self.member(dialog, speaker).await;
        let member = told(member, client_id.clone(), outlet, kind)?;
        let sent = self.0.hub.send(member, message);
        Some(sent.map(move |result| answers::sent(client_id, kind, result)).boxed())
    }

    async fn edit(
        &self,
        MessageEdit { dialog_id, message_id, client_id, content }: MessageEdit,
        outlet: &Outlet,
        speaker: &Speaker,
        kind: &str,
    ) -> Option<Pending> {
        let member = self.member(dialog_id, speaker).await;
        let member = told(member, Some(client_id.clone()), outlet, kind)?;
        let edited = self.0.hub.edit(member, client_id.clone(), message_id, &content);
        Some(edited.map(move |result| Some(answers::amended(client_id, result))).boxed())
    }

    async fn delete(
        &self,
        MessageDelete { dialog_id, message_id, client_id }: MessageDelete,
        outlet: &Outlet,
        speaker: &Speaker,
        kind: &str,
    ) -> Option<Pending> {
        let member = self.member(dialog_id, speaker).await;
        let member = told(member, Some(client_id.clone()), outlet, kind)?;
        let deleted = self.0.hub.delete(member, message_id);
        Some(deleted.map(move |result| Some(answers::amended(client_id, result))).boxed())
    }

    async fn typing(
        &self,
        dialog: DialogId,
        typing: Typing,
        outlet: &Outlet,
        speaker: &mut Speaker,
        kind: &str,
    ) {
        if !speaker.restraint.lets_type(&dialog, typing, self.0.clock.now()) {
            return;
        }
        let member = self.member(dialog, speaker).await;
        // Nobody waits for it, so nobody is told when the database does not answer.
        if let Some(member) = told(member, None, outlet, kind)
            && let Err(error) = self.0.hub.typing(&member, typing).await
        {
            debug!(connection.id = %outlet.connection.id, %error, "nobody was told of the typing");
        }
    }

    /// Somebody has come back to the socket, or nobody is at it.
    fn look(&self, attention: Attention, speaker: &mut Speaker) {
        let is_news = speaker.attention != attention;
        if !is_news
            || attention == Attention::Away && !speaker.restraint.lets_leave(self.0.clock.now())
        {
            return;
        }
        speaker.attention = attention;
        if speaker.is_here {
            self.0.hub.look(&speaker.person, attention);
        }
    }

    /// A receipt has no answer; one that is lost is made good by the next.
    fn advance(
        &self,
        member: Result<Member, MemberError>,
        (delivered, read): (Seq, Seq),
        outlet: &Outlet,
        kind: &'static str,
    ) -> Option<Pending> {
        let member = told(member, None, outlet, kind)?;
        let advanced = self.0.hub.advance(member, delivered, read);
        Some(advanced.map(move |result| answers::advanced(kind, result)).boxed())
    }

    fn client_id(&self) -> ClientId {
        let id = self.0.random.uuid_v7(self.0.clock.wall());
        ClientId::parse(id).expect("a UUID is an id")
    }
}

fn said(client_id: ClientId, content: String) -> SendMessage {
    let kind = MessageKind::Text;
    SendMessage { client_id, content, kind, meta: Meta::default(), reply_to: None }
}

fn written(send: MessageSend) -> (DialogId, SendMessage) {
    let MessageSend { dialog_id, client_id, content, kind, meta, reply_to } = send;
    (dialog_id, SendMessage { client_id, content, kind, meta, reply_to })
}

/// Topics that one frame or URL may name. Each unknown one is answered by name, and so many answers
/// must fit into the queue.
pub(super) const TOPICS_MAX: usize = 100;

/// The topics with these names; whoever names others is told.
fn topics(names: Vec<String>, outlet: &Outlet, kind: &str) -> Vec<Topic> {
    if names.len() > TOPICS_MAX {
        outlet.tell(answers::too_many_topics(TOPICS_MAX, kind));
        return Vec::new();
    }
    let parsed = names.iter().map(|name| Topic::parse(name));
    let known = parsed.filter_map(|topic| {
        topic.map_err(|error| outlet.tell(answers::unknown_topic(&error, Some(kind)))).ok()
    });
    known.collect()
}

/// The proof; without it the speaker is told why.
fn told(
    member: Result<Member, MemberError>,
    client_id: Option<ClientId>,
    outlet: &Outlet,
    kind: &str,
) -> Option<Member> {
    member.map_err(|error| outlet.tell(Refused::from(error).phrase(client_id, kind))).ok()
}
