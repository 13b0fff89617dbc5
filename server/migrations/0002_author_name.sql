-- The name a message was said under stays with it: history shows what was heard, whatever its author
-- is called today.
-- Why: names change, and a reload showed another one than the screens that had heard the message.
-- Locks: the writer, until the names are copied. A million messages: a few seconds.

-- As the author was called. The default is there because SQLite asks for one, and is never used.
ALTER TABLE messages ADD COLUMN author_name TEXT NOT NULL DEFAULT '';

UPDATE messages SET author_name = (SELECT username FROM users WHERE users.id = messages.author);
