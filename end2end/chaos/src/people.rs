//! People: they come in as guests, make groups, and ask.

use std::{io, net::SocketAddr, time::Duration};

use confab_protocol::{
    Dialog, DialogId, DialogKind, Message, MessageKind, Meta, UserId, json,
    rest::{DialogDetails, Me, NewDialog, NewGuest, NewMessage},
};
use tokio::{net::TcpStream, time::timeout};
use witness::requests::{Answer, Question, ask};

use crate::server::Failed;

/// How long one waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// Someone, and where they ask.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// `name=value` of the session.
    pub cookie: String,
}

/// Asks once; nothing if no answer comes.
pub async fn asks(
    address: SocketAddr,
    cookie: Option<&str>,
    method: &str,
    path: &str,
    body: String,
) -> Option<Answer> {
    let host = address.to_string();
    let question = Question { host: &host, cookie, method, path, body };
    let answer = async { ask(line(address).await.ok()?, question).await };
    timeout(PATIENCE, answer).await.ok()?
}

/// A connection that sends small things at once.
///
/// # Errors
///
/// When nobody listens.
pub async fn line(address: SocketAddr) -> io::Result<TcpStream> {
    let line = TcpStream::connect(address).await?;
    line.set_nodelay(true)?;
    Ok(line)
}

/// Someone new comes in.
///
/// # Errors
///
/// When they are not let in.
pub async fn comes_in(address: SocketAddr, name: &str) -> Result<Person, Failed> {
    let body = json::write(&NewGuest { name: Some(name.to_owned()) });
    let answer = asks(address, None, "POST", "/api/auth/guest", body).await;
    let why = || Failed::NoBeginning(format!("{name} is not let in: {answer:?}"));
    let me: Me = answer.as_ref().and_then(Answer::data).ok_or_else(why)?;
    let cookie = answer.as_ref().and_then(|answer| answer.cookie.clone()).ok_or_else(why)?;
    Ok(Person { id: me.id, cookie })
}

/// The first of some people makes a group of them.
///
/// # Errors
///
/// When there is none to be made.
pub async fn group(address: SocketAddr, people: &[Person]) -> Result<DialogId, Failed> {
    let [owner, others @ ..] = people else {
        return Err(Failed::NoBeginning("a group of nobody".to_owned()));
    };
    let members = others.iter().map(|person| person.id.clone()).collect();
    let new = NewDialog { kind: DialogKind::Group, members, title: Some("Chaos".to_owned()) };
    let answer =
        asks(address, Some(&owner.cookie), "POST", "/api/dialogs", json::write(&new)).await;
    let made: Option<DialogId> = answer.as_ref().and_then(|answer| {
        let details = answer.data::<DialogDetails>().map(|details| details.dialog.dialog_id);
        details.or_else(|| answer.data::<Dialog>().map(|dialog| dialog.dialog_id))
    });
    made.ok_or_else(|| Failed::NoBeginning(format!("no group is made: {answer:?}")))
}

/// Someone says something, by HTTP; the message, as it is stored.
///
/// # Errors
///
/// When it is not stored.
pub async fn says(
    address: SocketAddr,
    person: &Person,
    dialog: &DialogId,
    content: String,
) -> Result<Message, Failed> {
    let path = ["/api/messages/dialog/", dialog.as_str()].concat();
    let body = json::write(&NewMessage {
        content,
        kind: MessageKind::Text,
        meta: Meta::default(),
        client_id: None,
        reply_to: None,
    });
    let answer = asks(address, Some(&person.cookie), "POST", &path, body).await;
    let stored = answer.as_ref().filter(|answer| answer.status == 201).and_then(Answer::data);
    stored.ok_or_else(|| Failed::NoBeginning(format!("nothing can be said: {answer:?}")))
}
