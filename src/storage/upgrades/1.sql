-- The schema of version 1, from which the upgrades start; the tests build old databases of it.

PRAGMA application_id = 1852799009;
PRAGMA user_version = 1;

CREATE TABLE users (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 4294967295),
    username            TEXT    NOT NULL UNIQUE,
    display             TEXT    NOT NULL,
    email               TEXT    UNIQUE COLLATE NOCASE,
    email_verified      INTEGER NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
    password_hash       TEXT    NOT NULL,
    password_changed_at INTEGER NOT NULL,
    is_admin            INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    rank                INTEGER NOT NULL DEFAULT 0,
    bio                 TEXT,
    thumbnail           TEXT,
    banner              TEXT,
    home                TEXT,
    links               TEXT    NOT NULL DEFAULT '',
    tags                TEXT    NOT NULL DEFAULT '',
    banned_at           INTEGER,
    banned_until        INTEGER,
    ban_reason          TEXT,
    created_at          INTEGER NOT NULL
) STRICT;

CREATE TABLE totp_factors (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret     BLOB    NOT NULL,
    last_step  INTEGER NOT NULL,
    enabled_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id                BLOB    PRIMARY KEY CHECK (length(id) = 16),
    user_id           INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at        INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    last_seen_at      INTEGER NOT NULL,
    ip                TEXT    NOT NULL,
    user_agent        TEXT,
    public_key        BLOB,
    public_key_sha256 BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id, created_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE pictures (
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (kind IN ('thumbnail', 'banner')),
    media_type TEXT    NOT NULL,
    sha256     BLOB    NOT NULL CHECK (length(sha256) = 32),
    content    BLOB    NOT NULL,
    PRIMARY KEY (user_id, kind)
) STRICT;

CREATE TABLE relays (
    name         TEXT    PRIMARY KEY,
    token_sha256 BLOB    NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE budgets (
    subject   TEXT    PRIMARY KEY,
    spent     INTEGER NOT NULL,
    resets_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX budgets_by_reset ON budgets (resets_at);
