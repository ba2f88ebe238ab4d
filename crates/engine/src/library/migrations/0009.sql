-- The first few of a start are bought, the rest is held until the user has seen what came of them. A held task is in no
-- queue: it stays a draft (or asked for in no run of the app), so that nothing but the user's word buys it.
ALTER TABLE task ADD COLUMN canary TEXT;                          -- which start with a first few it belongs to
ALTER TABLE task ADD COLUMN held   INTEGER NOT NULL DEFAULT 0;    -- 0 or 1: waits for the first few of that start
CREATE INDEX task_canary ON task (canary) WHERE canary IS NOT NULL;
CREATE INDEX task_held ON task (canary) WHERE held = 1;
-- Whether the very same request was bought before is asked at each start.
CREATE INDEX attempt_body ON attempt (body_hash);
