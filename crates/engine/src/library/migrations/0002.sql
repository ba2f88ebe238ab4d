-- What the synced bytes of a part hash to: a part that was replaced or torn is known by it and never gone on with.
-- Parts of an earlier format have none, and are fetched from the beginning.
ALTER TABLE take ADD COLUMN part_sha256 TEXT;
