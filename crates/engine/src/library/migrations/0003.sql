-- What an unknown outcome can be judged by: every balance that was heard, and when other purchases were known to be
-- alive or to have come to nothing.

-- A balance that the service told.
CREATE TABLE reading (
  id       INTEGER PRIMARY KEY,
  key_id   TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  heard_at INTEGER NOT NULL,
  credits  REAL NOT NULL
) STRICT;
CREATE INDEX reading_heard ON reading (heard_at);

ALTER TABLE attempt ADD COLUMN seen_at INTEGER;   -- when it was last asked about and had not failed
ALTER TABLE attempt ADD COLUMN ended_at INTEGER;  -- when it was heard to have come to nothing
ALTER TABLE attempt ADD COLUMN after_at INTEGER;  -- when balance_after was heard
ALTER TABLE attempt ADD COLUMN verdict TEXT;      -- JSON: what the balance says of an unknown one; NULL: not yet
CREATE INDEX attempt_unknown ON attempt (answered_at) WHERE outcome = 'unknown';
