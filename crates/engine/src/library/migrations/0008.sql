-- Every order in which the list can be read has an index, over all batches; within one batch there is little to sort.
CREATE INDEX task_list_state   ON task (state, id) WHERE deleted_at IS NULL;
CREATE INDEX task_list_model   ON task (model, id) WHERE deleted_at IS NULL;
CREATE INDEX task_list_price   ON task (price, id) WHERE deleted_at IS NULL;
CREATE INDEX task_list_took    ON task (finished_at - started_at, id) WHERE deleted_at IS NULL;
CREATE INDEX task_list_changed ON task (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX task_list_place   ON task (batch_id, position, id) WHERE deleted_at IS NULL;
