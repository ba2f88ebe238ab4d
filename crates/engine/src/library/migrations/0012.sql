-- What is counted on every change is kept counted: a board with a hundred thousand tasks behind it must not look at
-- all of them ten times a second. The triggers see every change, whoever makes it.

-- So many cards of one kind. Only what Start asks about is told apart further; everything else is one row for each
-- batch and state. Prices are part of the kind, so that sums are exact and never drift.
CREATE TABLE tally (
  batch_id TEXT NOT NULL,
  state    TEXT NOT NULL,
  fit      INTEGER NOT NULL,         -- 1: waits, and nothing is wrong with its request
  held     TEXT NOT NULL,            -- the start that it waits for the first few of; '': none
  session  TEXT NOT NULL,            -- in the queue: the run of the app it was asked for in; '': none
  price    REAL NOT NULL,            -- waits: of one attempt; -1: unknown
  n        INTEGER NOT NULL,
  PRIMARY KEY (batch_id, state, fit, held, session, price)
) STRICT, WITHOUT ROWID;

-- The kind of each card on the board: what the tally counts.
CREATE VIEW counted AS
  SELECT id, batch_id, state,
    CASE WHEN state IN ('draft', 'queued') THEN trouble IS NULL ELSE 0 END AS fit,
    CASE WHEN held = 1 THEN COALESCE(canary, '?') ELSE '' END AS held,
    CASE WHEN state = 'queued' THEN COALESCE(session, '') ELSE '' END AS session,
    CASE WHEN state IN ('draft', 'queued') THEN COALESCE(price, -1.0) ELSE -1.0 END AS price
  FROM task WHERE deleted_at IS NULL;

INSERT INTO tally SELECT batch_id, state, fit, held, session, price, COUNT(*) FROM counted GROUP BY 1, 2, 3, 4, 5, 6;

-- Counted in two steps and without a conflict, so that it comes out the same under every way of inserting.
CREATE TRIGGER tally_added AFTER INSERT ON task BEGIN
  INSERT INTO tally SELECT batch_id, state, fit, held, session, price, 0 FROM counted c WHERE id = NEW.id AND NOT EXISTS (
    SELECT 1 FROM tally t WHERE t.batch_id = c.batch_id AND t.state = c.state AND t.fit = c.fit AND t.held = c.held
      AND t.session = c.session AND t.price = c.price);
  UPDATE tally SET n = n + 1 WHERE (batch_id, state, fit, held, session, price) =
    (SELECT batch_id, state, fit, held, session, price FROM counted WHERE id = NEW.id);
END;
CREATE TRIGGER tally_taken BEFORE UPDATE OF batch_id, state, deleted_at, trouble, held, canary, session, price ON task
WHEN NEW.batch_id IS NOT OLD.batch_id OR NEW.state IS NOT OLD.state OR
  NEW.deleted_at IS NOT OLD.deleted_at OR NEW.trouble IS NOT OLD.trouble OR NEW.held IS NOT OLD.held OR
  NEW.canary IS NOT OLD.canary OR NEW.session IS NOT OLD.session OR NEW.price IS NOT OLD.price
BEGIN
  UPDATE tally SET n = n - 1 WHERE (batch_id, state, fit, held, session, price) =
    (SELECT batch_id, state, fit, held, session, price FROM counted WHERE id = OLD.id);
  DELETE FROM tally WHERE n <= 0 AND (batch_id, state, fit, held, session, price) =
    (SELECT batch_id, state, fit, held, session, price FROM counted WHERE id = OLD.id);
END;
CREATE TRIGGER tally_given AFTER UPDATE OF batch_id, state, deleted_at, trouble, held, canary, session, price ON task
WHEN NEW.batch_id IS NOT OLD.batch_id OR NEW.state IS NOT OLD.state OR
  NEW.deleted_at IS NOT OLD.deleted_at OR NEW.trouble IS NOT OLD.trouble OR NEW.held IS NOT OLD.held OR
  NEW.canary IS NOT OLD.canary OR NEW.session IS NOT OLD.session OR NEW.price IS NOT OLD.price
BEGIN
  INSERT INTO tally SELECT batch_id, state, fit, held, session, price, 0 FROM counted c WHERE id = NEW.id AND NOT EXISTS (
    SELECT 1 FROM tally t WHERE t.batch_id = c.batch_id AND t.state = c.state AND t.fit = c.fit AND t.held = c.held
      AND t.session = c.session AND t.price = c.price);
  UPDATE tally SET n = n + 1 WHERE (batch_id, state, fit, held, session, price) =
    (SELECT batch_id, state, fit, held, session, price FROM counted WHERE id = NEW.id);
END;
CREATE TRIGGER tally_removed BEFORE DELETE ON task BEGIN
  UPDATE tally SET n = n - 1 WHERE (batch_id, state, fit, held, session, price) =
    (SELECT batch_id, state, fit, held, session, price FROM counted WHERE id = OLD.id);
  DELETE FROM tally WHERE n <= 0 AND (batch_id, state, fit, held, session, price) =
    (SELECT batch_id, state, fit, held, session, price FROM counted WHERE id = OLD.id);
END;

-- Rises with whatever moves cards in or out of a lane, or within it: until then an order that was read of it holds.
CREATE TABLE moved (
  lane TEXT PRIMARY KEY,
  n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO moved VALUES ('ready', 0), ('running', 0), ('done', 0), ('needsYou', 0);
CREATE TRIGGER moved_added AFTER INSERT ON task BEGIN
  UPDATE moved SET n = n + 1 WHERE lane = NEW.lane;
END;
CREATE TRIGGER moved_changed AFTER UPDATE OF batch_id, position, sort, state, deleted_at ON task
WHEN NEW.batch_id IS NOT OLD.batch_id OR NEW.position IS NOT OLD.position OR NEW.sort IS NOT OLD.sort OR
  NEW.state IS NOT OLD.state OR NEW.deleted_at IS NOT OLD.deleted_at
BEGIN
  UPDATE moved SET n = n + 1 WHERE lane IN (OLD.lane, NEW.lane);
END;
CREATE TRIGGER moved_removed AFTER DELETE ON task BEGIN
  UPDATE moved SET n = n + 1 WHERE lane = OLD.lane;
END;

-- What a day or a run came to is read from an index alone.
DROP INDEX attempt_sent;
CREATE INDEX attempt_sent ON attempt (sent_at, outcome, price);
DROP INDEX take_saved;
CREATE INDEX take_saved ON take (saved_at, size) WHERE saved_at IS NOT NULL;
CREATE INDEX task_ended ON task (batch_id, finished_at, lane) WHERE deleted_at IS NULL;
-- The first few of the starts whose rest is held.
CREATE INDEX task_first ON task (canary) WHERE canary IS NOT NULL AND held = 0;
