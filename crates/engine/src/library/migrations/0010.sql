-- What else stood in a task's row of a sheet: its line, and the cells of columns that mean nothing to the app, as a JSON
-- array of [column, cell]. They go back out with the results.
ALTER TABLE task ADD COLUMN sheet_line INTEGER;
ALTER TABLE task ADD COLUMN sheet_cells TEXT;
