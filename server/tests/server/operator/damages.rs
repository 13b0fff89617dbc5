//! How a database can be damaged, at least once for each of the doctor's checks, and where the check
//! must find it. The scene that is damaged is set in `doctor`.

/// On a table of messages without the constraints that would not let it happen.
macro_rules! without_constraints {
    ($sql:literal) => {
        concat!(
            "CREATE TABLE loose AS SELECT * FROM messages; DROP TABLE messages;
             ALTER TABLE loose RENAME TO messages; ",
            $sql
        )
    };
}

/// A check, what breaks it, and what is told of that. `$anna` and the like stand for ids.
pub const DAMAGES: &[(&str, &str, &str)] = &[
    (
        "the file is whole (integrity_check)",
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = 'CREATE INDEX members_user ON members (role)'
         WHERE name = 'members_user'",
        "missing from index members_user",
    ),
    (
        "rows point to rows that are there (foreign_key_check)",
        "DELETE FROM users WHERE id = '$dora'",
        "table messages, lacks a row of users, times 1",
    ),
    ("the database has one epoch", "DELETE FROM meta", "epochs 0"),
    ("the database has one epoch", "UPDATE meta SET epoch = ''", "epochs 0"),
    (
        "there is one lobby",
        "UPDATE dialogs SET kind = 'lobby' WHERE id = '$group'",
        "dialog $group, kind lobby",
    ),
    ("there is one lobby", "DELETE FROM dialogs WHERE id = 'lobby'", "dialog lobby, kind none"),
    (
        "seq counts the messages of a dialog from 1",
        "UPDATE messages SET seq = 99 WHERE dialog = '$direct' AND seq = 3",
        "dialog $direct, seq 99, after seq 2",
    ),
    (
        "seq counts the messages of a dialog from 1",
        "DELETE FROM messages WHERE dialog = 'lobby' AND seq = 1",
        "dialog lobby, seq 2, after seq 0",
    ),
    (
        "last_seq is the last message",
        "UPDATE dialogs SET last_seq = 2 WHERE id = '$direct'",
        "dialog $direct, last_seq 2, seq 3",
    ),
    (
        "ev counts the changes of a dialog from 1",
        "DELETE FROM dialog_events WHERE dialog = '$group' AND ev = 2",
        "dialog $group, ev 3, after ev 1",
    ),
    (
        "last_ev is the last change",
        "UPDATE dialogs SET last_ev = last_ev + 1 WHERE id = '$direct'",
        "dialog $direct, last_ev 6, ev 5",
    ),
    (
        "a change of each kind says what it must",
        "UPDATE dialog_events SET kind = 'member:moved' WHERE dialog = '$group' AND ev = 1",
        "dialog $group, ev 1, kind member:moved",
    ),
    (
        "a change of each kind says what it must",
        "UPDATE dialog_events SET title = NULL WHERE dialog = '$group' AND ev = 3",
        "dialog $group, ev 3, kind dialog:renamed",
    ),
    (
        "each message was new once, in the order of seq",
        "UPDATE dialog_events SET kind = 'message:new' WHERE dialog = '$direct' AND ev = 4",
        "dialog $direct, ev 4, seq 1, after seq 3",
    ),
    (
        "each message was new once, in the order of seq",
        "UPDATE dialog_events SET kind = 'message:update' WHERE dialog = 'lobby' AND ev = 2",
        "dialog lobby, ev none, seq 2",
    ),
    (
        "a change of a message has its message",
        "DELETE FROM messages WHERE dialog = '$direct' AND seq = 3",
        "dialog $direct, ev 3, seq 3",
    ),
    (
        "a message knows its last change",
        "UPDATE messages SET ev = 1 WHERE dialog = '$direct' AND seq = 1",
        "dialog $direct, seq 1, ev 1, last ev 4",
    ),
    (
        "what was edited or deleted has a change that says so",
        "UPDATE messages SET edited_at = 1 WHERE dialog = 'lobby' AND seq = 1",
        "dialog lobby, seq 1, ev 1",
    ),
    (
        "what was edited or deleted has a change that says so",
        "UPDATE messages SET edited_at = NULL WHERE dialog = '$direct' AND seq = 1",
        "dialog $direct, seq 1, ev 4",
    ),
    (
        "no two messages have one id",
        without_constraints!(
            "UPDATE messages SET id = 'twin' WHERE dialog <> '$group' AND seq = 1"
        ),
        "dialog lobby, seq 1, id twin",
    ),
    (
        "an author uses a clientId once",
        without_constraints!("UPDATE messages SET client_id = 'twin' WHERE author = '$anna'"),
        "dialog $direct, seq 3, author $anna, clientId twin",
    ),
    (
        "number counts the messages of all dialogs from 1",
        "UPDATE messages SET number = 99 WHERE dialog = '$direct' AND seq = 1",
        "dialog $direct, seq 1, number 99, after number 6",
    ),
    (
        "number counts the messages of all dialogs from 1",
        "UPDATE messages SET number = NULL WHERE dialog = 'lobby' AND seq = 2",
        "dialog lobby, seq 2, number none",
    ),
    (
        "the words of each message are listed, and no others",
        "INSERT INTO message_words (message_words, rowid, content) VALUES ('delete', 1, 'one')",
        "dialog lobby, seq 1, number 1",
    ),
    (
        "the words of each message are listed, and no others",
        "INSERT INTO message_words (rowid, content) VALUES (99, 'who said that?')",
        "dialog none, seq none, number 99",
    ),
    (
        "only what is deleted has no words",
        "UPDATE messages SET content = 'still here' WHERE dialog = '$direct' AND seq = 3",
        "dialog $direct, seq 3",
    ),
    (
        "only what is deleted has no words",
        "UPDATE messages SET content = '' WHERE dialog = 'lobby' AND seq = 1",
        "dialog lobby, seq 1",
    ),
    (
        "an answer answers an earlier message of its dialog",
        "UPDATE messages SET reply_to = 'nothing' WHERE dialog = '$direct' AND seq = 2",
        "dialog $direct, seq 2, reply to nothing",
    ),
    (
        "an answer answers an earlier message of its dialog",
        "UPDATE messages SET reply_to = id WHERE dialog = '$direct' AND seq = 2",
        "dialog $direct, seq 2, reply to",
    ),
    (
        "no message is older than the one before it",
        "UPDATE messages SET created_at = 5 WHERE dialog = '$direct' AND seq = 2",
        "dialog $direct, seq 2, at 5, before 1",
    ),
    (
        "last_message_at is when the last message was said",
        "UPDATE dialogs SET last_message_at = 5 WHERE id = 'lobby'",
        "dialog lobby, last_message_at 5, seq 2",
    ),
    (
        "every kind, role and switch is a known one",
        "UPDATE dialogs SET kind = 'secret' WHERE id = '$group'",
        "dialog $group, user none, word secret",
    ),
    (
        "every kind, role and switch is a known one",
        "UPDATE users SET kind = 'admin' WHERE id = '$cem'",
        "dialog none, user $cem, word admin",
    ),
    (
        "every kind, role and switch is a known one",
        "UPDATE members SET role = 'admin' WHERE dialog = '$direct' AND user = '$bob'",
        "dialog $direct, user $bob, word admin",
    ),
    (
        "every kind, role and switch is a known one",
        "UPDATE members SET muted = 7 WHERE dialog = '$direct' AND user = '$bob'",
        "dialog $direct, user $bob, word muted 7",
    ),
    (
        "read ≤ delivered ≤ last_seq",
        "UPDATE members SET delivered_seq = 9 WHERE dialog = '$direct' AND user = '$bob'",
        "dialog $direct, user $bob, read 3, delivered 9, last_seq 3",
    ),
    (
        "read ≤ delivered ≤ last_seq",
        "UPDATE members SET delivered_seq = 2 WHERE dialog = '$direct' AND user = '$bob'",
        "dialog $direct, user $bob, read 3, delivered 2, last_seq 3",
    ),
    (
        "who belongs to a group is who came and did not go",
        "DELETE FROM members WHERE dialog = '$group' AND user = '$cem'",
        "dialog $group, ev 5, user $cem, kind member:added",
    ),
    (
        "who belongs to a group is who came and did not go",
        "INSERT INTO members (dialog, user, role, joined_ev, joined_at, delivered_seq, read_seq)
         VALUES ('$group', '$dora', 'member', 7, 0, 0, 0)",
        "dialog $group, ev 8, user $dora, kind member:removed",
    ),
    (
        "who belongs to a group is who came and did not go",
        "UPDATE members SET joined_ev = 2 WHERE dialog = '$group' AND user = '$anna'",
        "dialog $group, ev 2, user $anna, kind none",
    ),
    (
        "a group with people in it has the owner of its log, other dialogs have none",
        "UPDATE members SET role = 'member' WHERE dialog = '$group'",
        "dialog $group, ev 6, owner none",
    ),
    (
        "a group with people in it has the owner of its log, other dialogs have none",
        "UPDATE members SET role = 'owner' WHERE dialog = '$direct' AND user = '$anna'",
        "dialog $direct, ev none, owner $anna",
    ),
    (
        "a direct dialog has the two of its key, other dialogs have no key",
        "DELETE FROM members WHERE dialog = '$direct' AND user = '$bob'",
        "dialog $direct, members 1, key",
    ),
    (
        "a direct dialog has the two of its key, other dialogs have no key",
        "UPDATE dialogs SET direct_key = 'a:b' WHERE id = '$group'",
        "dialog $group, members 3, key a:b",
    ),
    (
        "a group has the title of its log, other dialogs have none",
        "UPDATE dialogs SET title = 'Milk' WHERE id = '$group'",
        "dialog $group, ev 3",
    ),
    (
        "a group has the title of its log, other dialogs have none",
        "UPDATE dialogs SET title = 'Milk' WHERE id = '$direct'",
        "dialog $direct, ev none",
    ),
    (
        "accounts sign in, guests and who is gone do not",
        "UPDATE users SET password_hash = NULL WHERE id = '$anna'",
        "user $anna, kind account",
    ),
    (
        "accounts sign in, guests and who is gone do not",
        "UPDATE users SET login = 'cem' WHERE id = '$cem'",
        "user $cem, kind guest",
    ),
    (
        "accounts sign in, guests and who is gone do not",
        "UPDATE users SET name_key = 'dora' WHERE id = '$dora'",
        "user $dora, kind deleted",
    ),
    (
        "who is gone is in no group and has no session, token or name left",
        "INSERT INTO members (dialog, user, role, joined_ev, joined_at, delivered_seq, read_seq)
         VALUES ('lobby', '$dora', 'member', 1, 0, 0, 0)",
        "user $dora, has membership, dialog lobby",
    ),
    (
        "who is gone is in no group and has no session, token or name left",
        "UPDATE sessions SET user = '$dora'",
        "user $dora, has session, dialog none",
    ),
    (
        "who is gone is in no group and has no session, token or name left",
        "INSERT INTO tokens (id, user, hash, name, created_at) VALUES ('t', '$dora', x'00', 'x', 0)",
        "user $dora, has token, dialog none",
    ),
    (
        "who is gone is in no group and has no session, token or name left",
        "UPDATE messages SET author_name = 'Dora' WHERE author = '$dora'",
        "user $dora, has name, dialog lobby",
    ),
    (
        "whoever is named is known",
        "UPDATE messages SET author = 'nobody' WHERE dialog = 'lobby' AND seq = 2",
        "dialog lobby, number 2, user nobody",
    ),
    (
        "whoever is named is known",
        "UPDATE dialog_events SET user = 'nobody' WHERE dialog = '$group' AND ev = 4",
        "dialog $group, number 4, user nobody",
    ),
    (
        "whoever is named is known",
        "UPDATE members SET user = 'nobody' WHERE dialog = '$group' AND user = '$cem'",
        "dialog $group, number 5, user nobody",
    ),
    (
        "whatever is in a dialog has its dialog",
        "UPDATE messages SET dialog = 'nowhere' WHERE dialog = '$direct'",
        "dialog nowhere, number 3",
    ),
    (
        "whatever is in a dialog has its dialog",
        "UPDATE dialog_events SET dialog = 'nowhere' WHERE dialog = '$direct'",
        "dialog nowhere, number 5",
    ),
    (
        "whatever is in a dialog has its dialog",
        "UPDATE members SET dialog = 'nowhere' WHERE dialog = '$group'",
        "dialog nowhere, number 5",
    ),
];
