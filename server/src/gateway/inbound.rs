//! A frame came in: which verb is meant, and what is answered.

use std::sync::Arc;

use confab_protocol::{
    ClientFrame, ClientId, Connecting, DialogId, ErrorCode, MessageKind, Meta, Person, Pong, Topic,
};
use futures::{FutureExt, future::BoxFuture};
use tracing::debug;

use super::{Gateway, answers};
use crate::{
    auth::{NoSuchDialog, member},
    hub::{Outlet, SendMessage, Unavailable},
};

/// Something to be answered when a commit is done; reading goes on meanwhile.
pub type Pending = BoxFuture<'static, Option<confab_protocol::ServerFrame>>;

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
    /// Whether they have said `connecting` and are counted as here.
    pub is_here: bool,
}

impl Gateway {
    /// Carries out one frame. Answers go into the outlet; what waits for a commit is returned.
    pub(super) async fn handle(
        &self,
        text: &str,
        outlet: &Arc<Outlet>,
        speaker: &mut Speaker,
    ) -> (Understood, Option<Pending>) {
        let frame = match ClientFrame::decode(text) {
            Ok(frame) => frame,
            Err(error) => {
                outlet.tell(answers::not_understood(&error));
                return (Understood::No, None);
            }
        };
        let kind = frame.kind();
        let hub = &self.0.hub;
        let mut pending = None;
        match frame {
            ClientFrame::Connecting(connecting) => {
                self.connecting(connecting, outlet, speaker).await;
            }
            ClientFrame::Subscribe(wanted) => {
                for_topics(wanted.topics, outlet, kind, |topic| match topic {
                    Topic::Dialog(dialog) => match member(speaker.person.clone(), dialog.clone()) {
                        Ok(_) => hub.subscribe(outlet, Topic::Dialog(dialog)),
                        Err(error) => unknown_dialog(outlet, &error, kind),
                    },
                    topic => hub.subscribe(outlet, topic),
                });
            }
            ClientFrame::Unsubscribe(unwanted) => {
                for_topics(unwanted.topics, outlet, kind, |topic| hub.unsubscribe(outlet, &topic));
            }
            ClientFrame::Chat(chat) => {
                let client_id = chat.client_id.clone();
                let new_id = client_id.clone().unwrap_or_else(|| self.client_id());
                let message = said(new_id, chat.message);
                pending = self.send(DialogId::lobby(), message, client_id, outlet, speaker, kind);
            }
            ClientFrame::MessageSend(send) => {
                let client_id = send.client_id.clone();
                let message = SendMessage {
                    client_id: send.client_id,
                    content: send.content,
                    kind: send.kind,
                    meta: send.meta,
                    reply_to: send.reply_to,
                };
                pending =
                    self.send(send.dialog_id, message, Some(client_id), outlet, speaker, kind);
            }
            ClientFrame::DialogJoin(join) => {
                self.join(join.dialog_id, join.after, None, outlet, speaker, kind).await;
            }
            ClientFrame::DialogLeave(leave) => hub.leave(outlet, &leave.dialog_id),
            ClientFrame::Ping(ping) => {
                debug!(connection.id = %outlet.connection.id, n = ping.n, "ping");
                outlet.tell(Pong { n: ping.n, positions: hub.positions(outlet) });
                debug!(connection.id = %outlet.connection.id, n = ping.n, "pong");
            }
        }
        (Understood::Yes, pending)
    }

    async fn connecting(
        &self,
        connecting: Connecting,
        outlet: &Arc<Outlet>,
        speaker: &mut Speaker,
    ) {
        let hub = &self.0.hub;
        match hub.named(&speaker.person, connecting.username.as_deref()) {
            Ok(person) => speaker.person = person,
            Err(error) => return outlet.tell(answers::not_connected(&error)),
        }
        if speaker.is_here {
            hub.rename(&speaker.person);
        } else {
            speaker.is_here = true;
            hub.arrive(&speaker.person);
        }
        let Ok(lobby) = member(speaker.person.clone(), DialogId::lobby()) else { return };
        let with_history = connecting.resume.is_none();
        if let Err(Unavailable { .. }) = hub.connect(outlet, &lobby, with_history).await {
            outlet.tell(answers::history_unavailable());
        }
        if let Some(resume) = connecting.resume {
            for (dialog, after) in resume.positions.into_iter().take(RESUMED_MAX) {
                let epoch = Some(&resume.epoch);
                self.join(dialog, Some(after), epoch, outlet, speaker, "connecting").await;
            }
        }
    }

    async fn join(
        &self,
        dialog: DialogId,
        after: Option<confab_protocol::Ev>,
        epoch: Option<&confab_protocol::Epoch>,
        outlet: &Arc<Outlet>,
        speaker: &Speaker,
        kind: &str,
    ) {
        let member = match member(speaker.person.clone(), dialog) {
            Ok(member) => member,
            Err(error) => return unknown_dialog(outlet, &error, kind),
        };
        match self.0.hub.join(outlet, &member, after, epoch).await {
            Ok(joined) => outlet.tell(joined),
            Err(error) => outlet.tell(answers::not_joined(&error)),
        }
    }

    fn send(
        &self,
        dialog: DialogId,
        message: SendMessage,
        client_id: Option<ClientId>,
        outlet: &Outlet,
        speaker: &Speaker,
        kind: &'static str,
    ) -> Option<Pending> {
        let member = match member(speaker.person.clone(), dialog) {
            Ok(member) => member,
            Err(error) => {
                match client_id {
                    Some(client_id) => outlet.tell(confab_protocol::Nack {
                        client_id,
                        code: ErrorCode::UnknownDialog,
                        message: error.to_string(),
                        retry: false,
                        after_ms: None,
                    }),
                    None => unknown_dialog(outlet, &error, kind),
                }
                return None;
            }
        };
        let sent = self.0.hub.send(member, message);
        Some(sent.map(move |result| answers::sent(client_id, kind, result)).boxed())
    }

    fn client_id(&self) -> ClientId {
        let id = self.0.random.uuid_v7(self.0.clock.wall());
        ClientId::parse(id).expect("a UUID is an id")
    }
}

/// Dialogs that one `connecting` may resume: more than a person has open, less than a flood.
const RESUMED_MAX: usize = 100;

fn said(client_id: ClientId, content: String) -> SendMessage {
    let kind = MessageKind::Text;
    SendMessage { client_id, content, kind, meta: Meta::default(), reply_to: None }
}

/// Topics that one frame or URL may name. Each unknown one is answered by name, and so many answers
/// must fit into the queue.
pub(super) const TOPICS_MAX: usize = 100;

fn for_topics(names: Vec<String>, outlet: &Outlet, kind: &str, mut act: impl FnMut(Topic)) {
    if names.len() > TOPICS_MAX {
        return outlet.tell(answers::too_many_topics(TOPICS_MAX, kind));
    }
    for name in names {
        match Topic::parse(&name) {
            Ok(topic) => act(topic),
            Err(error) => outlet.tell(answers::unknown_topic(&error, Some(kind))),
        }
    }
}

fn unknown_dialog(outlet: &Outlet, error: &NoSuchDialog, kind: &str) {
    outlet.tell(answers::error(ErrorCode::UnknownDialog, error.to_string(), Some(kind)));
}
