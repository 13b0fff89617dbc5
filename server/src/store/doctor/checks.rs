//! What must be true of a database, and who breaks it.
//!
//! A promise is written as its breach: the query gives a row for each offender, and its columns are
//! what people are told, so their names are words and none of them holds what somebody said. Where
//! rows must count from 1, the row after a gap offends, not all that follow.

/// A promise.
#[derive(Debug)]
pub struct Check {
    /// What is true.
    pub name: &'static str,
    /// Finds where it is not.
    pub offenders: &'static str,
}

/// Of any SQLite file of ours, whatever its schema.
pub(super) const STRUCTURE: &[Check] = CHECKS.split_at(2).0;

/// All promises; the first two are [`STRUCTURE`].
pub const CHECKS: &[Check] = &[
    Check {
        name: "the file is whole (integrity_check)",
        offenders: "SELECT integrity_check AS found FROM pragma_integrity_check
                    WHERE integrity_check <> 'ok'",
    },
    Check {
        name: "rows point to rows that are there (foreign_key_check)",
        offenders: "SELECT \"table\", parent AS \"lacks a row of\", COUNT(*) AS times
                    FROM pragma_foreign_key_check GROUP BY 1, 2",
    },
    Check {
        name: "the database has one epoch",
        offenders: "SELECT COUNT(*) AS epochs FROM meta WHERE epoch <> '' HAVING COUNT(*) <> 1",
    },
    Check {
        name: "there is one lobby",
        offenders: "SELECT id AS dialog, kind FROM dialogs WHERE (id = 'lobby') <> (kind = 'lobby')
                    UNION ALL SELECT 'lobby', NULL
                    WHERE NOT EXISTS (SELECT 1 FROM dialogs WHERE id = 'lobby')",
    },
    // ---- the log ----
    Check {
        name: "seq counts the messages of a dialog from 1",
        offenders: "SELECT dialog, seq, before AS \"after seq\" FROM (
                        SELECT dialog, seq,
                               LAG(seq, 1, 0) OVER (PARTITION BY dialog ORDER BY seq) AS before
                        FROM messages)
                    WHERE seq <> before + 1",
    },
    Check {
        name: "last_seq is the last message",
        offenders: "SELECT d.id AS dialog, d.last_seq, MAX(m.seq) AS seq FROM dialogs d
                    LEFT JOIN messages m ON m.dialog = d.id
                    GROUP BY d.id HAVING d.last_seq <> COALESCE(MAX(m.seq), 0)",
    },
    Check {
        name: "ev counts the changes of a dialog from 1",
        offenders: "SELECT dialog, ev, before AS \"after ev\" FROM (
                        SELECT dialog, ev,
                               LAG(ev, 1, 0) OVER (PARTITION BY dialog ORDER BY ev) AS before
                        FROM dialog_events)
                    WHERE ev <> before + 1",
    },
    Check {
        name: "last_ev is the last change",
        offenders: "SELECT d.id AS dialog, d.last_ev, MAX(e.ev) AS ev FROM dialogs d
                    LEFT JOIN dialog_events e ON e.dialog = d.id
                    GROUP BY d.id HAVING d.last_ev <> COALESCE(MAX(e.ev), 0)",
    },
    Check {
        name: "a change of each kind says what it must",
        offenders: "SELECT dialog, ev, kind FROM dialog_events
                    WHERE (seq IS NOT NULL, user IS NOT NULL, title IS NOT NULL) <> (
                        kind IN ('message:new', 'message:update'),
                        kind IN ('member:added', 'member:removed', 'owner:changed', 'person:update'),
                        kind = 'dialog:renamed')
                    OR (seq IS NULL AND user IS NULL AND title IS NULL)",
    },
    Check {
        name: "each message was new once, in the order of seq",
        offenders: "SELECT dialog, ev, seq, before AS \"after seq\" FROM (
                        SELECT dialog, ev, seq,
                               LAG(seq, 1, 0) OVER (PARTITION BY dialog ORDER BY ev) AS before
                        FROM dialog_events WHERE kind = 'message:new')
                    WHERE seq IS NOT before + 1
                    UNION ALL
                    SELECT dialog, NULL, seq, NULL FROM (
                        SELECT dialog, seq FROM messages EXCEPT
                        SELECT dialog, seq FROM dialog_events WHERE kind = 'message:new')",
    },
    Check {
        name: "a change of a message has its message",
        offenders: "SELECT e.dialog, e.ev, e.seq FROM dialog_events e
                    LEFT JOIN messages m ON m.dialog = e.dialog AND m.seq = e.seq
                    WHERE e.seq IS NOT NULL AND m.seq IS NULL",
    },
    Check {
        name: "a message knows its last change",
        offenders: "SELECT m.dialog, m.seq, m.ev, e.ev AS \"last ev\" FROM messages m LEFT JOIN (
                        SELECT dialog, seq, MAX(ev) AS ev FROM dialog_events GROUP BY dialog, seq
                    ) e ON e.dialog = m.dialog AND e.seq = m.seq
                    WHERE m.ev IS NOT e.ev",
    },
    Check {
        name: "what was edited or deleted has a change that says so",
        offenders: "SELECT m.dialog, m.seq, m.ev FROM messages m LEFT JOIN (
                        SELECT DISTINCT dialog, seq FROM dialog_events
                        WHERE kind = 'message:update'
                    ) e ON e.dialog = m.dialog AND e.seq = m.seq
                    WHERE (COALESCE(m.edited_at, m.deleted_at) IS NULL) <> (e.seq IS NULL)",
    },
    // ---- messages ----
    Check {
        name: "no two messages have one id",
        offenders: "SELECT dialog, seq, id FROM messages WHERE id IN (
                        SELECT id FROM messages GROUP BY id HAVING COUNT(*) > 1)",
    },
    Check {
        name: "an author uses a clientId once",
        offenders: "SELECT dialog, seq, author, client_id AS clientId FROM messages
                    WHERE (author, client_id) IN (
                        SELECT author, client_id FROM messages
                        GROUP BY author, client_id HAVING COUNT(*) > 1)",
    },
    Check {
        name: "number counts the messages of all dialogs from 1",
        offenders: "SELECT dialog, seq, number, before AS \"after number\" FROM (
                        SELECT dialog, seq, number, LAG(number, 1, 0) OVER (ORDER BY number) AS before
                        FROM messages)
                    WHERE COALESCE(number, 0) <> COALESCE(before, 0) + 1",
    },
    Check {
        name: "the words of each message are listed, and no others",
        offenders: "SELECT m.dialog, m.seq, m.number FROM messages m
                    LEFT JOIN message_words_docsize w ON w.id = m.number WHERE w.id IS NULL
                    UNION ALL
                    SELECT NULL, NULL, w.id FROM message_words_docsize w
                    LEFT JOIN messages m ON m.number = w.id WHERE m.number IS NULL",
    },
    Check {
        name: "only what is deleted has no words",
        offenders: "SELECT dialog, seq FROM messages WHERE (deleted_at IS NULL) <> (content <> '')",
    },
    Check {
        name: "an answer answers an earlier message of its dialog",
        offenders: "SELECT m.dialog, m.seq, m.reply_to AS \"reply to\" FROM messages m
                    LEFT JOIN messages q ON q.id = m.reply_to
                    AND q.dialog = m.dialog AND q.seq < m.seq
                    WHERE m.reply_to IS NOT NULL AND q.id IS NULL",
    },
    Check {
        name: "no message is older than the one before it",
        offenders: "SELECT dialog, seq, created_at AS at, before FROM (
                        SELECT dialog, seq, created_at,
                               LAG(created_at, 1, 0) OVER (PARTITION BY dialog ORDER BY seq) AS before
                        FROM messages)
                    WHERE created_at < before",
    },
    Check {
        name: "last_message_at is when the last message was said",
        offenders: "SELECT d.id AS dialog, d.last_message_at, m.seq, m.created_at AS at
                    FROM dialogs d LEFT JOIN messages m ON m.dialog = d.id AND m.seq = d.last_seq
                    WHERE d.last_message_at IS NOT m.created_at",
    },
    // ---- dialogs and people ----
    Check {
        // SQLite passes over the CHECK constraints of a file that is opened only to be read.
        name: "every kind, role and switch is a known one",
        offenders: "SELECT id AS dialog, NULL AS user, kind AS word FROM dialogs
                    WHERE kind NOT IN ('lobby', 'direct', 'group')
                    UNION ALL SELECT NULL, id, kind FROM users
                    WHERE kind NOT IN ('guest', 'account', 'deleted')
                    UNION ALL SELECT dialog, user, role FROM members
                    WHERE role NOT IN ('owner', 'member')
                    UNION ALL SELECT dialog, user, 'muted ' || muted FROM members
                    WHERE muted NOT IN (0, 1)",
    },
    Check {
        name: "read ≤ delivered ≤ last_seq",
        offenders: "SELECT m.dialog, m.user, m.read_seq AS read, m.delivered_seq AS delivered,
                           d.last_seq
                    FROM members m JOIN dialogs d ON d.id = m.dialog
                    WHERE NOT (0 <= m.read_seq AND m.read_seq <= m.delivered_seq
                               AND m.delivered_seq <= d.last_seq)",
    },
    Check {
        name: "who belongs to a group is who came and did not go",
        offenders: "WITH moves AS (
                        SELECT dialog, user, MAX(ev) AS ev, kind FROM dialog_events
                        WHERE kind IN ('member:added', 'member:removed') GROUP BY dialog, user)
                    SELECT e.dialog, e.ev, e.user, e.kind FROM moves e
                    LEFT JOIN members m ON m.dialog = e.dialog AND m.user = e.user
                    WHERE m.joined_ev IS NOT CASE e.kind WHEN 'member:added' THEN e.ev END
                    UNION ALL
                    SELECT m.dialog, m.joined_ev, m.user, NULL FROM members m
                    JOIN dialogs d ON d.id = m.dialog
                    LEFT JOIN moves e ON e.dialog = m.dialog AND e.user = m.user
                    WHERE m.joined_ev > d.last_ev
                    OR (d.kind <> 'lobby' AND m.joined_ev <> 0 AND e.user IS NULL)",
    },
    Check {
        name: "a group with people in it has the owner of its log, other dialogs have none",
        offenders: "WITH passed AS (
                        SELECT dialog, user, MAX(ev) AS ev FROM dialog_events
                        WHERE kind = 'owner:changed' GROUP BY dialog)
                    SELECT d.id AS dialog, p.ev, o.user AS owner FROM dialogs d
                    LEFT JOIN members o ON o.dialog = d.id AND o.role = 'owner'
                    LEFT JOIN passed p ON p.dialog = d.id
                    WHERE o.user IS NOT CASE WHEN d.kind = 'group'
                        AND EXISTS (SELECT 1 FROM members WHERE dialog = d.id)
                        THEN COALESCE(p.user, d.created_by) END",
    },
    Check {
        name: "a direct dialog has the two of its key, other dialogs have no key",
        offenders: "SELECT d.id AS dialog, COUNT(m.user) AS members, d.direct_key AS key
                    FROM dialogs d LEFT JOIN members m ON m.dialog = d.id GROUP BY d.id
                    HAVING CASE WHEN d.kind = 'direct'
                        THEN COUNT(m.user) <> 2
                             OR MIN(m.user) || ':' || MAX(m.user) IS NOT d.direct_key
                        ELSE d.direct_key IS NOT NULL END",
    },
    Check {
        name: "a group has the title of its log, other dialogs have none",
        offenders: "WITH renamed AS (
                        SELECT dialog, title, MAX(ev) AS ev FROM dialog_events
                        WHERE kind = 'dialog:renamed' GROUP BY dialog)
                    SELECT d.id AS dialog, r.ev FROM dialogs d
                    LEFT JOIN renamed r ON r.dialog = d.id
                    WHERE (d.kind = 'group') <> (d.title IS NOT NULL)
                    OR (r.ev IS NOT NULL AND r.title IS NOT d.title)",
    },
    Check {
        name: "accounts sign in, guests and who is gone do not",
        offenders: "SELECT id AS user, kind FROM users
                    WHERE (login IS NULL, login_key IS NULL, password_hash IS NULL)
                        <> (kind <> 'account', kind <> 'account', kind <> 'account')
                    OR (kind = 'deleted' AND name_key IS NOT NULL)",
    },
    Check {
        name: "who is gone is in no group and has no session, token or name left",
        offenders: "SELECT u.id AS user, 'membership' AS has, m.dialog FROM users u
                    JOIN members m ON m.user = u.id JOIN dialogs d ON d.id = m.dialog
                    WHERE u.kind = 'deleted' AND d.kind <> 'direct'
                    UNION ALL SELECT u.id, 'session', NULL FROM users u
                    JOIN sessions s ON s.user = u.id WHERE u.kind = 'deleted'
                    UNION ALL SELECT u.id, 'token', NULL FROM users u
                    JOIN tokens t ON t.user = u.id WHERE u.kind = 'deleted'
                    UNION ALL SELECT DISTINCT u.id, 'name', m.dialog FROM users u
                    JOIN messages m ON m.author = u.id
                    WHERE u.kind = 'deleted' AND m.author_name <> u.username",
    },
    Check {
        name: "whoever is named is known",
        offenders: "SELECT dialog, seq AS number, author AS user FROM messages
                    WHERE author NOT IN (SELECT id FROM users)
                    UNION ALL SELECT dialog, ev, user FROM dialog_events
                    WHERE user NOT IN (SELECT id FROM users)
                    UNION ALL SELECT dialog, joined_ev, user FROM members
                    WHERE user NOT IN (SELECT id FROM users)",
    },
    Check {
        name: "whatever is in a dialog has its dialog",
        offenders: "SELECT dialog, MAX(seq) AS number FROM messages
                    WHERE dialog NOT IN (SELECT id FROM dialogs) GROUP BY dialog
                    UNION ALL SELECT dialog, MAX(ev) FROM dialog_events
                    WHERE dialog NOT IN (SELECT id FROM dialogs) GROUP BY dialog
                    UNION ALL SELECT dialog, MAX(joined_ev) FROM members
                    WHERE dialog NOT IN (SELECT id FROM dialogs) GROUP BY dialog",
    },
];
