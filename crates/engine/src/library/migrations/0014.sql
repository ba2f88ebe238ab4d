-- A saved clip that got another name, or was found in another folder: the purchase record is told, so that a library
-- that is put back after damage looks for the file where it is.
CREATE TRIGGER take_moved AFTER UPDATE OF file_name, folder ON take
WHEN NEW.saved_at IS NOT NULL AND OLD.saved_at IS NOT NULL
 AND (NEW.file_name IS NOT OLD.file_name OR NEW.folder IS NOT OLD.folder) BEGIN
  INSERT INTO noted (attempt_id) VALUES (NEW.attempt_id);
END;
