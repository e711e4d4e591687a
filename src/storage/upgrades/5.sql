-- From version 4 to 5: what a rate limit counts is stored in columns, and no longer in one text;
-- some columns have other names; a view joins users with their second factors.

ALTER TABLE users RENAME COLUMN banned_at TO suspended_at;
ALTER TABLE users RENAME COLUMN banned_until TO suspended_until;
ALTER TABLE users RENAME COLUMN ban_reason TO suspension_reason;
ALTER TABLE sent_codes RENAME COLUMN way TO channel;

CREATE VIEW user_details AS
SELECT
    id, username, display, email, email_verified, password_hash, password_changed_at, is_admin,
    rank, bio, thumbnail, banner, home, links, tags, suspended_at, suspended_until,
    suspension_reason, created_at, language, pronoun, avatar, presence, presence_text,
    has_email_factor,
    EXISTS (SELECT 1 FROM totp_factors WHERE user_id = users.id) AS has_totp,
    (SELECT count(*) FROM recovery_codes WHERE user_id = users.id AND used_at IS NULL)
        AS recovery_codes
FROM users;

CREATE TABLE rate_limits (
    kind      TEXT    NOT NULL,
    account   TEXT    NOT NULL,
    network   TEXT    NOT NULL,
    browser   TEXT    NOT NULL,
    count     INTEGER NOT NULL,
    resets_at INTEGER NOT NULL,
    PRIMARY KEY (kind, account, network, browser)
) STRICT, WITHOUT ROWID;
CREATE INDEX rate_limits_by_reset ON rate_limits (resets_at);

-- A subject was 'address NETWORK' or 'registration NETWORK', or 'KIND ACCOUNT' for all other kinds;
-- or 'password ACCOUNT from NETWORK', or 'password ACCOUNT by BROWSER'. No part has a space in it.
WITH
    kinds (prefix, kind) AS (VALUES
        ('address ', 'address'),
        ('code ', 'code'),
        ('current password ', 'current password'),
        ('link ', 'mailed link'),
        ('link a day ', 'mailed link daily'),
        ('mail ', 'mailed code'),
        ('mail a day ', 'mailed code daily'),
        ('notices ', 'notice'),
        ('password ', 'password'),
        ('registration ', 'registration')
    ),
    split (kind, rest, spent, resets_at) AS (
        SELECT kind, substr(subject, length(prefix) + 1), spent, resets_at
        FROM budgets JOIN kinds ON substr(subject, 1, length(prefix)) = prefix
    )
INSERT INTO rate_limits (kind, account, network, browser, count, resets_at)
SELECT kind, rest, '', '', spent, resets_at FROM split
WHERE kind NOT IN ('address', 'registration') AND instr(rest, ' ') = 0
UNION ALL
SELECT kind, '', rest, '', spent, resets_at FROM split
WHERE kind IN ('address', 'registration')
UNION ALL
SELECT kind, substr(rest, 1, instr(rest, ' from ') - 1), substr(rest, instr(rest, ' from ') + 6),
    '', spent, resets_at FROM split
WHERE kind = 'password' AND instr(rest, ' from ') > 0
UNION ALL
SELECT kind, substr(rest, 1, instr(rest, ' by ') - 1), '', substr(rest, instr(rest, ' by ') + 4),
    spent, resets_at FROM split
WHERE kind = 'password' AND instr(rest, ' by ') > 0;

DROP TABLE budgets;

PRAGMA user_version = 5;
