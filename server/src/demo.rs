//! `--demo`: an empty lobby gets a few sample messages, so that a newcomer sees what a conversation
//! looks like; and document 001's two people get accounts and a dialog, so that its scenarios run
//! word for word. All enter by the same verbs as everyone else.

use std::net::{IpAddr, Ipv4Addr};

use confab_protocol::{
    ClientId, DialogTitle, MessageKind, Meta, Person, UserId, Username, rest::Registration,
};
use tracing::warn;

use crate::{
    auth::{AccountRefused, Auth, Identity, Member},
    hub::{Hub, Place, ReadError, SendMessage},
    ops::{Clock, Random},
    store::Unavailable,
};

/// Who says what in the lobby.
const LOBBY: [(&str, &str); 6] = [
    ("Anna", "Welcome to **Confab** 👋 Everyone here sees the same messages in the same order."),
    ("Богдан", "Привіт! Відкрийте другу вкладку: це все одно ви."),
    ("Алексей", "Попробуйте выключить сеть и написать. Сообщение подождёт и уйдёт один раз."),
    ("Anna", "A line break\nstays a line break, `code` is code, and <b>HTML</b> stays text."),
    ("Богдан", "Сторінка /lab показує кожен фрейм."),
    ("Anna", "Write something below. It is stored before anyone hears of it."),
];

/// The people of document 001: what they sign in with, and their names.
const PEOPLE: [(&str, &str); 2] =
    [("79111111111", "Александр Петров"), ("79777777777", "Мария Иванова")];

/// What both sign in with. It is written in the README, so a demo is no place for secrets.
const PASSWORD: &str = "confab-demo";

/// What the two have said to each other: by whom, and what.
const DIALOG: [(usize, &str); 3] = [
    (0, "Мария, привет! Это наш диалог из документа 001."),
    (1, "Привет! Вижу его сразу, ничего не обновляя."),
    (0, "Откройте его в двух браузерах и напишите что-нибудь."),
];

/// Says and makes what is not there yet.
///
/// # Errors
///
/// [`Unavailable`] when the database does not answer.
pub async fn fill(
    hub: &Hub,
    auth: &Auth,
    random: &Random,
    clock: &Clock,
) -> Result<(), Unavailable> {
    let demo = Demo { hub, auth, random, clock };
    demo.lobby().await?;
    demo.people().await;
    Ok(())
}

struct Demo<'a> {
    hub: &'a Hub,
    auth: &'a Auth,
    random: &'a Random,
    clock: &'a Clock,
}

impl Demo<'_> {
    async fn lobby(&self) -> Result<(), Unavailable> {
        let people: Vec<Person> = ["Anna", "Богдан", "Алексей"]
            .into_iter()
            .filter_map(|name| {
                let person = self.auth.guests().newcomer().person();
                Some(Person { username: Username::parse(name).ok()?, ..person })
            })
            .collect();
        let Some(first) = people.first() else { return Ok(()) };
        match self.hub.history(&self.auth.lobby(first.clone()), Place::Latest, 1).await {
            Ok(page) if page.messages.is_empty() => {}
            Ok(_) | Err(ReadError::NoSuchDialog) => return Ok(()),
            Err(ReadError::Unavailable(why)) => return Err(why),
        }
        for (name, text) in LOBBY {
            if let Some(author) = people.iter().find(|person| person.username.as_str() == name) {
                self.say(self.auth.lobby(author.clone()), text).await;
            }
        }
        Ok(())
    }

    /// Two accounts, their dialog and a group; nothing of it if the first is there already.
    async fn people(&self) {
        let mut people = Vec::new();
        for (login, name) in PEOPLE {
            match self.account(login, name).await {
                Ok(person) => people.push(person),
                Err(AccountRefused::LoginTaken) => return,
                Err(error) => return warn!(%error, "the demo's people are not there"),
            }
        }
        let [first, second] = &people[..] else { return };
        let begun = self.hub.begin_direct(first.clone(), second.id.clone()).await;
        let Ok(begun) = begun.inspect_err(|error| warn!(%error, "the demo's dialog is not there"))
        else {
            return;
        };
        for (author, text) in DIALOG {
            let dialog = begun.dialog.dialog_id.clone();
            if let Ok(member) = self.auth.member(people[author].clone(), dialog).await {
                self.say(member, text).await;
            }
        }
        self.group(first, &second.id).await;
    }

    async fn group(&self, owner: &Person, other: &UserId) {
        let Ok(title) = DialogTitle::parse("Чай в четыре") else { return };
        let begun = self.hub.begin_group(owner.clone(), title, vec![other.clone()]).await;
        if let Ok(begun) = begun
            && let Ok(member) = self.auth.member(owner.clone(), begun.dialog.dialog_id).await
        {
            self.say(member, "Это группа: добавьте ещё людей, переименуйте её или выйдите.").await;
        }
    }

    async fn account(&self, login: &str, name: &str) -> Result<Person, AccountRefused> {
        let registration = Registration {
            login: login.to_owned(),
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
        };
        // Nobody tries from nowhere, so nobody's tries are used up.
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let entered = self.auth.register(&Identity::Nobody, nowhere, &registration).await?;
        Ok(Person { id: entered.me.id, username: entered.me.username })
    }

    async fn say(&self, member: Member, text: &str) {
        let Ok(client_id) = ClientId::parse(self.random.uuid_v7(self.clock.wall())) else { return };
        let message = SendMessage {
            client_id,
            content: text.to_owned(),
            kind: MessageKind::Text,
            meta: Meta::default(),
            reply_to: None,
        };
        if let Err(error) = self.hub.send(member, message).await {
            warn!(%error, "a sample message was not stored");
        }
    }
}
