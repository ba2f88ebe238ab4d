-- A limit of what a batch may cost, in credits. Where the next purchase would go beyond it, the batch stops.
ALTER TABLE batch ADD COLUMN spend_limit REAL;        -- NULL: none; 0: nothing may be bought
ALTER TABLE batch ADD COLUMN stopped_at INTEGER;      -- when it stopped at its limit; NULL: it did not, or was started again
CREATE INDEX batch_stopped ON batch (stopped_at) WHERE stopped_at IS NOT NULL;
