-- From version 6 to 7: the audit log tells who caused an event and what it changed, and has one row
-- for each account and day of the events that it counts. Operators can invite visitors.

ALTER TABLE audit ADD COLUMN actor TEXT NOT NULL DEFAULT 'operator';
ALTER TABLE audit ADD COLUMN changes TEXT;
ALTER TABLE audit ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN day INTEGER;

-- Until now, every event with an address was of the account's user. The name of the system user who
-- acted as the operator was not stored.
UPDATE audit SET actor = 'user' WHERE ip IS NOT NULL;

CREATE UNIQUE INDEX audit_by_day ON audit (user_id, event, day) WHERE day IS NOT NULL;

CREATE TABLE invitations (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    seed               BLOB    NOT NULL CHECK (length(seed) = 16),
    code_sha256        BLOB    NOT NULL UNIQUE CHECK (length(code_sha256) = 32),
    mailed_code_sha256 BLOB    UNIQUE CHECK (length(mailed_code_sha256) = 32),
    uses               INTEGER NOT NULL CHECK (uses > 0),
    used               INTEGER NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND uses),
    tags               TEXT    NOT NULL DEFAULT '',
    email              TEXT,
    note               TEXT    NOT NULL DEFAULT '',
    created_at         INTEGER NOT NULL,
    expires_at         INTEGER NOT NULL
) STRICT;

PRAGMA user_version = 7;
