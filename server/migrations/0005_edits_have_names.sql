-- An edit that is sent again changes nothing, as a message that is sent again is stored once.
-- Why: its answer may be lost. Sent again after the same person had other words on another device, it
-- took those back. Locks: nothing is there yet. A million messages: no rows are moved.

CREATE TABLE edits (
    author    TEXT NOT NULL REFERENCES users (id),
    -- The author's name for it: a repeat gets the message as it is now.
    client_id TEXT NOT NULL,
    -- SHA-256 of what it asked for: the same client_id with another edit is refused.
    body_hash BLOB NOT NULL,
    PRIMARY KEY (author, client_id)
) STRICT, WITHOUT ROWID;
