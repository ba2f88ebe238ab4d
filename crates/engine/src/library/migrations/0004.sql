-- Learned polls: how long finished generations took, and what each watched task has been waited for. Times are ms.

-- How long one generation took: known to lie after `after_ms` and at or before `by_ms`; both are the same where the
-- service told its own times. The newest few hundred of each kind are kept.
CREATE TABLE finish (
  id         INTEGER PRIMARY KEY,
  attempt_id TEXT NOT NULL UNIQUE REFERENCES attempt (id),
  model      TEXT NOT NULL,
  resolution TEXT NOT NULL,
  mode       TEXT NOT NULL,
  after_ms   INTEGER NOT NULL,
  by_ms      INTEGER NOT NULL,
  noted_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX finish_kind ON finish (model, resolution, mode, id);

ALTER TABLE task ADD COLUMN asked_at  INTEGER;                     -- when the service last gave a readable answer on it
ALTER TABLE task ADD COLUMN gap_ms    INTEGER NOT NULL DEFAULT 0;  -- how long was to be waited from then on
ALTER TABLE task ADD COLUMN waited_ms INTEGER NOT NULL DEFAULT 0;  -- waited for, between answers, awake

-- How long the service asked to be left alone.
CREATE TABLE fence (
  limited      TEXT PRIMARY KEY,     -- which limit
  closed_until INTEGER NOT NULL,
  shy_until    INTEGER NOT NULL
) STRICT;
