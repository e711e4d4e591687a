-- From version 7 to 8: a user who has forgotten the password gets a link that sets a new one.

CREATE TABLE password_links (
    user_id       INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret_sha256 BLOB    NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
    made_by       TEXT    NOT NULL CHECK (made_by IN ('mail', 'operator')),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT;

PRAGMA user_version = 8;
