-- The whole schema of a Nox database, as this version writes it.
-- Instants (`*_at`, `*_until`) are milliseconds since the Unix epoch; booleans are 0 and 1. A
-- *sealed* value is encrypted with a key from the key file. A *keyed hash* is an HMAC with the key
-- `hash` of the table `keys`.

-- "nox!" in ASCII: marks the file as a Nox database.
PRAGMA application_id = 1852799009;
-- The version of this schema; each has its step in `src/storage/upgrades`.
PRAGMA user_version = 9;

CREATE TABLE users (
    -- Never used twice, since tokens and other servers remember it.
    id                  INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 4294967295),
    -- Matches ^[a-z0-9_.-]{3,16}$, and is not digits alone.
    username            TEXT    NOT NULL UNIQUE,
    -- The display name.
    display             TEXT    NOT NULL,
    -- Two accounts may have one address, in two spellings, if both are from before version 6.
    email               TEXT    UNIQUE COLLATE NOCASE,
    -- Whether the owner has confirmed the address by a link.
    email_verified      INTEGER NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
    -- Argon2id, as a PHC string; of an imported account perhaps around PBKDF2, and '!' for no
    -- password.
    password_hash       TEXT    NOT NULL,
    -- Unchanged where the same password is only hashed again.
    password_changed_at INTEGER NOT NULL,
    is_admin            INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    rank                INTEGER NOT NULL DEFAULT 0,
    bio                 TEXT,
    -- The http or https URL of a picture elsewhere, or the SHA-256, in hexadecimal, of the one in
    -- `pictures`.
    thumbnail           TEXT,
    banner              TEXT,
    home                TEXT,
    -- One link per line: its URL, and after a space its label, if it has one.
    links               TEXT    NOT NULL DEFAULT '',
    -- One tag per line.
    tags                TEXT    NOT NULL DEFAULT '',
    -- Set while an operator has suspended the account; without an end, it is for good.
    suspended_at        INTEGER,
    suspended_until     INTEGER,
    suspension_reason   TEXT,
    created_at          INTEGER NOT NULL,
    -- Whether codes mailed to the address are a second factor; only if the address is verified.
    has_email_factor    INTEGER NOT NULL DEFAULT 0 CHECK (has_email_factor IN (0, email_verified)),
    -- The tag of a language, such as 'fr', if the user or the operator chose one.
    language            TEXT,
    pronoun             TEXT,
    avatar              TEXT,
    -- The status that the user set, such as 'busy'; NULL means 'online'.
    presence            TEXT,
    presence_text       TEXT,
    -- The display name and the address as they are searched and compared, see `src/normalization`.
    display_folded      TEXT    NOT NULL DEFAULT '',
    email_folded        TEXT,
    -- Whether the account was registered where an address must be confirmed before the first login,
    -- and has been neither confirmed nor used since.
    awaits_confirmation INTEGER NOT NULL DEFAULT 0 CHECK (awaits_confirmation IN (0, 1)),
    -- The first login without a second factor since the server demands one from this account.
    factor_demanded_at  INTEGER,
    -- The random bytes by which authenticators know the user, from the first passkey on.
    passkey_handle      BLOB    CHECK (length(passkey_handle) = 64),
    -- How many rows of `passkeys` are the user's: every session check reads this row, and no other.
    passkeys            INTEGER NOT NULL DEFAULT 0,
    -- Whether a login by password asks for a passkey or a code; only with a passkey.
    has_passkey_factor  INTEGER NOT NULL DEFAULT 0 CHECK (has_passkey_factor IN (0, 1))
) STRICT;

CREATE INDEX users_by_email ON users (email_folded) WHERE email_folded IS NOT NULL;
CREATE INDEX users_awaiting_confirmation ON users (created_at) WHERE awaits_confirmation;
CREATE UNIQUE INDEX users_by_passkey_handle ON users (passkey_handle)
    WHERE passkey_handle IS NOT NULL;

-- The authenticator app of a user. The row exists only while the factor is active.
CREATE TABLE totp_factors (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- Sealed, with the user's id as context.
    secret     BLOB    NOT NULL,
    -- The last time step that was accepted; only later ones are accepted (RFC 6238, 5.2), unless
    -- it is one that no right clock has reached yet.
    last_step  INTEGER NOT NULL,
    enabled_at INTEGER NOT NULL,
    -- By how many time steps the last accepted code was late (below 0) or early (above 0).
    last_skew  INTEGER
) STRICT;

-- The time steps of the codes that were accepted, so that none is accepted again after the clock has
-- gone back.
CREATE TABLE totp_used_steps (
    user_id INTEGER NOT NULL REFERENCES totp_factors (user_id) ON DELETE CASCADE,
    step    INTEGER NOT NULL,
    PRIMARY KEY (user_id, step)
) STRICT, WITHOUT ROWID;

