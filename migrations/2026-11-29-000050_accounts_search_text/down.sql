REVOKE SELECT (tenant_id, id, search_text) ON accounts FROM bowline_worker;
DROP POLICY accounts_unfolded ON accounts;
ALTER TABLE accounts DROP COLUMN search_text;
