//! `/api/messages/dialog/{id}`: what was said, and to say something; the paths and names of document
//! 001.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use confab_protocol::{
    ClientId, DialogId, ErrorCode as Code, Message, MessageId, Seq,
    rest::{EditedMessage, MessagesPage, NewMessage},
};
use serde::Deserialize;

use super::{Routes, does};
use crate::{
    api::{
        Api,
        answer::{Problem, data, ok},
        asked::{Asked, At, Body, idempotency_key},
        visitor::Visitor,
    },
    auth::Member,
    hub::{Place, SendError, SendMessage, Sent},
};

/// Messages that one page may hold.
const LIMITS: std::ops::RangeInclusive<u32> = 1..=200;

/// `?before|after|around=&limit=`.
#[derive(Debug, Deserialize)]
struct Wanted {
    before: Option<Seq>,
    after: Option<Seq>,
    around: Option<Seq>,
    limit: Option<u32>,
}

pub(super) fn routes(routes: Routes) -> Routes {
    let of =
        |about| does(about).path::<DialogId>("id", "Which dialog.").refuses(&[Code::UnknownDialog]);
    let message = |about| {
        of(about)
            .path::<MessageId>("message", "Which message.")
            .answers::<Message>(StatusCode::OK, "As it is now.")
            .refuses(&[Code::UnknownMessage, Code::NotYourMessage, Code::TooManySends])
    };
    let words = [
        Code::MessageEmpty,
        Code::MessageTooLong,
        Code::MessageControlCharacter,
        Code::MessageCombiningMarks,
    ];
    routes
        .get(
            "/api/messages/dialog/{id}",
            read,
            of("A page of messages, oldest first, with the dialog's position of the same moment.")
                .query::<Seq>("before", "The messages before this one.")
                .query::<Seq>("after", "The messages after this one.")
                .query::<Seq>("around", "The messages around this one, and it.")
                .query::<u32>("limit", "How many, 1 to 200. Without it, 50.")
                .answers::<MessagesPage>(StatusCode::OK, "Without a place: the last ones.")
                .refuses(&[Code::LimitInvalid]),
        )
        .post(
            "/api/messages/dialog/{id}",
            write,
            of("Say something. The same name for the same message is stored once.")
                .header::<ClientId>("Idempotency-Key", "One's name for it, instead of `clientId`.")
                .takes::<NewMessage>()
                .answers::<Message>(StatusCode::CREATED, "As it is stored.")
                .answers::<Message>(StatusCode::OK, "It was stored before, under the same name.")
                .refuses(&words)
                .refuses(&[Code::UnknownMessage, Code::ClientIdConflict, Code::TooManySends]),
        )
        .patch(
            "/api/messages/dialog/{id}/{message}",
            edit,
            message("Say it in other words. For its author. The same edit under the same name is made once.")
                .header::<ClientId>("Idempotency-Key", "One's name for this edit.")
                .takes::<EditedMessage>()
                .refuses(&words)
                .refuses(&[Code::MessageDeleted, Code::ClientIdConflict]),
        )
        .delete(
            "/api/messages/dialog/{id}/{message}",
            delete,
            message("Take it back; a trace stays. For its author."),
        )
}

impl Wanted {
    fn place(&self) -> Result<Place, Problem> {
        match (self.before, self.after, self.around) {
            (None, None, None) => Ok(Place::Latest),
            (Some(seq), None, None) => Ok(Place::Before(seq)),
            (None, Some(seq), None) => Ok(Place::After(seq)),
            (None, None, Some(seq)) => Ok(Place::Around(seq)),
            _ => Err(Problem::bad_request("only one of before, after and around makes sense")),
        }
    }

    fn limit(&self, default: u32) -> Result<u32, Problem> {
        let limit = self.limit.unwrap_or(default);
        let refused = || Problem::new(Code::LimitInvalid, "limit is 1 to 200");
        let fits = self.limit.is_none() || LIMITS.contains(&limit);
        fits.then_some(limit).ok_or_else(refused)
    }
}

async fn read(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let hub = &api.0.hub;
    let (place, limit) = (wanted.place()?, wanted.limit(hub.limits().page_messages)?);
    let member = api.member(&visitor, dialog).await?;
    Ok(ok(hub.history(&member, place, limit).await?))
}

/// A new message: 201, or 200 when it was stored before under the same name. The cookie goes out
/// with the answer: a program that keeps it, and sends it back with our Origin as a page does, stays
/// the same author and may repeat itself.
async fn write(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
    headers: HeaderMap,
    Body(new): Body<NewMessage>,
) -> Result<Response, Problem> {
    let client_id = match (idempotency_key(&headers)?, new.client_id) {
        (Some(key), Some(id)) if key != id => {
            let error = "Idempotency-Key and clientId are two names for one message; send one";
            return Err(Problem::bad_request(error));
        }
        (Some(id), _) | (None, Some(id)) => id,
        (None, None) => api.client_id(),
    };
    let member = api.member(&visitor, dialog).await?;
    let message = SendMessage {
        client_id,
        content: new.content,
        kind: new.kind,
        meta: new.meta,
        reply_to: new.reply_to,
    };
    let sent = api.send(&visitor, member, message).await?;
    let status = if sent.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    Ok((visitor.cookie, data(status, sent.message)).into_response())
}

async fn edit(
    State(api): State<Api>,
    visitor: Visitor,
    At((dialog, message)): At<(DialogId, MessageId)>,
    headers: HeaderMap,
    Body(edited): Body<EditedMessage>,
) -> Result<Response, Problem> {
    let client_id = idempotency_key(&headers)?.unwrap_or_else(|| api.client_id());
    let member = api.member(&visitor, dialog).await?;
    api.count_send(&visitor)?;
    Ok(ok(api.0.hub.edit(member, client_id, message, &edited.content).await?.message))
}

async fn delete(
    State(api): State<Api>,
    visitor: Visitor,
    At((dialog, message)): At<(DialogId, MessageId)>,
) -> Result<Response, Problem> {
    let member = api.member(&visitor, dialog).await?;
    api.count_send(&visitor)?;
    Ok(ok(api.0.hub.delete(member, message).await?.message))
}

impl Api {
    /// Sends, unless the visitor's address has sent too much.
    pub async fn send(
        &self,
        visitor: &Visitor,
        member: Member,
        message: SendMessage,
    ) -> Result<Sent, SendError> {
        self.count_send(visitor)?;
        self.0.hub.send(member, message).await
    }

    /// Counts a message of an address.
    fn count_send(&self, visitor: &Visitor) -> Result<(), SendError> {
        self.0.sends.count(visitor.address, self.0.clock.now())
    }

    /// A name for a message, or an edit, whose author gave none.
    pub fn client_id(&self) -> ClientId {
        let id = self.0.random.uuid_v7(self.0.clock.wall());
        ClientId::parse(id).expect("a UUID is an id")
    }
}
