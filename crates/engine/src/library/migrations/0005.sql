-- Which attempts changed, in order, until that stands in the purchase record beside the library too (record.rs). The
-- triggers see every change, whoever makes it; the numbers are never given twice.
CREATE TABLE noted (
  n          INTEGER PRIMARY KEY AUTOINCREMENT,
  attempt_id TEXT NOT NULL
) STRICT;
CREATE TRIGGER attempt_added AFTER INSERT ON attempt BEGIN
  INSERT INTO noted (attempt_id) VALUES (NEW.id);
END;
CREATE TRIGGER attempt_answered AFTER UPDATE OF outcome, service_id ON attempt
WHEN NEW.outcome IS NOT OLD.outcome OR NEW.service_id IS NOT OLD.service_id BEGIN
  INSERT INTO noted (attempt_id) VALUES (NEW.id);
END;
CREATE TRIGGER take_saved AFTER UPDATE OF saved_at ON take
WHEN NEW.saved_at IS NOT NULL AND OLD.saved_at IS NULL BEGIN
  INSERT INTO noted (attempt_id) VALUES (NEW.attempt_id);
END;

-- What was put back after damage, for the user, until they have read it.
CREATE TABLE restoration (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  detail  TEXT NOT NULL,             -- JSON
  told_at INTEGER
) STRICT;
