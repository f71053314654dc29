-- A tenant's list of the link sessions of one of its users.
CREATE INDEX CONCURRENTLY link_sessions_user_idx ON link_sessions (tenant_id, external_user_id, id);