-- A pending authenticator app, which is not a factor before its first code is confirmed.
CREATE TABLE totp_enrollments (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- Sealed, with the session that started the enrolment as context.
    secret     BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- The recovery codes of users with a second factor.
CREATE TABLE recovery_codes (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- A keyed hash of the code.
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),
    used_at INTEGER,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- New recovery codes that a session of the pages shows until its user has them.
CREATE TABLE shown_recovery_codes (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    session_id BLOB    NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
    -- Sealed with the secret in the cookie of the session's browser, which is not stored here.
    codes      BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- Users with the state of their second factors. Rows are read by position: the columns are in the
-- order of `User` in `src/storage/users/mod.rs`. An upgrade that adds a column to `users` creates
-- the view again.
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

-- Six-digit codes that the server generated: one for each user and channel.
CREATE TABLE sent_codes (
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- How the code is delivered: by mail, by the operator, or in exchange for a passkey.
    channel    TEXT    NOT NULL CHECK (channel IN ('email', 'operator', 'passkey')),
    -- A keyed hash of the code.
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    expires_at INTEGER NOT NULL,
    -- How many wrong codes may still be sent before this one is invalid.
    tries_left INTEGER NOT NULL,
    used_at    INTEGER,
    PRIMARY KEY (user_id, channel)
) STRICT, WITHOUT ROWID;

-- Passkeys (WebAuthn), which log users in.
CREATE TABLE passkeys (
    -- A UUID of version 7, by which users and operators name it; of version 8 if it was imported.
    id            BLOB    PRIMARY KEY CHECK (length(id) = 16),
    user_id       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- What its authenticator calls it.
    credential_id BLOB    NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
    -- A COSE_Key (RFC 9052), as it came.
    public_key    BLOB    NOT NULL,
    -- The domain that it was made for.
    rp_id         TEXT    NOT NULL,
    -- How often it has signed; 0 where its authenticator does not count.
    counter       INTEGER NOT NULL,
    -- Whether it may be, and is, copied to other devices.
    is_syncable   INTEGER NOT NULL CHECK (is_syncable IN (0, 1)),
    is_synced     INTEGER NOT NULL CHECK (is_synced IN (0, is_syncable)),
    -- Which program its authenticator claims to be.
    aaguid        BLOB    NOT NULL CHECK (length(aaguid) = 16),
    -- How browsers reach its authenticator: words with blanks between.
    transports    TEXT    NOT NULL DEFAULT '',
    name          TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    last_used_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX passkeys_by_user ON passkeys (user_id, id);

-- Challenges that a passkey has answered, until their time is over.
CREATE TABLE used_challenges (
    sha256     BLOB    PRIMARY KEY CHECK (length(sha256) = 32),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX used_challenges_by_expiry ON used_challenges (expires_at);

-- Links that confirm an email address.
CREATE TABLE email_confirmations (
    -- SHA-256 of the link's token, which has 256 bits of its own.
    token_sha256 BLOB    PRIMARY KEY CHECK (length(token_sha256) = 32),
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The address that the link was mailed to.
    email        TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX email_confirmations_by_user ON email_confirmations (user_id);

-- Links by which users set a new password without the present one: one for each user, since a newer
-- one ends the older. A row is deleted when its link is used.
CREATE TABLE password_links (
    user_id       INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- SHA-256 of the link's secret, which has 256 bits of its own.
    secret_sha256 BLOB    NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
    -- Who made it: 'mail', by the form for a forgotten password, or 'operator'.
    made_by       TEXT    NOT NULL CHECK (made_by IN ('mail', 'operator')),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT;

-- The devices that users have logged in from, so that a new one is noticed.
CREATE TABLE devices (
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- A keyed hash of what a device is recognized by: its browser's secret, its program or its
    -- network.
    hash         BLOB    NOT NULL CHECK (length(hash) = 32),
    last_seen_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- Open sessions. A token is valid only while the row of its session exists.
CREATE TABLE sessions (
    user_id           INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- A UUID of version 7, which sorts by time.
    id                BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    created_at        INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    -- The latest use, which is stored at most once a minute.
    last_seen_at      INTEGER NOT NULL,
    -- The address and the program that opened the session.
    ip                TEXT    NOT NULL,
    user_agent        TEXT,
    -- The key of the client (SPKI, in DER), and its SHA-256.
    public_key        BLOB,
    public_key_sha256 BLOB,
    -- A keyed hash of the login that opened it, by which a repeat of that login is known.
    login_hash        BLOB,
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

-- Relays, which may ask whether a token is valid.
CREATE TABLE relays (
    name         TEXT    PRIMARY KEY,
    -- SHA-256 of the relay's token, which has 256 bits of its own.
    token_sha256 BLOB    NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Invitations, by which visitors may register.
CREATE TABLE invitations (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    -- What its codes are derived from, with the key `hash`, so that its link can be shown again.
    seed               BLOB    NOT NULL CHECK (length(seed) = 16),
    -- SHA-256 of the code, which has 192 bits, and of the code that was mailed to `email`.
    code_sha256        BLOB    NOT NULL UNIQUE CHECK (length(code_sha256) = 32),
    mailed_code_sha256 BLOB    UNIQUE CHECK (length(mailed_code_sha256) = 32),
    -- How many accounts it may make, and how many it has made.
    uses               INTEGER NOT NULL CHECK (uses > 0),
    used               INTEGER NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND uses),
    -- The tags that these accounts get, one per line.
    tags               TEXT    NOT NULL DEFAULT '',
    -- The only address that these accounts may have.
    email              TEXT,
    -- A note of the operator.
    note               TEXT    NOT NULL DEFAULT '',
    created_at         INTEGER NOT NULL,
    expires_at         INTEGER NOT NULL
) STRICT;

-- Attempts that count against rate limits. Each is counted before it is checked, and refunded if it
-- was right. An empty text means any account, network or browser: not NULL, since NULLs differ
-- from each other in a unique key.
CREATE TABLE rate_limits (
    -- What is counted, such as 'password' or 'mailed code'; see `src/storage/rate_limits.rs`.
    kind      TEXT    NOT NULL,
    -- The id of a user, or 'unknown-' and a keyed hash for a name that no user has.
    account   TEXT    NOT NULL,
    -- An IPv4 address, or the first 64 bits of an IPv6 address.
    network   TEXT    NOT NULL,
    -- A keyed hash of the secret in a browser's cookie, in base64.
    browser   TEXT    NOT NULL,
    count     INTEGER NOT NULL,
    -- When the row expires: the next attempt is then counted as the first one.
    resets_at INTEGER NOT NULL,
    PRIMARY KEY (kind, account, network, browser)
) STRICT, WITHOUT ROWID;

CREATE INDEX rate_limits_by_reset ON rate_limits (resets_at);

-- The audit log of events. Rows stay when their account is deleted. A row that is counted moves to the
-- end when its event happens again, so that rows are in the order of their latest events.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    -- When the event happened, for the last time if it is counted.
    at         INTEGER NOT NULL,
    -- Such as 'password.changed'.
    event      TEXT    NOT NULL,
    -- The account, with the username that it had at the time.
    user_id    INTEGER,
    username   TEXT,
    -- The client that caused the event, for the last time if it is counted; NULL if the operator or
    -- the server did.
    ip         TEXT,
    user_agent TEXT,
    -- Who caused it: 'user', the owner of the account; 'operator:' and a system user; 'client', a
    -- program that was not logged in; or 'server'.
    actor      TEXT    NOT NULL DEFAULT 'operator',
    -- The old and the new values as JSON, {"field": [old, new]}; NULL if there are none to show.
    changes    TEXT,
    -- How often the event happened on this day.
    count      INTEGER NOT NULL DEFAULT 1,
    -- The day (UTC) since the epoch, if the event is counted for each account and day.
    day        INTEGER
) STRICT;

CREATE INDEX audit_by_user ON audit (user_id, id);
CREATE INDEX audit_by_time ON audit (at);
CREATE UNIQUE INDEX audit_by_day ON audit (user_id, event, day) WHERE day IS NOT NULL;

-- Keys of the instance.
CREATE TABLE keys (
    -- 'hash' for keyed hashes; 'file' for the key file itself, only in a backup that includes it.
    name   TEXT PRIMARY KEY,
    -- The sealed key; the key file itself is not sealed.
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What the server noticed while it ran and `nox doctor` tells the operator: a row for each kind.
CREATE TABLE observations (
    -- What was noticed, such as 'mail.given_up'; see `src/storage/observations.rs`.
    kind     TEXT    PRIMARY KEY,
    -- How often it was noticed between these two instants.
    count    INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    -- What happened the last time. It holds no secret.
    text     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- What the server has seen of the system clock: one row.
CREATE TABLE clock (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    -- The latest time that was seen, some minutes ago at most while the server runs.
    seen_at    INTEGER NOT NULL,
    -- Until then, after the clock has gone far ahead, nothing is deleted for its age.
    trusted_at INTEGER NOT NULL
) STRICT;
