-- From version 8 to 9: users have passkeys, which may be a second factor and give codes.

CREATE TABLE passkeys (
    id            BLOB    PRIMARY KEY CHECK (length(id) = 16),
    user_id       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id BLOB    NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
    public_key    BLOB    NOT NULL,
    rp_id         TEXT    NOT NULL,
    counter       INTEGER NOT NULL,
    is_syncable   INTEGER NOT NULL CHECK (is_syncable IN (0, 1)),
    is_synced     INTEGER NOT NULL CHECK (is_synced IN (0, is_syncable)),
    aaguid        BLOB    NOT NULL CHECK (length(aaguid) = 16),
    transports    TEXT    NOT NULL DEFAULT '',
    name          TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    last_used_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX passkeys_by_user ON passkeys (user_id, id);

CREATE TABLE used_challenges (
    sha256     BLOB    PRIMARY KEY CHECK (length(sha256) = 32),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX used_challenges_by_expiry ON used_challenges (expires_at);

ALTER TABLE users ADD COLUMN passkey_handle BLOB CHECK (length(passkey_handle) = 64);
ALTER TABLE users ADD COLUMN passkeys INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN
    has_passkey_factor INTEGER NOT NULL DEFAULT 0 CHECK (has_passkey_factor IN (0, 1));

CREATE UNIQUE INDEX users_by_passkey_handle ON users (passkey_handle)
    WHERE passkey_handle IS NOT NULL;

-- Codes are valid for ten minutes, so that none is kept.
DROP TABLE sent_codes;
CREATE TABLE sent_codes (
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    channel    TEXT    NOT NULL CHECK (channel IN ('email', 'operator', 'passkey')),
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    expires_at INTEGER NOT NULL,
    tries_left INTEGER NOT NULL,
    used_at    INTEGER,
    PRIMARY KEY (user_id, channel)
) STRICT, WITHOUT ROWID;

DROP VIEW user_details;
CREATE VIEW user_details AS
SELECT
    id, username, display, email, email_verified, password_hash, password_changed_at, is_admin,
    rank, bio, thumbnail, banner, home, links, tags, suspended_at, suspended_until,
    suspension_reason, created_at, language, pronoun, avatar, presence, presence_text,
    has_email_factor, awaits_confirmation, factor_demanded_at, passkeys, has_passkey_factor,
    EXISTS (SELECT 1 FROM totp_factors WHERE user_id = users.id) AS has_totp,
    (SELECT count(*) FROM recovery_codes WHERE user_id = users.id AND used_at IS NULL)
        AS recovery_codes
FROM users;

PRAGMA user_version = 9;
