-- From version 7 to 8: a user who has forgotten the password gets a link that sets a new one. A
-- registration may have to be confirmed, and a second factor may be demanded.

CREATE TABLE password_links (
    user_id       INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret_sha256 BLOB    NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
    made_by       TEXT    NOT NULL CHECK (made_by IN ('mail', 'operator')),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT;

ALTER TABLE users ADD COLUMN
    awaits_confirmation INTEGER NOT NULL DEFAULT 0 CHECK (awaits_confirmation IN (0, 1));
ALTER TABLE users ADD COLUMN factor_demanded_at INTEGER;

CREATE INDEX users_awaiting_confirmation ON users (created_at) WHERE awaits_confirmation;

DROP VIEW user_details;
CREATE VIEW user_details AS
SELECT
    id, username, display, email, email_verified, password_hash, password_changed_at, is_admin,
    rank, bio, thumbnail, banner, home, links, tags, suspended_at, suspended_until,
    suspension_reason, created_at, language, pronoun, avatar, presence, presence_text,
    has_email_factor, awaits_confirmation, factor_demanded_at,
    EXISTS (SELECT 1 FROM totp_factors WHERE user_id = users.id) AS has_totp,
    (SELECT count(*) FROM recovery_codes WHERE user_id = users.id AND used_at IS NULL)
        AS recovery_codes
FROM users;

PRAGMA user_version = 8;
