//! `--demo`: an empty lobby gets a few sample messages, so that a newcomer sees what a
//! conversation looks like. They enter by the same verb as all others.

use confab_protocol::{ClientId, MessageKind, Meta, Person, Username};

use crate::{
    auth::Auth,
    hub::{Hub, Place, ReadError, SendMessage},
    ops::{Clock, Random},
    store::Unavailable,
};

/// Who says what.
const SAMPLES: [(&str, &str); 6] = [
    ("Anna", "Welcome to Confab 👋 Everyone here sees the same messages in the same order."),
    ("Богдан", "Привіт! Відкрийте другу вкладку: це все одно ви."),
    ("Алексей", "Попробуйте выключить сеть и написать. Сообщение подождёт и уйдёт один раз."),
    ("Anna", "A line break\nstays a line break, and <b>HTML</b> stays text."),
    ("Богдан", "Сторінка /lab показує кожен фрейм."),
    ("Anna", "Write something below. It is stored before anyone hears of it."),
];

/// Says the samples, if nobody has said anything yet.
///
/// # Errors
///
/// [`Unavailable`] when the database does not answer.
pub async fn fill_lobby(
    hub: &Hub,
    auth: &Auth,
    random: &Random,
    clock: &Clock,
) -> Result<(), Unavailable> {
    let people: Vec<(&str, Person)> = ["Anna", "Богдан", "Алексей"]
        .into_iter()
        .filter_map(|name| {
            let person = auth.guests().newcomer().person();
            Some((name, Person { username: Username::parse(name).ok()?, ..person }))
        })
        .collect();
    let Some((_, first)) = people.first() else { return Ok(()) };
    match hub.history(&auth.lobby(first.clone()), Place::Latest, 1).await {
        Ok(page) if page.messages.is_empty() => {}
        Ok(_) | Err(ReadError::NoSuchDialog) => return Ok(()),
        Err(ReadError::Unavailable(why)) => return Err(why),
    }
    for (name, text) in SAMPLES {
        let author = people.iter().find(|(other, _)| *other == name);
        let Some((_, author)) = author else { continue };
        let Ok(client_id) = ClientId::parse(random.uuid_v7(clock.wall())) else { continue };
        let message = SendMessage {
            client_id,
            content: text.to_owned(),
            kind: MessageKind::Text,
            meta: Meta::default(),
            reply_to: None,
        };
        if let Err(error) = hub.send(auth.lobby(author.clone()), message).await {
            tracing::warn!(%error, "a sample message was not stored");
        }
    }
    Ok(())
}
