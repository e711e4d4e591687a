-- From version 2 to 3: sessions lie with those of the same user.

ALTER TABLE sessions RENAME TO old_sessions;
DROP INDEX sessions_by_user;
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
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

INSERT INTO sessions
SELECT user_id, id, created_at, expires_at, last_seen_at, ip, user_agent, public_key,
    public_key_sha256
FROM old_sessions ORDER BY user_id, id;
DROP TABLE old_sessions;

PRAGMA user_version = 3;
