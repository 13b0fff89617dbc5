-- The dialog log (DESIGN §4 and §6), with the lobby in it.
-- Why: everything that a screen shows is read from here. Locks: nothing is there yet. A million
-- messages: no rows are moved.

CREATE TABLE meta (
    -- Exactly one row.
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    -- The life of this database: positions of another epoch mean nothing (DESIGN §4).
    epoch TEXT NOT NULL
) STRICT;

CREATE TABLE users (
    -- UUIDv7.
    id         TEXT PRIMARY KEY,
    -- The name others see.
    username   TEXT NOT NULL,
    -- 'guest': known by a signed cookie alone.
    kind       TEXT NOT NULL CONSTRAINT users_kind CHECK (kind IN ('guest', 'account', 'deleted')),
    -- Milliseconds since 1970, UTC.
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dialogs (
    -- 'lobby' or a UUIDv7.
    id              TEXT PRIMARY KEY,
    kind            TEXT NOT NULL CONSTRAINT dialogs_kind CHECK (kind IN ('lobby', 'direct', 'group')),
    title           TEXT,
    -- Number of the last message; dense from 1.
    last_seq        INTEGER NOT NULL DEFAULT 0,
    -- Number of the last change; dense from 1; never less than last_seq.
    last_ev         INTEGER NOT NULL DEFAULT 0,
    -- Milliseconds since 1970, UTC; orders the list of dialogs.
    last_message_at INTEGER,
    CONSTRAINT dialogs_counters CHECK (last_ev >= last_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    dialog     TEXT NOT NULL REFERENCES dialogs (id),
    -- The message's place; taken from dialogs.last_seq in the same transaction.
    seq        INTEGER NOT NULL,
    -- UUIDv7, the server's name for it.
    id         TEXT NOT NULL CONSTRAINT messages_id UNIQUE,
    author     TEXT NOT NULL REFERENCES users (id),
    -- The author's name for it: a repeat gets the first answer.
    client_id  TEXT NOT NULL,
    -- SHA-256 of the body: the same client_id with another body is refused.
    body_hash  BLOB NOT NULL,
    content    TEXT NOT NULL,
    -- 'text'.
    type       TEXT NOT NULL,
    -- JSON, kept unread; NULL when nothing was attached.
    meta       TEXT,
    -- Id of the message it answers.
    reply_to   TEXT,
    -- Milliseconds since 1970, UTC. Grows with seq within a dialog.
    created_at INTEGER NOT NULL,
    edited_at  INTEGER,
    deleted_at INTEGER,
    PRIMARY KEY (dialog, seq),
    CONSTRAINT messages_client_id UNIQUE (author, client_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE dialog_events (
    dialog TEXT NOT NULL REFERENCES dialogs (id),
    -- The change's number; taken from dialogs.last_ev in the same transaction.
    ev     INTEGER NOT NULL,
    -- 'message:new'.
    kind   TEXT NOT NULL,
    -- The message that is new or was changed.
    seq    INTEGER,
    PRIMARY KEY (dialog, ev)
) STRICT, WITHOUT ROWID;

INSERT INTO dialogs (id, kind) VALUES ('lobby', 'lobby');
