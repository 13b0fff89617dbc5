-- People with accounts, the dialogs they have besides the lobby, and what everyone may look up
-- (DESIGN §4 and §6).
-- Why: dialogs of two and of many need to know who belongs to them, how far each has read, and what
-- changed besides new messages; people need to sign in; words need to be found.
-- Locks: the writer, until every message has its two numbers and its words are listed. A million
-- messages: about twenty seconds, most of it for the words.

-- ---- users ----

-- What they sign in with, as they typed it; NULL for guests and for who is gone.
ALTER TABLE users ADD COLUMN login TEXT;
-- The same, so that two ways to write one login are one.
ALTER TABLE users ADD COLUMN login_key TEXT;
-- The name so that names which look the same are one; NULL when nobody chose it ("Guest 1234").
ALTER TABLE users ADD COLUMN name_key TEXT;
-- Argon2id in PHC form; NULL for guests and for who is gone.
ALTER TABLE users ADD COLUMN password_hash TEXT;
-- When their last socket closed. Milliseconds since 1970, UTC.
ALTER TABLE users ADD COLUMN last_seen_at INTEGER;
-- Number of the last change in their own log; dense from 1.
ALTER TABLE users ADD COLUMN last_uev INTEGER NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX users_login_key ON users (login_key);
CREATE UNIQUE INDEX users_name_key ON users (name_key);

-- ---- dialogs ----

-- The two of a direct dialog, ids sorted, with a colon between: there is one dialog for each pair.
ALTER TABLE dialogs ADD COLUMN direct_key TEXT;
-- Milliseconds since 1970, UTC. The lobby's is filled in when the database is opened.
ALTER TABLE dialogs ADD COLUMN created_at INTEGER;
-- Who began it; NULL when nobody did alone: the lobby, and a pair that both began. A direct dialog is shown
-- to the other from its first message.
ALTER TABLE dialogs ADD COLUMN created_by TEXT REFERENCES users (id);

CREATE UNIQUE INDEX dialogs_direct_key ON dialogs (direct_key);

CREATE TABLE members (
    dialog        TEXT NOT NULL REFERENCES dialogs (id),
    user          TEXT NOT NULL REFERENCES users (id),
    -- 'owner': of a group, one. Everyone in a direct dialog or the lobby is a 'member'.
    role          TEXT NOT NULL CONSTRAINT members_role CHECK (role IN ('owner', 'member')),
    -- The change by which they came; 0 for those it began with.
    joined_ev     INTEGER NOT NULL,
    -- Milliseconds since 1970, UTC.
    joined_at     INTEGER NOT NULL,
    -- The last message that a device of theirs has. Only grows.
    delivered_seq INTEGER NOT NULL,
    -- The last message they have seen. Only grows.
    read_seq      INTEGER NOT NULL,
    -- Whether they asked it to be quiet.
    muted         INTEGER NOT NULL DEFAULT 0 CONSTRAINT members_muted CHECK (muted IN (0, 1)),
    PRIMARY KEY (dialog, user),
    CONSTRAINT members_receipts CHECK (read_seq >= 0 AND read_seq <= delivered_seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_user ON members (user);
CREATE UNIQUE INDEX members_owner ON members (dialog) WHERE role = 'owner';

-- ---- the log ----

-- Who came, went or owns ('member:added', 'member:removed', 'owner:changed').
ALTER TABLE dialog_events ADD COLUMN user TEXT REFERENCES users (id);
-- The new title ('dialog:renamed').
ALTER TABLE dialog_events ADD COLUMN title TEXT;

CREATE TABLE user_events (
    user   TEXT NOT NULL REFERENCES users (id),
    -- The change's number; taken from users.last_uev in the same transaction.
    uev    INTEGER NOT NULL,
    -- 'dialog:begun', 'dialog:read', 'dialog:muted', 'dialog:dissolved', or as in dialog_events.
    kind   TEXT NOT NULL,
    dialog TEXT NOT NULL REFERENCES dialogs (id),
    -- Milliseconds since 1970, UTC.
    at     INTEGER NOT NULL,
    PRIMARY KEY (user, uev)
) STRICT, WITHOUT ROWID;

-- ---- messages ----

-- The last change of it. The default is there because SQLite asks for one, and is never used.
ALTER TABLE messages ADD COLUMN ev INTEGER NOT NULL DEFAULT 0;
-- Its place among the messages of all dialogs; dense from 1. What message_words knows it by.
ALTER TABLE messages ADD COLUMN number INTEGER;

UPDATE messages SET ev = line.ev FROM dialog_events AS line
WHERE line.dialog = messages.dialog AND line.seq = messages.seq;

UPDATE messages SET number = counted.number FROM (
    SELECT dialog, seq, row_number() OVER (ORDER BY created_at, dialog, seq) AS number FROM messages
) AS counted
WHERE counted.dialog = messages.dialog AND counted.seq = messages.seq;

CREATE UNIQUE INDEX messages_number ON messages (number);

-- The words of all messages. It keeps no text of its own; whoever writes messages.content writes
-- here too, in the same transaction. Beginnings of two and three letters have lists of their own,
-- because that is what a search is while it is being typed.
CREATE VIRTUAL TABLE message_words USING fts5 (
    content,
    content = 'messages',
    content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2',
    prefix = '2 3'
);

INSERT INTO message_words (message_words) VALUES ('rebuild');

-- ---- signing in ----

CREATE TABLE sessions (
    -- SHA-256 of the id in the cookie: who reads this table cannot sign in with it.
    key        BLOB PRIMARY KEY,
    -- Whose; NULL while nobody has signed in with it.
    user       TEXT REFERENCES users (id),
    -- What `auth` keeps with it; not read here.
    data       TEXT NOT NULL,
    -- Milliseconds since 1970, UTC.
    created_at INTEGER NOT NULL,
    -- From then on it is none. Milliseconds since 1970, UTC.
    expires_at INTEGER NOT NULL,
    -- When somebody signed out: the row stays until it expires, so that a request which began before
    -- cannot write it anew.
    ended_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_user ON sessions (user);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE tokens (
    -- UUIDv7.
    id           TEXT PRIMARY KEY,
    user         TEXT NOT NULL REFERENCES users (id),
    -- SHA-256 of the token.
    hash         BLOB NOT NULL CONSTRAINT tokens_hash UNIQUE,
    -- What its owner calls it.
    name         TEXT NOT NULL,
    -- Milliseconds since 1970, UTC.
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_user ON tokens (user);
