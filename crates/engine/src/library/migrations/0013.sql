-- A task's row of a sheet: which sheet, and what finds the row again when results are written back beside it.
-- Where the row says so, the folder below the batch's own that its clip goes to, and the clip's name.
ALTER TABLE task ADD COLUMN sheet_source TEXT;
ALTER TABLE task ADD COLUMN sheet_print TEXT;
ALTER TABLE task ADD COLUMN save_folder TEXT;
ALTER TABLE task ADD COLUMN save_name TEXT;
