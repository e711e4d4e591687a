-- From version 3 to 4: pronoun, avatar and presence. A link is a line as before; from now on, a
-- label may follow its URL.

ALTER TABLE users ADD COLUMN pronoun TEXT;
ALTER TABLE users ADD COLUMN avatar TEXT;
ALTER TABLE users ADD COLUMN presence TEXT;
ALTER TABLE users ADD COLUMN presence_text TEXT;

PRAGMA user_version = 4;
