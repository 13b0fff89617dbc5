//! Many at once.

use futures::future::join_all;

use crate::harness::{chat, hears, server};

#[tokio::test]
async fn a_thousand_connections_at_once_all_connect_all_hear_and_all_leave_nothing() {
    const CROWD: usize = 1_000;
    let server =
        server().with(|settings| settings.gateway.sockets_per_address = CROWD + 1).start().await;
    let dials = (0..CROWD).map(|n| {
        let dial = server.client().query("topics=chat");
        tokio::spawn(async move {
            let mut client = dial.connect().await;
            let connected = client.is_connected(&format!("Person {n}")).await;
            assert!(connected.connected_users <= CROWD as u64);
            assert!(connected.connected_user_list.len() <= 200);
            client
        })
    });
    let clients = join_all(dials).await.into_iter().map(|client| client.unwrap());
    let mut clients: Vec<_> = clients.collect();
    assert_eq!(server.open_sockets(), CROWD);
    let last = clients[0].is_connected("Person 0").await;
    assert_eq!(last.connected_users, CROWD as u64);

    clients[0].says(chat("all of you")).await;
    for client in &mut clients {
        assert_eq!(hears!(client, Chat).message, "all of you");
    }

    for closed in join_all(clients.into_iter().map(|client| client.leaves())).await {
        assert_eq!(closed.code, 1000);
    }
    server.has_sockets(0).await;
    server.end().await;
}

#[tokio::test]
async fn a_thousand_who_vanish_without_a_word_leave_nothing_either() {
    const CROWD: usize = 1_000;
    let server =
        server().with(|settings| settings.gateway.sockets_per_address = CROWD).start().await;
    let dials = (0..CROWD).map(|_| server.raw());
    let clients = join_all(dials).await;
    assert_eq!(server.open_sockets(), CROWD);
    drop(clients);
    server.has_sockets(0).await;
    server.end().await;
}
