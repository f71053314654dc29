-- One act on many accounts of a tenant. The accounts are frozen when the job is prepared; a worker of any replica works it off
-- under a lease, one account in each transaction.
CREATE TABLE jobs (
    tenant_id uuid NOT NULL CONSTRAINT jobs_tenant_fkey REFERENCES tenants (id),
    id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT jobs_kind_known CHECK (kind IN ('revoke_accounts')),
    state text NOT NULL CONSTRAINT jobs_state_known
        CHECK (state IN ('prepared', 'awaiting_approval', 'running', 'stopped', 'cancelled', 'finished')),
    reason text NOT NULL,
    -- What selected the accounts; null if they were listed.
    filter jsonb,
    total bigint NOT NULL,
    done bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    created_by_name text NOT NULL,
    expires_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    approved_by uuid,
    approved_by_name text,
    finished_at timestamptz,
    -- Digests of the Idempotency-Key and of the request that came with it.
    request_key bytea,
    request_hash bytea,
    -- Who works it off, and until when they are believed to be alive.
    owner uuid,
    held_until timestamptz NOT NULL,
    CONSTRAINT jobs_pkey PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX jobs_request_key ON jobs (tenant_id, created_by, request_key) WHERE request_key IS NOT NULL;
CREATE INDEX jobs_id_idx ON jobs (id);
CREATE INDEX jobs_running_idx ON jobs (held_until) WHERE state = 'running';
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs_own ON jobs TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY jobs_operator ON jobs FOR SELECT TO bowline_operator USING (true);
CREATE POLICY jobs_worker ON jobs TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO bowline_server;
GRANT SELECT ON jobs TO bowline_operator;
GRANT SELECT (tenant_id, id, state, done, held_until, expires_at, finished_at), UPDATE (owner, held_until) ON jobs TO bowline_worker;

CREATE TABLE job_items (
    tenant_id uuid NOT NULL,
    job_id uuid NOT NULL,
    account_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CONSTRAINT job_items_state_known CHECK (state IN ('waiting', 'done', 'failed')),
    error text,
    CONSTRAINT job_items_pkey PRIMARY KEY (tenant_id, job_id, account_id),
    CONSTRAINT job_items_job_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX job_items_state_idx ON job_items (tenant_id, job_id, state, account_id);
ALTER TABLE job_items ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY job_items_own ON job_items TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY job_items_operator ON job_items FOR SELECT TO bowline_operator USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON job_items TO bowline_server;
GRANT SELECT ON job_items TO bowline_operator;
