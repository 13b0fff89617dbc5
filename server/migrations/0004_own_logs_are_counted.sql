-- Of a person's own log only the last number is kept (users.last_uev).
-- Why: each reading wrote a line of user_events, nobody ever read one, and none was ever removed. Who
-- has missed a line of their own log sees it by the number, and fetches the list.
-- Locks: the writer, until the lines are gone. A million of them: about a second. Messages are not
-- touched. The table stays, because the binary before this one writes there.

DELETE FROM user_events;
