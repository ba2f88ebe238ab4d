-- Several tries of one row: tasks with the same request, bought each for itself. All of them name the first of them, the
-- first one too; NULL: a row with one try.
ALTER TABLE task ADD COLUMN variant_of TEXT;
CREATE INDEX task_variant ON task (variant_of) WHERE variant_of IS NOT NULL;

-- How a person likes to begin: a prompt with gaps, and the values that go with it.
CREATE TABLE template (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  body       TEXT NOT NULL,          -- JSON of TemplateBody
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER                 -- can be undone
) STRICT;
CREATE UNIQUE INDEX template_name ON template (name) WHERE deleted_at IS NULL;
