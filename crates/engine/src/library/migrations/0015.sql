-- The order in which what waits is bought, over all batches: given when a card is added, changed by dragging. `sort` of a
-- card that waits is its turn, so that a lane and the queue cannot differ; position stays the order of the list itself.
ALTER TABLE task ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
UPDATE task SET turn = o.turn
  FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY batch_id, position, id) * 65536 AS turn FROM task) AS o
  WHERE task.id = o.id;
UPDATE task SET sort = turn WHERE state IN ('draft', 'queued');
UPDATE task SET sort = turn + 1125899906842624 WHERE state = 'cancelled';
CREATE INDEX task_turn ON task (turn, id);
DROP INDEX task_queue;
CREATE INDEX task_queue ON task (turn, id) WHERE state = 'queued';

-- What somebody looks for again and again: a filter under a name.
CREATE TABLE saved_view (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  body       TEXT NOT NULL,          -- JSON of Filter
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER                 -- can be undone
) STRICT;
CREATE UNIQUE INDEX saved_view_name ON saved_view (name) WHERE deleted_at IS NULL;
