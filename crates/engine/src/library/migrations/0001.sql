-- The library from its first day. Times are ms since 1970 (UTC); money is in the service's credits; ids are uuid v7.

-- A list with its own save folder.
CREATE TABLE batch (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  folder     TEXT,                   -- NULL: not chosen yet
  source     TEXT UNIQUE,            -- the sheet it came from, so that the same sheet finds its batch again
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- One card: what a person asked for, and where it stands now.
CREATE TABLE task (
  id           TEXT PRIMARY KEY,
  batch_id     TEXT NOT NULL REFERENCES batch (id),
  number       TEXT NOT NULL,
  position     INTEGER NOT NULL,     -- order in its batch
  prompt       TEXT NOT NULL,
  images       TEXT NOT NULL,        -- JSON list of ImageRef
  model        TEXT,
  aspect_ratio TEXT,
  resolution   TEXT,
  duration     INTEGER,              -- s
  mode         TEXT,
  seed         INTEGER,
  watermark    TEXT,
  translation  INTEGER,              -- 0 or 1
  price        REAL,                 -- of one attempt, by the documented table; NULL: unknown
  state        TEXT NOT NULL,        -- never read with a default: unknown text is an error card
  lane         TEXT NOT NULL GENERATED ALWAYS AS (CASE state
                 WHEN 'draft' THEN 'ready' WHEN 'queued' THEN 'ready' WHEN 'cancelled' THEN 'ready'
                 WHEN 'preparing' THEN 'running' WHEN 'submitting' THEN 'running'
                 WHEN 'generating' THEN 'running' WHEN 'saving' THEN 'running'
                 WHEN 'done' THEN 'done' ELSE 'needsYou' END) STORED,
  sort         INTEGER NOT NULL,     -- order in its lane
  session      TEXT,                 -- the run of the app in which the user asked for it to be bought; NULL: not asked
  attempt_id   TEXT,                 -- the attempt that counts now
  polls        INTEGER NOT NULL DEFAULT 0,  -- status queries answered for it
  tries        INTEGER NOT NULL DEFAULT 0,  -- tries in the present stage that came to nothing
  due_at       INTEGER,              -- when its next step is due
  started_at   INTEGER,
  finished_at  INTEGER,
  trouble      TEXT,                 -- JSON
  revision     INTEGER NOT NULL DEFAULT 1,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  deleted_at   INTEGER,              -- taken off the board (never one with an attempt); can be undone
  UNIQUE (batch_id, number)
) STRICT;
CREATE INDEX task_lane ON task (lane, sort, id) WHERE deleted_at IS NULL;
CREATE INDEX task_batch_lane ON task (batch_id, lane, sort, id) WHERE deleted_at IS NULL;
CREATE INDEX task_due ON task (state, due_at);
CREATE INDEX task_place ON task (batch_id, position);
CREATE INDEX task_queue ON task (batch_id, position) WHERE state = 'queued';

-- One try to buy: at most one paid request. Written before it leaves; only ever added to and answered.
CREATE TABLE attempt (
  id             TEXT PRIMARY KEY,
  task_id        TEXT NOT NULL REFERENCES task (id),
  ordinal        INTEGER NOT NULL,   -- 1, 2, …
  outcome        TEXT NOT NULL,      -- sent, accepted, refused, notAccepted, unknown, attached, notMade, forgotten
  body           TEXT NOT NULL,      -- the request as it was sent
  body_hash      TEXT NOT NULL,      -- SHA-256 of it
  key_id         TEXT NOT NULL,
  key_name       TEXT NOT NULL,
  price          REAL,
  balance_before REAL,
  balance_after  REAL,
  sent_at        INTEGER NOT NULL,
  answered_at    INTEGER,
  service_id     TEXT UNIQUE,        -- the service's task id
  answer         TEXT,               -- what could be read of the answer
  UNIQUE (task_id, ordinal)
) STRICT;
CREATE INDEX attempt_sent ON attempt (sent_at);

-- One file that an attempt gave.
CREATE TABLE take (
  id            TEXT PRIMARY KEY,
  attempt_id    TEXT NOT NULL REFERENCES attempt (id),
  kind          TEXT NOT NULL,       -- clip (later: 1080p, 4k, extension)
  ordinal       INTEGER NOT NULL,
  remote_url    TEXT NOT NULL,
  linked_at     INTEGER NOT NULL,    -- when the service first gave the link
  folder        TEXT,                -- where the part lies
  part_name     TEXT,
  etag          TEXT,                -- strong validator of what the part holds
  expected_len  INTEGER,
  bytes_durable INTEGER NOT NULL DEFAULT 0,  -- synced bytes of the part
  file_name     TEXT,                -- planned before the rename, true after it
  size          INTEGER,
  sha256        TEXT,
  clip_ms       INTEGER,
  saved_at      INTEGER,
  poster        INTEGER NOT NULL DEFAULT 0,
  UNIQUE (attempt_id, kind, ordinal)
) STRICT;
CREATE INDEX take_saved ON take (saved_at) WHERE saved_at IS NOT NULL;

-- What happened, in order. Only ever added to.
CREATE TABLE event (
  id      INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  detail  TEXT NOT NULL              -- JSON
) STRICT;
CREATE INDEX event_task ON event (task_id, id);

-- A seed image, kept as a copy by its content.
CREATE TABLE image (
  hash    TEXT PRIMARY KEY,          -- SHA-256
  name    TEXT NOT NULL,             -- of the file it came from
  format  TEXT NOT NULL,             -- jpg, png, webp
  width   INTEGER NOT NULL,
  height  INTEGER NOT NULL,
  bytes   INTEGER NOT NULL,
  kept_at INTEGER NOT NULL
) STRICT;

-- Where a seed image lies at the service.
CREATE TABLE upload (
  hash       TEXT NOT NULL,
  host       TEXT NOT NULL,          -- base address it was uploaded to
  url        TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (hash, host)
) STRICT;
