-- From version 5 to 6: what the server notices is stored for `nox doctor`, what it has seen of the
-- system clock is stored, and so is which time steps of authenticator apps were used.

CREATE TABLE observations (
    kind     TEXT    PRIMARY KEY,
    count    INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    text     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- The repeat of a login is known by a hash of it. The tables are laid out as a new database has them.
ALTER TABLE sessions RENAME TO old_sessions;
DROP INDEX sessions_by_expiry;

CREATE TABLE sessions (
    user_id           INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    id                BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    created_at        INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    last_seen_at      INTEGER NOT NULL,
    ip                TEXT    NOT NULL,
    user_agent        TEXT,
    public_key        BLOB,
    public_key_sha256 BLOB,
    login_hash        BLOB,
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

INSERT INTO sessions
SELECT user_id, id, created_at, expires_at, last_seen_at, ip, user_agent, public_key,
    public_key_sha256, NULL
FROM old_sessions ORDER BY user_id, id;
DROP TABLE old_sessions;

-- New recovery codes are shown until their user has them.
CREATE TABLE shown_recovery_codes (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    session_id BLOB    NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
    codes      BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE totp_used_steps (
    user_id INTEGER NOT NULL REFERENCES totp_factors (user_id) ON DELETE CASCADE,
    step    INTEGER NOT NULL,
    PRIMARY KEY (user_id, step)
) STRICT, WITHOUT ROWID;

INSERT INTO totp_used_steps (user_id, step)
SELECT user_id, last_step FROM totp_factors WHERE last_step > 0;

CREATE TABLE clock (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    seen_at    INTEGER NOT NULL,
    trusted_at INTEGER NOT NULL
) STRICT;

-- Names and addresses are compared in one form, which `fold_texts` in this folder fills in.
ALTER TABLE users ADD COLUMN display_folded TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN email_folded TEXT;
CREATE INDEX users_by_email ON users (email_folded) WHERE email_folded IS NOT NULL;

PRAGMA user_version = 6;
