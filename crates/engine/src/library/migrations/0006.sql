-- What a person thinks of a clip. It belongs to the take, not to the task: a task that is bought again gives another
-- clip, which nobody has judged yet.
ALTER TABLE take ADD COLUMN rating   INTEGER NOT NULL DEFAULT 0;    -- 1 to 5; 0: not rated
ALTER TABLE take ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0;    -- 0 or 1
ALTER TABLE take ADD COLUMN tags     TEXT    NOT NULL DEFAULT '[]'; -- JSON list of words, in the order they were given

-- A saved clip that is getting another name: written before the file is renamed, gone once the take says so too. What
-- is left of it at a start is settled by looking which of the two names is there.
CREATE TABLE renaming (
  take_id  TEXT PRIMARY KEY REFERENCES take (id),
  old_name TEXT NOT NULL,
  new_name TEXT NOT NULL
) STRICT;
