-- The only key that an announcement of a mass fetch is about. NULL: all keys of the tenant. A version before this one takes every announcement
-- as one for all keys.
ALTER TABLE drain_stops ADD COLUMN announced_key uuid;
ALTER TABLE drain_stops ADD CONSTRAINT drain_stops_announced_key_fkey
    FOREIGN KEY (tenant_id, announced_key) REFERENCES api_keys (tenant_id, id);
