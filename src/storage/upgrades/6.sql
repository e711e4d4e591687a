-- From version 5 to 6: what the server notices is stored for `nox doctor`.

CREATE TABLE observations (
    kind     TEXT    PRIMARY KEY,
    count    INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    text     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 6;
