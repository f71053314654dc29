-- Each tenant with a changed account has a head, by which a sharded database finds it.
INSERT INTO webhook_heads (tenant_id, last)
    SELECT tenant_id, 0 FROM account_changes WHERE due_at IS NOT NULL GROUP BY tenant_id
    ON CONFLICT (tenant_id) DO NOTHING;
