-- The whole schema of a Nox database, as this version writes it.
-- Instants (`*_at`, `*_until`) are milliseconds since the Unix epoch; truth values are 0 and 1.

-- "nox!" in ASCII: marks the file as one of ours.
PRAGMA application_id = 1852799009;
-- The version of this schema.
PRAGMA user_version = 5;

CREATE TABLE users (
    -- Never given twice, since tokens and other servers remember it.
    id                  INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 4294967295),
    -- In lower case, ^[a-z0-9_.-]{3,16}$ and not digits alone.
    username            TEXT    NOT NULL UNIQUE,
    display             TEXT    NOT NULL,
    email               TEXT    UNIQUE COLLATE NOCASE,
    email_verified      INTEGER NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
    -- Argon2id, as a PHC string.
    password_hash       TEXT    NOT NULL,
    -- Not moved by a mere re-hash of the same password.
    password_changed_at INTEGER NOT NULL,
    is_admin            INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    rank                INTEGER NOT NULL DEFAULT 0,
    bio                 TEXT,
    -- The http or https URL of a picture elsewhere, or the SHA-256, in hex, of the one in `pictures`.
    thumbnail           TEXT,
    banner              TEXT,
    home                TEXT,
    -- One a line: the URL, and behind a space its label, where it has one.
    links               TEXT    NOT NULL DEFAULT '',
    tags                TEXT    NOT NULL DEFAULT '',
    -- An operator suspended the account: until then, or for good where there is no end.
    suspended_at        INTEGER,
    suspended_until     INTEGER,
    suspension_reason   TEXT,
    created_at          INTEGER NOT NULL,
    -- Whether codes mailed to the address are a second factor; never while it is not verified.
    has_email_factor    INTEGER NOT NULL DEFAULT 0 CHECK (has_email_factor IN (0, email_verified)),
    -- 'en' or 'fr', where the user or the operator chose one.
    language            TEXT,
    pronoun             TEXT,
    avatar              TEXT,
    -- The status that the user set, such as 'busy'; without one, they are 'online'.
    presence            TEXT,
    presence_text       TEXT
) STRICT;

-- A user's authenticator app; there only while it is enabled.
CREATE TABLE totp_factors (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- Sealed with a key from the key file, for this user alone.
    secret     BLOB    NOT NULL,
    -- The last time step that was accepted (RFC 6238, 5.2); nothing up to it is accepted again.
    last_step  INTEGER NOT NULL,
    enabled_at INTEGER NOT NULL,
    -- By how many steps the last accepted code was late (below 0) or early.
    last_skew  INTEGER
) STRICT;

-- An authenticator app that is being set up; it replaces nothing and lets nobody in.
CREATE TABLE totp_enrollments (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- Sealed as that of a factor, but for the session that drew it.
    secret     BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- The recovery codes of users with a second factor.
CREATE TABLE recovery_codes (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Keyed, see `keys`.
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),
    used_at INTEGER,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- A user with what other tables say of their second factors. Rows are read by position: columns are
-- in the order of `User` in `storage/users`.
CREATE VIEW user_details AS
SELECT
    id, username, display, email, email_verified, password_hash, password_changed_at, is_admin, rank,
    bio, thumbnail, banner, home, links, tags, suspended_at, suspended_until, suspension_reason,
    created_at, language, pronoun, avatar, presence, presence_text, has_email_factor,
    EXISTS (SELECT 1 FROM totp_factors WHERE user_id = users.id) AS has_totp,
    (SELECT count(*) FROM recovery_codes WHERE user_id = users.id AND used_at IS NULL)
        AS recovery_codes
FROM users;

-- Six-digit codes that the server made: one for each user and channel.
CREATE TABLE sent_codes (
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- How the code is delivered: by mail, or by the operator in person.
    channel    TEXT    NOT NULL CHECK (channel IN ('email', 'operator')),
    -- Keyed, see `keys`.
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    expires_at INTEGER NOT NULL,
    -- Wrong codes that it may still survive.
    tries_left INTEGER NOT NULL,
    used_at    INTEGER,
    PRIMARY KEY (user_id, channel)
) STRICT, WITHOUT ROWID;

-- Links that confirm an address.
CREATE TABLE email_confirmations (
    -- SHA-256 of the link's token, which has 256 bits of its own.
    token_sha256 BLOB    PRIMARY KEY CHECK (length(token_sha256) = 32),
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The address that it was sent to.
    email        TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX email_confirmations_by_user ON email_confirmations (user_id);

-- From where users have logged in.
CREATE TABLE devices (
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Of what a device is known by; keyed, see `keys`.
    hash         BLOB    NOT NULL CHECK (length(hash) = 32),
    last_seen_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- A token is worth something only while its row is here.
CREATE TABLE sessions (
    user_id           INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- A version 7 UUID: in the order of time.
    id                BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    created_at        INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    -- The latest request, to the minute.
    last_seen_at      INTEGER NOT NULL,
    ip                TEXT    NOT NULL,
    user_agent        TEXT,
    -- The client's key (SPKI, DER) and its SHA-256.
    public_key        BLOB,
    public_key_sha256 BLOB,
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Pictures that users uploaded.
CREATE TABLE pictures (
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (kind IN ('thumbnail', 'banner')),
    media_type TEXT    NOT NULL,
    sha256     BLOB    NOT NULL CHECK (length(sha256) = 32),
    content    BLOB    NOT NULL,
    PRIMARY KEY (user_id, kind)
) STRICT;

-- Relays that may ask whether a token is good.
CREATE TABLE relays (
    name         TEXT    PRIMARY KEY,
    -- SHA-256 of the relay's token, which has 256 bits of its own.
    token_sha256 BLOB    NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Attempts that count against rate limits. Each is counted before it is checked, and a right one is
-- taken back. An empty text means any account, network or browser: not NULL, since NULLs differ from
-- each other in a unique key.
CREATE TABLE rate_limits (
    -- What is counted, such as 'password' or 'mailed code'; see `storage/rate_limits.rs`.
    kind      TEXT    NOT NULL,
    -- The id of a user, or 'unknown-' and a keyed hash for a name that no user has.
    account   TEXT    NOT NULL,
    -- An IPv4 address, or the first 64 bits of an IPv6 address.
    network   TEXT    NOT NULL,
    -- A keyed hash of the secret in a browser's cookie, in base64.
    browser   TEXT    NOT NULL,
    count     INTEGER NOT NULL,
    -- From then on, the row counts for nothing, and the next attempt begins again at one.
    resets_at INTEGER NOT NULL,
    PRIMARY KEY (kind, account, network, browser)
) STRICT, WITHOUT ROWID;

CREATE INDEX rate_limits_by_reset ON rate_limits (resets_at);

-- What has happened to accounts; rows outlive them.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    -- Such as "password.changed".
    event      TEXT    NOT NULL,
    -- Whose account, as it was then.
    user_id    INTEGER,
    username   TEXT,
    -- From where it was done; nothing where the operator did it.
    ip         TEXT,
    user_agent TEXT
) STRICT;

CREATE INDEX audit_by_user ON audit (user_id, id);
CREATE INDEX audit_by_time ON audit (at);

-- Keys that the key file seals.
CREATE TABLE keys (
    -- "hash": for every keyed hash in this database.
    name   TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
