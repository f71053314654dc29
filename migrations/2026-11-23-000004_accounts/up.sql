CREATE TABLE accounts (
    tenant_id uuid NOT NULL CONSTRAINT accounts_tenant_fkey REFERENCES tenants (id),
    id uuid NOT NULL,
    connector_id uuid NOT NULL,
    external_user_id text NOT NULL
        CONSTRAINT accounts_external_user_id_length CHECK (octet_length(external_user_id) BETWEEN 1 AND 256),
    provider_account_id text NOT NULL,
    email text NOT NULL,
    display_name text NOT NULL,
    status text NOT NULL
        CONSTRAINT accounts_status_known CHECK (status IN ('active', 'needs_reauth', 'suspended', 'revoking', 'revoked')),
    status_reason text,
    scopes text[] NOT NULL,
    missing_scopes text[] NOT NULL,
    assurance text NOT NULL CONSTRAINT accounts_assurance_known CHECK (assurance IN ('confirmed', 'browser')),
    -- Goes up with each refresh, re-link and revoke; bound into the sealed tokens, and the fence of every write-back.
    generation bigint NOT NULL,
    sealed_access_token bytea,
    access_expires_at timestamptz,
    sealed_refresh_token bytea,
    refreshed_at timestamptz,
    linked_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    search text NOT NULL GENERATED ALWAYS AS (
        lower(email || ' ' || display_name || ' ' || external_user_id || ' ' || provider_account_id)
    ) STORED,
    CONSTRAINT accounts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT accounts_connector_fkey FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id),
    CONSTRAINT accounts_linked_once UNIQUE (tenant_id, connector_id, external_user_id, provider_account_id),
    CONSTRAINT accounts_tokens_whole CHECK (
        (sealed_access_token IS NULL) = (sealed_refresh_token IS NULL)
        AND (sealed_access_token IS NULL) = (access_expires_at IS NULL)
        AND (sealed_access_token IS NULL) = (refreshed_at IS NULL)
    ),
    CONSTRAINT accounts_tokens_by_status CHECK ((sealed_access_token IS NULL) = (status IN ('revoking', 'revoked')))
);
CREATE INDEX accounts_user_idx ON accounts (tenant_id, external_user_id, id);
-- Operators' lists: keyset order first, so that any page costs what the first did.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX accounts_id_idx ON accounts (id);
CREATE INDEX accounts_status_idx ON accounts (status, id);
CREATE INDEX accounts_tenant_status_idx ON accounts (tenant_id, status, id);
CREATE INDEX accounts_email_idx ON accounts (lower(email), id);
CREATE INDEX accounts_tenant_email_idx ON accounts (tenant_id, lower(email), id);
CREATE INDEX accounts_used_idx ON accounts (coalesce(last_used_at, '-infinity'::timestamptz) DESC, id);
CREATE INDEX accounts_tenant_used_idx ON accounts (tenant_id, coalesce(last_used_at, '-infinity'::timestamptz) DESC, id);
CREATE INDEX accounts_connector_idx ON accounts (tenant_id, connector_id, id);
CREATE INDEX accounts_scopes_idx ON accounts USING gin (scopes);
CREATE INDEX accounts_search_idx ON accounts USING gin (search gin_trgm_ops);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY accounts_own ON accounts TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY accounts_operator ON accounts FOR SELECT TO bowline_operator USING (true);
GRANT SELECT, INSERT, UPDATE ON accounts TO bowline_server;
GRANT SELECT (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, status_reason,
              scopes, missing_scopes, assurance, generation, access_expires_at, refreshed_at, linked_at, updated_at,
              last_used_at, search)
    ON accounts TO bowline_operator;

-- Who may refresh an account now, over all replicas; and how the last refresh ended.
CREATE TABLE refresh_leases (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    owner uuid NOT NULL,
    epoch bigint NOT NULL,
    held_until timestamptz NOT NULL,
    last_error text,
    cool_down_until timestamptz,
    CONSTRAINT refresh_leases_pkey PRIMARY KEY (tenant_id, account_id),
    CONSTRAINT refresh_leases_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
ALTER TABLE refresh_leases ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY refresh_leases_own ON refresh_leases TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY refresh_leases_operator ON refresh_leases FOR SELECT TO bowline_operator USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON refresh_leases TO bowline_server;
GRANT SELECT ON refresh_leases TO bowline_operator;

-- Who had which token from when to when. The first issue is written before the token leaves the server.
CREATE TABLE token_holdings (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    generation bigint NOT NULL,
    first_issued_at timestamptz NOT NULL DEFAULT now(),
    last_issued_at timestamptz NOT NULL DEFAULT now(),
    issues bigint NOT NULL DEFAULT 1,
    CONSTRAINT token_holdings_pkey PRIMARY KEY (tenant_id, account_id, api_key_id, generation),
    CONSTRAINT token_holdings_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
    CONSTRAINT token_holdings_api_key_fkey FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys (tenant_id, id)
);
ALTER TABLE token_holdings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY token_holdings_own ON token_holdings TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY token_holdings_operator ON token_holdings FOR SELECT TO bowline_operator USING (true);
GRANT SELECT, INSERT, UPDATE (last_issued_at, issues) ON token_holdings TO bowline_server;
GRANT SELECT ON token_holdings TO bowline_operator;

-- Grants that are dead here and have still to die at the provider: of revoked accounts, of accounts linked anew, and of
-- links that could not be stored (these have no account).
CREATE TABLE revocations (
    tenant_id uuid NOT NULL CONSTRAINT revocations_tenant_fkey REFERENCES tenants (id),
    id uuid NOT NULL,
    connector_id uuid NOT NULL,
    account_id uuid,
    -- The account's generation when it was queued: a later one means that it has been linked again meanwhile.
    generation bigint NOT NULL,
    cause text NOT NULL CONSTRAINT revocations_cause_known CHECK (cause IN ('revoked', 'relinked', 'orphaned')),
    sealed_access_token bytea,
    access_expires_at timestamptz,
    sealed_refresh_token bytea,
    state text NOT NULL DEFAULT 'due' CONSTRAINT revocations_state_known CHECK (state IN ('due', 'done', 'given_up')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    claimed_by uuid,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT revocations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT revocations_connector_fkey FOREIGN KEY (tenant_id, connector_id) REFERENCES connectors (tenant_id, id),
    CONSTRAINT revocations_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
    CONSTRAINT revocations_tokens_while_due CHECK (state = 'due' OR (sealed_access_token IS NULL AND sealed_refresh_token IS NULL))
);
CREATE INDEX revocations_due_idx ON revocations (next_attempt_at) WHERE state = 'due';
CREATE INDEX revocations_account_idx ON revocations (tenant_id, account_id);
ALTER TABLE revocations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY revocations_own ON revocations TO bowline_server USING (tenant_id = bowline_tenant());
CREATE POLICY revocations_operator ON revocations FOR SELECT TO bowline_operator USING (true);
CREATE POLICY revocations_worker ON revocations TO bowline_worker USING (true);
GRANT SELECT, INSERT, UPDATE ON revocations TO bowline_server;
GRANT SELECT (tenant_id, id, connector_id, account_id, generation, cause, state, attempts, next_attempt_at, last_error,
              created_at, finished_at)
    ON revocations TO bowline_operator;
GRANT SELECT (tenant_id, id, state, next_attempt_at, claimed_by, attempts), UPDATE (next_attempt_at, claimed_by, attempts)
    ON revocations TO bowline_worker;
