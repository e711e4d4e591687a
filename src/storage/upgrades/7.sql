-- From version 6 to 7: the audit log tells who caused an event and what it changed, and has one row
-- for each account and day of the events that it counts.

ALTER TABLE audit ADD COLUMN actor TEXT NOT NULL DEFAULT 'operator';
ALTER TABLE audit ADD COLUMN changes TEXT;
ALTER TABLE audit ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN day INTEGER;

-- Until now, every event with an address was of the account's user. The name of the system user who
-- acted as the operator was not stored.
UPDATE audit SET actor = 'user' WHERE ip IS NOT NULL;

CREATE UNIQUE INDEX audit_by_day ON audit (user_id, event, day) WHERE day IS NOT NULL;

PRAGMA user_version = 7;
